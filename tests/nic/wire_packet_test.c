// SPDX-License-Identifier: MIT

// The packet wire between the two ends of a veth pair in a network namespace of the test's own. The
// far end is a second packet wire, and for sending odd frames a plain socket.

#define _GNU_SOURCE
#include "../../ndishost/nic/wire.h"
#include "network.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ETHER_TYPE 0x88B5 // for local experiments; everything else that arrives is not the test's

struct pair {
    struct wire *Near, *Far;
    struct wire_properties NearProperties, FarProperties;
};

static struct wire *Open(const char *Name, struct wire_properties *Properties)
{
    char Message[256] = "";
    struct wire *Wire = WirePacket.open(Name, Properties, Message, sizeof(Message));

    if (Wire == NULL) {
        print_error("%s\n", Message);
    }
    assert_non_null(Wire);
    return Wire;
}

static void WantAll(struct wire *Wire)
{
    struct wire_filter Filter = {.any = 1, .promiscuous = 1};

    assert_int_equal(WirePacket.set_filter(Wire, &Filter), 0);
}

static int PairSetup(void **State)
{
    struct pair *Pair = calloc(1, sizeof(*Pair));

    NetworkMakePair();
    Pair->Near = Open(NETWORK_NEAR, &Pair->NearProperties);
    Pair->Far = Open(NETWORK_FAR, &Pair->FarProperties);
    *State = Pair;
    return 0;
}

static int PairTeardown(void **State)
{
    struct pair *Pair = *State;

    WirePacket.close(Pair->Near);
    WirePacket.close(Pair->Far);
    free(Pair);
    NetworkRemovePair();
    return 0;
}

static void FillFrame(uint8_t *Data, size_t Length, unsigned Seed)
{
    for (size_t I = 0; I < Length; I++) {
        Data[I] = (uint8_t)(Seed * 31 + I * 7 + (I >> 8));
    }
    memset(Data, 0xFF, 6);
    Data[6] = 2;
    Data[12] = ETHER_TYPE >> 8;
    Data[13] = ETHER_TYPE & 0xFF;
}

static int SendOne(struct wire *Wire, const void *Data, size_t Length)
{
    struct wire_part Part = {Data, Length};
    struct wire_frame Frame = {&Part, 1, (unsigned)Length, -1};

    while (WirePacket.send(Wire, &Frame, 1) == 0) {
        WirePacket.wait(Wire, WIRE_EVENT_WRITABLE); // or news of the link; then once more
    }
    return Frame.result;
}

static size_t ReceiveOne(struct wire *Wire, uint8_t *Data, size_t Size)
{
    for (;;) {
        size_t Length = WirePacket.receive(Wire, Data, Size);

        if (Length == 0) {
            WirePacket.wait(Wire, WIRE_EVENT_RECEIVE);
        } else if (Length >= 14 && Data[0] == 0xFF && Data[6] == 2) {
            return Length;
        }
    }
}

static void ExpectFrame(struct wire *Wire, size_t Length, unsigned Seed)
{
    uint8_t *Expected = malloc(Length), *Got = malloc(70000);

    FillFrame(Expected, Length, Seed);
    assert_int_equal(ReceiveOne(Wire, Got, 70000), Length);
    assert_memory_equal(Expected, Got, Length);
    free(Expected);
    free(Got);
}

// ---- opening

static void Open_BadName_SaysWhy(void **State)
{
    static const char *const Bad[][2] = {
        {"absent0", "no such network interface"},
        {"", "not the name"},
        {"a-name-that-is-too-long", "not the name"},
        {"lo", "not an Ethernet interface"},
    };
    struct wire_properties Properties;

    (void)State;
    for (unsigned I = 0; I < sizeof(Bad) / sizeof(Bad[0]); I++) {
        char Message[256] = "";

        assert_null(WirePacket.open(Bad[I][0], &Properties, Message, sizeof(Message)));
        assert_non_null(strstr(Message, Bad[I][1]));
    }
}

// In a child, because rights that are given up don't come back.
static void Open_WithoutTheRight_SaysWhichOne(void **State)
{
    int Status;
    pid_t Child = fork();

    (void)State;
    if (Child == 0) {
        struct wire_properties Properties;
        char Message[256] = "";
        int Refused = setuid(65534) == 0 &&
                      WirePacket.open("lo", &Properties, Message, sizeof(Message)) == NULL &&
                      strstr(Message, "CAP_NET_RAW") != NULL;

        _exit(Refused ? 0 : 1);
    }
    assert_int_equal(waitpid(Child, &Status, 0), Child);
    assert_int_equal(Status, 0);
}

static void Open_Veth_TellsAddressMtuSpeedAndLink(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire;

    (void)State;
    NetworkMakePair();
    NetworkRun("ip link set " NETWORK_NEAR " address 02:11:22:33:44:55 mtu 4321");
    Wire = Open(NETWORK_NEAR, &Properties);
    assert_memory_equal(Properties.address, "\x02\x11\x22\x33\x44\x55", 6);
    assert_int_equal(Properties.mtu, 4321);
    assert_int_equal(Properties.link_speed, 10000000000);
    assert_true(Properties.link_up);
    assert_true(Properties.threaded);
    WirePacket.close(Wire);
    NetworkRun("ip link set " NETWORK_FAR " down");
    Wire = Open(NETWORK_NEAR, &Properties);
    assert_false(Properties.link_up);
    WirePacket.close(Wire);
    NetworkRemovePair();
}

// ---- how the transmitter is scheduled

static void *BeginBurstsOnOneProcessor(void *Context)
{
    struct pair *Pair = Context;
    cpu_set_t One;
    intptr_t HasSpare;

    CPU_ZERO(&One);
    CPU_SET(sched_getcpu(), &One);
    if (sched_setaffinity(0, sizeof(One), &One) != 0) {
        return (void *)-1;
    }
    HasSpare = WirePacket.begin_bursts(Pair->Near);
    return sched_getscheduler(0) == SCHED_BATCH ? (void *)HasSpare : (void *)-1;
}

static void BeginBursts_OneProcessor_HasNoneToSpare(void **State)
{
    void *HasSpare;
    pthread_t Thread;

    assert_int_equal(pthread_create(&Thread, NULL, BeginBurstsOnOneProcessor, *State), 0);
    assert_int_equal(pthread_join(Thread, &HasSpare), 0);
    assert_null(HasSpare);
}

// ---- sending and receiving

static void Send_EachLength_ArrivesIdentical(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[1514];

    WantAll(Pair->Far);
    for (unsigned Length = 14; Length <= 1514; Length += Length < 80 ? 1 : 17) {
        FillFrame(Data, Length, Length);
        assert_int_equal(SendOne(Pair->Near, Data, Length), 0);
        ExpectFrame(Pair->Far, Length, Length);
    }
}

static void Send_BatchOfParts_ArrivesInOrder(void **State)
{
    struct pair *Pair = *State;
    static uint8_t Data[WIRE_SEND_BATCH][1514];
    struct wire_part Parts[WIRE_SEND_BATCH][3];
    struct wire_frame Frames[WIRE_SEND_BATCH];
    unsigned Done = 0;

    WantAll(Pair->Far);
    for (unsigned I = 0; I < WIRE_SEND_BATCH; I++) {
        unsigned Length = 60 + I * 23;

        FillFrame(Data[I], Length, I);
        Parts[I][0] = (struct wire_part){Data[I], 14};
        Parts[I][1] = (struct wire_part){Data[I] + 14, 7};
        Parts[I][2] = (struct wire_part){Data[I] + 21, Length - 21};
        Frames[I] = (struct wire_frame){Parts[I], 3, Length, -1};
    }
    while (Done < WIRE_SEND_BATCH) {
        Done += WirePacket.send(Pair->Near, Frames + Done, WIRE_SEND_BATCH - Done);
    }
    for (unsigned I = 0; I < WIRE_SEND_BATCH; I++) {
        assert_int_equal(Frames[I].result, 0);
        ExpectFrame(Pair->Far, 60 + I * 23, I);
    }
}

static void Send_BadLengthInMiddleOfBatch_OnlyThatFrameFails(void **State)
{
    struct pair *Pair = *State;
    static uint8_t Data[3][4000];
    struct wire_part Parts[3];
    struct wire_frame Frames[3];

    WantAll(Pair->Far);
    for (unsigned I = 0; I < 3; I++) {
        unsigned Length = I == 1 ? 1515 : 100 + I;

        FillFrame(Data[I], Length, I);
        Parts[I] = (struct wire_part){Data[I], Length};
        Frames[I] = (struct wire_frame){&Parts[I], 1, Length, -1};
    }
    assert_int_equal(WirePacket.send(Pair->Near, Frames, 3), 3);
    assert_int_equal(Frames[0].result, 0);
    assert_int_equal(Frames[1].result, EMSGSIZE);
    assert_int_equal(Frames[2].result, 0);
    ExpectFrame(Pair->Far, 100, 0);
    ExpectFrame(Pair->Far, 102, 2);
}

static void Send_VlanTagged_KeepsTagAndMayBeLonger(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[1519], Got[2000];

    WantAll(Pair->Far);
    for (unsigned Length = 60; Length <= 1518; Length += 243) {
        FillFrame(Data, Length, Length);
        memcpy(Data + 12, "\x81\x00\x2A\xBC\x88\xB5", 6);
        assert_int_equal(SendOne(Pair->Near, Data, Length), 0);
        assert_int_equal(ReceiveOne(Pair->Far, Got, sizeof(Got)), Length);
        assert_memory_equal(Data, Got, Length);
    }
    assert_int_equal(SendOne(Pair->Near, Data, 1519), EMSGSIZE);
}

static void Send_Jumbo_ArrivesIdentical(void **State)
{
    struct wire_properties Properties;
    struct wire *Near, *Far;
    uint8_t *Data = malloc(65535);

    (void)State;
    NetworkMakePair();
    NetworkRun("ip link set " NETWORK_NEAR " mtu 65000 && ip link set " NETWORK_FAR " mtu 65000");
    Near = Open(NETWORK_NEAR, &Properties);
    Far = Open(NETWORK_FAR, &Properties);
    WantAll(Far);
    for (unsigned I = 0; I < 8; I++) {
        static const unsigned Lengths[] = {64, 1514, 1515, 9014, 20001, 32768, 65013, 65014};

        FillFrame(Data, Lengths[I], I);
        assert_int_equal(SendOne(Near, Data, Lengths[I]), 0);
        ExpectFrame(Far, Lengths[I], I);
    }
    assert_int_equal(SendOne(Near, Data, 65015), EMSGSIZE);
    free(Data);
    WirePacket.close(Near);
    WirePacket.close(Far);
    NetworkRemovePair();
}

struct flood {
    struct wire *Wire;
    _Atomic int Stop;
    _Atomic unsigned long long Succeeded, Failed;
};

static void FloodBatch(struct flood *Flood, struct wire_part *Part)
{
    struct wire_frame Frames[WIRE_SEND_BATCH];
    unsigned Done = 0;

    for (unsigned I = 0; I < WIRE_SEND_BATCH; I++) {
        Frames[I] = (struct wire_frame){Part, 1, (unsigned)Part->length, -1};
    }
    while (Done < WIRE_SEND_BATCH) {
        unsigned Now = WirePacket.send(Flood->Wire, Frames + Done, WIRE_SEND_BATCH - Done);

        for (unsigned I = Done; I < Done + Now; I++) {
            assert_true(Frames[I].result >= 0);
            if (Frames[I].result == 0) {
                Flood->Succeeded++;
            } else {
                Flood->Failed++;
            }
        }
        Done += Now;
        if (Done < WIRE_SEND_BATCH) {
            WirePacket.wait(Flood->Wire, WIRE_EVENT_WRITABLE);
        }
    }
}

static void *FloodThread(void *Context)
{
    struct flood *Flood = Context;
    uint8_t Data[100];
    struct wire_part Part = {Data, sizeof(Data)};

    FillFrame(Data, sizeof(Data), 5);
    while (!Flood->Stop) {
        FloodBatch(Flood, &Part);
    }
    return NULL;
}

// The claim of wire_packet_send.c: what is reported as sent has left, also around a link that goes
// down and comes up under full load.
static void Send_WhileLinkComesAndGoes_NoFrameIsLostSilently(void **State)
{
    struct pair *Pair = *State;
    struct flood Flood = {.Wire = Pair->Near};
    unsigned long long Before = NetworkFramesIn(NETWORK_FAR);
    pthread_t Thread;

    pthread_create(&Thread, NULL, FloodThread, &Flood);
    for (unsigned I = 0; I < 20; I++) {
        unsigned long long Mark = Flood.Failed;

        NetworkRun("ip link set " NETWORK_FAR " down");
        while (Flood.Failed == Mark) {
            sched_yield();
        }
        Mark = Flood.Succeeded;
        NetworkRun("ip link set " NETWORK_FAR " up");
        while (Flood.Succeeded < Mark + 1000) {
            sched_yield();
        }
    }
    Flood.Stop = 1;
    pthread_join(Thread, NULL);
    assert_int_equal(NetworkFramesIn(NETWORK_FAR) - Before, Flood.Succeeded);
}

static void Send_FarEndRefusesForEver_FailsAfterPatience(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[1514];

    WantAll(Pair->Far);
    NetworkRun("ip link set " NETWORK_FAR " mtu 1000");
    FillFrame(Data, sizeof(Data), 1);
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), ENOBUFS);
    assert_int_equal(SendOne(Pair->Near, Data, 60), 0);
    ExpectFrame(Pair->Far, 60, 1);
}

static void Receive_FilterNone_TakesNothing(void **State)
{
    struct pair *Pair = *State;
    struct wire_properties Properties;
    struct wire *Observer = Open(NETWORK_FAR, &Properties);
    struct wire_filter None = {.any = 0};
    uint8_t Data[101];

    WantAll(Observer);
    WantAll(Pair->Far);
    assert_int_equal(WirePacket.set_filter(Pair->Far, &None), 0);
    FillFrame(Data, sizeof(Data), 1);
    assert_int_equal(SendOne(Pair->Near, Data, 100), 0);
    assert_int_equal(SendOne(Pair->Near, Data, 101), 0);
    ExpectFrame(Observer, 100, 1);
    ExpectFrame(Observer, 101, 1); // so nobody can still get the one of 100 bytes
    WantAll(Pair->Far);
    assert_int_equal(SendOne(Pair->Near, Data, 99), 0);
    assert_int_equal(ReceiveOne(Pair->Far, Data, sizeof(Data)), 99);
    WirePacket.close(Observer);
}

static void Receive_OwnFrames_AreNotSeen(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[100];

    WantAll(Pair->Near);
    WantAll(Pair->Far);
    FillFrame(Data, sizeof(Data), 1);
    assert_int_equal(SendOne(Pair->Near, Data, 100), 0);
    ExpectFrame(Pair->Far, 100, 1);
    assert_int_equal(SendOne(Pair->Far, Data, 61), 0);
    ExpectFrame(Pair->Near, 61, 1);
}

static void Receive_RingFull_CountsWhatIsLost(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[100], Got[2000];
    unsigned Sent = 10000, Received = 0;

    WantAll(Pair->Far);
    FillFrame(Data, sizeof(Data), 1);
    for (unsigned I = 0; I < Sent; I++) {
        assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), 0);
    }
    while (WirePacket.receive(Pair->Far, Got, sizeof(Got)) != 0) {
        Received++;
    }
    // The rest is still on its way; the marker is behind it.
    assert_int_equal(SendOne(Pair->Near, Data, 77), 0);
    while (ReceiveOne(Pair->Far, Got, sizeof(Got)) != 77) {
        Received++;
    }
    assert_true(Received >= 1000 && Received < Sent);
    assert_int_equal(Received + WirePacket.receive_drops(Pair->Far), Sent);
}

static void Receive_FrameLongerThanBuffer_IsCountedNotCut(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[1514], Got[1000];

    WantAll(Pair->Far);
    FillFrame(Data, sizeof(Data), 1);
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), 0);
    assert_int_equal(SendOne(Pair->Near, Data, 500), 0);
    assert_int_equal(ReceiveOne(Pair->Far, Got, sizeof(Got)), 500);
    assert_int_equal(WirePacket.receive_drops(Pair->Far), 1);
}

static int IsMember(const char *Entry)
{
    char Command[200];

    snprintf(Command, sizeof(Command), "ip maddress show dev " NETWORK_NEAR " | grep -q '%s'",
             Entry);
    return system(Command) == 0;
}

static void Filter_MulticastAndPromiscuous_ReachTheDevice(void **State)
{
    struct pair *Pair = *State;
    struct wire_filter Filter = {
        .any = 1, .address_count = 2, .addresses = {{1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 7}}};

    assert_int_equal(WirePacket.set_filter(Pair->Near, &Filter), 0);
    assert_true(IsMember("01:02:03:04:05:06") && IsMember("01:02:03:04:05:07"));
    Filter.address_count = 1;
    Filter.addresses[0][5] = 7;
    Filter.promiscuous = 1;
    assert_int_equal(WirePacket.set_filter(Pair->Near, &Filter), 0);
    assert_true(!IsMember("01:02:03:04:05:06") && IsMember("01:02:03:04:05:07"));
    NetworkRun("ip -d link show " NETWORK_NEAR " | grep -q 'promiscuity 1'");
    Filter = (struct wire_filter){.any = 0};
    assert_int_equal(WirePacket.set_filter(Pair->Near, &Filter), 0);
    assert_false(IsMember("01:02:03:04:05:07"));
    NetworkRun("ip -d link show " NETWORK_NEAR " | grep -q 'promiscuity 0'");
}

// ---- events

static unsigned WaitFor(struct wire *Wire, unsigned Event)
{
    unsigned Found;

    do {
        Found = WirePacket.wait(Wire, 0);
    } while ((Found & Event) == 0);
    return Found;
}

static void Wait_Woken_ReturnsStopOnce(void **State)
{
    struct pair *Pair = *State;
    unsigned Found;

    // News of the link may still come from the making of the pair.
    WirePacket.wake(Pair->Near);
    WirePacket.wake(Pair->Near);
    WaitFor(Pair->Near, WIRE_EVENT_STOP);
    do {
        Found = WirePacket.wait(Pair->Near, WIRE_EVENT_WRITABLE);
        assert_int_equal(Found & WIRE_EVENT_STOP, 0);
    } while ((Found & WIRE_EVENT_WRITABLE) == 0);
}

static void Wait_LinkDownAndUp_IsToldAndSendsFail(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[60];

    FillFrame(Data, sizeof(Data), 1);
    NetworkRun("ip link set " NETWORK_FAR " down");
    do {
        WaitFor(Pair->Near, WIRE_EVENT_LINK); // the first may be news of the making of the pair
    } while (WirePacket.link_up(Pair->Near));
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), ENETDOWN);
    NetworkRun("ip link set " NETWORK_FAR " up");
    do {
        WaitFor(Pair->Near, WIRE_EVENT_LINK);
    } while (!WirePacket.link_up(Pair->Near));
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), 0);
    NetworkRun("ip link set " NETWORK_NEAR " down");
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), ENETDOWN);
}

static void Wait_ReceiverDownAndUp_ReceivesAgain(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[60];

    WantAll(Pair->Far);
    NetworkRun("ip link set " NETWORK_FAR " down && ip link set " NETWORK_FAR " up");
    FillFrame(Data, sizeof(Data), 3);
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), 0);
    ExpectFrame(Pair->Far, sizeof(Data), 3);
}

static void Wait_InterfaceRenamed_WorksOn(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[60];

    FillFrame(Data, sizeof(Data), 3);
    WantAll(Pair->Far);
    NetworkRun("ip link set " NETWORK_NEAR " down && ip link set " NETWORK_NEAR " name other0 && "
               "ip link set other0 up");
    assert_true(WirePacket.link_up(Pair->Near));
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), 0);
    ExpectFrame(Pair->Far, sizeof(Data), 3);
    NetworkRun("ip link delete other0");
}

static void Wait_InterfaceDeleted_ReportsGone(void **State)
{
    struct pair *Pair = *State;
    uint8_t Data[60];

    FillFrame(Data, sizeof(Data), 1);
    NetworkRemovePair();
    WaitFor(Pair->Near, WIRE_EVENT_GONE);
    assert_int_equal(SendOne(Pair->Near, Data, sizeof(Data)), ENODEV);
    assert_false(WirePacket.link_up(Pair->Near));
    WirePacket.wake(Pair->Near);
    assert_int_equal(WirePacket.wait(Pair->Near, WIRE_EVENT_RECEIVE), WIRE_EVENT_STOP);
}

#define PAIR_TEST(Function) cmocka_unit_test_setup_teardown(Function, PairSetup, PairTeardown)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Open_BadName_SaysWhy),
        cmocka_unit_test(Open_WithoutTheRight_SaysWhichOne),
        cmocka_unit_test(Open_Veth_TellsAddressMtuSpeedAndLink),
        PAIR_TEST(BeginBursts_OneProcessor_HasNoneToSpare),
        PAIR_TEST(Send_EachLength_ArrivesIdentical),
        PAIR_TEST(Send_BatchOfParts_ArrivesInOrder),
        PAIR_TEST(Send_BadLengthInMiddleOfBatch_OnlyThatFrameFails),
        PAIR_TEST(Send_VlanTagged_KeepsTagAndMayBeLonger),
        cmocka_unit_test(Send_Jumbo_ArrivesIdentical),
        PAIR_TEST(Send_WhileLinkComesAndGoes_NoFrameIsLostSilently),
        PAIR_TEST(Send_FarEndRefusesForEver_FailsAfterPatience),
        PAIR_TEST(Receive_FilterNone_TakesNothing),
        PAIR_TEST(Receive_OwnFrames_AreNotSeen),
        PAIR_TEST(Receive_RingFull_CountsWhatIsLost),
        PAIR_TEST(Receive_FrameLongerThanBuffer_IsCountedNotCut),
        PAIR_TEST(Filter_MulticastAndPromiscuous_ReachTheDevice),
        PAIR_TEST(Wait_Woken_ReturnsStopOnce),
        PAIR_TEST(Wait_LinkDownAndUp_IsToldAndSendsFail),
        PAIR_TEST(Wait_ReceiverDownAndUp_ReceivesAgain),
        PAIR_TEST(Wait_InterfaceRenamed_WorksOn),
        PAIR_TEST(Wait_InterfaceDeleted_ReportsGone),
    };

    if (!NetworkEnter()) {
        return 77; // SKIP_RETURN_CODE of ctest
    }
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

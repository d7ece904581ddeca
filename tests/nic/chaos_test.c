// SPDX-License-Identifier: MIT

// Chaos NICs: each hostile behaviour really occurs, and each is legal.

#include "capture.h"
#include "chaos_fixture.h"
#include "protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CALM "pause_every=0,reset_every=0,link_every=0"

static const unsigned char Header[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};

// The frames of one NBL must have one header (contract SND-11), and the test protocol's patterns
// begin differently.
static NET_BUFFER_LIST *WithHeader(NET_BUFFER_LIST *Nbl)
{
    for (NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl); Nb != NULL; Nb = NET_BUFFER_NEXT_NB(Nb)) {
        memcpy(NdisGetDataBuffer(Nb, sizeof(Header), NULL, 1, 0), Header, sizeof(Header));
    }
    return Nbl;
}

// Frames of all kinds: one or several in an NBL, in one or several MDLs, with or without room in
// front of them.
static NET_BUFFER_LIST *MakeAnyKind(unsigned Index)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(Index % 7 == 0 ? 3 : 1, 120 + Index % 300, Index,
                                        Index % 5 == 0 ? 150 : 0);

    if (Index % 3 == 0) {
        NdisAdvanceNetBufferListDataStart(Nbl, 40, FALSE, NULL);
    }
    return WithHeader(Nbl);
}

static void SendAnyKind(unsigned Count)
{
    for (unsigned I = 0; I < Count; I++) {
        WitnessSend(MakeAnyKind(I));
    }
    WitnessWait();
}

static void Send_Thousands_EveryBehaviourOccurs(void **State)
{
    struct ndishost_chaos_counts Chaos;
    const struct witness_counts *Seen = &WitnessCounts;

    (void)State;
    ChaosAddNic("chaos:seed=3,delay_ms=3,long_ms=200," CALM "+null");
    SendAnyKind(4000);
    assert_true(Seen->InCall > 100);
    assert_true(Seen->OtherThread > 100);
    assert_true(Seen->AtPassive > 100);
    assert_true(Seen->AtDispatch > 100);
    assert_true(Seen->Marked > 100 && Seen->Marked <= Seen->AtDispatch);
    assert_true(Seen->Singles > 100);
    assert_true(Seen->Merged > 5);
    assert_true(Seen->Descending > 1);
    assert_true(Seen->Relinked > 10);
    // All of them but for a chance of one in some thousand.
    assert_in_range(Seen->Scratch, 3990, 4000);
    assert_in_range(Seen->MiniportReserved, 3990, 4000);
    assert_in_range(Seen->NbMiniportReserved, 3990, 4000);
    assert_in_range(Seen->LargeSend, 3990, 4000);
    assert_in_range(Seen->Flags, 3900, 4000);
    ndishost_get_chaos_counts(&Chaos);
    assert_int_equal(Chaos.sent, 4000);
    assert_int_equal(Chaos.in_call + Chaos.by_thread + Chaos.by_timer, 4000);
    assert_true(Chaos.in_call > 500 && Chaos.by_thread > 500 && Chaos.by_timer > 100);
    assert_int_equal(Chaos.completions, Seen->Lists);
    assert_true(Chaos.mdls_in_front > 100 && Chaos.retreats > 50 && Chaos.contexts > 2);
    assert_true(Chaos.pool_allocations > 2 && Chaos.mdl_allocations > 0);
    assert_true(Chaos.reordered > 2);
    WitnessFreeAll();
}

static void Send_Thousands_EachComesHomeOnceAndWhole(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=4,fail=30%,delay_ms=2,long_ms=0," CALM "+null");
    SendAnyKind(4000);
    for (unsigned I = 0; I < 4000; I++) {
        assert_int_equal(Witness[I].Completions, 1);
    }
    assert_int_equal(WitnessCounts.Damaged, 0);
    WitnessFreeAll();
}

static void Send_ThroughPcap_SuccessesAreOnTheWireOnceInOrder(void **State)
{
    char Name[] = "/tmp/chaos_testXXXXXX";
    char Spec[160];
    unsigned char Expected[64];
    const unsigned char *Data;
    struct capture *Capture;
    unsigned Length, Failed = 0;

    (void)State;
    close(mkstemp(Name));
    snprintf(Spec, sizeof(Spec), "chaos:seed=5,fail=20%%,delay_ms=2," CALM "+pcap:%s", Name);
    ChaosAddNic(Spec);
    for (unsigned I = 0; I < 2000; I++) {
        WitnessSend(ProtocolMake(1, 64, I * 3, 0));
    }
    WitnessWait();
    ChaosRemoveNic();
    Capture = CaptureOpen(Name);
    assert_non_null(Capture);
    for (unsigned I = 0; I < 2000; I++) {
        if (Witness[I].Status != NDIS_STATUS_SUCCESS) {
            Failed++;
            continue;
        }
        ProtocolPattern(Expected, 64, I * 3);
        Data = CaptureNext(Capture, &Length);
        assert_non_null(Data);
        assert_int_equal(Length, 64);
        assert_memory_equal(Data, Expected, 64);
    }
    assert_null(CaptureNext(Capture, &Length));
    CaptureClose(Capture);
    unlink(Name);
    assert_in_range(Failed, 300, 500);
    WitnessFreeAll();
}

static void SendWithSeed(const char *Seed, NDIS_STATUS *Statuses)
{
    char Spec[100];

    ProtocolReset();
    WitnessCounts = (struct witness_counts){0};
    snprintf(Spec, sizeof(Spec), "chaos:seed=%s,delay_ms=1,long_ms=0," CALM "+null", Seed);
    ChaosAddNic(Spec);
    SendAnyKind(1000);
    for (unsigned I = 0; I < 1000; I++) {
        Statuses[I] = Witness[I].Status;
    }
    WitnessFreeAll();
    ChaosRemoveNic();
}

static void Send_SameSeed_SameStatuses(void **State)
{
    static NDIS_STATUS First[1000], Second[1000], Other[1000];

    (void)State;
    SendWithSeed("77", First);
    SendWithSeed("77", Second);
    SendWithSeed("78", Other);
    assert_memory_equal(First, Second, sizeof(First));
    assert_memory_not_equal(First, Other, sizeof(First));
}

static void Send_WithPausesResetsAndLinkLosses_EachComesHome(void **State)
{
    struct protocol_events Events;
    struct ndishost_chaos_counts Chaos;

    (void)State;
    ChaosAddNic("chaos:seed=6,delay_ms=1,long_ms=0,pause_every=100,reset_every=100,"
                "link_every=100+null");
    // In rounds: what the NIC asks for while the same is under way becomes one.
    for (unsigned Round = 0; Round < 10; Round++) {
        SendAnyKind(300);
        assert_int_equal(ndishost_wait_idle(60000), 0);
    }
    ProtocolWaitLink(MediaConnectStateConnected);
    Events = ProtocolEvents();
    ndishost_get_chaos_counts(&Chaos);
    assert_true(Events.Pauses > 3);
    assert_true(Events.Resets > 3);
    assert_true(Events.LinksLost > 1);
    assert_true(Chaos.pauses >= Events.Pauses);
    assert_true(Chaos.resets >= Events.Resets);
    for (unsigned I = 0; I < 3000; I++) {
        assert_int_equal(Witness[I].Completions, 1);
    }
    assert_int_equal(WitnessCounts.Damaged, 0);
    WitnessFreeAll();
}

static void Pause_ByTheProgram_HoldsAgainstTheNic(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=6,fail=0%,delay_ms=1,long_ms=0,pause_every=1+null");
    WitnessSend(MakeAnyKind(1)); // the NIC asks for a pause
    assert_int_equal(ndishost_pause_nic(ChaosNic), 0);
    assert_int_equal(ndishost_wait_idle(60000), 0);
    assert_false(ProtocolTrySend(Witness[0].Nbl)); // the NIC's restart has not undone ours
    assert_int_equal(ndishost_restart_nic(ChaosNic), 0);
    ProtocolWaitRunning();
    WitnessFreeAll();
}

static void Remove_WhileCompletionsAreDelayed_WaitsForThem(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=8,delay_ms=100,long_ms=300," CALM "+null");
    for (unsigned I = 0; I < 300; I++) {
        WitnessSend(MakeAnyKind(I));
    }
    ChaosRemoveNic();
    assert_int_equal(ProtocolCompletions(), 300);
    WitnessFreeAll();
}

static void Surprise_WhileCompletionsAreDelayed_EachComesHome(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=9,delay_ms=100,long_ms=300,pause_every=50+null");
    for (unsigned I = 0; I < 300; I++) {
        WitnessSend(MakeAnyKind(I));
    }
    assert_int_equal(ndishost_remove_nic(ChaosNic, NDISHOST_REMOVE_SURPRISE), 0);
    assert_int_equal(ProtocolCompletions(), 300);
    assert_int_equal(WitnessCounts.Damaged, 0);
    WitnessFreeAll();
}

static void Cancel_Often_IsSometimesIgnored(void **State)
{
    struct ndishost_chaos_counts Chaos;

    (void)State;
    ChaosAddNic("chaos:seed=10,delay_ms=1," CALM "+null");
    for (unsigned I = 0; I < 100; I++) {
        WitnessSend(MakeAnyKind(I));
        ProtocolCancel((void *)0x1234);
    }
    WitnessWait();
    ndishost_get_chaos_counts(&Chaos);
    assert_in_range(Chaos.cancels_ignored, 25, 75);
    WitnessFreeAll();
}

// ---- a sender that sends again from its completion callback

static _Atomic unsigned Resends, Depth, Deepest;

static void SendAgain(NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    (void)Flags;
    (void)Nbls;
    if (++Depth > Deepest) {
        Deepest = Depth;
    }
    if (Resends < 2000) {
        Resends++;
        ProtocolSend(ProtocolMake(1, 60, 1, 0));
    }
    Depth--;
}

static void Send_FromCompletionOfFailures_HasAnEnd(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=11,fail=100%,delay_ms=0,long_ms=0," CALM "+null");
    Resends = Depth = Deepest = 0;
    ProtocolObserve(SendAgain);
    ProtocolSend(ProtocolMake(1, 60, 1, 0));
    ProtocolWaitCompletions(2001);
    assert_true(Deepest <= 3);
    for (unsigned I = 0; I < 2001; I++) {
        ProtocolFree(ProtocolCompleted(I));
    }
}

// ---- receives

static void Loop_Frames_ComeBackLentAndGivenAtBothLevels(void **State)
{
    ULONG Filter = NDIS_PACKET_TYPE_PROMISCUOUS;
    struct ndishost_chaos_counts Chaos;
    unsigned char Expected[200];
    unsigned Count = 1200;

    (void)State;
    ChaosAddNic("chaos:seed=12,fail=0%,delay_ms=1,long_ms=0," CALM "+loop");
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Filter, 4, NULL),
        NDIS_STATUS_SUCCESS);
    for (unsigned I = 0; I < Count / 6; I++) {
        WitnessSend(WithHeader(ProtocolMake(6, 60 + I % 100, I * 6, 0)));
    }
    WitnessWait();
    ProtocolWaitReceived(Count);
    assert_int_equal(ProtocolReceived(), Count);
    for (unsigned I = 0; I < Count; I++) {
        assert_int_equal(ProtocolReceivedLength(I), 60 + I / 6 % 100);
        ProtocolPattern(Expected, 60 + I / 6 % 100, I);
        memcpy(Expected, Header, sizeof(Header));
        assert_memory_equal(ProtocolReceivedData(I), Expected, 60 + I / 6 % 100);
    }
    assert_in_range(ProtocolReceivedScarce(), 100, Count - 100);
    assert_in_range(ProtocolReceivedAtDispatch(), 100, Count - 100);
    ndishost_get_chaos_counts(&Chaos);
    assert_true(Chaos.lent_indications > 20);
    WitnessFreeAll();
}

// ---- specs and seeds

static void Spec_Wrong_IsToldAndLeavesNothing(void **State)
{
    static const struct {
        const char *Spec;
        const char *Says;
    } Wrong[] = {
        {"chaos", "a NIC must follow"},
        {"chaos+", "a NIC must follow"},
        {"chaos+foo", "foo: not a kind of NIC; there are null, loop"},
        {"chaos:seed=x+null", "a seed is a number"},
        {"chaos+null:1", "the MTU must be a number"},
        {"chaosnull", "not a kind of NIC"},
    };

    (void)State;
    for (unsigned I = 0; I < sizeof(Wrong) / sizeof(Wrong[0]); I++) {
        struct ndishost_nic *Nic = (struct ndishost_nic *)1;
        char Message[300] = "";

        assert_true((int32_t)ndishost_add_nic(Wrong[I].Spec, &Nic, Message, sizeof(Message)) < 0);
        assert_null(Nic);
        if (strstr(Message, Wrong[I].Says) == NULL) {
            fail_msg("%s: %s", Wrong[I].Spec, Message);
        }
        assert_true((int32_t)ndishost_add_nic(Wrong[I].Spec, &Nic, NULL, 0) < 0);
    }
}

static void ReportHasSeed(uint32_t Code, const char *Report)
{
    (void)Code;
    _exit(strstr(Report, "NIC chaos+null: seed 4711 (to repeat it: chaos:seed=4711+") != NULL ? 0
                                                                                              : 1);
}

// The first chaos NIC has the system's seed, and every report names it.
static void BugCheck_WithAChaosNic_ReportsTheSeed(void **State)
{
    int Result;
    pid_t Child = fork();

    (void)State;
    if (Child == 0) {
        struct ndishost_options Options = {.seed = 4711, .on_bug_check = ReportHasSeed};
        struct ndishost_nic *Nic;

        if (ndishost_start(&Options) != 0 || ndishost_add_nic("chaos+null", &Nic, NULL, 0) != 0) {
            _exit(2);
        }
        KeBugCheckEx(0xDEAD, 1, 2, 3, 4);
        _exit(3);
    }
    assert_int_equal(waitpid(Child, &Result, 0), Child);
    assert_true(WIFEXITED(Result));
    assert_int_equal(WEXITSTATUS(Result), 0);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(BugCheck_WithAChaosNic_ReportsTheSeed),
        CHAOS_TEST(Send_Thousands_EveryBehaviourOccurs),
        CHAOS_TEST(Send_Thousands_EachComesHomeOnceAndWhole),
        CHAOS_TEST(Send_ThroughPcap_SuccessesAreOnTheWireOnceInOrder),
        CHAOS_TEST(Send_SameSeed_SameStatuses),
        CHAOS_TEST(Send_WithPausesResetsAndLinkLosses_EachComesHome),
        CHAOS_TEST(Pause_ByTheProgram_HoldsAgainstTheNic),
        CHAOS_TEST(Remove_WhileCompletionsAreDelayed_WaitsForThem),
        CHAOS_TEST(Surprise_WhileCompletionsAreDelayed_EachComesHome),
        CHAOS_TEST(Cancel_Often_IsSometimesIgnored),
        CHAOS_TEST(Send_FromCompletionOfFailures_HasAnEnd),
        CHAOS_TEST(Loop_Frames_ComeBackLentAndGivenAtBothLevels),
        CHAOS_TEST(Spec_Wrong_IsToldAndLeavesNothing),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// The wires that need nothing of the system: null, loop and pcap.

#include "../../ndishost/nic/wire.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct wire *Open(const struct wire_ops *Ops, const char *Argument,
                         struct wire_properties *Properties)
{
    char Message[256] = "";
    struct wire *Wire = Ops->open(Argument, Properties, Message, sizeof(Message));

    if (Wire == NULL) {
        print_error("%s\n", Message);
    }
    assert_non_null(Wire);
    return Wire;
}

static void FillBytes(uint8_t *Data, size_t Length, unsigned Seed)
{
    for (size_t I = 0; I < Length; I++) {
        Data[I] = (uint8_t)(Seed * 31 + I * 7 + (I >> 8));
    }
}

static int SendOne(const struct wire_ops *Ops, struct wire *Wire, const void *Data, size_t Length)
{
    struct wire_part Parts[2] = {{Data, 14}, {(const uint8_t *)Data + 14, Length - 14}};
    struct wire_frame Frame = {.parts = Parts,
                               .part_count = Length > 14 ? 2 : 1,
                               .length = (unsigned)Length,
                               .result = -1};

    assert_int_equal(Ops->send(Wire, &Frame, 1), 1);
    return Frame.result;
}

static void Null_AnyFrame_IsAccepted(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire = Open(&WireNull, "", &Properties);
    uint8_t Data[64] = {0};

    (void)State;
    assert_int_equal(SendOne(&WireNull, Wire, Data, sizeof(Data)), 0);
    assert_int_equal(Properties.mtu, 9000);
    assert_true(Properties.link_up);
    assert_false(Properties.threaded);
    WireNull.close(Wire);
}

static void Virtual_MtuArgument_IsUsedOrRefused(void **State)
{
    static const char *const Bad[] = {"x", "67", "65522", "1500x", "-1"};
    struct wire_properties Properties;
    struct wire *Wire = Open(&WireLoop, "1500", &Properties);

    (void)State;
    assert_int_equal(Properties.mtu, 1500);
    WireLoop.close(Wire);
    for (unsigned I = 0; I < sizeof(Bad) / sizeof(Bad[0]); I++) {
        char Message[256] = "";

        assert_null(WireLoop.open(Bad[I], &Properties, Message, sizeof(Message)));
        assert_non_null(strstr(Message, "MTU"));
    }
}

static void Virtual_EachWire_HasItsOwnAddress(void **State)
{
    struct wire_properties First, Second;
    struct wire *Wire1 = Open(&WireNull, "", &First);
    struct wire *Wire2 = Open(&WireNull, "", &Second);

    (void)State;
    assert_memory_not_equal(First.address, Second.address, 6);
    assert_int_equal(First.address[0] & 3, 2); // locally administered, not multicast
    WireNull.close(Wire1);
    WireNull.close(Wire2);
}

static void Loop_ManySizes_ComeBackIdenticalAndInOrder(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire = Open(&WireLoop, "", &Properties);
    size_t Longest = Properties.mtu + 18;
    uint8_t *Data = malloc(Longest), *Back = malloc(Longest);

    (void)State;
    for (unsigned Round = 0; Round < 300; Round++) {
        size_t Lengths[2] = {14 + Round * 29 % (Longest - 14), Round % 7 == 0 ? Longest : 60};

        for (unsigned I = 0; I < 2; I++) {
            FillBytes(Data, Lengths[I], Round + I);
            assert_int_equal(SendOne(&WireLoop, Wire, Data, Lengths[I]), 0);
        }
        for (unsigned I = 0; I < 2; I++) {
            FillBytes(Data, Lengths[I], Round + I);
            assert_int_equal(WireLoop.receive(Wire, Back, Longest), Lengths[I]);
            assert_memory_equal(Data, Back, Lengths[I]);
        }
    }
    assert_int_equal(WireLoop.receive(Wire, Back, Longest), 0);
    free(Data);
    free(Back);
    WireLoop.close(Wire);
}

static void Loop_Full_TakesNoMoreUntilReceived(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire = Open(&WireLoop, "", &Properties);
    uint8_t Data[60];
    struct wire_part Part = {Data, sizeof(Data)};
    struct wire_frame Frames[WIRE_SEND_BATCH];
    unsigned Accepted = 0, Now;

    (void)State;
    FillBytes(Data, sizeof(Data), 1);
    do {
        for (unsigned I = 0; I < WIRE_SEND_BATCH; I++) {
            Frames[I] = (struct wire_frame){&Part, 1, sizeof(Data), -1};
        }
        Now = WireLoop.send(Wire, Frames, WIRE_SEND_BATCH);
        for (unsigned I = 0; I < WIRE_SEND_BATCH; I++) {
            assert_int_equal(Frames[I].result, I < Now ? 0 : -1);
        }
        Accepted += Now;
        assert_true(Accepted < 100000);
    } while (Now == WIRE_SEND_BATCH);
    assert_int_equal(WireLoop.send(Wire, Frames, 1), 0);
    assert_int_equal(WireLoop.receive(Wire, Data, sizeof(Data)), sizeof(Data));
    assert_int_equal(WireLoop.send(Wire, Frames, 1), 1);
    WireLoop.close(Wire);
}

static void Loop_FrameTooLong_IsRefused(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire = Open(&WireLoop, "1500", &Properties);
    uint8_t Data[1519] = {0};

    (void)State;
    assert_int_equal(SendOne(&WireLoop, Wire, Data, 1519), EMSGSIZE);
    assert_int_equal(SendOne(&WireLoop, Wire, Data, 1518), 0);
    WireLoop.close(Wire);
}

static void Pcap_FramesWritten_AreInTheFile(void **State)
{
    char Name[] = "/tmp/wire_testXXXXXX";
    char Error[PCAP_ERRBUF_SIZE];
    struct wire_properties Properties;
    struct pcap_pkthdr *Header;
    const u_char *Read;
    uint8_t Data[9018];
    struct wire *Wire;
    pcap_t *File;

    (void)State;
    close(mkstemp(Name));
    Wire = Open(&WirePcap, Name, &Properties);
    for (unsigned I = 0; I < 200; I++) {
        FillBytes(Data, 14 + I * 45, I);
        assert_int_equal(SendOne(&WirePcap, Wire, Data, 14 + I * 45), 0);
    }
    assert_int_equal(SendOne(&WirePcap, Wire, Data, 9019), EMSGSIZE);
    WirePcap.close(Wire);

    File = pcap_open_offline_with_tstamp_precision(Name, PCAP_TSTAMP_PRECISION_NANO, Error);
    assert_non_null(File);
    assert_int_equal(pcap_datalink(File), DLT_EN10MB);
    for (unsigned I = 0; I < 200; I++) {
        assert_int_equal(pcap_next_ex(File, &Header, &Read), 1);
        assert_int_equal(Header->len, 14 + I * 45);
        assert_int_equal(Header->caplen, Header->len);
        assert_true(Header->ts.tv_sec > 1700000000 && Header->ts.tv_usec < 1000000000);
        FillBytes(Data, Header->len, I);
        assert_memory_equal(Data, Read, Header->len);
    }
    assert_int_equal(pcap_next_ex(File, &Header, &Read), PCAP_ERROR_BREAK);
    pcap_close(File);
    unlink(Name);
}

static void Pcap_FileCannotBeMade_SaysWhy(void **State)
{
    struct wire_properties Properties;
    char Message[256] = "";

    (void)State;
    assert_null(WirePcap.open("/nonexistent/x.pcap", &Properties, Message, sizeof(Message)));
    assert_non_null(strstr(Message, "/nonexistent/x.pcap"));
    assert_non_null(strstr(Message, "No such file"));
    assert_null(WirePcap.open("", &Properties, Message, sizeof(Message)));
    assert_non_null(strstr(Message, "file name"));
}

static void Pcap_DiskFull_FailsFrames(void **State)
{
    struct wire_properties Properties;
    struct wire *Wire = Open(&WirePcap, "/dev/full", &Properties);
    uint8_t Data[1514] = {0};
    int Result = 0;

    (void)State;
    for (unsigned I = 0; I < 100 && Result == 0; I++) {
        Result = SendOne(&WirePcap, Wire, Data, sizeof(Data));
    }
    assert_int_equal(Result, ENOSPC);
    WirePcap.close(Wire);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Null_AnyFrame_IsAccepted),
        cmocka_unit_test(Virtual_MtuArgument_IsUsedOrRefused),
        cmocka_unit_test(Virtual_EachWire_HasItsOwnAddress),
        cmocka_unit_test(Loop_ManySizes_ComeBackIdenticalAndInOrder),
        cmocka_unit_test(Loop_Full_TakesNoMoreUntilReceived),
        cmocka_unit_test(Loop_FrameTooLong_IsRefused),
        cmocka_unit_test(Pcap_FramesWritten_AreInTheFile),
        cmocka_unit_test(Pcap_FileCannotBeMade_SaysWhy),
        cmocka_unit_test(Pcap_DiskFull_FailsFrames),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

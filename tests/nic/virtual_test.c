// SPDX-License-Identifier: MIT

// The NICs that are not connected to anything, through the whole stack: null, loop and pcap.

#include "../../ndishost/ndishost.h"
#include "capture.h"
#include "protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct ndishost_driver *Driver;
static struct ndishost_nic *Nic;

static int Start(void **State)
{
    static const struct ndishost_options Options = {.processors = 2, .quiet = 1};

    (void)State;
    assert_int_equal(ndishost_start(&Options), 0);
    assert_int_equal(ndishost_load_native("TestProtocol", ProtocolEntry, &Driver), 0);
    ProtocolReset();
    return 0;
}

static int Stop(void **State)
{
    (void)State;
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

static void AddNic(const char *Spec)
{
    assert_int_equal(ndishost_add_nic(Spec, &Nic, NULL, 0), 0);
    ProtocolWaitRunning();
}

static void SendAndFree(unsigned Count, unsigned Length, unsigned Seed)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(Count, Length, Seed, 0);
    unsigned Before = ProtocolCompletions();

    ProtocolSend(Nbl);
    assert_int_equal(ProtocolCompletions(), Before + 1); // these wires complete inside the call
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
    ProtocolFree(Nbl);
}

static void Null_ManyFrames_AllSucceed(void **State)
{
    struct ndishost_counters Before, After;
    NET_BUFFER_LIST *Nbl;

    (void)State;
    AddNic("null");
    Nbl = ProtocolMake(2, 9014, 1, 0);
    ndishost_get_counters(&Before);
    for (unsigned I = 0; I < 1000; I++) {
        ProtocolSend(Nbl);
        assert_int_equal(ProtocolCompletions(), I + 1);
    }
    ndishost_get_counters(&After);
    assert_int_equal(After.sends - Before.sends, 1000);
    assert_int_equal(After.nbls_sent - Before.nbls_sent, 1000);
    assert_int_equal(After.nbl_allocations, Before.nbl_allocations);
    assert_int_equal(After.nb_allocations, Before.nb_allocations);
    assert_int_equal(After.mdl_allocations, Before.mdl_allocations);
    assert_int_equal(After.pool_allocations, Before.pool_allocations);
    ProtocolFree(Nbl);
}

static void Loop_Frames_ComeBackIdenticalAndInOrder(void **State)
{
    ULONG Filter = NDIS_PACKET_TYPE_PROMISCUOUS;
    unsigned char Expected[9014];
    unsigned Index = 0;

    (void)State;
    AddNic("loop");
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Filter, 4, NULL),
        NDIS_STATUS_SUCCESS);
    for (unsigned I = 0; I < 400; I++) {
        SendAndFree(1 + I % 150, 14 + I * 22, I);
        assert_int_equal(ProtocolReceived(), Index + 1 + I % 150);
        for (unsigned J = 0; J <= I % 150; J++) {
            ProtocolPattern(Expected, 14 + I * 22, I + J);
            assert_int_equal(ProtocolReceivedLength(Index), 14 + I * 22);
            assert_memory_equal(ProtocolReceivedData(Index), Expected, 14 + I * 22);
            Index++;
        }
    }
}

static void Loop_FilterNone_NothingComesBack(void **State)
{
    (void)State;
    AddNic("loop");
    SendAndFree(300, 60, 1);
    assert_int_equal(ProtocolReceived(), 0);
}

static void Pcap_Frames_AreInTheFileAfterRemoval(void **State)
{
    char Name[] = "/tmp/virtual_testXXXXXX";
    char Spec[64];
    unsigned char Expected[1500];
    const unsigned char *Data;
    struct capture *Capture;
    unsigned Length;

    (void)State;
    close(mkstemp(Name));
    snprintf(Spec, sizeof(Spec), "pcap:%s", Name);
    AddNic(Spec);
    for (unsigned I = 0; I < 100; I++) {
        SendAndFree(1, 14 + I, I);
    }
    assert_int_equal(ndishost_remove_nic(Nic, NDISHOST_REMOVE_ORDERLY), 0);
    Capture = CaptureOpen(Name);
    assert_non_null(Capture);
    for (unsigned I = 0; I < 100; I++) {
        ProtocolPattern(Expected, 14 + I, I);
        Data = CaptureNext(Capture, &Length);
        assert_non_null(Data);
        assert_int_equal(Length, 14 + I);
        assert_memory_equal(Data, Expected, 14 + I);
    }
    assert_null(CaptureNext(Capture, &Length));
    CaptureClose(Capture);
    unlink(Name);
}

#define VIRTUAL_TEST(Function) cmocka_unit_test_setup_teardown(Function, Start, Stop)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        VIRTUAL_TEST(Null_ManyFrames_AllSucceed),
        VIRTUAL_TEST(Loop_Frames_ComeBackIdenticalAndInOrder),
        VIRTUAL_TEST(Loop_FilterNone_NothingComesBack),
        VIRTUAL_TEST(Pcap_Frames_AreInTheFileAfterRemoval),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

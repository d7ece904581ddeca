// SPDX-License-Identifier: MIT

// Receiving through the miniport, between a small protocol driver above and a wire below that the
// test plays.

#include "miniport_fixture.h"

#include "../../ndishost/ndishost.h"
#include "protocol.h"
#include "test_wire.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void Receive_Frames_ComeUpIdentical(void **State)
{
    (void)State;
    FixtureSetFilter(NDIS_PACKET_TYPE_DIRECTED);
    for (unsigned I = 0; I < 200; I++) {
        FixtureArrive(TO_ME, 14 + I * 7, I);
    }
    ProtocolWaitReceived(200);
    for (unsigned I = 0; I < 200; I++) {
        unsigned char Expected[1518];

        ProtocolPattern(Expected, 14 + I * 7, I);
        memcpy(Expected, TO_ME, 6);
        assert_int_equal(ProtocolReceivedLength(I), 14 + I * 7);
        assert_memory_equal(ProtocolReceivedData(I), Expected, 14 + I * 7);
    }
}

// Bits 0 to 4: to me, to another station, to two groups, to all.
static unsigned ReceivedUnder(ULONG Filter)
{
    static const char *const Addresses[] = {TO_ME, TO_OTHER, TO_GROUP, TO_GROUP2, TO_ALL};
    unsigned Before = ProtocolReceived();
    unsigned Mask = 0;

    FixtureSetFilter(Filter);
    for (unsigned I = 0; I < 5; I++) {
        FixtureArrive(Addresses[I], 60 + I, 1);
    }
    TestWireWaitTaken();
    // The marker is behind them, and comes up whatever the filter was.
    FixtureSetFilter(NDIS_PACKET_TYPE_PROMISCUOUS);
    FixtureArrive(TO_OTHER, 100, 1);
    for (unsigned I = Before;; I++) {
        ProtocolWaitReceived(I + 1);
        if (ProtocolReceivedLength(I) == 100) {
            return Mask;
        }
        Mask |= 1u << (ProtocolReceivedLength(I) - 60);
    }
}

static void Receive_ByFilter_OnlyWantedFramesComeUp(void **State)
{
    static const unsigned char List[] = {1, 0, 0x5E, 0, 0, 2};
    struct wire_filter Filter;

    (void)State;
    assert_int_equal(ProtocolOid(NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, (void *)List,
                                 sizeof(List), NULL),
                     NDIS_STATUS_SUCCESS);
    FixtureSetFilter(NDIS_PACKET_TYPE_MULTICAST);
    Filter = TestWireFilter();
    assert_true(Filter.any && !Filter.promiscuous && Filter.address_count == 1);
    assert_memory_equal(Filter.addresses[0], List, 6);
    FixtureSetFilter(NDIS_PACKET_TYPE_ALL_MULTICAST);
    assert_true(TestWireFilter().all_multicast);
    FixtureSetFilter(0);
    assert_false(TestWireFilter().any);
    assert_int_equal(ReceivedUnder(0), 0);
    assert_int_equal(ReceivedUnder(NDIS_PACKET_TYPE_DIRECTED), 1);
    assert_int_equal(ReceivedUnder(NDIS_PACKET_TYPE_BROADCAST), 16);
    assert_int_equal(ReceivedUnder(NDIS_PACKET_TYPE_MULTICAST), 8);
    assert_int_equal(ReceivedUnder(NDIS_PACKET_TYPE_ALL_MULTICAST), 4 + 8);
    assert_int_equal(ReceivedUnder(NDIS_PACKET_TYPE_PROMISCUOUS), 31);
}

// The receiver is in the middle of a batch when the filter changes.
static void Receive_FilterSetDuringBatch_HoldsForLaterFrames(void **State)
{
    (void)State;
    FixtureSetFilter(NDIS_PACKET_TYPE_BROADCAST);
    TestWireHoldReceiver(1);
    FixtureArrive(TO_ALL, 60, 1);
    TestWireWaitHeld();
    FixtureSetFilter(NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_DIRECTED);
    FixtureArrive(TO_OTHER, 61, 1);
    FixtureArrive(TO_ME, 62, 1);
    TestWireHoldReceiver(0);
    ProtocolWaitReceived(2);
    assert_int_equal(ProtocolReceivedLength(1), 62);
}

static void Receive_Kept_LastOnesAreLentNotGiven(void **State)
{
    (void)State;
    FixtureSetFilter(NDIS_PACKET_TYPE_DIRECTED);
    ProtocolKeep(TRUE);
    for (unsigned I = 0; I < 2000; I++) {
        FixtureArrive(TO_ME, 60, I);
    }
    ProtocolWaitReceived(2000);
    assert_true(ProtocolReceivedScarce() > 1000);
    ProtocolKeep(FALSE);
    ProtocolReturnKept();
    for (unsigned I = 0; I < 100; I++) {
        FixtureArrive(TO_ME, 60, I);
    }
    ProtocolWaitReceived(2100);
    assert_true(ProtocolReceivedScarce() < 2000);
}

static void *ReturnLater(void *Context)
{
    (void)Context;
    ProtocolReturnKept();
    return NULL;
}

static void Receive_Kept_PauseWaitsForThem(void **State)
{
    pthread_t Thread;

    (void)State;
    FixtureSetFilter(NDIS_PACKET_TYPE_DIRECTED);
    ProtocolKeep(TRUE);
    for (unsigned I = 0; I < 10; I++) {
        FixtureArrive(TO_ME, 60, I);
    }
    ProtocolWaitReceived(10);
    pthread_create(&Thread, NULL, ReturnLater, NULL);
    assert_int_equal(ndishost_pause_nic(FixtureNic), 0);
    pthread_join(Thread, NULL);
    FixtureArrive(TO_ME, 60, 1); // lost: the adapter is paused
    assert_int_equal(ndishost_restart_nic(FixtureNic), 0);
    ProtocolWaitRunning();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NIC_TEST(Receive_Frames_ComeUpIdentical),
        NIC_TEST(Receive_ByFilter_OnlyWantedFramesComeUp),
        NIC_TEST(Receive_FilterSetDuringBatch_HoldsForLaterFrames),
        NIC_TEST(Receive_Kept_LastOnesAreLentNotGiven),
        NIC_TEST(Receive_Kept_PauseWaitsForThem),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

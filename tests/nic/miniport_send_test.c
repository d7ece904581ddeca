// SPDX-License-Identifier: MIT

// Sending through the miniport, between a small protocol driver above and a wire below that the
// test plays.

#include "miniport_fixture.h"

#include "protocol.h"
#include "test_wire.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void Send_OneFrame_CompletesInsideTheCall(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(1, 60, 1, 0);

    (void)State;
    ProtocolSend(Nbl);
    assert_int_equal(ProtocolCompletions(), 1);
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
    FixtureExpectSent(0, 60, 1);
    ProtocolFree(Nbl);
}

static void Send_AtDispatch_Completes(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(1, 60, 1, 0);
    KIRQL Irql;

    (void)State;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ProtocolSend(Nbl);
    KeLowerIrql(Irql);
    ProtocolWaitCompletions(1);
    FixtureExpectSent(0, 60, 1);
    ProtocolFree(Nbl);
}

static void Send_EachSplitOfMdls_ArrivesWhole(void **State)
{
    static const unsigned Pieces[] = {0, 14, 15, 60, 100, 1000, 1513};
    unsigned Sent = 0;

    (void)State;
    for (unsigned I = 0; I < sizeof(Pieces) / sizeof(Pieces[0]); I++) {
        for (unsigned Length = 14; Length <= 1514; Length += 125) {
            assert_int_equal(FixtureSendAndWait(1, Length, I, Pieces[I]), NDIS_STATUS_SUCCESS);
            FixtureExpectSent(Sent++, Length, I);
        }
    }
}

static void Send_ShorterOrLongerThanAllowed_FailsWithInvalidLength(void **State)
{
    static const unsigned Lengths[] = {0, 1, 13, 1515, 1518, 1519, 9000};

    (void)State;
    for (unsigned I = 0; I < sizeof(Lengths) / sizeof(Lengths[0]); I++) {
        assert_int_equal(FixtureSendAndWait(1, Lengths[I], 1, 0), NDIS_STATUS_INVALID_LENGTH);
    }
    assert_int_equal(TestWireSent(), 0);
    assert_int_equal(FixtureSendAndWait(1, 14, 1, 0), NDIS_STATUS_SUCCESS);
    assert_int_equal(FixtureSendAndWait(1, 1514, 1, 0), NDIS_STATUS_SUCCESS);
}

static NDIS_STATUS SendTagged(unsigned Length)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(1, Length, 3, 0);
    unsigned char *Data = MmGetMdlVirtualAddress(
        NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl)));
    unsigned Before = ProtocolCompletions();
    NDIS_STATUS Status;

    Data[12] = 0x81;
    Data[13] = 0x00;
    ProtocolSend(Nbl);
    ProtocolWaitCompletions(Before + 1);
    Status = NET_BUFFER_LIST_STATUS(Nbl);
    ProtocolFree(Nbl);
    return Status;
}

static void Send_VlanTagged_MayBeFourBytesLonger(void **State)
{
    (void)State;
    assert_int_equal(SendTagged(1518), NDIS_STATUS_SUCCESS);
    assert_int_equal(SendTagged(1519), NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(TestWireLength(0), 1518);
}

static void Send_Jumbo_ArrivesWhole(void **State)
{
    (void)State;
    assert_int_equal(FixtureSendAndWait(3, 9014, 5, 1000), NDIS_STATUS_SUCCESS);
    for (unsigned I = 0; I < 3; I++) {
        FixtureExpectSent(I, 9014, 5 + I);
    }
    assert_int_equal(FixtureSendAndWait(1, 9015, 5, 0), NDIS_STATUS_INVALID_LENGTH);
}

static void Send_ManyNetBuffersInOneNbl_AllGoInOrder(void **State)
{
    (void)State;
    assert_int_equal(FixtureSendAndWait(300, 100, 7, 30), NDIS_STATUS_SUCCESS);
    assert_int_equal(TestWireSent(), 300);
    for (unsigned I = 0; I < 300; I++) {
        FixtureExpectSent(I, 100, 7 + I);
    }
    assert_int_equal(TestWireLargestBatch(), WIRE_SEND_BATCH);
}

static void Send_MorePartsThanAnyListHolds_FailsWithResources(void **State)
{
    (void)State;
    assert_int_equal(FixtureSendAndWait(1, 1514, 1, 2), NDIS_STATUS_RESOURCES);
    assert_int_equal(FixtureSendAndWait(40, 1500, 1, 100),
                     NDIS_STATUS_SUCCESS); // 600 parts, two batches
    assert_int_equal(TestWireSent(), 40);
}

static void Send_OneBadNetBuffer_FailsNblAndSendsTheRest(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(5, 100, 1, 0);
    NET_BUFFER *Second = NET_BUFFER_NEXT_NB(NET_BUFFER_LIST_FIRST_NB(Nbl));

    (void)State;
    NET_BUFFER_DATA_LENGTH(Second) = 13;
    ProtocolSend(Nbl);
    ProtocolWaitCompletions(1);
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(TestWireSent(), 4);
    FixtureExpectSent(0, 100, 1);
    FixtureExpectSent(1, 100, 3);
    ProtocolFree(Nbl);
}

static void Send_DataLengthBeyondTheMdls_FailsWithInvalidLength(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(1, 100, 1, 0);

    (void)State;
    NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(Nbl)) = 101;
    ProtocolSend(Nbl);
    ProtocolWaitCompletions(1);
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_INVALID_LENGTH);
    ProtocolFree(Nbl);
}

static void Send_NoRoom_WaitsAndGoesOnInOrder(void **State)
{
    (void)State;
    TestWireSetRoom(10);
    ProtocolSend(FixtureMakeChain(500, 1, NULL));
    assert_int_equal(ProtocolCompletions(), 10);
    ProtocolSend(FixtureMakeChain(500, 501, NULL));
    assert_int_equal(ProtocolCompletions(), 10);
    TestWireSetRoom(100);
    ProtocolWaitCompletions(110);
    assert_int_equal(TestWireSent(), 110);
    TestWireSetRoom(~0u);
    ProtocolWaitCompletions(1000);
    assert_int_equal(TestWireSent(), 1000);
    for (unsigned I = 0; I < 1000; I++) {
        FixtureExpectSent(I, 60 + I % 500 % 100, 1 + I);
        assert_int_equal(NET_BUFFER_LIST_STATUS(ProtocolCompleted(I)), NDIS_STATUS_SUCCESS);
    }
    FixtureFreeCompleted(0, 1000);
}

static void Send_NoRoomInsideAnNbl_EachFrameGoesOnce(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(100, 80, 1, 0);

    (void)State;
    TestWireSetRoom(1);
    ProtocolSend(Nbl);
    for (unsigned Sent = 1; Sent < 100; Sent += 3) {
        assert_int_equal(ProtocolCompletions(), 0);
        TestWireSetRoom(3);
        while (TestWireSent() < min(Sent + 3, 100u)) {
            KeStallExecutionProcessor(10);
        }
    }
    ProtocolWaitCompletions(1);
    assert_int_equal(TestWireSent(), 100);
    for (unsigned I = 0; I < 100; I++) {
        FixtureExpectSent(I, 80, 1 + I);
    }
    ProtocolFree(Nbl);
}

static void Send_WireFails_StatusTellsWhy(void **State)
{
    static const struct {
        int Error;
        NDIS_STATUS Status;
    } Cases[] = {
        {EMSGSIZE, NDIS_STATUS_INVALID_LENGTH},
        {ENETDOWN, NDIS_STATUS_MEDIA_DISCONNECTED},
        {ENOLINK, NDIS_STATUS_MEDIA_DISCONNECTED},
        {ENOBUFS, NDIS_STATUS_RESOURCES},
        {ENOMEM, NDIS_STATUS_RESOURCES},
        {ENODEV, NDIS_STATUS_ADAPTER_REMOVED},
        {ENXIO, NDIS_STATUS_ADAPTER_REMOVED},
        {EIO, NDIS_STATUS_FAILURE},
        {0, NDIS_STATUS_SUCCESS},
    };

    (void)State;
    for (unsigned I = 0; I < sizeof(Cases) / sizeof(Cases[0]); I++) {
        TestWireSetResult(Cases[I].Error);
        assert_int_equal(FixtureSendAndWait(1, 60, 1, 0), Cases[I].Status);
    }
}

struct sender {
    unsigned Calls;
    pthread_t Thread;
};

static void *SenderThread(void *Context)
{
    struct sender *Sender = Context;

    for (unsigned I = 0; I < Sender->Calls; I++) {
        ProtocolSend(FixtureMakeChain(1 + I % 7, I, NULL));
    }
    return NULL;
}

static void Send_ManyThreads_EveryNblCompletesOnce(void **State)
{
    struct sender Senders[6];
    unsigned Total = 0;

    (void)State;
    for (unsigned I = 0; I < 6; I++) {
        Senders[I].Calls = 500;
        for (unsigned Call = 0; Call < 500; Call++) {
            Total += 1 + Call % 7;
        }
        pthread_create(&Senders[I].Thread, NULL, SenderThread, &Senders[I]);
    }
    for (unsigned I = 0; I < 6; I++) {
        pthread_join(Senders[I].Thread, NULL);
    }
    ProtocolWaitCompletions(Total);
    assert_int_equal(TestWireSent(), Total);
    FixtureFreeCompleted(0, Total);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NIC_TEST(Send_OneFrame_CompletesInsideTheCall),
        NIC_TEST(Send_AtDispatch_Completes),
        NIC_TEST(Send_EachSplitOfMdls_ArrivesWhole),
        NIC_TEST_UNVERIFIED(Send_ShorterOrLongerThanAllowed_FailsWithInvalidLength),
        NIC_TEST_UNVERIFIED(Send_VlanTagged_MayBeFourBytesLonger),
        cmocka_unit_test_setup_teardown(Send_Jumbo_ArrivesWhole, FixtureStartJumbo, FixtureStop),
        NIC_TEST(Send_ManyNetBuffersInOneNbl_AllGoInOrder),
        NIC_TEST_UNVERIFIED(Send_MorePartsThanAnyListHolds_FailsWithResources),
        NIC_TEST_UNVERIFIED(Send_OneBadNetBuffer_FailsNblAndSendsTheRest),
        NIC_TEST_UNVERIFIED(Send_DataLengthBeyondTheMdls_FailsWithInvalidLength),
        NIC_TEST(Send_NoRoom_WaitsAndGoesOnInOrder),
        NIC_TEST(Send_NoRoomInsideAnNbl_EachFrameGoesOnce),
        NIC_TEST(Send_WireFails_StatusTellsWhy),
        NIC_TEST(Send_ManyThreads_EveryNblCompletesOnce),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// Cancel, pause, removal and power of the miniport, between a small protocol driver above and a
// wire below that the test plays.

#include "miniport_fixture.h"

#include "../../ndishost/ndishost.h"
#include "protocol.h"
#include "test_wire.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct stream {
    _Atomic int Stop;
    _Atomic unsigned Accepted, Allowed; // the records of wire and protocol are limited
    pthread_t Thread;
};

// Sends while it may, one NBL after the other.
static void *StreamThread(void *Context)
{
    struct stream *Stream = Context;

    while (!Stream->Stop) {
        NET_BUFFER_LIST *Nbl;

        if (Stream->Accepted == Stream->Allowed) {
            sched_yield();
            continue;
        }
        Nbl = ProtocolMake(1, 60, 1, 0);
        if (ProtocolTrySend(Nbl)) {
            Stream->Accepted++;
        } else {
            ProtocolFree(Nbl);
        }
    }
    return NULL;
}

static void StreamsAllow(struct stream *Streams, unsigned Count, unsigned More)
{
    for (unsigned I = 0; I < Count; I++) {
        Streams[I].Allowed += More;
    }
}

static void StreamsStart(struct stream *Streams, unsigned Count)
{
    for (unsigned I = 0; I < Count; I++) {
        Streams[I].Stop = 0;
        Streams[I].Accepted = Streams[I].Allowed = 0;
        pthread_create(&Streams[I].Thread, NULL, StreamThread, &Streams[I]);
    }
}

static unsigned StreamsStop(struct stream *Streams, unsigned Count)
{
    unsigned Accepted = 0;

    for (unsigned I = 0; I < Count; I++) {
        Streams[I].Stop = 1;
        pthread_join(Streams[I].Thread, NULL);
        Accepted += Streams[I].Accepted;
    }
    return Accepted;
}

static void Pause_WhileThreadsSend_EveryNblCompletesOnce(void **State)
{
    struct stream Streams[3];
    unsigned Accepted;

    (void)State;
    StreamsStart(Streams, 3);
    for (unsigned I = 0; I < 40; I++) {
        unsigned Before = ProtocolCompletions();

        StreamsAllow(Streams, 3, 700);
        ProtocolWaitCompletions(Before + 10);
        assert_int_equal(ndishost_pause_nic(FixtureNic), 0);
        assert_int_equal(ndishost_restart_nic(FixtureNic), 0);
        ProtocolWaitRunning();
    }
    Accepted = StreamsStop(Streams, 3);
    assert_int_equal(ProtocolCompletions(), Accepted);
    assert_int_equal(TestWireSent(), Accepted);
    FixtureFreeCompleted(0, Accepted);
}

static void Remove_WhileThreadsSend_EveryNblCompletesOnce(void **State)
{
    struct stream Streams[3];
    unsigned Accepted;

    (void)State;
    StreamsStart(Streams, 3);
    StreamsAllow(Streams, 3, 30000);
    ProtocolWaitCompletions(1000);
    assert_int_equal(ndishost_remove_nic(FixtureNic, NDISHOST_REMOVE_SURPRISE), 0);
    FixtureNic = NULL;
    Accepted = StreamsStop(Streams, 3);
    assert_int_equal(ProtocolCompletions(), Accepted);
    FixtureFreeCompleted(0, Accepted);
}

static void Cancel_QueuedSends_AreAborted(void **State)
{
    void *Mine = FixtureCancelId(1), *Other = FixtureCancelId(2);

    (void)State;
    TestWireSetRoom(0);
    ProtocolSend(FixtureMakeChain(3, 1, Other));
    ProtocolSend(FixtureMakeChain(4, 4, Mine));
    ProtocolSend(FixtureMakeChain(3, 8, Other));
    ProtocolCancel(Mine);
    ProtocolWaitCompletions(4);
    for (unsigned I = 0; I < 4; I++) {
        assert_int_equal(NET_BUFFER_LIST_STATUS(ProtocolCompleted(I)), NDIS_STATUS_SEND_ABORTED);
    }
    TestWireSetRoom(~0u);
    ProtocolWaitCompletions(10);
    assert_int_equal(TestWireSent(), 6);
    FixtureExpectSent(2, 62, 3);
    FixtureExpectSent(3, 60, 8);
    FixtureFreeCompleted(0, 10);
}

static void Pause_SendsWaitForRoom_EndsWhenTheyAreCancelled(void **State)
{
    void *CancelId = FixtureCancelId(3);

    (void)State;
    TestWireSetRoom(1);
    ProtocolSend(FixtureMakeChain(50, 1, CancelId));
    ProtocolCancelOnPause(CancelId);
    assert_int_equal(ndishost_pause_nic(FixtureNic), 0);
    assert_int_equal(ProtocolCompletions(), 50);
    TestWireSetRoom(~0u);
    assert_int_equal(ndishost_restart_nic(FixtureNic), 0);
    ProtocolWaitRunning();
    assert_int_equal(FixtureSendAndWait(1, 60, 1, 0), NDIS_STATUS_SUCCESS);
    assert_int_equal(TestWireSent(), 2);
    FixtureFreeCompleted(0, 50);
}

static void Remove_SurpriseWhileSendsWait_FailsThemAsRemoved(void **State)
{
    (void)State;
    TestWireSetRoom(5);
    ProtocolSend(FixtureMakeChain(200, 1, NULL));
    assert_int_equal(ndishost_remove_nic(FixtureNic, NDISHOST_REMOVE_SURPRISE), 0);
    FixtureNic = NULL;
    assert_false(ProtocolIsBound());
    assert_int_equal(ProtocolCompletions(), 200);
    assert_int_equal(NET_BUFFER_LIST_STATUS(ProtocolCompleted(4)), NDIS_STATUS_SUCCESS);
    for (unsigned I = 5; I < 200; I++) {
        assert_int_equal(NET_BUFFER_LIST_STATUS(ProtocolCompleted(I)), NDIS_STATUS_ADAPTER_REMOVED);
    }
    FixtureFreeCompleted(0, 200);
}

static void Remove_WireDisappears_UnbindsByItself(void **State)
{
    (void)State;
    TestWireSetRoom(5);
    ProtocolSend(FixtureMakeChain(20, 1, NULL));
    TestWireDisappear();
    ProtocolWaitCompletions(20);
    FixtureFreeCompleted(0, 20);
    ProtocolWaitLink(MediaConnectStateDisconnected);
    ProtocolWaitUnbound();
    assert_int_equal(ndishost_wait_idle(60000), 0);
    assert_int_not_equal(ndishost_pause_nic(FixtureNic), 0);
    FixtureRemoveNic();
}

static void Pause_AfterLongChain_NothingIsLost(void **State)
{
    (void)State;
    for (unsigned I = 0; I < 20; I++) {
        unsigned Before = ProtocolCompletions();

        ProtocolSend(FixtureMakeChain(500, I, NULL));
        assert_int_equal(ndishost_pause_nic(FixtureNic), 0);
        assert_int_equal(ProtocolCompletions(), Before + 500);
        assert_int_equal(ndishost_restart_nic(FixtureNic), 0);
        ProtocolWaitRunning();
    }
    assert_int_equal(TestWireSent(), 20 * 500);
    FixtureFreeCompleted(0, 20 * 500);
}

static void Power_OffAndOn_SendsAgain(void **State)
{
    (void)State;
    assert_int_equal(ndishost_set_power(FixtureNic, 4), 0);
    assert_int_equal(ndishost_set_power(FixtureNic, 1), 0);
    ProtocolWaitRunning();
    assert_int_equal(FixtureSendAndWait(1, 60, 1, 0), NDIS_STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NIC_TEST(Cancel_QueuedSends_AreAborted),
        NIC_TEST(Pause_SendsWaitForRoom_EndsWhenTheyAreCancelled),
        NIC_TEST(Pause_WhileThreadsSend_EveryNblCompletesOnce),
        NIC_TEST(Remove_WhileThreadsSend_EveryNblCompletesOnce),
        NIC_TEST(Pause_AfterLongChain_NothingIsLost),
        NIC_TEST(Remove_SurpriseWhileSendsWait_FailsThemAsRemoved),
        NIC_TEST(Remove_WireDisappears_UnbindsByItself),
        NIC_TEST(Power_OffAndOn_SendsAgain),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

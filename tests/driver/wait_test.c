// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <errno.h>

static int setup_limit_1(void **state)
{
    return fixture_setup_with(state, 1, 0);
}

static ndishost_status begin_send(struct pending *pending, struct ndishost_file *file)
{
    static const uint8_t header[14] = {2, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 0, 0x11, 0x88, 0xB5};

    return pending_begin(pending, file, SHUTTLE_IOCTL_SEND, header, sizeof(header), NULL, 0);
}

static ndishost_status begin_wait(struct pending *pending, struct ndishost_file *file)
{
    return pending_begin(pending, file, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0);
}

static void Wait_SlotFree_CompletesAtOnce(void **state)
{
    struct ndishost_file *file = fixture_open(*state);
    struct pending wait;

    assert_int_equal(begin_wait(&wait, file), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Wait_LimitReached_CompletesWhenSlotComesBack(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending send, waits[3];

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&send, file), STATUS_PENDING);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(begin_wait(&waits[i], file), STATUS_PENDING);
    }
    for (int i = 0; i < 3; i++) {
        assert_false(pending_is_done(&waits[i]));
    }
    test_wire_release(&fixture->wire);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pending_wait(&waits[i]), STATUS_SUCCESS);
    }
    assert_int_equal(pending_wait(&send), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Wait_FrameFails_CompletesAllTheSame(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending send, wait;

    test_wire_hold(&fixture->wire);
    test_wire_fail(&fixture->wire, EIO);
    assert_int_equal(begin_send(&send, file), STATUS_PENDING);
    assert_int_equal(begin_wait(&wait, file), STATUS_PENDING);
    test_wire_release(&fixture->wire);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&send), NDIS_STATUS_FAILURE);
    ndishost_close(file);
}

static void Wait_OtherHandlesSlot_CompletesToo(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *sender = fixture_open(fixture);
    struct ndishost_file *waiter = fixture_open(fixture);
    struct pending send, wait;

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&send, sender), STATUS_PENDING);
    assert_int_equal(begin_wait(&wait, waiter), STATUS_PENDING);
    test_wire_release(&fixture->wire);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&send), STATUS_SUCCESS);
    ndishost_close(waiter);
    ndishost_close(sender);
}

static void Wait_Cancel_IsCancelledOnce(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending send, cancelled, kept;

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&send, file), STATUS_PENDING);
    assert_int_equal(begin_wait(&cancelled, file), STATUS_PENDING);
    assert_int_equal(begin_wait(&kept, file), STATUS_PENDING);
    ndishost_cancel(file, &cancelled.request);
    assert_int_equal(pending_wait(&cancelled), STATUS_CANCELLED);
    assert_false(pending_is_done(&kept));
    test_wire_release(&fixture->wire);
    assert_int_equal(pending_wait(&kept), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&send), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Wait_Close_CancelsOwnWaitsOnly(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *closed = fixture_open(fixture);
    struct ndishost_file *kept = fixture_open(fixture);
    struct pending send, waits[2];

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&send, kept), STATUS_PENDING);
    assert_int_equal(begin_wait(&waits[0], closed), STATUS_PENDING);
    assert_int_equal(begin_wait(&waits[1], kept), STATUS_PENDING);
    ndishost_close(closed);
    assert_int_equal(pending_wait(&waits[0]), STATUS_CANCELLED);
    assert_false(pending_is_done(&waits[1]));
    test_wire_release(&fixture->wire);
    assert_int_equal(pending_wait(&waits[1]), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&send), STATUS_SUCCESS);
    ndishost_close(kept);
}

static void Wait_Paused_CompletesAtRestart(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending wait;

    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(begin_wait(&wait, file), STATUS_PENDING);
    assert_false(pending_is_done(&wait));
    assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Wait_Asleep_CompletesWhenAwake(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending wait;

    assert_int_equal(ndishost_set_power(fixture->nic, 4), STATUS_SUCCESS);
    assert_int_equal(begin_wait(&wait, file), STATUS_PENDING);
    assert_int_equal(ndishost_set_power(fixture->nic, 1), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Wait_AfterUnbind_IsToldRemovedAtOnce(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending wait;

    assert_int_equal(ndishost_unbind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
    assert_int_equal(begin_wait(&wait, file), STATUS_DEVICE_REMOVED);
    assert_int_equal(pending_wait(&wait), STATUS_DEVICE_REMOVED);
    ndishost_close(file);
}

static void Wait_PausedThenUnbound_IsToldRemoved(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending wait;

    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(begin_wait(&wait, file), STATUS_PENDING);
    assert_int_equal(ndishost_unbind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_DEVICE_REMOVED);
    ndishost_close(file);
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, setup_limit_1, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Wait_SlotFree_CompletesAtOnce),
        TEST(Wait_LimitReached_CompletesWhenSlotComesBack),
        TEST(Wait_FrameFails_CompletesAllTheSame),
        TEST(Wait_OtherHandlesSlot_CompletesToo),
        TEST(Wait_Cancel_IsCancelledOnce),
        TEST(Wait_Close_CancelsOwnWaitsOnly),
        TEST(Wait_Paused_CompletesAtRestart),
        TEST(Wait_Asleep_CompletesWhenAwake),
        TEST(Wait_AfterUnbind_IsToldRemovedAtOnce),
        TEST(Wait_PausedThenUnbound_IsToldRemoved),
    };

    return cmocka_run_group_tests_name("driver_wait", tests, NULL, NULL);
}

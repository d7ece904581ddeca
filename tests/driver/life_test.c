// SPDX-License-Identifier: MIT

// Pause, power, unbind, removal, close, process exit, unload and failing binds, each at a moment
// when frames are on the way.

#include "fixture.h"
#include "size_filter.h"

#include <pthread.h>
#include <stdio.h>

static const uint8_t header[14] = {2, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 0, 0x11, 0x88, 0xB5};
static uint8_t payload[1000];

static ndishost_status begin_send(struct pending *pending, struct ndishost_file *file,
                                  uint32_t code)
{
    return pending_begin(pending, file, code, header, sizeof(header), payload, sizeof(payload));
}

static ndishost_status send_one(struct ndishost_file *file)
{
    return fixture_send(file, SHUTTLE_IOCTL_SEND, header, sizeof(header), payload, sizeof(payload),
                        NULL);
}

// ---- a call of the host on a thread of its own

struct call {
    struct fixture *fixture;
    void (*run)(struct call *call);
    struct ndishost_process *process;
    pthread_t thread;
    ndishost_status status;
    int returned; // __atomic
};

static void *call_thread(void *argument)
{
    struct call *call = argument;

    call->run(call);
    __atomic_store_n(&call->returned, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void call_begin(struct call *call)
{
    assert_int_equal(pthread_create(&call->thread, NULL, call_thread, call), 0);
}

static int call_has_returned(struct call *call)
{
    return __atomic_load_n(&call->returned, __ATOMIC_ACQUIRE);
}

static ndishost_status call_end(struct call *call)
{
    pthread_join(call->thread, NULL);
    return call->status;
}

static void run_pause(struct call *call)
{
    call->status = ndishost_pause_nic(call->fixture->nic);
}

static void run_unbind(struct call *call)
{
    call->status = ndishost_unbind(call->fixture->nic, "Shuttle");
}

static void run_process_exit(struct call *call)
{
    ndishost_process_exit(call->process);
}

// Until the driver refuses new frames: then the pause has reached it.
static void wait_until_refused(struct ndishost_file *file)
{
    while (fixture_query(file).State == SHUTTLE_ADAPTER_RUNNING) {
    }
}

// ---- pause and power

static void Pause_WhileSendsPend_WaitsForThem(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct call pause = {.fixture = fixture, .run = run_pause};
    struct pending sends[3];

    test_wire_hold(&fixture->wire);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(begin_send(&sends[i], file, SHUTTLE_IOCTL_SEND), STATUS_PENDING);
    }
    call_begin(&pause);
    wait_until_refused(file);
    assert_int_equal(send_one(file), NDIS_STATUS_PAUSED);
    assert_false(call_has_returned(&pause));
    for (int i = 0; i < 3; i++) {
        assert_false(pending_is_done(&sends[i]));
    }
    test_wire_release(&fixture->wire);
    assert_int_equal(call_end(&pause), STATUS_SUCCESS);
    for (int i = 0; i < 3; i++) {
        assert_true(pending_is_done(&sends[i])); // before the pause has ended, not after
        assert_int_equal(pending_wait(&sends[i]), STATUS_SUCCESS);
    }
    assert_int_equal(fixture_query(file).State, SHUTTLE_ADAPTER_PAUSED);
    assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(send_one(file), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Pause_AgainAndAgain_HandleSurvives(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);

    for (int i = 0; i < 20; i++) {
        assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
        assert_int_equal(send_one(file), NDIS_STATUS_PAUSED);
        assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
        assert_int_equal(send_one(file), STATUS_SUCCESS);
    }
    assert_int_equal(fixture_statistics(file).FramesSucceeded, 20);
    assert_int_equal(fixture_statistics(file).FramesRefused, 20);
    assert_int_equal(fixture_statistics(file).NblsAllocated, SHUTTLE_IN_FLIGHT_DEFAULT);
    ndishost_close(file);
}

static void Sleep_AndWake_HandleSurvives(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);

    assert_int_equal(ndishost_set_power(fixture->nic, 4), STATUS_SUCCESS);
    assert_int_equal(fixture_query(file).State, SHUTTLE_ADAPTER_SLEEPING);
    assert_int_equal(send_one(file), NDIS_STATUS_PAUSED);
    assert_int_equal(ndishost_set_power(fixture->nic, 1), STATUS_SUCCESS);
    assert_int_equal(fixture_query(file).State, SHUTTLE_ADAPTER_RUNNING);
    assert_int_equal(send_one(file), STATUS_SUCCESS);
    ndishost_close(file);
}

struct flood {
    struct ndishost_file *file;
    int stop; // __atomic
    unsigned sent, refused, other;
};

static void *flood_run(void *argument)
{
    struct flood *flood = argument;

    while (!__atomic_load_n(&flood->stop, __ATOMIC_RELAXED)) {
        ndishost_status status = send_one(flood->file);
        flood->sent += status == STATUS_SUCCESS;
        flood->refused += status == NDIS_STATUS_PAUSED;
        flood->other += status != STATUS_SUCCESS && status != NDIS_STATUS_PAUSED;
    }
    return NULL;
}

static void Pause_DuringFlood_NothingIsLost(void **state)
{
    struct fixture *fixture = *state;
    struct flood floods[3] = {0};
    pthread_t threads[3];
    uint64_t sent = 0;

    for (int i = 0; i < 3; i++) {
        floods[i].file = fixture_open(fixture);
        assert_int_equal(pthread_create(&threads[i], NULL, flood_run, &floods[i]), 0);
    }
    for (int i = 0; i < 50; i++) {
        assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
        assert_int_equal(fixture_statistics(floods[0].file).FramesInFlight, 0);
        assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
    }
    for (int i = 0; i < 3; i++) {
        __atomic_store_n(&floods[i].stop, 1, __ATOMIC_RELAXED);
        pthread_join(threads[i], NULL);
        assert_int_equal(floods[i].other, 0);
        sent += floods[i].sent;
    }
    assert_int_equal(fixture_statistics(floods[0].file).FramesSucceeded, sent);
    assert_int_equal(test_wire_count(&fixture->wire), sent);
    for (int i = 0; i < 3; i++) {
        ndishost_close(floods[i].file);
    }
}

// ---- unbind and removal

static void check_removed(struct ndishost_file *file)
{
    assert_int_equal(fixture_query(file).State, SHUTTLE_ADAPTER_REMOVED);
    assert_int_equal(send_one(file), STATUS_DEVICE_REMOVED);
    assert_int_equal(fixture_send(file, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0, NULL),
                     STATUS_DEVICE_REMOVED);
}

static void Unbind_WhileSendPends_WaitsForCompletion(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct call unbind = {.fixture = fixture, .run = run_unbind};
    struct pending sends[2];

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&sends[0], file, SHUTTLE_IOCTL_SEND), STATUS_PENDING);
    assert_int_equal(begin_send(&sends[1], file, SHUTTLE_IOCTL_SEND_DIRECT), STATUS_PENDING);
    call_begin(&unbind);
    wait_until_refused(file);
    assert_false(call_has_returned(&unbind));
    assert_false(pending_is_done(&sends[0]));
    test_wire_release(&fixture->wire);
    assert_int_equal(call_end(&unbind), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&sends[0]), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&sends[1]), STATUS_SUCCESS);
    check_removed(file);
    assert_int_equal(fixture_statistics(file).FramesSucceeded, 2); // the counters outlive it
    ndishost_close(file);
}

static void Unbind_ThenBind_OldHandleStaysRemoved(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *old = fixture_open_device(fixture);
    struct ndishost_file *new;

    assert_int_equal(fixture_open_adapter(fixture, old, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ndishost_unbind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
    struct ndishost_file *file = fixture_open_device(fixture);
    assert_int_equal(fixture_open_adapter(fixture, file, 0, NULL), STATUS_NO_SUCH_DEVICE);
    ndishost_close(file);

    assert_int_equal(ndishost_bind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
    assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
    check_removed(old);
    new = fixture_open(fixture); // also: the exclusive handle has no share of this one
    assert_int_equal(send_one(new), STATUS_SUCCESS);
    check_removed(old);
    ndishost_close(old);
    assert_int_equal(send_one(new), STATUS_SUCCESS);
    ndishost_close(new);
}

static void check_removal(void **state, enum ndishost_removal how)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct pending wait;

    assert_int_equal(send_one(file), STATUS_SUCCESS);
    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(pending_begin(&wait, file, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0),
                     STATUS_PENDING);
    assert_int_equal(ndishost_remove_nic(fixture->nic, how), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_DEVICE_REMOVED);
    check_removed(file);
    ndishost_close(file);
}

static void Remove_Orderly_HandleReportsRemoved(void **state)
{
    check_removal(state, NDISHOST_REMOVE_ORDERLY);
}

static void Remove_Surprise_HandleReportsRemoved(void **state)
{
    check_removal(state, NDISHOST_REMOVE_SURPRISE);
}

// ---- close and process exit

// The NIC holds the frames of two handles; closing one gets that one's back, and no other.
static void Close_WhileSendsPend_CancelsOwnFrames(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct ndishost_file *other = fixture_open(fixture);
    struct pending sends[4], foreign;

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&foreign, other, SHUTTLE_IOCTL_SEND), STATUS_PENDING);
    for (int i = 0; i < 4; i++) {
        uint32_t code = i % 2 == 0 ? SHUTTLE_IOCTL_SEND : SHUTTLE_IOCTL_SEND_DIRECT;
        assert_int_equal(begin_send(&sends[i], file, code), STATUS_PENDING);
    }
    ndishost_close(file);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pending_wait(&sends[i]), NDIS_STATUS_SEND_ABORTED);
    }
    assert_false(pending_is_done(&foreign));
    test_wire_release(&fixture->wire);
    assert_int_equal(pending_wait(&foreign), STATUS_SUCCESS);
    assert_int_equal(fixture_statistics(other).FramesFailed, 4);
    assert_int_equal(test_wire_count(&fixture->wire), 1);
    ndishost_close(other);
}

static void Close_DuplicatedHandle_FramesGoOn(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct ndishost_file *duplicate = NULL;
    struct ndishost_process *second = NULL;
    struct pending wait;

    assert_int_equal(ndishost_process_create(&second), STATUS_SUCCESS);
    assert_int_equal(ndishost_duplicate(file, second, &duplicate), STATUS_SUCCESS);
    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(pending_begin(&wait, duplicate, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0),
                     STATUS_PENDING);
    ndishost_close(file); // no CLEANUP: the file object has another handle
    assert_false(pending_is_done(&wait));
    assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(pending_wait(&wait), STATUS_SUCCESS);
    assert_int_equal(send_one(duplicate), STATUS_SUCCESS);
    ndishost_process_exit(second);
}

static void ProcessExit_WhileSendsPend_EachCompletesOnce(void **state)
{
    struct fixture *fixture = *state;
    struct call exit = {.fixture = fixture, .run = run_process_exit};
    struct pending sends[3], wait;

    assert_int_equal(ndishost_process_create(&exit.process), STATUS_SUCCESS);
    struct ndishost_file *file = fixture_open_in(fixture, exit.process);
    struct ndishost_file *observer = fixture_open(fixture);

    test_wire_hold(&fixture->wire);
    assert_int_equal(begin_send(&sends[0], file, SHUTTLE_IOCTL_SEND), STATUS_PENDING);
    assert_int_equal(begin_send(&sends[1], file, SHUTTLE_IOCTL_SEND_DIRECT), STATUS_PENDING);
    assert_int_equal(begin_send(&sends[2], file, SHUTTLE_IOCTL_SEND_DIRECT), STATUS_PENDING);
    // The exit waits for the frames, whose pages are locked; the wire gives them back.
    call_begin(&exit);
    test_wire_release(&fixture->wire);
    call_end(&exit);
    for (int i = 0; i < 3; i++) {
        ndishost_status status = pending_wait(&sends[i]);
        assert_true(status == STATUS_SUCCESS || status == NDIS_STATUS_SEND_ABORTED);
    }
    assert_int_equal(fixture_statistics(observer).FramesInFlight, 0);
    assert_int_equal(pending_begin(&wait, observer, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0),
                     STATUS_SUCCESS);
    assert_int_equal(send_one(observer), STATUS_SUCCESS);
    ndishost_close(observer);
}

static void ProcessExit_WhileWaiting_WaitIsCancelled(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_process *process = NULL;
    struct pending wait;

    assert_int_equal(ndishost_process_create(&process), STATUS_SUCCESS);
    struct ndishost_file *file = fixture_open_in(fixture, process);
    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(pending_begin(&wait, file, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0),
                     STATUS_PENDING);
    ndishost_process_exit(process);
    assert_int_equal(pending_wait(&wait), STATUS_CANCELLED);
}

// ---- unload and load

static void Unload_Bound_UnbindsAndLoadsAgain(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 3; i++) {
        struct ndishost_file *file = fixture_open(fixture);
        assert_int_equal(send_one(file), STATUS_SUCCESS);
        ndishost_close(file);
        assert_int_equal(ndishost_unload(fixture->driver), STATUS_SUCCESS);
        assert_int_not_equal(
            ndishost_open(fixture->process, SHUTTLE_DEVICE_PATH, NDISHOST_READ, &file),
            STATUS_SUCCESS);
        fixture_load(fixture);
    }
}

static void Unload_HandleOpen_IsRefused(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);

    assert_int_not_equal(ndishost_unload(fixture->driver), STATUS_SUCCESS);
    assert_int_equal(send_one(file), STATUS_SUCCESS);
    ndishost_close(file);
}

// ---- binds that fail

static uint32_t adapters_bound(struct fixture *fixture)
{
    struct ndishost_file *file = fixture_open_device(fixture);
    struct SHUTTLE_ADAPTER_LIST list;

    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, &list, sizeof(list), NULL),
        STATUS_SUCCESS);
    ndishost_close(file);
    return list.Total;
}

static void Bind_LimitOutOfRange_IsRefused(void **state)
{
    static const uint32_t limits[] = {0, 65537, 0xFFFFFFFF};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        assert_int_equal(ndishost_unbind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
        assert_int_equal(ndishost_set_parameter("Shuttle", "InFlightLimit", limits[i]), 0);
        ndishost_bind(fixture->nic, "Shuttle");
        assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
        assert_int_equal(adapters_bound(fixture), 0);

        assert_int_equal(ndishost_set_parameter("Shuttle", "InFlightLimit", 2), 0);
        assert_int_equal(ndishost_bind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
        assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
        assert_int_equal(adapters_bound(fixture), 1);
    }
}

static int setup_limit_8(void **state)
{
    return fixture_setup_with(state, 8, 0);
}

// Each allocation of a bind fails once. Whatever happens, nothing leaks (tear-down looks), and the
// next bind works.
static void Bind_AnyAllocationFails_NothingLeaks(void **state)
{
    struct fixture *fixture = *state;
    int bound = 0;

    for (int allocation = 0; !bound && allocation < 2000; allocation++) {
        assert_int_equal(ndishost_unbind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
        SimPoolFailAfter(allocation);
        ndishost_bind(fixture->nic, "Shuttle");
        ndishost_wait_idle(TEST_TIMEOUT_MS);
        SimPoolFailAfter(-1);
        bound = adapters_bound(fixture) == 1;
        if (!bound) {
            assert_int_equal(ndishost_bind(fixture->nic, "Shuttle"), STATUS_SUCCESS);
            assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
            assert_int_equal(adapters_bound(fixture), 1);
        } else {
            assert_in_range(allocation, 10, 2000); // or nothing was made to fail
        }
    }
    assert_true(bound);
    struct ndishost_file *file = fixture_open(fixture);
    assert_int_equal(send_one(file), STATUS_SUCCESS);
    ndishost_close(file);
}

// ---- restarts above a stack that has changed

// With a filter below that says how long a frame may be.
static struct ndishost_driver *load_size_filter(void)
{
    struct ndishost_driver *filter = NULL;

    assert_int_equal(ndishost_load_native("SizeFilter", (void *)SizeFilterEntry, &filter),
                     STATUS_SUCCESS);
    assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
    return filter;
}

// Returns the adapter as the driver sees it afterwards.
static struct SHUTTLE_ADAPTER restart_with_size(struct fixture *fixture, struct ndishost_file *file,
                                                uint32_t bytes)
{
    size_filter_set(bytes);
    assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(ndishost_restart_nic(fixture->nic), STATUS_SUCCESS);
    assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
    return fixture_query(file);
}

static ndishost_status send_bytes(struct ndishost_file *file, size_t length)
{
    static uint8_t payload[9000];
    uint8_t header[14];

    fixture_fill(header, payload, length - sizeof(header), 1);
    return fixture_send(file, SHUTTLE_IOCTL_SEND, header, sizeof(header), payload,
                        length - sizeof(header), NULL);
}

static void Restart_LongerOrShorterFrames_PoolFollows(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    load_size_filter();
    uint32_t own = fixture_query(file).MaximumFrameSize;
    uint64_t nbls = fixture_statistics(file).NblsAllocated;

    assert_int_equal(restart_with_size(fixture, file, 100).MaximumFrameSize, 100);
    assert_int_equal(send_bytes(file, 100), STATUS_SUCCESS);
    assert_int_equal(send_bytes(file, 101), NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(fixture_statistics(file).NblsAllocated, nbls); // the long slots are kept

    assert_int_equal(restart_with_size(fixture, file, own + 2000).MaximumFrameSize, own + 2000);
    assert_int_equal(fixture_statistics(file).NblsAllocated, 2 * nbls);
    assert_int_equal(send_bytes(file, own), STATUS_SUCCESS);
    ndishost_close(file);
}

// A length that no slot can have, one that wraps around with the back-fill included: the binding
// stays paused with the slots that it has, and runs again when the answer is a sane one.
static void Restart_ImpossibleFrameSize_StaysPaused(void **state)
{
    static const uint32_t sizes[] = {2000000, 0xFFFFFFE0, 0xFFFFFFFF};
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    load_size_filter();
    uint32_t own = fixture_query(file).MaximumFrameSize;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct SHUTTLE_ADAPTER adapter = restart_with_size(fixture, file, sizes[i]);
        assert_int_equal(adapter.State, SHUTTLE_ADAPTER_PAUSED);
        assert_int_equal(adapter.MaximumFrameSize, own);
        assert_int_equal(send_bytes(file, own), NDIS_STATUS_PAUSED);
    }
    assert_int_equal(restart_with_size(fixture, file, 0).State, SHUTTLE_ADAPTER_RUNNING);
    assert_int_equal(send_bytes(file, own), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Restart_AnyAllocationFails_NothingLeaks(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    uint32_t own = fixture_query(file).MaximumFrameSize;
    uint32_t size = own;
    int failures = 0;

    for (int allocation = 0; size == own && allocation < 2000; allocation++) {
        // Anew each time: a filter whose own restart fails is left out from then on.
        struct ndishost_driver *filter = load_size_filter();
        size_filter_set(own + 2000);
        assert_int_equal(ndishost_pause_nic(fixture->nic), STATUS_SUCCESS);
        SimPoolFailAfter(allocation);
        ndishost_restart_nic(fixture->nic);
        ndishost_wait_idle(TEST_TIMEOUT_MS);
        SimPoolFailAfter(-1);
        size = fixture_query(file).MaximumFrameSize;
        if (size == own) {
            failures++;
            assert_int_equal(restart_with_size(fixture, file, 0).State, SHUTTLE_ADAPTER_RUNNING);
            assert_int_equal(send_bytes(file, own), STATUS_SUCCESS);
        }
        size_filter_set(0);
        assert_int_equal(ndishost_unload(filter), STATUS_SUCCESS);
    }
    assert_int_equal(size, own + 2000);
    assert_true(failures > 10); // or nothing was made to fail
    ndishost_close(file);
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Pause_WhileSendsPend_WaitsForThem),
        TEST(Pause_AgainAndAgain_HandleSurvives),
        TEST(Sleep_AndWake_HandleSurvives),
        TEST(Pause_DuringFlood_NothingIsLost),
        TEST(Unbind_WhileSendPends_WaitsForCompletion),
        TEST(Unbind_ThenBind_OldHandleStaysRemoved),
        TEST(Remove_Orderly_HandleReportsRemoved),
        TEST(Remove_Surprise_HandleReportsRemoved),
        TEST(Close_WhileSendsPend_CancelsOwnFrames),
        TEST(Close_DuplicatedHandle_FramesGoOn),
        TEST(ProcessExit_WhileSendsPend_EachCompletesOnce),
        TEST(ProcessExit_WhileWaiting_WaitIsCancelled),
        TEST(Unload_Bound_UnbindsAndLoadsAgain),
        TEST(Unload_HandleOpen_IsRefused),
        TEST(Bind_LimitOutOfRange_IsRefused),
        cmocka_unit_test_setup_teardown(Bind_AnyAllocationFails_NothingLeaks, setup_limit_8,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(Restart_LongerOrShorterFrames_PoolFollows, setup_limit_8,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(Restart_ImpossibleFrameSize_StaysPaused, setup_limit_8,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(Restart_AnyAllocationFails_NothingLeaks, setup_limit_8,
                                        fixture_teardown),
    };

    return cmocka_run_group_tests_name("driver_life", tests, NULL, NULL);
}

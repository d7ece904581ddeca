// SPDX-License-Identifier: MIT

// The whole library with the driver in ndishost, over NICs that need no privilege.

#include <shuttle/shuttle.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t Header[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
static uint8_t Payload[9000];

static struct shuttle_frame frame(size_t payload_length)
{
    return (struct shuttle_frame){
        .header = Header,
        .header_length = sizeof(Header),
        .payload = Payload,
        .payload_length = payload_length,
    };
}

static struct shuttle *open_adapter(const char *name, uint32_t in_flight_limit)
{
    struct shuttle *handle;
    const struct shuttle_options options = {.in_flight_limit = in_flight_limit};
    int result = shuttle_open(name, &options, &handle);
    if (result < 0) {
        fail_msg("shuttle_open(%s): %d, %s", name, result, shuttle_last_message());
    }
    return handle;
}

static void Open_EveryNicWithoutAWire_RunsAndClosesClean(void **state)
{
    static const char *const Names[] = {"null", "loop"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct shuttle_adapter adapter;
        struct shuttle *handle = open_adapter(Names[i], 0);
        assert_int_equal(shuttle_query(handle, &adapter), 0);
        assert_string_equal(adapter.name, Names[i]);
        assert_int_equal(adapter.state, SHUTTLE_STATE_RUNNING);
        assert_int_equal(adapter.link_up, 1);
        assert_int_equal(adapter.in_flight_limit, 1024);
        assert_true(adapter.maximum_frame_size >= 1514);
        assert_int_equal(shuttle_close(handle), 0);
    }
}

static void Open_AbsentAdapter_TellsWhichAndLeavesNothing(void **state)
{
    struct shuttle *handle;
    const struct shuttle_options other = {.driver = "other.sys"};
    (void)state;
    assert_int_equal(shuttle_open("packet:absent0", NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    assert_non_null(strstr(shuttle_last_message(), "absent0"));
    assert_int_equal(shuttle_open("bogus", NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    assert_int_equal(shuttle_open("null", &other, &handle), SHUTTLE_ERROR_NO_DRIVER);
    assert_null(handle);
    assert_int_equal(shuttle_close(open_adapter("null", 0)), 0);
}

static void Open_Twice_BothSendThroughOneAdapter(void **state)
{
    struct shuttle_frame one = frame(46);
    struct shuttle_statistics statistics;
    (void)state;
    struct shuttle *first = open_adapter("null", 0);
    struct shuttle *second = open_adapter("null", 0);
    assert_int_equal(shuttle_send(first, &one, 0, NULL), 0);
    assert_int_equal(shuttle_send(second, &one, 0, NULL), 0);
    assert_int_equal(shuttle_get_statistics(second, &statistics), 0);
    assert_int_equal(statistics.frames_succeeded, 2);
    assert_int_equal(shuttle_close(first), 0);
    assert_int_equal(shuttle_send(second, &one, 0, NULL), 0);
    assert_int_equal(shuttle_close(second), 0);
}

static void Open_TwoAdapters_AreSeparate(void **state)
{
    struct shuttle_frame one = frame(46);
    struct shuttle_statistics statistics;
    (void)state;
    struct shuttle *null = open_adapter("null", 0);
    struct shuttle *loop = open_adapter("loop", 0);
    assert_int_equal(shuttle_send(null, &one, 0, NULL), 0);
    assert_int_equal(shuttle_get_statistics(loop, &statistics), 0);
    assert_int_equal(statistics.frames_sent, 0);
    assert_int_equal(shuttle_close(null), 0); // its NIC goes, the system stays
    assert_int_equal(shuttle_send(loop, &one, 0, NULL), 0);
    assert_int_equal(shuttle_close(loop), 0);
}

static void Open_Exclusive_KeepsOthersOut(void **state)
{
    struct shuttle *first;
    struct shuttle *second;
    const struct shuttle_options exclusive = {.exclusive = 1};
    (void)state;
    assert_int_equal(shuttle_open("null", &exclusive, &first), 0);
    assert_int_equal(shuttle_open("null", NULL, &second), SHUTTLE_ERROR_BUSY);
    assert_int_equal(shuttle_close(first), 0);
    first = open_adapter("null", 0);
    assert_int_equal(shuttle_open("null", &exclusive, &second), SHUTTLE_ERROR_BUSY);
    assert_int_equal(shuttle_close(first), 0);
}

static void Open_InFlightLimit_IsTheDrivers(void **state)
{
    struct shuttle *second;
    struct shuttle_statistics statistics;
    const struct shuttle_options more = {.in_flight_limit = 18};
    (void)state;
    struct shuttle *first = open_adapter("null", 17);
    assert_int_equal(shuttle_get_statistics(first, &statistics), 0);
    assert_int_equal(statistics.nbls_allocated, 17);
    assert_int_equal(shuttle_open("null", &more, &second), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_non_null(strstr(shuttle_last_message(), "17"));
    assert_int_equal(shuttle_close(first), 0);
}

static void Send_LengthsAtTheLimits(void **state)
{
    struct shuttle_adapter adapter;
    (void)state;
    struct shuttle *handle = open_adapter("null", 0);
    assert_int_equal(shuttle_query(handle, &adapter), 0);
    struct shuttle_frame one = frame(0);
    one.payload = NULL;
    assert_int_equal(shuttle_send(handle, &one, 0, NULL), 0);
    assert_int_equal(shuttle_send(handle, &one, SHUTTLE_ZERO_COPY, NULL), 0);
    one = frame(adapter.maximum_frame_size - 14);
    assert_int_equal(shuttle_send(handle, &one, 0, NULL), 0);
    assert_int_equal(shuttle_send(handle, &one, SHUTTLE_ZERO_COPY, NULL), 0);
    one.payload_length++;
    assert_int_equal(shuttle_send(handle, &one, 0, NULL), SHUTTLE_ERROR_FRAME_TOO_LONG);
    assert_int_equal(shuttle_send(handle, &one, SHUTTLE_ZERO_COPY, NULL),
                     SHUTTLE_ERROR_FRAME_TOO_LONG);
    assert_int_equal(shuttle_close(handle), 0);
}

static void Submit_ManyFrames_AllocatesNothing(void **state)
{
    struct shuttle_runtime_counts before;
    struct shuttle_runtime_counts after;
    struct shuttle_completion completions[64];
    (void)state;
    struct shuttle *handle = open_adapter("loop", 64);
    for (unsigned i = 0; i < 4096; i++) {
        struct shuttle_frame one = frame(i % 1500);
        if (i == 256) {
            assert_int_equal(shuttle_get_runtime_counts(&before), 0);
        }
        assert_int_equal(shuttle_submit(handle, &one, SHUTTLE_NO_WAIT), 0);
        if (i % 64 == 63) {
            for (int taken = 0; taken < 64;) {
                taken += shuttle_reap(handle, completions, 64, -1);
            }
        }
    }
    assert_int_equal(shuttle_get_runtime_counts(&after), 0);
    assert_int_equal(after.nbl_allocations, before.nbl_allocations);
    assert_int_equal(after.mdl_allocations, before.mdl_allocations);
    assert_int_equal(after.pool_allocations, before.pool_allocations);
    assert_int_equal(after.page_locks, before.page_locks);
    assert_true(after.requests >= before.requests + 4096 - 256);
    assert_int_equal(shuttle_close(handle), 0);
}

#define THREADS 3
#define FRAMES_PER_THREAD 5000

struct worker {
    struct shuttle *handle;
    unsigned flags;
};

static void *submit_many(void *argument)
{
    const struct worker *worker = argument;
    for (unsigned i = 0; i < FRAMES_PER_THREAD; i++) {
        struct shuttle_frame one = frame(i % 1500);
        one.cookie = i;
        if (shuttle_submit(worker->handle, &one, worker->flags) != 0) {
            return (void *)1;
        }
    }
    return NULL;
}

static void submit_from_threads(const char *adapter, unsigned flags)
{
    pthread_t threads[THREADS];
    struct shuttle_completion completions[16];
    struct shuttle_statistics statistics;
    struct worker worker = {.handle = open_adapter(adapter, 32), .flags = flags};
    uint64_t cookies = 0;
    unsigned taken = 0;
    void *result;
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &worker), 0);
    }
    while (taken < THREADS * FRAMES_PER_THREAD) {
        int count = shuttle_reap(worker.handle, completions, 16, -1);
        for (int i = 0; i < count; i++) {
            assert_int_equal(completions[i].status, 0);
            cookies += completions[i].cookie;
        }
        taken += (unsigned)count;
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    assert_int_equal(cookies, (uint64_t)THREADS * FRAMES_PER_THREAD * (FRAMES_PER_THREAD - 1) / 2);
    assert_int_equal(shuttle_get_statistics(worker.handle, &statistics), 0);
    assert_int_equal(statistics.frames_succeeded, THREADS * FRAMES_PER_THREAD);
    assert_int_equal(statistics.frames_in_flight, 0);
    assert_int_equal(statistics.nbls_allocated, 32);
    assert_int_equal(shuttle_close(worker.handle), 0);
}

static void Submit_FromManyThreads_EachFrameCompletesOnce(void **state)
{
    (void)state;
    submit_from_threads("null", 0);
    submit_from_threads("loop", 0);
}

static void Submit_ZeroCopyFromManyThreads_EachFrameCompletesOnce(void **state)
{
    (void)state;
    submit_from_threads("null", SHUTTLE_ZERO_COPY);
}

// Two handles compete for the driver's slots: each waits for those of the other.
static void Submit_TwoHandlesOneAdapter_NoFrameIsLost(void **state)
{
    struct shuttle *handles[2];
    struct worker workers[2];
    pthread_t threads[2];
    struct shuttle_completion completions[16];
    unsigned taken[2] = {0};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        handles[i] = open_adapter("loop", 4);
        workers[i] = (struct worker){.handle = handles[i]};
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &workers[i]), 0);
    }
    while (taken[0] < FRAMES_PER_THREAD || taken[1] < FRAMES_PER_THREAD) {
        for (unsigned i = 0; i < 2; i++) {
            taken[i] += (unsigned)shuttle_reap(handles[i], completions, 16, 1);
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(shuttle_close(handles[i]), 0);
    }
}

static void Close_CompletionsNotTaken_IsClean(void **state)
{
    struct shuttle_frame one = frame(100);
    (void)state;
    struct shuttle *handle = open_adapter("loop", 8);
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(shuttle_submit(handle, &one, 0), 0);
    }
    assert_int_equal(shuttle_submit(handle, &one, SHUTTLE_NO_WAIT), SHUTTLE_ERROR_WOULD_BLOCK);
    assert_int_equal(shuttle_close(handle), 0);
}

static void Adapters_List_HasTheVirtualOnes(void **state)
{
    struct shuttle_adapter adapters[2];
    (void)state;
    int count = shuttle_adapters(NULL, 0);
    assert_true(count >= 2);
    assert_int_equal(shuttle_adapters(adapters, 2), count);
    assert_string_equal(adapters[0].name, "null");
    assert_string_equal(adapters[1].name, "loop");
    assert_int_equal(shuttle_adapters(NULL, 1), SHUTTLE_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Open_EveryNicWithoutAWire_RunsAndClosesClean),
        cmocka_unit_test(Open_AbsentAdapter_TellsWhichAndLeavesNothing),
        cmocka_unit_test(Open_Twice_BothSendThroughOneAdapter),
        cmocka_unit_test(Open_TwoAdapters_AreSeparate),
        cmocka_unit_test(Open_Exclusive_KeepsOthersOut),
        cmocka_unit_test(Open_InFlightLimit_IsTheDrivers),
        cmocka_unit_test(Send_LengthsAtTheLimits),
        cmocka_unit_test(Submit_ManyFrames_AllocatesNothing),
        cmocka_unit_test(Submit_FromManyThreads_EachFrameCompletesOnce),
        cmocka_unit_test(Submit_ZeroCopyFromManyThreads_EachFrameCompletesOnce),
        cmocka_unit_test(Submit_TwoHandlesOneAdapter_NoFrameIsLost),
        cmocka_unit_test(Close_CompletionsNotTaken_IsClean),
        cmocka_unit_test(Adapters_List_HasTheVirtualOnes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

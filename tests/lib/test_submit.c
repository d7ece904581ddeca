// SPDX-License-Identifier: MIT

// The library's send path over a transport that the test plays.

#include "errors.h"
#include "transport_fake.h"

#include <shuttle/ioctl.h>
#include <shuttle/shuttle.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static const uint8_t Header[14] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xb5};
static const uint8_t Payload[6] = {21, 22, 23, 24, 25, 26};

static struct shuttle_frame frame(uint64_t cookie)
{
    return (struct shuttle_frame){
        .header = Header,
        .header_length = sizeof(Header),
        .payload = Payload,
        .payload_length = sizeof(Payload),
        .cookie = cookie,
    };
}

static int set_up(void **state)
{
    struct shuttle *handle;
    fake_reset();
    int result = shuttle_open("fake", NULL, &handle);
    *state = handle;
    return result;
}

// Whatever a test did, the handle closes, and the transport with it.
static int tear_down(void **state)
{
    while (fake_held() > 0) {
        fake_complete(NT_STATUS_SUCCESS);
    }
    int result = shuttle_close(*state);
    return result == Fake.close_result && Fake.open_transports == 0 ? 0 : -1;
}

static void Submit_FrameAccepted_GivesOneCompletion(void **state)
{
    struct shuttle_frame one = frame(77);
    struct shuttle_completion completions[4];
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(shuttle_reap(*state, completions, 4, 0), 0);
    fake_complete(NT_STATUS_SUCCESS);
    assert_int_equal(shuttle_reap(*state, completions, 4, -1), 1);
    assert_int_equal(completions[0].cookie, 77);
    assert_int_equal(completions[0].status, 0);
    assert_int_equal(completions[0].length, 20);
    assert_int_equal(shuttle_reap(*state, completions, 4, -1), 0);
}

static void Submit_TwoParts_ReachTheDriverAsGiven(void **state)
{
    struct shuttle_frame one = frame(1);
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(Fake.last_code, SHUTTLE_IOCTL_SEND);
    assert_int_equal(Fake.last_length, 20);
    assert_memory_equal(Fake.last_frame, Header, 14);
    assert_memory_equal(Fake.last_frame + 14, Payload, 6);
}

static void Submit_ZeroCopy_UsesTheDirectRequest(void **state)
{
    struct shuttle_frame one = frame(1);
    assert_int_equal(shuttle_submit(*state, &one, SHUTTLE_ZERO_COPY), 0);
    assert_int_equal(Fake.last_code, SHUTTLE_IOCTL_SEND_DIRECT);
    one.payload = NULL;
    one.payload_length = 0;
    assert_int_equal(shuttle_submit(*state, &one, SHUTTLE_ZERO_COPY), 0);
    assert_int_equal(Fake.last_code, SHUTTLE_IOCTL_SEND);
}

static void Submit_CompletedInsideTheCall_GivesOneCompletion(void **state)
{
    struct shuttle_frame one = frame(5);
    struct shuttle_completion completion;
    Fake.send = FAKE_AT_ONCE;
    Fake.send_status = 0xC023001F;
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(shuttle_reap(*state, &completion, 1, 0), 1);
    assert_int_equal(completion.status, 0xC023001F);
    assert_int_equal(shuttle_reap(*state, &completion, 1, 0), 0);
    Fake.send = FAKE_NOT_PENDED;
    Fake.send_status = NT_STATUS_SUCCESS;
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(shuttle_reap(*state, &completion, 1, 0), 1);
}

static void Submit_LimitReachedNoWait_WouldBlock(void **state)
{
    struct shuttle_completion completion;
    for (uint64_t i = 0; i < 4; i++) {
        struct shuttle_frame one = frame(i);
        assert_int_equal(shuttle_submit(*state, &one, SHUTTLE_NO_WAIT), 0);
    }
    struct shuttle_frame fifth = frame(4);
    assert_int_equal(shuttle_submit(*state, &fifth, SHUTTLE_NO_WAIT), SHUTTLE_ERROR_WOULD_BLOCK);
    assert_int_equal(Fake.sends, 4);
    fake_complete(NT_STATUS_SUCCESS);
    assert_int_equal(shuttle_reap(*state, &completion, 1, 0), 1);
    assert_int_equal(shuttle_submit(*state, &fifth, SHUTTLE_NO_WAIT), 0);
}

static void Submit_DriverFullNoWait_WouldBlock(void **state)
{
    struct shuttle_frame one = frame(1);
    Fake.retries = 1;
    assert_int_equal(shuttle_submit(*state, &one, SHUTTLE_NO_WAIT), SHUTTLE_ERROR_WOULD_BLOCK);
    assert_int_equal(Fake.waits, 0);
}

static void Submit_DriverFull_WaitsAndSendsAgain(void **state)
{
    struct shuttle_frame one = frame(1);
    Fake.retries = 3;
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(Fake.waits, 3);
    assert_int_equal(Fake.sends, 4);
}

static void Submit_AdapterPausedNoWait_NotRunning(void **state)
{
    struct shuttle_frame one = frame(1);
    Fake.retries = 1;
    Fake.retry_status = NT_STATUS_PAUSED;
    assert_int_equal(shuttle_submit(*state, &one, SHUTTLE_NO_WAIT), SHUTTLE_ERROR_NOT_RUNNING);
}

static void Submit_AdapterGoneWhileItWaits_AdapterRemoved(void **state)
{
    struct shuttle_frame one = frame(1);
    Fake.retries = 1;
    Fake.wait_status = NT_STATUS_DEVICE_REMOVED;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_ADAPTER_REMOVED);
    assert_int_equal(Fake.sends, 1);
}

static void Submit_DriverRefuses_GivesNoCompletionAndItsPlaceBack(void **state)
{
    static const struct {
        uint32_t status;
        int error;
    } Cases[] = {
        {0xC0010014, SHUTTLE_ERROR_FRAME_TOO_LONG},  {0xC0000005, SHUTTLE_ERROR_BAD_ADDRESS},
        {0xC00002B6, SHUTTLE_ERROR_ADAPTER_REMOVED}, {0xC0000022, SHUTTLE_ERROR_ACCESS_DENIED},
        {0xC0000099, SHUTTLE_ERROR_SYSTEM},
    };
    struct shuttle_completion completion;
    struct shuttle_frame one = frame(1);
    Fake.send = FAKE_NOT_PENDED;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof(Cases) / sizeof(Cases[0]); i++) {
            Fake.send_status = Cases[i].status;
            assert_int_equal(shuttle_submit(*state, &one, 0), Cases[i].error);
            assert_true(shuttle_last_message()[0] != '\0');
        }
    }
    assert_int_equal(shuttle_reap(*state, &completion, 1, -1), 0);
}

static void Submit_TooLong_MessageNamesTheLimit(void **state)
{
    struct shuttle_frame one = frame(1);
    Fake.send = FAKE_NOT_PENDED;
    Fake.send_status = 0xC0010014;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_FRAME_TOO_LONG);
    assert_non_null(strstr(shuttle_last_message(), "20 bytes"));
    assert_non_null(strstr(shuttle_last_message(), "1514"));
}

static void Submit_BadArguments_AreRefused(void **state)
{
    struct shuttle_frame one = frame(1);
    assert_int_equal(shuttle_submit(NULL, &one, 0), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_submit(*state, NULL, 0), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_submit(*state, &one, 0x80), SHUTTLE_ERROR_INVALID_ARGUMENT);
    one.header_length = 13;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_FRAME_TOO_SHORT);
    one.header_length = 0;
    one.header = NULL;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_FRAME_TOO_SHORT);
    one = frame(1);
    one.header = NULL;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_INVALID_ARGUMENT);
    one = frame(1);
    one.payload = NULL;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_INVALID_ARGUMENT);
    one = frame(1);
    one.payload_length = (size_t)1 << 40;
    assert_int_equal(shuttle_submit(*state, &one, 0), SHUTTLE_ERROR_FRAME_TOO_LONG);
    assert_int_equal(Fake.sends, 0);
}

static void Reap_SeveralCompleted_ComeInOrderOfCompletion(void **state)
{
    struct shuttle_completion completions[4];
    for (uint64_t i = 0; i < 4; i++) {
        struct shuttle_frame one = frame(i);
        assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        fake_complete(i);
    }
    assert_int_equal(shuttle_reap(*state, completions, 3, -1), 3);
    assert_int_equal(shuttle_reap(*state, completions + 3, 4, -1), 1);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(completions[i].cookie, i);
        assert_int_equal(completions[i].status, i);
    }
}

static void Reap_NothingInTime_ReturnsZero(void **state)
{
    struct shuttle_frame one = frame(1);
    struct shuttle_completion completion;
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    assert_int_equal(shuttle_reap(*state, &completion, 1, 5), 0);
    assert_int_equal(shuttle_reap(*state, NULL, 1, 5), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_reap(*state, &completion, 0, 5), SHUTTLE_ERROR_INVALID_ARGUMENT);
}

static void submit_frames(void *handle, unsigned count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct shuttle_frame one = frame(i);
        assert_int_equal(shuttle_submit(handle, &one, 0), 0);
    }
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void ReapMany_FewerThanTheMinimum_WaitsAndReturnsThem(void **state)
{
    struct shuttle_completion completions[4];
    submit_frames(*state, 4);
    fake_complete(NT_STATUS_SUCCESS);
    fake_complete(NT_STATUS_SUCCESS);
    for (int finished = 2; finished > 0; finished--) {
        int64_t begun = now_ms();
        assert_int_equal(shuttle_reap_many(*state, completions, 4, 3, 20), finished);
        assert_true(now_ms() - begun >= 19);
        fake_complete(NT_STATUS_SUCCESS);
    }
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 3, 0), 1);
}

static void ReapMany_NoMoreInFlight_ReturnsWhatThereIs(void **state)
{
    struct shuttle_completion completions[4];
    submit_frames(*state, 2);
    fake_complete(NT_STATUS_SUCCESS);
    fake_complete(NT_STATUS_SUCCESS);
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 4, -1), 2);
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 4, -1), 0);
}

static void ReapMany_MinimumOutOfRange_IsRefused(void **state)
{
    struct shuttle_completion completions[4];
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 0, 0),
                     SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 5, 0),
                     SHUTTLE_ERROR_INVALID_ARGUMENT);
}

static void ReapMany_Interrupted_ReturnsWhatThereIs(void **state)
{
    struct shuttle_completion completions[4];
    submit_frames(*state, 3);
    fake_complete(NT_STATUS_SUCCESS);
    shuttle_interrupt(*state);
    assert_int_equal(shuttle_reap_many(*state, completions, 4, 2, -1), 1);
}

struct reaper {
    struct shuttle *handle;
    size_t minimum;
    pthread_t thread;
    int count;
};

static void *reap_for_ever(void *context)
{
    struct reaper *reaper = context;
    struct shuttle_completion completions[4];
    reaper->count = shuttle_reap_many(reaper->handle, completions, 4, reaper->minimum, -1);
    return NULL;
}

static void Reap_OthersStayInFlight_ReturnsTheFirst(void **state)
{
    for (int i = 0; i < 4; i++) {
        struct reaper reaper = {.handle = *state, .minimum = 1};
        const struct timespec while_it_falls_asleep = {.tv_nsec = 2000000};
        submit_frames(*state, 1 + (i == 0)); // one more than is completed
        pthread_create(&reaper.thread, NULL, reap_for_ever, &reaper);
        nanosleep(&while_it_falls_asleep, NULL);
        fake_complete(NT_STATUS_SUCCESS);
        pthread_join(reaper.thread, NULL);
        assert_int_equal(reaper.count, 1);
    }
}

static void ReapMany_TwoWait_EachGetsItsMinimum(void **state)
{
    struct reaper reapers[2] = {{.handle = *state, .minimum = 1}, {.handle = *state, .minimum = 3}};
    submit_frames(*state, 4);
    for (int i = 0; i < 2; i++) {
        pthread_create(&reapers[i].thread, NULL, reap_for_ever, &reapers[i]);
    }
    // Whoever asks for more may take all, and then nothing is in flight for the other.
    for (int i = 0; i < 4; i++) {
        fake_complete(NT_STATUS_SUCCESS);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(reapers[i].thread, NULL);
    }
    assert_int_equal(reapers[0].count + reapers[1].count, 4);
}

static void *submit_one(void *handle)
{
    struct shuttle_frame one = frame(9);
    return (void *)(intptr_t)shuttle_submit(handle, &one, 0);
}

// The frame that a reaper waits for was never handed over.
static void Reap_LastSubmitIsRefused_Returns(void **state)
{
    for (int i = 0; i < 20; i++) {
        struct reaper reaper = {.handle = *state, .minimum = 1};
        pthread_t submitter;
        void *result;
        Fake.retries = 1;
        Fake.hold_waits = true;
        pthread_create(&submitter, NULL, submit_one, *state);
        while (fake_held() == 0) {
            sched_yield();
        }
        pthread_create(&reaper.thread, NULL, reap_for_ever, &reaper);
        sched_yield();
        fake_complete(NT_STATUS_DEVICE_REMOVED);
        pthread_join(submitter, &result);
        pthread_join(reaper.thread, NULL);
        assert_true((intptr_t)result < 0);
        assert_int_equal(reaper.count, 0);
    }
}

static void Submit_LimitReached_WaitsUntilACompletionIsTaken(void **state)
{
    struct shuttle_completion completion;
    pthread_t thread;
    void *result;
    submit_frames(*state, 4);
    pthread_create(&thread, NULL, submit_one, *state);
    fake_complete(NT_STATUS_SUCCESS);
    assert_int_equal(shuttle_reap(*state, &completion, 1, -1), 1);
    pthread_join(thread, &result);
    assert_int_equal((intptr_t)result, 0);
    assert_int_equal(Fake.sends, 5);
}

static void Interrupt_SubmitWaitsForAPlace_ReturnsTimedOut(void **state)
{
    pthread_t thread;
    void *result;
    submit_frames(*state, 4);
    pthread_create(&thread, NULL, submit_one, *state);
    shuttle_interrupt(*state);
    pthread_join(thread, &result);
    assert_int_equal((intptr_t)result, SHUTTLE_ERROR_TIMED_OUT);
}

static void Interrupt_SubmitWaitsForTheDriver_CancelsAndReturnsTimedOut(void **state)
{
    pthread_t thread;
    void *result;
    Fake.retries = 1;
    Fake.hold_waits = true;
    pthread_create(&thread, NULL, submit_one, *state);
    shuttle_interrupt(*state);
    pthread_join(thread, &result);
    assert_int_equal((intptr_t)result, SHUTTLE_ERROR_TIMED_OUT);
    assert_int_equal(Fake.cancels, 1);
    assert_int_equal(fake_held(), 0);
}

static void Interrupt_ReapWaits_ReturnsOnceAndFramesStayReapable(void **state)
{
    struct shuttle_completion completion;
    struct shuttle_frame one = frame(3);
    assert_int_equal(shuttle_submit(*state, &one, 0), 0);
    shuttle_interrupt(*state);
    assert_int_equal(shuttle_reap(*state, &completion, 1, -1), 0);
    fake_complete(NT_STATUS_SUCCESS);
    assert_int_equal(shuttle_reap(*state, &completion, 1, -1), 1);
    assert_int_equal(completion.cookie, 3);
}

static void Send_FrameCompletesWithFailure_TellsTheStatus(void **state)
{
    struct shuttle_frame one = frame(1);
    uint32_t status = 0;
    Fake.send = FAKE_AT_ONCE;
    Fake.send_status = 0xC023001F;
    assert_int_equal(shuttle_send(*state, &one, 0, &status), SHUTTLE_ERROR_FRAME_FAILED);
    assert_int_equal(status, 0xC023001F);
    assert_non_null(strstr(shuttle_last_message(), "NDIS_STATUS_MEDIA_DISCONNECTED"));
    Fake.send_status = 0;
    assert_int_equal(shuttle_send(*state, &one, 0, NULL), 0);
    struct shuttle_completion completion;
    assert_int_equal(shuttle_reap(*state, &completion, 1, -1), 0);
}

static void *complete_one(void *unused)
{
    (void)unused;
    fake_complete(NT_STATUS_SUCCESS);
    return NULL;
}

static void Send_CompletedOnAnotherThread_Returns(void **state)
{
    pthread_t thread;
    struct shuttle_frame one = frame(1);
    pthread_create(&thread, NULL, complete_one, NULL);
    assert_int_equal(shuttle_send(*state, &one, 0, NULL), 0);
    pthread_join(thread, NULL);
}

static void Close_FrameInFlight_WaitsForIt(void **state)
{
    struct shuttle *handle;
    pthread_t thread;
    struct shuttle_frame one = frame(1);
    (void)state;
    assert_int_equal(shuttle_open("second", NULL, &handle), 0);
    assert_int_equal(shuttle_submit(handle, &one, 0), 0);
    pthread_create(&thread, NULL, complete_one, NULL);
    assert_int_equal(shuttle_close(handle), 0);
    assert_int_equal(fake_held(), 0);
    pthread_join(thread, NULL);
}

static void Close_DriverLeftSomething_IsAnError(void **state)
{
    struct shuttle *handle;
    (void)state;
    assert_int_equal(shuttle_open("second", NULL, &handle), 0);
    Fake.close_result = SHUTTLE_ERROR_SYSTEM;
    assert_int_equal(shuttle_close(handle), SHUTTLE_ERROR_SYSTEM);
    Fake.close_result = 0;
    assert_int_equal(shuttle_close(NULL), 0);
}

static void Open_BadArguments_AreRefused(void **state)
{
    struct shuttle *handle = *state;
    char long_name[400];
    const struct shuttle_options too_many = {.in_flight_limit = 65537};
    const struct shuttle_options odd = {.exclusive = 2};
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    assert_int_equal(shuttle_open(NULL, NULL, &handle), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_open("", NULL, &handle), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_open("fake", NULL, NULL), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_open("fake", &too_many, &handle), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_open("fake", &odd, &handle), SHUTTLE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(shuttle_open("absent", NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    assert_int_equal(shuttle_open(long_name, NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    assert_int_equal(shuttle_open("\xff", NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    assert_null(handle);
    assert_int_equal(Fake.open_transports, 1); // that of the fixture
}

static void Open_DriverRefuses_TellsWhyAndLeavesNothing(void **state)
{
    struct shuttle *handle;
    (void)state;
    Fake.open_status = 0xC0000043;
    assert_int_equal(shuttle_open("fake", NULL, &handle), SHUTTLE_ERROR_BUSY);
    Fake.open_status = 0xC0000034;
    assert_int_equal(shuttle_open("fake", NULL, &handle), SHUTTLE_ERROR_NO_ADAPTER);
    Fake.open_status = 0xC0000059;
    assert_int_equal(shuttle_open("fake", NULL, &handle), SHUTTLE_ERROR_VERSION);
    Fake.open_status = 0;
    Fake.limit = 0;
    assert_int_equal(shuttle_open("fake", NULL, &handle), SHUTTLE_ERROR_VERSION);
    assert_int_equal(Fake.open_transports, 1);
}

static void Open_Options_ReachTheDriver(void **state)
{
    struct shuttle *handle;
    struct shuttle_adapter adapter;
    const struct shuttle_options options = {.exclusive = 1, .in_flight_limit = 2};
    (void)state;
    assert_int_equal(shuttle_open("\xc3\xa4", &options, &handle), 0);
    assert_int_equal(Fake.opened_flags, SHUTTLE_OPEN_EXCLUSIVE);
    assert_int_equal(Fake.opened_name_bytes, 2);
    assert_int_equal(Fake.opened_name[0], 0xe4);
    assert_int_equal(shuttle_query(handle, &adapter), 0);
    assert_int_equal(adapter.in_flight_limit, 2);
    assert_string_equal(adapter.name, "\xc3\xa4");
    assert_int_equal(shuttle_close(handle), 0);
}

#define THREADS 4
#define FRAMES_PER_THREAD 6000

static void *submit_many(void *handle)
{
    for (uint64_t i = 0; i < FRAMES_PER_THREAD; i++) {
        struct shuttle_frame one = frame(i);
        if (shuttle_submit(handle, &one, 0) != 0) {
            return (void *)1;
        }
    }
    return NULL;
}

static void *complete_many(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < THREADS * FRAMES_PER_THREAD; i++) {
        fake_complete(i % 3);
    }
    return NULL;
}

static void Submit_FromManyThreads_EachFrameCompletesOnce(void **state)
{
    pthread_t threads[THREADS + 1];
    struct shuttle_completion completions[3];
    uint64_t by_status[3] = {0};
    uint64_t cookies = 0;
    unsigned taken = 0;
    void *result;
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, submit_many, *state);
    }
    pthread_create(&threads[THREADS], NULL, complete_many, NULL);
    while (taken < THREADS * FRAMES_PER_THREAD) {
        int count = shuttle_reap(*state, completions, 3, -1);
        for (int i = 0; i < count; i++) {
            by_status[completions[i].status]++;
            cookies += completions[i].cookie;
        }
        taken += (unsigned)count;
    }
    for (unsigned i = 0; i <= THREADS; i++) {
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    assert_int_equal(by_status[0] + by_status[1] + by_status[2], THREADS * FRAMES_PER_THREAD);
    assert_int_equal(by_status[2], THREADS * FRAMES_PER_THREAD / 3);
    assert_int_equal(cookies, (uint64_t)THREADS * FRAMES_PER_THREAD * (FRAMES_PER_THREAD - 1) / 2);
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Submit_FrameAccepted_GivesOneCompletion),
        TEST(Submit_TwoParts_ReachTheDriverAsGiven),
        TEST(Submit_ZeroCopy_UsesTheDirectRequest),
        TEST(Submit_CompletedInsideTheCall_GivesOneCompletion),
        TEST(Submit_LimitReachedNoWait_WouldBlock),
        TEST(Submit_DriverFullNoWait_WouldBlock),
        TEST(Submit_DriverFull_WaitsAndSendsAgain),
        TEST(Submit_AdapterPausedNoWait_NotRunning),
        TEST(Submit_AdapterGoneWhileItWaits_AdapterRemoved),
        TEST(Submit_DriverRefuses_GivesNoCompletionAndItsPlaceBack),
        TEST(Submit_TooLong_MessageNamesTheLimit),
        TEST(Submit_BadArguments_AreRefused),
        TEST(Submit_LimitReached_WaitsUntilACompletionIsTaken),
        TEST(Submit_FromManyThreads_EachFrameCompletesOnce),
        TEST(Reap_SeveralCompleted_ComeInOrderOfCompletion),
        TEST(Reap_NothingInTime_ReturnsZero),
        TEST(Reap_LastSubmitIsRefused_Returns),
        TEST(Reap_OthersStayInFlight_ReturnsTheFirst),
        TEST(ReapMany_FewerThanTheMinimum_WaitsAndReturnsThem),
        TEST(ReapMany_NoMoreInFlight_ReturnsWhatThereIs),
        TEST(ReapMany_MinimumOutOfRange_IsRefused),
        TEST(ReapMany_Interrupted_ReturnsWhatThereIs),
        TEST(ReapMany_TwoWait_EachGetsItsMinimum),
        TEST(Interrupt_SubmitWaitsForAPlace_ReturnsTimedOut),
        TEST(Interrupt_SubmitWaitsForTheDriver_CancelsAndReturnsTimedOut),
        TEST(Interrupt_ReapWaits_ReturnsOnceAndFramesStayReapable),
        TEST(Send_FrameCompletesWithFailure_TellsTheStatus),
        TEST(Send_CompletedOnAnotherThread_Returns),
        TEST(Close_FrameInFlight_WaitsForIt),
        TEST(Close_DriverLeftSomething_IsAnError),
        TEST(Open_BadArguments_AreRefused),
        TEST(Open_DriverRefuses_TellsWhyAndLeavesNothing),
        TEST(Open_Options_ReachTheDriver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

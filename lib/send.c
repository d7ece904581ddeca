// SPDX-License-Identifier: MIT

// Frames: hand over, wait for room, take completions.
//
// The driver pends every frame that it hands to NDIS and ends every other send request at once, so
// a request that does not pend was not sent, and its status says why not.

#include "errors.h"
#include "handle.h"

#include <shuttle/ioctl.h>

#include <stdlib.h>

#define SUBMIT_FLAGS (SHUTTLE_NO_WAIT | SHUTTLE_ZERO_COPY)

void occasion_sleep(struct shuttle *handle, struct occasion *occasion, uint32_t seen,
                    int64_t deadline_ns)
{
    int64_t timeout_ns = -1;
    if (deadline_ns >= 0) {
        timeout_ns = deadline_ns - sync_now_ns();
        timeout_ns = timeout_ns < 0 ? 0 : timeout_ns;
    }
    occasion->sleepers = true;
    sync_release(&handle->lock);
    sync_sleep(&occasion->word, seen, timeout_ns);
    sync_acquire(&handle->lock);
}

// With the lock held: the occasion has come. True: somebody is to be woken, when the lock is
// released and not before, or he runs into it.
static bool occasion_comes(struct occasion *occasion)
{
    bool sleepers = occasion->sleepers;
    if (sleepers) {
        occasion->sleepers = false; // who is woken need not be woken again before it runs
        atomic_fetch_add(&occasion->word, 1);
    }
    return sleepers;
}

// Uses nothing but the address: the handle may be gone.
static void occasion_wake(struct occasion *occasion)
{
    sync_wake_all(&occasion->word);
}

// With the lock held, which it releases.
static void announce(struct shuttle *handle, struct occasion *occasion)
{
    bool wake = occasion_comes(occasion);
    sync_release(&handle->lock);
    if (wake) {
        occasion_wake(occasion);
    }
}

// With the lock held, when a frame is in flight no more: releases it, and wakes whom that concerns.
static void tell_of_progress(struct shuttle *handle)
{
    bool ripe = handle->finished_count >= handle->reap_wanted || handle->in_flight == 0;
    bool wake_changed = occasion_comes(&handle->changed);
    bool wake_ripe = ripe && occasion_comes(&handle->ripe);
    if (wake_ripe) {
        handle->reap_wanted = SIZE_MAX;
    }
    sync_release(&handle->lock);
    if (wake_changed) {
        occasion_wake(&handle->changed);
    }
    if (wake_ripe) {
        occasion_wake(&handle->ripe);
    }
}

static void place_give(struct shuttle *handle, struct place *place)
{
    sync_acquire(&handle->lock);
    place->next = handle->free;
    handle->free = place;
    announce(handle, &handle->freed);
}

// The frame was never handed over.
static void place_abandon(struct shuttle *handle, struct place *place)
{
    place_give(handle, place); // a closing thread still waits for in_flight
    sync_acquire(&handle->lock);
    handle->in_flight--;
    tell_of_progress(handle);
}

static int interrupted(void)
{
    return shuttle_fail(SHUTTLE_ERROR_TIMED_OUT, "interrupted");
}

// The place counts as in flight from here until place_finished or place_abandon.
static int place_take(struct shuttle *handle, unsigned flags, struct place **place)
{
    int result = 0;
    sync_acquire(&handle->lock);
    for (;;) {
        uint32_t seen = atomic_load(&handle->freed.word);
        *place = handle->free;
        if (*place != NULL) {
            handle->free = (*place)->next;
            handle->in_flight++;
            break;
        }
        if (flags & SHUTTLE_NO_WAIT) {
            result = shuttle_fail(SHUTTLE_ERROR_WOULD_BLOCK, "%u frames are in flight",
                                  handle->in_flight_limit);
            break;
        }
        if (atomic_load(&handle->interrupted)) {
            result = interrupted();
            break;
        }
        occasion_sleep(handle, &handle->freed, seen, -1);
    }
    sync_release(&handle->lock);
    return result;
}

static void place_finished(struct transport_request *request)
{
    struct place *place = (struct place *)request;
    struct shuttle *handle = place->handle;
    sync_acquire(&handle->lock);
    if (place->awaited) {
        place->done = true;
    } else {
        place->next = NULL;
        *handle->finished_end = place;
        handle->finished_end = &place->next;
        handle->finished_count++;
    }
    handle->in_flight--;
    tell_of_progress(handle);
}

// The wait for a slot of the driver, on the stack of the thread that waits.
struct slot_wait {
    struct transport_request request;
    struct shuttle *handle;
    bool done; // under the lock
};

static void slot_wait_finished(struct transport_request *request)
{
    struct slot_wait *wait = (struct slot_wait *)request;
    struct shuttle *handle = wait->handle;
    sync_acquire(&handle->lock);
    wait->done = true;
    announce(handle, &handle->changed);
}

// Returns 0 when it is worth trying again.
static int wait_for_slot(struct shuttle *handle)
{
    struct slot_wait wait = {.request.completed = slot_wait_finished, .handle = handle};
    bool cancelled = false;
    uint32_t status = transport_begin(handle->transport, SHUTTLE_IOCTL_WAIT_SEND, NULL, 0, NULL, 0,
                                      &wait.request);
    if (status == NT_STATUS_PENDING) {
        sync_acquire(&handle->lock);
        while (!wait.done) {
            uint32_t seen = atomic_load(&handle->changed.word);
            if (atomic_load(&handle->interrupted) && !cancelled) {
                cancelled = true;
                sync_release(&handle->lock); // the cancellation may complete it here
                transport_cancel(handle->transport, &wait.request);
                sync_acquire(&handle->lock);
                continue;
            }
            occasion_sleep(handle, &handle->changed, seen, -1);
        }
        sync_release(&handle->lock);
        status = wait.request.status;
    }
    if (atomic_load(&handle->interrupted)) {
        return interrupted();
    }
    return status_failed(status) ? shuttle_fail_status(status, handle->name) : 0;
}

static int refusal(struct shuttle *handle, const struct place *place, uint32_t status)
{
    int error = shuttle_fail_status(status, handle->name);
    if (error == SHUTTLE_ERROR_FRAME_TOO_LONG) {
        return shuttle_fail(error, "%s: the frame has %u bytes, the adapter takes at most %u",
                            handle->name, place->length, handle->maximum_frame_size);
    }
    return error;
}

static bool worth_waiting(uint32_t status)
{
    return status == NT_STATUS_RETRY || status == NT_STATUS_PAUSED || status == NT_STATUS_LOW_POWER;
}

// Hands the frame to the driver; on success the place belongs to its completion.
static int place_submit(struct shuttle *handle, struct place *place,
                        const struct shuttle_frame *frame, unsigned flags)
{
    uint32_t code = flags & SHUTTLE_ZERO_COPY && frame->payload_length > 0
                        ? SHUTTLE_IOCTL_SEND_DIRECT
                        : SHUTTLE_IOCTL_SEND;
    for (;;) {
        // The payload is only read: METHOD_NEITHER and METHOD_IN_DIRECT pass the output buffer on.
        uint32_t status = transport_begin(handle->transport, code, frame->header,
                                          frame->header_length, (void *)frame->payload,
                                          frame->payload_length, &place->request);
        if (status == NT_STATUS_PENDING) {
            return 0;
        }
        if (!status_failed(status)) {
            place->request.status = status;
            place_finished(&place->request);
            return 0;
        }
        if (!worth_waiting(status) || flags & SHUTTLE_NO_WAIT) {
            return refusal(handle, place, status);
        }
        int result = wait_for_slot(handle);
        if (result < 0) {
            return result;
        }
    }
}

static int frame_check(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags)
{
    if (handle == NULL || frame == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "handle or frame is NULL");
    }
    if (flags & ~(unsigned)SUBMIT_FLAGS) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "unknown flags 0x%x",
                            flags & ~(unsigned)SUBMIT_FLAGS);
    }
    if (frame->header_length < SHUTTLE_MIN_HEADER) {
        return shuttle_fail(SHUTTLE_ERROR_FRAME_TOO_SHORT,
                            "the header has %zu bytes, it takes at least %u", frame->header_length,
                            SHUTTLE_MIN_HEADER);
    }
    if (frame->header == NULL || (frame->payload == NULL && frame->payload_length > 0)) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "header or payload is NULL");
    }
    if (frame->header_length > UINT32_MAX / 2 || frame->payload_length > UINT32_MAX / 2) {
        return shuttle_fail(SHUTTLE_ERROR_FRAME_TOO_LONG,
                            "%s: the frame has more than 2^31 bytes, the adapter takes at most %u",
                            handle->name, handle->maximum_frame_size);
    }
    return 0;
}

// Takes a place and hands the frame over.
static int frame_start(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags,
                       bool awaited, struct place **started)
{
    struct place *place;
    shuttle_forget_failure();
    int result = frame_check(handle, frame, flags);
    if (result < 0) {
        return result;
    }
    result = place_take(handle, flags, &place);
    if (result < 0) {
        return result;
    }
    place->request.completed = place_finished;
    place->cookie = frame->cookie;
    place->length = (uint32_t)(frame->header_length + frame->payload_length);
    place->awaited = awaited;
    place->done = false;
    result = place_submit(handle, place, frame, flags);
    if (result < 0) {
        place_abandon(handle, place);
        return result;
    }
    *started = place;
    return 0;
}

int shuttle_submit(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags)
{
    struct place *place;
    return frame_start(handle, frame, flags, false, &place);
}

int shuttle_send(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags,
                 uint32_t *status)
{
    struct place *place;
    int result = frame_start(handle, frame, flags, true, &place);
    if (result < 0) {
        return result;
    }
    sync_acquire(&handle->lock);
    while (!place->done) {
        uint32_t seen = atomic_load(&handle->changed.word);
        occasion_sleep(handle, &handle->changed, seen, -1);
    }
    sync_release(&handle->lock);
    uint32_t ended = place->request.status;
    place_give(handle, place);
    if (status != NULL) {
        *status = ended;
    }
    if (ended == NT_STATUS_SUCCESS) {
        return 0;
    }
    const char *name = shuttle_status_name(ended);
    return shuttle_fail(SHUTTLE_ERROR_FRAME_FAILED, "%s: the frame completed with %s (0x%08X)",
                        handle->name, name == NULL ? "a status without a name" : name, ended);
}

// Under the lock: moves what is finished into the caller's array.
static size_t take_finished(struct shuttle *handle, struct shuttle_completion *completions,
                            size_t capacity)
{
    size_t count = 0;
    while (count < capacity && handle->finished != NULL) {
        struct place *place = handle->finished;
        handle->finished = place->next;
        completions[count++] = (struct shuttle_completion){
            .cookie = place->cookie,
            .status = place->request.status,
            .length = place->length,
        };
        place->next = handle->free;
        handle->free = place;
    }
    if (handle->finished == NULL) {
        handle->finished_end = &handle->finished;
    }
    handle->finished_count -= count;
    return count;
}

// With the lock held: until there are `minimum`, or there is no reason to wait any longer.
static void wait_until_ripe(struct shuttle *handle, size_t minimum, int timeout_ms)
{
    int64_t deadline_ns = timeout_ms > 0 ? sync_now_ns() + timeout_ms * INT64_C(1000000) : -1;
    for (;;) {
        uint32_t seen = atomic_load(&handle->ripe.word);
        if (handle->finished_count >= minimum || timeout_ms == 0 || handle->in_flight == 0 ||
            atomic_exchange(&handle->reap_interrupted, false) ||
            (deadline_ns >= 0 && sync_now_ns() >= deadline_ns)) {
            return;
        }
        handle->reap_wanted = minimum < handle->reap_wanted ? minimum : handle->reap_wanted;
        occasion_sleep(handle, &handle->ripe, seen, deadline_ns);
    }
}

int shuttle_reap_many(struct shuttle *handle, struct shuttle_completion *completions,
                      size_t capacity, size_t minimum, int timeout_ms)
{
    shuttle_forget_failure();
    if (handle == NULL || completions == NULL || capacity == 0) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_reap: NULL or no room");
    }
    if (minimum == 0 || minimum > capacity) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT,
                            "shuttle_reap_many: a minimum of %zu, with room for %zu", minimum,
                            capacity);
    }
    capacity = capacity > INT32_MAX ? INT32_MAX : capacity;
    sync_acquire(&handle->lock);
    wait_until_ripe(handle, minimum, timeout_ms);
    size_t count = take_finished(handle, completions, capacity);
    announce(handle, &handle->freed); // also without one: who waits looks again
    return (int)count;
}

int shuttle_reap(struct shuttle *handle, struct shuttle_completion *completions, size_t capacity,
                 int timeout_ms)
{
    return shuttle_reap_many(handle, completions, capacity, 1, timeout_ms);
}

void shuttle_interrupt(struct shuttle *handle)
{
    atomic_store(&handle->interrupted, true);
    atomic_store(&handle->reap_interrupted, true);
    atomic_fetch_add(&handle->freed.word, 1);
    atomic_fetch_add(&handle->changed.word, 1);
    atomic_fetch_add(&handle->ripe.word, 1);
    sync_wake_all(&handle->freed.word);
    sync_wake_all(&handle->changed.word);
    sync_wake_all(&handle->ripe.word);
}

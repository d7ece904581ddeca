// SPDX-License-Identifier: MIT

// Opening, closing and asking. Frames are in send.c; what is below, in transport_*.c.

#include "errors.h"
#include "handle.h"
#include "utf.h"

#include <shuttle/ioctl.h>

#include <stdlib.h>
#include <string.h>

static void adapter_from_driver(const SHUTTLE_ADAPTER *from, struct shuttle_adapter *to)
{
    memcpy(to->address, from->Address, sizeof(to->address));
    to->link_up = from->LinkUp != 0;
    to->state = (uint8_t)from->State;
    to->maximum_frame_size = from->MaximumFrameSize;
    to->in_flight_limit = from->InFlightLimit;
    to->link_speed = from->LinkSpeed;
}

static int places_create(struct shuttle *handle)
{
    handle->places = calloc(handle->in_flight_limit, sizeof(*handle->places));
    if (handle->places == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for %u frames in flight",
                            handle->in_flight_limit);
    }
    for (uint32_t i = handle->in_flight_limit; i-- > 0;) {
        handle->places[i].handle = handle;
        handle->places[i].next = handle->free;
        handle->free = &handle->places[i];
    }
    return 0;
}

// Ties the device handle to the adapter and learns its limits.
static int adapter_attach(struct shuttle *handle, const char *device_name,
                          const struct shuttle_options *options)
{
    SHUTTLE_OPEN_ADAPTER open = {.Version = SHUTTLE_ABI_VERSION};
    SHUTTLE_ADAPTER adapter;
    int units = utf8_to_utf16(device_name, open.Name, SHUTTLE_MAX_NAME);
    if (units < 0) {
        return shuttle_fail(SHUTTLE_ERROR_NO_ADAPTER,
                            "%s: an adapter's name has at most %u characters, in UTF-8",
                            handle->name, SHUTTLE_MAX_NAME);
    }
    open.NameLength = (uint32_t)units * sizeof(uint16_t);
    open.Flags = options->exclusive ? SHUTTLE_OPEN_EXCLUSIVE : 0;
    uint64_t written = 0;
    uint32_t status = transport_control(handle->transport, SHUTTLE_IOCTL_OPEN_ADAPTER, &open,
                                        sizeof(open), &adapter, sizeof(adapter), &written);
    if (status_failed(status)) {
        return shuttle_fail_status(status, handle->name);
    }
    if (written != sizeof(adapter) || adapter.InFlightLimit == 0 ||
        adapter.InFlightLimit > SHUTTLE_IN_FLIGHT_MAX) {
        return shuttle_fail(SHUTTLE_ERROR_VERSION, "%s: the driver's answer is not understood",
                            handle->name);
    }
    handle->maximum_frame_size = adapter.MaximumFrameSize;
    handle->in_flight_limit = adapter.InFlightLimit;
    if (options->in_flight_limit != 0 && options->in_flight_limit < handle->in_flight_limit) {
        handle->in_flight_limit = options->in_flight_limit;
    }
    return 0;
}

static int options_check(const struct shuttle_options *options)
{
    if (options->exclusive != 0 && options->exclusive != 1) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "exclusive is 0 or 1");
    }
    if (options->in_flight_limit > SHUTTLE_IN_FLIGHT_MAX) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT,
                            "the in-flight limit is %u to %u frames", SHUTTLE_IN_FLIGHT_MIN,
                            SHUTTLE_IN_FLIGHT_MAX);
    }
    return 0;
}

// Accepts a half-built handle.
static int handle_destroy(struct shuttle *handle)
{
    int result = handle->transport == NULL ? 0 : transport_close(handle->transport);
    sync_lock_destroy(&handle->lock);
    free(handle->places);
    free(handle);
    return result;
}

int shuttle_open(const char *adapter, const struct shuttle_options *options,
                 struct shuttle **handle)
{
    static const struct shuttle_options Defaults;
    char device_name[512];
    shuttle_forget_failure();
    if (handle == NULL || adapter == NULL || adapter[0] == '\0') {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_open: an argument is missing");
    }
    *handle = NULL;
    options = options == NULL ? &Defaults : options;
    int result = options_check(options);
    if (result < 0) {
        return result;
    }
    struct shuttle *opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a handle");
    }
    if (strlen(adapter) >= sizeof(opened->name)) {
        free(opened);
        return shuttle_fail(SHUTTLE_ERROR_NO_ADAPTER, "%.40s...: the name is too long", adapter);
    }
    strcpy(opened->name, adapter);
    sync_lock_init(&opened->lock);
    opened->finished_end = &opened->finished;
    opened->reap_wanted = SIZE_MAX;
    result = transport_open(adapter, options, &opened->transport, device_name, sizeof(device_name));
    if (result == 0) {
        result = adapter_attach(opened, device_name, options);
    }
    if (result == 0) {
        result = places_create(opened);
    }
    if (result < 0) {
        handle_destroy(opened);
        return result;
    }
    *handle = opened;
    return 0;
}

int shuttle_close(struct shuttle *handle)
{
    shuttle_forget_failure();
    if (handle == NULL) {
        return 0;
    }
    sync_acquire(&handle->lock);
    while (handle->in_flight > 0) {
        uint32_t seen = atomic_load(&handle->changed.word);
        occasion_sleep(handle, &handle->changed, seen, -1);
    }
    sync_release(&handle->lock);
    return handle_destroy(handle);
}

int shuttle_adapters(struct shuttle_adapter *adapters, size_t capacity)
{
    shuttle_forget_failure();
    if (adapters == NULL && capacity > 0) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_adapters: NULL");
    }
    return transport_adapters(adapters, capacity);
}

int shuttle_query(struct shuttle *handle, struct shuttle_adapter *adapter)
{
    SHUTTLE_ADAPTER answer;
    uint64_t written = 0;
    shuttle_forget_failure();
    if (handle == NULL || adapter == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_query: NULL");
    }
    uint32_t status = transport_control(handle->transport, SHUTTLE_IOCTL_QUERY_ADAPTER, NULL, 0,
                                        &answer, sizeof(answer), &written);
    if (status_failed(status)) {
        return shuttle_fail_status(status, handle->name);
    }
    if (written != sizeof(answer)) {
        return shuttle_fail(SHUTTLE_ERROR_VERSION, "%s: the driver's answer is not understood",
                            handle->name);
    }
    memset(adapter, 0, sizeof(*adapter));
    strcpy(adapter->name, handle->name);
    adapter_from_driver(&answer, adapter);
    adapter->in_flight_limit = handle->in_flight_limit;
    return 0;
}

static void statistics_from_driver(const SHUTTLE_STATISTICS *from, struct shuttle_statistics *to)
{
    *to = (struct shuttle_statistics){
        .frames_sent = from->FramesSent,
        .bytes_sent = from->BytesSent,
        .frames_succeeded = from->FramesSucceeded,
        .bytes_succeeded = from->BytesSucceeded,
        .frames_failed = from->FramesFailed,
        .frames_refused = from->FramesRefused,
        .limit_reached = from->LimitReached,
        .frames_in_flight = from->FramesInFlight,
        .frames_received = from->FramesReceived,
        .nbls_allocated = from->NblsAllocated,
        .slot_bytes = from->SlotBytes,
        .status_kinds = from->StatusCount,
    };
    for (uint32_t i = 0; i < from->StatusCount; i++) {
        to->by_status[i].status = from->Status[i].Status;
        to->by_status[i].frames = from->Status[i].Frames;
    }
}

int shuttle_get_statistics(struct shuttle *handle, struct shuttle_statistics *statistics)
{
    SHUTTLE_STATISTICS answer;
    uint64_t written = 0;
    shuttle_forget_failure();
    if (handle == NULL || statistics == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_get_statistics: NULL");
    }
    uint32_t status = transport_control(handle->transport, SHUTTLE_IOCTL_QUERY_STATISTICS, NULL, 0,
                                        &answer, sizeof(answer), &written);
    if (status_failed(status)) {
        return shuttle_fail_status(status, handle->name);
    }
    if (written != sizeof(answer) || answer.StatusCount > SHUTTLE_STATUS_KINDS) {
        return shuttle_fail(SHUTTLE_ERROR_VERSION, "%s: the driver's answer is not understood",
                            handle->name);
    }
    statistics_from_driver(&answer, statistics);
    return 0;
}

int shuttle_get_runtime_counts(struct shuttle_runtime_counts *counts)
{
    shuttle_forget_failure();
    if (counts == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "shuttle_get_runtime_counts: NULL");
    }
    return transport_runtime_counts(counts);
}

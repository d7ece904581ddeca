// SPDX-License-Identifier: MIT

#include "transport_fake.h"

#include "errors.h"

#include <shuttle/ioctl.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 1024

struct fake Fake;

// Requests that are held, oldest first.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct transport_request *requests[HELD_MAX];
    unsigned count;
} Held = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

struct transport {
    int unused;
};

void fake_reset(void)
{
    Fake = (struct fake){.limit = 4, .retry_status = NT_STATUS_RETRY};
    Held.count = 0;
}

static void hold(struct transport_request *request)
{
    pthread_mutex_lock(&Held.lock);
    if (Held.count == HELD_MAX) {
        abort();
    }
    Held.requests[Held.count++] = request;
    pthread_cond_signal(&Held.more);
    pthread_mutex_unlock(&Held.lock);
}

static void finish(struct transport_request *request, uint32_t status)
{
    request->status = status;
    request->completed(request);
}

void fake_complete(uint32_t status)
{
    pthread_mutex_lock(&Held.lock);
    while (Held.count == 0) {
        pthread_cond_wait(&Held.more, &Held.lock);
    }
    struct transport_request *request = Held.requests[0];
    Held.count--;
    memmove(Held.requests, Held.requests + 1, Held.count * sizeof(Held.requests[0]));
    pthread_mutex_unlock(&Held.lock);
    finish(request, status);
}

unsigned fake_held(void)
{
    pthread_mutex_lock(&Held.lock);
    unsigned count = Held.count;
    pthread_mutex_unlock(&Held.lock);
    return count;
}

void transport_cancel(struct transport *transport, struct transport_request *request)
{
    bool found = false;
    (void)transport;
    Fake.cancels++;
    pthread_mutex_lock(&Held.lock);
    for (unsigned i = 0; i < Held.count && !found; i++) {
        if (Held.requests[i] == request) {
            found = true;
            Held.count--;
            memmove(Held.requests + i, Held.requests + i + 1,
                    (Held.count - i) * sizeof(Held.requests[0]));
        }
    }
    pthread_mutex_unlock(&Held.lock);
    if (found) {
        finish(request, NT_STATUS_CANCELLED);
    }
}

static uint32_t begin_wait(struct transport_request *request)
{
    Fake.waits++;
    if (!Fake.hold_waits) {
        return Fake.wait_status;
    }
    hold(request);
    return TRANSPORT_PENDING;
}

// Under the lock, because several threads send. True: this one is to be sent again.
static bool note_send(uint32_t code, const void *in, size_t in_length, const void *out,
                      size_t out_length)
{
    pthread_mutex_lock(&Held.lock);
    Fake.sends++;
    Fake.last_code = code;
    if (in_length + out_length <= sizeof(Fake.last_frame)) {
        memcpy(Fake.last_frame, in, in_length);
        if (out_length > 0) {
            memcpy(Fake.last_frame + in_length, out, out_length);
        }
    }
    Fake.last_length = in_length + out_length;
    bool again = Fake.retries > 0;
    Fake.retries -= again ? 1 : 0;
    pthread_mutex_unlock(&Held.lock);
    return again;
}

uint32_t transport_begin(struct transport *transport, uint32_t code, const void *in,
                         size_t in_length, void *out, size_t out_length,
                         struct transport_request *request)
{
    (void)transport;
    if (code == SHUTTLE_IOCTL_WAIT_SEND) {
        return begin_wait(request);
    }
    if (note_send(code, in, in_length, out, out_length)) {
        return Fake.retry_status;
    }
    switch (Fake.send) {
    case FAKE_PEND:
        hold(request);
        return TRANSPORT_PENDING;
    case FAKE_AT_ONCE:
        finish(request, Fake.send_status);
        return TRANSPORT_PENDING;
    default:
        return Fake.send_status;
    }
}

uint32_t transport_control(struct transport *transport, uint32_t code, const void *in,
                           size_t in_length, void *out, size_t out_length, uint64_t *information)
{
    (void)transport;
    *information = 0;
    if (code == SHUTTLE_IOCTL_QUERY_STATISTICS) {
        SHUTTLE_STATISTICS statistics = {.FramesSent = Fake.sends, .StatusCount = 1};
        memcpy(out, &statistics, sizeof(statistics));
        *information = sizeof(statistics);
        return NT_STATUS_SUCCESS;
    }
    if (code == SHUTTLE_IOCTL_OPEN_ADAPTER) {
        const SHUTTLE_OPEN_ADAPTER *open = in;
        if (in_length != sizeof(*open) || Fake.open_status != NT_STATUS_SUCCESS) {
            return Fake.open_status;
        }
        memcpy(Fake.opened_name, open->Name, sizeof(open->Name));
        Fake.opened_name_bytes = open->NameLength;
        Fake.opened_flags = open->Flags;
    }
    SHUTTLE_ADAPTER adapter = {
        .State = SHUTTLE_ADAPTER_RUNNING,
        .LinkUp = 1,
        .MaximumFrameSize = 1514,
        .InFlightLimit = Fake.limit,
        .Address = {2, 0, 0, 0, 0, 1},
    };
    if (out_length != sizeof(adapter)) {
        abort();
    }
    memcpy(out, &adapter, sizeof(adapter));
    *information = sizeof(adapter);
    return NT_STATUS_SUCCESS;
}

int transport_open(const char *adapter, const struct shuttle_options *options,
                   struct transport **transport, char *device_name, size_t device_name_size)
{
    (void)options;
    if (strcmp(adapter, "absent") == 0) {
        return shuttle_fail(SHUTTLE_ERROR_NO_ADAPTER, "absent: there is none");
    }
    *transport = calloc(1, sizeof(**transport));
    if (*transport == NULL) {
        abort();
    }
    snprintf(device_name, device_name_size, "%s", adapter);
    Fake.open_transports++;
    return 0;
}

int transport_close(struct transport *transport)
{
    Fake.open_transports--;
    free(transport);
    return Fake.close_result;
}

int transport_adapters(struct shuttle_adapter *adapters, size_t capacity)
{
    (void)adapters;
    (void)capacity;
    return 0;
}

int transport_runtime_counts(struct shuttle_runtime_counts *counts)
{
    *counts = (struct shuttle_runtime_counts){0};
    return 0;
}

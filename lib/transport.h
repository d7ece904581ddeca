// SPDX-License-Identifier: MIT
#pragma once

// How libshuttle reaches the driver. Exactly one implementation is linked: transport_host.c (the
// driver runs in this process, in ndishost), transport_windows.c, or that of a test. A status is an
// NTSTATUS; where an int is returned it is a shuttle_error, and its cause was told to shuttle_fail.

#include <shuttle/shuttle.h>

#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_PENDING 0x103u // STATUS_PENDING

struct transport; // an open handle of the driver's control device

// One device-control request under way. The memory is the caller's and stays until `completed` was
// called or transport_begin returned something other than TRANSPORT_PENDING.
struct transport_request {
    void (*completed)(
        struct transport_request *request);  // on any thread; may take short locks only
    uint32_t status;                         // valid in `completed`
    _Alignas(16) unsigned char platform[80]; // the implementation's
};

int transport_adapters(struct shuttle_adapter *adapters, size_t capacity);

// Opens the control device. `device_name` receives the name by which the driver knows the adapter.
int transport_open(const char *adapter, const struct shuttle_options *options,
                   struct transport **transport, char *device_name, size_t device_name_size);

// No request may be under way. SHUTTLE_ERROR_SYSTEM: the driver left something behind; the handle
// is closed all the same.
int transport_close(struct transport *transport);

// One request, and waits for its end. `information` receives the bytes written to `out`.
uint32_t transport_control(struct transport *transport, uint32_t code, const void *in,
                           size_t in_length, void *out, size_t out_length, uint64_t *information);

// Starts a request. TRANSPORT_PENDING: `completed` is called once, perhaps before this returns.
// Anything else is the final status, and `completed` is not called.
uint32_t transport_begin(struct transport *transport, uint32_t code, const void *in,
                         size_t in_length, void *out, size_t out_length,
                         struct transport_request *request);

// Asks for the end of a pending request; it still completes once.
void transport_cancel(struct transport *transport, struct transport_request *request);

int transport_runtime_counts(struct shuttle_runtime_counts *counts);

// SPDX-License-Identifier: MIT

// The driver is installed and started; its control device is opened as any device. Requests are
// issued with NtDeviceIoControlFile, because DeviceIoControl turns an NTSTATUS into a Win32 error
// and most NDIS statuses have none. Completions arrive on threads of the process's thread pool.
//
// The handle has no FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: a request that ends at once with success
// or a warning gives a packet like one that was pended, one that ends at once with an error gives
// none.

#include "errors.h"
#include "transport.h"
#include "utf.h"

#include <classic_ioctl.h>
#include <shuttle/ioctl.h>

#include <windows.h>
#include <winternl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct transport {
    HANDLE device;
    TP_IO *io;
};

struct windows_request {
    OVERLAPPED overlapped; // its first two fields are the IO_STATUS_BLOCK
    struct transport_request *owner;
};
_Static_assert(sizeof(struct windows_request) <= sizeof(((struct transport_request *)0)->platform),
               "transport_request.platform is too small");

static IO_STATUS_BLOCK *status_block(OVERLAPPED *overlapped)
{
    return (IO_STATUS_BLOCK *)&overlapped->Internal;
}

static VOID CALLBACK io_completed(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                  ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    struct windows_request *request = overlapped;
    struct transport_request *owner = request->owner;
    (void)instance, (void)context, (void)result, (void)bytes, (void)io;
    owner->status = (uint32_t)status_block(&request->overlapped)->Status;
    owner->completed(owner);
}

static int open_failed(const char *path, DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return shuttle_fail(SHUTTLE_ERROR_NO_DRIVER,
                            "%s: the driver is not installed, or not started", path);
    case ERROR_ACCESS_DENIED:
        return shuttle_fail(SHUTTLE_ERROR_ACCESS_DENIED, "%s admits administrators only", path);
    default:
        return shuttle_fail(SHUTTLE_ERROR_SYSTEM, "%s: Win32 error %lu", path, error);
    }
}

static int device_open(const char *path, DWORD access, HANDLE *device)
{
    *device = CreateFileA(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                          FILE_FLAG_OVERLAPPED, NULL);
    return *device == INVALID_HANDLE_VALUE ? open_failed(path, GetLastError()) : 0;
}

int transport_open(const char *adapter, const struct shuttle_options *options,
                   struct transport **transport, char *device_name, size_t device_name_size)
{
    const char *path = SHUTTLE_DEVICE_PATH;
    if (options->driver != NULL && strcmp(options->driver, "classic") == 0) {
        path = CLASSIC_DEVICE_PATH;
    } else if (options->driver != NULL) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT,
                            "on Windows the installed driver is used; beside it there is only "
                            "classic, the driver of the benchmarks");
    }
    struct transport *opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a handle");
    }
    int result = device_open(path, GENERIC_READ | GENERIC_WRITE, &opened->device);
    if (result < 0) {
        free(opened);
        return result;
    }
    opened->io = CreateThreadpoolIo(opened->device, io_completed, NULL, NULL);
    if (opened->io == NULL) {
        result = shuttle_fail(SHUTTLE_ERROR_SYSTEM, "CreateThreadpoolIo: Win32 error %lu",
                              GetLastError());
        CloseHandle(opened->device);
        free(opened);
        return result;
    }
    snprintf(device_name, device_name_size, "%s", adapter);
    *transport = opened;
    return 0;
}

int transport_close(struct transport *transport)
{
    // The last completion may still be on its way out of io_completed.
    WaitForThreadpoolIoCallbacks(transport->io, FALSE);
    CloseThreadpoolIo(transport->io);
    CloseHandle(transport->device);
    free(transport);
    return 0;
}

static uint32_t device_control(HANDLE device, uint32_t code, const void *in, size_t in_length,
                               void *out, size_t out_length, OVERLAPPED *overlapped,
                               void *completion_context)
{
    // METHOD_NEITHER and METHOD_IN_DIRECT only read the second buffer of a send.
    return (uint32_t)NtDeviceIoControlFile(device, overlapped->hEvent, NULL, completion_context,
                                           status_block(overlapped), code, (PVOID)in,
                                           (ULONG)in_length, out, (ULONG)out_length);
}

// The low bit of an event handle keeps the completion of a synchronous request off the thread pool
// with DeviceIoControl; with NtDeviceIoControlFile a NULL context does.
static uint32_t control(HANDLE device, uint32_t code, const void *in, size_t in_length, void *out,
                        size_t out_length, uint64_t *information)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    if (overlapped.hEvent == NULL) {
        return (uint32_t)STATUS_NO_MEMORY;
    }
    uint32_t status = device_control(device, code, in, in_length, out, out_length, &overlapped,
                                     NULL);
    if (status == TRANSPORT_PENDING) {
        WaitForSingleObject(overlapped.hEvent, INFINITE);
        status = (uint32_t)status_block(&overlapped)->Status;
    }
    if (information != NULL) {
        *information = status_failed(status) ? 0 : status_block(&overlapped)->Information;
    }
    CloseHandle(overlapped.hEvent);
    return status;
}

uint32_t transport_control(struct transport *transport, uint32_t code, const void *in,
                           size_t in_length, void *out, size_t out_length, uint64_t *information)
{
    return control(transport->device, code, in, in_length, out, out_length, information);
}

uint32_t transport_begin(struct transport *transport, uint32_t code, const void *in,
                         size_t in_length, void *out, size_t out_length,
                         struct transport_request *request)
{
    struct windows_request *windows = (struct windows_request *)request->platform;
    *windows = (struct windows_request){.owner = request};
    StartThreadpoolIo(transport->io);
    uint32_t status = device_control(transport->device, code, in, in_length, out, out_length,
                                     &windows->overlapped, &windows->overlapped);
    if (NT_ERROR(status)) {
        CancelThreadpoolIo(transport->io); // no packet will come
        return status;
    }
    return TRANSPORT_PENDING;
}

void transport_cancel(struct transport *transport, struct transport_request *request)
{
    struct windows_request *windows = (struct windows_request *)request->platform;
    CancelIoEx(transport->device, &windows->overlapped);
}

// ---- which adapters there are

static void adapter_describe(const SHUTTLE_ADAPTER *from, struct shuttle_adapter *to)
{
    *to = (struct shuttle_adapter){
        .link_up = from->LinkUp != 0,
        .state = (uint8_t)from->State,
        .maximum_frame_size = from->MaximumFrameSize,
        .in_flight_limit = from->InFlightLimit,
        .link_speed = from->LinkSpeed,
    };
    memcpy(to->address, from->Address, sizeof(to->address));
    size_t units = from->NameLength / sizeof(uint16_t);
    units = units > SHUTTLE_MAX_NAME ? SHUTTLE_MAX_NAME : units;
    utf16_to_utf8(from->Name, units, to->name, sizeof(to->name));
    snprintf(to->description, sizeof(to->description), "interface %u", from->InterfaceIndex);
}

int transport_adapters(struct shuttle_adapter *adapters, size_t capacity)
{
    HANDLE device;
    uint64_t written = 0;
    size_t size = sizeof(SHUTTLE_ADAPTER_LIST) + capacity * sizeof(SHUTTLE_ADAPTER);
    SHUTTLE_ADAPTER_LIST *list = malloc(size);
    if (list == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for %zu adapters", capacity);
    }
    int result = device_open(SHUTTLE_DEVICE_PATH, GENERIC_READ, &device);
    if (result < 0) {
        free(list);
        return result;
    }
    uint32_t status = control(device, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, list, size, &written);
    if (status_failed(status)) {
        result = shuttle_fail_status(status, "listing the adapters");
    } else if (written < sizeof(*list) || list->Count > capacity) {
        result = shuttle_fail(SHUTTLE_ERROR_VERSION, "the driver's answer is not understood");
    } else {
        for (uint32_t i = 0; i < list->Count; i++) {
            adapter_describe(&list->Adapters[i], &adapters[i]);
        }
        result = (int)list->Total;
    }
    CloseHandle(device);
    free(list);
    return result;
}

int transport_runtime_counts(struct shuttle_runtime_counts *counts)
{
    memset(counts, 0, sizeof(*counts));
    return shuttle_fail(SHUTTLE_ERROR_NO_DRIVER, "Windows does not count allocations per process");
}

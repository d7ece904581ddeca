// SPDX-License-Identifier: MIT

// Texts: of errors, of the kernel's statuses, and of this thread's last failure.

#include "errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char LastMessage[512];

static const char *const ErrorTexts[] = {
    [-SHUTTLE_OK] = "success",
    [-SHUTTLE_ERROR_INVALID_ARGUMENT] = "invalid argument",
    [-SHUTTLE_ERROR_FRAME_TOO_SHORT] = "the header is shorter than 14 bytes",
    [-SHUTTLE_ERROR_FRAME_TOO_LONG] = "the frame is longer than the adapter's maximum",
    [-SHUTTLE_ERROR_NO_ADAPTER] = "no adapter of that name",
    [-SHUTTLE_ERROR_ADAPTER_REMOVED] = "the adapter has been removed",
    [-SHUTTLE_ERROR_BUSY] = "the adapter is in exclusive use",
    [-SHUTTLE_ERROR_WOULD_BLOCK] = "the in-flight limit is reached",
    [-SHUTTLE_ERROR_NOT_RUNNING] = "the adapter is paused or asleep",
    [-SHUTTLE_ERROR_ACCESS_DENIED] = "permission denied",
    [-SHUTTLE_ERROR_NO_DRIVER] = "the Shuttle driver is not available",
    [-SHUTTLE_ERROR_NO_MEMORY] = "out of memory",
    [-SHUTTLE_ERROR_BAD_ADDRESS] = "header or payload cannot be read",
    [-SHUTTLE_ERROR_TIMED_OUT] = "interrupted, or the time is over",
    [-SHUTTLE_ERROR_FRAME_FAILED] = "the adapter did not send the frame",
    [-SHUTTLE_ERROR_VERSION] = "library and driver are of different versions",
    [-SHUTTLE_ERROR_SYSTEM] = "system error",
};

// `error`: what it means when the driver ends a request with this status.
struct status_fact {
    uint32_t status;
    int error;
    const char *name;
};

static const struct status_fact StatusFacts[] = {
    {0x00000000, SHUTTLE_OK, "NDIS_STATUS_SUCCESS"},
    {0x00000102, SHUTTLE_ERROR_TIMED_OUT, "STATUS_TIMEOUT"},
    {0x00000103, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_PENDING"},
    {0x80000005, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_BUFFER_OVERFLOW"},
    {0x80000011, SHUTTLE_ERROR_BUSY, "NDIS_STATUS_BUSY"},
    {0xC0000001, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_FAILURE"},
    {0xC0000005, SHUTTLE_ERROR_BAD_ADDRESS, "STATUS_ACCESS_VIOLATION"},
    {0xC000000D, SHUTTLE_ERROR_INVALID_ARGUMENT, "NDIS_STATUS_INVALID_PARAMETER"},
    {0xC000000E, SHUTTLE_ERROR_NO_ADAPTER, "STATUS_NO_SUCH_DEVICE"},
    {0xC0000010, SHUTTLE_ERROR_VERSION, "NDIS_STATUS_INVALID_DEVICE_REQUEST"},
    {0xC0000017, SHUTTLE_ERROR_NO_MEMORY, "STATUS_NO_MEMORY"},
    {0xC0000022, SHUTTLE_ERROR_ACCESS_DENIED, "STATUS_ACCESS_DENIED"},
    {0xC0000023, SHUTTLE_ERROR_VERSION, "STATUS_BUFFER_TOO_SMALL"},
    {0xC0000034, SHUTTLE_ERROR_NO_ADAPTER, "STATUS_OBJECT_NAME_NOT_FOUND"},
    {0xC000003A, SHUTTLE_ERROR_NO_DRIVER, "STATUS_OBJECT_PATH_NOT_FOUND"},
    {0xC0000043, SHUTTLE_ERROR_BUSY, "STATUS_SHARING_VIOLATION"},
    {0xC0000059, SHUTTLE_ERROR_VERSION, "STATUS_REVISION_MISMATCH"},
    {0xC000009A, SHUTTLE_ERROR_NO_MEMORY, "NDIS_STATUS_RESOURCES"},
    {0xC000009D, SHUTTLE_ERROR_ADAPTER_REMOVED, "STATUS_DEVICE_NOT_CONNECTED"},
    {0xC00000A1, SHUTTLE_ERROR_NO_MEMORY, "STATUS_WORKING_SET_QUOTA"},
    {0xC00000A3, SHUTTLE_ERROR_NOT_RUNNING, "STATUS_DEVICE_NOT_READY"},
    {0xC00000BB, SHUTTLE_ERROR_VERSION, "NDIS_STATUS_NOT_SUPPORTED"},
    {0xC00000E8, SHUTTLE_ERROR_BAD_ADDRESS, "STATUS_INVALID_USER_BUFFER"},
    {0xC0000120, SHUTTLE_ERROR_TIMED_OUT, "STATUS_CANCELLED"},
    {0xC0000184, SHUTTLE_ERROR_INVALID_ARGUMENT, "NDIS_STATUS_INVALID_STATE"},
    {0xC0000185, SHUTTLE_ERROR_SYSTEM, "STATUS_IO_DEVICE_ERROR"},
    {0xC0000206, SHUTTLE_ERROR_VERSION, "STATUS_INVALID_BUFFER_SIZE"},
    {0xC000022D, SHUTTLE_ERROR_WOULD_BLOCK, "STATUS_RETRY"},
    {0xC000023C, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_NETWORK_UNREACHABLE"},
    {0xC00002B6, SHUTTLE_ERROR_ADAPTER_REMOVED, "STATUS_DEVICE_REMOVED"},
    {0xC0010002, SHUTTLE_ERROR_ADAPTER_REMOVED, "NDIS_STATUS_CLOSING"},
    {0xC0010006, SHUTTLE_ERROR_NO_ADAPTER, "NDIS_STATUS_ADAPTER_NOT_FOUND"},
    {0xC0010008, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_DEVICE_FAILED"},
    {0xC001000C, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_REQUEST_ABORTED"},
    {0xC001000D, SHUTTLE_ERROR_NOT_RUNNING, "NDIS_STATUS_RESET_IN_PROGRESS"},
    {0xC001000F, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_INVALID_PACKET"},
    {0xC0010011, SHUTTLE_ERROR_NOT_RUNNING, "NDIS_STATUS_ADAPTER_NOT_READY"},
    {0xC0010012, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_ADAPTER_NOT_OPEN"},
    {0xC0010014, SHUTTLE_ERROR_FRAME_TOO_LONG, "NDIS_STATUS_INVALID_LENGTH"},
    {0xC0010015, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_INVALID_DATA"},
    {0xC0010016, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_BUFFER_TOO_SHORT"},
    {0xC0010018, SHUTTLE_ERROR_ADAPTER_REMOVED, "NDIS_STATUS_ADAPTER_REMOVED"},
    {0xC001001F, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_NO_CABLE"},
    {0xC023000C, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_SEND_ABORTED"},
    {0xC023001F, SHUTTLE_ERROR_SYSTEM, "NDIS_STATUS_MEDIA_DISCONNECTED"},
    {0xC023002A, SHUTTLE_ERROR_NOT_RUNNING, "NDIS_STATUS_PAUSED"},
    {0xC023002F, SHUTTLE_ERROR_NOT_RUNNING, "NDIS_STATUS_LOW_POWER_STATE"},
};

static const struct status_fact *find_status(uint32_t status)
{
    for (size_t i = 0; i < sizeof(StatusFacts) / sizeof(StatusFacts[0]); i++) {
        if (StatusFacts[i].status == status) {
            return &StatusFacts[i];
        }
    }
    return NULL;
}

const char *shuttle_status_name(uint32_t status)
{
    const struct status_fact *fact = find_status(status);
    return fact == NULL ? NULL : fact->name;
}

const char *shuttle_error_text(int error)
{
    if (error > 0 || error < SHUTTLE_ERROR_SYSTEM) {
        return "unknown error";
    }
    return ErrorTexts[-error];
}

const char *shuttle_last_message(void)
{
    return LastMessage;
}

void shuttle_forget_failure(void)
{
    LastMessage[0] = '\0';
}

int shuttle_fail(int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(LastMessage, sizeof(LastMessage), format, arguments);
    va_end(arguments);
    return error;
}

int shuttle_fail_status(uint32_t status, const char *what)
{
    const struct status_fact *fact = find_status(status);
    int error = fact == NULL ? SHUTTLE_ERROR_SYSTEM : fact->error;
    if (fact == NULL) {
        return shuttle_fail(error, "%s: status 0x%08X", what, status);
    }
    if (error == SHUTTLE_ERROR_SYSTEM) {
        return shuttle_fail(error, "%s: %s (0x%08X)", what, fact->name, status);
    }
    return shuttle_fail(error, "%s: %s", what, shuttle_error_text(error));
}

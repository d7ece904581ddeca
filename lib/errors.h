// SPDX-License-Identifier: MIT
#pragma once

// The kernel's statuses that libshuttle acts on, and how an error gets its sentence.

#include <shuttle/shuttle.h>

#include <stdint.h>

enum {
    NT_STATUS_SUCCESS = 0,
    NT_STATUS_PENDING = 0x103,
};
#define NT_STATUS_RETRY 0xC000022Du
#define NT_STATUS_CANCELLED 0xC0000120u
#define NT_STATUS_DEVICE_REMOVED 0xC00002B6u
#define NT_STATUS_PAUSED 0xC023002Au    // NDIS_STATUS_PAUSED
#define NT_STATUS_LOW_POWER 0xC023002Fu // NDIS_STATUS_LOW_POWER_STATE
#define NT_STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034u

static inline int status_failed(uint32_t status)
{
    return (int32_t)status < 0;
}

// Notes the sentence for shuttle_last_message of this thread and returns `error`.
__attribute__((format(printf, 2, 3))) int shuttle_fail(int error, const char *format, ...);

// The same for a request of the driver that ended with `status`; `what` begins the sentence.
int shuttle_fail_status(uint32_t status, const char *what);

// Forgets the sentence of this thread: first act of every public function that can fail.
void shuttle_forget_failure(void);

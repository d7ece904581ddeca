// SPDX-License-Identifier: MIT
#pragma once

// A driver with a control device, for tests of ndishost.h: it answers at once, later, or when it is
// cancelled, and counts what it is told.

#include <ntddk.h>

DRIVER_INITIALIZE ControlEntry;
DRIVER_INITIALIZE ControlFailingEntry; // STATUS_DEVICE_CONFIGURATION_ERROR

#define CONTROL_DOS_NAME "\\\\.\\HostTest"
#define CONTROL_NT_NAME "\\Device\\HostTest"

#define CONTROL_CODE(Function, Method, Access)                                                     \
    CTL_CODE(0x8123, 0x800 + (Function), (Method), (Access))
#define CONTROL_ECHO CONTROL_CODE(0, METHOD_BUFFERED, FILE_ANY_ACCESS) // out = in reversed
#define CONTROL_PEND CONTROL_CODE(1, METHOD_BUFFERED, FILE_ANY_ACCESS) // until RELEASE or cancel
#define CONTROL_RELEASE CONTROL_CODE(2, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CONTROL_SUM                                                                                \
    CONTROL_CODE(3, METHOD_IN_DIRECT, FILE_WRITE_ACCESS) // success: bytes add up to 600
#define CONTROL_PARAMETER CONTROL_CODE(4, METHOD_BUFFERED, FILE_ANY_ACCESS) // out = ULONG "Test"
#define CONTROL_LEAK CONTROL_CODE(5, METHOD_BUFFERED, FILE_ANY_ACCESS)

#define CONTROL_READ_PENDS 7 // a read or write of so many bytes, like CONTROL_PEND

typedef struct CONTROL_COUNTS {
    volatile LONG Loaded, Unloaded, Creates, Cleanups, Closes, Pending, Cancelled, Shutdowns;
} CONTROL_COUNTS;
extern CONTROL_COUNTS ControlCounts;

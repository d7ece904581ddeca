// SPDX-License-Identifier: MIT
#pragma once

// For tests of pool, memory, objects, I/O, registry and PnP: the system with all its parts, and a
// small driver with a control device whose behaviour the test chooses.

#include "nt_test.h"

#include "device.h"
#include "object.h"
#include "pool.h"
#include "process.h"
#include "registry.h"

#define IO_TEST(Function)                                                                          \
    {                                                                                              \
#Function, IoTestRun, NULL, IoTestTeardown, (void *)Function                               \
    }

void IoTestRun(void **State); // *State is the function
int IoTestTeardown(void **State);
void IoTestStart(void); // registry and PnP, on top of NtTestStart
unsigned IoTestStop(void);

// As NtTestExpectBugCheck; a body that loads a driver calls IoTestStart first.
#define IO_EXPECT_BUG_CHECK(Body, ...)                                                             \
    do {                                                                                           \
        assert_int_equal(IoTestStop(), 0);                                                         \
        NtTestExpectBugCheck(Body, __VA_ARGS__, NULL);                                             \
        IoTestStart();                                                                             \
    } while (0)

// ---- the driver: \Device\Test, \\.\Test

typedef struct TEST_DRIVER {
    PDRIVER_OBJECT Driver;
    PDEVICE_OBJECT Device;
    _Atomic int Creates, Cleanups, Closes, Controls;
    // What a device control, read or write does; completes the IRP or pends it.
    NTSTATUS (*Control)(PIRP Irp, PIO_STACK_LOCATION Stack);
    NTSTATUS CreateStatus;
    ULONG DeviceFlags; // DO_BUFFERED_IO, DO_DIRECT_IO
    BOOLEAN Exclusive;
    void (*Cleanup)(void); // before IRP_MJ_CLEANUP is completed; NULL: nothing
    _Atomic(PIRP) Pended;  // for Control functions that pend
} TEST_DRIVER;

extern TEST_DRIVER Test;

void TestDriverLoad(void);   // fields set before it apply
void TestDriverUnload(void); // and clears Test

// For Control functions.
NTSTATUS TestComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
NTSTATUS TestPend(PIRP Irp, PIO_STACK_LOCATION Stack); // cancellable, in Test.Pended
void TestCompletePended(NTSTATUS Status);

#define TEST_CODE(Method, Access) CTL_CODE(0x8001, 0x801, Method, Access)

// A device control of a client, with the buffers of the test.
NTSTATUS TestControl(SIM_FILE *File, ULONG Code, const void *In, size_t InLength, void *Out,
                     size_t OutLength, ULONG_PTR *Information);
SIM_FILE *TestOpen(SIM_PROCESS *Process); // read and write
SIM_PROCESS *TestProcess(void);

// SPDX-License-Identifier: MIT
#pragma once

// Instructions that kernel code contains and a Linux process can't execute.

#include <ntddk.h>
#include <ucontext.h>

#include "context.h"

typedef enum PE_EMULATION {
    PeEmulateNot,    // an exception
    PeEmulateDone,   // go on with the machine's context
    PeEmulateLower,  // mov cr8: the IRQL becomes *Argument, on the thread's own stack
    PeEmulateAssert, // int 2Ch: the exception of a failed assertion
} PE_EMULATION;

// From the handler of a fault in an image.
PE_EMULATION PeEmulate(const UCHAR *Code, SIZE_T Length, const void *Address, BOOLEAN IsProtection,
                       ucontext_t *Machine, ULONG64 *Argument);

#define PE_USER_SHARED_DATA UINT64_C(0xFFFFF78000000000)

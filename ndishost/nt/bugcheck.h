// SPDX-License-Identifier: MIT
#pragma once

// Between bugcheck.c and the fault handler of exception.c, which captures the stack itself.

#include "sim.h"

#define SIM_REGISTERS 18

typedef struct SIM_BUG_CHECK {
    ULONG Code;
    ULONG_PTR Parameters[4];
    void *const *Frames;
    size_t FrameCount;
    const ULONG_PTR *Registers; // SIM_REGISTERS of them, as bugcheck.c names them; NULL: none
} SIM_BUG_CHECK;

__attribute__((noreturn, format(printf, 2, 3))) void SimBugCheckReport(const SIM_BUG_CHECK *Check,
                                                                       const char *Format, ...);

// What the newest bug check of the process was, with its report; NULL: there was none.
typedef struct SIM_BUG_CHECK_RECORD {
    ULONG Code;
    ULONG_PTR Parameters[4];
    char Report[]; // terminated
} SIM_BUG_CHECK_RECORD;
const SIM_BUG_CHECK_RECORD *SimBugCheckNewest(void);

// The fault that this thread is reporting (SIM_NT_HOOKS.Fault), with its call stack; else NULL.
const SIM_BUG_CHECK *SimFaultUnderReport(void);

const char *SimBugCheckName(ULONG Code); // NULL: no name here

// SPDX-License-Identifier: MIT
#pragma once

// Virtual processors, shared by irql.c (who owns one) and dpc.c (what is queued to one).

#include "sim.h"

typedef struct SIM_PROCESSOR {
    // 0 free, 1 owned by a thread at DISPATCH_LEVEL or above, 2 owned and a thread that may run on
    // this processor only sleeps on it (futex)
    _Alignas(64) _Atomic uint32_t Owned;
    _Atomic uint32_t DpcCount; // queued, and the one that runs
    SIM_LOCK DpcLock;          // guards the queue; taken under the dispatcher lock too
    SINGLE_LIST_ENTRY *DpcFirst;
    SINGLE_LIST_ENTRY *DpcLast;
    _Atomic uint32_t DpcWake; // futex of the DPC thread
} SIM_PROCESSOR;

extern SIM_PROCESSOR SimProcessors[SIM_PROCESSORS_MAX];
extern unsigned SimProcessorCount; // does not change while the system runs

static inline KAFFINITY SimAllProcessors(void)
{
    return SimProcessorCount == 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << SimProcessorCount) - 1;
}

void SimProcessorStart(unsigned Count);

// dpc.c: runs what is queued to the processor that the thread owns, at DISPATCH_LEVEL.
SIM_SLOW void NTAPI SimDpcDrain(SIM_THREAD *Thread, SIM_PROCESSOR *Processor);
void SimDpcStart(void);
unsigned SimDpcStop(void);

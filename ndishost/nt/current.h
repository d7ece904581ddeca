// SPDX-License-Identifier: MIT
#pragma once

// What code asks of its own thread in nearly every call: IRQL, processor, counters. The first two
// are one instruction on Windows, inline in the caller; here they are a load from the thread's
// block. Stands alone, so that ndis/ sees this and nothing else of nt/.

#include <ntddk.h>

#include <stdint.h>

typedef struct SIM_THREAD SIM_THREAD;

typedef enum SIM_COUNTER {
    SimCountIrp,
    SimCountIrpAllocation,
    SimCountNblAllocation,
    SimCountNbAllocation,
    SimCountMdlAllocation,
    SimCountPoolAllocation,
    SimCountPageLock,
    SimCountPagesLocked,
    SimCountSend,
    SimCountNblSent,
    SimCounterCount
} SIM_COUNTER;

// Each SIM_THREAD begins with these. They are the thread's own; others may read Counters late.
typedef struct SIM_CURRENT {
    KIRQL Irql;
    int Processor; // owned while Irql >= DISPATCH_LEVEL; else where it last ran
    uint64_t Counters[SimCounterCount];
} SIM_CURRENT;

extern _Thread_local SIM_THREAD *SimThreadSelf __attribute__((tls_model("local-exec")));
SIM_THREAD *NTAPI SimThreadAttach(void); // ends the process when there is no memory

// Attaches the calling thread on its first call.
static inline SIM_THREAD *SimCurrentThread(void)
{
    SIM_THREAD *Thread = SimThreadSelf;
    return __builtin_expect(Thread != NULL, 1) ? Thread : SimThreadAttach();
}

// NULL before a thread's first call.
static inline SIM_CURRENT *SimCurrentIfAttached(void)
{
    return (SIM_CURRENT *)SimThreadSelf;
}

static inline SIM_CURRENT *SimCurrent(void)
{
    return (SIM_CURRENT *)SimCurrentThread();
}

// One add to memory of the thread itself, no interlocked operation.
static inline void SimCountIn(SIM_CURRENT *Current, SIM_COUNTER Counter, uint64_t Amount)
{
    uint64_t *Cell = &Current->Counters[Counter];
    __atomic_store_n(Cell, __atomic_load_n(Cell, __ATOMIC_RELAXED) + Amount, __ATOMIC_RELAXED);
}

static inline void SimCount(SIM_COUNTER Counter, uint64_t Amount)
{
    SimCountIn(SimCurrent(), Counter, Amount);
}

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

// Where the thread runs or ran last; 0 where it has not run yet, or when there are fewer now.
static inline ULONG SimProcessorIndex(void)
{
    const SIM_THREAD *Thread = SimThreadSelf;
    ULONG Number = __builtin_expect(Thread == NULL, 0) ? 0 : (ULONG)Thread->Processor;
    return __builtin_expect(Number >= SimProcessorCount, 0) ? 0 : Number;
}

// Raising and lowering are most of what a driver asks of the kernel, directly and with each spin
// lock. So the common case of both is inline; a rare one is a call.

SIM_SLOW KIRQL NTAPI SimRaiseSlow(KIRQL NewIrql);
SIM_SLOW void NTAPI SimLowerSlow(KIRQL NewIrql);
// The processor was given back, and `Before` or what came since asks for more.
SIM_SLOW void NTAPI SimProcessorLeft(SIM_THREAD *Thread, SIM_PROCESSOR *Processor, uint32_t Before);

extern _Atomic uint32_t SimAnyProcessorWaiters; // threads that wait for whichever is free first

#define SIM_PROCESSOR_FREE 0u
#define SIM_PROCESSOR_OWNED 1u
#define SIM_PROCESSOR_CONTENDED 2u

static inline BOOLEAN SimProcessorTry(SIM_PROCESSOR *Processor)
{
    uint32_t Free = SIM_PROCESSOR_FREE;
    return atomic_compare_exchange_strong(&Processor->Owned, &Free, SIM_PROCESSOR_OWNED);
}

// From below DISPATCH_LEVEL to it or above. The processor is the one where the thread last ran.
static inline KIRQL SimRaiseFromBelow(SIM_THREAD *Thread, KIRQL NewIrql)
{
    KIRQL OldIrql = Thread->Irql;
    unsigned Number = (unsigned)Thread->Processor;
    if (__builtin_expect(Thread->Affinity != 0 || Number >= SimProcessorCount ||
                             !SimProcessorTry(&SimProcessors[Number]),
                         0)) {
        return SimRaiseSlow(NewIrql);
    }
    Thread->Irql = NewIrql;
    return OldIrql;
}

// From DISPATCH_LEVEL or above to below it.
static inline void SimLowerToBelow(SIM_THREAD *Thread, KIRQL NewIrql)
{
    SIM_PROCESSOR *Processor = &SimProcessors[(unsigned)Thread->Processor];
    if (__builtin_expect(Thread->InDpc || Thread->LocksHeld != 0 ||
                             atomic_load_explicit(&Processor->DpcCount, memory_order_acquire) != 0,
                         0)) {
        SimLowerSlow(NewIrql);
        return;
    }
    Thread->Irql = NewIrql;
    uint32_t Before = atomic_exchange(&Processor->Owned, SIM_PROCESSOR_FREE);
    if (__builtin_expect(Before == SIM_PROCESSOR_CONTENDED ||
                             atomic_load(&SimAnyProcessorWaiters) != 0 ||
                             atomic_load(&Processor->DpcCount) != 0,
                         0)) {
        SimProcessorLeft(Thread, Processor, Before);
    }
}

// dpc.c: runs what is queued to the processor that the thread owns, at DISPATCH_LEVEL.
SIM_SLOW void NTAPI SimDpcDrain(SIM_THREAD *Thread, SIM_PROCESSOR *Processor);
void SimDpcStart(void);
unsigned SimDpcStop(void);

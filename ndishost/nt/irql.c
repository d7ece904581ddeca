// SPDX-License-Identifier: MIT

// IRQL and virtual processors. A thread at DISPATCH_LEVEL or above owns one processor, so two
// threads are never at DISPATCH_LEVEL on the same one, as on a machine. Below it a thread owns
// none: Linux schedules it. Who lowers the IRQL below DISPATCH_LEVEL first runs the DPCs of the
// processor.

#include "processor.h"

#include "futex.h"
#include "pcr.h"

#define PROCESSOR_SPINS 50

SIM_PROCESSOR SimProcessors[SIM_PROCESSORS_MAX];
unsigned SimProcessorCount = 1;
volatile CCHAR KeNumberProcessors = 1;

// Threads that can run on any processor sleep here until one is released.
static _Atomic uint32_t ReleaseCount;
_Atomic uint32_t SimAnyProcessorWaiters;

void SimProcessorStart(unsigned Count)
{
    SimProcessorCount = Count;
    KeNumberProcessors = (CCHAR)Count;
    for (unsigned i = 0; i < SIM_PROCESSORS_MAX; i++) {
        SimProcessors[i] = (SIM_PROCESSOR){0};
    }
}

// The thread's last processor first, then the ones after it.
static BOOLEAN ProcessorTryAny(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        unsigned Number = ((unsigned)Thread->Processor + i) % SimProcessorCount;
        if ((Allowed >> Number & 1) != 0 && SimProcessorTry(&SimProcessors[Number])) {
            SimSetProcessor(Thread, (int)Number);
            return TRUE;
        }
    }
    return FALSE;
}

static void ProcessorWaitAny(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    atomic_fetch_add(&SimAnyProcessorWaiters, 1);
    for (;;) {
        uint32_t Seen = atomic_load(&ReleaseCount);
        if (ProcessorTryAny(Thread, Allowed)) {
            break;
        }
        FutexWait(&ReleaseCount, Seen);
    }
    atomic_fetch_sub(&SimAnyProcessorWaiters, 1);
}

// A thread with an affinity waits for the first processor of it.
static void ProcessorWaitBound(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    SimSetProcessor(Thread, __builtin_ctzll(Allowed));
    SIM_PROCESSOR *Processor = &SimProcessors[Thread->Processor];
    while (atomic_exchange(&Processor->Owned, SIM_PROCESSOR_CONTENDED) != SIM_PROCESSOR_FREE) {
        FutexWait(&Processor->Owned, SIM_PROCESSOR_CONTENDED);
    }
}

static SIM_SLOW void NTAPI ProcessorTakeSlow(SIM_THREAD *Thread)
{
    KAFFINITY All = SimAllProcessors();
    KAFFINITY Allowed = Thread->Affinity == 0 ? All : Thread->Affinity & All;
    if ((unsigned)Thread->Processor >= SimProcessorCount) {
        Thread->Processor = 0; // the system was started again with fewer
    }
    for (int Spin = 0; Spin < PROCESSOR_SPINS; Spin++) {
        if (ProcessorTryAny(Thread, Allowed)) {
            return;
        }
        SpinPause();
    }
    if (Allowed == All) {
        ProcessorWaitAny(Thread, Allowed);
    } else {
        ProcessorWaitBound(Thread, Allowed);
    }
}

static void ProcessorWakeWaiters(SIM_PROCESSOR *Processor, uint32_t Before)
{
    if (Before == SIM_PROCESSOR_CONTENDED) {
        FutexWake(&Processor->Owned, 1);
    }
    if (atomic_load(&SimAnyProcessorWaiters) != 0) {
        atomic_fetch_add(&ReleaseCount, 1);
        FutexWake(&ReleaseCount, 1);
    }
}

SIM_SLOW KIRQL NTAPI SimRaiseSlow(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = Thread->Irql;
    if (NewIrql < OldIrql || NewIrql > HIGH_LEVEL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x30, OldIrql, NewIrql, 0,
                    "KeRaiseIrql(%u) at IRQL %u. It can only raise, to at most HIGH_LEVEL.",
                    NewIrql, OldIrql);
    }
    if (NewIrql >= DISPATCH_LEVEL && OldIrql < DISPATCH_LEVEL) {
        ProcessorTakeSlow(Thread);
    }
    Thread->Irql = NewIrql;
    return OldIrql;
}

KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimThreadSelf;
    if (__builtin_expect(Thread == NULL || NewIrql > HIGH_LEVEL, 0)) {
        return SimRaiseSlow(NewIrql);
    }
    KIRQL OldIrql = Thread->Irql;
    if (NewIrql >= DISPATCH_LEVEL && OldIrql < DISPATCH_LEVEL) {
        return SimRaiseFromBelow(Thread, NewIrql);
    }
    if (__builtin_expect(NewIrql < OldIrql, 0)) {
        return SimRaiseSlow(NewIrql);
    }
    Thread->Irql = NewIrql;
    return OldIrql;
}

static __attribute__((noreturn)) void LowerViolation(SIM_THREAD *Thread, KIRQL NewIrql)
{
    if (NewIrql > Thread->Irql) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x31, Thread->Irql, NewIrql, 0,
                    "KeLowerIrql(%u) at IRQL %u raises. Pass the value that KeRaiseIrql returned.",
                    NewIrql, Thread->Irql);
    }
    if (Thread->InDpc) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x31, Thread->Irql, NewIrql, 1,
                    "a DPC routine lowers the IRQL to %u. A DPC runs at DISPATCH_LEVEL to its end.",
                    NewIrql);
    }
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x31, Thread->Irql, NewIrql, 0,
                "the IRQL is lowered to %u while %u spin lock(s) are held, the first at %p. "
                "Release it first.",
                NewIrql, Thread->LocksHeld, (const void *)Thread->Held[0].Lock);
}

// Gives the processor back once nothing is queued to it. A DPC queued from elsewhere after the look
// at DpcCount found the processor owned and woke nobody: its sender adds to DpcCount before it
// looks at Owned, here it is the other way.
static SIM_SLOW void NTAPI ProcessorLeaveSlow(SIM_THREAD *Thread, KIRQL NewIrql)
{
    SIM_PROCESSOR *Processor = &SimProcessors[Thread->Processor];
    do {
        if (atomic_load_explicit(&Processor->DpcCount, memory_order_acquire) != 0) {
            Thread->Irql = DISPATCH_LEVEL;
            SimDpcDrain(Thread, Processor);
        }
        Thread->Irql = NewIrql;
        ProcessorWakeWaiters(Processor, atomic_exchange(&Processor->Owned, SIM_PROCESSOR_FREE));
    } while (atomic_load(&Processor->DpcCount) != 0 && SimProcessorTry(Processor));
}

SIM_SLOW void NTAPI SimProcessorLeft(SIM_THREAD *Thread, SIM_PROCESSOR *Processor, uint32_t Before)
{
    ProcessorWakeWaiters(Processor, Before);
    if (atomic_load(&Processor->DpcCount) != 0 && SimProcessorTry(Processor)) {
        ProcessorLeaveSlow(Thread, Thread->Irql);
    }
}

SIM_SLOW void NTAPI SimLowerSlow(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    BOOLEAN Leaves = NewIrql < DISPATCH_LEVEL && Thread->Irql >= DISPATCH_LEVEL;
    if (NewIrql > Thread->Irql || (Leaves && (Thread->InDpc || Thread->LocksHeld != 0))) {
        LowerViolation(Thread, NewIrql);
    }
    if (Leaves) {
        ProcessorLeaveSlow(Thread, NewIrql);
    } else {
        Thread->Irql = NewIrql;
    }
}

void NTAPI KeLowerIrql(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimThreadSelf;
    if (__builtin_expect(Thread == NULL || NewIrql > Thread->Irql, 0)) {
        SimLowerSlow(NewIrql);
    } else if (NewIrql >= DISPATCH_LEVEL || Thread->Irql < DISPATCH_LEVEL) {
        Thread->Irql = NewIrql;
    } else {
        SimLowerToBelow(Thread, NewIrql);
    }
}

KIRQL NTAPI KeGetCurrentIrql(void)
{
    return SimCurrentThread()->Irql;
}

void NTAPI SimIrqlViolation(const char *Function, KIRQL Irql, const char *Required)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xE5, Irql, 0, 0,
                "%s was called at IRQL %u; it may be called at %s only.", Function, Irql, Required);
}

// SPDX-License-Identifier: MIT

// IRQL and virtual processors. A thread at DISPATCH_LEVEL or above owns one processor, so two
// threads are never at DISPATCH_LEVEL on the same one, as on a machine. Below it a thread owns
// none: Linux schedules it. Who lowers the IRQL below DISPATCH_LEVEL first runs the DPCs of the
// processor.

#include "processor.h"

#include "futex.h"
#include "pcr.h"

#define PROCESSOR_FREE 0u
#define PROCESSOR_OWNED 1u
#define PROCESSOR_CONTENDED 2u
#define PROCESSOR_SPINS 50

SIM_PROCESSOR SimProcessors[SIM_PROCESSORS_MAX];
unsigned SimProcessorCount = 1;
volatile CCHAR KeNumberProcessors = 1;

// Threads that can run on any processor sleep here until one is released.
static _Atomic uint32_t ReleaseCount;
static _Atomic uint32_t AnyWaiters;

void SimProcessorStart(unsigned Count)
{
    SimProcessorCount = Count;
    KeNumberProcessors = (CCHAR)Count;
    for (unsigned i = 0; i < SIM_PROCESSORS_MAX; i++) {
        SimProcessors[i] = (SIM_PROCESSOR){0};
    }
}

static BOOLEAN ProcessorTry(SIM_PROCESSOR *Processor)
{
    uint32_t Free = PROCESSOR_FREE;
    return atomic_compare_exchange_strong(&Processor->Owned, &Free, PROCESSOR_OWNED);
}

// The thread's last processor first, then the ones after it.
static BOOLEAN ProcessorTryAny(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        unsigned Number = ((unsigned)Thread->Processor + i) % SimProcessorCount;
        if ((Allowed >> Number & 1) != 0 && ProcessorTry(&SimProcessors[Number])) {
            SimSetProcessor(Thread, (int)Number);
            return TRUE;
        }
    }
    return FALSE;
}

static void ProcessorWaitAny(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    atomic_fetch_add(&AnyWaiters, 1);
    for (;;) {
        uint32_t Seen = atomic_load(&ReleaseCount);
        if (ProcessorTryAny(Thread, Allowed)) {
            break;
        }
        FutexWait(&ReleaseCount, Seen);
    }
    atomic_fetch_sub(&AnyWaiters, 1);
}

// A thread with an affinity waits for the first processor of it.
static void ProcessorWaitBound(SIM_THREAD *Thread, KAFFINITY Allowed)
{
    SimSetProcessor(Thread, __builtin_ctzll(Allowed));
    SIM_PROCESSOR *Processor = &SimProcessors[Thread->Processor];
    while (atomic_exchange(&Processor->Owned, PROCESSOR_CONTENDED) != PROCESSOR_FREE) {
        FutexWait(&Processor->Owned, PROCESSOR_CONTENDED);
    }
}

static __attribute__((noinline)) void ProcessorTakeSlow(SIM_THREAD *Thread)
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

static void ProcessorTake(SIM_THREAD *Thread)
{
    if (Thread->Affinity != 0 || (unsigned)Thread->Processor >= SimProcessorCount ||
        !ProcessorTry(&SimProcessors[Thread->Processor])) {
        ProcessorTakeSlow(Thread);
    }
}

static void ProcessorRelease(SIM_PROCESSOR *Processor)
{
    if (atomic_exchange(&Processor->Owned, PROCESSOR_FREE) == PROCESSOR_CONTENDED) {
        FutexWake(&Processor->Owned, 1);
    }
    if (__builtin_expect(atomic_load(&AnyWaiters) != 0, 0)) {
        atomic_fetch_add(&ReleaseCount, 1);
        FutexWake(&ReleaseCount, 1);
    }
}

static void ProcessorLeave(SIM_THREAD *Thread, KIRQL NewIrql)
{
    SIM_PROCESSOR *Processor = &SimProcessors[Thread->Processor];
    for (;;) {
        if (atomic_load_explicit(&Processor->DpcCount, memory_order_acquire) != 0) {
            Thread->Irql = DISPATCH_LEVEL;
            SimDpcDrain(Thread, Processor);
        }
        Thread->Irql = NewIrql;
        ProcessorRelease(Processor);
        // A DPC queued from elsewhere after the first look found the processor owned and woke
        // nobody: its sender adds to DpcCount before it looks at Owned, here it is the other way.
        if (__builtin_expect(atomic_load(&Processor->DpcCount) == 0, 1) ||
            !ProcessorTry(Processor)) {
            return;
        }
    }
}

static __attribute__((noinline, noreturn)) void LowerViolation(SIM_THREAD *Thread, KIRQL NewIrql)
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

KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = Thread->Irql;
    if (__builtin_expect(NewIrql < OldIrql || NewIrql > HIGH_LEVEL, 0)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x30, OldIrql, NewIrql, 0,
                    "KeRaiseIrql(%u) at IRQL %u. It can only raise, to at most HIGH_LEVEL.",
                    NewIrql, OldIrql);
    }
    if (NewIrql >= DISPATCH_LEVEL && OldIrql < DISPATCH_LEVEL) {
        ProcessorTake(Thread);
    }
    Thread->Irql = NewIrql;
    return OldIrql;
}

void NTAPI KeLowerIrql(KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    BOOLEAN Leaves = NewIrql < DISPATCH_LEVEL && Thread->Irql >= DISPATCH_LEVEL;
    if (__builtin_expect(NewIrql > Thread->Irql, 0) ||
        __builtin_expect(Leaves && (Thread->InDpc || Thread->LocksHeld != 0), 0)) {
        LowerViolation(Thread, NewIrql);
    }
    if (Leaves) {
        ProcessorLeave(Thread, NewIrql);
    } else {
        Thread->Irql = NewIrql;
    }
}

KIRQL NTAPI KeGetCurrentIrql(void)
{
    return SimCurrentThread()->Irql;
}

void SimIrqlViolation(const char *Function, KIRQL Irql, const char *Required)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xE5, Irql, 0, 0,
                "%s was called at IRQL %u; it may be called at %s only.", Function, Irql, Required);
}

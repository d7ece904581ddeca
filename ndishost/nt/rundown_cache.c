// SPDX-License-Identifier: MIT

// Cache-aware rundown protection: a count for each processor, on a line of its own. A count may be
// negative, since a reference may be released on another processor than it was acquired on; only
// the sum means something.
//
// To run down, each count is exchanged for the waiter, and moved there; whoever releases later
// finds the waiter and counts in it. So nobody touches the object after its own last change.

#include "sim.h"

#include "futex.h"
#include "processor.h"

#define RUNDOWN_POOL_TAG 0x6E75526Bu // "kRun"

// A count is twice the number of references; or a RUNDOWN_WAIT with bit 0 set; or this.
#define RUNDOWN_DONE ((LONG64)1)

typedef struct RUNDOWN_COUNT {
    _Alignas(64) _Atomic LONG64 Value;
} RUNDOWN_COUNT;

struct _EX_RUNDOWN_REF_CACHE_AWARE {
    RUNDOWN_COUNT *Counts; // of each processor; behind this, on the first line of 64 bytes
};

// On the stack of the thread that waits. Left has a bias until all counts are moved, so that it
// can't be zero before.
typedef struct RUNDOWN_WAIT {
    _Atomic LONG64 Left;
    _Atomic uint32_t Done; // futex
} RUNDOWN_WAIT;

#define RUNDOWN_BIAS ((LONG64)1 << 48)

static _Atomic LONG64 *CountOfProcessor(PEX_RUNDOWN_REF_CACHE_AWARE Reference)
{
    return &Reference->Counts[SimProcessorIndex()].Value;
}

static void SetAll(PEX_RUNDOWN_REF_CACHE_AWARE Reference, LONG64 Value)
{
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        atomic_store_explicit(&Reference->Counts[i].Value, Value, memory_order_release);
    }
}

// ---- references

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                                     ULONG Count)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    _Atomic LONG64 *Value = CountOfProcessor(RunRefCacheAware);
    LONG64 Seen = atomic_load_explicit(Value, memory_order_relaxed);
    do {
        if ((Seen & 1) != 0) {
            return FALSE;
        }
    } while (!atomic_compare_exchange_weak_explicit(Value, &Seen, Seen + 2 * (LONG64)Count,
                                                    memory_order_acquire, memory_order_relaxed));
    return TRUE;
}

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    return ExAcquireRundownProtectionCacheAwareEx(RunRefCacheAware, 1);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI ReleaseViolation(const void *RunRef)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG_PTR)RunRef, 0, 0,
                "rundown protection %p is released more often than it was acquired.", RunRef);
}

// The waiter's block can't go before this change, which it waits for.
static void WaitLeave(RUNDOWN_WAIT *Wait, LONG64 Count)
{
    if (atomic_fetch_sub(&Wait->Left, Count) == Count) {
        atomic_store(&Wait->Done, 1);
        FutexWake(&Wait->Done, 1);
    }
}

static SIM_SLOW void NTAPI ReleaseLate(const void *RunRef, LONG64 Seen, ULONG Count)
{
    if (Seen == RUNDOWN_DONE) {
        ReleaseViolation(RunRef);
    }
    WaitLeave((RUNDOWN_WAIT *)(ULONG_PTR)(Seen & ~(LONG64)1), Count);
}

void NTAPI ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRef, ULONG Count)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    _Atomic LONG64 *Value = CountOfProcessor(RunRef);
    LONG64 Seen = atomic_load_explicit(Value, memory_order_acquire);
    do {
        if (__builtin_expect((Seen & 1) != 0, 0)) {
            ReleaseLate(RunRef, Seen, Count);
            return;
        }
    } while (!atomic_compare_exchange_weak_explicit(Value, &Seen, Seen - 2 * (LONG64)Count,
                                                    memory_order_acq_rel, memory_order_acquire));
}

void NTAPI ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    ExReleaseRundownProtectionCacheAwareEx(RunRefCacheAware, 1);
}

// ---- rundown

void NTAPI ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    RUNDOWN_WAIT Wait = {.Left = RUNDOWN_BIAS};
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        LONG64 Old = atomic_exchange(&RunRef->Counts[i].Value, (LONG64)(ULONG_PTR)&Wait | 1);
        if ((Old & 1) == 0) {
            atomic_fetch_add(&Wait.Left, Old / 2);
        }
    }
    LONG64 Left = atomic_fetch_sub(&Wait.Left, RUNDOWN_BIAS) - RUNDOWN_BIAS;
    if (Left < 0) {
        ReleaseViolation(RunRef);
    }
    while (Left != 0 && atomic_load(&Wait.Done) == 0) {
        FutexWait(&Wait.Done, 0);
    }
    SetAll(RunRef, RUNDOWN_DONE);
}

void NTAPI ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SetAll(RunRefCacheAware, RUNDOWN_DONE);
}

void NTAPI ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (atomic_load(CountOfProcessor(RunRefCacheAware)) != RUNDOWN_DONE) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1005, (ULONG_PTR)RunRefCacheAware, 0, 0,
                    "rundown protection %p is initialised again before its rundown completed.",
                    (void *)RunRefCacheAware);
    }
    SetAll(RunRefCacheAware, 0);
}

// ---- life

SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(void)
{
    return sizeof(struct _EX_RUNDOWN_REF_CACHE_AWARE) +
           (SimProcessorCount + 1) * sizeof(RUNDOWN_COUNT);
}

void NTAPI ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                                   SIZE_T RunRefSize)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (RunRefSize < ExSizeOfRundownProtectionCacheAware()) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1005, (ULONG_PTR)RunRefCacheAware,
                    RunRefSize, 0,
                    "cache-aware rundown protection is initialised in %llu bytes; "
                    "ExSizeOfRundownProtectionCacheAware tells how many it needs.",
                    (unsigned long long)RunRefSize);
    }
    ULONG_PTR Behind = (ULONG_PTR)(RunRefCacheAware + 1);
    RunRefCacheAware->Counts = (RUNDOWN_COUNT *)((Behind + 63) & ~(ULONG_PTR)63);
    SetAll(RunRefCacheAware, 0);
}

PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType,
                                                                        ULONG PoolTag)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIZE_T Bytes = ExSizeOfRundownProtectionCacheAware();
    PEX_RUNDOWN_REF_CACHE_AWARE Reference = ExAllocatePoolWithTag(
        PoolType, Bytes, PoolTag == 0 ? RUNDOWN_POOL_TAG : PoolTag);
    if (Reference != NULL) {
        ExInitializeRundownProtectionCacheAware(Reference, Bytes);
    }
    return Reference;
}

void NTAPI ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ExFreePool(RunRefCacheAware);
}

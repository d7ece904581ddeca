// SPDX-License-Identifier: MIT

// Rundown protection. Count is twice the number of references, and odd once a rundown has begun;
// 1 when it has completed. Its low half is the futex of the one who waits for that.

#include "sim.h"

#include "futex.h"

#define RUNDOWN_ACTIVE ((ULONG_PTR)1)
#define RUNDOWN_ONE ((ULONG_PTR)2)

void NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    __atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

BOOLEAN NTAPI ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    ULONG_PTR Seen = __atomic_load_n(&RunRef->Count, __ATOMIC_RELAXED);
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    do {
        if ((Seen & RUNDOWN_ACTIVE) != 0) {
            return FALSE;
        }
    } while (!__atomic_compare_exchange_n(&RunRef->Count, &Seen, Seen + Count * RUNDOWN_ONE, 1,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return TRUE;
}

BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    return ExAcquireRundownProtectionEx(RunRef, 1);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI ReleaseViolation(const EX_RUNDOWN_REF *RunRef)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG_PTR)RunRef, 0, 0,
                "rundown protection %p is released more often than it was acquired.",
                (const void *)RunRef);
}

void NTAPI ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    // Once the last reference is gone the memory may be, too.
    ULONG_PTR Before = __atomic_fetch_sub(&RunRef->Count, Count * RUNDOWN_ONE, __ATOMIC_ACQ_REL);
    if (__builtin_expect(Before < Count * RUNDOWN_ONE, 0)) {
        ReleaseViolation(RunRef);
    }
    if (Before - Count * RUNDOWN_ONE == RUNDOWN_ACTIVE) {
        FutexWake(RunRef, INT_MAX);
    }
}

void NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ExReleaseRundownProtectionEx(RunRef, 1);
}

void NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ULONG_PTR Seen = __atomic_fetch_or(&RunRef->Count, RUNDOWN_ACTIVE, __ATOMIC_ACQ_REL);
    Seen |= RUNDOWN_ACTIVE;
    while (Seen != RUNDOWN_ACTIVE) {
        FutexWait((_Atomic uint32_t *)(void *)RunRef, (uint32_t)Seen);
        Seen = __atomic_load_n(&RunRef->Count, __ATOMIC_ACQUIRE);
    }
}

void NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    __atomic_store_n(&RunRef->Count, RUNDOWN_ACTIVE, __ATOMIC_RELEASE);
}

void NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ULONG_PTR Before = __atomic_exchange_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
    if (Before != RUNDOWN_ACTIVE) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1005, (ULONG_PTR)RunRef, 0, 0,
                    "rundown protection %p is initialised again before its rundown completed.",
                    (void *)RunRef);
    }
}

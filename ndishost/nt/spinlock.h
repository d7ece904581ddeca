// SPDX-License-Identifier: MIT
#pragma once

// What spinlock.c, queuedlock.c and rwspinlock.c share: the record of what a thread holds, and the
// reports of wrong use.

#include "processor.h"

typedef enum HELD_KIND {
    HeldPlain = 1, // KeAcquireSpinLock...
    HeldQueued,    // KeAcquireInStackQueuedSpinLock...
    HeldShared,    // ExAcquireSpinLockShared...
    HeldExclusive, // ExAcquireSpinLockExclusive...
} HELD_KIND;

// Tags in the low bits of a KSPIN_LOCK; the rest is the owner's SIM_THREAD (plain) or the last
// KSPIN_LOCK_QUEUE (queued).
#define SPIN_LOCK_WAITED ((ULONG_PTR)1)
#define SPIN_LOCK_QUEUED ((ULONG_PTR)2)
#define SPIN_LOCK_TAGS ((ULONG_PTR)3)

#define SPIN_LOCK_SPINS 100

void NTAPI SimHeldPush(SIM_THREAD *Thread, const volatile void *Lock, HELD_KIND Kind);
// Bug check when the thread does not hold it that way.
void NTAPI SimHeldPop(SIM_THREAD *Thread, const volatile void *Lock, HELD_KIND Kind);
BOOLEAN NTAPI SimHeldFind(const SIM_THREAD *Thread, const volatile void *Lock);

SIM_SLOW __attribute__((noreturn)) void NTAPI SimSpinLockRecursion(const volatile void *Lock);
SIM_SLOW __attribute__((noreturn)) void NTAPI SimSpinLockMismatch(const volatile void *Lock);
// Bug check when the thread is not at DISPATCH_LEVEL or above.
void NTAPI SimRequireDispatch(SIM_THREAD *Thread, const volatile void *Lock, ULONG_PTR Rule,
                              const char *Function);
SIM_SLOW __attribute__((noreturn)) void NTAPI
SimSpinLockAcquireViolation(const SIM_THREAD *Thread, const volatile void *Lock);
SIM_SLOW __attribute__((noreturn)) void NTAPI
SimSpinLockReleaseViolation(const SIM_THREAD *Thread, const volatile void *Lock);

// The first half of each acquire that raises.
static inline KIRQL SimSpinLockRaise(SIM_THREAD *Thread, const volatile void *Lock)
{
    KIRQL OldIrql = Thread->Irql;
    if (OldIrql < DISPATCH_LEVEL) {
        return SimRaiseFromBelow(Thread, DISPATCH_LEVEL);
    }
    if (__builtin_expect(OldIrql > DISPATCH_LEVEL, 0)) {
        SimSpinLockAcquireViolation(Thread, Lock);
    }
    return OldIrql;
}

// The last half of each release that lowers.
static inline void SimSpinLockLower(SIM_THREAD *Thread, const volatile void *Lock, KIRQL OldIrql)
{
    if (__builtin_expect(Thread->Irql != DISPATCH_LEVEL, 0)) {
        SimSpinLockReleaseViolation(Thread, Lock);
    }
    if (OldIrql < DISPATCH_LEVEL) {
        SimLowerToBelow(Thread, OldIrql);
    } else if (__builtin_expect(OldIrql > DISPATCH_LEVEL, 0)) {
        SimLowerSlow(OldIrql); // reports it
    }
}

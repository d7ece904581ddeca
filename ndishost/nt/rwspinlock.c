// SPDX-License-Identifier: MIT

// EX_SPIN_LOCK: shared or exclusive. A waiting exclusive caller keeps new shared ones out.

#include "spinlock.h"

#include "futex.h"

#define RW_EXCLUSIVE 0x80000000u
#define RW_EXCLUSIVE_WAITS 0x40000000u
#define RW_SLEEPERS 0x20000000u // somebody sleeps on the word
#define RW_SHARED 0x1FFFFFFFu   // how many hold it

typedef _Atomic uint32_t RW_WORD;

static RW_WORD *WordOf(PEX_SPIN_LOCK SpinLock)
{
    return (RW_WORD *)(void *)(ULONG_PTR)SpinLock;
}

static void RwSleep(RW_WORD *Word, uint32_t Seen, int *Spins)
{
    if ((*Spins)++ < SPIN_LOCK_SPINS) {
        SpinPause();
    } else if ((Seen & RW_SLEEPERS) != 0 ||
               atomic_compare_exchange_strong(Word, &Seen, Seen | RW_SLEEPERS)) {
        FutexWait(Word, Seen | RW_SLEEPERS);
    }
}

static BOOLEAN RwTryShared(RW_WORD *Word, uint32_t *Seen)
{
    *Seen = atomic_load_explicit(Word, memory_order_relaxed);
    while ((*Seen & (RW_EXCLUSIVE | RW_EXCLUSIVE_WAITS)) == 0) {
        if (atomic_compare_exchange_weak_explicit(Word, Seen, *Seen + 1, memory_order_acquire,
                                                  memory_order_relaxed)) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN RwTryExclusive(RW_WORD *Word, uint32_t *Seen)
{
    *Seen = atomic_load_explicit(Word, memory_order_relaxed);
    while ((*Seen & (RW_EXCLUSIVE | RW_SHARED)) == 0) {
        // Others that wait for exclusive access set their mark again.
        if (atomic_compare_exchange_weak_explicit(Word, Seen, (*Seen & RW_SLEEPERS) | RW_EXCLUSIVE,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void RwTakeShared(SIM_THREAD *Thread, PEX_SPIN_LOCK SpinLock)
{
    RW_WORD *Word = WordOf(SpinLock);
    uint32_t Seen;
    int Spins = 0;
    if (SimHeldFind(Thread, SpinLock)) {
        SimSpinLockRecursion(SpinLock);
    }
    while (!RwTryShared(Word, &Seen)) {
        RwSleep(Word, Seen, &Spins);
    }
    SimHeldPush(Thread, SpinLock, HeldShared);
}

static void RwTakeExclusive(SIM_THREAD *Thread, PEX_SPIN_LOCK SpinLock)
{
    RW_WORD *Word = WordOf(SpinLock);
    uint32_t Seen;
    int Spins = 0;
    if (SimHeldFind(Thread, SpinLock)) {
        SimSpinLockRecursion(SpinLock);
    }
    while (!RwTryExclusive(Word, &Seen)) {
        if ((Seen & RW_EXCLUSIVE_WAITS) == 0) {
            atomic_compare_exchange_strong(Word, &Seen, Seen | RW_EXCLUSIVE_WAITS);
            continue;
        }
        RwSleep(Word, Seen, &Spins);
    }
    SimHeldPush(Thread, SpinLock, HeldExclusive);
}

static void RwGiveShared(SIM_THREAD *Thread, PEX_SPIN_LOCK SpinLock)
{
    RW_WORD *Word = WordOf(SpinLock);
    SimHeldPop(Thread, SpinLock, HeldShared);
    uint32_t Old = atomic_fetch_sub_explicit(Word, 1, memory_order_release);
    if ((Old & RW_SHARED) == 1 && (Old & RW_SLEEPERS) != 0) {
        atomic_fetch_and(Word, ~RW_SLEEPERS);
        FutexWake(Word, INT_MAX);
    }
}

static void RwGiveExclusive(SIM_THREAD *Thread, PEX_SPIN_LOCK SpinLock)
{
    RW_WORD *Word = WordOf(SpinLock);
    SimHeldPop(Thread, SpinLock, HeldExclusive);
    uint32_t Old = atomic_fetch_and_explicit(Word, ~(RW_EXCLUSIVE | RW_SLEEPERS),
                                             memory_order_release);
    if ((Old & RW_SLEEPERS) != 0) {
        FutexWake(Word, INT_MAX);
    }
}

KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = SimSpinLockRaise(Thread, SpinLock);
    RwTakeShared(Thread, SpinLock);
    return OldIrql;
}

void NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    RwGiveShared(Thread, SpinLock);
    SimSpinLockLower(Thread, SpinLock, OldIrql);
}

KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = SimSpinLockRaise(Thread, SpinLock);
    RwTakeExclusive(Thread, SpinLock);
    return OldIrql;
}

void NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    RwGiveExclusive(Thread, SpinLock);
    SimSpinLockLower(Thread, SpinLock, OldIrql);
}

void NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    RwTakeShared(Thread, SpinLock);
}

void NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x41, __func__);
    RwGiveShared(Thread, SpinLock);
}

void NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    RwTakeExclusive(Thread, SpinLock);
}

void NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x41, __func__);
    RwGiveExclusive(Thread, SpinLock);
}

LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    RW_WORD *Word = WordOf(SpinLock);
    uint32_t Seen = atomic_load_explicit(Word, memory_order_relaxed);
    while ((Seen & RW_SHARED) == 1) {
        if (atomic_compare_exchange_weak_explicit(Word, &Seen, (Seen - 1) | RW_EXCLUSIVE,
                                                  memory_order_acquire, memory_order_relaxed)) {
            SimHeldPop(Thread, SpinLock, HeldShared);
            SimHeldPush(Thread, SpinLock, HeldExclusive);
            return TRUE;
        }
    }
    return FALSE;
}

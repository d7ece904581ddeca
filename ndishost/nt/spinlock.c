// SPDX-License-Identifier: MIT

// Ordinary spin locks. The word of a held lock is its owner's SIM_THREAD, so recursion and a
// release by another thread are seen. Waiters spin a little and then sleep in a futex: the holder
// may have been preempted by Linux, which can't happen on Windows.

#include "spinlock.h"

#include "futex.h"
#include "hooks.h"
#include "thread.h"

typedef _Atomic ULONG_PTR SPIN_WORD;

void NTAPI SimHeldPush(SIM_THREAD *Thread, const volatile void *Lock, HELD_KIND Kind)
{
    if (Thread->HeldKnown < SIM_HELD_LOCKS_MAX) {
        Thread->Held[Thread->HeldKnown++] = (SIM_HELD_LOCK){Lock, Kind};
    }
    Thread->LocksHeld++;
    SIM_HOOK(LockTaken, (Lock));
}

static int HeldIndex(const SIM_THREAD *Thread, const volatile void *Lock)
{
    for (int i = (int)Thread->HeldKnown - 1; i >= 0; i--) {
        if (Thread->Held[i].Lock == Lock) {
            return i;
        }
    }
    return -1;
}

BOOLEAN NTAPI SimHeldFind(const SIM_THREAD *Thread, const volatile void *Lock)
{
    return HeldIndex(Thread, Lock) >= 0;
}

static SIM_SLOW void NTAPI HeldPopSlow(SIM_THREAD *Thread, const volatile void *Lock,
                                       HELD_KIND Kind)
{
    int Index = HeldIndex(Thread, Lock);
    if (Index < 0 && Thread->LocksHeld == Thread->HeldKnown) {
        SimBugCheck(SPIN_LOCK_NOT_OWNED, (ULONG_PTR)Lock, (ULONG_PTR)Thread, 0, 0,
                    "spin lock %p is released, but this thread does not hold it. Each release "
                    "needs an acquire by the same thread.",
                    (const void *)Lock);
    }
    Thread->LocksHeld--;
    if (Index < 0) {
        return; // one that there was no room for
    }
    if (Thread->Held[Index].Kind != (unsigned)Kind) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1009, (ULONG_PTR)Lock, 0, 0,
                    "lock %p is released by a function that does not fit the one that acquired "
                    "it.",
                    (const void *)Lock);
    }
    Thread->HeldKnown--;
    for (unsigned i = (unsigned)Index; i < Thread->HeldKnown; i++) {
        Thread->Held[i] = Thread->Held[i + 1];
    }
}

void NTAPI SimHeldPop(SIM_THREAD *Thread, const volatile void *Lock, HELD_KIND Kind)
{
    unsigned Last = Thread->HeldKnown - 1;
    if (__builtin_expect(Last < SIM_HELD_LOCKS_MAX && Thread->Held[Last].Lock == Lock &&
                             Thread->Held[Last].Kind == (unsigned)Kind,
                         1)) {
        Thread->HeldKnown = Last;
        Thread->LocksHeld--;
    } else {
        HeldPopSlow(Thread, Lock, Kind);
    }
}

void NTAPI SimSpinLockRecursion(const volatile void *Lock)
{
    SIM_HOOK(LockRecursing, (Lock));
    SimBugCheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)Lock, 0, 0, 0,
                "this thread acquires spin lock %p, which it holds already. On Windows it would "
                "spin forever.",
                (const void *)Lock);
}

void NTAPI SimSpinLockMismatch(const volatile void *Lock)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1008, (ULONG_PTR)Lock, 0, 0,
                "spin lock %p is used both as an ordinary and as an in-stack queued lock. Use one "
                "kind for each lock.",
                (const void *)Lock);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI DispatchViolation(const SIM_THREAD *Thread,
                                                                       const volatile void *Lock,
                                                                       ULONG_PTR Rule,
                                                                       const char *Function)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Thread->Irql, (ULONG_PTR)Lock, 0,
                "%s at IRQL %u. It must be at DISPATCH_LEVEL or above already; use the "
                "function that changes the IRQL.",
                Function, Thread->Irql);
}

void NTAPI SimRequireDispatch(SIM_THREAD *Thread, const volatile void *Lock, ULONG_PTR Rule,
                              const char *Function)
{
    if (__builtin_expect(Thread->Irql < DISPATCH_LEVEL, 0)) {
        DispatchViolation(Thread, Lock, Rule, Function);
    }
}

void NTAPI SimSpinLockAcquireViolation(const SIM_THREAD *Thread, const volatile void *Lock)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x42, Thread->Irql, (ULONG_PTR)Lock, 0,
                "a spin lock is acquired at IRQL %u. Above DISPATCH_LEVEL an ordinary spin "
                "lock protects nothing.",
                Thread->Irql);
}

void NTAPI SimSpinLockReleaseViolation(const SIM_THREAD *Thread, const volatile void *Lock)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x32, Thread->Irql, (ULONG_PTR)Lock, 0,
                "a spin lock is released at IRQL %u; its owner is at DISPATCH_LEVEL.",
                Thread->Irql);
}

// Sleeping for an owner that does not exist is what an uninitialised lock looks like.
static void CheckOwner(SPIN_WORD *Word, ULONG_PTR Seen)
{
    SIM_THREAD *Owner = (SIM_THREAD *)(Seen & ~SPIN_LOCK_TAGS);
    if (!SimThreadIsAttached(Owner) &&
        (atomic_load(Word) & ~SPIN_LOCK_WAITED) == (Seen & ~SPIN_LOCK_WAITED)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1002, (ULONG_PTR)Word, 0, 0,
                    "spin lock %p holds %#llx, which is no owner. Initialise it with "
                    "KeInitializeSpinLock.",
                    (void *)Word, (unsigned long long)Seen);
    }
}

static SIM_SLOW void NTAPI SpinLockWait(SIM_THREAD *Thread, SPIN_WORD *Word)
{
    ULONG_PTR Seen = atomic_load_explicit(Word, memory_order_relaxed);
    if ((Seen & SPIN_LOCK_QUEUED) != 0) {
        SimSpinLockMismatch(Word);
    }
    if ((Seen & ~SPIN_LOCK_TAGS) == (ULONG_PTR)Thread) {
        SimSpinLockRecursion(Word);
    }
    for (int Spin = 0; Spin < SPIN_LOCK_SPINS; Spin++) {
        Seen = atomic_load_explicit(Word, memory_order_relaxed);
        if (Seen == 0 &&
            atomic_compare_exchange_weak_explicit(Word, &Seen, (ULONG_PTR)Thread,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return;
        }
        SpinPause();
    }
    if (Seen != 0) {
        CheckOwner(Word, Seen);
    }
    for (;;) {
        Seen = 0;
        // Whoever slept marks the lock as waited for: others may sleep still.
        if (atomic_compare_exchange_strong_explicit(Word, &Seen,
                                                    (ULONG_PTR)Thread | SPIN_LOCK_WAITED,
                                                    memory_order_acquire, memory_order_relaxed)) {
            return;
        }
        if ((Seen & SPIN_LOCK_WAITED) == 0 &&
            !atomic_compare_exchange_strong(Word, &Seen, Seen | SPIN_LOCK_WAITED)) {
            continue;
        }
        // The futex is the low half of the word, which has the mark.
        FutexWait((_Atomic uint32_t *)(void *)Word, (uint32_t)(Seen | SPIN_LOCK_WAITED));
    }
}

static BOOLEAN SpinLockTry(SIM_THREAD *Thread, PKSPIN_LOCK SpinLock)
{
    ULONG_PTR Free = 0;
    return atomic_compare_exchange_strong_explicit((SPIN_WORD *)SpinLock, &Free, (ULONG_PTR)Thread,
                                                   memory_order_acquire, memory_order_relaxed);
}

static void SpinLockTake(SIM_THREAD *Thread, PKSPIN_LOCK SpinLock)
{
    if (!SpinLockTry(Thread, SpinLock)) {
        SpinLockWait(Thread, (SPIN_WORD *)SpinLock);
    }
    SimHeldPush(Thread, SpinLock, HeldPlain);
}

static void SpinLockGive(SIM_THREAD *Thread, PKSPIN_LOCK SpinLock)
{
    SPIN_WORD *Word = (SPIN_WORD *)SpinLock;
    SimHeldPop(Thread, SpinLock, HeldPlain);
    if ((atomic_exchange_explicit(Word, 0, memory_order_release) & SPIN_LOCK_WAITED) != 0) {
        FutexWake(Word, 1);
    }
}

void NTAPI KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    SIM_HOOK(LockInitialized, (SpinLock));
    __atomic_store_n(SpinLock, 0, __ATOMIC_RELEASE);
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = SimSpinLockRaise(Thread, SpinLock);
    SpinLockTake(Thread, SpinLock);
    return OldIrql;
}

void NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SpinLockGive(Thread, SpinLock);
    SimSpinLockLower(Thread, SpinLock, NewIrql);
}

void NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    SpinLockTake(Thread, SpinLock);
}

void NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x41, __func__);
    SpinLockGive(Thread, SpinLock);
}

KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

void NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    KeReleaseSpinLock(SpinLock, OldIrql);
}

BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    if (!SpinLockTry(Thread, SpinLock)) {
        return FALSE;
    }
    SimHeldPush(Thread, SpinLock, HeldPlain);
    return TRUE;
}

BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    return __atomic_load_n(SpinLock, __ATOMIC_RELAXED) == 0;
}

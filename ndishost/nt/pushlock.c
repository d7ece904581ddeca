// SPDX-License-Identifier: MIT

// Push locks: shared or exclusive, for threads below DISPATCH_LEVEL. The low half of the word is
// the state, a futex; the high half is the Linux id of the exclusive owner, for the checks.

#include "sim.h"

#include "futex.h"

#define PUSH_EXCLUSIVE 0x80000000u
#define PUSH_EXCLUSIVE_WAITS 0x40000000u // keeps new shared callers out
#define PUSH_SLEEPERS 0x20000000u
#define PUSH_SHARED 0x1FFFFFFFu // how many hold it

typedef struct PUSH_WORDS {
    _Atomic uint32_t State;
    _Atomic int32_t Owner; // 0 while not held exclusively
} PUSH_WORDS;
_Static_assert(sizeof(PUSH_WORDS) == sizeof(EX_PUSH_LOCK), "both halves of the lock");

static PUSH_WORDS *WordsOf(PEX_PUSH_LOCK PushLock)
{
    return (PUSH_WORDS *)(void *)PushLock;
}

static void RequireApcsOff(PEX_PUSH_LOCK PushLock, ULONG_PTR Rule, const char *Function)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->Irql > APC_LEVEL) {
        SimIrqlViolation(Function, Thread->Irql, "<= APC_LEVEL");
    }
    if (!KeAreApcsDisabled()) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Thread->Irql, 0, (ULONG_PTR)PushLock,
                    "%s outside of a critical region.", Function);
    }
}

static BOOLEAN TryShared(PUSH_WORDS *Words, uint32_t *Seen)
{
    *Seen = atomic_load_explicit(&Words->State, memory_order_relaxed);
    while ((*Seen & (PUSH_EXCLUSIVE | PUSH_EXCLUSIVE_WAITS)) == 0) {
        if (atomic_compare_exchange_weak_explicit(&Words->State, Seen, *Seen + 1,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN TryExclusive(PUSH_WORDS *Words, uint32_t *Seen)
{
    *Seen = atomic_load_explicit(&Words->State, memory_order_relaxed);
    while ((*Seen & (PUSH_EXCLUSIVE | PUSH_SHARED)) == 0) {
        if (atomic_compare_exchange_weak_explicit(&Words->State, Seen,
                                                  (*Seen & PUSH_SLEEPERS) | PUSH_EXCLUSIVE,
                                                  memory_order_acquire, memory_order_relaxed)) {
            atomic_store_explicit(&Words->Owner, SimCurrentThread()->Id, memory_order_relaxed);
            return TRUE;
        }
    }
    return FALSE;
}

// Sleeps until a release, with the marks set that make one wake this thread.
static void PushSleep(PUSH_WORDS *Words, uint32_t Seen, uint32_t Marks)
{
    if (atomic_load_explicit(&Words->Owner, memory_order_relaxed) == SimCurrentThread()->Id) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1000, (ULONG_PTR)Words, 0, 0,
                    "this thread acquires push lock %p, which it holds already.", (void *)Words);
    }
    if ((Seen & Marks) == Marks ||
        atomic_compare_exchange_strong(&Words->State, &Seen, Seen | Marks)) {
        FutexWait(&Words->State, Seen | Marks);
    }
}

static __attribute__((noreturn)) void NotHeld(PEX_PUSH_LOCK PushLock)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG_PTR)PushLock, 0, 0,
                "push lock %p is released, but not held that way by this thread.",
                (void *)PushLock);
}

void NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
    *PushLock = (EX_PUSH_LOCK){0};
}

void NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    PUSH_WORDS *Words = WordsOf(PushLock);
    uint32_t Seen;
    (void)Flags;
    RequireApcsOff(PushLock, 0xEA, __func__);
    while (!TryShared(Words, &Seen)) {
        PushSleep(Words, Seen, PUSH_SLEEPERS);
    }
}

void NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    PUSH_WORDS *Words = WordsOf(PushLock);
    uint32_t Seen;
    (void)Flags;
    RequireApcsOff(PushLock, 0xEA, __func__);
    while (!TryExclusive(Words, &Seen)) {
        PushSleep(Words, Seen, PUSH_SLEEPERS | PUSH_EXCLUSIVE_WAITS);
    }
}

void NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    PUSH_WORDS *Words = WordsOf(PushLock);
    (void)Flags;
    RequireApcsOff(PushLock, 0xEB, __func__);
    if ((atomic_load_explicit(&Words->State, memory_order_relaxed) & PUSH_SHARED) == 0) {
        NotHeld(PushLock);
    }
    uint32_t Old = atomic_fetch_sub_explicit(&Words->State, 1, memory_order_release);
    if ((Old & PUSH_SHARED) == 1 && (Old & PUSH_SLEEPERS) != 0) {
        atomic_fetch_and(&Words->State, ~PUSH_SLEEPERS);
        FutexWake(&Words->State, INT_MAX);
    }
}

void NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    PUSH_WORDS *Words = WordsOf(PushLock);
    (void)Flags;
    RequireApcsOff(PushLock, 0xEB, __func__);
    if (atomic_load_explicit(&Words->Owner, memory_order_relaxed) != SimCurrentThread()->Id) {
        NotHeld(PushLock);
    }
    atomic_store_explicit(&Words->Owner, 0, memory_order_relaxed);
    uint32_t Old = atomic_fetch_and_explicit(&Words->State, ~(PUSH_EXCLUSIVE | PUSH_SLEEPERS),
                                             memory_order_release);
    if ((Old & PUSH_SLEEPERS) != 0) {
        FutexWake(&Words->State, INT_MAX);
    }
}

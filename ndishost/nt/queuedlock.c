// SPDX-License-Identifier: MIT

// In-stack queued spin locks: first come, first served. The lock points to the last handle of the
// queue; each waiter waits on its own handle, which the one before it hands on.

#include "spinlock.h"

#include <sched.h>

#include "futex.h"

// Low bits of KSPIN_LOCK_QUEUE.Lock
#define HANDLE_WAIT ((ULONG_PTR)1)
#define HANDLE_OWNER ((ULONG_PTR)2)
#define HANDLE_SLEEP ((ULONG_PTR)4)
#define HANDLE_TAGS ((ULONG_PTR)7)

static ULONG_PTR *HandleWord(KSPIN_LOCK_QUEUE *Queue)
{
    return (ULONG_PTR *)(void *)&Queue->Lock;
}

static void HandleWait(KSPIN_LOCK_QUEUE *Queue)
{
    ULONG_PTR *Word = HandleWord(Queue);
    ULONG_PTR Seen = __atomic_load_n(Word, __ATOMIC_ACQUIRE);
    for (int Spin = 0; (Seen & HANDLE_WAIT) != 0 && Spin < SPIN_LOCK_SPINS; Spin++) {
        SpinPause();
        Seen = __atomic_load_n(Word, __ATOMIC_ACQUIRE);
    }
    while ((Seen & HANDLE_WAIT) != 0) {
        if (__atomic_compare_exchange_n(Word, &Seen, Seen | HANDLE_SLEEP, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
            FutexWait((_Atomic uint32_t *)(void *)Word, (uint32_t)(Seen | HANDLE_SLEEP));
            Seen = __atomic_load_n(Word, __ATOMIC_ACQUIRE);
        }
    }
}

static void QueuedTake(SIM_THREAD *Thread, PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KSPIN_LOCK_QUEUE *Queue = &LockHandle->LockQueue;
    if (SimHeldFind(Thread, SpinLock)) {
        SimSpinLockRecursion(SpinLock);
    }
    __atomic_store_n(&Queue->Next, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(HandleWord(Queue), (ULONG_PTR)SpinLock | HANDLE_WAIT, __ATOMIC_RELAXED);
    ULONG_PTR Last = __atomic_exchange_n(SpinLock, (ULONG_PTR)Queue | SPIN_LOCK_QUEUED,
                                         __ATOMIC_ACQ_REL);
    if (Last == 0) {
        __atomic_store_n(HandleWord(Queue), (ULONG_PTR)SpinLock | HANDLE_OWNER, __ATOMIC_RELAXED);
    } else if ((Last & SPIN_LOCK_QUEUED) == 0) {
        SimSpinLockMismatch(SpinLock);
    } else {
        KSPIN_LOCK_QUEUE *Before = (KSPIN_LOCK_QUEUE *)(Last & ~SPIN_LOCK_TAGS);
        __atomic_store_n(&Before->Next, Queue, __ATOMIC_RELEASE);
        HandleWait(Queue);
    }
    SimHeldPush(Thread, SpinLock, HeldQueued);
}

static void QueuedGive(SIM_THREAD *Thread, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KSPIN_LOCK_QUEUE *Queue = &LockHandle->LockQueue;
    ULONG_PTR Word = __atomic_load_n(HandleWord(Queue), __ATOMIC_RELAXED);
    PKSPIN_LOCK SpinLock = (PKSPIN_LOCK)(Word & ~HANDLE_TAGS);
    SimHeldPop(Thread, SpinLock, HeldQueued);

    KSPIN_LOCK_QUEUE *Next = __atomic_load_n(&Queue->Next, __ATOMIC_ACQUIRE);
    if (Next == NULL) {
        ULONG_PTR Last = (ULONG_PTR)Queue | SPIN_LOCK_QUEUED;
        if (__atomic_compare_exchange_n(SpinLock, &Last, 0, 0, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
            return;
        }
        // A waiter is between joining the queue and telling us its handle; Linux may have
        // preempted it there.
        while ((Next = __atomic_load_n(&Queue->Next, __ATOMIC_ACQUIRE)) == NULL) {
            sched_yield();
        }
    }
    ULONG_PTR Old = __atomic_exchange_n(HandleWord(Next), (ULONG_PTR)SpinLock | HANDLE_OWNER,
                                        __ATOMIC_RELEASE);
    if ((Old & HANDLE_SLEEP) != 0) {
        FutexWake(HandleWord(Next), 1);
    }
}

void NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    SIM_THREAD *Thread = SimCurrentThread();
    LockHandle->OldIrql = SimSpinLockRaise(Thread, SpinLock);
    QueuedTake(Thread, SpinLock, LockHandle);
}

void NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    SIM_THREAD *Thread = SimCurrentThread();
    KIRQL OldIrql = LockHandle->OldIrql;
    QueuedGive(Thread, LockHandle);
    SimSpinLockLower(Thread, LockHandle, OldIrql);
}

void NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
                                                    PKLOCK_QUEUE_HANDLE LockHandle)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, SpinLock, 0x40, __func__);
    QueuedTake(Thread, SpinLock, LockHandle);
}

void NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimRequireDispatch(Thread, LockHandle, 0x41, __func__);
    QueuedGive(Thread, LockHandle);
}

void NTAPI KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock,
                                                PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

void NTAPI KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseInStackQueuedSpinLock(LockHandle);
}

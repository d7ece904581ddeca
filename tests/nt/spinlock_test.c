// SPDX-License-Identifier: MIT

// Spin locks of all kinds, under contention and misused.

#include "nt_test.h"

#include <string.h>

#include "sim.h"

#define ROUNDS 20000
#define THREADS 6

typedef struct COUNTED {
    KSPIN_LOCK Lock;
    EX_SPIN_LOCK RwLock;
    unsigned Count; // not atomic on purpose
    unsigned Copy;
    _Atomic unsigned Torn;
} COUNTED;

static void CountPlain(unsigned Number, void *Context)
{
    COUNTED *Counted = Context;
    (void)Number;
    for (int i = 0; i < ROUNDS; i++) {
        KIRQL OldIrql;
        KeAcquireSpinLock(&Counted->Lock, &OldIrql);
        Counted->Count++;
        KeReleaseSpinLock(&Counted->Lock, OldIrql);
    }
}

static void SpinLock_Contended_Excludes(void **State)
{
    (void)State;
    COUNTED Counted = {0};
    KeInitializeSpinLock(&Counted.Lock);
    NtTestThreads(THREADS, CountPlain, &Counted);
    assert_int_equal(Counted.Count, THREADS * ROUNDS);
    assert_true(KeTestSpinLock(&Counted.Lock));
}

static void CountQueued(unsigned Number, void *Context)
{
    COUNTED *Counted = Context;
    (void)Number;
    for (int i = 0; i < ROUNDS; i++) {
        KLOCK_QUEUE_HANDLE Handle;
        KeAcquireInStackQueuedSpinLock(&Counted->Lock, &Handle);
        Counted->Count++;
        KeReleaseInStackQueuedSpinLock(&Handle);
    }
}

static void QueuedSpinLock_Contended_Excludes(void **State)
{
    (void)State;
    COUNTED Counted = {0};
    KeInitializeSpinLock(&Counted.Lock);
    NtTestThreads(THREADS, CountQueued, &Counted);
    assert_int_equal(Counted.Count, THREADS * ROUNDS);
    assert_true(KeTestSpinLock(&Counted.Lock));
}

static void ReadAndWrite(unsigned Number, void *Context)
{
    COUNTED *Counted = Context;
    for (int i = 0; i < ROUNDS; i++) {
        if (Number < 2) {
            KIRQL OldIrql = ExAcquireSpinLockExclusive(&Counted->RwLock);
            Counted->Count++;
            Counted->Copy++;
            ExReleaseSpinLockExclusive(&Counted->RwLock, OldIrql);
        } else {
            KIRQL OldIrql = ExAcquireSpinLockShared(&Counted->RwLock);
            if (Counted->Count != Counted->Copy) {
                atomic_fetch_add(&Counted->Torn, 1);
            }
            ExReleaseSpinLockShared(&Counted->RwLock, OldIrql);
        }
    }
}

static void RwSpinLock_Contended_ExclusiveExcludesShared(void **State)
{
    (void)State;
    COUNTED Counted = {0};
    NtTestThreads(THREADS, ReadAndWrite, &Counted);
    assert_int_equal(Counted.Count, 2 * ROUNDS);
    assert_int_equal(Counted.Torn, 0);
    assert_int_equal(Counted.RwLock, 0);
}

typedef struct TOGETHER {
    EX_SPIN_LOCK Lock;
    _Atomic unsigned Inside;
} TOGETHER;

// Ends only if both threads can be inside at once.
static void MeetInside(unsigned Number, void *Context)
{
    TOGETHER *Together = Context;
    (void)Number;
    KIRQL OldIrql = ExAcquireSpinLockShared(&Together->Lock);
    atomic_fetch_add(&Together->Inside, 1);
    while (atomic_load(&Together->Inside) != 2) {
        KeStallExecutionProcessor(1);
    }
    ExReleaseSpinLockShared(&Together->Lock, OldIrql);
}

static void RwSpinLock_Shared_AdmitsTwo(void **State)
{
    (void)State;
    TOGETHER Together = {0};
    NtTestThreads(2, MeetInside, &Together);
    assert_int_equal(Together.Lock, 0);
}

static void RwSpinLock_OnlyHolder_ConvertsToExclusive(void **State)
{
    (void)State;
    EX_SPIN_LOCK Lock = 0;
    KIRQL OldIrql = ExAcquireSpinLockShared(&Lock);
    assert_true(ExTryConvertSharedSpinLockExclusive(&Lock));
    ExReleaseSpinLockExclusive(&Lock, OldIrql);
    assert_int_equal(Lock, 0);
}

static void SpinLock_HeldOutOfOrder_ReleasesEach(void **State)
{
    (void)State;
    KSPIN_LOCK Locks[40]; // more than a thread's record has room for
    for (int i = 0; i < 40; i++) {
        KeInitializeSpinLock(&Locks[i]);
    }
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    for (int i = 0; i < 40; i++) {
        KeAcquireSpinLockAtDpcLevel(&Locks[i]);
    }
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&Locks[7]));
    for (int i = 0; i < 40; i++) {
        KeReleaseSpinLockFromDpcLevel(&Locks[i]);
    }
    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&Locks[7]));
    KeReleaseSpinLockFromDpcLevel(&Locks[7]);
    KeLowerIrql(OldIrql);
}

static KSPIN_LOCK Lock;
static EX_SPIN_LOCK RwLock;
static KIRQL Irql;

static void AcquireTwice(void)
{
    KeAcquireSpinLock(&Lock, &Irql);
    KeAcquireSpinLock(&Lock, &Irql);
}

static void AcquireQueuedTwice(void)
{
    KLOCK_QUEUE_HANDLE Handles[2];
    KeAcquireInStackQueuedSpinLock(&Lock, &Handles[0]);
    KeAcquireInStackQueuedSpinLock(&Lock, &Handles[1]);
}

static void AcquireSharedThenExclusive(void)
{
    Irql = ExAcquireSpinLockShared(&RwLock);
    ExAcquireSpinLockExclusiveAtDpcLevel(&RwLock);
}

static void ReleaseNotHeld(void)
{
    KfRaiseIrql(DISPATCH_LEVEL);
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

static void ReleaseHere(unsigned Number, void *Context)
{
    (void)Number, (void)Context;
    KfRaiseIrql(DISPATCH_LEVEL);
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

static void ReleaseByOther(void)
{
    KeAcquireSpinLock(&Lock, &Irql);
    NtTestThreads(1, ReleaseHere, NULL);
}

static void AcquireAtDpcLevelAtPassive(void)
{
    KeAcquireSpinLockAtDpcLevel(&Lock);
}

static void AcquireAboveDispatch(void)
{
    KfRaiseIrql(HIGH_LEVEL);
    KeAcquireSpinLock(&Lock, &Irql);
}

static void ReleaseAboveDispatch(void)
{
    KeAcquireSpinLock(&Lock, &Irql);
    KfRaiseIrql(HIGH_LEVEL);
    KeReleaseSpinLock(&Lock, Irql);
}

static void AcquireUninitialised(void)
{
    memset(&Lock, 0x5A, sizeof(Lock));
    Lock &= ~(KSPIN_LOCK)3;
    KeAcquireSpinLock(&Lock, &Irql);
}

static void AcquireQueuedAsPlain(void)
{
    KLOCK_QUEUE_HANDLE Handle;
    KeAcquireInStackQueuedSpinLock(&Lock, &Handle);
    KeAcquireSpinLockAtDpcLevel(&Lock);
}

static void ReleaseSharedAsExclusive(void)
{
    Irql = ExAcquireSpinLockShared(&RwLock);
    ExReleaseSpinLockExclusive(&RwLock, Irql);
}

static void SpinLock_Misused_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(AcquireTwice, 0xF, "SPIN_LOCK_ALREADY_OWNED", "AcquireTwice", NULL);
    NtTestExpectBugCheck(AcquireQueuedTwice, 0xF, "SPIN_LOCK_ALREADY_OWNED", NULL);
    NtTestExpectBugCheck(AcquireSharedThenExclusive, 0xF, "holds shared spin lock", NULL);
    NtTestExpectBugCheck(ReleaseNotHeld, 0x10, "SPIN_LOCK_NOT_OWNED", "ReleaseNotHeld", NULL);
    NtTestExpectBugCheck(ReleaseByOther, 0x10, "SPIN_LOCK_NOT_OWNED", "ReleaseHere", NULL);
    NtTestExpectBugCheck(AcquireAtDpcLevelAtPassive, 0xC4, "(0x40, 0x0, ", NULL);
    NtTestExpectBugCheck(AcquireAboveDispatch, 0xC4, "(0x42, 0xF, ", NULL);
    NtTestExpectBugCheck(ReleaseAboveDispatch, 0xC4, "(0x32, 0xF, ", NULL);
    NtTestExpectBugCheck(AcquireUninitialised, 0xC4, "(0x1002, ", "KeInitializeSpinLock", NULL);
    NtTestExpectBugCheck(AcquireQueuedAsPlain, 0xC4, "(0x1008, ", NULL);
    NtTestExpectBugCheck(ReleaseSharedAsExclusive, 0xC4, "(0x1009, ", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(SpinLock_Contended_Excludes),
        NT_TEST(QueuedSpinLock_Contended_Excludes),
        NT_TEST(RwSpinLock_Contended_ExclusiveExcludesShared),
        NT_TEST(RwSpinLock_Shared_AdmitsTwo),
        NT_TEST(RwSpinLock_OnlyHolder_ConvertsToExclusive),
        NT_TEST(SpinLock_HeldOutOfOrder_ReleasesEach),
        NT_TEST(SpinLock_Misused_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

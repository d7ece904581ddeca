// SPDX-License-Identifier: MIT

// Events, semaphores, mutexes, timers, threads: waiting for one, all or any of them.

#include "nt_test.h"

#include <sched.h>

#include "sim.h"
#include "wait.h"

static LARGE_INTEGER Ms(LONGLONG Milliseconds)
{
    return (LARGE_INTEGER){.QuadPart = -Milliseconds * 10000};
}

static NTSTATUS WaitNow(PVOID Object)
{
    LARGE_INTEGER Zero = {.QuadPart = 0};
    return KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, &Zero);
}

static NTSTATUS Wait(PVOID Object)
{
    return KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL);
}

static void Event_Synchronization_ReleasesOneWait(void **State)
{
    (void)State;
    KEVENT Event;
    KeInitializeEvent(&Event, SynchronizationEvent, FALSE);
    assert_int_equal(WaitNow(&Event), STATUS_TIMEOUT);
    assert_int_equal(KeSetEvent(&Event, 0, FALSE), 0);
    assert_int_equal(KeSetEvent(&Event, 0, FALSE), 1);
    assert_int_equal(WaitNow(&Event), STATUS_SUCCESS);
    assert_int_equal(WaitNow(&Event), STATUS_TIMEOUT);
}

static void Event_Notification_StaysUntilReset(void **State)
{
    (void)State;
    KEVENT Event;
    KeInitializeEvent(&Event, NotificationEvent, TRUE);
    assert_int_equal(WaitNow(&Event), STATUS_SUCCESS);
    assert_int_equal(WaitNow(&Event), STATUS_SUCCESS);
    assert_int_equal(KeResetEvent(&Event), 1);
    assert_int_equal(KeReadStateEvent(&Event), 0);
    assert_int_equal(WaitNow(&Event), STATUS_TIMEOUT);
}

static void Wait_RelativeAndAbsoluteTimeout_EndInTime(void **State)
{
    (void)State;
    KEVENT Event;
    LARGE_INTEGER Timeout = Ms(20);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    ULONGLONG Start = KeQueryInterruptTime();
    assert_int_equal(KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Timeout),
                     STATUS_TIMEOUT);
    assert_true(KeQueryInterruptTime() - Start >= 200000);
    KeQuerySystemTime(&Timeout);
    Timeout.QuadPart += 200000;
    Start = KeQueryInterruptTime();
    assert_int_equal(KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Timeout),
                     STATUS_TIMEOUT);
    ULONGLONG Passed = KeQueryInterruptTime() - Start;
    assert_true(Passed >= 190000);    // the two clocks may be slewed apart
    assert_true(Passed < 6000000000); // ten minutes: not a time since 1601
}

typedef struct PING {
    KEVENT Ping;
    KEVENT Pong;
    unsigned Turns;
} PING;

static void PingPong(unsigned Number, void *Context)
{
    PING *Ping = Context;
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(Wait(Number == 0 ? &Ping->Ping : &Ping->Pong), STATUS_SUCCESS);
        Ping->Turns++;
        KeSetEvent(Number == 0 ? &Ping->Pong : &Ping->Ping, 0, FALSE);
    }
}

static void Event_TwoThreadsInTurn_NoneIsLost(void **State)
{
    (void)State;
    PING Ping = {0};
    KeInitializeEvent(&Ping.Ping, SynchronizationEvent, TRUE);
    KeInitializeEvent(&Ping.Pong, SynchronizationEvent, FALSE);
    NtTestThreads(2, PingPong, &Ping);
    assert_int_equal(Ping.Turns, 4000);
}

// The event is on the waiter's stack and gone as soon as the wait returns.
static void SetShortLived(unsigned Number, void *Context)
{
    PKEVENT _Atomic *Shared = Context;
    for (int i = 0; i < 5000; i++) {
        if (Number == 0) {
            KEVENT Event;
            KeInitializeEvent(&Event, NotificationEvent, FALSE);
            atomic_store(Shared, &Event);
            assert_int_equal(Wait(&Event), STATUS_SUCCESS);
        } else {
            PKEVENT Event;
            while ((Event = atomic_exchange(Shared, NULL)) == NULL) {
                sched_yield();
            }
            KeSetEvent(Event, 0, FALSE);
        }
    }
}

static void Event_OnWaitersStack_IsNotTouchedAfterTheWait(void **State)
{
    (void)State;
    PKEVENT _Atomic Shared = NULL;
    NtTestThreads(2, SetShortLived, (void *)&Shared);
}

static void WaitMultiple_Any_TakesOneAndSaysWhich(void **State)
{
    (void)State;
    KEVENT Events[3];
    PVOID Objects[3];
    LARGE_INTEGER Zero = {.QuadPart = 0};
    for (int i = 0; i < 3; i++) {
        KeInitializeEvent(&Events[i], SynchronizationEvent, i > 0);
        Objects[i] = &Events[i];
    }
    assert_int_equal(
        KeWaitForMultipleObjects(3, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_WAIT_1);
    assert_int_equal(KeReadStateEvent(&Events[1]), 0);
    assert_int_equal(KeReadStateEvent(&Events[2]), 1);
    assert_int_equal(
        KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, &Zero, NULL),
        STATUS_TIMEOUT);
}

static void SetLater(unsigned Number, void *Context)
{
    KEVENT *Events = Context;
    if (Number == 0) {
        PVOID Objects[5];
        KWAIT_BLOCK Blocks[5];
        for (int i = 0; i < 5; i++) {
            Objects[i] = &Events[i];
        }
        assert_int_equal(KeWaitForMultipleObjects(5, Objects, WaitAll, Executive, KernelMode, FALSE,
                                                  NULL, Blocks),
                         STATUS_SUCCESS);
    } else {
        for (int i = 0; i < 5; i++) {
            LARGE_INTEGER Delay = Ms(1);
            KeDelayExecutionThread(KernelMode, FALSE, &Delay);
            KeSetEvent(&Events[i], 0, FALSE);
        }
    }
}

static void WaitMultiple_All_TakesAllAtOnce(void **State)
{
    (void)State;
    KEVENT Events[5];
    for (int i = 0; i < 5; i++) {
        KeInitializeEvent(&Events[i], SynchronizationEvent, FALSE);
    }
    NtTestThreads(2, SetLater, Events);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(KeReadStateEvent(&Events[i]), 0);
    }
}

static void Semaphore_ReleasedBelowItsLimit_AdmitsAsMany(void **State)
{
    (void)State;
    KSEMAPHORE Semaphore;
    KeInitializeSemaphore(&Semaphore, 1, 3);
    assert_int_equal(KeReleaseSemaphore(&Semaphore, 0, 2, FALSE), 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(WaitNow(&Semaphore), STATUS_SUCCESS);
    }
    assert_int_equal(WaitNow(&Semaphore), STATUS_TIMEOUT);
}

typedef struct OWNED {
    KMUTEX Mutex;
    FAST_MUTEX Fast;
    EX_PUSH_LOCK Push;
    unsigned Count;
    int Which;
} OWNED;

static void CountOwned(unsigned Number, void *Context)
{
    OWNED *Owned = Context;
    (void)Number;
    for (int i = 0; i < 3000; i++) {
        switch (Owned->Which) {
        case 0:
            assert_int_equal(Wait(&Owned->Mutex), STATUS_SUCCESS);
            Owned->Count++;
            KeReleaseMutex(&Owned->Mutex, FALSE);
            break;
        case 1:
            ExAcquireFastMutex(&Owned->Fast);
            Owned->Count++;
            ExReleaseFastMutex(&Owned->Fast);
            break;
        default:
            KeEnterCriticalRegion();
            ExAcquirePushLockExclusiveEx(&Owned->Push, 0);
            Owned->Count++;
            ExReleasePushLockExclusiveEx(&Owned->Push, 0);
            KeLeaveCriticalRegion();
            break;
        }
    }
}

static void Mutexes_Contended_Exclude(void **State)
{
    (void)State;
    OWNED Owned = {0};
    KeInitializeMutex(&Owned.Mutex, 0);
    ExInitializeFastMutex(&Owned.Fast);
    ExInitializePushLock(&Owned.Push);
    for (Owned.Which = 0; Owned.Which < 3; Owned.Which++) {
        Owned.Count = 0;
        NtTestThreads(5, CountOwned, &Owned);
        assert_int_equal(Owned.Count, 15000);
    }
}

static void Mutex_AcquiredTwice_NeedsTwoReleases(void **State)
{
    (void)State;
    KMUTEX Mutex;
    KeInitializeMutex(&Mutex, 0);
    assert_int_equal(Wait(&Mutex), STATUS_SUCCESS);
    assert_int_equal(Wait(&Mutex), STATUS_SUCCESS);
    assert_true(KeAreApcsDisabled());
    assert_int_equal(KeReleaseMutex(&Mutex, FALSE), -1);
    assert_int_equal(KeReleaseMutex(&Mutex, FALSE), 0);
    assert_int_equal(KeReadStateMutex(&Mutex), 1);
    assert_false(KeAreApcsDisabled());
}

static void FastMutex_Held_RaisesToApcLevelAndTryFails(void **State)
{
    (void)State;
    FAST_MUTEX Mutex;
    ExInitializeFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    assert_false(ExTryToAcquireFastMutex(&Mutex));
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&Mutex);
    assert_true(ExTryToAcquireFastMutex(&Mutex));
    ExReleaseFastMutex(&Mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

typedef struct RUNDOWN {
    EX_RUNDOWN_REF Reference;
    KEVENT Acquired;
    _Atomic BOOLEAN Released;
} RUNDOWN;

static void RunDown(unsigned Number, void *Context)
{
    RUNDOWN *Rundown = Context;
    if (Number == 0) {
        assert_true(ExAcquireRundownProtection(&Rundown->Reference));
        KeSetEvent(&Rundown->Acquired, 0, FALSE);
        while (ExAcquireRundownProtection(&Rundown->Reference)) {
            ExReleaseRundownProtection(&Rundown->Reference); // until the other one waits
        }
        atomic_store(&Rundown->Released, TRUE);
        ExReleaseRundownProtection(&Rundown->Reference);
    } else {
        Wait(&Rundown->Acquired);
        ExWaitForRundownProtectionRelease(&Rundown->Reference);
        assert_true(atomic_load(&Rundown->Released));
    }
}

static void Rundown_Begun_WaitsForReferencesAndRefusesNewOnes(void **State)
{
    (void)State;
    RUNDOWN Rundown = {0};
    ExInitializeRundownProtection(&Rundown.Reference);
    KeInitializeEvent(&Rundown.Acquired, NotificationEvent, FALSE);
    NtTestThreads(2, RunDown, &Rundown);
    assert_false(ExAcquireRundownProtection(&Rundown.Reference));
    ExReInitializeRundownProtection(&Rundown.Reference);
    assert_true(ExAcquireRundownProtectionEx(&Rundown.Reference, 3));
    ExReleaseRundownProtectionEx(&Rundown.Reference, 3);
}

// Acquired on one processor and released on another, while a third party takes and gives.
typedef struct CACHE_RUNDOWN {
    PEX_RUNDOWN_REF_CACHE_AWARE Reference;
    KEVENT Acquired;
    _Atomic BOOLEAN Released;
} CACHE_RUNDOWN;

static void RunDownCacheAware(unsigned Number, void *Context)
{
    CACHE_RUNDOWN *Rundown = Context;
    if (Number == 2) {
        Wait(&Rundown->Acquired);
        ExWaitForRundownProtectionReleaseCacheAware(Rundown->Reference);
        assert_true(atomic_load(&Rundown->Released));
        return;
    }
    KeSetSystemAffinityThreadEx(1);
    if (Number == 0) {
        assert_true(ExAcquireRundownProtectionCacheAwareEx(Rundown->Reference, 3));
        KeSetEvent(&Rundown->Acquired, 0, FALSE);
    }
    while (ExAcquireRundownProtectionCacheAware(Rundown->Reference)) {
        KeSetSystemAffinityThreadEx(2);
        ExReleaseRundownProtectionCacheAware(Rundown->Reference);
        KeSetSystemAffinityThreadEx(1);
    }
    KeSetSystemAffinityThreadEx(2);
    if (Number == 0) {
        ExReleaseRundownProtectionCacheAwareEx(Rundown->Reference, 2);
        atomic_store(&Rundown->Released, TRUE);
        ExReleaseRundownProtectionCacheAware(Rundown->Reference);
    }
}

static void Rundown_CacheAwareBegun_WaitsForReferencesOfAllProcessors(void **State)
{
    (void)State;
    CACHE_RUNDOWN Rundown = {0};
    Rundown.Reference = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'nuRC');
    KeInitializeEvent(&Rundown.Acquired, NotificationEvent, FALSE);
    for (int i = 0; i < 20; i++) {
        KeClearEvent(&Rundown.Acquired);
        atomic_store(&Rundown.Released, FALSE);
        NtTestThreads(3, RunDownCacheAware, &Rundown);
        assert_false(ExAcquireRundownProtectionCacheAware(Rundown.Reference));
        ExReInitializeRundownProtectionCacheAware(Rundown.Reference);
    }
    ExFreeCacheAwareRundownProtection(Rundown.Reference);
}

static KEVENT Event;

static void WaitAtDispatch(void)
{
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KfRaiseIrql(DISPATCH_LEVEL);
    assert_int_equal(WaitNow(&Event), STATUS_TIMEOUT); // allowed
    Wait(&Event);
}

static void WaitAtDispatchWithTimeout(void)
{
    LARGE_INTEGER Timeout = Ms(1);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KfRaiseIrql(DISPATCH_LEVEL);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Timeout);
}

static void SetAtHighLevel(void)
{
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KfRaiseIrql(HIGH_LEVEL);
    KeSetEvent(&Event, 0, FALSE);
}

static void WaitForUninitialised(void)
{
    KEVENT Zero = {0};
    WaitNow(&Zero);
}

static void WaitForTooMany(void)
{
    PVOID Objects[4] = {&Event, &Event, &Event, &Event};
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    KeWaitForMultipleObjects(4, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

static void InitialiseWhileWaited(unsigned Number, void *Context)
{
    (void)Context;
    if (Number == 0) {
        Wait(&Event);
    }
    while (SimWaitFind(&Event, sizeof(Event)) == NULL) {
        sched_yield();
    }
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
}

static void InitialiseAgain(void)
{
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    NtTestThreads(2, InitialiseWhileWaited, NULL);
}

static void ReleaseMutexOfNobody(void)
{
    KMUTEX Mutex;
    KeInitializeMutex(&Mutex, 0);
    KeReleaseMutex(&Mutex, FALSE);
}

static void ReleaseSemaphoreTooFar(void)
{
    KSEMAPHORE Semaphore;
    KeInitializeSemaphore(&Semaphore, 1, 1);
    KeReleaseSemaphore(&Semaphore, 0, 1, FALSE);
}

static void FastMutexTwice(void)
{
    FAST_MUTEX Mutex;
    ExInitializeFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
    ExAcquireFastMutex(&Mutex);
}

static void FastMutexAtDispatch(void)
{
    FAST_MUTEX Mutex;
    ExInitializeFastMutex(&Mutex);
    KfRaiseIrql(DISPATCH_LEVEL);
    ExAcquireFastMutex(&Mutex);
}

static void PushLockOutsideRegion(void)
{
    EX_PUSH_LOCK Lock;
    ExInitializePushLock(&Lock);
    ExAcquirePushLockSharedEx(&Lock, 0);
}

static void RundownReleasedTwice(void)
{
    EX_RUNDOWN_REF Reference;
    ExInitializeRundownProtection(&Reference);
    ExReleaseRundownProtection(&Reference);
}

static void CacheAwareReleasedTwice(void)
{
    PEX_RUNDOWN_REF_CACHE_AWARE Reference = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx,
                                                                                  'nuRC');
    ExReleaseRundownProtectionCacheAware(Reference); // seen when somebody waits
    ExWaitForRundownProtectionReleaseCacheAware(Reference);
}

static void CacheAwareReleasedAfterRundown(void)
{
    PEX_RUNDOWN_REF_CACHE_AWARE Reference = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx,
                                                                                  'nuRC');
    ExWaitForRundownProtectionReleaseCacheAware(Reference);
    ExReleaseRundownProtectionCacheAware(Reference);
}

static void CacheAwareReinitialisedInUse(void)
{
    ExReInitializeRundownProtectionCacheAware(
        ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'nuRC'));
}

static void CacheAwareTooSmall(void)
{
    ULONG64 Memory[2];
    ExInitializeRundownProtectionCacheAware((PEX_RUNDOWN_REF_CACHE_AWARE)Memory, sizeof(Memory));
}

static void LeaveRegion(void)
{
    KeLeaveCriticalRegion();
}

static void FreeWaitedEvent(unsigned Number, void *Context)
{
    (void)Context;
    if (Number == 0) {
        Wait(&Event);
    }
    for (;;) {
        SimCheckFreeing(&Event, sizeof(Event));
    }
}

static void FreeWhileWaited(void)
{
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    NtTestThreads(2, FreeWaitedEvent, NULL);
}

static void Wait_Misused_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(WaitAtDispatch, 0xC4, "(0x121, 0x2,", "WaitAtDispatch", NULL);
    NtTestExpectBugCheck(WaitAtDispatchWithTimeout, 0xC4, "(0x122, 0x2,", NULL);
    NtTestExpectBugCheck(SetAtHighLevel, 0xC4, "(0x80, 0xF,", NULL);
    NtTestExpectBugCheck(WaitForUninitialised, 0xC4, "(0x1002,", NULL);
    NtTestExpectBugCheck(WaitForTooMany, 0xC, "MAXIMUM_WAIT_OBJECTS_EXCEEDED", NULL);
    NtTestExpectBugCheck(InitialiseAgain, 0xC4, "(0x1005,", NULL);
    NtTestExpectBugCheck(ReleaseMutexOfNobody, 0x1E, "(0xC0000046,", NULL);
    NtTestExpectBugCheck(ReleaseSemaphoreTooFar, 0x1E, "(0xC0000047,", NULL);
    NtTestExpectBugCheck(FastMutexTwice, 0xC4, "(0x1000,", NULL);
    NtTestExpectBugCheck(FastMutexAtDispatch, 0xC4, "(0x33, 0x2,", NULL);
    NtTestExpectBugCheck(PushLockOutsideRegion, 0xC4, "(0xEA, 0x0,", NULL);
    NtTestExpectBugCheck(RundownReleasedTwice, 0xC4, "(0x1007,", NULL);
    NtTestExpectBugCheck(CacheAwareReleasedTwice, 0xC4, "(0x1007,", NULL);
    NtTestExpectBugCheck(CacheAwareReleasedAfterRundown, 0xC4, "(0x1007,", NULL);
    NtTestExpectBugCheck(CacheAwareReinitialisedInUse, 0xC4, "(0x1005,", NULL);
    NtTestExpectBugCheck(CacheAwareTooSmall, 0xC4, "(0x1005,", "ExSizeOf", NULL);
    NtTestExpectBugCheck(LeaveRegion, 0xC4, "(0x3E,", NULL);
    NtTestExpectBugCheck(FreeWhileWaited, 0xC4, "(0x100B,", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Event_Synchronization_ReleasesOneWait),
        NT_TEST(Event_Notification_StaysUntilReset),
        NT_TEST(Wait_RelativeAndAbsoluteTimeout_EndInTime),
        NT_TEST(Event_TwoThreadsInTurn_NoneIsLost),
        NT_TEST(Event_OnWaitersStack_IsNotTouchedAfterTheWait),
        NT_TEST(WaitMultiple_Any_TakesOneAndSaysWhich),
        NT_TEST(WaitMultiple_All_TakesAllAtOnce),
        NT_TEST(Semaphore_ReleasedBelowItsLimit_AdmitsAsMany),
        NT_TEST(Mutexes_Contended_Exclude),
        NT_TEST(Mutex_AcquiredTwice_NeedsTwoReleases),
        NT_TEST(FastMutex_Held_RaisesToApcLevelAndTryFails),
        NT_TEST(Rundown_Begun_WaitsForReferencesAndRefusesNewOnes),
        NT_TEST(Rundown_CacheAwareBegun_WaitsForReferencesOfAllProcessors),
        NT_TEST(Wait_Misused_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

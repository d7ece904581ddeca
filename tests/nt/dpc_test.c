// SPDX-License-Identifier: MIT

// DPCs, timers, work items, system threads, and how they come to rest.

#include "nt_test.h"

#include "object.h"
#include "sim.h"

static LARGE_INTEGER Ms(LONGLONG Milliseconds)
{
    return (LARGE_INTEGER){.QuadPart = -Milliseconds * 10000};
}

typedef struct RUNS {
    KEVENT Event;
    KDPC Dpc;
    _Atomic unsigned Count;
    _Atomic unsigned WrongIrql;
    _Atomic uint64_t Processors; // bit for each it ran on
    _Atomic(PVOID) Arguments[2];
    unsigned Stop; // sets the event at this count
} RUNS;

static void NTAPI CountDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    RUNS *Runs = Context;
    if (Dpc != &Runs->Dpc || KeGetCurrentIrql() != DISPATCH_LEVEL || !KeIsExecutingDpc()) {
        atomic_fetch_add(&Runs->WrongIrql, 1);
    }
    atomic_fetch_or(&Runs->Processors, 1ull << KeGetCurrentProcessorNumberEx(NULL));
    Runs->Arguments[0] = Argument1;
    Runs->Arguments[1] = Argument2;
    if (atomic_fetch_add(&Runs->Count, 1) + 1 == Runs->Stop) {
        KeSetEvent(&Runs->Event, 0, FALSE);
    }
}

static void RunsInitialize(RUNS *Runs, unsigned Stop)
{
    *Runs = (RUNS){.Stop = Stop};
    KeInitializeEvent(&Runs->Event, NotificationEvent, FALSE);
    KeInitializeDpc(&Runs->Dpc, CountDpc, Runs);
}

static void Wait(PVOID Object)
{
    LARGE_INTEGER Long = Ms(60000);
    assert_int_equal(KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, &Long),
                     STATUS_SUCCESS);
}

static void Dpc_QueuedAtPassive_RunsBeforeReturn(void **State)
{
    (void)State;
    RUNS Runs;
    RunsInitialize(&Runs, 1);
    assert_true(KeInsertQueueDpc(&Runs.Dpc, (PVOID)1, (PVOID)2));
    assert_int_equal(Runs.Count, 1);
    assert_int_equal(Runs.WrongIrql, 0);
    assert_ptr_equal(Runs.Arguments[0], (PVOID)1);
    assert_ptr_equal(Runs.Arguments[1], (PVOID)2);
}

static void Dpc_QueuedAtDispatch_RunsOnceWhenLowered(void **State)
{
    (void)State;
    RUNS Runs;
    RunsInitialize(&Runs, 1);
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    assert_true(KeInsertQueueDpc(&Runs.Dpc, NULL, NULL));
    assert_false(KeInsertQueueDpc(&Runs.Dpc, NULL, NULL));
    assert_int_equal(Runs.Count, 0);
    KeLowerIrql(OldIrql);
    assert_int_equal(Runs.Count, 1);
}

static void Dpc_Removed_DoesNotRun(void **State)
{
    (void)State;
    RUNS Runs;
    RunsInitialize(&Runs, 1);
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Runs.Dpc, NULL, NULL);
    assert_true(KeRemoveQueueDpc(&Runs.Dpc));
    assert_false(KeRemoveQueueDpc(&Runs.Dpc));
    KeLowerIrql(OldIrql);
    assert_int_equal(Runs.Count, 0);
    assert_true(SimIsIdle());
}

static void Dpc_WithTarget_RunsOnThatProcessor(void **State)
{
    (void)State;
    for (unsigned i = 0; i < 4; i++) {
        RUNS Runs;
        RunsInitialize(&Runs, 1);
        KeSetTargetProcessorDpc(&Runs.Dpc, (CCHAR)i);
        KeInsertQueueDpc(&Runs.Dpc, NULL, NULL);
        Wait(&Runs.Event);
        KeFlushQueuedDpcs();
        assert_int_equal(Runs.Processors, 1u << i);
        assert_int_equal(Runs.WrongIrql, 0);
    }
}

typedef struct STORM {
    RUNS Runs[4];
    _Atomic unsigned Inserted;
} STORM;

static void InsertMany(unsigned Number, void *Context)
{
    STORM *Storm = Context;
    for (unsigned i = 0; i < 5000; i++) {
        if (KeInsertQueueDpc(&Storm->Runs[(Number + i) % 4].Dpc, NULL, NULL)) {
            atomic_fetch_add(&Storm->Inserted, 1);
        }
    }
}

static void Dpc_QueuedFromEverywhere_RunsAsOftenAsQueued(void **State)
{
    (void)State;
    STORM Storm = {0};
    for (int i = 0; i < 4; i++) {
        RunsInitialize(&Storm.Runs[i], 0);
        if (i < 3) {
            KeSetTargetProcessorDpc(&Storm.Runs[i].Dpc, (CCHAR)i);
        }
    }
    NtTestThreads(4, InsertMany, &Storm);
    KeFlushQueuedDpcs();
    unsigned Total = 0;
    for (int i = 0; i < 4; i++) {
        Total += Storm.Runs[i].Count;
        assert_int_equal(Storm.Runs[i].WrongIrql, 0);
    }
    assert_int_equal(Total, Storm.Inserted);
    assert_true(SimWaitIdle(60000)); // the DPC that flushes may be on its way out
}

static void Timer_OneShot_SignalsAndRunsItsDpcOnce(void **State)
{
    (void)State;
    RUNS Runs;
    KTIMER Timer;
    RunsInitialize(&Runs, 1);
    KeInitializeTimerEx(&Timer, NotificationTimer);
    ULONGLONG Start = KeQueryInterruptTime();
    assert_false(KeSetTimer(&Timer, Ms(5), &Runs.Dpc));
    Wait(&Timer);
    assert_true(KeQueryInterruptTime() - Start >= 50000);
    assert_true(KeReadStateTimer(&Timer));
    KeFlushQueuedDpcs();
    assert_int_equal(Runs.Count, 1);
    assert_int_equal(Runs.WrongIrql, 0);
    assert_false(KeCancelTimer(&Timer));
}

static void Timer_Periodic_RunsUntilCancelled(void **State)
{
    (void)State;
    RUNS Runs;
    KTIMER Timer;
    RunsInitialize(&Runs, 5);
    KeInitializeTimerEx(&Timer, SynchronizationTimer);
    KeSetTimerEx(&Timer, Ms(1), 1, &Runs.Dpc);
    Wait(&Runs.Event);
    assert_true(KeCancelTimer(&Timer));
    KeFlushQueuedDpcs();
    unsigned Count = Runs.Count;
    assert_true(Count >= 5);
    LARGE_INTEGER Delay = Ms(5);
    KeDelayExecutionThread(KernelMode, FALSE, &Delay);
    assert_int_equal(Runs.Count, Count);
}

static void Timer_SetAgainOrCancelled_SaysWhetherItWasSet(void **State)
{
    (void)State;
    KTIMER Far;
    KTIMER Near;
    KeInitializeTimer(&Far);
    KeInitializeTimer(&Near);
    assert_false(KeSetTimer(&Far, Ms(1000000), NULL));
    assert_true(KeSetTimer(&Far, Ms(2000000), NULL));
    assert_false(KeSetTimer(&Near, Ms(1), NULL)); // becomes the first
    Wait(&Near);
    assert_false(KeReadStateTimer(&Far));
    assert_true(KeCancelTimer(&Far));
    assert_false(KeCancelTimer(&Far));
}

typedef struct WORK {
    WORK_QUEUE_ITEM Item;
    KEVENT Mine;
    struct WORK *Next; // waits for it
} WORK;

static void NTAPI WaitForNext(PVOID Parameter)
{
    WORK *Work = Parameter;
    if (Work->Next != NULL) {
        Wait(&Work->Next->Mine);
    }
    KeSetEvent(&Work->Mine, 0, FALSE);
}

static void WorkItems_WaitingForLaterOnes_AllRun(void **State)
{
    (void)State;
    WORK Works[12];
    for (int i = 0; i < 12; i++) {
        Works[i].Next = i < 11 ? &Works[i + 1] : NULL;
        KeInitializeEvent(&Works[i].Mine, NotificationEvent, FALSE);
        ExInitializeWorkItem(&Works[i].Item, WaitForNext, &Works[i]);
    }
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    for (int i = 0; i < 12; i++) {
        ExQueueWorkItem(&Works[i].Item, DelayedWorkQueue);
    }
    KeLowerIrql(OldIrql);
    assert_true(SimWaitIdle(60000));
    for (int i = 0; i < 12; i++) {
        assert_int_equal(KeReadStateEvent(&Works[i].Mine), 1);
    }
}

static _Atomic unsigned IoRuns;

static void NTAPI FreeMyself(PVOID IoObject, PVOID Context, PIO_WORKITEM Work)
{
    (void)IoObject;
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        atomic_fetch_add(&IoRuns, 1);
    }
    if (Context != NULL) {
        IoQueueWorkItemEx(Work, FreeMyself, DelayedWorkQueue, NULL);
    } else {
        IoFreeWorkItem(Work);
    }
}

static void IoWorkItem_RequeuedAndFreedInItsRoutine_HoldsTheObject(void **State)
{
    (void)State;
    IoRuns = 0;
    PVOID Object = SimObjectCreate(&SimTypeThread, 64);
    PIO_WORKITEM Work = IoAllocateWorkItem(Object);
    assert_non_null(Work);
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    IoQueueWorkItemEx(Work, FreeMyself, DelayedWorkQueue, Object);
    KeLowerIrql(OldIrql);
    SimObjectDereference(Object); // the queued item has its own reference
    assert_true(SimWaitIdle(60000));
    assert_int_equal(IoRuns, 2);
}

static void NTAPI EndDeep(PVOID Context)
{
    KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_NO_MORE_ENTRIES);
    fail_msg("PsTerminateSystemThread returned");
}

static void SystemThread_Terminated_SignalsItsObject(void **State)
{
    (void)State;
    KEVENT Go;
    HANDLE Handle;
    PVOID Thread;
    KeInitializeEvent(&Go, NotificationEvent, FALSE);
    assert_int_equal(
        PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, EndDeep, &Go),
        STATUS_SUCCESS);
    assert_int_equal(SimHandleReference(Handle, &SimTypeThread, SYNCHRONIZE, &Thread, NULL),
                     STATUS_SUCCESS);
    ZwClose(Handle);
    assert_true(PsIsSystemThread(Thread));
    assert_int_equal(PsGetThreadExitStatus(Thread), STATUS_PENDING);
    KeSetEvent(&Go, 0, FALSE);
    Wait(Thread);
    assert_int_equal(PsGetThreadExitStatus(Thread), STATUS_NO_MORE_ENTRIES);
    SimObjectDereference(Thread);
}

static void KernelCore_StartedAndStoppedOften_LeavesNothing(void **State)
{
    (void)State;
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(NtTestStop(), 0);
        NtTestStart(i % 8 + 1);
        RUNS Runs;
        RunsInitialize(&Runs, 1);
        KeInsertQueueDpc(&Runs.Dpc, NULL, NULL);
        assert_int_equal(Runs.Count, 1);
    }
}

static RUNS Global;

static void NTAPI LowersIrql(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    (void)Dpc, (void)Context, (void)Argument1, (void)Argument2;
    KeLowerIrql(PASSIVE_LEVEL);
}

static void DpcLowersIrql(void)
{
    KDPC Dpc;
    KeInitializeDpc(&Dpc, LowersIrql, NULL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
}

static void NTAPI ReturnsRaised(PVOID Parameter)
{
    (void)Parameter;
    KfRaiseIrql(DISPATCH_LEVEL);
}

static void WorkReturnsRaised(void)
{
    WORK_QUEUE_ITEM Item;
    ExInitializeWorkItem(&Item, ReturnsRaised, NULL);
    ExQueueWorkItem(&Item, DelayedWorkQueue);
    SimWaitIdle(60000);
}

static void WorkQueuedTwice(void)
{
    WORK_QUEUE_ITEM Item = {.List.Flink = &Item.List}; // as one that waits in the queue
    Item.WorkerRoutine = ReturnsRaised;
    ExQueueWorkItem(&Item, DelayedWorkQueue);
}

static void FreeSetTimer(void)
{
    KTIMER Timer;
    KeInitializeTimer(&Timer);
    KeSetTimer(&Timer, Ms(100000), NULL);
    SimCheckFreeing(&Timer, sizeof(Timer));
}

static void FreeQueuedDpc(void)
{
    RunsInitialize(&Global, 1);
    KfRaiseIrql(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Global.Dpc, NULL, NULL);
    SimCheckFreeing(&Global, sizeof(Global));
}

static void InitializeSetTimer(void)
{
    KTIMER Timer;
    KeInitializeTimer(&Timer);
    KeSetTimer(&Timer, Ms(100000), NULL);
    KeInitializeTimer(&Timer);
}

static void NTAPI EndsInRegion(PVOID Context)
{
    (void)Context;
    KeEnterCriticalRegion();
}

static void ThreadEndsInRegion(void)
{
    HANDLE Handle;
    PVOID Thread;
    PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, EndsInRegion, NULL);
    SimHandleReference(Handle, &SimTypeThread, SYNCHRONIZE, &Thread, NULL);
    Wait(Thread);
}

static void NTAPI EndsWithMutex(PVOID Context)
{
    KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
}

static void ThreadEndsWithMutex(void)
{
    static KMUTEX Mutex;
    HANDLE Handle;
    PVOID Thread;
    KeInitializeMutex(&Mutex, 0);
    PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, EndsWithMutex, &Mutex);
    SimHandleReference(Handle, &SimTypeThread, SYNCHRONIZE, &Thread, NULL);
    Wait(Thread);
}

static void NTAPI Block(PVOID Parameter)
{
    KeWaitForSingleObject(Parameter, Executive, KernelMode, FALSE, NULL);
}

static void FreeQueuedIoWorkItem(void)
{
    static WORK_QUEUE_ITEM Blockers[64]; // as many as there can be worker threads
    KEVENT Never;
    KeInitializeEvent(&Never, NotificationEvent, FALSE);
    for (int i = 0; i < 64; i++) {
        ExInitializeWorkItem(&Blockers[i], Block, &Never);
        ExQueueWorkItem(&Blockers[i], DelayedWorkQueue);
    }
    PVOID Object = SimObjectCreate(&SimTypeThread, 64);
    PIO_WORKITEM Work = IoAllocateWorkItem(Object);
    IoQueueWorkItemEx(Work, FreeMyself, DelayedWorkQueue, NULL);
    IoFreeWorkItem(Work);
}

static void Machinery_Misused_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(DpcLowersIrql, 0xC4, "(0x31, 0x2, 0x0, 0x1)", "in a DPC", NULL);
    NtTestExpectBugCheck(WorkReturnsRaised, 0xE1, "WORKER_THREAD_RETURNED_AT_BAD_IRQL", NULL);
    NtTestExpectBugCheck(WorkQueuedTwice, 0xE4, "WORKER_INVALID (0x1,", NULL);
    NtTestExpectBugCheck(FreeQueuedIoWorkItem, 0xE4, "WORKER_INVALID (0x2,", NULL);
    NtTestExpectBugCheck(FreeSetTimer, 0xC7, "TIMER_OR_DPC_INVALID (0x0,", NULL);
    NtTestExpectBugCheck(FreeQueuedDpc, 0xC7, "TIMER_OR_DPC_INVALID (0x1,", NULL);
    NtTestExpectBugCheck(InitializeSetTimer, 0xC7, "TIMER_OR_DPC_INVALID (0x0,", NULL);
    NtTestExpectBugCheck(ThreadEndsInRegion, 0x20, "KERNEL_APC_PENDING_DURING_EXIT", NULL);
    NtTestExpectBugCheck(ThreadEndsWithMutex, 0x4000008A, "THREAD_TERMINATE_HELD_MUTEX", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Dpc_QueuedAtPassive_RunsBeforeReturn),
        NT_TEST(Dpc_QueuedAtDispatch_RunsOnceWhenLowered),
        NT_TEST(Dpc_Removed_DoesNotRun),
        NT_TEST(Dpc_WithTarget_RunsOnThatProcessor),
        NT_TEST(Dpc_QueuedFromEverywhere_RunsAsOftenAsQueued),
        NT_TEST(Timer_OneShot_SignalsAndRunsItsDpcOnce),
        NT_TEST(Timer_Periodic_RunsUntilCancelled),
        NT_TEST(Timer_SetAgainOrCancelled_SaysWhetherItWasSet),
        NT_TEST(WorkItems_WaitingForLaterOnes_AllRun),
        NT_TEST(IoWorkItem_RequeuedAndFreedInItsRoutine_HoldsTheObject),
        NT_TEST(SystemThread_Terminated_SignalsItsObject),
        NT_TEST(KernelCore_StartedAndStoppedOften_LeavesNothing),
        NT_TEST(Machinery_Misused_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

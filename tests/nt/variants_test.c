// SPDX-License-Identifier: MIT

// The less used variants of functions whose siblings have tests of their own: locks at
// DISPATCH_LEVEL, without APC protection, cache-aware; pool, clocks, processors, threads, objects.

#include "io_test.h"

#include <stdatomic.h>
#include <string.h>

#include "wide.h"

// ---- locks

typedef struct GUARDED {
    KSPIN_LOCK Spin;
    EX_SPIN_LOCK ReadWrite;
    KGUARDED_MUTEX Guarded;
    FAST_MUTEX Fast;
    void (*Lock)(struct GUARDED *Guarded, BOOLEAN Take);
    unsigned Count; // not atomic on purpose
} GUARDED;

#define ROUNDS 2000
#define THREADS 4

static _Thread_local KLOCK_QUEUE_HANDLE Handle;
static _Thread_local KIRQL OldIrql;

static void SpinForDpc(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        KeAcquireSpinLockForDpc(&Guarded->Spin);
    } else {
        KeReleaseSpinLockForDpc(&Guarded->Spin, OldIrql);
        KeLowerIrql(OldIrql);
    }
}

static void SpinRaising(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        OldIrql = KeAcquireSpinLockRaiseToDpc(&Guarded->Spin);
    } else {
        KeReleaseSpinLock(&Guarded->Spin, OldIrql);
    }
}

static void QueuedAtDispatch(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        KeAcquireInStackQueuedSpinLockAtDpcLevel(&Guarded->Spin, &Handle);
    } else {
        KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
        KeLowerIrql(OldIrql);
    }
}

static void QueuedForDpc(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        KeAcquireInStackQueuedSpinLockForDpc(&Guarded->Spin, &Handle);
    } else {
        KeReleaseInStackQueuedSpinLockForDpc(&Handle);
        KeLowerIrql(OldIrql);
    }
}

static void ExclusiveAtDispatch(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        ExAcquireSpinLockExclusiveAtDpcLevel(&Guarded->ReadWrite);
    } else {
        ExReleaseSpinLockExclusiveFromDpcLevel(&Guarded->ReadWrite);
        KeLowerIrql(OldIrql);
    }
}

static void GuardedMutex(GUARDED *Guarded, BOOLEAN Take)
{
    if (!Take) {
        assert_true(KeAreAllApcsDisabled());
        KeReleaseGuardedMutex(&Guarded->Guarded);
        assert_false(KeAreAllApcsDisabled());
    } else if (!KeTryToAcquireGuardedMutex(&Guarded->Guarded)) {
        KeAcquireGuardedMutex(&Guarded->Guarded);
    }
}

static void GuardedMutexUnsafe(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        KeEnterGuardedRegion();
        KeAcquireGuardedMutexUnsafe(&Guarded->Guarded);
    } else {
        KeReleaseGuardedMutexUnsafe(&Guarded->Guarded);
        KeLeaveGuardedRegion();
    }
}

static void FastMutexUnsafe(GUARDED *Guarded, BOOLEAN Take)
{
    if (Take) {
        KeEnterCriticalRegion();
        ExAcquireFastMutexUnsafe(&Guarded->Fast);
    } else {
        ExReleaseFastMutexUnsafe(&Guarded->Fast);
        KeLeaveCriticalRegion();
    }
}

static void CountUnderLock(unsigned Number, void *Context)
{
    GUARDED *Guarded = Context;
    (void)Number;
    for (int i = 0; i < ROUNDS; i++) {
        Guarded->Lock(Guarded, TRUE);
        Guarded->Count++;
        Guarded->Lock(Guarded, FALSE);
    }
}

static void Locks_Contended_Exclude(void **State)
{
    (void)State;
    void (*const Locks[])(GUARDED *, BOOLEAN) = {
        SpinForDpc,          SpinRaising,  QueuedAtDispatch,   QueuedForDpc,
        ExclusiveAtDispatch, GuardedMutex, GuardedMutexUnsafe, FastMutexUnsafe};
    for (size_t i = 0; i < RTL_NUMBER_OF(Locks); i++) {
        GUARDED Guarded = {.Lock = Locks[i]};
        KeInitializeSpinLock(&Guarded.Spin);
        KeInitializeGuardedMutex(&Guarded.Guarded);
        ExInitializeFastMutex(&Guarded.Fast);
        NtTestThreads(THREADS, CountUnderLock, &Guarded);
        assert_int_equal(Guarded.Count, THREADS * ROUNDS);
        assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    }
}

static void SharedSpinLock_AtDispatch_AdmitsTwice(void **State)
{
    (void)State;
    EX_SPIN_LOCK Lock = 0;
    KIRQL Irql = KfRaiseIrql(DISPATCH_LEVEL);
    ExAcquireSpinLockSharedAtDpcLevel(&Lock);
    assert_int_not_equal(Lock, 0);
    ExReleaseSpinLockSharedFromDpcLevel(&Lock);
    assert_int_equal(Lock, 0);
    KeLowerIrql(Irql);
}

static void LeaveGuardedTwice(void)
{
    KeEnterGuardedRegion();
    KeLeaveGuardedRegion();
    KeLeaveGuardedRegion();
}

static void AcquireUnsafeUnguarded(void)
{
    FAST_MUTEX Mutex;
    ExInitializeFastMutex(&Mutex);
    ExAcquireFastMutexUnsafe(&Mutex);
}

static void Locks_Misused_StopByName(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(LeaveGuardedTwice, 0xC4, "KeLeaveGuardedRegion");
    IO_EXPECT_BUG_CHECK(AcquireUnsafeUnguarded, 0xC4, "ExAcquireFastMutexUnsafe");
}

static void Interlocked_ListsAndNumbers_ReturnWhatWas(void **State)
{
    (void)State;
    KSPIN_LOCK Lock;
    LIST_ENTRY Head, First, Second;
    LARGE_INTEGER Large = {.QuadPart = 5};
    ULONG Number = 7;
    KeInitializeSpinLock(&Lock);
    InitializeListHead(&Head);
    assert_null(ExInterlockedRemoveHeadList(&Head, &Lock));
    assert_null(ExInterlockedInsertTailList(&Head, &First, &Lock));
    assert_ptr_equal(ExInterlockedInsertHeadList(&Head, &Second, &Lock), &First);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&Head, &Lock), &Second);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&Head, &Lock), &First);
    assert_int_equal(
        ExInterlockedAddLargeInteger(&Large, (LARGE_INTEGER){.QuadPart = -8}, &Lock).QuadPart, 5);
    assert_int_equal(Large.QuadPart, -3);
    assert_int_equal(ExInterlockedAddUlong(&Number, 3, &Lock), 7);
    assert_int_equal(Number, 10);
}

// ---- resources and rundown

typedef struct QUEUED {
    ERESOURCE Resource;
    _Atomic unsigned Got;
} QUEUED;

static void WaitForResource(unsigned Number, void *Context)
{
    QUEUED *Queued = Context;
    KeEnterCriticalRegion();
    if (Number == 0) {
        assert_true(ExAcquireResourceSharedLite(&Queued->Resource, TRUE));
        while (ExGetExclusiveWaiterCount(&Queued->Resource) == 0) {
            KeStallExecutionProcessor(10);
        }
        assert_int_equal(ExGetSharedWaiterCount(&Queued->Resource), 0);
        assert_true(ExAcquireSharedStarveExclusive(&Queued->Resource, FALSE));
        assert_false(ExAcquireSharedWaitForExclusive(&Queued->Resource, FALSE));
        assert_int_equal(Queued->Got, 0);
        ExReleaseResourceForThreadLite(&Queued->Resource, ExGetCurrentResourceThread());
    } else {
        while (!ExIsResourceAcquiredSharedLite(&Queued->Resource) &&
               Queued->Resource.ActiveEntries == 0) {
            KeStallExecutionProcessor(10);
        }
        assert_true(ExAcquireResourceExclusiveLite(&Queued->Resource, TRUE));
        atomic_store(&Queued->Got, 1);
    }
    ExReleaseResourceLite(&Queued->Resource);
    KeLeaveCriticalRegion();
}

static void Resource_WriterWaits_SharedVariantsDiffer(void **State)
{
    (void)State;
    QUEUED Queued = {.Got = 0};
    ExInitializeResourceLite(&Queued.Resource);
    NtTestThreads(2, WaitForResource, &Queued);
    assert_int_equal(Queued.Got, 1);
    assert_int_equal(ExReinitializeResourceLite(&Queued.Resource), 0);
    assert_int_equal(ExDeleteResourceLite(&Queued.Resource), 0);
}

static void Rundown_CacheAware_ClosesAndOpensAgain(void **State)
{
    (void)State;
    PEX_RUNDOWN_REF_CACHE_AWARE Rundown = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx,
                                                                                'nuRC');
    assert_non_null(Rundown);
    assert_true(ExAcquireRundownProtectionCacheAware(Rundown));
    assert_true(ExAcquireRundownProtectionCacheAwareEx(Rundown, 2));
    ExReleaseRundownProtectionCacheAwareEx(Rundown, 2);
    ExReleaseRundownProtectionCacheAware(Rundown);
    ExWaitForRundownProtectionReleaseCacheAware(Rundown);
    assert_false(ExAcquireRundownProtectionCacheAware(Rundown));
    ExRundownCompletedCacheAware(Rundown);
    assert_false(ExAcquireRundownProtectionCacheAwareEx(Rundown, 1));
    ExReInitializeRundownProtectionCacheAware(Rundown);
    assert_true(ExAcquireRundownProtectionCacheAware(Rundown));
    ExReleaseRundownProtectionCacheAware(Rundown);
    ExFreeCacheAwareRundownProtection(Rundown);
    SIZE_T Bytes = ExSizeOfRundownProtectionCacheAware();
    Rundown = ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, 'nuRC');
    ExInitializeRundownProtectionCacheAware(Rundown, Bytes);
    assert_true(ExAcquireRundownProtectionCacheAware(Rundown));
    ExReleaseRundownProtectionCacheAware(Rundown);
    ExFreePoolWithTag(Rundown, 'nuRC');
    EX_RUNDOWN_REF Plain;
    ExInitializeRundownProtection(&Plain);
    ExWaitForRundownProtectionRelease(&Plain);
    ExRundownCompleted(&Plain);
    assert_false(ExAcquireRundownProtection(&Plain));
}

// ---- pool

static void Pool_OlderFunctions_AllocateAndFree(void **State)
{
    (void)State;
    PVOID Plain = ExAllocatePool(NonPagedPoolNx, 100);
    PVOID Quota = ExAllocatePoolWithQuotaTag(NonPagedPoolNx, 100, 'tseT');
    PVOID Priority = ExAllocatePoolWithTagPriority(NonPagedPoolNx, 100, 'tseT', HighPoolPriority);
    UCHAR *Newest = ExAllocatePool3(POOL_FLAG_NON_PAGED, 100, 'tseT', NULL, 0);
    uint64_t Count, Bytes;
    SimPoolUsage('tseT', &Count, &Bytes);
    assert_int_equal(Count, 3);
    assert_int_equal(Newest[0] | Newest[99], 0);
    assert_true(Plain != NULL && Quota != NULL && Priority != NULL);
    ExFreePool(Plain);
    ExFreePoolWithTag(Quota, 'tseT');
    ExFreePoolWithTag(Priority, 'tseT');
    ExFreePool2(Newest, 'tseT', NULL, 0);
    SimPoolUsage('tseT', &Count, &Bytes);
    assert_int_equal(Count, 0);
    SimPoolFailAfter(0);
    NTSTATUS Raised = STATUS_SUCCESS;
    __try {
        (void)ExAllocatePoolWithQuotaTag(NonPagedPoolNx, 100, 'tseT');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Raised = GetExceptionCode();
    }
    assert_int_equal(Raised, STATUS_INSUFFICIENT_RESOURCES); // it has no other way to fail
    SimPoolFailAfter(-1);
}

static void Misalignment_Raised_IsAnException(void **State)
{
    (void)State;
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        ExRaiseDatatypeMisalignment();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_DATATYPE_MISALIGNMENT);
}

// ---- clocks

static void Clocks_ReadTwice_DoNotGoBack(void **State)
{
    (void)State;
    LARGE_INTEGER Frequency;
    ULONG64 Stamp = 0;
    ULONGLONG Interrupt = KeQueryInterruptTime();
    ULONGLONG Unbiased = KeQueryUnbiasedInterruptTime();
    LONGLONG Counter = KeQueryPerformanceCounter(&Frequency).QuadPart;
    assert_true(Frequency.QuadPart >= 1000000);
    assert_int_equal(KeQueryTimeIncrement(), 156250);
    KeStallExecutionProcessor(2000);
    LONGLONG Passed = KeQueryPerformanceCounter(NULL).QuadPart - Counter;
    assert_true(Passed >= Frequency.QuadPart / 500);
    assert_true(KeQueryInterruptTimePrecise(&Stamp) >= Interrupt + 20000);
    assert_true((LONGLONG)Stamp >= Counter);
    assert_true(KeQueryUnbiasedInterruptTime() >= Unbiased + 20000);
}

// ---- processors

static void Processors_OlderFunctions_TellTheSame(void **State)
{
    (void)State;
    assert_int_equal(KeNumberProcessors, 4);
    assert_int_equal(KeQueryActiveProcessors(), 0xF);
    assert_int_equal(KeQueryMaximumProcessorCount(), 4);
    assert_int_equal(KeQueryMaximumProcessorCountEx(0) * 10 + KeQueryMaximumProcessorCountEx(7),
                     40);
    assert_int_equal(KeQueryActiveGroupCount(), 1);
    assert_int_equal(KeQueryMaximumGroupCount(), 1);
    assert_int_equal(KeQueryGroupAffinity(0), 0xF);
    assert_int_equal(KeQueryGroupAffinity(1), 0);
    assert_int_equal(KeQueryHighestNodeNumber(), 0);
    assert_int_equal(KeGetCurrentNodeNumber(), 0);
    KeSetSystemAffinityThread(4);
    KIRQL Irql = KfRaiseIrql(DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentProcessorNumberEx(NULL), 2);
    KeLowerIrql(Irql);
    KeRevertToUserAffinityThread();
    GROUP_AFFINITY Third = {.Mask = 8}, Before = {.Mask = 1};
    KeSetSystemGroupAffinityThread(&Third, &Before);
    assert_int_equal(Before.Mask, 0);
    Irql = KfRaiseIrql(DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentProcessorNumberEx(NULL), 3);
    KeLowerIrql(Irql);
    KeRevertToUserGroupAffinityThread(&Before);
    assert_int_equal(KeSetSystemAffinityThreadEx(1), 0); // none was set
    KeRevertToUserAffinityThreadEx(0);
}

// ---- DPCs and timers

typedef struct DPC_RUN {
    KEVENT Done;
    ULONG Processor;
    BOOLEAN Executing;
} DPC_RUN;

static KDEFERRED_ROUTINE NoteRun;
static VOID NTAPI NoteRun(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                          PVOID SystemArgument2)
{
    DPC_RUN *Run = DeferredContext;
    (void)Dpc, (void)SystemArgument1, (void)SystemArgument2;
    Run->Processor = KeGetCurrentProcessorNumberEx(NULL);
    Run->Executing = TRUE;
    KeSetEvent(&Run->Done, 0, FALSE);
}

static void WaitFor(PVOID Object)
{
    assert_int_equal(KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL), 0);
}

static void Dpc_ThreadedOnTarget_RunsThere(void **State)
{
    (void)State;
    DPC_RUN Run = {0};
    KDPC Dpc;
    PROCESSOR_NUMBER Third = {.Number = 3}, Absent = {.Number = 9};
    KeInitializeEvent(&Run.Done, SynchronizationEvent, FALSE);
    KeInitializeThreadedDpc(&Dpc, NoteRun, &Run);
    assert_int_equal(KeSetTargetProcessorDpcEx(&Dpc, &Absent), STATUS_INVALID_PARAMETER);
    assert_int_equal(KeSetTargetProcessorDpcEx(&Dpc, &Third), 0);
    KeSetImportanceDpc(&Dpc, HighImportance);
    assert_true(KeInsertQueueDpc(&Dpc, NULL, NULL));
    WaitFor(&Run.Done);
    assert_int_equal(Run.Processor, 3);
    KeFlushQueuedDpcs();
}

static void Dpc_RemovedAndAwaited_IsNotRunning(void **State)
{
    (void)State;
    DPC_RUN Run = {0};
    KDPC Dpc;
    KeInitializeEvent(&Run.Done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&Dpc, NoteRun, &Run);
    KIRQL Irql = KfRaiseIrql(DISPATCH_LEVEL);
    assert_true(KeInsertQueueDpc(&Dpc, NULL, NULL));
    assert_true(KeRemoveQueueDpcEx(&Dpc, FALSE));
    assert_false(KeShouldYieldProcessor());
    KDPC_WATCHDOG_INFORMATION Watchdog;
    assert_int_equal(KeQueryDpcWatchdogInformation(&Watchdog), 0);
    assert_int_equal(Watchdog.DpcTimeLimit, 0);
    KeLowerIrql(Irql);
    assert_false(Run.Executing);
    assert_true(KeInsertQueueDpc(&Dpc, NULL, NULL));
    assert_false(KeRemoveQueueDpcEx(&Dpc, TRUE)); // it has run, or runs until this returns
    assert_true(Run.Executing);
}

static void Timer_Coalescable_Expires(void **State)
{
    (void)State;
    KTIMER Timer;
    KeInitializeTimer(&Timer);
    assert_false(KeSetCoalescableTimer(&Timer, (LARGE_INTEGER){.QuadPart = -1}, 0, 5, NULL));
    WaitFor(&Timer);
}

static void Pulse_NobodyWaits_LeavesNothing(void **State)
{
    (void)State;
    KEVENT Event;
    KSEMAPHORE Semaphore;
    KeInitializeEvent(&Event, NotificationEvent, TRUE);
    assert_int_equal(KePulseEvent(&Event, 0, FALSE), 1);
    assert_int_equal(KeReadStateEvent(&Event), 0);
    KeInitializeSemaphore(&Semaphore, 2, 3);
    WaitFor(&Semaphore);
    assert_int_equal(KeReadStateSemaphore(&Semaphore), 1);
}

// ---- threads

static void Thread_Current_HasNumbersAndPriority(void **State)
{
    (void)State;
    PKTHREAD Thread = KeGetCurrentThread();
    assert_ptr_equal(PsGetThreadId((PETHREAD)Thread), PsGetCurrentThreadId());
    assert_ptr_equal(PsGetProcessId(PsInitialSystemProcess), PsGetCurrentProcessId());
    assert_false(PsIsThreadTerminating((PETHREAD)Thread));
    assert_false(IoIsSystemThread((PETHREAD)Thread));
    KPRIORITY Before = KeSetPriorityThread(Thread, 20);
    assert_int_equal(KeQueryPriorityThread(Thread), 20);
    assert_int_equal(KeSetBasePriorityThread(Thread, 2), 20 - 8);
    assert_int_equal(KeQueryPriorityThread(Thread), 10);
    KeSetPriorityThread(Thread, Before);
}

static void ImpossiblePriority(void)
{
    KeSetPriorityThread(KeGetCurrentThread(), 77);
}

static void CallBugCheck(void)
{
    KeBugCheck(MANUALLY_INITIATED_CRASH);
}

static void CallBreakPoint(void)
{
    DbgBreakPoint();
}

static void CallBreakPointWithStatus(void)
{
    DbgBreakPointWithStatus(7);
}

static void Stops_ByDrivers_AreReported(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(ImpossiblePriority, KERNEL_SECURITY_CHECK_FAILURE, "priority 77");
    IO_EXPECT_BUG_CHECK(CallBugCheck, MANUALLY_INITIATED_CRASH, "KeBugCheck");
    IO_EXPECT_BUG_CHECK(CallBreakPoint, KMODE_EXCEPTION_NOT_HANDLED, "DbgBreakPoint");
    IO_EXPECT_BUG_CHECK(CallBreakPointWithStatus, KMODE_EXCEPTION_NOT_HANDLED, "0x7");
}

// ---- memory

static void Memory_Addresses_AreToldApart(void **State)
{
    (void)State;
    int Local = 1;
    assert_int_equal(MmGetPhysicalAddress(&Local).QuadPart, (LONGLONG)(ULONG_PTR)&Local);
    assert_true(MmIsAddressValid(&Local));
    assert_false(MmIsAddressValid((PVOID)8));
    assert_true((ULONG_PTR)MmHighestUserAddress < MmUserProbeAddress);
    assert_true(MmUserProbeAddress < (ULONG_PTR)MmSystemRangeStart);
}

static void Mdl_PagesByOldNames_AreMapped(void **State)
{
    (void)State;
    const PHYSICAL_ADDRESS Zero = {.QuadPart = 0}, Any = {.QuadPart = -1};
    PMDL Mdl = MmAllocatePagesForMdl(Zero, Any, Zero, 2 * PAGE_SIZE);
    assert_non_null(Mdl);
    UCHAR *Pages = MmMapLockedPages(Mdl, KernelMode);
    Pages[2 * PAGE_SIZE - 1] = 1;
    MmUnmapLockedPages(Pages, Mdl);
    MmFreePagesFromMdl(Mdl);
    ExFreePool(Mdl);
    Mdl = MmAllocateNodePagesForMdlEx(Zero, Any, Zero, PAGE_SIZE, MmCached, 0, 0);
    assert_int_equal(MmGetMdlByteCount(Mdl), PAGE_SIZE);
    MmFreePagesFromMdl(Mdl);
    ExFreePool(Mdl);
}

// ---- devices, drivers, objects

static void Device_AttachedAbove_IsTheTop(void **State)
{
    (void)State;
    PDEVICE_OBJECT Upper, Below = NULL;
    PVOID Extension, Same;
    TestDriverLoad();
    assert_int_equal(IoCreateDevice(Test.Driver, 0, NULL, 0x8001, 0, FALSE, &Upper), 0);
    assert_int_equal(IoAttachDeviceToDeviceStackSafe(Upper, Test.Device, &Below), 0);
    assert_ptr_equal(Below, Test.Device);
    assert_ptr_equal(IoGetAttachedDevice(Test.Device), Upper);
    PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Test.Device);
    assert_ptr_equal(Top, Upper);
    ObDereferenceObject(Top);
    PDEVICE_OBJECT Lower = IoGetLowerDeviceObject(Upper);
    assert_ptr_equal(Lower, Test.Device);
    ObDereferenceObject(Lower);
    assert_null(IoGetLowerDeviceObject(Test.Device));
    IoDetachDevice(Test.Device);
    IoDeleteDevice(Upper);
    assert_null(IoGetDriverObjectExtension(Test.Driver, Device_AttachedAbove_IsTheTop));
    assert_int_equal(
        IoAllocateDriverObjectExtension(Test.Driver, Device_AttachedAbove_IsTheTop, 16, &Extension),
        0);
    assert_int_equal(
        IoAllocateDriverObjectExtension(Test.Driver, Device_AttachedAbove_IsTheTop, 16, &Same),
        STATUS_OBJECT_NAME_COLLISION);
    assert_ptr_equal(IoGetDriverObjectExtension(Test.Driver, Device_AttachedAbove_IsTheTop),
                     Extension);
    TestDriverUnload(); // and the extension goes
}

static void Object_TypesAndTags_AreChecked(void **State)
{
    (void)State;
    HANDLE Event, File;
    PVOID Object;
    UNICODE_STRING Name = SimWideString(L"\\Device\\Test");
    UNICODE_STRING Link = SimWideString(L"\\??\\Unprotected");
    OBJECT_ATTRIBUTES Attributes;
    IO_STATUS_BLOCK Result;
    TestDriverLoad();
    assert_int_equal(ZwCreateEvent(&Event, 0, NULL, NotificationEvent, FALSE), 0);
    assert_int_equal(ObReferenceObjectByHandleWithTag(Event, 0, *IoFileObjectType, KernelMode,
                                                      'tseT', &Object, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ObReferenceObjectByHandleWithTag(Event, 0, *ExEventObjectType, KernelMode,
                                                      'tseT', &Object, NULL),
                     0);
    assert_int_equal(ObReferenceObjectByPointer(Object, 0, *PsThreadType, KernelMode),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ObReferenceObjectWithTag(Object, 'tseT');
    ObDereferenceObjectWithTag(Object, 'tseT');
    ObDereferenceObjectDeferDelete(Object);
    assert_ptr_not_equal(*PsProcessType, *CmKeyObjectType);
    assert_int_equal(ZwClose(Event), 0);
    assert_int_equal(IoCreateUnprotectedSymbolicLink(&Link, &Name), 0);
    InitializeObjectAttributes(&Attributes, &Link, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwOpenFile(&File, FILE_READ_DATA, &Attributes, &Result, 0, 0), 0);
    assert_int_equal(ZwClose(File), 0);
    assert_int_equal(IoDeleteSymbolicLink(&Link), 0);
    TestDriverUnload();
}

// ---- IRPs and work items

static NTSTATUS PendAndAsk(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    KIRQL Irql;
    (void)Stack;
    IoAcquireCancelSpinLock(&Irql);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    IoReleaseCancelSpinLock(Irql);
    assert_false(IoIs32bitProcess(Irp));
    assert_int_equal(IoGetRequestorProcessId(Irp),
                     (ULONG)(ULONG_PTR)PsGetProcessId(IoGetRequestorProcess(Irp)));
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static void Irp_OlderFunctions_BuildAndSend(void **State)
{
    (void)State;
    union {
        IRP Irp;
        UCHAR Bytes[IoSizeOfIrp(2)];
    } Own;
    KEVENT Event;
    IO_STATUS_BLOCK Result;
    Test.Control = PendAndAsk;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(
        TestControl(File, TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS), NULL, 0, NULL, 0, NULL), 0);
    SimProcessExit(Process);
    IoInitializeIrp(&Own.Irp, IoSizeOfIrp(2), 2);
    assert_int_equal(Own.Irp.StackCount, 2);
    assert_int_equal(Own.Irp.CurrentLocation, 3);
    PIRP Irp = IoAllocateIrpEx(Test.Device, 3, FALSE);
    assert_int_equal(Irp->StackCount, 3);
    IoFreeIrp(Irp);
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    Test.Control = NULL;
    Irp = IoBuildSynchronousFsdRequest(IRP_MJ_CREATE, Test.Device, NULL, 0, NULL, &Event, &Result);
    assert_int_equal(IoCallDriver(Test.Device, Irp), 0); // counted as an open
    assert_int_equal(Test.Creates, 2);
    WaitFor(&Event);
    TestDriverUnload();
}

static IO_WORKITEM_ROUTINE NoteWork;
static VOID NTAPI NoteWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    assert_ptr_equal(DeviceObject, Test.Device);
    KeSetEvent(Context, 0, FALSE);
}

static void WorkItem_InDriversMemory_Runs(void **State)
{
    (void)State;
    KEVENT Done;
    TestDriverLoad();
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    PIO_WORKITEM Item = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), 'krow');
    IoInitializeWorkItem(Test.Device, Item);
    IoQueueWorkItem(Item, NoteWork, DelayedWorkQueue, &Done);
    WaitFor(&Done);
    assert_true(SimWaitIdle(60000)); // the device is referenced until the worker is done with it
    IoUninitializeWorkItem(Item);
    ExFreePoolWithTag(Item, 'krow');
    TestDriverUnload();
}

// ---- registry

static void Registry_EnumerateAndFlush_Works(void **State)
{
    (void)State;
    ULONG Value = 3, Bytes;
    union {
        KEY_VALUE_BASIC_INFORMATION Basic;
        UCHAR Bytes[64];
    } Info;
    UNICODE_STRING Path = SimWideString(
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\V");
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Key;
    InitializeObjectAttributes(&Attributes, &Path, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"V"), 0);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"V"), 0);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"V", L"One", REG_DWORD, &Value, 4), 0);
    assert_int_equal(ZwOpenKeyEx(&Key, KEY_READ, &Attributes, 0), 0);
    assert_int_equal(
        ZwEnumerateValueKey(Key, 0, KeyValueBasicInformation, &Info, sizeof(Info), &Bytes), 0);
    assert_memory_equal(Info.Basic.Name, L"One", 6);
    assert_int_equal(Info.Basic.Type, REG_DWORD);
    assert_int_equal(
        ZwEnumerateValueKey(Key, 1, KeyValueBasicInformation, &Info, sizeof(Info), &Bytes),
        STATUS_NO_MORE_ENTRIES);
    assert_int_equal(ZwFlushKey(Key), 0);
    assert_int_equal(ZwClose(Key), 0);
    assert_int_equal(ZwFlushKey(Key), STATUS_INVALID_HANDLE);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Locks_Contended_Exclude),
        IO_TEST(SharedSpinLock_AtDispatch_AdmitsTwice),
        IO_TEST(Locks_Misused_StopByName),
        IO_TEST(Interlocked_ListsAndNumbers_ReturnWhatWas),
        IO_TEST(Resource_WriterWaits_SharedVariantsDiffer),
        IO_TEST(Rundown_CacheAware_ClosesAndOpensAgain),
        IO_TEST(Pool_OlderFunctions_AllocateAndFree),
        IO_TEST(Misalignment_Raised_IsAnException),
        IO_TEST(Clocks_ReadTwice_DoNotGoBack),
        IO_TEST(Processors_OlderFunctions_TellTheSame),
        IO_TEST(Dpc_ThreadedOnTarget_RunsThere),
        IO_TEST(Dpc_RemovedAndAwaited_IsNotRunning),
        IO_TEST(Timer_Coalescable_Expires),
        IO_TEST(Pulse_NobodyWaits_LeavesNothing),
        IO_TEST(Thread_Current_HasNumbersAndPriority),
        IO_TEST(Stops_ByDrivers_AreReported),
        IO_TEST(Memory_Addresses_AreToldApart),
        IO_TEST(Mdl_PagesByOldNames_AreMapped),
        IO_TEST(Device_AttachedAbove_IsTheTop),
        IO_TEST(Object_TypesAndTags_AreChecked),
        IO_TEST(Irp_OlderFunctions_BuildAndSend),
        IO_TEST(WorkItem_InDriversMemory_Runs),
        IO_TEST(Registry_EnumerateAndFlush_Works),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Dispatcher objects, DPCs, APCs, IRQL, processors, clocks: the Ke functions (provided by nt).
 */

#include "types.h"
#include "interlocked.h"
#include "rtl.h"
#include "dispatcher.h"

typedef struct _FAST_MUTEX FAST_MUTEX, *PFAST_MUTEX, *PKGUARDED_MUTEX;
typedef struct _MDL MDL, *PMDL, *PMDLX, *PNDIS_BUFFER;
typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX,
    *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX;

NTKERNELAPI void NTAPI DbgBreakPointWithStatus(ULONG Status);
NTKERNELAPI ULONG NTAPI DbgPrint(PCSTR Format, ...);
NTKERNELAPI ULONG NTAPI DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
NTKERNELAPI ULONG NTAPI DbgPrintReturnControlC(PCCH Format, ...);
NTKERNELAPI ULONG NTAPI DbgPrompt(PCCH Prompt, PCH Response, ULONG Length);
NTKERNELAPI NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level);
NTKERNELAPI NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State);

NTKERNELAPI NTSTATUS NTAPI KdChangeOption(
    KD_OPTION Option, ULONG InBufferBytes, PVOID InBuffer, ULONG OutBufferBytes, PVOID OutBuffer,
    PULONG OutBufferNeeded);

extern SIM_IMPORT PBOOLEAN KdDebuggerEnabled;
extern SIM_IMPORT PBOOLEAN KdDebuggerNotPresent;
NTKERNELAPI NTSTATUS NTAPI KdDisableDebugger(void);
NTKERNELAPI NTSTATUS NTAPI KdEnableDebugger(void);
NTKERNELAPI BOOLEAN NTAPI KdRefreshDebuggerNotPresent(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeAcquireInStackQueuedSpinLock(
    PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
    SIM_RAISES_TO_DISPATCH;

NTKERNELAPI void NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(
    PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);

NTKERNELAPI void NTAPI KeAcquireInStackQueuedSpinLockForDpc(
    PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);

typedef struct _KINTERRUPT *PKINTERRUPT;

NTKERNELAPI KIRQL NTAPI KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt);
NTKERNELAPI KIRQL NTAPI KeAcquireQueuedSpinLock(KSPIN_LOCK_QUEUE_NUMBER Number);

NTKERNELAPI void NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
    _Acquires_lock_(*SpinLock);

NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
    _Acquires_lock_(*SpinLock) SIM_RAISES_TO_DISPATCH;

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeAreAllApcsDisabled(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeAreApcsDisabled(void);

typedef struct _KPROCESS *PRKPROCESS;

NTKERNELAPI void NTAPI KeAttachProcess(PRKPROCESS Process);
DECLSPEC_NORETURN NTKERNELAPI void NTAPI KeBugCheck(ULONG BugCheckCode);

DECLSPEC_NORETURN NTKERNELAPI void NTAPI KeBugCheckEx(
    ULONG BugCheckCode, ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2,
    ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeCancelTimer(PKTIMER);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeClearEvent(PRKEVENT Event);

NTKERNELAPI NTSTATUS NTAPI KeConvertAuxiliaryCounterToPerformanceCounter(
    ULONG64 AuxiliaryCounterValue, PULONG64 PerformanceCounterValue, PULONG64 ConversionError);

NTKERNELAPI NTSTATUS NTAPI KeConvertPerformanceCounterToAuxiliaryCounter(
    ULONG64 PerformanceCounterValue, PULONG64 AuxiliaryCounterValue, PULONG64 ConversionError);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI KeDelayExecutionThread(
    KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval);

NTKERNELAPI BOOLEAN NTAPI KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI KeDeregisterNmiCallback(PVOID Handle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI KeDeregisterProcessorChangeCallback(PVOID CallbackHandle);

NTKERNELAPI void NTAPI KeDetachProcess(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeEnterCriticalRegion(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeEnterGuardedRegion(void);

typedef void NTAPI EXPAND_STACK_CALLOUT(PVOID Parameter);
typedef EXPAND_STACK_CALLOUT *PEXPAND_STACK_CALLOUT;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCallout(
    PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size);

NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(
    PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size, BOOLEAN Wait, PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeFlushIoBuffers(PMDL Mdl, BOOLEAN ReadOperation, BOOLEAN DmaOperation);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI KeFlushQueuedDpcs(void);

NTHALAPI void NTAPI KeFlushWriteBuffer(void);
NTKERNELAPI KIRQL NTAPI KeGetCurrentIrql(void);
NTKERNELAPI USHORT NTAPI KeGetCurrentNodeNumber(void);
NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber);
NTKERNELAPI ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber);

NTKERNELAPI NTSTATUS NTAPI KeGetProcessorNumberFromIndex(
    ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber);

NTKERNELAPI ULONG NTAPI KeGetRecommendedSharedDataAlignment(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue);

NTKERNELAPI void NTAPI KeInitializeDpc(
    PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext);

NTKERNELAPI void NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex);

NTKERNELAPI void NTAPI KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner);
NTKERNELAPI void NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit);

NTKERNELAPI void NTAPI KeInitializeSpinLock(PKSPIN_LOCK SpinLock);

NTKERNELAPI void NTAPI KeInitializeThreadedDpc(
    PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeInitializeTimer(PKTIMER Timer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeInsertByKeyDeviceQueue(
    PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, ULONG SortKey);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeInsertDeviceQueue(
    PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);

NTKERNELAPI BOOLEAN NTAPI KeInsertQueueDpc(
    PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeInvalidateAllCaches(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length);

NTKERNELAPI ULONG_PTR NTAPI KeIpiGenericCall(
    PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI LOGICAL NTAPI KeIsExecutingDpc(void);

extern SIM_IMPORT ULONG KeLastBranchMSR;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeLeaveCriticalRegion(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeLeaveGuardedRegion(void);

NTKERNELAPI void NTAPI KeLowerIrql(KIRQL NewIrql)
    SIM_LOWERS_FROM_DISPATCH;

extern SIM_IMPORT volatile CCHAR KeNumberProcessors;

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);

NTKERNELAPI USHORT NTAPI KeQueryActiveGroupCount(void);
NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors);
NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber);
NTKERNELAPI KAFFINITY NTAPI KeQueryActiveProcessors(void);
NTKERNELAPI NTSTATUS NTAPI KeQueryAuxiliaryCounterFrequency(PULONG64 AuxiliaryCounterFrequency);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI KeQueryDpcWatchdogInformation(
    PKDPC_WATCHDOG_INFORMATION WatchdogInformation);

NTKERNELAPI KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber);
NTKERNELAPI USHORT NTAPI KeQueryHighestNodeNumber(void);
NTKERNELAPI ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(
    PPROCESSOR_NUMBER ProcessorNumber, LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information, PULONG Length);

NTKERNELAPI USHORT NTAPI KeQueryMaximumGroupCount(void);
NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCount(void);
NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber);

NTKERNELAPI void NTAPI KeQueryNodeActiveAffinity(
    USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count);

NTKERNELAPI NTSTATUS NTAPI KeQueryNodeActiveAffinity2(
    USHORT NodeNumber, PGROUP_AFFINITY GroupAffinities, USHORT GroupAffinitiesCount,
    PUSHORT GroupAffinitiesRequired);

NTKERNELAPI ULONG NTAPI KeQueryNodeActiveProcessorCount(USHORT NodeNumber);
NTKERNELAPI USHORT NTAPI KeQueryNodeMaximumProcessorCount(USHORT NodeNumber);
NTHALAPI LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);

typedef struct _KTHREAD *PKTHREAD;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI KPRIORITY NTAPI KeQueryPriorityThread(PKTHREAD Thread);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG NTAPI KeQueryRuntimeThread(PKTHREAD Thread, PULONG UserTime);

NTKERNELAPI void NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime);
NTKERNELAPI ULONG NTAPI KeQueryTimeIncrement(void);
NTKERNELAPI ULONG64 NTAPI KeQueryTotalCycleTimeThread(PKTHREAD Thread, PULONG64 CycleTimeStamp);
NTKERNELAPI ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeReadStateEvent(PRKEVENT Event);

NTKERNELAPI LONG NTAPI KeReadStateMutant(PRKMUTANT Mutant);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex);

NTKERNELAPI LONG NTAPI KeReadStateQueue(PRKQUEUE Queue);
NTKERNELAPI LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer);

NTKERNELAPI BOOLEAN NTAPI KeRegisterBugCheckCallback(
    PKBUGCHECK_CALLBACK_RECORD CallbackRecord, PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine,
    PVOID Buffer, ULONG Length, PUCHAR Component);

typedef BOOLEAN NTAPI NMI_CALLBACK(PVOID Context, BOOLEAN Handled);
typedef NMI_CALLBACK *PNMI_CALLBACK;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI KeRegisterNmiCallback(PNMI_CALLBACK CallbackRoutine, PVOID Context);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PVOID NTAPI KeRegisterProcessorChangeCallback(
    PPROCESSOR_CALLBACK_FUNCTION CallbackFunction, PVOID CallbackContext, ULONG Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex);

NTKERNELAPI void NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
    SIM_LOWERS_FROM_DISPATCH;

NTKERNELAPI void NTAPI KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle);
NTKERNELAPI void NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle);
NTKERNELAPI void NTAPI KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql);

NTKERNELAPI LONG NTAPI KeReleaseMutant(
    PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned, BOOLEAN Wait);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait);

NTKERNELAPI void NTAPI KeReleaseQueuedSpinLock(KSPIN_LOCK_QUEUE_NUMBER Number, KIRQL OldIrql);

NTKERNELAPI LONG NTAPI KeReleaseSemaphore(
    PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait);

NTKERNELAPI void NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
    _Releases_lock_(*SpinLock) SIM_LOWERS_FROM_DISPATCH;

NTKERNELAPI void NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql);

NTKERNELAPI void NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
    _Releases_lock_(*SpinLock);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(
    PKDEVICE_QUEUE DeviceQueue, ULONG SortKey);

NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueueIfBusy(
    PKDEVICE_QUEUE DeviceQueue, ULONG SortKey);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeRemoveEntryDeviceQueue(
    PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PLIST_ENTRY NTAPI KeRemoveQueue(
    PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout);

NTKERNELAPI BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc);
NTKERNELAPI BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LONG NTAPI KeResetEvent(PRKEVENT Event);

NTKERNELAPI void NTAPI KeRevertToUserAffinityThread(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI LONG NTAPI KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeSetCoalescableTimer(
    PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG TolerableDelay, PKDPC Dpc);

NTKERNELAPI LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
NTKERNELAPI UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor);
NTKERNELAPI void NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeSetSystemAffinityThread(KAFFINITY Affinity);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI KeSetSystemGroupAffinityThread(
    PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity);

NTKERNELAPI void NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number);
NTKERNELAPI NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeSetTimerEx(
    PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI LOGICAL NTAPI KeShouldYieldProcessor(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeStackAttachProcess(PRKPROCESS PROCESS, PRKAPC_STATE ApcState);

NTHALAPI void NTAPI KeStallExecutionProcessor(ULONG MicroSeconds);

NTKERNELAPI BOOLEAN NTAPI KeSynchronizeExecution(
    PKINTERRUPT Interrupt, PKSYNCHRONIZE_ROUTINE SynchronizeRoutine, PVOID SynchronizeContext);

NTKERNELAPI BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex);

NTKERNELAPI LOGICAL NTAPI KeTryToAcquireQueuedSpinLock(
    KSPIN_LOCK_QUEUE_NUMBER Number, PKIRQL OldIrql);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI KeUnstackDetachProcess(PRKAPC_STATE ApcState);

NTKERNELAPI NTSTATUS NTAPI KeWaitForMultipleObjects(
    ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
    KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
    PKWAIT_BLOCK WaitBlockArray);

NTKERNELAPI NTSTATUS NTAPI KeWaitForSingleObject(
    PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
    PLARGE_INTEGER Timeout);

NTKERNELAPI KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
    SIM_RAISES_TO_DISPATCH;

NTKERNELAPI ULONG NTAPI vDbgPrintEx(
    ULONG ComponentId, ULONG Level, PCCH Format, SIM_VA_LIST arglist);

NTKERNELAPI ULONG NTAPI vDbgPrintExWithPrefix(
    PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, SIM_VA_LIST arglist);

/* Spin locks and IRQL: macros and inline functions over the exports above. */
#define KeAcquireSpinLock(SpinLock, OldIrql) (*(OldIrql) = KeAcquireSpinLockRaiseToDpc(SpinLock))
#define KeRaiseIrql(NewIrql, OldIrql) (*(OldIrql) = KfRaiseIrql(NewIrql))
#define ExAcquireSpinLock(Lock, OldIrql) KeAcquireSpinLock((Lock), (OldIrql))
#define ExReleaseSpinLock(Lock, OldIrql) KeReleaseSpinLock((Lock), (OldIrql))
#define ExAcquireSpinLockAtDpcLevel(Lock) KeAcquireSpinLockAtDpcLevel(Lock)
#define ExReleaseSpinLockFromDpcLevel(Lock) KeReleaseSpinLockFromDpcLevel(Lock)

SIM_RAISES_TO_DISPATCH FORCEINLINE KIRQL KeRaiseIrqlToDpcLevel(void)
{
    return KfRaiseIrql(2);
}

SIM_RAISES_TO_DISPATCH FORCEINLINE KIRQL KeRaiseIrqlToSynchLevel(void)
{
    return KfRaiseIrql(12);
}

/* Processors. */
FORCEINLINE ULONG KeGetCurrentProcessorIndex(void)
{
    return KeGetCurrentProcessorNumberEx(NULL);
}

FORCEINLINE ULONG KeGetCurrentProcessorNumber(void)
{
    return KeGetCurrentProcessorNumberEx(NULL);
}

NTKERNELAPI PKTHREAD NTAPI KeGetCurrentThread(void);

#define AFFINITY_MASK(N) ((KAFFINITY)1 << (N))

FORCEINLINE NTSTATUS KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    (void)FloatSave;
    return 0;
}

FORCEINLINE NTSTATUS KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    (void)FloatSave;
    return 0;
}

/*
 * Clocks. On Windows these read the shared user data page, which no ELF process has: natively they
 * are functions of the runtime.
 */
#if defined(_WIN32)
#define KeQueryInterruptTime() (*(volatile ULONGLONG *)0xFFFFF78000000008ULL)
#define KeQuerySystemTime(CurrentCount) \
    ((CurrentCount)->QuadPart = *(volatile LONGLONG *)0xFFFFF78000000014ULL)
#define KeQueryTickCount(CurrentCount) \
    ((CurrentCount)->QuadPart = *(volatile LONGLONG *)0xFFFFF78000000320ULL)
#else
ULONGLONG NTAPI KeQueryInterruptTime(void);
void NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
void NTAPI KeQueryTickCount(PLARGE_INTEGER CurrentCount);
#endif

#define KeWaitForMutexObject KeWaitForSingleObject
#define KeGetDcacheFillSize() 1UL
#define KeInitializeCallbackRecord(CallbackRecord) ((CallbackRecord)->State = BufferEmpty)

/* Debug output. */
#if DBG
#define KdPrint(Arguments) DbgPrint Arguments
#define KdPrintEx(Arguments) DbgPrintEx Arguments
#define KdBreakPoint() DbgBreakPoint()
#else
#define KdPrint(Arguments) ((void)0)
#define KdPrintEx(Arguments) ((void)0)
#define KdBreakPoint() ((void)0)
#endif
#define PAGED_CODE() ASSERT(KeGetCurrentIrql() <= 1)
#define PAGED_CODE_LOCKED() ((void)0)
NTKERNELAPI void NTAPI DbgBreakPoint(void);

/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Processes and threads: the Ps functions (provided by nt).
 */

#include "types.h"
#include "rtltypes.h"
#include "dispatcher.h"
#include "ke.h"
#include "executive.h"
#include "memory.h"
#include "security.h"
#include "irp.h"
#include "io.h"

#define THREAD_ALERT 4
#define THREAD_GET_CONTEXT 8
#define THREAD_RESUME 0x1000
#define THREAD_SUSPEND_RESUME 2
#define PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE 1

typedef struct _IMAGE_INFO IMAGE_INFO, *PIMAGE_INFO;
typedef struct _PS_CREATE_NOTIFY_INFO PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;

#define PROCESS_ALL_ACCESS 0x1FFFFF
#define PROCESS_DUP_HANDLE 0x40
#define THREAD_ALL_ACCESS 0x1FFFFF
#define THREAD_QUERY_LIMITED_INFORMATION 0x800

#define THREAD_SET_CONTEXT 0x10
#define THREAD_SET_INFORMATION 0x20
#define THREAD_SET_LIMITED_INFORMATION 0x400

#define THREAD_TERMINATE 1
#define THREAD_TERMINATE_HELD_MUTEX 0x4000008AU

typedef enum _PROCESSINFOCLASS {
    ProcessBasicInformation,
    ProcessQuotaLimits,
    ProcessIoCounters,
    ProcessVmCounters,
    ProcessTimes,
    ProcessBasePriority,
    ProcessRaisePriority,
    ProcessDebugPort,
    ProcessExceptionPort,
    ProcessAccessToken,
    ProcessLdtInformation,
    ProcessLdtSize,
    ProcessDefaultHardErrorMode,
    ProcessIoPortHandlers,
    ProcessPooledUsageAndLimits,
    ProcessWorkingSetWatch,
    ProcessUserModeIOPL,
    ProcessEnableAlignmentFaultFixup,
    ProcessPriorityClass,
    ProcessWx86Information,
    ProcessHandleCount,
    ProcessAffinityMask,
    ProcessPriorityBoost,
    ProcessDeviceMap,
    ProcessSessionInformation,
    ProcessForegroundInformation,
    ProcessWow64Information,
    ProcessImageFileName,
    ProcessLUIDDeviceMapsEnabled,
    ProcessBreakOnTermination,
    ProcessDebugObjectHandle,
    ProcessDebugFlags,
    ProcessHandleTracing,
    ProcessIoPriority,
    ProcessExecuteFlags,
    ProcessTlsInformation,
    ProcessCookie,
    ProcessImageInformation,
    ProcessCycleTime,
    ProcessPagePriority,
    ProcessInstrumentationCallback,
    ProcessThreadStackAllocation,
    ProcessWorkingSetWatchEx,
    ProcessImageFileNameWin32,
    ProcessImageFileMapping,
    ProcessAffinityUpdateMode,
    ProcessMemoryAllocationMode,
    ProcessGroupInformation,
    ProcessTokenVirtualizationEnabled,
    ProcessOwnerInformation,
    ProcessWindowInformation,
    ProcessHandleInformation,
    ProcessMitigationPolicy,
    ProcessDynamicFunctionTableInformation,
    ProcessHandleCheckingMode,
    ProcessKeepAliveCount,
    ProcessRevokeFileHandles,
    ProcessWorkingSetControl,
    ProcessHandleTable,
    ProcessCheckStackExtentsMode,
    ProcessCommandLineInformation,
    ProcessProtectionInformation,
    ProcessMemoryExhaustion,
    ProcessFaultInformation,
    ProcessTelemetryIdInformation,
    ProcessCommitReleaseInformation,
    ProcessReserved1Information,
    ProcessReserved2Information,
    ProcessSubsystemProcess,
    ProcessInPrivate = 70,
    ProcessRaiseUMExceptionOnInvalidHandleClose,
    ProcessSubsystemInformation = 75,
    ProcessWin32kSyscallFilterInformation = 79,
    ProcessEnergyTrackingState = 82,
    MaxProcessInfoClass,
} PROCESSINFOCLASS;

typedef enum _THREADINFOCLASS {
    ThreadBasicInformation,
    ThreadTimes,
    ThreadPriority,
    ThreadBasePriority,
    ThreadAffinityMask,
    ThreadImpersonationToken,
    ThreadDescriptorTableEntry,
    ThreadEnableAlignmentFaultFixup,
    ThreadEventPair_Reusable,
    ThreadQuerySetWin32StartAddress,
    ThreadZeroTlsCell,
    ThreadPerformanceCount,
    ThreadAmILastThread,
    ThreadIdealProcessor,
    ThreadPriorityBoost,
    ThreadSetTlsArrayAddress,
    ThreadIsIoPending,
    ThreadHideFromDebugger,
    ThreadBreakOnTermination,
    ThreadSwitchLegacyState,
    ThreadIsTerminated,
    ThreadLastSystemCall,
    ThreadIoPriority,
    ThreadCycleTime,
    ThreadPagePriority,
    ThreadActualBasePriority,
    ThreadTebInformation,
    ThreadCSwitchMon,
    ThreadCSwitchPmu,
    ThreadWow64Context,
    ThreadGroupInformation,
    ThreadUmsInformation,
    ThreadCounterProfiling,
    ThreadIdealProcessorEx,
    ThreadCpuAccountingInformation,
    ThreadSuspendCount,
    ThreadActualGroupAffinity = 41,
    ThreadDynamicCodePolicyInfo,
    ThreadSubsystemInformation = 45,
    MaxThreadInfoClass = 56,
} THREADINFOCLASS;

/* IRQL: PASSIVE_LEVEL */
typedef void (NTAPI *PCREATE_PROCESS_NOTIFY_ROUTINE)(
    HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create);

/* IRQL: PASSIVE_LEVEL */
typedef void (NTAPI *PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(
    PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo);

/* IRQL: <= APC_LEVEL */
typedef void (NTAPI *PCREATE_THREAD_NOTIFY_ROUTINE)(
    HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create);

/* IRQL: PASSIVE_LEVEL */
typedef void (NTAPI *PLOAD_IMAGE_NOTIFY_ROUTINE)(
    PUNICODE_STRING FullImageName, HANDLE ProcessId, PIMAGE_INFO ImageInfo);

typedef struct _IMAGE_INFO {
    union {
        ULONG Properties;
        struct {
            ULONG ImageAddressingMode : 8;
            ULONG SystemModeImage : 1;
            ULONG ImageMappedToAllPids : 1;
            ULONG ExtendedInfoPresent : 1;
            ULONG MachineTypeMismatch : 1;
            ULONG ImageSignatureLevel : 4;
            ULONG ImageSignatureType : 3;
            ULONG ImagePartialMap : 1;
            ULONG Reserved : 12;
        };
    };
    PVOID ImageBase;
    ULONG ImageSelector;
    SIZE_T ImageSize;
    ULONG ImageSectionNumber;
} IMAGE_INFO, *PIMAGE_INFO;

typedef struct _IMAGE_INFO_EX {
    SIZE_T Size;
    IMAGE_INFO ImageInfo;
    struct _FILE_OBJECT *FileObject;
} IMAGE_INFO_EX, *PIMAGE_INFO_EX;

typedef struct _PS_CREATE_NOTIFY_INFO {
    SIZE_T Size;
    union {
        ULONG Flags;
        struct {
            ULONG FileOpenNameAvailable : 1;
            ULONG IsSubsystemProcess : 1;
            ULONG Reserved : 30;
        };
    };
    HANDLE ParentProcessId;
    CLIENT_ID CreatingThreadId;
    struct _FILE_OBJECT *FileObject;
    PCUNICODE_STRING ImageFileName;
    PCUNICODE_STRING CommandLine;
    NTSTATUS CreationStatus;
} PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;

typedef struct _AFFINITY_TOKEN *PAFFINITY_TOKEN;

NTKERNELAPI NTSTATUS NTAPI PsAllocateAffinityToken(PAFFINITY_TOKEN *AffinityToken);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PsChargePoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsCreateSystemThread(
    PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    HANDLE ProcessHandle, PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);

NTKERNELAPI void NTAPI PsFreeAffinityToken(PAFFINITY_TOKEN AffinityToken);
NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(void);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(void);
NTKERNELAPI PVOID NTAPI PsGetCurrentThreadTeb(void);
NTKERNELAPI LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI LARGE_INTEGER NTAPI PsGetProcessExitTime(void);

NTKERNELAPI HANDLE NTAPI PsGetProcessId(PEPROCESS Process);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONGLONG NTAPI PsGetProcessStartKey(PEPROCESS Process);

NTKERNELAPI LONGLONG NTAPI PsGetThreadCreateTime(PETHREAD Thread);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI HANDLE NTAPI PsGetThreadId(PETHREAD Thread);

NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI PsGetThreadProperty(PETHREAD Thread, ULONG_PTR Key, ULONG Flags);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI PsGetVersion(
    PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber, PUNICODE_STRING CSDVersion);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsImpersonateClient(
    PETHREAD Thread, PACCESS_TOKEN Token, BOOLEAN CopyOnOpen, BOOLEAN EffectiveOnly,
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);

extern SIM_IMPORT PEPROCESS PsInitialSystemProcess;
NTKERNELAPI BOOLEAN NTAPI PsIsCurrentThreadPrefetching(void);
NTKERNELAPI BOOLEAN NTAPI PsIsDiskCountersEnabled(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread);

extern SIM_IMPORT POBJECT_TYPE *PsJobType;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread);

extern SIM_IMPORT POBJECT_TYPE *PsProcessType;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG64 NTAPI PsQueryTotalCycleTimeProcess(PEPROCESS Process, PULONG64 CycleTimeStamp);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(
    PETHREAD Thread, PBOOLEAN CopyOnOpen, PBOOLEAN EffectiveOnly,
    PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsRemoveCreateThreadNotifyRoutine(
    PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PsReturnPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI PsRevertToSelf(void);

NTKERNELAPI void NTAPI PsRevertToUserMultipleGroupAffinityThread(PAFFINITY_TOKEN AffinityToken);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(
    PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine, BOOLEAN Remove);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(
    PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine, BOOLEAN Remove);

typedef enum _PSCREATEPROCESSNOTIFYTYPE {
    PsCreateProcessNotifySubsystems,
} PSCREATEPROCESSNOTIFYTYPE;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx2(
    PSCREATEPROCESSNOTIFYTYPE NotifyType, PVOID NotifyInformation, BOOLEAN Remove);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetCreateThreadNotifyRoutine(
    PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);

typedef enum _PSCREATETHREADNOTIFYTYPE {
    PsCreateThreadNotifyNonSystem,
    PsCreateThreadNotifySubsystems,
} PSCREATETHREADNOTIFYTYPE;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetCreateThreadNotifyRoutineEx(
    PSCREATETHREADNOTIFYTYPE NotifyType, PVOID NotifyInformation);

NTKERNELAPI BOOLEAN NTAPI PsSetCurrentThreadPrefetching(BOOLEAN Prefetching);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsSetLoadImageNotifyRoutineEx(
    PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine, ULONG_PTR Flags);

NTKERNELAPI NTSTATUS NTAPI PsSetSystemMultipleGroupAffinityThread(
    PGROUP_AFFINITY GroupAffinities, USHORT GroupCount, PAFFINITY_TOKEN AffinityToken);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus);

extern SIM_IMPORT POBJECT_TYPE *PsThreadType;

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PsUpdateDiskCounters(
    PEPROCESS Process, ULONG64 BytesRead, ULONG64 BytesWritten, ULONG ReadOperationCount,
    ULONG WriteOperationCount, ULONG FlushOperationCount);

#define PsGetCurrentProcess IoGetCurrentProcess

FORCEINLINE PETHREAD PsGetCurrentThread(void)
{
    return (PETHREAD)KeGetCurrentThread();
}

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread() ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentThread() NtCurrentThread()
#define NtCurrentSession() ((HANDLE)(LONG_PTR)-3)
#define ZwCurrentSession() NtCurrentSession()

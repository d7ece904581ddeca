/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory, locks, timers, work items, events, processors: services for every kind of driver
 * (provided by ndis).
 */

#include "../nt/types.h"
#include "../nt/list.h"
#include "types.h"
#include "../nt/rtl.h"
#include "../nt/dispatcher.h"
#include "../nt/ke.h"
#include "../nt/executive.h"
#include "../nt/irp.h"
#include "net.h"

typedef struct _LOCK_STATE LOCK_STATE, *PLOCK_STATE;
typedef struct _LOCK_STATE_EX LOCK_STATE_EX, *PLOCK_STATE_EX;
typedef struct _NDIS_GENERIC_OBJECT NDIS_GENERIC_OBJECT, *PNDIS_GENERIC_OBJECT;
typedef struct _NDIS_HYPERVISOR_INFO NDIS_HYPERVISOR_INFO, *PNDIS_HYPERVISOR_INFO;
typedef struct _NDIS_RW_LOCK_EX NDIS_RW_LOCK_EX, *PNDIS_RW_LOCK_EX;
typedef struct _NDIS_WORK_ITEM NDIS_WORK_ITEM, *PNDIS_WORK_ITEM;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

/* What an acquire of an NDIS_RW_LOCK, and of an NDIS_RW_LOCK_EX, leaves for its release. */
struct _LOCK_STATE {
    USHORT LockState;
    KIRQL OldIrql;
};

struct _LOCK_STATE_EX {
    KIRQL OldIrql;
    UCHAR LockState;
    UCHAR Flags;
};

#if NDIS_SUPPORT_NDIS620
#define NDIS_RWL_AT_DISPATCH_LEVEL 1
#define NDIS_SHARED_MEMORY_PROVIDER_CHAR_SUPPORTS_PF_VPORTS 1

#define NDIS_SHARED_MEM_HANDLE_HAL_ALLOCATED ((PVOID)(LONG_PTR)0)
#define NDIS_SHARED_MEM_PARAMETERS_CONTIGOUS 1
#define NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS 1
#endif

typedef enum _NDIS_PROCESSOR_TYPE {
    NdisProcessorX86,
    NdisProcessorMips,
    NdisProcessorAlpha,
    NdisProcessorPpc,
    NdisProcessorAmd64,
    NdisProcessorIA64,
    NdisProcessorArm,
    NdisProcessorArm64,
} NDIS_PROCESSOR_TYPE, *PNDIS_PROCESSOR_TYPE;

typedef enum _NDIS_PROCESSOR_VENDOR {
    NdisProcessorVendorUnknown,
    NdisProcessorVendorGenuinIntel,
    NdisProcessorVendorGenuineIntel = 1,
    NdisProcessorVendorAuthenticAMD,
} NDIS_PROCESSOR_VENDOR, *PNDIS_PROCESSOR_VENDOR;

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_SHARED_MEMORY_USAGE {
    NdisSharedMemoryUsageUndefined,
    NdisSharedMemoryUsageXmit,
    NdisSharedMemoryUsageXmitHeader,
    NdisSharedMemoryUsageXmitData,
    NdisSharedMemoryUsageReceive,
    NdisSharedMemoryUsageReceiveLookahead,
    NdisSharedMemoryUsageReceivePostLookahead,
    NdisSharedMemoryUsageReceiveHeader,
    NdisSharedMemoryUsageReceiveData,
    NdisSharedMemoryUsageOther,
    NdisSharedMemoryUsageMax,
} NDIS_SHARED_MEMORY_USAGE, *PNDIS_SHARED_MEMORY_USAGE;
#endif

typedef void NTAPI NDIS_IO_WORKITEM_FUNCTION(
    PVOID WorkItemContext, NDIS_HANDLE NdisIoWorkItemHandle);
typedef NDIS_IO_WORKITEM_FUNCTION *NDIS_IO_WORKITEM_ROUTINE;

#if NDIS_SUPPORT_NDIS620
/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI NDIS_PROCESS_SG_LIST(
    PDEVICE_OBJECT DeviceObject, PVOID Reserved, PSCATTER_GATHER_LIST ScatterGatherListBuffer,
    PVOID Context);
typedef NDIS_PROCESS_SG_LIST *NDIS_PROCESS_SG_LIST_HANDLER;
#endif

typedef void NTAPI NDIS_PROC_CALLBACK(struct _NDIS_WORK_ITEM *WorkItem, PVOID Context);
typedef NDIS_PROC_CALLBACK *NDIS_PROC;

/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI NDIS_TIMER_FUNCTION(
    PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3);
typedef NDIS_TIMER_FUNCTION *PNDIS_TIMER_FUNCTION;

typedef struct _NDIS_DEVICE_OBJECT_ATTRIBUTES {
    NDIS_OBJECT_HEADER Header;
    PNDIS_STRING DeviceName;
    PNDIS_STRING SymbolicName;
    PDRIVER_DISPATCH *MajorFunctions;
    ULONG ExtensionSize;
    PCUNICODE_STRING DefaultSDDLString;
    LPCGUID DeviceClassGuid;
} NDIS_DEVICE_OBJECT_ATTRIBUTES, *PNDIS_DEVICE_OBJECT_ATTRIBUTES;

typedef struct _NDIS_DRIVER_OPTIONAL_HANDLERS {
    NDIS_OBJECT_HEADER Header;
} NDIS_DRIVER_OPTIONAL_HANDLERS, *PNDIS_DRIVER_OPTIONAL_HANDLERS;

typedef struct _NDIS_EVENT {
    KEVENT Event;
} NDIS_EVENT, *PNDIS_EVENT;

typedef struct _NDIS_PHYSICAL_ADDRESS_UNIT {
    NDIS_PHYSICAL_ADDRESS PhysicalAddress;
    UINT Length;
} NDIS_PHYSICAL_ADDRESS_UNIT, *PNDIS_PHYSICAL_ADDRESS_UNIT;

typedef struct _NDIS_PROCESSOR_INFO {
    ULONG CpuNumber;
    ULONG PhysicalPackageId;
    ULONG CoreId;
    ULONG HyperThreadID;
} NDIS_PROCESSOR_INFO, *PNDIS_PROCESSOR_INFO;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_PROCESSOR_INFO_EX {
    PROCESSOR_NUMBER ProcNum;
    ULONG SocketId;
    ULONG CoreId;
    ULONG HyperThreadId;
    USHORT NodeId;
    USHORT NodeDistance;
} NDIS_PROCESSOR_INFO_EX, *PNDIS_PROCESSOR_INFO_EX;
#endif

typedef union _NDIS_RW_LOCK_REFCOUNT {
    ULONG RefCount;
    UCHAR cacheLine[16];
} NDIS_RW_LOCK_REFCOUNT;

typedef struct _NDIS_RW_LOCK {
    union {
        struct {
            KSPIN_LOCK SpinLock;
            PVOID Context;
        };
        UCHAR Reserved[16];
    };
    union {
        NDIS_RW_LOCK_REFCOUNT RefCount[64];
        ULONG RefCountEx[256];
        struct {
            KSPIN_LOCK RefCountLock;
            volatile ULONG SharedRefCount;
            volatile BOOLEAN WriterWaiting;
        };
    };
} NDIS_RW_LOCK, *PNDIS_RW_LOCK;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_SHARED_MEMORY_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_RECEIVE_QUEUE_ID QueueId;
    NDIS_HANDLE SharedMemoryHandle;
    NODE_REQUIREMENT PreferredNode;
    NDIS_SHARED_MEMORY_USAGE Usage;
    ULONG Length;
    PVOID VirtualAddress;
    ULONG SGListBufferLength;
    PSCATTER_GATHER_LIST SGListBuffer;
#if NDIS_SUPPORT_NDIS630
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
#endif
} NDIS_SHARED_MEMORY_PARAMETERS, *PNDIS_SHARED_MEMORY_PARAMETERS;

/* IRQL: PASSIVE_LEVEL */
typedef NDIS_STATUS (NTAPI *ALLOCATE_SHARED_MEMORY_HANDLER)(
    NDIS_HANDLE ProviderContext, PNDIS_SHARED_MEMORY_PARAMETERS SharedMemoryParameters,
    PNDIS_HANDLE pSharedMemoryProviderContext);

/* IRQL: PASSIVE_LEVEL */
typedef void (NTAPI *FREE_SHARED_MEMORY_HANDLER)(
    NDIS_HANDLE ProviderContext, NDIS_HANDLE SharedMemoryProviderContext);

typedef struct _NDIS_SHARED_MEMORY_PROVIDER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_HANDLE ProviderContext;
    ALLOCATE_SHARED_MEMORY_HANDLER AllocateSharedMemoryHandler;
    FREE_SHARED_MEMORY_HANDLER FreeSharedMemoryHandler;
} NDIS_SHARED_MEMORY_PROVIDER_CHARACTERISTICS, *PNDIS_SHARED_MEMORY_PROVIDER_CHARACTERISTICS;
#endif

typedef struct SIM_CAPABILITY("NDIS spin lock") _NDIS_SPIN_LOCK {
    KSPIN_LOCK SpinLock;
    KIRQL OldIrql;
} NDIS_SPIN_LOCK, *PNDIS_SPIN_LOCK;

typedef struct _NDIS_SYSTEM_PROCESSOR_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_PROCESSOR_VENDOR ProcessorVendor;
    ULONG NumPhysicalPackages;
    ULONG NumCores;
    ULONG NumCoresPerPhysicalPackage;
    ULONG MaxHyperThreadingCpusPerCore;
    ULONG RssBaseCpu;
    ULONG RssCpuCount;
    PUCHAR RssProcessors;
    NDIS_PROCESSOR_INFO CpuInfo[64];
} NDIS_SYSTEM_PROCESSOR_INFO, *PNDIS_SYSTEM_PROCESSOR_INFO;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_SYSTEM_PROCESSOR_INFO_EX {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_PROCESSOR_VENDOR ProcessorVendor;
    ULONG NumSockets;
    ULONG NumCores;
    ULONG NumCoresPerSocket;
    ULONG MaxHyperThreadingProcsPerCore;
    ULONG ProcessorInfoOffset;
    ULONG NumberOfProcessors;
    ULONG ProcessorInfoEntrySize;
} NDIS_SYSTEM_PROCESSOR_INFO_EX, *PNDIS_SYSTEM_PROCESSOR_INFO_EX;
#endif

typedef struct _NDIS_TIMER {
    KTIMER Timer;
    KDPC Dpc;
} NDIS_TIMER, *PNDIS_TIMER;

typedef struct _NDIS_TIMER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG AllocationTag;
    PNDIS_TIMER_FUNCTION TimerFunction;
    PVOID FunctionContext;
} NDIS_TIMER_CHARACTERISTICS, *PNDIS_TIMER_CHARACTERISTICS;

typedef struct _NDIS_WORK_ITEM {
    PVOID Context;
    NDIS_PROC Routine;
    UCHAR WrapperReserved[64];
} NDIS_WORK_ITEM, *PNDIS_WORK_ITEM;

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisAcquireRWLockRead(
    PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisAcquireRWLockWrite(
    PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisAcquireReadWriteLock(
    PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState);

#if NDIS_SUPPORT_NDIS620
NDISAPI USHORT NTAPI NdisActiveGroupCount(void);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI PNDIS_GENERIC_OBJECT NTAPI NdisAllocateGenericObject(
    PDRIVER_OBJECT DriverObject, ULONG Tag, USHORT Size);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisAllocateIoWorkItem(NDIS_HANDLE NdisObjectHandle);

NDISAPI NDIS_STATUS NTAPI NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI PVOID NTAPI NdisAllocateMemoryWithTagPriority(
    NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag, EX_POOL_PRIORITY Priority);

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI PNDIS_RW_LOCK_EX NTAPI NdisAllocateRWLock(NDIS_HANDLE NdisHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisAllocateSharedMemory(
    NDIS_HANDLE NdisHandle, PNDIS_SHARED_MEMORY_PARAMETERS SharedMemoryParameters,
    PNDIS_HANDLE pAllocationHandle);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisAllocateTimerObject(
    NDIS_HANDLE NdisHandle, PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics,
    PNDIS_HANDLE pTimerObject);

NDISAPI void NTAPI NdisCancelTimer(PNDIS_TIMER Timer, PBOOLEAN TimerCancelled);
NDISAPI BOOLEAN NTAPI NdisCancelTimerObject(NDIS_HANDLE TimerObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisDeregisterDeviceEx(NDIS_HANDLE NdisDeviceHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeGenericObject(PNDIS_GENERIC_OBJECT NdisObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle);

NDISAPI void NTAPI NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags);

#if NDIS_SUPPORT_NDIS620
NDISAPI void NTAPI NdisFreeMemoryWithTag(PVOID VirtualAddress, ULONG Tag);

NDISAPI void NTAPI NdisFreeMemoryWithTagPriority(
    NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisFreeSharedMemory(NDIS_HANDLE NdisHandle, NDIS_HANDLE AllocationHandle);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeTimerObject(NDIS_HANDLE TimerObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI UCHAR NTAPI NdisGeneratePartialCancelId(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisGetCurrentProcessorCounts(
    PULONG pIdleCount, PULONG pKernelAndUser, PULONG pIndex);

NDISAPI void NTAPI NdisGetCurrentProcessorCpuUsage(PULONG pCpuUsage);
NDISAPI PVOID NTAPI NdisGetDeviceReservedExtension(PDEVICE_OBJECT DeviceObject);

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisGetHypervisorInfo(PNDIS_HYPERVISOR_INFO HypervisorInfo);
#endif

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisGetProcessorInformation(
    PNDIS_SYSTEM_PROCESSOR_INFO SystemProcessorInfo);

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisGetProcessorInformationEx(
    NDIS_HANDLE NdisHandle, PNDIS_SYSTEM_PROCESSOR_INFO_EX SystemProcessorInfo, PSIZE_T Size);
#endif

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI PVOID NTAPI NdisGetRoutineAddress(PNDIS_STRING NdisRoutineName);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI ULONG NTAPI NdisGetSharedDataAlignment(void);

NDISAPI void NTAPI NdisGetSystemUpTimeEx(PLARGE_INTEGER pSystemUpTime);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI UINT NTAPI NdisGetVersion(void);

#if NDIS_SUPPORT_NDIS620
NDISAPI ULONG NTAPI NdisGroupActiveProcessorCount(USHORT Group);
NDISAPI KAFFINITY NTAPI NdisGroupActiveProcessorMask(USHORT Group);
NDISAPI ULONG NTAPI NdisGroupMaxProcessorCount(USHORT Group);
#endif
NDISAPI void NTAPI NdisInitializeEvent(PNDIS_EVENT Event);
NDISAPI void NTAPI NdisInitializeReadWriteLock(PNDIS_RW_LOCK Lock);

NDISAPI void NTAPI NdisInitializeTimer(
    PNDIS_TIMER Timer, PNDIS_TIMER_FUNCTION TimerFunction, PVOID FunctionContext);

_IRQL_requires_max_(APC_LEVEL)
NDISAPI void NTAPI NdisMSleep(ULONG MicrosecondsToSleep);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisMapFile(PNDIS_STATUS Status, PVOID *MappedBuffer, NDIS_HANDLE FileHandle);

#if NDIS_SUPPORT_NDIS620
NDISAPI USHORT NTAPI NdisMaxGroupCount(void);
NDISAPI NTSTATUS NTAPI NdisProcessorIndexToNumber(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNum);
NDISAPI ULONG NTAPI NdisProcessorNumberToIndex(PROCESSOR_NUMBER ProcNum);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisQueueIoWorkItem(
    NDIS_HANDLE NdisIoWorkItemHandle, NDIS_IO_WORKITEM_ROUTINE Routine, PVOID WorkItemContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisRegisterDeviceEx(
    NDIS_HANDLE NdisHandle, PNDIS_DEVICE_OBJECT_ATTRIBUTES DeviceObjectAttributes,
    PDEVICE_OBJECT *pDeviceObject, PNDIS_HANDLE NdisDeviceHandle);

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_min_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState);
#endif

_IRQL_requires_min_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisResetEvent(PNDIS_EVENT Event);

#if NDIS_SUPPORT_NDIS620
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI BOOLEAN NTAPI NdisSetCoalescableTimerObject(
    NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod, PVOID FunctionContext,
    ULONG Tolerance);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisSetEvent(PNDIS_EVENT Event);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisSetOptionalHandlers(
    NDIS_HANDLE NdisHandle, PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);

NDISAPI void NTAPI NdisSetTimer(PNDIS_TIMER Timer, UINT MillisecondsToDelay);

NDISAPI void NTAPI NdisSetTimerEx(
    PNDIS_TIMER NdisTimer, UINT MillisecondsToDelay, PVOID FunctionContext);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI BOOLEAN NTAPI NdisSetTimerObject(
    NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod, PVOID FunctionContext);

NDISAPI ULONG NTAPI NdisSystemActiveProcessorCount(PKAFFINITY ActiveProcessors);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI CCHAR NTAPI NdisSystemProcessorCount(void);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisUnmapFile(NDIS_HANDLE FileHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI BOOLEAN NTAPI NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisWriteErrorLogEntry(
    NDIS_HANDLE NdisAdapterHandle, ULONG ErrorCode, ULONG NumberOfErrorValues, ...);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisWriteEventLogEntry(
    PVOID LogHandle, NDIS_STATUS EventCode, ULONG UniqueEventValue, USHORT NumStrings,
    PVOID StringsList, ULONG DataSize, PVOID Data);

/* Spin locks: inline over Ke, as on Windows. */
FORCEINLINE SIM_NO_THREAD_SAFETY_ANALYSIS void NdisAllocateSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    KeInitializeSpinLock(&SpinLock->SpinLock);
}

FORCEINLINE void NdisFreeSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    (void)SpinLock;
}

FORCEINLINE void NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
    _Acquires_lock_(*SpinLock) SIM_RAISES_TO_DISPATCH;
FORCEINLINE void NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
    _Releases_lock_(*SpinLock) SIM_LOWERS_FROM_DISPATCH;
FORCEINLINE void NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock) _Acquires_lock_(*SpinLock);
FORCEINLINE void NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock) _Releases_lock_(*SpinLock);

SIM_NO_THREAD_SAFETY_ANALYSIS FORCEINLINE void NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    SpinLock->OldIrql = KeAcquireSpinLockRaiseToDpc(&SpinLock->SpinLock);
}

SIM_NO_THREAD_SAFETY_ANALYSIS FORCEINLINE void NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    KeReleaseSpinLock(&SpinLock->SpinLock, SpinLock->OldIrql);
}

SIM_NO_THREAD_SAFETY_ANALYSIS FORCEINLINE void NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    KeAcquireSpinLockAtDpcLevel(&SpinLock->SpinLock);
}

SIM_NO_THREAD_SAFETY_ANALYSIS FORCEINLINE void NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    KeReleaseSpinLockFromDpcLevel(&SpinLock->SpinLock);
}

FORCEINLINE ULONG NdisCurrentProcessorIndex(void)
{
    return KeGetCurrentProcessorIndex();
}

#define NDIS_CURRENT_IRQL() KeGetCurrentIrql()
#define NDIS_RAISE_IRQL_TO_DISPATCH(Irql) KeRaiseIrql(DISPATCH_LEVEL, (Irql))
#define NDIS_LOWER_IRQL(OldIrql, CurrentIrql)  \
    do {                                       \
        if ((OldIrql) != (CurrentIrql)) {      \
            KeLowerIrql(OldIrql);              \
        }                                      \
    } while (0)
#define NDIS_INIT_MUTEX(Mutex) KeInitializeMutex((Mutex), 0xFFFF)
#define NDIS_WAIT_FOR_MUTEX(Mutex) \
    KeWaitForSingleObject((Mutex), Executive, KernelMode, FALSE, NULL)
#define NDIS_RELEASE_MUTEX(Mutex) KeReleaseMutex((Mutex), FALSE)
#define NdisStallExecution(Microseconds) KeStallExecutionProcessor(Microseconds)
#define NdisGetCurrentSystemTime(SystemTime) KeQuerySystemTime(SystemTime)
#define NdisPrintString(String) DbgPrint("%ls", (String).Buffer)

/* Memory. */
#define NdisMoveMemory(Destination, Source, Length) RtlCopyMemory((Destination), (Source), (Length))
#define NdisZeroMemory(Destination, Length) RtlZeroMemory((Destination), (Length))
#define NdisFillMemory(Destination, Length, Fill) RtlFillMemory((Destination), (Length), (Fill))
#define NdisEqualMemory(A, B, Length) RtlEqualMemory((A), (B), (Length))
#define NdisStoreUlong(Destination, Value) RtlStoreUlong((Destination), (Value))
#define NdisRetrieveUlong(Destination, Source) RtlRetrieveUlong((Destination), (Source))
#define NdisMoveMappedMemory NdisMoveMemory
#define NdisMoveToMappedMemory NdisMoveMemory
#define NdisMoveFromMappedMemory NdisMoveMemory
#define NdisZeroMappedMemory NdisZeroMemory
#define NdisCopyLookaheadData(Destination, Source, Length, MacOptions) \
    RtlCopyMemory((Destination), (Source), (Length))
#define NdisAllocateFromNPagedLookasideList(Lookaside) ExAllocateFromNPagedLookasideList(Lookaside)
#define NdisFreeToNPagedLookasideList(Lookaside, Entry) \
    ExFreeToNPagedLookasideList((Lookaside), (Entry))
#define NdisDeleteNPagedLookasideList(Lookaside) ExDeleteNPagedLookasideList(Lookaside)

FORCEINLINE void NdisInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
                                                   PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                                   ULONG Flags, SIZE_T Size, ULONG Tag,
                                                   USHORT Depth)
{
    ExInitializeNPagedLookasideList(Lookaside, Allocate, Free, Flags | POOL_NX_ALLOCATION, Size,
                                    Tag, Depth);
}

/* Lists and counters. */
#define NdisInitializeListHead(ListHead) InitializeListHead(ListHead)
#define NdisInitializeSListHead(Head) ExInitializeSListHead(Head)
#define NdisInterlockedPushEntrySList(Head, Entry, Lock) \
    ExInterlockedPushEntrySList((Head), (Entry), &(Lock)->SpinLock)
#define NdisInterlockedPopEntrySList(Head, Lock) \
    ExInterlockedPopEntrySList((Head), &(Lock)->SpinLock)
#define NdisInterlockedFlushSList(Head) ExInterlockedFlushSList(Head)
#define NdisQueryDepthSList(Head) ExQueryDepthSList(Head)
#define NdisInterlockedIncrement(Addend) InterlockedIncrement(Addend)
#define NdisInterlockedDecrement(Addend) InterlockedDecrement(Addend)
#define NdisInterlockedAddLargeStatistic(Addend, Increment) \
    ExInterlockedAddLargeStatistic((Addend), (Increment))
#define NdisInterlockedAddUlong(Addend, Increment, Lock) \
    ExInterlockedAddUlong((Addend), (Increment), &(Lock)->SpinLock)
#define NdisInterlockedInsertHeadList(ListHead, Entry, Lock) \
    ExInterlockedInsertHeadList((ListHead), (Entry), &(Lock)->SpinLock)
#define NdisInterlockedInsertTailList(ListHead, Entry, Lock) \
    ExInterlockedInsertTailList((ListHead), (Entry), &(Lock)->SpinLock)
#define NdisInterlockedRemoveHeadList(ListHead, Lock) \
    ExInterlockedRemoveHeadList((ListHead), &(Lock)->SpinLock)
#define NdisInterlockedPushEntryList(ListHead, Entry, Lock) \
    ExInterlockedPushEntryList((ListHead), (Entry), &(Lock)->SpinLock)
#define NdisInterlockedPopEntryList(ListHead, Lock) \
    ExInterlockedPopEntryList((ListHead), &(Lock)->SpinLock)

/* Physical addresses. */
#define NDIS_PHYSICAL_ADDRESS_CONST(Low, High) {{(ULONG)(Low), (LONG)(High)}}
#define NdisGetPhysicalAddressHigh(Address) ((Address).HighPart)
#define NdisGetPhysicalAddressLow(Address) ((Address).LowPart)
#define NdisSetPhysicalAddressHigh(Address, Value) ((Address).HighPart = (Value))
#define NdisSetPhysicalAddressLow(Address, Value) ((Address).LowPart = (Value))

/* Sections: no effect in an ELF process. */
#define NDIS_INIT_FUNCTION(Function)
#define NDIS_PAGABLE_FUNCTION(Function)
#define NDIS_PAGEABLE_FUNCTION(Function)

/* Context types: for debuggers only. */
#define NDIS_DECLARE_FILTER_DRIVER_CONTEXT(Type)
#define NDIS_DECLARE_FILTER_MODULE_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_ADAPTER_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_ADDDEVICE_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_DRIVER_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_INTERRUPT_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_SGLIST_CONTEXT(Type)
#define NDIS_DECLARE_MINIPORT_SHARED_DMA_ASYNC_CONTEXT(Type)
#define NDIS_DECLARE_PROTOCOL_DRIVER_CONTEXT(Type)
#define NDIS_DECLARE_PROTOCOL_OPEN_CONTEXT(Type)
#define NDIS_DECLARE_SHARED_MEMORY_ALLOCATION_CONTEXT(Type)
#define NDIS_DECLARE_SHARED_MEMORY_PROVIDER_CONTEXT(Type)

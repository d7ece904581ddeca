/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Pool, lookaside lists, resources, locks, rundown, timers, callbacks: the Ex functions
 * (provided by nt).
 */

#include "types.h"
#include "interlocked.h"
#include "list.h"
#include "dispatcher.h"
#include "ke.h"

typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _FILE_OBJECT FILE_OBJECT, *PFILE_OBJECT, *PLOG_FILE_OBJECT;
typedef struct _LOOKASIDE_LIST_EX LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;
typedef struct _POOL_EXTENDED_PARAMS_SECURE_POOL POOL_EXTENDED_PARAMS_SECURE_POOL;
typedef struct _ZONE_HEADER ZONE_HEADER, *PZONE_HEADER;

#define ERROR_LOG_LIMIT_SIZE 240
#define ERROR_LOG_MAXIMUM_SIZE 240ULL
#define ERROR_LOG_MESSAGE_LIMIT_SIZE 344ULL

#define EX_CARR_ALLOCATE_PAGED_POOL 0x0
#define EX_CARR_ALLOCATE_NONPAGED_POOL 0x1
#define EX_CARR_DISABLE_EXPANSION 0x2
#define EX_CARR_VALID_FLAGS 0x3

#define EX_CREATE_FLAG_FILE_SOURCE_OPEN_FOR_COPY 1
#define EX_CREATE_FLAG_FILE_DEST_OPEN_FOR_COPY 2

#define EX_DEFAULT_PUSH_LOCK_FLAGS 0

#define EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL 1U
#define EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE 2U

#define EX_MAXIMUM_LOOKASIDE_DEPTH_BASE 0x100
#define EX_MAXIMUM_LOOKASIDE_DEPTH_LIMIT 0x400

#define EX_RUNDOWN_ACTIVE 1
#define EX_RUNDOWN_COUNT_SHIFT 1
#define EX_RUNDOWN_COUNT_INC 2

#define EX_TIMER_HIGH_RESOLUTION 4
#define EX_TIMER_NO_WAKE 8
#define EX_TIMER_NOTIFICATION 0x80000000U
#define EX_TIMER_UNLIMITED_TOLERANCE (-1LL)

#define LOOKASIDE_MINIMUM_BLOCK_SIZE 8ULL
#define POOL_COLD_ALLOCATION 0x100

#define POOL_CREATE_FLG_SECURE_POOL 0x1
#define POOL_CREATE_PARAMS_VERSION 0x1
#define POOL_CREATE_FLG_USE_GLOBAL_POOL 0x2
#define POOL_CREATE_FLG_VALID_FLAGS 0x3

#define POOL_EXTENDED_PARAMETER_REQUIRED_FIELD_BITS 1
#define POOL_EXTENDED_PARAMETER_TYPE_BITS 8
#define POOL_EXTENDED_PARAMETER_RESERVED_BITS 55

#define POOL_FLAG_REQUIRED_START 0x1ULL
#define POOL_FLAG_USE_QUOTA 0x1ULL
#define POOL_FLAG_UNINITIALIZED 0x2ULL
#define POOL_FLAG_SESSION 0x4ULL
#define POOL_FLAG_CACHE_ALIGNED 0x8ULL
#define POOL_FLAG_RESERVED1 0x10ULL
#define POOL_FLAG_RAISE_ON_FAILURE 0x20ULL
#define POOL_FLAG_NON_PAGED 0x40ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x80ULL
#define POOL_FLAG_PAGED 0x100ULL
#define POOL_FLAG_RESERVED2 0x200ULL
#define POOL_FLAG_LAST_KNOWN_REQUIRED 0x400ULL
#define POOL_FLAG_RESERVED3 0x400ULL
#define POOL_FLAG_REQUIRED_END 0x80000000ULL
#define POOL_FLAG_UNUSED_REQUIRED_BITS 0xFFFFF800ULL
#define POOL_FLAG_REQUIRED_MASK 0xFFFFFFFFULL
#define POOL_FLAG_OPTIONAL_START 0x0000000100000000ULL
#define POOL_FLAG_SPECIAL_POOL 0x0000000100000000ULL
#define POOL_FLAG_OPTIONAL_END 0x8000000000000000ULL

#define POOL_NX_ALLOCATION 0x200
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE 8
#define POOL_RAISE_IF_ALLOCATION_FAILURE 0x10
#define POOL_TAGGING 1
#define POOL_ZERO_ALLOCATION 0x400

#define RESULT_ZERO 0
#define RESULT_NEGATIVE 1
#define RESULT_POSITIVE 2

typedef enum _EX_POOL_PRIORITY {
    LowPoolPriority,
    LowPoolPrioritySpecialPoolOverrun = 8,
    LowPoolPrioritySpecialPoolUnderrun,
    NormalPoolPriority = 16,
    NormalPoolPrioritySpecialPoolOverrun = 24,
    NormalPoolPrioritySpecialPoolUnderrun,
    HighPoolPriority = 32,
    HighPoolPrioritySpecialPoolOverrun = 40,
    HighPoolPrioritySpecialPoolUnderrun,
} EX_POOL_PRIORITY;

typedef enum {
    PoolExtendedParameterInvalidType,
    PoolExtendedParameterPriority,
    PoolExtendedParameterSecurePool,
    PoolExtendedParameterNumaNode,
    PoolExtendedParameterMax,
} POOL_EXTENDED_PARAMETER_TYPE, *PPOOL_EXTENDED_PARAMETER_TYPE;

typedef enum _POOL_TYPE {
    NonPagedPool,
    NonPagedPoolExecute = 0,
    PagedPool,
    NonPagedPoolMustSucceed,
    DontUseThisType,
    NonPagedPoolCacheAligned,
    PagedPoolCacheAligned,
    NonPagedPoolCacheAlignedMustS,
    MaxPoolType,
    NonPagedPoolBase = 0,
    NonPagedPoolBaseMustSucceed = 2,
    NonPagedPoolBaseCacheAligned = 4,
    NonPagedPoolBaseCacheAlignedMustS = 6,
    NonPagedPoolSession = 32,
    PagedPoolSession,
    NonPagedPoolMustSucceedSession,
    DontUseThisTypeSession,
    NonPagedPoolCacheAlignedSession,
    PagedPoolCacheAlignedSession,
    NonPagedPoolCacheAlignedMustSSession,
    NonPagedPoolNx = 512,
    NonPagedPoolNxCacheAligned = 516,
    NonPagedPoolSessionNx = 544,
} POOL_TYPE;

typedef enum _RESOURCE_TRANSLATION_DIRECTION {
    TranslateChildToParent,
    TranslateParentToChild,
} RESOURCE_TRANSLATION_DIRECTION;

typedef enum _WORK_QUEUE_TYPE {
    CriticalWorkQueue,
    DelayedWorkQueue,
    HyperCriticalWorkQueue,
    NormalWorkQueue,
    BackgroundWorkQueue,
    RealTimeWorkQueue,
    SuperCriticalWorkQueue,
    MaximumWorkQueue,
    CustomPriorityWorkQueue = 32,
} WORK_QUEUE_TYPE;

typedef PVOID NTAPI ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;

typedef PVOID NTAPI ALLOCATE_FUNCTION_EX(
    POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, PLOOKASIDE_LIST_EX Lookaside);
typedef ALLOCATE_FUNCTION_EX *PALLOCATE_FUNCTION_EX;

typedef void NTAPI CALLBACK_FUNCTION(PVOID CallbackContext, PVOID Argument1, PVOID Argument2);
typedef CALLBACK_FUNCTION *PCALLBACK_FUNCTION;

typedef struct _EX_TIMER *PEX_TIMER;

/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI EXT_CALLBACK(PEX_TIMER Timer, PVOID Context);
typedef EXT_CALLBACK *PEXT_CALLBACK;

/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI EXT_DELETE_CALLBACK(PVOID Context);
typedef EXT_DELETE_CALLBACK *PEXT_DELETE_CALLBACK;

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS NTAPI EX_CALLBACK_FUNCTION(
    PVOID CallbackContext, PVOID Argument1, PVOID Argument2);
typedef EX_CALLBACK_FUNCTION *PEX_CALLBACK_FUNCTION;

typedef void NTAPI FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;

typedef void NTAPI FREE_FUNCTION_EX(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside);
typedef FREE_FUNCTION_EX *PFREE_FUNCTION_EX;

typedef void NTAPI WORKER_THREAD_ROUTINE(PVOID Parameter);
typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

typedef struct _OWNER_ENTRY {
    ERESOURCE_THREAD OwnerThread;
    union {
        struct {
            ULONG IoPriorityBoosted : 1;
            ULONG OwnerReferenced : 1;
            ULONG IoQoSPriorityBoosted : 1;
            ULONG OwnerCount : 29;
        };
        ULONG TableSize;
    };
} OWNER_ENTRY, *POWNER_ENTRY;

typedef struct _ERESOURCE {
    LIST_ENTRY SystemResourcesList;
    POWNER_ENTRY OwnerTable;
    SHORT ActiveCount;
    union {
        USHORT Flag;
        struct {
            UCHAR ReservedLowFlags;
            UCHAR WaiterPriority;
        };
    };
    PVOID SharedWaiters;
    PVOID ExclusiveWaiters;
    OWNER_ENTRY OwnerEntry;
    ULONG ActiveEntries;
    ULONG ContentionCount;
    ULONG NumberOfSharedWaiters;
    ULONG NumberOfExclusiveWaiters;
    PVOID Reserved2;
    union {
        PVOID Address;
        ULONG_PTR CreatorBackTraceIndex;
    };
    KSPIN_LOCK SpinLock;
} ERESOURCE, *PERESOURCE;

typedef struct _EXT_DELETE_PARAMETERS {
    ULONG Version;
    ULONG Reserved;
    PEXT_DELETE_CALLBACK DeleteCallback;
    PVOID DeleteContext;
} EXT_DELETE_PARAMETERS, *PEXT_DELETE_PARAMETERS;

typedef struct _EXT_SET_PARAMETERS_V0 {
    ULONG Version;
    ULONG Reserved;
    LONGLONG NoWakeTolerance;
} EXT_SET_PARAMETERS, KT2_SET_PARAMETERS, *PEXT_SET_PARAMETERS, *PKT2_SET_PARAMETERS;

typedef struct _EX_RUNDOWN_REF {
    union {
        ULONG_PTR Count;
        PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

typedef struct SIM_CAPABILITY("fast mutex") _FAST_MUTEX {
    LONG Count;
    PVOID Owner;
    ULONG Contention;
    KEVENT Event;
    ULONG OldIrql;
} FAST_MUTEX, KGUARDED_MUTEX, *PFAST_MUTEX, *PKGUARDED_MUTEX;

typedef struct DECLSPEC_ALIGN(64) _GENERAL_LOOKASIDE {
    union {
        SLIST_HEADER ListHead;
        SINGLE_LIST_ENTRY SingleListHead;
    };
    USHORT Depth;
    USHORT MaximumDepth;
    ULONG TotalAllocates;
    union {
        ULONG AllocateMisses;
        ULONG AllocateHits;
    };
    ULONG TotalFrees;
    union {
        ULONG FreeMisses;
        ULONG FreeHits;
    };
    POOL_TYPE Type;
    ULONG Tag;
    ULONG Size;
    union {
        PALLOCATE_FUNCTION_EX AllocateEx;
        PALLOCATE_FUNCTION Allocate;
    };
    union {
        PFREE_FUNCTION_EX FreeEx;
        PFREE_FUNCTION Free;
    };
    LIST_ENTRY ListEntry;
    ULONG LastTotalAllocates;
    union {
        ULONG LastAllocateMisses;
        ULONG LastAllocateHits;
    };
    ULONG Future[2];
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _GENERAL_LOOKASIDE_POOL {
    union {
        SLIST_HEADER ListHead;
        SINGLE_LIST_ENTRY SingleListHead;
    };
    USHORT Depth;
    USHORT MaximumDepth;
    ULONG TotalAllocates;
    union {
        ULONG AllocateMisses;
        ULONG AllocateHits;
    };
    ULONG TotalFrees;
    union {
        ULONG FreeMisses;
        ULONG FreeHits;
    };
    POOL_TYPE Type;
    ULONG Tag;
    ULONG Size;
    union {
        PALLOCATE_FUNCTION_EX AllocateEx;
        PALLOCATE_FUNCTION Allocate;
    };
    union {
        PFREE_FUNCTION_EX FreeEx;
        PFREE_FUNCTION Free;
    };
    LIST_ENTRY ListEntry;
    ULONG LastTotalAllocates;
    union {
        ULONG LastAllocateMisses;
        ULONG LastAllocateHits;
    };
    ULONG Future[2];
} GENERAL_LOOKASIDE_POOL, *PGENERAL_LOOKASIDE_POOL;

typedef struct _LOOKASIDE_LIST_EX {
    GENERAL_LOOKASIDE_POOL L;
} LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;

typedef struct _NPAGED_LOOKASIDE_LIST {
    GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef struct _PAGED_LOOKASIDE_LIST {
    GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

typedef struct _POOL_CREATE_EXTENDED_PARAMS {
    ULONG Version;
} POOL_CREATE_EXTENDED_PARAMS, *PPOOL_CREATE_EXTENDED_PARAMS;

typedef struct _POOL_EXTENDED_PARAMETER {
    ULONG64 Type : 8;
    ULONG64 Optional : 1;
    ULONG64 Reserved : 55;
    union {
        ULONG64 Reserved2;
        PVOID Reserved3;
        EX_POOL_PRIORITY Priority;
        POOL_EXTENDED_PARAMS_SECURE_POOL *SecurePoolParams;
        POOL_NODE_REQUIREMENT PreferredNode;
    };
} POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
typedef const POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;

typedef struct _POOL_EXTENDED_PARAMS_SECURE_POOL {
    HANDLE SecurePoolHandle;
    PVOID Buffer;
    ULONG_PTR Cookie;
    ULONG SecurePoolFlags;
} POOL_EXTENDED_PARAMS_SECURE_POOL;

typedef union _FILE_SEGMENT_ELEMENT {
    void *Buffer;
    ULONGLONG Alignment;
} FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;

typedef struct _READ_LIST {
    PFILE_OBJECT FileObject;
    ULONG NumberOfEntries;
    LOGICAL IsImage;
    FILE_SEGMENT_ELEMENT List[1];
} READ_LIST, *PREAD_LIST;

typedef struct _REFERENCE {
    KSPIN_LOCK SpinLock;
    USHORT ReferenceCount;
    BOOLEAN Closing;
} REFERENCE, *PREFERENCE;

typedef struct _RESOURCE_HASH_ENTRY {
    LIST_ENTRY ListEntry;
    PVOID Address;
    ULONG ContentionCount;
    ULONG Number;
} RESOURCE_HASH_ENTRY, *PRESOURCE_HASH_ENTRY;

typedef struct _RESOURCE_PERFORMANCE_DATA {
    ULONG ActiveResourceCount;
    ULONG TotalResourceCount;
    ULONG ExclusiveAcquire;
    ULONG SharedFirstLevel;
    ULONG SharedSecondLevel;
    ULONG StarveFirstLevel;
    ULONG StarveSecondLevel;
    ULONG WaitForExclusive;
    ULONG OwnerTableExpands;
    ULONG MaximumTableExpand;
    LIST_ENTRY HashTable[64];
} RESOURCE_PERFORMANCE_DATA, *PRESOURCE_PERFORMANCE_DATA;

typedef struct _WORK_QUEUE_ITEM {
    LIST_ENTRY List;
    PWORKER_THREAD_ROUTINE WorkerRoutine;
    PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
    _Acquires_lock_(*FastMutex);

NTKERNELAPI void NTAPI ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
    _Acquires_lock_(*FastMutex);

NTKERNELAPI void NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
    _Acquires_exclusive_lock_(*PushLock);

NTKERNELAPI void NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
    _Acquires_shared_lock_(*PushLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef);

typedef struct _EX_RUNDOWN_REF_CACHE_AWARE *PEX_RUNDOWN_REF_CACHE_AWARE;

NTKERNELAPI BOOLEAN NTAPI ExAcquireRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

NTKERNELAPI BOOLEAN NTAPI ExAcquireRundownProtectionCacheAwareEx(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
    _Acquires_exclusive_lock_(*SpinLock) SIM_RAISES_TO_DISPATCH;

NTKERNELAPI void NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
    _Acquires_exclusive_lock_(*SpinLock);

NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
    _Acquires_shared_lock_(*SpinLock) SIM_RAISES_TO_DISPATCH;

NTKERNELAPI void NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
    _Acquires_shared_lock_(*SpinLock);

NTKERNELAPI void NTAPI ExAdjustLookasideDepth(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(
    POOL_TYPE PoolType, ULONG PoolTag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePool3(
    POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
    ULONG ExtendedParametersCount);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithQuotaTag(
    POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTagPriority(
    POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, EX_POOL_PRIORITY Priority);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PEX_TIMER NTAPI ExAllocateTimer(
    PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters);

NTKERNELAPI void NTAPI ExCleanupRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource);

typedef struct _CALLBACK_OBJECT *PCALLBACK_OBJECT;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExCreateCallback(
    PCALLBACK_OBJECT *CallbackObject, POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN Create,
    BOOLEAN AllowMultipleCallbacks);

NTKERNELAPI NTSTATUS NTAPI ExCreatePool(
    ULONG Flags, ULONG_PTR Tag, POOL_CREATE_EXTENDED_PARAMS *Params, HANDLE *PoolHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource);

NTKERNELAPI BOOLEAN NTAPI ExDeleteTimer(
    PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait, PEXT_DELETE_PARAMETERS Parameters);

typedef struct _OBJECT_TYPE *POBJECT_TYPE;

extern SIM_IMPORT POBJECT_TYPE *ExDesktopObjectType;
NTKERNELAPI void NTAPI ExDestroyPool(HANDLE PoolHandle);
NTKERNELAPI void NTAPI ExDisableResourceBoostLite(PERESOURCE Resource);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource);

NTKERNELAPI PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource);
NTKERNELAPI PVOID NTAPI ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource);

NTKERNELAPI NTSTATUS NTAPI ExEnumerateSystemFirmwareTables(
    ULONG FirmwareTableProviderSignature, PVOID FirmwareTableBuffer, ULONG BufferLength,
    PULONG ReturnLength);

extern SIM_IMPORT POBJECT_TYPE *ExEventObjectType;
NTKERNELAPI NTSTATUS NTAPI ExExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExFreeCacheAwareRundownProtection(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExFreePool(PVOID P);

NTKERNELAPI void NTAPI ExFreePool2(
    PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
    ULONG ExtendedParametersCount);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExGetFirmwareEnvironmentVariable(
    PUNICODE_STRING VariableName, LPGUID VendorGuid, PVOID Value, PULONG ValueLength,
    PULONG Attributes);

typedef enum _FIRMWARE_TYPE {
    FirmwareTypeUnknown,
    FirmwareTypeBios,
    FirmwareTypeUefi,
    FirmwareTypeMax,
} FIRMWARE_TYPE, *PFIRMWARE_TYPE;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI FIRMWARE_TYPE NTAPI ExGetFirmwareType(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI KPROCESSOR_MODE NTAPI ExGetPreviousMode(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE Resource);

NTKERNELAPI NTSTATUS NTAPI ExGetSystemFirmwareTable(
    ULONG FirmwareTableProviderSignature, ULONG FirmwareTableID, PVOID FirmwareTableBuffer,
    ULONG BufferLength, PULONG ReturnLength);

NTKERNELAPI NTSTATUS NTAPI ExInitializeDeviceAts(
    struct _DEVICE_OBJECT *PhysicalDeviceObject, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExInitializeLookasideListEx(
    PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
    POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExInitializeNPagedLookasideList(
    PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free, ULONG Flags,
    SIZE_T Size, ULONG Tag, USHORT Depth);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExInitializePagedLookasideList(
    PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free, ULONG Flags,
    SIZE_T Size, ULONG Tag, USHORT Depth);

NTKERNELAPI void NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExInitializeRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, SIZE_T RunRefSize);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExInitializeRundownProtectionCacheAwareEx(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Flags);

NTKERNELAPI NTSTATUS NTAPI ExInitializeZone(
    PZONE_HEADER Zone, ULONG BlockSize, PVOID InitialSegment, ULONG InitialSegmentSize);

NTKERNELAPI LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(
    PLARGE_INTEGER Addend, LARGE_INTEGER Increment, PKSPIN_LOCK Lock);

NTKERNELAPI ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock);

NTKERNELAPI NTSTATUS NTAPI ExInterlockedExtendZone(
    PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize, PKSPIN_LOCK Lock);

NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(
    PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock);

NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertTailList(
    PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock);

NTKERNELAPI PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(
    PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock);

NTKERNELAPI PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(
    PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock);

NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock);
NTKERNELAPI BOOLEAN NTAPI ExIsManufacturingModeEnabled(void);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExIsProcessorFeaturePresent(ULONG ProcessorFeature);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE Resource);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExIsSoftBoot(void);

NTKERNELAPI void NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER SListHead);

NTKERNELAPI SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged);

NTKERNELAPI void NTAPI ExQueryTimerResolution(
    PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType);

DECLSPEC_NORETURN NTKERNELAPI void NTAPI ExRaiseAccessViolation(void);
DECLSPEC_NORETURN NTKERNELAPI void NTAPI ExRaiseDatatypeMisalignment(void);

_IRQL_requires_max_(APC_LEVEL)
DECLSPEC_NORETURN NTKERNELAPI void NTAPI ExRaiseStatus(NTSTATUS Status);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);

NTKERNELAPI void NTAPI ExReInitializeRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI ExRegisterCallback(
    PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction, PVOID CallbackContext);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE Resource);

NTKERNELAPI void NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
    _Releases_lock_(*FastMutex);

NTKERNELAPI void NTAPI ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
    _Releases_lock_(*FastMutex);

NTKERNELAPI void NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
    _Releases_exclusive_lock_(*PushLock);

NTKERNELAPI void NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
    _Releases_shared_lock_(*PushLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExReleaseResourceForThreadLite(
    PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExReleaseResourceLite(PERESOURCE Resource);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef);

NTKERNELAPI void NTAPI ExReleaseRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

NTKERNELAPI void NTAPI ExReleaseRundownProtectionCacheAwareEx(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRef, ULONG Count);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);

NTKERNELAPI void NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
    _Releases_exclusive_lock_(*SpinLock) SIM_LOWERS_FROM_DISPATCH;

NTKERNELAPI void NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
    _Releases_exclusive_lock_(*SpinLock);

NTKERNELAPI void NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
    _Releases_shared_lock_(*SpinLock) SIM_LOWERS_FROM_DISPATCH;

NTKERNELAPI void NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
    _Releases_shared_lock_(*SpinLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef);

NTKERNELAPI void NTAPI ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
extern SIM_IMPORT POBJECT_TYPE *ExSemaphoreObjectType;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExSetFirmwareEnvironmentVariable(
    PUNICODE_STRING VariableName, LPGUID VendorGuid, PVOID Value, ULONG ValueLength,
    ULONG Attributes);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI ExSetResourceOwnerPointerEx(
    PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExSetTimer(
    PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period, PEXT_SET_PARAMETERS Parameters);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(void);

NTKERNELAPI void NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExUnregisterCallback(PVOID CallbackRegistration);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(UUID *Uuid);

NTKERNELAPI BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);

NTKERNELAPI void NTAPI ExWaitForRundownProtectionReleaseCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRef);

NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead);
NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead);

NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(
    PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry);

NTKERNELAPI PSLIST_ENTRY NTAPI FirstEntrySList(PSLIST_HEADER SListHead);
NTKERNELAPI void NTAPI InitializeSListHead(PSLIST_HEADER SListHead);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ProbeForRead(volatile void *Address, SIZE_T Length, ULONG Alignment);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI ProbeForWrite(volatile void *Address, SIZE_T Length, ULONG Alignment);

/* Push locks. */
#define ExAcquirePushLockExclusive(Lock) ExAcquirePushLockExclusiveEx((Lock), 0)
#define ExReleasePushLockExclusive(Lock) ExReleasePushLockExclusiveEx((Lock), 0)
#define ExAcquirePushLockShared(Lock) ExAcquirePushLockSharedEx((Lock), 0)
#define ExReleasePushLockShared(Lock) ExReleasePushLockSharedEx((Lock), 0)

/* Pool. */
FORCEINLINE PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes, Tag);
}

FORCEINLINE PVOID ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

FORCEINLINE PVOID ExAllocatePoolQuotaZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithQuotaTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes,
                                      Tag);
}

FORCEINLINE PVOID ExAllocatePoolQuotaUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                   ULONG Tag)
{
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
}

FORCEINLINE PVOID ExAllocatePoolPriorityZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                             EX_POOL_PRIORITY Priority)
{
    return ExAllocatePoolWithTagPriority((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION),
                                         NumberOfBytes, Tag, Priority);
}

FORCEINLINE PVOID ExAllocatePoolPriorityUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
                                                      ULONG Tag, EX_POOL_PRIORITY Priority)
{
    return ExAllocatePoolWithTagPriority(PoolType, NumberOfBytes, Tag, Priority);
}

/* The options that it sets up (POOL_NX_OPTIN, POOL_ZERO_DOWN_LEVEL_SUPPORT) are not supported. */
FORCEINLINE void ExInitializeDriverRuntime(ULONG RuntimeFlags)
{
    (void)RuntimeFlags;
}

/* Fast mutexes, work items, timers. */
FORCEINLINE void ExInitializeFastMutex(PFAST_MUTEX FastMutex)
{
    FastMutex->Count = 1;
    FastMutex->Owner = NULL;
    FastMutex->Contention = 0;
    KeInitializeEvent(&FastMutex->Event, SynchronizationEvent, FALSE);
}

FORCEINLINE void ExInitializeWorkItem(PWORK_QUEUE_ITEM Item, PWORKER_THREAD_ROUTINE Routine,
                                      PVOID Context)
{
    Item->WorkerRoutine = Routine;
    Item->Parameter = Context;
    Item->List.Flink = NULL;
}

FORCEINLINE void ExInitializeSetTimerParameters(PEXT_SET_PARAMETERS Parameters)
{
    __builtin_memset(Parameters, 0, sizeof(*Parameters));
}

FORCEINLINE void ExInitializeDeleteTimerParameters(PEXT_DELETE_PARAMETERS Parameters)
{
    __builtin_memset(Parameters, 0, sizeof(*Parameters));
}

/* Resources: the older names. */
#define ExInitializeResource ExInitializeResourceLite
#define ExDeleteResource ExDeleteResourceLite
#define ExAcquireResourceExclusive ExAcquireResourceExclusiveLite
#define ExAcquireResourceShared ExAcquireResourceSharedLite
#define ExConvertExclusiveToShared ExConvertExclusiveToSharedLite
#define ExIsResourceAcquired ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquiredLite ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquiredShared ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquiredExclusive ExIsResourceAcquiredExclusiveLite
#define ExReleaseResourceForThread ExReleaseResourceForThreadLite
#define ExReleaseResource(Resource) ExReleaseResourceLite(Resource)
#define ExGetCurrentResourceThread() ((ULONG_PTR)PsGetCurrentThread())

/* Interlocked lists and counters. */
#define ExInitializeSListHead InitializeSListHead
#define ExInterlockedPushEntrySList(Head, Entry, Lock) ExpInterlockedPushEntrySList((Head), (Entry))
#define ExInterlockedPopEntrySList(Head, Lock) ExpInterlockedPopEntrySList(Head)
#define ExInterlockedFlushSList(Head) ExpInterlockedFlushSList(Head)
#define InterlockedPushEntrySList(Head, Entry) ExpInterlockedPushEntrySList((Head), (Entry))
#define InterlockedPopEntrySList(Head) ExpInterlockedPopEntrySList(Head)
#define InterlockedFlushSList(Head) ExpInterlockedFlushSList(Head)
#define QueryDepthSList(Head) ExQueryDepthSList(Head)
#define ExInterlockedAddLargeStatistic(Addend, Increment) \
    ((void)InterlockedExchangeAdd64(&(Addend)->QuadPart, (LONG64)(ULONG)(Increment)))
#define ExInterlockedCompareExchange64(Destination, Exchange, Comperand, Lock) \
    InterlockedCompareExchange64((Destination), *(Exchange), *(Comperand))
#define ExInterlockedExchangeUlong(Target, Value, Lock) \
    ((ULONG)InterlockedExchange((volatile LONG *)(Target), (LONG)(Value)))

/*
 * Exceptions. ExRaiseStatus and the Probe functions raise; __try and __except are in seh.h.
 */

/* Device registers in memory. Port input and output is for real hardware and not provided. */
FORCEINLINE UCHAR READ_REGISTER_UCHAR(volatile UCHAR *Register)
{
    return *Register;
}

FORCEINLINE void WRITE_REGISTER_UCHAR(volatile UCHAR *Register, UCHAR Value)
{
    *Register = Value;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

FORCEINLINE USHORT READ_REGISTER_USHORT(volatile USHORT *Register)
{
    return *Register;
}

FORCEINLINE void WRITE_REGISTER_USHORT(volatile USHORT *Register, USHORT Value)
{
    *Register = Value;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

FORCEINLINE ULONG READ_REGISTER_ULONG(volatile ULONG *Register)
{
    return *Register;
}

FORCEINLINE void WRITE_REGISTER_ULONG(volatile ULONG *Register, ULONG Value)
{
    *Register = Value;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

FORCEINLINE ULONG64 READ_REGISTER_ULONG64(volatile ULONG64 *Register)
{
    return *Register;
}

FORCEINLINE void WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value)
{
    *Register = Value;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

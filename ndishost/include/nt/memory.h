/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory descriptor lists, mappings, sections: the Mm functions (provided by nt).
 */

#include "types.h"

struct _EPROCESS;

typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef union _FILE_SEGMENT_ELEMENT FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;
typedef struct _READ_LIST READ_LIST, *PREAD_LIST;

#define MDL_MAPPED_TO_SYSTEM_VA 1
#define MDL_PAGES_LOCKED 2
#define MDL_SOURCE_IS_NONPAGED_POOL 4
#define MDL_ALLOCATED_FIXED_SIZE 8
#define MDL_PARTIAL 0x10
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x20
#define MDL_IO_PAGE_READ 0x40
#define MDL_WRITE_OPERATION 0x80
#define MDL_LOCKED_PAGE_TABLES 0x100
#define MDL_PARENT_MAPPED_SYSTEM_VA 0x100
#define MDL_CACHE 500U
#define MDL_FREE_EXTRA_PTES 0x200
#define MDL_DESCRIBES_AWE 0x400
#define MDL_IO_SPACE 0x800
#define MDL_NETWORK_HEADER 0x1000
#define MDL_MAPPING_CAN_FAIL 0x2000
#define MDL_ALLOCATED_MUST_SUCCEED 0x4000
#define MDL_PAGE_CONTENTS_INVARIANT 0x4000
#define MDL_INTERNAL 0x8000

#define MEM_COMMIT 0x1000
#define MEM_RESERVE 0x2000
#define MEM_DECOMMIT 0x4000
#define MEM_RELEASE 0x8000
#define MEM_FREE 0x10000
#define MEM_PRIVATE 0x20000
#define MEM_MAPPED 0x40000
#define MEM_RESET 0x80000

#define MEM_LARGE_PAGES 0x20000000
#define MEM_RESET_UNDO 0x1000000
#define MEM_TOP_DOWN 0x100000

#define MM_ADD_PHYSICAL_MEMORY_ALREADY_ZEROED 1
#define MM_ADD_PHYSICAL_MEMORY_LARGE_PAGES_ONLY 2
#define MM_ADD_PHYSICAL_MEMORY_HUGE_PAGES_ONLY 4

#define MM_ALLOCATE_CONTIGUOUS_MEMORY_FAST_ONLY 0x1
#define MM_ALLOCATE_FROM_LOCAL_NODE_ONLY 0x2
#define MM_ALLOCATE_FULLY_REQUIRED 0x4
#define MM_ALLOCATE_NO_WAIT 0x8
#define MM_ALLOCATE_PREFER_CONTIGUOUS 0x10
#define MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS 0x20
#define MM_ALLOCATE_FAST_LARGE_PAGES 0x40
#define MM_ALLOCATE_TRIM_IF_NECESSARY 0x80
#define MM_ALLOCATE_AND_HOT_REMOVE 0x100

#define MM_ALL_PARTITIONS_OBJECT ((PVOID)(LONG_PTR)0xfffffffffffffffeLL)
#define MM_ANY_NODE_OK 0x80000000U

#define MM_COPY_MEMORY_PHYSICAL 1
#define MM_COPY_MEMORY_VIRTUAL 2

#define MM_CURRENT_PROCESS_PARTITION_OBJECT ((PVOID)(LONG_PTR)0xffffffffffffffffLL)
#define MM_DONT_ZERO_ALLOCATION 1

#define MM_DUMP_MAP_CACHED 1
#define MM_DUMP_MAP_INVALIDATE 2

#define MM_FREE_MDL_PAGES_ZERO 1

#define MM_GET_CACHE_ATTRIBUTE_IO_SPACE 0x1
#define MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_FILE_ONLY 0x1
#define MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_ALL_PARTITIONS 0x2

#define MM_LOWEST_USER_ADDRESS ((PVOID)(LONG_PTR)65536)
#define MM_MAPPING_ADDRESS_DIVISIBLE 1
#define MM_PERMANENT_ADDRESS_IS_IO_SPACE 1

#define MM_PROTECT_DRIVER_SECTION_ALLOW_UNLOAD 1
#define MM_PROTECT_DRIVER_SECTION_VALID_FLAGS 1

#define MM_REMOVE_PHYSICAL_MEMORY_BAD_ONLY 1

#define MM_SECURE_EXCLUSIVE 0x1
#define MM_SECURE_NO_CHANGE 0x2
#define MM_SECURE_USER_MODE_ONLY 0x4
#define MM_SECURE_NO_INHERIT 0x8

#define MM_SYSTEM_PARTITION_OBJECT ((PVOID)(LONG_PTR)0)
#define MM_SYSTEM_VIEW_EXCEPTIONS_FOR_INPAGE_ERRORS 1

#define MdlMappingNoExecute 0x40000000
#define MdlMappingNoWrite 0x80000000U
#define MdlMappingWithGuardPtes 0x20000000

#define PAGE_ENCLAVE_DECOMMIT 0x10000000
#define PAGE_ENCLAVE_MASK 0x10000000
#define PAGE_ENCLAVE_SS_FIRST 0x10000001
#define PAGE_ENCLAVE_SS_REST 0x10000002
#define PAGE_ENCLAVE_NO_CHANGE 0x20000000
#define PAGE_ENCLAVE_UNVALIDATED 0x20000000
#define PAGE_ENCLAVE_THREAD_CONTROL 0x80000000U

#define PAGE_NOACCESS 0x1
#define PAGE_READONLY 0x2
#define PAGE_READWRITE 0x4
#define PAGE_WRITECOPY 0x8
#define PAGE_SHIFT 0xC
#define PAGE_EXECUTE 0x10
#define PAGE_GUARD 0x100
#define PAGE_NOCACHE 0x200
#define PAGE_WRITECOMBINE 0x400
#define PAGE_SIZE 0x1000

#define PAGE_EXECUTE_READ 0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80

#define PAGE_FAULT_IN_NONPAGED_AREA_M 0x10000050U
#define PAGE_REVERT_TO_FILE_MAP 0x80000000U

#define PAGE_TARGETS_INVALID 0x40000000
#define PAGE_TARGETS_NO_UPDATE 0x40000000

#define SECTION_ALL_ACCESS 0xF001F
#define SECTION_EXTEND_SIZE 0x10

#define SECTION_MAP_WRITE 0x2
#define SECTION_MAP_READ 0x4
#define SECTION_MAP_EXECUTE 0x8
#define SECTION_MAP_EXECUTE_EXPLICIT 0x20

#define SECTION_QUERY 1
#define SEC_64K_PAGES 0x80000

#define SEC_FILE 0x800000
#define SEC_IMAGE 0x1000000
#define SEC_RESERVE 0x4000000
#define SEC_COMMIT 0x8000000
#define SEC_NOCACHE 0x10000000

#define SEC_HUGE_PAGES 0x20000
#define SEC_IMAGE_NO_EXECUTE 0x11000000
#define SEC_LARGE_PAGES 0x80000000U

typedef enum _MEMORY_CACHING_TYPE {
    MmNonCached,
    MmCached,
    MmWriteCombined,
    MmHardwareCoherentCached,
    MmNonCachedUnordered,
    MmUSWCCached,
    MmMaximumCacheType,
    MmNotMapped = -1,
} MEMORY_CACHING_TYPE;

typedef enum _MEMORY_CACHING_TYPE_ORIG {
    MmFrameBufferCached = 2,
} MEMORY_CACHING_TYPE_ORIG;

typedef enum _MEMORY_INFORMATION_CLASS {
    MemoryBasicInformation,
} MEMORY_INFORMATION_CLASS;

typedef enum _MM_MDL_PAGE_CONTENTS_STATE {
    MmMdlPageContentsDynamic,
    MmMdlPageContentsInvariant,
    MmMdlPageContentsQuery,
} MM_MDL_PAGE_CONTENTS_STATE, PMM_MDL_PAGE_CONTENTS_STATE;

typedef enum _MM_PAGE_PRIORITY {
    LowPagePriority,
    NormalPagePriority = 16,
    HighPagePriority = 32,
} MM_PAGE_PRIORITY;

typedef enum _MM_ROTATE_DIRECTION {
    MmToFrameBuffer,
    MmToFrameBufferNoCopy,
    MmToRegularMemory,
    MmToRegularMemoryNoCopy,
    MmMaximumRotateDirection,
} MM_ROTATE_DIRECTION, *PMM_ROTATE_DIRECTION;

typedef enum _MM_SYSTEM_SIZE {
    MmSmallSystem,
    MmMediumSystem,
    MmLargeSystem,
} MM_SYSTEMSIZE;

typedef enum _SECTION_INHERIT {
    ViewShare = 1,
    ViewUnmap,
} SECTION_INHERIT;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI MM_MDL_ROUTINE(PVOID DriverContext, PVOID MappedVa);
typedef MM_MDL_ROUTINE *PMM_MDL_ROUTINE;

typedef struct _MDL {
    struct _MDL *Next;
    CSHORT Size;
    CSHORT MdlFlags;
    struct _EPROCESS *Process;
    PVOID MappedSystemVa;
    PVOID StartVa;
    ULONG ByteCount;
    ULONG ByteOffset;
} MDL, NDIS_BUFFER, *PMDL, *PMDLX, *PNDIS_BUFFER;

typedef struct _MM_COPY_ADDRESS {
    union {
        PVOID VirtualAddress;
        PHYSICAL_ADDRESS PhysicalAddress;
    };
} MM_COPY_ADDRESS, *PMMCOPY_ADDRESS;

typedef struct _MM_PHYSICAL_ADDRESS_LIST {
    PHYSICAL_ADDRESS PhysicalAddress;
    SIZE_T NumberOfBytes;
} MM_PHYSICAL_ADDRESS_LIST, *PMM_PHYSICAL_ADDRESS_LIST;

typedef struct _PAGE_PRIORITY_INFORMATION {
    ULONG PagePriority;
} PAGE_PRIORITY_INFORMATION, *PPAGE_PRIORITY_INFORMATION;

typedef struct _PHYSICAL_MEMORY_RANGE {
    PHYSICAL_ADDRESS BaseAddress;
    LARGE_INTEGER NumberOfBytes;
} PHYSICAL_MEMORY_RANGE, *PPHYSICAL_MEMORY_RANGE;

typedef struct _SECTION_OBJECT_POINTERS {
    PVOID DataSectionObject;
    PVOID SharedCacheMap;
    PVOID ImageSectionObject;
} SECTION_OBJECT_POINTERS, *PSECTION_OBJECT_POINTERS;

extern SIM_IMPORT PBOOLEAN Mm64BitPhysicalAddress;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmAddPhysicalMemory(
    PPHYSICAL_ADDRESS StartAddress, PLARGE_INTEGER NumberOfBytes);

NTKERNELAPI NTSTATUS NTAPI MmAddVerifierSpecialThunks(
    ULONG_PTR EntryRoutine, PVOID ThunkBuffer, ULONG ThunkBufferSize);

NTKERNELAPI NTSTATUS NTAPI MmAddVerifierThunks(PVOID ThunkBuffer, ULONG ThunkBufferSize);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemory(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptableAddress);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmAllocateContiguousMemoryEx(
    PSIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    NODE_REQUIREMENT PreferredNode, ULONG Protect, PVOID PartitionObject, ULONG Tag, ULONG Flags,
    PVOID *BaseAddress);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    MEMORY_CACHING_TYPE CacheType);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    MEMORY_CACHING_TYPE CacheType, NODE_REQUIREMENT PreferredNode);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateContiguousNodeMemory(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    ULONG Protect, NODE_REQUIREMENT PreferredNode);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateMappingAddressEx(
    SIZE_T NumberOfBytes, ULONG PoolTag, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmAllocateMdlForIoSpace(
    PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList, SIZE_T NumberOfEntries, PMDL *NewMdl);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PMDL NTAPI MmAllocateNodePagesForMdlEx(
    PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
    SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T NumberOfBytes);

NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdl(
    PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
    SIZE_T TotalBytes);

NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdlEx(
    PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
    SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType, ULONG Flags);

NTKERNELAPI PMDL NTAPI MmAllocatePartitionNodePagesForMdlEx(
    PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
    SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType, MM_NODE_NUMBER_ZERO_BASED IdealNode,
    ULONG Flags, PVOID PartitionObject);

NTKERNELAPI LOGICAL NTAPI MmAreMdlPagesCached(PMDL MemoryDescriptorList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI MmCanFileBeTruncated(
    PSECTION_OBJECT_POINTERS SectionPointer, PLARGE_INTEGER NewFileSize);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmCopyMemory(
    PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress, SIZE_T NumberOfBytes, ULONG Flags,
    PSIZE_T NumberOfBytesTransferred);

NTKERNELAPI PMDL NTAPI MmCreateMdl(PMDL MemoryDescriptorList, PVOID Base, SIZE_T Length);
NTKERNELAPI NTSTATUS NTAPI MmCreateMirror(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI MmDoesFileHaveUserWritableReferences(
    PSECTION_OBJECT_POINTERS SectionPointer);

typedef enum _MMFLUSH_TYPE {
    MmFlushForDelete,
    MmFlushForWrite,
} MMFLUSH_TYPE;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI MmFlushImageSection(
    PSECTION_OBJECT_POINTERS SectionObjectPointer, MMFLUSH_TYPE FlushType);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI MmForceSectionClosed(
    PSECTION_OBJECT_POINTERS SectionObjectPointer, BOOLEAN DelayClose);

NTKERNELAPI BOOLEAN NTAPI MmForceSectionClosedEx(
    PSECTION_OBJECT_POINTERS SectionObjectPointer, ULONG ForceCloseFlags);

NTKERNELAPI void NTAPI MmFreeContiguousMemory(PVOID BaseAddress);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI MmFreeContiguousMemorySpecifyCache(
    PVOID BaseAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes);

NTKERNELAPI void NTAPI MmFreePagesFromMdl(PMDL MemoryDescriptorList);
NTKERNELAPI void NTAPI MmFreePagesFromMdlEx(PMDL MemoryDescriptorList, ULONG Flags);

NTKERNELAPI NTSTATUS NTAPI MmGetCacheAttribute(
    PHYSICAL_ADDRESS PhysicalAddress, MEMORY_CACHING_TYPE *CacheType);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONGLONG NTAPI MmGetMaximumFileSectionSize(void);

NTKERNELAPI PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress);
NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(void);
NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRangesEx(PVOID PartitionObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRangesEx2(
    PVOID PartitionObject, ULONG Flags);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName);

NTKERNELAPI PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress);
extern SIM_IMPORT const PVOID MmHighestUserAddress;

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI LOGICAL NTAPI MmIsDriverSuspectForVerifier(struct _DRIVER_OBJECT *DriverObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI LOGICAL NTAPI MmIsDriverVerifying(struct _DRIVER_OBJECT *DriverObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI LOGICAL NTAPI MmIsDriverVerifyingByAddress(PVOID AddressWithinSection);

NTKERNELAPI LOGICAL NTAPI MmIsIoSpaceActive(PHYSICAL_ADDRESS StartAddress, SIZE_T NumberOfBytes);
NTKERNELAPI BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(PVOID VirtualAddress);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI MmIsRecursiveIoFault(void);

NTKERNELAPI BOOLEAN NTAPI MmIsThisAnNtAsSystem(void);
NTKERNELAPI NTSTATUS NTAPI MmIsVerifierEnabled(PULONG VerifierFlags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI MmLockPagableDataSection(PVOID AddressWithinSection);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmLockPagableSectionByHandle(PVOID ImageSectionHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmMapIoSpace(
    PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmMapIoSpaceEx(
    PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect);

NTKERNELAPI PVOID NTAPI MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode);

NTKERNELAPI PVOID NTAPI MmMapLockedPagesSpecifyCache(
    PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode, MEMORY_CACHING_TYPE CacheType,
    PVOID RequestedAddress, ULONG BugCheckOnFailure, ULONG Priority);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI MmMapLockedPagesWithReservedMapping(
    PVOID MappingAddress, ULONG PoolTag, PMDL MemoryDescriptorList, MEMORY_CACHING_TYPE CacheType);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmMapMdl(
    PMDL MemoryDescriptorList, ULONG Protection, PMM_MDL_ROUTINE DriverRoutine,
    PVOID DriverContext);

NTKERNELAPI NTSTATUS NTAPI MmMapMemoryDumpMdlEx(
    PVOID Va, PFN_NUMBER PageTotal, PMDL MemoryDumpMdl, ULONG Flags);

NTKERNELAPI NTSTATUS NTAPI MmMapUserAddressesToPage(
    PVOID BaseAddress, SIZE_T NumberOfBytes, PVOID PageAddress);

NTKERNELAPI PVOID NTAPI MmMapVideoDisplay(
    PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType);

NTKERNELAPI NTSTATUS NTAPI MmMapViewInSessionSpace(
    PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize);

NTKERNELAPI NTSTATUS NTAPI MmMapViewInSessionSpaceEx(
    PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize, PLARGE_INTEGER SectionOffset,
    ULONG_PTR Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmMapViewInSystemSpace(
    PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize);

NTKERNELAPI NTSTATUS NTAPI MmMapViewInSystemSpaceEx(
    PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize, PLARGE_INTEGER SectionOffset,
    ULONG_PTR Flags);

NTKERNELAPI MM_MDL_PAGE_CONTENTS_STATE NTAPI MmMdlPageContentsState(
    PMDL MemoryDescriptorList, MM_MDL_PAGE_CONTENTS_STATE State);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI MmPageEntireDriver(PVOID AddressWithinSection);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmPrefetchPages(ULONG NumberOfLists, PREAD_LIST *ReadLists);

typedef enum _LOCK_OPERATION {
    IoReadAccess,
    IoWriteAccess,
    IoModifyAccess,
} LOCK_OPERATION;

NTKERNELAPI void NTAPI MmProbeAndLockPages(
    PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation);

typedef struct _EPROCESS *PEPROCESS;

NTKERNELAPI void NTAPI MmProbeAndLockProcessPages(
    PMDL MemoryDescriptorList, PEPROCESS Process, KPROCESSOR_MODE AccessMode,
    LOCK_OPERATION Operation);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmProbeAndLockSelectedPages(
    PMDL MemoryDescriptorList, PFILE_SEGMENT_ELEMENT SegmentArray, KPROCESSOR_MODE AccessMode,
    LOCK_OPERATION Operation);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmProtectDriverSection(
    PVOID AddressWithinSection, SIZE_T Size, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect);

NTKERNELAPI MM_SYSTEMSIZE NTAPI MmQuerySystemSize(void);

NTKERNELAPI NTSTATUS NTAPI MmRemovePhysicalMemory(
    PPHYSICAL_ADDRESS StartAddress, PLARGE_INTEGER NumberOfBytes);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmResetDriverPaging(PVOID AddressWithinSection);

typedef NTSTATUS (NTAPI *PMM_ROTATE_COPY_CALLBACK_FUNCTION)(
    PMDL DestinationMdl, PMDL SourceMdl, PVOID Context);

NTKERNELAPI NTSTATUS NTAPI MmRotatePhysicalView(
    PVOID VirtualAddress, PSIZE_T NumberOfBytes, PMDL NewMdl, MM_ROTATE_DIRECTION Direction,
    PMM_ROTATE_COPY_CALLBACK_FUNCTION CopyFunction, PVOID Context);

NTKERNELAPI BOOLEAN NTAPI MmSetAddressRangeModified(PVOID Address, SIZE_T Length);

NTKERNELAPI NTSTATUS NTAPI MmSetPermanentCacheAttribute(
    PHYSICAL_ADDRESS StartAddress, LARGE_INTEGER NumberOfBytes, MEMORY_CACHING_TYPE CacheType,
    ULONG Flags);

NTKERNELAPI SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length);
extern SIM_IMPORT const PVOID MmSystemRangeStart;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmUnlockPagableImageSection(PVOID ImageSectionHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI MmUnlockPages(PMDL MemoryDescriptorList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes);

NTKERNELAPI void NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI MmUnmapReservedMapping(
    PVOID BaseAddress, ULONG PoolTag, PMDL MemoryDescriptorList);

NTKERNELAPI void NTAPI MmUnmapVideoDisplay(PVOID BaseAddress, SIZE_T NumberOfBytes);
NTKERNELAPI NTSTATUS NTAPI MmUnmapViewInSessionSpace(PVOID MappedBase);
NTKERNELAPI NTSTATUS NTAPI MmUnmapViewInSystemSpace(PVOID MappedBase);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI MmUnsecureVirtualMemory(HANDLE SecureHandle);

extern SIM_IMPORT const ULONG64 MmUserProbeAddress;

/* Pages and MDL fields. */
#define BYTE_OFFSET(Va) ((ULONG)((LONG_PTR)(Va) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(Va) ((PVOID)((ULONG_PTR)(Va) & ~(ULONG_PTR)(PAGE_SIZE - 1)))
#define BYTES_TO_PAGES(Size) (((Size) >> PAGE_SHIFT) + (((Size) & (PAGE_SIZE - 1)) != 0))
#define ROUND_TO_PAGES(Size) (((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size) \
    ((BYTE_OFFSET(Va) + ((SIZE_T)(Size)) + (PAGE_SIZE - 1)) >> PAGE_SHIFT)
#define COMPUTE_PAGES_SPANNED(Va, Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)
#define MmGetMdlBaseVa(Mdl) ((Mdl)->StartVa)
#define MmGetMdlByteCount(Mdl) ((Mdl)->ByteCount)
#define MmGetMdlByteOffset(Mdl) ((Mdl)->ByteOffset)
#define MmGetMdlPfnArray(Mdl) ((PPFN_NUMBER)((Mdl) + 1))
#define MmGetMdlVirtualAddress(Mdl) ((PVOID)((PCHAR)(Mdl)->StartVa + (Mdl)->ByteOffset))
#define MmGetProcedureAddress(Address) (Address)
#define MmLockPagableCodeSection(Address) MmLockPagableDataSection(Address)

FORCEINLINE void MmInitializeMdl(PMDL MemoryDescriptorList, PVOID BaseVa, SIZE_T Length)
{
    MemoryDescriptorList->Next = NULL;
    MemoryDescriptorList->Size =
        (CSHORT)(sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(BaseVa, Length));
    MemoryDescriptorList->MdlFlags = 0;
    MemoryDescriptorList->StartVa = PAGE_ALIGN(BaseVa);
    MemoryDescriptorList->ByteOffset = BYTE_OFFSET(BaseVa);
    MemoryDescriptorList->ByteCount = (ULONG)Length;
}

FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority)
{
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) {
        return Mdl->MappedSystemVa;
    }
    return MmMapLockedPagesSpecifyCache(Mdl, 0 /* KernelMode */, MmCached, NULL, FALSE, Priority);
}

FORCEINLINE void MmPrepareMdlForReuse(PMDL MDL)
{
    if ((MDL->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0) {
        MmUnmapLockedPages(MDL->MappedSystemVa, MDL);
    }
}

#define MmGetSystemAddressForMdl(Mdl)                                                \
    (((Mdl)->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0 \
         ? (Mdl)->MappedSystemVa                                                     \
         : MmMapLockedPages((Mdl), 0 /* KernelMode */))

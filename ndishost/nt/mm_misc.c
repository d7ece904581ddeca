// SPDX-License-Identifier: MIT

// Memory beside pool and MDLs: contiguous memory, guarded copies, what is said about the machine,
// pageable code. A physical address here is the virtual one, so all memory is contiguous.

#include "sim.h"

#include <ntifs.h>
#include <string.h>

#define TAG_CONTIGUOUS 0x746e6f43u // "Cont"
#define TAG_NON_CACHED 0x6143634eu // "NcCa"

// Pages that lie between the addresses and do not cross a multiple of Boundary, or NULL.
static PVOID AllocateContiguous(SIZE_T Bytes, PHYSICAL_ADDRESS Lowest, PHYSICAL_ADDRESS Highest,
                                PHYSICAL_ADDRESS Boundary, ULONG Tag)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (Bytes == 0) {
        return NULL;
    }
    ULONG64 Multiple = (ULONG64)Boundary.QuadPart;
    PVOID Base = ExAllocatePool2(POOL_FLAG_NON_PAGED, ROUND_TO_PAGES(Bytes), Tag);
    if (Base == NULL) {
        return NULL;
    }
    ULONG64 First = (ULONG_PTR)Base;
    ULONG64 Last = First + Bytes - 1;
    if (First < (ULONG64)Lowest.QuadPart || Last > (ULONG64)Highest.QuadPart ||
        (Multiple != 0 && First / Multiple != Last / Multiple)) {
        ExFreePoolWithTag(Base, Tag);
        return NULL;
    }
    return Base;
}

static const PHYSICAL_ADDRESS NoLimit = {.QuadPart = 0};

PVOID NTAPI MmAllocateContiguousMemory(SIZE_T NumberOfBytes,
                                       PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    return AllocateContiguous(NumberOfBytes, NoLimit, HighestAcceptableAddress, NoLimit,
                              TAG_CONTIGUOUS);
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                                   PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                   PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                   PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                   MEMORY_CACHING_TYPE CacheType)
{
    (void)CacheType;
    return AllocateContiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress,
                              BoundaryAddressMultiple, TAG_CONTIGUOUS);
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes,
                                                       PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                       PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                       PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                       MEMORY_CACHING_TYPE CacheType,
                                                       NODE_REQUIREMENT PreferredNode)
{
    (void)CacheType, (void)PreferredNode;
    return AllocateContiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress,
                              BoundaryAddressMultiple, TAG_CONTIGUOUS);
}

PVOID NTAPI MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes,
                                           PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           PHYSICAL_ADDRESS HighestAcceptableAddress,
                                           PHYSICAL_ADDRESS BoundaryAddressMultiple, ULONG Protect,
                                           NODE_REQUIREMENT PreferredNode)
{
    (void)Protect, (void)PreferredNode;
    return AllocateContiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress,
                              BoundaryAddressMultiple, TAG_CONTIGUOUS);
}

VOID NTAPI MmFreeContiguousMemory(PVOID BaseAddress)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePoolWithTag(BaseAddress, TAG_CONTIGUOUS);
}

VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                              MEMORY_CACHING_TYPE CacheType)
{
    (void)NumberOfBytes, (void)CacheType;
    MmFreeContiguousMemory(BaseAddress);
}

PVOID NTAPI MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, ROUND_TO_PAGES(NumberOfBytes), TAG_NON_CACHED);
}

VOID NTAPI MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    (void)NumberOfBytes;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ExFreePoolWithTag(BaseAddress, TAG_NON_CACHED);
}

PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress)
{
    return (PVOID)(ULONG_PTR)PhysicalAddress.QuadPart;
}

// Copies up to the first page that is not there: STATUS_INVALID_ADDRESS, and what was copied.
NTSTATUS NTAPI MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress,
                            SIZE_T NumberOfBytes, ULONG Flags, PSIZE_T NumberOfBytesTransferred)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    *NumberOfBytesTransferred = 0;
    if (Flags != MM_COPY_MEMORY_PHYSICAL && Flags != MM_COPY_MEMORY_VIRTUAL) {
        return STATUS_INVALID_PARAMETER;
    }
    const UCHAR *From = SourceAddress.VirtualAddress;
    for (SIZE_T Done = 0; Done < NumberOfBytes;) {
        SIZE_T InPage = PAGE_SIZE - BYTE_OFFSET(From + Done);
        SIZE_T Bytes = min(InPage, NumberOfBytes - Done);
        if (!MmIsAddressValid((PVOID)(From + Done))) {
            return STATUS_INVALID_ADDRESS;
        }
        memcpy((UCHAR *)TargetAddress + Done, From + Done, Bytes);
        Done += Bytes;
        *NumberOfBytesTransferred = Done;
    }
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(PVOID VirtualAddress)
{
    return MmIsAddressValid(VirtualAddress);
}

PMDL NTAPI MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                       PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                       MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags)
{
    (void)IdealNode;
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, CacheType,
                                   Flags);
}

// ---- the machine: a workstation with plenty of memory, every driver verified

MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID)
{
    return MmLargeSystem;
}

BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID)
{
    return FALSE;
}

NTSTATUS NTAPI MmIsVerifierEnabled(PULONG VerifierFlags)
{
    *VerifierFlags = DRIVER_VERIFIER_FORCE_IRQL_CHECKING | DRIVER_VERIFIER_TRACK_POOL_ALLOCATIONS |
                     DRIVER_VERIFIER_IO_CHECKING;
    return STATUS_SUCCESS;
}

LOGICAL NTAPI MmIsDriverVerifying(struct _DRIVER_OBJECT *DriverObject)
{
    (void)DriverObject;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return TRUE;
}

LOGICAL NTAPI MmIsDriverVerifyingByAddress(PVOID AddressWithinSection)
{
    (void)AddressWithinSection;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return TRUE;
}

// ---- pageable code: it always stays in memory, so there is nothing to bring in or to let go.
// The handle is the address itself.

PVOID NTAPI MmLockPagableDataSection(PVOID AddressWithinSection)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return AddressWithinSection;
}

VOID NTAPI MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
    (void)ImageSectionHandle;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
}

VOID NTAPI MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
    (void)ImageSectionHandle;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
}

PVOID NTAPI MmPageEntireDriver(PVOID AddressWithinSection)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return AddressWithinSection;
}

VOID NTAPI MmResetDriverPaging(PVOID AddressWithinSection)
{
    (void)AddressWithinSection;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
}

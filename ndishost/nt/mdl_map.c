// SPDX-License-Identifier: MIT

// System addresses of MDLs, and MDLs that own their pages. Without separate mappings (mapping.h) an
// address is that of the memory itself: the flags and the rules are those of a separate one.

#include "mdl.h"

#include "exception.h"
#include "hooks.h"
#include "mapping.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TAG_MDL 0x206C644Du // "Mdl "

static SIM_SLOW void NTAPI MapViolation(PMDL Mdl, KPROCESSOR_MODE Mode, KIRQL Irql)
{
    if (Irql > (Mode == KernelMode ? DISPATCH_LEVEL : APC_LEVEL)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Mode == KernelMode ? 0x74 : 0x75, Irql,
                    (ULONG_PTR)Mdl, (ULONG_PTR)Mode, "mapping of MDL %p at IRQL %u", Mdl, Irql);
    }
    if ((Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0 &&
        Mode == KernelMode) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB2, (ULONG_PTR)Mdl,
                    (ULONG_PTR)Mdl->MdlFlags, 0, "mapping of MDL %p, which has a system address",
                    Mdl);
    }
    if ((Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL)) == 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB3, (ULONG_PTR)Mdl,
                    (ULONG_PTR)Mdl->MdlFlags, 0, "mapping of MDL %p, which is not locked", Mdl);
    }
}

static void CheckMap(PMDL Mdl, KPROCESSOR_MODE Mode)
{
    const CSHORT Mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > (Mode == KernelMode ? DISPATCH_LEVEL : APC_LEVEL) ||
        ((Mdl->MdlFlags & Mapped) != 0 && Mode == KernelMode) ||
        (Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL)) == 0) {
        MapViolation(Mdl, Mode, Irql);
    }
}

// Of no mapping: the user sees the memory itself.
static SIM_SLOW PVOID NTAPI MapToUser(PMDL Mdl)
{
    if (SimPoolMustFail()) {
        SimRaiseStatus(STATUS_INSUFFICIENT_RESOURCES, "MmMapLockedPagesSpecifyCache");
    }
    return (char *)(MmGetMdlPfnArray(Mdl)[0] << PAGE_SHIFT) + Mdl->ByteOffset;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI FailureViolation(PMDL Mdl)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x82, (ULONG_PTR)Mdl, 0, 0,
                "mapping of MDL %p with BugCheckOnFailure", Mdl);
}

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                         MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                         ULONG BugCheckOnFailure, ULONG Priority)
{
    (void)CacheType;
    (void)RequestedAddress;
    (void)Priority;
    PMDL Mdl = MemoryDescriptorList;
    CheckMap(Mdl, AccessMode);
    if (AccessMode != KernelMode) {
        return MapToUser(Mdl);
    }
    if (BugCheckOnFailure != FALSE) {
        FailureViolation(Mdl);
    }
    if (SimPoolMustFail()) {
        return NULL;
    }
    Mdl->MappedSystemVa = SimMappingCreate(Mdl, __builtin_return_address(0));
    Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if ((Mdl->MdlFlags & MDL_PARTIAL) != 0) {
        Mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
    }
    SIM_HOOK(MdlMapped, (Mdl, __builtin_return_address(0)));
    return Mdl->MappedSystemVa;
}

PVOID NTAPI MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, NULL, FALSE,
                                        NormalPagePriority);
}

VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    PMDL Mdl = MemoryDescriptorList;
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > DISPATCH_LEVEL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x79, Irql, (ULONG_PTR)BaseAddress,
                    (ULONG_PTR)Mdl, "MmUnmapLockedPages at IRQL %u", Irql);
    }
    BOOLEAN OfParent = (Mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA) != 0;
    if ((Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) == 0 || OfParent ||
        BaseAddress != Mdl->MappedSystemVa) {
        SimBugCheck(SYSTEM_PTE_MISUSE, 0x03, (ULONG_PTR)BaseAddress, (ULONG_PTR)Mdl, 0,
                    "MmUnmapLockedPages: %p is not a mapping of MDL %p", BaseAddress, Mdl);
    }
    SimMappingRelease(BaseAddress, __builtin_return_address(0));
    Mdl->MappedSystemVa = NULL;
    Mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    SIM_HOOK(MdlReleased, (Mdl, __builtin_return_address(0)));
}

NTSTATUS NTAPI MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    switch (NewProtect) {
    case PAGE_NOACCESS:
    case PAGE_READONLY:
    case PAGE_READWRITE:
    case PAGE_WRITECOPY:
        break;
    default: // the executable ones too: memory integrity forbids them
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if ((MemoryDescriptorList->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) == 0) {
        return STATUS_NOT_MAPPED_VIEW;
    }
    return STATUS_SUCCESS; // not enforced: other users of the same page share the mapping
}

// ---- MDLs with pages of their own. The MDL itself is pool: the driver frees it with ExFreePool.

static PMDL AllocatePages(SIZE_T TotalBytes, BOOLEAN Zero, void *Caller)
{
    SIZE_T Pages = (TotalBytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
    if (Pages == 0 || Pages > 0xFFFFF || SimPoolMustFail()) {
        return NULL;
    }
    void *Memory;
    if (posix_memalign(&Memory, PAGE_SIZE, Pages << PAGE_SHIFT) != 0) {
        return NULL;
    }
    PMDL Mdl = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(MDL) + Pages * sizeof(PFN_NUMBER),
                               TAG_MDL);
    if (Mdl == NULL) {
        free(Memory);
        return NULL;
    }
    memset(Memory, Zero ? 0 : 0xCD, Pages << PAGE_SHIFT);
    Mdl->Size = (CSHORT)(sizeof(MDL) + Pages * sizeof(PFN_NUMBER));
    Mdl->MdlFlags = MDL_PAGES_LOCKED;
    Mdl->ByteCount = (ULONG)(Pages << PAGE_SHIFT);
    for (SIZE_T i = 0; i < Pages; i++) {
        MmGetMdlPfnArray(Mdl)[i] = ((uintptr_t)Memory >> PAGE_SHIFT) + i;
    }
    SIM_HOOK(MdlLocked, (Mdl, Caller));
    return Mdl;
}

PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                   PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                   MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
    (void)LowAddress;
    (void)HighAddress;
    (void)SkipBytes;
    (void)CacheType;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return AllocatePages(TotalBytes, (Flags & MM_DONT_ZERO_ALLOCATION) == 0,
                         __builtin_return_address(0));
}

PMDL NTAPI MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                 PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
    (void)LowAddress;
    (void)HighAddress;
    (void)SkipBytes;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return AllocatePages(TotalBytes, TRUE, __builtin_return_address(0));
}

VOID NTAPI MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    PMDL Mdl = MemoryDescriptorList;
    SIM_HOOK(MdlUnlocking, (Mdl, __builtin_return_address(0)));
    if (Mdl->StartVa != NULL || (Mdl->MdlFlags & MDL_PAGES_LOCKED) == 0) {
        SimBugCheck(PFN_LIST_CORRUPT, 7, MmGetMdlPfnArray(Mdl)[0], (ULONG_PTR)Mdl, 0,
                    "MmFreePagesFromMdl of MDL %p, which owns no pages", Mdl);
    }
    free((void *)(MmGetMdlPfnArray(Mdl)[0] << PAGE_SHIFT));
    Mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
    Mdl->MappedSystemVa = NULL;
}

// ---- addresses

PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress)
{
    return (PHYSICAL_ADDRESS){.QuadPart = (LONGLONG)(uintptr_t)BaseAddress};
}

BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    // Fails for pages that are not mapped, and does nothing for those that are.
    void *Page = (void *)((uintptr_t)VirtualAddress & ~(uintptr_t)(PAGE_SIZE - 1));
    return msync(Page, PAGE_SIZE, MS_ASYNC) == 0;
}

const ULONG64 MmUserProbeAddress = 0x7FFFFFFF0000;
const PVOID MmHighestUserAddress = (PVOID)0x7FFFFFFEFFFF;
const PVOID MmSystemRangeStart = (PVOID)0xFFFF800000000000;

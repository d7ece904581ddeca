// SPDX-License-Identifier: MIT

// The exported pool functions: flags, tags, IRQL rules and the documented bug checks.

#include "pool_table.h"

#include "exception.h"
#include "hooks.h"
#include "pool.h"
#include "special_pool.h"

#include <string.h>

#define TAG_NONE 0x656E6F4Eu // "None", for functions that take no tag

static KIRQL HighestIrql(BOOLEAN Paged)
{
    return Paged ? APC_LEVEL : DISPATCH_LEVEL;
}

// Raw: the POOL_TYPE or the low bits of the flags, for the report.
static void CheckAllocate(POOL_ENTRY *Request, ULONG_PTR Raw)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > HighestIrql(Request->Paged)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Request->Paged ? 0x01 : 0x02, Irql, Raw,
                    Request->Bytes, "allocation of %zu bytes of %s pool at IRQL %u",
                    (size_t)Request->Bytes, Request->Paged ? "paged" : "nonpaged", Irql);
    }
    if (Request->Bytes == 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x00, Irql, Raw, 0,
                    "allocation of zero bytes of pool");
    }
}

static void *Allocate(POOL_ENTRY *Request, BOOLEAN CacheAligned, BOOLEAN Zero)
{
    if (SimPoolMustFail()) {
        return NULL;
    }
    void *Address = SimPoolTableAllocate(Request, CacheAligned);
    if (Address == NULL) {
        return NULL;
    }
    SimCount(SimCountPoolAllocation, 1);
    // What is not asked to be zero is not: a driver that relies on it is found out. Special pool is
    // made of new pages.
    if (!Zero || SimSpecialFind(Address) == NULL) {
        memset(Address, Zero ? 0 : 0xCD, Request->Bytes);
    }
    return Address;
}

static void *AllocateByFlags(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag, void *Caller)
{
    const POOL_FLAGS Kinds = POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
    const POOL_FLAGS Known = Kinds | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED |
                             POOL_FLAG_SESSION | POOL_FLAG_CACHE_ALIGNED |
                             POOL_FLAG_RAISE_ON_FAILURE;
    POOL_FLAGS Kind = Flags & Kinds;
    BOOLEAN Valid = Tag != 0 && Kind != 0 && (Kind & (Kind - 1)) == 0 &&
                    (Flags & POOL_FLAG_REQUIRED_MASK & ~Known) == 0;
    void *Address = NULL;
    if (Kind == POOL_FLAG_NON_PAGED_EXECUTE) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x2000, (ULONG_PTR)Caller, (ULONG_PTR)Flags,
                    Tag, "allocation of executable pool");
    }
    if (Valid) {
        POOL_ENTRY Request = {
            .Bytes = NumberOfBytes, .Tag = Tag, .Paged = Kind == POOL_FLAG_PAGED, .Caller = Caller};
        CheckAllocate(&Request, (ULONG_PTR)Flags);
        Address = Allocate(&Request, (Flags & POOL_FLAG_CACHE_ALIGNED) != 0,
                           (Flags & POOL_FLAG_UNINITIALIZED) == 0);
    }
    if (Address == NULL && (Flags & POOL_FLAG_RAISE_ON_FAILURE) != 0) {
        SimRaiseStatus(Valid ? STATUS_INSUFFICIENT_RESOURCES : STATUS_INVALID_PARAMETER,
                       "pool allocation");
    }
    return Address;
}

PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    return AllocateByFlags(Flags, NumberOfBytes, Tag, __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
                            PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                            ULONG ExtendedParametersCount)
{
    (void)ExtendedParameters; // all of them are hints, or secure pools that do not exist here
    (void)ExtendedParametersCount;
    return AllocateByFlags(Flags, NumberOfBytes, Tag, __builtin_return_address(0));
}

void *SimPoolAllocate(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, BOOLEAN Raise,
                      void *Caller)
{
    // Bit 0 tells paged from nonpaged, bit 2 asks for alignment to a cache line.
    BOOLEAN CacheAligned = (PoolType & 4) != 0;
    POOL_ENTRY Request = {
        .Bytes = NumberOfBytes, .Tag = Tag, .Paged = (PoolType & 1) != 0, .Caller = Caller};
    CheckAllocate(&Request, PoolType);
    if (Tag == 0) {
        SimBugCheck(BAD_POOL_CALLER, 0x9B, PoolType, NumberOfBytes, (ULONG_PTR)Caller,
                    "allocation of pool with tag 0");
    }
    void *Address = Allocate(&Request, CacheAligned, (PoolType & POOL_ZERO_ALLOCATION) != 0);
    if (Address == NULL && Raise) {
        SimRaiseStatus(STATUS_INSUFFICIENT_RESOURCES, "pool allocation");
    }
    return Address;
}

static BOOLEAN RaiseWanted(POOL_TYPE PoolType)
{
    return (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0;
}

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return SimPoolAllocate(PoolType, NumberOfBytes, Tag, RaiseWanted(PoolType),
                           __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                          EX_POOL_PRIORITY Priority)
{
    (void)Priority;
    return SimPoolAllocate(PoolType, NumberOfBytes, Tag, RaiseWanted(PoolType),
                           __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    BOOLEAN Raise = (PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) == 0;
    return SimPoolAllocate(PoolType, NumberOfBytes, Tag, Raise, __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return SimPoolAllocate(PoolType, NumberOfBytes, TAG_NONE, RaiseWanted(PoolType),
                           __builtin_return_address(0));
}

static __attribute__((noreturn)) void FreeOfNoPool(void *Address)
{
    POOL_ENTRY Freed;
    if (Address != NULL && SimPoolTableWasFreed(Address, &Freed)) {
        char Tag[5];
        SimPoolTagText(Freed.Tag, Tag);
        SimReportCaller("first free of pool with tag", Tag, Freed.Caller);
        SimBugCheck(BAD_POOL_CALLER, 0x07, 0, Freed.Tag, (ULONG_PTR)Address,
                    "free of pool %p, tag '%s', which was already freed", Address, Tag);
    }
    SimBugCheck(BAD_POOL_CALLER, 0x46, (ULONG_PTR)Address, 0, 0,
                "free of %p, which is not the start of a pool allocation", Address);
}

void SimPoolFree(void *Address, ULONG Tag, void *Caller)
{
    POOL_ENTRY Entry;
    if (!SimPoolTableFind(Address, &Entry)) {
        FreeOfNoPool(Address);
    }
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > HighestIrql(Entry.Paged)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Entry.Paged ? 0x11 : 0x12, Irql,
                    Entry.Paged, (ULONG_PTR)Address, "free of %s pool at IRQL %u",
                    Entry.Paged ? "paged" : "nonpaged", Irql);
    }
    if (Tag != 0 && Tag != Entry.Tag) {
        char Given[5], Right[5];
        SimPoolTagText(Tag, Given);
        SimPoolTagText(Entry.Tag, Right);
        SimBugCheck(BAD_POOL_CALLER, 0x0A, (ULONG_PTR)Address, Entry.Tag, Tag,
                    "free of pool %p with tag '%s', allocated with '%s'", Address, Given, Right);
    }
    SIM_HOOK(PoolFreeing, (Address, Entry.Bytes, Caller));
    SimCheckFreeing(Address, Entry.Bytes);
    // Two threads may free the same block at once; one of them finds it gone.
    if (!SimPoolTableRemove(Address, Caller)) {
        FreeOfNoPool(Address);
    }
    SimPoolMemoryFree(Address, Caller);
}

VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    SimPoolFree(P, Tag, __builtin_return_address(0));
}

VOID NTAPI ExFreePool(PVOID P)
{
    SimPoolFree(P, 0, __builtin_return_address(0));
}

VOID NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                       ULONG ExtendedParametersCount)
{
    (void)ExtendedParameters;
    (void)ExtendedParametersCount;
    SimPoolFree(P, Tag, __builtin_return_address(0));
}

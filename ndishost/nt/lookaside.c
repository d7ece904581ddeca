// SPDX-License-Identifier: MIT

// Lookaside lists over pool. The depth is fixed (Windows adapts it). What lies in a list is
// poisoned for AddressSanitizer, so that a use after free is still seen; with special pool nothing
// lies there.

#include "pool_table.h"

#include "pool.h"
#include "print.h"
#include "sanitizer.h"
#include "special_pool.h"

#define LOOKASIDE_DEPTH 256

static _Atomic int64_t LiveLists;

// GENERAL_LOOKASIDE and GENERAL_LOOKASIDE_POOL have the same fields at the same places.
typedef GENERAL_LOOKASIDE_POOL LIST;

static void Add(ULONG *Statistic)
{
    __atomic_store_n(Statistic, __atomic_load_n(Statistic, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

static void Initialize(LIST *List, POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    *List = (LIST){0};
    InitializeSListHead(&List->ListHead);
    List->Depth = LOOKASIDE_DEPTH;
    List->MaximumDepth = LOOKASIDE_DEPTH;
    List->Type = Type;
    List->Tag = Tag;
    List->Size = (ULONG)(Size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : Size);
    InitializeListHead(&List->ListEntry);
    atomic_fetch_add_explicit(&LiveLists, 1, memory_order_relaxed);
}

static void *Pop(LIST *List)
{
    Add(&List->TotalAllocates);
    PSLIST_ENTRY Entry = ExpInterlockedPopEntrySList(&List->ListHead);
    if (Entry == NULL) {
        Add(&List->AllocateMisses);
        return NULL;
    }
    SIM_UNPOISON(Entry, List->Size);
    return Entry;
}

static BOOLEAN Push(LIST *List, void *Entry)
{
    Add(&List->TotalFrees);
    if (SimSpecialOn || ExQueryDepthSList(&List->ListHead) >= List->Depth) {
        Add(&List->FreeMisses);
        return FALSE;
    }
    SIM_POISON((PSLIST_ENTRY)Entry + 1, List->Size - sizeof(SLIST_ENTRY));
    ExpInterlockedPushEntrySList(&List->ListHead, Entry);
    return TRUE;
}

static void FreeEntry(LIST *List, void *Entry, void *Caller)
{
    SIM_UNPOISON(Entry, List->Size);
    if (List->Free == ExFreePool) {
        SimPoolFree(Entry, 0, Caller);
    } else {
        List->Free(Entry);
    }
}

static void FreeEntryEx(PLOOKASIDE_LIST_EX Lookaside, void *Entry)
{
    SIM_UNPOISON(Entry, Lookaside->L.Size);
    Lookaside->L.FreeEx(Entry, Lookaside);
}

static void Delete(LIST *List, void *Caller)
{
    PSLIST_ENTRY Entry = ExpInterlockedFlushSList(&List->ListHead);
    while (Entry != NULL) {
        PSLIST_ENTRY Next = Entry->Next;
        FreeEntry(List, Entry, Caller);
        Entry = Next;
    }
    atomic_fetch_sub_explicit(&LiveLists, 1, memory_order_relaxed);
}

static void *AllocateEntry(LIST *List, void *Caller)
{
    void *Entry = Pop(List);
    if (Entry != NULL) {
        return Entry;
    }
    if (List->Allocate == ExAllocatePoolWithTag) {
        return SimPoolAllocate(List->Type, List->Size, List->Tag, FALSE, Caller);
    }
    return List->Allocate(List->Type, List->Size, List->Tag);
}

// ---- nonpaged and paged

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
                                           PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                           ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    (void)Depth; // reserved
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    LIST *List = (LIST *)&Lookaside->L;
    Initialize(List, (POOL_TYPE)(NonPagedPoolNx | Flags), Size, Tag);
    List->Allocate = Allocate != NULL ? Allocate : ExAllocatePoolWithTag;
    List->Free = Free != NULL ? Free : ExFreePool;
}

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
                                          PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                          ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    (void)Depth;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    LIST *List = (LIST *)&Lookaside->L;
    Initialize(List, (POOL_TYPE)(PagedPool | Flags), Size, Tag);
    List->Allocate = Allocate != NULL ? Allocate : ExAllocatePoolWithTag;
    List->Free = Free != NULL ? Free : ExFreePool;
}

PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return AllocateEntry((LIST *)&Lookaside->L, __builtin_return_address(0));
}

PVOID NTAPI ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return AllocateEntry((LIST *)&Lookaside->L, __builtin_return_address(0));
}

VOID NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (!Push((LIST *)&Lookaside->L, Entry)) {
        FreeEntry((LIST *)&Lookaside->L, Entry, __builtin_return_address(0));
    }
}

VOID NTAPI ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (!Push((LIST *)&Lookaside->L, Entry)) {
        FreeEntry((LIST *)&Lookaside->L, Entry, __builtin_return_address(0));
    }
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    Delete((LIST *)&Lookaside->L, __builtin_return_address(0));
}

VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    Delete((LIST *)&Lookaside->L, __builtin_return_address(0));
}

// ---- LOOKASIDE_LIST_EX: either kind, and its functions get the list

static ALLOCATE_FUNCTION_EX AllocateDefault;
static PVOID NTAPI AllocateDefault(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                   PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    return SimPoolAllocate(PoolType, NumberOfBytes, Tag,
                           (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0,
                           __builtin_return_address(0));
}

static FREE_FUNCTION_EX FreeDefault;
static VOID NTAPI FreeDefault(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    SimPoolFree(Buffer, 0, __builtin_return_address(0));
}

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
                                           PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
                                           POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag,
                                           USHORT Depth)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    const ULONG Both = EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL |
                       EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE;
    if (Depth != 0) {
        return STATUS_INVALID_PARAMETER_8;
    }
    if ((Flags & ~Both) != 0 || Flags == Both) {
        return STATUS_INVALID_PARAMETER_5;
    }
    ULONG Type = (ULONG)PoolType;
    if ((Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL) != 0) {
        Type |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    }
    Initialize(&Lookaside->L, (POOL_TYPE)Type, Size, Tag);
    Lookaside->L.AllocateEx = Allocate != NULL ? Allocate : AllocateDefault;
    Lookaside->L.FreeEx = Free != NULL ? Free : FreeDefault;
    return STATUS_SUCCESS;
}

PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    LIST *List = &Lookaside->L;
    void *Entry = Pop(List);
    if (Entry == NULL) {
        Entry = List->AllocateEx(List->Type, List->Size, List->Tag, Lookaside);
    }
    return Entry;
}

VOID NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (!Push(&Lookaside->L, Entry)) {
        FreeEntryEx(Lookaside, Entry);
    }
}

VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PSLIST_ENTRY Entry = ExpInterlockedFlushSList(&Lookaside->L.ListHead);
    while (Entry != NULL) {
        PSLIST_ENTRY Next = Entry->Next;
        FreeEntryEx(Lookaside, Entry);
        Entry = Next;
    }
}

VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFlushLookasideListEx(Lookaside);
    atomic_fetch_sub_explicit(&LiveLists, 1, memory_order_relaxed);
}

// ---- for SimPoolStart and SimPoolStop

void SimLookasideReset(void)
{
    atomic_store(&LiveLists, 0);
}

unsigned SimLookasideReportLive(void)
{
    int64_t Count = atomic_load(&LiveLists);
    if (Count <= 0) {
        return 0;
    }
    SimPrint("ndishost: leak: %lld lookaside list(s) not deleted\n", (long long)Count);
    return (unsigned)Count;
}

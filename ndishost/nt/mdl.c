// SPDX-License-Identifier: MIT

// The life of MDLs: allocate, describe, free, partial. Small ones come from a cache and carry
// MDL_ALLOCATED_FIXED_SIZE; large ones are in a list, so that a free of what is no MDL is found.

#include "mdl.h"

#include "cache.h"
#include "hooks.h"
#include "mapping.h"
#include "pool.h"
#include "pool_table.h"
#include "sanitizer.h"
#include "special_pool.h"

#include <stdlib.h>
#include <string.h>

#define FIXED_PAGES 26
#define FIXED_BYTES (sizeof(MDL) + FIXED_PAGES * sizeof(PFN_NUMBER))

static SIM_CACHE Cache = {
    .Name = "MDL", .BodyBytes = FIXED_BYTES, .Magazine = SimCacheMdl, .Counter = SimCounterCount};

typedef struct LARGE_MDL {
    struct LARGE_MDL *Next;
    void *Caller;
    MDL Mdl;
} LARGE_MDL;
static SIM_LOCK LargeLock; // guards Large
static LARGE_MDL *Large;

static SIZE_T SizeOfMdl(const void *Base, SIZE_T Length)
{
    SIZE_T Pages = (((uintptr_t)Base & (PAGE_SIZE - 1)) + Length + PAGE_SIZE - 1) >> PAGE_SHIFT;
    return sizeof(MDL) + Pages * sizeof(PFN_NUMBER);
}

static void InitializeMdl(PMDL Mdl, void *Base, SIZE_T Length, CSHORT Flags)
{
    *Mdl = (MDL){.Size = (CSHORT)SizeOfMdl(Base, Length),
                 .MdlFlags = Flags,
                 .StartVa = (PVOID)((uintptr_t)Base & ~(uintptr_t)(PAGE_SIZE - 1)),
                 .ByteOffset = (ULONG)((uintptr_t)Base & (PAGE_SIZE - 1)),
                 .ByteCount = (ULONG)Length};
}

static SIM_SLOW PMDL NTAPI AllocateLarge(SIZE_T Bytes, void *Caller)
{
    if (SimPoolMustFail()) {
        return NULL;
    }
    LARGE_MDL *Entry = malloc(sizeof(*Entry) - sizeof(MDL) + Bytes);
    if (Entry == NULL) {
        return NULL;
    }
    Entry->Caller = Caller;
    SimLock(&LargeLock);
    Entry->Next = Large;
    Large = Entry;
    SimUnlock(&LargeLock);
    return &Entry->Mdl;
}

#define TAG_MDL 0x206C644Du // "Mdl "

// NULL: there is no room in special pool.
static SIM_SLOW PMDL NTAPI AllocateSpecial(void *Address, ULONG Length, SIZE_T Bytes, void *Caller)
{
    PMDL Mdl = SimSpecialAllocate(Bytes, 16, TAG_MDL, SimGuardedMdl, Caller);
    if (Mdl != NULL) {
        InitializeMdl(Mdl, Address, Length, Bytes > FIXED_BYTES ? 0 : MDL_ALLOCATED_FIXED_SIZE);
    }
    return Mdl;
}

static PMDL Allocate(void *Address, ULONG Length, void *Caller)
{
    SIZE_T Bytes = SizeOfMdl(Address, Length);
    if (SimSpecialOn) {
        if (SimPoolMustFail()) {
            return NULL;
        }
        PMDL Mdl = AllocateSpecial(Address, Length, Bytes, Caller);
        if (Mdl != NULL) {
            return Mdl;
        }
    }
    if (Bytes > FIXED_BYTES) {
        PMDL Mdl = AllocateLarge(Bytes, Caller);
        if (Mdl != NULL) {
            InitializeMdl(Mdl, Address, Length, 0);
        }
        return Mdl;
    }
    SIM_BLOCK *Block = SimCacheTake(&Cache, Caller);
    if (Block == NULL) {
        return NULL;
    }
    PMDL Mdl = SimBlockBody(Block);
    InitializeMdl(Mdl, Address, Length, MDL_ALLOCATED_FIXED_SIZE);
    SIM_POISON((char *)Mdl + Bytes, FIXED_BYTES - Bytes);
    atomic_store_explicit(&Block->Holds, 1, memory_order_release);
    return Mdl;
}

PMDL NTAPI SimMdlAllocate(void *Address, ULONG Length, void *Caller)
{
    PMDL Mdl = Allocate(Address, Length, Caller);
    if (Mdl != NULL) {
        SIM_HOOK(MdlAllocated, (Mdl, Caller));
    }
    return Mdl;
}

PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
                         BOOLEAN ChargeQuota, PIRP Irp)
{
    (void)ChargeQuota;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PMDL Mdl = SimMdlAllocate(VirtualAddress, Length, __builtin_return_address(0));
    if (Mdl == NULL) {
        return NULL;
    }
    SimCount(SimCountMdlAllocation, 1);
    if (Irp != NULL && !SecondaryBuffer) {
        Irp->MdlAddress = Mdl;
    } else if (Irp != NULL) {
        PMDL *Tail = &Irp->MdlAddress;
        while (*Tail != NULL) {
            Tail = &(*Tail)->Next;
        }
        *Tail = Mdl;
    }
    return Mdl;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI NoMdl(PMDL Mdl, const char *Why)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x10, (ULONG_PTR)Mdl, 0, 0,
                "IoFreeMdl of %p, which %s", Mdl, Why);
}

// The flags and the header are still readable after a free; a foreign pointer has neither.
SIM_MAY_READ_FREED static BOOLEAN IsFixed(PMDL Mdl)
{
    return (*(volatile CSHORT *)&Mdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) != 0;
}

SIM_MAY_READ_FREED static SIM_BLOCK *BlockOf(PMDL Mdl)
{
    SIM_BLOCK *Block = SimBlockOf(Mdl);
    BOOLEAN Ours = *(volatile uint32_t *)&Block->Magic == SIM_BLOCK_MAGIC &&
                   *(SIM_CACHE *volatile *)&Block->Cache == &Cache;
    return Ours ? Block : NULL;
}

static SIM_SLOW void NTAPI ReleaseLarge(PMDL Mdl)
{
    SimLock(&LargeLock);
    LARGE_MDL **Where = &Large;
    while (*Where != NULL && &(*Where)->Mdl != Mdl) {
        Where = &(*Where)->Next;
    }
    LARGE_MDL *Entry = *Where;
    if (Entry != NULL) {
        *Where = Entry->Next;
    }
    SimUnlock(&LargeLock);
    if (Entry == NULL) {
        NoMdl(Mdl, "is not from IoAllocateMdl, or has been freed");
    }
    free(Entry);
}

// While a verifier looks, a freed MDL rests before it is used again: a pointer that was kept too
// long is then not by chance one to the next MDL.
#define MDLS_AT_REST 256u
static SIM_LOCK RestLock; // guards what follows
static SIM_BLOCK *AtRest[MDLS_AT_REST];
static unsigned RestNext;

static SIM_SLOW void NTAPI Rest(SIM_BLOCK *Block)
{
    SIM_POISON(SimBlockBody(Block), FIXED_BYTES);
    SimLock(&RestLock);
    SIM_BLOCK *Old = AtRest[RestNext % MDLS_AT_REST];
    AtRest[RestNext++ % MDLS_AT_REST] = Block;
    SimUnlock(&RestLock);
    if (Old != NULL) {
        SimCacheGive(Old);
    }
}

static void Retire(SIM_BLOCK *Block)
{
    if (__builtin_expect(SimNtHooks == NULL, 1)) {
        SimCacheGive(Block);
    } else {
        Rest(Block);
    }
}

static void RestEnd(void)
{
    for (unsigned i = 0; i < MDLS_AT_REST; i++) {
        if (AtRest[i] != NULL) {
            SimCacheGive(AtRest[i]);
            AtRest[i] = NULL;
        }
    }
}

// It is one of special pool: freed now, or reported as freed before.
static SIM_SLOW BOOLEAN NTAPI ReleaseGuarded(PMDL Mdl, SIM_GUARDED *Slot, void *Caller)
{
    BOOLEAN Ours = Slot->Kind == SimGuardedMdl && Slot->Address == (char *)Mdl;
    if (Ours) {
        SimSpecialFree(Slot, Caller);
    }
    return Ours;
}

static BOOLEAN ReleaseSpecial(PMDL Mdl, void *Caller)
{
    SIM_GUARDED *Slot = SimGuardedFind(Mdl);
    return Slot != NULL && ReleaseGuarded(Mdl, Slot, Caller);
}

void NTAPI SimMdlRelease(PMDL Mdl, void *Caller)
{
    if (ReleaseSpecial(Mdl, Caller)) {
        return;
    }
    if (!IsFixed(Mdl)) {
        ReleaseLarge(Mdl);
        return;
    }
    SIM_BLOCK *Block = BlockOf(Mdl);
    uint32_t One = 1;
    if (Block == NULL) {
        NoMdl(Mdl, "is not from IoAllocateMdl");
    }
    if (!atomic_compare_exchange_strong_explicit(&Block->Holds, &One, 0, memory_order_acq_rel,
                                                 memory_order_relaxed)) {
        NoMdl(Mdl, "was already freed");
    }
    Retire(Block);
}

// Before anything else of the MDL is read.
static void CheckLive(PMDL Mdl)
{
    const SIM_GUARDED *Slot = SimGuardedFind(Mdl);
    if (Slot != NULL && Slot->Kind == SimGuardedMdl && Slot->Address == (char *)Mdl) {
        if (!atomic_load_explicit(&Slot->Live, memory_order_acquire)) {
            NoMdl(Mdl, "was already freed");
        }
        return;
    }
    if (!IsFixed(Mdl)) {
        return; // ReleaseLarge finds it or not
    }
    SIM_BLOCK *Block = BlockOf(Mdl);
    if (Block != NULL && atomic_load_explicit(&Block->Holds, memory_order_relaxed) == 0) {
        NoMdl(Mdl, "was already freed");
    }
}

static SIM_SLOW void NTAPI FreeViolation(PMDL Mdl)
{
    if ((Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB8, (ULONG_PTR)Mdl,
                    (ULONG_PTR)Mdl->MdlFlags, 0, "IoFreeMdl of %p, whose pages are still mapped",
                    Mdl);
    }
    if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
        SimBugCheck(DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS, 0, 0, (ULONG_PTR)Mdl, SimMdlPages(Mdl),
                    "IoFreeMdl of %p, whose pages are still locked", Mdl);
    }
}

static void CheckFree(PMDL Mdl)
{
    const CSHORT Own = MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL;
    CheckLive(Mdl);
    // What a partial MDL has mapped for itself goes with it.
    if ((Mdl->MdlFlags & Own) == 0 &&
        (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED)) != 0) {
        FreeViolation(Mdl);
    }
}

static void ReleaseOwnMapping(PMDL Mdl, void *Caller)
{
    const CSHORT Mapped = MDL_PARTIAL | MDL_MAPPED_TO_SYSTEM_VA;
    if ((Mdl->MdlFlags & (Mapped | MDL_PARENT_MAPPED_SYSTEM_VA)) == Mapped) {
        SimMappingRelease(Mdl->MappedSystemVa, Caller);
    }
}

VOID NTAPI IoFreeMdl(PMDL Mdl)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_HOOK(MdlFreeing, (Mdl, __builtin_return_address(0)));
    CheckFree(Mdl);
    ReleaseOwnMapping(Mdl, __builtin_return_address(0));
    SimMdlRelease(Mdl, __builtin_return_address(0));
}

void NTAPI SimMdlFreeChain(PMDL Mdl, void *Caller)
{
    while (Mdl != NULL) {
        PMDL Next = Mdl->Next;
        if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
            SIM_HOOK(MdlUnlocking, (Mdl, Caller));
            SimMdlUnlock(Mdl, Caller);
        }
        SIM_HOOK(MdlFreeing, (Mdl, Caller));
        SimMdlRelease(Mdl, Caller);
        Mdl = Next;
    }
}

SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return SizeOfMdl(Base, Length);
}

static void FillPages(PMDL Mdl)
{
    PFN_NUMBER *Pages = MmGetMdlPfnArray(Mdl);
    ULONG Count = SimMdlPages(Mdl);
    for (ULONG i = 0; i < Count; i++) {
        Pages[i] = ((uintptr_t)Mdl->StartVa >> PAGE_SHIFT) + i;
    }
}

VOID NTAPI MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PMDL Mdl = MemoryDescriptorList;
    POOL_ENTRY Entry;
    SIM_HOOK(MdlBuilding, (Mdl, NULL, __builtin_return_address(0)));
    if ((Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL)) != 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB0, (ULONG_PTR)Mdl,
                    (ULONG_PTR)Mdl->MdlFlags, 0, "MmBuildMdlForNonPagedPool of MDL %p, which is %s",
                    Mdl, SimMdlKind(Mdl));
    }
    if (SimPoolTableFind(SimMdlAddress(Mdl), &Entry) && Entry.Paged) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x7F, (ULONG_PTR)Mdl,
                    (ULONG_PTR)SimMdlAddress(Mdl), 0,
                    "MmBuildMdlForNonPagedPool over paged pool %p", SimMdlAddress(Mdl));
    }
    FillPages(Mdl);
    Mdl->Process = NULL;
    Mdl->MappedSystemVa = SimMdlAddress(Mdl);
    Mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}

static void CheckPartial(PMDL Source, PMDL Target, char *Start, uint64_t Length)
{
    const CSHORT Resident = MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL;
    char *SourceStart = SimMdlAddress(Source);
    SIZE_T Needed = SizeOfMdl(Start, Length);
    if ((Source->MdlFlags & Resident) == 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x140, (ULONG_PTR)Source, 0, 0,
                    "IoBuildPartialMdl from MDL %p, which is neither locked nor nonpaged", Source);
    }
    if (Start < SourceStart || Start + Length > SourceStart + Source->ByteCount) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x6F, (ULONG_PTR)Source, (ULONG_PTR)Start,
                    Length, "IoBuildPartialMdl: %p + %llu bytes is outside of source MDL %p", Start,
                    (unsigned long long)Length, Source);
    }
    if (Needed > (USHORT)Target->Size) {
        SimBugCheck(TARGET_MDL_TOO_SMALL, (ULONG_PTR)Source, (ULONG_PTR)Target, Needed,
                    (USHORT)Target->Size, "IoBuildPartialMdl: target MDL %p is too small", Target);
    }
    if ((Target->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0) {
        SimBugCheck(DRIVER_USED_EXCESSIVE_PTES, (ULONG_PTR)Target, 1, 0, 0,
                    "partial MDL %p is built again while mapped: call MmPrepareMdlForReuse first",
                    Target);
    }
}

VOID NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_HOOK(MdlBuilding, (TargetMdl, SourceMdl, __builtin_return_address(0)));
    char *Start = VirtualAddress;
    char *SourceStart = SimMdlAddress(SourceMdl);
    uint64_t Bytes = Length;
    if (Length == 0) {
        Bytes = SourceMdl->ByteCount - (uint64_t)(Start - SourceStart);
    }
    CheckPartial(SourceMdl, TargetMdl, Start, Bytes);
    CSHORT Size = TargetMdl->Size;
    CSHORT Flags = (TargetMdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) | MDL_PARTIAL |
                   (SourceMdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    PMDL Next = TargetMdl->Next;
    InitializeMdl(TargetMdl, Start, Bytes, Flags);
    TargetMdl->Size = Size; // what it can hold, for its next use
    TargetMdl->Next = Next;
    TargetMdl->Process = SourceMdl->Process;
    if ((SourceMdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        TargetMdl->MappedSystemVa = (char *)SourceMdl->MappedSystemVa + (Start - SourceStart);
    }
    if ((SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0) {
        TargetMdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;
    }
    size_t First = (size_t)((char *)TargetMdl->StartVa - (char *)SourceMdl->StartVa) >> PAGE_SHIFT;
    memcpy(MmGetMdlPfnArray(TargetMdl), MmGetMdlPfnArray(SourceMdl) + First,
           SimMdlPages(TargetMdl) * sizeof(PFN_NUMBER));
}

const char *SimMdlKind(PMDL Mdl)
{
    if ((Mdl->MdlFlags & MDL_PARTIAL) != 0) {
        return "partial";
    }
    if ((Mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) != 0) {
        return "of nonpaged pool";
    }
    return (Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0 ? "locked" : "not locked";
}

void SimMdlStart(void)
{
}

static void ReportLeak(SIM_GUARDED *Slot, void *Count)
{
    SimReportCaller("leak: one", "MDL", Slot->Taken[0]);
    ++*(unsigned *)Count;
    SimSpecialFree(Slot, NULL);
}

unsigned SimMdlStop(void)
{
    RestEnd();
    unsigned Live = SimMdlStopLocks() + SimCacheReportLive(&Cache);
    SimGuardedForEachLive(SimGuardedMdl, ReportLeak, &Live);
    while (Large != NULL) {
        LARGE_MDL *Next = Large->Next;
        SimReportCaller("leak: one", "MDL", Large->Caller);
        free(Large);
        Large = Next;
        Live++;
    }
    return Live;
}

// SPDX-License-Identifier: MIT

// Page locks: a sharded table of (process, page) -> count. Probing touches each page, so memory
// that is not there faults inside MmProbeAndLockPages and the caller's handler gets
// STATUS_ACCESS_VIOLATION; nothing is held at that moment.

#include "mdl.h"

#include "exception.h"
#include "hooks.h"
#include "mapping.h"
#include "pool.h"

#include <stdlib.h>

#define SHARDS 64
#define BUCKETS 64 // per shard

typedef struct PAGE_LOCK {
    struct PAGE_LOCK *Next;
    PFN_NUMBER Page;
    const SIM_PROCESS *Process;
    unsigned Count;
    void *Caller; // of the first lock
} PAGE_LOCK;

typedef struct SHARD {
    SIM_LOCK Lock; // guards the rest
    PAGE_LOCK *Buckets[BUCKETS];
    PAGE_LOCK *Unused;
} __attribute__((aligned(64))) SHARD;

static SHARD Shards[SHARDS];

static SHARD *ShardOf(PFN_NUMBER Page)
{
    return &Shards[Page % SHARDS];
}

// The link that leads to the lock, or to NULL at the end of its bucket. Called with Shard->Lock
// held.
static PAGE_LOCK **Find(SHARD *Shard, PFN_NUMBER Page, const SIM_PROCESS *Process)
{
    PAGE_LOCK **Where = &Shard->Buckets[Page / SHARDS % BUCKETS];
    while (*Where != NULL && ((*Where)->Page != Page || (*Where)->Process != Process)) {
        Where = &(*Where)->Next;
    }
    return Where;
}

static SIM_SLOW PAGE_LOCK *NTAPI MakeEntry(void)
{
    return malloc(sizeof(PAGE_LOCK));
}

// Called with Shard->Lock held.
static PAGE_LOCK *TakeUnused(SHARD *Shard)
{
    PAGE_LOCK *Entry = Shard->Unused;
    if (Entry != NULL) {
        Shard->Unused = Entry->Next;
        return Entry;
    }
    return MakeEntry();
}

static BOOLEAN NTAPI LockPage(PFN_NUMBER Page, const SIM_PROCESS *Process, void *Caller)
{
    SHARD *Shard = ShardOf(Page);
    SimLock(&Shard->Lock);
    PAGE_LOCK **Where = Find(Shard, Page, Process);
    PAGE_LOCK *Entry = *Where;
    if (Entry != NULL) {
        Entry->Count++;
    } else {
        Entry = TakeUnused(Shard);
        if (Entry != NULL) {
            *Entry = (PAGE_LOCK){.Page = Page, .Process = Process, .Count = 1, .Caller = Caller};
            *Where = Entry;
        }
    }
    SimUnlock(&Shard->Lock);
    return Entry != NULL;
}

static BOOLEAN NTAPI UnlockPage(PFN_NUMBER Page, const SIM_PROCESS *Process)
{
    SHARD *Shard = ShardOf(Page);
    SimLock(&Shard->Lock);
    PAGE_LOCK **Where = Find(Shard, Page, Process);
    PAGE_LOCK *Entry = *Where;
    if (Entry != NULL && --Entry->Count == 0) {
        *Where = Entry->Next;
        Entry->Next = Shard->Unused;
        Shard->Unused = Entry;
    }
    SimUnlock(&Shard->Lock);
    return Entry != NULL;
}

static const SIM_PROCESS *OwnerOf(const MDL *Mdl)
{
    return (const SIM_PROCESS *)Mdl->Process;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI CountViolation(PMDL Mdl, PFN_NUMBER Page)
{
    SimBugCheck(PFN_LIST_CORRUPT, 7, Page, 0, 0,
                "page %p of MDL %p was unlocked more often than locked",
                (void *)(Page << PAGE_SHIFT), Mdl);
}

static void NTAPI UnlockFirst(PMDL Mdl, ULONG Count)
{
    for (ULONG i = 0; i < Count; i++) {
        PFN_NUMBER Page = MmGetMdlPfnArray(Mdl)[i];
        if (!UnlockPage(Page, OwnerOf(Mdl))) {
            CountViolation(Mdl, Page);
        }
    }
}

#define NOT_TO_LOCK                                                                                \
    (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_MAPPED_TO_SYSTEM_VA)

static SIM_SLOW __attribute__((noreturn)) void NTAPI LockViolation(PMDL Mdl, KPROCESSOR_MODE Mode,
                                                                   KIRQL Irql)
{
    if (Irql > (Mode == UserMode ? APC_LEVEL : DISPATCH_LEVEL)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x70, Irql, (ULONG_PTR)Mdl, (ULONG_PTR)Mode,
                    "MmProbeAndLockPages of %s memory at IRQL %u",
                    Mode == UserMode ? "pageable" : "system", Irql);
    }
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB0, (ULONG_PTR)Mdl, (ULONG_PTR)Mdl->MdlFlags,
                NOT_TO_LOCK, "MmProbeAndLockPages of MDL %p, which is already %s", Mdl,
                SimMdlKind(Mdl));
}

static void CheckLock(PMDL Mdl, KPROCESSOR_MODE Mode)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > (Mode == UserMode ? APC_LEVEL : DISPATCH_LEVEL) ||
        (Mdl->MdlFlags & NOT_TO_LOCK) != 0) {
        LockViolation(Mdl, Mode, Irql);
    }
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI LockFail(NTSTATUS Status)
{
    SimRaiseStatus(Status, "MmProbeAndLockPages");
}

static void Probe(PMDL Mdl, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation)
{
    char *Start = SimMdlAddress(Mdl);
    uintptr_t End = (uintptr_t)Start + Mdl->ByteCount;
    if (Mode == UserMode && (End < (uintptr_t)Start || End > MmUserProbeAddress)) {
        LockFail(STATUS_ACCESS_VIOLATION);
    }
    for (uintptr_t Page = (uintptr_t)Start; Page < End; Page = (Page | (PAGE_SIZE - 1)) + 1) {
        if (Operation == IoReadAccess) {
            SimTouchRead((void *)Page);
        } else {
            SimTouchWrite((void *)Page);
        }
    }
}

void NTAPI SimMdlLock(PMDL Mdl, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation, void *Caller)
{
    CheckLock(Mdl, Mode);
    Probe(Mdl, Mode, Operation);
    const SIM_PROCESS *Process = Mode == UserMode ? SimCurrentThread()->Process : NULL;
    PFN_NUMBER *Pages = MmGetMdlPfnArray(Mdl);
    ULONG Count = SimMdlPages(Mdl);
    Mdl->Process = (struct _EPROCESS *)Process;
    for (ULONG i = 0; i < Count; i++) {
        Pages[i] = ((uintptr_t)Mdl->StartVa >> PAGE_SHIFT) + i;
        if (SimPoolMustFail() || !LockPage(Pages[i], Process, Caller)) {
            UnlockFirst(Mdl, i);
            Mdl->Process = NULL;
            LockFail(STATUS_WORKING_SET_QUOTA);
        }
    }
    Mdl->MdlFlags |= MDL_PAGES_LOCKED | (Operation == IoReadAccess ? 0 : MDL_WRITE_OPERATION);
    SimCount(SimCountPageLock, 1);
    SimCount(SimCountPagesLocked, Count);
    SIM_HOOK(MdlLocked, (Mdl, Caller));
}

VOID NTAPI MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                               LOCK_OPERATION Operation)
{
    SimMdlLock(MemoryDescriptorList, AccessMode, Operation, __builtin_return_address(0));
}

void NTAPI SimMdlUnlock(PMDL Mdl, void *Caller)
{
    if ((Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0) {
        SimMappingRelease(Mdl->MappedSystemVa, Caller);
    }
    UnlockFirst(Mdl, SimMdlPages(Mdl));
    Mdl->Process = NULL;
    Mdl->MappedSystemVa = NULL;
    Mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION | MDL_MAPPED_TO_SYSTEM_VA);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI UnlockViolation(PMDL Mdl, KIRQL Irql)
{
    if (Irql > DISPATCH_LEVEL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x78, Irql, (ULONG_PTR)Mdl, 0,
                    "MmUnlockPages at IRQL %u", Irql);
    }
    ULONG Rule = (Mdl->MdlFlags & MDL_PARTIAL) != 0                   ? 0xB4
                 : (Mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) != 0 ? 0x7D
                                                                      : 0x7C;
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, (ULONG_PTR)Mdl, (ULONG_PTR)Mdl->MdlFlags,
                0, "MmUnlockPages of MDL %p, which is %s", Mdl, SimMdlKind(Mdl));
}

VOID NTAPI MmUnlockPages(PMDL MemoryDescriptorList)
{
    const CSHORT Kinds = MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL;
    PMDL Mdl = MemoryDescriptorList;
    KIRQL Irql = SimCurrentThread()->Irql;
    SIM_HOOK(MdlUnlocking, (Mdl, __builtin_return_address(0)));
    if (Irql > DISPATCH_LEVEL || (Mdl->MdlFlags & Kinds) != MDL_PAGES_LOCKED) {
        UnlockViolation(Mdl, Irql);
    }
    SimMdlUnlock(Mdl, __builtin_return_address(0));
}

// ---- what is still locked

static unsigned CountLocks(const SIM_PROCESS *Process, BOOLEAN Any, BOOLEAN Report)
{
    unsigned Pages = 0;
    for (unsigned i = 0; i < SHARDS; i++) {
        SimLock(&Shards[i].Lock);
        for (unsigned j = 0; j < BUCKETS; j++) {
            for (PAGE_LOCK *Entry = Shards[i].Buckets[j]; Entry != NULL; Entry = Entry->Next) {
                if (!Any && Entry->Process != Process) {
                    continue;
                }
                Pages++;
                if (Report) {
                    char Name[48];
                    __builtin_snprintf(Name, sizeof(Name), "%p",
                                       (void *)(Entry->Page << PAGE_SHIFT));
                    SimReportCaller("leak: locked page", Name, Entry->Caller);
                }
            }
        }
        SimUnlock(&Shards[i].Lock);
    }
    return Pages;
}

unsigned SimMdlLockedPages(const SIM_PROCESS *Process, BOOLEAN Report)
{
    return CountLocks(Process, FALSE, Report);
}

static void FreeList(PAGE_LOCK **List)
{
    while (*List != NULL) {
        PAGE_LOCK *Next = (*List)->Next;
        free(*List);
        *List = Next;
    }
}

unsigned SimMdlStopLocks(void)
{
    unsigned Pages = CountLocks(NULL, TRUE, TRUE);
    for (unsigned i = 0; i < SHARDS; i++) {
        for (unsigned j = 0; j < BUCKETS; j++) {
            FreeList(&Shards[i].Buckets[j]);
        }
        FreeList(&Shards[i].Unused);
    }
    return Pages;
}

// SPDX-License-Identifier: MIT

#include "mdl_shadow.h"

#include "finding.h"

#define PAGES 4096u // buckets of MDLs in the driver's own memory, by page

TABLE MdlTable = {.EntryBytes = sizeof(MDL_SHADOW)};

static SIM_LOCK PageLock; // guards Pages and the shadows' links in it
static MDL_SHADOW *Pages[PAGES];
static _Atomic unsigned InPages;

void MdlShadowStart(void)
{
}

void MdlShadowStop(void)
{
    for (unsigned i = 0; i < PAGES; i++) {
        Pages[i] = NULL;
    }
    atomic_store(&InPages, 0);
    TableClear(&MdlTable);
}

static MDL_SHADOW **PageBucket(uintptr_t Page)
{
    return &Pages[Page * 0x9E3779B97F4A7C15ull >> 52];
}

static void PageEnter(MDL_SHADOW *Shadow)
{
    MDL_SHADOW **Bucket = PageBucket((uintptr_t)Shadow->Entry.Address >> PAGE_SHIFT);

    SimLock(&PageLock);
    if (!Shadow->InPage) {
        Shadow->InPage = TRUE;
        Shadow->NextInPage = *Bucket;
        *Bucket = Shadow;
        atomic_fetch_add(&InPages, 1);
    }
    SimUnlock(&PageLock);
}

static void MdlEvent(MDL_SHADOW *Shadow, EVENT_KIND Kind, const void *Detail, const void *Frame)
{
    HistoryAdd(&Shadow->History, Shadow->Events, MDL_EVENTS, Kind, (uintptr_t)Detail, Frame);
}

BOOLEAN MdlIsUsable(const MDL_SHADOW *Shadow)
{
    while (MdlIsLive(Shadow) && MdlIsResident(Shadow)) {
        const MDL_SHADOW *Source = atomic_load_explicit(&Shadow->Source, memory_order_relaxed);
        if (Source == NULL) {
            return TRUE;
        }
        if (atomic_load(&Source->Generation) != atomic_load(&Shadow->SourceGeneration)) {
            return FALSE;
        }
        Shadow = Source;
    }
    return FALSE;
}

// The NBL that an MDL in flight was sent with.
static const NBL_SHADOW *MdlSender(MDL_SHADOW *Shadow)
{
    NB_SHADOW *Nb = NbShadowFind(atomic_load(&Shadow->LastNb));
    return Nb == NULL ? NULL : atomic_load(&Nb->SentBy);
}

static void RequireHome(MDL_SHADOW *Shadow, const char *What)
{
    char By[FINDING_TEXT];

    if (atomic_load_explicit(&Shadow->InFlight, memory_order_acquire) == 0) {
        return;
    }
    FINDING Finding = {
        .Rule = "REU-11", .Nbl = MdlSender(Shadow), .Mdl = Shadow, .Object = Shadow->Entry.Address};
    FindingReport(&Finding,
                  "MDL %p is %s while the NBL is on its way: sent %s, not completed yet\n"
                  "until the completion the MDL and its pages belong to NDIS (also PV-06)",
                  Shadow->Entry.Address, What,
                  Finding.Nbl == NULL ? "by an NBL that is gone"
                                      : FindingEvent(Finding.Nbl, EventSent, By, sizeof(By)));
}

void NTAPI MdlAllocated(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = TableFindOrAdd(&MdlTable, Mdl);

    (void)Caller;
    Shadow->Allocated = TRUE;
    atomic_fetch_add(&Shadow->Generation, 1);
    atomic_store(&Shadow->Source, NULL);
    atomic_store(&Shadow->Resident, 0);
    atomic_store(&Shadow->LastSend, 0);
    atomic_store_explicit(&Shadow->Live, 1, memory_order_release);
    MdlEvent(Shadow, EventAllocated, NULL, HOOK_FRAME);
}

void NTAPI MdlFreeing(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = MdlShadowFind(Mdl);

    (void)Caller;
    if (!MdlIsLive(Shadow)) {
        return; // the kernel says so
    }
    RequireHome(Shadow, "freed");
    MdlEvent(Shadow, EventFreed, NULL, HOOK_FRAME);
    atomic_store(&Shadow->Resident, 0);
    atomic_store_explicit(&Shadow->Live, 0, memory_order_release);
}

static void RequireUnmapped(const MDL *Mdl, const MDL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "REU-12", .Mdl = Shadow, .Object = Mdl};
    char Name[FINDING_TEXT] = "a lower driver";
    EVENT Mapped;

    if ((Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) == 0) {
        return;
    }
    if (HistoryLast(&Shadow->History, Shadow->Events, MDL_EVENTS, EventMdlMapped, &Mapped)) {
        EventCallerName(&Mapped, Name, sizeof(Name));
    }
    FindingReport(&Finding,
                  "partial MDL %p is built again while it has a mapping of its own at %p\n"
                  "that was made by %s, as any lower driver may; nobody else can release it",
                  (const void *)Mdl, Mdl->MappedSystemVa, Name);
}

static void RequireNotSent(MDL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "PV-02", .Mdl = Shadow, .Object = Shadow->Entry.Address};

    if (atomic_load_explicit(&Shadow->InFlight, memory_order_acquire) == 0) {
        return;
    }
    Finding.Nbl = MdlSender(Shadow);
    FindingReport(&Finding, "MDL %p is built again while it is in a send that is not completed",
                  Shadow->Entry.Address);
}

void NTAPI MdlBuilding(MDL *Mdl, MDL *Source, void *Caller)
{
    MDL_SHADOW *Shadow = TableFindOrAdd(&MdlTable, Mdl);

    (void)Caller;
    if (Shadow->Allocated && !MdlIsLive(Shadow)) {
        return;
    }
    if (MdlIsLive(Shadow)) {
        RequireNotSent(Shadow);
        RequireUnmapped(Mdl, Shadow);
    }
    if (!Shadow->Allocated) {
        PageEnter(Shadow);
    }
    MDL_SHADOW *From = Source == NULL ? NULL : MdlShadowFind(Source);
    atomic_store(&Shadow->Source, From);
    if (From != NULL) {
        atomic_store(&Shadow->SourceGeneration, atomic_load(&From->Generation));
    }
    atomic_store(&Shadow->Resident, 1);
    atomic_store_explicit(&Shadow->Live, 1, memory_order_release);
    MdlEvent(Shadow, Source == NULL ? EventMdlBuilt : EventMdlBuiltPartial, Source, HOOK_FRAME);
}

void NTAPI MdlLocked(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = TableFindOrAdd(&MdlTable, Mdl);

    (void)Caller;
    if (!Shadow->Allocated) {
        PageEnter(Shadow);
    }
    atomic_store(&Shadow->Resident, 1);
    atomic_store_explicit(&Shadow->Live, 1, memory_order_release);
    MdlEvent(Shadow, EventMdlLocked, NULL, HOOK_FRAME);
}

void NTAPI MdlUnlocking(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = MdlShadowFind(Mdl);

    (void)Caller;
    if (!MdlIsLive(Shadow) || atomic_load(&Shadow->Source) != NULL) {
        return; // the kernel says so
    }
    RequireHome(Shadow, "unlocked");
    MdlEvent(Shadow, EventMdlUnlocked, NULL, HOOK_FRAME);
    if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
        atomic_store(&Shadow->Resident, 0);
    }
}

void NTAPI MdlMapped(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = MdlShadowFind(Mdl);

    (void)Caller;
    if (MdlIsLive(Shadow)) {
        MdlEvent(Shadow, EventMdlMapped, NULL, HOOK_FRAME);
    }
}

void NTAPI MdlReleased(MDL *Mdl, void *Caller)
{
    MDL_SHADOW *Shadow = MdlShadowFind(Mdl);

    (void)Caller;
    if (MdlIsLive(Shadow)) {
        MdlEvent(Shadow, EventMdlReleased, NULL, HOOK_FRAME);
    }
}

static void MemoryGone(MDL_SHADOW *Shadow, const void *Frame)
{
    RequireHome(Shadow, "in pool that is freed");
    MdlEvent(Shadow, EventMemoryFreed, NULL, Frame);
    atomic_store(&Shadow->Resident, 0);
    atomic_store_explicit(&Shadow->Live, 0, memory_order_release);
}

// The first MDL of this page in the range that is alive.
static MDL_SHADOW *PageFind(uintptr_t Page, const char *First, const char *End)
{
    MDL_SHADOW *Shadow;

    SimLock(&PageLock);
    for (Shadow = *PageBucket(Page); Shadow != NULL; Shadow = Shadow->NextInPage) {
        const char *At = Shadow->Entry.Address;
        if (At >= First && At < End && MdlIsLive(Shadow)) {
            break;
        }
    }
    SimUnlock(&PageLock);
    return Shadow;
}

void MdlMemoryFreeing(void *Address, SIZE_T Bytes, const void *Frame)
{
    const char *First = Address;
    const char *End = First + Bytes;
    MDL_SHADOW *Shadow;

    if (atomic_load_explicit(&InPages, memory_order_relaxed) == 0) {
        return;
    }
    for (uintptr_t Page = (uintptr_t)First >> PAGE_SHIFT; Page << PAGE_SHIFT < (uintptr_t)End;
         Page++) {
        while ((Shadow = PageFind(Page, First, End)) != NULL) {
            MemoryGone(Shadow, Frame);
        }
    }
}

void NTAPI MdlIrpCompleting(IRP *Irp, void *Caller)
{
    (void)Caller;
    for (MDL *Mdl = Irp->MdlAddress; Mdl != NULL; Mdl = Mdl->Next) {
        MDL_SHADOW *Shadow = MdlShadowFind(Mdl);
        if (!MdlIsLive(Shadow)) {
            return;
        }
        RequireHome(Shadow, "freed by the completion of its IRP (also PV-22)");
    }
}

void MdlSent(MDL_SHADOW *Shadow, void *Nb, uint64_t Send)
{
    for (; Shadow != NULL; Shadow = atomic_load_explicit(&Shadow->Source, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&Shadow->InFlight, 1, memory_order_relaxed);
        atomic_store_explicit(&Shadow->LastNb, Nb, memory_order_relaxed);
        atomic_store_explicit(&Shadow->LastSend, Send, memory_order_relaxed);
    }
}

void MdlCompleted(MDL_SHADOW *Shadow)
{
    for (; Shadow != NULL; Shadow = atomic_load_explicit(&Shadow->Source, memory_order_relaxed)) {
        atomic_fetch_sub_explicit(&Shadow->InFlight, 1, memory_order_release);
    }
}

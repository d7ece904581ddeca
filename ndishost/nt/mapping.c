// SPDX-License-Identifier: MIT

// Second mappings over guarded memory: see mapping.h. Used by mdl.c, mdl_lock.c and mdl_map.c.
//
// mremap with an old size of 0 maps the page that is there once more. Linux does that for shared
// mappings only. The pages go one by one, because neighbours may belong to different mappings.

#define _GNU_SOURCE

#include "mapping.h"

#include <sys/mman.h>

#include "hooks.h"
#include "mdl.h"

BOOLEAN SimMappingOn;

void SimMdlSetSeparateMappings(BOOLEAN Enable)
{
    SimMappingOn = Enable;
}

static void *PageAt(const MDL *Mdl, ULONG Index)
{
    return (void *)(MmGetMdlPfnArray(Mdl)[Index] << PAGE_SHIFT);
}

static BOOLEAN MapPages(const MDL *Mdl, char *Start)
{
    ULONG Count = SimMdlPages(Mdl);
    for (ULONG i = 0; i < Count; i++) {
        char *To = Start + ((SIZE_T)i << PAGE_SHIFT);
        if (mremap(PageAt(Mdl, i), 0, PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, To) != To) {
            return FALSE;
        }
    }
    return TRUE;
}

static SIM_SLOW void *NTAPI MapApart(const MDL *Mdl, void *Memory, SIZE_T Bytes, const void *Caller)
{
    SIM_GUARDED *Slot = SimGuardedTake(Bytes, SimGuardedMapping, Caller);
    if (Slot == NULL) {
        return Memory;
    }
    Slot->Address = Slot->End - Bytes + Mdl->ByteOffset;
    Slot->Bytes = Mdl->ByteCount;
    Slot->Owner = Mdl;
    if (!MapPages(Mdl, Slot->End - Bytes)) {
        SimGuardedGive(Slot, Caller);
        return Memory;
    }
    atomic_store_explicit(&Slot->Live, TRUE, memory_order_release);
    return Slot->Address;
}

void *NTAPI SimMappingCreate(const MDL *Mdl, const void *Caller)
{
    void *Memory = (char *)PageAt(Mdl, 0) + Mdl->ByteOffset;
    SIZE_T Bytes = (SIZE_T)SimMdlPages(Mdl) << PAGE_SHIFT;
    return !SimMappingOn || Bytes == 0 ? Memory : MapApart(Mdl, Memory, Bytes, Caller);
}

static SIM_SLOW void NTAPI ReleaseApart(SIM_GUARDED *Slot, const void *Caller)
{
    SimGuardedGive(Slot, Caller);
}

void NTAPI SimMappingRelease(const void *Address, const void *Caller)
{
    SIM_GUARDED *Slot = SimGuardedFind(Address);
    if (Slot != NULL && Slot->Kind == SimGuardedMapping && Slot->Address == Address &&
        atomic_load_explicit(&Slot->Live, memory_order_acquire)) {
        ReleaseApart(Slot, Caller);
    }
}

void SimMappingDescribe(REPORT *Report, const SIM_GUARDED *Slot, const void *Address)
{
    BOOLEAN Live = atomic_load_explicit(&Slot->Live, memory_order_acquire);
    ReportAdd(Report, "%td bytes into the mapping %p (%zu bytes) of MDL %p%s\n",
              (const char *)Address - Slot->Address, (void *)Slot->Address, (size_t)Slot->Bytes,
              Slot->Owner, Live ? "" : ", which was released");
    SimGuardedReportStack(Report, "mapped by", Slot->Taken);
    if (!Live) {
        SimGuardedReportStack(Report, "released by", Slot->Given);
    }
}

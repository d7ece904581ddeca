// SPDX-License-Identifier: MIT

#include "flight.h"

#include "finding.h"

#include "../nt/mdl.h"

// Frames in each 1024 bytes of memory, by address modulo the size. What is counted for an address
// may be another's: then the search finds no NBL.
#define GRAIN_SHIFT 10
#define GRAINS 16384u
static _Atomic uint16_t Counts[GRAINS];

static _Atomic uint16_t *CountOf(uintptr_t Grain)
{
    return &Counts[Grain * 0x9E3779B97F4A7C15ull >> 50];
}

void FlightStop(void)
{
    for (unsigned i = 0; i < GRAINS; i++) {
        atomic_store(&Counts[i], 0);
    }
}

static void CountRange(const char *First, size_t Bytes, int Change)
{
    uintptr_t Last = ((uintptr_t)First + Bytes - 1) >> GRAIN_SHIFT;
    for (uintptr_t Grain = (uintptr_t)First >> GRAIN_SHIFT; Grain <= Last; Grain++) {
        atomic_fetch_add_explicit(CountOf(Grain), (uint16_t)Change, memory_order_relaxed);
    }
}

// The part of an MDL that the frame is in. FALSE: no more.
typedef struct DATA_PART {
    const MDL *Mdl;
    const char *First;
    size_t Bytes;
    size_t Left;
    size_t Offset;
} DATA_PART;

static BOOLEAN PartNext(DATA_PART *Part)
{
    while (Part->Mdl != NULL && Part->Left != 0) {
        const MDL *Mdl = Part->Mdl;
        size_t Bytes = Mdl->ByteCount - Part->Offset;
        Part->First = SimMdlAddress(Mdl) + Part->Offset;
        Part->Bytes = Bytes < Part->Left ? Bytes : Part->Left;
        Part->Left -= Part->Bytes;
        Part->Offset = 0;
        Part->Mdl = Mdl->Next;
        if (Part->Bytes != 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static DATA_PART PartFirst(const NET_BUFFER *Nb)
{
    return (DATA_PART){
        .Mdl = Nb->CurrentMdl, .Offset = Nb->CurrentMdlOffset, .Left = (size_t)Nb->stDataLength};
}

static void Count(const NET_BUFFER *Nb, int Change)
{
    DATA_PART Part = PartFirst(Nb);
    while (PartNext(&Part)) {
        CountRange(Part.First, Part.Bytes, Change);
    }
}

void FlightBegins(const NET_BUFFER *Nb)
{
    Count(Nb, 1);
}

void FlightEnds(const NET_BUFFER *Nb)
{
    Count(Nb, -1);
}

typedef struct FLIGHT_SEARCH {
    const char *First, *End;
    NB_SHADOW *Found;
    const MDL *Mdl;
} FLIGHT_SEARCH;

static void SearchNb(void *Entry, void *Context)
{
    NB_SHADOW *Shadow = Entry;
    FLIGHT_SEARCH *Search = Context;

    // What has no sender is not looked at: its memory may be gone.
    if (Search->Found != NULL || atomic_load(&Shadow->Live) == 0 ||
        atomic_load(&Shadow->SentBy) == NULL) {
        return;
    }
    DATA_PART Part = PartFirst(Shadow->Entry.Address);
    for (const MDL *Mdl = Part.Mdl; PartNext(&Part); Mdl = Part.Mdl) {
        if (Part.First < Search->End && Part.First + Part.Bytes > Search->First) {
            Search->Found = Shadow;
            Search->Mdl = Mdl;
            return;
        }
    }
}

static __attribute__((noinline)) void Search(const char *First, size_t Bytes)
{
    FLIGHT_SEARCH Search = {First, First + Bytes, NULL, NULL};
    FINDING Finding = {.Rule = "REU-11"};
    char By[FINDING_TEXT];

    TableForEach(&NbTable, SearchNb, &Search);
    if (Search.Found == NULL) {
        return;
    }
    Finding.Nbl = atomic_load(&Search.Found->SentBy);
    Finding.Mdl = MdlShadowFind(Search.Mdl);
    if (Finding.Nbl == NULL) {
        return; // completed in the meantime
    }
    FindingReport(&Finding,
                  "pool %p of %zu bytes is freed while a frame in it is on its way: MDL %p, sent "
                  "%s, not completed yet\nuntil the completion the memory belongs to NDIS (also "
                  "PV-06)",
                  (const void *)First, Bytes, (const void *)Search.Mdl,
                  FindingEvent(Finding.Nbl, EventSent, By, sizeof(By)));
}

void FlightMemoryFreeing(void *Address, SIZE_T Bytes, void *Caller)
{
    uintptr_t Last = ((uintptr_t)Address + Bytes - 1) >> GRAIN_SHIFT;

    (void)Caller;
    for (uintptr_t Grain = (uintptr_t)Address >> GRAIN_SHIFT; Grain <= Last; Grain++) {
        if (atomic_load_explicit(CountOf(Grain), memory_order_relaxed) != 0) {
            Search(Address, Bytes);
            return;
        }
    }
}

// SPDX-License-Identifier: MIT

#include "flight.h"

#include <stdlib.h>

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

static void PartsDrop(void *Entry, void *Context)
{
    NB_SHADOW *Shadow = Entry;

    (void)Context;
    free(Shadow->Parts);
    Shadow->Parts = NULL;
}

void FlightStop(void)
{
    TableForEach(&NbTable, PartsDrop, NULL);
    for (unsigned i = 0; i < GRAINS; i++) {
        atomic_store(&Counts[i], 0);
    }
}

static void Count(const FLIGHT_PART *Part, int Change)
{
    uintptr_t Last = ((uintptr_t)Part->First + Part->Bytes - 1) >> GRAIN_SHIFT;
    for (uintptr_t Grain = (uintptr_t)Part->First >> GRAIN_SHIFT; Grain <= Last; Grain++) {
        atomic_fetch_add_explicit(CountOf(Grain), (uint16_t)Change, memory_order_relaxed);
    }
}

// ---- what is sent

static void PartAdd(NB_SHADOW *Shadow, FLIGHT_PART Part)
{
    if (Shadow->PartCount == Shadow->PartRoom) {
        Shadow->PartRoom = Shadow->PartRoom * 2 + 2;
        Shadow->Parts = realloc(Shadow->Parts, Shadow->PartRoom * sizeof(Part));
        if (Shadow->Parts == NULL) {
            abort(); // as in table.c
        }
    }
    Shadow->Parts[Shadow->PartCount++] = Part;
    Count(&Part, 1);
}

void FlightBegins(NB_SHADOW *Shadow, const NET_BUFFER *Nb)
{
    const MDL *Mdl = Nb->CurrentMdl;
    size_t Offset = Nb->CurrentMdlOffset;
    size_t Left = Nb->stDataLength;

    SimLock(&Shadow->FlightLock);
    for (; Mdl != NULL && Left != 0; Mdl = Mdl->Next) {
        size_t Bytes = min(Mdl->ByteCount - Offset, Left);
        if (Bytes != 0) {
            PartAdd(Shadow, (FLIGHT_PART){Mdl, SimMdlAddress(Mdl) + Offset, Bytes});
        }
        Left -= Bytes;
        Offset = 0;
    }
    SimUnlock(&Shadow->FlightLock);
}

void FlightEnds(NB_SHADOW *Shadow)
{
    SimLock(&Shadow->FlightLock);
    while (Shadow->PartCount != 0) {
        Count(&Shadow->Parts[--Shadow->PartCount], -1);
    }
    SimUnlock(&Shadow->FlightLock);
}

// ---- what is freed

typedef struct FLIGHT_SEARCH {
    const char *First, *End;
    const NBL_SHADOW *Nbl; // the frame's; NULL: no frame was found
    const MDL *Mdl;
} FLIGHT_SEARCH;

// The frame is its sender's no more and may come back at any time: only the copy is looked at, and
// as long as the lock is held it stays in flight.
static void SearchNb(void *Entry, void *Context)
{
    NB_SHADOW *Shadow = Entry;
    FLIGHT_SEARCH *Search = Context;

    if (Search->Nbl != NULL || atomic_load(&Shadow->SentBy) == NULL) {
        return;
    }
    SimLock(&Shadow->FlightLock);
    for (unsigned i = 0; i < Shadow->PartCount; i++) {
        const FLIGHT_PART *Part = &Shadow->Parts[i];
        if (Part->First < Search->End && Part->First + Part->Bytes > Search->First) {
            Search->Nbl = atomic_load(&Shadow->SentBy);
            Search->Mdl = Part->Mdl;
            break;
        }
    }
    SimUnlock(&Shadow->FlightLock);
}

static __attribute__((noinline)) void Search(const char *First, size_t Bytes)
{
    FLIGHT_SEARCH Search = {First, First + Bytes, NULL, NULL};
    FINDING Finding = {.Rule = "REU-11"};
    char By[FINDING_TEXT];

    TableForEach(&NbTable, SearchNb, &Search);
    if (Search.Nbl == NULL) {
        return;
    }
    Finding.Nbl = Search.Nbl;
    Finding.Mdl = MdlShadowFind(Search.Mdl);
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

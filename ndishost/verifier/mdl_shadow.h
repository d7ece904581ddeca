// SPDX-License-Identifier: MIT
#pragma once

// What the verifier knows about each MDL: alive or not, resident or not, mapped, in how many sends.
// An MDL that the driver formats in memory of its own is known from the moment that it is built or
// locked; before, nobody may send it.

#include "../nt/hooks.h"
#include "history.h"
#include "table.h"

#define MDL_EVENTS 8u

typedef struct MDL_SHADOW {
    TABLE_ENTRY Entry;
    _Atomic int Live;
    _Atomic int Resident;        // built over nonpaged memory, locked, or a part of such
    _Atomic int InFlight;        // sends that it is in, itself or through a partial MDL over it
    _Atomic uint32_t Generation; // allocations
    struct MDL_SHADOW *_Atomic Source; // of a partial MDL, and its generation then
    _Atomic uint32_t SourceGeneration;
    struct MDL_SHADOW *NextInPage; // of those in the driver's own memory
    BOOLEAN InPage;
    BOOLEAN Allocated;    // by IoAllocateMdl
    void *_Atomic LastNb; // the NB that was sent with it, and in which send of its NBL
    _Atomic uint64_t LastSend;
    HISTORY History;
    EVENT Events[MDL_EVENTS];
} MDL_SHADOW;

extern TABLE MdlTable;

void MdlShadowStart(void);
void MdlShadowStop(void);

static inline MDL_SHADOW *MdlShadowFind(const void *Address)
{
    return TableFind(&MdlTable, Address);
}

static inline BOOLEAN MdlIsLive(const MDL_SHADOW *Shadow)
{
    return Shadow != NULL && atomic_load_explicit(&Shadow->Live, memory_order_acquire) != 0;
}

static inline BOOLEAN MdlIsResident(const MDL_SHADOW *Shadow)
{
    return atomic_load_explicit(&Shadow->Resident, memory_order_acquire) != 0;
}

// Alive and resident, and so is what it is a part of.
BOOLEAN MdlIsUsable(const MDL_SHADOW *Shadow);

// The functions of SIM_NT_HOOKS.
void NTAPI MdlAllocated(MDL *Mdl, void *Caller);
void NTAPI MdlFreeing(MDL *Mdl, void *Caller);
void NTAPI MdlBuilding(MDL *Mdl, MDL *Source, void *Caller);
void NTAPI MdlLocked(MDL *Mdl, void *Caller);
void NTAPI MdlUnlocking(MDL *Mdl, void *Caller);
void NTAPI MdlMapped(MDL *Mdl, void *Caller);
void NTAPI MdlReleased(MDL *Mdl, void *Caller);
void NTAPI MdlIrpCompleting(IRP *Irp, void *Caller);

// Pool that may hold MDLs of the driver's own making.
void MdlMemoryFreeing(void *Address, SIZE_T Bytes, const void *Frame);

// At send and at completion; for a partial MDL its sources too.
void MdlSent(MDL_SHADOW *Shadow, void *Nb, uint64_t Send);
void MdlCompleted(MDL_SHADOW *Shadow);

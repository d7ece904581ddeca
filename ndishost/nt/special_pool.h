// SPDX-License-Identifier: MIT
#pragma once

// Special pool: each allocation ends at a guard page, and what is freed has no access.

#include "guarded.h"

extern BOOLEAN SimSpecialOn; // SimPoolSetSpecial of hooks.h; does not change while the system runs

// NULL: there is no room left, the allocation has to be an ordinary one. `Kind`: pool or MDL.
void *SimSpecialAllocate(SIZE_T Bytes, SIZE_T Alignment, ULONG Tag, SIM_GUARDED_KIND Kind,
                         const void *Caller);

// The live allocation that begins at the address; NULL: none.
SIM_GUARDED *SimSpecialFind(const void *Address);

// Bug check 0xC1 when bytes beside the allocation were written.
void SimSpecialFree(SIM_GUARDED *Slot, const void *Caller);

// "17 bytes into pool 0x… (96 bytes, tag 'Shtl')", and who allocated and freed it.
void SimSpecialDescribe(REPORT *Report, const SIM_GUARDED *Slot, const void *Address);

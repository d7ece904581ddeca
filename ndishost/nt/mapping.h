// SPDX-License-Identifier: MIT
#pragma once

// Mappings of an MDL's pages at an address of their own.

#include "guarded.h"

extern BOOLEAN SimMappingOn; // SimMdlSetSeparateMappings of hooks.h

// The system address for the MDL: a second mapping of its pages, which must be resident; or the
// memory itself where a page is none that Linux can map twice, or separate mappings are off.
void *NTAPI SimMappingCreate(const MDL *Mdl, const void *Caller);

// What SimMappingCreate gave. The memory itself stays.
void NTAPI SimMappingRelease(const void *Address, const void *Caller);

// "17 bytes into the mapping 0x… of MDL 0x…, which was released", mapped by, released by.
void SimMappingDescribe(REPORT *Report, const SIM_GUARDED *Slot, const void *Address);

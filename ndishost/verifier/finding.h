// SPDX-License-Identifier: MIT
#pragma once

// The report about a send: who it is about, and what happened to each.

#include "shadow.h"

typedef struct FINDING {
    const char *Rule;
    const NBL_SHADOW *Nbl;   // the report is about it
    const NBL_SHADOW *Other; // these may be NULL
    const NB_SHADOW *Nb;
    const MDL_SHADOW *Mdl;
    const void *Object; // instead of Nbl, when the address is of nothing that is known
} FINDING;

// Ends the system. `Format` gives what was found; the line about the NBL comes before it.
__attribute__((noreturn, format(printf, 2, 3))) void FindingReport(const FINDING *Finding,
                                                                   const char *Format, ...);

// "binding 0x... of 'Name' on 'Adapter' (closed)", or what else the address is. Returns Text.
const char *FindingBinding(NDIS_HANDLE Binding, char *Text, size_t Bytes);

// "freed by Function (file.c:12) after send 4", or what else became of the MDL. Returns Text.
const char *FindingMdl(const MDL *Mdl, char *Text, size_t Bytes);

// "sent by ...", "freed by ...": the newest event of that kind. Returns Text.
const char *FindingEvent(const NBL_SHADOW *Shadow, EVENT_KIND Kind, char *Text, size_t Bytes);
#define FINDING_TEXT 256

// SPDX-License-Identifier: MIT
#pragma once

// What stands in Scratch, MiniportReserved and other fields of the lower drivers after a
// completion: addresses in a region that nobody may touch, each of which says whose field it was
// (REU-15).

#include "shadow.h"

typedef enum POISON_FIELD {
    PoisonScratch,
    PoisonMiniportReserved0,
    PoisonMiniportReserved1,
    PoisonNbMiniportReserved0, // of the first NB; three more follow
    PoisonNbMiniportReserved1,
    PoisonNbMiniportReserved2,
    PoisonNbMiniportReserved3,
    PoisonFields
} POISON_FIELD;

NTSTATUS PoisonStart(void);
void PoisonStop(void);

void *SimPoisonValue(POISON_FIELD Field, const NBL_SHADOW *Shadow);

// FALSE: no such address. Field is a name, *Nbl is NULL when it is not known any more.
BOOLEAN SimPoisonDescribe(const void *Address, const char **Field, const NBL_SHADOW **Nbl);

// SIM_NT_HOOKS.Fault: returns when the address is not one of these.
void PoisonFault(const void *Address, BOOLEAN Write, void *Instruction);

// SPDX-License-Identifier: MIT
#pragma once

// Which memory holds frames on their way: the pool that a driver frees is compared with it
// (REU-11).

#include "shadow.h"

void FlightStop(void);

// At send, while the NB is still the sender's: copies where its used data is. Until the completion
// nobody else may look at the NB and its MDLs, which the drivers below change and give back.
void FlightBegins(NB_SHADOW *Shadow, const NET_BUFFER *Nb);
void FlightEnds(NB_SHADOW *Shadow);

// SIM_NT_HOOKS.PoolFreeing.
void FlightMemoryFreeing(void *Address, SIZE_T Bytes, void *Caller);

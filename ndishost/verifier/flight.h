// SPDX-License-Identifier: MIT
#pragma once

// Which memory holds frames on their way: the pool that a driver frees is compared with it
// (REU-11).

#include "shadow.h"

void FlightStop(void);

// The memory of the used data of an NB, at send and at completion.
void FlightBegins(const NET_BUFFER *Nb);
void FlightEnds(const NET_BUFFER *Nb);

// SIM_NT_HOOKS.PoolFreeing.
void FlightMemoryFreeing(void *Address, SIZE_T Bytes, void *Caller);

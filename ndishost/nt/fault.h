// SPDX-License-Identifier: MIT
#pragma once

// A fault at guarded memory, told as Windows' special pool tells it.

#include "bugcheck.h"

// TRUE: no __except takes a fault there, because on Windows it is one at a system address.
BOOLEAN SimFaultIsGuarded(const void *Address);

// Ends the system when the address is guarded; else returns. `Check` is that of the plain fault.
void SimFaultReportGuarded(const SIM_BUG_CHECK *Check, const void *Address, const char *What);

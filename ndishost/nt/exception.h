// SPDX-License-Identifier: MIT
#pragma once

// Exceptions inside nt/. What drivers see of them is include/seh.h.

#include "sim.h"

#include <seh.h>

// Goes to the newest __try of the thread; without one a bug check 0x1E whose report has `What`.
// At any IRQL: the checks of the exported functions are the caller's.
__attribute__((noreturn)) void SimRaiseStatus(NTSTATUS Status, const char *What);

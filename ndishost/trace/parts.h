// SPDX-License-Identifier: MIT
#pragma once

// Whose code an address is.

#include "trace.h"

#include <stdbool.h>

// Reads the program's debug information, once. False: there is none.
bool PartsOpen(void);

// In a signal handler, too.
enum ndishost_part PartOf(uintptr_t Address);

// SPDX-License-Identifier: MIT
#pragma once

#include "../nt/stack.h"

// The line of a report for an address in an image: function, file and line as its PDB says. That is
// asked of llvm-symbolizer; without it or the PDB: module and offset. 0: no image is there.
int PeDescribe(REPORT *Report, size_t Number, const void *Address);

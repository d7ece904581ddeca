// SPDX-License-Identifier: MIT
#pragma once

#include "../nt/stack.h"

// The line of a report for an address in an image: function, file and line as its PDB says. That is
// asked of llvm-symbolizer; without it or the PDB: module and offset. 0: no image is there.
int PeDescribe(REPORT *Report, size_t Number, const void *Address);

// "Function (file.c:12)", or "driver.sys+0x1234".
int PeName(const void *Address, char *Text, size_t Bytes);
void PeForgetNames(void); // the images go

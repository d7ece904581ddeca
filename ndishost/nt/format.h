// SPDX-License-Identifier: MIT
#pragma once

// printf as Windows has it, for DbgPrint and the RtlString functions: %wZ %Z %ws %hs %S %ls, %c %C
// %lc %hc, %d %i %u %x %X %o with h l ll I32 I64 w z, %p (16 upper-case digits), flags, width and
// precision, also as *. No floating point.

#include "sim.h"

typedef enum SIM_FORMAT_KIND {
    SimFormatNarrow, // %s is narrow, %S is wide
    SimFormatWide,   // the format itself came from a wide function: %s is wide, %S is narrow
} SIM_FORMAT_KIND;

// Writes UTF-8, terminated when Bytes > 0. Returns the bytes that the whole needs without the
// terminator.
size_t SimFormat(char *Text, size_t Bytes, SIM_FORMAT_KIND Kind, const char *Format,
                 SIM_VA_LIST Arguments);

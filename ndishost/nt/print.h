// SPDX-License-Identifier: MIT
#pragma once

// Output to stderr for files that include the Windows headers, whose va_list is not that of
// stdio.h.

__attribute__((format(printf, 1, 2))) void SimPrint(const char *Format, ...);

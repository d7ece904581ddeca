// SPDX-License-Identifier: MIT
#pragma once

// 16-bit strings inside nt/, without the IRQL rules and allocations of the exported Rtl functions.

#include "sim.h"

#include <stddef.h>

size_t SimWideLength(const WCHAR *Text);
WCHAR SimWideUpper(WCHAR Character);
WCHAR SimWideLower(WCHAR Character);
BOOLEAN SimWideEqual(const WCHAR *Left, const WCHAR *Right, size_t Characters); // case ignored

static inline UNICODE_STRING SimWideString(const WCHAR *Text)
{
    USHORT Bytes = (USHORT)(SimWideLength(Text) * sizeof(WCHAR));
    return (UNICODE_STRING){
        .Length = Bytes, .MaximumLength = (USHORT)(Bytes + sizeof(WCHAR)), .Buffer = (WCHAR *)Text};
}

// UTF-8 to UTF-16 and back; at most `Capacity` units, not terminated. Bad input becomes U+FFFD.
// Returns the units that the whole needs, also when that is more than Capacity.
size_t SimWideFromUtf8(WCHAR *Wide, size_t Capacity, const char *Utf8, size_t Bytes);
size_t SimUtf8FromWide(char *Utf8, size_t Capacity, const WCHAR *Wide, size_t Units);

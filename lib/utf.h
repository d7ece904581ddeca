// SPDX-License-Identifier: MIT
#pragma once

// Adapter names are UTF-8 for programs and UTF-16 for the driver.

#include <stddef.h>
#include <stdint.h>

// Returns the number of 16-bit units written (no terminator), or -1 when the text is not UTF-8 or
// does not fit.
int utf8_to_utf16(const char *text, uint16_t *units, size_t capacity);

// Writes a terminated string; what is no pair of surrogates becomes U+FFFD. Returns the number of
// bytes without the terminator, or -1 when it does not fit.
int utf16_to_utf8(const uint16_t *units, size_t count, char *text, size_t size);

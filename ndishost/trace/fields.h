// SPDX-License-Identifier: MIT
#pragma once

// Fields of NET_BUFFER_LIST and NET_BUFFER by number.

#include <ndis.h>
#include <stddef.h>
#include <stdint.h>

enum { FIELDS_OF_NBL, FIELDS_OF_NB };

// Adds one to `Writes` of each field that has a byte in [Offset, Offset + Bytes) of the structure.
void FieldsAdd(int Structure, size_t Offset, size_t Bytes, uint32_t *Writes);

// SPDX-License-Identifier: MIT
#pragma once

// An adapter's properties in words.

#include <shuttle/shuttle.h>

void address_text(const uint8_t address[6], char text[18]); // "02:00:00:00:00:01"
const char *state_text(uint8_t state);

// Into the object that is open. What is not known is null.
void adapter_json(const struct shuttle_adapter *adapter);

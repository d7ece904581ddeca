// SPDX-License-Identifier: MIT
#pragma once

// Reads "chaos+NIC" and "chaos:OPTION=VALUE,...+NIC".

#include "chaos_settings.h"

#include <stddef.h>

// NULL: the spec begins with something else. Else what follows "chaos".
const char *ChaosSpecFind(const char *Spec);

// Fills the settings from what ChaosSpecFind returned; without the option `seed` it leaves
// Settings->seed alone. Returns the spec of the NIC behind the '+', or NULL and a sentence in
// Message.
const char *ChaosSpecRead(const char *Text, struct chaos_settings *Settings, char *Message,
                          size_t MessageSize);

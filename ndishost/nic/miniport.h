// SPDX-License-Identifier: MIT
#pragma once

// The miniport driver of the virtual NICs. Its adapters have the registry value "Wire", the number
// of an open wire (wires.h) as decimal text.

#include <ntddk.h>

DRIVER_INITIALIZE NicDriverEntry;
DRIVER_INITIALIZE ChaosDriverEntry; // the same NICs, made hostile (chaos.h)

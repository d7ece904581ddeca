// SPDX-License-Identifier: MIT
#pragma once

// The seam between who opens a wire (the host) and who uses it (the miniport driver): a table of
// open wires by number. The number stands in the value "Wire" of the adapter's registry key, as a
// slot number would on a real bus. No Windows and no Linux header here.

#include "wire.h"

struct chaos_port;

struct wire_slot {
    const struct wire_ops *ops;
    struct wire *wire;
    struct wire_properties properties;
    struct chaos_port *chaos; // chaos_settings.h; NULL: an ordinary NIC
    // The miniport tells the bus that the device has disappeared. Any thread, IRQL <= DISPATCH, at
    // most once per wire; it only takes a note.
    void (*gone)(struct wire_slot *slot);
};

#define WIRES_MAX 256

// The slot must stay until WiresRemove. Returns its number, 1 to WIRES_MAX; 0: the table is full.
unsigned WiresAdd(struct wire_slot *Slot);
void WiresRemove(unsigned Number);

// NULL: there is no such wire.
struct wire_slot *WiresFind(unsigned Number);

// SPDX-License-Identifier: MIT

// The wire that gives every frame back to its sender. Frames wait in a ring of slots between `send`
// and `receive`; both are called by the sender, one at a time, so nothing needs a lock.

#include "wire_virtual.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOP_SLOTS 128u // two batches; a power of two

struct wire {
    unsigned Put; // free-running; slot number is the remainder
    unsigned Get;
    size_t SlotSize;
    size_t Lengths[LOOP_SLOTS];
    uint8_t *Slots;
};

static struct wire *LoopOpen(const char *Argument, struct wire_properties *Properties,
                             char *Message, size_t MessageSize)
{
    struct wire *Wire;

    if (!WireVirtualProperties("loop", Argument, Properties, Message, MessageSize)) {
        return NULL;
    }
    Wire = calloc(1, sizeof(*Wire));
    if (Wire == NULL) {
        goto NoMemory;
    }
    Wire->SlotSize = (size_t)Properties->mtu + 18; // Ethernet header and one VLAN tag
    Wire->Slots = malloc(LOOP_SLOTS * Wire->SlotSize);
    if (Wire->Slots == NULL) {
        goto FreeWire;
    }
    return Wire;

FreeWire:
    free(Wire);
NoMemory:
    snprintf(Message, MessageSize, "loop: not enough memory");
    return NULL;
}

static void LoopPut(struct wire *Wire, struct wire_frame *Frame)
{
    unsigned Slot = Wire->Put % LOOP_SLOTS;
    uint8_t *To = Wire->Slots + Slot * Wire->SlotSize;

    if (Frame->length > Wire->SlotSize) {
        Frame->result = EMSGSIZE;
        return;
    }
    for (unsigned I = 0; I < Frame->part_count; I++) {
        memcpy(To, Frame->parts[I].data, Frame->parts[I].length);
        To += Frame->parts[I].length;
    }
    Wire->Lengths[Slot] = Frame->length;
    Wire->Put++;
    Frame->result = 0;
}

static unsigned LoopSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    unsigned Done;

    for (Done = 0; Done < Count && Wire->Put - Wire->Get < LOOP_SLOTS; Done++) {
        LoopPut(Wire, &Frames[Done]);
    }
    return Done;
}

static size_t LoopReceive(struct wire *Wire, void *Buffer, size_t Size)
{
    while (Wire->Get != Wire->Put) {
        unsigned Slot = Wire->Get++ % LOOP_SLOTS;
        size_t Length = Wire->Lengths[Slot];

        if (Length <= Size) {
            memcpy(Buffer, Wire->Slots + Slot * Wire->SlotSize, Length);
            return Length;
        }
    }
    return 0;
}

static void LoopClose(struct wire *Wire)
{
    free(Wire->Slots);
    free(Wire);
}

const struct wire_ops WireLoop = {
    .kind = "loop",
    .open = LoopOpen,
    .send = LoopSend,
    .receive = LoopReceive,
    .link_up = WireVirtualLinkUp,
    .close = LoopClose,
};

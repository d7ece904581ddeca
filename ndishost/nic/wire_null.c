// SPDX-License-Identifier: MIT

// The wire that swallows every frame at once: what is left to measure is the driver and NDIS.

#include "wire_virtual.h"

struct wire {
    char Unused;
};

static struct wire *NullOpen(const char *Argument, struct wire_properties *Properties,
                             char *Message, size_t MessageSize)
{
    static struct wire Wire; // without state, so that all NICs can share it

    if (!WireVirtualProperties("null", Argument, Properties, Message, MessageSize)) {
        return NULL;
    }
    Properties->concurrent = 1;
    return &Wire;
}

static unsigned NullSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    (void)Wire;
    for (unsigned I = 0; I < Count; I++) {
        Frames[I].result = 0;
    }
    return Count;
}

static void NullClose(struct wire *Wire)
{
    (void)Wire;
}

const struct wire_ops WireNull = {
    .kind = "null",
    .open = NullOpen,
    .send = NullSend,
    .link_up = WireVirtualLinkUp,
    .close = NullClose,
};

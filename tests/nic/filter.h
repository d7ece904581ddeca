// SPDX-License-Identifier: MIT
#pragma once

// A filter driver that attaches to every adapter, passes everything on and counts it. After every
// eighth list of the protocol it sends a frame of its own.

#include <ntddk.h>
#include <ndis.h>

#define FILTER_NAME "TestFilter"

DRIVER_INITIALIZE FilterEntry;

struct filter_counts {
    volatile LONG Attached, Detached, Pauses, Restarts;
    volatile LONG Sent, SendsDone; // NBLs of the protocol
    volatile LONG OwnSent, OwnDone;
    volatile LONG Received, Returned;
};
extern struct filter_counts FilterCounts; // since FilterEntry

// SPDX-License-Identifier: MIT
#pragma once

// What the host and a chaos NIC (chaos.h) share: what the NIC is asked to be like, and how often it
// was. No Windows and no Linux header here.

#include <stdint.h>

struct wire_slot;

struct chaos_settings {
    uint64_t seed;
    uint32_t fail;        // of 10,000 frames
    uint32_t delay_ms;    // longest ordinary delay of a completion
    uint32_t long_ms;     // longest rare one; 0: none
    uint32_t pause_every; // NBLs between two pauses of the stack, on average; 0: never
    uint32_t reset_every; // resets, likewise
    uint32_t link_every;  // link down and up again, likewise
};

// What is counted. The names are those of struct ndishost_chaos_counts, in its order.
enum chaos_count {
    CHAOS_SENT,
    CHAOS_FAILED,
    CHAOS_IN_CALL,
    CHAOS_BY_THREAD,
    CHAOS_BY_TIMER,
    CHAOS_LONG_DELAYS,
    CHAOS_COMPLETIONS,
    CHAOS_MERGED,
    CHAOS_REORDERED,
    CHAOS_MDLS_IN_FRONT,
    CHAOS_RETREATS,
    CHAOS_CONTEXTS,
    CHAOS_POOL_ALLOCATIONS,
    CHAOS_MDL_ALLOCATIONS,
    CHAOS_CANCELS_IGNORED,
    CHAOS_PAUSES,
    CHAOS_RESETS,
    CHAOS_LINK_LOSSES,
    CHAOS_LENT_INDICATIONS,
    CHAOS_DISPATCH_INDICATIONS,
    CHAOS_COUNTS
};

struct chaos_port {
    struct chaos_settings settings;
    volatile int64_t *counts; // CHAOS_COUNTS of them, of all chaos NICs together
    // Asks the bus to pause and restart the stack soon. Any thread, IRQL <= DISPATCH; it only takes
    // a note.
    void (*pause)(struct wire_slot *slot);
};

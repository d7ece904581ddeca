// SPDX-License-Identifier: MIT
#pragma once

// Keeps an adapter busy with frames up to the in-flight limit, and accounts for each of them: every
// frame offered ends in exactly one of `completed` and `refused`.

#include <shuttle/shuttle.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define STATUS_KINDS 32 // different statuses that are told apart; the last entry takes the rest
#define SNAPSHOTS 17    // after 2^0, 2^1, ... 2^16 frames

struct tally {
    uint64_t frames;
    uint64_t bytes;
};

struct status_tally {
    uint32_t status;
    struct tally tally;
};

enum refusal {
    REFUSED_CUT,       // the capture holds only a part of it
    REFUSED_TOO_SHORT, // for an Ethernet header
    REFUSED_TOO_LONG,  // for the adapter
    REFUSED_REMOVED,   // the adapter is gone
    REFUSED_STOPPED,   // Ctrl-C while it waited
    REFUSED_OTHER,     // see the message on stderr
    REFUSAL_KINDS,
};

struct sender {
    struct shuttle *handle;
    struct shuttle_adapter adapter;
    uint32_t in_flight;
    struct tally offered; // to sender_send and sender_refuse
    struct tally sent;    // accepted by the driver
    struct tally refused[REFUSAL_KINDS];
    struct status_tally completed[STATUS_KINDS]; // success first
    unsigned completed_kinds;
    int64_t started_ns;
    int64_t ended_ns;
    struct shuttle_runtime_counts snapshots[SNAPSHOTS];
    struct shuttle_runtime_counts final_counts;
    bool counts_known;
    FILE *failures; // NULL: not wanted
};

// False: complained. `failures` gets a line for each frame that does not complete with success, as
// that becomes known: number, status and name, or "-" and the reason why it was not sent, with tabs
// between; NULL: nobody wants to know.
bool sender_start(struct sender *sender, struct shuttle *handle, FILE *failures);

// Hands one frame over, header and payload in one piece. False: nothing more can be sent (it has
// complained, or a stop was requested). A frame that the driver refuses is counted, and complained
// about the first time; the next one may do better.
bool sender_send(struct sender *sender, const uint8_t *bytes, uint32_t length);

// Counts a frame that is not to be handed over.
void sender_refuse(struct sender *sender, enum refusal reason, uint32_t length);

// Waits for every frame in flight.
void sender_finish(struct sender *sender);

bool sender_all_succeeded(const struct sender *sender);

// Allocations after the first `after` frames, over `frames` frames. False: too few frames were
// sent, or the runtime does not count.
struct steady_state {
    uint64_t after;
    uint64_t frames;
    struct shuttle_runtime_counts counts;
};
bool sender_steady_state(const struct sender *sender, struct steady_state *steady);

// SPDX-License-Identifier: MIT
#pragma once

// The ladder: the same frames on the same NIC in the same process, sent in ways that differ by one
// thing each. rungs.c has the table; a new rung is one entry and one function there. measure.c runs
// them in turn. Scripts in bench/ add what a program cannot see of itself (instructions).

#include <shuttle/shuttle.h>

#include <stddef.h>
#include <stdint.h>

#define LADDER_HEADER_BYTES 14u
#define LADDER_FRAME_MAX 1514u
#define LADDER_LIST_MAX 64u
#define LADDER_RUNS_MAX 99u

struct transport;

// What a rung works with: two open devices on one adapter, and one frame in two parts.
struct ladder {
    struct transport *shuttle;
    struct transport *classic;
    void *memory;     // of the frame
    uint8_t *header;  // LADDER_HEADER_BYTES, at the start of a page
    uint8_t *payload; // LADDER_FRAME_MAX - LADDER_HEADER_BYTES, at the start of a page
    uint32_t frame_bytes;
};

struct rung {
    const char *name;
    const char *changes; // against the rung before it, for people
    uint32_t batch;      // frames in one request
    // Sends `frames` frames, a multiple of `batch`, each to its completion. Returns the first
    // failing NTSTATUS, or 0.
    uint32_t (*send)(struct ladder *ladder, const struct rung *rung, uint64_t frames);
};

extern const struct rung LadderRungs[];
extern const size_t LadderRungCount;
const struct rung *ladder_find(const char *name); // NULL: none such

// `driver`: Shuttle's, as in shuttle_options. 0, or a shuttle_error with its message in
// shuttle_last_message.
int ladder_open(struct ladder *ladder, const char *adapter, const char *driver);
void ladder_close(struct ladder *ladder); // accepts a half-opened one

// One number for each event in one run of a rung.
struct ladder_counts {
    double requests;
    double page_locks;
    double pages_locked;
    double pool_allocations;
    double mdl_allocations;
    double nbl_allocations;
    double ndis_sends;
};

struct ladder_result {
    const struct rung *rung;
    uint32_t frame_bytes;
    uint64_t frames_per_run;
    struct ladder_counts counts; // for each frame; negative: not known on this system
    unsigned runs;
    double nanoseconds[LADDER_RUNS_MAX]; // a frame, in each run, sorted
};

struct ladder_plan {
    const struct rung *rungs[16];
    size_t rung_count;
    unsigned runs;                                 // interleaved, of each rung
    unsigned milliseconds;                         // about so long is one run
    uint64_t frames;                               // of one run instead; 0: by time
    int64_t (*now_ns)(void);                       // a clock
    void (*progress)(unsigned done, unsigned all); // NULL: nobody asks
};

// Fills one result for each rung of the plan. 0, or a shuttle_error.
int ladder_measure(struct ladder *ladder, const struct ladder_plan *plan, uint32_t frame_bytes,
                   struct ladder_result *results);

double ladder_median(const struct ladder_result *result);

// SPDX-License-Identifier: MIT
#pragma once

// The ladder: the same frames on the same NIC in the same process, sent in ways that differ by one
// thing each. rungs.c has the table; a new rung is one entry and one function there. measure.c runs
// them in turn. Scripts in bench/ add what a program cannot see of itself (instructions).

#include <shuttle/shuttle.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LADDER_HEADER_BYTES 14u
#define LADDER_FRAME_MAX 1514u
#define LADDER_LIST_MAX 64u
#define LADDER_RUNS_MAX 99u

// What a rung works with: two open devices on one adapter, and one frame in two parts.
struct ladder {
    struct shuttle *shuttle;
    struct shuttle *classic;
    void *memory;     // of the frame
    uint8_t *header;  // LADDER_HEADER_BYTES, at the start of a page
    uint8_t *payload; // LADDER_FRAME_MAX - LADDER_HEADER_BYTES, at the start of a page
    uint32_t frame_bytes;
    bool completes_inside; // the NIC completes each frame on the sending thread
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

// 0, or a shuttle_error with its message in shuttle_last_message. The drivers are as in
// shuttle_options; NULL: on Linux the native ones, on Windows those that are installed.
int ladder_open(struct ladder *ladder, const char *adapter, const char *shuttle,
                const char *classic);
void ladder_close(struct ladder *ladder); // accepts a half-opened one

// What a rung does, per frame. Of NDIS, kernel and NIC: what they do on the driver's behalf.
enum ladder_count {
    LADDER_REQUESTS,
    LADDER_PAGE_LOCKS,
    LADDER_PAGES_LOCKED,
    LADDER_POOL_ALLOCATIONS,
    LADDER_MDL_ALLOCATIONS,
    LADDER_NBL_ALLOCATIONS,
    LADDER_NDIS_SENDS,
    LADDER_STEPPED, // from here on by steps through the code of one request
    LADDER_SPIN_LOCKS = LADDER_STEPPED,
    LADDER_INTERLOCKED,
    LADDER_BYTES_COPIED,
    LADDER_FIELDS_WRITTEN, // of the NBL and its NET_BUFFER, by the driver
    LADDER_SYSTEM,         // from here on what others do for the driver: true of ndishost alone
    LADDER_SPIN_LOCKS_SYSTEM = LADDER_SYSTEM,
    LADDER_INTERLOCKED_SYSTEM,
    LADDER_BYTES_COPIED_SYSTEM,
    LADDER_FIELDS_ALLOCATION, // written by NDIS where it allocates and frees
    LADDER_COUNTS
};
extern const char *const LadderCountNames[LADDER_COUNTS]; // keys of the JSON

#define LADDER_FIELDS_MAX 128u
enum { LADDER_FIELD_DRIVER = 1, LADDER_FIELD_ALLOCATION = 2 }; // who writes it

struct ladder_result {
    const struct rung *rung;
    uint32_t frame_bytes;
    uint64_t frames_per_run;
    double counts[LADDER_COUNTS]; // for each frame; negative: not known here
    bool recorded[LADDER_SYSTEM]; // not counted here, but taken from bench/counts.json
    uint8_t fields[LADDER_FIELDS_MAX];
    unsigned runs;
    double nanoseconds[LADDER_RUNS_MAX]; // a frame, in each run, sorted
};

struct ladder_plan {
    const struct rung *rungs[16];
    size_t rung_count;
    unsigned runs;                                 // interleaved, of each rung
    unsigned milliseconds;                         // about so long is one run
    uint64_t frames;                               // of one run instead; 0: by time
    bool steps;                                    // the counts from LADDER_STEPPED on, too
    bool recorded;                                 // no counts but the recorded ones
    int64_t (*now_ns)(void);                       // a clock
    void (*progress)(unsigned done, unsigned all); // NULL: nobody asks
};

// Fills one result for each rung of the plan. 0, or a shuttle_error.
int ladder_measure(struct ladder *ladder, const struct ladder_plan *plan, uint32_t frame_bytes,
                   struct ladder_result *results);

double ladder_median(const struct ladder_result *result);
double ladder_median_of(const double *sorted, unsigned count);

// trace_host.c, trace_windows.c: steps through one more request of the rung. Where that is not
// possible the counts stay as they are. 0, or the failing NTSTATUS.
uint32_t ladder_trace(struct ladder *ladder, struct ladder_result *result);

// What the driver asks for and does itself is the same on any machine. The build makes a table of
// bench/counts.json, which has it for some sizes.
struct ladder_recorded {
    const char *rung;
    uint32_t frame_bytes;
    double counts[LADDER_SYSTEM];
};
extern const char *const LadderRecordedWith; // what was counted, for people
extern const struct ladder_recorded LadderRecorded[];
extern const size_t LadderRecordedCount;

// Takes from the table what the result does not know; ladder_measure does so at its end. A size
// that is not there stays unknown.
void ladder_take_recorded(struct ladder_result *result);
int ladder_field_name(unsigned field, char *name, size_t size); // its length; 0: no such field

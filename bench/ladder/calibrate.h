// SPDX-License-Identifier: MIT
#pragma once

// What each operation costs that the ladder counts, by itself, and what a rung should cost then.

#include "ladder.h"

enum ladder_cost_kind {
    LADDER_COST_REQUEST,
    LADDER_COST_PAGE_LOCK_1,
    LADDER_COST_PAGE_LOCK_2,
    LADDER_COST_MDL,
    LADDER_COST_NBL,
    LADDER_COST_POOL,
    LADDER_COST_SPIN_LOCK,
    LADDER_COST_INTERLOCKED,
    LADDER_COST_COPY_60,
    LADDER_COST_COPY_590,
    LADDER_COST_COPY_1514,
    LADDER_COST_SEND_1,
    LADDER_COST_SEND_16,
    LADDER_COST_SEND_CHAINED,
    LADDER_COST_PAGE_MAP,
    LADDER_COSTS
};

struct ladder_cost {
    const char *name; // key of the JSON
    const char *does; // for people
    double median;    // nanoseconds
    double min;
    double max;
    double instructions; // of NDIS and NT, without those of memset and memcpy; negative: not known
};

// Runs all operations in the classic driver, in turn, as often and as long as the plan says for
// rungs. Fills LADDER_COSTS costs. 0, or a shuttle_error.
int ladder_calibrate(struct ladder *ladder, const struct ladder_plan *plan,
                     struct ladder_cost *costs);

// trace_host.c, trace_windows.c: instructions of NDIS and NT in what `run` does, or negative.
double ladder_trace_run(uint32_t (*run)(void *context), void *context);

// Nanoseconds a frame: each count times its cost. Negative: a count is not known. What the driver
// does besides, and what operations cost each other, is not in it.
double ladder_predict(const struct ladder_result *result, const struct ladder_cost *costs);

// Up to how many bytes, LADDER_FRAME_MAX at most, copying costs less than a page lock and an MDL,
// or, of a locked page that is still to be mapped, than one more MDL in a frame. 0: at no size.
uint32_t ladder_copy_or_lock(const struct ladder_cost *costs);
uint32_t ladder_copy_or_chain(const struct ladder_cost *costs);

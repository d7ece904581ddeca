// SPDX-License-Identifier: MIT

#include "ladder.h"

#include <errors.h>
#include <stdlib.h>
#include <string.h>

#define WARM_UP_FRAMES 4096u // pools, lookaside lists and caches are as in the long run then

// The part that valgrind looks at (bench/instructions.py): its name is part of that script.
__attribute__((noinline)) uint32_t ladder_run(struct ladder *ladder, const struct rung *rung,
                                              uint64_t frames)
{
    return rung->send(ladder, rung, frames);
}

static int fail_run(const struct rung *rung, uint32_t status)
{
    char what[64] = "bench: ";
    strncat(what, rung->name, sizeof(what) - sizeof("bench: "));
    return shuttle_fail_status(status, what);
}

// How many frames fill the time of one run.
static uint64_t frames_of_run(struct ladder *ladder, const struct ladder_plan *plan,
                              const struct rung *rung, uint32_t *status)
{
    uint64_t frames = plan->frames;
    *status = rung->send(ladder, rung, WARM_UP_FRAMES);
    int64_t start = plan->now_ns();
    if (*status == 0) {
        *status = rung->send(ladder, rung, WARM_UP_FRAMES);
    }
    uint64_t elapsed = (uint64_t)(plan->now_ns() - start) + 1;
    if (frames == 0) {
        frames = (uint64_t)plan->milliseconds * 1000000u * WARM_UP_FRAMES / elapsed;
    }
    frames -= frames % rung->batch;
    return frames < rung->batch ? rung->batch : frames;
}

const char *const LadderCountNames[LADDER_COUNTS] = {
    [LADDER_REQUESTS] = "requests",
    [LADDER_PAGE_LOCKS] = "page_locks",
    [LADDER_PAGES_LOCKED] = "pages_locked",
    [LADDER_POOL_ALLOCATIONS] = "pool_allocations",
    [LADDER_MDL_ALLOCATIONS] = "mdl_allocations",
    [LADDER_NBL_ALLOCATIONS] = "nbl_allocations",
    [LADDER_NDIS_SENDS] = "ndis_sends",
    [LADDER_SPIN_LOCKS] = "spin_locks",
    [LADDER_INTERLOCKED] = "interlocked_operations",
    [LADDER_BYTES_COPIED] = "bytes_copied",
    [LADDER_FIELDS_WRITTEN] = "nbl_fields_written",
    [LADDER_SPIN_LOCKS_SYSTEM] = "spin_locks_system",
    [LADDER_INTERLOCKED_SYSTEM] = "interlocked_operations_system",
    [LADDER_BYTES_COPIED_SYSTEM] = "bytes_copied_system",
    [LADDER_FIELDS_ALLOCATION] = "nbl_fields_allocation",
};

static void count_run(const struct shuttle_runtime_counts *before,
                      const struct shuttle_runtime_counts *after, uint64_t frames, double *counts)
{
    const uint64_t happened[LADDER_STEPPED] = {
        [LADDER_REQUESTS] = after->requests - before->requests,
        [LADDER_PAGE_LOCKS] = after->page_locks - before->page_locks,
        [LADDER_PAGES_LOCKED] = after->pages_locked - before->pages_locked,
        [LADDER_POOL_ALLOCATIONS] = after->pool_allocations - before->pool_allocations,
        [LADDER_MDL_ALLOCATIONS] = after->mdl_allocations - before->mdl_allocations,
        [LADDER_NBL_ALLOCATIONS] = after->nbl_allocations - before->nbl_allocations,
        [LADDER_NDIS_SENDS] = after->ndis_sends - before->ndis_sends,
    };
    for (int i = 0; i < LADDER_STEPPED; i++) {
        counts[i] = (double)happened[i] / (double)frames;
    }
}

static int run_once(struct ladder *ladder, const struct ladder_plan *plan,
                    struct ladder_result *result)
{
    struct shuttle_runtime_counts before, after;
    bool known = !plan->recorded && shuttle_get_runtime_counts(&before) == 0;
    int64_t start = plan->now_ns();
    uint32_t status = ladder_run(ladder, result->rung, result->frames_per_run);
    int64_t elapsed = plan->now_ns() - start;
    if (status != 0) {
        return fail_run(result->rung, status);
    }
    if (known && shuttle_get_runtime_counts(&after) == 0) {
        count_run(&before, &after, result->frames_per_run, result->counts);
    }
    result->nanoseconds[result->runs++] = (double)elapsed / (double)result->frames_per_run;
    return 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int ladder_measure(struct ladder *ladder, const struct ladder_plan *plan, uint32_t frame_bytes,
                   struct ladder_result *results)
{
    ladder->frame_bytes = frame_bytes;
    for (size_t i = 0; i < plan->rung_count; i++) {
        uint32_t status;
        results[i] = (struct ladder_result){.rung = plan->rungs[i], .frame_bytes = frame_bytes};
        for (int count = 0; count < LADDER_COUNTS; count++) {
            results[i].counts[count] = -1;
        }
        results[i].frames_per_run = frames_of_run(ladder, plan, plan->rungs[i], &status);
        if (status != 0) {
            return fail_run(plan->rungs[i], status);
        }
    }
    for (unsigned run = 0; run < plan->runs; run++) {
        for (size_t i = 0; i < plan->rung_count; i++) {
            int error = run_once(ladder, plan, &results[i]);
            if (error < 0) {
                return error;
            }
        }
        if (plan->progress != NULL) {
            plan->progress(run + 1, plan->runs);
        }
    }
    for (size_t i = 0; i < plan->rung_count; i++) {
        qsort(results[i].nanoseconds, results[i].runs, sizeof(double), compare);
        uint32_t status = plan->steps ? ladder_trace(ladder, &results[i]) : 0;
        if (status != 0) {
            return fail_run(results[i].rung, status);
        }
        ladder_take_recorded(&results[i]);
    }
    return 0;
}

static const struct ladder_recorded *find_recorded(const struct ladder_result *result)
{
    for (size_t i = 0; i < LadderRecordedCount; i++) {
        if (LadderRecorded[i].frame_bytes == result->frame_bytes &&
            strcmp(LadderRecorded[i].rung, result->rung->name) == 0) {
            return &LadderRecorded[i];
        }
    }
    return NULL;
}

void ladder_take_recorded(struct ladder_result *result)
{
    const struct ladder_recorded *recorded = find_recorded(result);
    for (int i = 0; recorded != NULL && i < LADDER_SYSTEM; i++) {
        if (result->counts[i] < 0) {
            result->counts[i] = recorded->counts[i];
            result->recorded[i] = true;
        }
    }
}

double ladder_median_of(const double *sorted, unsigned count)
{
    unsigned middle = count / 2;
    return count % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double ladder_median(const struct ladder_result *result)
{
    return ladder_median_of(result->nanoseconds, result->runs);
}

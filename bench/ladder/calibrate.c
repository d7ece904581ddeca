// SPDX-License-Identifier: MIT

#include "calibrate.h"

#include <classic_ioctl.h>

#include <errors.h>
#include <handle.h>
#include <stdlib.h>
#include <string.h>

#define PROBE_REPEAT 500u // enough for an estimate of how many fill a run
#define LIST_LENGTH 16u

// Where in the ladder's memory, a page of header and one of payload side by side.
enum memory { MEMORY_NONE, MEMORY_IN_ONE_PAGE, MEMORY_ACROSS_TWO };

static const struct operation {
    const char *name;
    const char *does;
    uint32_t operation;
    uint32_t list;
    enum memory memory;
    uint32_t bytes;
} Operations[LADDER_COSTS] = {
    [LADDER_COST_REQUEST] = {"request", "a request that is pended and completed",
                             CLASSIC_OPERATION_REQUEST, 0, MEMORY_NONE, 0},
    [LADDER_COST_PAGE_LOCK_1] = {"page_lock_1", "lock and unlock one page",
                                 CLASSIC_OPERATION_PAGE_LOCK, 0, MEMORY_IN_ONE_PAGE, 64},
    [LADDER_COST_PAGE_LOCK_2] = {"page_lock_2", "lock and unlock two pages",
                                 CLASSIC_OPERATION_PAGE_LOCK, 0, MEMORY_ACROSS_TWO, 64},
    [LADDER_COST_MDL] = {"mdl", "allocate and free an MDL", CLASSIC_OPERATION_MDL, 0, MEMORY_NONE,
                         0},
    [LADDER_COST_NBL] = {"nbl", "allocate and free an NBL with its NET_BUFFER",
                         CLASSIC_OPERATION_NBL, 0, MEMORY_NONE, 0},
    [LADDER_COST_POOL] = {"pool", "allocate and free 64 bytes of pool", CLASSIC_OPERATION_POOL, 0,
                          MEMORY_NONE, 0},
    [LADDER_COST_SPIN_LOCK] = {"spin_lock", "acquire and release a spin lock",
                               CLASSIC_OPERATION_SPIN_LOCK, 0, MEMORY_NONE, 0},
    [LADDER_COST_INTERLOCKED] = {"interlocked", "an interlocked operation",
                                 CLASSIC_OPERATION_INTERLOCKED, 0, MEMORY_NONE, 0},
    [LADDER_COST_COPY_60] = {"copy_60", "copy 60 bytes", CLASSIC_OPERATION_COPY, 0,
                             MEMORY_IN_ONE_PAGE, 60},
    [LADDER_COST_COPY_590] = {"copy_590", "copy 590 bytes", CLASSIC_OPERATION_COPY, 0,
                              MEMORY_IN_ONE_PAGE, 590},
    [LADDER_COST_COPY_1514] = {"copy_1514", "copy 1514 bytes", CLASSIC_OPERATION_COPY, 0,
                               MEMORY_IN_ONE_PAGE, 1514},
    [LADDER_COST_SEND_1] = {"send_1", "NDIS and the NIC: send one NBL, to its completion",
                            CLASSIC_OPERATION_SEND, 1, MEMORY_NONE, 0},
    [LADDER_COST_SEND_16] = {"send_16", "the same, 16 NBLs in one call", CLASSIC_OPERATION_SEND,
                             LIST_LENGTH, MEMORY_NONE, 0},
    [LADDER_COST_SEND_CHAINED] = {"send_chained", "one NBL whose frame is in two MDLs",
                                  CLASSIC_OPERATION_SEND_CHAINED, 1, MEMORY_NONE, 0},
    [LADDER_COST_PAGE_MAP] = {"page_map", "lock one page, map it for the kernel, unlock",
                              CLASSIC_OPERATION_PAGE_MAP, 0, MEMORY_IN_ONE_PAGE, 64},
};

// ---- measuring

static uint32_t repeat_operation(struct ladder *ladder, const struct operation *operation,
                                 uint32_t repeat)
{
    bool is_request = operation->operation == CLASSIC_OPERATION_REQUEST;
    CLASSIC_CALIBRATION request = {
        .Operation = operation->operation, .Repeat = repeat, .List = operation->list};
    uint8_t *memory = operation->memory == MEMORY_NONE ? NULL : ladder->payload;
    if (operation->memory == MEMORY_ACROSS_TWO) {
        memory -= operation->bytes / 2;
    }
    uint32_t status = 0;
    for (uint32_t left = is_request ? repeat : 1; status == 0 && left > 0; left--) {
        status = transport_control(ladder->classic->transport, CLASSIC_IOCTL_CALIBRATE, &request,
                                   sizeof(request), memory, operation->bytes, NULL);
    }
    return status;
}

static uint32_t time_operation(struct ladder *ladder, const struct ladder_plan *plan,
                               const struct operation *operation, uint32_t repeat,
                               double *nanoseconds)
{
    int64_t start = plan->now_ns();
    uint32_t status = repeat_operation(ladder, operation, repeat);
    *nanoseconds = (double)(plan->now_ns() - start) / repeat;
    return status;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct repetition {
    struct ladder *ladder;
    const struct operation *operation;
    uint32_t repeat;
};

static uint32_t run_repetition(void *context)
{
    const struct repetition *repetition = context;
    return repeat_operation(repetition->ladder, repetition->operation, repetition->repeat);
}

// What the second repetition adds to the first.
static double count_instructions(struct ladder *ladder, const struct operation *operation)
{
    struct repetition repetition = {ladder, operation, 1};
    double one = ladder_trace_run(run_repetition, &repetition);
    repetition.repeat = 2;
    double two = ladder_trace_run(run_repetition, &repetition);
    return one < 0 || two < 0 ? -1 : two - one;
}

// How many repetitions fill a run.
static uint32_t repeats_of_run(const struct ladder_plan *plan, double nanoseconds)
{
    double repeats = plan->milliseconds * 1e6 / (nanoseconds > 0.1 ? nanoseconds : 0.1);
    if (repeats > CLASSIC_REPEAT_MAX) {
        return CLASSIC_REPEAT_MAX;
    }
    return repeats < 1 ? 1 : (uint32_t)repeats;
}

int ladder_calibrate(struct ladder *ladder, const struct ladder_plan *plan,
                     struct ladder_cost *costs)
{
    uint32_t repeats[LADDER_COSTS];
    double nanoseconds[LADDER_COSTS][LADDER_RUNS_MAX];
    double probe;
    uint32_t status = 0;
    for (int i = 0; i < LADDER_COSTS && status == 0; i++) {
        status = time_operation(ladder, plan, &Operations[i], PROBE_REPEAT, &probe);
        repeats[i] = repeats_of_run(plan, probe);
    }
    for (unsigned run = 0; run < plan->runs; run++) {
        for (int i = 0; i < LADDER_COSTS && status == 0; i++) {
            status = time_operation(ladder, plan, &Operations[i], repeats[i], &nanoseconds[i][run]);
        }
    }
    if (status != 0) {
        return shuttle_fail_status(status, "bench: calibrate");
    }
    for (int i = 0; i < LADDER_COSTS; i++) {
        qsort(nanoseconds[i], plan->runs, sizeof(double), compare);
        costs[i] = (struct ladder_cost){.name = Operations[i].name,
                                        .does = Operations[i].does,
                                        .median = ladder_median_of(nanoseconds[i], plan->runs),
                                        .min = nanoseconds[i][0],
                                        .max = nanoseconds[i][plan->runs - 1],
                                        .instructions = -1};
        if (plan->steps && ladder->completes_inside) {
            costs[i].instructions = count_instructions(ladder, &Operations[i]);
        }
    }
    return 0;
}

// ---- counts x costs

static double between(double x, double x0, double y0, double x1, double y1)
{
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

static double copy_cost(const struct ladder_cost *costs, double bytes)
{
    double small = costs[LADDER_COST_COPY_60].median;
    double middle = costs[LADDER_COST_COPY_590].median;
    double large = costs[LADDER_COST_COPY_1514].median;
    if (bytes <= 60) {
        return bytes <= 0 ? 0 : small;
    }
    return bytes <= 590 ? between(bytes, 60, small, 590, middle)
                        : between(bytes, 590, middle, 1514, large);
}

// A call of NDIS with lists of any length, from two of them.
static double send_cost(const struct ladder_cost *costs, double calls)
{
    double one = costs[LADDER_COST_SEND_1].median;
    double each = (costs[LADDER_COST_SEND_16].median - one) / (LIST_LENGTH - 1);
    return calls * (one - each) + each;
}

double ladder_predict(const struct ladder_result *result, const struct ladder_cost *costs)
{
    const double *counts = result->counts;
    for (int i = 0; i <= LADDER_BYTES_COPIED; i++) {
        if (counts[i] < 0) {
            return -1;
        }
    }
    double first_page = costs[LADDER_COST_PAGE_LOCK_1].median;
    double more_pages = counts[LADDER_PAGES_LOCKED] - counts[LADDER_PAGE_LOCKS];
    return counts[LADDER_REQUESTS] * costs[LADDER_COST_REQUEST].median +
           counts[LADDER_PAGE_LOCKS] * first_page +
           more_pages * (costs[LADDER_COST_PAGE_LOCK_2].median - first_page) +
           counts[LADDER_POOL_ALLOCATIONS] * costs[LADDER_COST_POOL].median +
           counts[LADDER_MDL_ALLOCATIONS] * costs[LADDER_COST_MDL].median +
           counts[LADDER_NBL_ALLOCATIONS] * costs[LADDER_COST_NBL].median +
           send_cost(costs, counts[LADDER_NDIS_SENDS]) +
           counts[LADDER_SPIN_LOCKS] * costs[LADDER_COST_SPIN_LOCK].median +
           counts[LADDER_INTERLOCKED] * costs[LADDER_COST_INTERLOCKED].median +
           copy_cost(costs, counts[LADDER_BYTES_COPIED]);
}

// ---- copying or not

// Small differences of two costs are compared, and the minima of a busy machine are nearer to each
// other than its medians.
static uint32_t copied_within(const struct ladder_cost *costs, double nanoseconds)
{
    struct ladder_cost least[LADDER_COSTS];
    uint32_t bytes = 0;
    for (int i = 0; i < LADDER_COSTS; i++) {
        least[i] = (struct ladder_cost){.median = costs[i].min};
    }
    while (bytes < LADDER_FRAME_MAX && copy_cost(least, bytes + 1) < nanoseconds) {
        bytes++;
    }
    return bytes;
}

uint32_t ladder_copy_or_lock(const struct ladder_cost *costs)
{
    return copied_within(costs, costs[LADDER_COST_PAGE_LOCK_1].min + costs[LADDER_COST_MDL].min);
}

uint32_t ladder_copy_or_chain(const struct ladder_cost *costs)
{
    double chain = costs[LADDER_COST_SEND_CHAINED].min - costs[LADDER_COST_SEND_1].min;
    double map = costs[LADDER_COST_PAGE_MAP].min - costs[LADDER_COST_PAGE_LOCK_1].min;
    return copied_within(costs, chain - map);
}

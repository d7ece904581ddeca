// SPDX-License-Identifier: MIT

// The counts that take a look at each instruction (ndishost/trace).

#include "calibrate.h"

#include <trace.h>

// Steps through the sending of so many frames. False: not possible here.
static bool trace_frames(struct ladder *ladder, const struct rung *rung, uint64_t frames,
                         struct ndishost_trace *trace, uint32_t *status)
{
    if (ndishost_trace_begin() != 0) {
        return false;
    }
    *status = rung->send(ladder, rung, frames);
    return ndishost_trace_end(trace) == 0;
}

// What the second frame adds to the first: some rungs do things once for a request of any length.
static void subtract(struct ndishost_trace *trace, const struct ndishost_trace *first)
{
    for (int part = 0; part < NDISHOST_PARTS; part++) {
        trace->interlocked[part] -= first->interlocked[part];
        trace->spin_locks[part] -= first->spin_locks[part];
        trace->bytes_copied[part] -= first->bytes_copied[part];
    }
    for (unsigned field = 0; field < NDISHOST_FIELDS; field++) {
        trace->field_writes[field] -= first->field_writes[field];
        trace->field_writes_allocation[field] -= first->field_writes_allocation[field];
    }
}

static double system_of(const uint64_t *parts)
{
    return (double)(parts[NDISHOST_PART_NDIS] + parts[NDISHOST_PART_NT] + parts[NDISHOST_PART_NIC]);
}

static void take_fields(struct ladder_result *result, const struct ndishost_trace *trace)
{
    result->counts[LADDER_FIELDS_WRITTEN] = result->counts[LADDER_FIELDS_ALLOCATION] = 0;
    for (unsigned field = 0; field < NDISHOST_FIELDS; field++) {
        bool by_driver = trace->field_writes[field] != 0;
        bool by_allocation = trace->field_writes_allocation[field] != 0;
        result->counts[LADDER_FIELDS_WRITTEN] += by_driver;
        result->counts[LADDER_FIELDS_ALLOCATION] += by_allocation;
        result->fields[field] = (uint8_t)((by_driver ? LADDER_FIELD_DRIVER : 0) |
                                          (by_allocation ? LADDER_FIELD_ALLOCATION : 0));
    }
}

static void take_counts(struct ladder_result *result, const struct ndishost_trace *trace)
{
    double frames = result->rung->batch;
    double *counts = result->counts;
    counts[LADDER_SPIN_LOCKS] = (double)trace->spin_locks[NDISHOST_PART_DRIVER] / frames;
    counts[LADDER_INTERLOCKED] = (double)trace->interlocked[NDISHOST_PART_DRIVER] / frames;
    counts[LADDER_BYTES_COPIED] = (double)trace->bytes_copied[NDISHOST_PART_DRIVER] / frames;
    counts[LADDER_SPIN_LOCKS_SYSTEM] = system_of(trace->spin_locks) / frames;
    counts[LADDER_INTERLOCKED_SYSTEM] = system_of(trace->interlocked) / frames;
    counts[LADDER_BYTES_COPIED_SYSTEM] = system_of(trace->bytes_copied) / frames;
    take_fields(result, trace);
}

uint32_t ladder_trace(struct ladder *ladder, struct ladder_result *result)
{
    const struct rung *rung = result->rung;
    struct ndishost_trace trace, first;
    uint32_t status = 0;
    if (!ladder->completes_inside) {
        return 0;
    }
    if (rung->batch > 1) {
        if (trace_frames(ladder, rung, rung->batch, &trace, &status) && status == 0) {
            take_counts(result, &trace);
        }
        return status;
    }
    if (trace_frames(ladder, rung, 1, &first, &status) && status == 0 &&
        trace_frames(ladder, rung, 2, &trace, &status) && status == 0) {
        subtract(&trace, &first);
        take_counts(result, &trace);
    }
    return status;
}

double ladder_trace_run(uint32_t (*run)(void *context), void *context)
{
    struct ndishost_trace trace;
    if (ndishost_trace_begin() != 0) {
        return -1;
    }
    uint32_t status = run(context);
    if (ndishost_trace_end(&trace) != 0 || status != 0) {
        return -1;
    }
    return (double)(trace.instructions[NDISHOST_PART_NDIS] + trace.instructions[NDISHOST_PART_NT]);
}

int ladder_field_name(unsigned field, char *name, size_t size)
{
    return ndishost_field_name(field, name, size);
}

_Static_assert(NDISHOST_FIELDS <= LADDER_FIELDS_MAX, "ladder_result.fields is too small");

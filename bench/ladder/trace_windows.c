// SPDX-License-Identifier: MIT

// A program cannot step through the kernel of Windows.

#include "calibrate.h"

uint32_t ladder_trace(struct ladder *ladder, struct ladder_result *result)
{
    (void)ladder, (void)result;
    return 0;
}

int ladder_field_name(unsigned field, char *name, size_t size)
{
    (void)field, (void)name, (void)size;
    return 0;
}

double ladder_trace_run(uint32_t (*run)(void *context), void *context)
{
    (void)run, (void)context;
    return -1;
}

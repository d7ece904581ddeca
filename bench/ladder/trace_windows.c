// SPDX-License-Identifier: MIT

// A program cannot step through the kernel of Windows.

#include "ladder.h"

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

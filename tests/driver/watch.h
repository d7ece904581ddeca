// SPDX-License-Identifier: MIT
#pragma once

// Looks at calls that the driver makes on its own way, where no result shows whether they are right
// (watch.c has them, put in by the linker's --wrap). A wrong one ends the program.

#include <stdint.h>

// Calls of ProbeForRead and the bytes that they covered, of all threads, since the program began.
struct watch_probes {
    uint64_t calls;
    uint64_t bytes;
};
struct watch_probes watch_probes(void);

// Calls `function` once, at the next ProbeForRead, before it looks.
void watch_at_probe(void (*function)(void *context), void *context);

// From now on every frame completes with this status; 0: with its own.
void watch_complete_with(uint32_t status);

// SPDX-License-Identifier: MIT
#pragma once

// A bar on stderr, when that is a terminal; otherwise every function does nothing.

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;
    int64_t next_ns; // when to draw again
    int64_t started_ns;
};

void progress_start(struct progress *progress);

// Whether it is time to draw again. Cheap enough for every frame.
bool progress_due(struct progress *progress);

// `total` 0: unknown, only the frames are shown.
void progress_draw(const struct progress *progress, uint64_t done, uint64_t total, uint64_t frames);

// Takes the bar away, so that a line can be written.
void progress_clear(void);

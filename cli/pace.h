// SPDX-License-Identifier: MIT
#pragma once

// When the next frame is due. Every deadline is counted from the start, so that no error adds up: a
// sender that was held up catches up.

#include <stdbool.h>
#include <stdint.h>

enum pace_kind {
    PACE_TOP_SPEED,
    PACE_RATE,  // frames per second
    PACE_TIMED, // as the capture's time stamps say
};

struct pace {
    enum pace_kind kind;
    uint64_t per_second; // of PACE_RATE, 1 to 10^9
    int64_t started_ns;  // of PACE_TIMED: of this pass over the capture
    int64_t first_stamp; // ns, of PACE_TIMED: of this pass
    int64_t last_due_ns;
    uint64_t frames;
    bool pass_begins;
};

int64_t now_ns(void);    // monotonic
void pace_sharpen(void); // asks for sleeps of the calling thread that are as exact as can be
void pace_blunt(void);   // the opposite: woken, it need not run at once, so that work gathers

void pace_start(struct pace *pace, enum pace_kind kind, uint64_t per_second);

// The capture is read again from its beginning; its first frame follows the last one at once.
void pace_rewind(struct pace *pace);

// Waits until the next frame is due. `stamp_ns` is its time stamp. False: a stop was requested.
bool pace_wait(struct pace *pace, int64_t stamp_ns);

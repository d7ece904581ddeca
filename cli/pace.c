// SPDX-License-Identifier: MIT

#include "pace.h"

#include "stop.h"

#define SECOND_NS 1000000000
#define SPIN_NS 50000 // a sleep is not more exact than this

void pace_start(struct pace *pace, enum pace_kind kind, uint64_t per_second)
{
    *pace = (struct pace){
        .kind = kind,
        .per_second = per_second,
        .started_ns = now_ns(),
        .pass_begins = true,
    };
    pace->last_due_ns = pace->started_ns;
    if (kind == PACE_TOP_SPEED) {
        pace_blunt();
    } else {
        pace_sharpen();
    }
}

void pace_rewind(struct pace *pace)
{
    pace->pass_begins = true;
}

static int64_t due_by_rate(const struct pace *pace)
{
    uint64_t seconds = pace->frames / pace->per_second;
    uint64_t rest = pace->frames % pace->per_second;
    return pace->started_ns + (int64_t)(seconds * SECOND_NS + rest * SECOND_NS / pace->per_second);
}

static int64_t due_by_stamp(struct pace *pace, int64_t stamp_ns)
{
    if (pace->pass_begins) {
        pace->pass_begins = false;
        pace->started_ns = pace->last_due_ns;
        pace->first_stamp = stamp_ns;
    }
    // A stamp before the first one is due at once, like any that lies in the past. Unsigned: stamps
    // may be nonsense.
    return (int64_t)((uint64_t)pace->started_ns + (uint64_t)stamp_ns - (uint64_t)pace->first_stamp);
}

static bool wait_until(int64_t due_ns)
{
    for (;;) {
        int64_t left_ns = due_ns - now_ns();
        if (left_ns <= 0 || stop_requested()) {
            return !stop_requested();
        }
        if (left_ns <= SPIN_NS) {
            continue;
        }
        stop_wait(left_ns - SPIN_NS);
    }
}

bool pace_wait(struct pace *pace, int64_t stamp_ns)
{
    if (pace->kind == PACE_TOP_SPEED) {
        return !stop_requested();
    }
    int64_t due_ns = pace->kind == PACE_RATE ? due_by_rate(pace) : due_by_stamp(pace, stamp_ns);
    pace->frames++;
    pace->last_due_ns = due_ns > pace->last_due_ns ? due_ns : pace->last_due_ns;
    return wait_until(due_ns);
}

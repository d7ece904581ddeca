// SPDX-License-Identifier: MIT

#define _GNU_SOURCE // SCHED_BATCH
#include "pace.h"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void pace_sharpen(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL); // ns; the default of 50 us only costs exactness
}

// Under SCHED_BATCH it does not preempt the NIC's thread that completes its frames: on one
// processor that thread would else be interrupted at the first frame of each of its batches.
void pace_blunt(void)
{
    struct sched_param parameters = {0};
    sched_setscheduler(0, SCHED_BATCH, &parameters); // without it, it is only slower
}

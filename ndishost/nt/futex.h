// SPDX-License-Identifier: MIT
#pragma once

// The one blocking primitive of nt/. A wait may end without a reason: callers look again. The word
// of a wake may be gone already (its memory freed by the thread that was woken): the kernel then
// does nothing.

#include "sim.h"

#include <limits.h>
#include <time.h>

#define FUTEX_NO_DEADLINE UINT64_MAX

static inline uint64_t FutexNowNs(void)
{
    struct timespec Now;
    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (uint64_t)Now.tv_sec * 1000000000u + (uint64_t)Now.tv_nsec;
}

// Sleeps while *Word == Expected. FALSE: the deadline (CLOCK_MONOTONIC) has passed.
SIM_SLOW BOOLEAN NTAPI FutexWaitUntil(_Atomic uint32_t *Word, uint32_t Expected,
                                      uint64_t DeadlineNs);
SIM_SLOW void NTAPI FutexWait(_Atomic uint32_t *Word, uint32_t Expected);
SIM_SLOW void NTAPI FutexWake(const volatile void *Word, int Count);

static inline void SpinPause(void)
{
    __builtin_ia32_pause();
}

// SPDX-License-Identifier: MIT
#pragma once

// The one blocking primitive of nt/. A wait may end without a reason: callers look again. The word
// of a wake may be gone already (its memory freed by the thread that was woken): the kernel then
// does nothing.

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FUTEX_NO_DEADLINE UINT64_MAX

static inline uint64_t FutexNowNs(void)
{
    struct timespec Now;
    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (uint64_t)Now.tv_sec * 1000000000u + (uint64_t)Now.tv_nsec;
}

// Sleeps while *Word == Expected. false: the deadline (CLOCK_MONOTONIC) has passed.
static inline bool FutexWaitUntil(_Atomic uint32_t *Word, uint32_t Expected, uint64_t DeadlineNs)
{
    struct timespec Deadline = {.tv_sec = (time_t)(DeadlineNs / 1000000000u),
                                .tv_nsec = (long)(DeadlineNs % 1000000000u)};
    struct timespec *Limit = DeadlineNs == FUTEX_NO_DEADLINE ? NULL : &Deadline;
    long Result = syscall(SYS_futex, Word, FUTEX_WAIT_BITSET_PRIVATE, Expected, Limit, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    return Result == 0 || errno != ETIMEDOUT;
}

static inline void FutexWait(_Atomic uint32_t *Word, uint32_t Expected)
{
    (void)FutexWaitUntil(Word, Expected, FUTEX_NO_DEADLINE);
}

static inline void FutexWake(const volatile void *Word, int Count)
{
    syscall(SYS_futex, Word, FUTEX_WAKE_PRIVATE, Count, NULL, NULL, 0);
}

static inline void SpinPause(void)
{
    __builtin_ia32_pause();
}

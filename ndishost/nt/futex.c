// SPDX-License-Identifier: MIT

#include "futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

BOOLEAN NTAPI FutexWaitUntil(_Atomic uint32_t *Word, uint32_t Expected, uint64_t DeadlineNs)
{
    struct timespec Deadline = {.tv_sec = (time_t)(DeadlineNs / 1000000000u),
                                .tv_nsec = (long)(DeadlineNs % 1000000000u)};
    struct timespec *Limit = DeadlineNs == FUTEX_NO_DEADLINE ? NULL : &Deadline;
    long Result = syscall(SYS_futex, Word, FUTEX_WAIT_BITSET_PRIVATE, Expected, Limit, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    return Result == 0 || errno != ETIMEDOUT;
}

void NTAPI FutexWait(_Atomic uint32_t *Word, uint32_t Expected)
{
    (void)FutexWaitUntil(Word, Expected, FUTEX_NO_DEADLINE);
}

void NTAPI FutexWake(const volatile void *Word, int Count)
{
    syscall(SYS_futex, Word, FUTEX_WAKE_PRIVATE, Count, NULL, NULL, 0);
}

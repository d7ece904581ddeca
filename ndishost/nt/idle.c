// SPDX-License-Identifier: MIT

// Whether anything is queued or running, so that tests can wait until a system has come to rest.

#include "sim.h"

#include "futex.h"
#include "wait.h"

#include <stdio.h>

static _Atomic uint32_t BusyCount;
static _Atomic uint32_t IdleWord; // changes when BusyCount falls to 0 (futex)
static _Atomic uint32_t IdleWaiters;

void SimBusyEnter(void)
{
    atomic_fetch_add(&BusyCount, 1);
}

void SimBusyLeave(void)
{
    if (atomic_fetch_sub(&BusyCount, 1) == 1 && atomic_load(&IdleWaiters) != 0) {
        atomic_fetch_add(&IdleWord, 1);
        FutexWake(&IdleWord, INT_MAX);
    }
}

unsigned SimBusyStop(void)
{
    uint32_t Left = atomic_exchange(&BusyCount, 0);
    if (Left != 0) {
        fprintf(stderr, "ndishost: %u thing(s) were begun and never ended\n", Left);
    }
    return Left;
}

BOOLEAN SimIsIdle(void)
{
    return atomic_load(&BusyCount) == 0 && !SimTimerIsDue();
}

BOOLEAN SimWaitIdle(unsigned TimeoutMs)
{
    uint64_t DeadlineNs = FutexNowNs() + TimeoutMs * 1000000ull;
    BOOLEAN Idle = FALSE;
    BOOLEAN InTime = TRUE;
    atomic_fetch_add(&IdleWaiters, 1);
    while (InTime && !Idle) {
        uint32_t Seen = atomic_load(&IdleWord);
        Idle = SimIsIdle();
        // A timer that is due makes its thread busy, so the word will change for it too.
        InTime = Idle || FutexWaitUntil(&IdleWord, Seen, DeadlineNs);
    }
    atomic_fetch_sub(&IdleWaiters, 1);
    return Idle || SimIsIdle();
}

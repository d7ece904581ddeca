// SPDX-License-Identifier: MIT

// Clocks. Interrupt time and performance counter are CLOCK_MONOTONIC in 100 ns, system time is
// CLOCK_REALTIME since 1601.

#include "wait.h"

#include "futex.h"

#define UNITS_PER_SECOND 10000000ull
#define UNIX_EPOCH 116444736000000000ll // 1970 in 100 ns since 1601
#define TICK_UNITS 156250u              // 1/64 s

uint64_t SimNow(void)
{
    return FutexNowNs() / 100;
}

static LONGLONG SystemTime(void)
{
    struct timespec Now;
    clock_gettime(CLOCK_REALTIME, &Now);
    return UNIX_EPOCH + Now.tv_sec * (LONGLONG)UNITS_PER_SECOND + Now.tv_nsec / 100;
}

uint64_t SimDueTime(LONGLONG DueTime)
{
    uint64_t Now = SimNow();
    uint64_t Delay;
    if (DueTime < 0) {
        Delay = 0 - (uint64_t)DueTime;
    } else {
        LONGLONG System = SystemTime();
        Delay = DueTime > System ? (uint64_t)(DueTime - System) : 0;
    }
    // Beyond what the clock can say in nanoseconds is never.
    return Delay > UINT64_MAX / 200 - Now ? UINT64_MAX / 200 : Now + Delay;
}

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER Counter = {.QuadPart = (LONGLONG)SimNow()};
    if (PerformanceFrequency != NULL) {
        PerformanceFrequency->QuadPart = UNITS_PER_SECOND;
    }
    return Counter;
}

ULONGLONG NTAPI KeQueryInterruptTime(void)
{
    return SimNow();
}

ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    ULONG64 Now = SimNow();
    *QpcTimeStamp = Now;
    return Now;
}

ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(void)
{
    return SimNow();
}

void NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = SystemTime();
}

void NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = SystemTime();
}

void NTAPI KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
    CurrentCount->QuadPart = (LONGLONG)(SimNow() / TICK_UNITS);
}

ULONG NTAPI KeQueryTimeIncrement(void)
{
    return TICK_UNITS;
}

void NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
    uint64_t End = FutexNowNs() + MicroSeconds * 1000ull;
    while (FutexNowNs() < End) {
        SpinPause();
    }
}

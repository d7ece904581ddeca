// SPDX-License-Identifier: MIT

#include "pace.h"

#include <windows.h>

#define SECOND_NS 1000000000

int64_t now_ns(void)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    int64_t seconds = now.QuadPart / frequency.QuadPart;
    int64_t rest = now.QuadPart % frequency.QuadPart;
    return seconds * SECOND_NS + rest * SECOND_NS / frequency.QuadPart;
}

// The timer of stop_wait has the highest resolution as it is; what is left is to be scheduled soon
// when it expires.
void pace_sharpen(void)
{
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
}

void pace_blunt(void)
{
    // A thread of normal priority is what Windows schedules for throughput.
}

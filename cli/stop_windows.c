// SPDX-License-Identifier: MIT

#include "stop.h"

#include "pace.h"

#include <errno.h>
#include <stdatomic.h>

#include <windows.h>

// As stop_linux.c: a second Ctrl-C so soon is the same wish once more.
#define SAME_WISH_NS 500000000
#define TIMER_UNIT_NS 100

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION // since Windows 10 1803
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x2
#endif

// The console's handler has no other way to its data.
static _Atomic bool Requested;
static struct shuttle *_Atomic Watched;
static _Atomic int64_t RequestedAtNs;
static HANDLE StopEvent; // signalled for good when a stop is requested
static HANDLE Timer;     // of the one thread that calls stop_wait

// Runs on a thread of its own. FALSE leaves it to Windows, which ends the process.
static BOOL WINAPI on_control(DWORD type)
{
    (void)type;
    if (atomic_load(&Requested)) {
        return now_ns() - atomic_load(&RequestedAtNs) <= SAME_WISH_NS;
    }
    atomic_store(&RequestedAtNs, now_ns());
    atomic_store(&Requested, true);
    SetEvent(StopEvent);
    struct shuttle *handle = atomic_load(&Watched);
    if (handle != NULL) {
        shuttle_interrupt(handle);
    }
    return TRUE;
}

int stop_install(void)
{
    StopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    Timer = CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                                   TIMER_ALL_ACCESS);
    if (StopEvent == NULL || Timer == NULL) {
        return ENOMEM;
    }
    return SetConsoleCtrlHandler(on_control, TRUE) ? 0 : EINVAL;
}

void stop_watch(struct shuttle *handle)
{
    atomic_store(&Watched, handle);
    if (handle != NULL && stop_requested()) {
        shuttle_interrupt(handle); // it came before there was a handle
    }
}

bool stop_requested(void)
{
    return atomic_load_explicit(&Requested, memory_order_relaxed);
}

void stop_wait(int64_t timeout_ns)
{
    HANDLE objects[] = {StopEvent, Timer};
    LARGE_INTEGER due = {.QuadPart = -(timeout_ns / TIMER_UNIT_NS)}; // negative: from now on
    if (SetWaitableTimer(Timer, &due, 0, NULL, NULL, FALSE)) {
        WaitForMultipleObjects(2, objects, FALSE, INFINITE);
    }
}

// SPDX-License-Identifier: MIT

// Events and semaphores. `Increment` and `Wait` have no effect: Linux schedules the threads.

#include "wait.h"

#include "exception.h"

static SIM_SLOW __attribute__((noreturn)) void NTAPI EventViolation(const KEVENT *Event)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1002, (ULONG_PTR)Event, 0, 0,
                "event %p was never initialised, or is no event.", (const void *)Event);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI SetViolation(const KEVENT *Event, KIRQL Irql)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x80, Irql, (ULONG_PTR)Event, 0,
                "KeSetEvent at IRQL %u. It needs IRQL <= DISPATCH_LEVEL.", Irql);
}

static void RequireEvent(const KEVENT *Event)
{
    if (__builtin_expect(Event->Header.Type > SIM_OBJECT_SYNCHRONIZATION_EVENT ||
                             Event->Header.Size != sizeof(*Event) / sizeof(LONG),
                         0)) {
        EventViolation(Event);
    }
}

void NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    SimDispatcherInitialize(&Event->Header, (UCHAR)Type, sizeof(*Event), State != FALSE);
}

LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment, (void)Wait;
    KIRQL Irql = SimCurrentThread()->Irql;
    if (__builtin_expect(Irql > DISPATCH_LEVEL, 0)) {
        SetViolation(Event, Irql);
    }
    RequireEvent(Event);
    SIM_WOKEN Woken = {NULL};
    SimDispatcherLock();
    LONG Before = Event->Header.SignalState;
    Event->Header.SignalState = 1;
    if (Before == 0) {
        SimDispatcherSignal(&Event->Header, &Woken);
    }
    SimDispatcherUnlock(&Woken);
    return Before;
}

LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment, (void)Wait;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireEvent(Event);
    SIM_WOKEN Woken = {NULL};
    SimDispatcherLock();
    LONG Before = Event->Header.SignalState;
    Event->Header.SignalState = 1;
    SimDispatcherSignal(&Event->Header, &Woken);
    Event->Header.SignalState = 0;
    SimDispatcherUnlock(&Woken);
    return Before;
}

LONG NTAPI KeResetEvent(PRKEVENT Event)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireEvent(Event);
    SimDispatcherLock();
    LONG Before = Event->Header.SignalState;
    Event->Header.SignalState = 0;
    SimDispatcherUnlock(NULL);
    return Before;
}

void NTAPI KeClearEvent(PRKEVENT Event)
{
    (void)KeResetEvent(Event);
}

LONG NTAPI KeReadStateEvent(PRKEVENT Event)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireEvent(Event);
    return SimDispatcherReadState(&Event->Header);
}

void NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimDispatcherInitialize(&Semaphore->Header, SIM_OBJECT_SEMAPHORE, sizeof(*Semaphore), Count);
    Semaphore->Limit = Limit;
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
                              BOOLEAN Wait)
{
    (void)Increment, (void)Wait;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_WOKEN Woken = {NULL};
    SimDispatcherLock();
    LONG Before = Semaphore->Header.SignalState;
    if (Adjustment <= 0 || Adjustment > Semaphore->Limit - Before) {
        SimDispatcherUnlock(NULL);
        SimRaiseStatus(STATUS_SEMAPHORE_LIMIT_EXCEEDED, "KeReleaseSemaphore above its limit");
    }
    Semaphore->Header.SignalState = Before + Adjustment;
    SimDispatcherSignal(&Semaphore->Header, &Woken);
    SimDispatcherUnlock(&Woken);
    return Before;
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return SimDispatcherReadState(&Semaphore->Header);
}

// SPDX-License-Identifier: MIT

// Timers: one list in order of due time, guarded by the dispatcher lock, and one thread that sleeps
// until the first is due. It signals the timer, queues its DPC and runs the DPCs of its processor.

#include "wait.h"

#include <stdio.h>

#include "futex.h"
#include "thread.h"

static LIST_ENTRY Timers = {&Timers, &Timers};
static _Atomic unsigned TimerCount; // of Timers, to be read without the lock
static _Atomic uint32_t TimerWake;  // futex: the first timer is another one
static _Atomic BOOLEAN Stopping;
static pthread_t TimerThread;

static KTIMER *TimerOf(LIST_ENTRY *Entry)
{
    return CONTAINING_RECORD(Entry, KTIMER, TimerListEntry);
}

static void TimerInsert(KTIMER *Timer)
{
    LIST_ENTRY *After = Timers.Blink;
    while (After != &Timers && TimerOf(After)->DueTime.QuadPart > Timer->DueTime.QuadPart) {
        After = After->Blink;
    }
    InsertHeadList(After, &Timer->TimerListEntry);
    Timer->Header.Inserted = TRUE;
    atomic_fetch_add_explicit(&TimerCount, 1, memory_order_relaxed);
}

static BOOLEAN TimerRemove(KTIMER *Timer)
{
    BOOLEAN Inserted = Timer->Header.Inserted;
    if (Inserted) {
        RemoveEntryList(&Timer->TimerListEntry);
        Timer->Header.Inserted = FALSE;
        atomic_fetch_sub_explicit(&TimerCount, 1, memory_order_relaxed);
    }
    return Inserted;
}

void NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    const void *Queued = SimTimerFind(Timer, sizeof(*Timer));
    if (Queued != NULL) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Queued, 0, 0,
                    "timer %p is initialised again while it is set. Cancel it first.", Queued);
    }
    *Timer = (KTIMER){0};
    SimDispatcherInitialize(&Timer->Header, (UCHAR)(SIM_OBJECT_NOTIFICATION_TIMER + Type),
                            sizeof(*Timer), 0);
}

void NTAPI KeInitializeTimer(PKTIMER Timer)
{
    KeInitializeTimerEx(Timer, NotificationTimer);
}

static void RequireTimer(const KTIMER *Timer)
{
    if ((Timer->Header.TimerType != SIM_OBJECT_NOTIFICATION_TIMER &&
         Timer->Header.TimerType != SIM_OBJECT_SYNCHRONIZATION_TIMER) ||
        Timer->Header.Size != sizeof(*Timer) / sizeof(LONG)) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Timer, 0, 0,
                    "timer %p was never initialised.", (const void *)Timer);
    }
}

BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireTimer(Timer);
    uint64_t Due = SimDueTime(DueTime.QuadPart);
    SimDispatcherLock();
    BOOLEAN WasSet = TimerRemove(Timer);
    Timer->Header.SignalState = 0;
    Timer->DueTime.QuadPart = Due;
    Timer->Period = (ULONG)Period;
    Timer->Dpc = Dpc;
    TimerInsert(Timer);
    BOOLEAN First = Timers.Flink == &Timer->TimerListEntry;
    SimDispatcherUnlock(NULL);
    if (First) {
        atomic_fetch_add(&TimerWake, 1);
        FutexWake(&TimerWake, 1);
    }
    return WasSet;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period,
                                    ULONG TolerableDelay, PKDPC Dpc)
{
    (void)TolerableDelay;
    return KeSetTimerEx(Timer, DueTime, (LONG)Period, Dpc);
}

BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireTimer(Timer);
    SimDispatcherLock();
    BOOLEAN WasSet = TimerRemove(Timer);
    SimDispatcherUnlock(NULL);
    return WasSet;
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireTimer(Timer);
    return SimDispatcherReadState(&Timer->Header) != 0;
}

// The DPC is queued before the lock is released: who then finds the timer not set knows that
// KeFlushQueuedDpcs waits for the DPC.
static void TimerExpire(KTIMER *Timer, uint64_t Now, SIM_WOKEN *Woken)
{
    (void)TimerRemove(Timer);
    Timer->Header.SignalState = 1;
    SimDispatcherSignal(&Timer->Header, Woken);
    if (Timer->Period != 0) {
        uint64_t Next = Timer->DueTime.QuadPart + Timer->Period * 10000ull;
        Timer->DueTime.QuadPart = Next > Now ? Next : Now + 1; // what was missed is not made up
        TimerInsert(Timer);
    }
    if (Timer->Dpc != NULL) {
        ULONG64 Time = Now;
        KeInsertQueueDpc(Timer->Dpc, (PVOID)(ULONG_PTR)(ULONG)Time, (PVOID)(ULONG_PTR)(Time >> 32));
    }
}

// Returns when the next timer is due.
static uint64_t TimersRun(void)
{
    SIM_WOKEN Woken = {NULL};
    uint64_t Next = UINT64_MAX;
    SimBusyEnter();
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    SimDispatcherLock();
    uint64_t Now = SimNow();
    while (!IsListEmpty(&Timers)) {
        Next = TimerOf(Timers.Flink)->DueTime.QuadPart;
        if (Next > Now) {
            break;
        }
        TimerExpire(TimerOf(Timers.Flink), Now, &Woken);
        Next = UINT64_MAX;
    }
    SimDispatcherUnlock(&Woken);
    KeLowerIrql(OldIrql);
    SimBusyLeave();
    return Next;
}

static void *TimerThreadMain(void *Context)
{
    (void)Context;
    while (!atomic_load(&Stopping)) {
        uint32_t Seen = atomic_load(&TimerWake);
        uint64_t Next = TimersRun();
        if (!atomic_load(&Stopping)) {
            FutexWaitUntil(&TimerWake, Seen, Next == UINT64_MAX ? FUTEX_NO_DEADLINE : Next * 100);
        }
    }
    return NULL;
}

BOOLEAN SimTimerIsDue(void)
{
    SimDispatcherLock();
    BOOLEAN Due = !IsListEmpty(&Timers) && TimerOf(Timers.Flink)->DueTime.QuadPart <= SimNow();
    SimDispatcherUnlock(NULL);
    return Due;
}

const void *SimTimerFind(const void *Base, size_t Length)
{
    const void *Found = NULL;
    if (atomic_load_explicit(&TimerCount, memory_order_relaxed) == 0) {
        return NULL;
    }
    SimDispatcherLock();
    for (LIST_ENTRY *Entry = Timers.Flink; Entry != &Timers && Found == NULL;
         Entry = Entry->Flink) {
        if (SimIsInside(TimerOf(Entry), Base, Length)) {
            Found = TimerOf(Entry);
        }
    }
    SimDispatcherUnlock(NULL);
    return Found;
}

void SimTimerStart(void)
{
    atomic_store(&Stopping, FALSE);
    SimThreadSpawn(&TimerThread, "nt timer", TimerThreadMain, NULL);
}

unsigned SimTimerStop(void)
{
    unsigned Left = 0;
    atomic_store(&Stopping, TRUE);
    atomic_fetch_add(&TimerWake, 1);
    FutexWake(&TimerWake, 1);
    pthread_join(TimerThread, NULL);
    SimDispatcherLock();
    while (!IsListEmpty(&Timers)) {
        KTIMER *Timer = TimerOf(Timers.Flink);
        (void)TimerRemove(Timer);
        fprintf(stderr, "ndishost: timer %p is still set\n", (void *)Timer);
        Left++;
    }
    SimDispatcherUnlock(NULL);
    return Left;
}

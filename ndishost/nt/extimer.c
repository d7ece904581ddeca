// SPDX-License-Identifier: MIT

// Timers that the system allocates: ExAllocateTimer and its relatives. A thread can wait for one:
// the KTIMER comes first. A period is whole milliseconds, rounded up, as of Windows' clock at its
// finest. Tolerance and EX_TIMER_NO_WAKE have no effect: the processor never sleeps.

#include "wait.h"

#define TAG_TIMER 0x6d547845u // "ExTm"
#define UNITS_PER_MILLISECOND 10000
#define ATTRIBUTES (EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE | EX_TIMER_NOTIFICATION)

// Freed by a work item, after its DPC has run for the last time.
struct _EX_TIMER {
    KTIMER Timer;
    KDPC Dpc;
    PEXT_CALLBACK Callback; // NULL: none
    PVOID Context;
    EXT_DELETE_PARAMETERS Delete; // it and Freed are written before IsDeleted
    PRKEVENT Freed;               // of an ExDeleteTimer that waits
    _Atomic BOOLEAN IsDeleted;    // no call but the DPC's comes any more
    _Atomic BOOLEAN IsFreeing;    // the work item is queued, or will be by who set this
    WORK_QUEUE_ITEM WorkItem;
};

static WORKER_THREAD_ROUTINE FreeAfterDpc;
static VOID NTAPI FreeAfterDpc(PVOID Parameter)
{
    PEX_TIMER Timer = Parameter;
    KeFlushQueuedDpcs();
    EXT_DELETE_PARAMETERS Delete = Timer->Delete;
    PRKEVENT Freed = Timer->Freed;
    ExFreePoolWithTag(Timer, TAG_TIMER);
    if (Delete.DeleteCallback != NULL) {
        Delete.DeleteCallback(Delete.DeleteContext);
    }
    if (Freed != NULL) {
        KeSetEvent(Freed, IO_NO_INCREMENT, FALSE);
    }
}

static KDEFERRED_ROUTINE Expired;
static VOID NTAPI Expired(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                          PVOID SystemArgument2)
{
    PEX_TIMER Timer = DeferredContext;
    (void)Dpc, (void)SystemArgument1, (void)SystemArgument2;
    if (Timer->Callback != NULL) {
        Timer->Callback(Timer, Timer->Context);
    }
    if (atomic_load(&Timer->IsDeleted)) {
        KeCancelTimer(&Timer->Timer); // it may be periodic
        if (!atomic_exchange(&Timer->IsFreeing, TRUE)) {
            ExQueueWorkItem(&Timer->WorkItem, DelayedWorkQueue);
        }
    }
}

PEX_TIMER NTAPI ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if ((Attributes & ~ATTRIBUTES) != 0) {
        return NULL;
    }
    PEX_TIMER Timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Timer), TAG_TIMER);
    if (Timer == NULL) {
        return NULL;
    }
    BOOLEAN Notification = (Attributes & EX_TIMER_NOTIFICATION) != 0;
    KeInitializeTimerEx(&Timer->Timer, Notification ? NotificationTimer : SynchronizationTimer);
    KeInitializeDpc(&Timer->Dpc, Expired, Timer);
    ExInitializeWorkItem(&Timer->WorkItem, FreeAfterDpc, Timer);
    Timer->Callback = Callback;
    Timer->Context = CallbackContext;
    return Timer;
}

static void RequireAlive(const char *Function, PEX_TIMER Timer)
{
    if (atomic_load(&Timer->IsDeleted)) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Timer, 0, 0,
                    "%s for timer %p, which has been deleted.", Function, (const void *)Timer);
    }
}

BOOLEAN NTAPI ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
                         PEXT_SET_PARAMETERS Parameters)
{
    (void)Parameters;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireAlive(__func__, Timer);
    LONGLONG Milliseconds = (Period + UNITS_PER_MILLISECOND - 1) / UNITS_PER_MILLISECOND;
    if (Period < 0 || Milliseconds > MAXLONG) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Timer, (ULONG_PTR)Period, 0,
                    "ExSetTimer with a period of %lld.", (long long)Period);
    }
    return KeSetTimerEx(&Timer->Timer, (LARGE_INTEGER){.QuadPart = DueTime}, (LONG)Milliseconds,
                        &Timer->Dpc);
}

BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters)
{
    (void)Parameters;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireAlive(__func__, Timer);
    return KeCancelTimer(&Timer->Timer);
}

// Not Cancel: the timer lives until it has expired. Wait: until it is freed.
BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
                            PEXT_DELETE_PARAMETERS Parameters)
{
    SIM_REQUIRE_MAX_IRQL(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    RequireAlive(__func__, Timer);
    if (Wait && !Cancel) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Timer, 0, 0,
                    "ExDeleteTimer of timer %p waits without cancelling it.", (const void *)Timer);
    }
    if (Parameters != NULL) {
        Timer->Delete = *Parameters;
    }
    KEVENT Freed;
    KeInitializeEvent(&Freed, NotificationEvent, FALSE);
    Timer->Freed = Wait ? &Freed : NULL;
    BOOLEAN WasSet = Cancel && KeCancelTimer(&Timer->Timer);
    SimDispatcherLock();
    BOOLEAN IsSet = Timer->Timer.Header.Inserted;
    atomic_store(&Timer->IsFreeing, !IsSet); // first: a DPC that runs now leaves it to us
    atomic_store(&Timer->IsDeleted, TRUE);
    SimDispatcherUnlock(NULL);
    if (!IsSet) {
        ExQueueWorkItem(&Timer->WorkItem, DelayedWorkQueue);
    }
    if (Wait) {
        KeWaitForSingleObject(&Freed, Executive, KernelMode, FALSE, NULL);
    }
    return WasSet;
}

#define RESOLUTION_COARSE 156250 // 1/64 s, in 100 ns
#define RESOLUTION_FINE 5000

// Linux's timers are finer than any of these.
VOID NTAPI ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime)
{
    *MaximumTime = RESOLUTION_COARSE;
    *MinimumTime = RESOLUTION_FINE;
    *CurrentTime = RESOLUTION_FINE;
}

ULONG NTAPI ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    (void)DesiredTime, (void)SetResolution;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return RESOLUTION_FINE;
}

// SPDX-License-Identifier: MIT
// Timers, work items: kernel objects with the documented NDIS form around them.

#include "adapter.h"

typedef struct TIMER_OBJECT {
    ULONG Signature;
    KTIMER Timer;
    KDPC Dpc;
    PNDIS_TIMER_FUNCTION Function;
    PVOID Context; // of the last set
    PVOID DefaultContext;
} TIMER_OBJECT;

static TIMER_OBJECT *TimerCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_TIMER) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a timer object", Function,
                 Handle);
    }
    return Handle;
}

static KDEFERRED_ROUTINE TimerFire;
static void NTAPI TimerFire(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    TIMER_OBJECT *Timer = Context;
    Timer->Function(Argument1, ReadPointerNoFence((const volatile PVOID *)&Timer->Context),
                    Argument2, NULL);
}

NDIS_STATUS NTAPI NdisAllocateTimerObject(NDIS_HANDLE NdisHandle,
                                          PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics,
                                          PNDIS_HANDLE pTimerObject)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *pTimerObject = NULL;
    if (!HeaderIsAtLeast(&TimerCharacteristics->Header, NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS,
                         NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1) ||
        TimerCharacteristics->TimerFunction == NULL) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    TIMER_OBJECT *Timer = SimNdisAllocate(sizeof(TIMER_OBJECT));
    if (Timer == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Timer->Signature = SIGNATURE_TIMER;
    Timer->Function = TimerCharacteristics->TimerFunction;
    Timer->DefaultContext = TimerCharacteristics->FunctionContext;
    KeInitializeTimerEx(&Timer->Timer, SynchronizationTimer);
    KeInitializeDpc(&Timer->Dpc, TimerFire, Timer);
    InterlockedIncrement(&SimNdis.Objects);
    *pTimerObject = Timer;
    return NDIS_STATUS_SUCCESS;
}

// Cancelled before, by the contract; its function may still run, on this processor or another, so
// its end is waited for where that is possible.
void NTAPI NdisFreeTimerObject(NDIS_HANDLE TimerObject)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    TIMER_OBJECT *Timer = TimerCheck(TimerObject, __func__);
    if (KeCancelTimer(&Timer->Timer)) {
        DbgPrint("NDIS: timer object %p is freed while it is set\n", TimerObject);
    }
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        KeFlushQueuedDpcs();
    }
    Timer->Signature = 0;
    SimNdisFree(Timer);
    InterlockedDecrement(&SimNdis.Objects);
}

BOOLEAN NTAPI NdisSetCoalescableTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime,
                                            LONG MillisecondsPeriod, PVOID FunctionContext,
                                            ULONG Tolerance)
{
    UNREFERENCED_PARAMETER(Tolerance);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    TIMER_OBJECT *Timer = TimerCheck(TimerObject, __func__);
    WritePointerNoFence((volatile PVOID *)&Timer->Context,
                        FunctionContext != NULL ? FunctionContext : Timer->DefaultContext);
    return KeSetTimerEx(&Timer->Timer, DueTime, MillisecondsPeriod, &Timer->Dpc);
}

BOOLEAN NTAPI NdisSetTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime,
                                 LONG MillisecondsPeriod, PVOID FunctionContext)
{
    return NdisSetCoalescableTimerObject(TimerObject, DueTime, MillisecondsPeriod, FunctionContext,
                                         0);
}

BOOLEAN NTAPI NdisCancelTimerObject(NDIS_HANDLE TimerObject)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return KeCancelTimer(&TimerCheck(TimerObject, __func__)->Timer);
}

// The older form, in memory of the driver.
static LARGE_INTEGER DelayOf(UINT Milliseconds)
{
    LARGE_INTEGER Due;
    Due.QuadPart = -(LONGLONG)Milliseconds * 10000;
    return Due;
}

void NTAPI NdisInitializeTimer(PNDIS_TIMER Timer, PNDIS_TIMER_FUNCTION TimerFunction,
                               PVOID FunctionContext)
{
    KeInitializeTimerEx(&Timer->Timer, SynchronizationTimer);
    // The same prototype but for the DPC's own type in front.
    KeInitializeDpc(&Timer->Dpc, (PKDEFERRED_ROUTINE)(PVOID)TimerFunction, FunctionContext);
}

void NTAPI NdisSetTimer(PNDIS_TIMER Timer, UINT MillisecondsToDelay)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    KeSetTimerEx(&Timer->Timer, DelayOf(MillisecondsToDelay), 0, &Timer->Dpc);
}

void NTAPI NdisSetTimerEx(PNDIS_TIMER NdisTimer, UINT MillisecondsToDelay, PVOID FunctionContext)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NdisTimer->Dpc.DeferredContext = FunctionContext;
    NdisSetTimer(NdisTimer, MillisecondsToDelay);
}

void NTAPI NdisSetPeriodicTimer(PNDIS_TIMER NdisTimer, UINT MillisecondsPeriod)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    KeSetTimerEx(&NdisTimer->Timer, DelayOf(MillisecondsPeriod), (LONG)MillisecondsPeriod,
                 &NdisTimer->Dpc);
}

void NTAPI NdisCancelTimer(PNDIS_TIMER Timer, PBOOLEAN TimerCancelled)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *TimerCancelled = KeCancelTimer(&Timer->Timer);
}

// A miniport timer begins with an NDIS_TIMER.
C_ASSERT(FIELD_OFFSET(NDIS_MINIPORT_TIMER, Dpc) == FIELD_OFFSET(NDIS_TIMER, Dpc));

void NTAPI NdisMInitializeTimer(PNDIS_MINIPORT_TIMER Timer, NDIS_HANDLE MiniportAdapterHandle,
                                PNDIS_TIMER_FUNCTION TimerFunction, PVOID FunctionContext)
{
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    NdisInitializeTimer((PNDIS_TIMER)Timer, TimerFunction, FunctionContext);
}

void NTAPI NdisMSetPeriodicTimer(PNDIS_MINIPORT_TIMER Timer, UINT MillisecondPeriod)
{
    NdisSetPeriodicTimer((PNDIS_TIMER)Timer, MillisecondPeriod);
}

void NTAPI NdisMCancelTimer(PNDIS_MINIPORT_TIMER Timer, PBOOLEAN TimerCancelled)
{
    NdisCancelTimer((PNDIS_TIMER)Timer, TimerCancelled);
}

typedef struct WORK_ITEM {
    ULONG Signature;
    WORK_QUEUE_ITEM Item;
    NDIS_IO_WORKITEM_ROUTINE Routine;
    PVOID Context;
} WORK_ITEM;

static WORK_ITEM *WorkItemCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_WORK_ITEM) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a work item", Function, Handle);
    }
    return Handle;
}

// The routine may free the item or queue it again: it is not looked at afterwards.
static WORKER_THREAD_ROUTINE WorkItemRun;
static void NTAPI WorkItemRun(PVOID Parameter)
{
    WORK_ITEM *Work = Parameter;
    Work->Routine(Work->Context, Work);
}

NDIS_HANDLE NTAPI NdisAllocateIoWorkItem(NDIS_HANDLE NdisObjectHandle)
{
    UNREFERENCED_PARAMETER(NdisObjectHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    WORK_ITEM *Work = SimNdisAllocate(sizeof(WORK_ITEM));
    if (Work != NULL) {
        Work->Signature = SIGNATURE_WORK_ITEM;
        InterlockedIncrement(&SimNdis.Objects);
    }
    return Work;
}

void NTAPI NdisQueueIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle, NDIS_IO_WORKITEM_ROUTINE Routine,
                               PVOID WorkItemContext)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    WORK_ITEM *Work = WorkItemCheck(NdisIoWorkItemHandle, __func__);
    Work->Routine = Routine;
    Work->Context = WorkItemContext;
    ExInitializeWorkItem(&Work->Item, WorkItemRun, Work);
    ExQueueWorkItem(&Work->Item, DelayedWorkQueue);
}

void NTAPI NdisFreeIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    WORK_ITEM *Work = WorkItemCheck(NdisIoWorkItemHandle, __func__);
    Work->Signature = 0;
    SimNdisFree(Work);
    InterlockedDecrement(&SimNdis.Objects);
}

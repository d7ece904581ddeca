// SPDX-License-Identifier: MIT

// I/O work items: the device or driver object stays while the item is queued or runs.

#include "object.h"

#define WORK_ITEM_TAG 0x69576F49u // "IoWi"

struct _IO_WORKITEM {
    WORK_QUEUE_ITEM Item;
    PVOID IoObject;
    PIO_WORKITEM_ROUTINE Routine;
    PIO_WORKITEM_ROUTINE_EX RoutineEx; // the one that is not NULL is called
    PVOID Context;
    _Atomic BOOLEAN Queued;
};

static void NTAPI IoWorkRoutine(PVOID Parameter)
{
    PIO_WORKITEM Work = Parameter;
    PVOID IoObject = Work->IoObject;
    atomic_store(&Work->Queued, FALSE); // the routine may free it or queue it again
    if (Work->RoutineEx != NULL) {
        Work->RoutineEx(IoObject, Work->Context, Work);
    } else {
        Work->Routine(IoObject, Work->Context);
    }
    SimObjectDereference(IoObject);
}

static void IoWorkQueue(PIO_WORKITEM Work, WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (atomic_exchange(&Work->Queued, TRUE)) {
        SimBugCheck(WORKER_INVALID, 1, (ULONG_PTR)Work, QueueType, 0,
                    "I/O work item %p is queued while it is queued already.", (void *)Work);
    }
    Work->Context = Context;
    SimObjectReference(Work->IoObject);
    ExQueueWorkItem(&Work->Item, QueueType);
}

void NTAPI IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
                           WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    IoWorkItem->Routine = WorkerRoutine;
    IoWorkItem->RoutineEx = NULL;
    IoWorkQueue(IoWorkItem, QueueType, Context);
}

void NTAPI IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                             WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    IoWorkItem->Routine = NULL;
    IoWorkItem->RoutineEx = WorkerRoutine;
    IoWorkQueue(IoWorkItem, QueueType, Context);
}

ULONG NTAPI IoSizeofWorkItem(void)
{
    return sizeof(struct _IO_WORKITEM);
}

void NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
    *IoWorkItem = (struct _IO_WORKITEM){.IoObject = IoObject};
    ExInitializeWorkItem(&IoWorkItem->Item, IoWorkRoutine, IoWorkItem);
}

void NTAPI IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
    if (atomic_load(&IoWorkItem->Queued)) {
        SimBugCheck(WORKER_INVALID, 2, (ULONG_PTR)IoWorkItem, (ULONG_PTR)IoWorkItem->Routine, 0,
                    "I/O work item %p is freed while it is queued.", (void *)IoWorkItem);
    }
}

PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PIO_WORKITEM Work = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(struct _IO_WORKITEM),
                                              WORK_ITEM_TAG);
    if (Work != NULL) {
        IoInitializeWorkItem(DeviceObject, Work);
    }
    return Work;
}

void NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    IoUninitializeWorkItem(IoWorkItem);
    ExFreePoolWithTag(IoWorkItem, WORK_ITEM_TAG);
}

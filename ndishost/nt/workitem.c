// SPDX-License-Identifier: MIT

// Work items: one queue, and worker threads that are added while all are busy, so that an item may
// wait for another one. Priorities are not told apart.

#include "wait.h"

#include "futex.h"
#include "thread.h"

#define WORKERS_MAX 64

static SIM_LOCK WorkLock; // guards what follows
static LIST_ENTRY Queue = {&Queue, &Queue};
static _Atomic unsigned QueuedCount; // written under the lock, read without it, too
static unsigned WorkerCount;
static unsigned IdleCount; // workers that sleep or are about to
static BOOLEAN Stopping;
static BOOLEAN Started;
static pthread_t Workers[WORKERS_MAX];

static _Atomic uint32_t WorkWake; // futex

static void WorkRun(WORK_QUEUE_ITEM *Item)
{
    PWORKER_THREAD_ROUTINE Routine = Item->WorkerRoutine;
    PVOID Parameter = Item->Parameter;
    SIM_THREAD *Thread = SimCurrentThread();
    Routine(Parameter); // the item may be gone now
    if (Thread->Irql != PASSIVE_LEVEL) {
        SimBugCheck(WORKER_THREAD_RETURNED_AT_BAD_IRQL, (ULONG_PTR)Routine, Thread->Irql,
                    (ULONG_PTR)Parameter, (ULONG_PTR)Item, "worker routine %p returned at IRQL %u.",
                    (void *)Routine, Thread->Irql);
    }
    if (!IsListEmpty(&Thread->OwnedMutants)) {
        SimBugCheck(SYSTEM_EXIT_OWNED_MUTEX, (ULONG_PTR)Routine, (ULONG_PTR)Parameter,
                    (ULONG_PTR)Item, 0, "worker routine %p returned with a mutex owned.",
                    (void *)Routine);
    }
    SimThreadCheckClean(Thread, "worker routine", (const void *)Routine);
}

static void *WorkerMain(void *Context)
{
    (void)Context;
    SimLock(&WorkLock);
    for (;;) {
        if (!IsListEmpty(&Queue)) {
            WORK_QUEUE_ITEM *Item = CONTAINING_RECORD(RemoveHeadList(&Queue), WORK_QUEUE_ITEM,
                                                      List);
            Item->List.Flink = NULL; // it may be queued again from here on
            QueuedCount--;
            SimUnlock(&WorkLock);
            WorkRun(Item);
            SimBusyLeave();
            SimLock(&WorkLock);
        } else if (Stopping) {
            SimUnlock(&WorkLock);
            return NULL;
        } else {
            uint32_t Seen = atomic_load(&WorkWake);
            IdleCount++;
            SimUnlock(&WorkLock);
            FutexWait(&WorkWake, Seen);
            SimLock(&WorkLock);
            IdleCount--;
        }
    }
}

void NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    pthread_t *New = NULL;
    SimLock(&WorkLock);
    BOOLEAN Accepted = Started && WorkItem->List.Flink == NULL;
    if (Accepted) {
        InsertTailList(&Queue, &WorkItem->List);
        QueuedCount++;
        SimBusyEnter();
        if (QueuedCount > IdleCount && WorkerCount < WORKERS_MAX) {
            New = &Workers[WorkerCount++];
        }
    }
    SimUnlock(&WorkLock);
    if (!Accepted) {
        SimBugCheck(WORKER_INVALID, Started ? 1 : 5, (ULONG_PTR)WorkItem, QueueType, 0,
                    Started ? "work item %p is queued while it is queued already, or was never "
                              "initialised."
                            : "work item %p is queued while the system does not run.",
                    (void *)WorkItem);
    }
    if (New != NULL) {
        SimThreadSpawn(New, "nt worker", WorkerMain, NULL);
    } else {
        atomic_fetch_add(&WorkWake, 1);
        FutexWake(&WorkWake, 1);
    }
}

void SimWorkStart(void)
{
    SimLock(&WorkLock);
    Stopping = FALSE;
    Started = TRUE;
    SimUnlock(&WorkLock);
}

// What is queued runs first.
unsigned SimWorkStop(void)
{
    SimLock(&WorkLock);
    Stopping = TRUE;
    SimUnlock(&WorkLock);
    atomic_fetch_add(&WorkWake, 1);
    FutexWake(&WorkWake, INT_MAX);
    for (unsigned i = 0; i < WorkerCount; i++) {
        pthread_join(Workers[i], NULL);
    }
    SimLock(&WorkLock);
    Started = FALSE;
    WorkerCount = 0;
    SimUnlock(&WorkLock);
    return 0;
}

const void *SimWorkFind(const void *Base, size_t Length)
{
    const void *Found = NULL;
    if (atomic_load_explicit(&QueuedCount, memory_order_relaxed) == 0) {
        return NULL;
    }
    SimLock(&WorkLock);
    for (LIST_ENTRY *Entry = Queue.Flink; Entry != &Queue && Found == NULL; Entry = Entry->Flink) {
        WORK_QUEUE_ITEM *Item = CONTAINING_RECORD(Entry, WORK_QUEUE_ITEM, List);
        if (SimIsInside(Item, Base, Length)) {
            Found = Item;
        }
    }
    SimUnlock(&WorkLock);
    return Found;
}

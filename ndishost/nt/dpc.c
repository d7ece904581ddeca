// SPDX-License-Identifier: MIT

// DPCs. Each processor has a queue; it is run by whoever owns the processor when it is about to go
// below DISPATCH_LEVEL, and by the processor's own thread when nobody owns it. So the DPCs of one
// processor run one after the other, at DISPATCH_LEVEL, owning the processor.

#include "processor.h"

#include <stdio.h>

#include "futex.h"
#include "thread.h"
#include "wait.h"

static pthread_t DpcThreads[SIM_PROCESSORS_MAX];
static _Atomic BOOLEAN Stopping;

static KDPC *DpcOf(SINGLE_LIST_ENTRY *Entry)
{
    return CONTAINING_RECORD(Entry, KDPC, DpcListEntry);
}

static void QueuePush(SIM_PROCESSOR *Processor, KDPC *Dpc)
{
    SINGLE_LIST_ENTRY *Entry = &Dpc->DpcListEntry;
    if (Dpc->Importance == HighImportance) {
        Entry->Next = Processor->DpcFirst;
        Processor->DpcFirst = Entry;
        if (Processor->DpcLast == NULL) {
            Processor->DpcLast = Entry;
        }
        return;
    }
    Entry->Next = NULL;
    if (Processor->DpcLast == NULL) {
        Processor->DpcFirst = Entry;
    } else {
        Processor->DpcLast->Next = Entry;
    }
    Processor->DpcLast = Entry;
}

static void QueueRemove(SIM_PROCESSOR *Processor, KDPC *Dpc)
{
    SINGLE_LIST_ENTRY *Before = NULL;
    SINGLE_LIST_ENTRY **Link = &Processor->DpcFirst;
    while (*Link != &Dpc->DpcListEntry) {
        Before = *Link;
        Link = &(*Link)->Next;
    }
    *Link = Dpc->DpcListEntry.Next;
    if (Processor->DpcLast == &Dpc->DpcListEntry) {
        Processor->DpcLast = Before;
    }
    __atomic_store_n(&Dpc->DpcData, NULL, __ATOMIC_RELEASE);
}

static void DpcCall(SIM_THREAD *Thread, const KDPC *Dpc)
{
    // The DPC borrows a thread that is in the middle of something else.
    struct SimSehFrame *Frames = Thread->SehTop;
    Thread->SehTop = NULL;
    Thread->InDpc = TRUE;
    Dpc->DeferredRoutine((PKDPC)Dpc->DpcData, Dpc->DeferredContext, Dpc->SystemArgument1,
                         Dpc->SystemArgument2);
    Thread->InDpc = FALSE;
    Thread->SehTop = Frames;
    if (Thread->Irql != DISPATCH_LEVEL) {
        SimBugCheck(IRQL_UNEXPECTED_VALUE, (ULONG_PTR)Thread->Irql << 16 | DISPATCH_LEVEL << 8, 0,
                    0, 0, "DPC routine %p returned at IRQL %u. It must return as it was called.",
                    (void *)Dpc->DeferredRoutine, Thread->Irql);
    }
    if (Thread->LocksHeld != 0) {
        SimBugCheck(SPIN_LOCK_ALREADY_OWNED, (ULONG_PTR)Thread->Held[0].Lock, 0, 0, 0,
                    "DPC routine %p returned with spin lock %p held.", (void *)Dpc->DeferredRoutine,
                    (const void *)Thread->Held[0].Lock);
    }
}

void NTAPI SimDpcDrain(SIM_THREAD *Thread, SIM_PROCESSOR *Processor)
{
    for (;;) {
        SimLock(&Processor->DpcLock);
        SINGLE_LIST_ENTRY *Entry = Processor->DpcFirst;
        if (Entry == NULL) {
            SimUnlock(&Processor->DpcLock);
            return;
        }
        // From QueueRemove on the KDPC may be queued again, or freed by its routine. DpcData is
        // left out: an insertion for another processor may look at it at this moment.
        KDPC *Dpc = DpcOf(Entry);
        KDPC Copy = {
            .DeferredRoutine = Dpc->DeferredRoutine,
            .DeferredContext = Dpc->DeferredContext,
            .SystemArgument1 = Dpc->SystemArgument1,
            .SystemArgument2 = Dpc->SystemArgument2,
            .DpcData = Dpc,
        };
        QueueRemove(Processor, Dpc);
        SimUnlock(&Processor->DpcLock);
        DpcCall(Thread, &Copy);
        atomic_fetch_sub(&Processor->DpcCount, 1);
        SimBusyLeave();
    }
}

static void DpcKick(SIM_PROCESSOR *Processor)
{
    // An owner sees DpcCount when it leaves (see ProcessorLeave).
    if (atomic_load(&Processor->Owned) == 0) {
        atomic_fetch_add(&Processor->DpcWake, 1);
        FutexWake(&Processor->DpcWake, 1);
    }
}

static void DpcInitialize(PRKDPC Dpc, UCHAR Type, PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    *Dpc = (KDPC){0};
    Dpc->Type = Type;
    Dpc->Importance = MediumImportance;
    Dpc->DeferredRoutine = Routine;
    Dpc->DeferredContext = Context;
}

void NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    DpcInitialize(Dpc, SIM_OBJECT_DPC, DeferredRoutine, DeferredContext);
}

// Runs at DISPATCH_LEVEL here, which a threaded DPC must be able to bear on Windows too.
void NTAPI KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
                                   PVOID DeferredContext)
{
    DpcInitialize(Dpc, SIM_OBJECT_THREADED_DPC, DeferredRoutine, DeferredContext);
}

BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    SIM_THREAD *Thread = SimCurrentThread();
    if (Dpc->Type != SIM_OBJECT_DPC && Dpc->Type != SIM_OBJECT_THREADED_DPC) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 1, (ULONG_PTR)Dpc, 0, 0,
                    "DPC %p is queued, but was never initialised.", (void *)Dpc);
    }
    // At DISPATCH_LEVEL the thread has a processor; a DPC for this one runs when it is left.
    KIRQL OldIrql = Thread->Irql < DISPATCH_LEVEL ? KfRaiseIrql(DISPATCH_LEVEL) : Thread->Irql;
    unsigned Number = Dpc->Number == 0 ? (unsigned)Thread->Processor : Dpc->Number - 1u;
    SIM_PROCESSOR *Processor = &SimProcessors[Number];
    PVOID NotQueued = NULL;

    SimLock(&Processor->DpcLock);
    BOOLEAN Inserted = __atomic_compare_exchange_n(&Dpc->DpcData, &NotQueued, Processor, 0,
                                                   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    if (Inserted) {
        Dpc->SystemArgument1 = SystemArgument1;
        Dpc->SystemArgument2 = SystemArgument2;
        QueuePush(Processor, Dpc);
        SimBusyEnter();
        atomic_fetch_add(&Processor->DpcCount, 1);
    }
    SimUnlock(&Processor->DpcLock);
    if (Inserted && Number != (unsigned)Thread->Processor) {
        DpcKick(Processor);
    }
    if (OldIrql < DISPATCH_LEVEL) {
        KeLowerIrql(OldIrql);
    }
    return Inserted;
}

BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
    SIM_PROCESSOR *Processor = __atomic_load_n(&Dpc->DpcData, __ATOMIC_ACQUIRE);
    if (Processor == NULL) {
        return FALSE;
    }
    SimLock(&Processor->DpcLock);
    BOOLEAN Queued = __atomic_load_n(&Dpc->DpcData, __ATOMIC_RELAXED) == Processor;
    if (Queued) {
        QueueRemove(Processor, Dpc);
        atomic_fetch_sub(&Processor->DpcCount, 1);
    }
    SimUnlock(&Processor->DpcLock);
    if (Queued) {
        SimBusyLeave();
    }
    return Queued;
}

void NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    Dpc->Importance = (UCHAR)Importance;
}

NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Reserved != 0 ||
        ProcNumber->Number >= SimProcessorCount) {
        return STATUS_INVALID_PARAMETER;
    }
    Dpc->Number = (USHORT)(ProcNumber->Number + 1);
    return STATUS_SUCCESS;
}

void NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    PROCESSOR_NUMBER Target = {.Number = (UCHAR)Number};
    if (!NT_SUCCESS(KeSetTargetProcessorDpcEx(Dpc, &Target))) {
        SimBugCheck(INVALID_AFFINITY_SET, (ULONG_PTR)Number, 0, 0, 0,
                    "KeSetTargetProcessorDpc(%d), but there are %u processors.", Number,
                    SimProcessorCount);
    }
}

LOGICAL NTAPI KeIsExecutingDpc(void)
{
    return SimCurrentThread()->InDpc;
}

typedef struct FLUSH {
    _Atomic unsigned Left;
    KEVENT Done;
    KDPC Dpcs[SIM_PROCESSORS_MAX];
} FLUSH;

static void NTAPI FlushRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    FLUSH *Flush = Context;
    (void)Dpc, (void)Argument1, (void)Argument2;
    if (atomic_fetch_sub(&Flush->Left, 1) == 1) {
        KeSetEvent(&Flush->Done, IO_NO_INCREMENT, FALSE);
    }
}

// A DPC at the end of each queue runs after all that stood before it. A processor without DPCs
// has nothing to flush: DpcCount includes the one that runs.
void NTAPI KeFlushQueuedDpcs(void)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    FLUSH Flush;
    atomic_init(&Flush.Left, 1);
    KeInitializeEvent(&Flush.Done, NotificationEvent, FALSE);
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        if (atomic_load(&SimProcessors[i].DpcCount) == 0) {
            continue;
        }
        PROCESSOR_NUMBER Target = {.Number = (UCHAR)i};
        KeInitializeDpc(&Flush.Dpcs[i], FlushRoutine, &Flush);
        (void)KeSetTargetProcessorDpcEx(&Flush.Dpcs[i], &Target);
        atomic_fetch_add(&Flush.Left, 1);
        KeInsertQueueDpc(&Flush.Dpcs[i], NULL, NULL);
    }
    if (atomic_fetch_sub(&Flush.Left, 1) != 1) {
        KeWaitForSingleObject(&Flush.Done, Executive, KernelMode, FALSE, NULL);
    }
}

static void *DpcThreadMain(void *Context)
{
    SIM_PROCESSOR *Processor = Context;
    SimCurrentThread()->Affinity = (KAFFINITY)1 << (Processor - SimProcessors);
    for (;;) {
        uint32_t Seen = atomic_load(&Processor->DpcWake);
        if (atomic_load(&Processor->DpcCount) != 0) {
            KeLowerIrql(KfRaiseIrql(DISPATCH_LEVEL)); // which runs them
        } else if (atomic_load(&Stopping)) {
            return NULL;
        } else {
            FutexWait(&Processor->DpcWake, Seen);
        }
    }
}

void SimDpcStart(void)
{
    atomic_store(&Stopping, FALSE);
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        char Name[32]; // Linux keeps 15
        snprintf(Name, sizeof(Name), "nt dpc %u", i);
        SimThreadSpawn(&DpcThreads[i], Name, DpcThreadMain, &SimProcessors[i]);
    }
}

// What is still queued runs before the threads end.
unsigned SimDpcStop(void)
{
    atomic_store(&Stopping, TRUE);
    for (unsigned i = 0; i < SimProcessorCount; i++) {
        atomic_fetch_add(&SimProcessors[i].DpcWake, 1);
        FutexWake(&SimProcessors[i].DpcWake, 1);
        pthread_join(DpcThreads[i], NULL);
    }
    return 0;
}

const void *SimDpcFind(const void *Base, size_t Length)
{
    const void *Found = NULL;
    for (unsigned i = 0; i < SimProcessorCount && Found == NULL; i++) {
        SIM_PROCESSOR *Processor = &SimProcessors[i];
        if (atomic_load(&Processor->DpcCount) == 0) {
            continue;
        }
        SimLock(&Processor->DpcLock);
        for (SINGLE_LIST_ENTRY *Entry = Processor->DpcFirst; Entry != NULL && Found == NULL;
             Entry = Entry->Next) {
            if (SimIsInside(DpcOf(Entry), Base, Length)) {
                Found = DpcOf(Entry);
            }
        }
        SimUnlock(&Processor->DpcLock);
    }
    return Found;
}

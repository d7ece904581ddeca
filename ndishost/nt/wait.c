// SPDX-License-Identifier: MIT

// Waiting for dispatcher objects. A satisfied wait is taken off every list and its objects are
// consumed by the thread that signals, under the dispatcher lock; the waiter only sleeps.

#include "wait.h"

#include "futex.h"
#include "hooks.h"

static SIM_LOCK DispatcherLock;
static LIST_ENTRY Waits = {&Waits, &Waits}; // SIM_WAIT.ListEntry
static _Atomic unsigned WaitCount;          // of Waits, to be read without the lock

void NTAPI SimDispatcherLock(void)
{
    SimLock(&DispatcherLock);
}

void NTAPI SimDispatcherUnlock(SIM_WOKEN *Woken)
{
    SimUnlock(&DispatcherLock);
    SIM_WAIT *Wait = Woken == NULL ? NULL : Woken->First;
    while (Wait != NULL) {
        SIM_WAIT *Next = Wait->NextWoken; // the wait is gone once its thread runs on
        _Atomic uint32_t *Word = &Wait->Thread->WakeWord;
        atomic_store_explicit(Word, 1, memory_order_release);
        FutexWake(Word, 1);
        Wait = Next;
    }
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI InitializeViolation(const void *Waited)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1005, (ULONG_PTR)Waited, 0, 0,
                "object %p is initialised again while a thread waits for it.", Waited);
}

void NTAPI SimDispatcherInitialize(DISPATCHER_HEADER *Header, UCHAR Type, size_t Bytes, LONG State)
{
    const void *Waited = SimWaitFind(Header, sizeof(*Header));
    if (__builtin_expect(Waited != NULL, 0)) {
        InitializeViolation(Waited);
    }
    *Header = (DISPATCHER_HEADER){0};
    Header->Type = Type;
    Header->Size = (UCHAR)(Bytes / sizeof(LONG));
    Header->SignalState = State;
    InitializeListHead(&Header->WaitListHead);
}

LONG NTAPI SimDispatcherReadState(const DISPATCHER_HEADER *Header)
{
    SimDispatcherLock();
    LONG State = Header->SignalState;
    SimDispatcherUnlock(NULL);
    return State;
}

const void *NTAPI SimWaitFind(const void *Base, size_t Length)
{
    const void *Found = NULL;
    if (atomic_load_explicit(&WaitCount, memory_order_relaxed) == 0) {
        return NULL;
    }
    SimLock(&DispatcherLock);
    for (LIST_ENTRY *Entry = Waits.Flink; Entry != &Waits && Found == NULL; Entry = Entry->Flink) {
        SIM_WAIT *Wait = CONTAINING_RECORD(Entry, SIM_WAIT, ListEntry);
        for (ULONG i = 0; i < Wait->Count && Found == NULL; i++) {
            if (SimIsInside(Wait->Blocks[i].Object, Base, Length)) {
                Found = Wait->Blocks[i].Object;
            }
        }
    }
    SimUnlock(&DispatcherLock);
    return Found;
}

static BOOLEAN IsSignalled(const DISPATCHER_HEADER *Header, const SIM_THREAD *Thread)
{
    if (Header->SignalState > 0) {
        return TRUE;
    }
    return Header->Type == SIM_OBJECT_MUTANT &&
           ((const KMUTANT *)Header)->OwnerThread == (PKTHREAD)(ULONG_PTR)Thread;
}

static void ConsumeMutant(KMUTANT *Mutant, SIM_THREAD *Thread)
{
    if (Mutant->Header.SignalState-- == 1) {
        Mutant->OwnerThread = (PKTHREAD)Thread;
        InsertTailList(&Thread->OwnedMutants, &Mutant->MutantListEntry);
        if (Mutant->ApcDisable) {
            Thread->CriticalRegions++;
        }
    }
}

static void Consume(DISPATCHER_HEADER *Header, SIM_THREAD *Thread)
{
    switch (Header->Type) {
    case SIM_OBJECT_SYNCHRONIZATION_EVENT:
    case SIM_OBJECT_SYNCHRONIZATION_TIMER:
        Header->SignalState = 0;
        break;
    case SIM_OBJECT_SEMAPHORE:
        Header->SignalState--;
        break;
    case SIM_OBJECT_MUTANT:
        ConsumeMutant((KMUTANT *)Header, Thread);
        break;
    default:
        break; // stays signalled
    }
}

// Takes what the wait needs if it is all there.
static BOOLEAN TrySatisfy(SIM_WAIT *Wait)
{
    for (ULONG i = 0; i < Wait->Count; i++) {
        BOOLEAN Signalled = IsSignalled(Wait->Blocks[i].Object, Wait->Thread);
        if (Signalled && Wait->Type == WaitAny) {
            Consume(Wait->Blocks[i].Object, Wait->Thread);
            Wait->Status = STATUS_WAIT_0 + (NTSTATUS)i;
            return TRUE;
        }
        if (!Signalled && Wait->Type == WaitAll) {
            return FALSE;
        }
    }
    if (Wait->Type == WaitAny) {
        return FALSE;
    }
    for (ULONG i = 0; i < Wait->Count; i++) {
        Consume(Wait->Blocks[i].Object, Wait->Thread);
    }
    Wait->Status = STATUS_WAIT_0;
    return TRUE;
}

static void Enqueue(SIM_WAIT *Wait)
{
    for (ULONG i = 0; i < Wait->Count; i++) {
        DISPATCHER_HEADER *Header = Wait->Blocks[i].Object;
        InsertTailList(&Header->WaitListHead, &Wait->Blocks[i].WaitListEntry);
    }
    InsertTailList(&Waits, &Wait->ListEntry);
    atomic_fetch_add_explicit(&WaitCount, 1, memory_order_relaxed);
}

static void Dequeue(SIM_WAIT *Wait)
{
    for (ULONG i = 0; i < Wait->Count; i++) {
        RemoveEntryList(&Wait->Blocks[i].WaitListEntry);
    }
    RemoveEntryList(&Wait->ListEntry);
    atomic_fetch_sub_explicit(&WaitCount, 1, memory_order_relaxed);
}

void NTAPI SimDispatcherSignal(DISPATCHER_HEADER *Header, SIM_WOKEN *Woken)
{
    LIST_ENTRY *Entry = Header->WaitListHead.Flink;
    while (Entry != &Header->WaitListHead && Header->SignalState > 0) {
        KWAIT_BLOCK *Block = CONTAINING_RECORD(Entry, KWAIT_BLOCK, WaitListEntry);
        SIM_WAIT *Wait = Block->SparePtr;
        Entry = Entry->Flink;
        if (TrySatisfy(Wait)) {
            // One wait may stand in this list more than once: begin again.
            Dequeue(Wait);
            Entry = Header->WaitListHead.Flink;
            Wait->Satisfied = TRUE;
            Wait->NextWoken = Woken->First;
            Woken->First = Wait;
        }
    }
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI
ObjectViolation(const DISPATCHER_HEADER *Header)
{
    SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1002, (ULONG_PTR)Header, 0, 0,
                "object %p is waited for or signalled, but was never initialised.",
                (const void *)Header);
}

static void CheckObject(const DISPATCHER_HEADER *Header)
{
    if (__builtin_expect(Header->Size == 0, 0)) { // SimDispatcherInitialize has set it
        ObjectViolation(Header);
    }
}

static SIM_SLOW NTSTATUS NTAPI Sleep(SIM_WAIT *Wait, const LARGE_INTEGER *Timeout)
{
    uint64_t Due = Timeout == NULL ? UINT64_MAX : SimDueTime(Timeout->QuadPart);
    _Atomic uint32_t *Word = &Wait->Thread->WakeWord;
    uint64_t DeadlineNs = Due == UINT64_MAX ? FUTEX_NO_DEADLINE : Due * 100;
    while (atomic_load_explicit(Word, memory_order_acquire) == 0) {
        if (FutexWaitUntil(Word, 0, DeadlineNs)) {
            continue;
        }
        SimDispatcherLock();
        if (!Wait->Satisfied) {
            Dequeue(Wait);
            SimDispatcherUnlock(NULL);
            return STATUS_TIMEOUT;
        }
        // Satisfied in the last moment: its waker is about to write the word.
        SimDispatcherUnlock(NULL);
        DeadlineNs = FUTEX_NO_DEADLINE;
    }
    return Wait->Status;
}

NTSTATUS NTAPI SimWait(ULONG Count, PVOID Objects[], WAIT_TYPE WaitType, PLARGE_INTEGER Timeout,
                       KWAIT_BLOCK *Blocks)
{
    SIM_WAIT Wait = {
        .Thread = SimCurrentThread(), .Type = WaitType, .Count = Count, .Blocks = Blocks};
    SIM_HOOK(Waiting, (Objects[0], Timeout));
    for (ULONG i = 0; i < Count; i++) {
        CheckObject(Objects[i]);
        Blocks[i] = (KWAIT_BLOCK){
            .WaitType = (UCHAR)WaitType, .WaitKey = (USHORT)i, .Object = Objects[i]};
        Blocks[i].SparePtr = &Wait;
    }
    SimDispatcherLock();
    if (TrySatisfy(&Wait)) {
        SimDispatcherUnlock(NULL);
        return Wait.Status;
    }
    if (Timeout != NULL && Timeout->QuadPart == 0) {
        SimDispatcherUnlock(NULL);
        return STATUS_TIMEOUT;
    }
    atomic_store_explicit(&Wait.Thread->WakeWord, 0, memory_order_relaxed);
    Enqueue(&Wait);
    SimDispatcherUnlock(NULL);
    return Sleep(&Wait, Timeout);
}

static SIM_SLOW void NTAPI CheckWaitAtDispatch(const char *Function, const void *Object,
                                               const LARGE_INTEGER *Timeout, KIRQL Irql)
{
    if (Irql > DISPATCH_LEVEL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x120, Irql, (ULONG_PTR)Object,
                    (ULONG_PTR)Timeout, "%s at IRQL %u. It needs IRQL <= DISPATCH_LEVEL.", Function,
                    Irql);
    }
    if (Timeout == NULL || Timeout->QuadPart != 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Timeout == NULL ? 0x121 : 0x122, Irql,
                    (ULONG_PTR)Object, (ULONG_PTR)Timeout,
                    "%s at DISPATCH_LEVEL would have to wait. Only a timeout of 0 is possible "
                    "there.",
                    Function);
    }
}

void NTAPI SimWaitCheckIrql(const char *Function, const void *Object, const LARGE_INTEGER *Timeout)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (__builtin_expect(Irql >= DISPATCH_LEVEL, 0)) {
        CheckWaitAtDispatch(Function, Object, Timeout, Irql);
    }
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
                                     KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                     PLARGE_INTEGER Timeout)
{
    KWAIT_BLOCK Block;
    (void)WaitReason, (void)WaitMode, (void)Alertable; // no APCs are delivered
    SimWaitCheckIrql(__func__, Object, Timeout);
    return SimWait(1, &Object, WaitAny, Timeout, &Block);
}

NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                                        KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                        PKWAIT_BLOCK WaitBlockArray)
{
    KWAIT_BLOCK Blocks[THREAD_WAIT_OBJECTS];
    (void)WaitReason, (void)WaitMode, (void)Alertable;
    SimWaitCheckIrql(__func__, Object, Timeout);
    ULONG Limit = WaitBlockArray == NULL ? THREAD_WAIT_OBJECTS : MAXIMUM_WAIT_OBJECTS;
    if (Count == 0 || Count > Limit) {
        SimBugCheck(MAXIMUM_WAIT_OBJECTS_EXCEEDED, Count, Limit, 0, 0,
                    "a wait for %u objects; at most %u without an array of wait blocks, %u with.",
                    Count, THREAD_WAIT_OBJECTS, MAXIMUM_WAIT_OBJECTS);
    }
    return SimWait(Count, Object, WaitType, Timeout,
                   WaitBlockArray == NULL ? Blocks : WaitBlockArray);
}

NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                      PLARGE_INTEGER Interval)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    KEVENT Never;
    PVOID Object = &Never;
    KWAIT_BLOCK Block;
    (void)WaitMode, (void)Alertable;
    SimDispatcherInitialize(&Never.Header, SIM_OBJECT_NOTIFICATION_EVENT, sizeof(Never), 0);
    SimWait(1, &Object, WaitAny, Interval, &Block);
    return STATUS_SUCCESS;
}

// SPDX-License-Identifier: MIT

// System threads: PsCreateSystemThread and what is said about threads by their objects.

#include "thread.h"

#include <errno.h>
#include <signal.h>

#include "futex.h"
#include "object.h"
#include "wait.h"

#define STOP_WAIT_NS 2000000000ull

static _Atomic uint32_t Running; // threads made here that have not left; futex
static _Atomic uint32_t Number;

void SimThreadCheckClean(SIM_THREAD *Thread, const char *What, const void *Routine)
{
    if (Thread->Irql != PASSIVE_LEVEL) {
        SimBugCheck(IRQL_UNEXPECTED_VALUE, (ULONG_PTR)Thread->Irql << 16, (ULONG_PTR)Routine, 0, 0,
                    "%s %p ends at IRQL %u.", What, Routine, Thread->Irql);
    }
    if (!IsListEmpty(&Thread->OwnedMutants)) {
        const KMUTANT *Mutant = CONTAINING_RECORD(Thread->OwnedMutants.Flink, KMUTANT,
                                                  MutantListEntry);
        SimBugCheck(THREAD_TERMINATE_HELD_MUTEX, (ULONG_PTR)Thread, (ULONG_PTR)Mutant, 0, 0,
                    "%s %p ends while the thread owns mutex %p.", What, Routine,
                    (const void *)Mutant);
    }
    if (Thread->CriticalRegions != 0 || Thread->GuardedRegions != 0) {
        SimBugCheck(KERNEL_APC_PENDING_DURING_EXIT, 0, (ULONG_PTR)-Thread->CriticalRegions,
                    Thread->Irql, 0,
                    "%s %p ends inside %d critical and %d guarded region(s). Each Enter needs a "
                    "Leave.",
                    What, Routine, Thread->CriticalRegions, Thread->GuardedRegions);
    }
}

static void SignalEnd(PKTHREAD Object)
{
    SIM_WOKEN Woken = {NULL};
    SimDispatcherLock();
    Object->Header.SignalState = 1;
    SimDispatcherSignal(&Object->Header, &Woken);
    SimDispatcherUnlock(&Woken);
}

// Returns when the start routine does, or from the depth of it by PsTerminateSystemThread.
static __attribute__((noinline)) void CallStartRoutine(PKTHREAD Object)
{
    jmp_buf End;
    Object->End = &End;
    if (_setjmp(End) == 0) {
        Object->StartRoutine(Object->StartContext);
    }
    Object->End = NULL;
}

static void *SystemThreadMain(void *Context)
{
    PKTHREAD Object = Context;
    SIM_THREAD *Thread = SimCurrentThread();
    Thread->IsSystem = TRUE;
    Thread->Object = Object; // with the reference that was made for the thread
    Object->Id = Thread->Id;
    CallStartRoutine(Object);
    SimThreadCheckClean(Thread, "system thread", (const void *)Object->StartRoutine);
    SimThreadTakeObject();
    SignalEnd(Object);
    SimObjectDereference(Object);
    if (atomic_fetch_sub(&Running, 1) == 1) {
        FutexWake(&Running, INT_MAX);
    }
    return NULL;
}

static int SystemThreadStart(PKTHREAD Object)
{
    pthread_attr_t Attributes;
    sigset_t Blocked;
    sigset_t Before;
    pthread_t Thread;
    int Error = pthread_attr_init(&Attributes);
    if (Error != 0) {
        return Error;
    }
    pthread_attr_setdetachstate(&Attributes, PTHREAD_CREATE_DETACHED);
    SimThreadBlockedSignals(&Blocked);
    pthread_sigmask(SIG_SETMASK, &Blocked, &Before);
    atomic_fetch_add(&Running, 1);
    Error = pthread_create(&Thread, &Attributes, SystemThreadMain, Object);
    pthread_sigmask(SIG_SETMASK, &Before, NULL);
    pthread_attr_destroy(&Attributes);
    if (Error != 0) {
        atomic_fetch_sub(&Running, 1);
    }
    return Error;
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                    PVOID StartContext)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    (void)ProcessHandle; // always in the system process
    PKTHREAD Object = SimThreadObjectCreate();
    if (Object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Object->StartRoutine = StartRoutine;
    Object->StartContext = StartContext;
    Object->System = TRUE;
    Object->ExitStatus = STATUS_SUCCESS;
    NTSTATUS Status = SimHandleCreate(
        Object, DesiredAccess,
        ObjectAttributes == NULL ? OBJ_KERNEL_HANDLE : ObjectAttributes->Attributes, ThreadHandle);
    if (!NT_SUCCESS(Status)) {
        goto DereferenceObject;
    }
    SimObjectReference(Object); // the thread's; ours keeps it alive for ClientId
    if (SystemThreadStart(Object) != 0) {
        SimObjectDereference(Object);
        Status = STATUS_INSUFFICIENT_RESOURCES;
        goto CloseHandle;
    }
    if (ClientId != NULL) {
        ClientId->UniqueProcess = (HANDLE)4;
        ClientId->UniqueThread = (HANDLE)(ULONG_PTR)(atomic_fetch_add(&Number, 4) + 8);
    }
    SimObjectDereference(Object);
    return STATUS_SUCCESS;

CloseHandle:
    ZwClose(*ThreadHandle);
DereferenceObject:
    SimObjectDereference(Object);
    return Status;
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->Object == NULL || Thread->Object->End == NULL) {
        return STATUS_INVALID_PARAMETER; // not a thread of PsCreateSystemThread
    }
    Thread->Object->ExitStatus = ExitStatus;
    Thread->SehTop = NULL; // its frames are left behind
    longjmp(*Thread->Object->End, 1);
}

PKTHREAD NTAPI KeGetCurrentThread(void)
{
    return SimThreadObject();
}

HANDLE NTAPI PsGetCurrentThreadId(void)
{
    return (HANDLE)(LONG_PTR)SimCurrentThread()->Id;
}

HANDLE NTAPI PsGetThreadId(PETHREAD Thread)
{
    return (HANDLE)(LONG_PTR)((PKTHREAD)Thread)->Id;
}

BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread)
{
    return ((PKTHREAD)Thread)->System;
}

BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread)
{
    return SimDispatcherReadState(&((PKTHREAD)Thread)->Header) != 0;
}

NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    PKTHREAD Object = (PKTHREAD)Thread;
    return SimDispatcherReadState(&Object->Header) == 0 ? STATUS_PENDING : Object->ExitStatus;
}

// Priorities are kept and have no effect.
static void RequirePriority(KPRIORITY Priority)
{
    if (Priority < 1 || Priority > HIGH_PRIORITY) {
        SimBugCheck(KERNEL_SECURITY_CHECK_FAILURE, 5, (ULONG_PTR)Priority, 0, 0,
                    "thread priority %d; 1 to %d are possible.", Priority, HIGH_PRIORITY);
    }
}

KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    RequirePriority(Priority);
    return __atomic_exchange_n(&Thread->Priority, Priority, __ATOMIC_RELAXED);
}

KPRIORITY NTAPI KeQueryPriorityThread(PKTHREAD Thread)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return __atomic_load_n(&Thread->Priority, __ATOMIC_RELAXED);
}

LONG NTAPI KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    LONG Base = LOW_REALTIME_PRIORITY / 2;
    LONG Before = __atomic_load_n(&Thread->Priority, __ATOMIC_RELAXED);
    LONG New = max(1, min(HIGH_PRIORITY, Base + Increment));
    __atomic_store_n(&Thread->Priority, New, __ATOMIC_RELAXED);
    return Before - Base;
}

// A thread that has told its end may still be on its way out; the time only bounds a hang.
unsigned SimSystemThreadsWait(void)
{
    uint64_t DeadlineNs = FutexNowNs() + STOP_WAIT_NS;
    uint32_t Left = atomic_load(&Running);
    BOOLEAN InTime = TRUE;
    while (Left != 0 && InTime) {
        InTime = FutexWaitUntil(&Running, Left, DeadlineNs);
        Left = atomic_load(&Running);
    }
    return Left;
}

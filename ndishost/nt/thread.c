// SPDX-License-Identifier: MIT

// The list of the Linux threads that have entered the system, and what each has done so far. A
// thread attaches itself by its first call and leaves when Linux ends it.

#define _GNU_SOURCE

#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "object.h"
#include "pcr.h"
#include "wait.h"

_Thread_local SIM_THREAD *SimThreadSelf __attribute__((tls_model("local-exec")));

static SIM_LOCK ListLock; // guards Threads and RetiredCounters
static SIM_THREAD *Threads;
static uint64_t RetiredCounters[SimCounterCount]; // of threads that are gone

static pthread_once_t KeyOnce = PTHREAD_ONCE_INIT;
static pthread_key_t Key; // only for its destructor

static void ThreadDetach(void *Context)
{
    SIM_THREAD *Thread = Context;
    SimThreadSelf = Thread; // other destructors of this thread may still call in
    if (Thread->Irql != PASSIVE_LEVEL) {
        SimBugCheck(IRQL_UNEXPECTED_VALUE, (ULONG_PTR)Thread->Irql << 16, 0, 0, 0,
                    "a thread ends at IRQL %u. Lower it first.", Thread->Irql);
    }
    SimLock(&ListLock);
    for (SIM_THREAD **Link = &Threads; *Link != NULL; Link = &(*Link)->NextThread) {
        if (*Link == Thread) {
            *Link = Thread->NextThread;
            break;
        }
    }
    for (int i = 0; i < SimCounterCount; i++) {
        RetiredCounters[i] += Thread->Counters[i];
    }
    SimUnlock(&ListLock);
    PKTHREAD Object = SimThreadTakeObject();
    if (Object != NULL) {
        SimObjectDereference(Object);
    }
    SimThreadSelf = NULL;
    SimPcrDestroy(Thread);
    SimSignalStackDestroy(Thread->SignalStack);
    free(Thread);
}

static void KeyCreate(void)
{
    if (pthread_key_create(&Key, ThreadDetach) != 0) {
        abort();
    }
}

SIM_THREAD *NTAPI SimThreadAttach(void)
{
    pthread_once(&KeyOnce, KeyCreate);
    SIM_THREAD *Thread = aligned_alloc(64, (sizeof(*Thread) + 63) & ~(size_t)63);
    if (Thread == NULL) {
        abort(); // nothing in the system could report it
    }
    memset(Thread, 0, sizeof(*Thread));
    Thread->Id = (int)syscall(SYS_gettid);
    InitializeListHead(&Thread->OwnedMutants);
    SimThreadSelf = Thread;
    Thread->SignalStack = SimSignalStackCreate();
    pthread_setspecific(Key, Thread);
    SimLock(&ListLock);
    Thread->Processor = Thread->Id % SIM_PROCESSORS_MAX; // spreads them; corrected at first use
    Thread->NextThread = Threads;
    Threads = Thread;
    SimUnlock(&ListLock);
    return Thread;
}

BOOLEAN SimThreadIsAttached(const SIM_THREAD *Thread)
{
    BOOLEAN Found = FALSE;
    SimLock(&ListLock);
    for (SIM_THREAD *Each = Threads; Each != NULL && !Found; Each = Each->NextThread) {
        Found = Each == Thread;
    }
    SimUnlock(&ListLock);
    return Found;
}

uint64_t SimCounterSum(SIM_COUNTER Counter)
{
    SimLock(&ListLock);
    uint64_t Sum = RetiredCounters[Counter];
    for (SIM_THREAD *Thread = Threads; Thread != NULL; Thread = Thread->NextThread) {
        Sum += __atomic_load_n(&Thread->Counters[Counter], __ATOMIC_RELAXED);
    }
    SimUnlock(&ListLock);
    return Sum;
}

void SimThreadListStart(void)
{
    SimLock(&ListLock);
    memset(RetiredCounters, 0, sizeof(RetiredCounters));
    for (SIM_THREAD *Thread = Threads; Thread != NULL; Thread = Thread->NextThread) {
        for (int i = 0; i < SimCounterCount; i++) {
            __atomic_store_n(&Thread->Counters[i], 0, __ATOMIC_RELAXED);
        }
    }
    SimUnlock(&ListLock);
}

PKTHREAD SimThreadTakeObject(void)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SimLock(&ListLock);
    PKTHREAD Object = Thread->Object;
    Thread->Object = NULL;
    SimUnlock(&ListLock);
    return Object;
}

void SimThreadDropObjects(void)
{
    (void)SimSystemThreadsWait(); // a thread that ends holds its object
    for (;;) {
        PKTHREAD Object = NULL;
        SimLock(&ListLock);
        for (SIM_THREAD *Thread = Threads; Thread != NULL && Object == NULL;
             Thread = Thread->NextThread) {
            // A system thread that still runs keeps its object: it is a leak, to be reported.
            if (Thread->Object != NULL && Thread->Object->End == NULL) {
                Object = Thread->Object;
                Thread->Object = NULL;
                SimPcrForget(Thread);
            }
        }
        SimUnlock(&ListLock);
        if (Object == NULL) {
            return;
        }
        SimObjectDereference(Object);
    }
}

PKTHREAD SimThreadObjectCreate(void)
{
    PKTHREAD Object = SimObjectCreate(&SimTypeThread, sizeof(*Object));
    if (Object != NULL) {
        SimDispatcherInitialize(&Object->Header, SIM_OBJECT_THREAD, sizeof(*Object), 0);
        Object->Priority = LOW_REALTIME_PRIORITY / 2;
    }
    return Object;
}

SIM_SLOW PKTHREAD NTAPI SimThreadObjectMake(SIM_THREAD *Thread)
{
    PKTHREAD Object = SimThreadObjectCreate();
    if (Object == NULL) {
        SimBugCheck(MEMORY_MANAGEMENT, 0, 0, 0, 0, "no memory for a thread object.");
    }
    Object->Id = Thread->Id;
    Object->System = Thread->IsSystem;
    SimLock(&ListLock);
    Thread->Object = Object;
    SimUnlock(&ListLock);
    return Object;
}

void SimThreadBlockedSignals(sigset_t *Signals)
{
    sigfillset(Signals);
    sigdelset(Signals, SIGSEGV); // faults stay with the thread that causes them
    sigdelset(Signals, SIGBUS);
    sigdelset(Signals, SIGFPE);
    sigdelset(Signals, SIGILL);
    sigdelset(Signals, SIGTRAP);
}

typedef struct SPAWN {
    char Name[16]; // all that Linux keeps; a copy, because the caller may return first
    void *(*Routine)(void *);
    void *Context;
} SPAWN;

static void *SpawnMain(void *Context)
{
    SPAWN Spawn = *(SPAWN *)Context;
    free(Context);
    pthread_setname_np(pthread_self(), Spawn.Name);
    SimCurrentThread()->IsSystem = TRUE;
    return Spawn.Routine(Spawn.Context);
}

void SimThreadSpawn(pthread_t *Thread, const char *Name, void *(*Routine)(void *), void *Context)
{
    sigset_t Blocked;
    sigset_t Before;
    int Error = ENOMEM;
    SPAWN *Spawn = malloc(sizeof(*Spawn));
    if (Spawn != NULL) {
        *Spawn = (SPAWN){.Routine = Routine, .Context = Context};
        snprintf(Spawn->Name, sizeof(Spawn->Name), "%s", Name);
        SimThreadBlockedSignals(&Blocked);
        pthread_sigmask(SIG_SETMASK, &Blocked, &Before);
        Error = pthread_create(Thread, NULL, SpawnMain, Spawn);
        pthread_sigmask(SIG_SETMASK, &Before, NULL);
    }
    if (Error != 0) {
        SimBugCheck(PHASE0_INITIALIZATION_FAILED, (ULONG_PTR)Error, 0, 0, 0,
                    "Linux refuses a thread for %s: %s", Name, strerror(Error));
    }
}

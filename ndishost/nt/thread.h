// SPDX-License-Identifier: MIT
#pragma once

// Threads, for files of nt/.

#include "sim.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

// The body of a thread object. Lives until its last reference; the thread itself holds one.
struct _KTHREAD {
    DISPATCHER_HEADER Header; // signalled when the thread has ended
    PKSTART_ROUTINE StartRoutine;
    PVOID StartContext;
    jmp_buf *End; // where PsTerminateSystemThread goes; NULL: not made by PsCreateSystemThread
    NTSTATUS ExitStatus;
    KPRIORITY Priority;
    int Id;
    BOOLEAN System;
    UCHAR IdealProcessor;
};

// The thread is one of those whose memory SIM_THREAD pointers may point to.
BOOLEAN SimThreadIsAttached(const SIM_THREAD *Thread);

// A joinable thread of the machinery, at PASSIVE_LEVEL, with the host's signals blocked.
// Bug check when Linux refuses.
void SimThreadSpawn(pthread_t *Thread, const char *Name, void *(*Routine)(void *), void *Context);

// What a thread of nt/ blocks: all but faults. Signals are for the host program's threads.
void SimThreadBlockedSignals(sigset_t *Signals);

PKTHREAD SimThreadObjectCreate(void); // NULL: no memory

// The object of the calling thread, made on demand; the thread's own reference.
SIM_SLOW PKTHREAD NTAPI SimThreadObjectMake(SIM_THREAD *Thread);
static inline PKTHREAD SimThreadObjectOf(SIM_THREAD *Thread)
{
    return __builtin_expect(Thread->Object != NULL, 1) ? Thread->Object
                                                       : SimThreadObjectMake(Thread);
}
static inline PKTHREAD SimThreadObject(void)
{
    return SimThreadObjectOf(SimCurrentThread());
}

// Takes the object from the calling thread, which gets the reference.
PKTHREAD SimThreadTakeObject(void);

// The checks on a thread that ends, or on a worker thread between two work items. `What` names the
// routine in the report.
void SimThreadCheckClean(SIM_THREAD *Thread, const char *What, const void *Routine);

void SimThreadListStart(void);       // thread.c: counters to zero
unsigned SimSystemThreadsWait(void); // returns how many still run

// seh.c
void SimFaultStart(void);
void SimFaultStop(void);
void *SimSignalStackCreate(void);
void SimSignalStackDestroy(void *Stack);

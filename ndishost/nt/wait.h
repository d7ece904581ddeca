// SPDX-License-Identifier: MIT
#pragma once

// Dispatcher objects: everything a thread can wait for begins with a DISPATCHER_HEADER. One lock
// guards the state and the wait lists of all of them.

#include "sim.h"

// DISPATCHER_HEADER.Type, as in NT
#define SIM_OBJECT_NOTIFICATION_EVENT 0
#define SIM_OBJECT_SYNCHRONIZATION_EVENT 1
#define SIM_OBJECT_MUTANT 2
#define SIM_OBJECT_SEMAPHORE 5
#define SIM_OBJECT_THREAD 6
#define SIM_OBJECT_NOTIFICATION_TIMER 8
#define SIM_OBJECT_SYNCHRONIZATION_TIMER 9
#define SIM_OBJECT_DPC 19
#define SIM_OBJECT_THREADED_DPC 24

// One thread that waits; on its stack. `Thread` is woken when its wait is satisfied; the fields are
// guarded by the dispatcher lock.
typedef struct SIM_WAIT {
    LIST_ENTRY ListEntry; // of all waits
    SIM_THREAD *Thread;
    WAIT_TYPE Type;
    ULONG Count;
    KWAIT_BLOCK *Blocks; // SparePtr of each points back here
    BOOLEAN Satisfied;
    NTSTATUS Status;
    struct SIM_WAIT *NextWoken;
} SIM_WAIT;

// Waits that were satisfied under the lock. Their threads run on only after SimDispatcherUnlock:
// the object may be gone as soon as one does.
typedef struct SIM_WOKEN {
    SIM_WAIT *First;
} SIM_WOKEN;

void NTAPI SimDispatcherLock(void);
void NTAPI SimDispatcherUnlock(SIM_WOKEN *Woken); // and wakes

// All with the dispatcher lock held.
void NTAPI SimDispatcherSignal(DISPATCHER_HEADER *Header,
                               SIM_WOKEN *Woken); // SignalState has risen
void NTAPI SimDispatcherInitialize(DISPATCHER_HEADER *Header, UCHAR Type, size_t Bytes, LONG State);

LONG NTAPI SimDispatcherReadState(const DISPATCHER_HEADER *Header); // takes the lock

// 100 ns of CLOCK_MONOTONIC at which a documented DueTime or Timeout is reached.
uint64_t SimDueTime(LONGLONG DueTime);
uint64_t SimNow(void); // the same clock

NTSTATUS NTAPI SimWait(ULONG Count, PVOID Objects[], WAIT_TYPE WaitType, PLARGE_INTEGER Timeout,
                       KWAIT_BLOCK *Blocks);
void NTAPI SimWaitCheckIrql(const char *Function, const void *Object, const LARGE_INTEGER *Timeout);

static inline BOOLEAN SimIsInside(const void *Address, const void *Base, size_t Length)
{
    return (ULONG_PTR)Address - (ULONG_PTR)Base < Length;
}

// What a thread waits for, or what is queued, in the range: the object; else NULL. Take their
// locks.
const void *NTAPI SimWaitFind(const void *Base, size_t Length);

void SimTimerStart(void);
unsigned SimTimerStop(void);
BOOLEAN SimTimerIsDue(void);
const void *SimTimerFind(const void *Base, size_t Length);

void SimWorkStart(void);
unsigned SimWorkStop(void);
const void *SimWorkFind(const void *Base, size_t Length);

const void *SimDpcFind(const void *Base, size_t Length);

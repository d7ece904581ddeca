// SPDX-License-Identifier: MIT

// Starts and stops the kernel core, and the checks that concern all of it.

#include "sim.h"

#include <stdio.h>

#include "processor.h"
#include "thread.h"
#include "wait.h"

void SimThreadStart(unsigned Processors)
{
    SimProcessorStart(max(1u, min(Processors, (unsigned)SIM_PROCESSORS_MAX)));
    SimFaultStart();
    SimThreadListStart();
    SimWorkStart();
    SimDpcStart();
    SimTimerStart();
}

// Timers first, which queue DPCs, which queue work items.
unsigned SimThreadStop(void)
{
    unsigned Left = SimSystemThreadsWait();
    if (Left != 0) {
        fprintf(stderr, "ndishost: %u system thread(s) still run\n", Left);
    }
    Left += SimTimerStop();
    Left += SimDpcStop();
    Left += SimWorkStop();
    Left += SimBusyStop();
    SimThreadDropObjects();
    SimFaultStop();
    return Left;
}

void SimCheckFreeing(const void *Base, size_t Length)
{
    const char *End = (const char *)Base + Length;
    const SIM_THREAD *Thread = SimCurrentThread();
    for (unsigned i = 0; i < Thread->HeldKnown; i++) {
        if (SimIsInside((const void *)Thread->Held[i].Lock, Base, Length)) {
            SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x100B, (ULONG_PTR)Thread->Held[i].Lock,
                        (ULONG_PTR)Thread, 0,
                        "memory is freed with spin lock %p in it, which this thread holds.",
                        (const void *)Thread->Held[i].Lock);
        }
    }
    const void *Found = SimTimerFind(Base, Length);
    if (Found != NULL) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 0, (ULONG_PTR)Found, (ULONG_PTR)Base, (ULONG_PTR)End,
                    "memory is freed with timer %p in it, which is set. Cancel it first.", Found);
    }
    Found = SimDpcFind(Base, Length);
    if (Found != NULL) {
        SimBugCheck(TIMER_OR_DPC_INVALID, 1, (ULONG_PTR)Found, (ULONG_PTR)Base, (ULONG_PTR)End,
                    "memory is freed with DPC %p in it, which is queued.", Found);
    }
    Found = SimWorkFind(Base, Length);
    if (Found != NULL) {
        SimBugCheck(WORKER_INVALID, 0, (ULONG_PTR)Found, (ULONG_PTR)Base, (ULONG_PTR)End,
                    "memory is freed with work item %p in it, which is queued.", Found);
    }
    Found = SimWaitFind(Base, Length);
    if (Found != NULL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x100B, (ULONG_PTR)Found, 0, 0,
                    "memory is freed with object %p in it, for which a thread waits.", Found);
    }
}

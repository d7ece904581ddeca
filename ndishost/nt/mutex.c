// SPDX-License-Identifier: MIT

// KMUTEX: recursive, owned by a thread, and its owner is in a critical region. OwnerThread holds
// the owner's SIM_THREAD.

#include "wait.h"

#include "exception.h"

static void MutantInitialize(PRKMUTANT Mutant, BOOLEAN ApcDisable)
{
    SimDispatcherInitialize(&Mutant->Header, SIM_OBJECT_MUTANT, sizeof(*Mutant), 1);
    Mutant->OwnerThread = NULL;
    Mutant->MutantFlags = 0;
    Mutant->ApcDisable = ApcDisable;
}

void NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    (void)Level;
    MutantInitialize(Mutex, TRUE);
}

LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    (void)Wait;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_WOKEN Woken = {NULL};
    SimDispatcherLock();
    if (Mutex->OwnerThread != (PKTHREAD)Thread) {
        SimDispatcherUnlock(NULL);
        SimRaiseStatus(STATUS_MUTANT_NOT_OWNED, "KeReleaseMutex by a thread that does not own it");
    }
    LONG Before = Mutex->Header.SignalState;
    Mutex->Header.SignalState = Before + 1;
    if (Before == 0) {
        Mutex->OwnerThread = NULL;
        RemoveEntryList(&Mutex->MutantListEntry);
        if (Mutex->ApcDisable) {
            Thread->CriticalRegions--;
        }
        SimDispatcherSignal(&Mutex->Header, &Woken);
    }
    SimDispatcherUnlock(&Woken);
    return Before;
}

LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimDispatcherReadState(&Mutex->Header);
}

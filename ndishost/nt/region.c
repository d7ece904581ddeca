// SPDX-License-Identifier: MIT

// Critical and guarded regions. No APCs are delivered here; the regions are counted, because locks
// that need one must be able to say so.

#include "sim.h"

static void RequireApcLevel(ULONG_PTR Rule, const char *Function)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql > APC_LEVEL) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Irql, 0, 0,
                    "%s at IRQL %u. It needs IRQL <= APC_LEVEL.", Function, Irql);
    }
}

void NTAPI KeEnterCriticalRegion(void)
{
    RequireApcLevel(0x11A, __func__);
    SimCurrentThread()->CriticalRegions++;
}

void NTAPI KeLeaveCriticalRegion(void)
{
    RequireApcLevel(0x11B, __func__);
    SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->CriticalRegions == 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x3E, 0, 0, 0,
                    "KeLeaveCriticalRegion by a thread that is in no critical region.");
    }
    Thread->CriticalRegions--;
}

void NTAPI KeEnterGuardedRegion(void)
{
    RequireApcLevel(0x11A, __func__);
    SimCurrentThread()->GuardedRegions++;
}

void NTAPI KeLeaveGuardedRegion(void)
{
    RequireApcLevel(0x11B, __func__);
    SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->GuardedRegions == 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x3E, 0, 0, 0,
                    "KeLeaveGuardedRegion by a thread that is in no guarded region.");
    }
    Thread->GuardedRegions--;
}

BOOLEAN NTAPI KeAreApcsDisabled(void)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    return Thread->CriticalRegions != 0 || Thread->GuardedRegions != 0 || Thread->Irql >= APC_LEVEL;
}

BOOLEAN NTAPI KeAreAllApcsDisabled(void)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    return Thread->GuardedRegions != 0 || Thread->Irql >= APC_LEVEL;
}

// SPDX-License-Identifier: MIT
// A miniport that has MiniportCheckForHangEx is asked on its period, and reset when it says so.

#include "adapter.h"

#define HANG_SECONDS_DEFAULT 2

static WORKER_THREAD_ROUTINE HangCheck;
static void NTAPI HangCheck(PVOID Context)
{
    ADAPTER *Adapter = Context;
    InterlockedExchange(&Adapter->HangQueued, 0);
    SimAdapterLockTransition(Adapter, __func__);
    if (Adapter->State != AdapterHalted && Adapter->Power == PowerDeviceD0 &&
        Adapter->Driver->Characteristics.CheckForHangHandlerEx(Adapter->Context)) {
        SimAdapterReset(Adapter);
    }
    SimAdapterUnlockTransition(Adapter);
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

static KDEFERRED_ROUTINE HangDpc;
static void NTAPI HangDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ADAPTER *Adapter = Context;
    if (InterlockedExchange(&Adapter->HangQueued, 1) == 0) {
        SimDrainEnter(&Adapter->Oids.Workers, 1);
        ExInitializeWorkItem(&Adapter->HangWork, HangCheck, Adapter);
        ExQueueWorkItem(&Adapter->HangWork, DelayedWorkQueue);
    }
}

void SimHangStart(ADAPTER *Adapter)
{
    if (Adapter->Driver->Characteristics.CheckForHangHandlerEx == NULL) {
        return;
    }
    ULONG Seconds = Adapter->HangSeconds == 0 ? HANG_SECONDS_DEFAULT : Adapter->HangSeconds;
    LARGE_INTEGER Due = {.QuadPart = -(LONGLONG)Seconds * 10000000};
    KeInitializeDpc(&Adapter->HangDpc, HangDpc, Adapter);
    KeSetTimerEx(&Adapter->HangTimer, Due, (LONG)Seconds * 1000, &Adapter->HangDpc);
}

void SimHangStop(ADAPTER *Adapter)
{
    if (Adapter->Driver->Characteristics.CheckForHangHandlerEx != NULL) {
        KeCancelTimer(&Adapter->HangTimer);
        KeFlushQueuedDpcs();
    }
}

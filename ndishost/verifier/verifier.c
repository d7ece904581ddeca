// SPDX-License-Identifier: MIT

#include "verifier.h"

#include "../ndis/control.h"
#include "../nt/hooks.h"
#include "explain.h"
#include "life.h"

static void NTAPI Sending(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                          ULONG SendFlags)
{
    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(SendFlags);
    LifeSending(Binding, Nbls);
}

static BOOLEAN NTAPI SendCompleting(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Nbls);
    UNREFERENCED_PARAMETER(CompleteFlags);
    return FALSE;
}

static const SIM_NDIS_HOOKS NdisHooks = {
    .Sending = Sending,
    .SendCompleting = SendCompleting,
    .Indicating = LifeIndicating,
    .Indicated = LifeIndicated,
    .Returning = LifeReturning,
    .Closed = LifeClosed,
    .OidRequesting = LifeOidRequesting,
    .OidCompleted = LifeOidCompleted,
    .OidRequested = LifeOidRequested,
    .PnpEventCalling = LifePnpEventCalling,
    .PnpEventReturned = LifePnpEventReturned,
    .PnpEventCompleting = LifePnpEventCompleting,
    .OpenRefused = LifeOpenRefused,
    .Opening = LifeOpening,
    .OpenReturned = LifeOpenReturned,
    .HandleMisused = LifeHandleMisused,
    .CallbackBegins = LifeCallbackBegins,
    .CallbackEnds = LifeCallbackEnds,
};

static const SIM_NT_HOOKS NtHooks = {
    .PoolFreeing = LifePoolFreeing,
    .Dispatched = LifeDispatched,
    .LockInitialized = LifeLockInitialized,
    .LockTaken = LifeLockTaken,
    .LockRecursing = LifeLockRecursing,
    .Waiting = LifeWaiting,
};

NTSTATUS SimVerifierStart(SIM_VERIFIER_LEVEL Level, ULONG64 Seed)
{
    UNREFERENCED_PARAMETER(Seed);
    SimBugCheckExplain = SimExplainBugCheck;
    if (Level != SimVerifierOff) {
        SimNdisHooks = &NdisHooks;
        SimNtHooks = &NtHooks;
    }
    return STATUS_SUCCESS;
}

ULONG SimVerifierStop(void)
{
    SimNdisHooks = NULL;
    SimNtHooks = NULL;
    SimBugCheckExplain = NULL;
    LifeStop();
    return 0;
}

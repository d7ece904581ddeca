// SPDX-License-Identifier: MIT

// The two hook tables, and who is asked in which order. Every function here is the first frame that
// the system calls: HOOK_FRAME is taken here, so that the histories begin with the driver.

#include "verifier.h"

#include "completion.h"
#include "explain.h"
#include "flight.h"
#include "history.h"
#include "life.h"
#include "mdl_shadow.h"
#include "poison.h"
#include "pool_check.h"
#include "send_check.h"
#include "slist_check.h"
#include "strict.h"

static void NTAPI OnPoolFreeing(NDIS_HANDLE Pool)
{
    PoolCheckFreeing(Pool, HOOK_FRAME);
}

static void NTAPI OnNblAllocated(NET_BUFFER_LIST *Nbl)
{
    PoolNblAllocated(Nbl, HOOK_FRAME);
    StrictAllocated(Nbl);
}

static void NTAPI OnNblFreeing(NET_BUFFER_LIST *Nbl)
{
    PoolNblFreeing(Nbl, HOOK_FRAME);
}

static void NTAPI OnNbAllocated(NET_BUFFER *Nb)
{
    PoolNbAllocated(Nb, HOOK_FRAME);
    StrictAllocated(Nb);
}

static void NTAPI OnNbFreeing(NET_BUFFER *Nb)
{
    PoolNbFreeing(Nb, HOOK_FRAME);
}

static void NTAPI OnInfoCopied(NET_BUFFER_LIST *To)
{
    PoolInfoCopied(To);
}

static void NTAPI OnContextAllocated(NET_BUFFER_LIST *Nbl, USHORT Bytes)
{
    PoolContextAllocated(Nbl, Bytes, HOOK_FRAME);
}

static void NTAPI OnContextFreeing(NET_BUFFER_LIST *Nbl, USHORT Bytes)
{
    PoolContextFreeing(Nbl, Bytes, HOOK_FRAME);
}

static void NTAPI OnRetreating(NET_BUFFER *Nb, ULONG Bytes)
{
    PoolDataStartMoving(Nb, Bytes, HOOK_FRAME);
}

static void NTAPI OnAdvancing(NET_BUFFER *Nb, ULONG Bytes)
{
    PoolDataStartMoving(Nb, -(int64_t)Bytes, HOOK_FRAME);
}

static void NTAPI OnSending(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                            ULONG SendFlags)
{
    UNREFERENCED_PARAMETER(Port);
    SendCheck(Binding, Nbls, SendFlags, HOOK_FRAME);
    LifeSending(Binding, Nbls);
    if (StrictOn) {
        StrictSent(Nbls);
    }
}

static BOOLEAN NTAPI OnSendCompleting(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls,
                                      ULONG CompleteFlags)
{
    if (StrictOn) {
        return StrictSendCompleting(Binding, Nbls, CompleteFlags, HOOK_FRAME);
    }
    CompletionCheck(Binding, Nbls, HOOK_FRAME);
    return FALSE;
}

static void NTAPI OnCancelSending(NDIS_HANDLE Binding, PVOID CancelId)
{
    SlotCancelled(Binding, CancelId);
}

static void NTAPI OnClosed(NDIS_HANDLE Binding)
{
    SendCheckBindingClosed(Binding);
    LifeClosed(Binding);
}

static const SIM_NDIS_HOOKS NdisHooks = {
    .PoolFreeing = OnPoolFreeing,
    .NblAllocated = OnNblAllocated,
    .NblFreeing = OnNblFreeing,
    .NbAllocated = OnNbAllocated,
    .NbFreeing = OnNbFreeing,
    .InfoCopied = OnInfoCopied,
    .ContextAllocated = OnContextAllocated,
    .ContextFreeing = OnContextFreeing,
    .Retreating = OnRetreating,
    .Advancing = OnAdvancing,
    .Sending = OnSending,
    .SendCompleting = OnSendCompleting,
    .CancelSending = OnCancelSending,
    .Indicating = LifeIndicating,
    .Indicated = LifeIndicated,
    .Returning = LifeReturning,
    .OpenRefused = LifeOpenRefused,
    .Opening = LifeOpening,
    .OpenReturned = LifeOpenReturned,
    .Closed = OnClosed,
    .OidRequesting = LifeOidRequesting,
    .OidRequested = LifeOidRequested,
    .OidCompleted = LifeOidCompleted,
    .PnpEventCalling = LifePnpEventCalling,
    .PnpEventReturned = LifePnpEventReturned,
    .PnpEventCompleting = LifePnpEventCompleting,
    .HandleMisused = LifeHandleMisused,
    .CallbackBegins = LifeCallbackBegins,
    .CallbackEnds = LifeCallbackEnds,
};

static void NTAPI OnMemoryFreeing(void *Address, SIZE_T Bytes, void *Caller)
{
    MdlMemoryFreeing(Address, Bytes, HOOK_FRAME);
    if (StrictOn) {
        StrictMemoryFreeing(Address, Bytes); // the other one reads NBs, which may be parked
    } else {
        FlightMemoryFreeing(Address, Bytes, Caller);
    }
    LifePoolFreeing(Address, Bytes, Caller);
}

// Each returns when the address is none of its own.
static void NTAPI OnFault(const void *Address, BOOLEAN Write, void *Instruction)
{
    PoisonFault(Address, Write, Instruction);
    StrictFault(Address, Write);
}

static const SIM_NT_HOOKS NtHooks = {
    .MdlAllocated = MdlAllocated,
    .MdlFreeing = MdlFreeing,
    .MdlBuilding = MdlBuilding,
    .MdlLocked = MdlLocked,
    .MdlUnlocking = MdlUnlocking,
    .MdlMapped = MdlMapped,
    .MdlReleased = MdlReleased,
    .PoolFreeing = OnMemoryFreeing,
    .SListPushing = SListCheckPushing,
    .IrpCompleting = MdlIrpCompleting,
    .Dispatched = LifeDispatched,
    .LockInitialized = LifeLockInitialized,
    .LockTaken = LifeLockTaken,
    .LockRecursing = LifeLockRecursing,
    .Waiting = LifeWaiting,
    .Fault = OnFault,
};

NTSTATUS SimVerifierStart(SIM_VERIFIER_LEVEL Level, ULONG64 Seed)
{
    SimBugCheckExplain = SimExplainBugCheck;
    if (Level == SimVerifierOff) {
        return STATUS_SUCCESS;
    }
    NTSTATUS Status = PoisonStart();
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    HistoryStart();
    ShadowStart(Seed);
    SimNdisHooks = &NdisHooks;
    SimNtHooks = &NtHooks;
    return Level == SimVerifierStrict ? StrictStart(Seed) : STATUS_SUCCESS;
}

ULONG SimVerifierStop(void)
{
    SimBugCheckExplain = NULL;
    if (SimNtHooks != &NtHooks) {
        return 0;
    }
    StrictStop();
    SimNdisHooks = NULL;
    SimNtHooks = NULL;
    LifeStop();
    SlotStop();
    FlightStop();
    MdlShadowStop();
    SListCheckStop();
    ShadowStop();
    PoisonStop();
    return 0;
}

// SPDX-License-Identifier: MIT
#pragma once

// The driver's end of one adapter. NDIS binds, pauses, restarts, suspends and unbinds it, one event
// at a time; clients send through it and hold references.
//
// A reference keeps this structure and its counters, not the adapter: after unbind the NDIS handle
// and the pool are gone, and what is left answers REMOVED until the last client closes. If the same
// adapter comes back, it gets a new BINDING.

#include <ndis.h>
#include <shuttle/ioctl.h>

#include "nbl_pool.h"
#include "oid.h"
#include "settings.h"
#include "statistics.h"
#include "wait.h"

// The low byte of State, as in the NDIS documentation's table of binding states (contract 6.2).
typedef enum BINDING_PHASE {
    BindingPaused = 1,
    BindingRestarting,
    BindingRunning,
    BindingPausing,
    BindingClosed,
} BINDING_PHASE;

#define BINDING_PHASE_MASK 0xFF
#define BINDING_ASLEEP 0x100    // between the two NetEventSetPower (contract BND-63)
#define BINDING_RESETTING 0x200 // between RESET_START and RESET_END (contract SND-13)

typedef struct BINDING {
    LIST_ENTRY Link; // in the list of bindings, until unbind
    volatile LONG
        References; // 1 for the list, 1 for each client, 1 for each WAIT_SEND being queued

    // BINDING_PHASE and the flags above. Sends are allowed when it equals BindingRunning.
    volatile LONG State;

    // Entered by each frame on its way down and left when it has completed: closed (rundown) from
    // Pausing to Restarting. Whoever is inside may use NdisHandle, Pool and MaximumFrameSize.
    PEX_RUNDOWN_REF_CACHE_AWARE SendGate;
    NDIS_HANDLE NdisHandle;
    NBL_POOL *Pool;
    ULONG MaximumFrameSize; // bytes, Ethernet header included; changed inside Restarting under Lock
    SETTINGS Settings;      // as they were at bind
    WAIT_QUEUE Waits;       // WAIT_SEND requests
    STATISTICS Statistics;

    KSPIN_LOCK Lock; // guards the present properties, which anybody may query
    ULONG InterfaceIndex;
    ULONG64 LinkSpeed;
    BOOLEAN LinkUp;
    UCHAR Address[6];
    ULONG SlotBytes;
    ULONG64 NblsAllocated;

    ULONG Handles;     // clients that have it open; guarded by the list's lock
    BOOLEAN Exclusive; // the one client allows no other; likewise

    // Of NDIS's own calls, which come one at a time.
    NDIS_HANDLE ProtocolHandle;
    NDIS_OPEN_PARAMETERS OpenParameters; // here, not on the stack: open may pend (contract BND-24)
    NDIS_MEDIUM Medium;
    UINT MediumIndex;
    KEVENT OpenOrCloseDone;
    NDIS_STATUS OpenStatus;
    OID_CALL Oid;
    ULONG DataBackFillBytes;
    ULONG ContextBackFillBytes;
    ULONG MtuBytes; // without header; used when the adapter does not answer the OID

    UNICODE_STRING Name;
    UNICODE_STRING UpcasedName; // compared instead of Name: no table of letters is needed then
    WCHAR NameBuffer[SHUTTLE_MAX_NAME];
    WCHAR UpcasedBuffer[SHUTTLE_MAX_NAME];
} BINDING;

VOID BindingStart(VOID);

// ---- for protocol.c: bind.c

_IRQL_requires_(PASSIVE_LEVEL) NDIS_STATUS
    BindingBind(NDIS_HANDLE ProtocolHandle, NDIS_HANDLE BindContext,
                const NDIS_BIND_PARAMETERS *Parameters);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingUnbind(BINDING *Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingOpenDone(BINDING *Binding, NDIS_STATUS Status);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingCloseDone(BINDING *Binding);

// Returns when every frame has come back (contract BND-50).
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingPause(BINDING *Binding);
// NULL: nothing changed. On failure the binding stays paused.
_IRQL_requires_(PASSIVE_LEVEL) NDIS_STATUS
    BindingRestart(BINDING *Binding, _In_opt_ const NDIS_PROTOCOL_RESTART_PARAMETERS *Parameters);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID BindingSetFlag(BINDING *Binding, LONG Flag);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID BindingClearFlag(BINDING *Binding, LONG Flag);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    BindingSetLink(BINDING *Binding, const NDIS_LINK_STATE *Link);

// ---- for bind.c

_IRQL_requires_(PASSIVE_LEVEL) VOID BindingInsert(BINDING *Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingRemove(BINDING *Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingSetPhase(BINDING *Binding, BINDING_PHASE Phase);

// ---- for clients

// With a reference and a share, to be ended by BindingRelease and BindingUnshare.
// STATUS_NO_SUCH_DEVICE, STATUS_SHARING_VIOLATION.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    BindingShareByName(PCUNICODE_STRING Name, BOOLEAN Exclusive, BINDING **Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingUnshare(BINDING *Binding);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID BindingReference(BINDING *Binding);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID BindingRelease(BINDING *Binding);

_IRQL_requires_max_(DISPATCH_LEVEL) VOID BindingQuery(BINDING *Binding, SHUTTLE_ADAPTER *Adapter);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    BindingQueryStatistics(BINDING *Binding, SHUTTLE_STATISTICS *Statistics);
// Fills `List` with as many as `Capacity`.
_IRQL_requires_(PASSIVE_LEVEL) VOID BindingList(SHUTTLE_ADAPTER_LIST *List, ULONG Capacity);

// ---- the gate of the send path: every frame goes through it twice, so it is inline

_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BOOLEAN BindingIsClosed(const BINDING *Binding)
{
    return (ReadAcquire(&Binding->State) & BINDING_PHASE_MASK) == BindingClosed;
}

_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID
    BindingLeaveSend(BINDING *Binding, ULONG Frames)
{
    ExReleaseRundownProtectionCacheAwareEx(Binding->SendGate, Frames);
}

// STATUS_SUCCESS: inside. NDIS_STATUS_PAUSED or STATUS_DEVICE_REMOVED: not.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS BindingEnterSend(BINDING *Binding)
{
    if (ExAcquireRundownProtectionCacheAware(Binding->SendGate)) {
        if (ReadAcquire(&Binding->State) == BindingRunning) {
            return STATUS_SUCCESS;
        }
        // Asleep or resetting: NDIS wants no new send, and pauses the binding when it likes. A send
        // that passed here just before is drained by that pause.
        BindingLeaveSend(Binding, 1);
    }
    return BindingIsClosed(Binding) ? STATUS_DEVICE_REMOVED : (NTSTATUS)NDIS_STATUS_PAUSED;
}

// To be called after each change that may end a wait: a slot was given back, the binding runs, it
// was closed. The caller holds a reference, or is inside the gate.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WaitWake(BINDING *Binding)
{
    LONG Count;

    KeMemoryBarrier(); // see wait.c
    Count = ReadNoFence(&Binding->Waits.Count);
    if (Count != 0) {
        WaitWakeAll(Binding, Count);
    }
}

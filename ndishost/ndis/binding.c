// SPDX-License-Identifier: MIT
// Bind, unbind, pause and restart of one protocol on one adapter, and the events to it.

#include "adapter.h"

#define DEAD_BINDINGS_KEPT 8

const char *NTAPI SimBindingStateName(BINDING_STATE State)
{
    static const char *const Names[] = {"Unbound",    "Opening", "Closing", "Paused",
                                        "Restarting", "Running", "Pausing"};
    return Names[State];
}

// For a verifier: after NdisUnbindAdapter the handle is dead until NDIS asks to unbind.
static void NTAPI MisuseCheck(BINDING *Binding, const char *Function)
{
    BOOLEAN IsLeaving = ReadNoFence(&Binding->UnbindRequested) != 0 &&
                        SimBindingState(Binding) != BindingClosing;
    if (Binding->HandleIsDead || IsLeaving) {
        NDIS_HOOK(HandleMisused, (Binding, Function, Binding->HandleIsDead));
    }
}

void NTAPI SimBindingCheckSlow(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_BINDING) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, SIGNATURE_BINDING, 0,
                 "%s: %p is not a binding handle", Function, Handle);
    }
    if (SimNdisHooks != NULL) {
        MisuseCheck(Handle, Function);
    }
}

PVOID *NTAPI SimNdisBindingCell(NDIS_HANDLE Binding)
{
    return &((BINDING *)Binding)->Verifier;
}

// Live, refused or disabled; not one that is only remembered.
BINDING *SimBindingFind(ADAPTER *Adapter, PROTOCOL *Protocol)
{
    for (LIST_ENTRY *Entry = Adapter->Bindings.Flink; Entry != &Adapter->Bindings;
         Entry = Entry->Flink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);
        if (Binding->Protocol == Protocol) {
            return Binding;
        }
    }
    return NULL;
}

void SimBindingForget(BINDING *Binding)
{
    if (Binding == NULL) {
        return;
    }
    if (Binding->Link.Flink != NULL) {
        RemoveEntryList(&Binding->Link);
    }
    SimBindingDelist(Binding);
    Binding->Signature = 0;
    SimDrainDestroy(&Binding->Sends);
    SimDrainDestroy(&Binding->Received);
    SimDrainDestroy(&Binding->Requests);
    SimNdisStringFree(&Binding->ProtocolSection);
    SimNdisFree(Binding->Multicast);
    SimNdisFree(Binding);
}

// The handle is dead, the memory stays for a while to recognise its use by.
static void BindingRetire(BINDING *Binding)
{
    ADAPTER *Adapter = Binding->Adapter;
    Binding->Protocol = NULL;
    ULONG Dead = 0;
    BINDING *Oldest = NULL;
    for (LIST_ENTRY *Entry = Adapter->Bindings.Blink; Entry != &Adapter->Bindings;
         Entry = Entry->Blink) {
        BINDING *Other = CONTAINING_RECORD(Entry, BINDING, Link);
        if (Other->Protocol == NULL) {
            Dead++;
            Oldest = Other;
        }
    }
    if (Dead > DEAD_BINDINGS_KEPT) {
        SimBindingForget(Oldest);
    }
}

static BINDING *BindingMake(ADAPTER *Adapter, PROTOCOL *Protocol)
{
    BINDING *Binding = SimNdisAllocate(sizeof(BINDING));
    if (Binding == NULL) {
        return NULL;
    }
    Binding->Signature = SIGNATURE_BINDING;
    Binding->Bind.Signature = SIGNATURE_BIND_CONTEXT;
    Binding->Unbind.Signature = SIGNATURE_UNBIND_CONTEXT;
    Binding->Adapter = Adapter;
    Binding->Protocol = Protocol;
    Binding->SendComplete = Protocol->Characteristics.SendNetBufferListsCompleteHandler;
    if (!NT_SUCCESS(SimDrainCreate(&Binding->Sends)) ||
        !NT_SUCCESS(SimDrainCreate(&Binding->Received)) ||
        !NT_SUCCESS(SimDrainCreate(&Binding->Requests)) ||
        !NT_SUCCESS(SimBindParametersFill(Binding))) {
        SimBindingForget(Binding);
        return NULL;
    }
    InsertTailList(&Adapter->Bindings, &Binding->Link);
    SimBindingEnlist(Binding);
    return Binding;
}

static void BindingRefused(BINDING *Binding, NDIS_STATUS Status)
{
    if (Binding->Open) {
        BugCheck(NDIS_BUG_CLOSE_STATE, Binding, Status, 0,
                 "protocol %wZ failed its bind with 0x%08x and did not close the adapter",
                 &Binding->Protocol->Name, (unsigned)Status);
    }
    SimBindingSetState(Binding, BindingUnbound);
    Binding->Refused = TRUE;
}

void SimBindingBind(ADAPTER *Adapter, PROTOCOL *Protocol)
{
    BINDING *Binding = BindingMake(Adapter, Protocol);
    if (Binding == NULL) {
        DbgPrint("NDIS: no memory to bind %wZ to %wZ\n", &Protocol->Name, &Adapter->Name);
        return;
    }
    SimBindingSetState(Binding, BindingOpening);
    SimCompletionBegin(&Binding->Bind);
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackBind, 0));
    NDIS_STATUS Status = Protocol->Characteristics.BindAdapterHandlerEx(
        Protocol->Context, &Binding->Bind, &Binding->Parameters);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackBind));
    Status = SimCompletionEnd(&Binding->Bind, Status);
    if (Status != NDIS_STATUS_SUCCESS) {
        BindingRefused(Binding, Status);
        return;
    }
    if (!Binding->Open) {
        BugCheck(NDIS_BUG_OPENED_WRONGLY, Binding, 0, 0,
                 "protocol %wZ says that it is bound but has not opened the adapter",
                 &Protocol->Name);
    }
    if (Adapter->State == AdapterRunning) {
        SimBindingRestart(Binding, NULL);
    }
}

void NTAPI NdisCompleteBindAdapterEx(NDIS_HANDLE BindAdapterContext, NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (HandleSignature(BindAdapterContext) != SIGNATURE_BIND_CONTEXT) {
        BugCheck(NDIS_BUG_BAD_HANDLE, BindAdapterContext, SIGNATURE_BIND_CONTEXT, 0,
                 "NdisCompleteBindAdapterEx: %p is not a BindContext", BindAdapterContext);
    }
    SimCompletionSet(BindAdapterContext, Status, __func__, BindAdapterContext);
}

// Paused first; a protocol can't refuse. Any status but PENDING counts as success.
void SimBindingUnbind(BINDING *Binding)
{
    SimBindingPause(Binding, NDIS_PAUSE_UNBIND_PROTOCOL);
    SimBindingSetState(Binding, BindingClosing);
    SimCompletionBegin(&Binding->Unbind);
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackUnbind, 0));
    NDIS_STATUS Status = Binding->Protocol->Characteristics.UnbindAdapterHandlerEx(
        &Binding->Unbind, Binding->Context);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackUnbind));
    SimCompletionEnd(&Binding->Unbind, Status);
    if (Binding->Open) {
        BugCheck(NDIS_BUG_CLOSE_STATE, Binding, 0, 0,
                 "protocol %wZ ended its unbind without NdisCloseAdapterEx",
                 &Binding->Protocol->Name);
    }
    SimBindingSetState(Binding, BindingUnbound);
    if (!Binding->Refused && !Binding->Disabled) {
        BindingRetire(Binding);
    }
}

void NTAPI NdisCompleteUnbindAdapterEx(NDIS_HANDLE UnbindContext)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (HandleSignature(UnbindContext) != SIGNATURE_UNBIND_CONTEXT) {
        BugCheck(NDIS_BUG_BAD_HANDLE, UnbindContext, SIGNATURE_UNBIND_CONTEXT, 0,
                 "NdisCompleteUnbindAdapterEx: %p is not an UnbindContext", UnbindContext);
    }
    SimCompletionSet(UnbindContext, NDIS_STATUS_SUCCESS, __func__, UnbindContext);
}

NDIS_STATUS NTAPI NdisUnbindAdapter(NDIS_HANDLE NdisBindingHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    InterlockedExchange(&Binding->UnbindRequested, 1);
    SimBinderKick();
    return NDIS_STATUS_SUCCESS;
}

void SimBindingPause(BINDING *Binding, ULONG Reason)
{
    if (SimBindingState(Binding) != BindingRunning) {
        return;
    }
    SimBindingSetState(Binding, BindingPausing);
    NDIS_PROTOCOL_PAUSE_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_DEFAULT,
              NDIS_PROTOCOL_PAUSE_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.PauseReason = Reason;
    SimBindingPnpEvent(Binding, NetEventPause, &Parameters, sizeof(Parameters));
    // The callback page lets a protocol answer as soon as it has entered Pausing: NDIS waits for
    // its sends in any case. From here on a new one is an error.
    SimDrainClose(&Binding->Sends);
    SimBindingSetState(Binding, BindingPaused);
}

// Sends are admitted from before the event on: the protocol may start them inside it.
void SimBindingRestart(BINDING *Binding, PNDIS_RESTART_ATTRIBUTES Attributes)
{
    if (SimBindingState(Binding) != BindingPaused || !Binding->Open) {
        return;
    }
    NDIS_PROTOCOL_RESTART_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS,
              NDIS_PROTOCOL_RESTART_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.RestartAttributes = Attributes;
    Parameters.BoundIfIndex = Binding->Adapter->IfIndex;
    Parameters.BoundIfNetluid = Binding->Adapter->NetLuid;
    SimBindingSetState(Binding, BindingRestarting);
    SimDrainOpen(&Binding->Sends);
    NDIS_STATUS Status = Attributes == NULL ? SimBindingPnpEvent(Binding, NetEventRestart, NULL, 0)
                                            : SimBindingPnpEvent(Binding, NetEventRestart,
                                                                 &Parameters, sizeof(Parameters));
    if (Status == NDIS_STATUS_SUCCESS) {
        SimBindingSetState(Binding, BindingRunning);
        return;
    }
    SimDrainClose(&Binding->Sends);
    SimBindingSetState(Binding, BindingPaused);
}

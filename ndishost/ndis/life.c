// SPDX-License-Identifier: MIT
// An adapter's life under its Transition lock: initialise, restart, pause, power, halt. Bindings
// are paused first and restarted last; between them come the modules, from top to bottom and back.

#include "filter.h"

static MODULE *ModuleOf(LIST_ENTRY *Entry)
{
    return CONTAINING_RECORD(Entry, MODULE, Link);
}

static void BottomPause(MODULE *Module, ULONG Reason)
{
    ADAPTER *Adapter = CONTAINING_RECORD(Module, ADAPTER, Bottom);
    NDIS_MINIPORT_PAUSE_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_DEFAULT,
              NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.PauseReason = Reason;
    SimCompletionBegin(&Adapter->PauseDone);
    NDIS_STATUS Status = Adapter->Driver->Characteristics.PauseHandler(Adapter->Context,
                                                                       &Parameters);
    SimCompletionEnd(&Adapter->PauseDone, Status);
}

static NDIS_STATUS BottomRestart(MODULE *Module)
{
    ADAPTER *Adapter = CONTAINING_RECORD(Module, ADAPTER, Bottom);
    NDIS_MINIPORT_RESTART_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_DEFAULT,
              NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.RestartAttributes = SimAttributesForRestart(Adapter);
    if (Parameters.RestartAttributes == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    SimCompletionBegin(&Adapter->RestartDone);
    NDIS_STATUS Status = Adapter->Driver->Characteristics.RestartHandler(Adapter->Context,
                                                                         &Parameters);
    Status = SimCompletionEnd(&Adapter->RestartDone, Status);
    SimNdisFree(Parameters.RestartAttributes);
    return Status;
}

void NTAPI NdisMPauseComplete(NDIS_HANDLE MiniportAdapterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    SimCompletionSet(&Adapter->PauseDone, NDIS_STATUS_SUCCESS, __func__, Adapter);
}

void NTAPI NdisMRestartComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    SimCompletionSet(&Adapter->RestartDone, Status, __func__, Adapter);
}

static void StateSet(ADAPTER *Adapter, ADAPTER_STATE State)
{
    WriteRelease((volatile LONG *)&Adapter->State, State);
}

static void ModulesPause(ADAPTER *Adapter, ULONG Reason)
{
    StateSet(Adapter, AdapterPausing);
    for (LIST_ENTRY *Entry = Adapter->Modules.Flink; Entry != &Adapter->Modules;
         Entry = Entry->Flink) {
        if (ModuleOf(Entry)->Pause != NULL) {
            ModuleOf(Entry)->Pause(ModuleOf(Entry), Reason);
        }
    }
    StateSet(Adapter, AdapterPaused);
}

// Those below `Failed` run already.
static void ModulesRestartUndo(ADAPTER *Adapter, MODULE *Failed)
{
    for (LIST_ENTRY *Entry = Failed->Link.Flink; Entry != &Adapter->Modules; Entry = Entry->Flink) {
        ModuleOf(Entry)->Pause(ModuleOf(Entry), NDIS_PAUSE_NDIS_INTERNAL);
    }
    StateSet(Adapter, AdapterPaused);
}

static NDIS_STATUS ModulesRestartTry(ADAPTER *Adapter, MODULE **Failed)
{
    StateSet(Adapter, AdapterRestarting);
    for (LIST_ENTRY *Entry = Adapter->Modules.Blink; Entry != &Adapter->Modules;
         Entry = Entry->Blink) {
        MODULE *Module = ModuleOf(Entry);
        NDIS_STATUS Status = Module->Restart == NULL ? NDIS_STATUS_SUCCESS
                                                     : Module->Restart(Module);
        if (Status != NDIS_STATUS_SUCCESS) {
            *Failed = Module;
            ModulesRestartUndo(Adapter, Module);
            return Status;
        }
    }
    StateSet(Adapter, AdapterRunning);
    return NDIS_STATUS_SUCCESS;
}

// A filter that does not restart is left out.
static NDIS_STATUS ModulesRestart(ADAPTER *Adapter)
{
    for (;;) {
        MODULE *Failed;
        NDIS_STATUS Status = ModulesRestartTry(Adapter, &Failed);
        if (Status == NDIS_STATUS_SUCCESS || !SimFilterDrop(Adapter, Failed)) {
            return Status;
        }
    }
}

void SimAdapterPause(ADAPTER *Adapter, ULONG Why, ULONG Reason)
{
    Adapter->PauseReasons |= Why;
    if (Adapter->State != AdapterRunning) {
        return;
    }
    for (LIST_ENTRY *Entry = Adapter->Bindings.Blink; Entry != &Adapter->Bindings;
         Entry = Entry->Blink) {
        SimBindingPause(CONTAINING_RECORD(Entry, BINDING, Link), Reason);
    }
    ModulesPause(Adapter, Reason);
}

static void BindingsRestart(ADAPTER *Adapter)
{
    PNDIS_RESTART_ATTRIBUTES Attributes = SimAttributesForRestart(Adapter);
    for (LIST_ENTRY *Entry = Adapter->Bindings.Flink; Entry != &Adapter->Bindings;
         Entry = Entry->Flink) {
        SimBindingRestart(CONTAINING_RECORD(Entry, BINDING, Link), Attributes);
    }
    SimNdisFree(Attributes);
}

void SimAdapterRestart(ADAPTER *Adapter, ULONG Why)
{
    Adapter->PauseReasons &= ~Why;
    if (Adapter->State != AdapterPaused || Adapter->PauseReasons != 0) {
        return;
    }
    NDIS_STATUS Status = ModulesRestart(Adapter);
    if (Status != NDIS_STATUS_SUCCESS) {
        DbgPrint("NDIS: restart of %wZ failed with 0x%08x\n", &Adapter->Name, (unsigned)Status);
        return;
    }
    BindingsRestart(Adapter);
    SimBinderKick();
}

static void BottomConnect(ADAPTER *Adapter)
{
    const NDIS_MINIPORT_DRIVER_CHARACTERISTICS *Miniport = &Adapter->Driver->Characteristics;
    MODULE_DOWN *Down = &Adapter->Bottom.Down;
    Down->Context = Adapter->Context;
    Down->Send = Miniport->SendNetBufferListsHandler;
    Down->Return = Miniport->ReturnNetBufferListsHandler;
    Down->CancelSend = Miniport->CancelSendHandler;
    Down->OidRequest = Miniport->OidRequestHandler;
    Down->CancelOidRequest = Miniport->CancelOidRequestHandler;
    Down->DirectOidRequest = Miniport->DirectOidRequestHandler;
    Down->CancelDirectOidRequest = Miniport->CancelDirectOidRequestHandler;
    Down->SynchronousOidRequest = Miniport->SynchronousOidRequestHandler;
    Adapter->Bottom.Pause = BottomPause;
    Adapter->Bottom.Restart = BottomRestart;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    SimPathConnect(&Adapter->Modules);
    KeReleaseSpinLock(&Adapter->Lock, Irql);
}

static NDIS_STATUS MiniportInitialize(ADAPTER *Adapter)
{
    NDIS_MINIPORT_INIT_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS,
              NDIS_MINIPORT_INIT_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.MiniportAddDeviceContext = Adapter->AddDeviceContext;
    Parameters.IfIndex = Adapter->IfIndex;
    Parameters.NetLuid = Adapter->NetLuid;
    Adapter->Initializing = TRUE;
    NDIS_STATUS Status = Adapter->Driver->Characteristics.InitializeHandlerEx(
        Adapter, Adapter->Driver->Context, &Parameters);
    Adapter->Initializing = FALSE;
    return Status;
}

NTSTATUS SimAdapterStart(ADAPTER *Adapter)
{
    NDIS_STATUS Status = MiniportInitialize(Adapter);
    if (Status != NDIS_STATUS_SUCCESS) {
        SimAttributesFree(Adapter);
        return Status == NDIS_STATUS_PENDING ? STATUS_UNSUCCESSFUL : (NTSTATUS)Status;
    }
    BottomConnect(Adapter);
    StateSet(Adapter, AdapterPaused);
    if (!Adapter->HasRegistration || !Adapter->HasGeneral) {
        DbgPrint("NDIS: MiniportInitializeEx of %wZ set no %s attributes\n", &Adapter->Name,
                 Adapter->HasRegistration ? "general" : "registration");
        SimAdapterHalt(Adapter, NdisHaltDeviceInitializationFailed);
        return STATUS_UNSUCCESSFUL;
    }
    SimFiltersAttach(Adapter);
    Status = ModulesRestart(Adapter);
    if (Status != NDIS_STATUS_SUCCESS) {
        SimAdapterHalt(Adapter, NdisHaltDeviceInitializationFailed);
        return STATUS_UNSUCCESSFUL;
    }
    SimHangStart(Adapter);
    SimBinderKick();
    return STATUS_SUCCESS;
}

// Looked for anew each time: an unbind changes the list.
static BINDING *LastBound(ADAPTER *Adapter)
{
    for (LIST_ENTRY *Entry = Adapter->Bindings.Blink; Entry != &Adapter->Bindings;
         Entry = Entry->Blink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);
        if (BindingIsBound(Binding)) {
            return Binding;
        }
    }
    return NULL;
}

void SimAdapterHalt(ADAPTER *Adapter, NDIS_HALT_ACTION Action)
{
    if (Adapter->State == AdapterHalted) {
        return;
    }
    SimHangStop(Adapter);
    SimAdapterPause(Adapter, PAUSED_BY_REMOVAL, NDIS_PAUSE_MINIPORT_DEVICE_REMOVE);
    for (BINDING *Binding = LastBound(Adapter); Binding != NULL; Binding = LastBound(Adapter)) {
        SimBindingUnbind(Binding);
    }
    SimFiltersDetach(Adapter);
    StateSet(Adapter, AdapterHalted);
    Adapter->Driver->Characteristics.HaltHandlerEx(Adapter->Context, Action);
    SimAttributesFree(Adapter);
}

void SimAdapterDeviceEvent(ADAPTER *Adapter, NDIS_DEVICE_PNP_EVENT Event)
{
    if (Adapter->State == AdapterHalted) {
        return;
    }
    NET_DEVICE_PNP_EVENT Notification = {0};
    HeaderSet(&Notification.Header, NDIS_OBJECT_TYPE_DEFAULT, NET_DEVICE_PNP_EVENT_REVISION_1,
              sizeof(Notification));
    Notification.DevicePnPEvent = Event;
    SimFilterDeviceEvent(Adapter, &Adapter->Top, &Notification);
}

static void PowerEvent(ADAPTER *Adapter, DEVICE_POWER_STATE State)
{
    NDIS_DEVICE_POWER_STATE Buffer = (NDIS_DEVICE_POWER_STATE)State; // the same numbers
    SimAdapterPnpEvent(Adapter, NetEventSetPower, &Buffer, sizeof(Buffer));
}

static NDIS_STATUS MiniportSetPower(ADAPTER *Adapter, DEVICE_POWER_STATE State)
{
    NDIS_DEVICE_POWER_STATE Buffer = (NDIS_DEVICE_POWER_STATE)State;
    return SimAdapterOid(Adapter, NdisRequestSetInformation, OID_PNP_SET_POWER, &Buffer,
                         sizeof(Buffer));
}

// Down: filters and protocols hear of it, then the stack is paused, then the miniport is told. Up:
// the reverse. A miniport that has NO_PAUSE_ON_SUSPEND is not paused itself by Windows; its
// bindings are, and here the miniport too, which the flag allows for.
NTSTATUS SimAdapterSetPower(ADAPTER *Adapter, DEVICE_POWER_STATE State)
{
    if (Adapter->State == AdapterHalted || Adapter->Power == State) {
        return STATUS_SUCCESS;
    }
    if (State != PowerDeviceD0) {
        PowerEvent(Adapter, State);
        SimAdapterPause(Adapter, PAUSED_BY_POWER, NDIS_PAUSE_LOW_POWER);
        NDIS_STATUS Status = MiniportSetPower(Adapter, State);
        Adapter->Power = State;
        return Status == NDIS_STATUS_SUCCESS ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    }
    Adapter->Power = State;
    NDIS_STATUS Status = MiniportSetPower(Adapter, State);
    if (Status != NDIS_STATUS_SUCCESS) {
        return STATUS_UNSUCCESSFUL;
    }
    SimAdapterRestart(Adapter, PAUSED_BY_POWER);
    PowerEvent(Adapter, State);
    return STATUS_SUCCESS;
}

// SPDX-License-Identifier: MIT
// Filter drivers: registration, and the life of a module. A new module goes right below Top; the
// stack is paused around each attach and detach.
//
// Not passed on: changes of the restart attributes.

#include "filter.h"

FILTER *NTAPI SimFilterCheck(NDIS_HANDLE Handle, const char *Function)
{
    FILTER *Filter = Handle;
    if (HandleSignature(Handle) != SIGNATURE_FILTER ||
        ReadAcquire(&Filter->State) == FilterDetached) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, SIGNATURE_FILTER, 0,
                 "%s: %p is not the handle of an attached filter module", Function, Handle);
    }
    return Filter;
}

// ---- drivers

static void DriverReleaseLocked(FILTER_DRIVER *Driver)
{
    if (--Driver->References == 0) {
        KeSetEvent(&Driver->Unreferenced, IO_NO_INCREMENT, FALSE);
    }
}

// The next one in order after `After` (NULL: the first), with a reference; drops that of `After`.
static FILTER_DRIVER *DriverNext(FILTER_DRIVER *After)
{
    ULONG Sequence = After == NULL ? 0 : After->Sequence;
    FILTER_DRIVER *Next = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Filters.Flink; Entry != &SimNdis.Filters && Next == NULL;
         Entry = Entry->Flink) {
        FILTER_DRIVER *Driver = CONTAINING_RECORD(Entry, FILTER_DRIVER, Link);
        if (Driver->Sequence > Sequence && !Driver->Leaving) {
            Next = Driver;
            Next->References++;
        }
    }
    if (After != NULL) {
        DriverReleaseLocked(After);
    }
    SimNdisUnlock();
    return Next;
}

static NDIS_STATUS CharacteristicsCheck(const NDIS_FILTER_DRIVER_CHARACTERISTICS *Given)
{
    if (!HeaderIsAtLeast(&Given->Header, NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS,
                         NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_1)) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    if (!SimVersionIsKnown(Given->MajorNdisVersion, Given->MinorNdisVersion)) {
        return NDIS_STATUS_BAD_VERSION;
    }
    if (Given->UniqueName.Length == 0 || Given->ServiceName.Length == 0 ||
        Given->AttachHandler == NULL || Given->DetachHandler == NULL ||
        Given->PauseHandler == NULL || Given->RestartHandler == NULL ||
        (Given->SendNetBufferListsHandler != NULL &&
         Given->SendNetBufferListsCompleteHandler == NULL) ||
        (Given->ReceiveNetBufferListsHandler == NULL) !=
            (Given->ReturnNetBufferListsHandler == NULL)) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    return NDIS_STATUS_SUCCESS;
}

static void DriverFree(FILTER_DRIVER *Driver)
{
    Driver->Signature = 0;
    SimNdisStringFree(&Driver->FriendlyName);
    SimNdisStringFree(&Driver->UniqueName);
    SimNdisStringFree(&Driver->ServiceName);
    SimNdisFree(Driver);
}

static FILTER_DRIVER *DriverMake(const NDIS_FILTER_DRIVER_CHARACTERISTICS *Given)
{
    FILTER_DRIVER *Driver = SimNdisAllocate(sizeof(FILTER_DRIVER));
    if (Driver == NULL) {
        return NULL;
    }
    if (!NT_SUCCESS(SimNdisStringCopy(&Driver->FriendlyName, &Given->FriendlyName)) ||
        !NT_SUCCESS(SimNdisStringCopy(&Driver->UniqueName, &Given->UniqueName)) ||
        !NT_SUCCESS(SimNdisStringCopy(&Driver->ServiceName, &Given->ServiceName))) {
        DriverFree(Driver);
        return NULL;
    }
    Driver->Signature = SIGNATURE_FILTER_DRIVER;
    Driver->References = 1;
    KeInitializeEvent(&Driver->Unreferenced, NotificationEvent, FALSE);
    RtlCopyMemory(&Driver->Characteristics, Given,
                  min(sizeof(Driver->Characteristics), Given->Header.Size));
    return Driver;
}

// ---- the life of a module

static NDIS_STATUS OptionsSet(FILTER *Filter)
{
    FILTER_SET_FILTER_MODULE_OPTIONS_HANDLER Handler =
        Filter->Driver->Characteristics.SetFilterModuleOptionsHandler;
    return Handler == NULL ? NDIS_STATUS_SUCCESS : Handler(Filter->Context);
}

static void StateSet(FILTER *Filter, FILTER_STATE State)
{
    WriteRelease(&Filter->State, (LONG)State);
}

static void ModulePause(MODULE *Module, ULONG Reason)
{
    FILTER *Filter = CONTAINING_RECORD(Module, FILTER, Module);
    if (Filter->State != FilterRunning) {
        return;
    }
    NDIS_FILTER_PAUSE_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_FILTER_PAUSE_PARAMETERS,
              NDIS_FILTER_PAUSE_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.PauseReason = Reason;
    StateSet(Filter, FilterPausing);
    SimCompletionBegin(&Filter->PauseDone);
    NDIS_STATUS Status = Filter->Driver->Characteristics.PauseHandler(Filter->Context, &Parameters);
    SimCompletionEnd(&Filter->PauseDone, Status);
    SimDrainClose(&Filter->Running);
    StateSet(Filter, FilterPaused);
}

static NDIS_STATUS RestartCall(FILTER *Filter)
{
    ADAPTER *Adapter = Filter->Adapter;
    NDIS_FILTER_RESTART_PARAMETERS Parameters = {0};
    HeaderSet(&Parameters.Header, NDIS_OBJECT_TYPE_FILTER_RESTART_PARAMETERS,
              NDIS_FILTER_RESTART_PARAMETERS_REVISION_1, sizeof(Parameters));
    Parameters.MiniportMediaType = Adapter->General.MediaType;
    Parameters.MiniportPhysicalMediaType = Adapter->General.PhysicalMediumType;
    Parameters.LowerIfIndex = Adapter->IfIndex;
    Parameters.LowerIfNetLuid = Adapter->NetLuid;
    Parameters.RestartAttributes = SimAttributesForRestart(Adapter);
    if (Parameters.RestartAttributes == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    NDIS_RESTART_GENERAL_ATTRIBUTES Before =
        *(NDIS_RESTART_GENERAL_ATTRIBUTES *)Parameters.RestartAttributes->Data;
    SimCompletionBegin(&Filter->RestartDone);
    NDIS_STATUS Status = Filter->Driver->Characteristics.RestartHandler(Filter->Context,
                                                                        &Parameters);
    Status = SimCompletionEnd(&Filter->RestartDone, Status);
    if (!RtlEqualMemory(&Before, Parameters.RestartAttributes->Data, sizeof(Before))) {
        DbgPrint("NDIS: filter %wZ changes restart attributes, which nobody above will see\n",
                 &Filter->Driver->UniqueName);
    }
    SimNdisFree(Parameters.RestartAttributes);
    return Status;
}

static NDIS_STATUS ModuleRestart(MODULE *Module)
{
    FILTER *Filter = CONTAINING_RECORD(Module, FILTER, Module);
    StateSet(Filter, FilterRestarting);
    NDIS_STATUS Status = OptionsSet(Filter);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = RestartCall(Filter);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        StateSet(Filter, FilterPaused);
        return Status;
    }
    SimDrainOpen(&Filter->Running);
    StateSet(Filter, FilterRunning);
    return NDIS_STATUS_SUCCESS;
}

static void FilterFree(FILTER *Filter)
{
    Filter->Signature = 0;
    SimDrainDestroy(&Filter->Life);
    SimDrainDestroy(&Filter->Running);
    SimNdisFree(Filter);
}

static FILTER *FilterMake(ADAPTER *Adapter, FILTER_DRIVER *Driver)
{
    FILTER *Filter = SimNdisAllocate(sizeof(FILTER));
    if (Filter == NULL) {
        return NULL;
    }
    if (!NT_SUCCESS(SimDrainCreate(&Filter->Life)) ||
        !NT_SUCCESS(SimDrainCreate(&Filter->Running))) {
        FilterFree(Filter);
        return NULL;
    }
    const NDIS_FILTER_DRIVER_CHARACTERISTICS *From = &Driver->Characteristics;
    Filter->Signature = SIGNATURE_FILTER;
    Filter->Adapter = Adapter;
    Filter->Driver = Driver;
    Filter->Data.SendNetBufferListsHandler = From->SendNetBufferListsHandler;
    Filter->Data.SendNetBufferListsCompleteHandler = From->SendNetBufferListsCompleteHandler;
    Filter->Data.CancelSendNetBufferListsHandler = From->CancelSendNetBufferListsHandler;
    Filter->Data.ReceiveNetBufferListsHandler = From->ReceiveNetBufferListsHandler;
    Filter->Data.ReturnNetBufferListsHandler = From->ReturnNetBufferListsHandler;
    Filter->Module.Pause = ModulePause;
    Filter->Module.Restart = ModuleRestart;
    SimFilterDataEntries(Filter);
    SimFilterOidEntries(Filter);
    return Filter;
}

static NDIS_STATUS AttachCall(FILTER *Filter)
{
    ADAPTER *Adapter = Filter->Adapter;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General = &Adapter->General;
    NDIS_LINK_STATE Link;
    SimAttributesGetLinkState(Adapter, &Link);
    NDIS_FILTER_ATTACH_PARAMETERS P = {0};
    HeaderSet(&P.Header, NDIS_OBJECT_TYPE_FILTER_ATTACH_PARAMETERS,
              NDIS_FILTER_ATTACH_PARAMETERS_REVISION_4,
              NDIS_SIZEOF_FILTER_ATTACH_PARAMETERS_REVISION_4);
    P.IfIndex = Adapter->IfIndex; // a module has no interface of its own here
    P.NetLuid = Adapter->NetLuid;
    P.FilterModuleGuidName = &Adapter->Name;
    P.BaseMiniportIfIndex = Adapter->IfIndex;
    P.BaseMiniportInstanceName = &Adapter->InstanceName;
    P.BaseMiniportName = &Adapter->Name;
    P.MediaConnectState = Link.MediaConnectState;
    P.MediaDuplexState = Link.MediaDuplexState;
    P.XmitLinkSpeed = Link.XmitLinkSpeed;
    P.RcvLinkSpeed = Link.RcvLinkSpeed;
    P.MiniportMediaType = General->MediaType;
    P.MiniportPhysicalMediaType = General->PhysicalMediumType;
    P.MacAddressLength = General->MacAddressLength;
    RtlCopyMemory(P.CurrentMacAddress, General->CurrentMacAddress, sizeof(P.CurrentMacAddress));
    P.BaseMiniportNetLuid = Adapter->NetLuid;
    P.LowerIfIndex = Adapter->IfIndex;
    P.LowerIfNetLuid = Adapter->NetLuid;
    P.MiniportPhysicalDeviceObject = Adapter->Pdo;
    P.BaseMiniportIfConnectorPresent = General->IfConnectorPresent;
    NDIS_STATUS Status = Filter->Driver->Characteristics.AttachHandler(Filter,
                                                                       Filter->Driver->Context, &P);
    return Status == NDIS_STATUS_SUCCESS && !Filter->HasContext ? NDIS_STATUS_FAILURE : Status;
}

static FILTER *FilterFind(ADAPTER *Adapter, const FILTER_DRIVER *Driver)
{
    LIST_ENTRY *Entry = Adapter->Top.Link.Flink;
    for (; Entry != &Adapter->Bottom.Link; Entry = Entry->Flink) {
        FILTER *Filter = CONTAINING_RECORD(Entry, FILTER, Module.Link);
        if (Filter->Driver == Driver) {
            return Filter;
        }
    }
    return NULL;
}

// No request of the protocols is on its way while the stack changes.
static void FilterAttach(ADAPTER *Adapter, FILTER_DRIVER *Driver)
{
    FILTER *Filter = FilterMake(Adapter, Driver);
    NDIS_STATUS Status = Filter == NULL ? NDIS_STATUS_RESOURCES : AttachCall(Filter);
    if (Status != NDIS_STATUS_SUCCESS) {
        DbgPrint("NDIS: filter %wZ is not attached to %wZ: 0x%08x\n", &Driver->UniqueName,
                 &Adapter->Name, (unsigned)Status);
        if (Filter != NULL) {
            FilterFree(Filter);
        }
        return;
    }
    StateSet(Filter, FilterPaused);
    SimDrainOpen(&Filter->Life);
    KIRQL Irql;
    SimOidQueueHold(Adapter);
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    InsertHeadList(&Adapter->Top.Link, &Filter->Module.Link);
    SimPathConnect(&Adapter->Modules);
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    SimOidQueueResume(Adapter);
}

// The driver may end its own requests inside FilterDetach, so it is still in the path then.
static void FilterDetach(FILTER *Filter)
{
    ADAPTER *Adapter = Filter->Adapter;
    KIRQL Irql;
    SimOidQueueHold(Adapter);
    SimDrainClose(&Filter->Life);
    Filter->Driver->Characteristics.DetachHandler(Filter->Context);
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    RemoveEntryList(&Filter->Module.Link);
    SimPathConnect(&Adapter->Modules);
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    SimOidQueueResume(Adapter);
    StateSet(Filter, FilterDetached);
    InsertTailList(&Adapter->DeadFilters, &Filter->DeadLink);
}

void SimFiltersAttach(ADAPTER *Adapter)
{
    for (FILTER_DRIVER *Driver = DriverNext(NULL); Driver != NULL; Driver = DriverNext(Driver)) {
        if (FilterFind(Adapter, Driver) == NULL) {
            FilterAttach(Adapter, Driver);
        }
    }
}

void SimFiltersDetach(ADAPTER *Adapter)
{
    while (Adapter->Top.Link.Flink != &Adapter->Bottom.Link) {
        FilterDetach(CONTAINING_RECORD(Adapter->Top.Link.Flink, FILTER, Module.Link));
    }
}

BOOLEAN SimFilterDrop(ADAPTER *Adapter, MODULE *Module)
{
    if (Module == &Adapter->Top || Module == &Adapter->Bottom) {
        return FALSE;
    }
    FILTER *Filter = CONTAINING_RECORD(Module, FILTER, Module);
    DbgPrint("NDIS: filter %wZ fails its restart and is detached from %wZ\n",
             &Filter->Driver->UniqueName, &Adapter->Name);
    FilterDetach(Filter);
    return TRUE;
}

void SimFiltersForget(ADAPTER *Adapter)
{
    while (!IsListEmpty(&Adapter->DeadFilters)) {
        FilterFree(CONTAINING_RECORD(RemoveHeadList(&Adapter->DeadFilters), FILTER, DeadLink));
    }
}

void NTAPI NdisFPauseComplete(NDIS_HANDLE NdisFilterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    SimCompletionSet(&Filter->PauseDone, NDIS_STATUS_SUCCESS, __func__, Filter);
}

void NTAPI NdisFRestartComplete(NDIS_HANDLE NdisFilterHandle, NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    SimCompletionSet(&Filter->RestartDone, Status, __func__, Filter);
}

NDIS_STATUS NTAPI NdisFSetAttributes(NDIS_HANDLE NdisFilterHandle, NDIS_HANDLE FilterModuleContext,
                                     PNDIS_FILTER_ATTRIBUTES FilterAttributes)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    if (Filter->State != FilterAttaching || FilterModuleContext == NULL ||
        !HeaderIsAtLeast(&FilterAttributes->Header, NDIS_OBJECT_TYPE_FILTER_ATTRIBUTES,
                         NDIS_SIZEOF_FILTER_ATTRIBUTES_REVISION_1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    Filter->Context = FilterModuleContext;
    Filter->HasContext = TRUE;
    return NDIS_STATUS_SUCCESS;
}

// ---- registration

static void AdapterAttach(ADAPTER *Adapter)
{
    SimAdapterLockTransition(Adapter, __func__);
    if (Adapter->State != AdapterHalted) {
        SimAdapterPause(Adapter, PAUSED_BY_FILTER, NDIS_PAUSE_ATTACH_FILTER);
        SimFiltersAttach(Adapter);
        SimAdapterRestart(Adapter, PAUSED_BY_FILTER);
    }
    SimAdapterUnlockTransition(Adapter);
}

NDIS_STATUS NTAPI
NdisFRegisterFilterDriver(PDRIVER_OBJECT DriverObject, NDIS_HANDLE FilterDriverContext,
                          PNDIS_FILTER_DRIVER_CHARACTERISTICS FilterDriverCharacteristics,
                          PNDIS_HANDLE NdisFilterDriverHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    *NdisFilterDriverHandle = NULL;
    NDIS_STATUS Status = CharacteristicsCheck(FilterDriverCharacteristics);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    FILTER_DRIVER *Driver = DriverMake(FilterDriverCharacteristics);
    if (Driver == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Driver->DriverObject = DriverObject;
    Driver->Context = FilterDriverContext;
    *NdisFilterDriverHandle = Driver; // before the first attach
    if (Driver->Characteristics.SetOptionsHandler != NULL) {
        Status = Driver->Characteristics.SetOptionsHandler(Driver, FilterDriverContext);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        *NdisFilterDriverHandle = NULL;
        DriverFree(Driver);
        return Status;
    }
    if (Driver->Characteristics.NetPnPEventHandler != NULL) {
        DbgPrint("NDIS: FilterNetPnPEvent of %wZ will not be called\n", &Driver->UniqueName);
    }
    SimNdisLock();
    Driver->Sequence = ++SimNdis.LastSequence;
    InsertTailList(&SimNdis.Filters, &Driver->Link);
    SimNdisUnlock();
    for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
         Adapter = SimAdapterNext(Adapter)) {
        AdapterAttach(Adapter);
    }
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFDeregisterFilterDriver(NDIS_HANDLE NdisFilterDriverHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    FILTER_DRIVER *Driver = NdisFilterDriverHandle;
    if (HandleSignature(Driver) != SIGNATURE_FILTER_DRIVER) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Driver, SIGNATURE_FILTER_DRIVER, 0,
                 "NdisFDeregisterFilterDriver: %p is not a filter driver", Driver);
    }
    SimNdisLock();
    Driver->Leaving = TRUE;
    SimNdisUnlock();
    // Whoever attaches holds Transition and looked at Leaving under it: none can follow.
    for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
         Adapter = SimAdapterNext(Adapter)) {
        SimAdapterLockTransition(Adapter, __func__);
        FILTER *Filter = FilterFind(Adapter, Driver);
        if (Filter != NULL) {
            SimAdapterPause(Adapter, PAUSED_BY_FILTER, NDIS_PAUSE_DETACH_FILTER);
            FilterDetach(Filter);
            SimAdapterRestart(Adapter, PAUSED_BY_FILTER);
        }
        SimAdapterUnlockTransition(Adapter);
    }
    SimNdisLock();
    RemoveEntryList(&Driver->Link);
    DriverReleaseLocked(Driver);
    SimNdisUnlock();
    KeWaitForSingleObject(&Driver->Unreferenced, Executive, KernelMode, FALSE, NULL);
    DriverFree(Driver);
}

static WORKER_THREAD_ROUTINE RestartWork;
static void NTAPI RestartWork(PVOID Context)
{
    ADAPTER *Adapter = Context;
    InterlockedExchange(&Adapter->StackRestartQueued, 0);
    SimAdapterLockTransition(Adapter, __func__);
    if (Adapter->State != AdapterHalted) {
        SimAdapterPause(Adapter, PAUSED_BY_FILTER, NDIS_PAUSE_FILTER_RESTART_STACK);
        SimAdapterRestart(Adapter, PAUSED_BY_FILTER);
    }
    SimAdapterUnlockTransition(Adapter);
    BusyEnd();
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

NDIS_STATUS NTAPI NdisFRestartFilter(NDIS_HANDLE NdisFilterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimFilterCheck(NdisFilterHandle, __func__)->Adapter;
    if (InterlockedExchange(&Adapter->StackRestartQueued, 1) == 0) {
        BusyBegin();
        SimDrainEnter(&Adapter->Oids.Workers, 1);
        ExInitializeWorkItem(&Adapter->StackRestartWork, RestartWork, Adapter);
        ExQueueWorkItem(&Adapter->StackRestartWork, DelayedWorkQueue);
    }
    return NDIS_STATUS_SUCCESS;
}

// ---- events

// With Life entered, so that it stays; NULL: none.
static FILTER *EventTaker(ADAPTER *Adapter, MODULE *Above)
{
    FILTER *Taker = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    for (LIST_ENTRY *Entry = Above->Link.Flink; Entry != &Adapter->Bottom.Link && Taker == NULL;
         Entry = Entry->Flink) {
        FILTER *Filter = CONTAINING_RECORD(Entry, FILTER, Module.Link);
        if (Filter->Driver->Characteristics.DevicePnPEventNotifyHandler != NULL &&
            SimDrainEnter(&Filter->Life, 1)) {
            Taker = Filter;
        }
    }
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Taker;
}

void SimFilterDeviceEvent(ADAPTER *Adapter, MODULE *Above, PNET_DEVICE_PNP_EVENT Event)
{
    FILTER *Filter = EventTaker(Adapter, Above);
    if (Filter == NULL) {
        Adapter->Driver->Characteristics.DevicePnPEventNotifyHandler(Adapter->Context, Event);
        return;
    }
    Filter->Driver->Characteristics.DevicePnPEventNotifyHandler(Filter->Context, Event);
    SimDrainLeave(&Filter->Life, 1);
}

void NTAPI NdisFDevicePnPEventNotify(NDIS_HANDLE NdisFilterHandle,
                                     PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    SimFilterDeviceEvent(Filter->Adapter, &Filter->Module, NetDevicePnPEvent);
}

FILTER *SimFilterNetEventTaker(ADAPTER *Adapter, MODULE *Below)
{
    FILTER *Taker = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    for (LIST_ENTRY *Entry = Below->Link.Blink; Entry != &Adapter->Top.Link && Taker == NULL;
         Entry = Entry->Blink) {
        FILTER *Filter = CONTAINING_RECORD(Entry, FILTER, Module.Link);
        if (Filter->Driver->Characteristics.NetPnPEventHandler != NULL &&
            SimDrainEnter(&Filter->Life, 1)) {
            Taker = Filter;
        }
    }
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Taker;
}

// ---- what is attached

static ADAPTER *AdapterOfHandle(NDIS_HANDLE Handle)
{
    switch (HandleSignature(Handle)) {
    case SIGNATURE_ADAPTER:
        return Handle;
    case SIGNATURE_FILTER:
        return ((FILTER *)Handle)->Adapter;
    case SIGNATURE_BINDING:
        return ((BINDING *)Handle)->Adapter;
    case SIGNATURE_BIND_CONTEXT:
        return CONTAINING_RECORD(Handle, BINDING, Bind)->Adapter;
    default:
        return NULL;
    }
}

// The names follow the array. With Result NULL it only counts.
static ULONG ModulesList(ADAPTER *Adapter, NDIS_ENUM_FILTERS *Result, ULONG NamesAt)
{
    ULONG Count = 0;
    for (LIST_ENTRY *Entry = Adapter->Top.Link.Flink; Entry != &Adapter->Bottom.Link;
         Entry = Entry->Flink, Count++) {
        const FILTER *Filter = CONTAINING_RECORD(Entry, FILTER, Module.Link);
        const UNICODE_STRING *Name = &Filter->Driver->UniqueName;
        if (Result != NULL) {
            NDIS_FILTER_INTERFACE *To = &Result->Filter[Count];
            RtlZeroMemory(To, sizeof(*To));
            HeaderSet(&To->Header, NDIS_OBJECT_TYPE_DEFAULT, NDIS_FILTER_INTERFACE_REVISION_1,
                      NDIS_SIZEOF_FILTER_INTERFACE_REVISION_1);
            To->FilterType = NDIS_FILTER_INTERFACE_LW_FILTER;
            To->IfIndex = Adapter->IfIndex;
            To->NetLuid = Adapter->NetLuid;
            To->FilterInstanceName.Buffer = (PWSTR)((UCHAR *)Result + NamesAt);
            To->FilterInstanceName.Length = Name->Length;
            To->FilterInstanceName.MaximumLength = Name->Length;
            RtlCopyMemory(To->FilterInstanceName.Buffer, Name->Buffer, Name->Length);
        }
        NamesAt += Name->Length;
    }
    return Result == NULL ? NamesAt : Count;
}

static ULONG ModuleCount(const ADAPTER *Adapter)
{
    ULONG Count = 0;
    for (LIST_ENTRY *Entry = Adapter->Top.Link.Flink; Entry != &Adapter->Bottom.Link;
         Entry = Entry->Flink) {
        Count++;
    }
    return Count;
}

NDIS_STATUS NTAPI NdisEnumerateFilterModules(NDIS_HANDLE NdisHandle, PVOID InterfaceBuffer,
                                             ULONG InterfaceBufferLength, PULONG BytesNeeded,
                                             PULONG BytesWritten)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ADAPTER *Adapter = AdapterOfHandle(NdisHandle);
    *BytesNeeded = 0;
    *BytesWritten = 0;
    if (Adapter == NULL) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    NDIS_ENUM_FILTERS *Result = InterfaceBuffer;
    const ULONG ArrayAt = FIELD_OFFSET(NDIS_ENUM_FILTERS, Filter);
    NDIS_STATUS Status = NDIS_STATUS_BUFFER_OVERFLOW;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    ULONG Count = ModuleCount(Adapter);
    ULONG NamesAt = ArrayAt + Count * (ULONG)sizeof(NDIS_FILTER_INTERFACE);
    ULONG Needed = ModulesList(Adapter, NULL, NamesAt);
    if (InterfaceBufferLength < Needed) {
        *BytesNeeded = Needed;
    } else {
        RtlZeroMemory(Result, ArrayAt);
        HeaderSet(&Result->Header, NDIS_OBJECT_TYPE_DEFAULT, 1, ArrayAt);
        Result->OffsetFirstFilter = ArrayAt;
        Result->NumberOfFilters = ModulesList(Adapter, Result, NamesAt);
        *BytesWritten = Needed;
        Status = NDIS_STATUS_SUCCESS;
    }
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Status;
}

NDIS_STATUS NTAPI NdisFGetOptionalSwitchHandlers(NDIS_HANDLE NdisFilterHandle,
                                                 PNDIS_SWITCH_CONTEXT NdisSwitchContext,
                                                 PNDIS_SWITCH_OPTIONAL_HANDLERS NdisSwitchHandlers)
{
    UNREFERENCED_PARAMETER(NdisSwitchContext);
    UNREFERENCED_PARAMETER(NdisSwitchHandlers);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimFilterCheck(NdisFilterHandle, __func__);
    DbgPrint("NDIS: NdisFGetOptionalSwitchHandlers fails: no adapter is a virtual switch\n");
    return NDIS_STATUS_NOT_SUPPORTED;
}

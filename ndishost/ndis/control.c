// SPDX-License-Identifier: MIT
// What the host does to an adapter, see control.h.

#include "adapter.h"

NTSTATUS SimNdisAdapterName(PDEVICE_OBJECT Pdo, PUNICODE_STRING Name)
{
    ADAPTER *Adapter = SimAdapterOfPdo(Pdo);
    if (Adapter == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    *Name = Adapter->Name;
    SimAdapterDereference(Adapter);
    return STATUS_SUCCESS;
}

NTSTATUS SimNdisPause(PDEVICE_OBJECT Pdo)
{
    ADAPTER *Adapter = SimAdapterOfPdo(Pdo);
    if (Adapter == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterPause(Adapter, PAUSED_BY_HOST, NDIS_PAUSE_ATTACH_FILTER);
    SimAdapterUnlockTransition(Adapter);
    SimAdapterDereference(Adapter);
    return STATUS_SUCCESS;
}

NTSTATUS SimNdisRestart(PDEVICE_OBJECT Pdo)
{
    ADAPTER *Adapter = SimAdapterOfPdo(Pdo);
    if (Adapter == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterRestart(Adapter, PAUSED_BY_HOST);
    NTSTATUS Status = Adapter->State == AdapterRunning || Adapter->PauseReasons != 0
                          ? STATUS_SUCCESS
                          : STATUS_UNSUCCESSFUL;
    SimAdapterUnlockTransition(Adapter);
    SimAdapterDereference(Adapter);
    return Status;
}

NTSTATUS SimNdisShutdown(PDEVICE_OBJECT Pdo)
{
    ADAPTER *Adapter = SimAdapterOfPdo(Pdo);
    if (Adapter == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    SimAdapterLockTransition(Adapter, __func__);
    NTSTATUS Status = STATUS_DEVICE_NOT_READY;
    if (Adapter->State != AdapterHalted) {
        Adapter->Driver->Characteristics.ShutdownHandlerEx(Adapter->Context, NdisShutdownPowerOff);
        Status = STATUS_SUCCESS;
    }
    SimAdapterUnlockTransition(Adapter);
    SimAdapterDereference(Adapter);
    return Status;
}

// Both with a reference.
static NTSTATUS PairFind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Name, ADAPTER **Adapter,
                         PROTOCOL **Protocol)
{
    *Adapter = SimAdapterOfPdo(Pdo);
    if (*Adapter == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    *Protocol = SimProtocolNext(NULL);
    while (*Protocol != NULL && !RtlEqualUnicodeString(&(*Protocol)->Name, Name, TRUE)) {
        *Protocol = SimProtocolNext(*Protocol);
    }
    if (*Protocol == NULL) {
        SimAdapterDereference(*Adapter);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return STATUS_SUCCESS;
}

NTSTATUS SimNdisUnbind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol)
{
    ADAPTER *Adapter;
    PROTOCOL *Found;
    NTSTATUS Status = PairFind(Pdo, Protocol, &Adapter, &Found);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimAdapterLockTransition(Adapter, __func__);
    BINDING *Binding = SimBindingFind(Adapter, Found);
    if (Binding == NULL || !BindingIsBound(Binding)) {
        Status = STATUS_NOT_FOUND;
    } else {
        Binding->Disabled = TRUE;
        SimBindingUnbind(Binding);
    }
    SimAdapterUnlockTransition(Adapter);
    SimProtocolDereference(Found);
    SimAdapterDereference(Adapter);
    return Status;
}

NTSTATUS SimNdisBind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol)
{
    ADAPTER *Adapter;
    PROTOCOL *Found;
    NTSTATUS Status = PairFind(Pdo, Protocol, &Adapter, &Found);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimAdapterLockTransition(Adapter, __func__);
    BINDING *Binding = SimBindingFind(Adapter, Found);
    if (Binding != NULL && BindingIsBound(Binding)) {
        Status = STATUS_ADDRESS_ALREADY_EXISTS;
    } else if (Adapter->State != AdapterRunning) {
        Status = STATUS_DEVICE_NOT_READY;
    } else {
        SimBindingForget(Binding);
        SimBindingBind(Adapter, Found);
        Binding = SimBindingFind(Adapter, Found);
        Status = Binding != NULL && BindingIsBound(Binding) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    }
    SimAdapterUnlockTransition(Adapter);
    SimProtocolDereference(Found);
    SimAdapterDereference(Adapter);
    return Status;
}

// ---- what there is

static const char *AdapterStateName(ADAPTER_STATE State)
{
    static const char *const Names[] = {
        [AdapterHalted] = "Halted",         [AdapterPaused] = "Paused",
        [AdapterRestarting] = "Restarting", [AdapterRunning] = "Running",
        [AdapterPausing] = "Pausing",
    };
    return Names[State];
}

void SimNdisVisitAdapters(SIM_NDIS_VISIT_ADAPTER *Visit, PVOID Context)
{
    for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
         Adapter = SimAdapterNext(Adapter)) {
        SIM_NDIS_ADAPTER_INFO Info = {
            .Name = &Adapter->Name,
            .Service = &Adapter->Driver->DriverObject->DriverExtension->ServiceKeyName,
            .State = AdapterStateName(ReadAcquire((volatile LONG *)&Adapter->State)),
        };
        Visit(&Info, Context);
    }
}

static BOOLEAN IsIn(const void *Address, const void *Base, SIZE_T Bytes)
{
    return (ULONG_PTR)Address - (ULONG_PTR)Base < Bytes;
}

// Each driver has one of its obligatory handlers looked at: they are all in its image.
static const char *FindRegistered(const void *Base, SIZE_T Bytes, const void **Handler)
{
    const char *Found = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Protocols.Flink; Entry != &SimNdis.Protocols && Found == NULL;
         Entry = Entry->Flink) {
        PROTOCOL *Protocol = CONTAINING_RECORD(Entry, PROTOCOL, Link);
        *Handler = (const void *)Protocol->Characteristics.BindAdapterHandlerEx;
        Found = IsIn(*Handler, Base, Bytes) ? "protocol" : NULL;
    }
    for (LIST_ENTRY *Entry = SimNdis.Drivers.Flink; Entry != &SimNdis.Drivers && Found == NULL;
         Entry = Entry->Flink) {
        MINIPORT_DRIVER *Driver = CONTAINING_RECORD(Entry, MINIPORT_DRIVER, Link);
        *Handler = (const void *)Driver->Characteristics.InitializeHandlerEx;
        Found = IsIn(*Handler, Base, Bytes) ? "miniport driver" : NULL;
    }
    SimNdisUnlock();
    return Found;
}

void SimNdisCheckUnload(const void *Base, SIZE_T Bytes, const char *Driver)
{
    const void *Handler = NULL;
    const char *Left = FindRegistered(Base, Bytes, &Handler);
    if (Left != NULL) {
        BugCheck(
            NDIS_BUG_LEFT_REGISTERED, Base, Handler, 0,
            "%s goes away and leaves a registered %s behind; NDIS would call into code that is "
            "not there (0xCE). Deregister it in the unload routine, and before DriverEntry "
            "returns an error (contract BND-08).",
            Driver, Left);
    }
}

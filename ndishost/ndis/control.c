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

// SPDX-License-Identifier: MIT
// The functional device object over an adapter's PDO: start, query remove, removal, power.

#include "adapter.h"

// The device extension of an FDO.
typedef struct FDO {
    ULONG Signature; // 0: see CONTROL_DEVICE
    ADAPTER *Adapter;
} FDO;

static ADAPTER *AdapterOf(PDEVICE_OBJECT DeviceObject)
{
    return ((FDO *)DeviceObject->DeviceExtension)->Adapter;
}

static NTSTATUS IrpComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS IrpPass(ADAPTER *Adapter, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Adapter->Lower, Irp);
}

NTSTATUS NTAPI SimMiniportPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IrpPass(AdapterOf(DeviceObject), Irp);
}

static NTSTATUS AddDeviceContextMake(ADAPTER *Adapter)
{
    MINIPORT_ADD_DEVICE_HANDLER Handler = Adapter->Driver->Pnp.MiniportAddDeviceHandler;
    if (Handler == NULL) {
        return STATUS_SUCCESS;
    }
    return Handler(Adapter, Adapter->Driver->Context) == NDIS_STATUS_SUCCESS ? STATUS_SUCCESS
                                                                             : STATUS_UNSUCCESSFUL;
}

NTSTATUS NTAPI SimMiniportAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    MINIPORT_DRIVER *Driver = SimMiniportDriverFind(DriverObject);
    if (Driver == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    ADAPTER *Adapter;
    NTSTATUS Status = SimAdapterCreate(Driver, Pdo, &Adapter);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateDevice(DriverObject, sizeof(FDO), NULL, FILE_DEVICE_PHYSICAL_NETCARD,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &Adapter->Fdo);
    if (!NT_SUCCESS(Status)) {
        goto DestroyAdapter;
    }
    ((FDO *)Adapter->Fdo->DeviceExtension)->Adapter = Adapter;
    Adapter->Lower = IoAttachDeviceToDeviceStack(Adapter->Fdo, Pdo);
    if (Adapter->Lower == NULL) {
        Status = STATUS_NO_SUCH_DEVICE;
        goto DeleteDevice;
    }
    Status = AddDeviceContextMake(Adapter);
    if (!NT_SUCCESS(Status)) {
        goto Detach;
    }
    Adapter->Fdo->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    Adapter->Fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;

Detach:
    IoDetachDevice(Adapter->Lower);
DeleteDevice:
    IoDeleteDevice(Adapter->Fdo);
DestroyAdapter:
    SimAdapterDestroy(Adapter);
    return Status;
}

static NTSTATUS PnpStart(ADAPTER *Adapter, PIRP Irp)
{
    if (!IoForwardIrpSynchronously(Adapter->Lower, Irp)) {
        return IrpComplete(Irp, STATUS_UNSUCCESSFUL);
    }
    NTSTATUS Status = Irp->IoStatus.Status;
    if (NT_SUCCESS(Status)) {
        SimAdapterLockTransition(Adapter, __func__);
        Status = SimAdapterStart(Adapter);
        SimAdapterUnlockTransition(Adapter);
    }
    return IrpComplete(Irp, Status);
}

// A protocol or a filter may refuse. Those asked before it are told so by the cancel that follows.
static NTSTATUS PnpQueryRemove(ADAPTER *Adapter, PIRP Irp)
{
    SimAdapterLockTransition(Adapter, __func__);
    NDIS_STATUS Status = SimAdapterPnpEvent(Adapter, NetEventQueryRemoveDevice, NULL, 0);
    if (Status == NDIS_STATUS_SUCCESS) {
        SimAdapterDeviceEvent(Adapter, NdisDevicePnPEventQueryRemoved);
    }
    SimAdapterUnlockTransition(Adapter);
    if (Status != NDIS_STATUS_SUCCESS) {
        return IrpComplete(Irp, STATUS_UNSUCCESSFUL);
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return IrpPass(Adapter, Irp);
}

static NTSTATUS PnpCancelRemove(ADAPTER *Adapter, PIRP Irp)
{
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterPnpEvent(Adapter, NetEventCancelRemoveDevice, NULL, 0);
    SimAdapterUnlockTransition(Adapter);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return IrpPass(Adapter, Irp);
}

// The hardware is gone: the miniport hears it first, so that it ends what it has, which lets the
// bindings drain.
static NTSTATUS PnpSurpriseRemoval(ADAPTER *Adapter, PIRP Irp)
{
    SimAdapterDeviceEvent(Adapter, NdisDevicePnPEventSurpriseRemoved);
    SimAdapterLockTransition(Adapter, __func__);
    Adapter->Removed = TRUE;
    SimAdapterHalt(Adapter, NdisHaltDeviceSurpriseRemoved);
    SimAdapterUnlockTransition(Adapter);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return IrpPass(Adapter, Irp);
}

// The event comes under Transition here, as the host may remove the device at the same time.
static WORKER_THREAD_ROUTINE RemoveWork;
static void NTAPI RemoveWork(PVOID Context)
{
    ADAPTER *Adapter = Context;
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterDeviceEvent(Adapter, NdisDevicePnPEventSurpriseRemoved);
    Adapter->Removed = TRUE;
    SimAdapterHalt(Adapter, NdisHaltDeviceSurpriseRemoved);
    SimAdapterUnlockTransition(Adapter);
    BusyEnd();
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

// The miniport gives its hardware up: as if it had been pulled out, which the plug and play manager
// would find out. The device itself stays until the host removes it.
NDIS_STATUS NTAPI NdisMRemoveMiniport(NDIS_HANDLE MiniportHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportHandle, __func__);
    if (InterlockedExchange(&Adapter->RemoveQueued, 1) == 0) {
        BusyBegin();
        SimDrainEnter(&Adapter->Oids.Workers, 1);
        ExInitializeWorkItem(&Adapter->RemoveWork, RemoveWork, Adapter);
        ExQueueWorkItem(&Adapter->RemoveWork, DelayedWorkQueue);
    }
    return NDIS_STATUS_SUCCESS;
}

static NTSTATUS PnpRemove(ADAPTER *Adapter, PIRP Irp)
{
    SimAdapterLockTransition(Adapter, __func__);
    Adapter->Removed = TRUE;
    SimAdapterHalt(Adapter, NdisHaltDeviceDisabled);
    SimAdapterUnlockTransition(Adapter);
    if (Adapter->Driver->Pnp.MiniportRemoveDeviceHandler != NULL) {
        Adapter->Driver->Pnp.MiniportRemoveDeviceHandler(Adapter->AddDeviceContext);
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    NTSTATUS Status = IrpPass(Adapter, Irp);
    IoDetachDevice(Adapter->Lower);
    IoDeleteDevice(Adapter->Fdo);
    SimAdapterDestroy(Adapter);
    return Status;
}

static NTSTATUS PnpStop(ADAPTER *Adapter, PIRP Irp)
{
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterHalt(Adapter, NdisHaltDeviceStopped);
    Adapter->PauseReasons = 0;
    SimAdapterUnlockTransition(Adapter);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return IrpPass(Adapter, Irp);
}

NTSTATUS NTAPI SimMiniportPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ADAPTER *Adapter = AdapterOf(DeviceObject);
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return PnpStart(Adapter, Irp);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return PnpQueryRemove(Adapter, Irp);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return PnpCancelRemove(Adapter, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        return PnpSurpriseRemoval(Adapter, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return PnpRemove(Adapter, Irp);
    case IRP_MN_STOP_DEVICE:
        return PnpStop(Adapter, Irp);
    default:
        return IrpPass(Adapter, Irp);
    }
}

static void PowerQuery(ADAPTER *Adapter, DEVICE_POWER_STATE State)
{
    NDIS_DEVICE_POWER_STATE Buffer = (NDIS_DEVICE_POWER_STATE)State;
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterPnpEvent(Adapter, NetEventQueryPower, &Buffer, sizeof(Buffer));
    SimAdapterUnlockTransition(Adapter);
}

NTSTATUS NTAPI SimMiniportPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ADAPTER *Adapter = AdapterOf(DeviceObject);
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN IsDevice = Stack->Parameters.Power.Type == DevicePowerState;
    DEVICE_POWER_STATE State = Stack->Parameters.Power.State.DeviceState;
    NTSTATUS Status = STATUS_SUCCESS;
    if (IsDevice && Stack->MinorFunction == IRP_MN_QUERY_POWER) {
        PowerQuery(Adapter, State);
    } else if (IsDevice && Stack->MinorFunction == IRP_MN_SET_POWER) {
        SimAdapterLockTransition(Adapter, __func__);
        Status = SimAdapterSetPower(Adapter, State);
        SimAdapterUnlockTransition(Adapter);
    }
    if (!NT_SUCCESS(Status)) {
        return IrpComplete(Irp, Status);
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(Adapter->Lower, Irp);
}

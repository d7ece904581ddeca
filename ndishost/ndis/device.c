// SPDX-License-Identifier: MIT
// Control devices of miniport and filter drivers (NdisRegisterDeviceEx). NDIS owns the dispatch
// table of such a driver object, so requests to these devices come here and are handed on.

#include "filter.h"

#include <wdmsec.h>

// The device extension, before the driver's own. FDOs begin with a signature of zero.
typedef struct DECLSPEC_ALIGN(16) CONTROL_DEVICE {
    ULONG Signature;
    PDEVICE_OBJECT Device;
    UNICODE_STRING Link;
    PDRIVER_DISPATCH Majors[IRP_MJ_MAXIMUM_FUNCTION + 1];
} CONTROL_DEVICE;

NTSTATUS NTAPI SimMiniportOther(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UCHAR Major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;
    CONTROL_DEVICE *Control = DeviceObject->DeviceExtension;
    if (Control->Signature == SIGNATURE_DEVICE && Control->Majors[Major] != NULL) {
        return Control->Majors[Major](DeviceObject, Irp);
    }
    // An adapter's own device can be opened, and that is all.
    NTSTATUS Status = Control->Signature != SIGNATURE_DEVICE &&
                              (Major == IRP_MJ_CREATE || Major == IRP_MJ_CLEANUP ||
                               Major == IRP_MJ_CLOSE)
                          ? STATUS_SUCCESS
                          : STATUS_INVALID_DEVICE_REQUEST;
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS ControlCreate(PDRIVER_OBJECT DriverObject,
                              const NDIS_DEVICE_OBJECT_ATTRIBUTES *Attributes,
                              PDEVICE_OBJECT *Device)
{
    ULONG Bytes = sizeof(CONTROL_DEVICE) + Attributes->ExtensionSize;
    if (Attributes->DefaultSDDLString != NULL) {
        return IoCreateDeviceSecure(DriverObject, Bytes, Attributes->DeviceName,
                                    FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN, FALSE,
                                    Attributes->DefaultSDDLString, Attributes->DeviceClassGuid,
                                    Device);
    }
    return IoCreateDevice(DriverObject, Bytes, Attributes->DeviceName, FILE_DEVICE_NETWORK,
                          FILE_DEVICE_SECURE_OPEN, FALSE, Device);
}

static NTSTATUS ControlLink(CONTROL_DEVICE *Control,
                            const NDIS_DEVICE_OBJECT_ATTRIBUTES *Attributes)
{
    if (Attributes->SymbolicName == NULL) {
        return STATUS_SUCCESS;
    }
    NTSTATUS Status = SimNdisStringCopy(&Control->Link, Attributes->SymbolicName);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateSymbolicLink(&Control->Link, Attributes->DeviceName);
    if (!NT_SUCCESS(Status)) {
        SimNdisStringFree(&Control->Link);
    }
    return Status;
}

// Of a miniport or filter driver; NULL: of neither. A filter driver's dispatch table becomes NDIS's
// with its first device.
static PDRIVER_OBJECT DriverObjectOf(NDIS_HANDLE Handle)
{
    if (HandleSignature(Handle) == SIGNATURE_MINIPORT_DRIVER) {
        return ((MINIPORT_DRIVER *)Handle)->DriverObject;
    }
    if (HandleSignature(Handle) != SIGNATURE_FILTER_DRIVER) {
        return NULL;
    }
    PDRIVER_OBJECT DriverObject = ((FILTER_DRIVER *)Handle)->DriverObject;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        DriverObject->MajorFunction[i] = SimMiniportOther;
    }
    return DriverObject;
}

NDIS_STATUS NTAPI NdisRegisterDeviceEx(NDIS_HANDLE NdisHandle,
                                       PNDIS_DEVICE_OBJECT_ATTRIBUTES DeviceObjectAttributes,
                                       PDEVICE_OBJECT *pDeviceObject, PNDIS_HANDLE NdisDeviceHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    *pDeviceObject = NULL;
    *NdisDeviceHandle = NULL;
    PDRIVER_OBJECT DriverObject = DriverObjectOf(NdisHandle);
    if (DriverObject == NULL ||
        !HeaderIsAtLeast(&DeviceObjectAttributes->Header, NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES,
                         NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1)) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    PDEVICE_OBJECT Device;
    NTSTATUS Status = ControlCreate(DriverObject, DeviceObjectAttributes, &Device);
    if (!NT_SUCCESS(Status)) {
        return (NDIS_STATUS)Status;
    }
    CONTROL_DEVICE *Control = Device->DeviceExtension;
    Control->Signature = SIGNATURE_DEVICE;
    Control->Device = Device;
    if (DeviceObjectAttributes->MajorFunctions != NULL) {
        RtlCopyMemory(Control->Majors, DeviceObjectAttributes->MajorFunctions,
                      sizeof(Control->Majors));
    }
    Status = ControlLink(Control, DeviceObjectAttributes);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Device);
        return (NDIS_STATUS)Status;
    }
    Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    InterlockedIncrement(&SimNdis.Objects);
    *pDeviceObject = Device;
    *NdisDeviceHandle = Control;
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisDeregisterDeviceEx(NDIS_HANDLE NdisDeviceHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONTROL_DEVICE *Control = NdisDeviceHandle;
    if (HandleSignature(Control) != SIGNATURE_DEVICE) {
        BugCheck(NDIS_BUG_BAD_HANDLE, NdisDeviceHandle, 0, 0,
                 "NdisDeregisterDeviceEx: %p is not a device handle", NdisDeviceHandle);
    }
    if (Control->Link.Buffer != NULL) {
        IoDeleteSymbolicLink(&Control->Link);
        SimNdisStringFree(&Control->Link);
    }
    IoDeleteDevice(Control->Device);
    InterlockedDecrement(&SimNdis.Objects);
}

PVOID NTAPI NdisGetDeviceReservedExtension(PDEVICE_OBJECT DeviceObject)
{
    CONTROL_DEVICE *Control = DeviceObject->DeviceExtension;
    return Control->Signature == SIGNATURE_DEVICE ? Control + 1 : NULL;
}

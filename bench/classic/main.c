// SPDX-License-Identifier: MIT

// Driver, control device and requests of the classic driver.

#include "classic.h"

#include <wdmsec.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;
static _Dispatch_type_(IRP_MJ_CREATE) DRIVER_DISPATCH DeviceCreate;
static _Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH DeviceCleanup;
static _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH DeviceClose;
static _Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH DeviceControl;

DECLARE_CONST_UNICODE_STRING(ClassicDeviceSecurity, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
DECLARE_CONST_UNICODE_STRING(ClassicDeviceName, CLASSIC_DEVICE_NT_NAME);
DECLARE_CONST_UNICODE_STRING(ClassicDeviceDosName, CLASSIC_DEVICE_DOS_NAME);
static const GUID DeviceClass = {
    0x2e9e5a51, 0x0f0c, 0x4c55, {0x8a, 0x35, 0x3d, 0x14, 0x6d, 0x1b, 0x51, 0xc9}};

static DEVICE_OBJECT *DeviceObject;

static NTSTATUS RequestOpen(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SHUTTLE_OPEN_ADAPTER *Open = Irp->AssociatedIrp.SystemBuffer;
    UNICODE_STRING Name;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*Open) ||
        Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(SHUTTLE_ADAPTER)) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    if (Open->Version != SHUTTLE_ABI_VERSION) {
        return STATUS_REVISION_MISMATCH;
    }
    if (Open->Flags != 0 || Open->NameLength > sizeof(Open->Name)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Binding != NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    Name.Buffer = (PWCH)Open->Name;
    Name.Length = Name.MaximumLength = (USHORT)Open->NameLength;
    Binding = ClassicFind(&Name);
    if (Binding == NULL) {
        return STATUS_NO_SUCH_DEVICE;
    }
    if (InterlockedCompareExchangePointer(&Stack->FileObject->FsContext, Binding, NULL) != NULL) {
        ClassicRelease(Binding); // another thread was faster with this handle
        return STATUS_INVALID_DEVICE_STATE;
    }
    ClassicQuery(Binding, Irp->AssociatedIrp.SystemBuffer);
    Irp->IoStatus.Information = sizeof(SHUTTLE_ADAPTER);
    return STATUS_SUCCESS;
}

static NTSTATUS RequestQuery(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(SHUTTLE_ADAPTER)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    ClassicQuery(Binding, Irp->AssociatedIrp.SystemBuffer);
    Irp->IoStatus.Information = sizeof(SHUTTLE_ADAPTER);
    return STATUS_SUCCESS;
}

static const struct {
    ULONG Code;
    SEND_HANDLER *Handler;
} DeviceRequests[] = {
    {SHUTTLE_IOCTL_SEND, ClassicSendOne},
    {CLASSIC_IOCTL_SEND_LIST, ClassicSendList},
    {CLASSIC_IOCTL_SEND_NDIS5, ClassicSendNdis5},
    {CLASSIC_IOCTL_SEND_REUSE_NBL, ClassicSendReuseNbl},
    {CLASSIC_IOCTL_SEND_REUSE_NBL_MDL, ClassicSendReuseNblMdl},
    {CLASSIC_IOCTL_FLOOR, ClassicSendFloor},
    {CLASSIC_IOCTL_CALIBRATE, ClassicCalibrate},
    {SHUTTLE_IOCTL_OPEN_ADAPTER, RequestOpen},
    {SHUTTLE_IOCTL_QUERY_ADAPTER, RequestQuery},
};

static NTSTATUS DeviceDispatch(IRP *Irp, IO_STACK_LOCATION *Stack)
{
    ULONG Code = Stack->Parameters.DeviceIoControl.IoControlCode;

    for (ULONG Index = 0; Index < ARRAYSIZE(DeviceRequests); Index++) {
        if (DeviceRequests[Index].Code == Code) {
            BINDING *Binding = ReadPointerAcquire(&Stack->FileObject->FsContext);

            return DeviceRequests[Index].Handler(Binding, Irp, Stack);
        }
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS DeviceComplete(IRP *Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

_Use_decl_annotations_ static NTSTATUS DeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    Status = DeviceDispatch(Irp, IoGetCurrentIrpStackLocation(Irp));
    return Status == STATUS_PENDING ? STATUS_PENDING : DeviceComplete(Irp, Status);
}

_Use_decl_annotations_ static NTSTATUS DeviceCreate(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    return DeviceComplete(Irp, STATUS_SUCCESS);
}

_Use_decl_annotations_ static NTSTATUS DeviceCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    return DeviceComplete(Irp, STATUS_SUCCESS); // every packet completes in its own time
}

_Use_decl_annotations_ static NTSTATUS DeviceClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    BINDING *Binding = IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;

    UNREFERENCED_PARAMETER(Device);
    if (Binding != NULL) {
        ClassicRelease(Binding);
    }
    Irp->IoStatus.Information = 0;
    return DeviceComplete(Irp, STATUS_SUCCESS);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DeviceCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DeviceCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DeviceClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceControl;
    Status = IoCreateDeviceSecure(DriverObject, 0, (PUNICODE_STRING)&ClassicDeviceName,
                                  SHUTTLE_DEVICE_TYPE, FILE_DEVICE_SECURE_OPEN, FALSE,
                                  &ClassicDeviceSecurity, &DeviceClass, &DeviceObject);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    DeviceObject->Flags |= DO_DIRECT_IO;
    Status = IoCreateSymbolicLink((PUNICODE_STRING)&ClassicDeviceDosName,
                                  (PUNICODE_STRING)&ClassicDeviceName);
    if (!NT_SUCCESS(Status)) {
        goto DeleteDevice;
    }
    Status = ClassicStart();
    if (!NT_SUCCESS(Status)) {
        goto DeleteLink;
    }
    DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;

DeleteLink:
    (VOID) IoDeleteSymbolicLink((PUNICODE_STRING)&ClassicDeviceDosName);
DeleteDevice:
    IoDeleteDevice(DeviceObject);
    return Status;
}

_Use_decl_annotations_ static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    ClassicStop();
    (VOID) IoDeleteSymbolicLink((PUNICODE_STRING)&ClassicDeviceDosName);
    IoDeleteDevice(DeviceObject);
}

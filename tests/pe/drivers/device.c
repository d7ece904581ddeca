// SPDX-License-Identifier: MIT

// What the drivers of the loader's tests have in common: a device whose ioctls run cases.

#include "device.h"

#include "case.h"

static PDEVICE_OBJECT Device;

PDEVICE_OBJECT CaseDevice(void)
{
    return Device;
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_DISPATCH DeviceOpen, DeviceControl;
static DRIVER_UNLOAD DriverUnload;

_Use_decl_annotations_ static NTSTATUS DeviceOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

_Use_decl_annotations_ static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG64 *Buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG64 Argument = 0;
    NTSTATUS Status = STATUS_INVALID_PARAMETER;

    (void)DeviceObject;
    Irp->IoStatus.Information = 0;
    if (Stack->Parameters.DeviceIoControl.InputBufferLength == sizeof(Argument) &&
        Stack->Parameters.DeviceIoControl.OutputBufferLength == sizeof(Argument)) {
        Argument = *Buffer;
        *Buffer = CaseRun((Stack->Parameters.DeviceIoControl.IoControlCode >> 2) & 0x7FF, Argument);
        Irp->IoStatus.Information = sizeof(*Buffer);
        Status = STATUS_SUCCESS;
    }
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

_Use_decl_annotations_ static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Link = RTL_CONSTANT_STRING(CASE_LINK);

    (void)DriverObject;
    CaseUnload();
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Device);
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(CASE_DEVICE);
    UNICODE_STRING Link = RTL_CONSTANT_STRING(CASE_LINK);
    NTSTATUS Status;

    (void)RegistryPath;
    Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Device);
        return Status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DeviceOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DeviceOpen;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceControl;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}

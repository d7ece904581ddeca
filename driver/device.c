// SPDX-License-Identifier: MIT

#include "device.h"

#include <wdmsec.h>
#include <shuttle/ioctl.h>

#include "client.h"
#include "send.h"
#include "wait.h"

// Raw frames are for SYSTEM and administrators (contract SEC-03). An administrator can change this
// in the registry, under the class below, when the driver is built with the WDK.
DECLARE_CONST_UNICODE_STRING(DeviceSecurity, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
DECLARE_CONST_UNICODE_STRING(DeviceName, SHUTTLE_DEVICE_NT_NAME);
DECLARE_CONST_UNICODE_STRING(DeviceDosName, SHUTTLE_DEVICE_DOS_NAME);
static const GUID DeviceClass = {
    0x6b3ecf0a, 0x4a7e, 0x4d0d, {0x9c, 0x1f, 0x52, 0x1d, 0x7a, 0xe0, 0x44, 0xb7}};

static DEVICE_OBJECT *DeviceObject; // from start to stop

static _Dispatch_type_(IRP_MJ_CREATE) DRIVER_DISPATCH DeviceCreate;
static _Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH DeviceCleanup;
static _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH DeviceClose;
static _Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH DeviceControl;

// A handler returns STATUS_PENDING after it has marked the IRP pending and handed it on; otherwise
// the IRP is completed with what it returns and the Information that it has set. PASSIVE_LEVEL, in
// the requester's context. The lengths are those of the stack location: where the method is
// BUFFERED, the system buffer is at least as long as the table demands.
typedef NTSTATUS DEVICE_HANDLER(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);

static const struct {
    ULONG Code;
    ULONG MinimumInput;  // bytes
    ULONG MinimumOutput; // bytes
    DEVICE_HANDLER *Handler;
} DeviceRequests[] = {
    {SHUTTLE_IOCTL_SEND, 0, 0, SendCopied},
    {SHUTTLE_IOCTL_SEND_DIRECT, 0, 0, SendDirect},
    {SHUTTLE_IOCTL_WAIT_SEND, 0, 0, WaitSend},
    {SHUTTLE_IOCTL_LIST_ADAPTERS, 0, sizeof(SHUTTLE_ADAPTER_LIST), ClientListAdapters},
    {SHUTTLE_IOCTL_OPEN_ADAPTER, sizeof(SHUTTLE_OPEN_ADAPTER), sizeof(SHUTTLE_ADAPTER),
     ClientOpenAdapter},
    {SHUTTLE_IOCTL_QUERY_ADAPTER, 0, sizeof(SHUTTLE_ADAPTER), ClientQueryAdapter},
    {SHUTTLE_IOCTL_QUERY_STATISTICS, 0, sizeof(SHUTTLE_STATISTICS), ClientQueryStatistics},
};

C_ASSERT(SHUTTLE_IOCTL_SEND ==
         CTL_CODE(SHUTTLE_DEVICE_TYPE, 0x810, METHOD_NEITHER, FILE_WRITE_ACCESS));
C_ASSERT(SHUTTLE_IOCTL_SEND_DIRECT ==
         CTL_CODE(SHUTTLE_DEVICE_TYPE, 0x811, METHOD_IN_DIRECT, FILE_WRITE_ACCESS));

NTSTATUS DeviceStart(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS Status;

    DriverObject->MajorFunction[IRP_MJ_CREATE] = DeviceCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DeviceCleanup;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DeviceClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceControl;

    // FILE_DEVICE_SECURE_OPEN: the security holds for names below the device, too (contract
    // SEC-04).
    Status = IoCreateDeviceSecure(DriverObject, 0, (PUNICODE_STRING)&DeviceName,
                                  SHUTTLE_DEVICE_TYPE, FILE_DEVICE_SECURE_OPEN, FALSE,
                                  &DeviceSecurity, &DeviceClass, &DeviceObject);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    DeviceObject->Flags |= DO_DIRECT_IO;
    Status = IoCreateSymbolicLink((PUNICODE_STRING)&DeviceDosName, (PUNICODE_STRING)&DeviceName);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(DeviceObject);
        return Status;
    }
    DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID DeviceStop(VOID)
{
    (VOID) IoDeleteSymbolicLink((PUNICODE_STRING)&DeviceDosName);
    IoDeleteDevice(DeviceObject);
    DeviceObject = NULL;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static NTSTATUS DeviceComplete(IRP *Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

_Use_decl_annotations_ static NTSTATUS DeviceCreate(PDEVICE_OBJECT Device, PIRP Irp)
{
    FILE_OBJECT *File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    CLIENT *Client;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (File->FileName.Length != 0) {
        return DeviceComplete(Irp, STATUS_OBJECT_NAME_NOT_FOUND); // nothing is below the device
    }
    Status = ClientCreate(&Client);
    if (NT_SUCCESS(Status)) {
        File->FsContext = Client;
    }
    return DeviceComplete(Irp, Status);
}

_Use_decl_annotations_ static NTSTATUS DeviceCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    ClientCleanup(IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext);
    Irp->IoStatus.Information = 0;
    return DeviceComplete(Irp, STATUS_SUCCESS);
}

_Use_decl_annotations_ static NTSTATUS DeviceClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    ClientRelease(IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext);
    Irp->IoStatus.Information = 0;
    return DeviceComplete(Irp, STATUS_SUCCESS);
}

// The I/O manager has checked the access that the code demands against the handle's.
static NTSTATUS DeviceDispatch(IRP *Irp, IO_STACK_LOCATION *Stack)
{
    ULONG Code = Stack->Parameters.DeviceIoControl.IoControlCode;

    for (ULONG Index = 0; Index < ARRAYSIZE(DeviceRequests); Index++) {
        if (DeviceRequests[Index].Code != Code) {
            continue;
        }
        if (Stack->Parameters.DeviceIoControl.InputBufferLength <
            DeviceRequests[Index].MinimumInput) {
            return STATUS_INVALID_BUFFER_SIZE;
        }
        if (Stack->Parameters.DeviceIoControl.OutputBufferLength <
            DeviceRequests[Index].MinimumOutput) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        return DeviceRequests[Index].Handler(Stack->FileObject->FsContext, Irp, Stack);
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

_Use_decl_annotations_ static NTSTATUS DeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    Status = DeviceDispatch(Irp, IoGetCurrentIrpStackLocation(Irp));
    if (Status == STATUS_PENDING) {
        return STATUS_PENDING; // it is not ours any more
    }
    return DeviceComplete(Irp, Status);
}

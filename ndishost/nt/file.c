// SPDX-License-Identifier: MIT

// File objects: IRP_MJ_CREATE when one is made, IRP_MJ_CLEANUP when its last handle is closed,
// IRP_MJ_CLOSE when its last reference is gone.

#include "device.h"

#include "object.h"

#include <stdlib.h>
#include <string.h>

#define NAME_UNITS 256

static NTSTATUS Send(PFILE_OBJECT File, UCHAR Major, SIM_IRP *Self)
{
    PDEVICE_OBJECT Top = SimDeviceTop(File->DeviceObject);
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->MajorFunction = Major;
    Stack->FileObject = File;
    Self->Irp.Tail.Overlay.OriginalFileObject = File;
    Self->Irp.Flags |= IRP_SYNCHRONOUS_API;
    return SimIrpSendAndWait(Self, Top, NULL);
}

// Cleanup and close must reach the driver even when memory is short, so no failure is injected into
// them: there is nobody to report it to.
static void SendAlways(PFILE_OBJECT File, UCHAR Major, ULONG Flags)
{
    SIM_IRP *Self;
    do {
        Self = SimIrpCreate(SimDeviceTop(File->DeviceObject)->StackSize, NULL);
    } while (Self == NULL);
    Self->Irp.Flags |= Flags;
    Send(File, Major, Self);
}

static void LastHandleClosed(void *Body)
{
    PFILE_OBJECT File = Body;
    if ((File->Flags & FO_HANDLE_CREATED) != 0) {
        SendAlways(File, IRP_MJ_CLEANUP, 0);
        __atomic_or_fetch(&File->Flags, FO_CLEANUP_COMPLETE, __ATOMIC_RELAXED);
    }
}

static void FileDelete(void *Body)
{
    PFILE_OBJECT File = Body;
    if ((File->Flags & FO_HANDLE_CREATED) != 0) {
        SendAlways(File, IRP_MJ_CLOSE, IRP_CLOSE_OPERATION);
    }
    if (File->DeviceObject != NULL) {
        SimDeviceClose(File->DeviceObject);
        SimObjectDereference(File->DeviceObject);
    }
    free(File->FileName.Buffer);
}

OBJECT_TYPE SimTypeFile = {.Name = "File", .Delete = FileDelete, .LastHandle = LastHandleClosed};

// What stands in the name behind the device's: the driver's to interpret.
static NTSTATUS SetName(PFILE_OBJECT File, const WCHAR *Name, USHORT Units)
{
    if (Units == 0) {
        return STATUS_SUCCESS;
    }
    USHORT Bytes = (USHORT)(Units * sizeof(WCHAR));
    WCHAR *Text = malloc(Bytes);
    if (Text == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(Text, Name, Bytes);
    File->FileName = (UNICODE_STRING){.Length = Bytes, .MaximumLength = Bytes, .Buffer = Text};
    return STATUS_SUCCESS;
}

static NTSTATUS SendCreate(PFILE_OBJECT File, ACCESS_MASK Access, KPROCESSOR_MODE Mode)
{
    SIM_IRP *Self = SimIrpCreate(SimDeviceTop(File->DeviceObject)->StackSize, NULL);
    if (Self == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ACCESS_STATE State = {.OriginalDesiredAccess = Access, .PreviouslyGrantedAccess = Access};
    IO_SECURITY_CONTEXT Security = {.AccessState = &State, .DesiredAccess = Access};
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->Parameters.Create.SecurityContext = &Security;
    Stack->Parameters.Create.Options = FILE_OPEN << 24;
    Stack->Parameters.Create.ShareAccess = FILE_SHARE_READ | FILE_SHARE_WRITE;
    Self->Irp.RequestorMode = Mode;
    Self->Irp.Flags |= IRP_CREATE_OPERATION;
    return Send(File, IRP_MJ_CREATE, Self);
}

NTSTATUS SimFileCreate(PCUNICODE_STRING Name, ACCESS_MASK Access, KPROCESSOR_MODE Mode,
                       PFILE_OBJECT *Opened)
{
    WCHAR Rest[NAME_UNITS];
    USHORT RestUnits = 0;
    void *Device;
    NTSTATUS Status = SimNameLookup(Name, &SimTypeDevice, &Device, Rest, NAME_UNITS, &RestUnits);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    PFILE_OBJECT File = SimObjectCreate(&SimTypeFile, sizeof(*File));
    if (File == NULL) {
        SimObjectDereference(Device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = SimDeviceOpen(Device);
    if (!NT_SUCCESS(Status)) {
        SimObjectDereference(Device);
        goto Dereference;
    }
    File->Type = IO_TYPE_FILE;
    File->Size = sizeof(FILE_OBJECT);
    File->DeviceObject = Device; // its open and its reference are the file's from here
    File->ReadAccess = (Access & FILE_READ_DATA) != 0;
    File->WriteAccess = (Access & FILE_WRITE_DATA) != 0;
    File->SharedRead = File->SharedWrite = TRUE;
    KeInitializeEvent(&File->Lock, SynchronizationEvent, FALSE);
    KeInitializeEvent(&File->Event, NotificationEvent, FALSE);
    KeInitializeSpinLock(&File->IrpListLock);
    InitializeListHead(&File->IrpList);
    Status = SetName(File, Rest, RestUnits);
    if (NT_SUCCESS(Status)) {
        Status = SendCreate(File, Access, Mode);
    }
    if (!NT_SUCCESS(Status)) {
        goto Dereference;
    }
    File->Flags |= FO_HANDLE_CREATED | FO_FILE_OPEN; // from now on it needs cleanup and close
    *Opened = File;
    return STATUS_SUCCESS;

Dereference:
    SimObjectDereference(File);
    return Status;
}

NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
                                        PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = SimFileCreate(ObjectName, DesiredAccess, KernelMode, FileObject);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    LastHandleClosed(*FileObject); // as on Windows: the handle is closed, the reference stays
    *DeviceObject = SimDeviceTop((*FileObject)->DeviceObject);
    return STATUS_SUCCESS;
}

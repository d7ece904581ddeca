// SPDX-License-Identifier: MIT

#include "control_driver.h"

CONTROL_COUNTS ControlCounts;

static PDEVICE_OBJECT Device;
static LIST_ENTRY Pending;     // of CONTROL_PEND, by Tail.Overlay.ListEntry
static KSPIN_LOCK PendingLock; // guards it
static ULONG Parameter;

#define CONTROL_TAG 0x74736554u

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static DRIVER_DISPATCH DispatchCount, DispatchControl, DispatchRead, DispatchWrite;
static DRIVER_CANCEL CancelPending;
static DRIVER_UNLOAD Unload;

static NTSTATUS NTAPI DispatchCount(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    switch (IoGetCurrentIrpStackLocation(Irp)->MajorFunction) {
    case IRP_MJ_CREATE:
        InterlockedIncrement(&ControlCounts.Creates);
        break;
    case IRP_MJ_CLEANUP:
        InterlockedIncrement(&ControlCounts.Cleanups);
        break;
    case IRP_MJ_SHUTDOWN:
        InterlockedIncrement(&ControlCounts.Shutdowns);
        break;
    default:
        InterlockedIncrement(&ControlCounts.Closes);
        break;
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static void NTAPI CancelPending(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL Irql;

    (void)DeviceObject;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&PendingLock, &Irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&PendingLock, Irql);
    InterlockedDecrement(&ControlCounts.Pending);
    InterlockedIncrement(&ControlCounts.Cancelled);
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS Pend(PIRP Irp)
{
    KIRQL Irql;

    KeAcquireSpinLock(&PendingLock, &Irql);
    (void)IoSetCancelRoutine(Irp, CancelPending);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        KeReleaseSpinLock(&PendingLock, Irql);
        return Complete(Irp, STATUS_CANCELLED, 0);
    }
    IoMarkIrpPending(Irp);
    InsertTailList(&Pending, &Irp->Tail.Overlay.ListEntry);
    InterlockedIncrement(&ControlCounts.Pending);
    KeReleaseSpinLock(&PendingLock, Irql);
    return STATUS_PENDING;
}

// The first one whose cancel routine has not begun.
static PIRP TakePending(void)
{
    PIRP Found = NULL;
    KIRQL Irql;

    KeAcquireSpinLock(&PendingLock, &Irql);
    for (LIST_ENTRY *Entry = Pending.Flink; Entry != &Pending && Found == NULL;
         Entry = Entry->Flink) {
        PIRP Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);

        if (IoSetCancelRoutine(Irp, NULL) != NULL) {
            RemoveEntryList(Entry);
            InterlockedDecrement(&ControlCounts.Pending);
            Found = Irp;
            break;
        }
    }
    KeReleaseSpinLock(&PendingLock, Irql);
    return Found;
}

static NTSTATUS Release(PIRP Irp)
{
    PIRP Found;

    while ((Found = TakePending()) != NULL) {
        Complete(Found, STATUS_SUCCESS, 0);
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Echo(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG Length = Stack->Parameters.DeviceIoControl.InputBufferLength;
    UCHAR *Data = Irp->AssociatedIrp.SystemBuffer;

    if (Length > Stack->Parameters.DeviceIoControl.OutputBufferLength) {
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    for (ULONG I = 0; I < Length / 2; I++) {
        UCHAR Byte = Data[I];

        Data[I] = Data[Length - 1 - I];
        Data[Length - 1 - I] = Byte;
    }
    return Complete(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS Sum(PIRP Irp)
{
    ULONG_PTR Total = 0;
    UCHAR *Data;

    if (Irp->MdlAddress == NULL) {
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    Data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    if (Data == NULL) {
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    for (ULONG I = 0; I < MmGetMdlByteCount(Irp->MdlAddress); I++) {
        Total += Data[I];
    }
    return Complete(Irp, Total == 600 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, 0);
}

static NTSTATUS NTAPI DispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

    (void)DeviceObject;
    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case CONTROL_ECHO:
        return Echo(Irp, Stack);
    case CONTROL_PEND:
        return Pend(Irp);
    case CONTROL_RELEASE:
        return Release(Irp);
    case CONTROL_SUM:
        return Sum(Irp);
    case CONTROL_PARAMETER:
        if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        }
        *(ULONG *)Irp->AssociatedIrp.SystemBuffer = Parameter;
        return Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
    case CONTROL_LEAK:
        return Complete(Irp,
                        ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, CONTROL_TAG) != NULL
                            ? STATUS_SUCCESS
                            : STATUS_INSUFFICIENT_RESOURCES,
                        0);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS NTAPI DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

    (void)DeviceObject;
    if (Length == CONTROL_READ_PENDS) {
        return Pend(Irp);
    }
    RtlFillMemory(Irp->AssociatedIrp.SystemBuffer, Length, 0x5A);
    return Complete(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS NTAPI DispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    const UCHAR *Data = Irp->AssociatedIrp.SystemBuffer;

    (void)DeviceObject;
    if (Length == CONTROL_READ_PENDS) {
        return Pend(Irp);
    }
    return Complete(Irp, Length != 0 && Data[0] == 0x77 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER,
                    Length);
}

static void ReadParameter(PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Suffix = RTL_CONSTANT_STRING(L"\\Parameters");
    WCHAR Text[256];
    UNICODE_STRING Path = {.MaximumLength = sizeof(Text) - sizeof(WCHAR), .Buffer = Text};
    RTL_QUERY_REGISTRY_TABLE Table[2];

    RtlCopyUnicodeString(&Path, RegistryPath);
    RtlAppendUnicodeStringToString(&Path, &Suffix);
    Text[Path.Length / sizeof(WCHAR)] = 0;
    RtlZeroMemory(Table, sizeof(Table));
    Table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
    Table[0].Name = L"Test";
    Table[0].EntryContext = &Parameter;
    Table[0].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE;
    Parameter = 7;
    (void)RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, Text, Table, NULL, NULL);
}

static void NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\HostTest");

    (void)DriverObject;
    IoUnregisterShutdownNotification(Device);
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(Device);
    InterlockedIncrement(&ControlCounts.Unloaded);
}

NTSTATUS NTAPI ControlFailingEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)DriverObject;
    (void)RegistryPath;
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

NTSTATUS NTAPI ControlEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\HostTest");
    UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\HostTest");
    NTSTATUS Status;

    InitializeListHead(&Pending);
    KeInitializeSpinLock(&PendingLock);
    ReadParameter(RegistryPath);
    Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Device);
        return Status;
    }
    Status = IoRegisterShutdownNotification(Device);
    if (!NT_SUCCESS(Status)) {
        IoDeleteSymbolicLink(&Link);
        IoDeleteDevice(Device);
        return Status;
    }
    Device->Flags |= DO_BUFFERED_IO;
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCount;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCount;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchCount;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = DispatchCount;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
    InterlockedIncrement(&ControlCounts.Loaded);
    return STATUS_SUCCESS;
}

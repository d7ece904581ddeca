// SPDX-License-Identifier: MIT

#include "io_test.h"

#include "wide.h"

TEST_DRIVER Test;

void IoTestStart(void)
{
    SimRegistryStart(NULL);
    SimPnpStart();
}

unsigned IoTestStop(void)
{
    return SimPnpStop() + SimRegistryStop();
}

void IoTestRun(void **State)
{
    void (*Function)(void **) = (void (*)(void **)) * State;
    Test = (TEST_DRIVER){0};
    NtTestStart(4);
    IoTestStart();
    Function(State);
}

int IoTestTeardown(void **State)
{
    unsigned Left = IoTestStop();
    return NtTestTeardown(State) != 0 || Left != 0;
}

NTSTATUS TestComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static DRIVER_CANCEL CancelPended;
SIM_NO_THREAD_SAFETY_ANALYSIS static VOID NTAPI CancelPended(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    atomic_store(&Test.Pended, NULL);
    TestComplete(Irp, STATUS_CANCELLED, 0);
}

NTSTATUS TestPend(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelPended);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        TestComplete(Irp, STATUS_CANCELLED, 0);
        return STATUS_PENDING;
    }
    atomic_store(&Test.Pended, Irp);
    return STATUS_PENDING;
}

void TestCompletePended(NTSTATUS Status)
{
    PIRP Irp = atomic_exchange(&Test.Pended, NULL);
    assert_non_null(Irp);
    assert_non_null(IoSetCancelRoutine(Irp, NULL));
    TestComplete(Irp, Status, 0);
}

static DRIVER_DISPATCH Dispatch;
static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    switch (Stack->MajorFunction) {
    case IRP_MJ_CREATE:
        atomic_fetch_add(&Test.Creates, 1);
        return TestComplete(Irp, Test.CreateStatus, 0);
    case IRP_MJ_CLEANUP:
        atomic_fetch_add(&Test.Cleanups, 1);
        if (Test.Cleanup != NULL) {
            Test.Cleanup();
        }
        return TestComplete(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_CLOSE:
        atomic_fetch_add(&Test.Closes, 1);
        return TestComplete(Irp, STATUS_SUCCESS, 0);
    default:
        atomic_fetch_add(&Test.Controls, 1);
        return Test.Control(Irp, Stack);
    }
}

static DRIVER_UNLOAD Unload;
static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Link = SimWideString(L"\\DosDevices\\Test");
    IoDeleteSymbolicLink(&Link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

static DRIVER_INITIALIZE Entry;
static NTSTATUS NTAPI Entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    UNICODE_STRING Name = SimWideString(L"\\Device\\Test");
    UNICODE_STRING Link = SimWideString(L"\\DosDevices\\Test");
    NTSTATUS Status = IoCreateDevice(DriverObject, 64, &Name, 0x8001, 0, Test.Exclusive,
                                     &Test.Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Test.Device->Flags |= Test.DeviceFlags;
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Test.Device);
        return Status;
    }
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_READ] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = Dispatch;
    return STATUS_SUCCESS;
}

void TestDriverLoad(void)
{
    assert_int_equal(SimDriverLoad("Test", Entry, &Test.Driver), STATUS_SUCCESS);
}

void TestDriverUnload(void)
{
    assert_int_equal(SimDriverUnload(Test.Driver), STATUS_SUCCESS);
    Test = (TEST_DRIVER){0};
}

NTSTATUS TestControl(SIM_FILE *File, ULONG Code, const void *In, size_t InLength, void *Out,
                     size_t OutLength, ULONG_PTR *Information)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_DEVICE_CONTROL,
                           .Code = Code,
                           .In = In,
                           .InLength = InLength,
                           .Out = Out,
                           .OutLength = OutLength};
    return SimRequestRun(File, &Request, Information);
}

SIM_FILE *TestOpen(SIM_PROCESS *Process)
{
    SIM_FILE *File = NULL;
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA | FILE_WRITE_DATA, &File),
                     0);
    return File;
}

SIM_PROCESS *TestProcess(void)
{
    SIM_PROCESS *Process = NULL;
    assert_int_equal(SimProcessCreate(&Process), 0);
    return Process;
}

// SPDX-License-Identifier: MIT

// The control device's requests: PV-22. The driver makes a device and the system sends it one
// request, which the dispatch routine answers in the wrong way, or in the right one.

#include "mistake.h"

typedef NTSTATUS ANSWER(EXAMPLE *E, IRP *Irp);
static ANSWER *Answer;

static DRIVER_DISPATCH Dispatch;
_Use_decl_annotations_ static NTSTATUS Dispatch(DEVICE_OBJECT *Device, IRP *Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Answer(&Example, Irp);
}

static void Complete(IRP *Irp)
{
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static void Ask(EXAMPLE *E, ANSWER *How)
{
    DEVICE_OBJECT *Device;
    IO_STATUS_BLOCK Status;
    KEVENT Done;
    IRP *Irp;

    Answer = How;
    E->DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    if (!NT_SUCCESS(
            IoCreateDevice(E->DriverObject, 0, NULL, FILE_DEVICE_NETWORK, 0, FALSE, &Device))) {
        ExampleFail("no device");
    }
    Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    Irp = IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_NETWORK, 0x800, METHOD_BUFFERED, 0),
                                        Device, NULL, 0, NULL, 0, FALSE, &Done, &Status);
    if (Irp == NULL) {
        ExampleFail("no IRP");
    }
    if (IoCallDriver(Device, Irp) == STATUS_PENDING) {
        KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
    }
    IoDeleteDevice(Device);
}

static NTSTATUS CompleteTwice(EXAMPLE *E, IRP *Irp)
{
    Complete(Irp);
    if (!E->Correct) {
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
    }
    return STATUS_SUCCESS;
}

static void irp_is_completed_twice(EXAMPLE *E)
{
    Ask(E, CompleteTwice);
}

static NTSTATUS PendWithoutMark(EXAMPLE *E, IRP *Irp)
{
    if (E->Correct) {
        IoMarkIrpPending(Irp);
    }
    Complete(Irp); // at once, by what would be another thread
    return STATUS_PENDING;
}

static void irp_pends_without_mark(EXAMPLE *E)
{
    Ask(E, PendWithoutMark);
}

static NTSTATUS MarkWithoutPending(EXAMPLE *E, IRP *Irp)
{
    IoMarkIrpPending(Irp);
    Complete(Irp);
    return E->Correct ? STATUS_PENDING : STATUS_SUCCESS;
}

static void irp_is_marked_and_does_not_pend(EXAMPLE *E)
{
    Ask(E, MarkWithoutPending);
}

static DRIVER_CANCEL Cancel;
_Use_decl_annotations_ static VOID Cancel(DEVICE_OBJECT *Device, IRP *Irp)
{
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static NTSTATUS CompleteCancellable(EXAMPLE *E, IRP *Irp)
{
    IoSetCancelRoutine(Irp, Cancel);
    if (E->Correct) {
        IoSetCancelRoutine(Irp, NULL);
    }
    Complete(Irp);
    return STATUS_SUCCESS;
}

static void irp_is_completed_while_cancellable(EXAMPLE *E)
{
    Ask(E, CompleteCancellable);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-22", irp_is_completed_twice), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-22", irp_pends_without_mark), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-22", irp_is_marked_and_does_not_pend), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-22", irp_is_completed_while_cancellable), .SendsNothing = TRUE},
};

const MISTAKE_GROUP LifeIrpMistakes = MISTAKE_GROUP_OF(Mistakes);

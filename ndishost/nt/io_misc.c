// SPDX-License-Identifier: MIT

// Smaller functions of the I/O manager: the error log, shutdown notifications, what is asked about
// IRPs and threads.

#include "device.h"

#include "object.h"
#include "object_header.h"
#include "print.h"
#include "thread.h"

#define TAG_LOG 0x676f4c45u        // "ELog"
#define TAG_SHUTDOWN 0x74756853u   // "Shut"
#define TAG_COMPLETION 0x45436f49u // "IoCE"

// ---- the error log: one line on stderr for each entry

PVOID NTAPI IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (IoObject == NULL || EntrySize < sizeof(IO_ERROR_LOG_PACKET) ||
        EntrySize > ERROR_LOG_MAXIMUM_SIZE) {
        return NULL;
    }
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, EntrySize, TAG_LOG);
}

VOID NTAPI IoFreeErrorLogEntry(PVOID ElEntry)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePoolWithTag(ElEntry, TAG_LOG);
}

VOID NTAPI IoWriteErrorLogEntry(PVOID ElEntry)
{
    const IO_ERROR_LOG_PACKET *Entry = ElEntry;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimPrint("ndishost: error log: code 0x%08X, unique value %u, final status 0x%08X\n",
             (unsigned)Entry->ErrorCode, Entry->UniqueErrorValue, (unsigned)Entry->FinalStatus);
    IoFreeErrorLogEntry(ElEntry);
}

// ---- shutdown

typedef struct SHUTDOWN {
    LIST_ENTRY Entry;
    PDEVICE_OBJECT Device; // referenced
} SHUTDOWN;

static SIM_LOCK ShutdownLock;                           // guards the list
static LIST_ENTRY Shutdowns = {&Shutdowns, &Shutdowns}; // the latest first

NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SHUTDOWN *New = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*New), TAG_SHUTDOWN);
    if (New == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    New->Device = DeviceObject;
    SimObjectReference(DeviceObject);
    SimLock(&ShutdownLock);
    DeviceObject->Flags |= DO_SHUTDOWN_REGISTERED;
    InsertHeadList(&Shutdowns, &New->Entry);
    SimUnlock(&ShutdownLock);
    return STATUS_SUCCESS;
}

// One registration of this device, or the first of any; NULL: none. It is the caller's.
static SHUTDOWN *TakeShutdown(const DEVICE_OBJECT *Device)
{
    SHUTDOWN *Found = NULL;
    SimLock(&ShutdownLock);
    for (LIST_ENTRY *At = Shutdowns.Flink; At != &Shutdowns && Found == NULL; At = At->Flink) {
        SHUTDOWN *One = CONTAINING_RECORD(At, SHUTDOWN, Entry);
        Found = Device == NULL || One->Device == Device ? One : NULL;
    }
    if (Found != NULL) {
        RemoveEntryList(&Found->Entry);
    }
    SimUnlock(&ShutdownLock);
    return Found;
}

static void FreeShutdown(SHUTDOWN *Old)
{
    Old->Device->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
    SimObjectDereference(Old->Device);
    ExFreePoolWithTag(Old, TAG_SHUTDOWN);
}

VOID NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SHUTDOWN *Old;
    while ((Old = TakeShutdown(DeviceObject)) != NULL) {
        FreeShutdown(Old);
    }
}

void SimShutdownSend(void)
{
    SHUTDOWN *One;
    while ((One = TakeShutdown(NULL)) != NULL) {
        PDEVICE_OBJECT Top = SimDeviceTop(One->Device);
        SIM_IRP *Self = SimIrpCreate(Top->StackSize, __builtin_return_address(0));
        if (Self != NULL) {
            IoGetNextIrpStackLocation(&Self->Irp)->MajorFunction = IRP_MJ_SHUTDOWN;
            (void)SimIrpSendAndWait(Self, Top, NULL);
        }
        FreeShutdown(One);
    }
}

unsigned SimShutdownStop(void)
{
    unsigned Left = 0;
    SHUTDOWN *One;
    while ((One = TakeShutdown(NULL)) != NULL) {
        SimPrint("ndishost: leak: a device is still registered for shutdown\n");
        FreeShutdown(One);
        Left++;
    }
    return Left;
}

// ---- IRPs

// A completion routine that keeps the device until it has run.
typedef struct COMPLETION {
    PDEVICE_OBJECT Device; // referenced
    PIO_COMPLETION_ROUTINE Routine;
    PVOID Context;
    BOOLEAN OnSuccess, OnError, OnCancel;
} COMPLETION;

static IO_COMPLETION_ROUTINE CompleteHeld;
static NTSTATUS NTAPI CompleteHeld(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    COMPLETION Kept = *(COMPLETION *)Context;
    ExFreePoolWithTag(Context, TAG_COMPLETION);
    BOOLEAN Wanted = (Irp->Cancel && Kept.OnCancel) ||
                     (NT_SUCCESS(Irp->IoStatus.Status) ? Kept.OnSuccess : Kept.OnError);
    NTSTATUS Status = STATUS_CONTINUE_COMPLETION;
    if (Wanted) {
        Status = Kept.Routine(DeviceObject, Irp, Kept.Context);
    } else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount) {
        IoMarkIrpPending(Irp);
    }
    SimObjectDereference(Kept.Device);
    return Status;
}

NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                        PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
                                        BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
                                        BOOLEAN InvokeOnCancel)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    COMPLETION *Kept = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Kept), TAG_COMPLETION);
    if (Kept == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Kept = (COMPLETION){.Device = DeviceObject, .Routine = CompletionRoutine, .Context = Context};
    Kept->OnSuccess = InvokeOnSuccess;
    Kept->OnError = InvokeOnError;
    Kept->OnCancel = InvokeOnCancel;
    SimObjectReference(DeviceObject);
    IoSetCompletionRoutine(Irp, CompleteHeld, Kept, TRUE, TRUE, TRUE);
    return STATUS_SUCCESS;
}

static _Thread_local PIRP TopLevelIrp;

PIRP NTAPI IoGetTopLevelIrp(VOID)
{
    return TopLevelIrp;
}

VOID NTAPI IoSetTopLevelIrp(PIRP Irp)
{
    TopLevelIrp = Irp;
}

// There is one session, which all clients are in.
NTSTATUS NTAPI IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    BOOLEAN HasProcess = IoGetRequestorProcess(Irp) != NULL;
    *pSessionId = HasProcess ? 0 : MAXULONG;
    return HasProcess ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

BOOLEAN NTAPI IoIsOperationSynchronous(PIRP Irp)
{
    PFILE_OBJECT File = Irp->Tail.Overlay.OriginalFileObject;
    return (Irp->Flags & IRP_SYNCHRONOUS_API) != 0 ||
           (File != NULL && (File->Flags & FO_SYNCHRONOUS_IO) != 0);
}

NTSTATUS NTAPI IoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess)
{
    const ULONG Known = FILE_READ_ACCESS | FILE_WRITE_ACCESS;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    PFILE_OBJECT File = Stack->FileObject;
    if ((RequiredAccess & ~Known) != 0 || (Stack->MajorFunction != IRP_MJ_DEVICE_CONTROL &&
                                           Stack->MajorFunction != IRP_MJ_FILE_SYSTEM_CONTROL)) {
        return STATUS_INVALID_PARAMETER;
    }
    ULONG Granted = File == NULL ? Known
                                 : (File->ReadAccess ? FILE_READ_ACCESS : 0u) |
                                       (File->WriteAccess ? FILE_WRITE_ACCESS : 0u);
    BOOLEAN Allowed = Irp->RequestorMode == KernelMode || (RequiredAccess & ~Granted) == 0;
    return Allowed ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

// ---- threads

BOOLEAN NTAPI IoIsSystemThread(PETHREAD Thread)
{
    return PsIsSystemThread(Thread);
}

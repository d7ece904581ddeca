// SPDX-License-Identifier: MIT

// Requests of client processes: device control, read, write. This is the data path of programs, so
// it takes no lock and, once warm, allocates nothing.

#include "process_private.h"

#include "device.h"
#include "futex.h"

#define NO_ACCESS ((ACCESS_MASK)-1)

static void NTAPI FinishRequest(SIM_IRP *Self)
{
    SIM_FILE *File = Self->Owner;
    void *Context = Self->Context;
    void(NTAPI * Done)(void *, NTSTATUS, ULONG_PTR) = Self->Done;
    SimIrpFinishBuffers(Self);
    IO_STATUS_BLOCK Result = Self->Irp.IoStatus;
    if (Self->Slot != NULL) {
        __atomic_store_n(Self->Slot, NULL, __ATOMIC_RELEASE);
    }
    SimIrpRelease(Self);
    SimFileRelease(File);
    if (Done != NULL) {
        Done(Context, Result.Status, Result.Information); // the request's memory may go now
    }
}

static ACCESS_MASK AccessFor(const SIM_REQUEST *Request)
{
    switch (Request->Major) {
    case IRP_MJ_READ:
        return FILE_READ_DATA;
    case IRP_MJ_WRITE:
        return FILE_WRITE_DATA;
    case IRP_MJ_DEVICE_CONTROL:
        return (Request->Code >> 14) & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    default:
        return NO_ACCESS;
    }
}

static NTSTATUS Check(const SIM_FILE *File, const SIM_REQUEST *Request)
{
    ACCESS_MASK Wanted = AccessFor(Request);
    if (Wanted == NO_ACCESS || Request->InLength > UINT32_MAX || Request->OutLength > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    if (atomic_load_explicit(&File->Process->Exiting, memory_order_relaxed) != 0) {
        return STATUS_PROCESS_IS_TERMINATING;
    }
    return (Wanted & ~File->Access) != 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static NTSTATUS Fill(SIM_IRP *Self, SIM_FILE *File, PDEVICE_OBJECT Device,
                     const SIM_REQUEST *Request)
{
    PIRP Irp = &Self->Irp;
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(Irp);
    Self->Finish = FinishRequest;
    Self->Process = File->Process;
    Self->Slot = Request->Irp;
    Self->Owner = File;
    Self->Done = Request->Done;
    Self->Context = Request->Context;
    Irp->RequestorMode = UserMode;
    Irp->Tail.Overlay.Thread = PsGetCurrentThread();
    Irp->Tail.Overlay.OriginalFileObject = File->Object;
    Stack->MajorFunction = Request->Major;
    Stack->FileObject = File->Object;
    if (Request->Major != IRP_MJ_DEVICE_CONTROL) {
        BOOLEAN Read = Request->Major == IRP_MJ_READ;
        void *Buffer = Read ? Request->Out : (void *)Request->In;
        ULONG Length = (ULONG)(Read ? Request->OutLength : Request->InLength);
        return SimIrpSetTransfer(Self, UserMode, Device, Buffer, Length, Read);
    }
    ULONG InLength = (ULONG)Request->InLength;
    ULONG OutLength = (ULONG)Request->OutLength;
    Stack->Parameters.DeviceIoControl.IoControlCode = Request->Code;
    Stack->Parameters.DeviceIoControl.InputBufferLength = InLength;
    Stack->Parameters.DeviceIoControl.OutputBufferLength = OutLength;
    return SimIrpSetBuffers(Self, UserMode, Request->Code & 3, Request->In, InLength, Request->Out,
                            OutLength);
}

// A process may have begun to exit before this request could be found by the search for requests to
// cancel. Of the two, one sees the other.
static void CancelWhenExiting(SIM_IRP *Self, SIM_PROCESS *Process)
{
    if (__builtin_expect(atomic_load(&Process->Exiting), 0) != 0 && SimIrpHold(Self)) {
        if (Self->Process == Process) {
            SimIrpCancel(&Self->Irp);
        }
        SimIrpRelease(Self);
    }
}

static NTSTATUS Send(SIM_IRP *Self, PDEVICE_OBJECT Device, SIM_PROCESS *Process, void **Slot)
{
    if (Slot != NULL) {
        __atomic_store_n(Slot, Self, __ATOMIC_RELEASE);
    }
    SimIrpPublish(Self);
    NTSTATUS Status = IofCallDriver(Device, &Self->Irp);
    if (Status == STATUS_PENDING) {
        CancelWhenExiting(Self, Process);
    }
    return Status;
}

NTSTATUS SimRequestStart(SIM_FILE *File, const SIM_REQUEST *Request, BOOLEAN *Reached)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Outer = Thread->Process;
    *Reached = FALSE;
    if (!SimFileAcquire(File)) {
        return STATUS_INVALID_HANDLE;
    }
    SIM_PROCESS *Process = File->Process;
    NTSTATUS Status = Check(File, Request);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    PDEVICE_OBJECT Device = SimDeviceTop(File->Object->DeviceObject);
    SIM_IRP *Self = SimIrpCreate(Device->StackSize, __builtin_return_address(0));
    if (Self == NULL) {
        Status = STATUS_INSUFFICIENT_RESOURCES;
        goto Release;
    }
    Thread->Process = Process;
    Status = Fill(Self, File, Device, Request);
    if (!NT_SUCCESS(Status)) {
        Thread->Process = Outer;
        SimIrpDiscard(Self);
        goto Release;
    }
    *Reached = TRUE;
    Status = Send(Self, Device, Process, Request->Irp); // the request has the file's reference
    Thread->Process = Outer;
    return Status;

Release:
    SimFileRelease(File);
    return Status;
}

// One who waits for his own request. Mostly it has completed when the call returns: the word says
// so without an event.
#define RUN_UNDER_WAY 0u
#define RUN_WAITED_FOR 1u
#define RUN_DONE 2u

typedef struct RUN {
    _Atomic uint32_t State; // RUN_..., and the futex of the one who waits
    IO_STATUS_BLOCK Result;
} RUN;

static void NTAPI RunDone(void *Context, NTSTATUS Status, ULONG_PTR Information)
{
    RUN *Run = Context;
    Run->Result.Status = Status;
    Run->Result.Information = Information;
    if (atomic_exchange_explicit(&Run->State, RUN_DONE, memory_order_acq_rel) == RUN_WAITED_FOR) {
        FutexWake(&Run->State, 1); // the waiter may be gone by now; only the address is used
    }
}

static void RunWait(RUN *Run)
{
    uint32_t Seen = RUN_UNDER_WAY;
    if (!atomic_compare_exchange_strong_explicit(&Run->State, &Seen, RUN_WAITED_FOR,
                                                 memory_order_acq_rel, memory_order_acquire)) {
        return;
    }
    while (atomic_load_explicit(&Run->State, memory_order_acquire) != RUN_DONE) {
        FutexWait(&Run->State, RUN_WAITED_FOR);
    }
}

NTSTATUS SimRequestRun(SIM_FILE *File, SIM_REQUEST *Request, ULONG_PTR *Information)
{
    RUN Run = {.State = RUN_UNDER_WAY};
    BOOLEAN Reached;
    Request->Done = RunDone;
    Request->Context = &Run;
    Request->Irp = NULL;
    NTSTATUS Status = SimRequestStart(File, Request, &Reached);
    if (Status == STATUS_PENDING) {
        RunWait(&Run);
    }
    if (Information != NULL) {
        *Information = Run.Result.Information;
    }
    return Reached ? Run.Result.Status : Status;
}

void SimRequestCancel(void **Irp)
{
    SIM_IRP *Self = __atomic_load_n(Irp, __ATOMIC_ACQUIRE);
    if (Self == NULL || !SimIrpHold(Self)) {
        return;
    }
    if (Self->Slot == Irp) { // else it has completed, and the IRP serves another request
        SimIrpCancel(&Self->Irp);
    }
    SimIrpRelease(Self);
}

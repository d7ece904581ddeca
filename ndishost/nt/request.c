// SPDX-License-Identifier: MIT

// Requests of client processes: device control, read, write. This is the data path of programs, so
// it takes no lock and, once warm, allocates nothing.

#include "process_private.h"

#include "device.h"
#include "futex.h"
#include "irp_dispatch.h"
#include "thread.h"

#define NO_ACCESS ((ACCESS_MASK)-1)

// How a request ends: see SIM_REQUEST.
typedef struct REQUEST_END {
    void(NTAPI *Done)(void *Context, NTSTATUS Status, ULONG_PTR Information);
    void *Context;
    void **Slot;
} REQUEST_END;

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
    if (__builtin_expect(Request->Major == IRP_MJ_DEVICE_CONTROL, 1)) {
        return (Request->Code >> 14) & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    }
    return Request->Major == IRP_MJ_READ    ? FILE_READ_DATA
           : Request->Major == IRP_MJ_WRITE ? FILE_WRITE_DATA
                                            : NO_ACCESS;
}

static NTSTATUS Check(const SIM_FILE *File, const SIM_REQUEST *Request)
{
    ACCESS_MASK Wanted = AccessFor(Request);
    if (Wanted == NO_ACCESS || (Request->InLength | Request->OutLength) > UINT32_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    if (atomic_load_explicit(&File->Process->Exiting, memory_order_relaxed) != 0) {
        return STATUS_PROCESS_IS_TERMINATING;
    }
    return (Wanted & ~File->Access) != 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

// Of a device control, and of nothing else.
static inline NTSTATUS FillControl(SIM_IRP *Self, PIO_STACK_LOCATION Stack,
                                   const SIM_REQUEST *Request)
{
    ULONG Code = Request->Code;
    ULONG InLength = (ULONG)Request->InLength;
    ULONG OutLength = (ULONG)Request->OutLength;
    Stack->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    Stack->Parameters.DeviceIoControl.IoControlCode = Code;
    Stack->Parameters.DeviceIoControl.InputBufferLength = InLength;
    Stack->Parameters.DeviceIoControl.OutputBufferLength = OutLength;
    return SimIrpSetBuffers(Self, UserMode, Code & 3, Request->In, InLength, Request->Out,
                            OutLength);
}

static DECLSPEC_NOINLINE NTSTATUS FillTransfer(SIM_IRP *Self, PIO_STACK_LOCATION Stack,
                                               PDEVICE_OBJECT Device, const SIM_REQUEST *Request)
{
    BOOLEAN Read = Request->Major == IRP_MJ_READ;
    void *Buffer = Read ? Request->Out : (void *)Request->In;
    ULONG Length = (ULONG)(Read ? Request->OutLength : Request->InLength);
    Stack->MajorFunction = Request->Major;
    return SimIrpSetTransfer(Self, UserMode, Device, Buffer, Length, Read);
}

static inline NTSTATUS Fill(SIM_IRP *Self, SIM_THREAD *Thread, SIM_FILE *File,
                            PDEVICE_OBJECT Device, const SIM_REQUEST *Request,
                            const REQUEST_END *End)
{
    PIRP Irp = &Self->Irp;
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(Irp);
    PFILE_OBJECT Object = File->Object;
    Self->Finish = FinishRequest;
    Self->Process = Thread->Process;
    Self->Slot = End->Slot;
    Self->Owner = File;
    Self->Done = End->Done;
    Self->Context = End->Context;
    Irp->RequestorMode = UserMode;
    Irp->Tail.Overlay.Thread = (PETHREAD)SimThreadObjectOf(Thread);
    Irp->Tail.Overlay.OriginalFileObject = Object;
    Stack->FileObject = Object;
    return __builtin_expect(Request->Major == IRP_MJ_DEVICE_CONTROL, 1)
               ? FillControl(Self, Stack, Request)
               : FillTransfer(Self, Stack, Device, Request);
}

// A process may have begun to exit before this request could be found by the search for requests to
// cancel. Of the two, one sees the other.
static SIM_SLOW void NTAPI CancelForExit(SIM_IRP *Self, SIM_PROCESS *Process)
{
    if (SimIrpHold(Self)) {
        if (Self->Process == Process) {
            SimIrpCancel(&Self->Irp);
        }
        SimIrpRelease(Self);
    }
}

// In the context of the file's process. The IRP takes over the reference to the file, unless Fill
// fails.
static inline __attribute__((always_inline)) NTSTATUS Send(SIM_IRP *Self, SIM_THREAD *Thread,
                                                           SIM_FILE *File, PDEVICE_OBJECT Device,
                                                           const SIM_REQUEST *Request,
                                                           const REQUEST_END *End, BOOLEAN *Reached)
{
    SIM_PROCESS *Process = Thread->Process;
    NTSTATUS Status = Fill(Self, Thread, File, Device, Request, End);
    if (!NT_SUCCESS(Status)) {
        SimIrpDiscard(Self);
        SimFileRelease(File);
        return Status;
    }
    *Reached = TRUE;
    if (End->Slot != NULL) {
        __atomic_store_n(End->Slot, Self, __ATOMIC_RELEASE);
    }
    Status = SimIrpSend(Self, Device, PASSIVE_LEVEL);
    if (Status == STATUS_PENDING && __builtin_expect(atomic_load(&Process->Exiting), 0) != 0) {
        CancelForExit(Self, Process);
    }
    return Status;
}

// One copy for those who wait and one for those who don't: every request passes through here.
static inline __attribute__((always_inline)) NTSTATUS Start(SIM_FILE *File,
                                                            const SIM_REQUEST *Request,
                                                            const REQUEST_END *End,
                                                            BOOLEAN *Reached, void *Caller)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    *Reached = FALSE;
    if (!SimFileAcquire(File)) {
        return STATUS_INVALID_HANDLE;
    }
    NTSTATUS Status = Check(File, Request);
    if (!NT_SUCCESS(Status)) {
        SimFileRelease(File);
        return Status;
    }
    PDEVICE_OBJECT Device = SimDeviceTop(File->Object->DeviceObject);
    SIM_IRP *Self = SimIrpCreate(Device->StackSize, Caller);
    if (Self == NULL) {
        SimFileRelease(File);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Outer = Thread->Process;
    Thread->Process = File->Process;
    Status = Send(Self, Thread, File, Device, Request, End, Reached);
    Thread->Process = Outer;
    return Status;
}

NTSTATUS SimRequestStart(SIM_FILE *File, const SIM_REQUEST *Request, BOOLEAN *Reached)
{
    REQUEST_END End = {Request->Done, Request->Context, Request->Irp};
    return Start(File, Request, &End, Reached, __builtin_return_address(0));
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

static SIM_SLOW void NTAPI RunWait(RUN *Run)
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

NTSTATUS SimRequestRun(SIM_FILE *File, const SIM_REQUEST *Request, ULONG_PTR *Information)
{
    RUN Run;
    REQUEST_END End = {RunDone, &Run, NULL};
    BOOLEAN Reached;
    atomic_init(&Run.State, RUN_UNDER_WAY);
    Run.Result.Information = 0;
    NTSTATUS Status = Start(File, Request, &End, &Reached, __builtin_return_address(0));
    if (Status == STATUS_PENDING &&
        atomic_load_explicit(&Run.State, memory_order_acquire) != RUN_DONE) {
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

// SPDX-License-Identifier: MIT

// The buffers of a request by its method, and the requests that drivers build for each other.

#include "irp_dispatch.h"

#include "mdl.h"
#include "pool_table.h"
#include "sanitizer.h"
#include "special_pool.h"

#include <string.h>

#define TAG_SYSTEM_BUFFER 0x42737953u // "SysB"
#define SMALL_BUFFER 512

static SIM_CACHE Buffers = {.Name = "system buffer",
                            .BodyBytes = SMALL_BUFFER,
                            .Magazine = SimCacheBuffer,
                            .Counter = SimCounterCount};

// ---- system buffers

static void *AllocateSystemBuffer(ULONG Bytes, BOOLEAN FromPool)
{
    if (FromPool) {
        return SimPoolAllocate(NonPagedPoolNx, Bytes, TAG_SYSTEM_BUFFER, FALSE,
                               __builtin_return_address(0));
    }
    SIM_BLOCK *Block = SimCacheTake(&Buffers, __builtin_return_address(0));
    if (Block == NULL) {
        return NULL;
    }
    char *Body = SimBlockBody(Block);
    SIM_POISON(Body + Bytes, SMALL_BUFFER - Bytes);
    atomic_store_explicit(&Block->Holds, 1, memory_order_relaxed);
    return Body;
}

static DECLSPEC_NOINLINE void NTAPI FreeSystemBuffer(SIM_IRP *Self)
{
    if (Self->SystemBufferFromPool) {
        SimPoolFree(Self->SystemBuffer, TAG_SYSTEM_BUFFER, __builtin_return_address(0));
    } else {
        SIM_BLOCK *Block = SimBlockOf(Self->SystemBuffer);
        atomic_store_explicit(&Block->Holds, 0, memory_order_relaxed);
        SimCacheGive(Block);
    }
    Self->SystemBuffer = NULL;
}

// The client's threads may change the client's memory at any time, which ThreadSanitizer would call
// a race, and it does not survive a jump out of its own memcpy. AddressSanitizer is to see the
// copy; UBSan is not to object to NULL, which is a client's address like any other.
__attribute__((no_sanitize("undefined"))) static void CopyBytes(void *To, const void *From,
                                                                size_t Bytes)
{
#ifdef SIM_ASAN
    memcpy(To, From, Bytes);
#else
    __asm__ volatile("rep movsb" : "+D"(To), "+S"(From), "+c"(Bytes) : : "memory");
#endif
}

// Copies between system and client memory. A fault gives STATUS_ACCESS_VIOLATION.
static NTSTATUS CopyGuarded(void *To, const void *From, size_t Bytes)
{
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        CopyBytes(To, From, Bytes);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    return Status;
}

static NTSTATUS ProbeOut(void *Out, ULONG Bytes)
{
    volatile NTSTATUS Status = STATUS_SUCCESS;
    uintptr_t End = (uintptr_t)Out + Bytes;
    if (End < (uintptr_t)Out || End > MmUserProbeAddress) {
        return STATUS_ACCESS_VIOLATION;
    }
    __try {
        for (uintptr_t Byte = (uintptr_t)Out; Byte < End; Byte = (Byte | (PAGE_SIZE - 1)) + 1) {
            SimTouchWrite((void *)Byte);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    return Status;
}

static NTSTATUS SetSystemBuffer(SIM_IRP *Self, KPROCESSOR_MODE Mode, const void *In, ULONG InLength,
                                void *Out, ULONG OutLength)
{
    ULONG Bytes = InLength > OutLength ? InLength : OutLength;
    if (Bytes == 0) {
        return STATUS_SUCCESS;
    }
    if (Mode == UserMode && InLength > 0 &&
        ((uintptr_t)In > MmUserProbeAddress || (uintptr_t)In + InLength > MmUserProbeAddress)) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (Mode == UserMode && OutLength > 0) {
        NTSTATUS Status = ProbeOut(Out, OutLength);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    Self->SystemBufferFromPool = Bytes > SMALL_BUFFER || SimSpecialOn;
    Self->SystemBuffer = AllocateSystemBuffer(Bytes, Self->SystemBufferFromPool);
    if (Self->SystemBuffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Self->Irp.AssociatedIrp.SystemBuffer = Self->SystemBuffer;
    Self->Irp.Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    if (OutLength > 0) {
        Self->CopyTo = Out;
        Self->CopyLimit = OutLength;
        Self->Irp.UserBuffer = Out;
        Self->Irp.Flags |= IRP_INPUT_OPERATION;
    }
    return InLength > 0 ? CopyGuarded(Self->SystemBuffer, In, InLength) : STATUS_SUCCESS;
}

static NTSTATUS SetDirectBuffer(SIM_IRP *Self, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation,
                                void *Buffer, ULONG Length)
{
    if (Length == 0) {
        return STATUS_SUCCESS; // MdlAddress stays NULL
    }
    volatile NTSTATUS Status = STATUS_SUCCESS;
    PMDL Mdl = SimMdlAllocate(Buffer, Length, __builtin_return_address(0));
    if (Mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __try {
        SimMdlLock(Mdl, Mode, Operation, __builtin_return_address(0));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    if (!NT_SUCCESS(Status)) {
        SimMdlRelease(Mdl, __builtin_return_address(0));
        return Status;
    }
    Self->Irp.MdlAddress = Mdl;
    return STATUS_SUCCESS;
}

// Gives back what a request has, also one that is half built; the IRP itself stays.
static void DropBuffers(SIM_IRP *Self)
{
    if (Self->SystemBuffer != NULL) {
        FreeSystemBuffer(Self);
    }
    if (Self->Irp.MdlAddress != NULL) {
        SimMdlFreeChain(Self->Irp.MdlAddress, __builtin_return_address(0));
        Self->Irp.MdlAddress = NULL;
    }
}

static NTSTATUS BuffersSet(SIM_IRP *Self, NTSTATUS Status)
{
    if (!NT_SUCCESS(Status)) {
        DropBuffers(Self);
    }
    return Status;
}

NTSTATUS SimIrpMakeBuffers(SIM_IRP *Self, KPROCESSOR_MODE Mode, ULONG Method, const void *In,
                           ULONG InLength, void *Out, ULONG OutLength)
{
    NTSTATUS Status;
    if (Method == METHOD_BUFFERED) {
        Status = SetSystemBuffer(Self, Mode, In, InLength, Out, OutLength);
    } else {
        Status = SetSystemBuffer(Self, Mode, In, InLength, NULL, 0);
        if (NT_SUCCESS(Status)) {
            Status = SetDirectBuffer(Self, Mode,
                                     Method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess, Out,
                                     OutLength);
        }
    }
    return BuffersSet(Self, Status);
}

NTSTATUS SimIrpSetTransfer(SIM_IRP *Self, KPROCESSOR_MODE Mode, PDEVICE_OBJECT Device, void *Buffer,
                           ULONG Length, BOOLEAN Read)
{
    NTSTATUS Status = STATUS_SUCCESS;
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    if (Read) {
        Stack->Parameters.Read.Length = Length;
        Self->Irp.Flags |= IRP_READ_OPERATION;
    } else {
        Stack->Parameters.Write.Length = Length;
        Self->Irp.Flags |= IRP_WRITE_OPERATION;
    }
    if ((Device->Flags & DO_BUFFERED_IO) != 0) {
        Status = Read ? SetSystemBuffer(Self, Mode, NULL, 0, Buffer, Length)
                      : SetSystemBuffer(Self, Mode, Buffer, Length, NULL, 0);
    } else if ((Device->Flags & DO_DIRECT_IO) != 0) {
        Status = SetDirectBuffer(Self, Mode, Read ? IoWriteAccess : IoReadAccess, Buffer, Length);
    } else {
        Self->Irp.UserBuffer = Buffer;
    }
    return BuffersSet(Self, Status);
}

static DECLSPEC_NOINLINE void NTAPI CopyOut(SIM_IRP *Self, ULONG_PTR Written)
{
    PIRP Irp = &Self->Irp;
    if (Written > Self->CopyLimit) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x312, (ULONG_PTR)Irp, Written,
                    Self->CopyLimit,
                    "IRP %p was completed with Information %llu, but its output buffer has "
                    "%u bytes",
                    Irp, (unsigned long long)Written, Self->CopyLimit);
    }
    NTSTATUS Status = CopyGuarded(Self->CopyTo, Self->SystemBuffer, Written);
    if (!NT_SUCCESS(Status)) {
        Irp->IoStatus.Status = Status;
    }
}

void NTAPI SimIrpReturnBuffers(SIM_IRP *Self)
{
    PIRP Irp = &Self->Irp;
    ULONG_PTR Written = Irp->IoStatus.Information;
    if (Self->CopyTo != NULL && !NT_ERROR(Irp->IoStatus.Status) && Written > 0) {
        CopyOut(Self, Written);
    }
    DropBuffers(Self);
}

unsigned SimIrpReportBuffers(void)
{
    return SimCacheReportLive(&Buffers);
}

// ---- sending and waiting

typedef struct WAITER {
    KEVENT Event;
    IO_STATUS_BLOCK Result;
} WAITER;

static void NTAPI FinishWaiter(SIM_IRP *Self)
{
    WAITER *Waiter = Self->Context;
    SimIrpFinishBuffers(Self);
    Waiter->Result = Self->Irp.IoStatus;
    SimIrpRelease(Self);
    KeSetEvent(&Waiter->Event, IO_NO_INCREMENT, FALSE);
}

NTSTATUS SimIrpSendAndWait(SIM_IRP *Self, PDEVICE_OBJECT Device, ULONG_PTR *Information)
{
    WAITER Waiter = {0};
    KeInitializeEvent(&Waiter.Event, NotificationEvent, FALSE);
    Self->Finish = FinishWaiter;
    Self->Context = &Waiter;
    Self->Irp.Tail.Overlay.Thread = PsGetCurrentThread();
    if (SimIrpSend(Self, Device, SimCurrentIrql()) == STATUS_PENDING) {
        KeWaitForSingleObject(&Waiter.Event, Executive, KernelMode, FALSE, NULL);
    }
    if (Information != NULL) {
        *Information = Waiter.Result.Information;
    }
    return Waiter.Result.Status;
}

// ---- what drivers build

// The status block and the event are the driver's; both may go away as soon as the event is set.
static void NTAPI FinishThreaded(SIM_IRP *Self)
{
    PIRP Irp = &Self->Irp;
    SimIrpFinishBuffers(Self);
    PIO_STATUS_BLOCK Block = Irp->UserIosb;
    PKEVENT Event = Irp->UserEvent;
    if (Block != NULL) {
        *Block = Irp->IoStatus;
    }
    SimIrpRelease(Self);
    if (Event != NULL) {
        KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
    }
}

static PIRP PublishThreaded(SIM_IRP *Self, PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    Self->Finish = FinishThreaded;
    Self->Irp.UserEvent = Event;
    Self->Irp.UserIosb = IoStatusBlock;
    Self->Irp.Tail.Overlay.Thread = PsGetCurrentThread();
    SimIrpPublish(Self, 1);
    return &Self->Irp;
}

PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
                                         PVOID InputBuffer, ULONG InputBufferLength,
                                         PVOID OutputBuffer, ULONG OutputBufferLength,
                                         BOOLEAN InternalDeviceIoControl, PKEVENT Event,
                                         PIO_STATUS_BLOCK IoStatusBlock)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_IRP *Self = SimIrpCreate(DeviceObject->StackSize, __builtin_return_address(0));
    if (Self == NULL) {
        return NULL;
    }
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->MajorFunction = InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL
                                                   : IRP_MJ_DEVICE_CONTROL;
    Stack->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
    Stack->Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
    Stack->Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
    if (!NT_SUCCESS(SimIrpSetBuffers(Self, KernelMode, IoControlCode & 3, InputBuffer,
                                     InputBufferLength, OutputBuffer, OutputBufferLength))) {
        SimIrpDiscard(Self);
        return NULL;
    }
    return PublishThreaded(Self, Event, IoStatusBlock);
}

static SIM_IRP *BuildFsd(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer,
                         ULONG Length, PLARGE_INTEGER StartingOffset, void *Caller)
{
    SIM_IRP *Self = SimIrpCreate(DeviceObject->StackSize, Caller);
    if (Self == NULL) {
        return NULL;
    }
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->MajorFunction = (UCHAR)MajorFunction;
    if (MajorFunction != IRP_MJ_READ && MajorFunction != IRP_MJ_WRITE) {
        return Self; // PNP, flush, shutdown: the driver fills the parameters
    }
    if (!NT_SUCCESS(SimIrpSetTransfer(Self, KernelMode, DeviceObject, Buffer, Length,
                                      MajorFunction == IRP_MJ_READ))) {
        SimIrpDiscard(Self);
        return NULL;
    }
    if (StartingOffset != NULL) {
        Stack->Parameters.Read.ByteOffset = *StartingOffset; // Write has it at the same place
    }
    return Self;
}

PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
                                        PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
                                        PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_IRP *Self = BuildFsd(MajorFunction, DeviceObject, Buffer, Length, StartingOffset,
                             __builtin_return_address(0));
    return Self != NULL ? PublishThreaded(Self, Event, IoStatusBlock) : NULL;
}

BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp);

static IO_COMPLETION_ROUTINE CatchIrp;
static NTSTATUS NTAPI CatchIrp(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject;
    (void)Irp;
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (Irp->CurrentLocation <= 1) {
        return FALSE;
    }
    KEVENT Event;
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, CatchIrp, &Event, TRUE, TRUE, TRUE);
    if (IofCallDriver(DeviceObject, Irp) == STATUS_PENDING) {
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    }
    return TRUE;
}

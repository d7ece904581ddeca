// SPDX-License-Identifier: MIT

// What the cost of a send is made of, one operation at a time. The requester takes the time of a
// request with many repetitions; nothing but the operation and its loop is between its ends.

#include "classic.h"

typedef struct CALIBRATION {
    BINDING *Binding;
    KPROCESSOR_MODE Mode;
    ULONG Repeat;
    ULONG List;
    VOID *Memory; // of the requester
    ULONG MemoryBytes;
} CALIBRATION;

typedef NTSTATUS OPERATION(const CALIBRATION *Calibration);

static NTSTATUS LockRepeat(const CALIBRATION *Calibration, BOOLEAN Map)
{
    MDL *Mdl;
    NTSTATUS Status = STATUS_SUCCESS;

    if (Calibration->MemoryBytes == 0) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    Mdl = ExAllocatePool2(POOL_FLAG_NON_PAGED,
                          MmSizeOfMdl(Calibration->Memory, Calibration->MemoryBytes), CLASSIC_TAG);
    if (Mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG Left = Calibration->Repeat; NT_SUCCESS(Status) && Left != 0; Left--) {
        MmInitializeMdl(Mdl, Calibration->Memory, Calibration->MemoryBytes);
        Status = ClassicLock(Mdl, Calibration->Mode);
        if (!NT_SUCCESS(Status)) {
            break;
        }
        if (Map &&
            MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute) == NULL) {
            Status = STATUS_INSUFFICIENT_RESOURCES;
        }
        MmUnlockPages(Mdl);
    }
    ExFreePoolWithTag(Mdl, CLASSIC_TAG);
    return Status;
}

static OPERATION PageLockRepeat;
static NTSTATUS PageLockRepeat(const CALIBRATION *Calibration)
{
    return LockRepeat(Calibration, FALSE);
}

static OPERATION PageMapRepeat;
static NTSTATUS PageMapRepeat(const CALIBRATION *Calibration)
{
    return LockRepeat(Calibration, TRUE);
}

static OPERATION MdlRepeat;
static NTSTATUS MdlRepeat(const CALIBRATION *Calibration)
{
    for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
        MDL *Mdl = IoAllocateMdl((VOID *)(ULONG_PTR)PAGE_SIZE, 64, FALSE, FALSE, NULL);

        if (Mdl == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        IoFreeMdl(Mdl);
    }
    return STATUS_SUCCESS;
}

static OPERATION NblRepeat;
static NTSTATUS NblRepeat(const CALIBRATION *Calibration)
{
    for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
        NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Calibration->Binding->NblPool,
                                                                     0, 0, NULL, 0, 0);

        if (Nbl == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        NdisFreeNetBufferList(Nbl);
    }
    return STATUS_SUCCESS;
}

static OPERATION PoolRepeat;
static NTSTATUS PoolRepeat(const CALIBRATION *Calibration)
{
    for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
        VOID *Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, CLASSIC_TAG);

        if (Memory == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        ExFreePoolWithTag(Memory, CLASSIC_TAG);
    }
    return STATUS_SUCCESS;
}

static OPERATION SpinLockRepeat;
static NTSTATUS SpinLockRepeat(const CALIBRATION *Calibration)
{
    KSPIN_LOCK Lock;

    KeInitializeSpinLock(&Lock);
    for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
        KIRQL OldIrql;

        KeAcquireSpinLock(&Lock, &OldIrql);
        KeReleaseSpinLock(&Lock, OldIrql);
    }
    return STATUS_SUCCESS;
}

static OPERATION InterlockedRepeat;
static NTSTATUS InterlockedRepeat(const CALIBRATION *Calibration)
{
    volatile LONG Value = 0;

    for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
        InterlockedIncrement(&Value);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS CopyGuarded(UCHAR *To, const CALIBRATION *Calibration)
{
    __try {
        if (Calibration->Mode != KernelMode) {
            ProbeForRead(Calibration->Memory, Calibration->MemoryBytes, 1);
        }
        for (ULONG Left = Calibration->Repeat; Left != 0; Left--) {
            ClassicCopy(To, Calibration->Memory, Calibration->MemoryBytes);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static OPERATION CopyRepeat;
static NTSTATUS CopyRepeat(const CALIBRATION *Calibration)
{
    UCHAR *Copy;
    NTSTATUS Status;

    if (Calibration->MemoryBytes == 0 || Calibration->MemoryBytes > CLASSIC_COPY_MAX) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    Copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, Calibration->MemoryBytes, CLASSIC_TAG);
    if (Copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = CopyGuarded(Copy, Calibration);
    ExFreePoolWithTag(Copy, CLASSIC_TAG);
    return Status;
}

// ---- CLASSIC_OPERATION_SEND, CLASSIC_OPERATION_SEND_CHAINED

typedef struct BURST {
    volatile LONG Left; // NBLs on the way, and one for the sender
    KEVENT Home;
    ULONG Count;
    NET_BUFFER_LIST *Nbls[CLASSIC_BURST_MAX];
    MDL *Mdls[CLASSIC_BURST_MAX]; // all of Frame, in one or two
    UCHAR Frame[CLASSIC_BURST_FRAME];
} BURST;

static VOID BurstDestroy(BURST *Burst)
{
    for (ULONG Index = 0; Index < Burst->Count; Index++) {
        if (Burst->Nbls[Index] != NULL) {
            NdisFreeNetBufferList(Burst->Nbls[Index]);
        }
        for (MDL *Mdl = Burst->Mdls[Index], *Next; Mdl != NULL; Mdl = Next) {
            Next = Mdl->Next;
            IoFreeMdl(Mdl);
        }
    }
    ExFreePoolWithTag(Burst, CLASSIC_TAG);
}

static VOID BurstRelease(BURST *Burst)
{
    if (InterlockedDecrement(&Burst->Left) == 0) {
        KeSetEvent(&Burst->Home, IO_NETWORK_INCREMENT, FALSE);
    }
}

static PACKET_DONE BurstDone;
static VOID NTAPI BurstDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Status);
    BurstRelease(NBL_REQUEST(Nbl));
}

static MDL *BurstMdl(UCHAR *Memory, ULONG Bytes)
{
    MDL *Mdl = IoAllocateMdl(Memory, Bytes, FALSE, FALSE, NULL);

    if (Mdl != NULL) {
        MmBuildMdlForNonPagedPool(Mdl);
    }
    return Mdl;
}

static BOOLEAN BurstDescribe(BURST *Burst, ULONG Index, ULONG FirstBytes)
{
    MDL *Mdl = BurstMdl(Burst->Frame, FirstBytes);

    Burst->Mdls[Index] = Mdl;
    if (Mdl == NULL || FirstBytes == sizeof(Burst->Frame)) {
        return Mdl != NULL;
    }
    Mdl->Next = BurstMdl(Burst->Frame + FirstBytes, sizeof(Burst->Frame) - FirstBytes);
    return Mdl->Next != NULL;
}

static BOOLEAN BurstAdd(BINDING *Binding, BURST *Burst, ULONG Index)
{
    NET_BUFFER_LIST *Nbl;

    Nbl = NdisAllocateNetBufferAndNetBufferList(Binding->NblPool, 0, 0, Burst->Mdls[Index], 0,
                                                sizeof(Burst->Frame));
    Burst->Nbls[Index] = Nbl;
    if (Nbl == NULL) {
        return FALSE;
    }
    NBL_DONE(Nbl) = (PVOID)BurstDone;
    NBL_REQUEST(Nbl) = Burst;
    Nbl->SourceHandle = Binding->NdisHandle;
    return TRUE;
}

static BURST *BurstCreate(BINDING *Binding, ULONG Count, ULONG FirstBytes)
{
    BURST *Burst = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Burst), CLASSIC_TAG);

    if (Burst == NULL) {
        return NULL;
    }
    Burst->Count = Count;
    KeInitializeEvent(&Burst->Home, SynchronizationEvent, FALSE);
    Burst->Frame[0] = 0x02;  // a local unicast destination
    Burst->Frame[12] = 0x88; // EtherType for local experiments, IEEE 802
    Burst->Frame[13] = 0xB5;
    for (ULONG Index = 0; Index < Count; Index++) {
        if (!BurstDescribe(Burst, Index, FirstBytes) || !BurstAdd(Binding, Burst, Index)) {
            BurstDestroy(Burst);
            return NULL;
        }
    }
    return Burst;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS BurstSend(BINDING *Binding, BURST *Burst)
{
    NET_BUFFER_LIST *Next = NULL;

    if (!ExAcquireRundownProtectionEx(&Binding->SendGate, Burst->Count)) {
        return (NTSTATUS)NDIS_STATUS_PAUSED;
    }
    // What a lower driver may have left, as in floor.c.
    for (ULONG Index = Burst->Count; Index-- != 0;) {
        NET_BUFFER_LIST *Nbl = Burst->Nbls[Index];

        NET_BUFFER_LIST_NEXT_NBL(Nbl) = Next;
        NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
        Next = Nbl;
    }
    WriteNoFence(&Burst->Left, (LONG)Burst->Count + 1);
    NdisSendNetBufferLists(Binding->NdisHandle, Next, NDIS_DEFAULT_PORT_NUMBER, 0);
    if (InterlockedDecrement(&Burst->Left) != 0) {
        KeWaitForSingleObject(&Burst->Home, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS BurstRepeat(const CALIBRATION *Calibration, ULONG FirstBytes)
{
    BURST *Burst = BurstCreate(Calibration->Binding, Calibration->List, FirstBytes);
    NTSTATUS Status = STATUS_SUCCESS;

    if (Burst == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG Left = Calibration->Repeat; NT_SUCCESS(Status) && Left != 0; Left--) {
        Status = BurstSend(Calibration->Binding, Burst);
    }
    BurstDestroy(Burst);
    return Status;
}

static OPERATION SendRepeat;
static NTSTATUS SendRepeat(const CALIBRATION *Calibration)
{
    return BurstRepeat(Calibration, CLASSIC_BURST_FRAME);
}

static OPERATION SendChainedRepeat;
static NTSTATUS SendChainedRepeat(const CALIBRATION *Calibration)
{
    return BurstRepeat(Calibration, SHUTTLE_MIN_HEADER);
}

// ---- the request

static OPERATION *const Operations[CLASSIC_OPERATIONS] = {
    [CLASSIC_OPERATION_REQUEST] = NULL, // is over
    [CLASSIC_OPERATION_PAGE_LOCK] = PageLockRepeat,
    [CLASSIC_OPERATION_MDL] = MdlRepeat,
    [CLASSIC_OPERATION_NBL] = NblRepeat,
    [CLASSIC_OPERATION_POOL] = PoolRepeat,
    [CLASSIC_OPERATION_SPIN_LOCK] = SpinLockRepeat,
    [CLASSIC_OPERATION_INTERLOCKED] = InterlockedRepeat,
    [CLASSIC_OPERATION_COPY] = CopyRepeat,
    [CLASSIC_OPERATION_SEND] = SendRepeat,
    [CLASSIC_OPERATION_SEND_CHAINED] = SendChainedRepeat,
    [CLASSIC_OPERATION_PAGE_MAP] = PageMapRepeat,
};

static NTSTATUS CalibrateRead(IRP *Irp, IO_STACK_LOCATION *Stack, CLASSIC_CALIBRATION *Request)
{
    VOID *From = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
    ULONG Most;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength != sizeof(*Request)) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    __try {
        if (Irp->RequestorMode != KernelMode) {
            ProbeForRead(From, sizeof(*Request), sizeof(UINT32));
        }
        ClassicCopy(Request, From, sizeof(*Request));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    Most = Request->Operation == CLASSIC_OPERATION_SEND ||
                   Request->Operation == CLASSIC_OPERATION_SEND_CHAINED
               ? CLASSIC_BURST_MAX
               : 0;
    if (Request->Operation >= CLASSIC_OPERATIONS || Request->Repeat > CLASSIC_REPEAT_MAX ||
        Request->List > Most || (Most != 0 && Request->List == 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ClassicCalibrate(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    CLASSIC_CALIBRATION Request;
    CALIBRATION Calibration;
    NTSTATUS Status = CalibrateRead(Irp, Stack, &Request);

    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (Operations[Request.Operation] == NULL) {
        IoMarkIrpPending(Irp);
        ClassicEndRequest(Irp, NDIS_STATUS_SUCCESS);
        return STATUS_PENDING;
    }
    if (!ExAcquireRundownProtection(&Binding->SendGate)) { // so that the binding stays
        return (NTSTATUS)NDIS_STATUS_PAUSED;
    }
    Calibration = (CALIBRATION){
        .Binding = Binding,
        .Mode = Irp->RequestorMode,
        .Repeat = Request.Repeat,
        .List = Request.List,
        .Memory = Irp->UserBuffer,
        .MemoryBytes = Stack->Parameters.DeviceIoControl.OutputBufferLength,
    };
    Status = Operations[Request.Operation](&Calibration);
    ExReleaseRundownProtection(&Binding->SendGate);
    return Status;
}

// SPDX-License-Identifier: MIT

// One packet: two MDLs over the user's header and payload, each probed and locked, an NBL allocated
// over both, NDIS; in the completion everything is unlocked and freed again.

#include "classic.h"

SEND_PARTS ClassicPartsOf(IRP *Irp, IO_STACK_LOCATION *Stack)
{
    return (SEND_PARTS){
        .Header = Stack->Parameters.DeviceIoControl.Type3InputBuffer,
        .Payload = Irp->UserBuffer,
        .HeaderBytes = Stack->Parameters.DeviceIoControl.InputBufferLength,
        .PayloadBytes = Stack->Parameters.DeviceIoControl.OutputBufferLength,
    };
}

NTSTATUS ClassicEnter(BINDING *Binding, const SEND_PARTS *Parts)
{
    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE; // the handle is not tied to an adapter
    }
    if (Parts->HeaderBytes < SHUTTLE_MIN_HEADER) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    if ((ULONG64)Parts->HeaderBytes + Parts->PayloadBytes > Binding->MaximumFrameBytes) {
        return NDIS_STATUS_INVALID_LENGTH;
    }
    if (!ExAcquireRundownProtection(&Binding->SendGate)) {
        return Binding->State == SHUTTLE_ADAPTER_REMOVED ? STATUS_DEVICE_REMOVED
                                                         : (NTSTATUS)NDIS_STATUS_PAUSED;
    }
    return STATUS_SUCCESS;
}

// ---- MDLs over the requester's memory

NTSTATUS ClassicLock(MDL *Mdl, KPROCESSOR_MODE Mode)
{
    __try {
        MmProbeAndLockPages(Mdl, Mode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    SendMapPart(VOID *Address, ULONG Bytes, KPROCESSOR_MODE Mode, MDL **Mdl)
{
    NTSTATUS Status;

    *Mdl = IoAllocateMdl(Address, Bytes, FALSE, FALSE, NULL);
    if (*Mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = ClassicLock(*Mdl, Mode);
    if (!NT_SUCCESS(Status)) {
        IoFreeMdl(*Mdl);
        *Mdl = NULL;
    }
    return Status;
}

VOID NTAPI ClassicUnmap(MDL *Chain)
{
    while (Chain != NULL) {
        MDL *Next = Chain->Next;

        MmUnlockPages(Chain);
        IoFreeMdl(Chain);
        Chain = Next;
    }
}

NTSTATUS ClassicMap(const SEND_PARTS *Parts, KPROCESSOR_MODE Mode, MDL **Chain)
{
    NTSTATUS Status = SendMapPart(Parts->Header, Parts->HeaderBytes, Mode, Chain);

    if (NT_SUCCESS(Status) && Parts->PayloadBytes != 0) {
        Status = SendMapPart(Parts->Payload, Parts->PayloadBytes, Mode, &(*Chain)->Next);
        if (!NT_SUCCESS(Status)) {
            ClassicUnmap(*Chain);
        }
    }
    return Status;
}

// ---- a packet and its NBL

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    SendBuild(BINDING *Binding, const SEND_PARTS *Parts, KPROCESSOR_MODE Mode,
              NET_BUFFER_LIST **Built)
{
    NET_BUFFER_LIST *Nbl;
    MDL *Chain;
    NTSTATUS Status = ClassicMap(Parts, Mode, &Chain);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Nbl = NdisAllocateNetBufferAndNetBufferList(Binding->NblPool, 0, 0, Chain, 0,
                                                Parts->HeaderBytes + Parts->PayloadBytes);
    if (Nbl == NULL) {
        ClassicUnmap(Chain);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Nbl->SourceHandle = Binding->NdisHandle;
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
    *Built = Nbl;
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static VOID SendFree(NET_BUFFER_LIST *Nbl)
{
    MDL *Chain = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl));

    NdisFreeNetBufferList(Nbl);
    ClassicUnmap(Chain);
}

VOID NTAPI ClassicEndRequest(IRP *Irp, NDIS_STATUS Status)
{
    if (Status != NDIS_STATUS_SUCCESS && !NT_ERROR(Status)) {
        Status = NDIS_STATUS_FAILURE;
    }
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NETWORK_INCREMENT);
}

// ---- SHUTTLE_IOCTL_SEND

static PACKET_DONE SendOneDone;
static VOID NTAPI SendOneDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    IRP *Irp = NBL_REQUEST(Nbl);

    UNREFERENCED_PARAMETER(Binding);
    SendFree(Nbl);
    ClassicEndRequest(Irp, Status);
}

NTSTATUS ClassicSendOne(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SEND_PARTS Parts = ClassicPartsOf(Irp, Stack);
    NET_BUFFER_LIST *Nbl;
    NTSTATUS Status = ClassicEnter(Binding, &Parts);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = SendBuild(Binding, &Parts, Irp->RequestorMode, &Nbl);
    if (!NT_SUCCESS(Status)) {
        ExReleaseRundownProtection(&Binding->SendGate);
        return Status;
    }
    NBL_DONE(Nbl) = (PVOID)SendOneDone;
    NBL_REQUEST(Nbl) = Irp;
    IoMarkIrpPending(Irp);
    NdisSendNetBufferLists(Binding->NdisHandle, Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
    return STATUS_PENDING;
}

// ---- CLASSIC_IOCTL_SEND_LIST

typedef struct LIST {
    IRP *Irp;
    volatile LONG Left;   // packets on the way, and one for the sender
    volatile LONG Status; // the first failure
} LIST;

_IRQL_requires_max_(DISPATCH_LEVEL) static VOID ListRelease(LIST *List)
{
    IRP *Irp = List->Irp;
    NDIS_STATUS Status;

    if (InterlockedDecrement(&List->Left) != 0) {
        return;
    }
    Status = List->Status;
    ExFreePoolWithTag(List, CLASSIC_TAG);
    ClassicEndRequest(Irp, Status);
}

static PACKET_DONE SendListDone;
static VOID NTAPI SendListDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    LIST *List = NBL_REQUEST(Nbl);

    UNREFERENCED_PARAMETER(Binding);
    SendFree(Nbl);
    if (Status != NDIS_STATUS_SUCCESS) {
        InterlockedCompareExchange(&List->Status, Status, NDIS_STATUS_SUCCESS);
    }
    ListRelease(List);
}

DECLSPEC_NOINLINE VOID ClassicCopy(VOID *To, const VOID *From, SIZE_T Bytes)
{
    RtlCopyMemory(To, From, Bytes);
}

// Each packet description is read once.
_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    ListRead(const CLASSIC_PACKET *From, KPROCESSOR_MODE Mode, SEND_PARTS *Parts)
{
    CLASSIC_PACKET Packet;

    __try {
        if (Mode != KernelMode) {
            ProbeForRead((volatile VOID *)From, sizeof(*From), sizeof(UINT64));
        }
        ClassicCopy(&Packet, From, sizeof(Packet));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    *Parts = (SEND_PARTS){
        .Header = (VOID *)(ULONG_PTR)Packet.Header,
        .Payload = (VOID *)(ULONG_PTR)Packet.Payload,
        .HeaderBytes = Packet.HeaderBytes,
        .PayloadBytes = Packet.PayloadBytes,
    };
    return STATUS_SUCCESS;
}

// The NBLs that were built, each with a share of the gate.
_IRQL_requires_max_(DISPATCH_LEVEL) static VOID ListAbandon(BINDING *Binding, NET_BUFFER_LIST *Nbls)
{
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Nbls);

        SendFree(Nbls);
        ExReleaseRundownProtection(&Binding->SendGate);
        Nbls = Next;
    }
}

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    ListBuild(BINDING *Binding, IRP *Irp, const CLASSIC_PACKET *Packets, LIST *List,
              NET_BUFFER_LIST **Nbls)
{
    NET_BUFFER_LIST **Tail = Nbls;
    ULONG Count = (ULONG)List->Left - 1;

    *Nbls = NULL;
    for (ULONG Index = 0; Index < Count; Index++) {
        SEND_PARTS Parts;
        NTSTATUS Status = ListRead(&Packets[Index], Irp->RequestorMode, &Parts);

        if (NT_SUCCESS(Status)) {
            Status = ClassicEnter(Binding, &Parts);
        }
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
        Status = SendBuild(Binding, &Parts, Irp->RequestorMode, Tail);
        if (!NT_SUCCESS(Status)) {
            *Tail = NULL;
            ExReleaseRundownProtection(&Binding->SendGate);
            return Status;
        }
        NBL_DONE(*Tail) = (PVOID)SendListDone;
        NBL_REQUEST(*Tail) = List;
        Tail = &NET_BUFFER_LIST_NEXT_NBL(*Tail);
    }
    return STATUS_SUCCESS;
}

NTSTATUS ClassicSendList(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    ULONG Bytes = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG Count = Bytes / sizeof(CLASSIC_PACKET);
    NET_BUFFER_LIST *Nbls;
    LIST *List;
    NTSTATUS Status;

    if (Count == 0 || Count > CLASSIC_LIST_MAX || Bytes % sizeof(CLASSIC_PACKET) != 0) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    List = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*List), CLASSIC_TAG);
    if (List == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    List->Irp = Irp;
    List->Left = (LONG)Count + 1;
    List->Status = NDIS_STATUS_SUCCESS;
    Status = ListBuild(Binding, Irp, Stack->Parameters.DeviceIoControl.Type3InputBuffer, List,
                       &Nbls);
    if (!NT_SUCCESS(Status)) {
        ListAbandon(Binding, Nbls);
        ExFreePoolWithTag(List, CLASSIC_TAG);
        return Status;
    }
    IoMarkIrpPending(Irp);
    NdisSendNetBufferLists(Binding->NdisHandle, Nbls, NDIS_DEFAULT_PORT_NUMBER, 0);
    ListRelease(List);
    return STATUS_PENDING;
}

// ---- the way back, of every rung

_Use_decl_annotations_ VOID ClassicSendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                PNET_BUFFER_LIST NetBufferLists,
                                                ULONG SendCompleteFlags)
{
    BINDING *Binding = ProtocolBindingContext;
    NET_BUFFER_LIST *Next = NetBufferLists;
    ULONG Count = 0;

    UNREFERENCED_PARAMETER(SendCompleteFlags);
    while (Next != NULL) {
        NET_BUFFER_LIST *Nbl = Next;
        PACKET_DONE *Done = (PACKET_DONE *)NBL_DONE(Nbl);

        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        Done(Binding, Nbl, NET_BUFFER_LIST_STATUS(Nbl));
        Count++;
    }
    ExReleaseRundownProtectionEx(&Binding->SendGate, Count);
}

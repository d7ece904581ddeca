// SPDX-License-Identifier: MIT

// A frame's way down and back, from top to bottom:
//
//   SendCopied, SendDirect   lengths, gate, slot            SendBegin
//                            bytes into the slot
//                            NBL prepared, IRP pended, NDIS SendGo
//   SendComplete             status, slot back, IRP         SendCompleteOne
//                            waiters, gate
//
// From NdisSendNetBufferLists on, NBL, slot and IRP belong to the completion, which may come before
// that call returns, on any processor. The IRP is completed by it alone: no cancel routine, because
// NDIS cannot be made to give a frame back (contract SND-63). What the frame keeps alive while it
// is on the way: the gate keeps the binding, the IRP keeps the file object and so the client.

#include "send.h"

#define SEND_ETHERTYPE_OFFSET 12u
#define SEND_ETHERTYPE_VLAN 0x8100u
#define SEND_ETHERTYPE_SERVICE_VLAN 0x88A8u
#define SEND_VLAN_TAG_BYTES 4u

typedef struct SEND_PARTS {
    const UCHAR *Header;
    const UCHAR *Payload;
    ULONG HeaderBytes;
    ULONG PayloadBytes;
} SEND_PARTS;

// A slot of this processor, and the frame counted as sent there: neither takes an interlocked
// instruction.
_IRQL_requires_(DISPATCH_LEVEL) FORCEINLINE NBL_SLOT *SendTakeSlotHere(BINDING *Binding,
                                                                       ULONG Processor, ULONG Bytes)
{
    NBL_SLOT *Slot = NblPoolTake(Binding->Pool, Processor);

    if (Slot != NULL) {
        StatisticsCountSent(&Binding->Statistics, Processor, Bytes);
    }
    return Slot;
}

// A slot, wherever one is free.
_IRQL_requires_(PASSIVE_LEVEL) FORCEINLINE NBL_SLOT *SendTakeSlot(BINDING *Binding, ULONG Bytes)
{
    NBL_SLOT *Slot;
    KIRQL OldIrql;

    // Each further round means that others took what was gathered.
    do {
        KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
        Slot = SendTakeSlotHere(Binding, NdisCurrentProcessorIndex(), Bytes);
        KeLowerIrql(OldIrql);
    } while (Slot == NULL && NblPoolGather(Binding->Pool) != 0);
    return Slot;
}

// Inside the gate with a slot, or neither. Bounds the sum of both parts, so that it fits 32 bits
// afterwards.
_IRQL_requires_(PASSIVE_LEVEL) FORCEINLINE NTSTATUS
    SendBegin(BINDING *Binding, const SEND_PARTS *Parts, NBL_SLOT **Slot)
{
    NTSTATUS Status;

    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE; // the handle is not tied to an adapter
    }
    if (Parts->HeaderBytes < SHUTTLE_MIN_HEADER) {
        Status = STATUS_INVALID_BUFFER_SIZE;
        goto Refuse;
    }
    Status = BindingEnterSend(Binding);
    if (!NT_SUCCESS(Status)) {
        goto Refuse;
    }
    if ((ULONG64)Parts->HeaderBytes + Parts->PayloadBytes > Binding->MaximumFrameSize) {
        Status = NDIS_STATUS_INVALID_LENGTH;
        goto Leave;
    }
    *Slot = SendTakeSlot(Binding, Parts->HeaderBytes + Parts->PayloadBytes);
    if (*Slot == NULL) {
        StatisticsAdd(&Binding->Statistics, CountLimitReached, 1);
        BindingLeaveSend(Binding, 1);
        return STATUS_RETRY;
    }
    return STATUS_SUCCESS;

Leave:
    BindingLeaveSend(Binding, 1);
Refuse:
    StatisticsAdd(&Binding->Statistics, CountFramesRefused, 1);
    return Status;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static VOID SendGiveSlot(NBL_SLOT *Slot)
{
    KIRQL OldIrql;

    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    NblPoolGive(Slot, NdisCurrentProcessorIndex());
    KeLowerIrql(OldIrql);
}

// The other way out of what SendBegin began.
_IRQL_requires_(PASSIVE_LEVEL) static VOID
    SendAbandon(BINDING *Binding, NBL_SLOT *Slot, const SEND_PARTS *Parts)
{
    StatisticsAdd(&Binding->Statistics, CountFramesAbandoned, 1);
    StatisticsAdd(&Binding->Statistics, CountBytesAbandoned,
                  Parts->HeaderBytes + Parts->PayloadBytes);
    StatisticsAdd(&Binding->Statistics, CountFramesRefused, 1);
    SendGiveSlot(Slot);
    WaitWake(Binding); // somebody may have found no slot because of this one
    BindingLeaveSend(Binding, 1);
}

_IRQL_requires_(PASSIVE_LEVEL) static VOID
    SendGo(CLIENT *Client, BINDING *Binding, IRP *Irp, NBL_SLOT *Slot, ULONG OffsetBytes,
           ULONG LengthBytes, MDL *Tail)
{
    Slot->Context = Irp;
    NblPoolPrepare(Slot, Binding->NdisHandle, OffsetBytes, LengthBytes, Tail);
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Slot->Nbl, Client->CancelId);
    ASSERT(NblPoolAudit(Slot->Nbl, Binding->NdisHandle) == NblRuleNone);

    IoMarkIrpPending(Irp);
    NdisSendNetBufferLists(Binding->NdisHandle, Slot->Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
}

// ---- SHUTTLE_IOCTL_SEND: both parts are copied, from the requester's own addresses

// Each byte is read once, and nothing that was read decides anything (contract VER-25). Never
// inlined into the __try block below: clang guards the calls in such a block, and not its other
// accesses.
DECLSPEC_NOINLINE static VOID SendCopyParts(UCHAR *Frame, const SEND_PARTS *Parts)
{
    RtlCopyMemory(Frame, Parts->Header, Parts->HeaderBytes);
    if (Parts->PayloadBytes != 0) {
        RtlCopyMemory(Frame + Parts->HeaderBytes, Parts->Payload, Parts->PayloadBytes);
    }
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    SendCopyFromRequester(UCHAR *Frame, const SEND_PARTS *Parts, KPROCESSOR_MODE Mode)
{
    __try {
        if (Mode != KernelMode) {
            ProbeForRead((volatile VOID *)Parts->Header, Parts->HeaderBytes, 1);
            ProbeForRead((volatile VOID *)Parts->Payload, Parts->PayloadBytes, 1);
        }
        SendCopyParts(Frame, Parts);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return STATUS_ACCESS_VIOLATION;
    }
    return STATUS_SUCCESS;
}

NTSTATUS SendCopied(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SEND_PARTS Parts = {
        .Header = Stack->Parameters.DeviceIoControl.Type3InputBuffer,
        .Payload = Irp->UserBuffer,
        .HeaderBytes = Stack->Parameters.DeviceIoControl.InputBufferLength,
        .PayloadBytes = Stack->Parameters.DeviceIoControl.OutputBufferLength,
    };
    BINDING *Binding = ClientBinding(Client);
    NBL_SLOT *Slot;
    ULONG Offset;
    NTSTATUS Status;

    Status = SendBegin(Binding, &Parts, &Slot);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Offset = NblPoolBackFillBytes(Binding->Pool);
    Status = SendCopyFromRequester(Slot->Frame + Offset, &Parts, Irp->RequestorMode);
    if (!NT_SUCCESS(Status)) {
        SendAbandon(Binding, Slot, &Parts);
        return Status;
    }
    SendGo(Client, Binding, Irp, Slot, Offset, Parts.HeaderBytes + Parts.PayloadBytes, NULL);
    return STATUS_PENDING;
}

// ---- SHUTTLE_IOCTL_SEND_DIRECT: the payload stays where it is, unless it is short

// The MAC header with all its VLAN tags must be in the first MDL (contract NBL-70): FALSE when a
// tag, or what follows it, is in the payload.
static BOOLEAN SendHeaderHoldsTags(const SEND_PARTS *Parts)
{
    ULONG Type = SEND_ETHERTYPE_OFFSET;

    while (Type + sizeof(USHORT) <= Parts->HeaderBytes) {
        ULONG EtherType = ((ULONG)Parts->Header[Type] << 8) | Parts->Header[Type + 1];

        if (EtherType != SEND_ETHERTYPE_VLAN && EtherType != SEND_ETHERTYPE_SERVICE_VLAN) {
            return TRUE;
        }
        Type += SEND_VLAN_TAG_BYTES;
    }
    return FALSE;
}

// The IRP's MDL is chained behind the slot's: the header then has to end where the slot ends.
_IRQL_requires_(PASSIVE_LEVEL) static ULONG SendChain(NBL_SLOT *Slot, const SEND_PARTS *Parts)
{
    ULONG Offset = NblPoolFrameBytes(Slot->Pool) - Parts->HeaderBytes;

    RtlCopyMemory(Slot->Frame + Offset, Parts->Header, Parts->HeaderBytes);
    return Offset;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    SendCopyFromMdl(UCHAR *Frame, SEND_PARTS *Parts, MDL *Mdl)
{
    RtlCopyMemory(Frame, Parts->Header, Parts->HeaderBytes);
    if (Mdl == NULL) {
        return STATUS_SUCCESS;
    }
    Parts->Payload = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
    if (Parts->Payload == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(Frame + Parts->HeaderBytes, Parts->Payload, Parts->PayloadBytes);
    return STATUS_SUCCESS;
}

NTSTATUS SendDirect(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    MDL *Mdl = Irp->MdlAddress; // NULL when the payload is empty (contract MDL-32)
    SEND_PARTS Parts = {
        .Header = Irp->AssociatedIrp.SystemBuffer,
        .HeaderBytes = Stack->Parameters.DeviceIoControl.InputBufferLength,
        .PayloadBytes = Mdl != NULL ? MmGetMdlByteCount(Mdl) : 0,
    };
    BINDING *Binding = ClientBinding(Client);
    NBL_SLOT *Slot;
    ULONG Offset;
    NTSTATUS Status;

    Status = SendBegin(Binding, &Parts, &Slot);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (Parts.PayloadBytes > Binding->Settings.CopyThreshold && SendHeaderHoldsTags(&Parts)) {
        Offset = SendChain(Slot, &Parts);
    } else {
        Offset = NblPoolBackFillBytes(Binding->Pool);
        Status = SendCopyFromMdl(Slot->Frame + Offset, &Parts, Mdl);
        if (!NT_SUCCESS(Status)) {
            SendAbandon(Binding, Slot, &Parts);
            return Status;
        }
        Mdl = NULL;
    }
    SendGo(Client, Binding, Irp, Slot, Offset, Parts.HeaderBytes + Parts.PayloadBytes, Mdl);
    return STATUS_PENDING;
}

// ---- the way back

// An NDIS failure is an NTSTATUS as it stands. A lower driver that reports something else than
// success or an error must not decide how this IRP completes: with STATUS_PENDING it could not
// (0xC9/06).
static NTSTATUS SendRequestStatus(NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_SUCCESS) {
        return STATUS_SUCCESS;
    }
    return NT_ERROR(Status) ? (NTSTATUS)Status : STATUS_UNSUCCESSFUL;
}

_IRQL_requires_(DISPATCH_LEVEL) static VOID
    SendCompleteOne(BINDING *Binding, NET_BUFFER_LIST *Nbl, ULONG Processor)
{
    NDIS_STATUS Status = NET_BUFFER_LIST_STATUS(Nbl);
    NBL_SLOT *Slot = NblPoolFromNbl(Nbl);
    IRP *Irp = Slot->Context;
    ULONG Length = Slot->Length;

    StatisticsCountCompleted(&Binding->Statistics, Processor, Status, Length);
    // The slot first: it lets go of the IRP's MDL, which the I/O manager frees at completion.
    NblPoolGive(Slot, Processor);
    // Information is 0 from the dispatch on: nothing is written to the caller (contract MDL-36).
    Irp->IoStatus.Status = SendRequestStatus(Status);
    IoCompleteRequest(Irp, IO_NETWORK_INCREMENT);
}

// What it calls elsewhere is NTAPI, which says nothing on Windows: where System V's convention is
// the compiler's own, each call of a callback would else save ten vector registers.
_Use_decl_annotations_ VOID SendComplete(NDIS_HANDLE ProtocolBindingContext,
                                         PNET_BUFFER_LIST NetBufferLists, ULONG SendCompleteFlags)
{
    BINDING *Binding = ProtocolBindingContext;
    NET_BUFFER_LIST *Next = NetBufferLists;
    ULONG Frames = 0;
    ULONG Processor;
    KIRQL OldIrql;

    // Raising at DISPATCH_LEVEL is allowed and cheap, so that the flag need not be looked at.
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    Processor = NdisCurrentProcessorIndex();
    while (Next != NULL) {
        NET_BUFFER_LIST *Nbl = Next;

        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl); // before the slot has another taker
        SendCompleteOne(Binding, Nbl, Processor);
        Frames++;
    }
    KeLowerIrql(OldIrql);

    // In this order: a pause may return, and the binding go, as soon as the gate is empty.
    WaitWake(Binding);
    BindingLeaveSend(Binding, Frames);
}

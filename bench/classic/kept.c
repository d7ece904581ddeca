// SPDX-License-Identifier: MIT

// Three rungs between the classic driver and Shuttle, each keeping more from packet to packet:
//
//   ndis5          a model of the NDIS 5 driver: a descriptor from a free list, reinitialised and
//                  sent again, with fresh MDLs. NDIS 5 itself does not exist here: the descriptor
//                  is an NBL of which only what locates the data is written anew.
//   reuse-nbl      the classic driver with its NBL kept, and prepared in full (contract 1.5)
//   reuse-nbl-mdl  the memory of the MDLs is kept too; pages are still locked for each packet

#include "classic.h"

// ---- the packets

static VOID KeptDestroyPacket(PACKET *Packet)
{
    if (Packet->Nbl != NULL) {
        NdisFreeNetBufferList(Packet->Nbl);
    }
    if (Packet->Header != NULL) {
        ExFreePoolWithTag(Packet->Header, CLASSIC_TAG);
    }
    if (Packet->Payload != NULL) {
        ExFreePoolWithTag(Packet->Payload, CLASSIC_TAG);
    }
}

static BOOLEAN KeptCreatePacket(BINDING *Binding, PACKET *Packet)
{
    // From the last byte of a page on: as many pages as such a part can touch.
    SIZE_T MdlBytes = MmSizeOfMdl((PVOID)(ULONG_PTR)(PAGE_SIZE - 1), Binding->MaximumFrameBytes);

    Packet->Header = ExAllocatePool2(POOL_FLAG_NON_PAGED, MdlBytes, CLASSIC_TAG);
    Packet->Payload = ExAllocatePool2(POOL_FLAG_NON_PAGED, MdlBytes, CLASSIC_TAG);
    Packet->Nbl = NdisAllocateNetBufferAndNetBufferList(Binding->NblPool, 0, 0, NULL, 0, 0);
    if (Packet->Header == NULL || Packet->Payload == NULL || Packet->Nbl == NULL) {
        return FALSE;
    }
    Packet->Nb = NET_BUFFER_LIST_FIRST_NB(Packet->Nbl);
    return TRUE;
}

VOID ClassicKeptDestroy(BINDING *Binding)
{
    if (Binding->Packets == NULL) {
        return;
    }
    for (ULONG Index = 0; Index < CLASSIC_KEPT; Index++) {
        KeptDestroyPacket(&Binding->Packets[Index]);
    }
    ExFreePoolWithTag(Binding->Packets, CLASSIC_TAG);
    Binding->Packets = NULL;
}

NTSTATUS ClassicKeptCreate(BINDING *Binding)
{
    InitializeSListHead(&Binding->Free);
    Binding->Packets = ExAllocatePool2(POOL_FLAG_NON_PAGED, CLASSIC_KEPT * sizeof(PACKET),
                                       CLASSIC_TAG);
    if (Binding->Packets == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG Index = 0; Index < CLASSIC_KEPT; Index++) {
        if (!KeptCreatePacket(Binding, &Binding->Packets[Index])) {
            ClassicKeptDestroy(Binding);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        InterlockedPushEntrySList(&Binding->Free, &Binding->Packets[Index].Link);
    }
    return STATUS_SUCCESS;
}

// ---- preparing

// The five fields that locate the data (contract NBL-65).
static VOID KeptSetData(PACKET *Packet, MDL *Chain, ULONG Bytes)
{
    NET_BUFFER_FIRST_MDL(Packet->Nb) = Chain;
    NET_BUFFER_CURRENT_MDL(Packet->Nb) = Chain;
    NET_BUFFER_CURRENT_MDL_OFFSET(Packet->Nb) = 0;
    NET_BUFFER_DATA_OFFSET(Packet->Nb) = 0;
    NET_BUFFER_DATA_LENGTH(Packet->Nb) = Bytes;
}

// The rest of what the contract asks for a reused NBL (NBL-88, NBL-92).
static VOID KeptSetOutOfBand(PACKET *Packet)
{
    NET_BUFFER_LIST *Nbl = Packet->Nbl;

    NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListCancelId) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = NULL;
    NdisClearNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET);
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
}

static VOID KeptSend(BINDING *Binding, PACKET *Packet, IRP *Irp, PACKET_DONE *Done)
{
    NET_BUFFER_LIST *Nbl = Packet->Nbl;

    Packet->Irp = Irp;
    NBL_DONE(Nbl) = (PVOID)Done;
    NBL_REQUEST(Nbl) = Packet;
    // The one slot that lower drivers leave something in (contract NBL-83).
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    Nbl->SourceHandle = Binding->NdisHandle;
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
    IoMarkIrpPending(Irp);
    NdisSendNetBufferLists(Binding->NdisHandle, Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
}

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    KeptTake(BINDING *Binding, const SEND_PARTS *Parts, PACKET **Taken)
{
    NTSTATUS Status = ClassicEnter(Binding, Parts);
    SLIST_ENTRY *Entry;

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Entry = InterlockedPopEntrySList(&Binding->Free);
    if (Entry == NULL) {
        ExReleaseRundownProtection(&Binding->SendGate);
        return STATUS_RETRY;
    }
    *Taken = CONTAINING_RECORD(Entry, PACKET, Link);
    return STATUS_SUCCESS;
}

static VOID KeptGive(BINDING *Binding, PACKET *Packet)
{
    InterlockedPushEntrySList(&Binding->Free, &Packet->Link);
}

_IRQL_requires_max_(APC_LEVEL) static VOID KeptAbandon(BINDING *Binding, PACKET *Packet)
{
    KeptGive(Binding, Packet);
    ExReleaseRundownProtection(&Binding->SendGate);
}

// ---- ndis5 and reuse-nbl: fresh MDLs

static PACKET_DONE FreshDone;
static VOID NTAPI FreshDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    PACKET *Packet = NBL_REQUEST(Nbl);
    IRP *Irp = Packet->Irp;

    ClassicUnmap(NET_BUFFER_FIRST_MDL(Packet->Nb));
    KeptGive(Binding, Packet);
    ClassicEndRequest(Irp, Status);
}

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    FreshSend(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack, BOOLEAN InFull)
{
    SEND_PARTS Parts = ClassicPartsOf(Irp, Stack);
    PACKET *Packet;
    MDL *Chain;
    NTSTATUS Status = KeptTake(Binding, &Parts, &Packet);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ClassicMap(&Parts, Irp->RequestorMode, &Chain);
    if (!NT_SUCCESS(Status)) {
        KeptAbandon(Binding, Packet);
        return Status;
    }
    KeptSetData(Packet, Chain, Parts.HeaderBytes + Parts.PayloadBytes);
    if (InFull) {
        KeptSetOutOfBand(Packet);
    }
    KeptSend(Binding, Packet, Irp, FreshDone);
    return STATUS_PENDING;
}

NTSTATUS ClassicSendNdis5(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    return FreshSend(Binding, Irp, Stack, FALSE);
}

NTSTATUS ClassicSendReuseNbl(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    return FreshSend(Binding, Irp, Stack, TRUE);
}

// ---- reuse-nbl-mdl: the MDLs' memory is the packet's

static PACKET_DONE KeptDone;
static VOID NTAPI KeptDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    PACKET *Packet = NBL_REQUEST(Nbl);
    IRP *Irp = Packet->Irp;

    for (MDL *Mdl = Packet->Header; Mdl != NULL; Mdl = Mdl->Next) {
        MmUnlockPages(Mdl);
    }
    KeptGive(Binding, Packet);
    ClassicEndRequest(Irp, Status);
}

_IRQL_requires_max_(APC_LEVEL) static NTSTATUS
    KeptMap(PACKET *Packet, const SEND_PARTS *Parts, KPROCESSOR_MODE Mode)
{
    NTSTATUS Status;

    MmInitializeMdl(Packet->Header, Parts->Header, Parts->HeaderBytes);
    Status = ClassicLock(Packet->Header, Mode);
    if (!NT_SUCCESS(Status) || Parts->PayloadBytes == 0) {
        return Status;
    }
    MmInitializeMdl(Packet->Payload, Parts->Payload, Parts->PayloadBytes);
    Status = ClassicLock(Packet->Payload, Mode);
    if (!NT_SUCCESS(Status)) {
        MmUnlockPages(Packet->Header);
        return Status;
    }
    Packet->Header->Next = Packet->Payload;
    return STATUS_SUCCESS;
}

NTSTATUS ClassicSendReuseNblMdl(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SEND_PARTS Parts = ClassicPartsOf(Irp, Stack);
    PACKET *Packet;
    NTSTATUS Status = KeptTake(Binding, &Parts, &Packet);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = KeptMap(Packet, &Parts, Irp->RequestorMode);
    if (!NT_SUCCESS(Status)) {
        KeptAbandon(Binding, Packet);
        return Status;
    }
    KeptSetData(Packet, Packet->Header, Parts.HeaderBytes + Parts.PayloadBytes);
    KeptSetOutOfBand(Packet);
    KeptSend(Binding, Packet, Irp, KeptDone);
    return STATUS_PENDING;
}

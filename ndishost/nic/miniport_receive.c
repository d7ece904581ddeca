// SPDX-License-Identifier: MIT

// The way up. One receiver at a time takes frames from the wire into NBLs that were all made when
// the adapter was, and indicates them in batches. When few NBLs are left it indicates with
// NDIS_RECEIVE_FLAGS_RESOURCES, so that these come back at once: protocols that hold on to frames
// slow the adapter down, and it still loses none here.
//
// MiniportReserved[0] of an NBL is the address of its buffer.

#include "chaos.h"

#define RECEIVE_NBLS 512u
#define RECEIVE_BATCH 32u
#define RECEIVE_RESERVE RECEIVE_BATCH

C_ASSERT(RECEIVE_RESERVE >= RECEIVE_BATCH && RECEIVE_RESERVE < RECEIVE_NBLS);

FORCEINLINE UCHAR *ReceiveBuffer(const NET_BUFFER_LIST *Nbl)
{
    return NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0];
}

// ---- making and freeing

static NDIS_STATUS ReceiveCreatePool(ADAPTER *Adapter)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters;

    RtlZeroMemory(&Parameters, sizeof(Parameters));
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.PoolTag = ADAPTER_TAG;
    Adapter->Receive.Pool = NdisAllocateNetBufferListPool(Adapter->Handle, &Parameters);
    return Adapter->Receive.Pool == NULL ? NDIS_STATUS_RESOURCES : NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS ReceiveCreateNbl(ADAPTER *Adapter, UCHAR *Buffer)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    MDL *Mdl = NdisAllocateMdl(Adapter->Handle, Buffer, Receive->BufferBytes);
    NET_BUFFER_LIST *Nbl;

    if (Mdl == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Nbl = NdisAllocateNetBufferAndNetBufferList(Receive->Pool, 0, 0, Mdl, 0, 0);
    if (Nbl == NULL) {
        NdisFreeMdl(Mdl);
        return NDIS_STATUS_RESOURCES;
    }
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0] = Buffer;
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = Receive->Free;
    Receive->Free = Nbl;
    Receive->FreeCount++;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NicReceiveCreate(ADAPTER *Adapter)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    NDIS_STATUS Status;

    KeInitializeSpinLock(&Receive->Lock);
    KeInitializeEvent(&Receive->Home, NotificationEvent, FALSE);
    if (Adapter->Slot->ops->receive == NULL) {
        return NDIS_STATUS_SUCCESS;
    }
    Receive->BufferBytes = Adapter->FrameBytes + ADAPTER_VLAN_BYTES;
    Status = ReceiveCreatePool(Adapter);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    Receive->Buffers = NdisAllocateMemoryWithTagPriority(
        Adapter->Handle, RECEIVE_NBLS * Receive->BufferBytes, ADAPTER_TAG, NormalPoolPriority);
    if (Receive->Buffers == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    for (ULONG I = 0; I < RECEIVE_NBLS; I++) {
        Status = ReceiveCreateNbl(Adapter, Receive->Buffers + (SIZE_T)I * Receive->BufferBytes);
        if (Status != NDIS_STATUS_SUCCESS) {
            return Status;
        }
    }
    return NDIS_STATUS_SUCCESS;
}

static void ReceiveFreeList(NET_BUFFER_LIST *Nbl)
{
    while (Nbl != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        MDL *Mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl));

        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        NdisFreeNetBufferList(Nbl);
        NdisFreeMdl(Mdl);
        Nbl = Next;
    }
}

void NicReceiveDestroy(ADAPTER *Adapter)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;

    ReceiveFreeList(Receive->Free);
    ReceiveFreeList(Receive->Returned);
    if (Receive->Buffers != NULL) {
        NdisFreeMemory(Receive->Buffers, 0, 0);
    }
    if (Receive->Pool != NULL) {
        NdisFreeNetBufferListPool(Receive->Pool);
    }
}

// ---- the gate

static void ReceiveRelease(ADAPTER *Adapter, LONG Count)
{
    if (InterlockedAdd(&Adapter->Receive.References, -Count) == 0) {
        KeSetEvent(&Adapter->Receive.Home, IO_NO_INCREMENT, FALSE);
    }
}

// FALSE: the adapter does not run. Never from zero, because a pause may be over by then.
static BOOLEAN ReceiveEnter(ADAPTER *Adapter)
{
    volatile LONG *References = &Adapter->Receive.References;
    LONG Old = ReadNoFence(References);

    while (Old != 0) {
        LONG Seen = InterlockedCompareExchange(References, Old + 1, Old);
        if (Seen == Old) {
            return TRUE;
        }
        Old = Seen;
    }
    return FALSE;
}

void NicReceiveRestart(ADAPTER *Adapter)
{
    KeClearEvent(&Adapter->Receive.Home);
    InterlockedExchange(&Adapter->Receive.References, 1);
}

void NicReceivePause(ADAPTER *Adapter)
{
    ReceiveRelease(Adapter, 1);
    KeWaitForSingleObject(&Adapter->Receive.Home, Executive, KernelMode, FALSE, NULL);
}

// ---- which frames

static BOOLEAN ReceiveIsMember(const RECEIVE_FILTER *Filter, const UCHAR *Address)
{
    for (ULONG I = 0; I < Filter->AddressCount; I++) {
        if (RtlEqualMemory(Filter->Addresses[I], Address, 6)) {
            return TRUE;
        }
    }
    return FALSE;
}

// A frame that has arrived after a filter was set is to meet that filter.
static void ReceiveUpdateFilter(RECEIVE_PATH *Receive, RECEIVE_FILTER *Filter)
{
    KIRQL Irql;

    if (ReadAcquire(&Receive->FilterVersion) == Filter->Version) {
        return;
    }
    KeAcquireSpinLock(&Receive->Lock, &Irql);
    *Filter = Receive->Filter;
    KeReleaseSpinLock(&Receive->Lock, Irql);
}

static BOOLEAN ReceiveIsWanted(const ADAPTER *Adapter, const RECEIVE_FILTER *Filter,
                               const UCHAR *Address)
{
    if (Filter->PacketFilter & NDIS_PACKET_TYPE_PROMISCUOUS) {
        return TRUE;
    }
    switch (AddressKind(Address)) {
    case AddressUnicast:
        return (Filter->PacketFilter & NDIS_PACKET_TYPE_DIRECTED) &&
               RtlEqualMemory(Address, Adapter->Slot->properties.address, 6);
    case AddressBroadcast:
        return (Filter->PacketFilter & NDIS_PACKET_TYPE_BROADCAST) != 0;
    default:
        return (Filter->PacketFilter & NDIS_PACKET_TYPE_ALL_MULTICAST) ||
               ((Filter->PacketFilter & NDIS_PACKET_TYPE_MULTICAST) &&
                ReceiveIsMember(Filter, Address));
    }
}

// ---- the receiver

// Every field that an earlier protocol may have left behind.
static void ReceivePrepareNbl(ADAPTER *Adapter, NET_BUFFER_LIST *Nbl, ULONG Length)
{
    NET_BUFFER *NetBuffer = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_CURRENT_MDL(NetBuffer) = NET_BUFFER_FIRST_MDL(NetBuffer);
    NET_BUFFER_CURRENT_MDL_OFFSET(NetBuffer) = 0;
    NET_BUFFER_DATA_OFFSET(NetBuffer) = 0;
    NET_BUFFER_DATA_LENGTH(NetBuffer) = Length;
    NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = NULL;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    Nbl->SourceHandle = Adapter->Handle;
}

static void ReceiveCollectReturned(RECEIVE_PATH *Receive, RECEIVE_FILTER *Filter)
{
    NET_BUFFER_LIST *Returned = NULL;
    KIRQL Irql;

    KeAcquireSpinLock(&Receive->Lock, &Irql);
    *Filter = Receive->Filter;
    if (Receive->FreeCount <= RECEIVE_RESERVE + RECEIVE_BATCH) {
        Returned = Receive->Returned;
        Receive->Returned = NULL;
    }
    KeReleaseSpinLock(&Receive->Lock, Irql);
    while (Returned != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Returned);

        NET_BUFFER_LIST_NEXT_NBL(Returned) = Receive->Free;
        Receive->Free = Returned;
        Receive->FreeCount++;
        Returned = Next;
    }
}

typedef struct RECEIVE_BATCH_LIST {
    NET_BUFFER_LIST *Head;
    NET_BUFFER_LIST *Tail;
    ULONG Count;
} RECEIVE_BATCH_LIST;

// Takes frames until the batch has `Limit` of them or the wire is empty; returns how many it took,
// unwanted ones included.
static ULONG ReceiveFill(ADAPTER *Adapter, RECEIVE_FILTER *Filter, ULONG Limit,
                         RECEIVE_BATCH_LIST *Batch)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    struct wire_slot *Slot = Adapter->Slot;
    ULONG Taken;

    for (Taken = 0; Taken < RECEIVE_BATCH && Batch->Count < Limit; Taken++) {
        NET_BUFFER_LIST *Nbl = Receive->Free;
        UCHAR *Frame = ReceiveBuffer(Nbl);
        ULONG Length = (ULONG)Slot->ops->receive(Slot->wire, Frame, Receive->BufferBytes);
        ADDRESS_KIND Kind;

        if (Length == 0) {
            break;
        }
        ReceiveUpdateFilter(Receive, Filter);
        if (Length < ADAPTER_HEADER_BYTES || !ReceiveIsWanted(Adapter, Filter, Frame)) {
            continue;
        }
        Kind = AddressKind(Frame);
        StatisticsAdd(&Adapter->Receive.Statistics.Frames[Kind], 1);
        StatisticsAdd(&Adapter->Receive.Statistics.Bytes[Kind], Length);
        ReceivePrepareNbl(Adapter, Nbl, Length);
        Receive->Free = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        Receive->FreeCount--;
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        if (Batch->Head == NULL) {
            Batch->Head = Nbl;
        } else {
            NET_BUFFER_LIST_NEXT_NBL(Batch->Tail) = Nbl;
        }
        Batch->Tail = Nbl;
        Batch->Count++;
    }
    return Taken;
}

static void ReceiveIndicate(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG Flags)
{
    if (Adapter->Chaos != NULL) {
        ChaosIndicate(Adapter, Nbls, Count, Flags);
    } else {
        NdisMIndicateReceiveNetBufferLists(Adapter->Handle, Nbls, NDIS_DEFAULT_PORT_NUMBER, Count,
                                           Flags);
    }
}

// The NBLs are the receiver's again when the call returns.
static void ReceiveIndicateScarce(ADAPTER *Adapter, const RECEIVE_BATCH_LIST *Batch)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;

    ReceiveIndicate(Adapter, Batch->Head, Batch->Count, NDIS_RECEIVE_FLAGS_RESOURCES);
    NET_BUFFER_LIST_NEXT_NBL(Batch->Tail) = Receive->Free;
    Receive->Free = Batch->Head;
    Receive->FreeCount += Batch->Count;
}

// Frames that arrive while the adapter does not run are lost, as on any NIC that is switched off.
static ULONG ReceiveDiscard(ADAPTER *Adapter)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    struct wire_slot *Slot = Adapter->Slot;
    ULONG Taken = 0;

    // Receive->Free is never empty: the reserve is only lent, not given.
    while (Taken < RECEIVE_BATCH && Slot->ops->receive(Slot->wire, ReceiveBuffer(Receive->Free),
                                                       Receive->BufferBytes) != 0) {
        Taken++;
    }
    StatisticsAdd(&Adapter->Receive.Statistics.Discards, Taken);
    return Taken;
}

ULONG NicReceiveFrames(ADAPTER *Adapter)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    RECEIVE_BATCH_LIST Batch = {NULL, NULL, 0};
    RECEIVE_FILTER Filter;
    BOOLEAN Scarce;
    ULONG Taken;

    if (!ReceiveEnter(Adapter)) {
        return ReceiveDiscard(Adapter);
    }
    ReceiveCollectReturned(Receive, &Filter);
    Scarce = Receive->FreeCount <= RECEIVE_RESERVE ||
             (Adapter->Chaos != NULL && ChaosLends(Adapter));
    Taken = ReceiveFill(Adapter, &Filter,
                        Scarce ? Receive->FreeCount - 1 : Receive->FreeCount - RECEIVE_RESERVE,
                        &Batch);
    if (Batch.Count != 0 && Scarce) {
        ReceiveIndicateScarce(Adapter, &Batch);
    } else if (Batch.Count != 0) {
        InterlockedAdd(&Receive->References, (LONG)Batch.Count);
        ReceiveIndicate(Adapter, Batch.Head, Batch.Count, 0);
    }
    ReceiveRelease(Adapter, 1);
    return Taken;
}

void NTAPI NicReturnNetBufferLists(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, ULONG ReturnFlags)
{
    ADAPTER *Adapter = Context;
    RECEIVE_PATH *Receive = &Adapter->Receive;
    NET_BUFFER_LIST *Last = Nbls;
    LONG Count = 1;
    KIRQL Irql;

    (void)ReturnFlags;
    while (NET_BUFFER_LIST_NEXT_NBL(Last) != NULL) {
        Last = NET_BUFFER_LIST_NEXT_NBL(Last);
        Count++;
    }
    KeAcquireSpinLock(&Receive->Lock, &Irql);
    NET_BUFFER_LIST_NEXT_NBL(Last) = Receive->Returned;
    Receive->Returned = Nbls;
    KeReleaseSpinLock(&Receive->Lock, Irql);
    ReceiveRelease(Adapter, Count);
}

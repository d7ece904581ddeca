// SPDX-License-Identifier: MIT
// Settings that several bindings make and the miniport has once: packet filter, multicast list,
// lookahead. The union of what all want goes down; a binding's own part changes when that
// succeeded.
//
// Everything here runs for the adapter's active request, so it is never run twice at once.

#include "adapter.h"

#define FILTERS_OF_NDIS ((ULONG)(NDIS_PACKET_TYPE_ALL_LOCAL | NDIS_PACKET_TYPE_NO_LOCAL))

static ULONG RequestValue(const NDIS_OID_REQUEST *Request)
{
    ULONG Value;
    RtlCopyMemory(&Value, Request->DATA.SET_INFORMATION.InformationBuffer, sizeof(Value));
    return Value;
}

static PNDIS_OID_REQUEST MergedMake(ADAPTER *Adapter, const NDIS_OID_REQUEST *Like, PVOID Buffer,
                                    ULONG Length)
{
    NDIS_OID_REQUEST *Merged = &Adapter->Merged;
    RtlZeroMemory(Merged, sizeof(*Merged));
    HeaderSet(&Merged->Header, NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_2,
              sizeof(*Merged));
    Merged->RequestType = NdisRequestSetInformation;
    Merged->PortNumber = Like->PortNumber;
    Merged->RequestId = Like->RequestId;
    Merged->DATA.SET_INFORMATION.Oid = Like->DATA.Oid;
    Merged->DATA.SET_INFORMATION.InformationBuffer = Buffer;
    Merged->DATA.SET_INFORMATION.InformationBufferLength = Length;
    return Merged;
}

static NDIS_STATUS ValueCheck(PNDIS_OID_REQUEST Request)
{
    if (Request->DATA.SET_INFORMATION.InformationBufferLength >= sizeof(ULONG)) {
        return NDIS_STATUS_SUCCESS;
    }
    SimOidReplyNeeds(Request, sizeof(ULONG));
    return NDIS_STATUS_INVALID_LENGTH;
}

static NDIS_STATUS FilterMerge(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                               PNDIS_OID_REQUEST *Down)
{
    NDIS_STATUS Status = ValueCheck(Request);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    ULONG Merged = RequestValue(Request);
    if ((Merged & ~(Adapter->General.SupportedPacketFilters | FILTERS_OF_NDIS)) != 0) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    for (ULONG i = 0; i < BINDINGS_MAX; i++) {
        if (Binding == NULL || i != Binding->Slot) {
            Merged |= (ULONG)ReadNoFence(&Adapter->Slots[i].PacketFilter);
        }
    }
    Merged &= ~FILTERS_OF_NDIS;
    Adapter->MergedValue = Merged;
    if (Merged == Adapter->PacketFilter) {
        return NDIS_STATUS_SUCCESS;
    }
    *Down = MergedMake(Adapter, Request, &Adapter->MergedValue, sizeof(ULONG));
    return NDIS_STATUS_PENDING;
}

static void FilterDone(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request)
{
    Adapter->PacketFilter = Adapter->MergedValue;
    if (Binding != NULL) {
        Binding->PacketFilter = RequestValue(Request);
        InterlockedExchange(&Adapter->Slots[Binding->Slot].PacketFilter,
                            (LONG)Binding->PacketFilter);
        SimLoopbackUpdate(Adapter);
    }
    Request->DATA.SET_INFORMATION.BytesRead = sizeof(ULONG);
}

static NDIS_STATUS LookaheadMerge(ADAPTER *Adapter, PNDIS_OID_REQUEST Request,
                                  PNDIS_OID_REQUEST *Down)
{
    NDIS_STATUS Status = ValueCheck(Request);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    ULONG Value = RequestValue(Request);
    if (Value > Adapter->General.LookaheadSize) {
        return NDIS_STATUS_INVALID_LENGTH;
    }
    Adapter->MergedValue = max(Value, Adapter->Lookahead);
    if (Adapter->MergedValue == Adapter->Lookahead) {
        return NDIS_STATUS_SUCCESS;
    }
    *Down = MergedMake(Adapter, Request, &Adapter->MergedValue, sizeof(ULONG));
    return NDIS_STATUS_PENDING;
}

static void LookaheadDone(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request)
{
    Adapter->Lookahead = Adapter->MergedValue;
    if (Binding != NULL) {
        Binding->Lookahead = RequestValue(Request);
    }
    Request->DATA.SET_INFORMATION.BytesRead = sizeof(ULONG);
}

// Adds those that are not there yet; returns the new length.
static ULONG MulticastAdd(UCHAR (*To)[6], ULONG Length, UCHAR (*From)[6], ULONG Count)
{
    for (ULONG i = 0; i < Count; i++) {
        ULONG At = 0;
        while (At < Length && !EthernetAddressEqual(To[At], From[i])) {
            At++;
        }
        if (At == Length) {
            RtlCopyMemory(To[Length++], From[i], 6);
        }
    }
    return Length;
}

// Room for what all bindings could have. The other bindings' lists change only by an active
// request, which this one is; that they stay open is what the lock is for.
static ULONG MulticastUnion(ADAPTER *Adapter, BINDING *Binding, ULONG Count, ULONG Room)
{
    ULONG Length = MulticastAdd(Adapter->MergedMulticast, 0, Adapter->NewMulticast, Count);
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    for (ULONG i = 0; i < BINDINGS_MAX; i++) {
        BINDING *Other = Adapter->Slots[i].Binding;
        if (Other != NULL && Other != Binding && Length + Other->MulticastCount <= Room) {
            Length = MulticastAdd(Adapter->MergedMulticast, Length, Other->Multicast,
                                  Other->MulticastCount);
        }
    }
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Length;
}

static BOOLEAN MulticastIsGood(const ADAPTER *Adapter, const UCHAR (*List)[6], ULONG Count)
{
    if (Count > Adapter->General.MaxMulticastListSize || Count > MULTICAST_MAX) {
        return FALSE;
    }
    for (ULONG i = 0; i < Count; i++) {
        if ((List[i][0] & 1) == 0) {
            return FALSE;
        }
    }
    return TRUE;
}

static NDIS_STATUS MulticastMerge(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                                  PNDIS_OID_REQUEST *Down)
{
    ULONG Bytes = Request->DATA.SET_INFORMATION.InformationBufferLength;
    const UCHAR(*List)[6] = Request->DATA.SET_INFORMATION.InformationBuffer;
    if (Bytes % 6 != 0) {
        SimOidReplyNeeds(Request, (Bytes / 6 + 1) * 6);
        return NDIS_STATUS_INVALID_LENGTH;
    }
    if (!MulticastIsGood(Adapter, List, Bytes / 6)) {
        return NDIS_STATUS_MULTICAST_FULL;
    }
    const ULONG Room = BINDINGS_MAX * MULTICAST_MAX;
    Adapter->NewMulticast = SimNdisAllocate(Bytes + 6);
    Adapter->MergedMulticast = SimNdisAllocate((SIZE_T)Room * 6);
    if (Adapter->NewMulticast == NULL || Adapter->MergedMulticast == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    if (Bytes != 0) {
        RtlCopyMemory(Adapter->NewMulticast, List, Bytes);
    }
    ULONG Length = MulticastUnion(Adapter, Binding, Bytes / 6, Room);
    if (Length > Adapter->General.MaxMulticastListSize) {
        return NDIS_STATUS_MULTICAST_FULL;
    }
    *Down = MergedMake(Adapter, Request, Adapter->MergedMulticast, Length * 6);
    return NDIS_STATUS_PENDING;
}

static void MulticastDone(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request)
{
    ULONG Bytes = Request->DATA.SET_INFORMATION.InformationBufferLength;
    if (Binding != NULL) {
        KIRQL Irql;
        KeAcquireSpinLock(&Adapter->Lock, &Irql);
        UCHAR(*Old)[6] = Binding->Multicast;
        Binding->Multicast = Adapter->NewMulticast;
        Binding->MulticastCount = Bytes / 6;
        Adapter->NewMulticast = Old;
        KeReleaseSpinLock(&Adapter->Lock, Irql);
    }
    Request->DATA.SET_INFORMATION.BytesRead = Bytes;
}

NDIS_STATUS SimOidMerge(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                        PNDIS_OID_REQUEST *Down)
{
    *Down = Request;
    if (Request->RequestType != NdisRequestSetInformation) {
        return NDIS_STATUS_PENDING;
    }
    switch (Request->DATA.Oid) {
    case OID_GEN_CURRENT_PACKET_FILTER:
        return FilterMerge(Adapter, Binding, Request, Down);
    case OID_GEN_CURRENT_LOOKAHEAD:
        return LookaheadMerge(Adapter, Request, Down);
    case OID_802_3_MULTICAST_LIST:
        return MulticastMerge(Adapter, Binding, Request, Down);
    default:
        return NDIS_STATUS_PENDING;
    }
}

void SimOidMergeDone(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                     NDIS_STATUS Status)
{
    if (Request->RequestType != NdisRequestSetInformation) {
        return;
    }
    BOOLEAN Good = Status == NDIS_STATUS_SUCCESS;
    switch (Request->DATA.Oid) {
    case OID_GEN_CURRENT_PACKET_FILTER:
        if (Good) {
            FilterDone(Adapter, Binding, Request);
        }
        break;
    case OID_GEN_CURRENT_LOOKAHEAD:
        if (Good) {
            LookaheadDone(Adapter, Binding, Request);
        }
        break;
    case OID_802_3_MULTICAST_LIST:
        if (Good) {
            MulticastDone(Adapter, Binding, Request);
        }
        SimNdisFree(Adapter->NewMulticast);
        SimNdisFree(Adapter->MergedMulticast);
        Adapter->NewMulticast = NULL;
        Adapter->MergedMulticast = NULL;
        break;
    default:
        break;
    }
}

// The protocol should have cleared both itself. Requests with nothing in them: the union over the
// bindings that stay goes down. In low power the miniport is not asked, and has more than it needs
// until the next change.
void SimOidMergeClose(BINDING *Binding)
{
    ADAPTER *Adapter = Binding->Adapter;
    if (Adapter->Power != PowerDeviceD0) {
        return;
    }
    if (Binding->PacketFilter != 0) {
        ULONG Nothing = 0;
        SimAdapterOid(Adapter, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Nothing,
                      sizeof(Nothing));
    }
    if (Binding->MulticastCount != 0) {
        SimAdapterOid(Adapter, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, NULL, 0);
    }
}

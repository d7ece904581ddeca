// SPDX-License-Identifier: MIT

// OID requests: the entry point, and what can be set.

#include "adapter.h"

// Gives the filter to the wire first: when that fails, the old one holds everywhere.
static NDIS_STATUS OidApplyFilter(ADAPTER *Adapter, const RECEIVE_FILTER *Filter)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    struct wire_slot *Slot = Adapter->Slot;
    struct wire_filter Wire;
    KIRQL Irql;

    RtlZeroMemory(&Wire, sizeof(Wire));
    Wire.any = Filter->PacketFilter != 0;
    Wire.promiscuous = (Filter->PacketFilter & NDIS_PACKET_TYPE_PROMISCUOUS) != 0;
    Wire.all_multicast = (Filter->PacketFilter & NDIS_PACKET_TYPE_ALL_MULTICAST) != 0;
    if (Filter->PacketFilter & NDIS_PACKET_TYPE_MULTICAST) {
        Wire.address_count = Filter->AddressCount;
        RtlCopyMemory(Wire.addresses, Filter->Addresses, sizeof(Filter->Addresses));
    }
    if (Slot->ops->set_filter != NULL && !ReadNoFence(&Adapter->Removed) &&
        Slot->ops->set_filter(Slot->wire, &Wire) != 0) {
        return NDIS_STATUS_RESOURCES;
    }
    KeAcquireSpinLock(&Receive->Lock, &Irql);
    Receive->Filter = *Filter;
    Receive->Filter.Version = InterlockedIncrement(&Receive->FilterVersion);
    KeReleaseSpinLock(&Receive->Lock, Irql);
    NicKick(Adapter); // the wire may have frames now that its thread does not wait for
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS OidSetPacketFilter(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    RECEIVE_FILTER Filter = Adapter->Receive.Filter; // OID requests come one at a time

    if (Request->DATA.SET_INFORMATION.InformationBufferLength < sizeof(ULONG)) {
        Request->DATA.SET_INFORMATION.BytesNeeded = sizeof(ULONG);
        return NDIS_STATUS_INVALID_LENGTH;
    }
    RtlCopyMemory(&Filter.PacketFilter, Request->DATA.SET_INFORMATION.InformationBuffer,
                  sizeof(ULONG));
    Request->DATA.SET_INFORMATION.BytesRead = sizeof(ULONG);
    if ((Filter.PacketFilter & ~ADAPTER_PACKET_FILTERS) != 0) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    return OidApplyFilter(Adapter, &Filter);
}

static NDIS_STATUS OidSetMulticastList(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    RECEIVE_FILTER Filter = Adapter->Receive.Filter;
    ULONG Length = Request->DATA.SET_INFORMATION.InformationBufferLength;

    if (Length % 6 != 0) {
        Request->DATA.SET_INFORMATION.BytesNeeded = Length - Length % 6;
        return NDIS_STATUS_INVALID_LENGTH;
    }
    if (Length > sizeof(Filter.Addresses)) {
        Request->DATA.SET_INFORMATION.BytesNeeded = sizeof(Filter.Addresses);
        return NDIS_STATUS_MULTICAST_FULL;
    }
    Filter.AddressCount = Length / 6;
    RtlCopyMemory(Filter.Addresses, Request->DATA.SET_INFORMATION.InformationBuffer, Length);
    Request->DATA.SET_INFORMATION.BytesRead = Length;
    return OidApplyFilter(Adapter, &Filter);
}

static NDIS_STATUS OidSetLookahead(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    ULONG Lookahead;

    if (Request->DATA.SET_INFORMATION.InformationBufferLength < sizeof(ULONG)) {
        Request->DATA.SET_INFORMATION.BytesNeeded = sizeof(ULONG);
        return NDIS_STATUS_INVALID_LENGTH;
    }
    RtlCopyMemory(&Lookahead, Request->DATA.SET_INFORMATION.InformationBuffer, sizeof(ULONG));
    Request->DATA.SET_INFORMATION.BytesRead = sizeof(ULONG);
    Adapter->Lookahead = Lookahead; // a suggestion; whole frames are indicated anyway
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS OidSet(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    switch (Request->DATA.SET_INFORMATION.Oid) {
    case OID_GEN_CURRENT_PACKET_FILTER:
        return OidSetPacketFilter(Adapter, Request);
    case OID_802_3_MULTICAST_LIST:
        return OidSetMulticastList(Adapter, Request);
    case OID_GEN_CURRENT_LOOKAHEAD:
        return OidSetLookahead(Adapter, Request);
    case OID_GEN_INTERRUPT_MODERATION:
        return NDIS_STATUS_INVALID_DATA;
    case OID_PNP_SET_POWER: // NDIS pauses first, and a wire needs no power
        Request->DATA.SET_INFORMATION.BytesRead =
            Request->DATA.SET_INFORMATION.InformationBufferLength;
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

NDIS_STATUS NTAPI NicOidRequest(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request)
{
    ADAPTER *Adapter = Context;

    switch (Request->RequestType) {
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        return NicOidQuery(Adapter, Request);
    case NdisRequestSetInformation:
        return OidSet(Adapter, Request);
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

// Every request is answered in the call.
void NTAPI NicCancelOidRequest(NDIS_HANDLE Context, PVOID RequestId)
{
    (void)Context;
    (void)RequestId;
}

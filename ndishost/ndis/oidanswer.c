// SPDX-License-Identifier: MIT
// Queries that NDIS answers from a miniport's attributes and the binding's own settings, so that
// the miniport is not asked; and those it answers only when the miniport does not.

#include "adapter.h"

// A fixed part of the general attributes.
typedef struct FIELD_ANSWER {
    NDIS_OID Oid;
    USHORT Offset;
    USHORT Bytes;
} FIELD_ANSWER;

#define FIELD(Oid, Name)                                                                           \
    {                                                                                              \
        Oid, FIELD_OFFSET(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, Name),                         \
            sizeof(((NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *)0)->Name)                          \
    }

static const FIELD_ANSWER Fields[] = {
    FIELD(OID_GEN_MEDIA_SUPPORTED, MediaType),
    FIELD(OID_GEN_MEDIA_IN_USE, MediaType),
    FIELD(OID_GEN_PHYSICAL_MEDIUM, PhysicalMediumType),
    FIELD(OID_GEN_MAXIMUM_LOOKAHEAD, LookaheadSize),
    FIELD(OID_GEN_MAC_OPTIONS, MacOptions),
    FIELD(OID_802_3_MAXIMUM_LIST_SIZE, MaxMulticastListSize),
};

static NDIS_STATUS Reply(PNDIS_OID_REQUEST Request, const void *Data, ULONG Bytes)
{
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Bytes) {
        Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
        SimOidReplyNeeds(Request, Bytes);
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    if (Bytes != 0) {
        RtlCopyMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Data, Bytes);
    }
    Request->DATA.QUERY_INFORMATION.BytesWritten = Bytes;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS ReplyUlong(PNDIS_OID_REQUEST Request, ULONG Value)
{
    return Reply(Request, &Value, sizeof(Value));
}

static BOOLEAN FieldAnswer(ADAPTER *Adapter, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    for (ULONG i = 0; i < ARRAYSIZE(Fields); i++) {
        if (Fields[i].Oid == Request->DATA.Oid) {
            const UCHAR *From = (const UCHAR *)&Adapter->General + Fields[i].Offset;
            *Status = Reply(Request, From, Fields[i].Bytes);
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN LinkAnswer(ADAPTER *Adapter, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    NDIS_LINK_STATE Link;
    SimAttributesGetLinkState(Adapter, &Link);
    ULONG64 Speed = Link.XmitLinkSpeed;
    NDIS_LINK_SPEED Both = {Link.XmitLinkSpeed, Link.RcvLinkSpeed};
    NDIS_LINK_SPEED Most = {Adapter->General.MaxXmitLinkSpeed, Adapter->General.MaxRcvLinkSpeed};
    switch (Request->DATA.Oid) {
    case OID_GEN_LINK_STATE:
        *Status = Reply(Request, &Link, sizeof(Link));
        return TRUE;
    case OID_GEN_LINK_SPEED: // in units of 100 bit/s
        *Status = ReplyUlong(Request, Speed == NDIS_LINK_SPEED_UNKNOWN ? 0 : (ULONG)(Speed / 100));
        return TRUE;
    case OID_GEN_LINK_SPEED_EX:
        *Status = Reply(Request, &Both, sizeof(Both));
        return TRUE;
    case OID_GEN_MAX_LINK_SPEED:
        *Status = Reply(Request, &Most, sizeof(Most));
        return TRUE;
    case OID_GEN_MEDIA_CONNECT_STATUS:
        *Status = ReplyUlong(Request, Link.MediaConnectState == MediaConnectStateConnected
                                          ? NdisMediaStateConnected
                                          : NdisMediaStateDisconnected);
        return TRUE;
    case OID_GEN_MEDIA_CONNECT_STATUS_EX:
        *Status = ReplyUlong(Request, Link.MediaConnectState);
        return TRUE;
    case OID_GEN_MEDIA_DUPLEX_STATE:
        *Status = ReplyUlong(Request, Link.MediaDuplexState);
        return TRUE;
    default:
        return FALSE;
    }
}

static BOOLEAN QueryAnswer(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    ADAPTER *Adapter = Binding->Adapter;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General = &Adapter->General;
    switch (Request->DATA.Oid) {
    case OID_GEN_SUPPORTED_LIST:
        *Status = Reply(Request, General->SupportedOidList, General->SupportedOidListLength);
        return TRUE;
    case OID_GEN_CURRENT_PACKET_FILTER:
        *Status = ReplyUlong(Request, Adapter->PacketFilter);
        return TRUE;
    case OID_GEN_CURRENT_LOOKAHEAD:
        *Status = ReplyUlong(Request, Adapter->Lookahead);
        return TRUE;
    case OID_GEN_PROTOCOL_OPTIONS:
        *Status = ReplyUlong(Request, Binding->ProtocolOptions);
        return TRUE;
    case OID_802_3_PERMANENT_ADDRESS:
        *Status = Reply(Request, General->PermanentMacAddress, General->MacAddressLength);
        return TRUE;
    case OID_802_3_CURRENT_ADDRESS:
        *Status = Reply(Request, General->CurrentMacAddress, General->MacAddressLength);
        return TRUE;
    case OID_802_3_MULTICAST_LIST:
        *Status = Reply(Request, Binding->Multicast, Binding->MulticastCount * 6);
        return TRUE;
    default:
        return FieldAnswer(Adapter, Request, Status) || LinkAnswer(Adapter, Request, Status);
    }
}

static BOOLEAN SetAnswer(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    if (Request->DATA.Oid != OID_GEN_PROTOCOL_OPTIONS) {
        return FALSE;
    }
    if (Request->DATA.SET_INFORMATION.InformationBufferLength < sizeof(ULONG)) {
        SimOidReplyNeeds(Request, sizeof(ULONG));
        *Status = NDIS_STATUS_INVALID_LENGTH;
        return TRUE;
    }
    RtlCopyMemory(&Binding->ProtocolOptions, Request->DATA.SET_INFORMATION.InformationBuffer,
                  sizeof(ULONG));
    Request->DATA.SET_INFORMATION.BytesRead = sizeof(ULONG);
    *Status = NDIS_STATUS_SUCCESS;
    return TRUE;
}

BOOLEAN SimOidAnswer(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    switch (Request->RequestType) {
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        return QueryAnswer(Binding, Request, Status);
    case NdisRequestSetInformation:
        return SetAnswer(Binding, Request, Status);
    default:
        return FALSE;
    }
}

BOOLEAN SimOidAnswerInstead(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status)
{
    if (Request->RequestType != NdisRequestQueryInformation) {
        return FALSE;
    }
    ULONG Mtu = Binding->Adapter->General.MtuSize;
    switch (Request->DATA.Oid) {
    case OID_GEN_MAXIMUM_FRAME_SIZE:
        *Status = ReplyUlong(Request, Mtu);
        return TRUE;
    case OID_GEN_MAXIMUM_TOTAL_SIZE:
    case OID_GEN_TRANSMIT_BLOCK_SIZE:
    case OID_GEN_RECEIVE_BLOCK_SIZE:
        *Status = ReplyUlong(Request, Mtu + ETHERNET_HEADER_BYTES);
        return TRUE;
    default:
        return FALSE;
    }
}

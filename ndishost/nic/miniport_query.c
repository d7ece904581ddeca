// SPDX-License-Identifier: MIT

// What can be asked of an adapter. NDIS answers many of these OIDs itself from the attributes given
// at initialisation; the answers here are the same.

#include "adapter.h"

#define ADAPTER_VENDOR_DESCRIPTION "Shuttle virtual Ethernet adapter"
#define ADAPTER_DRIVER_VERSION 0x00010000u

const NDIS_OID NicSupportedOids[] = {
    OID_GEN_SUPPORTED_LIST,
    OID_GEN_HARDWARE_STATUS,
    OID_GEN_MEDIA_SUPPORTED,
    OID_GEN_MEDIA_IN_USE,
    OID_GEN_PHYSICAL_MEDIUM,
    OID_GEN_MAXIMUM_LOOKAHEAD,
    OID_GEN_MAXIMUM_FRAME_SIZE,
    OID_GEN_MAXIMUM_TOTAL_SIZE,
    OID_GEN_LINK_SPEED,
    OID_GEN_LINK_STATE,
    OID_GEN_MEDIA_CONNECT_STATUS,
    OID_GEN_TRANSMIT_BUFFER_SPACE,
    OID_GEN_RECEIVE_BUFFER_SPACE,
    OID_GEN_TRANSMIT_BLOCK_SIZE,
    OID_GEN_RECEIVE_BLOCK_SIZE,
    OID_GEN_VENDOR_ID,
    OID_GEN_VENDOR_DESCRIPTION,
    OID_GEN_VENDOR_DRIVER_VERSION,
    OID_GEN_MAC_OPTIONS,
    OID_GEN_MAXIMUM_SEND_PACKETS,
    OID_GEN_CURRENT_PACKET_FILTER,
    OID_GEN_CURRENT_LOOKAHEAD,
    OID_GEN_INTERRUPT_MODERATION,
    OID_GEN_STATISTICS,
    OID_GEN_XMIT_OK,
    OID_GEN_RCV_OK,
    OID_GEN_XMIT_ERROR,
    OID_GEN_RCV_ERROR,
    OID_GEN_RCV_NO_BUFFER,
    OID_802_3_PERMANENT_ADDRESS,
    OID_802_3_CURRENT_ADDRESS,
    OID_802_3_MULTICAST_LIST,
    OID_802_3_MAXIMUM_LIST_SIZE,
    OID_PNP_SET_POWER,
    OID_PNP_QUERY_POWER,
};
const ULONG NicSupportedOidsBytes = sizeof(NicSupportedOids);

void NicGetLinkState(const ADAPTER *Adapter, NDIS_LINK_STATE *State)
{
    ULONG64 Speed = Adapter->Slot->properties.link_speed;
    BOOLEAN Up = ReadNoFence(&Adapter->LinkUp) != 0;

    RtlZeroMemory(State, sizeof(*State));
    State->Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    State->Header.Revision = NDIS_LINK_STATE_REVISION_1;
    State->Header.Size = NDIS_SIZEOF_LINK_STATE_REVISION_1;
    State->MediaConnectState = Up ? MediaConnectStateConnected : MediaConnectStateDisconnected;
    State->MediaDuplexState = Up ? MediaDuplexStateFull : MediaDuplexStateUnknown;
    State->XmitLinkSpeed = Up && Speed != 0 ? Speed : NDIS_LINK_SPEED_UNKNOWN;
    State->RcvLinkSpeed = State->XmitLinkSpeed;
    State->PauseFunctions = NdisPauseFunctionsUnknown;
}

// ---- statistics

static ULONG64 StatisticsSum(const volatile ULONG64 *Counters)
{
    return ReadULong64NoFence(&Counters[AddressUnicast]) +
           ReadULong64NoFence(&Counters[AddressMulticast]) +
           ReadULong64NoFence(&Counters[AddressBroadcast]);
}

static ULONG64 StatisticsInDiscards(const ADAPTER *Adapter)
{
    struct wire_slot *Slot = Adapter->Slot;
    ULONG64 Lost = Slot->ops->receive_drops == NULL ? 0 : Slot->ops->receive_drops(Slot->wire);

    return Lost + ReadULong64NoFence(&Adapter->Receive.Statistics.Discards);
}

static void OidGetStatistics(const ADAPTER *Adapter, NDIS_STATISTICS_INFO *Info)
{
    const RECEIVE_STATISTICS *In = &Adapter->Receive.Statistics;
    SEND_STATISTICS Out;

    NicSendGetStatistics(Adapter, &Out);
    RtlZeroMemory(Info, sizeof(*Info));
    Info->Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Info->Header.Revision = NDIS_STATISTICS_INFO_REVISION_1;
    Info->Header.Size = NDIS_SIZEOF_STATISTICS_INFO_REVISION_1;
    Info->SupportedStatistics =
        NDIS_STATISTICS_FLAGS_VALID_RCV_DISCARDS | NDIS_STATISTICS_FLAGS_VALID_RCV_ERROR |
        NDIS_STATISTICS_FLAGS_VALID_BYTES_RCV | NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_RCV |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_RCV | NDIS_STATISTICS_FLAGS_VALID_BYTES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_XMIT |
        NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_XMIT | NDIS_STATISTICS_FLAGS_VALID_XMIT_ERROR |
        NDIS_STATISTICS_FLAGS_VALID_XMIT_DISCARDS;
    Info->ifInDiscards = StatisticsInDiscards(Adapter);
    Info->ifHCInOctets = StatisticsSum(In->Bytes);
    Info->ifHCInUcastPkts = ReadULong64NoFence(&In->Frames[AddressUnicast]);
    Info->ifHCInMulticastPkts = ReadULong64NoFence(&In->Frames[AddressMulticast]);
    Info->ifHCInBroadcastPkts = ReadULong64NoFence(&In->Frames[AddressBroadcast]);
    Info->ifHCInUcastOctets = ReadULong64NoFence(&In->Bytes[AddressUnicast]);
    Info->ifHCInMulticastOctets = ReadULong64NoFence(&In->Bytes[AddressMulticast]);
    Info->ifHCInBroadcastOctets = ReadULong64NoFence(&In->Bytes[AddressBroadcast]);
    Info->ifHCOutOctets = StatisticsSum(Out.Bytes);
    Info->ifHCOutUcastPkts = Out.Frames[AddressUnicast];
    Info->ifHCOutMulticastPkts = Out.Frames[AddressMulticast];
    Info->ifHCOutBroadcastPkts = Out.Frames[AddressBroadcast];
    Info->ifHCOutUcastOctets = Out.Bytes[AddressUnicast];
    Info->ifHCOutMulticastOctets = Out.Bytes[AddressMulticast];
    Info->ifHCOutBroadcastOctets = Out.Bytes[AddressBroadcast];
    Info->ifOutErrors = Out.Errors;
}

// ---- queries

typedef struct OID_ANSWER {
    const void *Data;
    ULONG Length;
    BOOLEAN IsCounter;
    union {
        ULONG Number;
        ULONG64 Counter;
        NDIS_LINK_STATE Link;
        NDIS_STATISTICS_INFO Statistics;
        NDIS_INTERRUPT_MODERATION_PARAMETERS Moderation;
        UCHAR Addresses[ADAPTER_MULTICAST_MAX][6];
    } Value;
} OID_ANSWER;

static void AnswerNumber(OID_ANSWER *Answer, ULONG Number)
{
    Answer->Value.Number = Number;
    Answer->Data = &Answer->Value;
    Answer->Length = sizeof(ULONG);
}

static void AnswerCounter(OID_ANSWER *Answer, ULONG64 Counter)
{
    Answer->Value.Counter = Counter;
    Answer->Data = &Answer->Value;
    Answer->Length = sizeof(ULONG64);
    Answer->IsCounter = TRUE;
}

static void AnswerData(OID_ANSWER *Answer, const void *Data, ULONG Length)
{
    Answer->Data = Data;
    Answer->Length = Length;
}

static void AnswerMulticastList(ADAPTER *Adapter, OID_ANSWER *Answer)
{
    RECEIVE_PATH *Receive = &Adapter->Receive;
    KIRQL Irql;

    KeAcquireSpinLock(&Receive->Lock, &Irql);
    Answer->Length = Receive->Filter.AddressCount * 6;
    RtlCopyMemory(Answer->Value.Addresses, Receive->Filter.Addresses, Answer->Length);
    KeReleaseSpinLock(&Receive->Lock, Irql);
    Answer->Data = &Answer->Value;
}

static void AnswerModeration(OID_ANSWER *Answer)
{
    NDIS_INTERRUPT_MODERATION_PARAMETERS *Moderation = &Answer->Value.Moderation;

    RtlZeroMemory(Moderation, sizeof(*Moderation));
    Moderation->Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Moderation->Header.Revision = NDIS_INTERRUPT_MODERATION_PARAMETERS_REVISION_1;
    Moderation->Header.Size = NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1;
    Moderation->InterruptModeration = NdisInterruptModerationNotSupported;
    AnswerData(Answer, Moderation, sizeof(*Moderation));
}

static BOOLEAN OidAnswerConstant(const ADAPTER *Adapter, NDIS_OID Oid, OID_ANSWER *Answer)
{
    static const char Vendor[] = ADAPTER_VENDOR_DESCRIPTION;
    ULONG Mtu = Adapter->Slot->properties.mtu;

    switch (Oid) {
    case OID_GEN_SUPPORTED_LIST:
        AnswerData(Answer, NicSupportedOids, NicSupportedOidsBytes);
        return TRUE;
    case OID_GEN_HARDWARE_STATUS:
        AnswerNumber(Answer, NdisHardwareStatusReady);
        return TRUE;
    case OID_GEN_MEDIA_SUPPORTED:
    case OID_GEN_MEDIA_IN_USE:
        AnswerNumber(Answer, NdisMedium802_3);
        return TRUE;
    case OID_GEN_PHYSICAL_MEDIUM:
        AnswerNumber(Answer, NdisPhysicalMedium802_3);
        return TRUE;
    case OID_GEN_MAXIMUM_LOOKAHEAD:
    case OID_GEN_MAXIMUM_FRAME_SIZE:
        AnswerNumber(Answer, Mtu);
        return TRUE;
    case OID_GEN_MAXIMUM_TOTAL_SIZE:
    case OID_GEN_TRANSMIT_BLOCK_SIZE:
    case OID_GEN_RECEIVE_BLOCK_SIZE:
        AnswerNumber(Answer, Adapter->FrameBytes);
        return TRUE;
    case OID_GEN_TRANSMIT_BUFFER_SPACE:
    case OID_GEN_RECEIVE_BUFFER_SPACE:
        AnswerNumber(Answer, Adapter->FrameBytes * WIRE_SEND_BATCH);
        return TRUE;
    case OID_GEN_VENDOR_ID:
        AnswerNumber(Answer, 0xFFFFFF); // none assigned
        return TRUE;
    case OID_GEN_VENDOR_DESCRIPTION:
        AnswerData(Answer, Vendor, sizeof(Vendor));
        return TRUE;
    case OID_GEN_VENDOR_DRIVER_VERSION:
        AnswerNumber(Answer, ADAPTER_DRIVER_VERSION);
        return TRUE;
    case OID_GEN_MAC_OPTIONS:
        AnswerNumber(Answer, ADAPTER_MAC_OPTIONS);
        return TRUE;
    case OID_GEN_MAXIMUM_SEND_PACKETS:
        AnswerNumber(Answer, WIRE_SEND_BATCH);
        return TRUE;
    case OID_802_3_PERMANENT_ADDRESS:
    case OID_802_3_CURRENT_ADDRESS:
        AnswerData(Answer, Adapter->Slot->properties.address, 6);
        return TRUE;
    case OID_802_3_MAXIMUM_LIST_SIZE:
        AnswerNumber(Answer, ADAPTER_MULTICAST_MAX);
        return TRUE;
    case OID_GEN_INTERRUPT_MODERATION:
        AnswerModeration(Answer);
        return TRUE;
    default:
        return FALSE;
    }
}

static BOOLEAN OidAnswerState(ADAPTER *Adapter, NDIS_OID Oid, OID_ANSWER *Answer)
{
    SEND_STATISTICS Out;
    NDIS_LINK_STATE Link;

    NicSendGetStatistics(Adapter, &Out);
    NicGetLinkState(Adapter, &Link);
    switch (Oid) {
    case OID_GEN_LINK_STATE:
        Answer->Value.Link = Link;
        AnswerData(Answer, &Answer->Value, sizeof(Link));
        return TRUE;
    case OID_GEN_LINK_SPEED: // in units of 100 bit/s
        AnswerNumber(Answer, Link.XmitLinkSpeed == NDIS_LINK_SPEED_UNKNOWN
                                 ? 0
                                 : (ULONG)min(Link.XmitLinkSpeed / 100, MAXULONG));
        return TRUE;
    case OID_GEN_MEDIA_CONNECT_STATUS:
        AnswerNumber(Answer, Link.MediaConnectState == MediaConnectStateConnected
                                 ? NdisMediaStateConnected
                                 : NdisMediaStateDisconnected);
        return TRUE;
    case OID_GEN_CURRENT_PACKET_FILTER:
        AnswerNumber(Answer, Adapter->Receive.Filter.PacketFilter);
        return TRUE;
    case OID_GEN_CURRENT_LOOKAHEAD:
        AnswerNumber(Answer, Adapter->Lookahead);
        return TRUE;
    case OID_802_3_MULTICAST_LIST:
        AnswerMulticastList(Adapter, Answer);
        return TRUE;
    case OID_GEN_STATISTICS:
        OidGetStatistics(Adapter, &Answer->Value.Statistics);
        AnswerData(Answer, &Answer->Value, sizeof(NDIS_STATISTICS_INFO));
        return TRUE;
    case OID_GEN_XMIT_OK:
        AnswerCounter(Answer, StatisticsSum(Out.Frames));
        return TRUE;
    case OID_GEN_RCV_OK:
        AnswerCounter(Answer, StatisticsSum(Adapter->Receive.Statistics.Frames));
        return TRUE;
    case OID_GEN_XMIT_ERROR:
        AnswerCounter(Answer, Out.Errors);
        return TRUE;
    case OID_GEN_RCV_ERROR:
        AnswerCounter(Answer, 0);
        return TRUE;
    case OID_GEN_RCV_NO_BUFFER:
        AnswerCounter(Answer, StatisticsInDiscards(Adapter));
        return TRUE;
    default:
        return FALSE;
    }
}

// A counter of 64 bits may be asked for with a buffer for 32: the caller gets the low half and
// hears from BytesNeeded that there is more, as the documentation of the statistics OIDs has it.
static NDIS_STATUS OidCopyAnswer(const OID_ANSWER *Answer, NDIS_OID_REQUEST *Request)
{
    UINT Room = Request->DATA.QUERY_INFORMATION.InformationBufferLength;
    UINT Length = Answer->Length;

    Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
    Request->DATA.QUERY_INFORMATION.BytesNeeded = Length;
    if (Answer->IsCounter && Room >= sizeof(ULONG) && Room < sizeof(ULONG64)) {
        Length = sizeof(ULONG);
    }
    if (Room < Length) {
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    RtlCopyMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Answer->Data, Length);
    Request->DATA.QUERY_INFORMATION.BytesWritten = Length;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NicOidQuery(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    NDIS_OID Oid = Request->DATA.QUERY_INFORMATION.Oid;
    OID_ANSWER Answer;

    Answer.IsCounter = FALSE;
    if (Oid == OID_PNP_QUERY_POWER) {
        Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
        return NDIS_STATUS_SUCCESS; // every power state is fine
    }
    if (!OidAnswerConstant(Adapter, Oid, &Answer) && !OidAnswerState(Adapter, Oid, &Answer)) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    return OidCopyAnswer(&Answer, Request);
}

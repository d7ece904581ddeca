// SPDX-License-Identifier: MIT

// About the least that a miniport driver needs: an Ethernet adapter without hardware that swallows
// every frame, with success, inside the send call. It never receives one.

#include <ndis.h>

#define TAG_ADAPTER 0x6D6E694Du // "Minm"
#define MTU_BYTES 1500
#define HEADER_BYTES 14
#define LINK_SPEED 1000000000ull // bit/s
#define PACKET_FILTERS                                                                             \
    (NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_ALL_MULTICAST |     \
     NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_PROMISCUOUS)
#define MULTICAST_ADDRESSES 32

typedef struct ADAPTER {
    NDIS_HANDLE NdisHandle;
    ULONG PacketFilter;
    volatile LONG64 FramesSent;
} ADAPTER;

volatile LONG MinimalMiniportFrames; // swallowed, by all adapters

static NDIS_HANDLE MiniportDriver;
static const UCHAR Address[6] = {0x02, 0x00, 0x00, 0x4D, 0x69, 0x6E}; // locally administered
static const UCHAR VendorDescription[] = "Minimal Ethernet adapter";
static NDIS_OID SupportedOids[] = {
    OID_GEN_CURRENT_LOOKAHEAD,   OID_GEN_CURRENT_PACKET_FILTER,
    OID_GEN_MAXIMUM_TOTAL_SIZE,  OID_GEN_RCV_OK,
    OID_GEN_SUPPORTED_LIST,      OID_GEN_VENDOR_DESCRIPTION,
    OID_GEN_VENDOR_ID,           OID_GEN_XMIT_OK,
    OID_802_3_MULTICAST_LIST,    OID_802_3_CURRENT_ADDRESS,
    OID_802_3_PERMANENT_ADDRESS, OID_PNP_SET_POWER,
};

DRIVER_INITIALIZE DriverEntry;
static MINIPORT_UNLOAD Unload;
static MINIPORT_INITIALIZE Initialize;
static MINIPORT_HALT Halt;
static MINIPORT_PAUSE Pause;
static MINIPORT_RESTART Restart;
static MINIPORT_OID_REQUEST OidRequest;
static MINIPORT_CANCEL_OID_REQUEST CancelOidRequest;
static MINIPORT_SEND_NET_BUFFER_LISTS Send;
static MINIPORT_CANCEL_SEND CancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS Return;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY DevicePnPEvent;
static MINIPORT_SHUTDOWN Shutdown;

__declspec(code_seg("INIT")) _Use_decl_annotations_ NTSTATUS
    DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver = {0};

    Driver.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    Driver.MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    Driver.InitializeHandlerEx = Initialize;
    Driver.HaltHandlerEx = Halt;
    Driver.UnloadHandler = Unload;
    Driver.PauseHandler = Pause;
    Driver.RestartHandler = Restart;
    Driver.OidRequestHandler = OidRequest;
    Driver.CancelOidRequestHandler = CancelOidRequest;
    Driver.SendNetBufferListsHandler = Send;
    Driver.CancelSendHandler = CancelSend;
    Driver.ReturnNetBufferListsHandler = Return;
    Driver.DevicePnPEventNotifyHandler = DevicePnPEvent;
    Driver.ShutdownHandlerEx = Shutdown;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver, &MiniportDriver);
}

_Use_decl_annotations_ static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(MiniportDriver);
}

// ---- life of an adapter

static NDIS_STATUS SetRegistrationAttributes(ADAPTER *Adapter)
{
    NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES Attributes = {0};

    Attributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.MiniportAdapterContext = Adapter;
    Attributes.AttributeFlags = NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM;
    Attributes.InterfaceType = NdisInterfaceInternal;
    return NdisMSetMiniportAttributes(Adapter->NdisHandle,
                                      (PNDIS_MINIPORT_ADAPTER_ATTRIBUTES)&Attributes);
}

static NDIS_STATUS SetGeneralAttributes(ADAPTER *Adapter)
{
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES Attributes = {0};

    Attributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    Attributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    Attributes.MediaType = NdisMedium802_3;
    Attributes.PhysicalMediumType = NdisPhysicalMediumUnspecified;
    Attributes.MtuSize = MTU_BYTES;
    Attributes.MaxXmitLinkSpeed = Attributes.XmitLinkSpeed = LINK_SPEED;
    Attributes.MaxRcvLinkSpeed = Attributes.RcvLinkSpeed = LINK_SPEED;
    Attributes.MediaConnectState = MediaConnectStateConnected;
    Attributes.MediaDuplexState = MediaDuplexStateFull;
    Attributes.LookaheadSize = MTU_BYTES;
    Attributes.MacOptions = NDIS_MAC_OPTION_NO_LOOPBACK;
    Attributes.SupportedPacketFilters = PACKET_FILTERS;
    Attributes.MaxMulticastListSize = MULTICAST_ADDRESSES;
    Attributes.MacAddressLength = sizeof(Address);
    RtlCopyMemory(Attributes.PermanentMacAddress, Address, sizeof(Address));
    RtlCopyMemory(Attributes.CurrentMacAddress, Address, sizeof(Address));
    Attributes.AccessType = NET_IF_ACCESS_BROADCAST;
    Attributes.DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    Attributes.ConnectionType = NET_IF_CONNECTION_DEDICATED;
    Attributes.IfType = IF_TYPE_ETHERNET_CSMACD;
    Attributes.SupportedOidList = SupportedOids;
    Attributes.SupportedOidListLength = sizeof(SupportedOids);
    return NdisMSetMiniportAttributes(Adapter->NdisHandle,
                                      (PNDIS_MINIPORT_ADAPTER_ATTRIBUTES)&Attributes);
}

_Use_decl_annotations_ static NDIS_STATUS Initialize(
    NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
    PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    ADAPTER *Adapter;
    NDIS_STATUS Status;

    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Adapter), TAG_ADAPTER);
    if (Adapter == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Adapter->NdisHandle = NdisMiniportHandle;
    Status = SetRegistrationAttributes(Adapter);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = SetGeneralAttributes(Adapter);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        ExFreePoolWithTag(Adapter, TAG_ADAPTER);
    }
    return Status;
}

_Use_decl_annotations_ static VOID Halt(NDIS_HANDLE MiniportAdapterContext,
                                        NDIS_HALT_ACTION HaltAction)
{
    UNREFERENCED_PARAMETER(HaltAction);
    ExFreePoolWithTag(MiniportAdapterContext, TAG_ADAPTER);
}

// No frame is ever held: there is nothing to wait for.
_Use_decl_annotations_ static NDIS_STATUS Pause(NDIS_HANDLE MiniportAdapterContext,
                                                PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(PauseParameters);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static NDIS_STATUS Restart(
    NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RestartParameters);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID DevicePnPEvent(NDIS_HANDLE MiniportAdapterContext,
                                                  PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID Shutdown(NDIS_HANDLE MiniportAdapterContext,
                                            NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

// ---- questions and settings

static NDIS_STATUS Answer(NDIS_OID_REQUEST *Request, const VOID *Data, ULONG Bytes)
{
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Bytes) {
        Request->DATA.QUERY_INFORMATION.BytesNeeded = Bytes;
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    RtlCopyMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Data, Bytes);
    Request->DATA.QUERY_INFORMATION.BytesWritten = Bytes;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS AnswerNumber(NDIS_OID_REQUEST *Request, ULONG Value)
{
    return Answer(Request, &Value, sizeof(Value));
}

static NDIS_STATUS Query(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    switch (Request->DATA.QUERY_INFORMATION.Oid) {
    case OID_GEN_CURRENT_LOOKAHEAD:
        return AnswerNumber(Request, MTU_BYTES);
    case OID_GEN_CURRENT_PACKET_FILTER:
        return AnswerNumber(Request, Adapter->PacketFilter);
    case OID_GEN_MAXIMUM_TOTAL_SIZE:
        return AnswerNumber(Request, MTU_BYTES + HEADER_BYTES);
    case OID_GEN_RCV_OK:
        return AnswerNumber(Request, 0);
    case OID_GEN_SUPPORTED_LIST:
        return Answer(Request, SupportedOids, sizeof(SupportedOids));
    case OID_GEN_VENDOR_DESCRIPTION:
        return Answer(Request, VendorDescription, sizeof(VendorDescription));
    case OID_GEN_VENDOR_ID:
        return AnswerNumber(Request, 0x00FFFFFF); // none
    case OID_GEN_XMIT_OK:
        return AnswerNumber(Request, (ULONG)Adapter->FramesSent);
    case OID_802_3_CURRENT_ADDRESS:
    case OID_802_3_PERMANENT_ADDRESS:
        return Answer(Request, Address, sizeof(Address));
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

static NDIS_STATUS Set(ADAPTER *Adapter, NDIS_OID_REQUEST *Request)
{
    ULONG Bytes = Request->DATA.SET_INFORMATION.InformationBufferLength;

    switch (Request->DATA.SET_INFORMATION.Oid) {
    case OID_GEN_CURRENT_PACKET_FILTER:
        if (Bytes < sizeof(ULONG)) {
            Request->DATA.SET_INFORMATION.BytesNeeded = sizeof(ULONG);
            return NDIS_STATUS_INVALID_LENGTH;
        }
        RtlCopyMemory(&Adapter->PacketFilter, Request->DATA.SET_INFORMATION.InformationBuffer,
                      sizeof(ULONG));
        break;
    case OID_802_3_MULTICAST_LIST:
    case OID_GEN_CURRENT_LOOKAHEAD:
    case OID_PNP_SET_POWER:
        break; // of no meaning to an adapter that receives nothing and needs no power
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Request->DATA.SET_INFORMATION.BytesRead = Bytes;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static NDIS_STATUS OidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                     PNDIS_OID_REQUEST NdisRequest)
{
    switch (NdisRequest->RequestType) {
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        return Query(MiniportAdapterContext, NdisRequest);
    case NdisRequestSetInformation:
        return Set(MiniportAdapterContext, NdisRequest);
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

// Every request is answered at once: none can be found to be cancelled.
_Use_decl_annotations_ static VOID CancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                    PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RequestId);
}

// ---- frames

_Use_decl_annotations_ static VOID Send(NDIS_HANDLE MiniportAdapterContext,
                                        PNET_BUFFER_LIST NetBufferList, NDIS_PORT_NUMBER PortNumber,
                                        ULONG SendFlags)
{
    ADAPTER *Adapter = MiniportAdapterContext;
    LONG Frames = 0;
    ULONG CompleteFlags = 0;

    UNREFERENCED_PARAMETER(PortNumber);
    for (NET_BUFFER_LIST *Nbl = NetBufferList; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
        for (NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl); Nb != NULL;
             Nb = NET_BUFFER_NEXT_NB(Nb)) {
            Frames++;
        }
    }
    InterlockedExchangeAdd64(&Adapter->FramesSent, Frames);
    InterlockedExchangeAdd(&MinimalMiniportFrames, Frames);
    if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags)) {
        CompleteFlags |= NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL;
    }
    NdisMSendNetBufferListsComplete(Adapter->NdisHandle, NetBufferList, CompleteFlags);
}

_Use_decl_annotations_ static VOID CancelSend(NDIS_HANDLE MiniportAdapterContext, PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(CancelId);
}

// Nothing was indicated, so nothing comes back.
_Use_decl_annotations_ static VOID Return(NDIS_HANDLE MiniportAdapterContext,
                                          PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(ReturnFlags);
}

// SPDX-License-Identifier: MIT

// The miniport driver of all virtual NICs: registration, and the life of an adapter from
// MiniportInitializeEx to MiniportHaltEx. Between these NDIS pauses and restarts it; an adapter
// starts paused.

#include "miniport.h"

#include "chaos.h"

static MINIPORT_INITIALIZE MiniportInitialize;
static MINIPORT_HALT MiniportHalt;
static MINIPORT_SHUTDOWN MiniportShutdown;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY MiniportDevicePnPEvent;
static MINIPORT_CHECK_FOR_HANG MiniportCheckForHang;
static MINIPORT_RESET MiniportReset;
static MINIPORT_UNLOAD MiniportUnload;

static NDIS_HANDLE MiniportDriver;

// ---- driver

void NicFillCharacteristics(NDIS_MINIPORT_DRIVER_CHARACTERISTICS *Characteristics)
{
    RtlZeroMemory(Characteristics, sizeof(*Characteristics));
    Characteristics->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    Characteristics->Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics->Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics->MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    Characteristics->MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    Characteristics->MajorDriverVersion = 1;
    Characteristics->InitializeHandlerEx = MiniportInitialize;
    Characteristics->HaltHandlerEx = MiniportHalt;
    Characteristics->UnloadHandler = MiniportUnload;
    Characteristics->PauseHandler = NicPause;
    Characteristics->RestartHandler = NicRestart;
    Characteristics->OidRequestHandler = NicOidRequest;
    Characteristics->SendNetBufferListsHandler = NicSendNetBufferLists;
    Characteristics->ReturnNetBufferListsHandler = NicReturnNetBufferLists;
    Characteristics->CancelSendHandler = NicCancelSend;
    Characteristics->CheckForHangHandlerEx = MiniportCheckForHang;
    Characteristics->ResetHandlerEx = MiniportReset;
    Characteristics->DevicePnPEventNotifyHandler = MiniportDevicePnPEvent;
    Characteristics->ShutdownHandlerEx = MiniportShutdown;
    Characteristics->CancelOidRequestHandler = NicCancelOidRequest;
}

NTSTATUS NTAPI NicDriverEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics;

    NicFillCharacteristics(&Characteristics);
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Characteristics,
                                       &MiniportDriver);
}

static void NTAPI MiniportUnload(DRIVER_OBJECT *DriverObject)
{
    (void)DriverObject;
    NdisMDeregisterMiniportDriver(MiniportDriver);
}

// ---- from the registry key to the wire

static ULONG ParseNumber(const UNICODE_STRING *Text)
{
    ULONG Number = 0;

    for (USHORT I = 0; I < Text->Length / sizeof(WCHAR); I++) {
        if (Text->Buffer[I] < L'0' || Text->Buffer[I] > L'9' || Number > WIRES_MAX) {
            return 0;
        }
        Number = Number * 10 + (ULONG)(Text->Buffer[I] - L'0');
    }
    return Number;
}

// NULL: the value "Wire" is missing or names no wire.
static struct wire_slot *AdapterFindWire(NDIS_HANDLE Handle)
{
    NDIS_STRING Keyword = NDIS_STRING_CONST("Wire");
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_CONFIGURATION_PARAMETER *Parameter;
    NDIS_HANDLE Configuration;
    struct wire_slot *Slot = NULL;
    NDIS_STATUS Status;

    RtlZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = Handle;
    Status = NdisOpenConfigurationEx(&Object, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS) {
        return NULL;
    }
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterString);
    if (Status == NDIS_STATUS_SUCCESS) {
        Slot = WiresFind(ParseNumber(&Parameter->ParameterData.StringData));
    }
    NdisCloseConfiguration(Configuration);
    return Slot;
}

// ---- attributes

static NDIS_STATUS AdapterSetRegistration(ADAPTER *Adapter)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes;
    NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES *Registration =
        &Attributes.RegistrationAttributes;

    RtlZeroMemory(&Attributes, sizeof(Attributes));
    Registration->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    Registration->Header.Revision = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Registration->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Registration->MiniportAdapterContext = Adapter;
    Registration->AttributeFlags = NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM |
                                   NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND |
                                   NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK;
    Registration->InterfaceType = NdisInterfaceInternal;
    return NdisMSetMiniportAttributes(Adapter->Handle, &Attributes);
}

static void AdapterFillGeneral(const ADAPTER *Adapter,
                               NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General)
{
    const struct wire_properties *Properties = &Adapter->Slot->properties;
    NDIS_LINK_STATE Link;

    NicGetLinkState(Adapter, &Link);
    General->MediaType = NdisMedium802_3;
    General->PhysicalMediumType = NdisPhysicalMedium802_3;
    General->MtuSize = Properties->mtu;
    General->MaxXmitLinkSpeed = Properties->link_speed == 0 ? NDIS_LINK_SPEED_UNKNOWN
                                                            : Properties->link_speed;
    General->MaxRcvLinkSpeed = General->MaxXmitLinkSpeed;
    General->XmitLinkSpeed = Link.XmitLinkSpeed;
    General->RcvLinkSpeed = Link.RcvLinkSpeed;
    General->MediaConnectState = Link.MediaConnectState;
    General->MediaDuplexState = Link.MediaDuplexState;
    General->LookaheadSize = Properties->mtu;
    General->MacOptions = ADAPTER_MAC_OPTIONS;
    General->SupportedPacketFilters = ADAPTER_PACKET_FILTERS;
    General->MaxMulticastListSize = ADAPTER_MULTICAST_MAX;
    General->MacAddressLength = 6;
    RtlCopyMemory(General->PermanentMacAddress, Properties->address, 6);
    RtlCopyMemory(General->CurrentMacAddress, Properties->address, 6);
    General->AccessType = NET_IF_ACCESS_BROADCAST;
    General->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    General->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    General->IfType = IF_TYPE_ETHERNET_CSMACD;
    General->SupportedStatistics = NDIS_STATISTICS_XMIT_OK_SUPPORTED |
                                   NDIS_STATISTICS_RCV_OK_SUPPORTED |
                                   NDIS_STATISTICS_XMIT_ERROR_SUPPORTED |
                                   NDIS_STATISTICS_RCV_ERROR_SUPPORTED |
                                   NDIS_STATISTICS_RCV_NO_BUFFER_SUPPORTED |
                                   NDIS_STATISTICS_GEN_STATISTICS_SUPPORTED;
    General->SupportedPauseFunctions = NdisPauseFunctionsUnsupported;
    General->SupportedOidList = (NDIS_OID *)NicSupportedOids; // NDIS copies it
    General->SupportedOidListLength = NicSupportedOidsBytes;
}

static NDIS_STATUS AdapterSetGeneral(ADAPTER *Adapter)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes;
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General = &Attributes.GeneralAttributes;

    RtlZeroMemory(&Attributes, sizeof(Attributes));
    General->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    General->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    General->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    AdapterFillGeneral(Adapter, General);
    return NdisMSetMiniportAttributes(Adapter->Handle, &Attributes);
}

// ---- life of an adapter

static void AdapterDestroy(ADAPTER *Adapter)
{
    NicThreadStop(Adapter);
    ChaosDestroy(Adapter);
    NicReceiveDestroy(Adapter);
    NicSendDestroy(Adapter);
    NdisFreeMemory(Adapter, 0, 0);
}

static ADAPTER *AdapterCreate(NDIS_HANDLE Handle, struct wire_slot *Slot)
{
    ADAPTER *Adapter = NdisAllocateMemoryWithTagPriority(Handle, sizeof(*Adapter), ADAPTER_TAG,
                                                         NormalPoolPriority);

    if (Adapter == NULL) {
        return NULL;
    }
    RtlZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->Handle = Handle;
    Adapter->Slot = Slot;
    Adapter->FrameBytes = Slot->properties.mtu + ADAPTER_HEADER_BYTES;
    Adapter->Lookahead = Slot->properties.mtu;
    Adapter->LinkUp = Slot->properties.link_up != 0;
    KeInitializeEvent(&Adapter->Kick, SynchronizationEvent, FALSE);
    return Adapter;
}

static NDIS_STATUS NTAPI MiniportInitialize(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext,
                                            NDIS_MINIPORT_INIT_PARAMETERS *Parameters)
{
    struct wire_slot *Slot = AdapterFindWire(Handle);
    ADAPTER *Adapter;
    NDIS_STATUS Status;

    (void)DriverContext;
    (void)Parameters;
    if (Slot == NULL) {
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    }
    Adapter = AdapterCreate(Handle, Slot);
    if (Adapter == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Status = AdapterSetRegistration(Adapter);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = AdapterSetGeneral(Adapter);
    }
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = NicSendCreate(Adapter);
    }
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = NicReceiveCreate(Adapter);
    }
    if (Status == NDIS_STATUS_SUCCESS && Slot->chaos != NULL) {
        Status = ChaosCreate(Adapter);
    }
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = NicThreadStart(Adapter);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        AdapterDestroy(Adapter);
    }
    return Status;
}

static void NTAPI MiniportHalt(NDIS_HANDLE Context, NDIS_HALT_ACTION Action)
{
    (void)Action;
    AdapterDestroy(Context);
}

NDIS_STATUS NTAPI NicRestart(NDIS_HANDLE Context, NDIS_MINIPORT_RESTART_PARAMETERS *Parameters)
{
    (void)Parameters;
    NicReceiveRestart(Context);
    NicSendRestart(Context);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NicPause(NDIS_HANDLE Context, NDIS_MINIPORT_PAUSE_PARAMETERS *Parameters)
{
    (void)Parameters;
    NicSendPause(Context);
    NicReceivePause(Context);
    return NDIS_STATUS_SUCCESS;
}

// Sends that wait are failed at once; the pause that follows would otherwise wait for the wire.
static void NTAPI MiniportDevicePnPEvent(NDIS_HANDLE Context, NET_DEVICE_PNP_EVENT *Event)
{
    ADAPTER *Adapter = Context;

    if (Event->DevicePnPEvent == NdisDevicePnPEventSurpriseRemoved) {
        InterlockedExchange(&Adapter->Removed, 1);
        NicKick(Adapter);
    }
}

static void NTAPI MiniportShutdown(NDIS_HANDLE Context, NDIS_SHUTDOWN_ACTION Action)
{
    (void)Context; // no hardware that would go on by itself
    (void)Action;
}

// A wire does not hang: each of its failures is the result of a frame.
static BOOLEAN NTAPI MiniportCheckForHang(NDIS_HANDLE Context)
{
    (void)Context;
    return FALSE;
}

static NDIS_STATUS NTAPI MiniportReset(NDIS_HANDLE Context, BOOLEAN *AddressingReset)
{
    (void)Context;
    *AddressingReset = FALSE;
    return NDIS_STATUS_SUCCESS;
}

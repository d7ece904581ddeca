// SPDX-License-Identifier: MIT
// What a protocol is told about an adapter when it is asked to bind.

#include "adapter.h"

// Services\<protocol>\Parameters\Adapters\{...}
static NTSTATUS SectionMake(BINDING *Binding)
{
    static const WCHAR Services[] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    static const WCHAR Adapters[] = L"\\Parameters\\Adapters\\";
    const USHORT DeviceBytes = sizeof(L"\\DEVICE\\") - sizeof(WCHAR);
    const UNICODE_STRING *Name = &Binding->Protocol->Name;
    UNICODE_STRING Id = Binding->Adapter->Name;
    Id.Buffer += DeviceBytes / sizeof(WCHAR);
    Id.Length = (USHORT)(Id.Length - DeviceBytes);
    ULONG Bytes = (ULONG)sizeof(Services) + Name->Length + (ULONG)sizeof(Adapters) + Id.Length;
    if (Bytes > 0xFFFE) {
        return STATUS_NAME_TOO_LONG;
    }
    UNICODE_STRING *Section = &Binding->ProtocolSection;
    Section->Buffer = SimNdisAllocate(Bytes);
    if (Section->Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Section->MaximumLength = (USHORT)Bytes;
    RtlAppendUnicodeToString(Section, Services);
    RtlAppendUnicodeStringToString(Section, Name);
    RtlAppendUnicodeToString(Section, Adapters);
    return RtlAppendUnicodeStringToString(Section, &Id);
}

static void PortFill(NDIS_PORT *Port, const NDIS_BIND_PARAMETERS *From)
{
    NDIS_PORT_CHARACTERISTICS *To = &Port->PortCharacteristics;
    HeaderSet(&To->Header, NDIS_OBJECT_TYPE_PORT_CHARACTERISTICS,
              NDIS_PORT_CHARACTERISTICS_REVISION_1, sizeof(*To));
    To->PortNumber = NDIS_DEFAULT_PORT_NUMBER;
    To->Flags = NDIS_PORT_CHAR_USE_DEFAULT_AUTH_SETTINGS;
    To->Type = NdisPortTypeUndefined;
    To->MediaConnectState = From->MediaConnectState;
    To->XmitLinkSpeed = From->XmitLinkSpeed;
    To->RcvLinkSpeed = From->RcvLinkSpeed;
    To->Direction = From->DirectionType;
    To->SendControlState = NdisPortControlStateUncontrolled;
    To->RcvControlState = NdisPortControlStateUncontrolled;
    To->SendAuthorizationState = NdisPortAuthorized;
    To->RcvAuthorizationState = NdisPortAuthorized;
}

static void LinkFill(NDIS_BIND_PARAMETERS *To, ADAPTER *Adapter)
{
    NDIS_LINK_STATE Link;
    SimAttributesGetLinkState(Adapter, &Link);
    To->MediaConnectState = Link.MediaConnectState;
    To->MediaDuplexState = Link.MediaDuplexState;
    To->XmitLinkSpeed = Link.XmitLinkSpeed;
    To->RcvLinkSpeed = Link.RcvLinkSpeed;
    To->MaxXmitLinkSpeed = Adapter->General.MaxXmitLinkSpeed;
    To->MaxRcvLinkSpeed = Adapter->General.MaxRcvLinkSpeed;
}

static void InterfaceFill(NDIS_BIND_PARAMETERS *To, const ADAPTER *Adapter)
{
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *From = &Adapter->General;
    To->BoundIfNetluid = Adapter->NetLuid;
    To->BoundIfIndex = Adapter->IfIndex;
    To->LowestIfNetluid = Adapter->NetLuid;
    To->LowestIfIndex = Adapter->IfIndex;
    To->AccessType = From->AccessType;
    To->DirectionType = From->DirectionType;
    To->ConnectionType = From->ConnectionType;
    To->IfType = From->IfType;
    To->IfConnectorPresent = From->IfConnectorPresent;
    To->CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
}

// Offload, RSS queue, switch and NDK capabilities are absent: nothing of it is enabled.
NTSTATUS SimBindParametersFill(BINDING *Binding)
{
    NTSTATUS Status = SectionMake(Binding);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    ADAPTER *Adapter = Binding->Adapter;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *From = &Adapter->General;
    NDIS_BIND_PARAMETERS *To = &Binding->Parameters;
    HeaderSet(&To->Header, NDIS_OBJECT_TYPE_BIND_PARAMETERS, NDIS_BIND_PARAMETERS_REVISION_4,
              sizeof(*To));
    To->ProtocolSection = &Binding->ProtocolSection;
    To->AdapterName = &Adapter->Name;
    To->BoundAdapterName = &Adapter->Name;
    To->PhysicalDeviceObject = Adapter->Pdo;
    To->MediaType = From->MediaType;
    To->PhysicalMediumType = From->PhysicalMediumType;
    To->MtuSize = From->MtuSize;
    To->LookaheadSize = From->LookaheadSize;
    To->PowerManagementCapabilities = From->PowerManagementCapabilities;
    To->PowerManagementCapabilitiesEx = From->PowerManagementCapabilitiesEx;
    To->SupportedPacketFilters = From->SupportedPacketFilters;
    To->MaxMulticastListSize = From->MaxMulticastListSize;
    To->MacAddressLength = From->MacAddressLength;
    RtlCopyMemory(To->CurrentMacAddress, From->CurrentMacAddress, sizeof(To->CurrentMacAddress));
    To->RcvScaleCapabilities = From->RecvScaleCapabilities;
    To->DataBackFillSize = From->DataBackFillSize;
    To->ContextBackFillSize = From->ContextBackFillSize;
    To->MacOptions = From->MacOptions;
    LinkFill(To, Adapter);
    InterfaceFill(To, Adapter);
    To->ActivePorts = &Binding->Port;
    PortFill(&Binding->Port, To);
    return STATUS_SUCCESS;
}

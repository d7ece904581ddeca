// SPDX-License-Identifier: MIT
// What a miniport says about its adapter, and the parts of it that NDIS passes on at restart.

#include "adapter.h"

typedef struct ATTRIBUTE_COPY {
    PVOID *Field;
    ULONG Bytes;
} ATTRIBUTE_COPY;

static ULONG AttributeCopies(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General,
                             ATTRIBUTE_COPY Copies[4])
{
    Copies[0] = (ATTRIBUTE_COPY){(PVOID *)&General->PowerManagementCapabilities,
                                 sizeof(NDIS_PNP_CAPABILITIES)};
    Copies[1] = (ATTRIBUTE_COPY){
        (PVOID *)&General->RecvScaleCapabilities,
        General->RecvScaleCapabilities == NULL ? 0 : General->RecvScaleCapabilities->Header.Size};
    Copies[2] = (ATTRIBUTE_COPY){(PVOID *)&General->SupportedOidList,
                                 General->SupportedOidListLength};
    Copies[3] = (ATTRIBUTE_COPY){(PVOID *)&General->PowerManagementCapabilitiesEx,
                                 General->PowerManagementCapabilitiesEx == NULL
                                     ? 0
                                     : General->PowerManagementCapabilitiesEx->Header.Size};
    return 4;
}

void SimAttributesFree(ADAPTER *Adapter)
{
    ATTRIBUTE_COPY Copies[4];
    ULONG Count = AttributeCopies(&Adapter->General, Copies);
    for (ULONG i = 0; i < Count; i++) {
        SimNdisFree(*Copies[i].Field);
    }
    RtlZeroMemory(&Adapter->General, sizeof(Adapter->General));
    Adapter->HasGeneral = FALSE;
    Adapter->HasRegistration = FALSE;
}

// The miniport's memory is its own after the call, so everything is copied.
static NDIS_STATUS GeneralSet(ADAPTER *Adapter,
                              const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *Attributes)
{
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES General = {0};
    RtlCopyMemory(&General, Attributes, min(sizeof(General), Attributes->Header.Size));
    if (General.MacAddressLength > sizeof(General.CurrentMacAddress) ||
        (General.MediaType == NdisMedium802_3 && General.MacAddressLength != 6)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    ATTRIBUTE_COPY Copies[4];
    ULONG Count = AttributeCopies(&General, Copies);
    BOOLEAN Failed = FALSE;
    for (ULONG i = 0; i < Count; i++) {
        PVOID Source = *Copies[i].Field;
        *Copies[i].Field = NULL;
        if (Source == NULL || Copies[i].Bytes == 0) {
            continue;
        }
        *Copies[i].Field = SimNdisAllocate(Copies[i].Bytes);
        if (*Copies[i].Field == NULL) {
            Failed = TRUE;
            continue;
        }
        RtlCopyMemory(*Copies[i].Field, Source, Copies[i].Bytes);
    }
    BOOLEAN HadRegistration = Adapter->HasRegistration;
    if (!Failed) {
        SimAttributesFree(Adapter);
        Adapter->General = General;
        Adapter->HasGeneral = TRUE;
        Adapter->HasRegistration = HadRegistration;
        return NDIS_STATUS_SUCCESS;
    }
    for (ULONG i = 0; i < Count; i++) {
        SimNdisFree(*Copies[i].Field);
    }
    return NDIS_STATUS_RESOURCES;
}

NDIS_STATUS NTAPI NdisMSetMiniportAttributes(NDIS_HANDLE NdisMiniportHandle,
                                             PNDIS_MINIPORT_ADAPTER_ATTRIBUTES MiniportAttributes)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(NdisMiniportHandle, __func__);
    const NDIS_OBJECT_HEADER *Header = &MiniportAttributes->RegistrationAttributes.Header;
    switch (Header->Type) {
    case NDIS_OBJECT_TYPE_MINIPORT_ADD_DEVICE_REGISTRATION_ATTRIBUTES:
        Adapter->AddDeviceContext =
            MiniportAttributes->AddDeviceRegistrationAttributes.MiniportAddDeviceContext;
        return NDIS_STATUS_SUCCESS;
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES:
        if (!Adapter->Initializing ||
            Header->Size < NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1) {
            return NDIS_STATUS_INVALID_PARAMETER;
        }
        Adapter->Context = MiniportAttributes->RegistrationAttributes.MiniportAdapterContext;
        Adapter->AttributeFlags = MiniportAttributes->RegistrationAttributes.AttributeFlags;
        Adapter->HangSeconds = MiniportAttributes->RegistrationAttributes.CheckForHangTimeInSeconds;
        Adapter->HasRegistration = TRUE;
        return NDIS_STATUS_SUCCESS;
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES:
        if (!Adapter->Initializing || !Adapter->HasRegistration ||
            Header->Size < NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1) {
            return NDIS_STATUS_INVALID_PARAMETER;
        }
        return GeneralSet(Adapter, &MiniportAttributes->GeneralAttributes);
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES:
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_HARDWARE_ASSIST_ATTRIBUTES:
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES:
    case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_PACKET_DIRECT_ATTRIBUTES:
        // Accepted and not passed on: no offload is ever reported to a protocol as enabled.
        return Adapter->HasRegistration ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INVALID_PARAMETER;
    default:
        return NDIS_STATUS_INVALID_PARAMETER;
    }
}

PNDIS_RESTART_ATTRIBUTES SimAttributesForRestart(ADAPTER *Adapter)
{
    const ULONG DataAt = FIELD_OFFSET(NDIS_RESTART_ATTRIBUTES, Data);
    PNDIS_RESTART_ATTRIBUTES Attributes = SimNdisAllocate(DataAt +
                                                          sizeof(NDIS_RESTART_GENERAL_ATTRIBUTES));
    if (Attributes == NULL) {
        return NULL;
    }
    Attributes->Oid = OID_GEN_MINIPORT_RESTART_ATTRIBUTES;
    Attributes->DataLength = sizeof(NDIS_RESTART_GENERAL_ATTRIBUTES);
    NDIS_RESTART_GENERAL_ATTRIBUTES *To = (NDIS_RESTART_GENERAL_ATTRIBUTES *)Attributes->Data;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *From = &Adapter->General;
    HeaderSet(&To->Header, NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES,
              NDIS_RESTART_GENERAL_ATTRIBUTES_REVISION_2, sizeof(*To));
    To->MtuSize = From->MtuSize;
    To->MaxXmitLinkSpeed = From->MaxXmitLinkSpeed;
    To->MaxRcvLinkSpeed = From->MaxRcvLinkSpeed;
    To->LookaheadSize = From->LookaheadSize;
    To->MacOptions = From->MacOptions;
    To->SupportedPacketFilters = From->SupportedPacketFilters;
    To->MaxMulticastListSize = From->MaxMulticastListSize;
    To->RecvScaleCapabilities = From->RecvScaleCapabilities;
    To->AccessType = From->AccessType;
    To->ConnectionType = From->ConnectionType;
    To->SupportedStatistics = From->SupportedStatistics;
    To->DataBackFillSize = From->DataBackFillSize;
    To->ContextBackFillSize = From->ContextBackFillSize;
    To->SupportedOidList = From->SupportedOidList;
    To->SupportedOidListLength = From->SupportedOidListLength;
    return Attributes;
}

void SimAttributesSetLinkState(ADAPTER *Adapter, const NDIS_LINK_STATE *State)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    Adapter->General.MediaConnectState = State->MediaConnectState;
    Adapter->General.MediaDuplexState = State->MediaDuplexState;
    Adapter->General.XmitLinkSpeed = State->XmitLinkSpeed;
    Adapter->General.RcvLinkSpeed = State->RcvLinkSpeed;
    Adapter->General.SupportedPauseFunctions = State->PauseFunctions;
    Adapter->General.AutoNegotiationFlags = State->AutoNegotiationFlags;
    KeReleaseSpinLock(&Adapter->Lock, Irql);
}

void SimAttributesGetLinkState(ADAPTER *Adapter, NDIS_LINK_STATE *State)
{
    RtlZeroMemory(State, sizeof(*State));
    HeaderSet(&State->Header, NDIS_OBJECT_TYPE_DEFAULT, NDIS_LINK_STATE_REVISION_1, sizeof(*State));
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    State->MediaConnectState = Adapter->General.MediaConnectState;
    State->MediaDuplexState = Adapter->General.MediaDuplexState;
    State->XmitLinkSpeed = Adapter->General.XmitLinkSpeed;
    State->RcvLinkSpeed = Adapter->General.RcvLinkSpeed;
    State->PauseFunctions =
        (NDIS_SUPPORTED_PAUSE_FUNCTIONS)Adapter->General.SupportedPauseFunctions;
    State->AutoNegotiationFlags = Adapter->General.AutoNegotiationFlags;
    KeReleaseSpinLock(&Adapter->Lock, Irql);
}

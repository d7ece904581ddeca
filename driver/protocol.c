// SPDX-License-Identifier: MIT

#include "protocol.h"

#include "binding.h"
#include "oid.h"
#include "receive.h"
#include "send.h"

static PROTOCOL_SET_OPTIONS ProtocolSetOptions;
static PROTOCOL_BIND_ADAPTER_EX ProtocolBindAdapterEx;
static PROTOCOL_UNBIND_ADAPTER_EX ProtocolUnbindAdapterEx;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX ProtocolOpenAdapterCompleteEx;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX ProtocolCloseAdapterCompleteEx;
static PROTOCOL_NET_PNP_EVENT ProtocolNetPnPEvent;
static PROTOCOL_STATUS_EX ProtocolStatusEx;

static NDIS_HANDLE ProtocolHandle; // from registration to deregistration

NTSTATUS ProtocolStart(VOID)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics = {0};
    NDIS_HANDLE Handle;

    Characteristics.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Characteristics.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Characteristics.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Characteristics.MajorDriverVersion = 1;
    Characteristics.MinorDriverVersion = 0;
    RtlInitUnicodeString(&Characteristics.Name, L"Shuttle"); // the service's name
    Characteristics.SetOptionsHandler = ProtocolSetOptions;
    Characteristics.BindAdapterHandlerEx = ProtocolBindAdapterEx;
    Characteristics.UnbindAdapterHandlerEx = ProtocolUnbindAdapterEx;
    Characteristics.OpenAdapterCompleteHandlerEx = ProtocolOpenAdapterCompleteEx;
    Characteristics.CloseAdapterCompleteHandlerEx = ProtocolCloseAdapterCompleteEx;
    Characteristics.NetPnPEventHandler = ProtocolNetPnPEvent;
    Characteristics.OidRequestCompleteHandler = OidComplete;
    Characteristics.StatusHandlerEx = ProtocolStatusEx;
    Characteristics.ReceiveNetBufferListsHandler = ReceiveIndicated;
    Characteristics.SendNetBufferListsCompleteHandler = SendComplete;

    return NdisRegisterProtocolDriver(NULL, &Characteristics, &Handle);
}

VOID ProtocolStop(VOID)
{
    NdisDeregisterProtocolDriver(ProtocolHandle);
    ProtocolHandle = NULL;
}

// NDIS calls this inside the registration and before any bind: the handle is known then for sure,
// which the registration's own output is not.
_Use_decl_annotations_ static NDIS_STATUS ProtocolSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                             NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(DriverContext);
    ProtocolHandle = NdisDriverHandle;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static NDIS_STATUS ProtocolBindAdapterEx(
    NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
    PNDIS_BIND_PARAMETERS BindParameters)
{
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    return BindingBind(ProtocolHandle, BindContext, BindParameters);
}

_Use_decl_annotations_ static NDIS_STATUS ProtocolUnbindAdapterEx(
    NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(UnbindContext); // for those that complete later
    BindingUnbind(ProtocolBindingContext);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID ProtocolOpenAdapterCompleteEx(NDIS_HANDLE ProtocolBindingContext,
                                                                 NDIS_STATUS Status)
{
    BindingOpenDone(ProtocolBindingContext, Status);
}

_Use_decl_annotations_ static VOID ProtocolCloseAdapterCompleteEx(
    NDIS_HANDLE ProtocolBindingContext)
{
    BindingCloseDone(ProtocolBindingContext);
}

// Neither event may wait for frames on the way: NDIS pauses the binding for that (contract BND-63).
_IRQL_requires_(PASSIVE_LEVEL) static VOID
    ProtocolSetPower(BINDING *Binding, const NET_PNP_EVENT *Event)
{
    const NDIS_DEVICE_POWER_STATE *State = Event->Buffer;

    if (State == NULL || Event->BufferLength < sizeof(*State)) {
        return;
    }
    if (*State == NdisDeviceStateD0) {
        BindingClearFlag(Binding, BINDING_ASLEEP);
    } else {
        BindingSetFlag(Binding, BINDING_ASLEEP);
    }
}

// Only QueryRemoveDevice and PortActivation may fail, and no code may be called unsupported
// (contract BND-60, BND-61). A handle does not keep an adapter from being removed; the default port
// is the only one that is used.
_Use_decl_annotations_ static NDIS_STATUS ProtocolNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    BINDING *Binding = ProtocolBindingContext;
    const NET_PNP_EVENT *Event = &NetPnPEventNotification->NetPnPEvent;

    if (Binding == NULL) {
        return NDIS_STATUS_SUCCESS; // an event of all bindings: none of those concerns us
    }
    switch (Event->NetEvent) {
    case NetEventPause:
        BindingPause(Binding);
        return NDIS_STATUS_SUCCESS;
    case NetEventRestart:
        return BindingRestart(Binding, Event->Buffer);
    case NetEventSetPower:
        ProtocolSetPower(Binding, Event);
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_SUCCESS;
    }
}

_Use_decl_annotations_ static VOID ProtocolStatusEx(NDIS_HANDLE ProtocolBindingContext,
                                                    PNDIS_STATUS_INDICATION StatusIndication)
{
    BINDING *Binding = ProtocolBindingContext;

    switch (StatusIndication->StatusCode) {
    case NDIS_STATUS_LINK_STATE:
        if (StatusIndication->StatusBufferSize >= NDIS_SIZEOF_LINK_STATE_REVISION_1) {
            BindingSetLink(Binding, StatusIndication->StatusBuffer);
        }
        break;
    case NDIS_STATUS_RESET_START:
        BindingSetFlag(Binding, BINDING_RESETTING);
        break;
    case NDIS_STATUS_RESET_END:
        BindingClearFlag(Binding, BINDING_RESETTING);
        break;
    default:
        break; // not of interest (contract BND-80)
    }
}

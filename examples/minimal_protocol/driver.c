// SPDX-License-Identifier: MIT

// About the least that a protocol driver needs: it binds to every Ethernet adapter, asks for
// broadcast frames, counts what comes and gives it back. It sends nothing and has no device.

#include <ndis.h>

#define TAG_BINDING 0x706E694Du // "Minp"

// From bind to unbind. Open, OID requests and close come one after the other, so that they can
// share the event.
typedef struct BINDING {
    NDIS_HANDLE NdisHandle;
    KEVENT Done; // what was pending has completed, with Status
    NDIS_STATUS Status;
    NDIS_OID_REQUEST Request;
    ULONG PacketFilter; // the request's buffer: must outlive a pending request
} BINDING;

volatile LONG MinimalProtocolFrames; // received, on all adapters
volatile LONG MinimalProtocolBindings;

static NDIS_HANDLE ProtocolHandle;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static PROTOCOL_SET_OPTIONS SetOptions;
static PROTOCOL_BIND_ADAPTER_EX BindAdapter;
static PROTOCOL_UNBIND_ADAPTER_EX UnbindAdapter;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX OpenComplete;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX CloseComplete;
static PROTOCOL_OID_REQUEST_COMPLETE OidComplete;
static PROTOCOL_NET_PNP_EVENT NetPnPEvent;
static PROTOCOL_STATUS_EX StatusIndicated;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS Receive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SendComplete;

__declspec(code_seg("INIT")) _Use_decl_annotations_ NTSTATUS
    DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Driver = {0};
    NDIS_HANDLE Handle; // SetOptions has it before this does

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    Driver.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Driver.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    RtlInitUnicodeString(&Driver.Name, L"MinimalProtocol");
    Driver.SetOptionsHandler = SetOptions;
    Driver.BindAdapterHandlerEx = BindAdapter;
    Driver.UnbindAdapterHandlerEx = UnbindAdapter;
    Driver.OpenAdapterCompleteHandlerEx = OpenComplete;
    Driver.CloseAdapterCompleteHandlerEx = CloseComplete;
    Driver.OidRequestCompleteHandler = OidComplete;
    Driver.NetPnPEventHandler = NetPnPEvent;
    Driver.StatusHandlerEx = StatusIndicated;
    Driver.ReceiveNetBufferListsHandler = Receive;
    Driver.SendNetBufferListsCompleteHandler = SendComplete;
    return NdisRegisterProtocolDriver(NULL, &Driver, &Handle);
}

// Deregistering unbinds from every adapter first.
_Use_decl_annotations_ static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(ProtocolHandle);
}

// Adapters may be bound before the registration returns, but not before this does.
_Use_decl_annotations_ static NDIS_STATUS SetOptions(NDIS_HANDLE NdisDriverHandle,
                                                     NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(DriverContext);
    ProtocolHandle = NdisDriverHandle;
    return NDIS_STATUS_SUCCESS;
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS Finish(BINDING *Binding, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->Done, Executive, KernelMode, FALSE, NULL);
        Status = Binding->Status;
    }
    return Status;
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS
    OpenAdapter(BINDING *Binding, NDIS_HANDLE BindContext, PNDIS_STRING AdapterName)
{
    NDIS_OPEN_PARAMETERS Open = {0};
    NDIS_MEDIUM Medium = NdisMedium802_3;
    UINT Selected;

    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = AdapterName;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    return Finish(Binding, NdisOpenAdapterEx(ProtocolHandle, Binding, &Open, BindContext,
                                             &Binding->NdisHandle));
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS SetPacketFilter(BINDING *Binding, ULONG Filter)
{
    NDIS_OID_REQUEST *Request = &Binding->Request;

    Binding->PacketFilter = Filter;
    RtlZeroMemory(Request, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestSetInformation;
    Request->DATA.SET_INFORMATION.Oid = OID_GEN_CURRENT_PACKET_FILTER;
    Request->DATA.SET_INFORMATION.InformationBuffer = &Binding->PacketFilter;
    Request->DATA.SET_INFORMATION.InformationBufferLength = sizeof(Binding->PacketFilter);
    return Finish(Binding, NdisOidRequest(Binding->NdisHandle, Request));
}

// Frames may come until the close is complete.
_IRQL_requires_(PASSIVE_LEVEL) static VOID CloseAdapter(BINDING *Binding)
{
    (VOID) Finish(Binding, NdisCloseAdapterEx(Binding->NdisHandle));
}

_Use_decl_annotations_ static NDIS_STATUS BindAdapter(NDIS_HANDLE ProtocolDriverContext,
                                                      NDIS_HANDLE BindContext,
                                                      PNDIS_BIND_PARAMETERS BindParameters)
{
    BINDING *Binding;
    NDIS_STATUS Status;

    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    if (BindParameters->MediaType != NdisMedium802_3) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Binding = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), TAG_BINDING);
    if (Binding == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    KeInitializeEvent(&Binding->Done, SynchronizationEvent, FALSE);
    Status = OpenAdapter(Binding, BindContext, BindParameters->AdapterName);
    if (Status != NDIS_STATUS_SUCCESS) {
        goto Free;
    }
    Status = SetPacketFilter(Binding, NDIS_PACKET_TYPE_BROADCAST);
    if (Status != NDIS_STATUS_SUCCESS) {
        goto Close;
    }
    InterlockedIncrement(&MinimalProtocolBindings);
    return NDIS_STATUS_SUCCESS;

Close:
    CloseAdapter(Binding);
Free:
    ExFreePoolWithTag(Binding, TAG_BINDING);
    return Status;
}

_Use_decl_annotations_ static NDIS_STATUS UnbindAdapter(NDIS_HANDLE UnbindContext,
                                                        NDIS_HANDLE ProtocolBindingContext)
{
    BINDING *Binding = ProtocolBindingContext;

    UNREFERENCED_PARAMETER(UnbindContext);
    (VOID) SetPacketFilter(Binding, 0); // fails when the adapter is gone
    CloseAdapter(Binding);
    ExFreePoolWithTag(Binding, TAG_BINDING);
    InterlockedDecrement(&MinimalProtocolBindings);
    return NDIS_STATUS_SUCCESS;
}

static VOID Complete(BINDING *Binding, NDIS_STATUS Status)
{
    Binding->Status = Status;
    KeSetEvent(&Binding->Done, IO_NETWORK_INCREMENT, FALSE);
}

_Use_decl_annotations_ static VOID OpenComplete(NDIS_HANDLE ProtocolBindingContext,
                                                NDIS_STATUS Status)
{
    Complete(ProtocolBindingContext, Status);
}

_Use_decl_annotations_ static VOID CloseComplete(NDIS_HANDLE ProtocolBindingContext)
{
    Complete(ProtocolBindingContext, NDIS_STATUS_SUCCESS);
}

_Use_decl_annotations_ static VOID OidComplete(NDIS_HANDLE ProtocolBindingContext,
                                               PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(OidRequest);
    Complete(ProtocolBindingContext, Status);
}

// Pause and restart need nothing: no frame of ours is ever on its way.
_Use_decl_annotations_ static NDIS_STATUS NetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID StatusIndicated(NDIS_HANDLE ProtocolBindingContext,
                                                   PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

_Use_decl_annotations_ static VOID Receive(NDIS_HANDLE ProtocolBindingContext,
                                           PNET_BUFFER_LIST NetBufferLists,
                                           NDIS_PORT_NUMBER PortNumber,
                                           ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    BINDING *Binding = ProtocolBindingContext;
    ULONG ReturnFlags = 0;

    UNREFERENCED_PARAMETER(PortNumber);
    InterlockedExchangeAdd(&MinimalProtocolFrames, (LONG)NumberOfNetBufferLists);
    if (ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) {
        return; // the adapter takes them back when this returns
    }
    if (ReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) {
        ReturnFlags |= NDIS_RETURN_FLAGS_DISPATCH_LEVEL;
    }
    NdisReturnNetBufferLists(Binding->NdisHandle, NetBufferLists, ReturnFlags);
}

// NDIS wants the handler; nothing is sent.
_Use_decl_annotations_ static VOID SendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                PNET_BUFFER_LIST NetBufferList,
                                                ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferList);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

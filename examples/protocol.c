// SPDX-License-Identifier: MIT

// The part of the example driver that every protocol driver has: registration, bind, unbind, pause
// and restart. It receives nothing, because it never sets a packet filter, and makes no OID
// requests. The identifiers in brackets are rules of docs/ndis-contract.md.

#include "nbl_pool_driver.h"

#define EXAMPLE_TAG 'pmxE'
#define ETHERNET_HEADER 14u
#define SLOTS 256u
#define PERIOD_MS 1

static NDIS_HANDLE ProtocolHandle;

static PROTOCOL_BIND_ADAPTER_EX Bind;
static PROTOCOL_UNBIND_ADAPTER_EX Unbind;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX OpenComplete;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX CloseComplete;
static PROTOCOL_NET_PNP_EVENT NetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE OidComplete;
static PROTOCOL_STATUS_EX Status;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS Receive;
static PROTOCOL_SET_OPTIONS SetOptions;
static DRIVER_UNLOAD Unload;
static KDEFERRED_ROUTINE Tick;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Handlers = {0};
    NDIS_HANDLE Handle;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    Handlers.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Handlers.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Handlers.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Handlers.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Handlers.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Handlers.MajorDriverVersion = 1;
    RtlInitUnicodeString(&Handlers.Name, L"Example");
    Handlers.SetOptionsHandler = SetOptions;
    Handlers.BindAdapterHandlerEx = Bind;
    Handlers.UnbindAdapterHandlerEx = Unbind;
    Handlers.OpenAdapterCompleteHandlerEx = OpenComplete;
    Handlers.CloseAdapterCompleteHandlerEx = CloseComplete;
    Handlers.NetPnPEventHandler = NetPnPEvent;
    Handlers.OidRequestCompleteHandler = OidComplete;
    Handlers.StatusHandlerEx = Status;
    Handlers.ReceiveNetBufferListsHandler = Receive;
    Handlers.SendNetBufferListsCompleteHandler = SendComplete;
    return NdisRegisterProtocolDriver(NULL, &Handlers, &Handle);
}

_Use_decl_annotations_ static VOID Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    NdisDeregisterProtocolDriver(ProtocolHandle); // unbinds every adapter first
}

// Comes before the first bind, which can come before NdisRegisterProtocolDriver has returned.
_Use_decl_annotations_ static NDIS_STATUS SetOptions(NDIS_HANDLE NdisDriverHandle,
                                                     NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(DriverContext);
    ProtocolHandle = NdisDriverHandle;
    return NDIS_STATUS_SUCCESS;
}

// ---- bind and unbind

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS
    Open(BINDING *Binding, NDIS_HANDLE BindContext, PNDIS_STRING AdapterName)
{
    NDIS_OPEN_PARAMETERS *Parameters = &Binding->OpenParameters;
    NDIS_STATUS OpenStatus;

    Binding->Medium = NdisMedium802_3;
    Parameters->Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Parameters->Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Parameters->Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Parameters->AdapterName = AdapterName;
    Parameters->MediumArray = &Binding->Medium;
    Parameters->MediumArraySize = 1;
    Parameters->SelectedMediumIndex = &Binding->MediumIndex;
    OpenStatus = NdisOpenAdapterEx(ProtocolHandle, Binding, Parameters, BindContext,
                                   &Binding->NdisHandle);
    if (OpenStatus == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->OpenOrCloseDone, Executive, KernelMode, FALSE, NULL);
        OpenStatus = Binding->OpenStatus;
    }
    return OpenStatus;
}

_Use_decl_annotations_ static NDIS_STATUS Bind(NDIS_HANDLE DriverContext, NDIS_HANDLE BindContext,
                                               PNDIS_BIND_PARAMETERS Parameters)
{
    BINDING *Binding;
    NDIS_STATUS BindStatus;

    UNREFERENCED_PARAMETER(DriverContext);
    if (Parameters->MediaType != NdisMedium802_3) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Binding = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), EXAMPLE_TAG);
    if (Binding == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    KeInitializeEvent(&Binding->OpenOrCloseDone, SynchronizationEvent, FALSE);
    KeInitializeTimer(&Binding->Timer);
    KeInitializeDpc(&Binding->Dpc, Tick, Binding);
    Binding->PoolParameters = (NBL_POOL_PARAMETERS){
        .NdisHandle = ProtocolHandle,
        .Count = SLOTS,
        .FrameBytes = Parameters->MtuSize + ETHERNET_HEADER,
        .DataBackFillBytes = Parameters->DataBackFillSize,
        .ContextBackFillBytes = Parameters->ContextBackFillSize,
        .Tag = EXAMPLE_TAG,
    };
    BindStatus = Open(Binding, BindContext, Parameters->AdapterName);
    if (BindStatus != NDIS_STATUS_SUCCESS) {
        ExFreePoolWithTag(Binding, EXAMPLE_TAG);
    }
    return BindStatus; // paused until NetEventRestart [BND-10]
}

_Use_decl_annotations_ static VOID OpenComplete(NDIS_HANDLE Context, NDIS_STATUS OpenStatus)
{
    BINDING *Binding = Context;

    Binding->OpenStatus = OpenStatus;
    KeSetEvent(&Binding->OpenOrCloseDone, IO_NO_INCREMENT, FALSE);
}

// NDIS has paused the binding [BND-35]: no frame is on its way.
_Use_decl_annotations_ static NDIS_STATUS Unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    BINDING *Binding = Context;

    UNREFERENCED_PARAMETER(UnbindContext);
    if (NdisCloseAdapterEx(Binding->NdisHandle) == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->OpenOrCloseDone, Executive, KernelMode, FALSE, NULL);
    }
    ExFreePoolWithTag(Binding, EXAMPLE_TAG);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID CloseComplete(NDIS_HANDLE Context)
{
    BINDING *Binding = Context;

    KeSetEvent(&Binding->OpenOrCloseDone, IO_NO_INCREMENT, FALSE);
}

// ---- events

// A filter may have come in below, which wants more room or takes from the MTU [BND-53].
static VOID TakeRestartAttributes(BINDING *Binding, const NDIS_PROTOCOL_RESTART_PARAMETERS *Restart)
{
    NDIS_RESTART_ATTRIBUTES *Each = Restart == NULL ? NULL : Restart->RestartAttributes;

    for (; Each != NULL; Each = Each->Next) {
        const NDIS_RESTART_GENERAL_ATTRIBUTES *General = (PVOID)Each->Data;

        if (Each->Oid == OID_GEN_MINIPORT_RESTART_ATTRIBUTES &&
            Each->DataLength >= NDIS_SIZEOF_RESTART_GENERAL_ATTRIBUTES_REVISION_1) {
            Binding->PoolParameters.FrameBytes = General->MtuSize + ETHERNET_HEADER;
            Binding->PoolParameters.DataBackFillBytes = General->DataBackFillSize;
            Binding->PoolParameters.ContextBackFillBytes = General->ContextBackFillSize;
        }
    }
}

_Use_decl_annotations_ _IRQL_requires_(DISPATCH_LEVEL) static VOID
    Tick(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(First);
    UNREFERENCED_PARAMETER(Second);
    SendFrames(Context);
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS
    Restart(BINDING *Binding, const NDIS_PROTOCOL_RESTART_PARAMETERS *Parameters)
{
    LARGE_INTEGER Due = {.QuadPart = -10000LL * PERIOD_MS}; // in 100 ns, from now
    NDIS_STATUS StartStatus;

    TakeRestartAttributes(Binding, Parameters);
    StartStatus = SendStart(Binding, &Binding->PoolParameters);
    if (StartStatus == NDIS_STATUS_SUCCESS) {
        KeSetTimerEx(&Binding->Timer, Due, PERIOD_MS, &Binding->Dpc);
    }
    return StartStatus;
}

// Nothing more is sent, then all that was sent has come back [BND-50].
_IRQL_requires_(PASSIVE_LEVEL) static VOID Pause(BINDING *Binding)
{
    KeCancelTimer(&Binding->Timer);
    KeFlushQueuedDpcs(); // no Tick runs now, and none will
    SendStop(Binding);
}

_Use_decl_annotations_ static NDIS_STATUS NetPnPEvent(NDIS_HANDLE Context,
                                                      PNET_PNP_EVENT_NOTIFICATION Notification)
{
    BINDING *Binding = Context; // NULL for events of all bindings
    const NET_PNP_EVENT *Event = &Notification->NetPnPEvent;

    if (Binding != NULL && Event->NetEvent == NetEventRestart) {
        return Restart(Binding, Event->Buffer);
    }
    if (Binding != NULL && Event->NetEvent == NetEventPause) {
        Pause(Binding);
    }
    return NDIS_STATUS_SUCCESS; // also for those that we do not know [BND-61]
}

_Use_decl_annotations_ static VOID OidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request,
                                               NDIS_STATUS OidStatus)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Request);
    UNREFERENCED_PARAMETER(OidStatus);
}

_Use_decl_annotations_ static VOID Status(NDIS_HANDLE Context, PNDIS_STATUS_INDICATION Indication)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Indication);
}

_Use_decl_annotations_ static VOID Receive(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls,
                                           NDIS_PORT_NUMBER Port, ULONG Count, ULONG Flags)
{
    BINDING *Binding = Context;

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    if (!NDIS_TEST_RECEIVE_CANNOT_PEND(Flags)) {
        NdisReturnNetBufferLists(Binding->NdisHandle, Nbls, 0);
    }
}

// SPDX-License-Identifier: MIT

// What NDIS does to a binding of the classic driver.

#include "classic.h"

#define BINDING_ETHERNET_HEADER 14u

static PROTOCOL_SET_OPTIONS ProtocolSetOptions;
static PROTOCOL_BIND_ADAPTER_EX ProtocolBind;
static PROTOCOL_UNBIND_ADAPTER_EX ProtocolUnbind;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX ProtocolOpenDone;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX ProtocolCloseDone;
static PROTOCOL_NET_PNP_EVENT ProtocolEvent;
static PROTOCOL_OID_REQUEST_COMPLETE ProtocolOidDone;
static PROTOCOL_STATUS_EX ProtocolStatus;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ProtocolReceive;

static NDIS_HANDLE ProtocolHandle;
static struct {
    FAST_MUTEX Lock; // guards Head
    LIST_ENTRY Head;
} Bindings;

NTSTATUS ClassicStart(VOID)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics = {0};
    NDIS_HANDLE Handle;

    ExInitializeFastMutex(&Bindings.Lock);
    InitializeListHead(&Bindings.Head);
    Characteristics.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Characteristics.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Characteristics.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Characteristics.MajorDriverVersion = 1;
    RtlInitUnicodeString(&Characteristics.Name, L"ShuttleClassic");
    Characteristics.SetOptionsHandler = ProtocolSetOptions;
    Characteristics.BindAdapterHandlerEx = ProtocolBind;
    Characteristics.UnbindAdapterHandlerEx = ProtocolUnbind;
    Characteristics.OpenAdapterCompleteHandlerEx = ProtocolOpenDone;
    Characteristics.CloseAdapterCompleteHandlerEx = ProtocolCloseDone;
    Characteristics.NetPnPEventHandler = ProtocolEvent;
    Characteristics.OidRequestCompleteHandler = ProtocolOidDone;
    Characteristics.StatusHandlerEx = ProtocolStatus;
    Characteristics.ReceiveNetBufferListsHandler = ProtocolReceive;
    Characteristics.SendNetBufferListsCompleteHandler = ClassicSendComplete;
    return NdisRegisterProtocolDriver(NULL, &Characteristics, &Handle);
}

VOID ClassicStop(VOID)
{
    NdisDeregisterProtocolDriver(ProtocolHandle);
}

_Use_decl_annotations_ static NDIS_STATUS ProtocolSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                             NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(DriverContext);
    ProtocolHandle = NdisDriverHandle;
    return NDIS_STATUS_SUCCESS;
}

// ---- the list

BINDING *ClassicFind(PCUNICODE_STRING Name)
{
    BINDING *Found = NULL;

    ExAcquireFastMutex(&Bindings.Lock);
    for (LIST_ENTRY *Entry = Bindings.Head.Flink; Entry != &Bindings.Head && Found == NULL;
         Entry = Entry->Flink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);

        // Letter by letter: at APC_LEVEL no function that knows of upper case may be called.
        if (Binding->Name.Length == Name->Length &&
            RtlEqualMemory(Binding->Name.Buffer, Name->Buffer, Name->Length)) {
            InterlockedIncrement(&Binding->References);
            Found = Binding;
        }
    }
    ExReleaseFastMutex(&Bindings.Lock);
    return Found;
}

VOID ClassicRelease(BINDING *Binding)
{
    if (InterlockedDecrement(&Binding->References) == 0) {
        ExFreePoolWithTag(Binding, CLASSIC_TAG);
    }
}

VOID ClassicQuery(const BINDING *Binding, SHUTTLE_ADAPTER *Adapter)
{
    RtlZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->State = (uint32_t)ReadAcquire(&Binding->State);
    Adapter->LinkUp = 1; // not followed: this driver knows nothing of links
    Adapter->MaximumFrameSize = Binding->MaximumFrameBytes;
    Adapter->InFlightLimit = CLASSIC_KEPT;
    RtlCopyMemory(Adapter->Address, Binding->Address, sizeof(Adapter->Address));
    Adapter->NameLength = Binding->Name.Length;
    RtlCopyMemory(Adapter->Name, Binding->NameBuffer, Binding->Name.Length);
}

// ---- bind and unbind

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS
    BindingOpen(BINDING *Binding, NDIS_HANDLE BindContext, PNDIS_STRING AdapterName)
{
    NDIS_OPEN_PARAMETERS *Open = &Binding->OpenParameters;
    NDIS_STATUS Status;

    Binding->Medium = NdisMedium802_3;
    Open->Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open->Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open->Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open->AdapterName = AdapterName;
    Open->MediumArray = &Binding->Medium;
    Open->MediumArraySize = 1;
    Open->SelectedMediumIndex = &Binding->MediumIndex;
    Status = NdisOpenAdapterEx(ProtocolHandle, Binding, Open, BindContext, &Binding->NdisHandle);
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->Done, Executive, KernelMode, FALSE, NULL);
        Status = Binding->OpenStatus;
    }
    return Status;
}

_IRQL_requires_(PASSIVE_LEVEL) static VOID BindingClose(BINDING *Binding)
{
    if (NdisCloseAdapterEx(Binding->NdisHandle) == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->Done, Executive, KernelMode, FALSE, NULL);
    }
    ClassicKeptDestroy(Binding);
    if (Binding->NblPool != NULL) {
        NdisFreeNetBufferListPool(Binding->NblPool);
    }
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS BindingCreatePools(BINDING *Binding)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};

    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.PoolTag = CLASSIC_TAG;
    Binding->NblPool = NdisAllocateNetBufferListPool(ProtocolHandle, &Parameters);
    return Binding->NblPool == NULL ? STATUS_INSUFFICIENT_RESOURCES : ClassicKeptCreate(Binding);
}

static BINDING *BindingCreate(const NDIS_BIND_PARAMETERS *Parameters)
{
    BINDING *Binding = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), CLASSIC_TAG);

    if (Binding == NULL) {
        return NULL;
    }
    Binding->References = 1;
    Binding->State = SHUTTLE_ADAPTER_PAUSED;
    Binding->MaximumFrameBytes = Parameters->MtuSize + BINDING_ETHERNET_HEADER;
    RtlCopyMemory(Binding->Address, Parameters->CurrentMacAddress, sizeof(Binding->Address));
    KeInitializeEvent(&Binding->Done, SynchronizationEvent, FALSE);
    ExInitializeRundownProtection(&Binding->SendGate);
    ExWaitForRundownProtectionRelease(&Binding->SendGate); // born paused
    Binding->Name = (UNICODE_STRING){0, sizeof(Binding->NameBuffer), Binding->NameBuffer};
    RtlCopyUnicodeString(&Binding->Name, Parameters->AdapterName);
    return Binding;
}

_Use_decl_annotations_ static NDIS_STATUS ProtocolBind(NDIS_HANDLE ProtocolDriverContext,
                                                       NDIS_HANDLE BindContext,
                                                       PNDIS_BIND_PARAMETERS Parameters)
{
    BINDING *Binding;
    NDIS_STATUS Status;

    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    if (Parameters->MediaType != NdisMedium802_3 ||
        Parameters->AdapterName->Length > sizeof(Binding->NameBuffer)) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Binding = BindingCreate(Parameters);
    if (Binding == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Status = BindingOpen(Binding, BindContext, Parameters->AdapterName);
    if (Status != NDIS_STATUS_SUCCESS) {
        goto Release;
    }
    Status = BindingCreatePools(Binding);
    if (!NT_SUCCESS(Status)) {
        goto Close;
    }
    ExAcquireFastMutex(&Bindings.Lock);
    InsertTailList(&Bindings.Head, &Binding->Link);
    ExReleaseFastMutex(&Bindings.Lock);
    return NDIS_STATUS_SUCCESS;

Close:
    BindingClose(Binding);
Release:
    ClassicRelease(Binding);
    return Status;
}

_Use_decl_annotations_ static NDIS_STATUS ProtocolUnbind(NDIS_HANDLE UnbindContext,
                                                         NDIS_HANDLE ProtocolBindingContext)
{
    BINDING *Binding = ProtocolBindingContext;

    UNREFERENCED_PARAMETER(UnbindContext);
    ExAcquireFastMutex(&Bindings.Lock);
    RemoveEntryList(&Binding->Link);
    ExReleaseFastMutex(&Bindings.Lock);
    InterlockedExchange(&Binding->State, SHUTTLE_ADAPTER_REMOVED);
    BindingClose(Binding);
    ClassicRelease(Binding);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID ProtocolOpenDone(NDIS_HANDLE ProtocolBindingContext,
                                                    NDIS_STATUS Status)
{
    BINDING *Binding = ProtocolBindingContext;

    Binding->OpenStatus = Status;
    KeSetEvent(&Binding->Done, IO_NETWORK_INCREMENT, FALSE);
}

_Use_decl_annotations_ static VOID ProtocolCloseDone(NDIS_HANDLE ProtocolBindingContext)
{
    BINDING *Binding = ProtocolBindingContext;

    KeSetEvent(&Binding->Done, IO_NETWORK_INCREMENT, FALSE);
}

// ---- events

_Use_decl_annotations_ static NDIS_STATUS ProtocolEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    BINDING *Binding = ProtocolBindingContext;

    if (Binding == NULL) {
        return NDIS_STATUS_SUCCESS;
    }
    switch (NetPnPEventNotification->NetPnPEvent.NetEvent) {
    case NetEventPause:
        InterlockedExchange(&Binding->State, SHUTTLE_ADAPTER_PAUSED);
        ExWaitForRundownProtectionRelease(&Binding->SendGate);
        break;
    case NetEventRestart:
        ExReInitializeRundownProtection(&Binding->SendGate);
        InterlockedExchange(&Binding->State, SHUTTLE_ADAPTER_RUNNING);
        break;
    default:
        break;
    }
    return NDIS_STATUS_SUCCESS;
}

// No OID is ever requested.
_Use_decl_annotations_ static VOID ProtocolOidDone(NDIS_HANDLE ProtocolBindingContext,
                                                   PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ static VOID ProtocolStatus(NDIS_HANDLE ProtocolBindingContext,
                                                  PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

// The packet filter stays 0; what comes all the same goes back at once (contract BND-90).
_Use_decl_annotations_ static VOID ProtocolReceive(NDIS_HANDLE ProtocolBindingContext,
                                                   PNET_BUFFER_LIST NetBufferLists,
                                                   NDIS_PORT_NUMBER PortNumber,
                                                   ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    BINDING *Binding = ProtocolBindingContext;

    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        NdisReturnNetBufferLists(Binding->NdisHandle, NetBufferLists, 0);
    }
}

// SPDX-License-Identifier: MIT

#include "mistake.h"

EXAMPLE Example, ExampleOther;

// ---- binding

_Use_decl_annotations_ NDIS_STATUS ExampleBind(NDIS_HANDLE DriverContext, NDIS_HANDLE BindContext,
                                               NDIS_BIND_PARAMETERS *Parameters)
{
    static NDIS_MEDIUM Medium = NdisMedium802_3;
    static UINT Selected;
    NDIS_OPEN_PARAMETERS Open = {0};
    EXAMPLE *E = DriverContext;
    NDIS_STATUS Status;

    if (E->Bound) {
        ExampleOther.Protocol = E->Protocol;
        ExampleOther.Pool = E->Pool;
        E = &ExampleOther;
    }
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = Parameters->AdapterName;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    // The adapters of the tests open at once; PENDING would need parameters that outlive this call.
    Status = NdisOpenAdapterEx(E->Protocol, E, &Open, BindContext, &E->Binding);
    E->Bound = Status == NDIS_STATUS_SUCCESS;
    return Status;
}

_Use_decl_annotations_ VOID ExampleOpenComplete(NDIS_HANDLE Context, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ NDIS_STATUS ExampleUnbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(UnbindContext);
    E->Bound = FALSE;
    KeClearEvent(&E->Closed);
    if (NdisCloseAdapterEx(E->Binding) == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&E->Closed, Executive, KernelMode, FALSE, NULL);
    }
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ VOID ExampleCloseComplete(NDIS_HANDLE Context)
{
    EXAMPLE *E = Context;

    KeSetEvent(&E->Closed, 0, FALSE);
}

_Use_decl_annotations_ NDIS_STATUS ExamplePnpEvent(NDIS_HANDLE Context,
                                                   NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    if (Event->NetPnPEvent.NetEvent == NetEventRestart) {
        E->Running = TRUE;
    } else if (Event->NetPnPEvent.NetEvent == NetEventPause) {
        E->Running = FALSE;
        KeWaitForSingleObject(&E->Idle, Executive, KernelMode, FALSE, NULL);
    }
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ VOID ExampleOidComplete(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request,
                                               NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Request);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ VOID ExampleStatus(NDIS_HANDLE Context, NDIS_STATUS_INDICATION *Indication)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Indication);
}

_Use_decl_annotations_ VOID ExampleReceive(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                           NDIS_PORT_NUMBER Port, ULONG Count, ULONG ReceiveFlags)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    if ((ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0) {
        NdisReturnNetBufferLists(E->Binding, Nbls, 0);
    }
}

_Use_decl_annotations_ VOID ExampleSendComplete(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                                ULONG CompleteFlags)
{
    EXAMPLE *E = Context;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(CompleteFlags);
    KeAcquireSpinLock(&E->Lock, &Irql);
    E->Completion = Nbls;
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        E->Completed++;
        E->Failed += NET_BUFFER_LIST_STATUS(Nbl) != NDIS_STATUS_SUCCESS;
        if (!E->KeepsCancelId) {
            NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, NULL);
        }
    }
    if (E->Completed >= E->Sent) {
        KeSetEvent(&E->Idle, 0, FALSE);
    }
    KeReleaseSpinLock(&E->Lock, Irql);
}

// ---- load and unload

static NDIS_HANDLE CreatePool(NDIS_HANDLE Protocol)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};

    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.PoolTag = EXAMPLE_TAG;
    return NdisAllocateNetBufferListPool(Protocol, &Parameters);
}

_Use_decl_annotations_ VOID ExampleUnload(DRIVER_OBJECT *DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(Example.Protocol);
    if (Example.Pool != NULL) {
        NdisFreeNetBufferListPool(Example.Pool);
    }
}

static void SetHandlers(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    NDIS_STRING Name = NDIS_STRING_CONST("Example");

    Handlers->Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Handlers->Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Handlers->Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Handlers->MajorNdisVersion = 6;
    Handlers->MinorNdisVersion = 50;
    Handlers->MajorDriverVersion = 1;
    Handlers->Name = Name;
    Handlers->BindAdapterHandlerEx = ExampleBind;
    Handlers->UnbindAdapterHandlerEx = ExampleUnbind;
    Handlers->OpenAdapterCompleteHandlerEx = ExampleOpenComplete;
    Handlers->CloseAdapterCompleteHandlerEx = ExampleCloseComplete;
    Handlers->NetPnPEventHandler = ExamplePnpEvent;
    Handlers->OidRequestCompleteHandler = ExampleOidComplete;
    Handlers->StatusHandlerEx = ExampleStatus;
    Handlers->ReceiveNetBufferListsHandler = ExampleReceive;
    Handlers->SendNetBufferListsCompleteHandler = ExampleSendComplete;
}

static void InitializeBinding(EXAMPLE *E)
{
    KeInitializeSpinLock(&E->Lock);
    KeInitializeEvent(&E->Idle, NotificationEvent, TRUE);
    KeInitializeEvent(&E->Closed, NotificationEvent, FALSE);
}

_Use_decl_annotations_ NTSTATUS ExampleEntry(DRIVER_OBJECT *DriverObject,
                                             UNICODE_STRING *RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Handlers = {0};
    EXAMPLE *E = &Example;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = ExampleUnload;
    E->DriverObject = DriverObject;
    InitializeBinding(E);
    InitializeBinding(&ExampleOther);
    SetHandlers(&Handlers);
    if (E->Mistake->Register != NULL) {
        E->Mistake->Register(E, &Handlers);
    }
    Status = NdisRegisterProtocolDriver(E, &Handlers, &E->Protocol);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    E->Pool = CreatePool(E->Protocol);
    if (E->Pool == NULL) {
        NdisDeregisterProtocolDriver(E->Protocol);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

// ---- frames and NBLs

void ExampleWriteFrame(MDL *Mdl)
{
    static const UCHAR Header[14] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02,
                                     0,    0,    0,    0,    0x11, 0x88, 0xB5};
    static UCHAR Count;
    UCHAR *Frame = MmGetMdlVirtualAddress(Mdl);
    ULONG Bytes = MmGetMdlByteCount(Mdl);

    RtlFillMemory(Frame, Bytes, ++Count);
    RtlCopyMemory(Frame, Header, min(Bytes, sizeof(Header)));
}

MDL *ExampleAllocateFrame(ULONG LengthBytes)
{
    UCHAR *Frame = ExAllocatePool2(POOL_FLAG_NON_PAGED, LengthBytes, EXAMPLE_TAG);
    MDL *Mdl = Frame == NULL ? NULL : IoAllocateMdl(Frame, LengthBytes, FALSE, FALSE, NULL);

    if (Mdl == NULL) {
        ExampleFail("no memory for a frame");
    }
    MmBuildMdlForNonPagedPool(Mdl);
    ExampleWriteFrame(Mdl);
    return Mdl;
}

void ExampleFreeFrame(MDL *Mdl)
{
    PVOID Frame = MmGetMdlVirtualAddress(Mdl);

    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Frame, EXAMPLE_TAG);
}

NET_BUFFER_LIST *ExampleAllocateNbl(EXAMPLE *E, MDL *Mdl, ULONG LengthBytes)
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(E->Pool, 0, 0, Mdl, 0,
                                                                 LengthBytes);

    if (Nbl == NULL) {
        ExampleFail("no memory for an NBL");
    }
    ExampleSetRest(E, Nbl);
    return Nbl;
}

void ExampleSetData(NET_BUFFER_LIST *Nbl, MDL *Mdl, ULONG LengthBytes)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_FIRST_MDL(Nb) = Mdl;
    NET_BUFFER_CURRENT_MDL(Nb) = Mdl;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 0;
    NET_BUFFER_DATA_OFFSET(Nb) = 0;
    NET_BUFFER_DATA_LENGTH(Nb) = LengthBytes;
}

void ExampleSetOutOfBand(NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListCancelId) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = NULL;
}

void ExampleSetSend(EXAMPLE *E, NET_BUFFER_LIST *Nbl)
{
    NdisClearNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET);
    Nbl->SourceHandle = E->Binding;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
}

void ExampleSetRest(EXAMPLE *E, NET_BUFFER_LIST *Nbl)
{
    ExampleSetOutOfBand(Nbl);
    ExampleSetSend(E, Nbl);
}

// ---- sending

void ExampleSendList(EXAMPLE *E, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG SendFlags)
{
    KIRQL Irql;

    KeAcquireSpinLock(&E->Lock, &Irql);
    E->Sent += Count;
    KeClearEvent(&E->Idle);
    KeReleaseSpinLock(&E->Lock, Irql);
    NdisSendNetBufferLists(E->Binding, Nbls, NDIS_DEFAULT_PORT_NUMBER, SendFlags);
}

void ExampleSend(EXAMPLE *E, NET_BUFFER_LIST *Nbl)
{
    ExampleSendList(E, Nbl, 1, 0);
}

void ExampleWait(EXAMPLE *E)
{
    KeWaitForSingleObject(&E->Idle, Executive, KernelMode, FALSE, NULL);
}

void ExampleSendAndWait(EXAMPLE *E, NET_BUFFER_LIST *Nbl)
{
    ExampleSend(E, Nbl);
    ExampleWait(E);
}

void ExampleHold(EXAMPLE *E)
{
    test_wire_hold(&E->Wire);
}

void ExampleRelease(EXAMPLE *E)
{
    test_wire_release(&E->Wire);
}

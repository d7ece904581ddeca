// SPDX-License-Identifier: MIT
// The test protocol: two of them, with different names and the same handlers.

#include "fixture.h"

#include <string.h>

TEST_PROTOCOL Protocols[2];

void ProtocolsReset(void)
{
    memset(Protocols, 0, sizeof(Protocols));
    Protocols[0].Name = L"TestOne";
    Protocols[1].Name = L"TestTwo";
}

// ---- resources of a binding

void BindingMakePool(TEST_BINDING *Binding)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.PoolTag = 0x74736574;
    Binding->Pool = NdisAllocateNetBufferListPool(Binding->Protocol->Handle, &Parameters);
    Binding->Frame = NdisAllocateMemoryWithTagPriority(Binding->Protocol->Handle, TEST_FRAME_BYTES,
                                                       0x74736574, NormalPoolPriority);
    assert_non_null(Binding->Frame);
    memset(Binding->Frame, 0xFF, TEST_FRAME_BYTES);
    Binding->Mdl = NdisAllocateMdl(Binding->Protocol->Handle, Binding->Frame, TEST_FRAME_BYTES);
    assert_non_null(Binding->Mdl);
}

void BindingFreePool(TEST_BINDING *Binding)
{
    NdisFreeMdl(Binding->Mdl);
    NdisFreeMemory(Binding->Frame, 0, 0);
    NdisFreeNetBufferListPool(Binding->Pool);
}

static TEST_BINDING *BindingTake(TEST_PROTOCOL *Protocol)
{
    for (unsigned i = 0; i < TEST_BINDINGS; i++) {
        TEST_BINDING *Binding = &Protocol->Bindings[i];
        if (Binding->Protocol == NULL) {
            char Log[TEST_LOG_BYTES];
            memcpy(Log, Binding->Log, sizeof(Log)); // it goes on over a rebind
            memset(Binding, 0, sizeof(*Binding));
            memcpy(Binding->Log, Log, sizeof(Log));
            Binding->Protocol = Protocol;
            KeInitializeEvent(&Binding->OpenDone, NotificationEvent, FALSE);
            KeInitializeEvent(&Binding->CloseDone, NotificationEvent, FALSE);
            KeInitializeEvent(&Binding->PauseBegan, NotificationEvent, FALSE);
            KeInitializeEvent(&Binding->SendDone, SynchronizationEvent, FALSE);
            KeInitializeEvent(&Binding->OidDone, SynchronizationEvent, FALSE);
            return Binding;
        }
    }
    fail();
    return NULL;
}

// ---- bind and unbind

static void BindFinish(TEST_BINDING *Binding);

static WORKER_THREAD_ROUTINE BindLater;
static void NTAPI BindLater(PVOID Context)
{
    TEST_BINDING *Binding = Context;
    BindFinish(Binding);
    NdisCompleteBindAdapterEx(Binding->BindContext, NDIS_STATUS_SUCCESS);
}

static void BindFinish(TEST_BINDING *Binding)
{
    BindingMakePool(Binding);
    if (Binding->Protocol->PacketFilter != 0) {
        assert_int_equal(BindingSetFilter(Binding, Binding->Protocol->PacketFilter), 0);
    }
}

static NDIS_STATUS OpenAdapter(TEST_BINDING *Binding, PNDIS_BIND_PARAMETERS Parameters)
{
    Binding->Medium = NdisMedium802_3;
    Binding->Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Binding->Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Binding->Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Binding->Open.AdapterName = Parameters->AdapterName;
    Binding->Open.MediumArray = &Binding->Medium;
    Binding->Open.MediumArraySize = 1;
    Binding->Open.SelectedMediumIndex = &Binding->MediumIndex;
    NDIS_STATUS Status = NdisOpenAdapterEx(Binding->Protocol->Handle, Binding, &Binding->Open,
                                           Binding->BindContext, &Binding->Handle);
    if (Status == NDIS_STATUS_PENDING) {
        EventWait(&Binding->OpenDone);
        Status = Binding->OpenStatus;
    }
    return Status;
}

static void CloseAdapter(TEST_BINDING *Binding)
{
    if (NdisCloseAdapterEx(Binding->Handle) == NDIS_STATUS_PENDING) {
        EventWait(&Binding->CloseDone);
    }
}

static WORK_QUEUE_ITEM BindWork;

static PROTOCOL_BIND_ADAPTER_EX ProtocolBind;
static NDIS_STATUS NTAPI ProtocolBind(NDIS_HANDLE DriverContext, NDIS_HANDLE BindContext,
                                      PNDIS_BIND_PARAMETERS Parameters)
{
    TEST_PROTOCOL *Protocol = DriverContext;
    if (Protocol->RefuseBind) {
        LogAdd(Protocol->Bindings[0].Log, 'b');
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    TEST_BINDING *Binding = BindingTake(Protocol);
    LogAdd(Binding->Log, 'B');
    Binding->BindContext = BindContext;
    Binding->Parameters = *Parameters;
    memcpy(Binding->AdapterName, Parameters->AdapterName->Buffer, Parameters->AdapterName->Length);
    NDIS_STATUS Status = OpenAdapter(Binding, Parameters);
    if (Status == NDIS_STATUS_SUCCESS && Protocol->FailAfterOpen) {
        CloseAdapter(Binding);
        Status = NDIS_STATUS_RESOURCES;
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        Binding->Protocol = NULL;
        return Status;
    }
    if (Protocol->PendBind) {
        ExInitializeWorkItem(&BindWork, BindLater, Binding);
        ExQueueWorkItem(&BindWork, DelayedWorkQueue);
        return NDIS_STATUS_PENDING;
    }
    BindFinish(Binding);
    return NDIS_STATUS_SUCCESS;
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX ProtocolOpened;
static void NTAPI ProtocolOpened(NDIS_HANDLE Context, NDIS_STATUS Status)
{
    TEST_BINDING *Binding = Context;
    LogAdd(Binding->Log, 'O');
    Binding->OpenStatus = Status;
    KeSetEvent(&Binding->OpenDone, 0, FALSE);
}

static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX ProtocolClosed;
static void NTAPI ProtocolClosed(NDIS_HANDLE Context)
{
    TEST_BINDING *Binding = Context;
    LogAdd(Binding->Log, 'C');
    KeSetEvent(&Binding->CloseDone, 0, FALSE);
}

static void UnbindFinish(TEST_BINDING *Binding)
{
    BindingReturnKept(Binding);
    if (!Binding->Protocol->LeaveFilter) {
        BindingSetFilter(Binding, 0);
    }
    CloseAdapter(Binding);
    BindingFreePool(Binding);
    Binding->Protocol = NULL;
}

static WORK_QUEUE_ITEM UnbindWork;
static WORKER_THREAD_ROUTINE UnbindLater;
static void NTAPI UnbindLater(PVOID Context)
{
    TEST_BINDING *Binding = Context;
    NDIS_HANDLE UnbindContext = Binding->UnbindContext;
    UnbindFinish(Binding);
    NdisCompleteUnbindAdapterEx(UnbindContext);
}

static PROTOCOL_UNBIND_ADAPTER_EX ProtocolUnbind;
static NDIS_STATUS NTAPI ProtocolUnbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    TEST_BINDING *Binding = Context;
    LogAdd(Binding->Log, 'U');
    if (Binding->Protocol->PendUnbind) {
        Binding->UnbindContext = UnbindContext;
        ExInitializeWorkItem(&UnbindWork, UnbindLater, Binding);
        ExQueueWorkItem(&UnbindWork, DelayedWorkQueue);
        return NDIS_STATUS_PENDING;
    }
    UnbindFinish(Binding);
    return NDIS_STATUS_SUCCESS;
}

// ---- events

static WORK_QUEUE_ITEM EventWork;
static WORKER_THREAD_ROUTINE EventLater;
static void NTAPI EventLater(PVOID Context)
{
    TEST_BINDING *Binding = Context;
    while (ReadAcquire(&Binding->SendsDone) < Binding->Protocol->PauseAfterSends) {
        EventWait(&Binding->SendDone);
    }
    NdisCompleteNetPnPEvent(Binding->Handle, Binding->PendedEvent, NDIS_STATUS_SUCCESS);
}

static NDIS_STATUS PauseEvent(TEST_BINDING *Binding, PNET_PNP_EVENT_NOTIFICATION Notification)
{
    LogAdd(Binding->Log, 'P');
    assert_non_null(Notification->NetPnPEvent.Buffer);
    KeSetEvent(&Binding->PauseBegan, 0, FALSE);
    if (Binding->Protocol->Pausing != NULL) {
        Binding->Protocol->Pausing(Binding);
    }
    if (!Binding->Protocol->PendPause) {
        return NDIS_STATUS_SUCCESS;
    }
    Binding->PendedEvent = Notification;
    ExInitializeWorkItem(&EventWork, EventLater, Binding);
    ExQueueWorkItem(&EventWork, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

static PROTOCOL_NET_PNP_EVENT ProtocolEvent;
static NDIS_STATUS NTAPI ProtocolEvent(NDIS_HANDLE Context,
                                       PNET_PNP_EVENT_NOTIFICATION Notification)
{
    TEST_BINDING *Binding = Context;
    switch (Notification->NetPnPEvent.NetEvent) {
    case NetEventPause:
        return PauseEvent(Binding, Notification);
    case NetEventRestart:
        LogAdd(Binding->Log, 'R');
        return Binding->Protocol->FailRestart ? NDIS_STATUS_RESOURCES : NDIS_STATUS_SUCCESS;
    case NetEventQueryRemoveDevice:
        LogAdd(Binding->Log, 'Q');
        return Binding->Protocol->FailQueryRemove ? NDIS_STATUS_FAILURE : NDIS_STATUS_SUCCESS;
    case NetEventCancelRemoveDevice:
        LogAdd(Binding->Log, 'X');
        return NDIS_STATUS_SUCCESS;
    case NetEventSetPower:
        LogAdd(Binding->Log, 'D');
        return NDIS_STATUS_SUCCESS;
    case NetEventBindsComplete:
        assert_null(Context);
        for (unsigned i = 0; i < 2; i++) {
            InterlockedIncrement(&Protocols[i].BindsComplete);
        }
        return NDIS_STATUS_SUCCESS;
    case NetEventPortActivation:
    case NetEventPortDeactivation:
        LogAdd(Binding->Log, 'T');
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_SUCCESS;
    }
}

// ---- data path

static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE ProtocolSendComplete;
static void NTAPI ProtocolSendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    TEST_BINDING *Binding = Context;
    InterlockedIncrement(&Binding->SendCompletions);
    InterlockedExchange(&Binding->CompleteFlags, (LONG)Flags);
    InterlockedExchange(&Binding->CompleteIrql, KeGetCurrentIrql());
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = Nbls->Next;
        LONG Done = InterlockedIncrement(&Binding->SendsDone);
        if (Done <= (LONG)ARRAYSIZE(Binding->LastCompleted)) {
            Binding->LastCompleted[Done - 1] = Nbls;
        }
        if (Nbls->Status != NDIS_STATUS_SUCCESS) {
            InterlockedIncrement(&Binding->SendsFailed);
        }
        if (Binding->Protocol->Completed != NULL) {
            Binding->Protocol->Completed(Binding, Nbls);
        } else {
            NdisFreeNetBufferList(Nbls);
        }
        Nbls = Next;
    }
    KeSetEvent(&Binding->SendDone, 0, FALSE);
}

static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ProtocolReceive;
static void NTAPI ProtocolReceive(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                                  ULONG Count, ULONG Flags)
{
    (void)Port;
    TEST_BINDING *Binding = Context;
    InterlockedIncrement(&Binding->ReceiveCalls);
    Binding->ReceiveFlags = Flags;
    ULONG Seen = 0;
    NET_BUFFER_LIST *Last = NULL;
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        Seen++;
        Last = Nbl;
        if (NdisTestNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET)) {
            InterlockedIncrement(&Binding->ReceivedLoopback);
        }
    }
    assert_int_equal(Seen, Count);
    InterlockedExchangeAdd(&Binding->Received, (LONG)Count);
    if ((Flags & NDIS_RECEIVE_FLAGS_RESOURCES) != 0) {
        return;
    }
    if (Binding->Protocol->KeepReceives) {
        Last->Next = Binding->Kept;
        Binding->Kept = Nbls;
        return;
    }
    NdisReturnNetBufferLists(Binding->Handle, Nbls, 0);
}

void BindingReturnKept(TEST_BINDING *Binding)
{
    NET_BUFFER_LIST *Kept = Binding->Kept;
    Binding->Kept = NULL;
    if (Kept != NULL) {
        NdisReturnNetBufferLists(Binding->Handle, Kept, 0);
    }
}

NET_BUFFER_LIST *BindingNbl(TEST_BINDING *Binding, const UCHAR Destination[6])
{
    if (memcmp(Binding->Frame, Destination, 6) != 0) {
        memcpy(Binding->Frame, Destination, 6);
    }
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Binding->Pool, 0, 0, Binding->Mdl,
                                                                 0, TEST_FRAME_BYTES);
    assert_non_null(Nbl);
    Nbl->SourceHandle = Binding->Handle;
    return Nbl;
}

NET_BUFFER_LIST *BindingChain(TEST_BINDING *Binding, unsigned Count)
{
    static const UCHAR Broadcast[6] = {255, 255, 255, 255, 255, 255};
    NET_BUFFER_LIST *First = NULL;
    for (unsigned i = 0; i < Count; i++) {
        NET_BUFFER_LIST *Nbl = BindingNbl(Binding, Broadcast);
        Nbl->Next = First;
        First = Nbl;
    }
    return First;
}

void BindingSend(TEST_BINDING *Binding, unsigned Count, ULONG Flags)
{
    NdisSendNetBufferLists(Binding->Handle, BindingChain(Binding, Count), 0, Flags);
}

// ---- OIDs and status

static PROTOCOL_OID_REQUEST_COMPLETE ProtocolOidComplete;
static void NTAPI ProtocolOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request,
                                      NDIS_STATUS Status)
{
    (void)Request;
    TEST_BINDING *Binding = Context;
    InterlockedIncrement(&Binding->OidsDone);
    Binding->OidStatus = Status;
    KeSetEvent(&Binding->OidDone, 0, FALSE);
}

NDIS_STATUS BindingOid(TEST_BINDING *Binding, NDIS_REQUEST_TYPE Type, NDIS_OID Oid, PVOID Buffer,
                       ULONG Length, NDIS_OID_REQUEST *Result)
{
    NDIS_OID_REQUEST *Request = NdisAllocateMemoryWithTagPriority(Binding->Handle, sizeof(*Request),
                                                                  0x74736574, NormalPoolPriority);
    assert_non_null(Request);
    memset(Request, 0, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = Type;
    Request->DATA.SET_INFORMATION.Oid = Oid;
    Request->DATA.SET_INFORMATION.InformationBuffer = Buffer;
    Request->DATA.SET_INFORMATION.InformationBufferLength = Length;
    NDIS_STATUS Status = NdisOidRequest(Binding->Handle, Request);
    if (Status == NDIS_STATUS_PENDING) {
        EventWait(&Binding->OidDone);
        Status = Binding->OidStatus;
    }
    if (Result != NULL) {
        *Result = *Request;
    }
    NdisFreeMemory(Request, 0, 0);
    return Status;
}

NDIS_STATUS BindingSetFilter(TEST_BINDING *Binding, ULONG Filter)
{
    return BindingOid(Binding, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Filter,
                      sizeof(Filter), NULL);
}

static PROTOCOL_STATUS_EX ProtocolStatus;
static void NTAPI ProtocolStatus(NDIS_HANDLE Context, PNDIS_STATUS_INDICATION Indication)
{
    TEST_BINDING *Binding = Context;
    LogAdd(Binding->Log, 'S');
    Binding->LastStatus = Indication->StatusCode;
}

// ---- registration

void ProtocolRegister(unsigned Number)
{
    TEST_PROTOCOL *Protocol = &Protocols[Number];
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS C = {0};
    C.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    C.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 50;
    RtlInitUnicodeString(&C.Name, Protocol->Name);
    C.BindAdapterHandlerEx = ProtocolBind;
    C.UnbindAdapterHandlerEx = ProtocolUnbind;
    C.OpenAdapterCompleteHandlerEx = ProtocolOpened;
    C.CloseAdapterCompleteHandlerEx = ProtocolClosed;
    C.NetPnPEventHandler = ProtocolEvent;
    C.OidRequestCompleteHandler = ProtocolOidComplete;
    C.DirectOidRequestCompleteHandler = ProtocolOidComplete;
    C.StatusHandlerEx = ProtocolStatus;
    C.ReceiveNetBufferListsHandler = ProtocolReceive;
    C.SendNetBufferListsCompleteHandler = ProtocolSendComplete;
    assert_int_equal(NdisRegisterProtocolDriver(Protocol, &C, &Protocol->Handle), 0);
}

void ProtocolDeregister(unsigned Number)
{
    NdisDeregisterProtocolDriver(Protocols[Number].Handle);
    Protocols[Number].Handle = NULL;
}

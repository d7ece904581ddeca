// SPDX-License-Identifier: MIT
// Filter modules between a protocol and a miniport: their life, frames, requests, status.

#include "fixture.h"

#include "nt/sim.h"

#include <string.h>

#define TAG 0x74736574

// One filter driver, which knows one adapter. Its log: A(ttach) R(estart) P(ause) D(etach) S(tatus)
// x q for the device events, Q X W T for the net PnP events.
typedef struct TEST_FILTER {
    NDIS_HANDLE Driver, Handle;
    PCWSTR Name;
    BOOLEAN NoData, NoOid, FailAttach, FailRestart, Pend, Drop, Partial, ReceiveInRestart;
    BOOLEAN TakesNetEvents, KeepsNetEvents, RefusesRemoval;
    char Log[TEST_LOG_BYTES];
    volatile LONG Sent, SendsDone, OwnDone, Received, Returned, OwnReturned, Oids, OwnOids, Syncs;
    LONG SentBefore; // frames that the other filter had seen at our first
    NDIS_STATUS OwnStatus;
    PVOID Cancelled;
    NDIS_HANDLE Pool;
    WORK_QUEUE_ITEM Work;
    KEVENT OwnOid;
} TEST_FILTER;

static TEST_FILTER Filters[2];
static TEST_FILTER *const F = &Filters[0];
static TEST_BINDING *const One = &Protocols[0].Bindings[0];
static PDRIVER_OBJECT FilterDriverObject;

// ---- the driver's life

static FILTER_ATTACH FilterAttach;
static NDIS_STATUS NTAPI FilterAttach(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext,
                                      PNDIS_FILTER_ATTACH_PARAMETERS Parameters)
{
    TEST_FILTER *Filter = DriverContext;
    NDIS_FILTER_ATTRIBUTES Attributes = {0};
    NET_BUFFER_LIST_POOL_PARAMETERS Pool = {0};
    assert_int_equal(Parameters->MiniportMediaType, NdisMedium802_3);
    assert_memory_equal(Parameters->CurrentMacAddress, NicAddress(&Nics[0]), 6);
    if (Filter->FailAttach) {
        return NDIS_STATUS_RESOURCES;
    }
    assert_int_equal((int)NdisFSetAttributes(Handle, Filter, &Attributes),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    Attributes.Header.Type = NDIS_OBJECT_TYPE_FILTER_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_FILTER_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_FILTER_ATTRIBUTES_REVISION_1;
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.fAllocateNetBuffer = TRUE;
    Pool.DataSize = 256;
    Pool.PoolTag = TAG;
    Filter->Handle = Handle;
    Filter->Pool = NdisAllocateNetBufferListPool(Handle, &Pool);
    assert_non_null(Filter->Pool);
    LogAdd(Filter->Log, 'A');
    return NdisFSetAttributes(Handle, Filter, &Attributes);
}

static FILTER_DETACH FilterDetach;
static void NTAPI FilterDetach(NDIS_HANDLE Context)
{
    TEST_FILTER *Filter = Context;
    LogAdd(Filter->Log, 'D');
    NdisFreeNetBufferListPool(Filter->Pool);
}

static WORKER_THREAD_ROUTINE PauseLater, RestartLater;
static void NTAPI PauseLater(PVOID Context)
{
    NdisFPauseComplete(((TEST_FILTER *)Context)->Handle);
}

static void NTAPI RestartLater(PVOID Context)
{
    NdisFRestartComplete(((TEST_FILTER *)Context)->Handle, NDIS_STATUS_SUCCESS);
}

static FILTER_PAUSE FilterPause;
static NDIS_STATUS NTAPI FilterPause(NDIS_HANDLE Context, PNDIS_FILTER_PAUSE_PARAMETERS Parameters)
{
    TEST_FILTER *Filter = Context;
    assert_int_not_equal(Parameters->PauseReason, 0);
    LogAdd(Filter->Log, 'P');
    if (!Filter->Pend) {
        return NDIS_STATUS_SUCCESS;
    }
    ExInitializeWorkItem(&Filter->Work, PauseLater, Filter);
    ExQueueWorkItem(&Filter->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

static FILTER_RESTART FilterRestart;
static NDIS_STATUS NTAPI FilterRestart(NDIS_HANDLE Context,
                                       PNDIS_FILTER_RESTART_PARAMETERS Parameters)
{
    TEST_FILTER *Filter = Context;
    assert_non_null(Parameters->RestartAttributes);
    LogAdd(Filter->Log, 'R');
    if (Filter->ReceiveInRestart) {
        NicReceive(&Nics[0], NicAddress(&Nics[0]), 2, 0);
    }
    if (Filter->FailRestart) {
        return NDIS_STATUS_RESOURCES;
    }
    if (!Filter->Pend) {
        return NDIS_STATUS_SUCCESS;
    }
    ExInitializeWorkItem(&Filter->Work, RestartLater, Filter);
    ExQueueWorkItem(&Filter->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

// With Partial: no data path handlers from now on.
static FILTER_SET_MODULE_OPTIONS FilterModuleOptions;
static NDIS_STATUS NTAPI FilterModuleOptions(NDIS_HANDLE Context)
{
    TEST_FILTER *Filter = Context;
    NDIS_FILTER_PARTIAL_CHARACTERISTICS C = {0};
    C.Header.Type = NDIS_OBJECT_TYPE_FILTER_PARTIAL_CHARACTERISTICS;
    C.Header.Revision = NDIS_FILTER_PARTIAL_CHARACTERISTICS_REVISION_1;
    C.Header.Size = NDIS_SIZEOF_FILTER_PARTIAL_CHARACTERISTICS_REVISION_1;
    return Filter->Partial
               ? NdisSetOptionalHandlers(Filter->Handle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&C)
               : NDIS_STATUS_SUCCESS;
}

// ---- frames

static FILTER_SEND_NET_BUFFER_LISTS FilterSend;
static void NTAPI FilterSend(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                             ULONG Flags)
{
    TEST_FILTER *Filter = Context;
    if (Filter->Sent == 0) {
        Filter->SentBefore = Filters[Filter == &Filters[0]].Sent;
    }
    InterlockedExchangeAdd(&Filter->Sent, (LONG)SimNblCount(Nbls));
    NdisFSendNetBufferLists(Filter->Handle, Nbls, Port, Flags);
}

// Takes out and frees what the filter made; returns the rest, in order.
static NET_BUFFER_LIST *OwnFree(TEST_FILTER *Filter, NET_BUFFER_LIST *Nbls, volatile LONG *Own)
{
    NET_BUFFER_LIST *Others = NULL, **Tail = &Others;
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = Nbls->Next;
        Nbls->Next = NULL;
        if (Nbls->SourceHandle == Filter->Handle) {
            NdisFreeNetBufferList(Nbls);
            InterlockedIncrement(Own);
        } else {
            *Tail = Nbls;
            Tail = &Nbls->Next;
        }
        Nbls = Next;
    }
    return Others;
}

static FILTER_SEND_NET_BUFFER_LISTS_COMPLETE FilterSendComplete;
static void NTAPI FilterSendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    TEST_FILTER *Filter = Context;
    Nbls = OwnFree(Filter, Nbls, &Filter->OwnDone);
    InterlockedExchangeAdd(&Filter->SendsDone, (LONG)SimNblCount(Nbls));
    if (Nbls != NULL) {
        NdisFSendNetBufferListsComplete(Filter->Handle, Nbls, Flags);
    }
}

static FILTER_CANCEL_SEND_NET_BUFFER_LISTS FilterCancelSend;
static void NTAPI FilterCancelSend(NDIS_HANDLE Context, PVOID CancelId)
{
    TEST_FILTER *Filter = Context;
    Filter->Cancelled = CancelId;
    NdisFCancelSendNetBufferLists(Filter->Handle, CancelId);
}

static FILTER_RECEIVE_NET_BUFFER_LISTS FilterReceive;
static void NTAPI FilterReceive(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                                ULONG Count, ULONG Flags)
{
    TEST_FILTER *Filter = Context;
    InterlockedExchangeAdd(&Filter->Received, (LONG)Count);
    if (!Filter->Drop) {
        NdisFIndicateReceiveNetBufferLists(Filter->Handle, Nbls, Port, Count, Flags);
    } else if ((Flags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0) {
        NdisFReturnNetBufferLists(Filter->Handle, Nbls, 0);
    }
}

static FILTER_RETURN_NET_BUFFER_LISTS FilterReturn;
static void NTAPI FilterReturn(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    TEST_FILTER *Filter = Context;
    Nbls = OwnFree(Filter, Nbls, &Filter->OwnReturned);
    InterlockedExchangeAdd(&Filter->Returned, (LONG)SimNblCount(Nbls));
    if (Nbls != NULL) {
        NdisFReturnNetBufferLists(Filter->Handle, Nbls, Flags);
    }
}

static FILTER_STATUS FilterStatus;
static void NTAPI FilterStatus(NDIS_HANDLE Context, PNDIS_STATUS_INDICATION Indication)
{
    TEST_FILTER *Filter = Context;
    LogAdd(Filter->Log, 'S');
    NdisFIndicateStatus(Filter->Handle, Indication);
}

static FILTER_DEVICE_PNP_EVENT_NOTIFY FilterDeviceEvent;
static void NTAPI FilterDeviceEvent(NDIS_HANDLE Context, PNET_DEVICE_PNP_EVENT Event)
{
    TEST_FILTER *Filter = Context;
    LogAdd(Filter->Log, Event->DevicePnPEvent == NdisDevicePnPEventQueryRemoved ? 'q' : 'x');
    NdisFDevicePnPEventNotify(Filter->Handle, Event);
}

static FILTER_NET_PNP_EVENT FilterNetEvent;
static NDIS_STATUS NTAPI FilterNetEvent(NDIS_HANDLE Context,
                                        PNET_PNP_EVENT_NOTIFICATION Notification)
{
    TEST_FILTER *Filter = Context;
    NET_PNP_EVENT_CODE Code = Notification->NetPnPEvent.NetEvent;
    assert_int_equal(Notification->Header.Type, NDIS_OBJECT_TYPE_DEFAULT);
    switch (Code) {
    case NetEventQueryRemoveDevice:
        LogAdd(Filter->Log, 'Q');
        break;
    case NetEventCancelRemoveDevice:
        LogAdd(Filter->Log, 'X');
        break;
    case NetEventSetPower:
        LogAdd(Filter->Log, 'W');
        assert_int_equal(Notification->NetPnPEvent.BufferLength, sizeof(NDIS_DEVICE_POWER_STATE));
        break;
    case NetEventPortActivation:
        LogAdd(Filter->Log, 'T');
        break;
    default: // QueryPower; a pause or a restart is told by handlers of its own
        assert_int_equal(Code, NetEventQueryPower);
        break;
    }
    if (Code == NetEventQueryRemoveDevice && Filter->RefusesRemoval) {
        return NDIS_STATUS_FAILURE;
    }
    return Filter->KeepsNetEvents ? NDIS_STATUS_SUCCESS
                                  : NdisFNetPnPEvent(Filter->Handle, Notification);
}

// ---- requests: a clone goes down, with the original in SourceReserved; NULL there: our own

static void CloneEnd(TEST_FILTER *Filter, PNDIS_OID_REQUEST Clone, PNDIS_OID_REQUEST Request)
{
    Request->DATA = Clone->DATA;
    NdisFreeCloneOidRequest(Filter->Handle, Clone);
}

static PNDIS_OID_REQUEST CloneMake(TEST_FILTER *Filter, PNDIS_OID_REQUEST Request)
{
    PNDIS_OID_REQUEST Clone;
    assert_int_equal(NdisAllocateCloneOidRequest(Filter->Handle, Request, TAG, &Clone), 0);
    memcpy(Clone->SourceReserved, &Request, sizeof(Request));
    InterlockedIncrement(&Filter->Oids);
    return Clone;
}

static FILTER_OID_REQUEST FilterOid;
static NDIS_STATUS NTAPI FilterOid(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    TEST_FILTER *Filter = Context;
    PNDIS_OID_REQUEST Clone = CloneMake(Filter, Request);
    NDIS_STATUS Status = NdisFOidRequest(Filter->Handle, Clone);
    if (Status != NDIS_STATUS_PENDING) {
        CloneEnd(Filter, Clone, Request);
    }
    return Status;
}

// NULL: the request was the filter's own, and its test frees it.
static PNDIS_OID_REQUEST OriginalOf(TEST_FILTER *Filter, PNDIS_OID_REQUEST Clone,
                                    NDIS_STATUS Status)
{
    PNDIS_OID_REQUEST Request;
    memcpy(&Request, Clone->SourceReserved, sizeof(Request));
    if (Request == NULL) {
        Filter->OwnStatus = Status;
        InterlockedIncrement(&Filter->OwnOids);
        KeSetEvent(&Filter->OwnOid, 0, FALSE);
    } else {
        CloneEnd(Filter, Clone, Request);
    }
    return Request;
}

static FILTER_OID_REQUEST_COMPLETE FilterOidComplete;
static void NTAPI FilterOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Clone,
                                    NDIS_STATUS Status)
{
    TEST_FILTER *Filter = Context;
    PNDIS_OID_REQUEST Request = OriginalOf(Filter, Clone, Status);
    if (Request != NULL) {
        NdisFOidRequestComplete(Filter->Handle, Request, Status);
    }
}

static FILTER_CANCEL_OID_REQUEST FilterCancelOid;
static void NTAPI FilterCancelOid(NDIS_HANDLE Context, PVOID RequestId)
{
    NdisFCancelOidRequest(((TEST_FILTER *)Context)->Handle, RequestId);
}

static FILTER_DIRECT_OID_REQUEST FilterDirectOid;
static NDIS_STATUS NTAPI FilterDirectOid(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    TEST_FILTER *Filter = Context;
    PNDIS_OID_REQUEST Clone = CloneMake(Filter, Request);
    NDIS_STATUS Status = NdisFDirectOidRequest(Filter->Handle, Clone);
    if (Status != NDIS_STATUS_PENDING) {
        CloneEnd(Filter, Clone, Request);
    }
    return Status;
}

static FILTER_DIRECT_OID_REQUEST_COMPLETE FilterDirectOidComplete;
static void NTAPI FilterDirectOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Clone,
                                          NDIS_STATUS Status)
{
    TEST_FILTER *Filter = Context;
    NdisFDirectOidRequestComplete(Filter->Handle, OriginalOf(Filter, Clone, Status), Status);
}

static FILTER_CANCEL_DIRECT_OID_REQUEST FilterCancelDirectOid;
static void NTAPI FilterCancelDirectOid(NDIS_HANDLE Context, PVOID RequestId)
{
    NdisFCancelDirectOidRequest(((TEST_FILTER *)Context)->Handle, RequestId);
}

static FILTER_SYNCHRONOUS_OID_REQUEST FilterSynchronousOid;
static NDIS_STATUS NTAPI FilterSynchronousOid(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request,
                                              PVOID *CallContext)
{
    TEST_FILTER *Filter = Context;
    *CallContext = Filter;
    InterlockedIncrement(&Filter->Syncs);
    return Filter->Drop && Request->DATA.Oid == OID_GEN_VENDOR_ID ? NDIS_STATUS_ALREADY_COMPLETE
                                                                  : NDIS_STATUS_SUCCESS;
}

static FILTER_SYNCHRONOUS_OID_REQUEST_COMPLETE FilterSynchronousOidComplete;
static void NTAPI FilterSynchronousOidComplete(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request,
                                               NDIS_STATUS *Status, PVOID CallContext)
{
    (void)Request, (void)Status;
    assert_ptr_equal(CallContext, Context);
    InterlockedIncrement(&((TEST_FILTER *)Context)->Syncs);
}

// ---- registration

static DRIVER_UNLOAD FilterUnload;
static void NTAPI FilterUnload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
}

static DRIVER_INITIALIZE FilterEntry;
static NTSTATUS NTAPI FilterEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    FilterDriverObject = DriverObject;
    DriverObject->DriverUnload = FilterUnload;
    return STATUS_SUCCESS;
}

static void DataHandlers(NDIS_FILTER_DRIVER_CHARACTERISTICS *C)
{
    C->SendNetBufferListsHandler = FilterSend;
    C->SendNetBufferListsCompleteHandler = FilterSendComplete;
    C->CancelSendNetBufferListsHandler = FilterCancelSend;
    C->ReceiveNetBufferListsHandler = FilterReceive;
    C->ReturnNetBufferListsHandler = FilterReturn;
    C->StatusHandler = FilterStatus;
    C->DevicePnPEventNotifyHandler = FilterDeviceEvent;
}

static void OidHandlers(NDIS_FILTER_DRIVER_CHARACTERISTICS *C)
{
    C->OidRequestHandler = FilterOid;
    C->CancelOidRequestHandler = FilterCancelOid;
    C->DirectOidRequestHandler = FilterDirectOid;
    C->DirectOidRequestCompleteHandler = FilterDirectOidComplete;
    C->CancelDirectOidRequestHandler = FilterCancelDirectOid;
    C->SynchronousOidRequestHandler = FilterSynchronousOid;
    C->SynchronousOidRequestCompleteHandler = FilterSynchronousOidComplete;
}

static NDIS_STATUS FilterRegister(unsigned Number)
{
    TEST_FILTER *Filter = &Filters[Number];
    NDIS_FILTER_DRIVER_CHARACTERISTICS C = {0};
    C.Header.Type = NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_FILTER_CHARACTERISTICS_REVISION_3;
    C.Header.Size = NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_3;
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 82;
    RtlInitUnicodeString(&C.FriendlyName, L"Test filter");
    RtlInitUnicodeString(&C.UniqueName, Number == 0 ? L"{one}" : L"{two}");
    RtlInitUnicodeString(&C.ServiceName, L"TestFilter");
    C.SetFilterModuleOptionsHandler = FilterModuleOptions;
    C.AttachHandler = FilterAttach;
    C.DetachHandler = FilterDetach;
    C.PauseHandler = FilterPause;
    C.RestartHandler = FilterRestart;
    C.OidRequestCompleteHandler = FilterOidComplete;
    C.NetPnPEventHandler = Filter->TakesNetEvents ? FilterNetEvent : NULL;
    if (!Filter->NoData) {
        DataHandlers(&C);
    }
    if (!Filter->NoOid) {
        OidHandlers(&C);
    }
    return NdisFRegisterFilterDriver(FilterDriverObject, Filter, &C, &Filter->Driver);
}

static int FilterSetup(void **State)
{
    struct ndishost_driver *Driver;
    memset(Filters, 0, sizeof(Filters));
    NicHasDirectOids = TRUE;
    TestSetup(State);
    for (unsigned i = 0; i < 2; i++) {
        KeInitializeEvent(&Filters[i].OwnOid, SynchronizationEvent, FALSE);
    }
    return ndishost_load_native("TestFilter", (void *)FilterEntry, &Driver) == 0 ? 0 : -1;
}

static int FilterTeardown(void **State)
{
    NicHasDirectOids = FALSE;
    for (unsigned i = 0; i < 2; i++) {
        if (Filters[i].Driver != NULL) {
            NdisFDeregisterFilterDriver(Filters[i].Driver);
        }
    }
    return TestTeardown(State);
}

static void BindOne(void)
{
    Protocols[0].PacketFilter = NDIS_PACKET_TYPE_DIRECTED;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
}

static NET_BUFFER_LIST *OwnNbl(TEST_FILTER *Filter)
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Filter->Pool, 0, 0);
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    assert_int_equal(NdisRetreatNetBufferDataStart(Nb, TEST_FRAME_BYTES, 0, NULL), 0);
    UCHAR *Frame = NdisGetDataBuffer(Nb, TEST_FRAME_BYTES, NULL, 1, 0);
    memset(Frame, 0x5A, TEST_FRAME_BYTES);
    memcpy(Frame, NicAddress(&Nics[0]), 6);
    Nbl->SourceHandle = Filter->Handle;
    return Nbl;
}

// ---- tests

static void Filter_OnARunningStack_IsAttachedBetweenPauseAndRestart(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_string_equal(Nics[0].Log, "IRPR");
    assert_string_equal(One->Log, "BRPR");
    assert_string_equal(F->Log, "AR");
    NdisFDeregisterFilterDriver(F->Driver);
    F->Driver = NULL;
    assert_string_equal(F->Log, "ARPD");
    assert_string_equal(One->Log, "BRPRPR");
    BindingSend(One, 1, 0); // the stack runs without it
    assert_int_equal(One->SendsDone, 1);
    assert_int_equal(F->Sent, 0);
}

static void Filter_BeforeTheAdapter_IsAttachedAtItsStart(void **State)
{
    (void)State;
    assert_int_equal(FilterRegister(0), 0);
    BindOne();
    assert_string_equal(F->Log, "AR");
    assert_string_equal(One->Log, "BR");
    NicRemove(0, FALSE);
    assert_string_equal(F->Log, "ARqPD");
    assert_string_equal(Nics[0].Log, "IRqPH");
}

static void Filter_BadCharacteristics_AreRefused(void **State)
{
    (void)State;
    NDIS_FILTER_DRIVER_CHARACTERISTICS C = {0};
    NDIS_HANDLE Handle;
    assert_int_equal((int)NdisFRegisterFilterDriver(FilterDriverObject, NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_CHARACTERISTICS);
    C.Header.Type = NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_FILTER_CHARACTERISTICS_REVISION_1;
    C.Header.Size = NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_1;
    assert_int_equal((int)NdisFRegisterFilterDriver(FilterDriverObject, NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_VERSION);
    assert_null(Handle);
}

static void Filter_FailsAttachOrRestart_IsLeftOut(void **State)
{
    (void)State;
    BindOne();
    F->FailAttach = TRUE;
    Filters[1].FailRestart = TRUE;
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    assert_string_equal(F->Log, "");
    assert_string_equal(Filters[1].Log, "ARD");
    BindingSend(One, 1, 0);
    assert_int_equal(One->SendsDone, 1);
    assert_int_equal(Filters[1].Sent, 0);
}

static void Filter_PassesFramesBothWays(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    BindingSend(One, 3, 0);
    assert_int_equal(One->SendsDone, 3);
    assert_int_equal(F->Sent, 3);
    assert_int_equal(F->SendsDone, 3);
    assert_int_equal(F->SentBefore, 3); // the later one is above
    assert_int_equal(Filters[1].SentBefore, 0);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 4, 0);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 2, NDIS_RECEIVE_FLAGS_RESOURCES);
    assert_int_equal(One->Received, 6);
    assert_int_equal(F->Received, 6);
    assert_int_equal(F->Returned, 4);
    assert_int_equal(Nics[0].Returned, 6);
    F->Drop = TRUE;
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 2, 0);
    assert_int_equal(One->Received, 6);
    assert_int_equal(Nics[0].Returned, 8);
    NdisCancelSendNetBufferLists(One->Handle, &F->Cancelled);
    assert_ptr_equal(F->Cancelled, &F->Cancelled);
    assert_ptr_equal(Nics[0].Cancelled, &F->Cancelled);
}

static void Filter_WithoutHandlers_IsPassedOver(void **State)
{
    (void)State;
    F->NoData = F->NoOid = TRUE;
    Filters[1].Partial = TRUE; // gives them up while it is restarted
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    BindingSend(One, 2, 0);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 3, 0);
    assert_int_equal(One->SendsDone, 2);
    assert_int_equal(One->Received, 3);
    assert_int_equal(Nics[0].Returned, 3);
    assert_int_equal(Filters[1].Sent, 0);
    assert_int_equal(Filters[1].Received, 0);
    NdisCancelSendNetBufferLists(One->Handle, &F->Cancelled);
    assert_ptr_equal(Nics[0].Cancelled, &F->Cancelled);
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_BROADCAST), 0);
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_BROADCAST);
}

static void Filter_OwnFrames_ComeBackToIt(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NdisFSendNetBufferLists(F->Handle, OwnNbl(F), 0, 0);
    assert_int_equal(Nics[0].Sends, 1);
    assert_int_equal(F->OwnDone, 1);
    assert_int_equal(One->SendsDone, 0);
    Nics[0].Send = NicHold; // one list from both
    BindingSend(One, 1, 0);
    NdisFSendNetBufferLists(F->Handle, OwnNbl(F), 0, 0);
    NicCompleteHeld(&Nics[0]);
    assert_int_equal(F->OwnDone, 2);
    assert_int_equal(One->SendsDone, 1);
    NdisFIndicateReceiveNetBufferLists(F->Handle, OwnNbl(F), 0, 1, 0);
    assert_int_equal(One->Received, 1);
    assert_int_equal(F->OwnReturned, 1);
    assert_int_equal(Nics[0].Returned, 0);
}

static void Filter_ReceiveBeforeItRuns_GoesBack(void **State)
{
    (void)State;
    F->ReceiveInRestart = TRUE; // the NIC runs before the filter does
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(Nics[0].Returned, 2);
    assert_int_equal(F->Received, 0);
    assert_int_equal(One->Received, 0);
}

static void Filter_PendsPauseAndRestart(void **State)
{
    (void)State;
    F->Pend = TRUE;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(NdisFRestartFilter(F->Handle), 0);
    TestIdle();
    assert_string_equal(F->Log, "ARPR");
    assert_string_equal(One->Log, "BRPRPR");
}

static void Filter_StatusAndDeviceEvents_PassThrough(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NicStatus(&Nics[0], NDIS_STATUS_MEDIA_SPECIFIC_INDICATION, NULL, 0);
    assert_string_equal(F->Log, "ARS");
    assert_int_equal(One->LastStatus, NDIS_STATUS_MEDIA_SPECIFIC_INDICATION);
    NicRemove(0, TRUE);
    assert_string_equal(F->Log, "ARSxPD");
    assert_string_equal(Nics[0].Log, "IRPRxPh");
}

// The lower one first; the upper one wants none and is passed over, or lets nothing through.
static void Filter_NetPnpEvents_RiseToTheProtocols(void **State)
{
    (void)State;
    NET_PNP_EVENT_NOTIFICATION Port = {.NetPnPEvent.NetEvent = NetEventPortActivation};
    F->TakesNetEvents = TRUE;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    assert_string_equal(F->Log, "ARPR");
    assert_string_equal(One->Log, "BRPRPR");
    assert_int_equal(SimPnpSetPower(Nics[0].Pdo, PowerDeviceD3), 0);
    assert_string_equal(F->Log, "ARPRWP");
    assert_string_equal(One->Log, "BRPRPRDP");
    assert_int_equal(SimPnpSetPower(Nics[0].Pdo, PowerDeviceD0), 0);
    assert_string_equal(F->Log, "ARPRWPRW");
    assert_string_equal(One->Log, "BRPRPRDPRD");
    assert_int_equal(NdisMNetPnPEvent(Nics[0].Handle, &Port), 0);
    assert_string_equal(F->Log, "ARPRWPRWT");
    assert_string_equal(One->Log, "BRPRPRDPRDT");
}

static void Filter_KeepsNetPnpEvents_NobodyAboveHears(void **State)
{
    (void)State;
    NET_PNP_EVENT_NOTIFICATION Port = {.NetPnPEvent.NetEvent = NetEventPortActivation};
    F->TakesNetEvents = Filters[1].TakesNetEvents = TRUE;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0); // above the first
    Filters[1].KeepsNetEvents = TRUE;
    assert_int_equal(NdisMNetPnPEvent(Nics[0].Handle, &Port), 0);
    assert_string_equal(F->Log, "ARPRT");
    assert_string_equal(Filters[1].Log, "ART");
    assert_string_equal(One->Log, "BRPRPR");
}

static void Filter_RefusesRemoval_AdapterStays(void **State)
{
    (void)State;
    F->TakesNetEvents = F->RefusesRemoval = TRUE;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NicRemove(0, FALSE);
    assert_non_null(Nics[0].Pdo);
    assert_string_equal(F->Log, "ARQX");
    assert_string_equal(One->Log, "BRPRX"); // was not asked, and hears that nothing comes of it
    F->RefusesRemoval = FALSE;
    NicRemove(0, FALSE);
    assert_string_equal(F->Log, "ARQXQqPD");
}

static void Filter_Oid_IsClonedDownAndCompletedUp(void **State)
{
    (void)State;
    ULONG Vendor = 0;
    NDIS_OID_REQUEST Result;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    assert_int_equal(BindingOid(One, NdisRequestQueryInformation, OID_GEN_VENDOR_ID, &Vendor,
                                sizeof(Vendor), &Result),
                     0);
    assert_int_equal(Vendor, 0xFFFFFF);
    assert_int_equal(Result.DATA.QUERY_INFORMATION.BytesWritten, sizeof(Vendor));
    assert_int_equal(F->Oids, 1);
    assert_int_equal(Filters[1].Oids, 1);
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_BROADCAST), 0);
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_BROADCAST);
}

static NDIS_OID_REQUEST *OwnRequest(ULONG *Value)
{
    NDIS_OID_REQUEST *Request = NdisAllocateMemoryWithTagPriority(F->Handle, sizeof(*Request), TAG,
                                                                  NormalPoolPriority);
    memset(Request, 0, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestQueryInformation;
    Request->RequestId = Value;
    Request->DATA.QUERY_INFORMATION.Oid = OID_GEN_VENDOR_ID;
    Request->DATA.QUERY_INFORMATION.InformationBuffer = Value;
    Request->DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(*Value);
    return Request;
}

// The miniport has one request at a time, whoever it is from.
static void Filter_OwnOid_WaitsForTheProtocols(void **State)
{
    (void)State;
    ULONG First = 0, Second = 0, Third = 0;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NDIS_OID_REQUEST *FromProtocol = OwnRequest(&First);
    NDIS_OID_REQUEST *Own = OwnRequest(&Second), *Cancelled = OwnRequest(&Third);
    Nics[0].PendOid = TRUE;
    LONG Before = Nics[0].Oids;
    assert_int_equal(NdisOidRequest(One->Handle, FromProtocol), NDIS_STATUS_PENDING);
    EventWait(&Nics[0].OidCame);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(NdisFOidRequest(F->Handle, Own), NDIS_STATUS_PENDING);
    assert_int_equal(NdisFOidRequest(F->Handle, Cancelled), NDIS_STATUS_PENDING);
    KeLowerIrql(Irql);
    assert_int_equal(Nics[0].Oids, Before + 1);
    NdisFCancelOidRequest(F->Handle, &Third);
    EventWait(&F->OwnOid);
    assert_int_equal((int)F->OwnStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    Nics[0].PendOid = FALSE;
    NicFinishOid(&Nics[0], NDIS_STATUS_SUCCESS);
    EventWait(&One->OidDone);
    EventWait(&F->OwnOid);
    assert_int_equal(F->OwnStatus, 0);
    assert_int_equal(First, 0xFFFFFF);
    assert_int_equal(Second, 0xFFFFFF);
    assert_int_equal(Third, 0);
    assert_int_equal(Nics[0].Oids, Before + 2);
    NdisFreeMemory(FromProtocol, 0, 0);
    NdisFreeMemory(Own, 0, 0);
    NdisFreeMemory(Cancelled, 0, 0);
}

static void Filter_CancelOfAnOid_ReachesTheMiniport(void **State)
{
    (void)State;
    ULONG Value = 0;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NDIS_OID_REQUEST *Request = OwnRequest(&Value);
    Nics[0].PendOid = TRUE;
    assert_int_equal(NdisOidRequest(One->Handle, Request), NDIS_STATUS_PENDING);
    EventWait(&Nics[0].OidCame);
    NdisCancelOidRequest(One->Handle, &Value); // the clone has the same RequestId
    EventWait(&One->OidDone);
    Nics[0].PendOid = FALSE;
    assert_int_equal((int)One->OidStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    NdisFreeMemory(Request, 0, 0);
}

static void Filter_DirectAndSynchronousOids(void **State)
{
    (void)State;
    ULONG Value = 0;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    NDIS_OID_REQUEST *Request = OwnRequest(&Value);
    assert_int_equal(NdisDirectOidRequest(One->Handle, Request), NDIS_STATUS_PENDING);
    assert_int_equal(F->Oids, 1);
    assert_ptr_not_equal(Nics[0].PendingOid, Request); // the clone
    NdisCancelDirectOidRequest(One->Handle, &Value);
    assert_int_equal((int)One->OidStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    assert_int_equal(NdisSynchronousOidRequest(One->Handle, Request), 0);
    assert_int_equal(Value, 0xFFFFFF);
    assert_int_equal(F->Syncs, 2); // down and up
    Value = 0;
    F->Drop = TRUE;
    assert_int_equal(NdisSynchronousOidRequest(One->Handle, Request), 0);
    assert_int_equal(Value, 0); // the filter has answered
    assert_int_equal(NdisFSynchronousOidRequest(F->Handle, Request), 0);
    assert_int_equal(Value, 0xFFFFFF); // from below the filter
    NdisFreeMemory(Request, 0, 0);
}

static void Filter_Modules_CanBeListed(void **State)
{
    (void)State;
    UCHAR Buffer[512];
    ULONG Needed = 0, Written = 0;
    PNDIS_ENUM_FILTERS List = (PNDIS_ENUM_FILTERS)Buffer;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    assert_int_equal(FilterRegister(1), 0);
    assert_int_equal((int)NdisEnumerateFilterModules(One->Handle, Buffer, 8, &Needed, &Written),
                     (int)NDIS_STATUS_BUFFER_OVERFLOW);
    assert_in_range(Needed, 2 * sizeof(NDIS_FILTER_INTERFACE), sizeof(Buffer));
    assert_int_equal(NdisEnumerateFilterModules(One->Handle, Buffer, Needed, &Needed, &Written), 0);
    assert_int_equal(List->NumberOfFilters, 2);
    assert_memory_equal(List->Filter[0].FilterInstanceName.Buffer, L"{two}", 10);
    assert_memory_equal(List->Filter[1].FilterInstanceName.Buffer, L"{one}", 10);
    assert_int_equal((int)NdisEnumerateFilterModules(Buffer, Buffer, 8, &Needed, &Written),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
}

static void Filter_DeviceAndAbsentFunctions(void **State)
{
    (void)State;
    NDIS_DEVICE_OBJECT_ATTRIBUTES Attributes = {0};
    NDIS_SWITCH_OPTIONAL_HANDLERS Switch = {0};
    NDIS_SWITCH_CONTEXT SwitchContext = NULL;
    NET_PNP_EVENT_NOTIFICATION Event = {0};
    NDIS_HANDLE Handle;
    PDEVICE_OBJECT Device;
    UNICODE_STRING Name;
    BindOne();
    assert_int_equal(FilterRegister(0), 0);
    RtlInitUnicodeString(&Name, L"\\Device\\FilterControl");
    Attributes.Header.Type = NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.DeviceName = &Name;
    assert_int_equal(NdisRegisterDeviceEx(F->Driver, &Attributes, &Device, &Handle), 0);
    assert_ptr_equal(Device->DriverObject, FilterDriverObject);
    NdisDeregisterDeviceEx(Handle);
    assert_int_equal((int)NdisFNetPnPEvent(F->Handle, &Event), (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal((int)NdisFGetOptionalSwitchHandlers(F->Handle, &SwitchContext, &Switch),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
}

static void ChildAttach(void)
{
    struct ndishost_driver *Driver;
    memset(Filters, 0, sizeof(Filters));
    ndishost_load_native("TestFilter", (void *)FilterEntry, &Driver);
    BindOne();
    FilterRegister(0);
}

static void DoSendPaused(void)
{
    ChildAttach();
    SimNdisPause(Nics[0].Pdo);
    NdisFSendNetBufferLists(F->Handle, OwnNbl(F), 0, 0);
}

static void DoUseDetached(void)
{
    ChildAttach();
    NdisFDeregisterFilterDriver(F->Driver);
    NdisFRestartFilter(F->Handle);
}

static void DoKeepOwn(void)
{
    ChildAttach();
    NET_BUFFER_LIST *Nbl = OwnNbl(F);
    Nbl->SourceHandle = Nics[0].Handle; // so it will not know it again
    NdisFSendNetBufferLists(F->Handle, Nbl, 0, 0);
}

static void Filter_Misuse_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoSendPaused, BUGCODE_NDIS_DRIVER, "of {one} is paused");
    ExpectBugCheck(DoUseDetached, BUGCODE_NDIS_DRIVER,
                   "is not the handle of an attached filter module");
    ExpectBugCheck(DoKeepOwn, BUGCODE_NDIS_DRIVER, "is not a binding handle");
}

#define FILTER_TEST(Function) cmocka_unit_test_setup_teardown(Function, FilterSetup, FilterTeardown)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        FILTER_TEST(Filter_OnARunningStack_IsAttachedBetweenPauseAndRestart),
        FILTER_TEST(Filter_BeforeTheAdapter_IsAttachedAtItsStart),
        FILTER_TEST(Filter_BadCharacteristics_AreRefused),
        FILTER_TEST(Filter_FailsAttachOrRestart_IsLeftOut),
        FILTER_TEST(Filter_PassesFramesBothWays),
        FILTER_TEST(Filter_WithoutHandlers_IsPassedOver),
        FILTER_TEST(Filter_OwnFrames_ComeBackToIt),
        FILTER_TEST(Filter_ReceiveBeforeItRuns_GoesBack),
        FILTER_TEST(Filter_PendsPauseAndRestart),
        FILTER_TEST(Filter_StatusAndDeviceEvents_PassThrough),
        FILTER_TEST(Filter_NetPnpEvents_RiseToTheProtocols),
        FILTER_TEST(Filter_KeepsNetPnpEvents_NobodyAboveHears),
        FILTER_TEST(Filter_RefusesRemoval_AdapterStays),
        FILTER_TEST(Filter_Oid_IsClonedDownAndCompletedUp),
        FILTER_TEST(Filter_OwnOid_WaitsForTheProtocols),
        FILTER_TEST(Filter_CancelOfAnOid_ReachesTheMiniport),
        FILTER_TEST(Filter_DirectAndSynchronousOids),
        FILTER_TEST(Filter_Modules_CanBeListed),
        FILTER_TEST(Filter_DeviceAndAbsentFunctions),
        cmocka_unit_test(Filter_Misuse_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

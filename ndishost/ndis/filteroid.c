// SPDX-License-Identifier: MIT
// OID requests through a filter module, and those that filters make. A miniport has one request at
// a time, at PASSIVE_LEVEL, so what leaves the lowest module goes through a queue of its own
// (ADAPTER.FilterOids); without filters there is only that of Top.

#include "filter.h"

static PNDIS_OID_REQUEST RequestOf(LIST_ENTRY *Entry)
{
    OID_CONTEXT *Context = CONTAINING_RECORD(Entry, OID_CONTEXT, MiniportLink);
    return CONTAINING_RECORD(Context, NDIS_OID_REQUEST, NdisReserved);
}

// ---- the queue before the miniport

// TRUE: the caller queues the work item.
static BOOLEAN QueueNeedsWork(ADAPTER *Adapter)
{
    OID_QUEUE *Queue = &Adapter->FilterOids;
    if (Queue->Active != NULL || Queue->WorkQueued || IsListEmpty(&Queue->Waiting)) {
        return FALSE;
    }
    Queue->WorkQueued = TRUE;
    BusyBegin();
    SimDrainEnter(&Adapter->Oids.Workers, 1);
    return TRUE;
}

// The miniport has ended it; nothing to do for a request that was not there.
static void MiniportDone(ADAPTER *Adapter, PNDIS_OID_REQUEST Request)
{
    OID_QUEUE *Queue = &Adapter->FilterOids;
    BOOLEAN NeedsWork = FALSE;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    if (Queue->Active == Request) {
        Queue->Active = NULL;
        NeedsWork = QueueNeedsWork(Adapter);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (NeedsWork) {
        ExQueueWorkItem(&Queue->Work, DelayedWorkQueue);
    }
}

static NDIS_STATUS MiniportIssue(ADAPTER *Adapter, PNDIS_OID_REQUEST Request)
{
    const MODULE_DOWN *Miniport = &Adapter->Bottom.Down;
    return Miniport->OidRequest(Miniport->Context, Request);
}

static WORKER_THREAD_ROUTINE MiniportWork;
static void NTAPI MiniportWork(PVOID Parameter)
{
    ADAPTER *Adapter = Parameter;
    OID_QUEUE *Queue = &Adapter->FilterOids;
    for (;;) {
        PNDIS_OID_REQUEST Request = NULL;
        KIRQL Irql;
        KeAcquireSpinLock(&Queue->Lock, &Irql);
        if (Queue->Active == NULL && !IsListEmpty(&Queue->Waiting)) {
            Request = RequestOf(RemoveHeadList(&Queue->Waiting));
            Queue->Active = Request;
        } else {
            Queue->WorkQueued = FALSE;
        }
        KeReleaseSpinLock(&Queue->Lock, Irql);
        if (Request == NULL) {
            break;
        }
        NDIS_STATUS Status = MiniportIssue(Adapter, Request);
        if (Status != NDIS_STATUS_PENDING) {
            MODULE_UP Above = SimPathAbove(Adapter, &Adapter->Bottom);
            Above.OidComplete(Above.Context, Request, Status);
        }
    }
    BusyEnd();
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

static NDIS_STATUS MiniportSubmit(ADAPTER *Adapter, PNDIS_OID_REQUEST Request)
{
    OID_QUEUE *Queue = &Adapter->FilterOids;
    BOOLEAN Here = KeGetCurrentIrql() == PASSIVE_LEVEL;
    BOOLEAN NeedsWork = FALSE;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    if (Here && Queue->Active == NULL && IsListEmpty(&Queue->Waiting)) {
        Queue->Active = Request;
    } else {
        Here = FALSE;
        InsertTailList(&Queue->Waiting, &SimOidContext(Request)->MiniportLink);
        NeedsWork = QueueNeedsWork(Adapter);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (NeedsWork) {
        ExQueueWorkItem(&Queue->Work, DelayedWorkQueue);
    }
    if (!Here) {
        return NDIS_STATUS_PENDING;
    }
    NDIS_STATUS Status = MiniportIssue(Adapter, Request);
    if (Status != NDIS_STATUS_PENDING) {
        MiniportDone(Adapter, Request);
    }
    return Status;
}

void SimFilterOidsCreate(ADAPTER *Adapter)
{
    KeInitializeSpinLock(&Adapter->FilterOids.Lock);
    InitializeListHead(&Adapter->FilterOids.Waiting);
    ExInitializeWorkItem(&Adapter->FilterOids.Work, MiniportWork, Adapter);
}

// ---- through the module

static NDIS_STATUS OidDown(FILTER *Filter, PNDIS_OID_REQUEST Request)
{
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    return Below.OidRequest == Filter->Adapter->Bottom.Down.OidRequest
               ? MiniportSubmit(Filter->Adapter, Request)
               : Below.OidRequest(Below.Context, Request);
}

static MINIPORT_OID_REQUEST DownOid;
static NDIS_STATUS NTAPI DownOid(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    FILTER *Filter = Context;
    FILTER_OID_REQUEST_HANDLER Handler = Filter->Driver->Characteristics.OidRequestHandler;
    return Handler == NULL ? OidDown(Filter, Request) : Handler(Filter->Context, Request);
}

static MINIPORT_CANCEL_OID_REQUEST DownCancelOid;
static void NTAPI DownCancelOid(NDIS_HANDLE Context, PVOID RequestId)
{
    FILTER *Filter = Context;
    FILTER_CANCEL_OID_REQUEST_HANDLER Handler =
        Filter->Driver->Characteristics.CancelOidRequestHandler;
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    if (Handler != NULL && SimDrainEnter(&Filter->Life, 1)) {
        Handler(Filter->Context, RequestId);
        SimDrainLeave(&Filter->Life, 1);
    } else {
        Below.CancelOidRequest(Below.Context, RequestId);
    }
}

// A request that this module made ends here; every other one goes on.
static PROTOCOL_OID_REQUEST_COMPLETE UpOidComplete;
static void NTAPI UpOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request, NDIS_STATUS Status)
{
    FILTER *Filter = Context;
    MiniportDone(Filter->Adapter, Request);
    if (SimOidContext(Request)->Origin == Filter) {
        SimOidContext(Request)->Origin = NULL;
        Filter->Driver->Characteristics.OidRequestCompleteHandler(Filter->Context, Request, Status);
        return;
    }
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.OidComplete(Above.Context, Request, Status);
}

static void RequestCheck(FILTER *Filter, PNDIS_OID_REQUEST Request, PVOID Complete,
                         const char *Function)
{
    if (Complete == NULL || !HeaderIsAtLeast(&Request->Header, NDIS_OBJECT_TYPE_OID_REQUEST,
                                             NDIS_SIZEOF_OID_REQUEST_REVISION_1)) {
        BugCheck(NDIS_BUG_OBJECT_HEADER, Filter, Request, 0,
                 "%s: the header of request %p is wrong, or the filter has no completion handler",
                 Function, Request);
    }
    SimOidContext(Request)->Origin = Filter;
}

NDIS_STATUS NTAPI NdisFOidRequest(NDIS_HANDLE NdisFilterHandle, PNDIS_OID_REQUEST OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    RequestCheck(Filter, OidRequest,
                 (PVOID)Filter->Driver->Characteristics.OidRequestCompleteHandler, __func__);
    return OidDown(Filter, OidRequest);
}

void NTAPI NdisFOidRequestComplete(NDIS_HANDLE NdisFilterHandle, PNDIS_OID_REQUEST OidRequest,
                                   NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.OidComplete(Above.Context, OidRequest, Status);
}

// A request of this module that waits before the miniport is taken out; else it is for below.
void NTAPI NdisFCancelOidRequest(NDIS_HANDLE NdisFilterHandle, PVOID RequestId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    OID_QUEUE *Queue = &Filter->Adapter->FilterOids;
    PNDIS_OID_REQUEST Found = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    for (LIST_ENTRY *Entry = Queue->Waiting.Flink; Entry != &Queue->Waiting; Entry = Entry->Flink) {
        PNDIS_OID_REQUEST Request = RequestOf(Entry);
        if (SimOidContext(Request)->Origin == Filter && Request->RequestId == RequestId) {
            Found = Request;
            RemoveEntryList(Entry);
            break;
        }
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (Found != NULL) {
        UpOidComplete(Filter, Found, NDIS_STATUS_REQUEST_ABORTED);
        return;
    }
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    Below.CancelOidRequest(Below.Context, RequestId);
}

// ---- direct and synchronous requests

static NDIS_STATUS DirectDown(FILTER *Filter, PNDIS_OID_REQUEST Request)
{
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    return Below.DirectOidRequest == NULL ? NDIS_STATUS_NOT_SUPPORTED
                                          : Below.DirectOidRequest(Below.Context, Request);
}

static MINIPORT_DIRECT_OID_REQUEST DownDirectOid;
static NDIS_STATUS NTAPI DownDirectOid(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    FILTER *Filter = Context;
    FILTER_DIRECT_OID_REQUEST_HANDLER Handler =
        Filter->Driver->Characteristics.DirectOidRequestHandler;
    return Handler == NULL ? DirectDown(Filter, Request) : Handler(Filter->Context, Request);
}

static void DirectCancelDown(FILTER *Filter, PVOID RequestId)
{
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    if (Below.CancelDirectOidRequest != NULL) {
        Below.CancelDirectOidRequest(Below.Context, RequestId);
    }
}

static MINIPORT_CANCEL_DIRECT_OID_REQUEST DownCancelDirectOid;
static void NTAPI DownCancelDirectOid(NDIS_HANDLE Context, PVOID RequestId)
{
    FILTER *Filter = Context;
    FILTER_CANCEL_DIRECT_OID_REQUEST_HANDLER Handler =
        Filter->Driver->Characteristics.CancelDirectOidRequestHandler;
    if (Handler != NULL) {
        Handler(Filter->Context, RequestId);
    } else {
        DirectCancelDown(Filter, RequestId);
    }
}

static PROTOCOL_DIRECT_OID_REQUEST_COMPLETE UpDirectOidComplete;
static void NTAPI UpDirectOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request,
                                      NDIS_STATUS Status)
{
    FILTER *Filter = Context;
    if (SimOidContext(Request)->Origin == Filter) {
        SimOidContext(Request)->Origin = NULL;
        Filter->Driver->Characteristics.DirectOidRequestCompleteHandler(Filter->Context, Request,
                                                                        Status);
        return;
    }
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.DirectOidComplete(Above.Context, Request, Status);
}

NDIS_STATUS NTAPI NdisFDirectOidRequest(NDIS_HANDLE NdisFilterHandle, PNDIS_OID_REQUEST OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    RequestCheck(Filter, OidRequest,
                 (PVOID)Filter->Driver->Characteristics.DirectOidRequestCompleteHandler, __func__);
    return DirectDown(Filter, OidRequest);
}

void NTAPI NdisFDirectOidRequestComplete(NDIS_HANDLE NdisFilterHandle, PNDIS_OID_REQUEST OidRequest,
                                         NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.DirectOidComplete(Above.Context, OidRequest, Status);
}

void NTAPI NdisFCancelDirectOidRequest(NDIS_HANDLE NdisFilterHandle, PVOID RequestId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DirectCancelDown(SimFilterCheck(NdisFilterHandle, __func__), RequestId);
}

NDIS_STATUS NTAPI NdisFSynchronousOidRequest(NDIS_HANDLE NdisFilterModuleHandle,
                                             NDIS_OID_REQUEST *OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterModuleHandle, __func__);
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    return Below.SynchronousOidRequest == NULL
               ? NDIS_STATUS_NOT_SUPPORTED
               : Below.SynchronousOidRequest(Below.Context, OidRequest);
}

// The driver sees it on the way down, where it may end it, and on the way up.
static MINIPORT_SYNCHRONOUS_OID_REQUEST DownSynchronousOid;
static NDIS_STATUS NTAPI DownSynchronousOid(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request)
{
    FILTER *Filter = Context;
    const NDIS_FILTER_DRIVER_CHARACTERISTICS *Driver = &Filter->Driver->Characteristics;
    PVOID CallContext = NULL;
    if (Driver->SynchronousOidRequestHandler != NULL) {
        NDIS_STATUS Status = Driver->SynchronousOidRequestHandler(Filter->Context, Request,
                                                                  &CallContext);
        if (Status != NDIS_STATUS_SUCCESS) {
            return Status == NDIS_STATUS_ALREADY_COMPLETE ? NDIS_STATUS_SUCCESS : Status;
        }
    }
    NDIS_STATUS Status = NdisFSynchronousOidRequest(Filter, Request);
    if (Driver->SynchronousOidRequestCompleteHandler != NULL) {
        Driver->SynchronousOidRequestCompleteHandler(Filter->Context, Request, &Status,
                                                     CallContext);
    }
    return Status;
}

void SimFilterOidEntries(FILTER *Filter)
{
    MODULE_DOWN *Down = &Filter->Module.Down;
    Down->OidRequest = DownOid;
    Down->CancelOidRequest = DownCancelOid;
    Down->DirectOidRequest = DownDirectOid;
    Down->CancelDirectOidRequest = DownCancelDirectOid;
    Down->SynchronousOidRequest = DownSynchronousOid;
    Filter->Module.Up.OidComplete = UpOidComplete;
    Filter->Module.Up.DirectOidComplete = UpDirectOidComplete;
}

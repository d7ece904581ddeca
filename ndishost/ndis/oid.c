// SPDX-License-Identifier: MIT
// OID requests from bindings to the miniport: one at a time for an adapter, at PASSIVE_LEVEL, in
// the order in which they came. A request that finds the way free at PASSIVE_LEVEL goes down on the
// caller's thread and may end at once; every other one waits for a work item.
//
// The queue stands at Top, as it is there that the settings of several bindings become one. With
// filters, which make requests of their own, there is a second one at Bottom (filteroid.c).

#include "oid.h"

static PNDIS_OID_REQUEST RequestOf(LIST_ENTRY *Entry)
{
    OID_CONTEXT *Context = CONTAINING_RECORD(Entry, OID_CONTEXT, Link);
    return CONTAINING_RECORD(Context, NDIS_OID_REQUEST, NdisReserved);
}

static BOOLEAN IsQuery(const NDIS_OID_REQUEST *Request)
{
    return Request->RequestType == NdisRequestQueryInformation ||
           Request->RequestType == NdisRequestQueryStatistics;
}

void SimOidReplyNeeds(PNDIS_OID_REQUEST Request, ULONG Bytes)
{
    if (IsQuery(Request)) {
        Request->DATA.QUERY_INFORMATION.BytesNeeded = Bytes;
    } else {
        Request->DATA.SET_INFORMATION.BytesNeeded = Bytes;
    }
}

// FALSE: nothing to do, or what is active will see to it.
static BOOLEAN QueueNeedsWork(OID_QUEUE *Queue)
{
    if (Queue->Active != NULL || Queue->WorkQueued || IsListEmpty(&Queue->Waiting)) {
        return FALSE;
    }
    Queue->WorkQueued = TRUE;
    SimDrainEnter(&Queue->Workers, 1);
    return TRUE;
}

// PENDING: it may be complete by now, so nobody may look at it any more.
static NDIS_STATUS OidIssue(ADAPTER *Adapter, PNDIS_OID_REQUEST Request)
{
    OID_CONTEXT *Context = SimOidContext(Request);
    NDIS_STATUS Status;
    if (Request == &Adapter->HoldOids) {
        KeSetEvent(Context->Done, IO_NO_INCREMENT, FALSE);
        return NDIS_STATUS_PENDING;
    }
    if (Context->Binding != NULL && SimOidAnswer(Context->Binding, Request, &Status)) {
        return Status;
    }
    PNDIS_OID_REQUEST Down;
    Status = SimOidMerge(Adapter, Context->Binding, Request, &Down);
    if (Status != NDIS_STATUS_PENDING) {
        return Status;
    }
    Context->Down = Down;
    SimOidContext(Down)->Origin = NULL;
    return Adapter->Top.Below.OidRequest(Adapter->Top.Below.Context, Down);
}

static void BytesCheck(const NDIS_OID_REQUEST *Request)
{
    if (!IsQuery(Request) || Request->DATA.QUERY_INFORMATION.BytesWritten <=
                                 Request->DATA.QUERY_INFORMATION.InformationBufferLength) {
        return;
    }
    BugCheck(NDIS_BUG_OID_BYTES_WRITTEN, Request, Request->DATA.Oid,
             Request->DATA.QUERY_INFORMATION.BytesWritten,
             "OID 0x%08x was completed with %u bytes in a buffer of %u",
             (unsigned)Request->DATA.Oid, (unsigned)Request->DATA.QUERY_INFORMATION.BytesWritten,
             (unsigned)Request->DATA.QUERY_INFORMATION.InformationBufferLength);
}

static void QueueAdvance(ADAPTER *Adapter)
{
    OID_QUEUE *Queue = &Adapter->Oids;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    Queue->Active = NULL;
    BOOLEAN NeedsWork = QueueNeedsWork(Queue);
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (NeedsWork) {
        ExQueueWorkItem(&Queue->Work, DelayedWorkQueue);
    }
}

// The active request has its status; the next one may go.
static NDIS_STATUS OidFinish(ADAPTER *Adapter, PNDIS_OID_REQUEST Request, NDIS_STATUS Status)
{
    OID_CONTEXT *Context = SimOidContext(Request);
    BOOLEAN Unknown = Status == NDIS_STATUS_NOT_SUPPORTED || Status == NDIS_STATUS_INVALID_OID;
    if (Unknown && Context->Binding != NULL) {
        SimOidAnswerInstead(Context->Binding, Request, &Status);
    }
    if (Status == NDIS_STATUS_SUCCESS) {
        BytesCheck(Request);
    }
    SimOidMergeDone(Adapter, Context->Binding, Request, Status);
    QueueAdvance(Adapter);
    return Status;
}

// The callback runs behind the slot's gate, because the count that a close looks at ends before it:
// the protocol may close as soon as its callback has told it.
void SimOidGiveBack(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS Status,
                    OID_REQUEST_COMPLETE_HANDLER Handler)
{
    BINDING_SLOT *Slot = &Binding->Adapter->Slots[Binding->Slot];
    SimDrainEnter(&Slot->Gate, 1);
    SimDrainLeave(&Binding->Requests, 1);
    NDIS_HOOK(OidCompleted, (Binding, Request, Status));
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackOidComplete, 0));
    Handler(Binding->Context, Request, Status);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackOidComplete));
    SimDrainLeave(&Slot->Gate, 1);
    BusyEnd();
}

static void OidCompleteUp(PNDIS_OID_REQUEST Request, NDIS_STATUS Status)
{
    OID_CONTEXT *Context = SimOidContext(Request);
    if (Context->Binding == NULL) {
        *Context->Status = Status;
        KeSetEvent(Context->Done, IO_NO_INCREMENT, FALSE);
        return;
    }
    SimOidGiveBack(Context->Binding, Request, Status,
                   Context->Binding->Protocol->Characteristics.OidRequestCompleteHandler);
}

static WORKER_THREAD_ROUTINE OidWork;
static void NTAPI OidWork(PVOID Parameter)
{
    ADAPTER *Adapter = Parameter;
    OID_QUEUE *Queue = &Adapter->Oids;
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
        NDIS_STATUS Status = OidIssue(Adapter, Request);
        if (Status != NDIS_STATUS_PENDING) {
            Status = OidFinish(Adapter, Request, Status);
            OidCompleteUp(Request, Status);
        }
    }
    SimDrainLeave(&Queue->Workers, 1);
}

NTSTATUS SimOidQueueCreate(ADAPTER *Adapter)
{
    OID_QUEUE *Queue = &Adapter->Oids;
    NTSTATUS Status = SimDrainCreate(&Queue->Workers);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimDrainOpen(&Queue->Workers);
    KeInitializeSpinLock(&Queue->Lock);
    InitializeListHead(&Queue->Waiting);
    ExInitializeWorkItem(&Queue->Work, OidWork, Adapter);
    return STATUS_SUCCESS;
}

void SimOidQueueDestroy(ADAPTER *Adapter)
{
    if (Adapter->Oids.Workers.Cells != NULL) {
        SimDrainClose(&Adapter->Oids.Workers);
        SimDrainDestroy(&Adapter->Oids.Workers);
    }
}

static NDIS_STATUS OidSubmit(ADAPTER *Adapter, PNDIS_OID_REQUEST Request)
{
    OID_QUEUE *Queue = &Adapter->Oids;
    BOOLEAN Here = KeGetCurrentIrql() == PASSIVE_LEVEL &&
                   (SimNdis.Pending & SIM_NDIS_PEND_OID) == 0;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    BOOLEAN NeedsWork = FALSE;
    if (Here && Queue->Active == NULL && IsListEmpty(&Queue->Waiting)) {
        Queue->Active = Request;
    } else {
        Here = FALSE;
        InsertTailList(&Queue->Waiting, &SimOidContext(Request)->Link);
        NeedsWork = QueueNeedsWork(Queue);
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (NeedsWork) {
        ExQueueWorkItem(&Queue->Work, DelayedWorkQueue);
    }
    if (!Here) {
        return NDIS_STATUS_PENDING;
    }
    NDIS_STATUS Status = OidIssue(Adapter, Request);
    return Status == NDIS_STATUS_PENDING ? Status : OidFinish(Adapter, Request, Status);
}

void NTAPI SimOidAdmit(BINDING *Binding, PNDIS_OID_REQUEST Request, const char *Function)
{
    if (!HeaderIsAtLeast(&Request->Header, NDIS_OBJECT_TYPE_OID_REQUEST,
                         NDIS_SIZEOF_OID_REQUEST_REVISION_1)) {
        BugCheck(NDIS_BUG_OBJECT_HEADER, Binding, Request, 0,
                 "%s: the header of request %p is wrong", Function, Request);
    }
    if (Binding->HandleIsDead || !SimDrainEnter(&Binding->Requests, 1)) {
        BugCheck(NDIS_BUG_OID_STATE, Binding, SimBindingState(Binding), Request,
                 "%s: binding %p is %s; its handle is valid from open complete to "
                 "NdisCloseAdapterEx\n",
                 Function, Binding, SimBindingStateName(SimBindingState(Binding)));
    }
    NDIS_HOOK(OidRequesting, (Binding, Request));
    RtlZeroMemory(SimOidContext(Request), sizeof(OID_CONTEXT));
    SimOidContext(Request)->Binding = Binding;
}

NDIS_STATUS NTAPI SimOidRelease(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS Status)
{
    NDIS_HOOK(OidCompleted, (Binding, Request, Status));
    SimDrainLeave(&Binding->Requests, 1);
    NDIS_HOOK(OidRequested, (Binding, Request, Status));
    return Status;
}

NDIS_STATUS NTAPI NdisOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    SimOidAdmit(Binding, OidRequest, __func__);
    if (Binding->Adapter->Power != PowerDeviceD0) {
        return SimOidRelease(Binding, OidRequest, NDIS_STATUS_LOW_POWER_STATE);
    }
    BusyBegin();
    NDIS_STATUS Status = OidSubmit(Binding->Adapter, OidRequest);
    if (Status == NDIS_STATUS_PENDING) {
        NDIS_HOOK(OidRequested, (Binding, OidRequest, Status));
        return Status;
    }
    SimOidRelease(Binding, OidRequest, Status);
    BusyEnd();
    return Status;
}

void NTAPI SimTopOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    ADAPTER *Adapter = Context;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Oids.Lock, &Irql);
    PNDIS_OID_REQUEST Request = Adapter->Oids.Active;
    BOOLEAN IsExpected = Request != NULL && SimOidContext(Request)->Down == OidRequest;
    if (IsExpected) {
        SimOidContext(Request)->Down = NULL;
    }
    KeReleaseSpinLock(&Adapter->Oids.Lock, Irql);
    if (!IsExpected || Status == NDIS_STATUS_PENDING) {
        BugCheck(NDIS_BUG_OID_NOT_PENDING, Adapter, OidRequest, Status,
                 "NdisMOidRequestComplete: request %p is not pending on %wZ", OidRequest,
                 &Adapter->Name);
    }
    Status = OidFinish(Adapter, Request, Status);
    OidCompleteUp(Request, Status);
}

void NTAPI NdisMOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest,
                                   NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    MODULE_UP Above = SimPathAbove(Adapter, &Adapter->Bottom);
    Above.OidComplete(Above.Context, OidRequest, Status);
}

NDIS_STATUS SimAdapterOid(ADAPTER *Adapter, NDIS_REQUEST_TYPE Type, NDIS_OID Oid, PVOID Buffer,
                          ULONG Length)
{
    NDIS_OID_REQUEST *Request = SimNdisAllocate(sizeof(NDIS_OID_REQUEST));
    if (Request == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    KEVENT Done;
    NDIS_STATUS Result = NDIS_STATUS_PENDING;
    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    HeaderSet(&Request->Header, NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_2,
              sizeof(*Request));
    Request->RequestType = Type;
    Request->DATA.SET_INFORMATION.Oid = Oid;
    Request->DATA.SET_INFORMATION.InformationBuffer = Buffer;
    Request->DATA.SET_INFORMATION.InformationBufferLength = Length;
    SimOidContext(Request)->Done = &Done;
    SimOidContext(Request)->Status = &Result;
    NDIS_STATUS Status = OidSubmit(Adapter, Request);
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
        Status = Result;
    }
    SimNdisFree(Request);
    return Status;
}

void SimOidQueueHold(ADAPTER *Adapter)
{
    KEVENT Held;
    KeInitializeEvent(&Held, NotificationEvent, FALSE);
    RtlZeroMemory(&Adapter->HoldOids, sizeof(Adapter->HoldOids));
    SimOidContext(&Adapter->HoldOids)->Done = &Held;
    OidSubmit(Adapter, &Adapter->HoldOids);
    KeWaitForSingleObject(&Held, Executive, KernelMode, FALSE, NULL);
}

void SimOidQueueResume(ADAPTER *Adapter)
{
    QueueAdvance(Adapter);
}

// A waiting request is taken out; the active one is the miniport's to cancel.
void NTAPI NdisCancelOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    OID_QUEUE *Queue = &Binding->Adapter->Oids;
    PNDIS_OID_REQUEST Found = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    for (LIST_ENTRY *Entry = Queue->Waiting.Flink; Entry != &Queue->Waiting; Entry = Entry->Flink) {
        PNDIS_OID_REQUEST Request = RequestOf(Entry);
        if (SimOidContext(Request)->Binding == Binding && Request->RequestId == RequestId) {
            Found = Request;
            RemoveEntryList(Entry);
            break;
        }
    }
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (Found != NULL) {
        OidCompleteUp(Found, NDIS_STATUS_REQUEST_ABORTED);
        return;
    }
    MODULE_DOWN Below = SimPathBelow(Binding->Adapter, &Binding->Adapter->Top);
    Below.CancelOidRequest(Below.Context, RequestId);
}

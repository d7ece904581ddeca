// SPDX-License-Identifier: MIT

// OID requests while NDIS has them.

#include "life_request.h"

#include "../../ndishost/ndis/control.h"

// The first request's completion stands in the way of the second until it is let go, so that the
// second is pending for sure.
static KEVENT FirstCame, FirstMayGo, SecondCame;

static PROTOCOL_OID_REQUEST_COMPLETE CompleteInTurn;
_Use_decl_annotations_ static VOID CompleteInTurn(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request,
                                                  NDIS_STATUS Status)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(Status);
    if (Request != E->Own[0]) {
        KeSetEvent(&SecondCame, 0, FALSE);
        return;
    }
    KeSetEvent(&FirstCame, 0, FALSE);
    KeWaitForSingleObject(&FirstMayGo, Executive, KernelMode, FALSE, NULL);
}

static void UseCompleteInTurn(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->OidRequestCompleteHandler = CompleteInTurn;
}

static void Pend(EXAMPLE *E, NDIS_OID_REQUEST *Request)
{
    if (NdisOidRequest(E->Binding, Request) != NDIS_STATUS_PENDING) {
        ExampleFail("the request did not pend");
    }
}

static void BlockQueue(EXAMPLE *E)
{
    KeInitializeEvent(&FirstCame, NotificationEvent, FALSE);
    KeInitializeEvent(&FirstMayGo, NotificationEvent, FALSE);
    KeInitializeEvent(&SecondCame, NotificationEvent, FALSE);
    SimNdisSetPending(SIM_NDIS_PEND_OID);
    E->Own[0] = RequestAllocate(0);
    Pend(E, E->Own[0]);
    KeWaitForSingleObject(&FirstCame, Executive, KernelMode, FALSE, NULL);
}

static void Unblock(EXAMPLE *E)
{
    KeSetEvent(&FirstMayGo, 0, FALSE);
    KeWaitForSingleObject(&SecondCame, Executive, KernelMode, FALSE, NULL);
    ndishost_wait_idle(60000);
    RequestFree(E->Own[0]);
    SimNdisSetPending(0);
}

static void oid_is_freed_at_once(EXAMPLE *E)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(NDIS_PACKET_TYPE_DIRECTED);

    BlockQueue(E);
    Pend(E, Request);
    if (!E->Correct) {
        RequestFree(Request);
    }
    Unblock(E);
    RequestFree(Request);
}

static void oid_is_used_again_at_once(EXAMPLE *E)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(NDIS_PACKET_TYPE_DIRECTED);

    BlockQueue(E);
    Pend(E, Request);
    if (!E->Correct) {
        Pend(E, Request);
    }
    Unblock(E);
    RequestFree(Request);
}

static void oid_is_changed_while_it_pends(EXAMPLE *E)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(NDIS_PACKET_TYPE_DIRECTED);

    BlockQueue(E);
    Pend(E, Request);
    if (!E->Correct) {
        *(ULONG *)Request->DATA.SET_INFORMATION.InformationBuffer = NDIS_PACKET_TYPE_BROADCAST;
    }
    Unblock(E);
    RequestFree(Request);
}

static void oid_without_header(EXAMPLE *E)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(NDIS_PACKET_TYPE_DIRECTED);

    if (!E->Correct) {
        RtlZeroMemory(&Request->Header, sizeof(Request->Header));
    }
    NdisOidRequest(E->Binding, Request);
    RequestFree(Request);
}

static void oid_in_paged_pool(EXAMPLE *E)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(0);
    ULONG *Filter = ExAllocatePool2(E->Correct ? POOL_FLAG_NON_PAGED : POOL_FLAG_PAGED,
                                    sizeof(ULONG), EXAMPLE_TAG);

    if (Filter == NULL) {
        ExampleFail("no memory for the filter");
    }
    Request->DATA.SET_INFORMATION.InformationBuffer = Filter;
    NdisOidRequest(E->Binding, Request);
    ExFreePoolWithTag(Filter, EXAMPLE_TAG);
    RequestFree(Request);
}

// The buffer of the request is a local variable. It is set in the restart, where nobody waits.
static void SetFilterAtRestart(EXAMPLE *E)
{
    ULONG Filter = NDIS_PACKET_TYPE_DIRECTED;
    NDIS_OID_REQUEST *Request = RequestAllocate(Filter);

    if (!E->Correct) {
        Request->DATA.SET_INFORMATION.InformationBuffer = &Filter;
    }
    E->Own[1] = Request;
    Pend(E, Request);
}

static PROTOCOL_NET_PNP_EVENT PnpSetFilter;
_Use_decl_annotations_ static NDIS_STATUS PnpSetFilter(NDIS_HANDLE Context,
                                                       NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    // Not the first restart, which is a part of the bind.
    if (Event->NetPnPEvent.NetEvent == NetEventRestart && E->Own[2] != NULL) {
        BlockQueue(E);
        SetFilterAtRestart(E);
    }
    return ExamplePnpEvent(Context, Event);
}

static void UsePnpSetFilter(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UseCompleteInTurn(E, Handlers);
    Handlers->NetPnPEventHandler = PnpSetFilter;
}

static void oid_buffer_is_a_local_variable(EXAMPLE *E)
{
    E->Own[2] = E;
    ndishost_pause_nic(E->Nic);
    ndishost_restart_nic(E->Nic);
    E->Own[2] = NULL;
    Unblock(E);
    RequestFree(E->Own[1]);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-18", oid_is_freed_at_once), .Register = UseCompleteInTurn,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-18", oid_is_used_again_at_once), .Register = UseCompleteInTurn,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-18", oid_is_changed_while_it_pends), .Register = UseCompleteInTurn,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-18", oid_without_header), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-18", oid_in_paged_pool), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-18", oid_buffer_is_a_local_variable), .Register = UsePnpSetFilter,
     .SendsNothing = TRUE},
};

const MISTAKE_GROUP LifeOidMistakes = MISTAKE_GROUP_OF(Mistakes);

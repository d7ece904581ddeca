// SPDX-License-Identifier: MIT
// NBLs and status through a filter module, down and up. A handler that the driver does not have is
// passed over. Nothing passes a module that does not run: sends fail, receives go back. So the
// handlers can change while it is restarted, when the miniport runs already.

#include "filter.h"

static DECLSPEC_NOINLINE void NTAPI DataRefuse(FILTER *Filter, PVOID Nbls, const char *Function)
{
    BugCheck(NDIS_BUG_SEND_STATE, Filter, Filter->State, Nbls,
             "%s: filter module %p of %wZ is paused", Function, Filter,
             &Filter->Driver->UniqueName);
}

// ---- down

static MINIPORT_SEND_NET_BUFFER_LISTS DownSend;
static void NTAPI DownSend(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                           ULONG Flags)
{
    FILTER *Filter = Context;
    if (SimDrainEnter(&Filter->Running, 1)) {
        const MODULE_DOWN *Below = &Filter->Module.Below;
        if (Filter->Data.SendNetBufferListsHandler != NULL) {
            Filter->Data.SendNetBufferListsHandler(Filter->Context, Nbls, Port, Flags);
        } else {
            Below->Send(Below->Context, Nbls, Port, Flags);
        }
        SimDrainLeave(&Filter->Running, 1);
        return;
    }
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        Nbl->Status = NDIS_STATUS_PAUSED;
    }
    const MODULE_UP *Above = &Filter->Module.Above;
    Above->SendComplete(Above->Context, Nbls,
                        (Flags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0
                            ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL
                            : 0);
}

static MINIPORT_RETURN_NET_BUFFER_LISTS DownReturn;
static void NTAPI DownReturn(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    FILTER *Filter = Context;
    const MODULE_DOWN *Below = &Filter->Module.Below;
    if (Filter->Data.ReturnNetBufferListsHandler != NULL) {
        Filter->Data.ReturnNetBufferListsHandler(Filter->Context, Nbls, Flags);
    } else {
        Below->Return(Below->Context, Nbls, Flags);
    }
}

static MINIPORT_CANCEL_SEND DownCancelSend;
static void NTAPI DownCancelSend(NDIS_HANDLE Context, PVOID CancelId)
{
    FILTER *Filter = Context;
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    if (Filter->Data.CancelSendNetBufferListsHandler != NULL && SimDrainEnter(&Filter->Life, 1)) {
        Filter->Data.CancelSendNetBufferListsHandler(Filter->Context, CancelId);
        SimDrainLeave(&Filter->Life, 1);
    } else {
        Below.CancelSend(Below.Context, CancelId);
    }
}

void NTAPI NdisFSendNetBufferLists(NDIS_HANDLE NdisFilterHandle, PNET_BUFFER_LIST NetBufferList,
                                   NDIS_PORT_NUMBER PortNumber, ULONG SendFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    if (ReadNoFence(&Filter->State) == FilterPaused) {
        DataRefuse(Filter, NetBufferList, __func__);
    }
    const MODULE_DOWN *Below = &Filter->Module.Below;
    Below->Send(Below->Context, NetBufferList, PortNumber, SendFlags);
}

void NTAPI NdisFReturnNetBufferLists(NDIS_HANDLE NdisFilterHandle, PNET_BUFFER_LIST NetBufferLists,
                                     ULONG ReturnFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    const MODULE_DOWN *Below = &Filter->Module.Below;
    Below->Return(Below->Context, NetBufferLists, ReturnFlags);
}

void NTAPI NdisFCancelSendNetBufferLists(NDIS_HANDLE NdisFilterHandle, PVOID CancelId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    MODULE_DOWN Below = SimPathBelow(Filter->Adapter, &Filter->Module);
    Below.CancelSend(Below.Context, CancelId);
}

// ---- up

static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE UpSendComplete;
static void NTAPI UpSendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    FILTER *Filter = Context;
    const MODULE_UP *Above = &Filter->Module.Above;
    if (Filter->Data.SendNetBufferListsCompleteHandler != NULL) {
        Filter->Data.SendNetBufferListsCompleteHandler(Filter->Context, Nbls, Flags);
    } else {
        Above->SendComplete(Above->Context, Nbls, Flags);
    }
}

static PROTOCOL_RECEIVE_NET_BUFFER_LISTS UpReceive;
static void NTAPI UpReceive(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                            ULONG Count, ULONG Flags)
{
    FILTER *Filter = Context;
    if (SimDrainEnter(&Filter->Running, 1)) {
        const MODULE_UP *Above = &Filter->Module.Above;
        if (Filter->Data.ReceiveNetBufferListsHandler != NULL) {
            Filter->Data.ReceiveNetBufferListsHandler(Filter->Context, Nbls, Port, Count, Flags);
        } else {
            Above->Receive(Above->Context, Nbls, Port, Count, Flags);
        }
        SimDrainLeave(&Filter->Running, 1);
        return;
    }
    if ((Flags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0) {
        const MODULE_DOWN *Below = &Filter->Module.Below;
        Below->Return(Below->Context, Nbls,
                      (Flags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0
                          ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL
                          : 0);
    }
}

static PROTOCOL_STATUS_EX UpStatus;
static void NTAPI UpStatus(NDIS_HANDLE Context, PNDIS_STATUS_INDICATION Indication)
{
    FILTER *Filter = Context;
    FILTER_STATUS_HANDLER Handler = Filter->Driver->Characteristics.StatusHandler;
    if (Handler != NULL && SimDrainEnter(&Filter->Life, 1)) {
        Handler(Filter->Context, Indication);
        SimDrainLeave(&Filter->Life, 1);
        return;
    }
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.Status(Above.Context, Indication);
}

void NTAPI NdisFSendNetBufferListsComplete(NDIS_HANDLE NdisFilterHandle,
                                           PNET_BUFFER_LIST NetBufferList, ULONG SendCompleteFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    const MODULE_UP *Above = &Filter->Module.Above;
    Above->SendComplete(Above->Context, NetBufferList, SendCompleteFlags);
}

void NTAPI NdisFIndicateReceiveNetBufferLists(NDIS_HANDLE NdisFilterHandle,
                                              PNET_BUFFER_LIST NetBufferLists,
                                              NDIS_PORT_NUMBER PortNumber,
                                              ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    if (ReadNoFence(&Filter->State) == FilterPaused) {
        DataRefuse(Filter, NetBufferLists, __func__);
    }
    const MODULE_UP *Above = &Filter->Module.Above;
    Above->Receive(Above->Context, NetBufferLists, PortNumber, NumberOfNetBufferLists,
                   ReceiveFlags);
}

void NTAPI NdisFIndicateStatus(NDIS_HANDLE NdisFilterHandle,
                               PNDIS_STATUS_INDICATION StatusIndication)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    MODULE_UP Above = SimPathAbove(Filter->Adapter, &Filter->Module);
    Above.Status(Above.Context, StatusIndication);
}

void SimFilterDataEntries(FILTER *Filter)
{
    Filter->Module.Down.Context = Filter;
    Filter->Module.Down.Send = DownSend;
    Filter->Module.Down.Return = DownReturn;
    Filter->Module.Down.CancelSend = DownCancelSend;
    Filter->Module.Up.Context = Filter;
    Filter->Module.Up.SendComplete = UpSendComplete;
    Filter->Module.Up.Receive = UpReceive;
    Filter->Module.Up.Status = UpStatus;
}

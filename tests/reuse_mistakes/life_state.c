// SPDX-License-Identifier: MIT

// Calls that the state of the binding forbids, and what is outstanding when it ends.

#include "life_request.h"

static void SendOne(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSendAndWait(E, Nbl);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// ---- PV-12

static void send_while_paused(EXAMPLE *E)
{
    ndishost_pause_nic(E->Nic);
    if (E->Correct) {
        ndishost_restart_nic(E->Nic);
    }
    SendOne(E);
}

static void send_after_asking_to_unbind(EXAMPLE *E)
{
    if (E->Correct) {
        SendOne(E);
        NdisUnbindAdapter(E->Binding);
        return;
    }
    NdisUnbindAdapter(E->Binding);
    SendOne(E);
}

static PROTOCOL_UNBIND_ADAPTER_EX UnbindAndCancel;
_Use_decl_annotations_ static NDIS_STATUS UnbindAndCancel(NDIS_HANDLE UnbindContext,
                                                          NDIS_HANDLE Context)
{
    EXAMPLE *E = Context;
    NDIS_STATUS Status;

    if (E->Correct) {
        NdisCancelSendNetBufferLists(E->Binding, NULL);
    }
    Status = ExampleUnbind(UnbindContext, Context);
    if (!E->Correct) {
        NdisCancelSendNetBufferLists(E->Binding, NULL); // any use of it would do
    }
    return Status;
}

static void UseUnbindAndCancel(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->UnbindAdapterHandlerEx = UnbindAndCancel;
}

static void cancel_after_close(EXAMPLE *E)
{
    SendOne(E);
    ndishost_remove_nic(E->Nic, NDISHOST_REMOVE_ORDERLY);
}

// In the pause handler one frame more, to say good-bye.
static PROTOCOL_NET_PNP_EVENT PnpSendAtPause;
_Use_decl_annotations_ static NDIS_STATUS PnpSendAtPause(NDIS_HANDLE Context,
                                                         NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    if (Event->NetPnPEvent.NetEvent == NetEventPause && !E->Correct) {
        SendOne(E);
    }
    return ExamplePnpEvent(Context, Event);
}

static void UsePnpSendAtPause(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->NetPnPEventHandler = PnpSendAtPause;
}

static void send_inside_the_pause_event(EXAMPLE *E)
{
    SendOne(E);
    ndishost_pause_nic(E->Nic);
}

// ---- PV-13

static PROTOCOL_NET_PNP_EVENT PnpPauseAtOnce;
_Use_decl_annotations_ static NDIS_STATUS PnpPauseAtOnce(NDIS_HANDLE Context,
                                                         NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    if (Event->NetPnPEvent.NetEvent == NetEventPause && E->Completed < E->Sent) {
        if (!E->Correct) {
            E->Running = FALSE;
            return NDIS_STATUS_SUCCESS;
        }
        ExampleRelease(E);
    }
    return ExamplePnpEvent(Context, Event);
}

static void UsePnpPauseAtOnce(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->NetPnPEventHandler = PnpPauseAtOnce;
}

static void pause_completes_with_sends_out(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    ndishost_pause_nic(E->Nic);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// What was received, linked through Next, until the driver gets to it.
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ReceiveAndKeep;
_Use_decl_annotations_ static VOID ReceiveAndKeep(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                                  NDIS_PORT_NUMBER Port, ULONG Count,
                                                  ULONG ReceiveFlags)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    if (NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        E->Own[0] = Nbls;
    }
}

static PROTOCOL_NET_PNP_EVENT PnpReturnAtPause;
_Use_decl_annotations_ static NDIS_STATUS PnpReturnAtPause(NDIS_HANDLE Context,
                                                           NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    if (Event->NetPnPEvent.NetEvent == NetEventPause && E->Own[0] != NULL && E->Correct) {
        NdisReturnNetBufferLists(E->Binding, E->Own[0], 0);
        E->Own[0] = NULL;
    }
    return ExamplePnpEvent(Context, Event);
}

static void UseReceiveAndKeep(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->ReceiveNetBufferListsHandler = ReceiveAndKeep;
    Handlers->NetPnPEventHandler = PnpReturnAtPause;
    Handlers->OidRequestCompleteHandler = RequestComplete;
}

static void pause_completes_with_receives_held(EXAMPLE *E)
{
    RequestSetFilter(E, NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_PROMISCUOUS);
    SendOne(E);
    ndishost_wait_idle(60000);
    if (E->Own[0] == NULL) {
        ExampleFail("the loop gave nothing back");
    }
    ndishost_pause_nic(E->Nic);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-12", send_while_paused)},
    {MISTAKE_OF("PV-12", send_after_asking_to_unbind)},
    {MISTAKE_OF("PV-12", send_inside_the_pause_event), .Register = UsePnpSendAtPause},
    {MISTAKE_OF("PV-12", cancel_after_close), .Register = UseUnbindAndCancel},
    {MISTAKE_OF("PV-13", pause_completes_with_sends_out), .Register = UsePnpPauseAtOnce},
    {MISTAKE_OF("PV-13", pause_completes_with_receives_held), .Register = UseReceiveAndKeep,
     .Nic = "loop"},
};

const MISTAKE_GROUP LifeStateMistakes = MISTAKE_GROUP_OF(Mistakes);

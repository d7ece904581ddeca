// SPDX-License-Identifier: MIT

// Received NBLs are the miniport's: looked at, and given back once, as they came.

#include "life_request.h"

static void ReceiveOne(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    RequestSetFilter(E, NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_PROMISCUOUS);
    // With a loopback by NDIS itself, that is, with NDIS_RECEIVE_FLAGS_RESOURCES.
    ExampleSendList(E, Nbl, 1, E->Own[1] != NULL ? NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK : 0);
    ExampleWait(E);
    ndishost_wait_idle(60000);
    if (E->Own[0] == NULL) {
        ExampleFail("nothing was received");
    }
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ReturnTwice;
_Use_decl_annotations_ static VOID ReturnTwice(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                               NDIS_PORT_NUMBER Port, ULONG Count,
                                               ULONG ReceiveFlags)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    E->Own[0] = Nbls;
    if (!NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        return;
    }
    NdisReturnNetBufferLists(E->Binding, Nbls, 0);
    if (!E->Correct) {
        NdisReturnNetBufferLists(E->Binding, Nbls, 0);
    }
}

static void UseReturnTwice(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->ReceiveNetBufferListsHandler = ReturnTwice;
    Handlers->OidRequestCompleteHandler = RequestComplete;
}

static void receive_returns_twice(EXAMPLE *E)
{
    ReceiveOne(E);
}

// A driver that strips the Ethernet header in place, for the convenience of the code above it.
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS StripHeader;
_Use_decl_annotations_ static VOID StripHeader(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                               NDIS_PORT_NUMBER Port, ULONG Count,
                                               ULONG ReceiveFlags)
{
    EXAMPLE *E = Context;
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbls);

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    E->Own[0] = Nbls;
    NdisAdvanceNetBufferDataStart(Nb, 14, FALSE, NULL);
    if (E->Correct) {
        NdisRetreatNetBufferDataStart(Nb, 14, 0, NULL);
    }
    if (NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        NdisReturnNetBufferLists(E->Binding, Nbls, 0);
    }
}

static void UseStripHeader(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->ReceiveNetBufferListsHandler = StripHeader;
    Handlers->OidRequestCompleteHandler = RequestComplete;
}

static void receive_moves_data_start(EXAMPLE *E)
{
    ReceiveOne(E);
}

// The flag is not looked at: the list is returned although it goes back by itself.
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ReturnAlways;
_Use_decl_annotations_ static VOID ReturnAlways(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                                NDIS_PORT_NUMBER Port, ULONG Count,
                                                ULONG ReceiveFlags)
{
    EXAMPLE *E = Context;

    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    E->Own[0] = Nbls;
    if (!E->Correct || NDIS_TEST_RECEIVE_CAN_PEND(ReceiveFlags)) {
        NdisReturnNetBufferLists(E->Binding, Nbls, 0);
    }
}

static void UseReturnAlways(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->ReceiveNetBufferListsHandler = ReturnAlways;
    Handlers->OidRequestCompleteHandler = RequestComplete;
}

static void receive_returns_what_was_only_shown(EXAMPLE *E)
{
    E->Own[1] = E;
    ReceiveOne(E);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-14", receive_returns_twice), .Register = UseReturnTwice, .Nic = "loop"},
    {MISTAKE_OF("PV-14", receive_moves_data_start), .Register = UseStripHeader, .Nic = "loop"},
    {MISTAKE_OF("PV-14", receive_returns_what_was_only_shown), .Register = UseReturnAlways},
};

const MISTAKE_GROUP LifeReceiveMistakes = MISTAKE_GROUP_OF(Mistakes);

// SPDX-License-Identifier: MIT

// Out-of-band slots, cancel ids, and flags of the call.

#include "mistake.h"

// One frame with a VLAN tag, the next without: the slot still asks for the tag.
static void reuse_keeps_vlan_tag(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    NDIS_SET_NET_BUFFER_LIST_VLAN_ID(Nbl, 5);
    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    if (E->Correct) {
        NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
    }
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    ExampleSetSend(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// The driver never uses the slots, so it never clears them; but lower drivers write into some.
static void reuse_trusts_slots_that_it_never_set(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    if (E->Correct) {
        ExampleSetOutOfBand(Nbl);
    }
    ExampleSetSend(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Thorough, and too much: slots of NDIS and WFP are in the array, and the protocol id.
static void reuse_zeroes_all_out_of_band(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    if (E->Correct) {
        ExampleSetOutOfBand(Nbl);
    } else {
        NdisZeroMemory(Nbl->NetBufferListInfo, sizeof(Nbl->NetBufferListInfo));
    }
    ExampleSetSend(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static PVOID CancelId(UCHAR Partial, ULONG Number)
{
    return (PVOID)((ULONG_PTR)Partial << 56 | Number);
}

// A number of the driver's own as cancel id: another protocol may use the same.
static void cancel_id_is_made_up(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    UCHAR Partial = NdisGeneratePartialCancelId();
    PVOID Id = CancelId(E->Correct ? Partial : (UCHAR)(Partial + 100), 17);

    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, Id);
    ExampleHold(E);
    ExampleSend(E, Nbl);
    NdisCancelSendNetBufferLists(E->Binding, Id);
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Keeps the id of the last send: whoever cancelled that one has cancelled this one.
static void reuse_keeps_cancel_id(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    PVOID Id = CancelId(NdisGeneratePartialCancelId(), 17);

    E->KeepsCancelId = !E->Correct;
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, Id);
    ExampleHold(E);
    ExampleSend(E, Nbl);
    NdisCancelSendNetBufferLists(E->Binding, Id);
    ExampleRelease(E);
    ExampleWait(E);

    ExampleWriteFrame(Mdl);
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    ExampleSetSend(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Says that the IRQL is DISPATCH_LEVEL because it usually is.
static void send_says_dispatch_level_at_passive(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSendList(E, Nbl, 1, E->Correct ? 0 : NDIS_SEND_FLAGS_DISPATCH_LEVEL);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-07", reuse_keeps_vlan_tag)},
    {MISTAKE_OF("REU-07", reuse_keeps_cancel_id), .SendsFail = TRUE},
    {MISTAKE_OF("REU-08", reuse_zeroes_all_out_of_band)},
    {MISTAKE_OF("PV-09", reuse_trusts_slots_that_it_never_set)},
    {MISTAKE_OF("PV-16", send_says_dispatch_level_at_passive)},
    {MISTAKE_OF("PV-25", cancel_id_is_made_up), .SendsFail = TRUE},
};

const MISTAKE_GROUP OutOfBandMistakes = MISTAKE_GROUP_OF(Mistakes);

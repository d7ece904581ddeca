// SPDX-License-Identifier: MIT

// The five fields of a NET_BUFFER that say where the frame is.

#include "mistake.h"

// A new MDL for every packet, the old one freed when its packet is out; MdlChain and DataLength are
// set, as the names suggest. CurrentMdl still names the MDL of the packet before.
static void reuse_sets_only_chain_and_length(EXAMPLE *E)
{
    MDL *First = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *Second = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES); // its packet comes while First is out
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, First, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    ExampleSendAndWait(E, Nbl);
    ExampleFreeFrame(First);

    NET_BUFFER_FIRST_MDL(Nb) = Second;
    NET_BUFFER_DATA_LENGTH(Nb) = EXAMPLE_FRAME_BYTES;
    if (E->Correct) {
        NET_BUFFER_DATA_OFFSET(Nb) = 0;
        NET_BUFFER_CURRENT_MDL(Nb) = Second;
        NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 0;
    }
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Second);
}

// The first frame had room in front of it, the second has none: the MDLs are exchanged, the offset
// into the MDL is not.
static void ReuseWithOffset(EXAMPLE *E, BOOLEAN SetDataOffset, BOOLEAN SetCurrentMdlOffset)
{
    const ULONG Room = 16;
    MDL *First = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES + Room);
    MDL *Second = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, First, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_DATA_OFFSET(Nb) = Room;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = Room;
    ExampleSendAndWait(E, Nbl);

    NET_BUFFER_FIRST_MDL(Nb) = Second;
    NET_BUFFER_CURRENT_MDL(Nb) = Second;
    NET_BUFFER_DATA_LENGTH(Nb) = EXAMPLE_FRAME_BYTES;
    if (SetDataOffset) {
        NET_BUFFER_DATA_OFFSET(Nb) = 0;
    }
    if (SetCurrentMdlOffset) {
        NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 0;
    }
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Second);
    ExampleFreeFrame(First);
}

static void reuse_keeps_current_mdl_offset(EXAMPLE *E)
{
    ReuseWithOffset(E, TRUE, E->Correct);
}

static void reuse_keeps_data_offset(EXAMPLE *E)
{
    ReuseWithOffset(E, E->Correct, TRUE);
}

static void reuse_keeps_both_offsets(EXAMPLE *E)
{
    ReuseWithOffset(E, E->Correct, E->Correct);
}

// The length of the packet, and an MDL over a part of it.
static void send_is_longer_than_its_chain(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(Nbl)) = E->Correct ? EXAMPLE_FRAME_BYTES
                                                                       : EXAMPLE_FRAME_BYTES + 4;
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// A buffer that is used again for a shorter packet: the length of the longer one stays, and what
// the longer one said at its end goes out once more.
static void reuse_sends_stale_tail(EXAMPLE *E)
{
    static const UCHAR Long[1000] = {0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x88, 0xB5, 's'};
    MDL *Mdl = ExampleAllocateFrame(sizeof(Long));
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, sizeof(Long));
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);
    UCHAR *Frame = MmGetMdlVirtualAddress(Mdl);

    RtlCopyMemory(Frame, Long, sizeof(Long));
    ExampleSendAndWait(E, Nbl);

    RtlCopyMemory(Frame, Long, EXAMPLE_FRAME_BYTES);
    if (E->Correct) {
        NET_BUFFER_DATA_LENGTH(Nb) = EXAMPLE_FRAME_BYTES;
    }
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-01", reuse_sets_only_chain_and_length)},
    {MISTAKE_OF("REU-02", reuse_keeps_current_mdl_offset)},
    {MISTAKE_OF("REU-02", reuse_keeps_data_offset)},
    {MISTAKE_OF("REU-02", reuse_keeps_both_offsets)},
    {MISTAKE_OF("PV-05", send_is_longer_than_its_chain)},
    {MISTAKE_OF("REU-21", reuse_sends_stale_tail), .Level = NDISHOST_VERIFY_STRICT},
};

const MISTAKE_GROUP DataFieldMistakes = MISTAKE_GROUP_OF(Mistakes);

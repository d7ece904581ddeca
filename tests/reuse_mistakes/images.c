// SPDX-License-Identifier: MIT

// Structures that are written as a whole, and fields of them that are NDIS's.

#include "mistake.h"

// "Reset" of an NBL by an image that was saved when it was fresh. The structure is longer than the
// driver's headers say, and NDIS has changed its part since.
static void reuse_copies_saved_image(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST Image;

    RtlCopyMemory(&Image, Nbl, sizeof(Image));
    ExampleSendAndWait(E, Nbl);

    if (!E->Correct) {
        RtlCopyMemory(Nbl, &Image, sizeof(Image));
    }
    ExampleWriteFrame(Mdl);
    ExampleSetData(Nbl, Mdl, EXAMPLE_FRAME_BYTES);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Starts from zero and then sets every field that a sender sets.
static void reuse_zeroes_net_buffer(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    ExampleSendAndWait(E, Nbl);

    if (!E->Correct) {
        NdisZeroMemory(Nb, sizeof(*Nb));
    }
    ExampleWriteFrame(Mdl);
    ExampleSetData(Nbl, Mdl, EXAMPLE_FRAME_BYTES);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void reuse_zeroes_net_buffer_list(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    ExampleSendAndWait(E, Nbl);

    if (!E->Correct) {
        NdisZeroMemory(Nbl, sizeof(*Nbl));
        NET_BUFFER_LIST_FIRST_NB(Nbl) = Nb;
    }
    ExampleWriteFrame(Mdl);
    ExampleSetData(Nbl, Mdl, EXAMPLE_FRAME_BYTES);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// The flags as if the field were the driver's alone.
static void ReuseWithFlags(EXAMPLE *E, ULONG (*Flags)(EXAMPLE *E, NET_BUFFER_LIST *Nbl, ULONG Old))
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    ULONG Old = NET_BUFFER_LIST_FLAGS(Nbl);

    NBL_SET_PROTOCOL_RSVD_FLAG(Nbl, 0x00100000);
    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    NET_BUFFER_LIST_FLAGS(Nbl) = Flags(E, Nbl, Old);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static ULONG FlagsZero(EXAMPLE *E, NET_BUFFER_LIST *Nbl, ULONG Old)
{
    UNREFERENCED_PARAMETER(Old);
    return E->Correct ? NET_BUFFER_LIST_FLAGS(Nbl) & ~NBL_FLAGS_PROTOCOL_RESERVED : 0;
}

static ULONG FlagsSaved(EXAMPLE *E, NET_BUFFER_LIST *Nbl, ULONG Old)
{
    return E->Correct ? NET_BUFFER_LIST_FLAGS(Nbl) & ~NBL_FLAGS_PROTOCOL_RESERVED : Old;
}

static void reuse_clears_all_flags(EXAMPLE *E)
{
    ReuseWithFlags(E, FlagsZero);
}

static void reuse_restores_saved_flags(EXAMPLE *E)
{
    ReuseWithFlags(E, FlagsSaved);
}

// A pointer of the driver in a field that only looks free.
static void send_stores_pointer_in_ndis_reserved(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    if (E->Correct) {
        NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0] = E;
    } else {
        Nbl->NdisReserved[0] = E;
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void send_stores_pointer_in_parent(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    if (E->Correct) {
        NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0] = E;
    } else {
        Nbl->ParentNetBufferList = (NET_BUFFER_LIST *)E;
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-03", reuse_copies_saved_image)},
    {MISTAKE_OF("REU-04", reuse_zeroes_net_buffer)},
    {MISTAKE_OF("REU-04", reuse_zeroes_net_buffer_list)},
    {MISTAKE_OF("REU-09", reuse_clears_all_flags)},
    {MISTAKE_OF("REU-09", reuse_restores_saved_flags)},
    {MISTAKE_OF("PV-10", send_stores_pointer_in_ndis_reserved)},
    {MISTAKE_OF("PV-10", send_stores_pointer_in_parent)},
};

const MISTAKE_GROUP ImageMistakes = MISTAKE_GROUP_OF(Mistakes);

// SPDX-License-Identifier: MIT

// Context space, data space, and values that are expected to survive a send.

#include "mistake.h"

#define CONTEXT_BYTES 32
#define SENDS 20

// Each send takes context space for its bookkeeping; with an NBL that was freed after its send,
// NdisFreeNetBufferListContext came right before. A reused one is never freed.
static void reuse_allocates_context_each_time(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    for (ULONG I = 0; I < SENDS; I++) {
        NdisAllocateNetBufferListContext(Nbl, CONTEXT_BYTES, 0, EXAMPLE_TAG);
        ExampleWriteFrame(Mdl);
        ExampleSetRest(E, Nbl);
        ExampleSendAndWait(E, Nbl);
        if (E->Correct) {
            NdisFreeNetBufferListContext(Nbl, CONTEXT_BYTES);
        }
    }

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Gives back another size than it took.
static void context_is_freed_with_another_size(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    NdisAllocateNetBufferListContext(Nbl, CONTEXT_BYTES, 0, EXAMPLE_TAG);
    ExampleSendAndWait(E, Nbl);
    NdisFreeNetBufferListContext(Nbl, E->Correct ? CONTEXT_BYTES : CONTEXT_BYTES / 2);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Room for a header in front of each packet. `Advance`: how much of it is given back.
static void RetreatAndAdvance(EXAMPLE *E, ULONG Retreat, ULONG Advance)
{
    const ULONG Room = Retreat * SENDS;
    MDL *Mdl = ExampleAllocateFrame(Room + EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_DATA_OFFSET(Nb) = Room;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = Room;
    for (ULONG I = 0; I < SENDS; I++) {
        NdisRetreatNetBufferDataStart(Nb, Retreat, 0, NULL);
        ExampleWriteFrame(Mdl);
        ExampleSetRest(E, Nbl);
        ExampleSendAndWait(E, Nbl);
        if (Advance != 0) {
            NdisAdvanceNetBufferDataStart(Nb, Advance, FALSE, NULL);
        }
    }

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void reuse_retreats_without_advance(EXAMPLE *E)
{
    RetreatAndAdvance(E, 14, E->Correct ? 14 : 0);
}

// Gives back the header that it usually has, not the one with a VLAN tag that it took room for.
static void reuse_advances_by_less(EXAMPLE *E)
{
    RetreatAndAdvance(E, 18, E->Correct ? 18 : 14);
}

typedef struct SLOT {
    ULONG Sends;
} SLOT;

// The way back from an NBL to the driver's own record, through a field that is anybody's.
static VOID NTAPI CompleteThroughScratch(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    EXAMPLE *E = Context;
    SLOT *Slot = E->Correct ? NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbls)[0] : Nbls->Scratch;

    Slot->Sends++;
    ExampleSendComplete(Context, Nbls, Flags);
}

static void UseCompleteThroughScratch(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->SendNetBufferListsCompleteHandler = CompleteThroughScratch;
}

static void reuse_expects_scratch(EXAMPLE *E)
{
    SLOT *Slot = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Slot), EXAMPLE_TAG);
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    Nbl->Scratch = Slot;
    NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0] = Slot;
    ExampleSendAndWait(E, Nbl);
    if (Slot->Sends != 1) {
        ExampleFail("the record says %u sends", Slot->Sends);
    }

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
    ExFreePoolWithTag(Slot, EXAMPLE_TAG);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-14", reuse_allocates_context_each_time)},
    {MISTAKE_OF("REU-15", reuse_expects_scratch), .Register = UseCompleteThroughScratch},
    {MISTAKE_OF("REU-17", reuse_retreats_without_advance)},
    {MISTAKE_OF("REU-17", reuse_advances_by_less)},
    {MISTAKE_OF("PV-11", context_is_freed_with_another_size)},
};

const MISTAKE_GROUP ContextMistakes = MISTAKE_GROUP_OF(Mistakes);

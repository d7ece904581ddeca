// SPDX-License-Identifier: MIT

// The links: of NBLs in a list, of NET_BUFFERs in an NBL.

#include "mistake.h"

typedef struct PAIR {
    MDL *Mdls[2];
    NET_BUFFER_LIST *Nbls[2];
} PAIR;

static void AllocatePair(EXAMPLE *E, PAIR *Pair)
{
    for (ULONG I = 0; I < 2; I++) {
        Pair->Mdls[I] = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
        Pair->Nbls[I] = ExampleAllocateNbl(E, Pair->Mdls[I], EXAMPLE_FRAME_BYTES);
    }
}

static void FreePair(PAIR *Pair)
{
    for (ULONG I = 0; I < 2; I++) {
        NdisFreeNetBufferList(Pair->Nbls[I]);
        ExampleFreeFrame(Pair->Mdls[I]);
    }
}

// Two NBLs came back in one list; each is sent again by itself, and the first still leads to the
// second, which is in flight by then.
static void reuse_keeps_next(EXAMPLE *E)
{
    NET_BUFFER_LIST *First, *Second;
    PAIR Pair;

    AllocatePair(E, &Pair);
    NET_BUFFER_LIST_NEXT_NBL(Pair.Nbls[0]) = Pair.Nbls[1];
    ExampleHold(E); // so that both come back together
    ExampleSendList(E, Pair.Nbls[0], 2, 0);
    ExampleRelease(E);
    ExampleWait(E);

    First = E->Completion;
    Second = NET_BUFFER_LIST_NEXT_NBL(First);
    ExampleHold(E);
    ExampleWriteFrame(Pair.Mdls[0]);
    ExampleWriteFrame(Pair.Mdls[1]);
    ExampleSetRest(E, Second);
    ExampleSend(E, Second);
    ExampleSetRest(E, First);
    if (!E->Correct) {
        NET_BUFFER_LIST_NEXT_NBL(First) = Second; // as the completion left it
    }
    ExampleSend(E, First);
    ExampleRelease(E);
    ExampleWait(E);
    FreePair(&Pair);
}

// Appends to a list without looking whether the NBL is in it.
static void send_list_with_cycle(EXAMPLE *E)
{
    PAIR Pair;

    AllocatePair(E, &Pair);
    NET_BUFFER_LIST_NEXT_NBL(Pair.Nbls[0]) = Pair.Nbls[1];
    NET_BUFFER_LIST_NEXT_NBL(Pair.Nbls[1]) = E->Correct ? NULL : Pair.Nbls[0];
    ExampleSendList(E, Pair.Nbls[0], 2, 0);
    ExampleWait(E);
    FreePair(&Pair);
}

static NDIS_HANDLE CreateNetBufferPool(EXAMPLE *E)
{
    NET_BUFFER_POOL_PARAMETERS Parameters = {0};

    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.PoolTag = EXAMPLE_TAG;
    return NdisAllocateNetBufferPool(E->Protocol, &Parameters);
}

// A second frame in the NBL, for one send. Its NET_BUFFER is freed and stays in the list.
static void reuse_keeps_next_net_buffer(EXAMPLE *E)
{
    NDIS_HANDLE Pool = CreateNetBufferPool(E);
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *SecondMdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);
    NET_BUFFER *Second = NdisAllocateNetBuffer(Pool, SecondMdl, 0, EXAMPLE_FRAME_BYTES);

    NET_BUFFER_NEXT_NB(Nb) = Second;
    ExampleSendAndWait(E, Nbl);

    if (E->Correct) {
        NET_BUFFER_NEXT_NB(Nb) = NULL;
    }
    NdisFreeNetBuffer(Second);
    ExampleWriteFrame(Mdl);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferPool(Pool);
    ExampleFreeFrame(SecondMdl);
    ExampleFreeFrame(Mdl);
}

// An NBL without a NET_BUFFER, as pools give it that were not asked for one.
static void send_without_net_buffer(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_LIST_FIRST_NB(Nbl) = E->Correct ? Nb : NULL;
    ExampleSendAndWait(E, Nbl);

    NET_BUFFER_LIST_FIRST_NB(Nbl) = Nb;
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// A free list made of the field that is called Link.
static void reuse_free_list_in_link(EXAMPLE *E)
{
    PAIR Pair;
    SLIST_HEADER FreeList;

    AllocatePair(E, &Pair);
    ExampleSendAndWait(E, Pair.Nbls[0]);

    InitializeSListHead(&FreeList);
    if (E->Correct) {
        E->Own[0] = Pair.Nbls[0]; // a list in memory of its own
    } else {
        InterlockedPushEntrySList(&FreeList, (SLIST_ENTRY *)&Pair.Nbls[0]->Link);
    }
    ExampleWriteFrame(Pair.Mdls[0]);
    ExampleSetRest(E, Pair.Nbls[0]);
    ExampleSendAndWait(E, Pair.Nbls[0]);
    FreePair(&Pair);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-05", reuse_keeps_next)},
    {MISTAKE_OF("REU-06", reuse_keeps_next_net_buffer)},
    {MISTAKE_OF("REU-20", reuse_free_list_in_link)},
    {MISTAKE_OF("PV-07", send_list_with_cycle)},
    {MISTAKE_OF("PV-08", send_without_net_buffer)},
};

const MISTAKE_GROUP ListMistakes = MISTAKE_GROUP_OF(Mistakes);

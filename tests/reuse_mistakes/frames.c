// SPDX-License-Identifier: MIT

// What can be an Ethernet frame.

#include "mistake.h"

static void SendOfLength(EXAMPLE *E, ULONG LengthBytes)
{
    MDL *Mdl = ExampleAllocateFrame(LengthBytes);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, LengthBytes);

    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Not even a header.
static void send_of_short_frame(EXAMPLE *E)
{
    SendOfLength(E, E->Correct ? 14 : 13);
}

// As long as the payload may be, and the header on top.
static void send_of_long_frame(EXAMPLE *E)
{
    SendOfLength(E, E->Correct ? 14 + TEST_WIRE_MTU : 14 + TEST_WIRE_MTU + 1);
}

// The addresses in one MDL, the EtherType in the next.
static void send_with_split_header(EXAMPLE *E)
{
    const ULONG Split = E->Correct ? 14 : 12;
    MDL *Frame = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    UCHAR *Bytes = MmGetMdlVirtualAddress(Frame);
    MDL *Front = IoAllocateMdl(Bytes, Split, FALSE, FALSE, NULL);
    MDL *Rest = IoAllocateMdl(Bytes + Split, EXAMPLE_FRAME_BYTES - Split, FALSE, FALSE, NULL);
    NET_BUFFER_LIST *Nbl;

    MmBuildMdlForNonPagedPool(Front);
    MmBuildMdlForNonPagedPool(Rest);
    Front->Next = Rest;
    Nbl = ExampleAllocateNbl(E, Front, EXAMPLE_FRAME_BYTES);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    IoFreeMdl(Rest);
    IoFreeMdl(Front);
    ExampleFreeFrame(Frame);
}

// Two frames in one NBL, because they go out together; but they go to different stations.
static void send_with_two_destinations(EXAMPLE *E)
{
    MDL *Mdls[2] = {ExampleAllocateFrame(EXAMPLE_FRAME_BYTES),
                    ExampleAllocateFrame(EXAMPLE_FRAME_BYTES)};
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdls[0], EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Other = ExampleAllocateNbl(E, Mdls[1], EXAMPLE_FRAME_BYTES);
    UCHAR *Frame = MmGetMdlVirtualAddress(Mdls[1]);

    Frame[0] = 0x02; // unicast; the first frame is a broadcast
    if (E->Correct) {
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = Other;
    } else {
        NET_BUFFER_NEXT_NB(NET_BUFFER_LIST_FIRST_NB(Nbl)) = NET_BUFFER_LIST_FIRST_NB(Other);
    }
    ExampleSendList(E, Nbl, E->Correct ? 2 : 1, 0);
    ExampleWait(E);

    NET_BUFFER_NEXT_NB(NET_BUFFER_LIST_FIRST_NB(Nbl)) = NULL;
    NdisFreeNetBufferList(Other);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdls[1]);
    ExampleFreeFrame(Mdls[0]);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-17", send_of_short_frame)},
    {MISTAKE_OF("PV-17", send_of_long_frame)},
    {MISTAKE_OF("PV-17", send_with_split_header)},
    {MISTAKE_OF("PV-17", send_with_two_destinations)},
};

const MISTAKE_GROUP FrameMistakes = MISTAKE_GROUP_OF(Mistakes);

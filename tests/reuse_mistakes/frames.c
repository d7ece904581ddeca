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

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-17", send_of_short_frame)},
    {MISTAKE_OF("PV-17", send_of_long_frame)},
    {MISTAKE_OF("PV-17", send_with_split_header)},
};

const MISTAKE_GROUP FrameMistakes = MISTAKE_GROUP_OF(Mistakes);

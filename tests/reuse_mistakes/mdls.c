// SPDX-License-Identifier: MIT

// MDLs of frames: alive, once in the chain, and prepared before they are built again.

#include "mistake.h"

// The frame is out of the memory of a locked region, as in a driver that sends from a user's ring:
// one MDL over the region, and a partial MDL for each frame.
static MDL *LockRegion(PVOID Region, ULONG Bytes)
{
    MDL *Mdl = IoAllocateMdl(Region, Bytes, FALSE, FALSE, NULL);
    volatile BOOLEAN Locked = FALSE;

    __try {
        MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
        Locked = TRUE;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Locked = FALSE;
    }
    if (!Locked) {
        ExampleFail("the region cannot be locked");
    }
    return Mdl;
}

// The adapter has mapped the partial MDL to read the frame; the next build forgets that mapping.
static void reuse_builds_partial_mdl_again(EXAMPLE *E)
{
    MDL *Buffer = ExampleAllocateFrame(2 * EXAMPLE_FRAME_BYTES);
    UCHAR *Region = MmGetMdlVirtualAddress(Buffer);
    MDL *Source = LockRegion(Region, 2 * EXAMPLE_FRAME_BYTES);
    MDL *Partial = IoAllocateMdl(Region, EXAMPLE_FRAME_BYTES, FALSE, FALSE, NULL);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, NULL, 0);

    RtlCopyMemory(Region + EXAMPLE_FRAME_BYTES, Region, EXAMPLE_FRAME_BYTES);
    for (ULONG I = 0; I < 2; I++) {
        if (E->Correct) {
            MmPrepareMdlForReuse(Partial);
        }
        IoBuildPartialMdl(Source, Partial, Region + I * EXAMPLE_FRAME_BYTES, EXAMPLE_FRAME_BYTES);
        ExampleSetData(Nbl, Partial, EXAMPLE_FRAME_BYTES);
        ExampleSetRest(E, Nbl);
        ExampleSendAndWait(E, Nbl);
    }

    NdisFreeNetBufferList(Nbl);
    IoFreeMdl(Partial);
    MmUnlockPages(Source);
    IoFreeMdl(Source);
    ExampleFreeFrame(Buffer);
}

// A payload for each packet, and a retreat for the header in front of it. The retreat looks at the
// chain while the freed payload of the last packet is still in it.
static void reuse_retreats_over_freed_mdl(EXAMPLE *E)
{
    const ULONG Header = 14;
    MDL *First = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *Second = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, First, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    ExampleSendAndWait(E, Nbl);
    NdisAdvanceNetBufferDataStart(Nb, Header, FALSE, NULL);
    ExampleFreeFrame(First);

    if (E->Correct) {
        NET_BUFFER_FIRST_MDL(Nb) = Second;
        NdisAdjustNetBufferCurrentMdl(Nb);
    }
    NdisRetreatNetBufferDataStart(Nb, Header, 0, NULL);
    ExampleSetData(Nbl, Second, EXAMPLE_FRAME_BYTES);
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Second);
}

static void send_of_freed_mdl(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    if (!E->Correct) {
        ExampleFreeFrame(Mdl);
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Only IoAllocateMdl: the MDL has a range and no pages yet.
static void send_of_mdl_without_pages(EXAMPLE *E)
{
    MDL *Buffer = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *Mdl = IoAllocateMdl(MmGetMdlVirtualAddress(Buffer), EXAMPLE_FRAME_BYTES, FALSE, FALSE,
                             NULL);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    if (E->Correct) {
        MmBuildMdlForNonPagedPool(Mdl);
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    IoFreeMdl(Mdl);
    ExampleFreeFrame(Buffer);
}

// A payload that is to be sent twice in one frame.
static void send_of_mdl_twice_in_chain(EXAMPLE *E)
{
    MDL *Header = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *Payload = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Header, EXAMPLE_FRAME_BYTES);

    Header->Next = Payload;
    Payload->Next = E->Correct ? NULL : Payload;
    NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(Nbl)) = (E->Correct ? 2 : 3) *
                                                            EXAMPLE_FRAME_BYTES;
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Header);
    ExampleFreeFrame(Payload);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-12", reuse_builds_partial_mdl_again)},
    {MISTAKE_OF("REU-13", reuse_retreats_over_freed_mdl)},
    {MISTAKE_OF("PV-06", send_of_freed_mdl)},
    {MISTAKE_OF("PV-06", send_of_mdl_without_pages)},
    {MISTAKE_OF("PV-06", send_of_mdl_twice_in_chain)},
};

const MISTAKE_GROUP MdlMistakes = MISTAKE_GROUP_OF(Mistakes);

// SPDX-License-Identifier: MIT

// Who owns an NBL: the sender, the drivers below, or nobody.

#include "mistake.h"

// A driver that never sends an NBL twice in its own eyes: it forgets that the second use of it is
// still under way.
static void reuse_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSendAndWait(E, Nbl);
    ExampleHold(E);
    ExampleWriteFrame(Mdl);
    ExampleSetRest(E, Nbl);
    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleRelease(E);
        ExampleWait(E);
        ExampleWriteFrame(Mdl);
    }
    ExampleSetRest(E, Nbl);
    ExampleSend(E, Nbl);
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Tries again because there was no answer yet.
static void send_twice(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (!E->Correct) {
        ExampleSend(E, Nbl);
    }
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Looks at what it has given away, because the adapter is known to complete at once.
static void send_reads_status_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleWait(E);
    }
    if (*(volatile NDIS_STATUS *)&NET_BUFFER_LIST_STATUS(Nbl) != NDIS_STATUS_SUCCESS) {
        ExampleFail("the frame was not sent");
    }
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Fills its one buffer with the next packet while the last one is still being sent.
static void send_fills_buffer_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    UCHAR *Frame = MmGetMdlVirtualAddress(Mdl);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleRelease(E);
        ExampleWait(E);
    }
    RtlFillMemory(Frame + 14, EXAMPLE_FRAME_BYTES - 14, 0x55);
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// A copy on the stack is as good as the original?
static void send_of_private_copy(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST Copy = *Nbl;

    ExampleSendAndWait(E, E->Correct ? Nbl : &Copy);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void send_of_freed_nbl(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    if (!E->Correct) {
        NdisFreeNetBufferList(Nbl);
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void send_without_source_handle(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(E->Pool, 0, 0, Mdl, 0,
                                                                 EXAMPLE_FRAME_BYTES);

    if (E->Correct) {
        Nbl->SourceHandle = E->Binding;
    }
    ExampleSendAndWait(E, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// One free list for two bindings: an NBL is sent on the other one than before.
static void reuse_on_other_binding(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl;
    struct ndishost_nic *Nic;

    if (ndishost_add_nic("null", &Nic, NULL, 0) != 0 || ndishost_wait_idle(60000) != 0) {
        ExampleFail("no second binding");
    }
    Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    ExampleSetRest(E, Nbl);
    if (E->Correct) {
        Nbl->SourceHandle = ExampleOther.Binding;
    }
    ExampleSendAndWait(&ExampleOther, Nbl);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// The buffer is the driver's again when the send call has returned?
static void reuse_frees_mdl_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (!E->Correct) {
        ExampleFreeFrame(Mdl);
    }
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static void reuse_frees_buffer_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    PVOID Frame = MmGetMdlVirtualAddress(Mdl);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (!E->Correct) {
        ExFreePoolWithTag(Frame, EXAMPLE_TAG);
    }
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// Gives up on a send that takes too long.
static void reuse_frees_nbl_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleRelease(E);
        ExampleWait(E);
    }
    NdisFreeNetBufferList(Nbl);
    ExampleRelease(E);
    ExampleWait(E);

    ExampleFreeFrame(Mdl);
}

static void reuse_frees_pool_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (!E->Correct) {
        NdisFreeNetBufferListPool(E->Pool);
    }
    ExampleRelease(E);
    ExampleWait(E);

    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// The status of the frame before, for the statistics; or a pointer to its NBL, which the free list
// has given to another thread since.
static VOID NTAPI CompleteAndLookBack(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    EXAMPLE *E = Context;
    NET_BUFFER_LIST *Before = E->Own[0];
    NDIS_STATUS Status = (NDIS_STATUS)(ULONG_PTR)E->Own[1];

    if (Before != NULL && !E->Correct) {
        Status = *(volatile NDIS_STATUS *)&NET_BUFFER_LIST_STATUS(Before);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        ExampleFail("the frame before was not sent");
    }
    E->Own[0] = Nbls;
    E->Own[1] = (PVOID)(ULONG_PTR)NET_BUFFER_LIST_STATUS(Nbls);
    ExampleSendComplete(Context, Nbls, Flags);
}

static void UseCompleteAndLookBack(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->SendNetBufferListsCompleteHandler = CompleteAndLookBack;
}

static void reuse_keeps_pointer_after_giving(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    MDL *OtherMdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Other = ExampleAllocateNbl(E, OtherMdl, EXAMPLE_FRAME_BYTES);

    ExampleSendAndWait(E, Nbl);

    ExampleWriteFrame(Mdl);
    ExampleSetRest(E, Nbl);
    ExampleSend(E, Other);
    ExampleSend(E, Nbl); // on its way when the completion of Other looks back
    ExampleWait(E);

    NdisFreeNetBufferList(Other);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(OtherMdl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-10", reuse_before_completion)},
    {MISTAKE_OF("REU-11", reuse_frees_mdl_before_completion)},
    {MISTAKE_OF("REU-11", reuse_frees_buffer_before_completion), .Level = NDISHOST_VERIFY_STRICT},
    {MISTAKE_OF("REU-16", reuse_on_other_binding)},
    {MISTAKE_OF("REU-18", reuse_keeps_pointer_after_giving), .Register = UseCompleteAndLookBack,
     .Level = NDISHOST_VERIFY_STRICT},
    {MISTAKE_OF("REU-19", reuse_frees_nbl_before_completion)},
    {MISTAKE_OF("REU-19", reuse_frees_pool_before_completion)},
    {MISTAKE_OF("PV-01", send_twice)},
    {MISTAKE_OF("PV-02", send_reads_status_before_completion), .Level = NDISHOST_VERIFY_STRICT},
    {MISTAKE_OF("PV-02", send_fills_buffer_before_completion), .Level = NDISHOST_VERIFY_STRICT},
    {MISTAKE_OF("PV-03", send_of_private_copy)},
    {MISTAKE_OF("PV-03", send_of_freed_nbl)},
    {MISTAKE_OF("PV-04", send_without_source_handle)},
};

const MISTAKE_GROUP OwnershipMistakes = MISTAKE_GROUP_OF(Mistakes);

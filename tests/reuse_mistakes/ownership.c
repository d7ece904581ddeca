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
    ExampleSetRest(E, Nbl);
    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleRelease(E);
        ExampleWait(E);
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

// Looks at what it has given away.
static void send_reads_status_before_completion(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    volatile NDIS_STATUS Status;

    ExampleHold(E);
    ExampleSend(E, Nbl);
    if (E->Correct) {
        ExampleRelease(E);
        ExampleWait(E);
    }
    Status = NET_BUFFER_LIST_STATUS(Nbl);
    ExampleRelease(E);
    ExampleWait(E);

    (void)Status;
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

    if (ndishost_add_nic("null", &Nic, NULL, 0) != 0 || ndishost_wait_idle(10000) != 0) {
        ExampleFail("no second binding");
    }
    Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    ExampleSendAndWait(E, Nbl);

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

// The second owner of an NBL: it takes it from the free list and sends it.
static VOID NTAPI SecondOwner(PVOID Context)
{
    EXAMPLE *E = Context;
    NET_BUFFER_LIST *Nbl = E->Own[0];

    ExampleSetRest(E, Nbl);
    ExampleSend(E, Nbl);
}

static void RunThread(PKSTART_ROUTINE Routine, PVOID Context)
{
    HANDLE Handle;
    PVOID Thread;

    if (!NT_SUCCESS(
            PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context)) ||
        !NT_SUCCESS(ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread,
                                              NULL))) {
        ExampleFail("no thread");
    }
    ZwClose(Handle);
    KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
}

// Gives a completed NBL to the free list, keeps the pointer for its statistics, and looks at it
// when another thread has already taken and sent it.
static void reuse_keeps_pointer_after_giving(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NDIS_STATUS Status;

    ExampleSendAndWait(E, Nbl);
    Status = NET_BUFFER_LIST_STATUS(Nbl);
    E->Own[0] = Nbl;
    ExampleHold(E);
    RunThread(SecondOwner, E);
    if (!E->Correct) {
        NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_FAILURE;
        Status = *(volatile NDIS_STATUS *)&NET_BUFFER_LIST_STATUS(Nbl);
    }
    ExampleRelease(E);
    ExampleWait(E);

    (void)Status;
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-10", reuse_before_completion)},
    {MISTAKE_OF("REU-11", reuse_frees_mdl_before_completion)},
    {MISTAKE_OF("REU-11", reuse_frees_buffer_before_completion)},
    {MISTAKE_OF("REU-16", reuse_on_other_binding)},
    {MISTAKE_OF("REU-18", reuse_keeps_pointer_after_giving), .Level = NDISHOST_VERIFY_STRICT},
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

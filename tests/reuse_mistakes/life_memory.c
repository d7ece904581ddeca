// SPDX-License-Identifier: MIT

// MDLs, pools and locks, where the mistake is in one call.

#include "mistake.h"

// ---- PV-21

static void mdl_of_pool_is_unlocked(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);

    if (!E->Correct) {
        MmUnlockPages(Mdl); // MmBuildMdlForNonPagedPool locks nothing
    }
    ExampleFreeFrame(Mdl);
}

static void mdl_is_locked_twice(EXAMPLE *E)
{
    UCHAR *Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, EXAMPLE_FRAME_BYTES, EXAMPLE_TAG);
    MDL *Mdl = IoAllocateMdl(Memory, EXAMPLE_FRAME_BYTES, FALSE, FALSE, NULL);

    MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
    if (!E->Correct) {
        MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
    }
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Memory, EXAMPLE_TAG);
}

static void mdl_is_freed_while_locked(EXAMPLE *E)
{
    UCHAR *Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, EXAMPLE_FRAME_BYTES, EXAMPLE_TAG);
    MDL *Mdl = IoAllocateMdl(Memory, EXAMPLE_FRAME_BYTES, FALSE, FALSE, NULL);

    MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
    if (E->Correct) {
        MmUnlockPages(Mdl);
    }
    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Memory, EXAMPLE_TAG);
}

// ---- PV-23

// Frames are to leave in order, so the lock that guards the driver's lists is held over the send.
// ExampleSendComplete takes the same one.
static void send_with_the_completions_lock(EXAMPLE *E)
{
    MDL *Mdls[2] = {ExampleAllocateFrame(EXAMPLE_FRAME_BYTES),
                    ExampleAllocateFrame(EXAMPLE_FRAME_BYTES)};
    NET_BUFFER_LIST *First = ExampleAllocateNbl(E, Mdls[0], EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Second = ExampleAllocateNbl(E, Mdls[1], EXAMPLE_FRAME_BYTES);
    KIRQL Irql;

    ExampleSendAndWait(E, First);
    KeAcquireSpinLock(&E->Lock, &Irql);
    E->Sent++;
    KeClearEvent(&E->Idle);
    if (E->Correct) {
        KeReleaseSpinLock(&E->Lock, Irql);
        NdisSendNetBufferLists(E->Binding, Second, NDIS_DEFAULT_PORT_NUMBER, 0);
    } else {
        NdisSendNetBufferLists(E->Binding, Second, NDIS_DEFAULT_PORT_NUMBER, 0);
        KeReleaseSpinLock(&E->Lock, Irql);
    }
    ExampleWait(E);
    NdisFreeNetBufferList(First);
    NdisFreeNetBufferList(Second);
    ExampleFreeFrame(Mdls[0]);
    ExampleFreeFrame(Mdls[1]);
}

// The first time already: the adapter completes inside the call.
static void send_deadlocks_at_once(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    // A lock of its own is right here: the completion does not take it.
    static KSPIN_LOCK Order;
    KSPIN_LOCK *Lock = E->Correct ? &Order : &E->Lock;
    KIRQL Irql;

    E->Sent++;
    KeClearEvent(&E->Idle);
    KeAcquireSpinLock(Lock, &Irql);
    NdisSendNetBufferLists(E->Binding, Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
    KeReleaseSpinLock(Lock, Irql);
    ExampleWait(E);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

// ---- PV-24

static NDIS_HANDLE CreatePool(EXAMPLE *E, USHORT ContextSize, BOOLEAN WithNetBuffer, ULONG DataSize)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};

    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = WithNetBuffer;
    Parameters.ContextSize = ContextSize;
    Parameters.DataSize = DataSize;
    Parameters.PoolTag = EXAMPLE_TAG;
    return NdisAllocateNetBufferListPool(E->Protocol, &Parameters);
}

static void pool_with_odd_context_size(EXAMPLE *E)
{
    NDIS_HANDLE Pool = CreatePool(E, E->Correct ? 16 : 12, TRUE, 0);

    NdisFreeNetBufferListPool(Pool);
}

static void pool_with_data_but_no_net_buffer(EXAMPLE *E)
{
    NDIS_HANDLE Pool = CreatePool(E, 0, E->Correct, 64);

    NdisFreeNetBufferListPool(Pool);
}

// NdisAllocateNetBufferAndNetBufferList brings its own MDLs, so the pool must have no data.
static void nbl_with_mdl_from_a_pool_with_data(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NDIS_HANDLE Pool = CreatePool(E, 0, TRUE, E->Correct ? 0 : 64);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, Mdl, 0,
                                                                 EXAMPLE_FRAME_BYTES);

    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferListPool(Pool);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-21", mdl_of_pool_is_unlocked), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-21", mdl_is_locked_twice), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-21", mdl_is_freed_while_locked), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-23", send_with_the_completions_lock)},
    {MISTAKE_OF("PV-23", send_deadlocks_at_once), .Nic = "null"},
    {MISTAKE_OF("PV-24", pool_with_odd_context_size), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-24", pool_with_data_but_no_net_buffer), .SendsNothing = TRUE},
    {MISTAKE_OF("PV-24", nbl_with_mdl_from_a_pool_with_data), .SendsNothing = TRUE},
};

const MISTAKE_GROUP LifeMemoryMistakes = MISTAKE_GROUP_OF(Mistakes);

// SPDX-License-Identifier: MIT

// What a chaos NIC does to an NBL on its way down, and undoes before it completes: everything that
// the contract lets a lower driver do. What it must restore it restores (NB list, MDL chain, data
// offset, context: contract NBL-12, NBL-14, POOL-20), and what it need not, it leaves full of junk
// (NBL-14, NBL-16, NBL-83).

#include "chaos.h"

#define BRICKS 256u
#define RIDE_BRICK 0x1u       // an MDL of ours is in front
#define RIDE_RETREAT 0x2u     // the data start is RETREAT_BYTES lower
#define RIDE_RETREAT_MDL 0x4u // and NDIS has made an MDL for them
#define RIDE_CONTEXT 0x8u     // there is context space of ours

#define RETREAT_BYTES 32u
#define CONTEXT_BYTES 32u

// One draw decides about all tricks, by bits.
#define TRICK_BRICK(Draw) (((Draw)&0x7) == 0)
#define TRICK_RETREAT(Draw) (((Draw)&0x38) == 0)
#define TRICK_CONTEXT(Draw) (((Draw)&0x1C0) == 0)
// Without room for it, NDIS allocates for the trick; not so often, then.
#define TRICK_MAY_ALLOCATE(Draw) (((Draw)&0x7E00) == 0)

C_ASSERT(RETREAT_BYTES <= RTL_FIELD_SIZE(CHAOS_BRICK, Bytes));

// ---- bricks

NDIS_STATUS ChaosBricksCreate(CHAOS *Chaos)
{
    NDIS_HANDLE Handle = Chaos->Adapter->Handle;

    Chaos->Bricks = NdisAllocateMemoryWithTagPriority(Handle, BRICKS * sizeof(*Chaos->Bricks),
                                                      ADAPTER_TAG, NormalPoolPriority);
    if (Chaos->Bricks == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    RtlZeroMemory(Chaos->Bricks, BRICKS * sizeof(*Chaos->Bricks));
    for (ULONG I = 0; I < BRICKS; I++) {
        CHAOS_BRICK *Brick = &Chaos->Bricks[I];

        Brick->Mdl = NdisAllocateMdl(Handle, Brick->Bytes, sizeof(Brick->Bytes));
        if (Brick->Mdl == NULL) {
            return NDIS_STATUS_RESOURCES;
        }
        Brick->Next = Chaos->FreeBricks;
        Chaos->FreeBricks = Brick;
    }
    return NDIS_STATUS_SUCCESS;
}

void ChaosBricksDestroy(CHAOS *Chaos)
{
    if (Chaos->Bricks == NULL) {
        return;
    }
    for (ULONG I = 0; I < BRICKS && Chaos->Bricks[I].Mdl != NULL; I++) {
        NdisFreeMdl(Chaos->Bricks[I].Mdl);
    }
    NdisFreeMemory(Chaos->Bricks, 0, 0);
}

static CHAOS_BRICK *BrickTake(CHAOS *Chaos)
{
    CHAOS_BRICK *Brick;
    KIRQL Irql;

    KeAcquireSpinLock(&Chaos->Lock, &Irql);
    Brick = Chaos->FreeBricks;
    if (Brick != NULL) {
        Chaos->FreeBricks = Brick->Next;
    }
    KeReleaseSpinLock(&Chaos->Lock, Irql);
    return Brick;
}

static void BrickGive(CHAOS *Chaos, CHAOS_BRICK *Brick)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Chaos->Lock, &Irql);
    Brick->Next = Chaos->FreeBricks;
    Chaos->FreeBricks = Brick;
    KeReleaseSpinLock(&Chaos->Lock, Irql);
}

// ---- junk

static void JunkBytes(UCHAR *Bytes, ULONG Count, ULONG64 *Draw)
{
    for (ULONG I = 0; I < Count; I++) {
        Bytes[I] = (UCHAR)ChaosNext(Draw);
    }
}

// All that is a lower driver's to write at any time. MiniportReserved of the NBL is in use here.
static void JunkOwned(NET_BUFFER_LIST *Nbl, ULONG64 *Draw)
{
    const ULONG Bits = NBL_FLAGS_MINIPORT_RESERVED | NBL_FLAGS_SCRATCH;

    NET_BUFFER_LIST_FLAGS(Nbl) = (NET_BUFFER_LIST_FLAGS(Nbl) & ~Bits) |
                                 ((ULONG)ChaosNext(Draw) & Bits);
    Nbl->Scratch = (PVOID)ChaosNext(Draw);
    for (NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl); Nb != NULL; Nb = NET_BUFFER_NEXT_NB(Nb)) {
        for (ULONG I = 0; I < ARRAYSIZE(Nb->MiniportReserved); I++) {
            NET_BUFFER_MINIPORT_RESERVED(Nb)[I] = (PVOID)ChaosNext(Draw);
        }
    }
}

// ---- tricks with the first frame of the NBL

// A frame that begins at the very end of an MDL has two descriptions (contract NBL-68), of which
// NDIS restores the other one.
static BOOLEAN TricksMayMove(const NET_BUFFER *Nb)
{
    return NET_BUFFER_CURRENT_MDL(Nb) != NULL &&
           NET_BUFFER_CURRENT_MDL_OFFSET(Nb) < MmGetMdlByteCount(NET_BUFFER_CURRENT_MDL(Nb));
}

static BOOLEAN BrickPut(CHAOS *Chaos, NET_BUFFER *Nb)
{
    CHAOS_BRICK *Brick = BrickTake(Chaos);

    if (Brick == NULL) {
        return FALSE;
    }
    Brick->Mdl->Next = NET_BUFFER_FIRST_MDL(Nb);
    NET_BUFFER_FIRST_MDL(Nb) = Brick->Mdl;
    NET_BUFFER_DATA_OFFSET(Nb) += sizeof(Brick->Bytes);
    ChaosCount(Chaos, CHAOS_MDLS_IN_FRONT, 1);
    return TRUE;
}

static void BrickRemove(CHAOS *Chaos, NET_BUFFER *Nb)
{
    MDL *Mdl = NET_BUFFER_FIRST_MDL(Nb);
    CHAOS_BRICK *Brick = CONTAINING_RECORD(MmGetMdlVirtualAddress(Mdl), CHAOS_BRICK, Bytes);

    ASSERT(Brick->Mdl == Mdl);
    NET_BUFFER_FIRST_MDL(Nb) = Mdl->Next;
    NET_BUFFER_DATA_OFFSET(Nb) -= sizeof(Brick->Bytes);
    Mdl->Next = NULL;
    BrickGive(Chaos, Brick);
}

// Opens room in front of the frame and writes a header there, as a driver does that encapsulates.
// Returns what RetreatEnd is to know, 0: nothing was done.
static ULONG RetreatBegin(CHAOS *Chaos, NET_BUFFER *Nb, ULONG64 Tricks, ULONG64 *Series)
{
    BOOLEAN Allocates = NET_BUFFER_DATA_OFFSET(Nb) < RETREAT_BYTES;
    UCHAR *Header;

    // Advancing frees every MDL in front of the frame: there may be no other one.
    if (Allocates &&
        (!TRICK_MAY_ALLOCATE(Tricks) || NET_BUFFER_CURRENT_MDL(Nb) != NET_BUFFER_FIRST_MDL(Nb) ||
         NET_BUFFER_DATA_OFFSET(Nb) != 0)) {
        return 0;
    }
    if (NdisRetreatNetBufferDataStart(Nb, RETREAT_BYTES, 0, NULL) != NDIS_STATUS_SUCCESS) {
        return 0;
    }
    Header = NdisGetDataBuffer(Nb, RETREAT_BYTES, NULL, 1, 0);
    if (Header != NULL) { // else the room lies in two MDLs
        JunkBytes(Header, RETREAT_BYTES, Series);
    }
    ChaosCount(Chaos, CHAOS_RETREATS, 1);
    if (!Allocates) {
        return RIDE_RETREAT;
    }
    ChaosCount(Chaos, CHAOS_POOL_ALLOCATIONS, 1);
    ChaosCount(Chaos, CHAOS_MDL_ALLOCATIONS, 1);
    return RIDE_RETREAT | RIDE_RETREAT_MDL;
}

static void RetreatEnd(NET_BUFFER *Nb, ULONG Ride)
{
    NdisAdvanceNetBufferDataStart(Nb, RETREAT_BYTES, (Ride & RIDE_RETREAT_MDL) != 0, NULL);
}

static BOOLEAN ContextTake(CHAOS *Chaos, NET_BUFFER_LIST *Nbl, ULONG64 Tricks, ULONG64 *Series)
{
    NET_BUFFER_LIST_CONTEXT *Before = Nbl->Context;
    BOOLEAN Allocates = Before == NULL || Before->Offset < CONTEXT_BYTES;

    if ((Allocates && !TRICK_MAY_ALLOCATE(Tricks)) ||
        NdisAllocateNetBufferListContext(Nbl, CONTEXT_BYTES, 0, ADAPTER_TAG) !=
            NDIS_STATUS_SUCCESS) {
        return FALSE;
    }
    if (Nbl->Context != Before) {
        ChaosCount(Chaos, CHAOS_POOL_ALLOCATIONS, 1);
    }
    JunkBytes(NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl), CONTEXT_BYTES, Series);
    ChaosCount(Chaos, CHAOS_CONTEXTS, 1);
    return TRUE;
}

// Returns the bits of the ride. What goes to the wire is the frame alone: there the room in front
// is closed again at once.
static ULONG DressFrame(CHAOS *Chaos, NET_BUFFER *Nb, ULONG64 Tricks, ULONG64 *Series,
                        NDIS_STATUS Fate)
{
    ULONG Ride = 0;
    ULONG Retreat;

    if (!TricksMayMove(Nb)) {
        return 0;
    }
    if (TRICK_BRICK(Tricks) && BrickPut(Chaos, Nb)) {
        Ride |= RIDE_BRICK;
    }
    Retreat = TRICK_RETREAT(Tricks) ? RetreatBegin(Chaos, Nb, Tricks, Series) : 0;
    if (Retreat != 0 && Fate == NDIS_STATUS_SUCCESS) {
        RetreatEnd(Nb, Retreat);
        Retreat = 0;
    }
    return Ride | Retreat;
}

void ChaosDress(CHAOS *Chaos, NET_BUFFER_LIST *Nbl, ULONG64 Number, NDIS_STATUS Fate)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);
    ULONG64 Tricks = ChaosDraw(Chaos, ChaosForTricks, Number);
    ULONG64 Series = ChaosDraw(Chaos, ChaosForJunk, Number);
    ULONG64 Ride = Number << CHAOS_RIDE_BITS;

    JunkOwned(Nbl, &Series);
    if (Nb != NULL) {
        Ride |= DressFrame(Chaos, Nb, Tricks, &Series, Fate);
    }
    if (TRICK_CONTEXT(Tricks) && ContextTake(Chaos, Nbl, Tricks, &Series)) {
        Ride |= RIDE_CONTEXT;
    }
    *ChaosRide(Nbl) = Ride;
    NET_BUFFER_LIST_STATUS(Nbl) = Fate;
}

void ChaosPutStatusAway(CHAOS *Chaos, NET_BUFFER_LIST *Nbl)
{
    ULONG64 Series = ChaosDraw(Chaos, ChaosForJunk, ChaosNumber(Nbl)) + 1;

    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)
    [0] = (PVOID)(ULONG_PTR)(ULONG)NET_BUFFER_LIST_STATUS(Nbl);
    NET_BUFFER_LIST_STATUS(Nbl) = (NDIS_STATUS)ChaosNext(&Series);
}

void ChaosUndress(CHAOS *Chaos, NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);
    ULONG64 Ride = *ChaosRide(Nbl);
    ULONG64 Series = ChaosDraw(Chaos, ChaosForJunk, ChaosNumber(Nbl)) + 2;
    NDIS_STATUS Status = (NDIS_STATUS)(ULONG_PTR)NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0];

    if (Ride & RIDE_CONTEXT) {
        NdisFreeNetBufferListContext(Nbl, CONTEXT_BYTES);
    }
    if (Ride & RIDE_RETREAT) {
        RetreatEnd(Nb, (ULONG)Ride);
    }
    if (Ride & RIDE_BRICK) {
        BrickRemove(Chaos, Nb);
    }
    JunkOwned(Nbl, &Series);
    for (ULONG I = 0; I < ARRAYSIZE(Nbl->MiniportReserved); I++) {
        NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[I] = (PVOID)ChaosNext(&Series);
    }
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = (PVOID)ChaosNext(&Series);
    NET_BUFFER_LIST_STATUS(Nbl) = Status;
}

// SPDX-License-Identifier: MIT

// Where finished NBLs wait, who takes them from there, and how a list goes up.

#include "chaos.h"

static KDEFERRED_ROUTINE LaneFire;

// ---- a list goes up

typedef enum DELIVERY_ORDER {
    DeliverAsIs,
    DeliverReversed,
    DeliverDealt, // like cards to two players: first, third, ..., second, fourth, ...
    DeliveryOrders
} DELIVERY_ORDER;

static NET_BUFFER_LIST *OrderReverse(NET_BUFFER_LIST *Nbls)
{
    NET_BUFFER_LIST *Reversed = NULL;

    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Nbls);

        NET_BUFFER_LIST_NEXT_NBL(Nbls) = Reversed;
        Reversed = Nbls;
        Nbls = Next;
    }
    return Reversed;
}

static NET_BUFFER_LIST *OrderDeal(NET_BUFFER_LIST *Nbls)
{
    NET_BUFFER_LIST *Hands[2] = {NULL, NULL};
    NET_BUFFER_LIST **Tails[2] = {&Hands[0], &Hands[1]};

    for (ULONG I = 0; Nbls != NULL; I ^= 1, Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbls)) {
        *Tails[I] = Nbls;
        Tails[I] = &NET_BUFFER_LIST_NEXT_NBL(Nbls);
    }
    *Tails[1] = NULL;
    *Tails[0] = Hands[1];
    return Hands[0];
}

static NET_BUFFER_LIST *DeliverOrder(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, DELIVERY_ORDER Order)
{
    if (Order == DeliverAsIs || NET_BUFFER_LIST_NEXT_NBL(Nbls) == NULL) {
        return Nbls;
    }
    ChaosCount(Chaos, CHAOS_REORDERED, 1);
    return Order == DeliverReversed ? OrderReverse(Nbls) : OrderDeal(Nbls);
}

// Cuts off the first `Most` NBLs, ready for the sender.
static NET_BUFFER_LIST *DeliverCut(CHAOS *Chaos, NET_BUFFER_LIST **Nbls, ULONG Most)
{
    NET_BUFFER_LIST *First = *Nbls;
    NET_BUFFER_LIST *Last = First;

    for (ULONG Count = 1;; Count++) {
        ChaosUndress(Chaos, Last);
        if (Count == Most || NET_BUFFER_LIST_NEXT_NBL(Last) == NULL) {
            break;
        }
        Last = NET_BUFFER_LIST_NEXT_NBL(Last);
    }
    *Nbls = NET_BUFFER_LIST_NEXT_NBL(Last);
    NET_BUFFER_LIST_NEXT_NBL(Last) = NULL;
    return First;
}

static void DeliverPieces(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG Most, ULONG CompleteFlags)
{
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Piece = DeliverCut(Chaos, &Nbls, Most);

        ChaosCount(Chaos, CHAOS_COMPLETIONS, 1);
        NdisMSendNetBufferListsComplete(Chaos->Adapter->Handle, Piece, CompleteFlags);
    }
}

void ChaosDeliver(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    ULONG64 Draw = ChaosDraw(Chaos, ChaosForDelivery, ChaosNumber(Nbls));
    // All in one call; one by one; or up to so many.
    ULONG Most = (Draw & 0x3) == 0 ? MAXULONG : (Draw & 0x3) == 1 ? 1 : (ULONG)(Draw >> 8) % 8 + 2;
    KIRQL Irql;

    Nbls = DeliverOrder(Chaos, Nbls, (DELIVERY_ORDER)((Draw >> 16) % DeliveryOrders));
    if ((Draw & 0x4) == 0) {
        DeliverPieces(Chaos, Nbls, Most, CompleteFlags);
        return;
    }
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    DeliverPieces(Chaos, Nbls, Most, CompleteFlags | NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL);
    KeLowerIrql(Irql);
}

// ---- lanes

static void LaneStartTimer(CHAOS_LANE *Lane, ULONG64 Number, LONG64 Delay)
{
    LARGE_INTEGER DueTime = {.QuadPart = -Delay};

    // One of them is the processor of whoever sends, most are not.
    KeSetTargetProcessorDpc(&Lane->Dpc, (CCHAR)(Number % KeQueryActiveProcessorCount(NULL)));
    KeSetTimer(&Lane->Timer, DueTime, &Lane->Dpc);
}

BOOLEAN ChaosHold(CHAOS *Chaos, NET_BUFFER_LIST *Nbl, CHAOS_LANE_NUMBER Number, LONG64 Delay)
{
    CHAOS_LANE *Lane = &Chaos->Lanes[Number];
    BOOLEAN IsFirst;
    BOOLEAN Held;
    KIRQL Irql;

    KeAcquireSpinLock(&Chaos->Lock, &Irql);
    Held = !Chaos->Flushing;
    IsFirst = Held && Lane->Queue.Head == NULL;
    if (Held) {
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        if (IsFirst) {
            Lane->Queue.Head = Nbl;
        } else {
            NET_BUFFER_LIST_NEXT_NBL(Lane->Queue.Tail) = Nbl;
        }
        Lane->Queue.Tail = Nbl;
        InterlockedIncrement(&Chaos->References); // a pause drops its own after the last hold
    }
    if (IsFirst && Delay == 0) {
        Lane->Due = TRUE;
    } else if (IsFirst) {
        Lane->ByThread = (ChaosNumber(Nbl) & 1) != 0;
        LaneStartTimer(Lane, ChaosNumber(Nbl), Delay);
    }
    KeReleaseSpinLock(&Chaos->Lock, Irql);
    if (IsFirst && Delay == 0) {
        KeSetEvent(&Chaos->Work, IO_NO_INCREMENT, FALSE);
    }
    if (Held) {
        ChaosCount(Chaos, Delay == 0 ? CHAOS_BY_THREAD : CHAOS_BY_TIMER, 1);
        ChaosCount(Chaos, CHAOS_LONG_DELAYS, Number == ChaosLaneLong);
    }
    return Held;
}

static void LaneDeliver(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    LONG Count = 0;

    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        Count++;
    }
    if (Count != 0) {
        ChaosCount(Chaos, CHAOS_MERGED, Count > 1);
        ChaosDeliver(Chaos, Nbls, CompleteFlags);
        ChaosLeave(Chaos, Count);
    }
}

static NET_BUFFER_LIST *LaneTake(CHAOS *Chaos, CHAOS_LANE *Lane) _Requires_lock_held_(Chaos->Lock)
{
    NET_BUFFER_LIST *Nbls = Lane->Queue.Head;

    (void)Chaos; // for the annotation
    Lane->Queue.Head = NULL;
    Lane->Due = FALSE;
    return Nbls;
}

static void NTAPI LaneFire(KDPC *Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    CHAOS_LANE *Lane = Context;
    CHAOS *Chaos = Lane->Chaos;
    NET_BUFFER_LIST *Nbls = NULL;
    BOOLEAN ByThread;

    (void)Dpc;
    (void)Argument1;
    (void)Argument2;
    KeAcquireSpinLockAtDpcLevel(&Chaos->Lock);
    ByThread = Lane->ByThread;
    if (ByThread) {
        Lane->Due = TRUE;
    } else {
        Nbls = LaneTake(Chaos, Lane);
    }
    KeReleaseSpinLockFromDpcLevel(&Chaos->Lock);
    if (ByThread) {
        KeSetEvent(&Chaos->Work, IO_NO_INCREMENT, FALSE);
    }
    LaneDeliver(Chaos, Nbls, NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL);
}

void ChaosRunDueLanes(CHAOS *Chaos)
{
    for (ULONG I = 0; I < ChaosLanes; I++) {
        NET_BUFFER_LIST *Nbls = NULL;
        KIRQL Irql;

        KeAcquireSpinLock(&Chaos->Lock, &Irql);
        if (Chaos->Lanes[I].Due) {
            Nbls = LaneTake(Chaos, &Chaos->Lanes[I]);
        }
        KeReleaseSpinLock(&Chaos->Lock, Irql);
        LaneDeliver(Chaos, Nbls, 0);
    }
}

void ChaosFlush(CHAOS *Chaos)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Chaos->Lock, &Irql);
    Chaos->Flushing = TRUE;
    KeReleaseSpinLock(&Chaos->Lock, Irql);
    for (ULONG I = 0; I < ChaosLanes; I++) {
        NET_BUFFER_LIST *Nbls;

        KeCancelTimer(&Chaos->Lanes[I].Timer);
        KeAcquireSpinLock(&Chaos->Lock, &Irql);
        Nbls = LaneTake(Chaos, &Chaos->Lanes[I]);
        KeReleaseSpinLock(&Chaos->Lock, Irql);
        LaneDeliver(Chaos, Nbls, 0);
    }
}

void ChaosReopen(CHAOS *Chaos)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Chaos->Lock, &Irql);
    Chaos->Flushing = FALSE;
    KeReleaseSpinLock(&Chaos->Lock, Irql);
}

void ChaosLanesCreate(CHAOS *Chaos)
{
    for (ULONG I = 0; I < ChaosLanes; I++) {
        CHAOS_LANE *Lane = &Chaos->Lanes[I];

        Lane->Chaos = Chaos;
        KeInitializeTimer(&Lane->Timer);
        KeInitializeDpc(&Lane->Dpc, LaneFire, Lane);
    }
}

void ChaosLanesDestroy(CHAOS *Chaos)
{
    for (ULONG I = 0; I < ChaosLanes; I++) {
        KeCancelTimer(&Chaos->Lanes[I].Timer);
    }
    KeFlushQueuedDpcs();
}

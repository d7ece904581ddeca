// SPDX-License-Identifier: MIT

// The way down, and what becomes of NBLs that are finished: now, or held for later.

#include "chaos.h"

static void QueuePut(NBL_QUEUE *Queue, NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
    if (Queue->Head == NULL) {
        Queue->Head = Nbl;
    } else {
        NET_BUFFER_LIST_NEXT_NBL(Queue->Tail) = Nbl;
    }
    Queue->Tail = Nbl;
}

// ---- up

// In this call only with `MayCall`.
static void FinishedList(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags, BOOLEAN MayCall)
{
    NBL_QUEUE Now = {NULL, NULL};
    LONG InCall = 0;

    while (Nbls != NULL) {
        NET_BUFFER_LIST *Nbl = Nbls;
        LONG64 Delay = 0;
        CHAOS_LANE_NUMBER Lane = ChaosLanes;

        Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        ChaosPutStatusAway(Chaos, Nbl);
        if (ChaosNumber(Nbl) != 0) {
            Lane = ChaosWay(Chaos, ChaosNumber(Nbl), &Delay);
        }
        if (Lane == ChaosLanes && !MayCall) {
            Lane = ChaosLaneThread;
        }
        if (Lane == ChaosLanes || !ChaosHold(Chaos, Nbl, Lane, Delay)) {
            QueuePut(&Now, Nbl);
            InCall++;
        }
    }
    if (InCall != 0) {
        ChaosCount(Chaos, CHAOS_IN_CALL, InCall);
        ChaosDeliver(Chaos, Now.Head, CompleteFlags);
    }
}

void ChaosFinished(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    FinishedList(Adapter->Chaos, Nbls, CompleteFlags, TRUE);
}

// ---- down

static void Happenings(CHAOS *Chaos, ULONG64 Number)
{
    struct chaos_port *Port = Chaos->Port;

    if (ChaosFallsDue(Chaos, ChaosForPause, Number, Port->settings.pause_every)) {
        ChaosCount(Chaos, CHAOS_PAUSES, 1);
        Port->pause(Chaos->Adapter->Slot);
    }
    if (ChaosFallsDue(Chaos, ChaosForReset, Number, Port->settings.reset_every)) {
        ChaosCount(Chaos, CHAOS_RESETS, 1);
        NdisMResetMiniport(Chaos->Adapter->Handle);
    }
    if (ChaosFallsDue(Chaos, ChaosForLink, Number, Port->settings.link_every)) {
        ChaosLoseLink(Chaos, Number);
    }
}

// Those that go to the wire, and those that have failed already.
static void SendDivide(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, NBL_QUEUE *Good, NBL_QUEUE *Failed)
{
    LONG Failures = 0;
    LONG64 Count = 0;

    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        Count++;
    }
    // One range for the whole call: with one sender, numbers are in the order of the sends.
    ULONG64 Number = (ULONG64)(InterlockedAdd64(&Chaos->LastNumber, Count) - Count);
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Nbl = Nbls;
        NDIS_STATUS Fate = ChaosFate(Chaos, ++Number);

        Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        ChaosDress(Chaos, Nbl, Number, Fate);
        QueuePut(Fate == NDIS_STATUS_SUCCESS ? Good : Failed, Nbl);
        Failures += Fate != NDIS_STATUS_SUCCESS;
        Happenings(Chaos, Number);
    }
    ChaosCount(Chaos, CHAOS_SENT, Count);
    ChaosCount(Chaos, CHAOS_FAILED, Failures);
}

// A sender may send again from its completion callback. What has failed here comes back at once, so
// that would have no end; only one call at a time, and none inside it, completes failures itself.
static void SendFailed(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    BOOLEAN MayCall = InterlockedExchange(&Chaos->FailingInCall, 1) == 0;

    FinishedList(Chaos, Nbls, CompleteFlags, MayCall);
    if (MayCall) {
        InterlockedExchange(&Chaos->FailingInCall, 0);
    }
}

void NTAPI ChaosSend(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER PortNumber,
                     ULONG SendFlags)
{
    ADAPTER *Adapter = Context;
    CHAOS *Chaos = Adapter->Chaos;
    NBL_QUEUE Good = {NULL, NULL};
    NBL_QUEUE Failed = {NULL, NULL};

    if (!ChaosEnter(Chaos, 1)) {
        for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
            *ChaosRide(Nbl) = 0;
        }
        NicSendNetBufferLists(Adapter, Nbls, PortNumber, SendFlags);
        return;
    }
    SendDivide(Chaos, Nbls, &Good, &Failed);
    if (Good.Head != NULL) {
        NicSendNetBufferLists(Adapter, Good.Head, PortNumber, SendFlags);
    }
    if (Failed.Head != NULL) {
        SendFailed(Chaos, Failed.Head,
                   NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags)
                       ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL
                       : 0);
    }
    ChaosLeave(Chaos, 1);
}

// A request only, and a miniport need not follow it (contract SND-63).
void NTAPI ChaosCancelSend(NDIS_HANDLE Context, PVOID CancelId)
{
    ADAPTER *Adapter = Context;
    CHAOS *Chaos = Adapter->Chaos;
    ULONG64 Number = (ULONG64)InterlockedIncrement64(&Chaos->LastCancel);

    if (ChaosFallsDue(Chaos, ChaosForCancel, Number, 2)) {
        ChaosCount(Chaos, CHAOS_CANCELS_IGNORED, 1);
        return;
    }
    NicCancelSend(Adapter, CancelId);
}

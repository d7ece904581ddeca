// SPDX-License-Identifier: MIT

// The way down. NBLs are appended to a queue; the thread that finds nobody at work becomes its
// drainer and carries on until the queue is empty, the wire has no room, or it has done its share.
// So frames leave in the order of the calls, one thread is in the wire at a time, no lock is held
// in a call-out, and nothing is allocated.
//
// A single frame goes out on its sender's thread. Where the wire likes batches, a burst does not:
// as on a real NIC the sender only queues, and a thread of the adapter's own, the transmitter,
// takes what has gathered in one call of the wire. (On a veth a system call for one frame takes 1.9
// us where sendmmsg takes 0.6 us a frame; docs/benchmarks.md.) It goes on as long as enough
// gathers: a sender that waits for each frame is better off alone.
//
// While an NBL is here, MiniportReserved[0] holds the first NET_BUFFER that is not yet dealt with,
// and Status the first failure of those that are.

#include "chaos.h"

#include <errno.h> // numbers only: the results of a wire

// Batches that a drainer sends before it leaves the rest to a thread of the adapter's.
#define SEND_SHARE 32u

// Sends in close succession that make a burst, and what is close.
#define SEND_BURST 16u
#define SEND_CLOSE_US 20

// How long the transmitter looks for more before it sleeps: about what waking it costs.
#define SEND_LINGER_US 20

// Frames in a batch, on average, that make handing over worth its cost, and the batches before
// which the transmitter does not give up.
#define SEND_WORTH 3u
#define SEND_TRIAL 8u

// ---- queues

// The transmitter looks at the head of Send.Queue without the lock.
static void QueueSetHead(NBL_QUEUE *Queue, NET_BUFFER_LIST *Head)
{
    WritePointerNoFence((PVOID volatile *)&Queue->Head, Head);
}

static void QueueAppend(NBL_QUEUE *Queue, const NBL_QUEUE *More)
{
    if (More->Head == NULL) {
        return;
    }
    if (Queue->Head == NULL) {
        QueueSetHead(Queue, More->Head);
    } else {
        NET_BUFFER_LIST_NEXT_NBL(Queue->Tail) = More->Head;
    }
    Queue->Tail = More->Tail;
}

static void QueueMove(NBL_QUEUE *To, NBL_QUEUE *From)
{
    QueueAppend(To, From);
    QueueSetHead(From, NULL);
}

static void SendCompleteList(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    if (Nbls == NULL) {
        return;
    }
    if (Adapter->Chaos != NULL) {
        ChaosFinished(Adapter, Nbls, CompleteFlags);
    } else {
        NdisMSendNetBufferListsComplete(Adapter->Handle, Nbls, CompleteFlags);
    }
}

static void SendAbortList(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, NDIS_STATUS Status)
{
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        NET_BUFFER_LIST_STATUS(Nbl) = Status;
    }
    SendCompleteList(Adapter, Nbls, 0);
}

// Takes the finished NBLs from the front of Active.
static NET_BUFFER_LIST *SendTakeFinished(SEND_PATH *Send)
{
    NET_BUFFER_LIST *First = Send->Active.Head;
    NET_BUFFER_LIST *Last = NULL;
    NET_BUFFER_LIST *Nbl = First;

    while (Nbl != NULL && *NicSendCursor(Nbl) == NULL) {
        Last = Nbl;
        Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl);
    }
    if (Last == NULL) {
        return NULL;
    }
    NET_BUFFER_LIST_NEXT_NBL(Last) = NULL;
    Send->Active.Head = Nbl;
    return First;
}

// One call of the wire. FALSE: it has no room for more.
static BOOLEAN SendBatch(SEND_PATH *Send, ULONG CompleteFlags)
{
    ADAPTER *Adapter = Send->Adapter;
    struct wire_slot *Slot = Adapter->Slot;
    ULONG Taken = 0;
    BOOLEAN HasRoom = TRUE;

    NicSendBuildBatch(Send);
    if (Send->FrameCount != 0) {
        Taken = Slot->ops->send(Slot->wire, Send->Frames, Send->FrameCount);
        HasRoom = Taken == Send->FrameCount;
    }
    if (!Slot->properties.threaded && !HasRoom && Taken == 0) {
        // The ring was emptied after the last call, so there will never be room for this one.
        Send->Frames[Taken++].result = ENOBUFS;
    }
    NicSendAccount(Send, Taken);
    SendCompleteList(Adapter, SendTakeFinished(Send), CompleteFlags);
    if (Slot->properties.threaded) {
        return HasRoom;
    }
    if (Slot->ops->receive != NULL) {
        while (NicReceiveFrames(Adapter) != 0) {
        }
    }
    return TRUE;
}

// ---- the drainer

// With the lock held, when nobody drains: the caller does from now on.
static void SendTakeOver(SEND_PATH *Send)
{
    Send->State = SendDraining;
    QueueMove(&Send->Active, &Send->Queue);
}

// Leaves the rest to the adapter's thread. The kick is inside the lock: after it, a pause may end
// and the adapter be freed.
static void SendLeave(SEND_PATH *Send, SEND_STATE State)
{
    QueueMove(&Send->Active, &Send->Queue);
    QueueMove(&Send->Queue, &Send->Active);
    Send->State = State;
    if (State == SendHandedOver && Send->Adapter->Transmitter != NULL) {
        KeSetEvent(&Send->Transmit, IO_NO_INCREMENT, FALSE);
    } else {
        NicKick(Send->Adapter);
    }
}

// ---- is the transmitter worth it?

// After each batch: an average that forgets.
static void SendMeasure(SEND_PATH *Send, BOOLEAN IsTransmitter)
{
    if (!IsTransmitter) {
        return;
    }
    Send->BurstFrames += Send->FrameCount;
    if (++Send->BurstBatches == 2 * SEND_TRIAL) {
        Send->BurstFrames /= 2;
        Send->BurstBatches /= 2;
    }
}

static BOOLEAN SendPays(const SEND_PATH *Send)
{
    return Send->BurstFrames >= SEND_WORTH * Send->BurstBatches;
}

// With the lock held, by the drainer that leaves an empty queue. A sender that waits for each of
// its frames gains nothing from a transmitter: its burst has to prove itself anew. One that filled
// batches goes on, however long its own waking took.
static void SendJudge(SEND_PATH *Send)
{
    if (Send->BurstBatches == 0) {
        return; // the transmitter had no part in it
    }
    if (SendPays(Send)) {
        Send->LastTick = KeQueryPerformanceCounter(NULL).QuadPart;
    } else {
        Send->Streak = 0;
    }
    Send->BurstFrames = Send->BurstBatches = 0;
}

// ---- the drainer's turns

// Decides what the drainer does next. Returns FALSE when it is the drainer no more; `Abort` is then
// empty. With TRUE it first completes what stands in `Abort`.
static BOOLEAN SendNext(SEND_PATH *Send, BOOLEAN HasRoom, ULONG Share, NBL_QUEUE *Abort)
{
    BOOLEAN Again = TRUE;
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    if (Send->AdapterState != AdapterRunning) {
        QueueMove(Abort, &Send->Active);
        QueueMove(Abort, &Send->Queue);
    } else if (!HasRoom) {
        SendLeave(Send, SendNoRoom);
        Again = FALSE;
    } else if (Send->Active.Head == NULL) {
        QueueMove(&Send->Active, &Send->Queue);
    }
    if (Again && Send->Active.Head == NULL && Abort->Head == NULL) {
        Send->State = SendIdle;
        SendJudge(Send);
        if (Send->AdapterState == AdapterPausing) {
            KeSetEvent(&Send->Drained, IO_NO_INCREMENT, FALSE);
        }
        Again = FALSE;
    } else if (Again && Share == 0 && Abort->Head == NULL) {
        SendLeave(Send, SendHandedOver);
        Again = FALSE;
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    return Again;
}

// Returns when there is more to do, or after a while.
static void SendLinger(SEND_PATH *Send)
{
    LONG64 End = 0;

    if (!Send->HasSpare || (Send->BurstBatches >= SEND_TRIAL && !SendPays(Send))) {
        return;
    }
    while (ReadPointerNoFence((PVOID volatile *)&Send->Queue.Head) == NULL) {
        LONG64 Now = KeQueryPerformanceCounter(NULL).QuadPart;

        if (End == 0) {
            End = Now + Send->LingerTicks;
        } else if (Now >= End) {
            return;
        }
        YieldProcessor();
    }
}

static void SendDrain(SEND_PATH *Send, ULONG CompleteFlags, BOOLEAN IsTransmitter)
{
    BOOLEAN HasRoom = TRUE;
    ULONG Share = SEND_SHARE;
    NBL_QUEUE Abort = {NULL, NULL};

    do {
        if (Abort.Head != NULL) {
            SendAbortList(Send->Adapter, Abort.Head, NDIS_STATUS_PAUSED);
            Abort.Head = NULL;
        } else {
            HasRoom = SendBatch(Send, CompleteFlags);
            Share--;
            SendMeasure(Send, IsTransmitter);
        }
        if (IsTransmitter && HasRoom && Send->Active.Head == NULL) {
            SendLinger(Send);
        }
    } while (SendNext(Send, HasRoom, Share, &Abort));
}

// ---- entry points

static NBL_QUEUE SendPrepare(NET_BUFFER_LIST *Nbls)
{
    NBL_QUEUE Queue = {Nbls, NULL};

    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        *NicSendCursor(Nbl) = NET_BUFFER_LIST_FIRST_NB(Nbl);
        NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
        Queue.Tail = Nbl;
    }
    return Queue;
}

// The processor may change at any moment, which costs only that somebody else's queue is used.
static SEND_PATH *SendChoose(ADAPTER *Adapter)
{
    return &Adapter->Sends[Adapter->SendCount == 1 ? 0 : NdisCurrentProcessorIndex()];
}

// With the lock held, by one that found nobody at work: is this the middle of a burst?
static BOOLEAN SendIsBurst(SEND_PATH *Send)
{
    LONG64 Now;

    if (Send->Adapter->Transmitter == NULL) {
        return FALSE;
    }
    Now = KeQueryPerformanceCounter(NULL).QuadPart;
    Send->Streak = Now - Send->LastTick <= Send->CloseTicks ? Send->Streak + 1 : 0;
    Send->LastTick = Now;
    return Send->Streak >= SEND_BURST;
}

void NTAPI NicSendNetBufferLists(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls,
                                 NDIS_PORT_NUMBER PortNumber, ULONG SendFlags)
{
    ADAPTER *Adapter = Context;
    SEND_PATH *Send = SendChoose(Adapter);
    NBL_QUEUE New = SendPrepare(Nbls);
    BOOLEAN Accepted;
    BOOLEAN Drain = FALSE;
    KIRQL Irql;

    (void)PortNumber;
    KeAcquireSpinLock(&Send->Lock, &Irql);
    Accepted = Send->AdapterState == AdapterRunning;
    if (Accepted) {
        QueueMove(&Send->Queue, &New);
        if (Send->State == SendIdle && SendIsBurst(Send)) {
            SendLeave(Send, SendHandedOver);
        } else if (Send->State == SendIdle) {
            SendTakeOver(Send);
            Drain = TRUE;
        }
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    if (!Accepted) {
        SendAbortList(Adapter, New.Head, NDIS_STATUS_PAUSED);
    } else if (Drain) {
        SendDrain(Send,
                  NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags)
                      ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL
                      : 0,
                  FALSE);
    }
}

// Only what still waits in the queue can be stopped; the rest completes as it would have.
static void SendCancel(SEND_PATH *Send, PVOID CancelId)
{
    NBL_QUEUE Old = {NULL, NULL}, Cancelled = {NULL, NULL};
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    QueueMove(&Old, &Send->Queue);
    while (Old.Head != NULL) {
        NBL_QUEUE One = {Old.Head, Old.Head};

        Old.Head = NET_BUFFER_LIST_NEXT_NBL(One.Head);
        NET_BUFFER_LIST_NEXT_NBL(One.Head) = NULL;
        QueueAppend(NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(One.Head) == CancelId ? &Cancelled
                                                                             : &Send->Queue,
                    &One);
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    SendAbortList(Send->Adapter, Cancelled.Head, NDIS_STATUS_SEND_ABORTED);
}

void NTAPI NicCancelSend(NDIS_HANDLE Context, PVOID CancelId)
{
    ADAPTER *Adapter = Context;

    for (ULONG I = 0; I < Adapter->SendCount; I++) {
        SendCancel(&Adapter->Sends[I], CancelId);
    }
}

// ---- life

static void SendInitialize(SEND_PATH *Send, ADAPTER *Adapter)
{
    LARGE_INTEGER Frequency;

    (void)KeQueryPerformanceCounter(&Frequency);
    Send->Adapter = Adapter;
    Send->CloseTicks = SEND_CLOSE_US * Frequency.QuadPart / 1000000;
    Send->LingerTicks = SEND_LINGER_US * Frequency.QuadPart / 1000000;
    KeInitializeSpinLock(&Send->Lock);
    KeInitializeEvent(&Send->Drained, NotificationEvent, FALSE);
    KeInitializeEvent(&Send->Transmit, SynchronizationEvent, FALSE);
    Send->AdapterState = AdapterPaused;
    Send->State = SendIdle;
}

NDIS_STATUS NicSendCreate(ADAPTER *Adapter)
{
    // What a chaos NIC does follows from its seed only with one queue.
    BOOLEAN One = !Adapter->Slot->properties.concurrent || Adapter->Slot->chaos != NULL;
    ULONG Count = One ? 1 : KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS);

    Adapter->Sends = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED,
                                     Count * sizeof(SEND_PATH), ADAPTER_TAG);
    if (Adapter->Sends == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    for (ULONG I = 0; I < Count; I++) {
        SendInitialize(&Adapter->Sends[I], Adapter);
    }
    Adapter->SendCount = Count;
    return NDIS_STATUS_SUCCESS;
}

void NicSendDestroy(ADAPTER *Adapter)
{
    if (Adapter->Sends != NULL) {
        ExFreePoolWithTag(Adapter->Sends, ADAPTER_TAG);
        Adapter->Sends = NULL;
    }
}

static void SendSetState(SEND_PATH *Send, ADAPTER_STATE State)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    Send->AdapterState = State;
    KeReleaseSpinLock(&Send->Lock, Irql);
}

void NicSendRestart(ADAPTER *Adapter)
{
    for (ULONG I = 0; I < Adapter->SendCount; I++) {
        KeClearEvent(&Adapter->Sends[I].Drained);
        SendSetState(&Adapter->Sends[I], AdapterRunning);
    }
}

static void SendPause(SEND_PATH *Send)
{
    NBL_QUEUE Abort = {NULL, NULL};
    BOOLEAN Wait;
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    Send->AdapterState = AdapterPausing;
    Wait = Send->State == SendDraining;
    if (!Wait) {
        QueueMove(&Abort, &Send->Queue);
        Send->State = SendIdle;
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    SendAbortList(Send->Adapter, Abort.Head, NDIS_STATUS_PAUSED);
    if (Wait) {
        KeWaitForSingleObject(&Send->Drained, Executive, KernelMode, FALSE, NULL);
    }
    SendSetState(Send, AdapterPaused);
}

void NicSendPause(ADAPTER *Adapter)
{
    for (ULONG I = 0; I < Adapter->SendCount; I++) {
        SendPause(&Adapter->Sends[I]);
    }
}

// ---- for the adapter's threads

static BOOLEAN SendResume(SEND_PATH *Send, BOOLEAN HasRoom)
{
    BOOLEAN Drain;
    BOOLEAN Waits;
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    Drain = (Send->State == SendHandedOver && Send->Adapter->Transmitter == NULL) ||
            (Send->State == SendNoRoom && HasRoom);
    if (Drain) {
        SendTakeOver(Send);
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    if (Drain) {
        SendDrain(Send, 0, FALSE);
    }
    KeAcquireSpinLock(&Send->Lock, &Irql);
    Waits = Send->State == SendNoRoom;
    KeReleaseSpinLock(&Send->Lock, Irql);
    return Waits;
}

BOOLEAN NicSendResume(ADAPTER *Adapter, BOOLEAN HasRoom)
{
    BOOLEAN Waits = FALSE;

    for (ULONG I = 0; I < Adapter->SendCount; I++) {
        Waits |= SendResume(&Adapter->Sends[I], HasRoom);
    }
    return Waits;
}

void NicSendTransmit(SEND_PATH *Send)
{
    BOOLEAN Drain;
    KIRQL Irql;

    KeAcquireSpinLock(&Send->Lock, &Irql);
    Drain = Send->State == SendHandedOver;
    if (Drain) {
        SendTakeOver(Send);
    }
    KeReleaseSpinLock(&Send->Lock, Irql);
    if (Drain) {
        SendDrain(Send, 0, TRUE);
    }
}

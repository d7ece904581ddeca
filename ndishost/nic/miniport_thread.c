// SPDX-License-Identifier: MIT

// The adapter's thread: it stands in the wire's `wait` and does what has no caller of its own:
// receiving, sending what had to wait, telling NDIS of the link and the bus of the end.

#include "chaos.h"

void NicKick(ADAPTER *Adapter)
{
    struct wire_slot *Slot = Adapter->Slot;

    if (Slot->properties.threaded) {
        Slot->ops->wake(Slot->wire);
    } else {
        KeSetEvent(&Adapter->Kick, IO_NO_INCREMENT, FALSE);
    }
}

static unsigned AdapterWait(ADAPTER *Adapter, unsigned Wanted)
{
    struct wire_slot *Slot = Adapter->Slot;

    if (Slot->properties.threaded) {
        return Slot->ops->wait(Slot->wire, Wanted);
    }
    KeWaitForSingleObject(&Adapter->Kick, Executive, KernelMode, FALSE, NULL);
    return WIRE_EVENT_STOP;
}

static void AdapterReportLink(ADAPTER *Adapter)
{
    struct wire_slot *Slot = Adapter->Slot;
    LONG Up = !ReadNoFence(&Adapter->Removed) && Slot->ops->link_up(Slot->wire) != 0 &&
              !ChaosHidesLink(Adapter);
    NDIS_STATUS_INDICATION Indication;
    NDIS_LINK_STATE State;

    if (InterlockedExchange(&Adapter->LinkUp, Up) == Up) {
        return;
    }
    NicGetLinkState(Adapter, &State);
    RtlZeroMemory(&Indication, sizeof(Indication));
    Indication.Header.Type = NDIS_OBJECT_TYPE_STATUS_INDICATION;
    Indication.Header.Revision = NDIS_STATUS_INDICATION_REVISION_1;
    Indication.Header.Size = NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    Indication.SourceHandle = Adapter->Handle;
    Indication.StatusCode = NDIS_STATUS_LINK_STATE;
    Indication.StatusBuffer = &State;
    Indication.StatusBufferSize = sizeof(State);
    NdisMIndicateStatusEx(Adapter->Handle, &Indication);
}

static void AdapterReportGone(ADAPTER *Adapter)
{
    InterlockedExchange(&Adapter->Removed, 1);
    AdapterReportLink(Adapter);
    if (Adapter->Slot->gone != NULL) {
        Adapter->Slot->gone(Adapter->Slot);
    }
}

static KSTART_ROUTINE AdapterThread;

static void NTAPI AdapterThread(void *Context)
{
    ADAPTER *Adapter = Context;
    BOOLEAN Waits = FALSE;
    unsigned Wanted = Adapter->Slot->ops->receive == NULL ? 0 : WIRE_EVENT_RECEIVE;

    for (;;) {
        unsigned Found = AdapterWait(Adapter, Wanted | (Waits ? WIRE_EVENT_WRITABLE : 0));

        if (ReadNoFence(&Adapter->Stopping)) {
            break;
        }
        if (Found & WIRE_EVENT_GONE) {
            AdapterReportGone(Adapter);
        } else if ((Found & WIRE_EVENT_LINK) || Adapter->Chaos != NULL) {
            AdapterReportLink(Adapter);
        }
        // After a change of the link or the end, too: the wire will give its reason.
        Waits = NicSendResume(Adapter, (Found & ~(WIRE_EVENT_RECEIVE | WIRE_EVENT_STOP)) != 0 ||
                                           ReadNoFence(&Adapter->Removed));
        if (Found & WIRE_EVENT_RECEIVE) {
            NicReceiveFrames(
                Adapter); // one batch, so that a flood of frames does not hold up sends
        }
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS NicThreadRun(PKSTART_ROUTINE Routine, void *Context, PKTHREAD *Thread)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Handle;
    NTSTATUS Status;

    InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, Routine,
                                  Context);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       (void **)Thread, NULL);
    ASSERT(NT_SUCCESS(Status)); // the handle is our own and of that type
    ZwClose(Handle);
    return Status;
}

void NicThreadJoin(PKTHREAD *Thread)
{
    KeWaitForSingleObject(*Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(*Thread);
    *Thread = NULL;
}

static KSTART_ROUTINE AdapterTransmitter;

static void NTAPI AdapterTransmitter(void *Context)
{
    ADAPTER *Adapter = Context;
    struct wire_slot *Slot = Adapter->Slot;
    SEND_PATH *Send = &Adapter->Sends[0]; // what likes batches has one queue

    Send->HasSpare = Slot->ops->begin_bursts(Slot->wire) != 0;
    for (;;) {
        KeWaitForSingleObject(&Send->Transmit, Executive, KernelMode, FALSE, NULL);
        if (ReadNoFence(&Adapter->Stopping)) {
            break;
        }
        NicSendTransmit(Send);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS NicThreadStart(ADAPTER *Adapter)
{
    NTSTATUS Status = NicThreadRun(AdapterThread, Adapter, &Adapter->Thread);

    if (NT_SUCCESS(Status) && Adapter->Slot->properties.batches) {
        Status = NicThreadRun(AdapterTransmitter, Adapter, &Adapter->Transmitter);
    }
    return Status; // NicThreadStop takes down what there is
}

void NicThreadStop(ADAPTER *Adapter)
{
    InterlockedExchange(&Adapter->Stopping, 1);
    if (Adapter->Transmitter != NULL) {
        KeSetEvent(&Adapter->Sends[0].Transmit, IO_NO_INCREMENT, FALSE);
        NicThreadJoin(&Adapter->Transmitter);
    }
    if (Adapter->Thread != NULL) {
        NicKick(Adapter);
        NicThreadJoin(&Adapter->Thread);
    }
}

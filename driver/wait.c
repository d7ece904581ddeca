// SPDX-License-Identifier: MIT

// Why no wake-up is lost. A waiter first puts its request into the queue, then looks whether its
// wait has ended already. Whoever ends waits first makes the change (gives the slot back, sets the
// state), then looks whether anybody is in the queue. Both have a full memory barrier between their
// two steps (WaitWake, and the interlocked increment of Count), so that at least one of them sees
// the other. Both may: the queue hands each request to one of them only. It may also be cancelled
// by then, which the queue settles likewise.

#include "wait.h"

#include "binding.h"
#include "client.h"

static IO_CSQ_INSERT_IRP WaitInsertIrp;
static IO_CSQ_REMOVE_IRP WaitRemoveIrp;
static IO_CSQ_PEEK_NEXT_IRP WaitPeekNextIrp;
static IO_CSQ_ACQUIRE_LOCK WaitAcquireLock;
static IO_CSQ_RELEASE_LOCK WaitReleaseLock;
static IO_CSQ_COMPLETE_CANCELED_IRP WaitCompleteCanceledIrp;

static WAIT_QUEUE *WaitQueueOf(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, WAIT_QUEUE, Csq);
}

_Use_decl_annotations_ static VOID WaitInsertIrp(PIO_CSQ Csq, PIRP Irp)
{
    WAIT_QUEUE *Queue = WaitQueueOf(Csq);

    InsertTailList(&Queue->Irps, &Irp->Tail.Overlay.ListEntry);
    InterlockedIncrement(&Queue->Count);
}

_Use_decl_annotations_ static VOID WaitRemoveIrp(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    InterlockedDecrement(&WaitQueueOf(Csq)->Count);
}

// PeekContext: a client whose requests are wanted, or NULL for any.
_Use_decl_annotations_ static PIRP WaitPeekNextIrp(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    LIST_ENTRY *Head = &WaitQueueOf(Csq)->Irps;
    LIST_ENTRY *Entry = Irp == NULL ? Head->Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; Entry != Head; Entry = Entry->Flink) {
        IRP *Next = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL ||
            IoGetCurrentIrpStackLocation(Next)->FileObject->FsContext == PeekContext) {
            return Next;
        }
    }
    return NULL;
}

_Use_decl_annotations_ _Analysis_suppress_lock_checking_(Lock) static VOID
    WaitAcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&WaitQueueOf(Csq)->Lock, Irql);
}

_Use_decl_annotations_ _Analysis_suppress_lock_checking_(Lock) static VOID
    WaitReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&WaitQueueOf(Csq)->Lock, Irql);
}

_IRQL_requires_max_(DISPATCH_LEVEL) static VOID WaitComplete(IRP *Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NETWORK_INCREMENT);
}

_Use_decl_annotations_ static VOID WaitCompleteCanceledIrp(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    WaitComplete(Irp, STATUS_CANCELLED);
}

NTSTATUS WaitStart(WAIT_QUEUE *Queue)
{
    KeInitializeSpinLock(&Queue->Lock);
    InitializeListHead(&Queue->Irps);
    return IoCsqInitialize(&Queue->Csq, WaitInsertIrp, WaitRemoveIrp, WaitPeekNextIrp,
                           WaitAcquireLock, WaitReleaseLock, WaitCompleteCanceledIrp);
}

// What a request that waits now would be told; STATUS_PENDING: to go on waiting.
_IRQL_requires_max_(DISPATCH_LEVEL) static NTSTATUS WaitEvaluate(BINDING *Binding)
{
    NTSTATUS Status = BindingEnterSend(Binding);

    if (NT_SUCCESS(Status)) {
        Status = NblPoolFreeCount(Binding->Pool) != 0 ? STATUS_SUCCESS : STATUS_PENDING;
        BindingLeaveSend(Binding, 1);
        return Status;
    }
    return Status == STATUS_DEVICE_REMOVED ? Status : STATUS_PENDING;
}

VOID NTAPI WaitWakeAll(BINDING *Binding, LONG Count)
{
    NTSTATUS Status = WaitEvaluate(Binding);

    if (Status == STATUS_PENDING) {
        return; // the next change comes with a wake-up of its own
    }
    // All of them: a slot is promised to none, and the first may not want it any more. Not more
    // than there were: who comes later looks for itself, and this loop has an end.
    for (; Count > 0; Count--) {
        IRP *Irp = IoCsqRemoveNextIrp(&Binding->Waits.Csq, NULL);

        if (Irp == NULL) {
            break;
        }
        WaitComplete(Irp, Status);
    }
}

VOID WaitCancelClient(BINDING *Binding, CLIENT *Client)
{
    IRP *Irp;

    while ((Irp = IoCsqRemoveNextIrp(&Binding->Waits.Csq, Client)) != NULL) {
        WaitComplete(Irp, STATUS_CANCELLED);
    }
}

NTSTATUS WaitSend(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    BINDING *Binding = ClientBinding(Client);
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Stack);
    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    Status = WaitEvaluate(Binding);
    if (Status != STATUS_PENDING) {
        return Status;
    }

    // Once queued, the request can complete, the handle be closed and both structures lose their
    // last reference but these.
    BindingReference(Binding);
    ClientReference(Client);
    IoCsqInsertIrp(&Binding->Waits.Csq, Irp, NULL); // marks it pending
    WaitWake(Binding);
    // CLEANUP sets this before it empties the queue: one of the two sees this request.
    if (ClientIsClosing(Client)) {
        WaitCancelClient(Binding, Client);
    }
    ClientRelease(Client);
    BindingRelease(Binding);
    return STATUS_PENDING;
}

// SPDX-License-Identifier: MIT

// Cancel-safe IRP queues. DriverContext[3] of a queued IRP leads to the queue or, when the IRP was
// inserted with a context, to that; whoever takes the cancel routine off the IRP owns it.

#include "sim.h"

#define LINK(Irp) ((Irp)->Tail.Overlay.DriverContext[3])

typedef void ANY_FUNCTION(void);

static NTSTATUS Initialize(PIO_CSQ Csq, ULONG Type, ANY_FUNCTION *Insert, PIO_CSQ_REMOVE_IRP Remove,
                           PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire,
                           PIO_CSQ_RELEASE_LOCK Release, PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    *Csq = (IO_CSQ){.Type = Type,
                    .CsqInsertIrp = (PIO_CSQ_INSERT_IRP)Insert,
                    .CsqRemoveIrp = Remove,
                    .CsqPeekNextIrp = Peek,
                    .CsqAcquireLock = Acquire,
                    .CsqReleaseLock = Release,
                    .CsqCompleteCanceledIrp = Complete};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                               PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                               PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                               PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                               PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                               PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return Initialize(Csq, IO_TYPE_CSQ, (ANY_FUNCTION *)CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp,
                      CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                                 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                                 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                                 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                                 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                                 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return Initialize(Csq, IO_TYPE_CSQ_EX, (ANY_FUNCTION *)CsqInsertIrp, CsqRemoveIrp,
                      CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

static PIO_CSQ QueueOf(PIRP Irp, PIO_CSQ_IRP_CONTEXT *Context)
{
    PIO_CSQ_IRP_CONTEXT Link = LINK(Irp);
    if (Link->Type == IO_TYPE_CSQ_IRP_CONTEXT) {
        *Context = Link;
        return Link->Csq;
    }
    *Context = NULL;
    return (PIO_CSQ)Link;
}

static DRIVER_CANCEL CancelQueued;
_Use_decl_annotations_ static VOID NTAPI CancelQueued(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    PIO_CSQ_IRP_CONTEXT Context;
    PIO_CSQ Csq = QueueOf(Irp, &Context);
    KIRQL Irql;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Csq->CsqAcquireLock(Csq, &Irql);
    Csq->CsqRemoveIrp(Csq, Irp);
    if (Context != NULL) {
        Context->Irp = NULL;
        LINK(Irp) = NULL;
    }
    Csq->CsqReleaseLock(Csq, Irql);
    Csq->CsqCompleteCanceledIrp(Csq, Irp);
}

static NTSTATUS CallInsert(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
    if (Csq->Type == IO_TYPE_CSQ_EX) {
        return ((PIO_CSQ_INSERT_IRP_EX)(ANY_FUNCTION *)Csq->CsqInsertIrp)(Csq, Irp, InsertContext);
    }
    Csq->CsqInsertIrp(Csq, Irp);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
                                PVOID InsertContext)
{
    KIRQL Irql;
    BOOLEAN Cancelled = FALSE;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    Csq->CsqAcquireLock(Csq, &Irql);
    if (Context != NULL) {
        *Context = (IO_CSQ_IRP_CONTEXT){.Type = IO_TYPE_CSQ_IRP_CONTEXT, .Irp = Irp, .Csq = Csq};
    }
    LINK(Irp) = Context != NULL ? (PVOID)Context : (PVOID)Csq;
    // A driver whose insert routine refuses it has the IRP back, unmarked.
    NTSTATUS Status = CallInsert(Csq, Irp, InsertContext);
    if (!NT_SUCCESS(Status)) {
        LINK(Irp) = NULL;
        if (Context != NULL) {
            Context->Irp = NULL;
        }
        Csq->CsqReleaseLock(Csq, Irql);
        return Status;
    }
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelQueued);
    // Cancelled before the routine was set: nobody will call it, unless a canceller just took it.
    if (__atomic_load_n(&Irp->Cancel, __ATOMIC_SEQ_CST) && IoSetCancelRoutine(Irp, NULL) != NULL) {
        Cancelled = TRUE;
        Csq->CsqRemoveIrp(Csq, Irp);
        LINK(Irp) = NULL;
        if (Context != NULL) {
            Context->Irp = NULL;
        }
    }
    Csq->CsqReleaseLock(Csq, Irql);
    if (Cancelled) {
        Csq->CsqCompleteCanceledIrp(Csq, Irp);
    }
    return Status;
}

VOID NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

static void TakeOut(PIO_CSQ Csq, PIRP Irp)
{
    PIO_CSQ_IRP_CONTEXT Context;
    QueueOf(Irp, &Context);
    Csq->CsqRemoveIrp(Csq, Irp);
    if (Context != NULL) {
        Context->Irp = NULL;
    }
    LINK(Irp) = NULL;
}

PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    KIRQL Irql;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    Csq->CsqAcquireLock(Csq, &Irql);
    PIRP Irp = Csq->CsqPeekNextIrp(Csq, NULL, PeekContext);
    // One whose routine is gone is being cancelled: the canceller takes it out.
    while (Irp != NULL && IoSetCancelRoutine(Irp, NULL) == NULL) {
        Irp = Csq->CsqPeekNextIrp(Csq, Irp, PeekContext);
    }
    if (Irp != NULL) {
        TakeOut(Csq, Irp);
    }
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}

PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    KIRQL Irql;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    Csq->CsqAcquireLock(Csq, &Irql);
    PIRP Irp = Context->Irp;
    if (Irp != NULL && IoSetCancelRoutine(Irp, NULL) == NULL) {
        Irp = NULL;
    }
    if (Irp != NULL) {
        TakeOut(Csq, Irp);
    }
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}

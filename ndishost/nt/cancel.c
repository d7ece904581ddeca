// SPDX-License-Identifier: MIT

// Cancelling: the one cancel spin lock, IoCancelIrp, and remove locks beside it.

#include "irp.h"

static KSPIN_LOCK CancelLock;

// Hand the lock to their caller, which the analysis of one function cannot see.
SIM_NO_THREAD_SAFETY_ANALYSIS VOID NTAPI IoAcquireCancelSpinLock(PKIRQL Irql)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    KeAcquireSpinLock(&CancelLock, Irql);
}

SIM_NO_THREAD_SAFETY_ANALYSIS VOID NTAPI IoReleaseCancelSpinLock(KIRQL Irql)
{
    SIM_REQUIRE_IRQL(DISPATCH_LEVEL);
    KeReleaseSpinLock(&CancelLock, Irql);
}

SIM_NO_THREAD_SAFETY_ANALYSIS BOOLEAN SimIrpCancel(PIRP Irp)
{
    KIRQL Irql;
    KeAcquireSpinLock(&CancelLock, &Irql);
    // Drivers read Cancel without a lock after they have set their routine. That is the interface,
    // not a race: the exchange of the routine orders the two. So ThreadSanitizer is not shown it.
    __asm__ volatile("movb $1, %0" : "=m"(Irp->Cancel));
    PDRIVER_CANCEL Routine = IoSetCancelRoutine(Irp, NULL);
    if (Routine == NULL) {
        KeReleaseSpinLock(&CancelLock, Irql);
        return FALSE;
    }
    Irp->CancelIrql = Irql;
    PDEVICE_OBJECT Device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    Routine(Device, Irp); // releases the lock
    KIRQL After = SimCurrentThread()->Irql;
    if (After != Irql) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40009, (ULONG_PTR)Routine, Irql, After,
                    "the cancel routine did not call IoReleaseCancelSpinLock(Irp->CancelIrql): "
                    "IRQL %u before, %u after",
                    Irql, After);
    }
    return TRUE;
}

BOOLEAN NTAPI IoCancelIrp(PIRP Irp)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (SimIrpIsFree(Irp) || Irp->CurrentLocation > Irp->StackCount + 1) {
        SimBugCheck(CANCEL_STATE_IN_COMPLETED_IRP, (ULONG_PTR)Irp, 0, 0, 0,
                    "IoCancelIrp of IRP %p, which has been completed", Irp);
    }
    return SimIrpCancel(Irp);
}

// ---- remove locks: IoCount is 1 for the device itself and 1 for each acquire

VOID NTAPI IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
                                    ULONG HighWatermark, ULONG RemlockSize)
{
    (void)AllocateTag;
    (void)MaxLockedMinutes;
    (void)HighWatermark;
    (void)RemlockSize;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    Lock->Common.Removed = FALSE;
    Lock->Common.IoCount = 1;
    KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS NTAPI IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line,
                                     ULONG RemlockSize)
{
    (void)Tag;
    (void)File;
    (void)Line;
    (void)RemlockSize;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    __atomic_add_fetch(&RemoveLock->Common.IoCount, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&RemoveLock->Common.Removed, __ATOMIC_SEQ_CST) == FALSE) {
        return STATUS_SUCCESS;
    }
    if (__atomic_sub_fetch(&RemoveLock->Common.IoCount, 1, __ATOMIC_SEQ_CST) == 0) {
        KeSetEvent(&RemoveLock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_DELETE_PENDING;
}

VOID NTAPI IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    (void)Tag;
    (void)RemlockSize;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    LONG Count = __atomic_sub_fetch(&RemoveLock->Common.IoCount, 1, __ATOMIC_SEQ_CST);
    BOOLEAN Removed = __atomic_load_n(&RemoveLock->Common.Removed, __ATOMIC_SEQ_CST);
    if (Count < 0 || (Count == 0 && !Removed)) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xDE, (ULONG_PTR)RemoveLock, 0, 0,
                    "remove lock %p was released more often than acquired", RemoveLock);
    }
    if (Count == 0) {
        KeSetEvent(&RemoveLock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
    }
}

VOID NTAPI IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    (void)Tag;
    (void)RemlockSize;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    __atomic_store_n(&RemoveLock->Common.Removed, TRUE, __ATOMIC_SEQ_CST);
    // The caller's own, and that of the device.
    if (__atomic_sub_fetch(&RemoveLock->Common.IoCount, 2, __ATOMIC_SEQ_CST) > 0) {
        KeWaitForSingleObject(&RemoveLock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
    }
}

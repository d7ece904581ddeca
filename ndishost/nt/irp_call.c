// SPDX-License-Identifier: MIT

// Sending an IRP down and completing it up, with the checks of Driver Verifier's I/O verification:
// what a dispatch routine returns must agree with what it did to the IRP.

#include "irp_dispatch.h"

// What a driver passes: *Live FALSE when it was freed. NULL: the memory is a driver's own.
SIM_MAY_READ_FREED static inline SIM_IRP *IrpOf(PIRP Irp, BOOLEAN *Live)
{
    UCHAR Flags = *(volatile UCHAR *)&Irp->AllocationFlags;
    *Live = TRUE;
    if ((Flags & SIM_IRP_OURS) == 0) {
        return NULL;
    }
    SIM_IRP *Self = CONTAINING_RECORD(Irp, SIM_IRP, Irp);
    *Live = atomic_load_explicit(&SimBlockOf(Self)->Holds, memory_order_relaxed) != 0;
    return Self;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI Violation(ULONG Rule, PIRP Irp,
                                                               PDEVICE_OBJECT Device,
                                                               NTSTATUS Status,
                                                               const char *Sentence)
{
    SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, Rule, (ULONG_PTR)Device, (ULONG_PTR)Irp,
                (ULONG)Status, "IRP %p: %s", Irp, Sentence);
}

SIM_SLOW void NTAPI SimIrpMarkViolation(BOOLEAN Marked, PIRP Irp, PDEVICE_OBJECT Device)
{
    if (Marked) {
        Violation(0x23E, Irp, Device, Irp->IoStatus.Status,
                  "the IRP was marked pending, but the dispatch routine did not return "
                  "STATUS_PENDING");
    }
    Violation(0x23D, Irp, Device, STATUS_PENDING,
              "the dispatch routine returned STATUS_PENDING without IoMarkIrpPending");
}

SIM_SLOW void NTAPI SimIrpFinalViolation(uint32_t State, PIRP Irp, PDEVICE_OBJECT Device,
                                         NTSTATUS Status)
{
    if ((State & SIM_UNWOUND_MARKED) != 0) {
        SimIrpMarkViolation(TRUE, Irp, Device);
    }
    if ((State & SIM_UNWOUND_CLEAR) == 0) {
        Violation(0x226, Irp, Device, Status,
                  "the dispatch routine neither completed the IRP nor returned STATUS_PENDING");
    }
    Violation(0x224, Irp, Device, Status,
              "the dispatch routine returned another status than it completed the IRP with");
}

// Completion leaves the location, whose use cannot end meanwhile.
static inline void Unwound(SIM_LEVEL *Level, BOOLEAN Marked, PIRP Irp,
                           const IO_STACK_LOCATION *Left)
{
    Level->Status = Irp->IoStatus.Status;
    uint32_t State = atomic_fetch_or_explicit(
        &Level->State, Marked ? SIM_UNWOUND_MARKED : SIM_UNWOUND_CLEAR, memory_order_acq_rel);
    if (__builtin_expect((State & (Marked ? SIM_RETURNED_FINAL : SIM_RETURNED_PENDING)) != 0, 0)) {
        SimIrpMarkViolation(Marked, Irp, Left->DeviceObject);
    }
}

// ---- down

SIM_SLOW void NTAPI SimIrpIrqlViolation(PDEVICE_OBJECT Device, ULONG Major, KIRQL Before)
{
    KIRQL After = SimCurrentIrql();
    SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x05,
                (ULONG_PTR)Device->DriverObject->MajorFunction[Major], Before, After,
                "the dispatch routine for major function 0x%X was called at IRQL %u and "
                "returned at IRQL %u",
                Major, Before, After);
}

SIM_SLOW void NTAPI SimIrpDeviceViolation(PDEVICE_OBJECT Device, PIRP Irp)
{
    Violation(0x04, Irp, Device, 0, "IoCallDriver with an invalid device object");
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI LocationViolation(PIRP Irp)
{
    SimBugCheck(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)Irp, 0, 0, 0,
                "IoCallDriver: IRP %p has no stack location left for the next driver", Irp);
}

NTSTATUS NTAPI IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    BOOLEAN Live;
    KIRQL Irql = SimCurrentIrql();
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_IRP *Self = IrpOf(Irp, &Live);
    if (__builtin_expect(!Live || Irp->Type != IO_TYPE_IRP, 0)) {
        Violation(0x01, Irp, DeviceObject, 0, "IoCallDriver with something that is no live IRP");
    }
    SimIrpRequireDevice(DeviceObject, Irp);
    CHAR Location = --Irp->CurrentLocation;
    if (__builtin_expect(Location <= 0, 0)) {
        LocationViolation(Irp);
    }
    PIO_STACK_LOCATION Stack = --Irp->Tail.Overlay.CurrentStackLocation;
    if (Self == NULL || Location > SIM_IRP_LEVELS) {
        return SimIrpDispatch(DeviceObject, Irp, Stack, Irql);
    }
    atomic_fetch_add_explicit(&SimBlockOf(Self)->Holds, 1, memory_order_relaxed);
    return SimIrpDispatchChecked(DeviceObject, Self, Location, Stack, Irql);
}

// ---- up

static SIM_SLOW __attribute__((noreturn)) void NTAPI CompleteViolation(PIRP Irp)
{
    SimBugCheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)Irp, 0, 0, 0,
                "IoCompleteRequest of IRP %p, which has already been completed", Irp);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI EndViolation(PIRP Irp)
{
    SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x00, (ULONG_PTR)Irp, 0, 0,
                "IRP %p, which a driver allocated, was completed to the end: its completion "
                "routine must return STATUS_MORE_PROCESSING_REQUIRED",
                Irp);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI CompleteMisuse(PIRP Irp, ULONG Rule,
                                                                    const char *Sentence)
{
    PDEVICE_OBJECT Device = NULL;
    if (Irp->CurrentLocation <= Irp->StackCount) {
        Device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    }
    Violation(Rule, Irp, Device, Irp->IoStatus.Status, Sentence);
}

static inline SIM_IRP *CheckComplete(PIRP Irp)
{
    BOOLEAN Live;
    SIM_IRP *Self = IrpOf(Irp, &Live);
    if (__builtin_expect(
            !Live || Irp->Type != IO_TYPE_IRP || Irp->CurrentLocation > Irp->StackCount + 1, 0)) {
        CompleteViolation(Irp);
    }
    NTSTATUS Status = Irp->IoStatus.Status;
    if (__builtin_expect(SimCurrentIrql() > DISPATCH_LEVEL, 0)) {
        CompleteMisuse(Irp, 0x0E, "completed above DISPATCH_LEVEL");
    }
    if (__builtin_expect(Status == STATUS_PENDING, 0) || __builtin_expect(Status == -1, 0)) {
        CompleteMisuse(Irp, 0x06, "completed with STATUS_PENDING or -1 in IoStatus.Status");
    }
    if (__builtin_expect(__atomic_load_n(&Irp->CancelRoutine, __ATOMIC_RELAXED) != NULL, 0)) {
        CompleteMisuse(Irp, 0x07, "completed while its cancel routine is set");
    }
    return Self;
}

static BOOLEAN WantsCompletion(const IO_STACK_LOCATION *Left, const IRP *Irp)
{
    BOOLEAN Cancelled = __atomic_load_n(&Irp->Cancel, __ATOMIC_RELAXED) != FALSE;
    UCHAR Outcome = NT_SUCCESS(Irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR;
    return (Left->Control & Outcome) != 0 ||
           (Cancelled && (Left->Control & SL_INVOKE_ON_CANCEL) != 0);
}

static NTSTATUS CallCompletion(PIO_STACK_LOCATION Left, PIRP Irp)
{
    PDEVICE_OBJECT Device = NULL; // for the one who made the IRP
    if (Irp->CurrentLocation <= Irp->StackCount) {
        Device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    }
    return Left->CompletionRoutine(Device, Irp, Left->Context);
}

// Returns the location that is left.
static inline PIO_STACK_LOCATION LeaveLocation(SIM_IRP *Self, PIRP Irp)
{
    CHAR Location = Irp->CurrentLocation;
    PIO_STACK_LOCATION Left = Irp->Tail.Overlay.CurrentStackLocation++;
    Irp->CurrentLocation = (CHAR)(Location + 1);
    BOOLEAN Marked = (Left->Control & SL_PENDING_RETURNED) != 0;
    Irp->PendingReturned = Marked;
    if (Self != NULL && (UCHAR)(Location - 1) < SIM_IRP_LEVELS) {
        Unwound(&Self->Levels[Location - 1], Marked, Irp, Left);
    }
    return Left;
}

static inline void End(SIM_IRP *Self, PIRP Irp)
{
    Irp->CurrentLocation = (CHAR)(Irp->StackCount + 2);
    if (Self == NULL || Self->Finish == NULL) {
        EndViolation(Irp);
    }
    Self->Finish(Self);
}

static DECLSPEC_NOINLINE void NTAPI CompleteUp(SIM_IRP *Self, PIRP Irp, void *Caller)
{
    SIM_HOOK(IrpCompleting, (Irp, Caller));
    CHAR Top = Irp->StackCount;
    while (Irp->CurrentLocation <= Top) {
        PIO_STACK_LOCATION Left = LeaveLocation(Self, Irp);
        if (Left->CompletionRoutine != NULL && WantsCompletion(Left, Irp)) {
            if (CallCompletion(Left, Irp) == STATUS_MORE_PROCESSING_REQUIRED) {
                return; // it may be freed or sent again by now
            }
        } else if (Irp->PendingReturned && Irp->CurrentLocation <= Top) {
            IoMarkIrpPending(Irp);
        }
    }
    End(Self, Irp);
}

// With one driver and no completion routine, as for most requests, nothing is kept over a call: so
// the common way saves no registers.
VOID NTAPI IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    (void)PriorityBoost;
    SIM_IRP *Self = CheckComplete(Irp);
    if (__builtin_expect(SimNtHooks == NULL && Irp->CurrentLocation == Irp->StackCount &&
                             Irp->Tail.Overlay.CurrentStackLocation->CompletionRoutine == NULL,
                         1)) {
        (void)LeaveLocation(Self, Irp);
        End(Self, Irp);
    } else {
        CompleteUp(Self, Irp, __builtin_return_address(0));
    }
}

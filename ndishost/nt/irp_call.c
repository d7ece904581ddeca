// SPDX-License-Identifier: MIT

// Sending an IRP down and completing it up, with the checks of Driver Verifier's I/O verification:
// what a dispatch routine returns must agree with what it did to the IRP.

#include "hooks.h"
#include "irp.h"

#define RETURNED_PENDING 1u
#define RETURNED_FINAL 2u
#define UNWOUND_MARKED 4u // with SL_PENDING_RETURNED
#define UNWOUND_CLEAR 8u
#define UNWOUND (UNWOUND_MARKED | UNWOUND_CLEAR)
#define USE_ONE 16u // the count of uses stands above the bits
#define USE_MASK (~15u)

static SIM_LEVEL *LevelAt(SIM_IRP *Self, CHAR Location)
{
    BOOLEAN Checked = Self != NULL && Location >= 1 && Location <= SIM_IRP_LEVELS;
    return Checked ? &Self->Levels[Location - 1] : NULL;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI Violation(ULONG Rule, PIRP Irp,
                                                               PDEVICE_OBJECT Device,
                                                               NTSTATUS Status,
                                                               const char *Sentence)
{
    SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, Rule, (ULONG_PTR)Device, (ULONG_PTR)Irp,
                (ULONG)Status, "IRP %p: %s", Irp, Sentence);
}

static void CheckAgreement(uint32_t State, PIRP Irp, PDEVICE_OBJECT Device)
{
    if ((State & RETURNED_PENDING) != 0 && (State & UNWOUND_CLEAR) != 0) {
        Violation(0x23D, Irp, Device, STATUS_PENDING,
                  "the dispatch routine returned STATUS_PENDING without IoMarkIrpPending");
    }
    if ((State & RETURNED_FINAL) != 0 && (State & UNWOUND_MARKED) != 0) {
        Violation(0x23E, Irp, Device, Irp->IoStatus.Status,
                  "the IRP was marked pending, but the dispatch routine did not return "
                  "STATUS_PENDING");
    }
}

// A use starts anew unless the location is only passed on (IoSkipCurrentIrpStackLocation).
static uint32_t BeginUse(SIM_LEVEL *Level)
{
    uint32_t State = atomic_load_explicit(&Level->State, memory_order_relaxed);
    if ((State & ~USE_MASK) != 0) {
        State = (State & USE_MASK) + USE_ONE;
        atomic_store_explicit(&Level->State, State, memory_order_relaxed);
    }
    return State & USE_MASK;
}

// Adds Bit, and returns the whole; 0 when the location has been used again since.
static uint32_t AddBit(SIM_LEVEL *Level, uint32_t Use, uint32_t Bit)
{
    uint32_t Seen = atomic_load_explicit(&Level->State, memory_order_relaxed);
    do {
        if ((Seen & USE_MASK) != Use) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak_explicit(&Level->State, &Seen, Seen | Bit,
                                                    memory_order_acq_rel, memory_order_acquire));
    return Seen | Bit;
}

static void Returned(SIM_LEVEL *Level, uint32_t Use, PIRP Irp, PDEVICE_OBJECT Device,
                     NTSTATUS Status)
{
    uint32_t State = AddBit(Level, Use,
                            Status == STATUS_PENDING ? RETURNED_PENDING : RETURNED_FINAL);
    CheckAgreement(State, Irp, Device);
    if ((State & RETURNED_FINAL) == 0) {
        return;
    }
    if ((State & UNWOUND) == 0) {
        Violation(0x226, Irp, Device, Status,
                  "the dispatch routine neither completed the IRP nor returned STATUS_PENDING");
    }
    if (Level->Status != Status) {
        Violation(0x224, Irp, Device, Status,
                  "the dispatch routine returned another status than it completed the IRP with");
    }
}

static void Unwound(SIM_IRP *Self, PIRP Irp, CHAR Location, PIO_STACK_LOCATION Left)
{
    SIM_LEVEL *Level = LevelAt(Self, Location);
    if (Level == NULL) {
        return;
    }
    uint32_t Use = atomic_load_explicit(&Level->State, memory_order_relaxed) & USE_MASK;
    BOOLEAN Marked = (Left->Control & SL_PENDING_RETURNED) != 0;
    Level->Status = Irp->IoStatus.Status;
    CheckAgreement(AddBit(Level, Use, Marked ? UNWOUND_MARKED : UNWOUND_CLEAR), Irp,
                   Left->DeviceObject);
}

// ---- down

static SIM_SLOW __attribute__((noreturn)) void NTAPI DispatchViolation(PDRIVER_DISPATCH Routine,
                                                                       UCHAR Major, KIRQL Before)
{
    KIRQL After = SimCurrentThread()->Irql;
    SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x05, (ULONG_PTR)Routine, Before, After,
                "the dispatch routine for major function 0x%X was called at IRQL %u and "
                "returned at IRQL %u",
                Major, Before, After);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI LocationViolation(PIRP Irp)
{
    SimBugCheck(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)Irp, 0, 0, 0,
                "IoCallDriver: IRP %p has no stack location left for the next driver", Irp);
}

static NTSTATUS Dispatch(SIM_THREAD *Thread, PDEVICE_OBJECT Device, PIRP Irp, UCHAR Major)
{
    KIRQL Before = Thread->Irql;
    NTSTATUS Status = Device->DriverObject->MajorFunction[Major](Device, Irp);
    SIM_HOOK(Dispatched, ());
    if (__builtin_expect(Before != Thread->Irql, 0)) {
        DispatchViolation(Device->DriverObject->MajorFunction[Major], Major, Before);
    }
    return Status;
}

NTSTATUS NTAPI IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (SimIrpIsFree(Irp) || Irp->Type != IO_TYPE_IRP) {
        Violation(0x01, Irp, DeviceObject, 0, "IoCallDriver with something that is no live IRP");
    }
    if (DeviceObject == NULL || DeviceObject->Type != IO_TYPE_DEVICE) {
        Violation(0x04, Irp, DeviceObject, 0, "IoCallDriver with an invalid device object");
    }
    SIM_IRP *Self = SimIrpOf(Irp);
    CHAR Location = --Irp->CurrentLocation;
    if (Location <= 0) {
        LocationViolation(Irp);
    }
    PIO_STACK_LOCATION Stack = --Irp->Tail.Overlay.CurrentStackLocation;
    Stack->DeviceObject = DeviceObject;
    SIM_LEVEL *Level = LevelAt(Self, Location);
    uint32_t Use = 0;
    if (Level != NULL) {
        // The IRP may be completed and freed during the call; the hold keeps it for the check.
        atomic_fetch_add_explicit(&SimBlockOf(Self)->Holds, 1, memory_order_relaxed);
        Use = BeginUse(Level);
    }
    NTSTATUS Status = Dispatch(Thread, DeviceObject, Irp, Stack->MajorFunction);
    if (Level != NULL) {
        Returned(Level, Use, Irp, DeviceObject, Status);
        SimIrpRelease(Self);
    }
    return Status;
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

static void CheckComplete(PIRP Irp)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (SimIrpIsFree(Irp) || Irp->Type != IO_TYPE_IRP ||
        Irp->CurrentLocation > Irp->StackCount + 1) {
        CompleteViolation(Irp);
    }
    PDEVICE_OBJECT Device = NULL;
    if (Irp->CurrentLocation <= Irp->StackCount) {
        Device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    }
    if (Irql > DISPATCH_LEVEL) {
        Violation(0x0E, Irp, Device, Irp->IoStatus.Status, "completed above DISPATCH_LEVEL");
    }
    if (Irp->IoStatus.Status == STATUS_PENDING || Irp->IoStatus.Status == -1) {
        Violation(0x06, Irp, Device, Irp->IoStatus.Status,
                  "completed with STATUS_PENDING or -1 in IoStatus.Status");
    }
    if (__atomic_load_n(&Irp->CancelRoutine, __ATOMIC_RELAXED) != NULL) {
        Violation(0x07, Irp, Device, Irp->IoStatus.Status,
                  "completed while its cancel routine is set");
    }
}

static BOOLEAN WantsCompletion(const IO_STACK_LOCATION *Left, const IRP *Irp)
{
    if (Left->CompletionRoutine == NULL) {
        return FALSE;
    }
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

VOID NTAPI IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    (void)PriorityBoost;
    CheckComplete(Irp);
    SIM_HOOK(IrpCompleting, (Irp, __builtin_return_address(0)));
    SIM_IRP *Self = SimIrpOf(Irp);
    while (Irp->CurrentLocation <= Irp->StackCount) {
        PIO_STACK_LOCATION Left = Irp->Tail.Overlay.CurrentStackLocation++;
        CHAR Location = Irp->CurrentLocation++;
        Irp->PendingReturned = (Left->Control & SL_PENDING_RETURNED) != 0;
        Unwound(Self, Irp, Location, Left);
        if (WantsCompletion(Left, Irp)) {
            if (CallCompletion(Left, Irp) == STATUS_MORE_PROCESSING_REQUIRED) {
                return; // it may be freed or sent again by now
            }
        } else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount) {
            IoMarkIrpPending(Irp);
        }
    }
    Irp->CurrentLocation = (CHAR)(Irp->StackCount + 2);
    if (Self == NULL || Self->Finish == NULL) {
        EndViolation(Irp);
    }
    Self->Finish(Self);
}

// SPDX-License-Identifier: MIT
#pragma once

// Calling a dispatch routine, and holding what it returns against what completion did: inline,
// because every request passes through here. Used by irp_call.c and by those who send an IRP of
// their own.

#include "hooks.h"
#include "irp.h"

// SIM_LEVEL.State
#define SIM_RETURNED_PENDING 1u
#define SIM_RETURNED_FINAL 2u
#define SIM_UNWOUND_MARKED 4u // with SL_PENDING_RETURNED
#define SIM_UNWOUND_CLEAR 8u
#define SIM_UNWOUND (SIM_UNWOUND_MARKED | SIM_UNWOUND_CLEAR)
#define SIM_USE_ONE 16u // the count of uses stands above the bits
#define SIM_USE_MASK (~15u)

// 0xC9: irp_call.c.
SIM_SLOW __attribute__((noreturn)) void NTAPI SimIrpDeviceViolation(PDEVICE_OBJECT Device,
                                                                    PIRP Irp);
SIM_SLOW __attribute__((noreturn)) void NTAPI SimIrpIrqlViolation(PDEVICE_OBJECT Device,
                                                                  ULONG Major, KIRQL Before);
// What completion left does not agree with having been marked pending or not.
SIM_SLOW __attribute__((noreturn)) void NTAPI SimIrpMarkViolation(BOOLEAN Marked, PIRP Irp,
                                                                  PDEVICE_OBJECT Device);
// The dispatch routine returned Status, not STATUS_PENDING, and State has the rest.
SIM_SLOW __attribute__((noreturn)) void NTAPI SimIrpFinalViolation(uint32_t State, PIRP Irp,
                                                                   PDEVICE_OBJECT Device,
                                                                   NTSTATUS Status);

static inline void SimIrpRequireDevice(PDEVICE_OBJECT Device, PIRP Irp)
{
    if (__builtin_expect(Device == NULL || Device->Type != IO_TYPE_DEVICE, 0)) {
        SimIrpDeviceViolation(Device, Irp);
    }
}

// A use starts anew unless the location is only passed on (IoSkipCurrentIrpStackLocation).
static inline uint32_t SimIrpBeginUse(SIM_LEVEL *Level)
{
    uint32_t State = atomic_load_explicit(&Level->State, memory_order_relaxed);
    if (__builtin_expect((State & ~SIM_USE_MASK) != 0, 1)) {
        State = (State & SIM_USE_MASK) + SIM_USE_ONE;
        atomic_store_explicit(&Level->State, State, memory_order_relaxed);
    }
    return State;
}

// Adds Bit, and returns the whole; 0 when the location has been used again since.
static inline uint32_t SimIrpAddBit(SIM_LEVEL *Level, uint32_t Use, uint32_t Bit)
{
    uint32_t Seen = atomic_load_explicit(&Level->State, memory_order_relaxed);
    do {
        if (__builtin_expect((Seen & SIM_USE_MASK) != Use, 0)) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak_explicit(&Level->State, &Seen, Seen | Bit,
                                                    memory_order_acq_rel, memory_order_acquire));
    return Seen | Bit;
}

static inline void SimIrpReturned(SIM_LEVEL *Level, uint32_t Use, PIRP Irp, PDEVICE_OBJECT Device,
                                  NTSTATUS Status)
{
    if (Status == STATUS_PENDING) {
        uint32_t State = SimIrpAddBit(Level, Use, SIM_RETURNED_PENDING);
        if (__builtin_expect((State & SIM_UNWOUND_CLEAR) != 0, 0)) {
            SimIrpMarkViolation(FALSE, Irp, Device);
        }
        return;
    }
    uint32_t State = SimIrpAddBit(Level, Use, SIM_RETURNED_FINAL);
    if (State != 0 &&
        __builtin_expect((State & SIM_UNWOUND) != SIM_UNWOUND_CLEAR || Level->Status != Status,
                         0)) {
        SimIrpFinalViolation(State, Irp, Device, Status);
    }
}

// With `Stack` as the current stack location, at IRQL `Before`.
static inline NTSTATUS SimIrpDispatch(PDEVICE_OBJECT Device, PIRP Irp, PIO_STACK_LOCATION Stack,
                                      KIRQL Before)
{
    ULONG Major = Stack->MajorFunction;
    Stack->DeviceObject = Device;
    NTSTATUS Status = Device->DriverObject->MajorFunction[Major](Device, Irp);
    SIM_HOOK(Dispatched, ());
    if (__builtin_expect(SimCurrentIrql() != Before, 0)) {
        SimIrpIrqlViolation(Device, Major, Before);
    }
    return Status;
}

// The same for one of the locations that are checked. The IRP may be completed and freed during the
// call: a hold of the caller's keeps it for the check, and ends here.
static inline NTSTATUS SimIrpDispatchChecked(PDEVICE_OBJECT Device, SIM_IRP *Self, CHAR Location,
                                             PIO_STACK_LOCATION Stack, KIRQL Before)
{
    SIM_LEVEL *Level = &Self->Levels[Location - 1];
    uint32_t Use = SimIrpBeginUse(Level);
    NTSTATUS Status = SimIrpDispatch(Device, &Self->Irp, Stack, Before);
    SimIrpReturned(Level, Use, &Self->Irp, Device, Status);
    SimIrpRelease(Self);
    return Status;
}

// Publishes a new IRP and sends it to the device, as IofCallDriver does.
static inline NTSTATUS SimIrpSend(SIM_IRP *Self, PDEVICE_OBJECT Device, KIRQL Irql)
{
    PIRP Irp = &Self->Irp;
    CHAR Location = Irp->StackCount;
    SimIrpRequireDevice(Device, Irp);
    if (__builtin_expect(Location > SIM_IRP_LEVELS, 0)) {
        SimIrpPublish(Self, 1);
        return IofCallDriver(Device, Irp);
    }
    PIO_STACK_LOCATION Stack = --Irp->Tail.Overlay.CurrentStackLocation;
    Irp->CurrentLocation = Location;
    SimIrpPublish(Self, 2); // the second is the call's
    return SimIrpDispatchChecked(Device, Self, Location, Stack, Irql);
}

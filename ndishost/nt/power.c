// SPDX-License-Identifier: MIT

// Power: requests for a device's state, and their end at the bus driver. As since Windows Vista,
// PoCallDriver is IoCallDriver and there is no queue behind PoStartNextPowerIrp.

#include "pnp.h"

#include "object.h"

typedef struct POWER_REQUEST {
    WORK_QUEUE_ITEM WorkItem; // when asked above PASSIVE_LEVEL: drivers are called at PASSIVE_LEVEL
    PDEVICE_OBJECT Device;    // that was named, referenced
    PDEVICE_OBJECT Top;       // referenced
    UCHAR Minor;
    POWER_STATE State;
    PREQUEST_POWER_COMPLETE Complete;
    PVOID Context;
    SIM_IRP *Irp;
} POWER_REQUEST;

#define TAG_POWER 0x72776F50u // "Powr"

DRIVER_DISPATCH SimBusPower;
NTSTATUS NTAPI SimBusPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PNP_DEVICE *Device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = Irp->IoStatus.Status;
    if (Stack->MinorFunction == IRP_MN_SET_POWER || Stack->MinorFunction == IRP_MN_QUERY_POWER) {
        Status = STATUS_SUCCESS;
    }
    if (Stack->MinorFunction == IRP_MN_SET_POWER &&
        Stack->Parameters.Power.Type == DevicePowerState) {
        atomic_store(&Device->Power, (int)Stack->Parameters.Power.State.DeviceState);
    }
    PoStartNextPowerIrp(Irp);
    Irp->IoStatus.Status = Status;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static void NTAPI FinishPower(SIM_IRP *Self)
{
    POWER_REQUEST *Request = Self->Owner;
    IO_STATUS_BLOCK Result = Self->Irp.IoStatus;
    if (Request->Complete != NULL) {
        Request->Complete(Request->Device, Request->Minor, Request->State, Request->Context,
                          &Result);
    }
    SimObjectDereference(Request->Top);
    SimObjectDereference(Request->Device);
    ExFreePoolWithTag(Request, TAG_POWER);
    SimIrpRelease(Self);
}

static WORKER_THREAD_ROUTINE SendPower;
static VOID NTAPI SendPower(PVOID Context)
{
    POWER_REQUEST *Request = Context;
    SIM_IRP *Self = Request->Irp;
    SimIrpPublish(Self, 1);
    IofCallDriver(Request->Top, &Self->Irp);
}

NTSTATUS NTAPI PoRequestPowerIrp(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction,
                                 POWER_STATE PowerState, PREQUEST_POWER_COMPLETE CompletionFunction,
                                 PVOID Context, PIRP *Irp)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (MinorFunction != IRP_MN_SET_POWER && MinorFunction != IRP_MN_QUERY_POWER) {
        return STATUS_INVALID_PARAMETER_2; // no wait/wake: nothing here can wake
    }
    POWER_REQUEST *Request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Request), TAG_POWER);
    if (Request == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(DeviceObject);
    SIM_IRP *Self = SimIrpCreate(Top->StackSize, __builtin_return_address(0));
    if (Self == NULL) {
        SimObjectDereference(Top);
        ExFreePoolWithTag(Request, TAG_POWER);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SimObjectReference(DeviceObject);
    Request->Device = DeviceObject;
    Request->Top = Top;
    Request->Minor = MinorFunction;
    Request->State = PowerState;
    Request->Complete = CompletionFunction;
    Request->Context = Context;
    Request->Irp = Self;
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->MajorFunction = IRP_MJ_POWER;
    Stack->MinorFunction = MinorFunction;
    Stack->Parameters.Power.Type = DevicePowerState;
    Stack->Parameters.Power.State = PowerState;
    Self->Irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
    Self->Finish = FinishPower;
    Self->Owner = Request;
    if (Irp != NULL) {
        *Irp = &Self->Irp;
    }
    if (SimCurrentThread()->Irql == PASSIVE_LEVEL) {
        SendPower(Request);
    } else {
        ExInitializeWorkItem(&Request->WorkItem, SendPower, Request);
        ExQueueWorkItem(&Request->WorkItem, DelayedWorkQueue);
    }
    return STATUS_PENDING;
}

NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IofCallDriver(DeviceObject, Irp);
}

VOID NTAPI PoStartNextPowerIrp(PIRP Irp)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction != IRP_MJ_POWER) {
        SimBugCheck(INTERNAL_POWER_ERROR, 1, (ULONG_PTR)Irp, 0, 0,
                    "PoStartNextPowerIrp with IRP %p, which is no power IRP", Irp);
    }
}

// The low four bits of PowerFlags hold the system's state, the next four the device's.
POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type,
                                  POWER_STATE State)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    unsigned Shift = Type == DevicePowerState ? 4 : 0;
    ULONG *Flags = &DeviceObject->DeviceObjectExtension->PowerFlags;
    SimLock(&SimDeviceLock);
    POWER_STATE Before = {0};
    Before.DeviceState = (DEVICE_POWER_STATE)(*Flags >> Shift & 15);
    *Flags = (*Flags & ~(15u << Shift)) | ((ULONG)State.DeviceState & 15) << Shift;
    SimUnlock(&SimDeviceLock);
    return Before;
}

typedef struct SET_POWER {
    KEVENT Done;
    NTSTATUS Status;
} SET_POWER;

static REQUEST_POWER_COMPLETE PowerIsSet;
static VOID NTAPI PowerIsSet(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction,
                             POWER_STATE PowerState, PVOID Context, PIO_STATUS_BLOCK IoStatus)
{
    (void)DeviceObject;
    (void)MinorFunction;
    (void)PowerState;
    SET_POWER *Set = Context;
    Set->Status = IoStatus->Status;
    KeSetEvent(&Set->Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS SimPnpSetPower(PDEVICE_OBJECT Pdo, DEVICE_POWER_STATE State)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SET_POWER Set = {.Status = STATUS_UNSUCCESSFUL};
    POWER_STATE Power = {0};
    Power.DeviceState = State;
    KeInitializeEvent(&Set.Done, NotificationEvent, FALSE);
    NTSTATUS Status = PoRequestPowerIrp(Pdo, IRP_MN_SET_POWER, Power, PowerIsSet, &Set, NULL);
    if (Status != STATUS_PENDING) {
        return Status;
    }
    KeWaitForSingleObject(&Set.Done, Executive, KernelMode, FALSE, NULL);
    return Set.Status;
}

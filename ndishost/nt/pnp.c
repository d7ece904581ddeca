// SPDX-License-Identifier: MIT

// The PnP manager's part for a network adapter, and the bus driver below it: makes PDOs, calls
// AddDevice, sends the PnP IRPs, and completes at the bottom what comes down.

#include "pnp.h"

#include "object.h"
#include "print.h"
#include "registry.h"
#include "wide.h"

#include <string.h>

#define CLASS_ROOT                                                                                 \
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class\\" PNP_CLASS L"\\"
#define ENUM_ROOT L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\NDISHOST\\NIC\\"

PDRIVER_OBJECT SimBusDriver;
static _Atomic unsigned NextNumber;

PNP_DEVICE *SimPnpDevice(PDEVICE_OBJECT Pdo)
{
    return Pdo->DriverObject == SimBusDriver ? Pdo->DeviceExtension : NULL;
}

// ---- the bus driver

static NTSTATUS QueryCapabilities(PIO_STACK_LOCATION Stack)
{
    PDEVICE_CAPABILITIES Capabilities = Stack->Parameters.DeviceCapabilities.Capabilities;
    if (Capabilities->Version != 1 || Capabilities->Size < sizeof(*Capabilities)) {
        return STATUS_UNSUCCESSFUL;
    }
    Capabilities->SurpriseRemovalOK = 1;
    Capabilities->Removable = 1;
    Capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int i = PowerSystemSleeping1; i < PowerSystemMaximum; i++) {
        Capabilities->DeviceState[i] = PowerDeviceD3;
    }
    return STATUS_SUCCESS;
}

static DRIVER_DISPATCH BusPnp;
static NTSTATUS NTAPI BusPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = Irp->IoStatus.Status; // what is not known stays as it came
    switch (Stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_REMOVE_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
        Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_CAPABILITIES:
        Status = QueryCapabilities(Stack);
        break;
    default:
        break;
    }
    Irp->IoStatus.Status = Status;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static DRIVER_UNLOAD BusUnload;
static VOID NTAPI BusUnload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
}

static DRIVER_INITIALIZE BusEntry;
static NTSTATUS NTAPI BusEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->MajorFunction[IRP_MJ_PNP] = BusPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SimBusPower;
    DriverObject->DriverUnload = BusUnload;
    return STATUS_SUCCESS;
}

// ---- making a device

static void Append(WCHAR *To, const WCHAR *Text)
{
    size_t At = SimWideLength(To);
    memcpy(To + At, Text, (SimWideLength(Text) + 1) * sizeof(WCHAR));
}

static void AppendDecimal(WCHAR *To, unsigned Value)
{
    WCHAR Digits[5] = {(WCHAR)('0' + Value / 1000 % 10), (WCHAR)('0' + Value / 100 % 10),
                       (WCHAR)('0' + Value / 10 % 10), (WCHAR)('0' + Value % 10), 0};
    Append(To, Digits);
}

static NTSTATUS SetValues(const PNP_DEVICE *Device, const char *const *Values, unsigned Count)
{
    UNICODE_STRING Key = SimWideString(Device->DriverKey);
    for (unsigned i = 0; i < Count; i++) {
        WCHAR Name[128] = {0};
        WCHAR Text[512] = {0};
        const char *const *Pair = Values + (size_t)i * 2;
        if (SimWideFromUtf8(Name, 127, Pair[0], strlen(Pair[0])) > 127 ||
            SimWideFromUtf8(Text, 511, Pair[1], strlen(Pair[1])) > 511) {
            return STATUS_INVALID_PARAMETER;
        }
        NTSTATUS Status = SimRegistrySetString(&Key, Name, Text);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS MakeKeys(PNP_DEVICE *Device)
{
    UNICODE_STRING Key = SimWideString(Device->ParameterKey);
    NTSTATUS Status = SimRegistryMakeKey(&Key);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Key = SimWideString(Device->DriverKey);
    Status = SimRegistrySetString(&Key, L"NetCfgInstanceId", Device->InstanceGuid);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WCHAR Path[PNP_PATH_UNITS] = {0};
    WCHAR Export[64] = {0}; // zero-filled: the list's second terminator is there
    Append(Path, Device->DriverKey);
    Append(Path, L"\\Linkage");
    Append(Export, L"\\Device\\");
    Append(Export, Device->InstanceGuid);
    UNICODE_STRING Linkage = SimWideString(Path);
    UNICODE_STRING Name = SimWideString(L"Export");
    ULONG Bytes = (ULONG)((SimWideLength(Export) + 2) * sizeof(WCHAR));
    return SimRegistrySet(&Linkage, &Name, REG_MULTI_SZ, Export, Bytes);
}

static NTSTATUS CreatePdo(PDEVICE_OBJECT *Pdo)
{
    WCHAR Name[32] = L"\\Device\\NdishostNic";
    unsigned Number = atomic_fetch_add(&NextNumber, 1);
    AppendDecimal(Name, Number);
    UNICODE_STRING DeviceName = SimWideString(Name);
    NTSTATUS Status = IoCreateDevice(SimBusDriver, sizeof(PNP_DEVICE), &DeviceName,
                                     FILE_DEVICE_NETWORK, 0, FALSE, Pdo);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    PNP_DEVICE *Device = (*Pdo)->DeviceExtension;
    Device->Number = Number;
    Device->Power = PowerDeviceD3;
    Append(Device->InstanceGuid, L"{6e646973-686f-4000-8000-00000000");
    AppendDecimal(Device->InstanceGuid, Number);
    Append(Device->InstanceGuid, L"}");
    Append(Device->DriverKey, CLASS_ROOT);
    AppendDecimal(Device->DriverKey, Number);
    Append(Device->ParameterKey, ENUM_ROOT);
    AppendDecimal(Device->ParameterKey, Number);
    Append(Device->ParameterKey, L"\\Device Parameters");
    (*Pdo)->Flags |= DO_BUS_ENUMERATED_DEVICE | DO_POWER_PAGABLE;
    (*Pdo)->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static void DeletePdo(PDEVICE_OBJECT Pdo)
{
    PNP_DEVICE *Device = Pdo->DeviceExtension;
    UNICODE_STRING Key = SimWideString(Device->DriverKey);
    if (Pdo->AttachedDevice != NULL) {
        SimPrint("ndishost: a device is still attached to the PDO of adapter %04u: its driver did "
                 "not call IoDetachDevice and IoDeleteDevice for IRP_MN_REMOVE_DEVICE\n",
                 Device->Number);
    }
    SimRegistryDeleteTree(&Key);
    Key = SimWideString(Device->ParameterKey);
    SimRegistryDeleteTree(&Key);
    IoDeleteDevice(Pdo);
}

static NTSTATUS SendPnp(PDEVICE_OBJECT Pdo, UCHAR Minor)
{
    PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Pdo);
    SIM_IRP *Self = SimIrpCreate(Top->StackSize, __builtin_return_address(0));
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    if (Self != NULL) {
        PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
        Stack->MajorFunction = IRP_MJ_PNP;
        Stack->MinorFunction = Minor;
        Self->Irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
        Status = SimIrpSendAndWait(Self, Top, NULL);
    }
    SimObjectDereference(Top);
    return Status;
}

NTSTATUS SimPnpAddDevice(PDRIVER_OBJECT Driver, const char *const *Values, unsigned ValueCount,
                         PDEVICE_OBJECT *Pdo)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    PDRIVER_ADD_DEVICE AddDevice = Driver->DriverExtension->AddDevice;
    PDEVICE_OBJECT Made;
    if (AddDevice == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    NTSTATUS Status = CreatePdo(&Made);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = MakeKeys(Made->DeviceExtension);
    if (NT_SUCCESS(Status)) {
        Status = SetValues(Made->DeviceExtension, Values, ValueCount);
    }
    if (NT_SUCCESS(Status)) {
        Status = AddDevice(Driver, Made);
        SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    }
    if (!NT_SUCCESS(Status)) {
        goto Delete;
    }
    ((PNP_DEVICE *)Made->DeviceExtension)->Power = PowerDeviceD0;
    Status = SendPnp(Made, IRP_MN_START_DEVICE);
    if (!NT_SUCCESS(Status)) {
        SendPnp(Made, IRP_MN_REMOVE_DEVICE);
        goto Delete;
    }
    *Pdo = Made;
    return STATUS_SUCCESS;

Delete:
    DeletePdo(Made);
    return Status;
}

NTSTATUS SimPnpRemoveDevice(PDEVICE_OBJECT Pdo, BOOLEAN Surprise)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (Surprise) {
        SendPnp(Pdo, IRP_MN_SURPRISE_REMOVAL); // must not fail, and is not asked whether it did
    } else {
        NTSTATUS Status = SendPnp(Pdo, IRP_MN_QUERY_REMOVE_DEVICE);
        if (!NT_SUCCESS(Status)) {
            SendPnp(Pdo, IRP_MN_CANCEL_REMOVE_DEVICE);
            return Status;
        }
    }
    SendPnp(Pdo, IRP_MN_REMOVE_DEVICE);
    DeletePdo(Pdo);
    return STATUS_SUCCESS;
}

void SimPnpStart(void)
{
    atomic_store(&NextNumber, 0);
    NTSTATUS Status = SimDriverLoad("NdishostBus", BusEntry, &SimBusDriver);
    if (!NT_SUCCESS(Status)) {
        SimPrint("ndishost: the bus driver could not be started: 0x%08X\n", (unsigned)Status);
        SimBusDriver = NULL;
    }
}

unsigned SimPnpStop(void)
{
    unsigned Left = 0;
    if (SimBusDriver == NULL) {
        return 0;
    }
    while (SimBusDriver->DeviceObject != NULL) {
        Left++;
        SimPnpRemoveDevice(SimBusDriver->DeviceObject, TRUE);
    }
    SimDriverUnload(SimBusDriver);
    SimBusDriver = NULL;
    return Left;
}

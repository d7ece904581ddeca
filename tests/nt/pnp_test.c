// SPDX-License-Identifier: MIT

// Plug and play and power with a function driver of the test; objects and names.

#include "io_test.h"

#include <string.h>

#include <wdmsec.h>

#include "sanitizer.h"
#include "wide.h"

typedef struct FUNCTION_DRIVER {
    PDRIVER_OBJECT Driver;
    PDEVICE_OBJECT Fdo, Pdo, Below;
    NTSTATUS AddStatus, StartStatus, QueryRemoveStatus;
    char Seen[256]; // one letter for each IRP
    DEVICE_POWER_STATE Power;
} FUNCTION_DRIVER;
static FUNCTION_DRIVER Nic;

static void See(char Letter)
{
    size_t Length = strlen(Nic.Seen);
    Nic.Seen[Length] = Letter;
}

static DRIVER_ADD_DEVICE NicAdd;
static NTSTATUS NTAPI NicAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    if (!NT_SUCCESS(Nic.AddStatus)) {
        return Nic.AddStatus;
    }
    assert_int_equal(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_NETWORK, 0, FALSE, &Nic.Fdo),
                     0);
    Nic.Pdo = PhysicalDeviceObject;
    Nic.Below = IoAttachDeviceToDeviceStack(Nic.Fdo, PhysicalDeviceObject);
    Nic.Fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS Refuse(PIRP Irp, NTSTATUS Status)
{
    return TestComplete(Irp, Status, 0);
}

static NTSTATUS PassDown(PIRP Irp)
{
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Nic.Below, Irp);
}

static DRIVER_DISPATCH NicPnp;
static NTSTATUS NTAPI NicPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS Status;
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        See('s');
        return NT_SUCCESS(Nic.StartStatus) ? PassDown(Irp) : Refuse(Irp, Nic.StartStatus);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        See('q');
        return NT_SUCCESS(Nic.QueryRemoveStatus) ? PassDown(Irp)
                                                 : Refuse(Irp, Nic.QueryRemoveStatus);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        See('c');
        return PassDown(Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        See('!');
        return PassDown(Irp);
    case IRP_MN_REMOVE_DEVICE:
        See('r');
        Status = PassDown(Irp);
        IoDetachDevice(Nic.Below);
        IoDeleteDevice(DeviceObject);
        return Status;
    default:
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(Nic.Below, Irp);
    }
}

static DRIVER_DISPATCH NicPower;
static NTSTATUS NTAPI NicPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    if (Stack->MinorFunction == IRP_MN_SET_POWER) {
        Nic.Power = Stack->Parameters.Power.State.DeviceState;
        PoSetPowerState(DeviceObject, DevicePowerState, Stack->Parameters.Power.State);
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(Nic.Below, Irp);
}

static DRIVER_UNLOAD NicUnload;
static VOID NTAPI NicUnload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
}

static DRIVER_INITIALIZE NicEntry;
static NTSTATUS NTAPI NicEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->DriverExtension->AddDevice = NicAdd;
    DriverObject->DriverUnload = NicUnload;
    DriverObject->MajorFunction[IRP_MJ_PNP] = NicPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = NicPower;
    return STATUS_SUCCESS;
}

static void LoadNic(void)
{
    Nic = (FUNCTION_DRIVER){0};
    assert_int_equal(SimDriverLoad("TestNic", NicEntry, &Nic.Driver), 0);
}

static NTSTATUS AddNic(PDEVICE_OBJECT *Pdo)
{
    static const char *const Values[] = {"Wire", "loop", "Label", "\xc3\xa9"};
    return SimPnpAddDevice(Nic.Driver, Values, 2, Pdo);
}

static void QueryText(HANDLE Key, const WCHAR *Value, ULONG Type, const WCHAR *Expected)
{
    unsigned char Buffer[256];
    ULONG Length;
    UNICODE_STRING Name = SimWideString(Value);
    const KEY_VALUE_PARTIAL_INFORMATION *Partial = (void *)Buffer;
    assert_int_equal(
        ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Buffer, sizeof(Buffer), &Length),
        0);
    assert_int_equal(Partial->Type, Type);
    assert_memory_equal(Partial->Data, Expected, (SimWideLength(Expected) + 1) * sizeof(WCHAR));
}

static void Pnp_AddAndRemove_OrderAndKeys(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    HANDLE Key, Linkage;
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING LinkageName = SimWideString(L"Linkage");
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_string_equal(Nic.Seen, "s");
    assert_ptr_equal(Nic.Below, Pdo);
    assert_int_equal(IoOpenDeviceRegistryKey(Pdo, PLUGPLAY_REGKEY_DRIVER, KEY_READ, &Key), 0);
    QueryText(Key, L"NetCfgInstanceId", REG_SZ, L"{6e646973-686f-4000-8000-000000000000}");
    QueryText(Key, L"Wire", REG_SZ, L"loop");
    QueryText(Key, L"Label", REG_SZ, L"\u00e9");
    InitializeObjectAttributes(&Attributes, &LinkageName, OBJ_KERNEL_HANDLE, Key, NULL);
    assert_int_equal(ZwOpenKey(&Linkage, KEY_READ, &Attributes), 0);
    QueryText(Linkage, L"Export", REG_MULTI_SZ,
              L"\\Device\\{6e646973-686f-4000-8000-000000000000}");
    ZwClose(Linkage);
    ZwClose(Key);
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), 0);
    assert_string_equal(Nic.Seen, "sqr");
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_Surprise_SurpriseThenRemove(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_int_equal(SimPnpRemoveDevice(Pdo, TRUE), 0);
    assert_string_equal(Nic.Seen, "s!r");
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_QueryRemoveRefused_StaysAndIsToldSo(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    Nic.QueryRemoveStatus = STATUS_DEVICE_BUSY;
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), STATUS_DEVICE_BUSY);
    assert_string_equal(Nic.Seen, "sqc");
    assert_int_equal(SimPnpRemoveDevice(Pdo, TRUE), 0);
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_AddOrStartFails_NothingLeft(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    LoadNic();
    Nic.AddStatus = STATUS_INSUFFICIENT_RESOURCES;
    assert_int_equal(AddNic(&Pdo), STATUS_INSUFFICIENT_RESOURCES);
    assert_string_equal(Nic.Seen, "");
    Nic.AddStatus = 0;
    Nic.StartStatus = STATUS_DEVICE_NOT_READY;
    assert_int_equal(AddNic(&Pdo), STATUS_DEVICE_NOT_READY);
    assert_string_equal(Nic.Seen, "sr");
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_Power_ReachesDriver(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    POWER_STATE Power = {.DeviceState = PowerDeviceD0};
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_int_equal(SimPnpSetPower(Pdo, PowerDeviceD3), 0);
    assert_int_equal(Nic.Power, PowerDeviceD3);
    assert_int_equal(SimPnpSetPower(Pdo, PowerDeviceD0), 0);
    assert_int_equal(PoSetPowerState(Nic.Fdo, DevicePowerState, Power).DeviceState, PowerDeviceD0);
    Power.DeviceState = PowerDeviceD2;
    assert_int_equal(PoRequestPowerIrp(Nic.Fdo, IRP_MN_SET_POWER, Power, NULL, NULL, NULL),
                     STATUS_PENDING);
    assert_int_equal(Nic.Power, PowerDeviceD2);
    assert_int_equal(PoRequestPowerIrp(Nic.Fdo, IRP_MN_WAIT_WAKE, Power, NULL, NULL, NULL),
                     STATUS_INVALID_PARAMETER_2);
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), 0);
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_Properties_AsDocumented(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    WCHAR Text[128];
    ULONG Length;
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_int_equal(IoGetDeviceProperty(Pdo, DevicePropertyDriverKeyName, 4, Text, &Length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(
        IoGetDeviceProperty(Pdo, DevicePropertyDriverKeyName, sizeof(Text), Text, &Length), 0);
    assert_memory_equal(Text, L"{4d36e972-e325-11ce-bfc1-08002be10318}\\0000", Length);
    assert_int_equal(IoGetDeviceProperty(Pdo, DevicePropertyPhysicalDeviceObjectName, sizeof(Text),
                                         Text, &Length),
                     0);
    assert_memory_equal(Text, L"\\Device\\NdishostNic0000", Length);
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), 0);
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_Interface_LinkWhileEnabled(void **State)
{
    (void)State;
    static const GUID Class = {
        0xcac88484, 0x7515, 0x4c03, {0x82, 0xe6, 0x71, 0xa8, 0x7a, 0xba, 0xc3, 0x61}};
    PDEVICE_OBJECT Pdo;
    UNICODE_STRING Name;
    void *Body;
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_int_equal(IoRegisterDeviceInterface(Pdo, &Class, NULL, &Name), 0);
    assert_int_equal(SimNameLookup(&Name, &SimTypeDevice, &Body, NULL, 0, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoSetDeviceInterfaceState(&Name, TRUE), 0);
    assert_int_equal(IoSetDeviceInterfaceState(&Name, TRUE), STATUS_OBJECT_NAME_EXISTS);
    assert_int_equal(SimNameLookup(&Name, &SimTypeDevice, &Body, NULL, 0, NULL), 0);
    assert_ptr_equal(Body, Pdo);
    SimObjectDereference(Body);
    assert_int_equal(IoSetDeviceInterfaceState(&Name, FALSE), 0);
    RtlFreeUnicodeString(&Name);
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), 0);
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Pnp_StopWithDevice_RemovesItAndCounts(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo;
    LoadNic();
    assert_int_equal(AddNic(&Pdo), 0);
    assert_int_equal(SimPnpStop(), 1);
    assert_string_equal(Nic.Seen, "s!r");
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
    SimPnpStart();
}

// ---- objects

static void Object_Names_CollideAndFollowLinks(void **State)
{
    (void)State;
    UNICODE_STRING Device = SimWideString(L"\\Device\\Named");
    UNICODE_STRING Link = SimWideString(L"\\DosDevices\\Named");
    UNICODE_STRING Through = SimWideString(L"\\??\\NAMED");
    UNICODE_STRING Nowhere = SimWideString(L"\\Nowhere\\Named");
    PDEVICE_OBJECT One, Two;
    PFILE_OBJECT File;
    void *Body;
    LoadNic();
    assert_int_equal(IoCreateDevice(Nic.Driver, 0, &Device, 1, 0, FALSE, &One), 0);
    assert_int_equal(IoCreateDevice(Nic.Driver, 0, &Device, 1, 0, FALSE, &Two),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(IoCreateDevice(Nic.Driver, 0, &Nowhere, 1, 0, FALSE, &Two),
                     STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(IoCreateSymbolicLink(&Link, &Device), 0);
    assert_int_equal(IoCreateSymbolicLink(&Through, &Device), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(SimNameLookup(&Through, &SimTypeDevice, &Body, NULL, 0, NULL), 0);
    assert_ptr_equal(Body, One);
    SimObjectDereference(Body);
    // Still initializing: it was made outside of DriverEntry and the driver has not said otherwise.
    assert_int_equal(IoGetDeviceObjectPointer(&Device, FILE_READ_DATA, &File, &Two),
                     STATUS_NO_SUCH_DEVICE);
    assert_int_equal(IoDeleteSymbolicLink(&Link), 0);
    assert_int_equal(IoDeleteSymbolicLink(&Link), STATUS_OBJECT_NAME_NOT_FOUND);
    IoDeleteDevice(One);
    assert_int_equal(SimNameLookup(&Device, NULL, &Body, NULL, 0, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Object_DevicePointer_FileKeepsDeviceAlive(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"\\Device\\Test");
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
    TestDriverLoad();
    assert_int_equal(IoGetDeviceObjectPointer(&Name, FILE_READ_DATA, &File, &Device), 0);
    assert_ptr_equal(Device, Test.Device);
    assert_ptr_equal(IoGetRelatedDeviceObject(File), Device);
    assert_int_equal(Test.Creates, 1);
    assert_int_equal(Test.Cleanups, 1);
    assert_int_equal(Test.Closes, 0);
    ObReferenceObject(File);
    ObDereferenceObject(File);
    assert_int_equal(Test.Closes, 0);
    ObDereferenceObject(File);
    assert_int_equal(Test.Closes, 1);
    TestDriverUnload();
}

static void Object_SecureDevice_SddlChecked(void **State)
{
    (void)State;
    static const WCHAR *const Good[] = {L"D:P(A;;GA;;;SY)(A;;GA;;;BA)", L"D:P", L"D:(A;;0x1F;;;WD)",
                                        L"O:BAG:SYD:PAI(A;CI;GRGW;;;S-1-5-32-544)"};
    static const WCHAR *const Bad[] = {
        L"",     L"P(A;;GA;;;SY)",   L"D:P(A;;GA;;SY)", L"D:P(A;;;;;SY)", L"D:P(A;;GA;;;SY",
        L"O:BA", L"D:P(A;;GA;;;SY)x"};
    UNICODE_STRING Name = SimWideString(L"\\Device\\Secure");
    PDEVICE_OBJECT Device;
    LoadNic();
    for (unsigned i = 0; i < 4; i++) {
        UNICODE_STRING Sddl = SimWideString(Good[i]);
        assert_int_equal(WdmlibIoCreateDeviceSecure(Nic.Driver, 0, &Name, 0x8001, 0, FALSE, &Sddl,
                                                    NULL, &Device),
                         0);
        assert_int_equal(SimDeviceSddl(Device)->Length, Sddl.Length);
        IoDeleteDevice(Device);
    }
    for (unsigned i = 0; i < 7; i++) {
        UNICODE_STRING Sddl = SimWideString(Bad[i]);
        assert_int_equal(WdmlibIoCreateDeviceSecure(Nic.Driver, 0, &Name, 0x8001, 0, FALSE, &Sddl,
                                                    NULL, &Device),
                         STATUS_INVALID_PARAMETER);
    }
    assert_int_equal(SimDriverUnload(Nic.Driver), 0);
}

static void Object_Handles_TypeAndAccessChecked(void **State)
{
    (void)State;
    HANDLE Handle;
    PVOID Body;
    UNICODE_STRING Path = SimWideString(L"\\Registry\\Machine\\Software");
    assert_int_equal(SimRegistryOpen(&Path, KEY_READ, OBJ_KERNEL_HANDLE, &Handle), 0);
    assert_true(ObIsKernelHandle(Handle));
    assert_int_equal(
        ObReferenceObjectByHandle(Handle, 0, *IoFileObjectType, KernelMode, &Body, NULL),
        STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(
        ObReferenceObjectByHandle(Handle, KEY_ALL_ACCESS, NULL, KernelMode, &Body, NULL), 0);
    ObDereferenceObject(Body);
    assert_int_equal(ObReferenceObjectByHandle(Handle, 0, NULL, UserMode, &Body, NULL),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(ObCloseHandle(Handle, KernelMode), 0);
    assert_int_equal(ObCloseHandle(Handle, UserMode), STATUS_INVALID_HANDLE);
}

static void CloseTwice(void)
{
    HANDLE Handle;
    UNICODE_STRING Path = SimWideString(L"\\Registry\\Machine\\Software");
    IoTestStart();
    SimRegistryOpen(&Path, KEY_READ, OBJ_KERNEL_HANDLE, &Handle);
    ZwClose(Handle);
    ZwClose(Handle);
}

static void DeleteDeviceTwice(void)
{
    IoTestStart();
    TestDriverLoad();
    ObReferenceObject(Test.Device);
    IoDeleteDevice(Test.Device);
    IoDeleteDevice(Test.Device);
}

#if !defined(SIM_ASAN) && !defined(SIM_TSAN) // which see the use of freed memory first
static void DereferenceTooOften(void)
{
    PVOID Body = SimObjectCreate(&SimTypeDirectory, 16);
    SimObjectReference(Body);
    for (unsigned i = 0; i < 3; i++) {
        ObDereferenceObject(Body);
    }
}
#endif

static void Object_Misuse_BugChecks(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(CloseTwice, INVALID_KERNEL_HANDLE, "is not open in this process");
    IO_EXPECT_BUG_CHECK(DeleteDeviceTwice, DRIVER_VERIFIER_IOMANAGER_VIOLATION, "(0x240,");
#if !defined(SIM_ASAN) && !defined(SIM_TSAN)
    IO_EXPECT_BUG_CHECK(DereferenceTooOften, REFERENCE_BY_POINTER, "REFERENCE_BY_POINTER");
#endif
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Pnp_AddAndRemove_OrderAndKeys),
        IO_TEST(Pnp_Surprise_SurpriseThenRemove),
        IO_TEST(Pnp_QueryRemoveRefused_StaysAndIsToldSo),
        IO_TEST(Pnp_AddOrStartFails_NothingLeft),
        IO_TEST(Pnp_Power_ReachesDriver),
        IO_TEST(Pnp_Properties_AsDocumented),
        IO_TEST(Pnp_Interface_LinkWhileEnabled),
        IO_TEST(Pnp_StopWithDevice_RemovesItAndCounts),
        IO_TEST(Object_Names_CollideAndFollowLinks),
        IO_TEST(Object_DevicePointer_FileKeepsDeviceAlive),
        IO_TEST(Object_SecureDevice_SddlChecked),
        IO_TEST(Object_Handles_TypeAndAccessChecked),
        IO_TEST(Object_Misuse_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

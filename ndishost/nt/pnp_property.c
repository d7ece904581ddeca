// SPDX-License-Identifier: MIT

// Registry keys and properties of devices and drivers, and device interfaces.

#include "pnp.h"

#include "object.h"
#include "registry.h"
#include "wide.h"

#include <string.h>

#define TAG_INTERFACE 0x746E4950u // "PInt"
#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
// Characters of the driver key's path before the class GUID.
#define CLASS_START                                                                                \
    (sizeof(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class\\") / sizeof(WCHAR) - \
     1)

NTSTATUS NTAPI IoOpenDeviceRegistryKey(PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType,
                                       ACCESS_MASK DesiredAccess, PHANDLE DeviceRegKey)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    const PNP_DEVICE *Device = SimPnpDevice(DeviceObject);
    if (Device == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    ULONG Kind = DevInstKeyType & (PLUGPLAY_REGKEY_DEVICE | PLUGPLAY_REGKEY_DRIVER);
    if (Kind != PLUGPLAY_REGKEY_DEVICE && Kind != PLUGPLAY_REGKEY_DRIVER) {
        return STATUS_INVALID_PARAMETER;
    }
    UNICODE_STRING Path = SimWideString(Kind == PLUGPLAY_REGKEY_DRIVER ? Device->DriverKey
                                                                       : Device->ParameterKey);
    return SimRegistryOpen(&Path, DesiredAccess, OBJ_KERNEL_HANDLE, DeviceRegKey);
}

NTSTATUS NTAPI IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject, DRIVER_REGKEY_TYPE RegKeyType,
                                       ACCESS_MASK DesiredAccess, ULONG Flags, PHANDLE DriverRegKey)
{
    WCHAR Path[PNP_PATH_UNITS] = SERVICES;
    const UNICODE_STRING *Service = &DriverObject->DriverExtension->ServiceKeyName;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (Flags != 0 || RegKeyType != DriverRegKeyParameters) {
        return STATUS_INVALID_PARAMETER;
    }
    size_t Units = SimWideLength(Path);
    memcpy(Path + Units, Service->Buffer, Service->Length);
    memcpy(Path + Units + Service->Length / sizeof(WCHAR), L"\\Parameters",
           sizeof(L"\\Parameters"));
    UNICODE_STRING Name = SimWideString(Path);
    NTSTATUS Status = SimRegistryMakeKey(&Name);
    return NT_SUCCESS(Status)
               ? SimRegistryOpen(&Name, DesiredAccess, OBJ_KERNEL_HANDLE, DriverRegKey)
               : Status;
}

// ---- properties

typedef struct PROPERTY {
    const void *Bytes;
    ULONG Count;
} PROPERTY;

static PROPERTY Text(const WCHAR *Value)
{
    return (PROPERTY){Value, (ULONG)((SimWideLength(Value) + 1) * sizeof(WCHAR))};
}

static NTSTATUS Answer(PROPERTY Property, ULONG BufferLength, PVOID Buffer, PULONG ResultLength)
{
    *ResultLength = Property.Count;
    if (BufferLength < Property.Count) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(Buffer, Property.Bytes, Property.Count);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject,
                                   DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
                                   PVOID PropertyBuffer, PULONG ResultLength)
{
    static const WCHAR HardwareIds[] = L"NDISHOST\\NIC\0"; // a list: two terminators
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    const PNP_DEVICE *Device = SimPnpDevice(DeviceObject);
    UNICODE_STRING Name;
    WCHAR ObjectName[64] = {0};
    PROPERTY Property;
    if (Device == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (DeviceProperty) {
    case DevicePropertyDeviceDescription:
    case DevicePropertyFriendlyName:
        Property = Text(L"ndishost virtual network adapter");
        break;
    case DevicePropertyHardwareID:
        Property = (PROPERTY){HardwareIds, sizeof(HardwareIds)};
        break;
    case DevicePropertyClassName:
        Property = Text(L"Net");
        break;
    case DevicePropertyClassGuid:
        Property = Text(PNP_CLASS);
        break;
    case DevicePropertyDriverKeyName:
        Property = Text(Device->DriverKey + CLASS_START);
        break;
    case DevicePropertyManufacturer:
        Property = Text(L"ndishost");
        break;
    case DevicePropertyEnumeratorName:
        Property = Text(L"NDISHOST");
        break;
    case DevicePropertyUINumber:
    case DevicePropertyAddress:
        Property = (PROPERTY){&Device->Number, sizeof(ULONG)};
        break;
    case DevicePropertyPhysicalDeviceObjectName:
        SimObjectName(DeviceObject, &Name);
        memcpy(ObjectName, Name.Buffer, Name.Length);
        Property = Text(ObjectName);
        break;
    default:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return Answer(Property, BufferLength, PropertyBuffer, ResultLength);
}

// ---- device interfaces: a name that is a symbolic link to the PDO while the interface is enabled

static NTSTATUS InterfaceName(const PNP_DEVICE *Device, const UNICODE_STRING *Class,
                              PCUNICODE_STRING Reference, PUNICODE_STRING Name)
{
    const WCHAR Prefix[] = L"\\??\\NDISHOST#NIC#";
    size_t Units = sizeof(Prefix) / sizeof(WCHAR) - 1 + 5 + Class->Length / sizeof(WCHAR);
    size_t Extra = Reference != NULL ? 1 + Reference->Length / sizeof(WCHAR) : 0;
    USHORT Bytes = (USHORT)((Units + Extra) * sizeof(WCHAR));
    PWSTR To = ExAllocatePool2(POOL_FLAG_PAGED, Bytes + sizeof(WCHAR), TAG_INTERFACE);
    if (To == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Name = (UNICODE_STRING){
        .Length = 0, .MaximumLength = (USHORT)(Bytes + sizeof(WCHAR)), .Buffer = To};
    const WCHAR Number[] = {(WCHAR)('0' + Device->Number / 1000 % 10),
                            (WCHAR)('0' + Device->Number / 100 % 10),
                            (WCHAR)('0' + Device->Number / 10 % 10),
                            (WCHAR)('0' + Device->Number % 10),
                            '#',
                            0};
    RtlAppendUnicodeToString(Name, Prefix);
    RtlAppendUnicodeToString(Name, Number);
    RtlAppendUnicodeStringToString(Name, Class);
    if (Reference != NULL) {
        RtlAppendUnicodeToString(Name, L"\\");
        RtlAppendUnicodeStringToString(Name, Reference);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject,
                                         const GUID *InterfaceClassGuid,
                                         PUNICODE_STRING ReferenceString,
                                         PUNICODE_STRING SymbolicLinkName)
{
    UNICODE_STRING Class;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    const PNP_DEVICE *Device = SimPnpDevice(PhysicalDeviceObject);
    if (Device == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    NTSTATUS Status = RtlStringFromGUID(InterfaceClassGuid, &Class);
    if (!NT_SUCCESS(Status)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PCUNICODE_STRING Reference = ReferenceString != NULL && ReferenceString->Length > 0
                                     ? ReferenceString
                                     : NULL;
    Status = InterfaceName(Device, &Class, Reference, SymbolicLinkName);
    RtlFreeUnicodeString(&Class);
    return Status; // the driver frees the name with RtlFreeUnicodeString
}

// The adapter's number stands behind the prefix: \??\NDISHOST#NIC#0001#{...}
static PDEVICE_OBJECT PdoOfInterface(PCUNICODE_STRING Name)
{
    const size_t At = sizeof(L"\\??\\NDISHOST#NIC#") / sizeof(WCHAR) - 1;
    unsigned Number = 0;
    PDEVICE_OBJECT Found = NULL;
    if (Name->Length < (At + 4) * sizeof(WCHAR)) {
        return NULL;
    }
    for (size_t i = At; i < At + 4; i++) {
        Number = Number * 10 + (unsigned)(Name->Buffer[i] - '0');
    }
    SimLock(&SimDeviceLock);
    for (PDEVICE_OBJECT Pdo = SimBusDriver->DeviceObject; Pdo != NULL; Pdo = Pdo->NextDevice) {
        if (SimPnpDevice(Pdo)->Number == Number) {
            Found = Pdo;
        }
    }
    SimUnlock(&SimDeviceLock);
    return Found;
}

NTSTATUS NTAPI IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    UNICODE_STRING Target;
    void *Link;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Exists = SimNameLookupLink(SymbolicLinkName, &Link);
    if (NT_SUCCESS(Exists)) {
        SimObjectDereference(Link);
    }
    if (!Enable) {
        return NT_SUCCESS(Exists) ? IoDeleteSymbolicLink(SymbolicLinkName) : Exists;
    }
    if (NT_SUCCESS(Exists)) {
        return STATUS_OBJECT_NAME_EXISTS;
    }
    PDEVICE_OBJECT Pdo = PdoOfInterface(SymbolicLinkName);
    if (Pdo == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    SimObjectName(Pdo, &Target);
    return IoCreateSymbolicLink(SymbolicLinkName, &Target);
}

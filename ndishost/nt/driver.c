// SPDX-License-Identifier: MIT

// Driver objects: load, unload, extensions.

#include "device.h"

#include "object.h"
#include "registry.h"
#include "wide.h"

#include <stdlib.h>
#include <string.h>

typedef struct CLIENT_EXTENSION {
    struct CLIENT_EXTENSION *Next;
    PVOID Key;
    unsigned char Bytes[] __attribute__((aligned(16)));
} CLIENT_EXTENSION;

typedef struct DRIVER {
    DRIVER_OBJECT Object;
    DRIVER_EXTENSION Extension;
    CLIENT_EXTENSION *Clients; // guarded by SimDeviceLock
    SIM_DRIVER_IMAGE Image;
    WCHAR Name[96]; // \Driver\SERVICE
    WCHAR Service[80];
} DRIVER;

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

static void DriverDelete(void *Body)
{
    DRIVER *Driver = Body;
    while (Driver->Clients != NULL) {
        CLIENT_EXTENSION *Next = Driver->Clients->Next;
        free(Driver->Clients);
        Driver->Clients = Next;
    }
    if (Driver->Image.Gone != NULL) {
        Driver->Image.Gone(Driver->Image.Context);
    }
}

OBJECT_TYPE SimTypeDriver = {.Name = "Driver", .Delete = DriverDelete};

static DRIVER_DISPATCH RefuseRequest;
static NTSTATUS NTAPI RefuseRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    NTSTATUS Status = STATUS_INVALID_DEVICE_REQUEST;
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_POWER) {
        PoStartNextPowerIrp(Irp);
        Status = STATUS_NOT_SUPPORTED;
    }
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS SetNames(DRIVER *Driver, const char *Service)
{
    const WCHAR Prefix[] = L"\\Driver\\";
    size_t PrefixUnits = sizeof(Prefix) / sizeof(WCHAR) - 1;
    size_t Capacity = sizeof(Driver->Service) / sizeof(WCHAR);
    size_t Units = SimWideFromUtf8(Driver->Service, Capacity, Service, strlen(Service));
    if (Units == 0 || Units > Capacity) {
        return STATUS_INVALID_PARAMETER;
    }
    memcpy(Driver->Name, Prefix, sizeof(Prefix));
    memcpy(Driver->Name + PrefixUnits, Driver->Service, Units * sizeof(WCHAR));
    Driver->Object.DriverName = (UNICODE_STRING){
        .Length = (USHORT)((PrefixUnits + Units) * sizeof(WCHAR)),
        .MaximumLength = (USHORT)((PrefixUnits + Units) * sizeof(WCHAR)),
        .Buffer = Driver->Name};
    Driver->Extension.ServiceKeyName = (UNICODE_STRING){
        .Length = (USHORT)(Units * sizeof(WCHAR)),
        .MaximumLength = (USHORT)(Units * sizeof(WCHAR)),
        .Buffer = Driver->Service};
    return SimNameInsert(Driver, &Driver->Object.DriverName);
}

static DRIVER *CreateDriver(const char *Service, const SIM_DRIVER_IMAGE *Image, NTSTATUS *Status)
{
    DRIVER *Driver = SimObjectCreate(&SimTypeDriver, sizeof(*Driver));
    if (Driver == NULL) {
        *Status = STATUS_INSUFFICIENT_RESOURCES;
        return NULL;
    }
    Driver->Object.Type = IO_TYPE_DRIVER;
    Driver->Object.Size = sizeof(DRIVER_OBJECT);
    Driver->Object.DriverInit = Image->Entry;
    Driver->Object.DriverStart = Image->Base;
    Driver->Object.DriverSize = Image->Size;
    Driver->Object.DriverExtension = &Driver->Extension;
    Driver->Extension.DriverObject = &Driver->Object;
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        Driver->Object.MajorFunction[i] = RefuseRequest;
    }
    *Status = SetNames(Driver, Service);
    if (!NT_SUCCESS(*Status)) {
        SimObjectDereference(Driver);
        return NULL;
    }
    return Driver;
}

// The path is the driver's only until DriverEntry returns: it is memory of its own, given back
// then.
static NTSTATUS CallEntry(DRIVER *Driver, PDRIVER_INITIALIZE Entry)
{
    size_t Prefix = sizeof(SERVICES) - sizeof(WCHAR);
    USHORT Name = Driver->Extension.ServiceKeyName.Length;
    UNICODE_STRING *Path = malloc(sizeof(*Path));
    WCHAR *Text = malloc(Prefix + Name + sizeof(WCHAR));
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    if (Path != NULL && Text != NULL) {
        memcpy(Text, SERVICES, Prefix);
        memcpy((char *)Text + Prefix, Driver->Service, Name);
        Text[(Prefix + Name) / sizeof(WCHAR)] = 0;
        *Path = (UNICODE_STRING){.Length = (USHORT)(Prefix + Name),
                                 .MaximumLength = (USHORT)(Prefix + Name + sizeof(WCHAR)),
                                 .Buffer = Text};
        Status = SimRegistryMakeKey(Path);
    }
    if (NT_SUCCESS(Status)) {
        Status = Entry(&Driver->Object, Path);
    }
    free(Text);
    free(Path);
    return Status;
}

NTSTATUS SimDriverLoad(const char *Service, PDRIVER_INITIALIZE Entry, PDRIVER_OBJECT *Driver)
{
    SIM_DRIVER_IMAGE Image = {.Entry = Entry, .Base = (PVOID)Entry};
    return SimDriverLoadImage(Service, &Image, Driver);
}

NTSTATUS SimDriverLoadImage(const char *Service, const SIM_DRIVER_IMAGE *Image,
                            PDRIVER_OBJECT *Driver)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status;
    DRIVER *Self = CreateDriver(Service, Image, &Status);
    if (Self == NULL) {
        if (Image->Gone != NULL) {
            Image->Gone(Image->Context);
        }
        return Status;
    }
    Self->Image = *Image; // from here on its end is told to the image's owner
    Status = CallEntry(Self, Image->Entry);
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (!NT_SUCCESS(Status)) {
        SimNameRemove(Self);
        SimObjectDereference(Self);
        return Status;
    }
    SimLock(&SimDeviceLock);
    for (PDEVICE_OBJECT Device = Self->Object.DeviceObject; Device != NULL;
         Device = Device->NextDevice) {
        Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
    SimUnlock(&SimDeviceLock);
    *Driver = &Self->Object;
    return Status;
}

static BOOLEAN IsOpen(PDRIVER_OBJECT Driver)
{
    BOOLEAN Open = FALSE;
    SimLock(&SimDeviceLock);
    for (PDEVICE_OBJECT Device = Driver->DeviceObject; Device != NULL;
         Device = Device->NextDevice) {
        Open = Open || Device->ReferenceCount > 0 || Device->AttachedDevice != NULL;
    }
    SimUnlock(&SimDeviceLock);
    return Open;
}

NTSTATUS SimDriverUnload(PDRIVER_OBJECT Driver)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (Driver->DriverUnload == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (IsOpen(Driver)) {
        return STATUS_DEVICE_BUSY;
    }
    Driver->DriverUnload(Driver);
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SimNameRemove(Driver);
    SimObjectDereference(Driver);
    return STATUS_SUCCESS;
}

// ---- extensions by client address

NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                               PVOID ClientIdentificationAddress,
                                               ULONG DriverObjectExtensionSize,
                                               PVOID *DriverObjectExtension)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DRIVER *Driver = CONTAINING_RECORD(DriverObject, DRIVER, Object);
    CLIENT_EXTENSION *Extension = calloc(1, sizeof(*Extension) + DriverObjectExtensionSize);
    *DriverObjectExtension = NULL;
    if (Extension == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Extension->Key = ClientIdentificationAddress;
    SimLock(&SimDeviceLock);
    CLIENT_EXTENSION *Other = Driver->Clients;
    while (Other != NULL && Other->Key != ClientIdentificationAddress) {
        Other = Other->Next;
    }
    if (Other == NULL) {
        Extension->Next = Driver->Clients;
        Driver->Clients = Extension;
    }
    SimUnlock(&SimDeviceLock);
    if (Other != NULL) {
        free(Extension);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *DriverObjectExtension = Extension->Bytes;
    return STATUS_SUCCESS;
}

PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject,
                                       PVOID ClientIdentificationAddress)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DRIVER *Driver = CONTAINING_RECORD(DriverObject, DRIVER, Object);
    SimLock(&SimDeviceLock);
    CLIENT_EXTENSION *Extension = Driver->Clients;
    while (Extension != NULL && Extension->Key != ClientIdentificationAddress) {
        Extension = Extension->Next;
    }
    SimUnlock(&SimDeviceLock);
    return Extension != NULL ? Extension->Bytes : NULL;
}

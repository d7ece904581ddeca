// SPDX-License-Identifier: MIT

// Device objects: creation, deletion, stacks. A device is an object of its own; its extension is
// the last part of the same memory, so that a sanitizer sees an access past its end.

#include "device.h"

#include "object.h"

#include <stdlib.h>
#include <string.h>

#define DOE_DELETE_PENDING 0x2u

typedef struct DEVICE {
    DEVICE_OBJECT Object;
    DEVOBJ_EXTENSION Extension;
    UNICODE_STRING Sddl;               // its own memory
    ACL *Dacl;                         // likewise; SimDeviceLock
} __attribute__((aligned(16))) DEVICE; // the driver's extension follows

SIM_LOCK SimDeviceLock;

static void DeviceDelete(void *Body)
{
    DEVICE *Device = Body;
    SimCheckFreeing(Device, (size_t)Device->Object.Size + sizeof(*Device) - sizeof(DEVICE_OBJECT));
    free(Device->Sddl.Buffer);
    free(Device->Dacl);
    SimObjectDereference(Device->Object.DriverObject);
}

OBJECT_TYPE SimTypeDevice = {.Name = "Device", .Delete = DeviceDelete};

static void LinkToDriver(PDEVICE_OBJECT Device)
{
    SimLock(&SimDeviceLock);
    Device->NextDevice = Device->DriverObject->DeviceObject;
    Device->DriverObject->DeviceObject = Device;
    SimUnlock(&SimDeviceLock);
}

// Called with SimDeviceLock held.
static void UnlinkFromDriver(PDEVICE_OBJECT Device)
{
    PDEVICE_OBJECT *Where = &Device->DriverObject->DeviceObject;
    while (*Where != NULL && *Where != Device) {
        Where = &(*Where)->NextDevice;
    }
    if (*Where != NULL) {
        *Where = Device->NextDevice;
    }
}

NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                              PUNICODE_STRING DeviceName, ULONG DeviceType,
                              ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                              PDEVICE_OBJECT *DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    *DeviceObject = NULL;
    DEVICE *Device = SimObjectCreate(&SimTypeDevice, sizeof(*Device) + DeviceExtensionSize);
    if (Device == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PDEVICE_OBJECT Object = &Device->Object;
    Object->Type = IO_TYPE_DEVICE;
    Object->Size = (USHORT)(sizeof(DEVICE_OBJECT) + DeviceExtensionSize);
    Object->DriverObject = DriverObject;
    Object->DeviceType = DeviceType;
    Object->Characteristics = DeviceCharacteristics;
    Object->StackSize = 1;
    Object->Flags = DO_DEVICE_INITIALIZING | (Exclusive ? DO_EXCLUSIVE : 0);
    Object->DeviceExtension = DeviceExtensionSize > 0 ? Device + 1 : NULL;
    Object->DeviceObjectExtension = &Device->Extension;
    Device->Extension.Type = IO_TYPE_DEVICE_OBJECT_EXTENSION;
    Device->Extension.DeviceObject = Object;
    KeInitializeEvent(&Object->DeviceLock, SynchronizationEvent, TRUE);
    SimObjectReference(DriverObject);
    if (DeviceName != NULL && DeviceName->Length > 0) {
        Object->Flags |= DO_DEVICE_HAS_NAME;
        NTSTATUS Status = SimNameInsert(Object, DeviceName);
        if (!NT_SUCCESS(Status)) {
            SimObjectDereference(Object);
            return Status;
        }
    }
    LinkToDriver(Object);
    *DeviceObject = Object;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                          PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                          ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                          PCUNICODE_STRING DefaultSDDLString,
                                          LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject)
{
    (void)DeviceClassGuid; // overrides that an administrator may have put into the registry
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    *DeviceObject = NULL;
    if (DefaultSDDLString == NULL || !SimSddlIsValid(DefaultSDDLString)) {
        return STATUS_INVALID_PARAMETER;
    }
    WCHAR *Text = malloc(DefaultSDDLString->Length);
    if (Text == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(Text, DefaultSDDLString->Buffer, DefaultSDDLString->Length);
    NTSTATUS Status = IoCreateDevice(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                                     DeviceCharacteristics, Exclusive, DeviceObject);
    if (!NT_SUCCESS(Status)) {
        free(Text);
        return Status;
    }
    DEVICE *Device = CONTAINING_RECORD(*DeviceObject, DEVICE, Object);
    Device->Sddl = (UNICODE_STRING){.Length = DefaultSDDLString->Length,
                                    .MaximumLength = DefaultSDDLString->Length,
                                    .Buffer = Text};
    return STATUS_SUCCESS;
}

const UNICODE_STRING *SimDeviceSddl(PDEVICE_OBJECT Device)
{
    const UNICODE_STRING *Sddl = &CONTAINING_RECORD(Device, DEVICE, Object)->Sddl;
    return Sddl->Buffer != NULL ? Sddl : NULL;
}

NTSTATUS SimDeviceSetDacl(PDEVICE_OBJECT Device, const ACL *Dacl)
{
    DEVICE *Self = CONTAINING_RECORD(Device, DEVICE, Object);
    ACL *Copy = malloc(Dacl->AclSize);
    if (Copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(Copy, Dacl, Dacl->AclSize);
    SimLock(&SimDeviceLock);
    ACL *Old = Self->Dacl;
    Self->Dacl = Copy;
    SimUnlock(&SimDeviceLock);
    free(Old);
    return STATUS_SUCCESS;
}

const ACL *SimDeviceDacl(PDEVICE_OBJECT Device)
{
    return CONTAINING_RECORD(Device, DEVICE, Object)->Dacl;
}

VOID NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    DEVICE *Device = CONTAINING_RECORD(DeviceObject, DEVICE, Object);
    SimObjectType(DeviceObject); // 0x18 when it is no object any more
    SimLock(&SimDeviceLock);
    BOOLEAN Twice = (Device->Extension.ExtensionFlags & DOE_DELETE_PENDING) != 0;
    Device->Extension.ExtensionFlags |= DOE_DELETE_PENDING;
    if (!Twice) {
        UnlinkFromDriver(DeviceObject);
    }
    SimUnlock(&SimDeviceLock);
    if (Twice) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x240, (ULONG_PTR)DeviceObject, 0, 0,
                    "IoDeleteDevice of device %p, which is already being deleted", DeviceObject);
    }
    SimNameRemove(DeviceObject);
    SimObjectDereference(DeviceObject); // open files keep theirs
}

// ---- opens

NTSTATUS SimDeviceOpen(PDEVICE_OBJECT Device)
{
    NTSTATUS Status = STATUS_SUCCESS;
    PDEVICE_OBJECT Top = SimDeviceTop(Device);
    SimLock(&SimDeviceLock);
    ULONG Extension = CONTAINING_RECORD(Device, DEVICE, Object)->Extension.ExtensionFlags;
    if ((Extension & DOE_DELETE_PENDING) != 0 ||
        ((Device->Flags | Top->Flags) & DO_DEVICE_INITIALIZING) != 0) {
        Status = STATUS_NO_SUCH_DEVICE;
    } else if ((Device->Flags & DO_EXCLUSIVE) != 0 && Device->ReferenceCount > 0) {
        Status = STATUS_ACCESS_DENIED;
    } else {
        Device->ReferenceCount++;
    }
    SimUnlock(&SimDeviceLock);
    return Status;
}

void SimDeviceClose(PDEVICE_OBJECT Device)
{
    SimLock(&SimDeviceLock);
    Device->ReferenceCount--;
    SimUnlock(&SimDeviceLock);
}

// ---- stacks

NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice,
                                               PDEVICE_OBJECT TargetDevice,
                                               PDEVICE_OBJECT *AttachedToDeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NTSTATUS Status = STATUS_NO_SUCH_DEVICE;
    SimLock(&SimDeviceLock);
    PDEVICE_OBJECT Top = SimDeviceTop(TargetDevice);
    DEVICE *Device = CONTAINING_RECORD(Top, DEVICE, Object);
    if ((Device->Extension.ExtensionFlags & DOE_DELETE_PENDING) == 0 &&
        (Top->Flags & DO_DEVICE_INITIALIZING) == 0) {
        SourceDevice->StackSize = (CCHAR)(Top->StackSize + 1);
        SourceDevice->AlignmentRequirement = Top->AlignmentRequirement;
        SourceDevice->DeviceObjectExtension->AttachedTo = Top;
        *AttachedToDeviceObject = Top;
        __atomic_store_n(&Top->AttachedDevice, SourceDevice, __ATOMIC_RELEASE);
        Status = STATUS_SUCCESS;
    }
    SimUnlock(&SimDeviceLock);
    return Status;
}

PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice,
                                                 PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT Below = NULL;
    IoAttachDeviceToDeviceStackSafe(SourceDevice, TargetDevice, &Below);
    return Below;
}

VOID NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SimLock(&SimDeviceLock);
    PDEVICE_OBJECT Above = TargetDevice->AttachedDevice;
    if (Above != NULL) {
        Above->DeviceObjectExtension->AttachedTo = NULL;
    }
    __atomic_store_n(&TargetDevice->AttachedDevice, NULL, __ATOMIC_RELEASE);
    SimUnlock(&SimDeviceLock);
    if (Above == NULL) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x04, (ULONG_PTR)TargetDevice, 0, 0,
                    "IoDetachDevice: nothing is attached to device %p", TargetDevice);
    }
}

PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimDeviceTop(DeviceObject);
}

PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimLock(&SimDeviceLock);
    PDEVICE_OBJECT Top = SimDeviceTop(DeviceObject);
    SimObjectReference(Top);
    SimUnlock(&SimDeviceLock);
    return Top;
}

PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimLock(&SimDeviceLock);
    PDEVICE_OBJECT Below = DeviceObject->DeviceObjectExtension->AttachedTo;
    if (Below != NULL) {
        SimObjectReference(Below);
    }
    SimUnlock(&SimDeviceLock);
    return Below;
}

PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimDeviceTop(FileObject->DeviceObject);
}

// SPDX-License-Identifier: MIT

// Shuttle: raw Ethernet frames for user-mode programs. Modules are started in this order and
// stopped in the reverse; NDIS may call back from the moment that the protocol is registered, so
// that it comes last. No handle is open when the driver is unloaded: the I/O manager sees to it.

#include <ndis.h>

#include "binding.h"
#include "client.h"
#include "device.h"
#include "protocol.h"
#include "settings.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;

__declspec(code_seg("INIT")) _Use_decl_annotations_ NTSTATUS
    DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    DriverObject->DriverUnload = DriverUnload;
    Status = SettingsStart(RegistryPath);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    BindingStart();
    ClientStart();
    Status = DeviceStart(DriverObject);
    if (!NT_SUCCESS(Status)) {
        goto StopSettings;
    }
    Status = ProtocolStart();
    if (!NT_SUCCESS(Status)) {
        goto StopDevice;
    }
    return STATUS_SUCCESS;

StopDevice:
    DeviceStop();
StopSettings:
    SettingsStop();
    return Status;
}

_Use_decl_annotations_ static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    ProtocolStop();
    DeviceStop();
    SettingsStop();
}

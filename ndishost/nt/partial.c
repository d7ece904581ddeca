// SPDX-License-Identifier: MIT

// What fails here because there is no such hardware, firmware or service behind it: interrupts,
// DMA, device memory, buses, firmware, WMI, power settings, notifications about processes and
// images.

#include "partial.h"

#include <ntifs.h>

#include "print.h"

void NTAPI SimReportPartial(const char *Function, const char *Sentence)
{
    SimPrint("ndishost: %s: %s. The call fails.\n", Function, Sentence);
}

// ---- hardware: NICs here are miniports without any

NTSTATUS NTAPI IoConnectInterrupt(PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine,
                                  PVOID ServiceContext, PKSPIN_LOCK SpinLock, ULONG Vector,
                                  KIRQL Irql, KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
                                  BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
                                  BOOLEAN FloatingSave)
{
    (void)ServiceRoutine, (void)ServiceContext, (void)SpinLock, (void)Vector, (void)Irql;
    (void)SynchronizeIrql, (void)InterruptMode, (void)ShareVector, (void)ProcessorEnableMask;
    (void)FloatingSave;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("there are no interrupts");
    *InterruptObject = NULL;
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters)
{
    (void)Parameters;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("there are no interrupts");
    return STATUS_INVALID_PARAMETER;
}

struct _DMA_ADAPTER *NTAPI IoGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                                           struct _DEVICE_DESCRIPTION *DeviceDescription,
                                           PULONG NumberOfMapRegisters)
{
    (void)PhysicalDeviceObject, (void)DeviceDescription;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("there is no DMA");
    *NumberOfMapRegisters = 0;
    return NULL;
}

PVOID NTAPI MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                         MEMORY_CACHING_TYPE CacheType)
{
    (void)PhysicalAddress, (void)NumberOfBytes, (void)CacheType;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_SAY_PARTIAL("there is no device memory");
    return NULL;
}

PVOID NTAPI MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    (void)PhysicalAddress, (void)NumberOfBytes, (void)Protect;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_SAY_PARTIAL("there is no device memory");
    return NULL;
}

// 0 bytes: there is no such bus.
ULONG NTAPI HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                  PVOID Buffer, ULONG Offset, ULONG Length)
{
    (void)BusDataType, (void)BusNumber, (void)SlotNumber, (void)Buffer, (void)Offset, (void)Length;
    SIM_SAY_PARTIAL("there are no buses");
    return 0;
}

ULONG NTAPI HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                  PVOID Buffer, ULONG Offset, ULONG Length)
{
    (void)BusDataType, (void)BusNumber, (void)SlotNumber, (void)Buffer, (void)Offset, (void)Length;
    SIM_SAY_PARTIAL("there are no buses");
    return 0;
}

// ---- firmware: a machine with a BIOS, whose functions for variables fail like this

FIRMWARE_TYPE NTAPI ExGetFirmwareType(void)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return FirmwareTypeBios;
}

NTSTATUS NTAPI ExGetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName, LPGUID VendorGuid,
                                                PVOID Value, PULONG ValueLength, PULONG Attributes)
{
    (void)VariableName, (void)VendorGuid, (void)Value, (void)ValueLength, (void)Attributes;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("a machine with a BIOS has no firmware variables");
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS NTAPI ExSetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName, LPGUID VendorGuid,
                                                PVOID Value, ULONG ValueLength, ULONG Attributes)
{
    (void)VariableName, (void)VendorGuid, (void)Value, (void)ValueLength, (void)Attributes;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("a machine with a BIOS has no firmware variables");
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS NTAPI ExGetSystemFirmwareTable(ULONG FirmwareTableProviderSignature, ULONG FirmwareTableID,
                                        PVOID FirmwareTableBuffer, ULONG BufferLength,
                                        PULONG ReturnLength)
{
    (void)FirmwareTableProviderSignature, (void)FirmwareTableID, (void)FirmwareTableBuffer;
    (void)BufferLength;
    SIM_SAY_PARTIAL("no provider of firmware tables is registered");
    *ReturnLength = 0;
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS NTAPI ExEnumerateSystemFirmwareTables(ULONG FirmwareTableProviderSignature,
                                               PVOID FirmwareTableBuffer, ULONG BufferLength,
                                               PULONG ReturnLength)
{
    (void)FirmwareTableProviderSignature, (void)FirmwareTableBuffer, (void)BufferLength;
    SIM_SAY_PARTIAL("no provider of firmware tables is registered");
    *ReturnLength = 0;
    return STATUS_NOT_IMPLEMENTED;
}

// ---- services

NTSTATUS NTAPI IoWMIRegistrationControl(PDEVICE_OBJECT DeviceObject, ULONG Action)
{
    (void)DeviceObject, (void)Action;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("there is no WMI: nobody asks for this driver's data blocks or traces");
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI IoWMIWriteEvent(PVOID WnodeEventItem)
{
    (void)WnodeEventItem; // the caller's to free, because this fails
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_SAY_PARTIAL("there is no WMI: the event reaches nobody");
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
                                              ULONG EventCategoryFlags, PVOID EventCategoryData,
                                              PDRIVER_OBJECT DriverObject,
                                              PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
                                              PVOID Context, PVOID *NotificationEntry)
{
    (void)EventCategory, (void)EventCategoryFlags, (void)EventCategoryData, (void)DriverObject;
    (void)CallbackRoutine, (void)Context;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("drivers are not told of other devices");
    *NotificationEntry = NULL;
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI PoRegisterPowerSettingCallback(PDEVICE_OBJECT DeviceObject, LPCGUID SettingGuid,
                                              PPOWER_SETTING_CALLBACK Callback, PVOID Context,
                                              PVOID *Handle)
{
    (void)DeviceObject, (void)SettingGuid, (void)Callback, (void)Context;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("there are no power settings that could change");
    if (Handle != NULL) {
        *Handle = NULL;
    }
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine,
                                               BOOLEAN Remove)
{
    (void)NotifyRoutine;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (!Remove) {
        SIM_SAY_PARTIAL("drivers are not told of processes");
    }
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                                 BOOLEAN Remove)
{
    (void)NotifyRoutine;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (!Remove) {
        SIM_SAY_PARTIAL("drivers are not told of processes");
    }
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    (void)NotifyRoutine;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_SAY_PARTIAL("drivers are not told of images");
    return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    (void)NotifyRoutine;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return STATUS_PROCEDURE_NOT_FOUND; // none was ever registered
}

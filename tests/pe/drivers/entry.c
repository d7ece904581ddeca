// SPDX-License-Identifier: MIT

// A driver that does not want to. It has a pointer, so that there is something to relocate.

#include <ntddk.h>

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);
NTSTATUS (*volatile Self)(PDRIVER_OBJECT, PUNICODE_STRING) = DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)DriverObject, (void)RegistryPath;
    return Self == DriverEntry ? STATUS_NOT_SUPPORTED : STATUS_DATA_ERROR;
}

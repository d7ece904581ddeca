// SPDX-License-Identifier: MIT

// Imports names that no kernel has, and one from the wrong module.

#include <ntddk.h>

__declspec(dllimport) void KeNotThere(void);
__declspec(dllimport) void ZwNotThereEither(void);
__declspec(dllimport) void NdisFreeMdl(void);
__declspec(dllimport) void NdisNotThere(void);

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)DriverObject, (void)RegistryPath;
    KeNotThere();
    ZwNotThereEither();
    NdisFreeMdl();
    NdisNotThere();
    return STATUS_SUCCESS;
}

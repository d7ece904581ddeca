// SPDX-License-Identifier: MIT

#include "settings.h"

#include <shuttle/ioctl.h>

#include "tags.h"

static UNICODE_STRING SettingsPath; // "...\Services\Shuttle\Parameters", from start to stop

NTSTATUS SettingsStart(PCUNICODE_STRING RegistryPath)
{
    DECLARE_CONST_UNICODE_STRING(Key, L"\\Parameters");
    ULONG Bytes = (ULONG)RegistryPath->Length + Key.Length;

    if (Bytes > MAXUSHORT) {
        return STATUS_NAME_TOO_LONG;
    }
    SettingsPath.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_SETTINGS);
    if (SettingsPath.Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SettingsPath.Length = 0;
    SettingsPath.MaximumLength = (USHORT)Bytes;
    RtlCopyUnicodeString(&SettingsPath, RegistryPath);
    return RtlAppendUnicodeStringToString(&SettingsPath, &Key);
}

VOID SettingsStop(VOID)
{
    if (SettingsPath.Buffer != NULL) {
        ExFreePoolWithTag(SettingsPath.Buffer, TAG_SETTINGS);
        SettingsPath.Buffer = NULL;
    }
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    SettingsReadValue(HANDLE Key, PCWSTR Name, ULONG Minimum, ULONG Maximum, ULONG *Value)
{
    // Room for the header and a REG_DWORD; whatever is longer is not one.
    union {
        KEY_VALUE_PARTIAL_INFORMATION Information;
        UCHAR Bytes[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG)];
    } Buffer;
    UNICODE_STRING ValueName;
    ULONG Length;
    ULONG Found;
    NTSTATUS Status;

    RtlInitUnicodeString(&ValueName, Name);
    Status = ZwQueryValueKey(Key, &ValueName, KeyValuePartialInformation, &Buffer, sizeof(Buffer),
                             &Length);
    if (Status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return STATUS_SUCCESS; // the default stands
    }
    if (!NT_SUCCESS(Status) || Buffer.Information.Type != REG_DWORD ||
        Buffer.Information.DataLength != sizeof(ULONG)) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL,
                   "Shuttle: registry value %ws is not a readable REG_DWORD (0x%08X)\n", Name,
                   (ULONG)Status);
        return STATUS_INVALID_PARAMETER;
    }
    RtlCopyMemory(&Found, Buffer.Information.Data, sizeof(Found));
    if (Found < Minimum || Found > Maximum) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL,
                   "Shuttle: registry value %ws is %u; allowed are %u to %u\n", Name, Found,
                   Minimum, Maximum);
        return STATUS_INVALID_PARAMETER;
    }
    *Value = Found;
    return STATUS_SUCCESS;
}

NTSTATUS SettingsRead(SETTINGS *Settings)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Key;
    NTSTATUS Status;

    Settings->InFlightLimit = SHUTTLE_IN_FLIGHT_DEFAULT;
    Settings->CopyThreshold = SETTINGS_COPY_THRESHOLD_DEFAULT;

    InitializeObjectAttributes(&Attributes, &SettingsPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               NULL, NULL);
    Status = ZwOpenKey(&Key, KEY_QUERY_VALUE, &Attributes);
    if (Status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return STATUS_SUCCESS; // nobody has set anything
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = SettingsReadValue(Key, L"InFlightLimit", SHUTTLE_IN_FLIGHT_MIN, SHUTTLE_IN_FLIGHT_MAX,
                               &Settings->InFlightLimit);
    if (NT_SUCCESS(Status)) {
        Status = SettingsReadValue(Key, L"CopyThreshold", 0, MAXULONG, &Settings->CopyThreshold);
    }
    ZwClose(Key);
    return Status;
}

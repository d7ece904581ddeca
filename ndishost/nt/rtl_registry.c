// SPDX-License-Identifier: MIT

// RtlQueryRegistryValues and its relatives, over the Zw functions. REG_EXPAND_SZ is given as REG_SZ
// with its text as it stands: there are no environment variables here.

#include "registry.h"

#include "wide.h"

#include <string.h>

#define TAG_QUERY 0x79725152u // "RQry"
#define PATH_UNITS 320

static const WCHAR *PrefixOf(ULONG RelativeTo)
{
    switch (RelativeTo & ~RTL_REGISTRY_OPTIONAL) {
    case RTL_REGISTRY_ABSOLUTE:
        return L"";
    case RTL_REGISTRY_SERVICES:
        return L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    case RTL_REGISTRY_CONTROL:
        return L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\";
    case RTL_REGISTRY_WINDOWS_NT:
        return L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion\\";
    default:
        return NULL;
    }
}

// `Own` tells whether the caller closes the handle.
static NTSTATUS OpenPath(ULONG RelativeTo, PCWSTR Path, BOOLEAN Create, HANDLE *Key, BOOLEAN *Own)
{
    WCHAR Text[PATH_UNITS] = {0};
    OBJECT_ATTRIBUTES Attributes;
    *Own = FALSE;
    if ((RelativeTo & ~RTL_REGISTRY_OPTIONAL) == RTL_REGISTRY_HANDLE) {
        *Key = (HANDLE)Path;
        return STATUS_SUCCESS;
    }
    const WCHAR *Prefix = PrefixOf(RelativeTo);
    if (Prefix == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    UNICODE_STRING Name = {.MaximumLength = sizeof(Text), .Buffer = Text};
    if (!NT_SUCCESS(RtlAppendUnicodeToString(&Name, Prefix)) ||
        !NT_SUCCESS(RtlAppendUnicodeToString(&Name, Path))) {
        return STATUS_NAME_TOO_LONG;
    }
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    *Own = TRUE;
    return Create ? ZwCreateKey(Key, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, NULL)
                  : ZwOpenKey(Key, KEY_ALL_ACCESS, &Attributes);
}

static void ClosePath(HANDLE Key, BOOLEAN Own)
{
    if (Own) {
        ZwClose(Key);
    }
}

NTSTATUS NTAPI RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName,
                                     ULONG ValueType, PVOID ValueData, ULONG ValueLength)
{
    HANDLE Key;
    BOOLEAN Own;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = OpenPath(RelativeTo, Path, TRUE, &Key, &Own);
    if (NT_SUCCESS(Status)) {
        UNICODE_STRING Name = SimWideString(ValueName);
        Status = ZwSetValueKey(Key, &Name, 0, ValueType, ValueData, ValueLength);
        ClosePath(Key, Own);
    }
    return Status;
}

NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    HANDLE Key;
    BOOLEAN Own;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = OpenPath(RelativeTo, Path, FALSE, &Key, &Own);
    if (NT_SUCCESS(Status)) {
        UNICODE_STRING Name = SimWideString(ValueName);
        Status = ZwDeleteValueKey(Key, &Name);
        ClosePath(Key, Own);
    }
    return Status;
}

NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    HANDLE Key;
    BOOLEAN Own;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = OpenPath(RelativeTo, Path, FALSE, &Key, &Own);
    if (NT_SUCCESS(Status)) {
        ClosePath(Key, Own);
    }
    return Status;
}

NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    HANDLE Key;
    BOOLEAN Own;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = OpenPath(RelativeTo, Path, TRUE, &Key, &Own);
    if (NT_SUCCESS(Status)) {
        ClosePath(Key, Own);
    }
    return Status;
}

// ---- RtlQueryRegistryValues

typedef struct QUERY {
    HANDLE Key; // that the entries are about now
    PVOID Context;
    const RTL_QUERY_REGISTRY_TABLE *Entry;
} QUERY;

static NTSTATUS StoreText(PUNICODE_STRING To, const void *Data, ULONG Bytes)
{
    ULONG Length = Bytes;
    if (Length >= sizeof(WCHAR) && ((const WCHAR *)Data)[Length / sizeof(WCHAR) - 1] == 0) {
        Length -= sizeof(WCHAR); // the terminator does not count
    }
    if (Length > 0xFFFC) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (To->Buffer == NULL) {
        To->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Length + sizeof(WCHAR), TAG_QUERY);
        if (To->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
        To->MaximumLength = (USHORT)(Length + sizeof(WCHAR));
    } else if (Length > To->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(To->Buffer, Data, Length);
    To->Length = (USHORT)Length;
    if (Length + sizeof(WCHAR) <= To->MaximumLength) {
        To->Buffer[Length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}

// Numbers and bytes: a buffer that begins with its negative size gets the bare data; one that
// begins with a positive size gets length, type and data; up to a ULONG there is no size at all.
static NTSTATUS StoreBytes(PVOID To, ULONG Type, const void *Data, ULONG Bytes)
{
    if (Bytes <= sizeof(ULONG)) {
        memcpy(To, Data, Bytes);
        return STATUS_SUCCESS;
    }
    LONG Size = *(LONG *)To;
    if (Size < 0) {
        if ((ULONG)-Size < Bytes) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        memcpy(To, Data, Bytes);
        return STATUS_SUCCESS;
    }
    if ((ULONG)Size < 2 * sizeof(ULONG) + Bytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    ((ULONG *)To)[0] = Bytes;
    ((ULONG *)To)[1] = Type;
    memcpy((ULONG *)To + 2, Data, Bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS DeliverOne(const QUERY *Query, PWSTR Name, ULONG Type, void *Data, ULONG Bytes)
{
    const RTL_QUERY_REGISTRY_TABLE *Entry = Query->Entry;
    BOOLEAN Text = Type == REG_SZ || Type == REG_EXPAND_SZ || Type == REG_MULTI_SZ;
    if ((Entry->Flags & RTL_QUERY_REGISTRY_DIRECT) == 0) {
        return Entry->QueryRoutine(Name, Type, Data, Bytes, Query->Context, Entry->EntryContext);
    }
    if ((Entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK) != 0 &&
        Type != Entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return Text ? StoreText(Entry->EntryContext, Data, Bytes)
                : StoreBytes(Entry->EntryContext, Type, Data, Bytes);
}

static NTSTATUS Deliver(const QUERY *Query, PWSTR Name, ULONG Type, void *Data, ULONG Bytes)
{
    if ((Query->Entry->Flags & (RTL_QUERY_REGISTRY_NOEXPAND | RTL_QUERY_REGISTRY_DIRECT)) != 0) {
        return DeliverOne(Query, Name, Type, Data, Bytes);
    }
    if (Type == REG_EXPAND_SZ) {
        return DeliverOne(Query, Name, REG_SZ, Data, Bytes);
    }
    NTSTATUS Status = STATUS_SUCCESS;
    if (Type != REG_MULTI_SZ) {
        return DeliverOne(Query, Name, Type, Data, Bytes);
    }
    WCHAR *Text = Data;
    WCHAR *End = Text + Bytes / sizeof(WCHAR);
    while (Text < End && *Text != 0 && NT_SUCCESS(Status)) {
        WCHAR *Next = Text;
        while (Next < End && *Next++ != 0) {
        }
        Status = DeliverOne(Query, Name, REG_SZ, Text, (ULONG)((Next - Text) * sizeof(WCHAR)));
        Text = Next;
    }
    return Status;
}

// Name NULL: the value number Index, whose name stands in the answer. The caller frees *Found.
static NTSTATUS ReadValue(HANDLE Key, PCWSTR Name, ULONG Index, KEY_VALUE_FULL_INFORMATION **Found)
{
    ULONG Needed = 256;
    for (;;) {
        KEY_VALUE_FULL_INFORMATION *Full = ExAllocatePool2(POOL_FLAG_PAGED, Needed + sizeof(WCHAR),
                                                           TAG_QUERY);
        if (Full == NULL) {
            return STATUS_NO_MEMORY;
        }
        ULONG Size = Needed;
        UNICODE_STRING ValueName = Name != NULL ? SimWideString(Name) : (UNICODE_STRING){0};
        NTSTATUS Status =
            Name != NULL
                ? ZwQueryValueKey(Key, &ValueName, KeyValueFullInformation, Full, Size, &Needed)
                : ZwEnumerateValueKey(Key, Index, KeyValueFullInformation, Full, Size, &Needed);
        if (NT_SUCCESS(Status)) {
            *Found = Full;
            return Status;
        }
        ExFreePoolWithTag(Full, TAG_QUERY);
        if (Status != STATUS_BUFFER_OVERFLOW && Status != STATUS_BUFFER_TOO_SMALL) {
            return Status;
        }
    }
}

static NTSTATUS DeliverFound(const QUERY *Query, KEY_VALUE_FULL_INFORMATION *Full)
{
    WCHAR Name[256];
    ULONG Units = Full->NameLength / sizeof(WCHAR);
    Units = Units < 255 ? Units : 255;
    memcpy(Name, Full->Name, Units * sizeof(WCHAR));
    Name[Units] = 0;
    return Deliver(Query, Name, Full->Type, (char *)Full + Full->DataOffset, Full->DataLength);
}

static NTSTATUS QueryAll(const QUERY *Query)
{
    KEY_VALUE_FULL_INFORMATION *Full;
    NTSTATUS Status = STATUS_SUCCESS;
    for (ULONG i = 0; NT_SUCCESS(Status); i++) {
        Status = ReadValue(Query->Key, NULL, i, &Full);
        if (Status == STATUS_NO_MORE_ENTRIES) {
            return STATUS_SUCCESS;
        }
        if (NT_SUCCESS(Status)) {
            Status = DeliverFound(Query, Full);
            ExFreePoolWithTag(Full, TAG_QUERY);
        }
    }
    return Status;
}

static NTSTATUS QueryAbsent(const QUERY *Query)
{
    const RTL_QUERY_REGISTRY_TABLE *Entry = Query->Entry;
    ULONG Type = Entry->DefaultType & ~(ULONG)RTL_QUERY_REGISTRY_TYPECHECK_MASK;
    ULONG Bytes = Entry->DefaultLength;
    if ((Entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) != 0) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (Type == REG_NONE || Entry->DefaultData == NULL) {
        return STATUS_SUCCESS;
    }
    if (Bytes == 0) { // of a string: to its terminator
        Bytes = (ULONG)((SimWideLength(Entry->DefaultData) + 1) * sizeof(WCHAR));
    }
    return Deliver(Query, Entry->Name, Type, Entry->DefaultData, Bytes);
}

static NTSTATUS QueryOne(const QUERY *Query)
{
    const RTL_QUERY_REGISTRY_TABLE *Entry = Query->Entry;
    KEY_VALUE_FULL_INFORMATION *Full;
    NTSTATUS Status = ReadValue(Query->Key, Entry->Name, 0, &Full);
    if (Status == STATUS_OBJECT_NAME_NOT_FOUND) {
        return QueryAbsent(Query);
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = DeliverFound(Query, Full);
    ExFreePoolWithTag(Full, TAG_QUERY);
    if (NT_SUCCESS(Status) && (Entry->Flags & RTL_QUERY_REGISTRY_DELETE) != 0) {
        UNICODE_STRING Name = SimWideString(Entry->Name);
        Status = ZwDeleteValueKey(Query->Key, &Name);
    }
    return Status;
}

static NTSTATUS EnterSubkey(QUERY *Query, HANDLE Top, HANDLE *Subkey)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name = SimWideString(Query->Entry->Name);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, Top,
                               NULL);
    if (*Subkey != NULL) {
        ZwClose(*Subkey);
        *Subkey = NULL;
    }
    NTSTATUS Status = ZwOpenKey(Subkey, KEY_ALL_ACCESS, &Attributes);
    if (!NT_SUCCESS(Status)) {
        *Subkey = NULL;
        return Status;
    }
    Query->Key = *Subkey;
    return Query->Entry->QueryRoutine != NULL ? QueryAll(Query) : STATUS_SUCCESS;
}

static NTSTATUS QueryEntry(QUERY *Query, HANDLE Top, HANDLE *Subkey)
{
    const RTL_QUERY_REGISTRY_TABLE *Entry = Query->Entry;
    if ((Entry->Flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY)) != 0) {
        Query->Key = Top;
    }
    if ((Entry->Flags & RTL_QUERY_REGISTRY_SUBKEY) != 0) {
        return Entry->Name != NULL ? EnterSubkey(Query, Top, Subkey) : STATUS_INVALID_PARAMETER;
    }
    if ((Entry->Flags & RTL_QUERY_REGISTRY_DIRECT) != 0 &&
        (Entry->Name == NULL || Entry->EntryContext == NULL || Entry->QueryRoutine != NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((Entry->Flags & RTL_QUERY_REGISTRY_NOVALUE) != 0) {
        return Entry->QueryRoutine(NULL, REG_NONE, NULL, 0, Query->Context, Entry->EntryContext);
    }
    return Entry->Name != NULL ? QueryOne(Query) : QueryAll(Query);
}

NTSTATUS NTAPI RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path,
                                      PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                      PVOID Environment)
{
    HANDLE Top;
    HANDLE Subkey = NULL;
    BOOLEAN Own;
    (void)Environment;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = OpenPath(RelativeTo, Path, FALSE, &Top, &Own);
    if (!NT_SUCCESS(Status)) {
        BOOLEAN Optional = (RelativeTo & RTL_REGISTRY_OPTIONAL) != 0;
        return Optional && Status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : Status;
    }
    QUERY Query = {.Key = Top, .Context = Context, .Entry = QueryTable};
    const ULONG Alone = RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT;
    for (; NT_SUCCESS(Status) &&
           (Query.Entry->QueryRoutine != NULL || (Query.Entry->Flags & Alone) != 0);
         Query.Entry++) {
        Status = QueryEntry(&Query, Top, &Subkey);
    }
    if (Subkey != NULL) {
        ZwClose(Subkey);
    }
    ClosePath(Top, Own);
    return Status;
}

// SPDX-License-Identifier: MIT

// Counted strings: initialise, copy, append, compare, change case. Conversions are in
// rtl_convert.c.

#include "wide.h"

#include <string.h>

#define TAG_STRING 0x72745352u // "RStr"
#ifndef HASH_STRING_ALGORITHM_DEFAULT
#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599 1
#endif
#define MAX_BYTES 0xFFFEu // of a UNICODE_STRING, terminator included

// ---- initialise

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    *DestinationString = (UNICODE_STRING){.Buffer = (PWSTR)SourceString};
    if (SourceString == NULL) {
        return;
    }
    size_t Bytes = SimWideLength(SourceString) * sizeof(WCHAR);
    size_t Kept = Bytes > MAX_BYTES - sizeof(WCHAR) ? MAX_BYTES - sizeof(WCHAR) : Bytes;
    DestinationString->Length = (USHORT)Kept;
    DestinationString->MaximumLength = (USHORT)(Kept + sizeof(WCHAR));
}

NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    if (SourceString != NULL &&
        SimWideLength(SourceString) * sizeof(WCHAR) > MAX_BYTES - sizeof(WCHAR)) {
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitUnicodeString(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    *DestinationString = (STRING){.Buffer = (PCHAR)SourceString};
    if (SourceString == NULL) {
        return;
    }
    size_t Bytes = strlen((const char *)SourceString);
    size_t Kept = Bytes > 0xFFFE ? 0xFFFE : Bytes;
    DestinationString->Length = (USHORT)Kept;
    DestinationString->MaximumLength = (USHORT)(Kept + 1);
}

NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
    if (SourceString != NULL && strlen((const char *)SourceString) > 0xFFFE) {
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitString(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
    return RtlInitStringEx(DestinationString, SourceString);
}

VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    return RtlInitStringEx(DestinationString, SourceString);
}

// ---- allocate and free

BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    UNICODE_STRING Source;
    if (!NT_SUCCESS(RtlInitUnicodeStringEx(&Source, SourceString))) {
        return FALSE;
    }
    PWSTR Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Source.MaximumLength, TAG_STRING);
    if (Buffer == NULL) {
        return FALSE;
    }
    memcpy(Buffer, Source.Buffer, Source.MaximumLength);
    *DestinationString = Source;
    DestinationString->Buffer = Buffer;
    return TRUE;
}

static void FreeBuffer(void *Buffer)
{
    if (Buffer != NULL) {
        ExFreePool(Buffer);
    }
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    FreeBuffer(UnicodeString->Buffer);
    *UnicodeString = (UNICODE_STRING){0};
}

VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    FreeBuffer(AnsiString->Buffer);
    *AnsiString = (ANSI_STRING){0};
}

VOID NTAPI RtlFreeUTF8String(PUTF8_STRING utf8String)
{
    RtlFreeAnsiString(utf8String);
}

VOID NTAPI RtlFreeOemString(POEM_STRING OemString)
{
    RtlFreeAnsiString(OemString);
}

// ---- copy and append: a terminator is added where there is room

VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    DestinationString->Length = 0;
    if (SourceString != NULL) {
        USHORT Bytes = SourceString->Length;
        if (Bytes > DestinationString->MaximumLength) {
            Bytes = DestinationString->MaximumLength;
        }
        memmove(DestinationString->Buffer, SourceString->Buffer, Bytes);
        DestinationString->Length = Bytes;
    }
    if (DestinationString->Length + sizeof(WCHAR) <= DestinationString->MaximumLength) {
        DestinationString->Buffer[DestinationString->Length / sizeof(WCHAR)] = 0;
    }
}

VOID NTAPI RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
    DestinationString->Length = 0;
    if (SourceString != NULL) {
        USHORT Bytes = SourceString->Length;
        if (Bytes > DestinationString->MaximumLength) {
            Bytes = DestinationString->MaximumLength;
        }
        memmove(DestinationString->Buffer, SourceString->Buffer, Bytes);
        DestinationString->Length = Bytes;
    }
}

static NTSTATUS Append(PUNICODE_STRING Destination, const WCHAR *Source, size_t Bytes)
{
    if (Destination->Length + Bytes > Destination->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memmove((char *)Destination->Buffer + Destination->Length, Source, Bytes);
    Destination->Length = (USHORT)(Destination->Length + Bytes);
    if (Destination->Length + sizeof(WCHAR) <= Destination->MaximumLength) {
        Destination->Buffer[Destination->Length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    return Source->Length > 0 ? Append(Destination, Source->Buffer, Source->Length)
                              : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return Source != NULL ? Append(Destination, Source, SimWideLength(Source) * sizeof(WCHAR))
                          : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (Destination->Length + Source->Length > Destination->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memmove(Destination->Buffer + Destination->Length, Source->Buffer, Source->Length);
    Destination->Length = (USHORT)(Destination->Length + Source->Length);
    return STATUS_SUCCESS;
}

// ---- compare

LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                                    SIZE_T String2Length, BOOLEAN CaseInSensitive)
{
    SIZE_T Shorter = String1Length < String2Length ? String1Length : String2Length;
    for (SIZE_T i = 0; i < Shorter; i++) {
        WCHAR Left = CaseInSensitive ? SimWideUpper(String1[i]) : String1[i];
        WCHAR Right = CaseInSensitive ? SimWideUpper(String2[i]) : String2[i];
        if (Left != Right) {
            return (LONG)Left - (LONG)Right;
        }
    }
    return (LONG)(String1Length - String2Length);
}

LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                   BOOLEAN CaseInSensitive)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return RtlCompareUnicodeStrings(String1->Buffer, String1->Length / sizeof(WCHAR),
                                    String2->Buffer, String2->Length / sizeof(WCHAR),
                                    CaseInSensitive);
}

BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                    BOOLEAN CaseInSensitive)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return String1->Length == String2->Length &&
           RtlCompareUnicodeString(String1, String2, CaseInSensitive) == 0;
}

BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIZE_T Units = String1->Length / sizeof(WCHAR);
    return String1->Length <= String2->Length &&
           RtlCompareUnicodeStrings(String1->Buffer, Units, String2->Buffer, Units,
                                    CaseInSensitive) == 0;
}

CHAR NTAPI RtlUpperChar(CHAR Character)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return Character >= 'a' && Character <= 'z' ? (CHAR)(Character - 0x20) : Character;
}

LONG NTAPI RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    USHORT Shorter = String1->Length < String2->Length ? String1->Length : String2->Length;
    for (USHORT i = 0; i < Shorter; i++) {
        CHAR Left = CaseInSensitive ? RtlUpperChar(String1->Buffer[i]) : String1->Buffer[i];
        CHAR Right = CaseInSensitive ? RtlUpperChar(String2->Buffer[i]) : String2->Buffer[i];
        if (Left != Right) {
            return (LONG)(unsigned char)Left - (LONG)(unsigned char)Right;
        }
    }
    return (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN NTAPI RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return String1->Length == String2->Length &&
           RtlCompareString(String1, String2, CaseInSensitive) == 0;
}

// The polynomial x65599, as documented for HASH_STRING_ALGORITHM_X65599 and the default.
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive,
                                    ULONG HashAlgorithm, PULONG HashValue)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (String == NULL || HashValue == NULL ||
        (HashAlgorithm != HASH_STRING_ALGORITHM_DEFAULT &&
         HashAlgorithm != HASH_STRING_ALGORITHM_X65599)) {
        return STATUS_INVALID_PARAMETER;
    }
    ULONG Hash = 0;
    for (USHORT i = 0; i < String->Length / sizeof(WCHAR); i++) {
        WCHAR Unit = String->Buffer[i];
        Hash = Hash * 65599 + (CaseInSensitive ? SimWideUpper(Unit) : Unit);
    }
    *HashValue = Hash;
    return STATUS_SUCCESS;
}

// ---- letter case

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return SimWideUpper(SourceCharacter);
}

WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR SourceCharacter)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return SimWideLower(SourceCharacter);
}

static NTSTATUS ChangeCase(PUNICODE_STRING Destination, PCUNICODE_STRING Source, BOOLEAN Allocate,
                           WCHAR (*Change)(WCHAR))
{
    if (Allocate) {
        SIZE_T Bytes = Source->Length > 0 ? Source->Length : sizeof(WCHAR);
        Destination->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
        if (Destination->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
        Destination->MaximumLength = Source->Length;
    } else if (Source->Length > Destination->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (USHORT i = 0; i < Source->Length / sizeof(WCHAR); i++) {
        Destination->Buffer[i] = Change(Source->Buffer[i]);
    }
    Destination->Length = Source->Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
                                      PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return ChangeCase(DestinationString, SourceString, AllocateDestinationString, SimWideUpper);
}

NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString,
                                        PCUNICODE_STRING SourceString,
                                        BOOLEAN AllocateDestinationString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return ChangeCase(DestinationString, SourceString, AllocateDestinationString, SimWideLower);
}

VOID NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    USHORT Bytes = SourceString->Length < DestinationString->MaximumLength
                       ? SourceString->Length
                       : DestinationString->MaximumLength;
    for (USHORT i = 0; i < Bytes; i++) {
        DestinationString->Buffer[i] = RtlUpperChar(SourceString->Buffer[i]);
    }
    DestinationString->Length = Bytes;
}

// SPDX-License-Identifier: MIT

// Conversions between UTF-16, the ANSI and OEM code pages (both Latin-1 here), UTF-8, numbers and
// GUIDs.

#include "wide.h"

#include <string.h>

#define TAG_STRING 0x72745352u // "RStr"

static char ToAnsi(WCHAR Unit)
{
    return (uint16_t)Unit <= 0xFF ? (char)Unit : '?';
}

// ---- counted bytes

NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                      PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                      ULONG BytesInMultiByteString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ULONG Units = MaxBytesInUnicodeString / sizeof(WCHAR);
    Units = BytesInMultiByteString < Units ? BytesInMultiByteString : Units;
    for (ULONG i = 0; i < Units; i++) {
        UnicodeString[i] = (unsigned char)MultiByteString[i];
    }
    if (BytesInUnicodeString != NULL) {
        *BytesInUnicodeString = Units * sizeof(WCHAR);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                      PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                      ULONG BytesInUnicodeString)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ULONG Units = BytesInUnicodeString / sizeof(WCHAR);
    Units = Units < MaxBytesInMultiByteString ? Units : MaxBytesInMultiByteString;
    for (ULONG i = 0; i < Units; i++) {
        MultiByteString[i] = ToAnsi(UnicodeString[i]);
    }
    if (BytesInMultiByteString != NULL) {
        *BytesInMultiByteString = Units;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                         ULONG BytesInMultiByteString)
{
    (void)MultiByteString;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    *BytesInUnicodeString = BytesInMultiByteString * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                         ULONG BytesInUnicodeString)
{
    (void)UnicodeString;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    *BytesInMultiByteString = BytesInUnicodeString / sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                                 PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                                 ULONG UnicodeStringByteCount)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    size_t Capacity = UTF8StringDestination != NULL ? UTF8StringMaxByteCount : 0;
    size_t Needed = SimUtf8FromWide(UTF8StringDestination, Capacity, UnicodeStringSource,
                                    UnicodeStringByteCount / sizeof(WCHAR));
    BOOLEAN Fits = UTF8StringDestination == NULL || Needed <= Capacity;
    if (UTF8StringActualByteCount != NULL) {
        *UTF8StringActualByteCount = (ULONG)(Fits ? Needed : Capacity);
    }
    return Fits ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
}

NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                                 PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                                 ULONG UTF8StringByteCount)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    size_t Capacity = UnicodeStringDestination != NULL ? UnicodeStringMaxByteCount / sizeof(WCHAR)
                                                       : 0;
    size_t Needed = SimWideFromUtf8(UnicodeStringDestination, Capacity,
                                    (const char *)UTF8StringSource, UTF8StringByteCount);
    BOOLEAN Fits = UnicodeStringDestination == NULL || Needed <= Capacity;
    if (UnicodeStringActualByteCount != NULL) {
        *UnicodeStringActualByteCount = (ULONG)((Fits ? Needed : Capacity) * sizeof(WCHAR));
    }
    return Fits ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
}

// ---- strings; the size includes a terminator

ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return (AnsiString->Length + 1u) * sizeof(WCHAR);
}

ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return UnicodeString->Length / sizeof(WCHAR) + 1;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PCANSI_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    ULONG Bytes = RtlxAnsiStringToUnicodeSize(SourceString);
    if (Bytes > 0xFFFE) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
        DestinationString->MaximumLength = (USHORT)Bytes;
        if (DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (Bytes > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    DestinationString->Length = (USHORT)(Bytes - sizeof(WCHAR));
    RtlMultiByteToUnicodeN(DestinationString->Buffer, DestinationString->Length, NULL,
                           SourceString->Buffer, SourceString->Length);
    DestinationString->Buffer[DestinationString->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    NTSTATUS Status = STATUS_SUCCESS;
    ULONG Bytes = RtlxUnicodeStringToAnsiSize(SourceString);
    if (AllocateDestinationString) {
        DestinationString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
        DestinationString->MaximumLength = (USHORT)Bytes;
        if (DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (Bytes > DestinationString->MaximumLength) {
        if (DestinationString->MaximumLength == 0) {
            return STATUS_BUFFER_OVERFLOW;
        }
        Status = STATUS_BUFFER_OVERFLOW; // as much as fits, terminated
        Bytes = DestinationString->MaximumLength;
    }
    DestinationString->Length = (USHORT)(Bytes - 1);
    RtlUnicodeToMultiByteN(DestinationString->Buffer, DestinationString->Length, NULL,
                           SourceString->Buffer, SourceString->Length);
    DestinationString->Buffer[DestinationString->Length] = 0;
    return Status;
}

NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    size_t Units = SourceString->Length / sizeof(WCHAR);
    size_t Bytes = SimUtf8FromWide(NULL, 0, SourceString->Buffer, Units) + 1;
    if (Bytes > 0xFFFF) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
        DestinationString->MaximumLength = (USHORT)Bytes;
        if (DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (Bytes > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    SimUtf8FromWide(DestinationString->Buffer, Bytes, SourceString->Buffer, Units);
    DestinationString->Buffer[Bytes - 1] = 0;
    DestinationString->Length = (USHORT)(Bytes - 1);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PUTF8_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    size_t Units = SimWideFromUtf8(NULL, 0, SourceString->Buffer, SourceString->Length);
    size_t Bytes = (Units + 1) * sizeof(WCHAR);
    if (Bytes > 0xFFFE) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
        DestinationString->MaximumLength = (USHORT)Bytes;
        if (DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (Bytes > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    SimWideFromUtf8(DestinationString->Buffer, Units, SourceString->Buffer, SourceString->Length);
    DestinationString->Buffer[Units] = 0;
    DestinationString->Length = (USHORT)(Units * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

// ---- numbers

static NTSTATUS NumberToString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    WCHAR Digits[64];
    unsigned Count = 0;
    Base = Base == 0 ? 10 : Base;
    if (Base != 2 && Base != 8 && Base != 10 && Base != 16) {
        return STATUS_INVALID_PARAMETER;
    }
    do {
        unsigned Digit = (unsigned)(Value % Base);
        Digits[Count++] = (WCHAR)(Digit < 10 ? '0' + Digit : 'A' + Digit - 10);
        Value /= Base;
    } while (Value != 0);
    if (Count * sizeof(WCHAR) > String->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (unsigned i = 0; i < Count; i++) {
        String->Buffer[i] = Digits[Count - 1 - i];
    }
    String->Length = (USHORT)(Count * sizeof(WCHAR));
    if (String->Length + sizeof(WCHAR) <= String->MaximumLength) {
        String->Buffer[Count] = 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return NumberToString(Value, Base, String);
}

NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return NumberToString(Value, Base, String);
}

static int DigitOf(WCHAR Unit)
{
    if (Unit >= '0' && Unit <= '9') {
        return Unit - '0';
    }
    WCHAR Upper = SimWideUpper(Unit);
    return Upper >= 'A' && Upper <= 'F' ? Upper - 'A' + 10 : 99;
}

// Blanks, a sign, 0x 0o 0b when Base is 0, then digits up to the first that is none.
static NTSTATUS ParseInteger(const WCHAR *Text, size_t Units, ULONG Base, PULONG Value)
{
    size_t i = 0;
    BOOLEAN Negative = FALSE;
    ULONG Number = 0;
    while (i < Units && Text[i] <= ' ') {
        i++;
    }
    if (i < Units && (Text[i] == '-' || Text[i] == '+')) {
        Negative = Text[i++] == '-';
    }
    if (Base == 0) {
        Base = 10;
        if (i + 1 < Units && Text[i] == '0') {
            WCHAR Letter = SimWideLower(Text[i + 1]);
            Base = Letter == 'x' ? 16 : Letter == 'o' ? 8 : Letter == 'b' ? 2 : 10;
            i += Base == 10 ? 0 : 2;
        }
    } else if (Base != 2 && Base != 8 && Base != 10 && Base != 16) {
        return STATUS_INVALID_PARAMETER;
    }
    for (; i < Units && DigitOf(Text[i]) < (int)Base; i++) {
        Number = Number * Base + (ULONG)DigitOf(Text[i]);
    }
    *Value = Negative ? 0 - Number : Number;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return ParseInteger(String->Buffer, String->Length / sizeof(WCHAR), Base, Value);
}

NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    WCHAR Wide[80];
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    size_t Units = SimWideFromUtf8(Wide, 80, (const char *)String, strlen((const char *)String));
    return ParseInteger(Wide, Units < 80 ? Units : 80, Base, Value);
}

// ---- GUIDs: {00112233-4455-6677-8899-AABBCCDDEEFF}

#define GUID_UNITS 38

// Where the bytes of the GUID in memory stand in the text, two digits each.
static const unsigned char GuidPlaces[16] = {7,  5,  3,  1,  12, 10, 17, 15,
                                             20, 22, 25, 27, 29, 31, 33, 35};

NTSTATUS NTAPI RtlStringFromGUID(const GUID *const Guid, PUNICODE_STRING GuidString)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIZE_T Bytes = (GUID_UNITS + 1) * sizeof(WCHAR);
    PWSTR Text = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_STRING);
    if (Text == NULL) {
        return STATUS_NO_MEMORY;
    }
    memcpy(Text, L"{00000000-0000-0000-0000-000000000000}", Bytes);
    for (unsigned i = 0; i < 16; i++) {
        unsigned char Byte = ((const unsigned char *)Guid)[i];
        Text[GuidPlaces[i]] = L"0123456789ABCDEF"[Byte >> 4];
        Text[GuidPlaces[i] + 1] = L"0123456789ABCDEF"[Byte & 15];
    }
    *GuidString = (UNICODE_STRING){
        .Length = (USHORT)(Bytes - sizeof(WCHAR)), .MaximumLength = (USHORT)Bytes, .Buffer = Text};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    const WCHAR *Text = GuidString->Buffer;
    if (GuidString->Length < GUID_UNITS * sizeof(WCHAR) || Text[0] != '{' || Text[37] != '}' ||
        Text[9] != '-' || Text[14] != '-' || Text[19] != '-' || Text[24] != '-') {
        return STATUS_INVALID_PARAMETER;
    }
    unsigned char Bytes[16];
    for (unsigned i = 0; i < 16; i++) {
        int High = DigitOf(Text[GuidPlaces[i]]);
        int Low = DigitOf(Text[GuidPlaces[i] + 1]);
        if (High > 15 || Low > 15) {
            return STATUS_INVALID_PARAMETER;
        }
        Bytes[i] = (unsigned char)(High << 4 | Low);
    }
    memcpy(Guid, Bytes, sizeof(Bytes));
    return STATUS_SUCCESS;
}

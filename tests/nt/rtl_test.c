// SPDX-License-Identifier: MIT

// Rtl: strings, conversions, versions, bitmaps, registry queries.

#include "io_test.h"

#include <string.h>

#include "wide.h"

static void Rtl_UnicodeString_CopyAppendCompare(void **State)
{
    (void)State;
    WCHAR Buffer[8];
    UNICODE_STRING To = {.MaximumLength = sizeof(Buffer), .Buffer = Buffer};
    UNICODE_STRING Abc, Upper;
    RtlInitUnicodeString(&Abc, L"abc");
    RtlInitUnicodeString(&Upper, L"ABC");
    assert_int_equal(Abc.Length, 6);
    assert_int_equal(Abc.MaximumLength, 8);
    RtlCopyUnicodeString(&To, &Abc);
    assert_int_equal(RtlAppendUnicodeToString(&To, L"defg"), 0);
    assert_memory_equal(Buffer, L"abcdefg", 16);
    assert_int_equal(RtlAppendUnicodeStringToString(&To, &Abc), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(To.Length, 14);
    assert_true(RtlEqualUnicodeString(&Abc, &Upper, TRUE));
    assert_false(RtlEqualUnicodeString(&Abc, &Upper, FALSE));
    assert_true(RtlCompareUnicodeString(&Abc, &To, TRUE) < 0);
    assert_true(RtlPrefixUnicodeString(&Upper, &To, TRUE));
    assert_false(RtlPrefixUnicodeString(&Upper, &To, FALSE));
    RtlInitUnicodeString(&Abc, NULL);
    assert_int_equal(Abc.Length + Abc.MaximumLength, 0);
}

static void Rtl_Conversions_RoundTrip(void **State)
{
    (void)State;
    UNICODE_STRING Wide, Changed;
    ANSI_STRING Ansi;
    ANSI_STRING Source;
    char Utf8[16];
    WCHAR Back[8];
    ULONG Bytes;
    RtlInitAnsiString(&Source, "h\xe9");
    assert_int_equal(RtlAnsiStringToUnicodeString(&Wide, &Source, TRUE), 0);
    assert_memory_equal(Wide.Buffer, L"h\u00e9", 6);
    assert_int_equal(RtlUpcaseUnicodeString(&Changed, &Wide, TRUE), 0);
    assert_memory_equal(Changed.Buffer, L"H\u00c9", 4);
    assert_int_equal(RtlUnicodeStringToAnsiString(&Ansi, &Changed, TRUE), 0);
    assert_string_equal(Ansi.Buffer, "H\xc9");
    RtlFreeAnsiString(&Ansi);
    RtlFreeUnicodeString(&Changed);
    RtlFreeUnicodeString(&Wide);
    assert_int_equal(RtlUnicodeToUTF8N(Utf8, sizeof(Utf8), &Bytes, L"a\u20ac\U0001F600", 8), 0);
    assert_int_equal(Bytes, 8);
    assert_memory_equal(Utf8, "a\xe2\x82\xac\xf0\x9f\x98\x80", 8);
    assert_int_equal(RtlUTF8ToUnicodeN(Back, sizeof(Back), &Bytes, Utf8, 8), 0);
    assert_int_equal(Bytes, 8);
    assert_memory_equal(Back, L"a\u20ac\U0001F600", 8);
    assert_int_equal(RtlUTF8ToUnicodeN(Back, 4, &Bytes, Utf8, 8), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlUTF8ToUnicodeN(Back, sizeof(Back), &Bytes, "\xc0\x80\xff", 3), 0);
    assert_int_equal(Back[0], 0xFFFD);
}

static void Rtl_Numbers_BothWays(void **State)
{
    (void)State;
    WCHAR Buffer[12];
    UNICODE_STRING Text = {.MaximumLength = sizeof(Buffer), .Buffer = Buffer};
    ULONG Value;
    assert_int_equal(RtlIntegerToUnicodeString(4294967295u, 10, &Text), 0);
    assert_memory_equal(Buffer, L"4294967295", 22);
    assert_int_equal(RtlInt64ToUnicodeString(0x123456789abcdull, 16, &Text),
                     STATUS_BUFFER_OVERFLOW);
    static const struct {
        const WCHAR *Text;
        ULONG Base, Value;
    } Cases[] = {{L"0x1F", 0, 31}, {L" -12z", 0, (ULONG)-12},
                 {L"0b101", 0, 5}, {L"ff", 16, 255},
                 {L"08", 0, 8},    {L"", 0, 0}};
    for (unsigned i = 0; i < 6; i++) {
        RtlInitUnicodeString(&Text, Cases[i].Text);
        assert_int_equal(RtlUnicodeStringToInteger(&Text, Cases[i].Base, &Value), 0);
        assert_int_equal(Value, Cases[i].Value);
    }
    assert_int_equal(RtlUnicodeStringToInteger(&Text, 7, &Value), STATUS_INVALID_PARAMETER);
}

static void Rtl_Guid_TextAndBack(void **State)
{
    (void)State;
    static const GUID Guid = {
        0x00112233, 0x4455, 0x6677, {0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};
    UNICODE_STRING Text;
    GUID Back;
    assert_int_equal(RtlStringFromGUID(&Guid, &Text), 0);
    assert_memory_equal(Text.Buffer, L"{00112233-4455-6677-8899-AABBCCDDEEFF}", 78);
    assert_int_equal(RtlGUIDFromString(&Text, &Back), 0);
    assert_memory_equal(&Back, &Guid, sizeof(Guid));
    Text.Buffer[3] = 'x';
    assert_int_equal(RtlGUIDFromString(&Text, &Back), STATUS_INVALID_PARAMETER);
    RtlFreeUnicodeString(&Text);
}

static void Rtl_Version_Windows10OrLater(void **State)
{
    (void)State;
    RTL_OSVERSIONINFOEXW Info = {.dwOSVersionInfoSize = sizeof(Info)};
    assert_int_equal(RtlGetVersion((PRTL_OSVERSIONINFOW)&Info), 0);
    assert_int_equal(Info.dwMajorVersion, 10);
    Info.dwMajorVersion = 6;
    Info.dwMinorVersion = 3;
    const ULONGLONG AtLeast = 3ull << 3 | 3ull; // major and minor: >=
    assert_int_equal(RtlVerifyVersionInfo(&Info, 3, AtLeast), 0);
    Info.dwMajorVersion = 11;
    assert_int_equal(RtlVerifyVersionInfo(&Info, 3, AtLeast), STATUS_REVISION_MISMATCH);
    assert_true(IoIsWdmVersionAvailable(6, 0));
    assert_false(IoIsWdmVersionAvailable(6, 1));
}

static void Rtl_Bitmap_FindSetClear(void **State)
{
    (void)State;
    ULONG Words[3];
    RTL_BITMAP Map;
    RtlInitializeBitMap(&Map, Words, 70);
    RtlClearAllBits(&Map);
    assert_int_equal(RtlFindClearBitsAndSet(&Map, 40, 0), 0);
    assert_int_equal(RtlFindClearBitsAndSet(&Map, 20, 50), 50);
    assert_int_equal(RtlFindClearBits(&Map, 11, 0), 0xFFFFFFFF);
    assert_int_equal(RtlFindClearBits(&Map, 10, 60), 40); // goes round
    assert_int_equal(RtlNumberOfSetBits(&Map), 60);
    assert_true(RtlAreBitsClear(&Map, 40, 10));
    assert_false(RtlAreBitsClear(&Map, 40, 11));
    assert_false(RtlAreBitsSet(&Map, 60, 11)); // past the end
    RtlClearBit(&Map, 5);
    assert_false(RtlTestBit(&Map, 5));
    assert_int_equal(RtlFindSetBitsAndClear(&Map, 30, 0), 6);
    assert_int_equal(RtlNumberOfClearBits(&Map), 41);
}

static unsigned Calls;

static RTL_QUERY_REGISTRY_ROUTINE CountValue;
static NTSTATUS NTAPI CountValue(PWSTR ValueName, ULONG ValueType, PVOID ValueData,
                                 ULONG ValueLength, PVOID Context, PVOID EntryContext)
{
    (void)ValueName;
    (void)ValueData;
    (void)ValueLength;
    (void)Context;
    (void)EntryContext;
    Calls += ValueType == REG_SZ ? 1 : 100;
    return STATUS_SUCCESS;
}

static void Rtl_QueryRegistryValues_DirectDefaultRoutine(void **State)
{
    (void)State;
    ULONG Number = 5, Seven = 7, Limit = 0, Absent = 0;
    UNICODE_STRING Text = {0};
    RTL_QUERY_REGISTRY_TABLE Table[] = {
        {.Flags = RTL_QUERY_REGISTRY_SUBKEY, .Name = L"Parameters"},
        {.Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK,
         .Name = L"Limit",
         .EntryContext = &Limit,
         .DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE},
        {.Flags = RTL_QUERY_REGISTRY_DIRECT,
         .Name = L"Absent",
         .EntryContext = &Absent,
         .DefaultType = REG_DWORD,
         .DefaultData = &Seven,
         .DefaultLength = 4},
        {.Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = L"Text", .EntryContext = &Text},
        {.QueryRoutine = CountValue, .Name = L"List"},
        {0}};
    static const WCHAR List[] = L"a\0b\0";
    const WCHAR Path[] = L"Rtl\\Parameters";
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, Path, L"Limit", REG_DWORD, &Number, 4), 0);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, Path, L"Text", REG_SZ, (PVOID)L"hi", 6), 0);
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, Path, L"List", REG_MULTI_SZ,
                                           (PVOID)List, sizeof(List)),
                     0);
    Calls = 0;
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"Rtl", Table, NULL, NULL), 0);
    assert_int_equal(Limit, 5);
    assert_int_equal(Absent, 7);
    assert_int_equal(Text.Length, 4);
    assert_memory_equal(Text.Buffer, L"hi", 6);
    assert_int_equal(Calls, 2);
    RtlFreeUnicodeString(&Text);
    Table[1].Name = (PWSTR)L"Text"; // a string where a number is wanted
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"Rtl", Table, NULL, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    Table[1].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED;
    Table[1].Name = (PWSTR)L"Nothing";
    assert_int_equal(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"Rtl", Table, NULL, NULL),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"Nothing"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, Path, L"Limit"), 0);
}

static void Rtl_CountedBytes_CopyCompareChange(void **State)
{
    (void)State;
    CHAR Buffer[6];
    STRING To = {.MaximumLength = sizeof(Buffer), .Buffer = Buffer}, Abc, Upper;
    RtlInitString(&Abc, "abc");
    assert_int_equal(Abc.Length * 10 + Abc.MaximumLength, 34);
    assert_int_equal(RtlInitStringEx(&Upper, "ABC") | RtlInitAnsiStringEx(&Upper, "ABC"), 0);
    RtlCopyString(&To, &Abc);
    assert_int_equal(RtlAppendStringToString(&To, &Upper), 0);
    assert_memory_equal(Buffer, "abcABC", 6);
    assert_int_equal(RtlAppendStringToString(&To, &Upper), STATUS_BUFFER_TOO_SMALL);
    assert_true(RtlEqualString(&Abc, &Upper, TRUE) && !RtlEqualString(&Abc, &Upper, FALSE));
    assert_true(RtlCompareString(&Abc, &Upper, FALSE) > 0);
    assert_true(RtlCompareString(&Abc, &To, TRUE) < 0);
    RtlUpperString(&To, &Abc);
    assert_int_equal(To.Length, 3);
    assert_memory_equal(Buffer, "ABC", 3);
    assert_int_equal(RtlUpperChar('z'), 'Z');
    RtlInitUTF8String(&To, NULL);
    assert_null(To.Buffer);
    assert_int_equal(RtlInitUTF8StringEx(&To, "abc"), 0);
    assert_int_equal(To.Length, 3);
}

static void Rtl_Allocated_AreFreedByTheirKind(void **State)
{
    (void)State;
    UNICODE_STRING Wide, Lower;
    UTF8_STRING Utf8;
    ANSI_STRING Oem;
    assert_true(RtlCreateUnicodeString(&Wide, L"A\u00c9\u20ac"));
    assert_int_equal(RtlDowncaseUnicodeString(&Lower, &Wide, TRUE), 0);
    assert_memory_equal(Lower.Buffer, L"a\u00e9\u20ac", 6);
    assert_int_equal(RtlUpcaseUnicodeChar(0xE9) << 16 | RtlDowncaseUnicodeChar(0xC9), 0xC900E9);
    assert_true(RtlCompareUnicodeStrings(Wide.Buffer, 3, Lower.Buffer, 3, FALSE) < 0);
    assert_int_equal(RtlCompareUnicodeStrings(Wide.Buffer, 3, Lower.Buffer, 3, TRUE), 0);
    assert_int_equal(RtlUnicodeStringToUTF8String(&Utf8, &Wide, TRUE), 0);
    assert_string_equal(Utf8.Buffer, "A\xc3\x89\xe2\x82\xac");
    assert_int_equal(RtlxUnicodeStringToAnsiSize(&Wide), 4);
    assert_int_equal(RtlxAnsiStringToUnicodeSize(&Utf8), 14);
    RtlFreeUnicodeString(&Lower);
    assert_int_equal(RtlUTF8StringToUnicodeString(&Lower, &Utf8, TRUE), 0);
    assert_true(RtlEqualUnicodeString(&Lower, &Wide, FALSE));
    RtlFreeUnicodeString(&Lower);
    RtlFreeUTF8String(&Utf8);
    assert_int_equal(RtlUnicodeStringToAnsiString(&Oem, &Wide, TRUE), 0);
    RtlFreeOemString(&Oem);
    assert_null(Oem.Buffer);
    RtlFreeUnicodeString(&Wide);
}

static void Rtl_MultiByte_SizesAndBytes(void **State)
{
    (void)State;
    WCHAR Wide[3];
    CHAR Text[3];
    ULONG Bytes;
    assert_int_equal(RtlMultiByteToUnicodeSize(&Bytes, "abc", 3), 0);
    assert_int_equal(Bytes, 6);
    assert_int_equal(RtlMultiByteToUnicodeN(Wide, 4, &Bytes, "a\xe9z", 3), 0);
    assert_int_equal(Bytes, 4);
    assert_memory_equal(Wide, L"a\u00e9", 4);
    assert_int_equal(RtlUnicodeToMultiByteSize(&Bytes, Wide, 4), 0);
    assert_int_equal(Bytes, 2);
    Wide[1] = 0x20AC;
    assert_int_equal(RtlUnicodeToMultiByteN(Text, 3, &Bytes, Wide, 4), 0);
    assert_memory_equal(Text, "a?", 2);
    assert_int_equal(RtlCharToInteger("-0x10", 0, &Bytes), 0);
    assert_int_equal((LONG)Bytes, -16);
    assert_int_equal(RtlCharToInteger("12", 3, &Bytes), STATUS_INVALID_PARAMETER);
}

static void Rtl_HashUnicodeString_IgnoresCaseWhenAsked(void **State)
{
    (void)State;
    UNICODE_STRING Lower = SimWideString(L"abc"), Upper = SimWideString(L"ABC");
    ULONG First, Second;
    assert_int_equal(RtlHashUnicodeString(&Lower, TRUE, 0, &First), 0);
    assert_int_equal(RtlHashUnicodeString(&Upper, TRUE, 0, &Second), 0);
    assert_int_equal(First, Second);
    assert_int_equal(RtlHashUnicodeString(&Lower, FALSE, 0, &First), 0);
    assert_int_not_equal(First, Second);
    assert_int_equal(RtlHashUnicodeString(&Lower, FALSE, 99, &First), STATUS_INVALID_PARAMETER);
}

static void Rtl_Memory_ComparedAndCounted(void **State)
{
    (void)State;
    ULONG Words[] = {7, 7, 8}, Seed = 1;
    assert_int_equal(RtlCompareMemory("abcd", "abxd", 4), 2);
    assert_int_equal(RtlCompareMemoryUlong(Words, sizeof(Words), 7), 8);
    assert_int_equal(RtlFindLeastSignificantBit(0x50) * 10 + RtlFindMostSignificantBit(0x50), 46);
    assert_int_equal(RtlFindLeastSignificantBit(0) + RtlFindMostSignificantBit(0), -2);
    assert_int_equal(RtlNumberOfSetBitsUlongPtr(0xF0F0), 8);
    ULONG First = RtlRandom(&Seed);
    assert_true(First < 0x80000000 && Seed != 1);
    assert_int_not_equal(RtlRandom(&Seed), First);
    assert_true(RtlIsNtDdiVersionAvailable(0x0A000008));
    assert_false(RtlIsNtDdiVersionAvailable(0x0B000000));
}

static void Rtl_Bitmap_SetBits(void **State)
{
    (void)State;
    ULONG Word = 0;
    RTL_BITMAP Map;
    RtlInitializeBitMap(&Map, &Word, 20);
    RtlSetBit(&Map, 19);
    RtlSetBits(&Map, 4, 8);
    assert_int_equal(Word, 0x80FF0);
    assert_int_equal(RtlFindSetBits(&Map, 8, 0), 4);
    assert_int_equal(RtlFindSetBits(&Map, 9, 0), 0xFFFFFFFF);
    RtlClearBits(&Map, 5, 6);
    assert_int_equal(Word, 0x80810);
    RtlSetAllBits(&Map);
    assert_int_equal(RtlNumberOfSetBits(&Map), 20);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Rtl_UnicodeString_CopyAppendCompare),
        IO_TEST(Rtl_Conversions_RoundTrip),
        IO_TEST(Rtl_Numbers_BothWays),
        IO_TEST(Rtl_Guid_TextAndBack),
        IO_TEST(Rtl_Version_Windows10OrLater),
        IO_TEST(Rtl_Bitmap_FindSetClear),
        IO_TEST(Rtl_QueryRegistryValues_DirectDefaultRoutine),
        IO_TEST(Rtl_CountedBytes_CopyCompareChange),
        IO_TEST(Rtl_Allocated_AreFreedByTheirKind),
        IO_TEST(Rtl_MultiByte_SizesAndBytes),
        IO_TEST(Rtl_HashUnicodeString_IgnoresCaseWhenAsked),
        IO_TEST(Rtl_Memory_ComparedAndCounted),
        IO_TEST(Rtl_Bitmap_SetBits),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

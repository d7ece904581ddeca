// SPDX-License-Identifier: MIT

// The C library that drivers for Windows import from ntoskrnl.exe.

#include "nt_test.h"

#include <ntstrsafe.h>
#include <string.h>

#include "crt.h"

#define CASES(Array) (sizeof(Array) / sizeof((Array)[0]))

static int Sign(int Value)
{
    return (Value > 0) - (Value < 0);
}

static void Crt_Compare_OrderAndLimit(void **State)
{
    (void)State;
    static const struct {
        const CHAR *Left, *Right;
        const WCHAR *WideLeft, *WideRight;
        int Exact, IgnoringCase, FirstTwo;
    } Cases[] = {
        {"abc", "abc", L"abc", L"abc", 0, 0, 0},   {"abc", "abd", L"abc", L"abd", -1, -1, 0},
        {"aBc", "abC", L"aBc", L"abC", -1, 0, -1}, {"ab", "abc", L"ab", L"abc", -1, -1, 0},
        {"\xe9", "e", L"\u00e9", L"e", 1, 1, 1},   {"", "", L"", L"", 0, 0, 0}};
    for (size_t i = 0; i < CASES(Cases); i++) {
        assert_int_equal(Sign(PeExport_strcmp(Cases[i].Left, Cases[i].Right)), Cases[i].Exact);
        assert_int_equal(Sign(PeExport__stricmp(Cases[i].Left, Cases[i].Right)),
                         Cases[i].IgnoringCase);
        assert_int_equal(Sign(PeExport_strncmp(Cases[i].Left, Cases[i].Right, 2)),
                         Cases[i].FirstTwo);
        assert_int_equal(Sign(PeExport_wcscmp(Cases[i].WideLeft, Cases[i].WideRight)),
                         Cases[i].Exact);
        assert_int_equal(Sign(PeExport__wcsicmp(Cases[i].WideLeft, Cases[i].WideRight)),
                         Cases[i].IgnoringCase);
        assert_int_equal(Sign(PeExport_wcsncmp(Cases[i].WideLeft, Cases[i].WideRight, 2)),
                         Cases[i].FirstTwo);
    }
    assert_int_equal(PeExport__strnicmp("ABx", "aby", 2), 0);
    assert_int_equal(PeExport__strnicmp("ABx", "aby", 3), -1);
    assert_int_equal(PeExport__wcsnicmp(L"ABx", L"aby", 2), 0);
    assert_int_equal(PeExport__wcsnicmp(L"ABx", L"aby", 3), -1);
}

static void Crt_Search_FindsFirstAndLast(void **State)
{
    (void)State;
    static const CHAR Text[] = "banana";
    static const WCHAR Wide[] = L"banana";
    assert_ptr_equal(PeExport_strchr(Text, 'a'), Text + 1);
    assert_ptr_equal(PeExport_strchr(Text, 0), Text + 6);
    assert_null(PeExport_strchr(Text, 'x'));
    assert_ptr_equal(PeExport_strrchr(Text, 'a'), Text + 5);
    assert_null(PeExport_strrchr(Text, 'x'));
    assert_ptr_equal(PeExport_strstr(Text, "nan"), Text + 2);
    assert_ptr_equal(PeExport_strstr(Text, ""), Text);
    assert_null(PeExport_strstr(Text, "nab"));
    assert_int_equal(PeExport_strspn(Text, "nab"), 6);
    assert_int_equal(PeExport_strspn(Text, "ba"), 2);
    assert_int_equal(PeExport_strlen(Text), 6);
    assert_int_equal(PeExport_strnlen(Text, 3), 3);
    assert_ptr_equal(PeExport_wcschr(Wide, 'a'), Wide + 1);
    assert_ptr_equal(PeExport_wcsrchr(Wide, 'a'), Wide + 5);
    assert_ptr_equal(PeExport_wcsstr(Wide, L"nan"), Wide + 2);
    assert_int_equal(PeExport_wcsspn(Wide, L"ba"), 2);
    assert_int_equal(PeExport_wcscspn(Wide, L"n"), 2);
    assert_int_equal(PeExport_wcslen(Wide), 6);
    assert_int_equal(PeExport_wcsnlen(Wide, 3), 3);
    assert_ptr_equal(PeExport_memchr(Text, 'n', 6), Text + 2);
    assert_null(PeExport_memchr(Text, 'n', 2));
}

static void Crt_Copy_FillsAndTerminates(void **State)
{
    (void)State;
    CHAR Text[8];
    WCHAR Wide[8];
    memset(Text, '#', sizeof(Text));
    assert_ptr_equal(PeExport_strncpy(Text, "ab", 4), Text);
    assert_memory_equal(Text, "ab\0\0#", 5);
    PeExport_strncpy(Text, "abcdef", 3);
    assert_memory_equal(Text, "abc\0#", 5); // no terminator of its own
    PeExport_strcpy(Text, "ab");
    PeExport_strcat(Text, "c");
    assert_ptr_equal(PeExport_strncat(Text, "defg", 2), Text);
    assert_string_equal(Text, "abcde");
    PeExport_wcsncpy(Wide, L"abcdef", 3);
    Wide[3] = '#';
    assert_memory_equal(Wide, L"abc#", 8);
    PeExport_wcscpy(Wide, L"ab");
    PeExport_wcscat(Wide, L"c");
    PeExport_wcsncat(Wide, L"defg", 2);
    assert_memory_equal(Wide, L"abcde", 12);
}

static void Crt_SecureCopy_ReportsWhatDoesNotFit(void **State)
{
    (void)State;
    CHAR Text[4];
    WCHAR Wide[4];
    assert_int_equal(PeExport_strcpy_s(Text, 4, "abc"), 0);
    assert_string_equal(Text, "abc");
    assert_int_equal(PeExport_strcpy_s(Text, 4, "abcd"), CRT_ERANGE);
    assert_int_equal(Text[0], 0);
    assert_int_equal(PeExport_strcpy_s(NULL, 4, "a"), CRT_EINVAL);
    assert_int_equal(PeExport_strcpy_s(Text, 0, "a"), CRT_EINVAL);
    assert_int_equal(PeExport_strcpy_s(Text, 4, NULL), CRT_EINVAL);
    assert_int_equal(PeExport_strncpy_s(Text, 4, "abcdef", 3), 0);
    assert_int_equal(PeExport_strncpy_s(Text, 4, "abcdef", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_string_equal(Text, "abc");
    PeExport_strcpy_s(Text, 4, "a");
    assert_int_equal(PeExport_strcat_s(Text, 4, "bc"), 0);
    assert_int_equal(PeExport_strcat_s(Text, 4, "d"), CRT_ERANGE);
    memset(Text, 'x', 4);
    assert_int_equal(PeExport_strcat_s(Text, 4, "d"), CRT_EINVAL); // without an end
    PeExport_strcpy_s(Text, 4, "a");
    assert_int_equal(PeExport_strncat_s(Text, 4, "bcdef", 2), 0);
    assert_string_equal(Text, "abc");
    assert_int_equal(PeExport_wcscpy_s(Wide, 4, L"abcd"), CRT_ERANGE);
    assert_int_equal(PeExport_wcsncpy_s(Wide, 4, L"abcdef", 2), 0);
    assert_int_equal(PeExport_wcscat_s(Wide, 4, L"c"), 0);
    assert_memory_equal(Wide, L"abc", 8);
    assert_int_equal(PeExport_wcsncat_s(Wide, 4, L"d", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_memory_equal(Wide, L"abc", 8);
}

static void Crt_SecureMemory_ReportsWhatDoesNotFit(void **State)
{
    (void)State;
    CHAR Text[5] = "abcd";
    assert_int_equal(PeExport_memmove_s(Text + 1, 3, Text, 3), 0);
    assert_string_equal(Text, "aabc");
    assert_int_equal(PeExport_memmove_s(Text, 2, "xyz", 3), CRT_ERANGE);
    assert_string_equal(Text, "aabc");
    assert_int_equal(PeExport_memcpy_s(Text, 5, "wxyz", 5), 0);
    assert_string_equal(Text, "wxyz");
    assert_int_equal(PeExport_memcpy_s(Text, 2, "abc", 3), CRT_ERANGE);
    assert_memory_equal(Text, "\0\0yz", 5); // as much as it may touch
    assert_int_equal(PeExport_memcpy_s(NULL, 2, "abc", 1), CRT_EINVAL);
    assert_int_equal(PeExport_memcpy_s(NULL, 0, NULL, 0), 0);
}

static void Crt_Case_AsciiOnly(void **State)
{
    (void)State;
    CHAR Text[] = "aBz\xe9[";
    WCHAR Wide[] = L"aBz\u00e9[";
    assert_string_equal(PeExport__strupr(Text), "ABZ\xe9[");
    assert_string_equal(PeExport__strlwr(Text), "abz\xe9[");
    assert_string_equal(PeExport__strrev(Text), "[\xe9zba");
    assert_memory_equal(PeExport__wcsupr(Wide), L"ABZ\u00e9[", 12);
    assert_memory_equal(PeExport__wcslwr(Wide), L"abz\u00e9[", 12);
    assert_memory_equal(PeExport__wcsrev(Wide), L"[\u00e9zba", 12);
    assert_int_equal(PeExport_toupper('a') << 8 | PeExport_toupper('['), 'A' << 8 | '[');
    assert_int_equal(PeExport_tolower('A') << 8 | PeExport_tolower('@'), 'a' << 8 | '@');
    assert_int_equal(PeExport_towupper(0xE9), 0xC9);
    assert_int_equal(PeExport_towlower(0xC9), 0xE9);
}

static unsigned Count(int(NTAPI *Is)(int))
{
    unsigned Found = 0;
    for (int i = 0; i < 256; i++) {
        Found += Is(i) != 0;
    }
    return Found;
}

static void Crt_Classes_HaveTheirMembers(void **State)
{
    (void)State;
    assert_int_equal(Count(PeExport_isdigit), 10);
    assert_int_equal(Count(PeExport_isxdigit), 22);
    assert_int_equal(Count(PeExport_isupper), 26);
    assert_int_equal(Count(PeExport_islower), 26);
    assert_int_equal(Count(PeExport_isspace), 6);
    assert_int_equal(Count(PeExport_isprint), 95);
    assert_true(PeExport_isdigit('9') && PeExport_isxdigit('F') && PeExport_isupper('Z'));
    assert_true(PeExport_islower('z') && PeExport_isspace('\v') && PeExport_isprint('~'));
}

static void Crt_NumbersToText_AllBases(void **State)
{
    (void)State;
    CHAR Text[70];
    WCHAR Wide[70];
    assert_string_equal(PeExport__itoa(-42, Text, 10), "-42");
    assert_string_equal(PeExport__itoa(-1, Text, 16), "ffffffff");
    assert_int_equal(PeExport__itoa_s(35, Text, 2, 36), 0);
    assert_string_equal(Text, "z");
    assert_int_equal(PeExport__itoa_s(36, Text, 2, 36), CRT_ERANGE);
    assert_int_equal(Text[0], 0);
    assert_int_equal(PeExport__ltoa_s(MINLONG, Text, 70, 10), 0);
    assert_string_equal(Text, "-2147483648");
    assert_int_equal(PeExport__ultoa_s(MAXULONG, Text, 70, 10), 0);
    assert_string_equal(Text, "4294967295");
    assert_int_equal(PeExport__i64toa_s(INT64_MIN, Text, 70, 10), 0);
    assert_string_equal(Text, "-9223372036854775808");
    assert_int_equal(PeExport__ui64toa_s(UINT64_MAX, Text, 65, 2), 0);
    assert_int_equal(strspn(Text, "1"), 64);
    assert_int_equal(PeExport__ui64toa_s(1, Text, 65, 1), CRT_EINVAL);
    assert_memory_equal(PeExport__itow(-42, Wide, 10), L"-42", 8);
    assert_int_equal(PeExport__itow_s(7, Wide, 70, 2), 0);
    assert_memory_equal(Wide, L"111", 8);
    assert_int_equal(PeExport__ltow_s(-8, Wide, 70, 10), 0);
    assert_memory_equal(Wide, L"-8", 6);
    assert_int_equal(PeExport__ultow_s(8, Wide, 70, 8), 0);
    assert_memory_equal(Wide, L"10", 6);
    assert_int_equal(PeExport__i64tow_s(-1, Wide, 70, 16), 0);
    assert_memory_equal(Wide, L"ffffffffffffffff", 34);
    assert_int_equal(PeExport__ui64tow_s(10, Wide, 2, 10), CRT_ERANGE);
}

static void Crt_TextToNumbers_StopWhereTheyEnd(void **State)
{
    (void)State;
    static const WCHAR Octal[] = L" +017x";
    static const WCHAR Hex[] = L"0xFg";
    CHAR *End;
    WCHAR *WideEnd;
    assert_int_equal(PeExport_atoi(" -12x"), -12);
    assert_int_equal(PeExport_atol("2147483647"), MAXLONG);
    assert_int_equal(PeExport__wtoi(L"\t7"), 7);
    assert_int_equal(PeExport__wtol(L"x"), 0);
    assert_int_equal(PeExport_wcstoul(Octal, &WideEnd, 0), 15);
    assert_ptr_equal(WideEnd, Octal + 5);
    assert_int_equal(PeExport_wcstoul(Hex, &WideEnd, 0), 15);
    assert_ptr_equal(WideEnd, Hex + 3);
    assert_int_equal(PeExport_wcstoul(L"4294967296", NULL, 10), MAXULONG);
    assert_int_equal(PeExport_wcstoul(L"-1", NULL, 10), MAXULONG);
    assert_true(PeExport__strtoui64("18446744073709551615z", &End, 10) == UINT64_MAX);
    assert_string_equal(End, "z");
    assert_true(PeExport__strtoui64("0x", &End, 16) == 0);
    assert_string_equal(End, "x");
    assert_true(PeExport__strtoui64("12", &End, 1) == 0);
    assert_string_equal(End, "12");
}

static int NTAPI CompareInts(const void *Left, const void *Right)
{
    return *(const int *)Left - *(const int *)Right;
}

static void Crt_SortAndSearch_EverySize(void **State)
{
    (void)State;
    int Values[40];
    PeExport_srand(7);
    int First = PeExport_rand();
    PeExport_srand(7);
    assert_int_equal(PeExport_rand(), First);
    for (int Size = 0; Size <= 40; Size++) {
        int Sum = 0, After = 0;
        for (int i = 0; i < Size; i++) {
            Values[i] = PeExport_rand() % 64 * 2;
            assert_in_range(Values[i], 0, 126);
            Sum += Values[i];
        }
        PeExport_qsort(Values, (SIZE_T)Size, sizeof(int), CompareInts);
        for (int i = 0; i < Size; i++) {
            After += Values[i];
            assert_true(i == 0 || Values[i - 1] <= Values[i]);
            const int *Found = PeExport_bsearch(&Values[i], Values, (SIZE_T)Size, sizeof(int),
                                                CompareInts);
            assert_non_null(Found);
            assert_int_equal(*Found, Values[i]);
            int Odd = Values[i] + 1;
            assert_null(PeExport_bsearch(&Odd, Values, (SIZE_T)Size, sizeof(int), CompareInts));
        }
        assert_int_equal(Sum, After);
    }
}

static void Crt_Words_AreSplit(void **State)
{
    (void)State;
    CHAR Text[] = ",a,,bc,";
    CHAR *Context = NULL;
    assert_string_equal(PeExport_strtok_s(Text, ",", &Context), "a");
    assert_string_equal(PeExport_strtok_s(NULL, ",", &Context), "bc");
    assert_null(PeExport_strtok_s(NULL, ",", &Context));
    assert_null(PeExport_strtok_s(NULL, ",", &Context));
}

static void Crt_MultiByte_IsTheAnsiCodePage(void **State)
{
    (void)State;
    CHAR Text[4];
    WCHAR Wide[4];
    assert_int_equal(PeExport_mbstowcs(NULL, "h\xe9", 0), 2);
    assert_int_equal(PeExport_mbstowcs(Wide, "h\xe9", 4), 2);
    assert_memory_equal(Wide, L"h\u00e9", 6);
    assert_int_equal(PeExport_mbstowcs(Wide, "abc", 2), 2);
    assert_memory_equal(Wide, L"ab", 4);
    assert_int_equal(PeExport_wcstombs(NULL, L"h\u00e9", 0), 2);
    assert_int_equal(PeExport_wcstombs(Text, L"h\u00e9", 4), 2);
    assert_string_equal(Text, "h\xe9");
}

static void Crt_Print_ReturnsLength(void **State)
{
    (void)State;
    CHAR Text[32];
    WCHAR Wide[32];
    assert_int_equal(PeExport_sprintf(Text, "%d %s %S", -1, "a", L"\u00e9"), 7);
    assert_string_equal(Text, "-1 a \xc3\xa9");
    assert_int_equal(PeExport_swprintf(Wide, L"%d %s %S", -1, L"\u20ac", "a"), 6);
    assert_memory_equal(Wide, L"-1 \u20ac a", 14);
    assert_int_equal(PeExport__swprintf(Wide, L"%04x", 0xAB), 4);
    assert_memory_equal(Wide, L"00ab", 10);
}

static void Crt_PrintCounted_TerminatesWhenThereIsRoom(void **State)
{
    (void)State;
    CHAR Text[6] = "#####";
    WCHAR Wide[6] = L"#####";
    assert_int_equal(PeExport__snprintf(Text, 4, "%s", "abcd"), 4);
    assert_memory_equal(Text, "abcd#", 5);
    assert_int_equal(PeExport__snprintf(Text, 3, "%s", "wxyz"), -1);
    assert_memory_equal(Text, "wxyd#", 5);
    assert_int_equal(PeExport__snprintf(Text, 5, "%s", "abc"), 3);
    assert_memory_equal(Text, "abc\0#", 5);
    assert_int_equal(PeExport__snwprintf(Wide, 4, L"%s", L"abcd"), 4);
    assert_memory_equal(Wide, L"abcd#", 10);
    assert_int_equal(PeExport__snwprintf(Wide, 3, L"%s", L"wxyz"), -1);
    assert_memory_equal(Wide, L"wxyd#", 10);
}

static void Crt_PrintSecure_AlwaysTerminates(void **State)
{
    (void)State;
    CHAR Text[4];
    WCHAR Wide[4];
    assert_int_equal(PeExport_sprintf_s(Text, 4, "%d", 123), 3);
    assert_string_equal(Text, "123");
    assert_int_equal(PeExport_sprintf_s(Text, 4, "%d", 1234), -1);
    assert_int_equal(Text[0], 0);
    assert_int_equal(PeExport__snprintf_s(Text, 4, 2, "%d", 1234), -1);
    assert_string_equal(Text, "12");
    assert_int_equal(PeExport__snprintf_s(Text, 4, CRT_TRUNCATE, "%d", 1234), -1);
    assert_string_equal(Text, "123");
    assert_int_equal(PeExport_swprintf_s(Wide, 4, L"%d", 1234), -1);
    assert_int_equal(Wide[0], 0);
    assert_int_equal(PeExport__snwprintf_s(Wide, 4, CRT_TRUNCATE, L"%d", 1234), -1);
    assert_memory_equal(Wide, L"123", 8);
    assert_int_equal(PeExport__snwprintf_s(NULL, 4, 1, L"x"), -1);
}

static int NTAPI PrintLists(CHAR *Text, WCHAR *Wide, const CHAR *Format, ...)
{
    SIM_VA_LIST List;
    SIM_VA_START(List, Format);
    int Length = PeExport_vsprintf(Text, Format, List);
    assert_int_equal(PeExport_vsprintf_s(Text + 10, 10, Format, List), Length);
    assert_int_equal(PeExport__vswprintf(Wide, L"%d", List), Length);
    assert_int_equal(PeExport_vswprintf_s(Wide + 10, 10, L"%d", List), Length);
    assert_int_equal(PeExport__vsnprintf(Text, 10, Format, List), Length);
    assert_int_equal(PeExport__vsnwprintf(Wide, 10, L"%d", List), Length);
    assert_int_equal(PeExport__vsnprintf_s(Text, 2, 1, Format, List), -1);
    assert_string_equal(Text, "7");
    assert_int_equal(PeExport__vsnwprintf_s(Wide, 3, CRT_TRUNCATE, L"%d", List), Length);
    SIM_VA_END(List);
    return Length;
}

static void Crt_PrintLists_LikeTheirRelatives(void **State)
{
    (void)State;
    CHAR Text[20];
    WCHAR Wide[20];
    assert_int_equal(PrintLists(Text, Wide, "%d", 77), 2);
    assert_string_equal(Text + 10, "77");
    assert_memory_equal(Wide, L"77", 6);
    assert_memory_equal(Wide + 10, L"77", 6);
}

static void SafeStrings_InNativeDriver_CutAndReport(void **State)
{
    (void)State;
    CHAR Text[4];
    WCHAR Wide[8];
    assert_int_equal(RtlStringCbPrintfA(Text, sizeof(Text), "%d", 1234), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(Text, "123");
    assert_int_equal(RtlStringCchPrintfW(Wide, 8, L"%ws%d", L"a", 5), 0);
    assert_memory_equal(Wide, L"a5", 6);
}

static void CallPure(void)
{
    PeExport__purecall();
}

static void Crt_PureCall_IsABugCheck(void **State)
{
    (void)State;
    NtTestExpectBugCheck(CallPure, SYSTEM_SERVICE_EXCEPTION, "_purecall", "CallPure", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Crt_Compare_OrderAndLimit),
        NT_TEST(Crt_Search_FindsFirstAndLast),
        NT_TEST(Crt_Copy_FillsAndTerminates),
        NT_TEST(Crt_SecureCopy_ReportsWhatDoesNotFit),
        NT_TEST(Crt_SecureMemory_ReportsWhatDoesNotFit),
        NT_TEST(Crt_Case_AsciiOnly),
        NT_TEST(Crt_Classes_HaveTheirMembers),
        NT_TEST(Crt_NumbersToText_AllBases),
        NT_TEST(Crt_TextToNumbers_StopWhereTheyEnd),
        NT_TEST(Crt_SortAndSearch_EverySize),
        NT_TEST(Crt_Words_AreSplit),
        NT_TEST(Crt_MultiByte_IsTheAnsiCodePage),
        NT_TEST(Crt_Print_ReturnsLength),
        NT_TEST(Crt_PrintCounted_TerminatesWhenThereIsRoom),
        NT_TEST(Crt_PrintSecure_AlwaysTerminates),
        NT_TEST(Crt_PrintLists_LikeTheirRelatives),
        NT_TEST(SafeStrings_InNativeDriver_CutAndReport),
        NT_TEST(Crt_PureCall_IsABugCheck),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// What DbgPrint writes, byte by byte.

#define _GNU_SOURCE

#include "nt_test.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format.h"
#include "sim.h"

static char Text[256];

static const char *NTAPI Format(const char *Format, ...)
{
    SIM_VA_LIST Arguments;
    SIM_VA_START(Arguments, Format);
    SimFormat(Text, sizeof(Text), SimFormatNarrow, Format, Arguments);
    SIM_VA_END(Arguments);
    return Text;
}

static const char *NTAPI FormatWide(const char *Format, ...)
{
    SIM_VA_LIST Arguments;
    SIM_VA_START(Arguments, Format);
    SimFormat(Text, sizeof(Text), SimFormatWide, Format, Arguments);
    SIM_VA_END(Arguments);
    return Text;
}

static void Format_Integers_FollowWindows(void **State)
{
    (void)State;
    assert_string_equal(Format("%d %i %u", -1, 2, 0xFFFFFFFFu), "-1 2 4294967295");
    assert_string_equal(Format("%ld %lu %lx", -5, 5u, 0xABCDu), "-5 5 abcd"); // LONG has 32 bits
    assert_string_equal(Format("%I64d %I64u %I64x", -1ll, ~0ull, 0x123456789ABCull),
                        "-1 18446744073709551615 123456789abc");
    assert_string_equal(Format("%lld %llX %Iu %zu", -2ll, 0xFFull, 3ull, 4ull), "-2 FF 3 4");
    assert_string_equal(Format("%I32u %hd %hhu", 7, 0x18000, 0x1FF), "7 -32768 255");
    assert_string_equal(Format("[%5d|%-5d|%05d|%+d|% d|%.3d]", 42, 42, -42, 42, 42, 7),
                        "[   42|42   |-0042|+42| 42|007]");
    assert_string_equal(Format("%#x %#o %08X %*d %.*x", 255, 8, 0xBEEF, 4, 1, 4, 0xF),
                        "0xff 010 0000BEEF    1 000f");
    assert_string_equal(Format("%d %I64d", (int)0x80000000, (long long)0x8000000000000000),
                        "-2147483648 -9223372036854775808");
    assert_string_equal(Format("%p", (void *)0xDEADBEEF), "00000000DEADBEEF");
    assert_string_equal(Format("100%% %y"), "100% y");
    assert_string_equal(Format("%"), "");
}

static void Format_Strings_NarrowAndWide(void **State)
{
    (void)State;
    UNICODE_STRING Unicode = {.Length = 6, .MaximumLength = 8, .Buffer = (WCHAR *)L"abcd"};
    ANSI_STRING Ansi = {.Length = 2, .MaximumLength = 4, .Buffer = (CHAR *)"xyz"};
    UNICODE_STRING Empty = {0};
    assert_string_equal(Format("%s %ws %S %ls %hs", "a", L"b", L"c", L"d", "e"), "a b c d e");
    assert_string_equal(Format("%wZ %Z <%wZ> %wZ", &Unicode, &Ansi, &Empty, NULL),
                        "abc xy <(null)> (null)");
    assert_string_equal(Format("[%6s|%-6s|%.2s|%6wZ|%-4Z]", "abc", "abc", "abc", &Unicode, &Ansi),
                        "[   abc|abc   |ab|   abc|xy  ]");
    assert_string_equal(Format("%c%C%lc%hc", 'a', L'b', L'c', 'd'), "abcd");
    assert_string_equal(Format("%s %ws", (char *)NULL, (WCHAR *)NULL), "(null) (null)");
    assert_string_equal(Format("%ws", L"\u00e4\u20ac\U0001F600"), "\u00e4\u20ac\U0001F600");
    assert_string_equal(FormatWide("%s %S %hs", L"wide", "narrow", "narrow"), "wide narrow narrow");
}

static size_t NTAPI FormatInto(char *Buffer, size_t Size, const char *Format, ...)
{
    SIM_VA_LIST Arguments;
    SIM_VA_START(Arguments, Format);
    size_t Needed = SimFormat(Buffer, Size, SimFormatNarrow, Format, Arguments);
    SIM_VA_END(Arguments);
    return Needed;
}

static void Format_TooLong_IsCutAndTerminated(void **State)
{
    (void)State;
    char Buffer[8] = "#######";
    assert_int_equal(FormatInto(Buffer, 4, "%ws%d", L"abcdef", 123), 9);
    assert_string_equal(Buffer, "abc");
    assert_int_equal(Buffer[4], '#');
    assert_int_equal(FormatInto(Buffer, 0, "%d", 5), 1);
    assert_int_equal(Buffer[0], 'a');
}

static void DbgPrint_Quiet_WritesNothingElseStderr(void **State)
{
    (void)State;
    char Read[64] = {0};
    int Saved = dup(STDERR_FILENO);
    int File = memfd_create("stderr", 0);
    dup2(File, STDERR_FILENO);
    DbgPrint("hidden %d\n", 1);
    SimDebugSetQuiet(FALSE);
    DbgPrint("shown %ws %I64u\n", L"text", 5ull);
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "and %s\n", "this");
    SimDebugSetQuiet(TRUE);
    dup2(Saved, STDERR_FILENO);
    close(Saved);
    assert_true(pread(File, Read, sizeof(Read) - 1, 0) > 0);
    close(File);
    assert_string_equal(Read, "shown text 5\nand this\n");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Format_Integers_FollowWindows),
        NT_TEST(Format_Strings_NarrowAndWide),
        NT_TEST(Format_TooLong_IsCutAndTerminated),
        NT_TEST(DbgPrint_Quiet_WritesNothingElseStderr),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// Names in UTF-8 and UTF-16, and the texts of errors and statuses.

#include "errors.h"
#include "utf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void Utf_EveryLength_GoesThereAndBack(void **state)
{
    static const char Text[] = "A\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"
                               "\xf4\x8f\xbf\xbf";
    static const uint16_t Expected[] = {0x41,   0x80,   0x7ff,  0x800, 0xffff,
                                        0xd800, 0xdc00, 0xdbff, 0xdfff};
    uint16_t units[16];
    char back[64];
    (void)state;
    assert_int_equal(utf8_to_utf16(Text, units, 16), 9);
    assert_memory_equal(units, Expected, sizeof(Expected));
    assert_int_equal(utf16_to_utf8(units, 9, back, sizeof(back)), (int)strlen(Text));
    assert_string_equal(back, Text);
}

static void Utf_Malformed_IsRefused(void **state)
{
    static const char *const Bad[] = {
        "\x80",             // continuation without a start
        "\xc0\x80",         // overlong
        "\xe0\x9f\xbf",     // overlong
        "\xf0\x8f\xbf\xbf", // overlong
        "\xed\xa0\x80",     // a surrogate
        "\xf4\x90\x80\x80", // above U+10FFFF
        "\xf5\x80\x80\x80", // no such start
        "\xe2\x82",         // ends too early
    };
    uint16_t units[16];
    (void)state;
    for (size_t i = 0; i < sizeof(Bad) / sizeof(Bad[0]); i++) {
        assert_int_equal(utf8_to_utf16(Bad[i], units, 16), -1);
    }
}

static void Utf_NoRoom_IsRefused(void **state)
{
    static const uint16_t Units[] = {'a', 0x20ac};
    uint16_t units[2];
    char text[8];
    (void)state;
    assert_int_equal(utf8_to_utf16("abc", units, 2), -1);
    assert_int_equal(utf8_to_utf16("a\xf0\x90\x80\x80", units, 2), -1);
    assert_int_equal(utf16_to_utf8(Units, 2, text, 5), 4);
    assert_int_equal(utf16_to_utf8(Units, 2, text, 4), -1);
    assert_int_equal(utf16_to_utf8(Units, 0, text, 0), -1);
}

static void Utf_LoneSurrogate_BecomesAReplacement(void **state)
{
    static const uint16_t Lone[] = {0xd800, 'x', 0xdc00};
    char text[16];
    (void)state;
    assert_int_equal(utf16_to_utf8(Lone, 3, text, sizeof(text)), 7);
    assert_string_equal(text, "\xef\xbf\xbdx\xef\xbf\xbd");
}

static void ErrorText_EveryError_HasItsOwn(void **state)
{
    (void)state;
    for (int a = SHUTTLE_ERROR_SYSTEM; a <= SHUTTLE_OK; a++) {
        assert_non_null(shuttle_error_text(a));
        for (int b = SHUTTLE_ERROR_SYSTEM; b < a; b++) {
            assert_string_not_equal(shuttle_error_text(a), shuttle_error_text(b));
        }
    }
    assert_string_equal(shuttle_error_text(1), "unknown error");
    assert_string_equal(shuttle_error_text(SHUTTLE_ERROR_SYSTEM - 1), "unknown error");
    assert_string_equal(shuttle_error_text(INT32_MIN), "unknown error");
}

static void StatusName_KnownAndUnknown(void **state)
{
    (void)state;
    assert_string_equal(shuttle_status_name(0), "NDIS_STATUS_SUCCESS");
    assert_string_equal(shuttle_status_name(0xC023000C), "NDIS_STATUS_SEND_ABORTED");
    assert_null(shuttle_status_name(0xC0DE0000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Utf_EveryLength_GoesThereAndBack),
        cmocka_unit_test(Utf_Malformed_IsRefused),
        cmocka_unit_test(Utf_NoRoom_IsRefused),
        cmocka_unit_test(Utf_LoneSurrogate_BecomesAReplacement),
        cmocka_unit_test(ErrorText_EveryError_HasItsOwn),
        cmocka_unit_test(StatusName_KnownAndUnknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// The unwinder that drivers import.

#include "pe_test.h"

#include "drivers/unwind.h"

static void run(unsigned number, uint64_t expected)
{
    pe_start("unwind");
    assert_int_equal(pe_case(number, 0), expected);
    pe_stop();
}

#define UNWIND_TEST(Name, Number, Expected)                                                        \
    static void Name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run(Number, Expected);                                                                     \
    }

UNWIND_TEST(Context_Captured_HasTheCallersRegisters, UnwindCaptured, 0)
UNWIND_TEST(Context_Restored_GoesOnThere, UnwindRestore, 1)
UNWIND_TEST(Walk_ByHand_IsTheCapturedOne, UnwindWalk, 1)
UNWIND_TEST(Walk_FramesSkipped_BeginsLater, UnwindWalkSkips, 1)
UNWIND_TEST(Walk_FunctionWithTry_HasAHandler, UnwindHandler, 1)
UNWIND_TEST(Lookup_Addresses_AreFound, UnwindLookup, 1)
UNWIND_TEST(Unwind_ToTarget_RunsFinally, UnwindToTarget, 0x10042)
UNWIND_TEST(UnwindEx_ToTarget_RunsFinally, UnwindToTargetEx, 0x20043)
UNWIND_TEST(LocalUnwind_InScope_RunsFinallyOnce, UnwindLocal, 0x30044)
UNWIND_TEST(RaiseException_Record_IsWhatTheFilterSees, UnwindRaise, 0x57)
UNWIND_TEST(RaiseException_Continued_Returns, UnwindRaiseContinue, 0x68)

static void Misuse_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("unwind", UnwindWrongEntry, 0, 0x1E, "function entry", "unwind.c:", NULL);
    pe_expect_bug_check("unwind", UnwindPointers, 0, 0x1E, "not implemented", "unwind.c:", NULL);
    pe_expect_bug_check("unwind", UnwindNoTarget, 0, 0x1E, "does not find its target", "CaseRun ",
                        NULL);
    pe_expect_bug_check("unwind", UnwindRestoreRecord, 0, 0x1E, "not implemented",
                        "unwind.c:", NULL);
    pe_expect_bug_check("unwind", UnwindRaiseUncaught, 0xE0001234, 0x1E, "0xE0001234",
                        "RtlRaiseException", "RaiseRecord ", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Context_Captured_HasTheCallersRegisters),
        cmocka_unit_test(Context_Restored_GoesOnThere),
        cmocka_unit_test(Walk_ByHand_IsTheCapturedOne),
        cmocka_unit_test(Walk_FramesSkipped_BeginsLater),
        cmocka_unit_test(Walk_FunctionWithTry_HasAHandler),
        cmocka_unit_test(Lookup_Addresses_AreFound),
        cmocka_unit_test(Unwind_ToTarget_RunsFinally),
        cmocka_unit_test(UnwindEx_ToTarget_RunsFinally),
        cmocka_unit_test(LocalUnwind_InScope_RunsFinallyOnce),
        cmocka_unit_test(RaiseException_Record_IsWhatTheFilterSees),
        cmocka_unit_test(RaiseException_Continued_Returns),
        cmocka_unit_test(Misuse_IsBugCheck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// Instructions of the kernel in a driver, and the functions that compilers call.

#include "pe_test.h"

#include "drivers/inline.h"

static void run(unsigned number, uint64_t argument, uint64_t expected)
{
    pe_start("inline");
    assert_int_equal(pe_case(number, argument), expected);
    pe_stop();
}

#define INLINE_TEST(Name, Number, Argument, Expected)                                              \
    static void Name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run(Number, Argument, Expected);                                                           \
    }

INLINE_TEST(Cr8_Read_IsIrql, InlineReadIrql, 0, 0x2020)
INLINE_TEST(Cr8_Written_ChangesIrql, InlineWriteIrql, 0, 0x210)
INLINE_TEST(Cr8_Lowered_RunsDpcs, InlineLowerRunsDpc, 0, 0x01)
INLINE_TEST(Gs_Processor_IsTheOneOwned, InlineProcessor, 0, 1)
INLINE_TEST(Gs_ProcessorChanges_IsSeen, InlineProcessors, 0, 4)
INLINE_TEST(SharedData_Times_AreThoseOfTheSystem, InlineSharedData, 0, 7)
INLINE_TEST(SharedData_EachLoad_IsEmulated, InlineSharedForms, 0, 1)
INLINE_TEST(Breakpoint_InTry_ReachesHandler, InlineBreakpoint, 0, 0x80000003)
INLINE_TEST(Assertion_InTry_ReachesHandler, InlineAssertion, 0, 0xC0000420)
INLINE_TEST(DivideByZero_InTry_ReachesHandler, InlineDivide, 0, 0xC0000094)
INLINE_TEST(Stack_BigFrame_IsProbed, InlineStack, 1, (99000 + 1) & 0xFF)
INLINE_TEST(Cr8_Lowered_KeepsVectors, InlineVectors, 0, 1)
INLINE_TEST(Gs_Self_PointsToTheBlock, InlineGsSelf, 0, 1)
INLINE_TEST(Fault_WithDirectionFlag_HandlersHaveItClear, InlineDirection, 0, 0)
INLINE_TEST(Memory_Functions_AreRight, InlineMemory, 0, 1)

// The thread keeps its processor block; its thread object is of one start of the system.
static void Gs_CurrentThread_IsRightInEachSystem(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        run(InlineCurrentThread, 0, 1);
    }
}

static void FastFail_IsBugCheck139WithItsCode(void **state)
{
    (void)state;
    pe_expect_bug_check("inline", InlineFastFail, 2, 0x139, "KERNEL_SECURITY_CHECK_FAILURE (0x2,",
                        "a buffer on the stack was overrun", "inline.c:", NULL);
    pe_expect_bug_check("inline", InlineFastFail, 77, 0x139, "(0x4D,", NULL);
    pe_expect_bug_check("inline", InlineListCorrupt, 0, 0x139, "(0x3,", "list entry", NULL);
}

static void Cr8_NoIrql_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("inline", InlineWriteWrong, 16, 0x1E, "privileged instruction",
                        "inline.c:", NULL);
    pe_expect_bug_check("inline", InlineWriteWrong, 0x100, 0x1E, "privileged instruction", NULL);
}

// The stack goes on beyond the emulated instruction.
static void Dpc_FaultsBelowCr8_IsBugCheckWithTheWholeStack(void **state)
{
    (void)state;
    pe_expect_bug_check("inline", InlineLowerFault, 0, 0xD1, "FaultDpc ", "RunSetIrql ", "CaseRun ",
                        "DeviceControl ", "inline.c:", NULL);
}

static void Stack_Overflows_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("inline", InlineOverflow, 0, 0x7F, "ran out of stack", "Overflow ",
                        "inline.c:", NULL);
}

static void Uncaught_Instructions_AreBugChecks(void **state)
{
    (void)state;
    pe_expect_bug_check("inline", InlineBreakUncaught, 0, 0x1E, "(0x80000003,", "Break ", NULL);
    pe_expect_bug_check("inline", InlineAssertUncaught, 0, 0x1E, "(0xC0000420,", "Assert ", NULL);
    pe_expect_bug_check("inline", InlineUndefined, 0, 0x1E, "(0xC000001D,", "inline.c:", NULL);
    pe_expect_bug_check("inline", InlineSharedHigh, 0, 0x50, "(0xFFFFF7800000026C,",
                        "inline.c:", NULL);
    pe_expect_bug_check("inline", InlinePrivileged, 0, 0x1E, "privileged instruction",
                        "inline.c:", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Cr8_Read_IsIrql),
        cmocka_unit_test(Cr8_Written_ChangesIrql),
        cmocka_unit_test(Cr8_Lowered_RunsDpcs),
        cmocka_unit_test(Gs_CurrentThread_IsRightInEachSystem),
        cmocka_unit_test(Gs_Processor_IsTheOneOwned),
        cmocka_unit_test(Gs_ProcessorChanges_IsSeen),
        cmocka_unit_test(SharedData_Times_AreThoseOfTheSystem),
        cmocka_unit_test(SharedData_EachLoad_IsEmulated),
        cmocka_unit_test(Breakpoint_InTry_ReachesHandler),
        cmocka_unit_test(Assertion_InTry_ReachesHandler),
        cmocka_unit_test(DivideByZero_InTry_ReachesHandler),
        cmocka_unit_test(Stack_BigFrame_IsProbed),
        cmocka_unit_test(Memory_Functions_AreRight),
        cmocka_unit_test(Cr8_Lowered_KeepsVectors),
        cmocka_unit_test(Cr8_NoIrql_IsBugCheck),
        cmocka_unit_test(Dpc_FaultsBelowCr8_IsBugCheckWithTheWholeStack),
        cmocka_unit_test(Gs_Self_PointsToTheBlock),
        cmocka_unit_test(Fault_WithDirectionFlag_HandlersHaveItClear),
        cmocka_unit_test(Stack_Overflows_IsBugCheck),
        cmocka_unit_test(FastFail_IsBugCheck139WithItsCode),
        cmocka_unit_test(Uncaught_Instructions_AreBugChecks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// Structured exceptions of a driver that was compiled for Windows.

#include "pe_test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "drivers/seh.h"

#define BAD_ADDRESS 0x1230
#define ACCESS_VIOLATION 0xC0000005u
#define DATA_ERROR 0xC000003Eu

static void run(unsigned number, uint64_t argument, uint64_t expected)
{
    pe_start("seh");
    assert_int_equal(pe_case(number, argument), expected);
    pe_stop();
}

#define SEH_TEST(Name, Number, Argument, Expected)                                                 \
    static void Name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run(Number, Argument, Expected);                                                           \
    }

SEH_TEST(Raise_InTry_ReachesHandler, SehRaise, DATA_ERROR, DATA_ERROR)
SEH_TEST(Probe_Misaligned_ReachesHandler, SehProbe, 0x1001, 0x80000002u)
SEH_TEST(Probe_KernelAddress_ReachesHandler, SehProbe, 0xFFFF800000000000u, ACCESS_VIOLATION)
SEH_TEST(Fault_InTry_ReachesHandler, SehFault, BAD_ADDRESS, ACCESS_VIOLATION)
SEH_TEST(Fault_NonCanonical_ReachesHandler, SehFault, 0x8000000000000000u, ACCESS_VIOLATION)
SEH_TEST(Raise_20FramesDeep_ReachesHandler, SehDeep, 20, 27)
SEH_TEST(Finally_OnTheWay_RunsInOrder, SehFinally, 0, 0x1234567)
SEH_TEST(Nested_InnerDeclines_OuterTakes, SehNested, 0, 0x123)
SEH_TEST(Handler_Raises_OuterTakes, SehRaiseInHandler, 0, 0x12)
SEH_TEST(Filter_RaisesInside_SearchGoesOn, SehRaiseInFilter, BAD_ADDRESS, 0x12)
SEH_TEST(Filter_RepairsContext_ExecutionContinues, SehContinue, BAD_ADDRESS, 0x600D)
SEH_TEST(Filter_Information_TellsTheFault, SehInformation, BAD_ADDRESS, 1)
SEH_TEST(LockPages_BadAddress_ReachesHandler, SehLockPages, BAD_ADDRESS, ACCESS_VIOLATION)
SEH_TEST(Exceptions_InSystemThread_ReachHandlers, SehInWorker, BAD_ADDRESS, 1)
SEH_TEST(Raise_ThroughLinuxFrames_ReachesHandler, SehThroughLinux, 0, 0x12)
SEH_TEST(Handler_Registers_AreThoseOfItsFunction, SehRegisters, 0, 0)
SEH_TEST(Exceptions_ManyTimes_AllAreCaught, SehLoop, 300, 300)
SEH_TEST(Return_OutOfTry_RunsFinally, SehLocalUnwind, 0, 0x3407)

SEH_TEST(Leave_OutOfTry_RunsFinally, SehLeave, 0, 0x123)
SEH_TEST(Goto_OutOfTwoTries_RunsBothFinally, SehGoto, 0, 0x1234)
SEH_TEST(AccessViolation_Raised_ReachesHandler, SehRaiseFamily, 0, ACCESS_VIOLATION)
SEH_TEST(Misalignment_Raised_ReachesHandler, SehRaiseFamily, 1, 0x80000002u)
SEH_TEST(Exceptions_InWorkItem_ReachHandlers, SehInWorkItem, BAD_ADDRESS, 1)
SEH_TEST(Write_BadAddress_ReachesHandler, SehWrite, BAD_ADDRESS, ACCESS_VIOLATION)
SEH_TEST(ProbeForWrite_BadAddress_ReachesHandler, SehProbeForWrite, 0x10000, ACCESS_VIOLATION)
SEH_TEST(Fault_20FramesDeep_ReachesHandler, SehDeepFault, BAD_ADDRESS, ACCESS_VIOLATION)

// The filter raises (1), is asked about that (2), and an outer handler (3) takes it (4).
SEH_TEST(Filter_RaisesOut_OuterTakes, SehFilterRaisesOut, 0, 0x1234)
SEH_TEST(Filter_FaultsOut_OuterTakes, SehFilterFaultsOut, BAD_ADDRESS, 0x1234)

// The inner filter declines (2), the outer one takes (6); on the way there the __finally (1)
// raises, and now the inner one takes (2, 3). The first unwind is forgotten (4, 5).
SEH_TEST(Finally_RaisesForNearerHandler_FirstUnwindEnds, SehCollided, 0, 0x2612345)

// In the search the filter of the inner __except is asked (8), the __finally runs (1) and raises;
// both filters are asked about the new exception (8, 2), then the outer __finally (3) and the
// handler (4) run. The first __finally does not run again.
SEH_TEST(Finally_Raises_OuterTakesAndNoneRunsTwice, SehRaiseInFinally, 0, 0x818234)

static void Fault_BeyondEndOfMapping_ReachesHandler(void **state)
{
    (void)state;
    char *pages = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    run(SehFault, (uint64_t)(uintptr_t)pages + 8, ACCESS_VIOLATION);
    munmap(pages, 8192);
}

// The page can be read, so that only the write tells.
static void Write_ReadOnlyPage_ReachesHandler(void **state)
{
    (void)state;
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    run(SehWrite, (uint64_t)(uintptr_t)page, ACCESS_VIOLATION);
    run(SehProbeForWrite, (uint64_t)(uintptr_t)page, ACCESS_VIOLATION);
    run(SehProbe, (uint64_t)(uintptr_t)page, 0);
    munmap(page, 4096);
}

static void Uncaught_FaultInSystemThread_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("seh", SehUncaughtInThread, BAD_ADDRESS, 0x50, "0x1230", "ReadAt ",
                        "FaultingThread ", "seh.c:", NULL);
}

// At DISPATCH_LEVEL no handler is asked.
static void Fault_InDpcInsideTry_IsBugCheckWithStack(void **state)
{
    (void)state;
    pe_expect_bug_check("seh", SehFaultInDpc, BAD_ADDRESS, 0xD1, "(0x1230, 0x2, 0x0,", "ReadAt ",
                        "FaultingDpc ", "CaseRun ", "in a DPC", "seh.c:", "rcx 0000000000001230",
                        NULL);
}

static void Uncaught_Raise_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("seh", SehRaiseUncaught, DATA_ERROR, 0x1E, "KMODE_EXCEPTION_NOT_HANDLED",
                        "ExRaiseStatus", "Raise ", "CaseRun ", "seh.c:", "DeviceControl ",
                        "device.c:", "child", "pe_test.c:", NULL);
}

static void Uncaught_Fault_IsBugCheckWithRegistersAndStack(void **state)
{
    (void)state;
    pe_expect_bug_check("seh", SehFaultUncaught, BAD_ADDRESS, 0x50, "0x1230", "ReadAt ",
                        "seh.c:", "device.c:", "rcx 0000000000001230", "child", NULL);
}

static void Continue_AfterRaise_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check("seh", SehContinueFromRaise, 0, 0x1E, "continue after exception 0xC000003E",
                        NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Raise_InTry_ReachesHandler),
        cmocka_unit_test(Probe_Misaligned_ReachesHandler),
        cmocka_unit_test(Probe_KernelAddress_ReachesHandler),
        cmocka_unit_test(Fault_InTry_ReachesHandler),
        cmocka_unit_test(Fault_NonCanonical_ReachesHandler),
        cmocka_unit_test(Fault_BeyondEndOfMapping_ReachesHandler),
        cmocka_unit_test(Raise_20FramesDeep_ReachesHandler),
        cmocka_unit_test(Finally_OnTheWay_RunsInOrder),
        cmocka_unit_test(Nested_InnerDeclines_OuterTakes),
        cmocka_unit_test(Handler_Raises_OuterTakes),
        cmocka_unit_test(Finally_Raises_OuterTakesAndNoneRunsTwice),
        cmocka_unit_test(Filter_RaisesInside_SearchGoesOn),
        cmocka_unit_test(Filter_RepairsContext_ExecutionContinues),
        cmocka_unit_test(Filter_Information_TellsTheFault),
        cmocka_unit_test(LockPages_BadAddress_ReachesHandler),
        cmocka_unit_test(Exceptions_InSystemThread_ReachHandlers),
        cmocka_unit_test(Raise_ThroughLinuxFrames_ReachesHandler),
        cmocka_unit_test(Handler_Registers_AreThoseOfItsFunction),
        cmocka_unit_test(Exceptions_ManyTimes_AllAreCaught),
        cmocka_unit_test(Return_OutOfTry_RunsFinally),
        cmocka_unit_test(Leave_OutOfTry_RunsFinally),
        cmocka_unit_test(Goto_OutOfTwoTries_RunsBothFinally),
        cmocka_unit_test(AccessViolation_Raised_ReachesHandler),
        cmocka_unit_test(Misalignment_Raised_ReachesHandler),
        cmocka_unit_test(Exceptions_InWorkItem_ReachHandlers),
        cmocka_unit_test(Write_BadAddress_ReachesHandler),
        cmocka_unit_test(Write_ReadOnlyPage_ReachesHandler),
        cmocka_unit_test(ProbeForWrite_BadAddress_ReachesHandler),
        cmocka_unit_test(Fault_20FramesDeep_ReachesHandler),
        cmocka_unit_test(Filter_RaisesOut_OuterTakes),
        cmocka_unit_test(Filter_FaultsOut_OuterTakes),
        cmocka_unit_test(Finally_RaisesForNearerHandler_FirstUnwindEnds),
        cmocka_unit_test(Uncaught_FaultInSystemThread_IsBugCheck),
        cmocka_unit_test(Fault_InDpcInsideTry_IsBugCheckWithStack),
        cmocka_unit_test(Uncaught_Raise_IsBugCheck),
        cmocka_unit_test(Uncaught_Fault_IsBugCheckWithRegistersAndStack),
        cmocka_unit_test(Continue_AfterRaise_IsBugCheck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

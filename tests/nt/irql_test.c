// SPDX-License-Identifier: MIT

// IRQL, virtual processors and affinity.

#include "nt_test.h"

#include <stdatomic.h>

#include "sim.h"

#define ROUNDS 20000

static void Irql_RaiseAndLower_ReturnsAndRestores(void **State)
{
    (void)State;
    KIRQL OldIrql;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &OldIrql);
    assert_int_equal(OldIrql, PASSIVE_LEVEL);
    assert_int_equal(KfRaiseIrql(DISPATCH_LEVEL), APC_LEVEL);
    assert_int_equal(KfRaiseIrql(HIGH_LEVEL), DISPATCH_LEVEL);
    KeLowerIrql(DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(OldIrql);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

typedef struct OVERLAP {
    _Atomic unsigned Inside[SIM_PROCESSORS_MAX];
    unsigned Counter[SIM_PROCESSORS_MAX]; // not atomic on purpose
    _Atomic unsigned Overlaps;
} OVERLAP;

static void CountAtDispatch(unsigned Number, void *Context)
{
    OVERLAP *Overlap = Context;
    (void)Number;
    for (int i = 0; i < ROUNDS; i++) {
        KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        ULONG Processor = KeGetCurrentProcessorNumberEx(NULL);
        if (atomic_fetch_add(&Overlap->Inside[Processor], 1) != 0) {
            atomic_fetch_add(&Overlap->Overlaps, 1);
        }
        Overlap->Counter[Processor]++;
        atomic_fetch_sub(&Overlap->Inside[Processor], 1);
        KeLowerIrql(OldIrql);
    }
}

static void CheckExclusion(unsigned Processors, unsigned Threads)
{
    OVERLAP Overlap = {0};
    assert_int_equal(NtTestStop(), 0);
    NtTestStart(Processors);
    NtTestThreads(Threads, CountAtDispatch, &Overlap);
    unsigned Total = 0;
    for (unsigned i = 0; i < SIM_PROCESSORS_MAX; i++) {
        Total += Overlap.Counter[i];
        assert_true(i < Processors || Overlap.Counter[i] == 0);
    }
    assert_int_equal(Overlap.Overlaps, 0);
    assert_int_equal(Total, Threads * ROUNDS);
}

static void Irql_OneProcessorManyThreads_NeverOverlap(void **State)
{
    (void)State;
    CheckExclusion(1, 6);
}

static void Irql_ThreeProcessorsManyThreads_NeverOverlapOnOne(void **State)
{
    (void)State;
    CheckExclusion(3, 8);
}

static void StayOnTwo(unsigned Number, void *Context)
{
    _Atomic unsigned *Wrong = Context;
    KAFFINITY Wanted = (KAFFINITY)1 << (Number % 2 + 1);
    assert_int_equal(KeSetSystemAffinityThreadEx(Wanted), 0);
    for (int i = 0; i < ROUNDS / 10; i++) {
        KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
        if (Wanted != (KAFFINITY)1 << KeGetCurrentProcessorNumberEx(NULL)) {
            atomic_fetch_add(Wrong, 1);
        }
        KeLowerIrql(OldIrql);
    }
    KeRevertToUserAffinityThreadEx(0);
}

static void Affinity_Set_ThreadRunsThereOnly(void **State)
{
    (void)State;
    _Atomic unsigned Wrong = 0;
    NtTestThreads(4, StayOnTwo, &Wrong);
    assert_int_equal(Wrong, 0);
}

static void Processors_Queried_AreAsStarted(void **State)
{
    (void)State;
    KAFFINITY Active;
    PROCESSOR_NUMBER Number;
    assert_int_equal(KeQueryActiveProcessorCount(&Active), 4);
    assert_int_equal(Active, 0xF);
    assert_int_equal(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), 4);
    assert_int_equal(KeQueryActiveProcessorCountEx(1), 0);
    assert_int_equal(KeGetProcessorNumberFromIndex(3, &Number), STATUS_SUCCESS);
    assert_int_equal(KeGetProcessorIndexFromNumber(&Number), 3);
    assert_int_equal(KeGetProcessorNumberFromIndex(4, &Number), STATUS_INVALID_PARAMETER);
}

static void RaiseLower(void)
{
    KfRaiseIrql(DISPATCH_LEVEL);
    KfRaiseIrql(APC_LEVEL);
}

static void LowerHigher(void)
{
    KeLowerIrql(DISPATCH_LEVEL);
}

static void PassiveFunctionAtDispatch(void)
{
    KfRaiseIrql(DISPATCH_LEVEL);
    KeFlushQueuedDpcs();
}

static void LowerWithLock(void)
{
    KSPIN_LOCK Lock;
    KIRQL OldIrql;
    KeInitializeSpinLock(&Lock);
    KeAcquireSpinLock(&Lock, &OldIrql);
    KeLowerIrql(PASSIVE_LEVEL);
}

static void Irql_Misused_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(RaiseLower, 0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION (0x30, 0x2, 0x1",
                         "RaiseLower", NULL);
    NtTestExpectBugCheck(LowerHigher, 0xC4, "(0x31, 0x0, 0x2, 0x0)", "LowerHigher", NULL);
    NtTestExpectBugCheck(PassiveFunctionAtDispatch, 0xC4, "(0xE5, 0x2,", "KeFlushQueuedDpcs",
                         "PassiveFunctionAtDispatch", "irql_test.c:", NULL);
    NtTestExpectBugCheck(LowerWithLock, 0xC4, "(0x31, 0x2, 0x0, 0x0)", "holds spin lock",
                         "LowerWithLock", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Irql_RaiseAndLower_ReturnsAndRestores),
        NT_TEST(Irql_OneProcessorManyThreads_NeverOverlap),
        NT_TEST(Irql_ThreeProcessorsManyThreads_NeverOverlapOnOne),
        NT_TEST(Affinity_Set_ThreadRunsThereOnly),
        NT_TEST(Processors_Queried_AreAsStarted),
        NT_TEST(Irql_Misused_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

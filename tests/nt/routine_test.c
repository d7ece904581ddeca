// SPDX-License-Identifier: MIT

// MmGetSystemRoutineAddress, for which the table of exports is needed, and so the whole system.

#include "nt_test.h"

#include "crt.h"
#include "ndishost.h"
#include "wide.h"

static PVOID Find(const WCHAR *Text)
{
    UNICODE_STRING Name = SimWideString(Text);
    return MmGetSystemRoutineAddress(&Name);
}

static void Routine_OfTheKernel_IsFound(void **State)
{
    (void)State;
    LARGE_INTEGER Time = {.QuadPart = 0};
    VOID(NTAPI * Query)
    (PLARGE_INTEGER) = (VOID(NTAPI *)(PLARGE_INTEGER))(ULONG_PTR)Find(L"KeQuerySystemTimePrecise");
    assert_non_null(Query);
    Query(&Time);
    assert_true(Time.QuadPart > 130000000000000000ll);
    assert_ptr_equal(Find(L"strlen"), (PVOID)(ULONG_PTR)PeExport_strlen);
    assert_ptr_equal(Find(L"MmGetSystemRoutineAddress"),
                     (PVOID)(ULONG_PTR)MmGetSystemRoutineAddress);
}

static void Routine_NotOfTheKernel_IsNotFound(void **State)
{
    (void)State;
    WCHAR Long[300];
    assert_null(Find(L"KeNoSuchFunction"));
    assert_null(Find(L"kequerysystemtimeprecise"));
    assert_null(Find(L"KeQuerySystemTimePrecis\u00e9"));
    assert_null(Find(L"NdisAllocateNetBufferListPool")); // NDIS.SYS has it
    assert_null(Find(L""));
    for (unsigned i = 0; i < 300; i++) {
        Long[i] = i < 299 ? 'x' : 0;
    }
    assert_null(Find(Long));
}

// The headers have them inline, so that only a driver that was compiled otherwise imports them.
KIRQL NTAPI PeExport_KeRaiseIrqlToDpcLevel(void);
PETHREAD NTAPI PeExport_PsGetCurrentThread(void);

static void Routine_InlineInTheHeaders_IsExported(void **State)
{
    (void)State;
    KIRQL OldIrql = PeExport_KeRaiseIrqlToDpcLevel();
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(OldIrql);
    assert_int_equal(OldIrql, PASSIVE_LEVEL);
    assert_ptr_equal(PeExport_PsGetCurrentThread(), PsGetCurrentThread());
}

static int Start(void **State)
{
    const struct ndishost_options Options = {.quiet = 1};
    (void)State;
    return ndishost_start(&Options);
}

static int Stop(void **State)
{
    (void)State;
    return ndishost_stop();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Routine_OfTheKernel_IsFound),
        cmocka_unit_test(Routine_NotOfTheKernel_IsNotFound),
        cmocka_unit_test(Routine_InlineInTheHeaders_IsExported),
    };
    return cmocka_run_group_tests(Tests, Start, Stop);
}

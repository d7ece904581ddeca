// SPDX-License-Identifier: MIT

// ProbeForRead and ProbeForWrite: checks of an address that comes from a user.

#include "exception.h"

#define PROBE_LIMIT ((ULONG_PTR)0x7FFFFFFF0000) // MmUserProbeAddress

static SIM_SLOW __attribute__((noreturn)) void NTAPI ProbeFail(NTSTATUS Status, const char *What)
{
    SimRaiseStatus(Status, What);
}

static void ProbeRange(volatile void *Address, SIZE_T Length, ULONG Alignment)
{
    ULONG_PTR Start = (ULONG_PTR)Address;
    if (Alignment > 1 && (Start & (Alignment - 1)) != 0) {
        ProbeFail(STATUS_DATATYPE_MISALIGNMENT, "a probed address is not aligned");
    }
    if (Start + Length < Start || Start + Length > PROBE_LIMIT) {
        ProbeFail(STATUS_ACCESS_VIOLATION, "a probed range is not in user space");
    }
}

// What cannot be said yes to at a glance.
static SIM_SLOW void NTAPI ProbeSlow(volatile void *Address, SIZE_T Length, ULONG Alignment)
{
    KIRQL Irql = SimCurrentIrql();
    if (Irql > APC_LEVEL) {
        SimIrqlViolation("ProbeForRead", Irql, "<= APC_LEVEL");
    }
    if (Length != 0) {
        ProbeRange(Address, Length, Alignment);
    }
}

void NTAPI ProbeForRead(volatile void *Address, SIZE_T Length, ULONG Alignment)
{
    ULONG_PTR End;
    if (__builtin_expect(
            SimCurrentIrql() > APC_LEVEL || ((ULONG_PTR)Address & (Alignment - 1)) != 0 ||
                __builtin_add_overflow((ULONG_PTR)Address, Length, &End) || End > PROBE_LIMIT,
            0)) {
        ProbeSlow(Address, Length, Alignment);
    }
}

// Writes back one byte of each page as it was. The user may write to it at the same moment, on
// Windows as here; the exchange then does nothing, having shown that the page can be written.
__attribute__((no_sanitize("address", "thread"), noinline)) static void TouchPage(ULONG_PTR Address)
{
    volatile UCHAR *Byte = (volatile UCHAR *)Address;
    UCHAR Value = __atomic_load_n(Byte, __ATOMIC_RELAXED);
    (void)__atomic_compare_exchange_n(Byte, &Value, Value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void NTAPI ProbeForWrite(volatile void *Address, SIZE_T Length, ULONG Alignment)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (Length == 0) {
        return;
    }
    ProbeRange(Address, Length, Alignment);
    ULONG_PTR Last = (ULONG_PTR)Address + Length - 1;
    for (ULONG_PTR Page = (ULONG_PTR)Address; Page <= Last;
         Page = (Page & ~(ULONG_PTR)(PAGE_SIZE - 1)) + PAGE_SIZE) {
        TouchPage(Page);
    }
}

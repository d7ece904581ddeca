// SPDX-License-Identifier: MIT

// Exceptions, faults, probes.

#define _GNU_SOURCE

#include "nt_test.h"

#include <seh.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim.h"

static volatile ULONG *BadAddress(void)
{
    return (volatile ULONG *)0x1000;
}

static void Seh_StatusRaised_ReachesHandler(void **State)
{
    (void)State;
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        ExRaiseStatus(STATUS_INVALID_PARAMETER);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_INVALID_PARAMETER);
    assert_null(SimCurrentThread()->SehTop);
}

static void Seh_Nested_InnerDeclinesOuterTakes(void **State)
{
    (void)State;
    volatile int Path = 0;
    __try {
        __try {
            ExRaiseAccessViolation();
        } __except (GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT
                        ? EXCEPTION_EXECUTE_HANDLER
                        : EXCEPTION_CONTINUE_SEARCH) {
            Path += 1;
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Path += GetExceptionCode() == STATUS_ACCESS_VIOLATION ? 10 : 100;
    }
    assert_int_equal(Path, 10);
}

static void Seh_RaisedInHandler_ReachesOuter(void **State)
{
    (void)State;
    volatile int Path = 0;
    __try {
        __try {
            ExRaiseStatus(STATUS_UNSUCCESSFUL);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            Path += 1;
            ExRaiseStatus(STATUS_INVALID_PARAMETER);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Path += 10;
    }
    assert_int_equal(Path, 11);
}

static int ReturnsInside(int Value)
{
    __try {
        if (Value > 0) {
            return Value;
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return -1;
    }
    return 0;
}

static void Seh_ReturnInsideTry_PopsItsFrame(void **State)
{
    (void)State;
    assert_int_equal(ReturnsInside(7), 7);
    assert_null(SimCurrentThread()->SehTop);
    assert_int_equal(ReturnsInside(0), 0);
    assert_null(SimCurrentThread()->SehTop);
}

__attribute__((noinline)) static NTSTATUS ReadAt(volatile ULONG *Address)
{
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        (void)*Address;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    return Status;
}

static void Fault_InsideTry_IsAccessViolation(void **State)
{
    (void)State;
    for (int i = 0; i < 100; i++) { // the signal is not left blocked
        assert_int_equal(ReadAt(BadAddress()), STATUS_ACCESS_VIOLATION);
    }
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void Fault_BeyondEndOfFile_IsAccessViolation(void **State)
{
    (void)State;
    int File = memfd_create("empty", 0);
    volatile ULONG *Page = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, File, 0);
    assert_true(Page != MAP_FAILED);
    assert_int_equal(ReadAt(Page), STATUS_ACCESS_VIOLATION); // SIGBUS
    munmap((void *)(ULONG_PTR)Page, PAGE_SIZE);
    close(File);
}

static void FaultMany(unsigned Number, void *Context)
{
    _Atomic unsigned *Caught = Context;
    (void)Number;
    for (int i = 0; i < 200; i++) {
        if (ReadAt(BadAddress()) == STATUS_ACCESS_VIOLATION) {
            atomic_fetch_add(Caught, 1);
        }
    }
}

static void NTAPI FaultInWorker(PVOID Parameter)
{
    FaultMany(0, Parameter);
}

static void Fault_InManyThreadsAndWorkers_EachIsCaught(void **State)
{
    (void)State;
    _Atomic unsigned Caught = 0;
    WORK_QUEUE_ITEM Item;
    ExInitializeWorkItem(&Item, FaultInWorker, &Caught);
    ExQueueWorkItem(&Item, DelayedWorkQueue);
    NtTestThreads(4, FaultMany, &Caught);
    assert_true(SimWaitIdle(60000));
    assert_int_equal(Caught, 1000);
}

// An exception changes no IRQL, as on Windows.
static void Seh_RaisedAtApcLevel_HandlerRunsAtApcLevel(void **State)
{
    (void)State;
    KIRQL OldIrql;
    KeRaiseIrql(APC_LEVEL, &OldIrql);
    assert_int_equal(ReadAt(BadAddress()), STATUS_ACCESS_VIOLATION);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(OldIrql);
}

static NTSTATUS Probe(BOOLEAN Write, volatile void *Address, SIZE_T Length, ULONG Alignment)
{
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        if (Write) {
            ProbeForWrite(Address, Length, Alignment);
        } else {
            ProbeForRead(Address, Length, Alignment);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    return Status;
}

static void Probe_Ranges_AreChecked(void **State)
{
    (void)State;
    char *Pages = mmap(NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                       0);
    assert_true(Pages != MAP_FAILED);
    Pages[PAGE_SIZE] = 42;
    assert_int_equal(Probe(TRUE, Pages + 8, 2 * PAGE_SIZE, 8), STATUS_SUCCESS);
    assert_int_equal(Pages[PAGE_SIZE], 42);
    assert_int_equal(Probe(FALSE, Pages + 4, 16, 8), STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(Probe(TRUE, Pages + 1, 16, 2), STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(Probe(TRUE, NULL, 0, 8), STATUS_SUCCESS);
    assert_int_equal(Probe(FALSE, (void *)1, 0, 8), STATUS_SUCCESS);
    assert_int_equal(Probe(FALSE, NULL, 4, 1), STATUS_SUCCESS); // reads nothing, on Windows too
    assert_int_equal(Probe(TRUE, NULL, 4, 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(Probe(FALSE, Pages, SIZE_MAX, 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(Probe(FALSE, (void *)0x7FFFFFFEFFFF, 1, 1), STATUS_SUCCESS);
    assert_int_equal(Probe(FALSE, (void *)0x7FFFFFFEFFFF, 2, 1), STATUS_ACCESS_VIOLATION);
    mprotect(Pages + 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ);
    assert_int_equal(Probe(TRUE, Pages, 2 * PAGE_SIZE, 1), STATUS_SUCCESS);
    assert_int_equal(Probe(TRUE, Pages, 2 * PAGE_SIZE + 1, 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(Probe(FALSE, Pages, 3 * PAGE_SIZE, 1), STATUS_SUCCESS);
    munmap(Pages, 3 * PAGE_SIZE);
}

static void Seh_EachRaiser_RaisesItsStatus(void **State)
{
    (void)State;
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        ExRaiseAccessViolation();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_ACCESS_VIOLATION);
    __try {
        ExRaiseDatatypeMisalignment();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_DATATYPE_MISALIGNMENT);
}

static __attribute__((noinline)) USHORT CaptureFrom(ULONG Skip, ULONG Max, PVOID *Frames,
                                                    PULONG Hash)
{
    USHORT Count = RtlCaptureStackBackTrace(Skip, Max, Frames, Hash);

    __asm__ volatile("" ::: "memory"); // not a jump
    return Count;
}

static void Stack_Captured_BeginsWithTheCaller(void **State)
{
    (void)State;
    PVOID All[32], Some[4] = {NULL}, Chain[32];
    ULONG Hash = 0;
    USHORT Count = CaptureFrom(0, 32, All, &Hash);
    assert_true(Count >= 3 && Count < 32);
    assert_in_range((ULONG_PTR)All[0], (ULONG_PTR)CaptureFrom, (ULONG_PTR)CaptureFrom + 256);
    assert_in_range((ULONG_PTR)All[1], (ULONG_PTR)Stack_Captured_BeginsWithTheCaller,
                    (ULONG_PTR)Stack_Captured_BeginsWithTheCaller + 1024);
    ULONG Sum = 0;
    for (ULONG i = 0; i < Count; i++) {
        Sum += (ULONG)(ULONG_PTR)All[i];
    }
    assert_int_equal(Hash, Sum);
    assert_int_equal(CaptureFrom(2, 2, Some, NULL), 2);
    assert_ptr_equal(Some[0], All[2]);
    assert_null(Some[2]);
    assert_int_equal(CaptureFrom(1000, 4, Some, NULL), 0);
    assert_int_equal(RtlWalkFrameChain(Chain, 32, 0), Count - 1);
    assert_ptr_equal(Chain[1], All[2]);
    assert_int_equal(RtlWalkFrameChain(Chain, 32, 1 << 8), Count - 2);
    assert_ptr_equal(Chain[0], All[2]);
    assert_int_equal(RtlWalkFrameChain(Chain, 32, 1), 0); // a client's stack
}

static void RaiseWithoutFrame(void)
{
    ExRaiseStatus(STATUS_INVALID_PARAMETER);
}

__attribute__((noinline)) static void ReadBadAddress(void)
{
    (void)*BadAddress();
}

__attribute__((noinline)) static void WriteBadAddressAtDispatch(void)
{
    KfRaiseIrql(DISPATCH_LEVEL);
    __try {
        *BadAddress() = 1; // no __except can take it at this IRQL
    } __except (EXCEPTION_EXECUTE_HANDLER) {
    }
}

static void CallBadAddress(void)
{
    ((void (*)(void))(ULONG_PTR)0x1000)();
}

static void RaiseAtDispatch(void)
{
    KfRaiseIrql(DISPATCH_LEVEL);
    ExRaiseStatus(STATUS_INVALID_PARAMETER);
}

static void DriverBugCheck(void)
{
    KeBugCheckEx(MANUALLY_INITIATED_CRASH, 1, 2, 3, 4);
}

static void FailedAssertion(void)
{
    RtlAssert("Count > 0", "driver.c", 42, NULL);
}

static void Exception_NotTaken_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(RaiseWithoutFrame, 0x1E, "KMODE_EXCEPTION_NOT_HANDLED (0xC000000D",
                         "RaiseWithoutFrame", NULL);
    NtTestExpectBugCheck(ReadBadAddress, 0x50, "PAGE_FAULT_IN_NONPAGED_AREA (0x1000, 0x0,",
                         "ReadBadAddress", "seh_test.c:", NULL);
    NtTestExpectBugCheck(WriteBadAddressAtDispatch, 0xD1,
                         "DRIVER_IRQL_NOT_LESS_OR_EQUAL (0x1000, 0x2, 0x1,",
                         "WriteBadAddressAtDispatch", NULL);
    NtTestExpectBugCheck(CallBadAddress, 0x50, "(0x1000, 0x10, 0x1000", NULL);
    NtTestExpectBugCheck(RaiseAtDispatch, 0xC4, "(0xE5, 0x2,", "ExRaiseStatus", NULL);
    NtTestExpectBugCheck(DriverBugCheck, 0xE2, "MANUALLY_INITIATED_CRASH (0x1, 0x2, 0x3, 0x4)",
                         "DriverBugCheck", NULL);
    NtTestExpectBugCheck(FailedAssertion, 0x1E, "Count > 0", "driver.c:42", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Seh_StatusRaised_ReachesHandler),
        NT_TEST(Seh_Nested_InnerDeclinesOuterTakes),
        NT_TEST(Seh_RaisedInHandler_ReachesOuter),
        NT_TEST(Seh_ReturnInsideTry_PopsItsFrame),
        NT_TEST(Fault_InsideTry_IsAccessViolation),
        NT_TEST(Fault_BeyondEndOfFile_IsAccessViolation),
        NT_TEST(Fault_InManyThreadsAndWorkers_EachIsCaught),
        NT_TEST(Seh_RaisedAtApcLevel_HandlerRunsAtApcLevel),
        NT_TEST(Probe_Ranges_AreChecked),
        NT_TEST(Seh_EachRaiser_RaisesItsStatus),
        NT_TEST(Stack_Captured_BeginsWithTheCaller),
        NT_TEST(Exception_NotTaken_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// The end of a simulated system that was used wrongly: the report, and who hears of it.

#define _GNU_SOURCE

#include "bugcheck.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hooks.h"
#include "spinlock.h"
#include "stack.h"

#define REPORT_BYTES 32768

typedef struct BUG_NAME {
    ULONG Code;
    const char *Name;
} BUG_NAME;

#define NAME(Code)                                                                                 \
    {                                                                                              \
        Code, #Code                                                                                \
    }

static const BUG_NAME Names[] = {
    NAME(APC_INDEX_MISMATCH),
    NAME(DEVICE_QUEUE_NOT_BUSY),
    NAME(INVALID_AFFINITY_SET),
    NAME(INVALID_DATA_ACCESS_TRAP),
    NAME(INVALID_PROCESS_ATTACH_ATTEMPT),
    NAME(INVALID_PROCESS_DETACH_ATTEMPT),
    NAME(INVALID_SOFTWARE_INTERRUPT),
    NAME(IRQL_NOT_DISPATCH_LEVEL),
    NAME(IRQL_NOT_GREATER_OR_EQUAL),
    NAME(IRQL_NOT_LESS_OR_EQUAL),
    NAME(NO_EXCEPTION_HANDLING_SUPPORT),
    NAME(MAXIMUM_WAIT_OBJECTS_EXCEEDED),
    NAME(MUTEX_LEVEL_NUMBER_VIOLATION),
    NAME(NO_USER_MODE_CONTEXT),
    NAME(SPIN_LOCK_ALREADY_OWNED),
    NAME(SPIN_LOCK_NOT_OWNED),
    NAME(THREAD_NOT_MUTEX_OWNER),
    NAME(TRAP_CAUSE_UNKNOWN),
    NAME(REFERENCE_BY_POINTER),
    NAME(BAD_POOL_HEADER),
    NAME(MEMORY_MANAGEMENT),
    NAME(NO_SPIN_LOCK_AVAILABLE),
    NAME(KMODE_EXCEPTION_NOT_HANDLED),
    NAME(KERNEL_APC_PENDING_DURING_EXIT),
    NAME(PHASE0_INITIALIZATION_FAILED),
    NAME(PHASE1_INITIALIZATION_FAILED),
    NAME(UNEXPECTED_INITIALIZATION_CALL),
    NAME(NO_MORE_IRP_STACK_LOCATIONS),
    NAME(DEVICE_REFERENCE_COUNT_NOT_ZERO),
    NAME(SYSTEM_EXIT_OWNED_MUTEX),
    NAME(SYSTEM_SERVICE_EXCEPTION),
    NAME(TARGET_MDL_TOO_SMALL),
    NAME(MUST_SUCCEED_POOL_EMPTY),
    NAME(MULTIPLE_IRP_COMPLETE_REQUESTS),
    NAME(INSUFFICIENT_SYSTEM_MAP_REGS),
    NAME(CANCEL_STATE_IN_COMPLETED_IRP),
    NAME(PAGE_FAULT_WITH_INTERRUPTS_OFF),
    NAME(IRQL_GT_ZERO_AT_SYSTEM_SERVICE),
    NAME(FATAL_UNHANDLED_HARD_ERROR),
    NAME(NO_PAGES_AVAILABLE),
    NAME(PFN_LIST_CORRUPT),
    NAME(NDIS_INTERNAL_ERROR),
    NAME(PAGE_FAULT_IN_NONPAGED_AREA),
    NAME(OBJECT_INITIALIZATION_FAILED),
    NAME(PROCESS_HAS_LOCKED_PAGES),
    NAME(KERNEL_STACK_INPAGE_ERROR),
    NAME(BUGCODE_NDIS_DRIVER),
    NAME(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED),
    NAME(UNEXPECTED_KERNEL_MODE_TRAP),
    NAME(INVALID_KERNEL_HANDLE),
    NAME(DRIVER_POWER_STATE_FAILURE),
    NAME(INTERNAL_POWER_ERROR),
    NAME(ATTEMPTED_SWITCH_FROM_DPC),
    NAME(ATTEMPTED_WRITE_TO_READONLY_MEMORY),
    NAME(MUTEX_ALREADY_OWNED),
    NAME(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION),
    NAME(BAD_POOL_CALLER),
    NAME(DRIVER_VERIFIER_DETECTED_VIOLATION),
    NAME(DRIVER_CORRUPTED_EXPOOL),
    NAME(DRIVER_CAUGHT_MODIFYING_FREED_POOL),
    NAME(TIMER_OR_DPC_INVALID),
    NAME(IRQL_UNEXPECTED_VALUE),
    NAME(DRIVER_VERIFIER_IOMANAGER_VIOLATION),
    NAME(PNP_DETECTED_FATAL_ERROR),
    NAME(DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS),
    NAME(PAGE_FAULT_IN_FREED_SPECIAL_POOL),
    NAME(PAGE_FAULT_BEYOND_END_OF_ALLOCATION),
    NAME(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS),
    NAME(TERMINAL_SERVER_DRIVER_MADE_INCORRECT_MEMORY_REFERENCE),
    NAME(DRIVER_CORRUPTED_MMPOOL),
    NAME(DRIVER_IRQL_NOT_LESS_OR_EQUAL),
    NAME(DRIVER_PORTION_MUST_BE_NONPAGED),
    NAME(DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL),
    NAME(DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION),
    NAME(DRIVER_USED_EXCESSIVE_PTES),
    NAME(SYSTEM_PTE_MISUSE),
    NAME(DRIVER_INVALID_STACK_ACCESS),
    NAME(WORKER_THREAD_RETURNED_AT_BAD_IRQL),
    NAME(MANUALLY_INITIATED_CRASH),
    NAME(RESOURCE_NOT_OWNED),
    NAME(WORKER_INVALID),
    NAME(THREAD_STUCK_IN_DEVICE_DRIVER),
    NAME(DRIVER_OVERRAN_STACK_BUFFER),
    NAME(ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY),
    NAME(DRIVER_RETURNED_HOLDING_CANCEL_LOCK),
    NAME(DRIVER_VIOLATION),
    NAME(RESOURCE_OWNER_POINTER_INVALID),
    NAME(DPC_WATCHDOG_VIOLATION),
    NAME(KERNEL_SECURITY_CHECK_FAILURE),
    NAME(KERNEL_MODE_HEAP_CORRUPTION),
    NAME(WORKER_THREAD_TEST_CONDITION),
    NAME(BUGCODE_NETADAPTER_DRIVER),
    NAME(THREAD_TERMINATE_HELD_MUTEX),
};

const SIM_NT_HOOKS *SimNtHooks;
void (*SimBugCheckExplain)(REPORT *Report, const SIM_BUG_CHECK *Check, BOOLEAN AfterSentence);

static void (*_Atomic Handler)(uint32_t Code, const char *Report);
static const SIM_BUG_CHECK_RECORD *_Atomic Newest;

const SIM_BUG_CHECK_RECORD *SimBugCheckNewest(void)
{
    return atomic_load(&Newest);
}

void SimBugCheckSetHandler(void (*NewHandler)(uint32_t Code, const char *Report))
{
    atomic_store(&Handler, NewHandler);
}

// Written under the lock, read without it by who fails: a line is there when Used says so.
static SIM_LOCK RemarksLock;
static char Remarks[1024];
static _Atomic size_t RemarksUsed;

void SimBugCheckAddRemark(const char *Line)
{
    SimLock(&RemarksLock);
    size_t Used = atomic_load(&RemarksUsed);
    size_t Length = strlen(Line) + 1;
    if (Used + Length < sizeof(Remarks)) {
        memcpy(Remarks + Used, Line, Length - 1);
        Remarks[Used + Length - 1] = '\n';
        atomic_store(&RemarksUsed, Used + Length);
    }
    SimUnlock(&RemarksLock);
}

void SimBugCheckClearRemarks(void)
{
    atomic_store(&RemarksUsed, 0);
}

const char *SimBugCheckName(ULONG Code)
{
    for (size_t i = 0; i < RTL_NUMBER_OF(Names); i++) {
        if (Names[i].Code == Code) {
            return Names[i].Name;
        }
    }
    return NULL;
}

static void ReportThread(REPORT *Report, const SIM_THREAD *Thread)
{
    static const char *const Kinds[] = {"?", "spin lock", "queued spin lock", "shared spin lock",
                                        "exclusive spin lock"};
    char Name[16] = "?";
    (void)pthread_getname_np(pthread_self(), Name, sizeof(Name));
    ReportAdd(Report, "thread %d \"%s\", IRQL %u%s, processor %d\n", Thread->Id, Name, Thread->Irql,
              Thread->InDpc ? " in a DPC" : "", Thread->Processor);
    for (unsigned i = 0; i < Thread->HeldKnown; i++) {
        unsigned Kind = Thread->Held[i].Kind;
        ReportAdd(Report, "holds %s %p\n", Kinds[Kind < RTL_NUMBER_OF(Kinds) ? Kind : 0],
                  (const void *)Thread->Held[i].Lock);
    }
}

static void ReportRegisters(REPORT *Report, const ULONG_PTR *Registers)
{
    static const char *const RegisterNames[SIM_REGISTERS] = {
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8",
        "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "flags"};
    for (unsigned i = 0; i < SIM_REGISTERS; i++) {
        ReportAdd(Report, "%s %016llx%s", RegisterNames[i], (unsigned long long)Registers[i],
                  i % 4 == 3 || i == SIM_REGISTERS - 1 ? "\n" : "  ");
    }
}

static __attribute__((noreturn)) void Deliver(ULONG Code, const char *Text, size_t Length)
{
    void (*Hears)(uint32_t, const char *) = atomic_load(&Handler);
    if (Hears != NULL) {
        Hears(Code, Text);
    } else {
        while (Length > 0) {
            ssize_t Written = write(STDERR_FILENO, Text, Length);
            if (Written <= 0) {
                break;
            }
            Text += Written;
            Length -= (size_t)Written;
        }
    }
    abort();
}

static void Explain(REPORT *Report, const SIM_BUG_CHECK *Check, BOOLEAN AfterSentence)
{
    if (SimBugCheckExplain != NULL) {
        SimBugCheckExplain(Report, Check, AfterSentence);
    }
}

// The memory is the report's own and stays: another thread may fail at the same time, and the
// handler may leave by longjmp with the text still in use.
static __attribute__((noreturn)) void BugCheckFormat(const SIM_BUG_CHECK *Check, const char *Format,
                                                     __builtin_va_list Arguments)
{
    SIM_BUG_CHECK_RECORD *Record = mmap(NULL, REPORT_BYTES, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (Record == MAP_FAILED) {
        abort();
    }
    REPORT Report = {Record->Report, REPORT_BYTES - sizeof(*Record), 0};
    const ULONG_PTR *P = Check->Parameters;
    Record->Code = Check->Code;
    memcpy(Record->Parameters, P, sizeof(Record->Parameters));
    const char *Name = SimBugCheckName(Check->Code);
    ReportAdd(&Report, "*** STOP: 0x%08X %s (0x%llX, 0x%llX, 0x%llX, 0x%llX)\n", Check->Code,
              Name == NULL ? "" : Name, (unsigned long long)P[0], (unsigned long long)P[1],
              (unsigned long long)P[2], (unsigned long long)P[3]);
    Explain(&Report, Check, FALSE);
    ReportAddList(&Report, Format, Arguments);
    ReportAdd(&Report, "\n");
    Explain(&Report, Check, TRUE);
    ReportAdd(&Report, "%.*s", (int)atomic_load(&RemarksUsed), Remarks);
    ReportThread(&Report, SimCurrentThread());
    if (Check->Registers != NULL) {
        ReportRegisters(&Report, Check->Registers);
    }
    StackReport(&Report, Check->Frames, Check->FrameCount);
    atomic_store(&Newest, Record);
    Deliver(Check->Code, Record->Report, Report.Used);
}

void SimBugCheckReport(const SIM_BUG_CHECK *Check, const char *Format, ...)
{
    __builtin_va_list Arguments;
    __builtin_va_start(Arguments, Format);
    BugCheckFormat(Check, Format, Arguments);
}

void SimBugCheck(ULONG Code, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4,
                 const char *Format, ...)
{
    void *Frames[STACK_FRAMES_MAX];
    SIM_BUG_CHECK Check = {.Code = Code, .Parameters = {P1, P2, P3, P4}, .Frames = Frames};
    Check.FrameCount = StackCapture(Frames, STACK_FRAMES_MAX, 1);
    __builtin_va_list Arguments;
    __builtin_va_start(Arguments, Format);
    BugCheckFormat(&Check, Format, Arguments);
}

void NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                        ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                        ULONG_PTR BugCheckParameter4)
{
    SimBugCheck(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                BugCheckParameter4, "the driver called KeBugCheckEx.");
}

void NTAPI KeBugCheck(ULONG BugCheckCode)
{
    SimBugCheck(BugCheckCode, 0, 0, 0, 0, "the driver called KeBugCheck.");
}

void NTAPI RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber, PSTR Message)
{
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_ASSERTION_FAILURE, 0, 0, 0,
                "assertion failed: %s%s%s, %s:%u", (const char *)FailedAssertion,
                Message == NULL ? "" : ": ", Message == NULL ? "" : Message, (const char *)FileName,
                LineNumber);
}

void NTAPI DbgBreakPoint(void)
{
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_BREAKPOINT, 0, 0, 0,
                "DbgBreakPoint without a debugger.");
}

void NTAPI DbgBreakPointWithStatus(ULONG Status)
{
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_BREAKPOINT, 0, Status, 0,
                "DbgBreakPointWithStatus(0x%X) without a debugger.", Status);
}

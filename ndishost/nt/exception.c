// SPDX-License-Identifier: MIT

// Exceptions: the runtime of __try and __except, the functions that raise, and Linux faults turned
// into them. As on Windows an exception changes no IRQL and releases no lock.

#define _GNU_SOURCE

#include "exception.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bugcheck.h"
#include "fault.h"
#include "hooks.h"
#include "stack.h"
#include "thread.h"

// Enough for libdw, which writes the report when there is no frame.
#define SIGNAL_STACK_BYTES 262144

static const int Signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
static struct sigaction OldActions[RTL_NUMBER_OF(Signals)];

#define STACK_SLACK 65536 // a fault so near the stack pointer is the stack's end
#define DOUBLE_FAULT 8    // the processor's number

const SIM_IMAGE_HOOKS *_Atomic SimImageHooks;

#ifdef SIM_SEH_SETJMP
void SimSehPush(struct SimSehFrame *Frame)
{
    SIM_THREAD *Thread = SimCurrentThread();
    Frame->Previous = Thread->SehTop;
    Frame->Code = 0;
    Frame->Popped = 0;
    Frame->State = (char *)__builtin_frame_address(0) + 16;
    Thread->SehTop = Frame;
}

static __attribute__((noreturn)) void Resume(struct SimSehFrame *Frame)
{
    longjmp(Frame->Context, 1); // not _longjmp, which ThreadSanitizer does not see
}
#else
// setjmp of libc mangles two registers and looks for a signal mask: twice as much as is needed.
// Nothing but what the convention of Linux keeps: a function with that of Windows has saved the
// rest itself, because it calls this.
__asm__(".text\n"
        ".p2align 4\n"
        ".globl SimSehEnter\n"
        ".type SimSehEnter, @function\n"
        "SimSehEnter:\n"
        "    .cfi_startproc\n"
        "    mov %fs:SimThreadSelf@tpoff, %rax\n"
        "    test %rax, %rax\n"
        "    jz 2f\n"
        "1:  mov SIM_SEH_TOP(%rax), %rcx\n"
        "    mov %rdi, SIM_SEH_TOP(%rax)\n"
        "    mov %rcx, (%rdi)\n" // Previous
        "    lea 8(%rsp), %rcx\n"
        "    movq $0, 8(%rdi)\n"   // Code, Popped
        "    mov %rcx, 16(%rdi)\n" // State
        "    mov (%rsp), %rcx\n"
        "    mov %rcx, 24(%rdi)\n" // Context
        "    mov %rbx, 32(%rdi)\n"
        "    mov %rbp, 40(%rdi)\n"
        "    mov %r12, 48(%rdi)\n"
        "    mov %r13, 56(%rdi)\n"
        "    mov %r14, 64(%rdi)\n"
        "    mov %r15, 72(%rdi)\n"
        "    xor %eax, %eax\n"
        "    ret\n"
        "2:  push %rdi\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    sub $32, %rsp\n" // what the convention of Windows wants
        "    .cfi_adjust_cfa_offset 32\n"
        "    call SimThreadAttach\n"
        "    add $32, %rsp\n"
        "    .cfi_adjust_cfa_offset -32\n"
        "    pop %rdi\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    jmp 1b\n"
        "    .cfi_endproc\n"
        ".size SimSehEnter, .-SimSehEnter\n"
        ".equ SIM_SEH_TOP, 96\n");
_Static_assert(offsetof(SIM_THREAD, SehTop) == 96, "SIM_SEH_TOP");
_Static_assert(offsetof(struct SimSehFrame, Previous) == 0 &&
                   offsetof(struct SimSehFrame, Code) == 8 &&
                   offsetof(struct SimSehFrame, Popped) == 12 &&
                   offsetof(struct SimSehFrame, State) == 16 &&
                   offsetof(struct SimSehFrame, Context) == 24,
               "SimSehEnter");

static __attribute__((noreturn)) void Resume(struct SimSehFrame *Frame)
{
    __asm__ volatile("mov 32(%0), %%rbx\n"
                     "mov 40(%0), %%rbp\n"
                     "mov 48(%0), %%r12\n"
                     "mov 56(%0), %%r13\n"
                     "mov 64(%0), %%r14\n"
                     "mov 72(%0), %%r15\n"
                     "mov 16(%0), %%rsp\n"
                     "mov $1, %%eax\n"
                     "jmp *24(%0)\n"
                     :
                     : "d"(Frame)
                     : "memory");
    __builtin_unreachable();
}
#endif

void SimSehPop(struct SimSehFrame *Frame)
{
    if (!Frame->Popped) {
        SimThreadSelf->SehTop = Frame->Previous;
        Frame->Popped = 1;
    }
}

void SimSehJump(SIM_THREAD *Thread, NTSTATUS Status)
{
    struct SimSehFrame *Frame = Thread->SehTop;
    while (Thread->Traps != NULL && (ULONG_PTR)Thread->Traps < SimSehAddress(Frame)) {
        Thread->Traps = Thread->Traps->Previous;
    }
    Thread->SehTop = Frame->Previous;
    Frame->Popped = 1;
    Frame->Code = (unsigned)Status;
    Resume(Frame);
}

void SimRaiseStatus(NTSTATUS Status, const char *What)
{
    SIM_THREAD *Thread = SimCurrentThread();
    const SIM_IMAGE_HOOKS *Hooks = atomic_load(&SimImageHooks);
    if (Hooks != NULL) {
        Hooks->Raise(Status);
    }
    if (Thread->SehTop == NULL) {
        SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)Status, 0, 0, 0,
                    "exception 0x%08X and no __try around it: %s.", (ULONG)Status, What);
    }
    SimSehJump(Thread, Status);
}

void SimSehRaise(unsigned int Code)
{
    SimRaiseStatus((NTSTATUS)Code, "no __except took it");
}

void SimSehBadFilter(unsigned int Code)
{
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, Code, 0, 0, 0,
                "the filter of an __except wants to continue after exception 0x%08X, which is not "
                "possible here.",
                Code);
}

DECLSPEC_NORETURN void NTAPI ExRaiseStatus(NTSTATUS Status)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimRaiseStatus(Status, "ExRaiseStatus");
}

DECLSPEC_NORETURN void NTAPI ExRaiseAccessViolation(void)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimRaiseStatus(STATUS_ACCESS_VIOLATION, "ExRaiseAccessViolation");
}

DECLSPEC_NORETURN void NTAPI ExRaiseDatatypeMisalignment(void)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimRaiseStatus(STATUS_DATATYPE_MISALIGNMENT, "ExRaiseDatatypeMisalignment");
}

// The stack of a thread that faulted may be part of what is wrong: a fault in here ends the
// capture. Without the frames of the signal: they come before that of `Pc`.
static __attribute__((noinline)) size_t CaptureGuarded(SIM_THREAD *Thread, ULONG_PTR Pc,
                                                       void **Frames)
{
    struct SimSehFrame Frame;
    volatile size_t Count = 0;
    volatile size_t First = 0;
    Thread->Capturing = TRUE;
    if (SimSehEnter(&Frame) == 0) {
        Count = StackCapture(Frames, STACK_FRAMES_MAX, 0);
    }
    Thread->Capturing = FALSE;
    SimSehPop(&Frame);
    while (First < Count && Frames[First] != (void *)Pc) {
        First++;
    }
    memmove(Frames, Frames + First, (Count - First) * sizeof(*Frames));
    return Count - First;
}

// A call to where no code is: the unwinder can't begin there, but the call has left its return
// address.
static __attribute__((noinline)) size_t CaptureCaller(SIM_THREAD *Thread, ULONG_PTR Pc,
                                                      const ULONG_PTR *Stack, void **Frames)
{
    struct SimSehFrame Frame;
    Thread->Capturing = TRUE;
    Frames[0] = (void *)Pc;
    Frames[1] = NULL;
    if (SimSehEnter(&Frame) == 0) {
        Frames[1] = (void *)(*Stack - 1);
    }
    Thread->Capturing = FALSE;
    SimSehPop(&Frame);
    return Frames[1] == NULL ? 1 : 2;
}

// At the bottom of a thread's signal stack.
typedef struct SIGNAL_STACK {
    stack_t Before; // the one that was there (AddressSanitizer has one for each thread)
    SIM_BUG_CHECK Check;
    const char *What;
    BOOLEAN IsAddress; // a touch of memory; else an instruction
    BOOLEAN Write;
    char Sentence[256];
    ULONG_PTR Registers[SIM_REGISTERS];
    void *Frames[STACK_FRAMES_MAX];
} SIGNAL_STACK;

static __attribute__((noreturn)) void FaultReport(SIGNAL_STACK *Stack)
{
    if (Stack->IsAddress) {
        const void *Address = (const void *)Stack->Check.Parameters[0];
        SIM_HOOK(Fault, (Address, Stack->Write, Stack->Frames[0]));
        SimFaultReportGuarded(&Stack->Check, Address, Stack->What);
    }
    SimBugCheckReport(&Stack->Check, "%s", Stack->Sentence);
}

const SIM_BUG_CHECK *SimFaultUnderReport(void)
{
    const SIGNAL_STACK *Stack = SimThreadSelf == NULL ? NULL : SimThreadSelf->SignalStack;
    ULONG_PTR Into = (ULONG_PTR)__builtin_frame_address(0) - (ULONG_PTR)Stack;
    return Stack == NULL || Into >= SIGNAL_STACK_BYTES ? NULL : &Stack->Check;
}

BOOLEAN SimFaultIsStackEnd(int Signal, const siginfo_t *Information, const ucontext_t *Machine)
{
    ULONG_PTR Address = (ULONG_PTR)Information->si_addr;
    ULONG_PTR Stack = (ULONG_PTR)Machine->uc_mcontext.gregs[REG_RSP];
    return Signal == SIGSEGV && Information->si_code != SI_KERNEL &&
           Address + STACK_SLACK > Stack && Address < Stack + PAGE_SIZE;
}

// Windows finds no room to save the registers of the fault on that stack either: a double fault.
static void DescribeStackEnd(SIGNAL_STACK *Stack, ULONG_PTR Pc)
{
    Stack->Check.Code = UNEXPECTED_KERNEL_MODE_TRAP;
    Stack->Check.Parameters[0] = DOUBLE_FAULT;
    snprintf(Stack->Sentence, sizeof(Stack->Sentence),
             "the code at %p ran out of stack: a recursion without an end, or too much in local "
             "variables.",
             (void *)Pc);
}

// Operation as the documentation of the two bug checks has it: 0 read, 1 write, 8 or 0x10 execute.
static void DescribeAddress(const SIM_THREAD *Thread, SIGNAL_STACK *Stack, ULONG_PTR Address,
                            ULONG_PTR Pc, BOOLEAN Write)
{
    SIM_BUG_CHECK *Check = &Stack->Check;
    BOOLEAN Execute = Pc == Address;
    BOOLEAN Raised = Thread->Irql >= DISPATCH_LEVEL;
    ULONG_PTR *P = Check->Parameters;
    Stack->What = Execute ? "executes" : Write ? "writes to" : "reads";
    Stack->IsAddress = TRUE;
    Stack->Write = Write;
    if (Raised) {
        Check->Code = DRIVER_IRQL_NOT_LESS_OR_EQUAL;
        P[0] = Address, P[1] = Thread->Irql, P[2] = Execute ? 8 : Write, P[3] = Pc;
    } else {
        Check->Code = PAGE_FAULT_IN_NONPAGED_AREA;
        P[0] = Address, P[1] = Execute ? 0x10 : Write, P[2] = Pc;
    }
    snprintf(Stack->Sentence, sizeof(Stack->Sentence),
             "the code at %p %s address %p, which is not there.%s", (void *)Pc, Stack->What,
             (void *)Address, Raised ? " At DISPATCH_LEVEL no __except can take that." : "");
}

// int 29h: the code gives up, with a reason in ecx. No handler is asked.
static BOOLEAN IsFastFail(int Signal, const siginfo_t *Information, const greg_t *Registers)
{
    return Signal == SIGSEGV && Information->si_code == SI_KERNEL &&
           Registers[REG_ERR] == (0x29 << 3 | 2);
}

static void DescribeFastFail(SIGNAL_STACK *Stack, ULONG_PTR Pc, ULONG Reason)
{
    static const char *const Reasons[] = {
        [FAST_FAIL_STACK_COOKIE_CHECK_FAILURE] = ": a buffer on the stack was overrun",
        [FAST_FAIL_CORRUPT_LIST_ENTRY] = ": a list entry's neighbours do not point to it",
        [FAST_FAIL_INVALID_ARG] = ": an invalid argument",
        [FAST_FAIL_FATAL_APP_EXIT] = ": a fatal error",
        [FAST_FAIL_GUARD_ICALL_CHECK_FAILURE] = ": a call through a wrong pointer",
    };
    const char *Text = Reason < RTL_NUMBER_OF(Reasons) ? Reasons[Reason] : NULL;
    Stack->Check.Code = KERNEL_SECURITY_CHECK_FAILURE;
    Stack->Check.Parameters[0] = Reason;
    snprintf(Stack->Sentence, sizeof(Stack->Sentence),
             "the code at %p gave up by fast fail (int 29h) with code %u%s.", (void *)Pc, Reason,
             Text == NULL ? "" : Text);
}

static NTSTATUS StatusOf(int Signal)
{
    return Signal == SIGILL    ? STATUS_ILLEGAL_INSTRUCTION
           : Signal == SIGFPE  ? STATUS_INTEGER_DIVIDE_BY_ZERO
           : Signal == SIGTRAP ? STATUS_BREAKPOINT
                               : STATUS_ACCESS_VIOLATION;
}

static void DescribeOther(SIGNAL_STACK *Stack, int Signal, ULONG_PTR Pc, ULONG_PTR Error)
{
    BOOLEAN IsAssertion = Signal == SIGSEGV && Error == (0x2C << 3 | 2); // int 2Ch
    NTSTATUS Status = IsAssertion ? STATUS_ASSERTION_FAILURE : StatusOf(Signal);
    Stack->Check.Code = KMODE_EXCEPTION_NOT_HANDLED;
    Stack->Check.Parameters[0] = (ULONG)Status;
    Stack->Check.Parameters[1] = Pc;
    snprintf(Stack->Sentence, sizeof(Stack->Sentence),
             "the code at %p %s, and no __except took it.", (void *)Pc,
             IsAssertion         ? "has a failed assertion (int 2Ch)"
             : Signal == SIGILL  ? "has an instruction that is none"
             : Signal == SIGFPE  ? "divides by zero or overflows"
             : Signal == SIGTRAP ? "breaks into a debugger that is not there"
                                 : "uses a non-canonical address or a privileged instruction");
}

static void SaveRegisters(SIGNAL_STACK *Stack, const greg_t *Registers)
{
    static const unsigned char Order[SIM_REGISTERS] = {
        REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
        REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP, REG_EFL};
    for (unsigned i = 0; i < SIM_REGISTERS; i++) {
        Stack->Registers[i] = (ULONG_PTR)Registers[Order[i]];
    }
    Stack->Check.Registers = Stack->Registers;
}

static void FaultDescribe(SIM_THREAD *Thread, SIGNAL_STACK *Stack, int Signal,
                          const siginfo_t *Information, const ucontext_t *Machine)
{
    const greg_t *Registers = Machine->uc_mcontext.gregs;
    const STACK_IMAGES *Images = StackImages;
    ULONG_PTR Address = (ULONG_PTR)Information->si_addr;
    ULONG_PTR Pc = (ULONG_PTR)Registers[REG_RIP];
    SIM_BUG_CHECK *Check = &Stack->Check;
    *Check = (SIM_BUG_CHECK){.Frames = Stack->Frames};
    Stack->IsAddress = FALSE;
    if (IsFastFail(Signal, Information, Registers)) {
        DescribeFastFail(Stack, Pc, (ULONG)Registers[REG_RCX]);
    } else if (SimFaultIsStackEnd(Signal, Information, Machine)) {
        DescribeStackEnd(Stack, Pc);
    } else if ((Signal == SIGSEGV && Information->si_code != SI_KERNEL) || Signal == SIGBUS) {
        DescribeAddress(Thread, Stack, Address, Pc, (Registers[REG_ERR] & 2) != 0);
    } else {
        DescribeOther(Stack, Signal, Pc, (ULONG_PTR)Registers[REG_ERR]);
    }
    SaveRegisters(Stack, Registers);
    if (Images != NULL) {
        Check->FrameCount = Images->Capture(Machine, Stack->Frames, STACK_FRAMES_MAX, 0);
    } else if (Pc == Address) {
        Check->FrameCount = CaptureCaller(Thread, Pc, (const ULONG_PTR *)Registers[REG_RSP],
                                          Stack->Frames);
    } else {
        Check->FrameCount = CaptureGuarded(Thread, Pc, Stack->Frames);
    }
}

// TRUE: the fault is dealt with, or goes on where the context now says. Does not return when a
// native __try takes it.
static BOOLEAN FaultDispatch(SIM_THREAD *Thread, int Signal, siginfo_t *Information,
                             ucontext_t *Machine)
{
    const SIM_IMAGE_HOOKS *Hooks = atomic_load(&SimImageHooks);
    const greg_t *Registers = Machine->uc_mcontext.gregs;
    BOOLEAN IsUnhandled = Thread->UnhandledPc == (ULONG_PTR)Registers[REG_RIP];
    Thread->UnhandledPc = 0;
    if (IsUnhandled || IsFastFail(Signal, Information, Registers)) {
        return FALSE;
    }
    // What strict mode has closed is reported, whatever handlers there are.
    if (!Thread->Capturing && SimFaultIsGuarded(Information->si_addr)) {
        return FALSE;
    }
    if (Hooks != NULL && !Thread->Capturing && Hooks->Trap(Signal, Information, Machine)) {
        return TRUE;
    }
    if (Thread->SehTop != NULL && (Thread->Irql < DISPATCH_LEVEL || Thread->Capturing)) {
        SimSehJump(Thread, StatusOf(Signal));
    }
    return FALSE;
}

// Runs on the thread's signal stack. It may not return, so it takes back what delivering the signal
// has blocked (with ThreadSanitizer everything).
static void FaultHandler(int Signal, siginfo_t *Information, void *Context)
{
    SIM_THREAD *Thread = SimThreadSelf;
    if (Thread == NULL || Information->si_code <= 0) {
        // Not the system's: a thread of the program, or a signal that somebody sent.
        signal(Signal, SIG_DFL);
        raise(Signal);
        return;
    }
    ucontext_t *Machine = Context;
    pthread_sigmask(SIG_SETMASK, &Machine->uc_sigmask, NULL);
    if (Signal == SIGTRAP && ((const UCHAR *)Machine->uc_mcontext.gregs[REG_RIP])[-1] == 0xCC) {
        Machine->uc_mcontext.gregs[REG_RIP]--; // Windows shows the int 3 itself
    }
    if (FaultDispatch(Thread, Signal, Information, Machine)) {
        return;
    }
    // The report is not written in here: the handler returns into FaultReport, on this same stack,
    // because the stack of the fault may have none of its memory left.
    SIGNAL_STACK *Stack = Thread->SignalStack;
    greg_t *Registers = Machine->uc_mcontext.gregs;
    FaultDescribe(Thread, Stack, Signal, Information, Machine);
    Registers[REG_RIP] = (greg_t)FaultReport;
    Registers[REG_RDI] = (greg_t)Stack;
    Registers[REG_RSP] = (greg_t)((ULONG_PTR)Stack + SIGNAL_STACK_BYTES - 8); // as after a call
}

void SimFaultStart(void)
{
    struct sigaction Action = {.sa_sigaction = FaultHandler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&Action.sa_mask);
    for (unsigned i = 0; i < RTL_NUMBER_OF(Signals); i++) {
        sigaction(Signals[i], &Action, &OldActions[i]);
    }
}

void SimFaultStop(void)
{
    for (unsigned i = 0; i < RTL_NUMBER_OF(Signals); i++) {
        sigaction(Signals[i], &OldActions[i], NULL);
    }
}

void *SimSignalStackCreate(void)
{
    SIGNAL_STACK *Stack = mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (Stack == MAP_FAILED) {
        abort();
    }
    stack_t New = {.ss_sp = Stack + 1, .ss_size = SIGNAL_STACK_BYTES - sizeof(*Stack)};
    sigaltstack(&New, &Stack->Before);
    return Stack;
}

void SimSignalStackDestroy(void *Memory)
{
    SIGNAL_STACK *Stack = Memory;
    sigaltstack(&Stack->Before, NULL);
    munmap(Stack, SIGNAL_STACK_BYTES);
}

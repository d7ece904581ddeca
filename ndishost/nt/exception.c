// SPDX-License-Identifier: MIT

// Exceptions: the runtime of __try and __except, the functions that raise, and Linux faults turned
// into them. As on Windows an exception changes no IRQL and releases no lock.

#define _GNU_SOURCE

#include "exception.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "bugcheck.h"
#include "fault.h"
#include "hooks.h"
#include "stack.h"
#include "thread.h"

// Enough for libdw, which writes the report when there is no frame.
#define SIGNAL_STACK_BYTES 262144

static struct sigaction OldSegv;
static struct sigaction OldBus;

void SimSehPush(struct SimSehFrame *Frame)
{
    SIM_THREAD *Thread = SimCurrentThread();
    Frame->Previous = Thread->SehTop;
    Frame->Code = 0;
    Frame->Popped = 0;
    Frame->State = NULL;
    Thread->SehTop = Frame;
}

void SimSehPop(struct SimSehFrame *Frame)
{
    if (!Frame->Popped) {
        SimCurrentThread()->SehTop = Frame->Previous;
        Frame->Popped = 1;
    }
}

static __attribute__((noreturn)) void JumpToFrame(SIM_THREAD *Thread, NTSTATUS Status)
{
    struct SimSehFrame *Frame = Thread->SehTop;
    Thread->SehTop = Frame->Previous;
    Frame->Popped = 1;
    Frame->Code = (unsigned)Status;
    longjmp(Frame->Context, 1); // not _longjmp, which ThreadSanitizer does not see
}

void SimRaiseStatus(NTSTATUS Status, const char *What)
{
    SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->SehTop == NULL) {
        SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)Status, 0, 0, 0,
                    "exception 0x%08X and no __try around it: %s.", (ULONG)Status, What);
    }
    JumpToFrame(Thread, Status);
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
    SimSehPush(&Frame);
    Thread->Capturing = TRUE;
    if (_setjmp(Frame.Context) == 0) {
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
    SimSehPush(&Frame);
    Thread->Capturing = TRUE;
    Frames[0] = (void *)Pc;
    Frames[1] = NULL;
    if (_setjmp(Frame.Context) == 0) {
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
    BOOLEAN Write;
    void *Frames[STACK_FRAMES_MAX];
} SIGNAL_STACK;

static __attribute__((noreturn)) void FaultReport(SIGNAL_STACK *Stack)
{
    const ULONG_PTR *P = Stack->Check.Parameters;
    SIM_HOOK(Fault, ((const void *)P[0], Stack->Write, Stack->Frames[0]));
    SimFaultReportGuarded(&Stack->Check, (const void *)P[0], Stack->What);
    BOOLEAN Raised = Stack->Check.Code == DRIVER_IRQL_NOT_LESS_OR_EQUAL;
    SimBugCheckReport(&Stack->Check, "the code at %p %s address %p, which is not there.%s",
                      (void *)(Raised ? P[3] : P[2]), Stack->What, (void *)P[0],
                      Raised ? " At DISPATCH_LEVEL no __except can take that." : "");
}

const SIM_BUG_CHECK *SimFaultUnderReport(void)
{
    const SIGNAL_STACK *Stack = SimThreadSelf == NULL ? NULL : SimThreadSelf->SignalStack;
    ULONG_PTR Into = (ULONG_PTR)__builtin_frame_address(0) - (ULONG_PTR)Stack;
    return Stack == NULL || Into >= SIGNAL_STACK_BYTES ? NULL : &Stack->Check;
}

// Operation as the documentation of the two bug checks has it: 0 read, 1 write, 8 or 0x10 execute.
static void FaultDescribe(SIM_THREAD *Thread, SIGNAL_STACK *Stack, ULONG_PTR Address,
                          const greg_t *Registers)
{
    ULONG_PTR Pc = (ULONG_PTR)Registers[REG_RIP];
    BOOLEAN Write = (Registers[REG_ERR] & 2) != 0;
    BOOLEAN Execute = Pc == Address;
    SIM_BUG_CHECK *Check = &Stack->Check;
    Stack->What = Execute ? "executes" : Write ? "writes to" : "reads";
    Stack->Write = Write;
    *Check = (SIM_BUG_CHECK){.Frames = Stack->Frames};
    if (Thread->Irql >= DISPATCH_LEVEL) {
        Check->Code = DRIVER_IRQL_NOT_LESS_OR_EQUAL;
        Check->Parameters[0] = Address;
        Check->Parameters[1] = Thread->Irql;
        Check->Parameters[2] = Execute ? 8 : Write;
        Check->Parameters[3] = Pc;
    } else {
        Check->Code = PAGE_FAULT_IN_NONPAGED_AREA;
        Check->Parameters[0] = Address;
        Check->Parameters[1] = Execute ? 0x10 : Write;
        Check->Parameters[2] = Pc;
    }
    Check->FrameCount = Execute ? CaptureCaller(Thread, Pc, (const ULONG_PTR *)Registers[REG_RSP],
                                                Stack->Frames)
                                : CaptureGuarded(Thread, Pc, Stack->Frames);
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
    if (Thread->SehTop != NULL &&
        (Thread->Capturing ||
         (Thread->Irql < DISPATCH_LEVEL && !SimFaultIsGuarded(Information->si_addr)))) {
        JumpToFrame(Thread, STATUS_ACCESS_VIOLATION);
    }
    // The report is not written in here: the handler returns into FaultReport, on this same stack,
    // because the stack of the fault may have none of its memory left.
    SIGNAL_STACK *Stack = Thread->SignalStack;
    greg_t *Registers = Machine->uc_mcontext.gregs;
    FaultDescribe(Thread, Stack, (ULONG_PTR)Information->si_addr, Registers);
    Registers[REG_RIP] = (greg_t)FaultReport;
    Registers[REG_RDI] = (greg_t)Stack;
    Registers[REG_RSP] = (greg_t)((ULONG_PTR)Stack + SIGNAL_STACK_BYTES - 8); // as after a call
}

void SimFaultStart(void)
{
    struct sigaction Action = {.sa_sigaction = FaultHandler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&Action.sa_mask);
    sigaction(SIGSEGV, &Action, &OldSegv);
    sigaction(SIGBUS, &Action, &OldBus);
}

void SimFaultStop(void)
{
    sigaction(SIGSEGV, &OldSegv, NULL);
    sigaction(SIGBUS, &OldBus, NULL);
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

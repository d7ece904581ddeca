// SPDX-License-Identifier: MIT

// A fault while images are loaded, from the handler's side. Handlers of exceptions may use much
// stack and call anything, so they don't run in the signal handler: its context is changed so that
// it returns into a function on the stack of the fault, with the context of the fault beside it.

#define _GNU_SOURCE

#include "trap.h"

#include <cpuid.h>
#include <string.h>

#include "../nt/exception.h"
#include "../nt/stack.h"
#include "emulate.h"
#include "image.h"
#include "seh.h"
#include "symbol.h"
#include "unwind.h"

#define RED_ZONE 128
#define VECTOR_PARTS 0xE6 // of XSAVE: XMM, YMM, and the three of AVX-512
#define VECTOR_BYTES 2688 // of these, in the standard form

typedef struct TRAP_FRAME {
    PE_CONTEXT Context;
    PE_RECORD Record;
    SIM_TRAP Trap;
    KIRQL NewIrql;
} __attribute__((aligned(64))) TRAP_FRAME;

static const UCHAR LinuxOrder[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                     REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                     REG_R12, REG_R13, REG_R14, REG_R15};

static void ContextFromMachine(PE_CONTEXT *Context, const ucontext_t *Machine)
{
    const greg_t *Registers = Machine->uc_mcontext.gregs;

    memset(Context, 0, sizeof(*Context));
    Context->Flags = PE_CONTEXT_FULL;
    for (unsigned i = 0; i < 16; i++) {
        Context->Integer[i] = (ULONG64)Registers[LinuxOrder[i]];
    }
    Context->Rip = (ULONG64)Registers[REG_RIP];
    Context->EFlags = (ULONG)Registers[REG_EFL];
    Context->MxCsr = 0x1F80;
    if (Machine->uc_mcontext.fpregs != NULL) {
        memcpy(Context->Xmm, Machine->uc_mcontext.fpregs->_xmm, sizeof(Context->Xmm));
        Context->MxCsr = Machine->uc_mcontext.fpregs->mxcsr;
    }
}

// ---- on the stack of the fault

static __attribute__((noreturn)) void RunException(TRAP_FRAME *Frame)
{
    SIM_THREAD *Thread = SimCurrentThread();

    Frame->Trap.Previous = Thread->Traps;
    Thread->Traps = &Frame->Trap;
    PeDispatchException(&Frame->Record, &Frame->Context, TRUE);
    // Nobody took it. The fault happens again, and is reported with everything as it was.
    Thread->Traps = Frame->Trap.Previous;
    Thread->UnhandledPc = Frame->Context.Rip;
    PeContextRestore(&Frame->Context);
}

static BOOLEAN HasVectors(void)
{
    unsigned Eax, Ebx, Ecx = 0, Edx;

    return __get_cpuid(1, &Eax, &Ebx, &Ecx, &Edx) != 0 && (Ecx & bit_OSXSAVE) != 0;
}

// An instruction changes no register. A context has the XMM registers alone, so the parts beyond
// them are kept here, before anything can touch them.
SIM_NO_THREAD_SAFETY_ANALYSIS static __attribute__((noreturn)) void RunSetIrql(TRAP_FRAME *Frame)
{
    __attribute__((aligned(64))) ULONG64 Vectors[VECTOR_BYTES / sizeof(ULONG64)];
    SIM_THREAD *Thread = SimCurrentThread();
    BOOLEAN KeepVectors = HasVectors();

    if (KeepVectors) {
        for (unsigned i = 0; i < 8; i++) {
            ((volatile ULONG64 *)Vectors)[512 / sizeof(ULONG64) + i] = 0; // the header
        }
        __asm__ volatile("xsave64 %0" : "+m"(Vectors) : "a"(VECTOR_PARTS), "d"(0));
    }
    Frame->Trap.Previous = Thread->Traps;
    Thread->Traps = &Frame->Trap;
    if (Frame->NewIrql < KeGetCurrentIrql()) {
        KeLowerIrql(Frame->NewIrql); // may run DPCs
    } else {
        (void)KfRaiseIrql(Frame->NewIrql);
    }
    Thread->Traps = Frame->Trap.Previous;
    if (KeepVectors) {
        __asm__ volatile("xrstor64 %0" : : "m"(Vectors), "a"(VECTOR_PARTS), "d"(0));
    }
    PeContextRestore(&Frame->Context);
}

// FALSE: the stack of the fault has no room for it.
static BOOLEAN Enter(ucontext_t *Machine, const TRAP_FRAME *Model,
                     __attribute__((noreturn)) void (*Routine)(TRAP_FRAME *))
{
    greg_t *Registers = Machine->uc_mcontext.gregs;
    ULONG_PTR Stack = (ULONG_PTR)Registers[REG_RSP] - RED_ZONE - sizeof(TRAP_FRAME);
    TRAP_FRAME *Frame = (TRAP_FRAME *)(Stack & ~(ULONG_PTR)63);
    UCHAR Byte;

    if (!PeRead((UCHAR *)Frame - 4096, &Byte, 1) || !PeRead(Frame, &Byte, 1)) {
        return FALSE;
    }
    *Frame = *Model;
    Frame->Trap.Context = &Frame->Context;
    ((ULONG_PTR *)Frame)[-1] = 0; // no return address: the walk ends here and takes the trap
    Registers[REG_RSP] = (greg_t)((ULONG_PTR *)Frame - 1);
    Registers[REG_RDI] = (greg_t)Frame;
    Registers[REG_RIP] = (greg_t)Routine;
    Registers[REG_EFL] &= ~(greg_t)0x400; // direction flag
    return TRUE;
}

// ---- in the signal handler

static void RecordOf(PE_RECORD *Record, int Signal, const siginfo_t *Information,
                     const ucontext_t *Machine)
{
    const greg_t *Registers = Machine->uc_mcontext.gregs;
    BOOLEAN IsProtection = Information->si_code == SI_KERNEL;

    *Record = (PE_RECORD){.Address = (PVOID)Registers[REG_RIP]};
    switch (Signal) {
    case SIGILL:
        Record->Code = STATUS_ILLEGAL_INSTRUCTION;
        return;
    case SIGFPE:
        Record->Code = STATUS_INTEGER_DIVIDE_BY_ZERO;
        return;
    case SIGTRAP:
        Record->Code = STATUS_BREAKPOINT;
        return;
    default:
        Record->Code = STATUS_ACCESS_VIOLATION;
        Record->ParameterCount = 2;
        Record->Parameters[0] = Information->si_addr == Record->Address ? 8
                                : (Registers[REG_ERR] & 2) != 0         ? 1
                                                                        : 0;
        Record->Parameters[1] = IsProtection ? ~(ULONG_PTR)0 : (ULONG_PTR)Information->si_addr;
        return;
    }
}

static PE_EMULATION TryEmulate(int Signal, const siginfo_t *Information, ucontext_t *Machine,
                               ULONG64 *Argument)
{
    const UCHAR *Pc = (const UCHAR *)Machine->uc_mcontext.gregs[REG_RIP];
    PE_IMAGE *Image = PeImageOf(Pc);
    UCHAR Code[16] = {0};

    if (Image == NULL || Image->IsGone || Signal != SIGSEGV) {
        return PeEmulateNot;
    }
    SIZE_T Length = min(sizeof(Code), (SIZE_T)(Image->Base + Image->Layout.SizeOfImage - Pc));
    while (Length > 0 && !PeRead(Pc, Code, Length)) {
        Length--; // the section ends
    }
    return PeEmulate(Code, Length, Information->si_addr, Information->si_code == SI_KERNEL, Machine,
                     Argument);
}

static BOOLEAN Trap(int Signal, const siginfo_t *Information, ucontext_t *Machine)
{
    TRAP_FRAME Frame;
    ULONG64 Argument = 0;
    PE_EMULATION Emulation = TryEmulate(Signal, Information, Machine, &Argument);

    if (Emulation == PeEmulateDone) {
        return TRUE;
    }
    ContextFromMachine(&Frame.Context, Machine);
    RecordOf(&Frame.Record, Signal, Information, Machine);
    Frame.Trap = (SIM_TRAP){.Previous = NULL};
    if (Emulation == PeEmulateLower) {
        Frame.NewIrql = (KIRQL)Argument;
        return Enter(Machine, &Frame, RunSetIrql);
    }
    if (Emulation == PeEmulateAssert) {
        Frame.Record.Code = STATUS_ASSERTION_FAILURE;
        Frame.Record.ParameterCount = 0;
    } else if (SimCurrentThread()->Irql >= DISPATCH_LEVEL ||
               SimFaultIsStackEnd(Signal, Information, Machine)) {
        return FALSE;
    }
    return Enter(Machine, &Frame, RunException);
}

// ---- call stacks

static __attribute__((noinline)) size_t Capture(const void *Machine, void **Frames, size_t Max,
                                                size_t Skip)
{
    PE_CONTEXT Context = {0};
    PE_WALK Walk;
    PE_FRAME Frame;
    size_t Count = 0;

    if (Machine != NULL) {
        ContextFromMachine(&Context, Machine);
    } else {
        PeContextCapture(&Context);
        Skip++; // this function
    }
    PeWalkStart(&Walk, &Context, Machine != NULL);
    BOOLEAN Exact = Walk.Exact;
    while (Count < Max && PeWalkNext(&Walk, &Frame)) {
        if (Skip > 0) {
            Skip--;
        } else {
            Frames[Count++] = (void *)(Frame.Context.Rip - !Exact);
        }
        Exact = Walk.Exact;
    }
    return Count;
}

// Of the registers it has only those that almost every function needs to find its caller.
static int Step(STACK_PLACE *Place)
{
    PE_CONTEXT Context;
    PE_FRAME Frame;

    Frame.Image = PeImageOf((const void *)Place->Ip);
    if (Frame.Image == NULL) {
        return 0;
    }
    memset(Context.Integer, 0, sizeof(Context.Integer));
    Context.Rip = Place->Ip;
    Context.Integer[PE_RSP] = Place->Sp;
    Context.Integer[PE_RBP] = Place->Fp;
    if (!PeUnwindImage(&Frame, &Context) || Context.Integer[PE_RSP] <= Place->Sp) {
        return 0;
    }
    *Place = (STACK_PLACE){Context.Rip, Context.Integer[PE_RSP], Context.Integer[PE_RBP]};
    return 1;
}

void PeTrapStart(void)
{
    static const SIM_IMAGE_HOOKS Hooks = {.Raise = PeRaise, .Trap = Trap};
    static const STACK_IMAGES Stacks = {
        .Capture = Capture, .Step = Step, .Name = PeName, .NameEnd = PeNameEnd};

    StackImages = &Stacks;
    atomic_store(&SimImageHooks, &Hooks);
}

void PeTrapStop(void)
{
    atomic_store(&SimImageHooks, NULL);
    StackImages = NULL;
    PeUnwindLinuxStop();
}

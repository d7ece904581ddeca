// SPDX-License-Identifier: MIT

// Exceptions in two phases: first the handlers are asked from the inside out, with the stack as it
// was; then the frames up to the one that takes it are unwound, and each __finally on the way runs.
// Native frames (include/seh.h) take part by their place on the stack: the innermost wins. A walk
// that begins inside a filter or a __finally comes past the exception under way by its trap.

#include "seh.h"

#include "../nt/exception.h"
#include "unwind.h"

#define DIRECTION_FLAG 0x400u
#define FLAGS_UNWINDING (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)

// A frame is left: what belongs to the stack below `StackPointer` is no more.
static void Leave(ULONG64 StackPointer)
{
    SIM_THREAD *Thread = SimCurrentThread();

    while (Thread->Traps != NULL && (ULONG_PTR)Thread->Traps < StackPointer) {
        Thread->Traps = Thread->Traps->Previous;
    }
    while (Thread->SehTop != NULL && SimSehAddress(Thread->SehTop) < StackPointer) {
        Thread->SehTop->Popped = 1;
        Thread->SehTop = Thread->SehTop->Previous;
    }
}

static PE_DISPATCH DispatchOf(PE_FRAME *Frame, ULONG64 TargetIp)
{
    return (PE_DISPATCH){.ControlPc = Frame->Context.Rip,
                         .ImageBase = (ULONG64)Frame->Image->Base,
                         .FunctionEntry = Frame->Function,
                         .EstablisherFrame = Frame->Establisher,
                         .TargetIp = TargetIp,
                         .Context = &Frame->Context,
                         .LanguageHandler = Frame->Handler,
                         .HandlerData = Frame->HandlerData,
                         .ScopeIndex = Frame->ScopeIndex};
}

// ---- second phase

// Runs the handlers for unwinding of every frame below `Target`, and of the target when TargetIp is
// not 0; then goes there, or returns (TargetIp 0: the target is a native frame).
static void Unwind(PE_RECORD *Record, PE_CONTEXT *Context, BOOLEAN Exact, ULONG64 Target,
                   ULONG64 TargetIp, ULONG64 Value)
{
    SIM_THREAD *Thread = SimCurrentThread();
    PE_DISPATCH Dispatch;
    SIM_TRAP Trap = {.Previous = Thread->Traps, .ScopeIndex = &Dispatch.ScopeIndex};
    PE_WALK Walk;
    PE_FRAME Frame;

    Record->Flags |= EXCEPTION_UNWINDING;
    PeWalkStart(&Walk, Context, Exact);
    while (PeWalkNext(&Walk, &Frame)) {
        if (Frame.Image == NULL) {
            continue;
        }
        if (Frame.Establisher > Target) {
            break;
        }
        BOOLEAN IsTarget = TargetIp != 0 && Frame.Establisher == Target && Frame.Function != NULL;
        if (Frame.Handler != NULL && Frame.HandlesUnwinds) {
            Record->Flags |= IsTarget ? EXCEPTION_TARGET_UNWIND : 0;
            Dispatch = DispatchOf(&Frame, TargetIp);
            Trap.Context = &Frame.Context;
            Thread->Traps = &Trap;
            Frame.Handler(Record, (PVOID)Frame.Establisher, Context, &Dispatch);
            Thread->Traps = Trap.Previous;
        }
        if (IsTarget) {
            Frame.Context.Rip = TargetIp;
            Frame.Context.EFlags &= ~DIRECTION_FLAG; // the fault's, and functions rely on it
            Frame.Context.Integer[PE_RAX] = Value;
            Leave(Frame.Context.Integer[PE_RSP]);
            PeContextRestore(&Frame.Context);
        }
    }
    if (TargetIp != 0) {
        SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_INVALID_UNWIND_TARGET, TargetIp,
                    Target, 0, "an unwind does not find its target frame %p.", (void *)Target);
    }
}

static void UnwindToNative(PE_RECORD *Record, PE_CONTEXT *Context, BOOLEAN Exact)
{
    SIM_THREAD *Thread = SimCurrentThread();

    Unwind(Record, Context, Exact, SimSehAddress(Thread->SehTop), 0, 0);
    SimSehJump(Thread, Record->Code);
}

// ---- first phase

static void Continue(const PE_RECORD *Record, const PE_CONTEXT *Context)
{
    if ((Record->Flags & EXCEPTION_NONCONTINUABLE) != 0) {
        SimBugCheck(
            KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_NONCONTINUABLE_EXCEPTION,
            (ULONG_PTR)Record->Address, (ULONG)Record->Code, 0,
            "a filter wants to continue after exception 0x%08X, which was raised by a call.",
            (ULONG)Record->Code);
    }
    Leave(Context->Integer[PE_RSP]);
    PeContextRestore(Context);
}

void PeDispatchException(PE_RECORD *Record, PE_CONTEXT *Context, BOOLEAN Exact)
{
    SIM_THREAD *Thread = SimCurrentThread();
    PE_WALK Walk;
    PE_FRAME Frame;

    PeWalkStart(&Walk, Context, Exact);
    while (PeWalkNext(&Walk, &Frame)) {
        if (Frame.Image == NULL || Frame.Handler == NULL || !Frame.HandlesExceptions) {
            continue;
        }
        if (Thread->SehTop != NULL && SimSehAddress(Thread->SehTop) <= Frame.Establisher) {
            break;
        }
        PE_DISPATCH Dispatch = DispatchOf(&Frame, 0);
        if (Frame.Handler(Record, (PVOID)Frame.Establisher, Context, &Dispatch) ==
            PeContinueExecution) {
            Continue(Record, Context);
        }
    }
    if (Thread->SehTop != NULL) {
        UnwindToNative(Record, Context, Exact);
    }
}

// The exception is seen where an image called the function that raises it.
static __attribute__((noinline)) void RaiseRecord(PE_RECORD *Record)
{
    PE_CONTEXT Context = {.Flags = PE_CONTEXT_FULL};
    PE_WALK Walk;
    PE_FRAME Frame;

    PeContextCapture(&Context);
    PeWalkStart(&Walk, &Context, FALSE);
    Frame.Image = NULL;
    while (Frame.Image == NULL && PeWalkNext(&Walk, &Frame)) {
    }
    Record->Address = (PVOID)Frame.Context.Rip;
    PeDispatchException(Record, Frame.Image != NULL ? &Frame.Context : &Context, FALSE);
}

void PeRaise(NTSTATUS Status)
{
    PE_RECORD Record = {.Code = Status, .Flags = EXCEPTION_NONCONTINUABLE};

    RaiseRecord(&Record);
}

// ---- what images import

typedef struct SCOPE_TABLE {
    ULONG Count;
    struct {
        ULONG Begin, End;
        ULONG Handler; // filter, 1: take it; or the __finally
        ULONG Target;  // of the __except; 0: it is a __finally
    } Records[];
} SCOPE_TABLE;

typedef LONG NTAPI FILTER(PE_POINTERS *Pointers, PVOID Frame);
typedef void NTAPI FINALLY(BOOLEAN Abnormal, PVOID Frame);

static PE_DISPOSITION Search(PE_RECORD *Record, PVOID Frame, PE_CONTEXT *Context,
                             PE_DISPATCH *Dispatch)
{
    const SCOPE_TABLE *Table = Dispatch->HandlerData;
    ULONG Pc = (ULONG)(Dispatch->ControlPc - Dispatch->ImageBase);
    PE_POINTERS Pointers = {Record, Context};

    for (ULONG i = Dispatch->ScopeIndex; i < Table->Count; i++) {
        if (Pc < Table->Records[i].Begin || Pc >= Table->Records[i].End ||
            Table->Records[i].Target == 0) {
            continue;
        }
        LONG Answer = EXCEPTION_EXECUTE_HANDLER;
        if (Table->Records[i].Handler != EXCEPTION_EXECUTE_HANDLER) {
            FILTER *Filter = (FILTER *)(ULONG_PTR)(Dispatch->ImageBase + Table->Records[i].Handler);
            Answer = Filter(&Pointers, Frame);
        }
        if (Answer < 0) {
            return PeContinueExecution;
        }
        if (Answer > 0) {
            Unwind(Record, Context, TRUE, (ULONG64)Frame,
                   Dispatch->ImageBase + Table->Records[i].Target, (ULONG)Record->Code);
        }
    }
    return PeContinueSearch;
}

static PE_DISPOSITION RunFinally(const PE_RECORD *Record, PVOID Frame, PE_DISPATCH *Dispatch)
{
    const SCOPE_TABLE *Table = Dispatch->HandlerData;
    ULONG Pc = (ULONG)(Dispatch->ControlPc - Dispatch->ImageBase);
    ULONG Target = (ULONG)(Dispatch->TargetIp - Dispatch->ImageBase);
    BOOLEAN IsTarget = (Record->Flags & EXCEPTION_TARGET_UNWIND) != 0;

    for (ULONG i = Dispatch->ScopeIndex; i < Table->Count; i++) {
        if (Pc < Table->Records[i].Begin || Pc >= Table->Records[i].End) {
            continue;
        }
        if (IsTarget && (Table->Records[i].Target == Target ||
                         (Target >= Table->Records[i].Begin && Target < Table->Records[i].End))) {
            break; // the target is this scope's handler, or still inside the scope
        }
        if (Table->Records[i].Target == 0) {
            Dispatch->ScopeIndex = i + 1; // this one is not run again, whatever it raises
            ((FINALLY *)(ULONG_PTR)(Dispatch->ImageBase + Table->Records[i].Handler))(TRUE, Frame);
        }
    }
    return PeContinueSearch;
}

// Scope tables list inner scopes first.
PE_DISPOSITION NTAPI PeExport___C_specific_handler(PE_RECORD *Record, PVOID Frame,
                                                   PE_CONTEXT *Context, PE_DISPATCH *Dispatch);
PE_DISPOSITION NTAPI PeExport___C_specific_handler(PE_RECORD *Record, PVOID Frame,
                                                   PE_CONTEXT *Context, PE_DISPATCH *Dispatch)
{
    if ((Record->Flags & FLAGS_UNWINDING) != 0) {
        return RunFinally(Record, Frame, Dispatch);
    }
    return Search(Record, Frame, Context, Dispatch);
}

void NTAPI PeExport_RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PE_RECORD *Record, PVOID Value,
                                PE_CONTEXT *Context, PVOID History);
void NTAPI PeExport_RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PE_RECORD *Record, PVOID Value,
                                PE_CONTEXT *Context, PVOID History)
{
    PE_RECORD Own = {.Code = STATUS_UNWIND};

    (void)History;
    PeContextCapture(Context);
    Unwind(Record == NULL ? &Own : Record, Context, FALSE, (ULONG64)TargetFrame, (ULONG64)TargetIp,
           (ULONG64)Value);
}

// What a return or goto out of a __try with a __finally calls.
void NTAPI PeExport__local_unwind(PVOID TargetFrame, PVOID TargetIp);
void NTAPI PeExport__local_unwind(PVOID TargetFrame, PVOID TargetIp)
{
    PE_CONTEXT Context = {.Flags = PE_CONTEXT_FULL};

    PeExport_RtlUnwindEx(TargetFrame, TargetIp, NULL, NULL, &Context, NULL);
}

void NTAPI PeExport_RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PE_RECORD *Record, PVOID Value);
void NTAPI PeExport_RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PE_RECORD *Record, PVOID Value)
{
    PE_CONTEXT Context = {.Flags = PE_CONTEXT_FULL};

    PeExport_RtlUnwindEx(TargetFrame, TargetIp, Record, Value, &Context, NULL);
}

// Returns when a filter continues the execution.
void NTAPI PeExport_RtlRaiseException(PE_RECORD *Record);
void NTAPI PeExport_RtlRaiseException(PE_RECORD *Record)
{
    RaiseRecord(Record);
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)Record->Code, (ULONG_PTR)Record->Address, 0, 0,
                "exception 0x%08X and no __try around it: RtlRaiseException.", (ULONG)Record->Code);
}

void NTAPI PeExport_RtlRestoreContext(PE_CONTEXT *Context, PE_RECORD *Record);
void NTAPI PeExport_RtlRestoreContext(PE_CONTEXT *Context, PE_RECORD *Record)
{
    if (Record != NULL) {
        SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_NOT_IMPLEMENTED, (ULONG)Record->Code,
                    0, 0, "RtlRestoreContext with an exception record is not implemented.");
    }
    Leave(Context->Integer[PE_RSP]);
    PeContextRestore(Context);
}

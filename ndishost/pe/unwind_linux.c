// SPDX-License-Identifier: MIT

// Unwinds functions of Linux by libdw. With the XMM registers, which an exported function saves for
// its caller in an image and the unwinder of libgcc does not know.

#include "unwind.h"

#include <elfutils/libdwfl.h>
#include <dwarf.h>
#include <stdlib.h>
#include <unistd.h>

#include "../nt/sim.h"

#define EXPRESSION_STACK 16
#define DWARF_RETURN_ADDRESS 16
#define DWARF_XMM0 17
#define DWARF_REGISTERS 33

static SIM_LOCK Lock; // guards Session, and libdw has none of its own
static Dwfl *Session;

// DWARF's number to the place in a context.
static ULONG64 *RegisterAt(PE_CONTEXT *Context, unsigned Number)
{
    static const UCHAR Order[] = {PE_RAX, PE_RDX, PE_RCX, PE_RBX, PE_RSI, PE_RDI, PE_RBP, PE_RSP};

    return Number < 8    ? &Context->Integer[Order[Number]]
           : Number < 16 ? &Context->Integer[Number]
                         : &Context->Rip;
}

static int FindNoDebugInfo(Dwfl_Module *Module, void **UserData, const char *ModuleName,
                           Dwarf_Addr Base, const char *FileName, const char *DebugLinkFile,
                           GElf_Word DebugLinkCrc, char **DebugInfoFileName)
{
    (void)Module, (void)UserData, (void)ModuleName, (void)Base, (void)FileName;
    (void)DebugLinkFile, (void)DebugLinkCrc, (void)DebugInfoFileName;
    return -1;
}

static Dwfl *OpenSession(void)
{
    static const Dwfl_Callbacks Callbacks = {.find_elf = dwfl_linux_proc_find_elf,
                                             .find_debuginfo = FindNoDebugInfo};
    Dwfl *New = dwfl_begin(&Callbacks);

    if (New != NULL &&
        (dwfl_linux_proc_report(New, getpid()) != 0 || dwfl_report_end(New, NULL, NULL) != 0)) {
        dwfl_end(New);
        New = NULL;
    }
    return New;
}

typedef struct EXPRESSION {
    PE_CONTEXT *Context;
    ULONG64 Cfa;
    ULONG64 Stack[EXPRESSION_STACK];
    unsigned Depth;
    BOOLEAN IsValue; // the result is the value, not its address
} EXPRESSION;

static BOOLEAN Push(EXPRESSION *Expression, ULONG64 Value)
{
    if (Expression->Depth == EXPRESSION_STACK) {
        return FALSE;
    }
    Expression->Stack[Expression->Depth++] = Value;
    return TRUE;
}

static BOOLEAN Binary(EXPRESSION *Expression, unsigned Operation)
{
    if (Expression->Depth < 2) {
        return FALSE;
    }
    ULONG64 Right = Expression->Stack[--Expression->Depth];
    ULONG64 *Left = &Expression->Stack[Expression->Depth - 1];
    switch (Operation) {
    case DW_OP_plus:
        *Left += Right;
        return TRUE;
    case DW_OP_minus:
        *Left -= Right;
        return TRUE;
    case DW_OP_and:
        *Left &= Right;
        return TRUE;
    case DW_OP_shl:
        *Left = Right < 64 ? *Left << Right : 0;
        return TRUE;
    case DW_OP_ge:
        *Left = (LONG64)*Left >= (LONG64)Right;
        return TRUE;
    default:
        return FALSE;
    }
}

// What compilers and hand-written call frame information use.
static BOOLEAN Step(EXPRESSION *Expression, const Dwarf_Op *Op)
{
    unsigned Atom = Op->atom;

    if (Atom >= DW_OP_lit0 && Atom <= DW_OP_lit31) {
        return Push(Expression, Atom - DW_OP_lit0);
    }
    if (Atom >= DW_OP_breg0 && Atom <= DW_OP_breg16) {
        return Push(Expression, *RegisterAt(Expression->Context, Atom - DW_OP_breg0) + Op->number);
    }
    if (Atom >= DW_OP_reg0 && Atom <= DW_OP_reg16) {
        Expression->IsValue = TRUE;
        return Push(Expression, *RegisterAt(Expression->Context, Atom - DW_OP_reg0));
    }
    switch (Atom) {
    case DW_OP_call_frame_cfa:
        return Push(Expression, Expression->Cfa);
    case DW_OP_bregx:
        return Op->number <= DWARF_RETURN_ADDRESS &&
               Push(Expression,
                    *RegisterAt(Expression->Context, (unsigned)Op->number) + Op->number2);
    case DW_OP_const1u ... DW_OP_consts:
        return Push(Expression, Op->number);
    case DW_OP_plus_uconst:
        return Expression->Depth != 0 &&
               (Expression->Stack[Expression->Depth - 1] += Op->number, TRUE);
    case DW_OP_deref:
        return Expression->Depth != 0 &&
               PeRead((const void *)Expression->Stack[Expression->Depth - 1],
                      &Expression->Stack[Expression->Depth - 1], 8);
    case DW_OP_stack_value:
        Expression->IsValue = TRUE;
        return TRUE;
    default:
        return Binary(Expression, Atom);
    }
}

static BOOLEAN Evaluate(EXPRESSION *Expression, const Dwarf_Op *Ops, size_t Count)
{
    Expression->Depth = 0;
    Expression->IsValue = FALSE;
    for (size_t i = 0; i < Count; i++) {
        if (!Step(Expression, &Ops[i])) {
            return FALSE;
        }
    }
    return Expression->Depth != 0;
}

// `New` begins as a copy of `Expression->Context`, so that a register without a rule stays as it
// is.
static BOOLEAN UnwindRegister(Dwarf_Frame *Frame, unsigned Number, EXPRESSION *Expression,
                              PE_CONTEXT *New)
{
    Dwarf_Op Memory[3];
    Dwarf_Op *Ops;
    size_t Count;
    void *To = Number < DWARF_XMM0 ? (void *)RegisterAt(New, Number)
                                   : &New->Xmm[Number - DWARF_XMM0];

    if (dwarf_frame_register(Frame, (int)Number, Memory, &Ops, &Count) != 0) {
        return FALSE;
    }
    if (Count == 0) {
        return Number != DWARF_RETURN_ADDRESS; // the same, or lost; nobody returns from the last
    }
    if (!Evaluate(Expression, Ops, Count)) {
        return FALSE;
    }
    if (Expression->IsValue) {
        *(ULONG64 *)To = Expression->Stack[Expression->Depth - 1];
        return Number < DWARF_XMM0;
    }
    return PeRead((const void *)Expression->Stack[Expression->Depth - 1], To,
                  Number < DWARF_XMM0 ? 8 : 16);
}

static BOOLEAN UnwindFrame(Dwarf_Frame *Frame, PE_CONTEXT *Context)
{
    PE_CONTEXT New = *Context;
    EXPRESSION Expression = {.Context = Context};
    Dwarf_Op *Ops;
    size_t Count;

    if (dwarf_frame_cfa(Frame, &Ops, &Count) != 0 || !Evaluate(&Expression, Ops, Count)) {
        return FALSE;
    }
    Expression.Cfa = Expression.Stack[Expression.Depth - 1];
    for (unsigned i = 0; i < DWARF_REGISTERS; i++) {
        if (i != 7 && !UnwindRegister(Frame, i, &Expression, &New)) {
            return FALSE;
        }
    }
    New.Integer[PE_RSP] = Expression.Cfa;
    *Context = New;
    return New.Rip != 0;
}

static Dwarf_Frame *FindFrame(Dwarf_Addr Pc)
{
    Dwarf_Addr Bias = 0;
    Dwarf_Frame *Frame = NULL;
    Dwfl_Module *Module = dwfl_addrmodule(Session, Pc);
    Dwarf_CFI *Cfi = Module == NULL ? NULL : dwfl_module_eh_cfi(Module, &Bias);

    if (Cfi == NULL || dwarf_cfi_addrframe(Cfi, Pc - Bias, &Frame) != 0) {
        return NULL;
    }
    return Frame;
}

// A call to where no code is has left its return address.
static BOOLEAN PopReturn(PE_CONTEXT *Context)
{
    Context->Integer[PE_RSP] += 8;
    return PeRead((const void *)(Context->Integer[PE_RSP] - 8), &Context->Rip, 8) &&
           Context->Rip != 0;
}

BOOLEAN PeUnwindLinux(PE_CONTEXT *Context, BOOLEAN Exact)
{
    BOOLEAN Done = FALSE;

    SimLock(&Lock);
    if (Session == NULL) {
        Session = OpenSession();
    }
    if (Session != NULL && Exact && dwfl_addrmodule(Session, Context->Rip) == NULL) {
        Done = PopReturn(Context);
    } else if (Session != NULL) {
        Dwarf_Frame *Frame = FindFrame(Context->Rip - !Exact);
        Done = Frame != NULL && UnwindFrame(Frame, Context);
        free(Frame);
    }
    SimUnlock(&Lock);
    return Done;
}

void PeUnwindLinuxStop(void)
{
    SimLock(&Lock);
    dwfl_end(Session); // accepts NULL
    Session = NULL;
    SimUnlock(&Lock);
}

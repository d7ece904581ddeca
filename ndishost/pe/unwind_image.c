// SPDX-License-Identifier: MIT

// Unwinds functions of images by the data in their files: what their prologues did is undone in
// reverse. A fault inside an epilogue is not expected: it touches only the stack.

#include "map.h"
#include "unwind.h"

#include <string.h>

#define CHAIN_MAX 32 // parts of one function

enum { // operations of unwind codes
    UwPushNonvolatile,
    UwAllocateLarge,
    UwAllocateSmall,
    UwSetFrame,
    UwSaveNonvolatile,
    UwSaveNonvolatileFar,
    UwEpilog,
    UwSpare,
    UwSaveXmm,
    UwSaveXmmFar,
    UwPushMachineFrame,
};

#define UW_FLAG_EXCEPTION 1
#define UW_FLAG_UNWIND 2
#define UW_FLAG_CHAINED 4

typedef struct UW_INFO {
    const UCHAR *Data; // in the image; the codes begin at 4
    UCHAR Version, Flags, PrologBytes, CodeCount, FrameRegister, FrameOffset;
    ULONG Tail; // address of what follows the codes
} UW_INFO;

const PE_FUNCTION *PeFunctionOf(const PE_IMAGE *Image, ULONG Address)
{
    ULONG Low = 0;
    ULONG High = Image->FunctionCount;

    while (Low < High) {
        ULONG Middle = (Low + High) / 2;
        const PE_FUNCTION *Function = &Image->Functions[Middle];
        if (Address < Function->Begin) {
            High = Middle;
        } else if (Address >= Function->End) {
            Low = Middle + 1;
        } else {
            return Function;
        }
    }
    return NULL;
}

static BOOLEAN ReadInfo(const PE_IMAGE *Image, ULONG Address, UW_INFO *Info)
{
    const UCHAR *Data = Image->Base + Address;

    if (!PeIsUnwindData(&Image->Layout, Address, 4)) {
        return FALSE;
    }
    *Info = (UW_INFO){.Data = Data,
                      .Version = Data[0] & 7,
                      .Flags = Data[0] >> 3,
                      .PrologBytes = Data[1],
                      .CodeCount = Data[2],
                      .FrameRegister = Data[3] & 15,
                      .FrameOffset = Data[3] >> 4};
    Info->Tail = Address + 4 + 2 * ((Info->CodeCount + 1u) & ~1u);
    return (Info->Version == 1 || Info->Version == 2) &&
           PeIsUnwindData(&Image->Layout, Address, Info->Tail + sizeof(PE_FUNCTION) - Address);
}

static unsigned CodeSlots(UCHAR Operation, UCHAR Detail)
{
    switch (Operation) {
    case UwAllocateLarge:
        return Detail == 0 ? 2 : 3;
    case UwSaveNonvolatile:
    case UwSaveXmm:
        return 2;
    case UwSaveNonvolatileFar:
    case UwSaveXmmFar:
        return 3;
    default:
        return 1;
    }
}

// The number that follows a code, 16 or 32 bits.
static ULONG Operand(const UCHAR *Code, BOOLEAN Far)
{
    USHORT Short;
    ULONG Long;

    memcpy(&Short, Code + 2, sizeof(Short));
    memcpy(&Long, Code + 2, Far ? sizeof(Long) : 0);
    return Far ? Long : Short;
}

static BOOLEAN Pop(PE_CONTEXT *Context, ULONG64 *Value)
{
    BOOLEAN Done = PeRead((const void *)Context->Integer[PE_RSP], Value, sizeof(*Value));

    Context->Integer[PE_RSP] += sizeof(*Value);
    return Done;
}

// `Base`: what offsets of saved registers count from.
static BOOLEAN Undo(const UCHAR *Code, const UW_INFO *Info, PE_CONTEXT *Context, ULONG64 Base,
                    BOOLEAN *IsMachineFrame)
{
    UCHAR Detail = Code[1] >> 4;
    BOOLEAN Far = FALSE;

    switch (Code[1] & 15) {
    case UwPushNonvolatile:
        return Pop(Context, &Context->Integer[Detail]);
    case UwAllocateLarge:
        Context->Integer[PE_RSP] += Detail == 0 ? 8 * (ULONG64)Operand(Code, FALSE)
                                                : Operand(Code, TRUE);
        return TRUE;
    case UwAllocateSmall:
        Context->Integer[PE_RSP] += 8 * Detail + 8;
        return TRUE;
    case UwSetFrame:
        Context->Integer[PE_RSP] = Context->Integer[Info->FrameRegister] - 16 * Info->FrameOffset;
        return TRUE;
    case UwSaveNonvolatileFar:
        Far = TRUE; // fall through
    case UwSaveNonvolatile:
        return PeRead(
            (const void *)(Base + (Far ? Operand(Code, TRUE) : 8 * (ULONG64)Operand(Code, FALSE))),
            &Context->Integer[Detail], 8);
    case UwSaveXmmFar:
        Far = TRUE; // fall through
    case UwSaveXmm:
        return PeRead(
            (const void *)(Base + (Far ? Operand(Code, TRUE) : 16 * (ULONG64)Operand(Code, FALSE))),
            &Context->Xmm[Detail], 16);
    case UwPushMachineFrame:
        *IsMachineFrame = TRUE;
        Context->Integer[PE_RSP] += 8 * Detail;
        return Pop(Context, &Context->Rip) &&
               PeRead((const void *)(Context->Integer[PE_RSP] + 16), &Context->Integer[PE_RSP], 8);
    default:
        return TRUE; // UwEpilog, UwSpare: of no interest here
    }
}

// `Offset`: of rip in the function; a code of the prologue that lies ahead has not run.
static BOOLEAN UndoPrologue(const UW_INFO *Info, ULONG Offset, PE_CONTEXT *Context, ULONG64 Base,
                            BOOLEAN *IsMachineFrame)
{
    for (unsigned i = 0; i < Info->CodeCount;) {
        const UCHAR *Code = Info->Data + 4 + 2 * i;
        UCHAR Operation = Code[1] & 15;
        i += CodeSlots(Operation, Code[1] >> 4);
        if (i > Info->CodeCount) {
            return FALSE;
        }
        if (Operation == UwEpilog || Code[0] > Offset) {
            continue;
        }
        if (!Undo(Code, Info, Context, Base, IsMachineFrame)) {
            return FALSE;
        }
    }
    return TRUE;
}

static BOOLEAN FrameIsSet(const UW_INFO *Info, ULONG Offset)
{
    for (unsigned i = 0; i < Info->CodeCount;) {
        const UCHAR *Code = Info->Data + 4 + 2 * i;
        if ((Code[1] & 15) == UwSetFrame) {
            return Code[0] <= Offset;
        }
        i += CodeSlots(Code[1] & 15, Code[1] >> 4);
    }
    return TRUE; // a later part of the function
}

static void FindHandler(PE_FRAME *Frame, const UW_INFO *Info, ULONG Offset)
{
    const PE_IMAGE *Image = Frame->Image;
    const PE_SECTION *Section;
    ULONG Address;

    if ((Info->Flags & UW_FLAG_CHAINED) != 0 || Info->Flags == 0 || Offset < Info->PrologBytes) {
        return;
    }
    memcpy(&Address, Image->Base + Info->Tail, sizeof(Address));
    Section = PeSectionOf(&Image->Layout, Address);
    if (Section == NULL || !Section->Execute) {
        return;
    }
    Frame->Handler = (PE_HANDLER *)(ULONG_PTR)(Image->Base + Address);
    Frame->HandlerData = Image->Base + Info->Tail + 4;
    Frame->HandlesExceptions = (Info->Flags & UW_FLAG_EXCEPTION) != 0;
    Frame->HandlesUnwinds = (Info->Flags & UW_FLAG_UNWIND) != 0;
}

static BOOLEAN UndoFunction(PE_FRAME *Frame, PE_CONTEXT *Context, BOOLEAN *IsMachineFrame)
{
    const PE_IMAGE *Image = Frame->Image;
    PE_FUNCTION Function = *Frame->Function;
    ULONG Offset = (ULONG)(Context->Rip - (ULONG64)Image->Base) - Function.Begin;
    UW_INFO Info;

    if (!ReadInfo(Image, Function.UnwindAddress, &Info)) {
        return FALSE;
    }
    Frame->Establisher = Context->Integer[PE_RSP];
    if (Info.FrameRegister != 0 && FrameIsSet(&Info, Offset)) {
        Frame->Establisher = Context->Integer[Info.FrameRegister] - 16 * Info.FrameOffset;
    }
    FindHandler(Frame, &Info, Offset);
    for (unsigned Parts = 0; Parts < CHAIN_MAX; Parts++) {
        if (!UndoPrologue(&Info, Offset, Context, Frame->Establisher, IsMachineFrame)) {
            return FALSE;
        }
        if ((Info.Flags & UW_FLAG_CHAINED) == 0) {
            return TRUE;
        }
        memcpy(&Function, Image->Base + Info.Tail, sizeof(Function));
        Offset = MAXULONG; // all of the first part's prologue has run
        if (!ReadInfo(Image, Function.UnwindAddress, &Info)) {
            return FALSE;
        }
    }
    return FALSE;
}

BOOLEAN PeUnwindImage(PE_FRAME *Frame, PE_CONTEXT *Context)
{
    BOOLEAN IsMachineFrame = FALSE;

    if (Frame->Image->IsGone) {
        return FALSE;
    }
    Frame->Establisher = Context->Integer[PE_RSP];
    Frame->Function = PeFunctionOf(Frame->Image,
                                   (ULONG)(Context->Rip - (ULONG64)Frame->Image->Base));
    if (Frame->Function != NULL && !UndoFunction(Frame, Context, &IsMachineFrame)) {
        return FALSE;
    }
    return IsMachineFrame || Pop(Context, &Context->Rip);
}

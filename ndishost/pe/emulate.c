// SPDX-License-Identifier: MIT

// Decodes just enough of x64 for what compilers make of the kernel's inline functions.

#define _GNU_SOURCE

#include "emulate.h"

#include <string.h>

#include "../nt/pcr.h"
#include "shared_data.h"

typedef struct INSTRUCTION {
    const UCHAR *Code;
    SIZE_T Length; // of what is there
    SIZE_T At;     // how far it is decoded
    UCHAR Rex;
    BOOLEAN HasGs;
    BOOLEAN HasOperandSize;
} INSTRUCTION;

static const UCHAR LinuxOrder[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                     REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                     REG_R12, REG_R13, REG_R14, REG_R15};

static greg_t *RegisterOf(ucontext_t *Machine, unsigned Number)
{
    return &Machine->uc_mcontext.gregs[LinuxOrder[Number & 15]];
}

static UCHAR Next(INSTRUCTION *Instruction)
{
    return Instruction->At < Instruction->Length ? Instruction->Code[Instruction->At++] : 0;
}

static UCHAR Peek(const INSTRUCTION *Instruction, SIZE_T Ahead)
{
    return Instruction->At + Ahead < Instruction->Length
               ? Instruction->Code[Instruction->At + Ahead]
               : 0;
}

static void DecodePrefixes(INSTRUCTION *Instruction)
{
    for (;;) {
        switch (Peek(Instruction, 0)) {
        case 0x65:
            Instruction->HasGs = TRUE;
            break;
        case 0x66:
            Instruction->HasOperandSize = TRUE;
            break;
        case 0x2E:
        case 0x3E:
        case 0xF0:
        case 0xF2:
        case 0xF3:
            break;
        default:
            if ((Peek(Instruction, 0) & 0xF0) == 0x40) {
                Instruction->Rex = Next(Instruction);
            }
            return;
        }
        Instruction->At++;
    }
}

// Skips the bytes of a memory operand.
static void SkipOperand(INSTRUCTION *Instruction, UCHAR ModRm)
{
    UCHAR Mode = ModRm >> 6;
    BOOLEAN HasBase = TRUE;

    if ((ModRm & 7) == 4) {
        HasBase = (Next(Instruction) & 7) != 5;
    } else if (Mode == 0 && (ModRm & 7) == 5) {
        Instruction->At += 4; // relative to rip
    }
    Instruction->At += Mode == 1 ? 1 : Mode == 2 || !HasBase ? 4 : 0;
}

// ---- loads from the shared user data page

static void WriteRegister(greg_t *Register, ULONG64 Value, unsigned Bytes)
{
    if (Bytes == 4) {
        *Register = (greg_t)(ULONG)Value; // clears the upper half
    } else {
        memcpy(Register, &Value, Bytes);
    }
}

static PE_EMULATION EmulateLoad(INSTRUCTION *Instruction, ULONG Offset, ucontext_t *Machine)
{
    UCHAR Opcode = Next(Instruction);
    unsigned Target = (Instruction->Rex & 4) != 0 ? 8 : 0;
    unsigned Wide = (Instruction->Rex & 8) != 0 ? 8 : Instruction->HasOperandSize ? 2 : 4;
    unsigned Bytes = Wide;
    BOOLEAN IsSigned = FALSE;

    if (Opcode == 0xA1) { // mov eax, [address in the instruction]
        Instruction->At += 8;
        Target = 0;
    } else {
        if (Opcode == 0x0F) {
            Opcode = Next(Instruction);
            Bytes = (Opcode & 1) != 0 ? 2 : 1;
            IsSigned = Opcode >= 0xBE;
            if ((Opcode & 0xF6) != 0xB6) { // movzx, movsx
                return PeEmulateNot;
            }
        } else if (Opcode == 0x63) { // movsxd
            Bytes = 4;
            IsSigned = TRUE;
        } else if (Opcode == 0x8A) {
            Bytes = Wide = 1;
        } else if (Opcode != 0x8B) {
            return PeEmulateNot;
        }
        UCHAR ModRm = Next(Instruction);
        Target += (ModRm >> 3) & 7;
        SkipOperand(Instruction, ModRm);
    }
    if (Wide == 1 && Instruction->Rex == 0 && Target >= 4) {
        return PeEmulateNot; // ah and its like
    }
    ULONG64 Value = PeSharedDataRead(Offset, Bytes);
    if (IsSigned) {
        unsigned Shift = 64 - 8 * Bytes;
        Value = (ULONG64)((LONG64)(Value << Shift) >> Shift);
    }
    WriteRegister(RegisterOf(Machine, Target), Value, Wide);
    Machine->uc_mcontext.gregs[REG_RIP] += (greg_t)Instruction->At;
    return PeEmulateDone;
}

// ---- privileged instructions

static PE_EMULATION EmulatePrivileged(INSTRUCTION *Instruction, ucontext_t *Machine,
                                      ULONG64 *Argument)
{
    greg_t *Rip = &Machine->uc_mcontext.gregs[REG_RIP];
    UCHAR First = Next(Instruction);
    UCHAR Second = Next(Instruction);

    if (First == 0xCD && Second == 0x2C) {
        return PeEmulateAssert;
    }
    if (First != 0x0F || (Second != 0x20 && Second != 0x22)) {
        return PeEmulateNot;
    }
    UCHAR ModRm = Next(Instruction);
    unsigned Control = ((ModRm >> 3) & 7) | ((Instruction->Rex & 4) != 0 ? 8 : 0);
    greg_t *Register = RegisterOf(Machine, (ModRm & 7) | ((Instruction->Rex & 1) != 0 ? 8u : 0u));
    if (Control != 8 || (Second == 0x22 && (ULONG64)*Register > HIGH_LEVEL)) {
        return PeEmulateNot;
    }
    *Rip += (greg_t)Instruction->At;
    if (Second == 0x20) {
        *Register = SimCurrentThread()->Irql;
        return PeEmulateDone;
    }
    *Argument = (ULONG64)*Register;
    return PeEmulateLower;
}

PE_EMULATION PeEmulate(const UCHAR *Code, SIZE_T Length, const void *Address, BOOLEAN IsProtection,
                       ucontext_t *Machine, ULONG64 *Argument)
{
    INSTRUCTION Instruction = {.Code = Code, .Length = Length};
    ULONG64 Offset = (ULONG64)Address - PE_USER_SHARED_DATA;

    DecodePrefixes(&Instruction);
    if (IsProtection) {
        return EmulatePrivileged(&Instruction, Machine, Argument);
    }
    if (Offset < PAGE_SIZE) {
        return EmulateLoad(&Instruction, (ULONG)Offset, Machine);
    }
    if (Instruction.HasGs && SimPcrPrepare((ULONG_PTR)Address)) {
        return PeEmulateDone;
    }
    return PeEmulateNot;
}

// SPDX-License-Identifier: MIT

// What compilers make of the kernel's inline functions. Zydis neither allocates nor locks, so that
// a signal handler may call it.

#define _GNU_SOURCE

#include "emulate.h"

#include <Zydis/Zydis.h>
#include <string.h>

#include "../nt/pcr.h"
#include "shared_data.h"

typedef struct INSTRUCTION {
    ZydisDecodedInstruction Is;
    ZydisDecodedOperand Operands[ZYDIS_MAX_OPERAND_COUNT];
} INSTRUCTION;

static greg_t *RegisterOf(ucontext_t *Machine, const ZydisDecodedOperand *Operand)
{
    static const UCHAR LinuxOrder[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                         REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                         REG_R12, REG_R13, REG_R14, REG_R15};
    ZydisRegister Whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
                                                           Operand->reg.value);

    return &Machine->uc_mcontext.gregs[LinuxOrder[Whole - ZYDIS_REGISTER_RAX]];
}

static void Advance(ucontext_t *Machine, const INSTRUCTION *Instruction)
{
    Machine->uc_mcontext.gregs[REG_RIP] += Instruction->Is.length;
}

// ---- loads from the shared user data page

// A register that has its lowest byte: neither ah and its like nor a segment.
static BOOLEAN IsTarget(const ZydisDecodedOperand *Operand)
{
    ZydisRegister Register = Operand->reg.value;

    return Operand->type == ZYDIS_OPERAND_TYPE_REGISTER && Register >= ZYDIS_REGISTER_AL &&
           Register <= ZYDIS_REGISTER_R15 &&
           (Register < ZYDIS_REGISTER_AH || Register > ZYDIS_REGISTER_BH);
}

static void WriteRegister(greg_t *Register, ULONG64 Value, unsigned Bytes)
{
    if (Bytes == 4) {
        *Register = (greg_t)(ULONG)Value; // clears the upper half
    } else {
        memcpy(Register, &Value, Bytes);
    }
}

static PE_EMULATION EmulateLoad(const INSTRUCTION *Instruction, ULONG Offset, ucontext_t *Machine)
{
    const ZydisDecodedOperand *Target = &Instruction->Operands[0];
    unsigned Bits = Instruction->Operands[1].size;
    ZydisMnemonic Mnemonic = Instruction->Is.mnemonic;
    BOOLEAN IsSigned = Mnemonic == ZYDIS_MNEMONIC_MOVSX || Mnemonic == ZYDIS_MNEMONIC_MOVSXD;
    BOOLEAN IsLoad = IsSigned || Mnemonic == ZYDIS_MNEMONIC_MOV || Mnemonic == ZYDIS_MNEMONIC_MOVZX;

    if (!IsLoad || !IsTarget(Target)) {
        return PeEmulateNot;
    }
    ULONG64 Value = PeSharedDataRead(Offset, Bits / 8);
    if (IsSigned) {
        Value = (ULONG64)((LONG64)(Value << (64 - Bits)) >> (64 - Bits));
    }
    WriteRegister(RegisterOf(Machine, Target), Value, Target->size / 8);
    Advance(Machine, Instruction);
    return PeEmulateDone;
}

// ---- privileged instructions

static BOOLEAN IsCr8(const ZydisDecodedOperand *Operand)
{
    return Operand->type == ZYDIS_OPERAND_TYPE_REGISTER && Operand->reg.value == ZYDIS_REGISTER_CR8;
}

static PE_EMULATION EmulatePrivileged(const INSTRUCTION *Instruction, ucontext_t *Machine,
                                      ULONG64 *Argument)
{
    const ZydisDecodedOperand *Operands = Instruction->Operands;

    if (Instruction->Is.mnemonic == ZYDIS_MNEMONIC_INT) {
        return Operands[0].imm.value.u == 0x2C ? PeEmulateAssert : PeEmulateNot;
    }
    if (IsCr8(&Operands[1])) {
        *RegisterOf(Machine, &Operands[0]) = SimCurrentThread()->Irql;
        Advance(Machine, Instruction);
        return PeEmulateDone;
    }
    if (!IsCr8(&Operands[0])) {
        return PeEmulateNot;
    }
    *Argument = (ULONG64)*RegisterOf(Machine, &Operands[1]);
    if (*Argument > HIGH_LEVEL) {
        return PeEmulateNot;
    }
    Advance(Machine, Instruction);
    return PeEmulateLower;
}

PE_EMULATION PeEmulate(const UCHAR *Code, SIZE_T Length, const void *Address, BOOLEAN IsProtection,
                       ucontext_t *Machine, ULONG64 *Argument)
{
    ULONG64 Offset = (ULONG64)Address - PE_USER_SHARED_DATA;
    ZydisDecoder Decoder;
    INSTRUCTION Instruction;

    ZydisDecoderInit(&Decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&Decoder, Code, Length, &Instruction.Is,
                                             Instruction.Operands))) {
        return PeEmulateNot;
    }
    if (IsProtection) {
        return EmulatePrivileged(&Instruction, Machine, Argument);
    }
    if (Offset < PAGE_SIZE) {
        return EmulateLoad(&Instruction, (ULONG)Offset, Machine);
    }
    if ((Instruction.Is.attributes & ZYDIS_ATTRIB_HAS_SEGMENT_GS) != 0 &&
        SimPcrPrepare((ULONG_PTR)Address)) {
        return PeEmulateDone;
    }
    return PeEmulateNot;
}

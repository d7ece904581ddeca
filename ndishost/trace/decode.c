// SPDX-License-Identifier: MIT

// By Zydis, which neither allocates nor locks, so that a signal handler may call it. It reads no
// byte beyond the instruction, which may be the last one before memory that is not mapped.

#define _GNU_SOURCE

#include "decode.h"

#include <Zydis/Zydis.h>

static ZydisRegisterContext ContextOf(const greg_t *Registers)
{
    static const int Places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                   REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                   REG_R12, REG_R13, REG_R14, REG_R15};
    ZydisRegisterContext Context = {0};
    for (unsigned Number = 0; Number < 16; Number++) {
        uint64_t Value = (uint64_t)Registers[Places[Number]];
        Context.values[ZYDIS_REGISTER_RAX + Number] = Value;
        Context.values[ZYDIS_REGISTER_EAX + Number] = (uint32_t)Value;
    }
    return Context;
}

// Memory, except where push, pop, call and ret have it.
static bool IsMemory(const ZydisDecodedOperand *Operand)
{
    bool IsStack = Operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
                   Operand->mem.segment == ZYDIS_REGISTER_SS;
    return Operand->type == ZYDIS_OPERAND_TYPE_MEMORY && !IsStack;
}

static void SetWrite(const ZydisDecodedInstruction *Decoded, const ZydisDecodedOperand *Operand,
                     const uint8_t *Code, const greg_t *Registers, INSTRUCTION *Instruction)
{
    ZydisRegister Segment = Operand->mem.segment;
    bool IsRepeated = (Decoded->attributes & ZYDIS_ATTRIB_HAS_REP) != 0;
    if (Segment == ZYDIS_REGISTER_FS || Segment == ZYDIS_REGISTER_GS ||
        (IsRepeated && Registers[REG_RCX] == 0)) {
        return;
    }
    ZydisRegisterContext Context = ContextOf(Registers);
    ZyanU64 Address;
    // A scatter has many addresses, and the size of a tile is not in the instruction.
    Instruction->IsKnown = Operand->mem.type == ZYDIS_MEMOP_TYPE_MEM && Operand->size != 0 &&
                           ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(
                               Decoded, Operand, (uintptr_t)Code, &Context, &Address));
    if (Instruction->IsKnown) {
        Instruction->Address = (uintptr_t)Address;
        Instruction->Bytes = Operand->size / 8;
    }
}

INSTRUCTION DecodeInstruction(const uint8_t *Code, const greg_t *Registers)
{
    INSTRUCTION Instruction = {0};
    ZydisDecoder Decoder;
    ZydisDecodedInstruction Decoded;
    ZydisDecodedOperand Operands[ZYDIS_MAX_OPERAND_COUNT];
    ZydisDecoderInit(&Decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&Decoder, Code, ZYDIS_MAX_INSTRUCTION_LENGTH, &Decoded,
                                             Operands))) {
        return Instruction;
    }
    Instruction.IsKnown = true;
    // mfence costs what locking the bus does, and compilers take either for a full barrier.
    Instruction.IsInterlocked = (Decoded.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0 ||
                                Decoded.mnemonic == ZYDIS_MNEMONIC_MFENCE;
    bool HasSource = false;
    for (unsigned Index = 0; Index < Decoded.operand_count; Index++) {
        const ZydisDecodedOperand *Operand = &Operands[Index];
        if (!IsMemory(Operand)) {
            continue;
        }
        // xchg with memory locks the bus without being asked to.
        Instruction.IsInterlocked |= Decoded.mnemonic == ZYDIS_MNEMONIC_XCHG;
        if ((Operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0) {
            SetWrite(&Decoded, Operand, Code, Registers, &Instruction);
        } else {
            HasSource = true;
        }
    }
    Instruction.IsCopy = HasSource && Instruction.Bytes != 0;
    return Instruction;
}

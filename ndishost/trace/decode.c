// SPDX-License-Identifier: MIT

// Only what compilers make for the baseline of x86-64; VEX and EVEX are told as unknown. Whoever
// steps through code need not know where an instruction ends, so most of its length is not looked
// at. Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.

#define _GNU_SOURCE

#include "decode.h"

enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8 };

typedef struct DECODER {
    const uint8_t *At;
    const greg_t *Registers;
    uint8_t Rex;
    bool HasLock, Has66, HasF2, HasF3, HasSegment;
} DECODER;

static void ReadPrefixes(DECODER *Decoder)
{
    for (;; Decoder->At++) {
        switch (*Decoder->At) {
        case 0x66:
            Decoder->Has66 = true;
            break;
        case 0xF0:
            Decoder->HasLock = true;
            break;
        case 0xF2:
            Decoder->HasF2 = true;
            break;
        case 0xF3:
            Decoder->HasF3 = true;
            break;
        case 0x64: // fs, gs
        case 0x65:
            Decoder->HasSegment = true;
            break;
        case 0x2E: // without meaning in 64-bit mode
        case 0x36:
        case 0x3E:
        case 0x26:
            break;
        default:
            if ((*Decoder->At & 0xF0) == 0x40) {
                Decoder->Rex = *Decoder->At++;
            }
            return;
        }
    }
}

static uintptr_t RegisterOf(const DECODER *Decoder, unsigned Number)
{
    static const uint8_t Places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                       REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                       REG_R12, REG_R13, REG_R14, REG_R15};
    return (uintptr_t)Decoder->Registers[Places[Number]];
}

static int32_t Read32(const uint8_t *At)
{
    return (int32_t)(At[0] | At[1] << 8 | At[2] << 16 | (uint32_t)At[3] << 24);
}

// The address that a ModRM byte with memory names. 0: relative to the instruction.
static uintptr_t AddressOf(const DECODER *Decoder, const uint8_t *ModRm)
{
    unsigned Mod = *ModRm >> 6, Base = *ModRm & 7;
    uintptr_t Address = 0;
    const uint8_t *Displacement = ModRm + 1;
    if (Base == 4) {
        unsigned Index = (*Displacement >> 3 & 7) | (Decoder->Rex & REX_X ? 8 : 0);
        if (Index != 4) {
            Address = RegisterOf(Decoder, Index) << (*Displacement >> 6);
        }
        Base = *Displacement++ & 7;
    } else if (Base == 5 && Mod == 0) {
        return 0;
    }
    if (Base == 5 && Mod == 0) {
        return Address + (uintptr_t)(intptr_t)Read32(Displacement);
    }
    Address += RegisterOf(Decoder, Base | (Decoder->Rex & REX_B ? 8 : 0));
    if (Mod == 1) {
        return Address + (uintptr_t)(intptr_t)(int8_t)*Displacement;
    }
    return Mod == 2 ? Address + (uintptr_t)(intptr_t)Read32(Displacement) : Address;
}

static unsigned OperandBytes(const DECODER *Decoder)
{
    return Decoder->Rex & REX_W ? 8 : Decoder->Has66 ? 2 : 4;
}

// What an opcode of one byte writes to its ModRM operand; Field is the middle of the ModRM byte.
static unsigned WrittenByOne(const DECODER *Decoder, uint8_t Opcode, unsigned Field)
{
    unsigned Wide = Opcode & 1 ? OperandBytes(Decoder) : 1;
    if (Opcode < 0x38 && (Opcode & 7) <= 1) {
        return Wide; // add, or, adc, sbb, and, sub, xor
    }
    switch (Opcode) {
    case 0x80: // the same with an immediate; 7 is cmp
    case 0x81:
        return Field == 7 ? 0 : Wide;
    case 0x83:
        return Field == 7 ? 0 : OperandBytes(Decoder);
    case 0x86: // xchg
    case 0x87:
    case 0x88: // mov
    case 0x89:
    case 0xC0: // shifts
    case 0xC1:
    case 0xC6: // mov
    case 0xC7:
    case 0xD0: // shifts
    case 0xD1:
    case 0xD2:
    case 0xD3:
        return Wide;
    case 0x8C: // mov of a segment register
        return 2;
    case 0x8F: // pop
        return 8;
    case 0xF6: // not, neg
    case 0xF7:
        return Field == 2 || Field == 3 ? Wide : 0;
    case 0xFE: // inc, dec
    case 0xFF:
        return Field <= 1 ? Wide : 0;
    default:
        return 0;
    }
}

// The same of an opcode after 0F.
static unsigned WrittenByTwo(const DECODER *Decoder, uint8_t Opcode, unsigned Field)
{
    unsigned Wide = OperandBytes(Decoder);
    switch (Opcode) {
    case 0x11: // movups, movss, movsd
        return Decoder->HasF3 ? 4 : Decoder->HasF2 ? 8 : 16;
    case 0x13: // movlps, movhps
    case 0x17:
        return 8;
    case 0x29: // movaps, movntps
    case 0x2B:
        return 16;
    case 0x7E: // movd, movq; with F3 it reads
        return Decoder->HasF3 ? 0 : Decoder->Rex & REX_W ? 8 : 4;
    case 0x7F: // movdqa, movdqu; MMX
    case 0xE7:
        return Decoder->Has66 || Decoder->HasF3 ? 16 : 8;
    case 0xD6: // movq
        return 8;
    case 0xA4: // double shifts
    case 0xA5:
    case 0xAC:
    case 0xAD:
    case 0xAB: // bts, btr, btc
    case 0xB3:
    case 0xBB:
    case 0xB1: // cmpxchg
    case 0xC1: // xadd
    case 0xC3: // movnti
        return Wide;
    case 0xBA: // bts, btr, btc with an immediate; 4 is bt
        return Field >= 5 ? Wide : 0;
    case 0xB0:
    case 0xC0:
        return 1;
    case 0xC7: // cmpxchg8b, cmpxchg16b
        return Field != 1 ? 0 : Decoder->Rex & REX_W ? 16 : 8;
    default:
        return Opcode >= 0x90 && Opcode <= 0x9F ? 1 : 0; // setcc
    }
}

static void DecodeOperand(const DECODER *Decoder, const uint8_t *ModRm, unsigned Bytes,
                          INSTRUCTION *Instruction)
{
    if (Bytes == 0 || *ModRm >> 6 == 3 || Decoder->HasSegment) {
        return;
    }
    Instruction->Address = AddressOf(Decoder, ModRm);
    Instruction->Bytes = Instruction->Address == 0 ? 0 : Bytes;
}

INSTRUCTION DecodeInstruction(const uint8_t *Code, const greg_t *Registers)
{
    DECODER Decoder = {.At = Code, .Registers = Registers};
    INSTRUCTION Instruction = {.IsKnown = true};
    ReadPrefixes(&Decoder);
    const uint8_t *At = Decoder.At;
    Instruction.IsInterlocked = Decoder.HasLock;
    switch (At[0]) {
    case 0x0F:
        // mfence costs what locking the bus does, and compilers take either for a full barrier.
        Instruction.IsInterlocked |= At[1] == 0xAE && At[2] == 0xF0;
        if (At[1] == 0x38) {
            DecodeOperand(&Decoder, At + 3, At[2] == 0xF1 ? OperandBytes(&Decoder) : 0,
                          &Instruction); // movbe
        } else if (At[1] != 0x3A) {
            DecodeOperand(&Decoder, At + 2, WrittenByTwo(&Decoder, At[1], At[2] >> 3 & 7),
                          &Instruction);
        }
        break;
    case 0x62: // EVEX, VEX
    case 0xC4:
    case 0xC5:
        Instruction.IsKnown = false;
        break;
    case 0xA4: // movs, stos
    case 0xA5:
    case 0xAA:
    case 0xAB:
        Instruction.Address = (uintptr_t)Registers[REG_RDI];
        Instruction.Bytes = At[0] & 1 ? OperandBytes(&Decoder) : 1;
        Instruction.IsCopy = (At[0] & 0xFE) == 0xA4;
        if (Decoder.HasF3 && Registers[REG_RCX] == 0) {
            Instruction.Bytes = 0;
        }
        break;
    default:
        DecodeOperand(&Decoder, At + 1, WrittenByOne(&Decoder, At[0], At[1] >> 3 & 7),
                      &Instruction);
        // xchg with memory locks the bus without being asked to.
        Instruction.IsInterlocked |= (At[0] & 0xFE) == 0x86 && At[1] >> 6 != 3;
    }
    return Instruction;
}

// SPDX-License-Identifier: MIT

// What an instruction writes, for instructions that the assembler has encoded.

#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <decode.h>

#include <cmocka.h>

#define DI 0x10000 // what the registers hold
#define R12 0x20000
#define R13 0x30000
#define SP 0x40000
#define CX 3

// Instruction, bytes written, where, whether it locks the bus. That Zydis reads each encoding is
// its business; here is what is made of that.
#define CODES(_)                                                                                   \
    _("movq %rax, (%rdi)", 8, DI, 0)                                                               \
    _("movb $1, 1(%rdi)", 1, DI + 1, 0)                                                            \
    _("movl $0, 8(%r13,%r12,2)", 4, R13 + R12 * 2 + 8, 0)                                          \
    _("movl $0, 0x50000(,%rcx,4)", 4, 0x50000 + CX * 4, 0)                                         \
    _("movl $0, -4(%edi)", 4, DI - 4, 0)                                                           \
    _("movq (%rdi), %rax", 0, 0, 0)                                                                \
    _("movq %rax, %rdi", 0, 0, 0)                                                                  \
    _("movq %rax, %fs:(%rdi)", 0, 0, 0)                                                            \
    _("movq %gs:(%rdi), %rax", 0, 0, 0)                                                            \
    _("leaq 8(%rdi), %rax", 0, 0, 0)                                                               \
    _("cmpq %rax, (%rdi)", 0, 0, 0)                                                                \
    _("orq %rax, (%rdi)", 8, DI, 0)                                                                \
    _("pushq (%rdi)", 0, 0, 0)                                                                     \
    _("popq (%rdi)", 8, DI, 0)                                                                     \
    _("callq *(%rdi)", 0, 0, 0)                                                                    \
    _("ret", 0, 0, 0)                                                                              \
    _("lock incl (%rdi)", 4, DI, 1)                                                                \
    _("cmpxchgq %rsi, (%rdi)", 8, DI, 0)                                                           \
    _("lock cmpxchg16b (%rdi)", 16, DI, 1)                                                         \
    _("lock orq $0, (%rsp)", 8, SP, 1)                                                             \
    _("xchgl %eax, (%rdi)", 4, DI, 1)                                                              \
    _("xchgq %rax, %rdi", 0, 0, 0)                                                                 \
    _("mfence", 0, 0, 1)                                                                           \
    _("sfence", 0, 0, 0)                                                                           \
    _("movups %xmm0, 8(%rdi)", 16, DI + 8, 0)                                                      \
    _("vmovdqu %ymm0, (%rdi)", 32, DI, 0)                                                          \
    _("vmovdqu8 %zmm0, (%rdi){%k1}", 64, DI, 0)                                                    \
    _("stosq", 8, DI, 0)                                                                           \
    _("rep stosl", 4, DI, 0)

#define ASSEMBLE(Text, Bytes, Address, Locks) ".balign 16\n" Text "\n"
#define EXPECT(Text, Bytes, Address, Locks) {Text, Bytes, Address, Locks},

extern const uint8_t Codes[];
__asm__(".pushsection .rodata\n.balign 16\nCodes:\n" CODES(ASSEMBLE) ".balign 16\n.popsection\n");

static const struct {
    const char *Text;
    unsigned Bytes;
    uintptr_t Address;
    int Locks;
} Expected[] = {CODES(EXPECT)};

static void SetRegisters(greg_t *Registers)
{
    Registers[REG_RDI] = DI;
    Registers[REG_RCX] = CX;
    Registers[REG_R12] = R12;
    Registers[REG_R13] = R13;
    Registers[REG_RSP] = SP;
}

static void Decode_EachInstruction_TellsWhatItWrites(void **State)
{
    gregset_t Registers = {0};
    unsigned Wrong = 0;

    (void)State;
    SetRegisters(Registers);
    for (size_t Index = 0; Index < sizeof(Expected) / sizeof(Expected[0]); Index++) {
        INSTRUCTION Is = DecodeInstruction(Codes + Index * 16, Registers);

        if (!Is.IsKnown || Is.Bytes != Expected[Index].Bytes ||
            (Is.Bytes != 0 && Is.Address != Expected[Index].Address) ||
            Is.IsInterlocked != Expected[Index].Locks) {
            print_error("%s: %u bytes at %#lx, interlocked %d, known %d\n", Expected[Index].Text,
                        Is.Bytes, (unsigned long)Is.Address, Is.IsInterlocked, Is.IsKnown);
            Wrong++;
        }
    }
    assert_int_equal(Wrong, 0);
}

static void Decode_RepeatedCopy_EndsWithItsCount(void **State)
{
    static const uint8_t RepMovsb[] = {0xF3, 0xA4};
    gregset_t Registers = {0};

    (void)State;
    SetRegisters(Registers);
    INSTRUCTION Is = DecodeInstruction(RepMovsb, Registers);
    assert_true(Is.IsCopy);
    assert_int_equal(Is.Bytes, 1);
    assert_int_equal(Is.Address, DI);
    Registers[REG_RCX] = 0;
    assert_int_equal(DecodeInstruction(RepMovsb, Registers).Bytes, 0);
}

static void Decode_OnlyMovs_IsCopy(void **State)
{
    static const uint8_t PushMemory[] = {0xFF, 0x37}, PopMemory[] = {0x8F, 0x07}, Stosb[] = {0xAA},
                         Cmpsb[] = {0xA6};
    gregset_t Registers = {0};

    (void)State;
    SetRegisters(Registers);
    assert_false(DecodeInstruction(PushMemory, Registers).IsCopy);
    assert_false(DecodeInstruction(PopMemory, Registers).IsCopy);
    assert_false(DecodeInstruction(Stosb, Registers).IsCopy);
    assert_false(DecodeInstruction(Cmpsb, Registers).IsCopy);
}

static void Decode_RelativeAddress_IsThatOfTheNextInstruction(void **State)
{
    static const uint8_t Store[] = {0x89, 0x05, 0x00, 0x01, 0x00, 0x00}; // mov [rip+100h], eax
    gregset_t Registers = {0};

    (void)State;
    assert_int_equal(DecodeInstruction(Store, Registers).Address,
                     (uintptr_t)Store + sizeof(Store) + 0x100);
}

static void Decode_WhatHasNoOneAddressOrIsNone_IsToldAsUnknown(void **State)
{
    // vpscatterdd [rdi+zmm1]{k1}, zmm0; tilestored [rdi+rax], tmm0; what no processor knows
    static const uint8_t Unknown[][7] = {
        {0x62, 0xF2, 0x7D, 0x49, 0xA0, 0x04, 0x0F}, {0xC4, 0xE2, 0x7A, 0x4B, 0x04, 0x07}, {0x06}};
    gregset_t Registers = {0};

    (void)State;
    for (size_t Index = 0; Index < sizeof(Unknown) / sizeof(Unknown[0]); Index++) {
        INSTRUCTION Is = DecodeInstruction(Unknown[Index], Registers);

        assert_false(Is.IsKnown);
        assert_int_equal(Is.Bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Decode_EachInstruction_TellsWhatItWrites),
        cmocka_unit_test(Decode_RepeatedCopy_EndsWithItsCount),
        cmocka_unit_test(Decode_OnlyMovs_IsCopy),
        cmocka_unit_test(Decode_RelativeAddress_IsThatOfTheNextInstruction),
        cmocka_unit_test(Decode_WhatHasNoOneAddressOrIsNone_IsToldAsUnknown),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

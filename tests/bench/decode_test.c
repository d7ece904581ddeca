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
#define CX 3

// Instruction, bytes written, where, whether it locks the bus.
#define CODES(_)                                                                                   \
    _("movq %rax, (%rdi)", 8, DI, 0)                                                               \
    _("movl %eax, -8(%rdi)", 4, DI - 8, 0)                                                         \
    _("movw %ax, 0x1234(%rdi)", 2, DI + 0x1234, 0)                                                 \
    _("movb $1, 1(%rdi)", 1, DI + 1, 0)                                                            \
    _("movq $0, 16(%rdi,%rcx,8)", 8, DI + 16 + CX * 8, 0)                                          \
    _("movl $0, (%r12)", 4, R12, 0)                                                                \
    _("movl $0, (%r13)", 4, R13, 0)                                                                \
    _("movl $0, 0x50000(,%rcx,4)", 4, 0x50000 + CX * 4, 0)                                         \
    _("movl $0, (%rdi,%r12,2)", 4, DI + R12 * 2, 0)                                                \
    _("movq (%rdi), %rax", 0, 0, 0)                                                                \
    _("movq %rax, %rdi", 0, 0, 0)                                                                  \
    _("movl %eax, 0x100(%rip)", 0, 0, 0)                                                           \
    _("movq %rax, %fs:(%rdi)", 0, 0, 0)                                                            \
    _("leaq 8(%rdi), %rax", 0, 0, 0)                                                               \
    _("cmpl $3, (%rdi)", 0, 0, 0)                                                                  \
    _("cmpq %rax, (%rdi)", 0, 0, 0)                                                                \
    _("testl $1, (%rdi)", 0, 0, 0)                                                                 \
    _("andl $-2, 4(%rdi)", 4, DI + 4, 0)                                                           \
    _("orq %rax, (%rdi)", 8, DI, 0)                                                                \
    _("addb $1, (%rdi)", 1, DI, 0)                                                                 \
    _("incl (%rdi)", 4, DI, 0)                                                                     \
    _("notq (%rdi)", 8, DI, 0)                                                                     \
    _("shll $3, (%rdi)", 4, DI, 0)                                                                 \
    _("callq *(%rdi)", 0, 0, 0)                                                                    \
    _("sete (%rdi)", 1, DI, 0)                                                                     \
    _("lock incl (%rdi)", 4, DI, 1)                                                                \
    _("lock xaddl %eax, (%rdi)", 4, DI, 1)                                                         \
    _("lock cmpxchgq %rsi, (%rdi)", 8, DI, 1)                                                      \
    _("lock cmpxchg16b (%rdi)", 16, DI, 1)                                                         \
    _("lock orq $0, (%rsp)", 8, 0x40000, 1)                                                        \
    _("lock btsl $1, (%rdi)", 4, DI, 1)                                                            \
    _("xchgl %eax, (%rdi)", 4, DI, 1)                                                              \
    _("xchgq %rax, %rdi", 0, 0, 0)                                                                 \
    _("mfence", 0, 0, 1)                                                                           \
    _("sfence", 0, 0, 0)                                                                           \
    _("movups %xmm0, 8(%rdi)", 16, DI + 8, 0)                                                      \
    _("movaps %xmm8, (%r13)", 16, R13, 0)                                                          \
    _("movups (%rdi), %xmm0", 0, 0, 0)                                                             \
    _("movdqa %xmm0, (%rdi)", 16, DI, 0)                                                           \
    _("movdqu %xmm0, (%rdi)", 16, DI, 0)                                                           \
    _("movdqu (%rdi), %xmm0", 0, 0, 0)                                                             \
    _("movq %xmm0, (%rdi)", 8, DI, 0)                                                              \
    _("movq (%rdi), %xmm0", 0, 0, 0)                                                               \
    _("movd %xmm0, (%rdi)", 4, DI, 0)                                                              \
    _("movhps %xmm0, (%rdi)", 8, DI, 0)                                                            \
    _("movss %xmm0, (%rdi)", 4, DI, 0)                                                             \
    _("movsd %xmm0, (%rdi)", 8, DI, 0)                                                             \
    _("movntiq %rax, (%rdi)", 8, DI, 0)                                                            \
    _("stosq", 8, DI, 0)                                                                           \
    _("rep stosl", 4, DI, 0)                                                                       \
    _("rep movsb", 1, DI, 0)                                                                       \
    _("nopl (%rdi)", 0, 0, 0)                                                                      \
    _("ret", 0, 0, 0)

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
    Registers[REG_RSP] = 0x40000;
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
    static const uint8_t RepMovsb[] = {0xF3, 0xA4, 0x90};
    gregset_t Registers = {0};

    (void)State;
    SetRegisters(Registers);
    assert_true(DecodeInstruction(RepMovsb, Registers).IsCopy);
    Registers[REG_RCX] = 0;
    assert_int_equal(DecodeInstruction(RepMovsb, Registers).Bytes, 0);
}

static void Decode_VectorExtensions_AreToldAsUnknown(void **State)
{
    static const uint8_t Vmovdqu[] = {0xC5, 0xFE, 0x7F, 0x07};
    gregset_t Registers = {0};

    (void)State;
    assert_false(DecodeInstruction(Vmovdqu, Registers).IsKnown);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Decode_EachInstruction_TellsWhatItWrites),
        cmocka_unit_test(Decode_RepeatedCopy_EndsWithItsCount),
        cmocka_unit_test(Decode_VectorExtensions_AreToldAsUnknown),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

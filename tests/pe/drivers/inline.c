// SPDX-License-Identifier: MIT

// What the inline functions and intrinsics of Windows' kernel headers compile to.

#include "inline.h"

#include "device.h"

void *memcpy(void *To, const void *From, SIZE_T Length);
void *memmove(void *To, const void *From, SIZE_T Length);
void *memset(void *To, int Value, SIZE_T Length);
int memcmp(const void *Left, const void *Right, SIZE_T Length);

static ULONG64 ReadCr8(void)
{
    ULONG64 Value;

    __asm__ volatile("mov %%cr8, %0" : "=r"(Value) : : "memory");
    return Value;
}

static void WriteCr8(ULONG64 Value)
{
    __asm__ volatile("mov %0, %%cr8" : : "r"(Value) : "memory");
}

static ULONG64 ReadCr8High(void)
{
    register ULONG64 Value __asm__("r13");

    __asm__ volatile("mov %%cr8, %0" : "=r"(Value) : : "memory");
    return Value;
}

static ULONG64 CaseReadIrql(void)
{
    ULONG64 Answer = ReadCr8();
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);

    Answer = Answer << 4 | ReadCr8() | ReadCr8High() << 8;
    KeLowerIrql(OldIrql);
    return Answer << 4 | ReadCr8();
}

static ULONG64 CaseWriteIrql(void)
{
    ULONG64 Answer;

    WriteCr8(DISPATCH_LEVEL);
    Answer = KeGetCurrentIrql();
    WriteCr8(APC_LEVEL);
    Answer = Answer << 4 | KeGetCurrentIrql();
    WriteCr8(PASSIVE_LEVEL);
    return Answer << 4 | KeGetCurrentIrql();
}

static KDEFERRED_ROUTINE CountDpc;
static volatile ULONG64 DpcCount;

_Use_decl_annotations_ static VOID CountDpc(PKDPC Dpc, PVOID Context, PVOID Argument1,
                                            PVOID Argument2)
{
    (void)Dpc, (void)Context, (void)Argument1, (void)Argument2;
    DpcCount++;
}

static ULONG64 CaseLowerRunsDpc(void)
{
    static KDPC Dpc;
    ULONG64 Answer;

    DpcCount = 0;
    KeInitializeDpc(&Dpc, CountDpc, NULL);
    WriteCr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    Answer = DpcCount;
    WriteCr8(PASSIVE_LEVEL);
    return Answer << 4 | DpcCount;
}

static KDEFERRED_ROUTINE FaultDpc, VectorDpc;

_Use_decl_annotations_ static VOID FaultDpc(PKDPC Dpc, PVOID Context, PVOID Argument1,
                                            PVOID Argument2)
{
    (void)Dpc, (void)Context, (void)Argument1, (void)Argument2;
    *(volatile ULONG64 *)0x1230 = 0;
}

// As code that uses AVX leaves the registers.
_Use_decl_annotations_ static VOID VectorDpc(PKDPC Dpc, PVOID Context, PVOID Argument1,
                                             PVOID Argument2)
{
    (void)Dpc, (void)Context, (void)Argument1, (void)Argument2;
    __asm__ volatile("vzeroupper");
}

static ULONG64 CaseLowerFault(void)
{
    static KDPC Dpc;

    KeInitializeDpc(&Dpc, FaultDpc, NULL);
    WriteCr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    WriteCr8(PASSIVE_LEVEL);
    return 0;
}

static BOOLEAN HasAvx(void)
{
    ULONG Eax = 1, Ebx, Ecx = 0, Edx;

    __asm__ volatile("cpuid" : "+a"(Eax), "=b"(Ebx), "+c"(Ecx), "=d"(Edx));
    return (Ecx & (1u << 28)) != 0 && (Ecx & (1u << 27)) != 0;
}

__attribute__((target("avx"))) static ULONG64 LowerWithVector(void)
{
    ULONG64 In[4] = {1, 2, 3, 4};
    ULONG64 Out[4];

    __asm__ volatile("vmovdqu %1, %%ymm3\n"
                     "mov %2, %%cr8\n"
                     "vmovdqu %%ymm3, %0\n"
                     "vzeroupper"
                     : "=m"(Out)
                     : "m"(In), "r"((ULONG64)PASSIVE_LEVEL)
                     : "xmm3", "memory");
    return Out[0] == 1 && Out[1] == 2 && Out[2] == 3 && Out[3] == 4;
}

static ULONG64 CaseVectors(void)
{
    static KDPC Dpc;

    if (!HasAvx()) {
        return 1;
    }
    KeInitializeDpc(&Dpc, VectorDpc, NULL);
    WriteCr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    return LowerWithVector();
}

static ULONG DirectionFlag(void)
{
    ULONG64 Flags;

    __asm__ volatile("pushfq\n pop %0" : "=r"(Flags));
    return (ULONG)(Flags >> 10) & 1;
}

__attribute__((noinline)) static void ReadBackwards(ULONG64 Address)
{
    __asm__ volatile("std\n mov (%0), %%rax\n cld" : : "r"(Address) : "rax", "cc");
}

static ULONG FilterFlag;

__attribute__((noinline)) static LONG NoteDirection(void)
{
    FilterFlag = DirectionFlag();
    return EXCEPTION_EXECUTE_HANDLER;
}

static ULONG64 CaseDirection(void)
{
    ULONG64 Answer = 0xF;

    __try {
        ReadBackwards(0x1230);
    } __except (NoteDirection()) {
        Answer = DirectionFlag() << 4 | FilterFlag;
        __asm__ volatile("cld");
    }
    return Answer;
}

__attribute__((noinline)) static ULONG64 Overflow(ULONG64 Depth)
{
    volatile UCHAR Local[2000];

    Local[Depth % sizeof(Local)] = 1;
    return Depth == ~0ull ? 0 : Overflow(Depth + 1) + Local[0];
}

static ULONG64 GsSelf(void)
{
    ULONG64 Self, Thread;

    __asm__ volatile("movq %%gs:0x18, %0" : "=r"(Self));
    __asm__ volatile("movq %%gs:0x188, %0" : "=r"(Thread));
    return Self != 0 && *(ULONG64 *)(Self + 0x188) == Thread;
}

static ULONG64 GsThread(void)
{
    ULONG64 Value;

    __asm__ volatile("movq %%gs:0x188, %0" : "=r"(Value));
    return Value;
}

static ULONG GsLegacyNumber(void)
{
    ULONG Value;

    __asm__ volatile("movzbl %%gs:0x184, %0" : "=r"(Value));
    return Value;
}

static ULONG GsNumber(void)
{
    ULONG Value;

    __asm__ volatile("movl %%gs:0x1A4, %0" : "=r"(Value));
    return Value;
}

static ULONG64 CaseProcessor(void)
{
    KIRQL OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    ULONG Number = KeGetCurrentProcessorNumberEx(NULL);
    ULONG64 Answer = GsLegacyNumber() == Number && GsNumber() == Number;

    KeLowerIrql(OldIrql);
    return Answer;
}

static ULONG64 CaseProcessors(void)
{
    ULONG64 Answer = 0;

    for (ULONG i = 0; i < 4; i++) {
        GROUP_AFFINITY Affinity = {.Mask = (KAFFINITY)1 << i};
        GROUP_AFFINITY Old;
        KeSetSystemGroupAffinityThread(&Affinity, &Old);
        Answer += CaseProcessor() && GsNumber() == i;
        KeRevertToUserGroupAffinityThread(&Old);
    }
    return Answer;
}

#define SHARED 0xFFFFF78000000000ull

static ULONG64 CaseSharedData(void)
{
    LARGE_INTEGER Before, Inside, After;
    ULONG64 First, Second;

    KeQuerySystemTimePrecise(&Before);
    KeQuerySystemTime(&Inside);
    KeQuerySystemTimePrecise(&After);
    First = KeQueryInterruptTime();
    Second = KeQueryInterruptTime();
    return (Inside.QuadPart + 200000 >= Before.QuadPart && Inside.QuadPart <= After.QuadPart) |
           (First != 0 && Second >= First) << 1 | (*(volatile ULONG *)(SHARED + 0x26C) == 10) << 2;
}

// The version number 10 at 26Ch, by each form, and a byte of the tick's length that is negative.
static ULONG64 CaseSharedForms(void)
{
    ULONG64 Page = SHARED;
    ULONG64 A, B, C, D, E, F, G, H, I;

    __asm__ volatile("movl 0x26C(%1), %k0" : "=r"(A) : "r"(Page));
    __asm__ volatile("movzbl 0x26C(%1), %k0" : "=r"(B) : "r"(Page));
    __asm__ volatile("movzwl 0x26C(%1), %k0" : "=r"(C) : "r"(Page));
    __asm__ volatile("movslq 0x26C(%1), %0" : "=r"(D) : "r"(Page));
    __asm__ volatile("movabs 0xFFFFF7800000026C, %%eax\n mov %%eax, %k0" : "=r"(E) : : "rax");
    __asm__ volatile("movsbq 0x26C(%1,%2,4), %0" : "=r"(F) : "r"(Page), "r"(0ull));
    __asm__ volatile("xor %k0, %k0\n movb 0x26C(%1), %b0" : "=&r"(G) : "r"(Page));
    __asm__ volatile("xor %%r13d, %%r13d\n movw 0x26C(%1), %%r13w\n mov %%r13, %0"
                     : "=r"(H)
                     : "r"(Page)
                     : "r13");
    __asm__ volatile("movsbq 6(%1), %0" : "=r"(I) : "r"(Page));
    return A == 10 && B == 10 && C == 10 && D == 10 && E == 10 && F == 10 && G == 10 && H == 10 &&
           I == ~0ull - 0x5F; // of 0FA00000h
}

__attribute__((noinline)) static void Break(void)
{
    __asm__ volatile("int3");
}

__attribute__((noinline)) static void Assert(void)
{
    __asm__ volatile("int $0x2C");
}

__attribute__((noinline)) static ULONG64 Divide(ULONG64 Left, ULONG64 Right)
{
    __asm__ volatile("xor %%edx, %%edx\n div %1" : "+a"(Left) : "r"(Right) : "rdx");
    return Left;
}

static ULONG64 CaseCatch(ULONG Number)
{
    __try {
        if (Number == InlineBreakpoint) {
            Break();
        } else if (Number == InlineAssertion) {
            Assert();
        } else {
            return Divide(1, 0);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

static ULONG64 CaseListCorrupt(void)
{
    LIST_ENTRY Head, Entry;

    InitializeListHead(&Head);
    InsertTailList(&Head, &Entry);
    Head.Blink = &Head;
    RemoveEntryList(&Entry);
    return 0;
}

__attribute__((noinline)) static ULONG64 BigFrame(ULONG64 Seed)
{
    volatile UCHAR Buffer[100000];

    for (ULONG i = 0; i < sizeof(Buffer); i += 1000) {
        Buffer[i] = (UCHAR)(Seed + i);
    }
    return Buffer[99000];
}

static BOOLEAN MemoryIsRight(ULONG Length, ULONG From, ULONG To)
{
    static UCHAR Memory[1600], Expected[1600];

    for (ULONG i = 0; i < sizeof(Memory); i++) {
        Memory[i] = Expected[i] = (UCHAR)(i * 7 + Length);
    }
    for (ULONG i = 0; i < Length; i++) {
        *(volatile UCHAR *)&Expected[To + i] = (UCHAR)((From + i) * 7 + Length);
    }
    memmove(Memory + To, Memory + From, Length);
    for (ULONG i = 0; i < sizeof(Memory); i++) {
        if (Memory[i] != Expected[i]) {
            return FALSE;
        }
    }
    memset(Memory + To, 0x5A, Length);
    for (ULONG i = 0; i < sizeof(Memory); i++) {
        if (Memory[i] != (i >= To && i < To + Length ? 0x5A : Expected[i])) {
            return FALSE;
        }
    }
    memcpy(Memory, Expected, sizeof(Memory));
    return memcmp(Memory, Expected, Length) == 0;
}

static ULONG64 CaseMemory(void)
{
    // Short ones, and some on both sides of where the processor's own copying begins.
    for (ULONG Length = 0; Length < 1500; Length += Length < 130 ? 1 : 127) {
        for (ULONG To = 0; To < 70; To++) {
            if (!MemoryIsRight(Length, 33, To)) {
                return (ULONG64)Length << 32 | To;
            }
        }
    }
    return memcmp("abc", "abd", 3) < 0 && memcmp("abd", "abc", 3) > 0 ? 1 : 2;
}

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    switch (Number) {
    case InlineReadIrql:
        return CaseReadIrql();
    case InlineWriteIrql:
        return CaseWriteIrql();
    case InlineLowerRunsDpc:
        return CaseLowerRunsDpc();
    case InlineCurrentThread:
        return GsThread() == (ULONG64)KeGetCurrentThread() && GsThread() != 0;
    case InlineProcessor:
        return CaseProcessor();
    case InlineProcessors:
        return CaseProcessors();
    case InlineSharedData:
        return CaseSharedData();
    case InlineSharedForms:
        return CaseSharedForms();
    case InlineFastFail:
        RtlFailFast((ULONG)Argument);
    case InlineListCorrupt:
        return CaseListCorrupt();
    case InlineBreakpoint:
    case InlineAssertion:
    case InlineDivide:
        return CaseCatch(Number);
    case InlineBreakUncaught:
        Break();
        return 0;
    case InlineAssertUncaught:
        Assert();
        return 0;
    case InlineUndefined:
        __asm__ volatile("ud2");
        return 0;
    case InlineSharedHigh:
        __asm__ volatile("movb (%0), %%ah" : : "b"(SHARED + 0x26C) : "rax");
        return 0;
    case InlinePrivileged:
        __asm__ volatile("cli");
        return 0;
    case InlineStack:
        return BigFrame(Argument);
    case InlineMemory:
        return CaseMemory();
    case InlineWriteWrong:
        WriteCr8(Argument);
        return 0;
    case InlineLowerFault:
        return CaseLowerFault();
    case InlineVectors:
        return CaseVectors();
    case InlineDirection:
        return CaseDirection();
    case InlineOverflow:
        return Overflow(Argument);
    case InlineGsSelf:
        return GsSelf();
    default:
        return MAXULONG;
    }
}

void CaseUnload(void)
{
}

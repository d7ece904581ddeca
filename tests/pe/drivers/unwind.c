// SPDX-License-Identifier: MIT

// The unwinder as a driver can call it. The headers do not declare most of it.

#include "unwind.h"

#include "device.h"

typedef struct RECORD {
    NTSTATUS Code;
    ULONG Flags;
    struct RECORD *Record;
    PVOID Address;
    ULONG ParameterCount;
    ULONG_PTR Parameters[15];
} RECORD;

typedef struct FULL_CONTEXT { // CONTEXT
    ULONG64 Home[6];
    ULONG Flags, MxCsr;
    USHORT Segments[6];
    ULONG EFlags;
    ULONG64 Debug[6];
    ULONG64 Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15, Rip;
    UCHAR X87[160];
    struct {
        ULONG64 Low, High;
    } Xmm[16];
    UCHAR Rest[560];
} __attribute__((aligned(16))) FULL_CONTEXT;

C_ASSERT(sizeof(FULL_CONTEXT) == 0x4D0);
C_ASSERT(__builtin_offsetof(FULL_CONTEXT, Xmm) == 0x1A0);

typedef struct POINTERS {
    RECORD *Record;
    FULL_CONTEXT *Context;
} POINTERS;

typedef struct ENTRY {
    ULONG Begin, End, Unwind;
} ENTRY;

#define EXCEPTION_HANDLER 1u
#define UNWIND_HANDLER 2u
#define FRAMES 64

NTSYSAPI void NTAPI RtlRestoreContext(FULL_CONTEXT *Context, RECORD *Record);
NTSYSAPI const ENTRY *NTAPI RtlLookupFunctionEntry(ULONG64 Pc, ULONG64 *ImageBase, PVOID History);
NTSYSAPI PVOID NTAPI RtlVirtualUnwind(ULONG Type, ULONG64 ImageBase, ULONG64 Pc, const ENTRY *Entry,
                                      FULL_CONTEXT *Context, PVOID *Data, ULONG64 *Establisher,
                                      PVOID Pointers);
NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID Pc, PVOID *Base);
NTSYSAPI void NTAPI RtlUnwind(PVOID Frame, PVOID Ip, RECORD *Record, PVOID Value);
NTSYSAPI void NTAPI RtlUnwindEx(PVOID Frame, PVOID Ip, RECORD *Record, PVOID Value,
                                FULL_CONTEXT *Context, PVOID History);
NTSYSAPI void NTAPI RtlRaiseException(RECORD *Record);

static volatile ULONG64 Trace; // one hexadecimal digit for each event

__attribute__((noinline)) static void Note(ULONG Digit)
{
    Trace = Trace << 4 | Digit;
}

static void Capture(FULL_CONTEXT *Context)
{
    RtlCaptureContext((PCONTEXT)Context);
}

static ULONG64 CaseRestore(void)
{
    FULL_CONTEXT Context;
    volatile ULONG64 Rounds = 0;

    RtlCaptureContext((PCONTEXT)&Context);
    Rounds = Rounds + 1;
    if (Rounds < 3) {
        RtlRestoreContext(&Context, NULL);
    }
    return Rounds == 3;
}

// Sets known values, captures, and gives a bit for each that is another one in the context.
ULONG64 CheckCapture(FULL_CONTEXT *Context);
__asm__(".globl CheckCapture\n"
        ".seh_proc CheckCapture\n"
        "CheckCapture:\n"
        "    push %rbx\n    .seh_pushreg %rbx\n"
        "    push %rsi\n    .seh_pushreg %rsi\n"
        "    push %rdi\n    .seh_pushreg %rdi\n"
        "    push %r12\n    .seh_pushreg %r12\n"
        "    push %r13\n    .seh_pushreg %r13\n"
        "    sub $48, %rsp\n    .seh_stackalloc 48\n"
        "    movaps %xmm6, 32(%rsp)\n    .seh_savexmm %xmm6, 32\n"
        "    .seh_endprologue\n"
        "    mov %rcx, %rbx\n"
        "    mov $0x1002, %esi\n    mov $0x1003, %edi\n    mov $0x1004, %r12d\n"
        "    mov $0x1005, %r13d\n    mov $0x1006, %edx\n    mov $0x1007, %r9d\n"
        "    mov $0x2006, %eax\n    movq %rax, %xmm6\n    movq %rax, %xmm3\n"
        "    call *__imp_RtlCaptureContext(%rip)\n"
        "1:  lea 1b(%rip), %rcx\n"
        "    xor %eax, %eax\n"
        "    cmp %rcx, 0xF8(%rbx)\n    je 2f\n    or $1, %eax\n2:\n"
        "    cmp %rsp, 0x98(%rbx)\n    je 2f\n    or $2, %eax\n2:\n"
        "    cmp %rbx, 0x90(%rbx)\n    je 2f\n    or $4, %eax\n2:\n"
        "    cmpq $0x1002, 0xA8(%rbx)\n    je 2f\n    or $8, %eax\n2:\n"
        "    cmpq $0x1003, 0xB0(%rbx)\n    je 2f\n    or $16, %eax\n2:\n"
        "    cmpq $0x1004, 0xD8(%rbx)\n    je 2f\n    or $32, %eax\n2:\n"
        "    cmpq $0x1005, 0xE0(%rbx)\n    je 2f\n    or $64, %eax\n2:\n"
        "    cmpq $0x1006, 0x88(%rbx)\n    je 2f\n    or $128, %eax\n2:\n"
        "    cmpq $0x1007, 0xC0(%rbx)\n    je 2f\n    or $256, %eax\n2:\n"
        "    cmpq $0x2006, 0x1A0+6*16(%rbx)\n    je 2f\n    or $512, %eax\n2:\n"
        "    cmpq $0x2006, 0x1A0+3*16(%rbx)\n    je 2f\n    or $1024, %eax\n2:\n"
        "    cmpl $0x10000B, 0x30(%rbx)\n    je 2f\n    or $2048, %eax\n2:\n"
        "    movaps 32(%rsp), %xmm6\n"
        "    add $48, %rsp\n"
        "    pop %r13\n    pop %r12\n    pop %rdi\n    pop %rsi\n    pop %rbx\n"
        "    ret\n"
        ".seh_endproc\n");

static ULONG64 CaseCaptured(void)
{
    FULL_CONTEXT Context;

    return CheckCapture(&Context);
}

// Return addresses from the caller of this function on.
__attribute__((noinline)) static ULONG WalkByHand(PVOID *Frames, ULONG Max)
{
    FULL_CONTEXT Context;
    ULONG Count = 0;

    Capture(&Context);
    while (Count < Max) {
        ULONG64 Base, Establisher;
        PVOID Data;
        const ENTRY *Entry = RtlLookupFunctionEntry(Context.Rip, &Base, NULL);
        if (Entry == NULL) {
            break;
        }
        RtlVirtualUnwind(0, Base, Context.Rip, Entry, &Context, &Data, &Establisher, NULL);
        if (Context.Rip == 0) {
            break;
        }
        Frames[Count++] = (PVOID)Context.Rip;
    }
    return Count;
}

// Both begin with different places in this function, and go on with the same ones outside of it.
static ULONG64 CaseWalk(void)
{
    PVOID Walked[FRAMES], Captured[FRAMES];
    ULONG Count = WalkByHand(Walked, FRAMES);
    ULONG Hash = 0, Sum = 0;
    USHORT Length = RtlCaptureStackBackTrace(0, FRAMES, Captured, &Hash);

    if (Length < 8 || Length != Count) {
        return (ULONG64)Length << 32 | Count;
    }
    for (ULONG i = 0; i < Length; i++) {
        Sum += (ULONG)(ULONG_PTR)Captured[i];
        if (i != 0 && Walked[i] != Captured[i]) {
            return 0x100 + i;
        }
    }
    return Hash == Sum && Captured[0] != Captured[1] && Captured[0] != Walked[0];
}

static ULONG64 CaseWalkSkips(void)
{
    PVOID All[FRAMES], Some[FRAMES] = {0};
    USHORT Length = RtlCaptureStackBackTrace(0, FRAMES, All, NULL);

    if (RtlCaptureStackBackTrace(2, 3, Some, NULL) != 3 || Some[0] != All[2] || Some[2] != All[4] ||
        Some[3] != NULL) {
        return 2;
    }
    if (RtlCaptureStackBackTrace(1000, FRAMES, Some, NULL) != 0 ||
        RtlCaptureStackBackTrace(0, 0, Some, NULL) != 0) {
        return 3;
    }
    if (RtlWalkFrameChain(Some, FRAMES, 0) != Length || Some[1] != All[1] ||
        RtlWalkFrameChain(Some, 2, 1 << 8) != 2 || Some[0] != All[1]) {
        return 4;
    }
    return RtlWalkFrameChain(Some, FRAMES, 1) == 0;
}

static PVOID HandlerOfCaller(ULONG Type, ULONG Callers, PVOID *Data)
{
    FULL_CONTEXT Context;
    PVOID Handler = NULL;
    ULONG64 Base, Establisher;

    Capture(&Context);
    for (ULONG i = 0; i <= Callers; i++) {
        const ENTRY *Entry = RtlLookupFunctionEntry(Context.Rip, &Base, NULL);
        Handler = RtlVirtualUnwind(Type, Base, Context.Rip, Entry, &Context, Data, &Establisher,
                                   NULL);
    }
    return Handler;
}

__attribute__((noinline)) static ULONG64 HandlersSeen(void)
{
    PVOID Data = NULL;
    PVOID Handler = HandlerOfCaller(EXCEPTION_HANDLER, 1, &Data);

    // The handler is this image's way to __C_specific_handler; the data begins with a count.
    return Handler != NULL && RtlPcToFileHeader(Handler, &(PVOID){0}) != NULL &&
           *(ULONG *)Data >= 1 && HandlerOfCaller(EXCEPTION_HANDLER, 0, &Data) == NULL &&
           HandlerOfCaller(0, 1, &Data) == NULL;
}

static ULONG64 CaseHandler(void)
{
    volatile ULONG64 Answer = 0;

    __try {
        Answer = HandlersSeen();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Answer = 2;
    }
    return Answer;
}

static ULONG64 CaseLookup(void)
{
    ULONG64 Base = 1, Own = 0;
    PVOID Header;
    PVOID *Import = (PVOID *)(ULONG_PTR)RtlCaptureContext; // of the thunk's image, or of ndishost

    if (RtlPcToFileHeader((PVOID)(ULONG_PTR)CaseLookup, &Header) != Header || Header == NULL ||
        *(USHORT *)Header != 0x5A4D) {
        return 2;
    }
    const ENTRY *Entry = RtlLookupFunctionEntry((ULONG64)CaseRun, &Own, NULL);
    if (Entry == NULL || Own != (ULONG64)Header || Own + Entry->Begin != (ULONG64)CaseRun) {
        return 3;
    }
    if (RtlLookupFunctionEntry(0x1230, &Base, NULL) != NULL || Base != 0 ||
        RtlPcToFileHeader((PVOID)0x1230, &Header) != NULL || Header != NULL) {
        return 4;
    }
    if (RtlLookupFunctionEntry((ULONG64)Import, &Base, NULL) == NULL || Base == 0) {
        return 5;
    }
    return RtlLookupFunctionEntry(Own, &Base, NULL) == NULL && Base == Own; // its header
}

static ULONG64 CaseBadUnwind(BOOLEAN WithPointers)
{
    FULL_CONTEXT Context;
    ULONG64 Base, Establisher;
    PVOID Data;
    UCHAR Pointers[256];
    const ENTRY *Other = RtlLookupFunctionEntry((ULONG64)CaseRun, &Base, NULL);

    Capture(&Context);
    const ENTRY *Own = RtlLookupFunctionEntry(Context.Rip, &Base, NULL);
    RtlVirtualUnwind(0, Base, Context.Rip, WithPointers ? Own : Other + 1, &Context, &Data,
                     &Establisher, WithPointers ? Pointers : NULL);
    return 0;
}

// Calls `Routine` with its own frame and an address in it, where an unwind comes out with a value.
ULONG64 CallWithTarget(void (*Routine)(PVOID Frame, PVOID Ip));
__asm__(".globl CallWithTarget\n"
        ".seh_proc CallWithTarget\n"
        "CallWithTarget:\n"
        "    sub $40, %rsp\n    .seh_stackalloc 40\n"
        "    .seh_endprologue\n"
        "    mov %rcx, %rax\n"
        "    mov %rsp, %rcx\n"
        "    lea 1f(%rip), %rdx\n"
        "    call *%rax\n"
        "    mov $0xBAD, %eax\n"
        "1:  add $40, %rsp\n"
        "    ret\n"
        ".seh_endproc\n");

static void UnwindHere(PVOID Frame, PVOID Ip)
{
    __try {
        RtlUnwind(Frame, Ip, NULL, (PVOID)0x42);
    } __finally {
        Note(AbnormalTermination() ? 1 : 0xF);
    }
}

static void UnwindHereEx(PVOID Frame, PVOID Ip)
{
    FULL_CONTEXT Context;
    RECORD Record = {.Code = STATUS_DATA_ERROR};

    __try {
        RtlUnwindEx(Frame, Ip, &Record, (PVOID)0x43, &Context, NULL);
    } __finally {
        Note(2);
    }
}

static void UnwindNowhere(PVOID Frame, PVOID Ip)
{
    RtlUnwind((PUCHAR)Frame + 8, Ip, NULL, NULL);
}

static ULONG64 CaseUnwindTo(void (*Routine)(PVOID Frame, PVOID Ip))
{
    Trace = 0;
    ULONG64 Value = CallWithTarget(Routine);
    return Trace << 16 | Value;
}

// As cl compiles a return out of a __try with a __finally: the scope table has the __finally, and
// _local_unwind is called in the scope.
void LocalFinally(BOOLEAN Abnormal, PVOID Frame);
void LocalFinally(BOOLEAN Abnormal, PVOID Frame)
{
    (void)Frame;
    Note(Abnormal ? 3 : 0xF);
}

ULONG64 LeaveByLocalUnwind(void);
__asm__(".globl LeaveByLocalUnwind\n"
        ".seh_proc LeaveByLocalUnwind\n"
        ".seh_handler __C_specific_handler, @unwind, @except\n"
        "LeaveByLocalUnwind:\n"
        "    sub $40, %rsp\n    .seh_stackalloc 40\n"
        "    .seh_endprologue\n"
        "1:  mov %rsp, %rcx\n"
        "    lea 3f(%rip), %rdx\n"
        "    call *__imp__local_unwind(%rip)\n"
        "    int3\n"
        "2:  mov $0xBAD, %eax\n"
        "    jmp 4f\n"
        "3:  mov $0x44, %eax\n"
        "4:  add $40, %rsp\n"
        "    ret\n"
        ".seh_handlerdata\n"
        "    .long 1\n"
        "    .long 1b@IMGREL, 2b@IMGREL, LocalFinally@IMGREL, 0\n"
        ".text\n"
        ".seh_endproc\n");

static ULONG64 CaseLocal(void)
{
    Trace = 0;
    ULONG64 Value = LeaveByLocalUnwind();
    return Trace << 16 | Value;
}

__attribute__((noinline)) static void RaiseRecord(NTSTATUS Code)
{
    RECORD Record = {.Code = Code, .ParameterCount = 2, .Parameters = {7, 8}};

    RtlRaiseException(&Record);
    Note(6);
}

__attribute__((noinline)) static LONG SeeRecord(const POINTERS *Pointers)
{
    const RECORD *Record = Pointers->Record;
    PVOID Base;

    Note(Record->Code == STATUS_DATA_ERROR && Record->Flags == 0 && Record->ParameterCount == 2 &&
                 Record->Parameters[1] == 8 && RtlPcToFileHeader(Record->Address, &Base) != NULL
             ? 5
             : 0xF);
    return EXCEPTION_EXECUTE_HANDLER;
}

static ULONG64 CaseRaise(void)
{
    Trace = 0;
    __try {
        RaiseRecord(STATUS_DATA_ERROR);
    } __except (SeeRecord((POINTERS *)GetExceptionInformation())) {
        Note(GetExceptionCode() == STATUS_DATA_ERROR ? 7 : 0xF);
    }
    return Trace;
}

static ULONG64 CaseRaiseContinue(void)
{
    Trace = 0;
    __try {
        RaiseRecord(STATUS_DATA_ERROR);
        Note(8);
    } __except (EXCEPTION_CONTINUE_EXECUTION) {
        Note(0xF);
    }
    return Trace;
}

static ULONG64 CaseRestoreRecord(void)
{
    FULL_CONTEXT Context;
    RECORD Record = {.Code = STATUS_DATA_ERROR};

    Capture(&Context);
    RtlRestoreContext(&Context, &Record);
    return 0;
}

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    switch (Number) {
    case UnwindRestore:
        return CaseRestore();
    case UnwindCaptured:
        return CaseCaptured();
    case UnwindWalk:
        return CaseWalk();
    case UnwindWalkSkips:
        return CaseWalkSkips();
    case UnwindHandler:
        return CaseHandler();
    case UnwindLookup:
        return CaseLookup();
    case UnwindWrongEntry:
        return CaseBadUnwind(FALSE);
    case UnwindPointers:
        return CaseBadUnwind(TRUE);
    case UnwindToTarget:
        return CaseUnwindTo(UnwindHere);
    case UnwindToTargetEx:
        return CaseUnwindTo(UnwindHereEx);
    case UnwindNoTarget:
        return CaseUnwindTo(UnwindNowhere);
    case UnwindLocal:
        return CaseLocal();
    case UnwindRaise:
        return CaseRaise();
    case UnwindRaiseContinue:
        return CaseRaiseContinue();
    case UnwindRaiseUncaught:
        RaiseRecord((NTSTATUS)Argument);
        return 0;
    case UnwindRestoreRecord:
        return CaseRestoreRecord();
    default:
        return MAXULONG;
    }
}

void CaseUnload(void)
{
}

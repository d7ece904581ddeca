// SPDX-License-Identifier: MIT

// Structured exceptions as clang compiles them for Windows. It guards the calls in a __try and not
// other instructions, so each fault has a function of its own.

#include "seh.h"

#include "device.h"

typedef struct RECORD {
    NTSTATUS Code;
    ULONG Flags;
    struct RECORD *Record;
    PVOID Address;
    ULONG ParameterCount;
    ULONG_PTR Parameters[15];
} RECORD;

typedef struct POINTERS {
    RECORD *Record;
    UCHAR *Context;
} POINTERS;

#define CONTEXT_RCX 0x80 /* offset */

static volatile ULONG64 Trace; // one hexadecimal digit for each event
static volatile ULONG64 Sink;

static void Note(ULONG Digit)
{
    Trace = Trace << 4 | Digit;
}

__attribute__((noinline)) static ULONG64 ReadAt(ULONG64 Address)
{
    return *(volatile ULONG64 *)Address;
}

__attribute__((noinline)) static void Raise(NTSTATUS Status)
{
    if (!NT_SUCCESS(Status)) {
        ExRaiseStatus(Status);
    }
}

static ULONG64 CaseRaise(NTSTATUS Status)
{
    __try {
        Raise(Status);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

static ULONG64 CaseProbe(ULONG64 Address)
{
    __try {
        ProbeForRead((PVOID)Address, 16, 8);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

static ULONG64 CaseFault(ULONG64 Address)
{
    __try {
        return ReadAt(Address);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER
                                                              : EXCEPTION_CONTINUE_SEARCH) {
        return (ULONG)GetExceptionCode();
    }
}

// Each frame keeps values in registers and on the stack over the call.
__attribute__((noinline)) static ULONG64 Descend(ULONG64 Depth, ULONG64 A, ULONG64 B)
{
    volatile UCHAR Local[200];

    Local[Depth % 200] = (UCHAR)A;
    if (Depth == 0) {
        Raise(STATUS_DATA_ERROR);
        return 0;
    }
    return Descend(Depth - 1, A * 3 + B, B ^ A) + A + Local[Depth % 200];
}

static ULONG64 CaseDeep(ULONG64 Depth)
{
    volatile ULONG64 Before = Depth + 7;

    __try {
        Sink = Descend(Depth, 1, 2);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode() == STATUS_DATA_ERROR ? Before : 0;
    }
    return 0;
}

__attribute__((noinline)) static LONG NoteFilter(ULONG Digit, LONG Answer)
{
    Note(Digit);
    return Answer;
}

__attribute__((noinline)) static void FinallyInner(void)
{
    __try {
        Note(1);
        Raise(STATUS_DATA_ERROR);
    } __finally {
        Note(AbnormalTermination() ? 3 : 0xF);
    }
}

static ULONG64 CaseFinally(void)
{
    Trace = 0;
    __try {
        __try {
            FinallyInner();
        } __finally {
            Note(4);
        }
    } __except (NoteFilter(2, EXCEPTION_EXECUTE_HANDLER)) {
        Note(5);
    }
    __try {
        Note(6);
    } __finally {
        Note(AbnormalTermination() ? 0xF : 7);
    }
    return Trace;
}

static ULONG64 CaseNested(void)
{
    Trace = 0;
    __try {
        __try {
            Raise(STATUS_DATA_ERROR);
        } __except (NoteFilter(1, EXCEPTION_CONTINUE_SEARCH)) {
            Note(0xF);
        }
    } __except (NoteFilter(2, EXCEPTION_EXECUTE_HANDLER)) {
        Note(3);
    }
    return Trace;
}

static ULONG64 CaseRaiseInHandler(void)
{
    Trace = 0;
    __try {
        __try {
            Raise(STATUS_DATA_ERROR);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            Note(1);
            Raise(STATUS_DEVICE_BUSY);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Note(GetExceptionCode() == STATUS_DEVICE_BUSY ? 2 : 0xF);
    }
    return Trace;
}

// Two functions: clang would list the outer __finally for the code of the inner one, too, and
// Windows run it twice.
__attribute__((noinline)) static void RaisingFinally(void)
{
    __try {
        Raise(STATUS_DATA_ERROR);
    } __finally {
        Note(1);
        Raise(STATUS_DEVICE_BUSY);
    }
}

__attribute__((noinline)) static void AroundRaisingFinally(void)
{
    __try {
        RaisingFinally();
    } __finally {
        Note(3);
    }
}

static ULONG64 CaseRaiseInFinally(void)
{
    Trace = 0;
    __try {
        __try {
            AroundRaisingFinally();
        } __except (NoteFilter(8, GetExceptionCode() == STATUS_DATA_ERROR
                                      ? EXCEPTION_EXECUTE_HANDLER
                                      : EXCEPTION_CONTINUE_SEARCH)) {
            Note(0xF);
        }
    } __except (NoteFilter(2, EXCEPTION_EXECUTE_HANDLER)) {
        Note(GetExceptionCode() == STATUS_DEVICE_BUSY ? 4 : 0xE);
    }
    return Trace;
}

__attribute__((noinline)) static LONG RaisingFilter(void)
{
    __try {
        Raise(STATUS_DEVICE_BUSY);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Note(1);
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

static ULONG64 CaseRaiseInFilter(ULONG64 Address)
{
    Trace = 0;
    __try {
        Sink = ReadAt(Address);
    } __except (RaisingFilter()) {
        Note(GetExceptionCode() == STATUS_ACCESS_VIOLATION ? 2 : 0xF);
    }
    return Trace;
}

// ReadAt has its argument in rcx.
__attribute__((noinline)) static LONG Repair(POINTERS *Pointers, ULONG64 *Good)
{
    *(ULONG64 **)(Pointers->Context + CONTEXT_RCX) = Good;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static ULONG64 CaseContinue(ULONG64 Address)
{
    ULONG64 Good = 0x600D;

    __try {
        return ReadAt(Address);
    } __except (Repair((POINTERS *)GetExceptionInformation(), &Good)) {
        return 1;
    }
}

static ULONG64 CaseContinueFromRaise(void)
{
    __try {
        Raise(STATUS_DATA_ERROR);
    } __except (EXCEPTION_CONTINUE_EXECUTION) {
        return 1;
    }
    return 2;
}

__attribute__((noinline)) static LONG Inspect(const POINTERS *Pointers, ULONG64 Address,
                                              ULONG64 *Answer)
{
    const RECORD *Record = Pointers->Record;

    *Answer = Record->Code == STATUS_ACCESS_VIOLATION && Record->Flags == 0 &&
              Record->ParameterCount == 2 && Record->Parameters[0] == 0 &&
              Record->Parameters[1] == Address &&
              *(ULONG64 *)(Pointers->Context + CONTEXT_RCX) == Address &&
              *(PVOID *)(Pointers->Context + 0xF8) == Record->Address &&
              (ULONG64)Record->Address - (ULONG64)ReadAt < 64;
    return EXCEPTION_EXECUTE_HANDLER;
}

static ULONG64 CaseInformation(ULONG64 Address)
{
    ULONG64 Answer = 0;

    __try {
        Sink = ReadAt(Address);
    } __except (Inspect((POINTERS *)GetExceptionInformation(), Address, &Answer)) {
        return Answer;
    }
    return 0;
}

static ULONG64 CaseLockPages(ULONG64 Address)
{
    volatile ULONG64 Answer = 0;
    PMDL Mdl = IoAllocateMdl((PVOID)Address, 8192, FALSE, FALSE, NULL);

    if (Mdl == NULL) {
        return 0;
    }
    __try {
        MmProbeAndLockPages(Mdl, UserMode, IoReadAccess);
        MmUnlockPages(Mdl);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Answer = (ULONG)GetExceptionCode();
    }
    IoFreeMdl(Mdl);
    return Answer;
}

static KSTART_ROUTINE WorkerThread;
static ULONG64 WorkerAnswer;

_Use_decl_annotations_ static VOID WorkerThread(PVOID Context)
{
    WorkerAnswer =
        CaseDeep(20) == 27 && CaseFault((ULONG64)Context) == (ULONG)STATUS_ACCESS_VIOLATION ? 1 : 0;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static ULONG64 RunThread(PKSTART_ROUTINE Routine, ULONG64 Address)
{
    HANDLE Handle;
    PVOID Thread;

    WorkerAnswer = 0;
    if (!NT_SUCCESS(PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine,
                                         (PVOID)Address))) {
        return 0;
    }
    if (NT_SUCCESS(ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                             &Thread, NULL))) {
        KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(Thread);
    }
    ZwClose(Handle);
    return WorkerAnswer;
}

static IO_CSQ_ACQUIRE_LOCK RaiseFromCallback;

_Use_decl_annotations_ static VOID RaiseFromCallback(PIO_CSQ Csq, PKIRQL Irql)
{
    (void)Csq, (void)Irql;
    __try {
        Raise(STATUS_DATA_ERROR);
    } __finally {
        Note(1);
    }
}

// ndishost calls the routine before anything else.
static ULONG64 CaseThroughLinux(void)
{
    static IO_CSQ Csq;

    Trace = 0;
    if (!NT_SUCCESS(IoCsqInitialize(&Csq, (PIO_CSQ_INSERT_IRP)RaiseFromCallback,
                                    (PIO_CSQ_REMOVE_IRP)RaiseFromCallback,
                                    (PIO_CSQ_PEEK_NEXT_IRP)RaiseFromCallback, RaiseFromCallback,
                                    (PIO_CSQ_RELEASE_LOCK)RaiseFromCallback,
                                    (PIO_CSQ_COMPLETE_CANCELED_IRP)RaiseFromCallback))) {
        return 0;
    }
    __try {
        IoCsqRemoveNextIrp(&Csq, NULL);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Note(GetExceptionCode() == STATUS_DATA_ERROR ? 2 : 0xF);
    }
    return Trace;
}

// Calls `Routine` with known values in every nonvolatile register and returns a bit for each that
// is another one afterwards: rbx, rsi, rdi, r12 to r15, xmm6 to xmm15.
ULONG64 CheckRegisters(ULONG64 (*Routine)(void));
__asm__(".globl CheckRegisters\n"
        ".seh_proc CheckRegisters\n"
        "CheckRegisters:\n"
        "    push %rbx\n    .seh_pushreg %rbx\n"
        "    push %rsi\n    .seh_pushreg %rsi\n"
        "    push %rdi\n    .seh_pushreg %rdi\n"
        "    push %r12\n    .seh_pushreg %r12\n"
        "    push %r13\n    .seh_pushreg %r13\n"
        "    push %r14\n    .seh_pushreg %r14\n"
        "    push %r15\n    .seh_pushreg %r15\n"
        "    sub $192, %rsp\n    .seh_stackalloc 192\n"
        "    .irp n, 6,7,8,9,10,11,12,13,14,15\n"
        "    movaps %xmm\\n, 32+16*(\\n-6)(%rsp)\n    .seh_savexmm %xmm\\n, 32+16*(\\n-6)\n"
        "    .endr\n"
        "    .seh_endprologue\n"
        "    mov %rcx, %rax\n"
        "    mov $0x1001, %ebx\n    mov $0x1002, %esi\n    mov $0x1003, %edi\n"
        "    mov $0x1004, %r12d\n    mov $0x1005, %r13d\n    mov $0x1006, %r14d\n"
        "    mov $0x1007, %r15d\n"
        "    .irp n, 6,7,8,9,10,11,12,13,14,15\n"
        "    mov $0x2000+\\n, %ecx\n    movq %rcx, %xmm\\n\n"
        "    .endr\n"
        "    call *%rax\n"
        "    xor %eax, %eax\n"
        "    cmp $0x1001, %rbx\n    je 1f\n    or $1, %eax\n1:\n"
        "    cmp $0x1002, %rsi\n    je 1f\n    or $2, %eax\n1:\n"
        "    cmp $0x1003, %rdi\n    je 1f\n    or $4, %eax\n1:\n"
        "    cmp $0x1004, %r12\n    je 1f\n    or $8, %eax\n1:\n"
        "    cmp $0x1005, %r13\n    je 1f\n    or $16, %eax\n1:\n"
        "    cmp $0x1006, %r14\n    je 1f\n    or $32, %eax\n1:\n"
        "    cmp $0x1007, %r15\n    je 1f\n    or $64, %eax\n1:\n"
        "    .irp n, 6,7,8,9,10,11,12,13,14,15\n"
        "    movq %xmm\\n, %rcx\n    cmp $0x2000+\\n, %rcx\n    je 1f\n    bts $\\n+1, %eax\n1:\n"
        "    .endr\n"
        "    .irp n, 6,7,8,9,10,11,12,13,14,15\n"
        "    movaps 32+16*(\\n-6)(%rsp), %xmm\\n\n"
        "    .endr\n"
        "    add $192, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n"
        "    pop %rdi\n    pop %rsi\n    pop %rbx\n"
        "    ret\n"
        ".seh_endproc\n");

static ULONG64 RaiseAndCatch(void)
{
    return CaseDeep(3) + CaseThroughLinux() + CaseFault(8) + CaseLockPages(0x1000);
}

static ULONG64 CaseLoop(ULONG64 Count)
{
    ULONG64 Caught = 0;

    for (ULONG64 i = 0; i < Count; i++) {
        Caught += CaseFault(16) == (ULONG)STATUS_ACCESS_VIOLATION &&
                  CaseRaise(STATUS_DATA_ERROR) == (ULONG)STATUS_DATA_ERROR;
    }
    return Caught;
}

__attribute__((noinline)) static ULONG64 LeaveEarly(ULONG64 Value)
{
    __try {
        __try {
            if (Value > 5) {
                return Value + 1;
            }
            Note(2);
        } __finally {
            Note(3);
        }
    } __finally {
        Note(4);
    }
    return 0;
}

static ULONG64 CaseLocalUnwind(void)
{
    Trace = 0;
    ULONG64 Value = LeaveEarly(6);

    return Trace << 8 | Value;
}

static ULONG64 CaseLeave(void)
{
    Trace = 0;
    __try {
        __try {
            Note(1);
            if (Trace == 1) {
                __leave;
            }
            Note(0xF);
        } __finally {
            Note(2);
        }
        Note(3);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Note(0xE);
    }
    return Trace;
}

static ULONG64 CaseGoto(void)
{
    Trace = 0;
    __try {
        __try {
            Note(1);
            if (Trace == 1) {
                goto Out;
            }
            Note(0xF);
        } __finally {
            Note(2);
        }
        Note(0xF);
    } __finally {
        Note(3);
    }
    Note(0xF);
Out:
    Note(4);
    return Trace;
}

__attribute__((noinline)) static void CollidedMiddle(void)
{
    __try {
        RaisingFinally();
    } __except (NoteFilter(2, GetExceptionCode() == STATUS_DEVICE_BUSY
                                  ? EXCEPTION_EXECUTE_HANDLER
                                  : EXCEPTION_CONTINUE_SEARCH)) {
        Note(3);
    }
    Note(4);
}

static ULONG64 CaseCollided(void)
{
    Trace = 0;
    __try {
        CollidedMiddle();
        Note(5);
    } __except (NoteFilter(6, EXCEPTION_EXECUTE_HANDLER)) {
        Note(0xF);
    }
    return Trace;
}

// Asked again about what it raises itself, as Windows does.
__attribute__((noinline)) static LONG RaisingOutFilter(ULONG64 Address)
{
    if (Trace == 0) {
        Note(1);
        if (Address == 0) {
            Raise(STATUS_DEVICE_BUSY);
        }
        Sink = ReadAt(Address);
    }
    Note(2);
    return EXCEPTION_CONTINUE_SEARCH;
}

static ULONG64 CaseFilterRaisesOut(void)
{
    Trace = 0;
    __try {
        __try {
            Raise(STATUS_DATA_ERROR);
        } __except (RaisingOutFilter(0)) {
            Note(0xF);
        }
    } __except (NoteFilter(3, EXCEPTION_EXECUTE_HANDLER)) {
        Note(GetExceptionCode() == STATUS_DEVICE_BUSY ? 4 : 0xE);
    }
    return Trace;
}

static ULONG64 CaseFilterFaultsOut(ULONG64 Address)
{
    Trace = 0;
    __try {
        __try {
            Sink = ReadAt(Address);
        } __except (RaisingOutFilter(Address + 8)) {
            Note(0xF);
        }
    } __except (NoteFilter(3, EXCEPTION_EXECUTE_HANDLER)) {
        Note(GetExceptionCode() == STATUS_ACCESS_VIOLATION ? 4 : 0xE);
    }
    return Trace;
}

__attribute__((noinline)) static void RaiseKind(ULONG Kind)
{
    if (Kind == 0) {
        ExRaiseAccessViolation();
    }
    ExRaiseDatatypeMisalignment();
}

static ULONG64 CaseRaiseFamily(ULONG Kind)
{
    __try {
        RaiseKind(Kind);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

__attribute__((noinline)) static void WriteAt(ULONG64 Address)
{
    *(volatile ULONG64 *)Address = 1;
}

static ULONG64 CaseWrite(ULONG64 Address)
{
    __try {
        WriteAt(Address);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

static ULONG64 CaseProbeForWrite(ULONG64 Address)
{
    __try {
        ProbeForWrite((PVOID)Address, 16, 8);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
    return 0;
}

__attribute__((noinline)) static ULONG64 DescendToFault(ULONG64 Depth, ULONG64 Address)
{
    volatile UCHAR Local[100];

    Local[Depth] = (UCHAR)Depth;
    return Depth == 0 ? ReadAt(Address) : DescendToFault(Depth - 1, Address) + Local[Depth];
}

static ULONG64 CaseDeepFault(ULONG64 Address)
{
    __try {
        return DescendToFault(20, Address);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return (ULONG)GetExceptionCode();
    }
}

typedef struct WORK {
    KEVENT Done;
    ULONG64 Address;
    ULONG64 Answer;
} WORK;

static IO_WORKITEM_ROUTINE WorkItem;

_Use_decl_annotations_ static VOID WorkItem(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    WORK *Work = Context;

    (void)DeviceObject;
    Work->Answer = CaseDeep(20) == 27 && CaseFault(Work->Address) == (ULONG)STATUS_ACCESS_VIOLATION;
    KeSetEvent(&Work->Done, IO_NO_INCREMENT, FALSE);
}

static ULONG64 CaseInWorkItem(ULONG64 Address)
{
    PIO_WORKITEM Item = IoAllocateWorkItem(CaseDevice());
    WORK Work = {.Address = Address};

    if (Item == NULL) {
        return 0;
    }
    KeInitializeEvent(&Work.Done, NotificationEvent, FALSE);
    IoQueueWorkItem(Item, WorkItem, DelayedWorkQueue, &Work);
    KeWaitForSingleObject(&Work.Done, Executive, KernelMode, FALSE, NULL);
    IoFreeWorkItem(Item);
    return Work.Answer;
}

static KSTART_ROUTINE FaultingThread;

_Use_decl_annotations_ static VOID FaultingThread(PVOID Context)
{
    Sink = ReadAt((ULONG64)Context);
}

static KDEFERRED_ROUTINE FaultingDpc;

_Use_decl_annotations_ static VOID FaultingDpc(PKDPC Dpc, PVOID Context, PVOID Argument1,
                                               PVOID Argument2)
{
    (void)Dpc, (void)Argument1, (void)Argument2;
    __try {
        Sink = ReadAt((ULONG64)Context);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Note(0xF);
    }
}

static ULONG64 CaseFaultInDpc(ULONG64 Address)
{
    static KDPC Dpc;
    KIRQL OldIrql;

    KeInitializeDpc(&Dpc, FaultingDpc, (PVOID)Address);
    OldIrql = KfRaiseIrql(DISPATCH_LEVEL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    KeLowerIrql(OldIrql);
    return 0;
}

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    switch (Number) {
    case SehRaise:
        return CaseRaise((NTSTATUS)Argument);
    case SehRaiseUncaught:
        Raise((NTSTATUS)Argument);
        return 0;
    case SehProbe:
        return CaseProbe(Argument);
    case SehFault:
        return CaseFault(Argument);
    case SehFaultUncaught:
        return ReadAt(Argument);
    case SehDeep:
        return CaseDeep(Argument);
    case SehFinally:
        return CaseFinally();
    case SehNested:
        return CaseNested();
    case SehRaiseInHandler:
        return CaseRaiseInHandler();
    case SehRaiseInFinally:
        return CaseRaiseInFinally();
    case SehRaiseInFilter:
        return CaseRaiseInFilter(Argument);
    case SehContinue:
        return CaseContinue(Argument);
    case SehInformation:
        return CaseInformation(Argument);
    case SehLockPages:
        return CaseLockPages(Argument);
    case SehInWorker:
        return RunThread(WorkerThread, Argument);
    case SehThroughLinux:
        return CaseThroughLinux();
    case SehRegisters:
        return CheckRegisters(RaiseAndCatch);
    case SehLoop:
        return CaseLoop(Argument);
    case SehLocalUnwind:
        return CaseLocalUnwind();
    case SehContinueFromRaise:
        return CaseContinueFromRaise();
    case SehLeave:
        return CaseLeave();
    case SehGoto:
        return CaseGoto();
    case SehCollided:
        return CaseCollided();
    case SehFilterRaisesOut:
        return CaseFilterRaisesOut();
    case SehFilterFaultsOut:
        return CaseFilterFaultsOut(Argument);
    case SehRaiseFamily:
        return CaseRaiseFamily((ULONG)Argument);
    case SehInWorkItem:
        return CaseInWorkItem(Argument);
    case SehUncaughtInThread:
        return RunThread(FaultingThread, Argument);
    case SehFaultInDpc:
        return CaseFaultInDpc(Argument);
    case SehWrite:
        return CaseWrite(Argument);
    case SehProbeForWrite:
        return CaseProbeForWrite(Argument);
    case SehDeepFault:
        return CaseDeepFault(Argument);
    default:
        return MAXULONG;
    }
}

void CaseUnload(void)
{
}

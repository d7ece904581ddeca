// SPDX-License-Identifier: MIT
#pragma once

// The structures of exceptions on x64, as drivers see them in filters (the headers of drivers do
// not need them).

#include <ntddk.h>

typedef struct PE_XMM {
    ULONG64 Low, High;
} __attribute__((aligned(16))) PE_XMM;

typedef struct PE_CONTEXT { // CONTEXT
    ULONG64 Home[6];
    ULONG Flags;
    ULONG MxCsr;
    USHORT Segments[6];
    ULONG EFlags;
    ULONG64 Debug[6];
    ULONG64 Integer[16]; // PE_RAX ...
    ULONG64 Rip;
    UCHAR X87[160];
    PE_XMM Xmm[16];
    UCHAR Reserved[96];
    PE_XMM Vector[26];
    ULONG64 Control[6];
} PE_CONTEXT;

enum { PE_RAX, PE_RCX, PE_RDX, PE_RBX, PE_RSP, PE_RBP, PE_RSI, PE_RDI, PE_R8, PE_R12 = 12 };
#define PE_CONTEXT_FULL 0x10000B // AMD64 | control | integer | floating point

typedef struct PE_RECORD { // EXCEPTION_RECORD
    NTSTATUS Code;
    ULONG Flags;
    struct PE_RECORD *Record;
    PVOID Address;
    ULONG ParameterCount;
    ULONG_PTR Parameters[15];
} PE_RECORD;

typedef struct PE_POINTERS { // EXCEPTION_POINTERS
    PE_RECORD *Record;
    PE_CONTEXT *Context;
} PE_POINTERS;

typedef struct PE_DISPATCH PE_DISPATCH;

typedef enum PE_DISPOSITION {
    PeContinueExecution,
    PeContinueSearch,
} PE_DISPOSITION;

typedef PE_DISPOSITION NTAPI PE_HANDLER(PE_RECORD *Record, PVOID Frame, PE_CONTEXT *Context,
                                        PE_DISPATCH *Dispatch);

struct PE_DISPATCH { // DISPATCHER_CONTEXT
    ULONG64 ControlPc;
    ULONG64 ImageBase;
    const void *FunctionEntry;
    ULONG64 EstablisherFrame;
    ULONG64 TargetIp;
    PE_CONTEXT *Context;
    PE_HANDLER *LanguageHandler;
    PVOID HandlerData;
    PVOID History;
    ULONG ScopeIndex;
    ULONG Fill;
};

_Static_assert(sizeof(PE_CONTEXT) == 0x4D0, "");
_Static_assert(offsetof(PE_CONTEXT, Integer) == 0x78, "");
_Static_assert(offsetof(PE_CONTEXT, Rip) == 0xF8, "");
_Static_assert(offsetof(PE_CONTEXT, Xmm) == 0x1A0, "");
_Static_assert(sizeof(PE_RECORD) == 0x98, "");
_Static_assert(sizeof(PE_DISPATCH) == 80, "");

// machine.c. The caller's registers as they will be when it returns; RAX and the like are not among
// them.
void PeContextCapture(PE_CONTEXT *Context);
// Loads every register. Writes up to 160 bytes below the new stack pointer, beyond Linux's red
// zone.
__attribute__((noreturn)) void PeContextRestore(const PE_CONTEXT *Context);

// Memory that may not be there. FALSE: it is not.
BOOLEAN PeRead(const void *From, void *To, SIZE_T Length);

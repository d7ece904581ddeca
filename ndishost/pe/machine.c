// SPDX-License-Identifier: MIT

// Registers into memory and back, and reading memory that may not be there.

#define _GNU_SOURCE

#include "context.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../nt/sim.h"

#define OFFSET_FLAGS "0x30"
#define OFFSET_MXCSR "0x34"
#define OFFSET_EFLAGS "0x44"
#define CONTEXT_FULL "0x10000B"

_Static_assert(offsetof(PE_CONTEXT, Flags) == 0x30, "");
_Static_assert(PE_CONTEXT_FULL == 0x10000B, "");
_Static_assert(offsetof(PE_CONTEXT, EFlags) == 0x44, "");
_Static_assert(offsetof(PE_CONTEXT, MxCsr) == 0x34, "");

// save_context: the registers of the caller, as they will be when this function returns. Loses rax.
__asm__(".macro save_context base\n"
        "    mov %rax, 0x78(\\base)\n"
        "    mov %rcx, 0x80(\\base)\n"
        "    mov %rdx, 0x88(\\base)\n"
        "    mov %rbx, 0x90(\\base)\n"
        "    lea 8(%rsp), %rax\n"
        "    mov %rax, 0x98(\\base)\n"
        "    mov %rbp, 0xA0(\\base)\n"
        "    mov %rsi, 0xA8(\\base)\n"
        "    mov %rdi, 0xB0(\\base)\n"
        "    mov %r8, 0xB8(\\base)\n"
        "    mov %r9, 0xC0(\\base)\n"
        "    mov %r10, 0xC8(\\base)\n"
        "    mov %r11, 0xD0(\\base)\n"
        "    mov %r12, 0xD8(\\base)\n"
        "    mov %r13, 0xE0(\\base)\n"
        "    mov %r14, 0xE8(\\base)\n"
        "    mov %r15, 0xF0(\\base)\n"
        "    mov (%rsp), %rax\n"
        "    mov %rax, 0xF8(\\base)\n"
        "    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "    movups %xmm\\n, 0x1A0+16*\\n(\\base)\n"
        "    .endr\n"
        "    stmxcsr " OFFSET_MXCSR "(\\base)\n"
        "    pushfq\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    pop %rax\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    mov %eax, " OFFSET_EFLAGS "(\\base)\n"
        ".endm\n"
        ".text\n"
        ".globl PeContextCapture\n"
        ".type PeContextCapture, @function\n"
        "PeContextCapture:\n"
        "    .cfi_startproc\n"
        "    save_context %rdi\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size PeContextCapture, . - PeContextCapture\n"
        // What images import. The caller's stack pointer and address are those after the call.
        ".globl RtlCaptureContext\n"
        ".type RtlCaptureContext, @function\n"
        "RtlCaptureContext:\n"
        "    .cfi_startproc\n"
        "    save_context %rcx\n"
        "    movl $" CONTEXT_FULL ", " OFFSET_FLAGS "(%rcx)\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size RtlCaptureContext, . - RtlCaptureContext\n"
        ".globl PeContextRestore\n"
        ".type PeContextRestore, @function\n"
        // The new rip, flags and rdi are written below the new stack's red zone and taken there.
        "PeContextRestore:\n"
        "    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "    movups 0x1A0+16*\\n(%rdi), %xmm\\n\n"
        "    .endr\n"
        "    ldmxcsr " OFFSET_MXCSR "(%rdi)\n"
        "    mov 0x98(%rdi), %rax\n"
        "    sub $152, %rax\n"
        "    mov 0xF8(%rdi), %rcx\n"
        "    mov %rcx, 16(%rax)\n"
        "    mov " OFFSET_EFLAGS "(%rdi), %ecx\n"
        "    mov %rcx, 8(%rax)\n"
        "    mov 0xB0(%rdi), %rcx\n"
        "    mov %rcx, (%rax)\n"
        "    mov 0x80(%rdi), %rcx\n"
        "    mov 0x88(%rdi), %rdx\n"
        "    mov 0x90(%rdi), %rbx\n"
        "    mov 0xA0(%rdi), %rbp\n"
        "    mov 0xA8(%rdi), %rsi\n"
        "    mov 0xB8(%rdi), %r8\n"
        "    mov 0xC0(%rdi), %r9\n"
        "    mov 0xC8(%rdi), %r10\n"
        "    mov 0xD0(%rdi), %r11\n"
        "    mov 0xD8(%rdi), %r12\n"
        "    mov 0xE0(%rdi), %r13\n"
        "    mov 0xE8(%rdi), %r14\n"
        "    mov 0xF0(%rdi), %r15\n"
        "    mov %rax, %rsp\n"
        "    mov 0x78(%rdi), %rax\n"
        "    pop %rdi\n"
        "    popfq\n"
        "    ret $128\n"
        ".size PeContextRestore, . - PeContextRestore\n");

// On the thread's own stack, in frames that are still there. A thread that never asked for its
// bounds, or that is on its stack for signals, does not know.
static BOOLEAN IsOwnStack(ULONG_PTR From, SIZE_T Length)
{
    const SIM_THREAD *Self = SimCurrentThread();
    ULONG_PTR Here = (ULONG_PTR)__builtin_frame_address(0);

    return Here >= Self->StackLow && From >= Here && From < Self->StackHigh &&
           Length <= Self->StackHigh - From;
}

BOOLEAN PeRead(const void *From, void *To, SIZE_T Length)
{
    struct iovec Remote = {(void *)(ULONG_PTR)From, Length};
    struct iovec Local = {To, Length};
    ssize_t Done;

    if (IsOwnStack((ULONG_PTR)From, Length)) {
        memcpy(To, From, Length); // without a system call for each register of each frame
        return TRUE;
    }
    Done = process_vm_readv(getpid(), &Local, 1, &Remote, 1, 0);
    if (Done == (ssize_t)Length) {
        return TRUE;
    }
    if (Done < 0 && (errno == ENOSYS || errno == EPERM)) {
        memcpy(To, From, Length); // a sandbox forbids the careful way
        return TRUE;
    }
    return FALSE;
}

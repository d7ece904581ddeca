// SPDX-License-Identifier: MIT
#pragma once

// Exceptions inside nt/. What drivers see of them is include/seh.h.

#include "sim.h"

#include <seh.h>
#include <signal.h>
#include <ucontext.h>

// Goes to the newest __try of the thread; without one a bug check 0x1E whose report has `What`.
// At any IRQL: the checks of the exported functions are the caller's.
__attribute__((noreturn)) void SimRaiseStatus(NTSTATUS Status, const char *What);

// How pe/ takes part in exceptions and faults (in call stacks: stack.h). NULL: there is no image.
typedef struct SIM_IMAGE_HOOKS {
    // Returns when neither an image nor a native __try takes the exception. On the stack of the
    // function that raises.
    void (*Raise)(NTSTATUS Status);
    // In the handler of a fault. TRUE: go on with the context, which may have been changed.
    BOOLEAN (*Trap)(int Signal, const siginfo_t *Information, ucontext_t *Machine);
} SIM_IMAGE_HOOKS;
extern const SIM_IMAGE_HOOKS *_Atomic SimImageHooks;

// Whether a function ran out of stack: no handler can run there.
BOOLEAN SimFaultIsStackEnd(int Signal, const siginfo_t *Information, const ucontext_t *Machine);

// A native frame's place on the stack: the stack pointer of the function with the __try.
static inline ULONG_PTR SimSehAddress(const struct SimSehFrame *Frame)
{
    return (ULONG_PTR)Frame->State;
}
// Goes to the thread's newest native frame, which there is.
__attribute__((noreturn)) void SimSehJump(SIM_THREAD *Thread, NTSTATUS Status);

// An exception under way: the dispatcher's, or that of an unwind whose __finally runs. Whoever
// walks the stack past it goes on with Context.
struct SIM_TRAP {
    SIM_TRAP *Previous; // further out
    void *Context;
    ULONG *ScopeIndex; // where in that frame's scope table to go on; NULL: at its start
};

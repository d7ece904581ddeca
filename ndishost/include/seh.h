/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Structured exception handling for ELF builds: __try, __except, GetExceptionCode.
 *
 *   __try { ProbeForRead(Buffer, Length, 1); Value = *Buffer; }
 *   __except (EXCEPTION_EXECUTE_HANDLER) { Status = GetExceptionCode(); }
 *
 * Frames form a list per thread. __try calls SimSehEnter, which pushes one, marks the place and
 * returns 0; the runtime (nt) raises by SimSehRaise, which pops the newest frame and lets that call
 * return again, with 1. The runtime's SIGSEGV and SIGBUS handlers do the
 * same, after having unblocked the signal, with STATUS_ACCESS_VIOLATION.
 *
 * A frame is popped by a cleanup attribute on leaving the __try block: return, break, goto and
 * falling out of it are all safe.
 *
 * Limits.
 *   - Needs gcc or clang; in C only. With a Microsoft-style target the compiler's own is used.
 *   - The filter is evaluated after the stack is unwound, in the frame of the function with the
 *     __try: EXCEPTION_EXECUTE_HANDLER runs the handler, EXCEPTION_CONTINUE_SEARCH raises again to
 *     the next frame, EXCEPTION_CONTINUE_EXECUTION is impossible and stops the process.
 *   - No __finally and no __leave. GetExceptionInformation() in a filter is not available.
 *   - `break` and `continue` directly inside __try or __except act on the macro's own loop: they
 *     leave the block, not a loop around it.
 *   - Locals that are changed inside __try and read in or after __except must be volatile, as for
 *     setjmp.
 *   - An exception that unwinds over a frame does not run cleanups of functions in between, and
 *     releases no lock.
 */

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#if defined(_WIN32)

/* __try, __except and __finally are keywords. */
unsigned long _exception_code(void);
#define GetExceptionCode _exception_code
void *_exception_info(void);
#define GetExceptionInformation() ((struct _EXCEPTION_POINTERS *)_exception_info())
int _abnormal_termination(void);
#define AbnormalTermination _abnormal_termination

#else

/* The sanitizers have to see a jump over frames: they know setjmp and longjmp. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIM_SEH_SETJMP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIM_SEH_SETJMP 1
#endif
#endif

#ifdef SIM_SEH_SETJMP
#include <setjmp.h>
#endif

/* One active __try. Lives on the stack of the function that has it; filled by the two sides. */
struct SimSehFrame {
    struct SimSehFrame *Previous; /* next outer frame of this thread */
    unsigned int Code;            /* set by the raiser before it jumps */
    unsigned int Popped;          /* nonzero when no longer in the thread's list */
    void *State;                  /* for the runtime: IRQL and such at the time of __try */
#ifdef SIM_SEH_SETJMP
    jmp_buf Context;
#else
    void *Context[7]; /* rip, rbx, rbp, r12 to r15; State is rsp */
#endif
};

/* Provided by the runtime (nt). Push links the frame, with Previous, Code, Popped and State set. */
#ifdef SIM_SEH_SETJMP
void SimSehPush(struct SimSehFrame *Frame);
#define SimSehEnter(Frame) (SimSehPush(Frame), _setjmp((Frame)->Context))
#else
/* The same and remembers the caller's registers. */
int SimSehEnter(struct SimSehFrame *Frame) __attribute__((returns_twice));
#endif
/* Unlinks the frame unless it is Popped; sets Popped. */
void SimSehPop(struct SimSehFrame *Frame);
/* Pops the newest frame, sets its Code, jumps to it. Bug check if none. */
__attribute__((noreturn)) void SimSehRaise(unsigned int Code);
/* A filter asked for something impossible. */
__attribute__((noreturn)) void SimSehBadFilter(unsigned int Code);

static inline __attribute__((unused)) int SimSehFilter(struct SimSehFrame *Frame, int Filter)
{
    if (Filter == EXCEPTION_EXECUTE_HANDLER) {
        return 1;
    }
    if (Filter == EXCEPTION_CONTINUE_SEARCH) {
        SimSehRaise(Frame->Code);
    }
    SimSehBadFilter(Frame->Code);
}

#define __try                                                                                     \
    for (struct SimSehFrame SimSehThis __attribute__((cleanup(SimSehPop))),                       \
                            *SimSehOnce = &SimSehThis;                                            \
         SimSehOnce != (void *)0; SimSehOnce = (void *)0)                                         \
        if (SimSehEnter(&SimSehThis) == 0)

#define __except(Filter)                                                                          \
    else if (SimSehFilter(&SimSehThis, (Filter)))

/* The raised status, in a filter or a handler. */
#define GetExceptionCode() ((NTSTATUS)SimSehThis.Code)
#define exception_code GetExceptionCode

#endif

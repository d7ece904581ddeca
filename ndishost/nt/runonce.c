// SPDX-License-Identifier: MIT

// One-time initialization. The two low bits of the word say how far it is; the rest is the context.
// While it is under way synchronously, other threads wait on the word's low half.

#include "sim.h"

#include <limits.h>

#include "futex.h"

#define NOT_STARTED 0u
#define UNDER_WAY 1u // synchronously: one thread at a time
#define DONE 2u
#define UNDER_WAY_ASYNC 3u
#define STATE_MASK 3u

static uintptr_t Load(const RTL_RUN_ONCE *RunOnce)
{
    return __atomic_load_n((const uintptr_t *)&RunOnce->Ptr, __ATOMIC_ACQUIRE);
}

static BOOLEAN Exchange(RTL_RUN_ONCE *RunOnce, uintptr_t Expected, uintptr_t New)
{
    return __atomic_compare_exchange_n((uintptr_t *)&RunOnce->Ptr, &Expected, New, FALSE,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

VOID NTAPI RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce)
{
    *RunOnce = (RTL_RUN_ONCE){0};
}

static NTSTATUS Finished(uintptr_t Word, PVOID *Context)
{
    if (Context != NULL) {
        *Context = (PVOID)(Word & ~(uintptr_t)STATE_MASK);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    const BOOLEAN Async = (Flags & RTL_RUN_ONCE_ASYNC) != 0;
    const BOOLEAN CheckOnly = (Flags & RTL_RUN_ONCE_CHECK_ONLY) != 0;
    if ((Flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_CHECK_ONLY)) != 0 || (Async && CheckOnly)) {
        return STATUS_INVALID_PARAMETER_2;
    }
    for (;;) {
        uintptr_t Word = Load(RunOnce);
        if ((Word & STATE_MASK) == DONE) {
            return Finished(Word, Context);
        }
        if (CheckOnly) {
            return STATUS_UNSUCCESSFUL;
        }
        if (Word == NOT_STARTED) {
            if (Exchange(RunOnce, NOT_STARTED, Async ? UNDER_WAY_ASYNC : UNDER_WAY)) {
                return STATUS_PENDING;
            }
        } else if (Async != (Word == UNDER_WAY_ASYNC)) {
            return STATUS_INVALID_PARAMETER; // begun the other way
        } else if (Async) {
            return STATUS_PENDING;
        } else {
            FutexWait((_Atomic uint32_t *)&RunOnce->Ptr, UNDER_WAY);
        }
    }
}

NTSTATUS NTAPI RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    const BOOLEAN Async = (Flags & RTL_RUN_ONCE_ASYNC) != 0;
    const BOOLEAN Failed = (Flags & RTL_RUN_ONCE_INIT_FAILED) != 0;
    if ((Flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED)) != 0 || (Async && Failed)) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (((uintptr_t)Context & STATE_MASK) != 0 || (Failed && Context != NULL)) {
        return STATUS_INVALID_PARAMETER_3;
    }
    uintptr_t New = Failed ? NOT_STARTED : (uintptr_t)Context | DONE;
    if (Exchange(RunOnce, Async ? UNDER_WAY_ASYNC : UNDER_WAY, New)) {
        FutexWake(&RunOnce->Ptr, INT_MAX);
        return STATUS_SUCCESS;
    }
    // Of several asynchronous initializations the first wins.
    return Async && (Load(RunOnce) & STATE_MASK) == DONE ? STATUS_OBJECT_NAME_COLLISION
                                                         : STATUS_UNSUCCESSFUL;
}

NTSTATUS NTAPI RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn,
                                     PVOID Parameter, PVOID *Context)
{
    PVOID Result = NULL;
    NTSTATUS Status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);
    if (Status != STATUS_PENDING) {
        return Status;
    }
    if (!InitFn(RunOnce, Parameter, &Result)) {
        (void)RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    Status = RtlRunOnceComplete(RunOnce, 0, Result);
    if (NT_SUCCESS(Status) && Context != NULL) {
        *Context = Result;
    }
    return Status;
}

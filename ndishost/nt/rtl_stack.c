// SPDX-License-Identifier: MIT

// Call stacks for drivers: return addresses, the caller's own first.

#include "sim.h"
#include "stack.h"

#define FRAMES_TO_SKIP_SHIFT 8 // in RtlWalkFrameChain's flags
#define USER_MODE_STACK 1u

// `Skip`: how many callers of the exported function are left out; it and this one always are.
static __attribute__((noinline)) ULONG Walk(PVOID *Callers, ULONG Count, SIZE_T Skip)
{
    ULONG Found = (ULONG)StackCapture(Callers, Count, Skip + 2);

    for (ULONG i = 0; i < Found; i++) {
        Callers[i] = (PUCHAR)Callers[i] + 1; // from the call back to where it returns
    }
    return Found;
}

USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace,
                                      PULONG BackTraceHash)
{
    ULONG Count = Walk(BackTrace, min(FramesToCapture, MAXUSHORT), FramesToSkip);
    ULONG Hash = 0;

    for (ULONG i = 0; i < Count; i++) {
        Hash += (ULONG)(ULONG_PTR)BackTrace[i];
    }
    if (BackTraceHash != NULL) {
        *BackTraceHash = Hash;
    }
    return (USHORT)Count;
}

// A client's stack is not walked: 0 frames of it.
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    if ((Flags & USER_MODE_STACK) != 0) {
        return 0;
    }
    return Walk(Callers, Count, Flags >> FRAMES_TO_SKIP_SHIFT);
}

/* SPDX-License-Identifier: MIT */
#pragma once

/* The cases of inline.c, by number. */
enum {
    InlineReadIrql,      /* mov rax, cr8 at PASSIVE, after KfRaiseIrql(2), after lowering */
    InlineWriteIrql,     /* mov cr8: raises to 2, lowers to 0; what ndishost says each time */
    InlineLowerRunsDpc,  /* a DPC queued at DISPATCH_LEVEL runs when mov cr8 lowers */
    InlineCurrentThread, /* gs:[188h] is KeGetCurrentThread */
    InlineProcessor,     /* gs:[184h] and gs:[1A4h] at DISPATCH_LEVEL are the processor's number */
    InlineProcessors,    /* the same after each of the processors was taken by affinity */
    InlineSharedData,    /* time, tick count and version in the shared user data page */
    InlineSharedForms,   /* the same value by each form of load */
    InlineFastFail,      /* int 29h with code Argument */
    InlineListCorrupt,   /* RemoveEntryList of a corrupt entry */
    InlineBreakpoint,    /* int 3, taken by an __except */
    InlineBreakUncaught, /* int 3 */
    InlineAssertion,     /* int 2Ch, taken by an __except */
    InlineAssertUncaught,
    InlineDivide,     /* by zero, taken by an __except */
    InlineUndefined,  /* ud2 */
    InlinePrivileged, /* cli */
    InlineStack,      /* a frame of Argument KB: __chkstk */
    InlineMemory,     /* memcpy, memmove, memset, memcmp of every length and overlap */
    InlineWriteWrong, /* mov cr8 with Argument, which is no IRQL */
    InlineLowerFault, /* a DPC that mov cr8 has let run faults */
    InlineVectors,    /* mov cr8 keeps YMM registers, whatever the DPC does to them: 1 */
    InlineDirection,  /* a fault with the direction flag set: 0 in the filter and the handler */
    InlineOverflow,   /* a recursion that does not end */
    InlineGsSelf,     /* gs:[18h] points to the block itself: 1 */
    InlineSharedHigh, /* a load from the shared user data page into ah, which is not emulated */
};

/* SPDX-License-Identifier: MIT */
#pragma once

/* The cases of unwind.c, by number. */
enum {
    UnwindRestore,       /* RtlRestoreContext to where RtlCaptureContext was called: 1 */
    UnwindCaptured,      /* RtlCaptureContext has each register: 0, or a bit for each wrong one */
    UnwindWalk,          /* a walk by RtlVirtualUnwind is RtlCaptureStackBackTrace's: 1 */
    UnwindWalkSkips,     /* skipped frames and too small arrays of both functions: 1 */
    UnwindHandler,       /* a function with a __try has a handler, another has none: 1 */
    UnwindLookup,        /* what is found of addresses in images, of Linux and of nobody: 1 */
    UnwindWrongEntry,    /* RtlVirtualUnwind with the entry of another function */
    UnwindPointers,      /* RtlVirtualUnwind that is to tell where registers were saved */
    UnwindToTarget,      /* RtlUnwind over a __finally: trace and value */
    UnwindToTargetEx,    /* the same by RtlUnwindEx */
    UnwindNoTarget,      /* RtlUnwind to a frame that is not there */
    UnwindLocal,         /* _local_unwind as cl has it: runs the __finally once */
    UnwindRaise,         /* RtlRaiseException: what the filter sees: 1 */
    UnwindRaiseContinue, /* the filter continues: RtlRaiseException returns */
    UnwindRaiseUncaught, /* of code Argument, and nobody takes it */
    UnwindRestoreRecord  /* RtlRestoreContext with an exception record */
};

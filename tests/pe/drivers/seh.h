/* SPDX-License-Identifier: MIT */
#pragma once

/* The cases of seh.c, by number. */
enum {
    SehRaise,             /* of status Argument, caught here */
    SehRaiseUncaught,     /* nobody takes it */
    SehProbe,             /* ProbeForRead of address Argument */
    SehFault,             /* a read at address Argument in a function called from the __try */
    SehFaultUncaught,     /* the same without __try */
    SehDeep,              /* Argument frames between raise and handler, each with saved registers */
    SehFinally,           /* order of filters, __finally and handler */
    SehNested,            /* inner declines, outer takes */
    SehRaiseInHandler,    /* the handler raises another one */
    SehRaiseInFinally,    /* a __finally raises in the unwind; an outer handler takes that */
    SehRaiseInFilter,     /* a filter raises and handles something itself */
    SehContinue,          /* a filter repairs what a fault was about and goes on */
    SehInformation,       /* what a filter sees of a fault at Argument */
    SehLockPages,         /* MmProbeAndLockPages of address Argument fails inside ndishost */
    SehInWorker,          /* SehDeep, SehFault in a system thread */
    SehThroughLinux,      /* raised in a callback that ndishost calls; the handler is beyond it */
    SehRegisters,         /* nonvolatile registers, XMM too, are right in the handler */
    SehLoop,              /* Argument exceptions one after the other */
    SehLocalUnwind,       /* return out of a __try with a __finally */
    SehContinueFromRaise, /* a filter wants to continue after a call that raised */
    SehLeave,             /* __leave out of a __try with a __finally */
    SehGoto,              /* goto out of two of them */
    SehCollided,        /* a __finally raises, and a handler nearer than the first one's takes it */
    SehFilterRaisesOut, /* a filter raises something of its own, which an outer handler takes */
    SehFilterFaultsOut, /* the same with a fault at Argument about a fault */
    SehRaiseFamily,     /* ExRaiseAccessViolation, ExRaiseDatatypeMisalignment */
    SehInWorkItem,      /* SehDeep, SehFault in a work item */
    SehUncaughtInThread, /* a fault at Argument in a system thread, without __try */
    SehFaultInDpc,       /* a fault at Argument in a DPC, inside a __try */
    SehWrite,            /* a write at address Argument */
    SehProbeForWrite,    /* ProbeForWrite of address Argument */
    SehDeepFault         /* 20 frames between a fault at Argument and the handler */
};

// SPDX-License-Identifier: MIT
#pragma once

// Where a verifier looks into the kernel. NULL: there is none, and the only cost is one test.
// Set before the system starts. Each function is called on the thread of the driver that made the
// call, at its IRQL, with no lock of the kernel held; `Caller` is the return address in the driver.

#include "bugcheck.h"
#include "stack.h"

typedef struct SIM_NT_HOOKS {
    // MDLs, before they change (…ing) or after they did (…ed).
    void(NTAPI *MdlAllocated)(MDL *Mdl, void *Caller);
    void(NTAPI *MdlFreeing)(MDL *Mdl, void *Caller);
    void(NTAPI *MdlBuilding)(MDL *Mdl, MDL *Source, void *Caller); // partial; Source NULL: nonpaged
    void(NTAPI *MdlLocked)(MDL *Mdl, void *Caller);
    void(NTAPI *MdlUnlocking)(MDL *Mdl, void *Caller);
    void(NTAPI *MdlMapped)(MDL *Mdl, void *Caller);
    void(NTAPI *MdlReleased)(MDL *Mdl, void *Caller); // its mapping: by unlock, unmap or prepare

    void(NTAPI *PoolFreeing)(void *Address, SIZE_T Bytes, void *Caller);
    void(NTAPI *SListPushing)(void *Entry, void *Caller);

    void(NTAPI *IrpCompleting)(IRP *Irp, void *Caller);
    void(NTAPI *Dispatched)(void); // a dispatch routine has returned

    // Spin locks of any kind, by drivers and by ndishost itself: initialised; taken; and about to
    // be waited for although this thread holds it.
    void(NTAPI *LockInitialized)(const volatile void *Lock);
    void(NTAPI *LockTaken)(const volatile void *Lock);
    void(NTAPI *LockRecursing)(const volatile void *Lock);

    // A wait, before it begins: whether it will have to sleep is not known yet. Timeout may be
    // NULL.
    void(NTAPI *Waiting)(void *Object, const LARGE_INTEGER *Timeout);

    // A driver touched memory that it must not: called before the system stops for an access
    // violation outside every __try, on the thread's signal stack. It may end the system itself
    // (SimViolation); when it returns the common report follows.
    void(NTAPI *Fault)(const void *Address, BOOLEAN Write, void *Instruction);
} SIM_NT_HOOKS;
extern const SIM_NT_HOOKS *SimNtHooks;

#define SIM_HOOK(Name, Arguments)                                                                  \
    do {                                                                                           \
        if (__builtin_expect(SimNtHooks != NULL, 0) && SimNtHooks->Name != NULL) {                 \
            SimNtHooks->Name Arguments;                                                            \
        }                                                                                          \
    } while (0)

// What a bug check's report says about the rule behind it, while the report is written: once before
// the sentence of the bug check and once after it.
extern void (*SimBugCheckExplain)(REPORT *Report, const SIM_BUG_CHECK *Check,
                                  BOOLEAN AfterSentence);

// Strict mode, each before the system starts and undone at its stop:
// special pool: every allocation ends at a guard page, what is freed has no access for a while
void SimPoolSetSpecial(BOOLEAN Enable);
// the system address of a locked MDL is a mapping of its own that goes away with the lock, wherever
// the memory is shared memory of Linux (only that can be mapped twice); else the memory itself
void SimMdlSetSeparateMappings(BOOLEAN Enable);

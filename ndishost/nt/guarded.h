// SPDX-License-Identifier: MIT
#pragma once

// Guarded memory: slots of address space that hold one thing each, with a page behind it that has
// no access. What is given back has no access either, and its address is not used again before some
// thousands of others were, so that a late touch faults and the slot still tells whose it was.
// Special pool and the mappings of MDLs live here.

#include "sim.h"
#include "stack.h"

#define SIM_GUARDED_FRAMES 12

typedef enum SIM_GUARDED_KIND {
    SimGuardedNone, // the slot was never used
    SimGuardedPool,
    SimGuardedMdl,     // of IoAllocateMdl
    SimGuardedMapping, // of an MDL's pages
} SIM_GUARDED_KIND;

// The record of a slot. It is written by the one who takes and gives the slot and stays as it is
// until the slot is used again; the fault handler reads it without a lock.
typedef struct SIM_GUARDED {
    struct SIM_GUARDED *NextFree; // guarded by the lock of its class
    char *End;                    // of the pages that can be used; the guard page follows
    SIZE_T Room;                  // bytes that can be used before End
    SIM_GUARDED_KIND Kind;
    ULONG Tag;
    char *Address; // what its user got
    SIZE_T Bytes;
    const void *Owner; // of a mapping: its MDL
    _Atomic BOOLEAN Live;
    void *Taken[SIM_GUARDED_FRAMES]; // call stacks, NULL behind the last
    void *Given[SIM_GUARDED_FRAMES];
    // For the verifier, which guards them with its own lock.
    unsigned Parked; // reasons to have no access for now
    void *Uses;      // of NBLs that are sent
} SIM_GUARDED;

// A slot with room for `Bytes` or more in front of its End, without access; the stack is noted,
// from the return address `Caller` in the driver on. NULL: there is none (too large, or Linux gives
// no more). Any IRQL.
SIM_GUARDED *SimGuardedTake(SIZE_T Bytes, SIM_GUARDED_KIND Kind, const void *Caller);

// The pages from `First` (inside the room, any address of its page) to End become accessible.
BOOLEAN SimGuardedOpen(SIM_GUARDED *Slot, const char *First);

// The memory goes away, the record stays. The stack is noted.
void SimGuardedGive(SIM_GUARDED *Slot, const void *Caller);

// The slot that an address belongs to, its guard page included. NULL: no guarded memory.
SIM_GUARDED *NTAPI SimGuardedFind(const void *Address);

// Live slots of one kind.
void SimGuardedForEachLive(SIM_GUARDED_KIND Kind, void (*Visit)(SIM_GUARDED *Slot, void *Context),
                           void *Context);

// "NAME:" and the calls, one line each.
void SimGuardedReportStack(REPORT *Report, const char *Name, void *const *Frames);

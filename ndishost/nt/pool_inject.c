// SPDX-License-Identifier: MIT

// Failing allocations on purpose, for tests: see pool.h.

#include "pool.h"

#include <execinfo.h>

#define STACK_FRAMES 24
#define STACKS 4096 // power of two; once it is nearly full nothing fails any more

enum { INJECT_COUNT = 1, INJECT_STACKS = 2 };

_Atomic int SimPoolInjecting;

static _Atomic int64_t Remaining;
static SIM_LOCK StackLock; // guards the rest
static uint64_t Stacks[STACKS];
static unsigned StackCount;

void SimPoolFailAfter(int64_t Allocations)
{
    atomic_store(&Remaining, Allocations);
    if (Allocations >= 0) {
        atomic_fetch_or(&SimPoolInjecting, INJECT_COUNT);
    } else {
        atomic_fetch_and(&SimPoolInjecting, ~INJECT_COUNT);
    }
}

void SimPoolFailNewStacks(BOOLEAN Enable)
{
    if (!Enable) {
        atomic_fetch_and(&SimPoolInjecting, ~INJECT_STACKS);
        return;
    }
    SimLock(&StackLock);
    for (unsigned i = 0; i < STACKS; i++) {
        Stacks[i] = 0;
    }
    StackCount = 0;
    SimUnlock(&StackLock);
    atomic_fetch_or(&SimPoolInjecting, INJECT_STACKS);
}

static uint64_t HashStack(void)
{
    void *Frames[STACK_FRAMES];
    uint64_t Value = 1469598103934665603ull;
    int Count = backtrace(Frames, STACK_FRAMES);
    for (int i = 0; i < Count; i++) {
        Value = (Value ^ (uintptr_t)Frames[i]) * 1099511628211ull;
    }
    return Value | 1; // 0 means an empty cell
}

static BOOLEAN StackIsNew(void)
{
    uint64_t Value = HashStack();
    BOOLEAN New = FALSE;
    SimLock(&StackLock);
    unsigned Cell = (unsigned)(Value >> 32) % STACKS;
    while (Stacks[Cell] != 0 && Stacks[Cell] != Value) {
        Cell = (Cell + 1) % STACKS;
    }
    if (Stacks[Cell] == 0 && StackCount < STACKS - STACKS / 8) {
        Stacks[Cell] = Value;
        StackCount++;
        New = TRUE;
    }
    SimUnlock(&StackLock);
    return New;
}

BOOLEAN NTAPI SimPoolInject(void)
{
    int Kinds = atomic_load(&SimPoolInjecting);
    if ((Kinds & INJECT_COUNT) != 0 && atomic_fetch_sub(&Remaining, 1) == 0) {
        return TRUE;
    }
    return (Kinds & INJECT_STACKS) != 0 && StackIsNew();
}

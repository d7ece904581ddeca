// SPDX-License-Identifier: MIT
#pragma once

// Pool: what the rest of nt/ and the tests use beside the exported functions.

#include "sim.h"

// The n-th allocation from now fails (0: the next one); -1: none. Pool, IRPs, MDLs, objects.
void SimPoolFailAfter(int64_t Allocations);
// Fails each allocation once for every call stack from which it has not been seen to fail.
void SimPoolFailNewStacks(BOOLEAN Enable);

extern _Atomic int SimPoolInjecting; // 0: both are off
SIM_SLOW BOOLEAN NTAPI SimPoolInject(void);
static inline BOOLEAN SimPoolIsInjecting(void)
{
    return __builtin_expect(atomic_load_explicit(&SimPoolInjecting, memory_order_relaxed) != 0, 0);
}
static inline BOOLEAN SimPoolMustFail(void)
{
    return SimPoolIsInjecting() && SimPoolInject();
}

// Live allocations with this tag; 0: with any.
void SimPoolUsage(ULONG Tag, uint64_t *Count, uint64_t *Bytes);

// For lookaside lists, so that a list that was never deleted is reported.
void SimLookasideReset(void);
unsigned SimLookasideReportLive(void);

// "WHAT NAME, by FUNCTION+0x12 (FILE)" on stderr.
void SimReportCaller(const char *What, const char *Name, void *Caller);

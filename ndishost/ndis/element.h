// SPDX-License-Identifier: MIT
#pragma once

// Equal blocks for the NBL and NB pools: a list per processor in front of a shared depot.
//
// Each list is entered by one exchange, first that of the caller's processor; whoever finds it
// entered goes on to the next processor's, so that nobody waits for a thread that Linux has stopped
// inside, and the IRQL need not be raised. Blocks go to and come from the depot in batches, under
// its spin lock. A block that was made once stays until the pool is freed, so a second free is
// recognised.
//
// After SimNdisSetFreeAtOnce nothing is kept: each block comes from pool and goes back to it, where
// special pool sees every touch that is too late.

#include "private.h"

typedef struct ELEMENT {
    struct ELEMENT *Next;      // in a processor's list, or in a batch
    struct ELEMENT *NextBatch; // of the first of a batch in the depot
    struct ELEMENT *NextAll;
    volatile ULONG State; // ELEMENT_TAKEN, ELEMENT_FREE
    ULONG Reserved;       // the body is aligned to 16
} ELEMENT;
C_ASSERT(sizeof(ELEMENT) == 32);

#define ELEMENT_TAKEN 0x4e454b54u
#define ELEMENT_FREE 0x45455246u

typedef struct ELEMENT_LIST {
    ELEMENT *First;
    ULONG Length;
    LONG Live; // taken less given here; only the sum over all lists means something
    volatile LONG Entered;
    UCHAR Pad[44];
} ELEMENT_LIST;
C_ASSERT(sizeof(ELEMENT_LIST) == 64);

typedef struct ELEMENT_POOL ELEMENT_POOL;
struct ELEMENT_POOL {
    ELEMENT_LIST *Lists; // SimNdis.Processors of them
    SIZE_T BodyBytes;
    ULONG Tag;
    void (*Construct)(ELEMENT_POOL *Pool, void *Body); // once per block, which is zeroed; or NULL
    KSPIN_LOCK Lock;                                   // guards the rest
    ELEMENT *Batches;
    ELEMENT *All;
};

NTSTATUS SimElementPoolCreate(ELEMENT_POOL *Pool, SIZE_T BodyBytes, ULONG Tag);
void SimElementPoolDestroy(ELEMENT_POOL *Pool); // accepts a zeroed one
LONG64 SimElementPoolLive(const ELEMENT_POOL *Pool);

// IRQL <= DISPATCH_LEVEL. NULL when there is no memory. The body is as the last user left it.
void *NTAPI SimElementTake(ELEMENT_POOL *Pool);
void NTAPI SimElementGive(ELEMENT_POOL *Pool, void *Body);

static inline BOOLEAN SimElementIsTaken(const void *Body)
{
    return ((const ELEMENT *)Body - 1)->State == ELEMENT_TAKEN;
}

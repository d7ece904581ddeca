// SPDX-License-Identifier: MIT
#pragma once

// Equal blocks for the NBL and NB pools: a list per processor in front of a shared depot.
//
// Each list is entered by one interlocked operation, first that of the caller's processor; whoever
// finds it entered goes on to the next processor's, so that nobody waits for a thread that Linux
// has stopped inside, and the IRQL need not be raised. Blocks go to and come from the depot in
// batches, under its spin lock. A block that was made once stays until the pool is freed, so a
// second free is recognised.
//
// After SimNdisSetFreeAtOnce nothing is kept: each block comes from pool and goes back to it, where
// special pool sees every touch that is too late.

#include "private.h"

typedef struct ELEMENT_POOL ELEMENT_POOL;

typedef struct ELEMENT {
    struct ELEMENT *Next;      // in a processor's list, or in a batch
    struct ELEMENT *NextBatch; // of the first of a batch in the depot
    struct ELEMENT *NextAll;
    ELEMENT_POOL *TakenFrom; // NULL: it is free. The body follows, aligned to 16
} ELEMENT;
C_ASSERT(sizeof(ELEMENT) == 32);

// Each has a cache line of its own, which in the usual case only one processor touches.
typedef struct ELEMENT_LIST {
    // 1: nobody is in it. Whoever makes it 0 is, and makes it 1 at the end, whatever those who
    // found it 0 or less have made of it.
    volatile LONG Free;
    ULONG Room; // for so many more; the last of them makes it full
    ELEMENT *First;
    UCHAR Pad[48];
} ELEMENT_LIST;
C_ASSERT(sizeof(ELEMENT_LIST) == 64);

// What all processors share, on a line of its own too. Lock guards it.
typedef struct ELEMENT_DEPOT {
    KSPIN_LOCK Lock;
    ELEMENT *Batches;
    ELEMENT *All;
    LONG64 Made; // blocks that there are
    UCHAR Pad[32];
} ELEMENT_DEPOT;
C_ASSERT(sizeof(ELEMENT_DEPOT) == 64);

// Is not written while the pool is used.
struct ELEMENT_POOL {
    ULONG Signature; // what begins with this is an NDIS_HANDLE
    ULONG Tag;
    ELEMENT_LIST *Lists; // SimNdis.Processors of them
    ULONG UsualLists;    // as many; 0: no case is usual, there is a verifier
    ELEMENT_DEPOT *Depot;
    SIZE_T BodyBytes;
    void (*Construct)(ELEMENT_POOL *Pool, void *Body); // once per block, which is zeroed; or NULL
};

NTSTATUS SimElementPoolCreate(ELEMENT_POOL *Pool, SIZE_T BodyBytes, ULONG Tag);
void SimElementPoolDestroy(ELEMENT_POOL *Pool);
LONG64 SimElementPoolLive(const ELEMENT_POOL *Pool); // taken and not given back

// IRQL <= DISPATCH_LEVEL. NULL when there is no memory. The body is as the last user left it.
void *NTAPI SimElementTake(ELEMENT_POOL *Pool);
void NTAPI SimElementGive(ELEMENT_POOL *Pool, void *Body);

static inline BOOLEAN SimElementIsFrom(const ELEMENT_POOL *Pool, const void *Body)
{
    return ((const ELEMENT *)Body - 1)->TakenFrom == Pool;
}

// ---- the usual case, inline: the caller's list can be entered, and is neither empty nor full

FORCEINLINE BOOLEAN ElementListTryEnter(const ELEMENT_POOL *Pool, const SIM_CURRENT *Current,
                                        ELEMENT_LIST **List)
{
    ULONG Index = (ULONG)Current->Processor; // too large before the thread's first DISPATCH_LEVEL
    if (Index >= Pool->UsualLists) {
        return FALSE;
    }
    *List = &Pool->Lists[Index];
    return InterlockedDecrement(&(*List)->Free) == 0;
}

FORCEINLINE void ElementListLeave(ELEMENT_LIST *List)
{
    WriteRelease(&List->Free, 1);
}

// NULL: nothing was done, SimElementTake is to do it.
FORCEINLINE void *SimElementTryTake(ELEMENT_POOL *Pool, const SIM_CURRENT *Current)
{
    ELEMENT_LIST *List;
    if (!ElementListTryEnter(Pool, Current, &List)) {
        return NULL;
    }
    ELEMENT *Element = List->First;
    if (Element == NULL) {
        ElementListLeave(List);
        return NULL;
    }
    List->First = Element->Next;
    List->Room++;
    ElementListLeave(List);
    Element->TakenFrom = Pool;
    return Element + 1;
}

// FALSE: nothing was done, SimElementGive is to do it.
FORCEINLINE BOOLEAN SimElementTryGive(ELEMENT_POOL *Pool, void *Body, const SIM_CURRENT *Current)
{
    ELEMENT *Element = (ELEMENT *)Body - 1;
    ELEMENT_LIST *List;
    if (!ElementListTryEnter(Pool, Current, &List)) {
        return FALSE;
    }
    if (--List->Room == 0) {
        List->Room = 1;
        ElementListLeave(List);
        return FALSE;
    }
    Element->TakenFrom = NULL;
    Element->Next = List->First;
    List->First = Element;
    ElementListLeave(List);
    return TRUE;
}

// SPDX-License-Identifier: MIT
#pragma once

// Between pool.c (the table of live allocations), pool_api.c (the exported functions) and
// lookaside.c.

#include "sim.h"

typedef struct POOL_ENTRY {
    struct POOL_ENTRY *Next;
    void *Address;
    SIZE_T Bytes;
    void *Caller; // who allocated; in the list of the freed: who freed
    ULONG Tag;
    BOOLEAN Paged;
} POOL_ENTRY;

// Request: everything but Next and Address. NULL when memory ran out.
void *SimPoolTableAllocate(const POOL_ENTRY *Request, BOOLEAN CacheAligned);
BOOLEAN SimPoolTableFind(const void *Address, POOL_ENTRY *Found);
BOOLEAN SimPoolTableRemove(const void *Address, void *Caller); // FALSE: was not there
void SimPoolMemoryFree(void *Address, void *Caller);           // of an entry that was removed
BOOLEAN SimPoolTableWasFreed(const void *Address, POOL_ENTRY *Found); // as far as remembered

void SimPoolTagText(ULONG Tag, char Text[5]);

// The exported functions with the caller to blame.
void *SimPoolAllocate(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, BOOLEAN Raise,
                      void *Caller);
void SimPoolFree(void *Address, ULONG Tag, void *Caller); // Tag 0: not checked

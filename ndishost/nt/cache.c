// SPDX-License-Identifier: MIT

// Block caches: see cache.h. Used by irp.c, mdl.c and buffers.c.

#include "cache.h"

#include "pool.h"
#include "sanitizer.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct MAGAZINE {
    unsigned Count;
    SIM_BLOCK *Blocks[SIM_CACHE_MAGAZINE];
} MAGAZINE;

// The thread's own; its exit gives the blocks to the depots.
static _Thread_local MAGAZINE Magazines[SIM_CACHE_COUNT];
static _Thread_local int Registered;

static pthread_key_t ExitKey;
static pthread_once_t ExitKeyOnce = PTHREAD_ONCE_INIT;

static SIM_SLOW void NTAPI MoveToDepot(SIM_CACHE *Cache, MAGAZINE *Magazine, unsigned Keep)
{
    SimLock(&Cache->Lock);
    while (Magazine->Count > Keep) {
        SIM_BLOCK *Block = Magazine->Blocks[--Magazine->Count];
        Block->NextFree = Cache->Depot;
        Cache->Depot = Block;
    }
    SimUnlock(&Cache->Lock);
}

static void ThreadExits(void *Unused)
{
    (void)Unused;
    for (unsigned i = 0; i < SIM_CACHE_COUNT; i++) {
        if (Magazines[i].Count > 0) {
            MoveToDepot(Magazines[i].Blocks[0]->Cache, &Magazines[i], 0);
        }
    }
    Registered = 0;
}

static void CreateExitKey(void)
{
    if (pthread_key_create(&ExitKey, ThreadExits) != 0) {
        abort();
    }
}

static SIM_SLOW void NTAPI RegisterThread(void)
{
    if (Registered) {
        return;
    }
    pthread_once(&ExitKeyOnce, CreateExitKey);
    Registered = pthread_setspecific(ExitKey, &Registered) == 0;
}

static SIM_SLOW void NTAPI Refill(SIM_CACHE *Cache, MAGAZINE *Magazine)
{
    SimLock(&Cache->Lock);
    while (Cache->Depot != NULL && Magazine->Count < SIM_CACHE_MAGAZINE / 2) {
        SIM_BLOCK *Block = Cache->Depot;
        Cache->Depot = Block->NextFree;
        Magazine->Blocks[Magazine->Count++] = Block;
    }
    SimUnlock(&Cache->Lock);
}

static SIM_SLOW SIM_BLOCK *NTAPI MakeBlock(SIM_CACHE *Cache)
{
    SIM_BLOCK *Block;
    if (posix_memalign((void **)&Block, 64, sizeof(*Block) + Cache->BodyBytes) != 0) {
        return NULL;
    }
    *Block = (SIM_BLOCK){.Magic = SIM_BLOCK_MAGIC, .Cache = Cache};
    SIM_BLOCK *First = atomic_load_explicit(&Cache->All, memory_order_relaxed);
    do {
        Block->NextAll = First;
    } while (!atomic_compare_exchange_weak_explicit(&Cache->All, &First, Block,
                                                    memory_order_release, memory_order_relaxed));
    if (Cache->Counter != SimCounterCount) {
        SimCount(Cache->Counter, 1);
    }
    return Block;
}

SIM_BLOCK *NTAPI SimCacheTake(SIM_CACHE *Cache, void *Caller)
{
    if (SimPoolMustFail()) {
        return NULL;
    }
    MAGAZINE *Magazine = &Magazines[Cache->Magazine];
    if (Magazine->Count == 0) { // as it is when the thread begins
        RegisterThread();
        Refill(Cache, Magazine);
    }
    SIM_BLOCK *Block = Magazine->Count > 0 ? Magazine->Blocks[--Magazine->Count] : MakeBlock(Cache);
    if (Block != NULL) {
        Block->Caller = Caller;
        SIM_UNPOISON(SimBlockBody(Block), Cache->BodyBytes);
    }
    return Block;
}

void NTAPI SimCacheGive(SIM_BLOCK *Block)
{
    SIM_CACHE *Cache = Block->Cache;
    MAGAZINE *Magazine = &Magazines[Cache->Magazine];
    SIM_POISON(SimBlockBody(Block), Cache->BodyBytes);
    if (!Registered) {
        RegisterThread();
    }
    if (Magazine->Count == SIM_CACHE_MAGAZINE) {
        MoveToDepot(Cache, Magazine, SIM_CACHE_MAGAZINE / 2);
    }
    Magazine->Blocks[Magazine->Count++] = Block;
}

unsigned SimCacheReportLive(SIM_CACHE *Cache)
{
    unsigned Live = 0;
    SIM_BLOCK *Block = atomic_load_explicit(&Cache->All, memory_order_acquire);
    for (; Block != NULL; Block = Block->NextAll) {
        if (atomic_load_explicit(&Block->Holds, memory_order_acquire) == 0) {
            continue;
        }
        Live++;
        SimReportCaller("leak: one", Cache->Name, Block->Caller);
        atomic_store_explicit(&Block->Holds, 0, memory_order_relaxed);
        SimCacheGive(Block);
    }
    return Live;
}

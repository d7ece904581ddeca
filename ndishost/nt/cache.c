// SPDX-License-Identifier: MIT

// Block caches: see cache.h. Used by irp.c, mdl.c and buffers.c.

#include "cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(SIM_MAGAZINE) == 512, "found by a shift");

_Thread_local SIM_MAGAZINE SimMagazines[SIM_CACHE_COUNT] __attribute__((tls_model("local-exec")));

static pthread_key_t ExitKey;
static pthread_once_t ExitKeyOnce = PTHREAD_ONCE_INIT;

// In the order in which they were given, the last first.
static void MoveToDepot(SIM_CACHE *Cache, SIM_BLOCK **Blocks, unsigned Count)
{
    SimLock(&Cache->Lock);
    while (Count > 0) {
        SIM_BLOCK *Block = Blocks[--Count];
        Block->NextFree = Cache->Depot;
        Cache->Depot = Block;
    }
    SimUnlock(&Cache->Lock);
}

static void ThreadExits(void *Unused)
{
    (void)Unused;
    for (unsigned i = 0; i < SIM_CACHE_COUNT; i++) {
        SIM_MAGAZINE *Magazine = &SimMagazines[i];
        if (Magazine->Count > 0) {
            MoveToDepot(Magazine->Blocks[0]->Cache, Magazine->Blocks, Magazine->Count);
        }
        Magazine->Count = 0;
        Magazine->Room = 0; // destructors that come later may still give
    }
}

static void CreateExitKey(void)
{
    if (pthread_key_create(&ExitKey, ThreadExits) != 0) {
        abort();
    }
}

// When Linux has no memory for it, the magazines keep no room, and the depot does everything.
static void RegisterThread(void)
{
    pthread_once(&ExitKeyOnce, CreateExitKey);
    if (SimMagazines[0].Room == 0 && pthread_setspecific(ExitKey, &ExitKey) == 0) {
        for (unsigned i = 0; i < SIM_CACHE_COUNT; i++) {
            SimMagazines[i].Room = SIM_CACHE_MAGAZINE;
        }
    }
}

static SIM_SLOW SIM_BLOCK *NTAPI MakeBlock(SIM_CACHE *Cache)
{
    SIM_BLOCK *Block;
    if (posix_memalign((void **)&Block, 64, sizeof(*Block) + Cache->BodyBytes) != 0) {
        return NULL;
    }
    memset(SimBlockBody(Block), 0, Cache->BodyBytes);
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

// One from the depot, and half a magazine with it.
static SIM_BLOCK *Refill(SIM_CACHE *Cache, SIM_MAGAZINE *Magazine)
{
    SimLock(&Cache->Lock);
    SIM_BLOCK *First = Cache->Depot;
    SIM_BLOCK *Rest = First == NULL ? NULL : First->NextFree;
    while (Rest != NULL && Magazine->Count < Magazine->Room / 2) {
        Magazine->Blocks[Magazine->Count++] = Rest;
        Rest = Rest->NextFree;
    }
    Cache->Depot = Rest;
    SimUnlock(&Cache->Lock);
    return First;
}

SIM_SLOW SIM_BLOCK *NTAPI SimCacheTakeSlow(SIM_CACHE *Cache, void *Caller)
{
    SIM_MAGAZINE *Magazine = &SimMagazines[Cache->Magazine];
    if (SimPoolMustFail()) {
        return NULL;
    }
    RegisterThread();
    SIM_BLOCK *Block = Magazine->Count > 0 ? Magazine->Blocks[--Magazine->Count]
                                           : Refill(Cache, Magazine);
    if (Block == NULL) {
        Block = MakeBlock(Cache);
    }
    if (Block != NULL) {
        Block->Caller = Caller;
        SIM_UNPOISON(SimBlockBody(Block), Cache->BodyBytes);
    }
    return Block;
}

SIM_SLOW void NTAPI SimCacheGiveSlow(SIM_BLOCK *Block)
{
    SIM_CACHE *Cache = Block->Cache;
    SIM_MAGAZINE *Magazine = &SimMagazines[Cache->Magazine];
    RegisterThread();
    if (Magazine->Room == 0) {
        MoveToDepot(Cache, &Block, 1);
        return;
    }
    if (Magazine->Count == SIM_CACHE_MAGAZINE) {
        // The upper half: the lower entries stay where they are.
        unsigned Keep = SIM_CACHE_MAGAZINE / 2;
        MoveToDepot(Cache, Magazine->Blocks + Keep, Magazine->Count - Keep);
        Magazine->Count = Keep;
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

// SPDX-License-Identifier: MIT
#pragma once

// Blocks of one size for the I/O manager's IRPs, MDLs and system buffers: a magazine per thread in
// front of a shared depot. A block is never given back to malloc, so its header can be read at any
// time: a second free, or a use of a freed IRP, is recognised by it and named.

#include "pool.h"
#include "sanitizer.h"

#define SIM_CACHE_MAGAZINE 63 // makes a SIM_MAGAZINE 512 bytes

typedef struct SIM_CACHE SIM_CACHE;

// Stands before each body. `Holds` counts who may still look at the body (see irp.h): the block is
// free when it is 0. Written by the thread that takes or gives, read by any.
typedef struct SIM_BLOCK {
    _Atomic uint32_t Holds;
    uint32_t Magic;
    SIM_CACHE *Cache;
    struct SIM_BLOCK *NextAll;  // every block that was ever made, newest first
    struct SIM_BLOCK *NextFree; // depot list
    void *Caller;               // who took it
    void *Reserved[3];
} SIM_BLOCK;
_Static_assert(sizeof(SIM_BLOCK) == 64, "bodies keep the alignment of a cache line");

#define SIM_BLOCK_MAGIC 0x4b4c4253u

struct SIM_CACHE {
    const char *Name; // in reports: "IRP"
    uint32_t BodyBytes;
    unsigned Magazine;   // which of the thread's magazines, 0 to SIM_CACHE_COUNT - 1
    SIM_COUNTER Counter; // what malloc adds to; SimCounterCount: nothing
    SIM_LOCK Lock;       // guards Depot
    SIM_BLOCK *Depot;
    _Atomic(SIM_BLOCK *) All;
};

enum { SimCacheIrp, SimCacheLongIrp, SimCacheMdl, SimCacheBuffer, SIM_CACHE_COUNT };

// The thread's own; its exit gives the blocks to the depots.
typedef struct SIM_MAGAZINE {
    unsigned Count;
    unsigned Room; // SIM_CACHE_MAGAZINE; 0 while nothing would empty it when the thread exits
    SIM_BLOCK *Blocks[SIM_CACHE_MAGAZINE];
} SIM_MAGAZINE;
extern _Thread_local SIM_MAGAZINE SimMagazines[SIM_CACHE_COUNT]
    __attribute__((tls_model("local-exec")));

SIM_SLOW SIM_BLOCK *NTAPI SimCacheTakeSlow(SIM_CACHE *Cache, void *Caller);
SIM_SLOW void NTAPI SimCacheGiveSlow(SIM_BLOCK *Block);

static inline void *SimBlockBody(SIM_BLOCK *Block)
{
    return Block + 1;
}

static inline SIM_BLOCK *SimBlockOf(void *Body)
{
    return (SIM_BLOCK *)Body - 1;
}

// One of the thread's own. NULL: only SimCacheTake can tell.
static inline SIM_BLOCK *SimCacheTakeWarm(SIM_CACHE *Cache, void *Caller)
{
    SIM_MAGAZINE *Magazine = &SimMagazines[Cache->Magazine];
    if (__builtin_expect(SimPoolIsInjecting() || Magazine->Count == 0, 0)) {
        return NULL;
    }
    SIM_BLOCK *Block = Magazine->Blocks[--Magazine->Count];
    Block->Caller = Caller;
    SIM_UNPOISON(SimBlockBody(Block), Cache->BodyBytes);
    return Block;
}

// Any IRQL. NULL when memory ran out or a failure is injected. The body is as it was left, zeroed
// the first time. Holds is 0: the caller publishes it by storing 1.
static inline SIM_BLOCK *SimCacheTake(SIM_CACHE *Cache, void *Caller)
{
    SIM_BLOCK *Block = SimCacheTakeWarm(Cache, Caller);
    return __builtin_expect(Block != NULL, 1) ? Block : SimCacheTakeSlow(Cache, Caller);
}

static inline void SimCacheGive(SIM_BLOCK *Block)
{
    SIM_MAGAZINE *Magazine = &SimMagazines[Block->Cache->Magazine];
    SIM_POISON(SimBlockBody(Block), Block->Cache->BodyBytes);
    if (__builtin_expect(Magazine->Count >= Magazine->Room, 0)) {
        SimCacheGiveSlow(Block);
        return;
    }
    Magazine->Blocks[Magazine->Count++] = Block;
}

// Blocks with Holds > 0, each with one line on stderr; they are taken back.
unsigned SimCacheReportLive(SIM_CACHE *Cache);

// SPDX-License-Identifier: MIT
#pragma once

// Blocks of one size for the I/O manager's IRPs, MDLs and system buffers: a magazine per thread in
// front of a shared depot. A block is never given back to malloc, so its header can be read at any
// time: a second free, or a use of a freed IRP, is recognised by it and named.

#include "sim.h"

#define SIM_CACHE_MAGAZINE 64

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

// Any IRQL. NULL when memory ran out or a failure is injected. The body is not zeroed, Holds is 0:
// the caller publishes it by storing 1.
SIM_BLOCK *NTAPI SimCacheTake(SIM_CACHE *Cache, void *Caller);
void NTAPI SimCacheGive(SIM_BLOCK *Block);

// Blocks with Holds > 0, each with one line on stderr; they are taken back.
unsigned SimCacheReportLive(SIM_CACHE *Cache);

static inline void *SimBlockBody(SIM_BLOCK *Block)
{
    return Block + 1;
}

static inline SIM_BLOCK *SimBlockOf(void *Body)
{
    return (SIM_BLOCK *)Body - 1;
}

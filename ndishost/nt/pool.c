// SPDX-License-Identifier: MIT

// Pool over malloc, so that AddressSanitizer sees each allocation as the driver made it. A sharded
// table of live allocations, keyed by address, finds frees of what is not pool without touching it,
// and tells at stop what was leaked. Exported functions are in pool_api.c.

#include "pool_table.h"

#include "pool.h"
#include "special_pool.h"

#include <stdlib.h>
#include <string.h>

#define SHARDS 64
#define BUCKETS 256    // per shard
#define REMEMBERED 128 // freed addresses per shard, to tell a double free from a foreign pointer

typedef struct SHARD {
    SIM_LOCK Lock; // guards the rest
    POOL_ENTRY *Buckets[BUCKETS];
    POOL_ENTRY *Unused; // kept for the next allocation
    POOL_ENTRY Freed[REMEMBERED];
    unsigned NextFreed;
} __attribute__((aligned(64))) SHARD;

static SHARD Shards[SHARDS];

static uint64_t Hash(const void *Address)
{
    return ((uintptr_t)Address >> 4) * 0x9E3779B97F4A7C15ull >> 32;
}

static SHARD *ShardOf(const void *Address)
{
    return &Shards[Hash(Address) % SHARDS];
}

static POOL_ENTRY **BucketOf(SHARD *Shard, const void *Address)
{
    return &Shard->Buckets[Hash(Address) / SHARDS % BUCKETS];
}

static void *AllocateMemory(const POOL_ENTRY *Request, BOOLEAN CacheAligned)
{
    SIZE_T Bytes = Request->Bytes;
    SIZE_T Alignment = Bytes >= PAGE_SIZE ? PAGE_SIZE : CacheAligned ? 64 : 16;
    void *Address = NULL;
    if (SimSpecialOn) {
        Address = SimSpecialAllocate(Bytes, Alignment, Request->Tag, SimGuardedPool,
                                     Request->Caller);
        if (Address != NULL) {
            return Address;
        }
    }
    if (Alignment == 16) {
        return malloc(Bytes);
    }
    return posix_memalign(&Address, Alignment, Bytes) == 0 ? Address : NULL;
}

void SimPoolMemoryFree(void *Address, void *Caller)
{
    SIM_GUARDED *Slot = SimSpecialFind(Address);
    if (Slot != NULL) {
        SimSpecialFree(Slot, Caller);
    } else {
        free(Address);
    }
}

// Called with the shard's lock held.
static POOL_ENTRY *TakeEntry(SHARD *Shard)
{
    POOL_ENTRY *Entry = Shard->Unused;
    if (Entry != NULL) {
        Shard->Unused = Entry->Next;
        return Entry;
    }
    return malloc(sizeof(*Entry));
}

void *SimPoolTableAllocate(const POOL_ENTRY *Request, BOOLEAN CacheAligned)
{
    if (Request->Bytes > SIZE_MAX / 2) {
        return NULL;
    }
    void *Address = AllocateMemory(Request, CacheAligned);
    if (Address == NULL) {
        return NULL;
    }
    SHARD *Shard = ShardOf(Address);
    POOL_ENTRY **Bucket = BucketOf(Shard, Address);
    SimLock(&Shard->Lock);
    POOL_ENTRY *Entry = TakeEntry(Shard);
    if (Entry != NULL) {
        *Entry = *Request;
        Entry->Address = Address;
        Entry->Next = *Bucket;
        *Bucket = Entry;
    }
    SimUnlock(&Shard->Lock);
    if (Entry == NULL) {
        SimPoolMemoryFree(Address, Request->Caller);
        return NULL;
    }
    return Address;
}

BOOLEAN SimPoolTableFind(const void *Address, POOL_ENTRY *Found)
{
    SHARD *Shard = ShardOf(Address);
    SimLock(&Shard->Lock);
    POOL_ENTRY *Entry = *BucketOf(Shard, Address);
    while (Entry != NULL && Entry->Address != Address) {
        Entry = Entry->Next;
    }
    if (Entry != NULL) {
        *Found = *Entry;
    }
    SimUnlock(&Shard->Lock);
    return Entry != NULL;
}

BOOLEAN SimPoolTableRemove(const void *Address, void *Caller)
{
    SHARD *Shard = ShardOf(Address);
    SimLock(&Shard->Lock);
    POOL_ENTRY **Where = BucketOf(Shard, Address);
    while (*Where != NULL && (*Where)->Address != Address) {
        Where = &(*Where)->Next;
    }
    POOL_ENTRY *Entry = *Where;
    if (Entry != NULL) {
        *Where = Entry->Next;
        Shard->Freed[Shard->NextFreed] = *Entry;
        Shard->Freed[Shard->NextFreed].Caller = Caller;
        Shard->NextFreed = (Shard->NextFreed + 1) % REMEMBERED;
        Entry->Next = Shard->Unused;
        Shard->Unused = Entry;
    }
    SimUnlock(&Shard->Lock);
    return Entry != NULL;
}

BOOLEAN SimPoolTableWasFreed(const void *Address, POOL_ENTRY *Found)
{
    SHARD *Shard = ShardOf(Address);
    BOOLEAN Was = FALSE;
    SimLock(&Shard->Lock);
    for (unsigned i = 0; i < REMEMBERED && !Was; i++) {
        // Newest first: the address may have been used again in between.
        POOL_ENTRY *Entry = &Shard->Freed[(Shard->NextFreed + REMEMBERED - 1 - i) % REMEMBERED];
        Was = Entry->Address == Address;
        *Found = Was ? *Entry : *Found;
    }
    SimUnlock(&Shard->Lock);
    return Was;
}

static void ForEachLive(void (*Visit)(POOL_ENTRY *Entry, void *Context), void *Context)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        SimLock(&Shards[i].Lock);
        for (unsigned j = 0; j < BUCKETS; j++) {
            for (POOL_ENTRY *Entry = Shards[i].Buckets[j]; Entry != NULL; Entry = Entry->Next) {
                Visit(Entry, Context);
            }
        }
        SimUnlock(&Shards[i].Lock);
    }
}

// ---- usage and leaks

typedef struct USAGE {
    ULONG Tag;
    uint64_t Count;
    uint64_t Bytes;
} USAGE;

static void AddUsage(POOL_ENTRY *Entry, void *Context)
{
    USAGE *Usage = Context;
    if (Usage->Tag == 0 || Usage->Tag == Entry->Tag) {
        Usage->Count++;
        Usage->Bytes += Entry->Bytes;
    }
}

void SimPoolUsage(ULONG Tag, uint64_t *Count, uint64_t *Bytes)
{
    USAGE Usage = {.Tag = Tag};
    ForEachLive(AddUsage, &Usage);
    *Count = Usage.Count;
    *Bytes = Usage.Bytes;
}

#define LEAK_KINDS 64
typedef struct LEAKS {
    unsigned Total;
    unsigned Kinds;
    struct {
        ULONG Tag;
        void *Caller;
        uint64_t Count;
        uint64_t Bytes;
    } Kind[LEAK_KINDS]; // the last one also takes what did not fit
} LEAKS;

static void AddLeak(POOL_ENTRY *Entry, void *Context)
{
    LEAKS *Leaks = Context;
    unsigned i = 0;
    Leaks->Total++;
    while (i < Leaks->Kinds && i < LEAK_KINDS - 1 &&
           (Leaks->Kind[i].Tag != Entry->Tag || Leaks->Kind[i].Caller != Entry->Caller)) {
        i++;
    }
    if (i == Leaks->Kinds) {
        Leaks->Kinds++;
        Leaks->Kind[i].Tag = Entry->Tag;
        Leaks->Kind[i].Caller = Entry->Caller;
    }
    Leaks->Kind[i].Count++;
    Leaks->Kind[i].Bytes += Entry->Bytes;
}

void SimPoolTagText(ULONG Tag, char Text[5])
{
    for (unsigned i = 0; i < 4; i++) {
        char Character = (char)(Tag >> (8 * i));
        Text[i] = Character >= 0x20 && Character < 0x7F ? Character : '.';
    }
    Text[4] = 0;
}

static void ReleaseAll(void)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        for (unsigned j = 0; j < BUCKETS; j++) {
            POOL_ENTRY *Entry = Shards[i].Buckets[j];
            while (Entry != NULL) {
                POOL_ENTRY *Next = Entry->Next;
                SimPoolMemoryFree(Entry->Address, NULL);
                free(Entry);
                Entry = Next;
            }
        }
        while (Shards[i].Unused != NULL) {
            POOL_ENTRY *Next = Shards[i].Unused->Next;
            free(Shards[i].Unused);
            Shards[i].Unused = Next;
        }
        memset(&Shards[i], 0, sizeof(Shards[i]));
    }
}

void SimPoolStart(void)
{
    SimPoolFailAfter(-1);
    SimPoolFailNewStacks(FALSE);
    SimLookasideReset();
}

unsigned SimPoolStop(void)
{
    SimPoolFailAfter(-1);
    SimPoolFailNewStacks(FALSE);
    LEAKS Leaks = {0};
    ForEachLive(AddLeak, &Leaks);
    for (unsigned i = 0; i < Leaks.Kinds; i++) {
        char Tag[5], What[96];
        SimPoolTagText(Leaks.Kind[i].Tag, Tag);
        __builtin_snprintf(What, sizeof(What), "leak: %llu pool allocation(s), %llu bytes, tag",
                           (unsigned long long)Leaks.Kind[i].Count,
                           (unsigned long long)Leaks.Kind[i].Bytes);
        SimReportCaller(What, Tag, Leaks.Kind[i].Caller);
    }
    ReleaseAll();
    return Leaks.Total + SimLookasideReportLive();
}

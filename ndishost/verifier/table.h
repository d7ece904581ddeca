// SPDX-License-Identifier: MIT
#pragma once

// What the verifier knows about an address, found without a look at the address itself.
//
// Entries are added under a lock and never taken out while the system runs, so that a reader needs
// none. An address that is allocated again gets the entry that it had: there are as many entries as
// different addresses were ever in use. Memory is the Linux process's own, never the driver's pool.

#include "../nt/sim.h"

#define TABLE_BUCKETS 65536u
#define TABLE_LOCKS 64u

typedef struct TABLE_ENTRY {
    struct TABLE_ENTRY *_Atomic Next;
    const void *Address;
} TABLE_ENTRY;

typedef struct TABLE {
    size_t EntryBytes; // of the structure that begins with a TABLE_ENTRY
    SIM_LOCK Locks[TABLE_LOCKS];
    TABLE_ENTRY *_Atomic Buckets[TABLE_BUCKETS];
} TABLE;

void *TableFindOrAdd(TABLE *Table, const void *Address); // a new one is zeroed
void TableForEach(TABLE *Table, void (*Visit)(void *Entry, void *Context), void *Context);
void TableClear(TABLE *Table);

static inline size_t TableBucket(const void *Address)
{
    // Multiplicative: neighbours of any distance spread.
    return ((uintptr_t)Address >> 4) * 0x9E3779B97F4A7C15ull >> 48;
}

static inline void *TableFind(TABLE *Table, const void *Address)
{
    TABLE_ENTRY *Entry = atomic_load_explicit(&Table->Buckets[TableBucket(Address)],
                                              memory_order_acquire);
    while (Entry != NULL && Entry->Address != Address) {
        Entry = atomic_load_explicit(&Entry->Next, memory_order_acquire);
    }
    return Entry;
}

// SPDX-License-Identifier: MIT

#include "table.h"

#include <stdlib.h>

static TABLE_ENTRY *TableAdd(TABLE *Table, const void *Address)
{
    TABLE_ENTRY *_Atomic *Bucket = &Table->Buckets[TableBucket(Address)];
    TABLE_ENTRY *Entry = calloc(1, Table->EntryBytes);

    if (Entry == NULL) {
        abort(); // Linux has no memory: nothing that could be told apart from a violation
    }
    Entry->Address = Address;
    atomic_store_explicit(&Entry->Next, atomic_load_explicit(Bucket, memory_order_relaxed),
                          memory_order_relaxed);
    atomic_store_explicit(Bucket, Entry, memory_order_release);
    return Entry;
}

void *TableFindOrAdd(TABLE *Table, const void *Address)
{
    SIM_LOCK *Lock = &Table->Locks[TableBucket(Address) % TABLE_LOCKS];
    TABLE_ENTRY *Entry = TableFind(Table, Address);

    if (Entry != NULL) {
        return Entry;
    }
    SimLock(Lock);
    Entry = TableFind(Table, Address);
    if (Entry == NULL) {
        Entry = TableAdd(Table, Address);
    }
    SimUnlock(Lock);
    return Entry;
}

void TableForEach(TABLE *Table, void (*Visit)(void *Entry, void *Context), void *Context)
{
    for (size_t i = 0; i < TABLE_BUCKETS; i++) {
        TABLE_ENTRY *Entry = atomic_load_explicit(&Table->Buckets[i], memory_order_acquire);
        while (Entry != NULL) {
            TABLE_ENTRY *Next = atomic_load_explicit(&Entry->Next, memory_order_acquire);
            Visit(Entry, Context);
            Entry = Next;
        }
    }
}

static void EntryFree(void *Entry, void *Context)
{
    (void)Context;
    free(Entry);
}

void TableClear(TABLE *Table)
{
    TableForEach(Table, EntryFree, NULL);
    for (size_t i = 0; i < TABLE_BUCKETS; i++) {
        // Writing to a bucket that was never used would make a page of it.
        if (atomic_load_explicit(&Table->Buckets[i], memory_order_relaxed) != NULL) {
            atomic_store_explicit(&Table->Buckets[i], NULL, memory_order_relaxed);
        }
    }
}

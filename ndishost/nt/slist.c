// SPDX-License-Identifier: MIT

// Interlocked singly linked lists. The header looks as documented whenever nobody is inside; the
// lowest of its four reserved bits is a lock, held for a few instructions. A 16-byte compare and
// exchange would read an entry that another thread may have popped and freed: correct on Windows,
// where such a fault is repaired, but not here.

#include "sim.h"

#include "hooks.h"

#include <sched.h>

#define LOCKED 1ull
#define DEPTH_MASK 0xFFFFull
#define SEQUENCE_ONE 0x10000ull

static SIM_SLOW void NTAPI Yield(void)
{
    sched_yield();
}

static ULONGLONG LockHeader(PSLIST_HEADER Head)
{
    unsigned Tries = 0;
    for (;;) {
        ULONGLONG Region = __atomic_load_n(&Head->Region, __ATOMIC_RELAXED);
        if ((Region & LOCKED) == 0 &&
            __atomic_compare_exchange_n(&Head->Region, &Region, Region | LOCKED, 1,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            return Region;
        }
        if (++Tries % 64 == 0) {
            Yield(); // the holder may have been preempted
        }
    }
}

static void UnlockHeader(PSLIST_HEADER Head, PSLIST_ENTRY First)
{
    __atomic_store_n(&Head->Region, (uint64_t)(uintptr_t)First, __ATOMIC_RELEASE);
}

static void SetDepth(PSLIST_HEADER Head, uint64_t Depth)
{
    uint64_t Sequence = (Head->Alignment & ~DEPTH_MASK) + SEQUENCE_ONE;
    __atomic_store_n(&Head->Alignment, Sequence | (Depth & DEPTH_MASK), __ATOMIC_RELAXED);
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI AlignmentViolation(const void *Address,
                                                                        const char *What)
{
    SimBugCheck(KERNEL_SECURITY_CHECK_FAILURE, 3, (ULONG_PTR)Address, 0, 0,
                "%s %p is not aligned to 16 bytes", What, Address);
}

static void CheckAlignment(const void *Address, const char *What)
{
    if (((uintptr_t)Address & 15) != 0) {
        AlignmentViolation(Address, What);
    }
}

VOID NTAPI InitializeSListHead(PSLIST_HEADER SListHead)
{
    CheckAlignment(SListHead, "SLIST_HEADER");
    SListHead->Alignment = 0;
    SListHead->Region = 0;
}

PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    SIM_HOOK(SListPushing, (ListEntry, __builtin_return_address(0)));
    CheckAlignment(ListEntry, "SLIST_ENTRY");
    PSLIST_ENTRY First = (PSLIST_ENTRY)(uintptr_t)LockHeader(ListHead);
    ListEntry->Next = First;
    SetDepth(ListHead, (ListHead->Alignment & DEPTH_MASK) + 1);
    UnlockHeader(ListHead, ListEntry);
    return First;
}

PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    if (__atomic_load_n(&ListHead->Region, __ATOMIC_RELAXED) == 0) {
        return NULL;
    }
    PSLIST_ENTRY First = (PSLIST_ENTRY)(uintptr_t)LockHeader(ListHead);
    if (First == NULL) {
        UnlockHeader(ListHead, NULL);
        return NULL;
    }
    SetDepth(ListHead, (ListHead->Alignment & DEPTH_MASK) - 1);
    UnlockHeader(ListHead, First->Next);
    return First;
}

PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
    PSLIST_ENTRY First = (PSLIST_ENTRY)(uintptr_t)LockHeader(ListHead);
    SetDepth(ListHead, 0);
    UnlockHeader(ListHead, NULL);
    return First;
}

USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    return (USHORT)(__atomic_load_n(&SListHead->Alignment, __ATOMIC_RELAXED) & DEPTH_MASK);
}

PSLIST_ENTRY NTAPI FirstEntrySList(PSLIST_HEADER SListHead)
{
    return (PSLIST_ENTRY)(uintptr_t)(__atomic_load_n(&SListHead->Region, __ATOMIC_ACQUIRE) &
                                     ~(uint64_t)15);
}

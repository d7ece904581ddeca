/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Doubly and singly linked lists, inline as on Windows: no import. A list whose links do not agree
 * ends in RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY), as there.
 */

#include "types.h"

#define RTL_STATIC_LIST_HEAD(Name) LIST_ENTRY Name = {&Name, &Name}

DECLSPEC_NORETURN FORCEINLINE void RtlFailFast(ULONG Code)
{
#if defined(__x86_64__)
    __asm__ volatile("int $0x29" : : "c"(Code));
#elif defined(__aarch64__)
    register ULONG W0 __asm__("w0") = Code;
    __asm__ volatile("brk #0xf003" : : "r"(W0));
#endif
    __builtin_unreachable();
}

DECLSPEC_NORETURN FORCEINLINE void FatalListEntryError(PVOID P1, PVOID P2, PVOID P3)
{
    (void)P1;
    (void)P2;
    (void)P3;
    RtlFailFast(3);
}

FORCEINLINE void RtlpCheckListEntry(PLIST_ENTRY Entry)
{
    if (Entry->Flink->Blink != Entry || Entry->Blink->Flink != Entry) {
        FatalListEntryError(Entry->Blink, Entry, Entry->Flink);
    }
}

FORCEINLINE void InitializeListHead(PLIST_ENTRY ListHead)
{
    ListHead->Flink = ListHead->Blink = ListHead;
}

FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead)
{
    return ListHead->Flink == ListHead;
}

FORCEINLINE BOOLEAN RemoveEntryListUnsafe(PLIST_ENTRY Entry)
{
    PLIST_ENTRY Next = Entry->Flink;
    PLIST_ENTRY Previous = Entry->Blink;

    Previous->Flink = Next;
    Next->Blink = Previous;
    return Next == Previous;
}

FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
    RtlpCheckListEntry(Entry);
    return RemoveEntryListUnsafe(Entry);
}

FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY Entry = ListHead->Flink;

    RtlpCheckListEntry(Entry);
    RemoveEntryListUnsafe(Entry);
    return Entry;
}

FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY Entry = ListHead->Blink;

    RtlpCheckListEntry(Entry);
    RemoveEntryListUnsafe(Entry);
    return Entry;
}

FORCEINLINE void InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY Next = ListHead->Flink;

    if (Next->Blink != ListHead) {
        FatalListEntryError(ListHead, Next, Next->Blink);
    }
    Entry->Flink = Next;
    Entry->Blink = ListHead;
    Next->Blink = Entry;
    ListHead->Flink = Entry;
}

FORCEINLINE void InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY Previous = ListHead->Blink;

    if (Previous->Flink != ListHead) {
        FatalListEntryError(ListHead, Previous, Previous->Flink);
    }
    Entry->Flink = ListHead;
    Entry->Blink = Previous;
    Previous->Flink = Entry;
    ListHead->Blink = Entry;
}

FORCEINLINE void AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
    PLIST_ENTRY End = ListHead->Blink;

    RtlpCheckListEntry(ListHead);
    RtlpCheckListEntry(ListToAppend);
    ListHead->Blink->Flink = ListToAppend;
    ListHead->Blink = ListToAppend->Blink;
    ListToAppend->Blink->Flink = ListHead;
    ListToAppend->Blink = End;
}

FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
    PSINGLE_LIST_ENTRY First = ListHead->Next;

    if (First != NULL) {
        ListHead->Next = First->Next;
    }
    return First;
}

FORCEINLINE void PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry)
{
    Entry->Next = ListHead->Next;
    ListHead->Next = Entry;
}

// SPDX-License-Identifier: MIT
// What the headers make inline and NDIS.SYS exports all the same, for drivers that import it. The
// bodies are the headers', where those call what the kernel here has; the prefix is what
// pe/make_exports.py takes off again.

#include "private.h"

#define EXPORT(Name) PeExport_##Name

// Declared here as nobody but the table of exports knows them.
#define NDIS_EXPORT(Type, Name, ...)                                                               \
    Type NTAPI EXPORT(Name)(__VA_ARGS__);                                                          \
    SIM_NO_THREAD_SAFETY_ANALYSIS Type NTAPI EXPORT(Name)(__VA_ARGS__)

// ---- spin locks

NDIS_EXPORT(void, NdisAllocateSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisAllocateSpinLock(SpinLock);
}

NDIS_EXPORT(void, NdisFreeSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisFreeSpinLock(SpinLock);
}

NDIS_EXPORT(void, NdisAcquireSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisAcquireSpinLock(SpinLock);
}

NDIS_EXPORT(void, NdisReleaseSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisReleaseSpinLock(SpinLock);
}

NDIS_EXPORT(void, NdisDprAcquireSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisDprAcquireSpinLock(SpinLock);
}

NDIS_EXPORT(void, NdisDprReleaseSpinLock, PNDIS_SPIN_LOCK SpinLock)
{
    NdisDprReleaseSpinLock(SpinLock);
}

// ---- counters and lists

NDIS_EXPORT(LONG, NdisInterlockedIncrement, PLONG Addend)
{
    return NdisInterlockedIncrement(Addend);
}

NDIS_EXPORT(LONG, NdisInterlockedDecrement, PLONG Addend)
{
    return NdisInterlockedDecrement(Addend);
}

NDIS_EXPORT(ULONG, NdisInterlockedAddUlong, PULONG Addend, ULONG Increment, PNDIS_SPIN_LOCK Lock)
{
    return NdisInterlockedAddUlong(Addend, Increment, Lock);
}

NDIS_EXPORT(PLIST_ENTRY, NdisInterlockedInsertHeadList, PLIST_ENTRY Head, PLIST_ENTRY Entry,
            PNDIS_SPIN_LOCK Lock)
{
    return NdisInterlockedInsertHeadList(Head, Entry, Lock);
}

NDIS_EXPORT(PLIST_ENTRY, NdisInterlockedInsertTailList, PLIST_ENTRY Head, PLIST_ENTRY Entry,
            PNDIS_SPIN_LOCK Lock)
{
    return NdisInterlockedInsertTailList(Head, Entry, Lock);
}

NDIS_EXPORT(PLIST_ENTRY, NdisInterlockedRemoveHeadList, PLIST_ENTRY Head, PNDIS_SPIN_LOCK Lock)
{
    return NdisInterlockedRemoveHeadList(Head, Lock);
}

NDIS_EXPORT(PSINGLE_LIST_ENTRY, NdisInterlockedPushEntryList, PSINGLE_LIST_ENTRY Head,
            PSINGLE_LIST_ENTRY Entry, PNDIS_SPIN_LOCK Lock)
{
    NdisAcquireSpinLock(Lock);
    PSINGLE_LIST_ENTRY First = Head->Next;
    Entry->Next = First;
    Head->Next = Entry;
    NdisReleaseSpinLock(Lock);
    return First;
}

NDIS_EXPORT(PSINGLE_LIST_ENTRY, NdisInterlockedPopEntryList, PSINGLE_LIST_ENTRY Head,
            PNDIS_SPIN_LOCK Lock)
{
    NdisAcquireSpinLock(Lock);
    PSINGLE_LIST_ENTRY First = Head->Next;
    if (First != NULL) {
        Head->Next = First->Next;
    }
    NdisReleaseSpinLock(Lock);
    return First;
}

// ---- strings

NDIS_EXPORT(void, NdisInitAnsiString, PANSI_STRING String, PCSTR Text)
{
    NdisInitAnsiString(String, Text);
}

NDIS_EXPORT(void, NdisInitUnicodeString, PUNICODE_STRING String, PCWSTR Text)
{
    NdisInitUnicodeString(String, Text);
}

NDIS_EXPORT(BOOLEAN, NdisEqualString, PNDIS_STRING One, PNDIS_STRING Other, BOOLEAN IgnoreCase)
{
    return NdisEqualString(One, Other, IgnoreCase);
}

NDIS_EXPORT(NDIS_STATUS, NdisAnsiStringToUnicodeString, PUNICODE_STRING To, PANSI_STRING From)
{
    return NdisAnsiStringToUnicodeString(To, From);
}

NDIS_EXPORT(NDIS_STATUS, NdisUnicodeStringToAnsiString, PANSI_STRING To, PUNICODE_STRING From)
{
    return NdisUnicodeStringToAnsiString(To, From);
}

NDIS_EXPORT(NDIS_STATUS, NdisUpcaseUnicodeString, PUNICODE_STRING To, PUNICODE_STRING From)
{
    return NdisUpcaseUnicodeString(To, From);
}

// ---- MDLs by their old name

NDIS_EXPORT(void, NdisFreeBuffer, PMDL Buffer)
{
    NdisFreeBuffer(Buffer);
}

NDIS_EXPORT(ULONG, NdisBufferLength, PMDL Buffer)
{
    return NdisBufferLength(Buffer);
}

NDIS_EXPORT(PVOID, NdisBufferVirtualAddress, PMDL Buffer)
{
    return NdisBufferVirtualAddress(Buffer);
}

NDIS_EXPORT(void, NdisAdjustBufferLength, PMDL Buffer, UINT Length)
{
    NdisAdjustBufferLength(Buffer, Length);
}

NDIS_EXPORT(void, NdisGetBufferPhysicalArraySize, PMDL Buffer, PUINT ArraySize)
{
    NdisGetBufferPhysicalArraySize(Buffer, ArraySize);
}

NDIS_EXPORT(void, NdisQueryBufferOffset, PMDL Buffer, PUINT Offset, PUINT Length)
{
    NdisQueryBufferOffset(Buffer, Offset, Length);
}

NDIS_EXPORT(void, NdisQueryBufferSafe, PMDL Buffer, PVOID *VirtualAddress, PUINT Length,
            ULONG Priority)
{
    NdisQueryBufferSafe(Buffer, VirtualAddress, Length, Priority);
}

// ---- the system

NDIS_EXPORT(ULONG, NdisCurrentProcessorIndex, void)
{
    return NdisCurrentProcessorIndex();
}

NDIS_EXPORT(void, NdisGetCurrentSystemTime, PLARGE_INTEGER SystemTime)
{
    NdisGetCurrentSystemTime(SystemTime);
}

NDIS_EXPORT(void, NdisMSetTimer, PNDIS_MINIPORT_TIMER Timer, UINT MillisecondsToDelay)
{
    NdisMSetTimer(Timer, MillisecondsToDelay);
}

// SPDX-License-Identifier: MIT

// Memory, random numbers, versions, bits. The system says that it is Windows 11 22H2 (10.0.22621),
// which is what presents NDIS 6.87.

#include "sim.h"

#include <string.h>

#define MAJOR_VERSION 10
#define MINOR_VERSION 0
#define BUILD_NUMBER 22621

SIZE_T NTAPI RtlCompareMemory(const void *Source1, const void *Source2, SIZE_T Length)
{
    const unsigned char *Left = Source1;
    const unsigned char *Right = Source2;
    SIZE_T Same = 0;
    while (Same < Length && Left[Same] == Right[Same]) {
        Same++;
    }
    return Same;
}

SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
    const ULONG *Words = Source;
    SIZE_T Same = 0;
    while (Same < Length / sizeof(ULONG) && Words[Same] == Pattern) {
        Same++;
    }
    return Same * sizeof(ULONG);
}

BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length)
{
    const unsigned char *Bytes = Buffer;
    unsigned char Any = 0;
    for (SIZE_T i = 0; i < Length; i++) {
        Any |= Bytes[i];
    }
    return Any == 0;
}

// A 31-bit value; the seed is the caller's state.
ULONG NTAPI RtlRandomEx(PULONG Seed)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    uint32_t Value = *Seed * 0x9E3779B1u + 0x7F4A7C15u;
    *Seed = Value;
    Value ^= Value >> 16;
    Value *= 0x85EBCA6Bu;
    Value ^= Value >> 13;
    return Value & 0x7FFFFFFF;
}

ULONG NTAPI RtlRandom(PULONG Seed)
{
    return RtlRandomEx(Seed);
}

CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set)
{
    return (CCHAR)(Set == 0 ? -1 : 63 - __builtin_clzll(Set));
}

CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set)
{
    return (CCHAR)(Set == 0 ? -1 : __builtin_ctzll(Set));
}

ULONG NTAPI RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target)
{
    return (ULONG)__builtin_popcountll(Target);
}

// ---- version

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    lpVersionInformation->dwMajorVersion = MAJOR_VERSION;
    lpVersionInformation->dwMinorVersion = MINOR_VERSION;
    lpVersionInformation->dwBuildNumber = BUILD_NUMBER;
    lpVersionInformation->dwPlatformId = 2; // VER_PLATFORM_WIN32_NT
    lpVersionInformation->szCSDVersion[0] = 0;
    if (lpVersionInformation->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW)) {
        PRTL_OSVERSIONINFOEXW Extended = (PRTL_OSVERSIONINFOEXW)lpVersionInformation;
        Extended->wServicePackMajor = 0;
        Extended->wServicePackMinor = 0;
        Extended->wSuiteMask = 0;
        Extended->wProductType = 1; // VER_NT_WORKSTATION
        Extended->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return Version <= 0x0A00000C;
}

BOOLEAN NTAPI IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return MajorVersion < 6 || (MajorVersion == 6 && MinorVersion == 0);
}

// Conditions are three bits for each kind of value: 1 =, 2 >, 3 >=, 4 <, 5 <=.
static BOOLEAN Holds(ULONGLONG ConditionMask, unsigned TypeBit, LONG Difference)
{
    switch (ConditionMask >> (TypeBit * 3) & 7) {
    case 1:
        return Difference == 0;
    case 2:
        return Difference > 0;
    case 3:
        return Difference >= 0;
    case 4:
        return Difference < 0;
    case 5:
        return Difference <= 0;
    default:
        return FALSE;
    }
}

static LONG Compare(ULONG Ours, ULONG Theirs)
{
    return Ours < Theirs ? -1 : Ours > Theirs;
}

NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                                    ULONGLONG ConditionMask)
{
    enum { MinorBit, MajorBit, BuildBit, PlatformBit, ServiceMinorBit, ServiceMajorBit };
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (TypeMask == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    // Major, minor and service pack are one number of several digits: the first that differs tells.
    const struct {
        unsigned Bit;
        LONG Difference;
    } Digits[] = {
        {MajorBit, Compare(MAJOR_VERSION, VersionInfo->dwMajorVersion)},
        {MinorBit, Compare(MINOR_VERSION, VersionInfo->dwMinorVersion)},
        {ServiceMajorBit, Compare(0, VersionInfo->wServicePackMajor)},
        {ServiceMinorBit, Compare(0, VersionInfo->wServicePackMinor)},
    };
    LONG Difference = 0;
    int Asked = -1;
    for (unsigned i = 0; i < 4 && Difference == 0; i++) {
        if ((TypeMask & (1u << Digits[i].Bit)) != 0) {
            Asked = (int)Digits[i].Bit;
            Difference = Digits[i].Difference;
        }
    }
    BOOLEAN Matches = Asked < 0 || Holds(ConditionMask, (unsigned)Asked, Difference);
    if ((TypeMask & (1u << BuildBit)) != 0) {
        Matches = Matches &&
                  Holds(ConditionMask, BuildBit, Compare(BUILD_NUMBER, VersionInfo->dwBuildNumber));
    }
    if ((TypeMask & (1u << PlatformBit)) != 0) {
        Matches = Matches &&
                  Holds(ConditionMask, PlatformBit, Compare(2, VersionInfo->dwPlatformId));
    }
    return Matches ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
}

// ---- the interlocked lists and counters that take a spin lock

PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    PLIST_ENTRY First = IsListEmpty(ListHead) ? NULL : ListHead->Flink;
    InsertHeadList(ListHead, ListEntry);
    KeReleaseSpinLock(Lock, Irql);
    return First;
}

PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    PLIST_ENTRY Last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;
    InsertTailList(ListHead, ListEntry);
    KeReleaseSpinLock(Lock, Irql);
    return Last;
}

PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    PLIST_ENTRY First = IsListEmpty(ListHead) ? NULL : RemoveHeadList(ListHead);
    KeReleaseSpinLock(Lock, Irql);
    return First;
}

LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment,
                                                 PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    LARGE_INTEGER Before = *Addend;
    Addend->QuadPart += Increment.QuadPart;
    KeReleaseSpinLock(Lock, Irql);
    return Before;
}

ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    ULONG Before = *Addend;
    *Addend += Increment;
    KeReleaseSpinLock(Lock, Irql);
    return Before;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                                                    PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    PSINGLE_LIST_ENTRY First = ListHead->Next;
    PushEntryList(ListHead, ListEntry);
    KeReleaseSpinLock(Lock, Irql);
    return First;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    KIRQL Irql;
    KeAcquireSpinLock(Lock, &Irql);
    PSINGLE_LIST_ENTRY First = PopEntryList(ListHead);
    KeReleaseSpinLock(Lock, Irql);
    return First;
}

// SPDX-License-Identifier: MIT

// Bitmaps: bit n is bit n % 32 of word n / 32. A search starts at the hint and goes round once.

#include "sim.h"

#include <string.h>

#define NONE 0xFFFFFFFFu

static ULONG Words(const RTL_BITMAP *Map)
{
    return (Map->SizeOfBitMap + 31) / 32;
}

static BOOLEAN BitAt(const RTL_BITMAP *Map, ULONG Index)
{
    return (Map->Buffer[Index / 32] >> (Index % 32) & 1) != 0;
}

static void Change(PRTL_BITMAP Map, ULONG Start, ULONG Count, BOOLEAN Set)
{
    for (ULONG i = Start; i < Start + Count; i++) {
        ULONG Mask = 1u << (i % 32);
        Map->Buffer[i / 32] = Set ? Map->Buffer[i / 32] | Mask : Map->Buffer[i / 32] & ~Mask;
    }
}

VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

VOID NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0, Words(BitMapHeader) * sizeof(ULONG));
}

VOID NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    memset(BitMapHeader->Buffer, 0xFF, Words(BitMapHeader) * sizeof(ULONG));
}

VOID NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    Change(BitMapHeader, BitNumber, 1, FALSE);
}

VOID NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    Change(BitMapHeader, BitNumber, 1, TRUE);
}

VOID NTAPI RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    Change(BitMapHeader, StartingIndex, NumberToClear, FALSE);
}

VOID NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    Change(BitMapHeader, StartingIndex, NumberToSet, TRUE);
}

BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    return BitAt(BitMapHeader, BitNumber);
}

static BOOLEAN AllAre(const RTL_BITMAP *Map, ULONG Start, ULONG Count, BOOLEAN Set)
{
    if (Count == 0 || Start >= Map->SizeOfBitMap || Count > Map->SizeOfBitMap - Start) {
        return FALSE;
    }
    for (ULONG i = Start; i < Start + Count; i++) {
        if (BitAt(Map, i) != Set) {
            return FALSE;
        }
    }
    return TRUE;
}

BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return AllAre(BitMapHeader, StartingIndex, Length, FALSE);
}

BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return AllAre(BitMapHeader, StartingIndex, Length, TRUE);
}

static ULONG FindIn(const RTL_BITMAP *Map, ULONG From, ULONG To, ULONG Count, BOOLEAN Set)
{
    ULONG Run = 0;
    for (ULONG i = From; i < To; i++) {
        Run = BitAt(Map, i) == Set ? Run + 1 : 0;
        if (Run == Count) {
            return i - Count + 1;
        }
    }
    return NONE;
}

static ULONG Find(const RTL_BITMAP *Map, ULONG Count, ULONG Hint, BOOLEAN Set)
{
    ULONG Size = Map->SizeOfBitMap;
    Hint = Hint < Size ? Hint : 0;
    if (Count == 0) {
        return Hint & ~7u;
    }
    ULONG Found = FindIn(Map, Hint, Size, Count, Set);
    if (Found == NONE && Hint > 0) {
        ULONG End = Hint < Size - (Count - 1) ? Hint + Count - 1 : Size;
        Found = Count > Size ? NONE : FindIn(Map, 0, End, Count, Set);
    }
    return Found;
}

ULONG NTAPI RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return Find(BitMapHeader, NumberToFind, HintIndex, FALSE);
}

ULONG NTAPI RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return Find(BitMapHeader, NumberToFind, HintIndex, TRUE);
}

ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG Found = Find(BitMapHeader, NumberToFind, HintIndex, FALSE);
    if (Found != NONE) {
        Change(BitMapHeader, Found, NumberToFind, TRUE);
    }
    return Found;
}

ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG Found = Find(BitMapHeader, NumberToFind, HintIndex, TRUE);
    if (Found != NONE) {
        Change(BitMapHeader, Found, NumberToFind, FALSE);
    }
    return Found;
}

ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    ULONG Count = 0;
    for (ULONG i = 0; i < BitMapHeader->SizeOfBitMap; i++) {
        Count += BitAt(BitMapHeader, i);
    }
    return Count;
}

ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

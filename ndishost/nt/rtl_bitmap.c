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

// ---- runs of clear bits

// The length of the run that begins at From; 0: that bit is set, or past the end.
static ULONG ClearRunAt(const RTL_BITMAP *Map, ULONG From)
{
    ULONG End = From;
    while (End < Map->SizeOfBitMap && !BitAt(Map, End)) {
        End++;
    }
    return End - From;
}

ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                       PULONG StartingRunIndex)
{
    ULONG Start = FromIndex;
    while (Start < BitMapHeader->SizeOfBitMap && BitAt(BitMapHeader, Start)) {
        Start++;
    }
    *StartingRunIndex = Start;
    return ClearRunAt(BitMapHeader, Start);
}

// The run that ends at FromIndex or before it.
ULONG NTAPI RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                        PULONG StartingRunIndex)
{
    ULONG End = min(FromIndex + 1, BitMapHeader->SizeOfBitMap);
    while (End > 0 && BitAt(BitMapHeader, End - 1)) {
        End--;
    }
    ULONG Start = End;
    while (Start > 0 && !BitAt(BitMapHeader, Start - 1)) {
        Start--;
    }
    *StartingRunIndex = Start;
    return End - Start;
}

ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

// The place in the list, longest first; runs of the same length stay in their order.
static void KeepLongest(PRTL_BITMAP_RUN Runs, ULONG Size, ULONG *Count, RTL_BITMAP_RUN New)
{
    ULONG At = *Count;
    while (At > 0 && Runs[At - 1].NumberOfBits < New.NumberOfBits) {
        At--;
    }
    if (At == Size) {
        return;
    }
    *Count = min(*Count + 1, Size);
    for (ULONG i = *Count - 1; i > At; i--) {
        Runs[i] = Runs[i - 1];
    }
    Runs[At] = New;
}

ULONG NTAPI RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray,
                             ULONG SizeOfRunArray, BOOLEAN LocateLongestRuns)
{
    ULONG Count = 0;
    RTL_BITMAP_RUN Run = {0};
    while (LocateLongestRuns || Count < SizeOfRunArray) {
        Run.NumberOfBits = RtlFindNextForwardRunClear(
            BitMapHeader, Run.StartingIndex + Run.NumberOfBits, &Run.StartingIndex);
        if (Run.NumberOfBits == 0) {
            break;
        }
        if (LocateLongestRuns) {
            KeepLongest(RunArray, SizeOfRunArray, &Count, Run);
        } else {
            RunArray[Count++] = Run;
        }
    }
    return Count;
}

ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    RTL_BITMAP_RUN Longest = {0};
    (void)RtlFindClearRuns(BitMapHeader, &Longest, 1, TRUE);
    *StartingIndex = Longest.StartingIndex;
    return Longest.NumberOfBits;
}

// ---- parts of a bitmap; what lies past the end does not count

ULONG NTAPI RtlNumberOfSetBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    ULONG Count = 0;
    for (ULONG i = 0; i < Length && StartingIndex + i < BitMapHeader->SizeOfBitMap; i++) {
        Count += BitAt(BitMapHeader, StartingIndex + i);
    }
    return Count;
}

ULONG NTAPI RtlNumberOfClearBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    ULONG Size = BitMapHeader->SizeOfBitMap;
    ULONG InMap = StartingIndex < Size ? min(Length, Size - StartingIndex) : 0;
    return InMap - RtlNumberOfSetBitsInRange(BitMapHeader, StartingIndex, InMap);
}

// The whole of Source goes to Destination, from TargetBit on.
VOID NTAPI RtlCopyBitMap(PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit)
{
    for (ULONG i = 0; i < Source->SizeOfBitMap && TargetBit + i < Destination->SizeOfBitMap; i++) {
        Change(Destination, TargetBit + i, 1, BitAt(Source, i));
    }
}

// Bits of Source, from TargetBit on, go to the begin of Destination.
VOID NTAPI RtlExtractBitMap(PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit,
                            ULONG NumberOfBits)
{
    for (ULONG i = 0;
         i < NumberOfBits && i < Destination->SizeOfBitMap && TargetBit + i < Source->SizeOfBitMap;
         i++) {
        Change(Destination, i, 1, BitAt(Source, TargetBit + i));
    }
}

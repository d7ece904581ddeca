// SPDX-License-Identifier: MIT

// Characters, memory, sorting, random numbers and conversions of ntoskrnl.exe's C library.

#include "crt.h"

#include <string.h>

#include "wide.h"

int NTAPI PeExport_isdigit(int Character)
{
    return Character >= '0' && Character <= '9';
}

int NTAPI PeExport_isupper(int Character)
{
    return Character >= 'A' && Character <= 'Z';
}

int NTAPI PeExport_islower(int Character)
{
    return Character >= 'a' && Character <= 'z';
}

int NTAPI PeExport_isxdigit(int Character)
{
    int Small = Character | 32;
    return PeExport_isdigit(Character) || (Small >= 'a' && Small <= 'f');
}

int NTAPI PeExport_isspace(int Character)
{
    return Character == ' ' || (Character >= '\t' && Character <= '\r');
}

int NTAPI PeExport_isprint(int Character)
{
    return Character >= ' ' && Character <= '~';
}

int NTAPI PeExport_toupper(int Character)
{
    return PeExport_islower(Character) ? Character - 32 : Character;
}

int NTAPI PeExport_tolower(int Character)
{
    return PeExport_isupper(Character) ? Character + 32 : Character;
}

WCHAR NTAPI PeExport_towupper(WCHAR Character)
{
    return SimWideUpper(Character);
}

WCHAR NTAPI PeExport_towlower(WCHAR Character)
{
    return SimWideLower(Character);
}

// ---- memory

void *NTAPI PeExport_memchr(const void *Memory, int Value, SIZE_T Length)
{
    return (void *)memchr(Memory, Value, Length);
}

int NTAPI PeExport_memcpy_s(void *To, SIZE_T Size, const void *From, SIZE_T Length)
{
    if (Length == 0) {
        return 0;
    }
    if (To == NULL) {
        return CRT_EINVAL;
    }
    if (From == NULL || Size < Length) {
        memset(To, 0, Size);
        return From == NULL ? CRT_EINVAL : CRT_ERANGE;
    }
    memmove(To, From, Length);
    return 0;
}

int NTAPI PeExport_memmove_s(void *To, SIZE_T Size, const void *From, SIZE_T Length)
{
    if (Length == 0) {
        return 0;
    }
    if (To == NULL || From == NULL) {
        return CRT_EINVAL;
    }
    if (Size < Length) {
        return CRT_ERANGE;
    }
    memmove(To, From, Length);
    return 0;
}

static void Swap(UCHAR *Left, UCHAR *Right, SIZE_T Width)
{
    for (SIZE_T i = 0; i < Width; i++) {
        UCHAR Kept = Left[i];
        Left[i] = Right[i];
        Right[i] = Kept;
    }
}

static void SiftDown(UCHAR *Base, SIZE_T Root, SIZE_T Count, SIZE_T Width, CRT_COMPARE *Compare)
{
    for (SIZE_T Child = 2 * Root + 1; Child < Count; Child = 2 * Root + 1) {
        if (Child + 1 < Count && Compare(Base + Child * Width, Base + (Child + 1) * Width) < 0) {
            Child++;
        }
        if (Compare(Base + Root * Width, Base + Child * Width) >= 0) {
            return;
        }
        Swap(Base + Root * Width, Base + Child * Width, Width);
        Root = Child;
    }
}

// A heap sort: no memory, and no input that makes it slow.
void NTAPI PeExport_qsort(void *Base, SIZE_T Count, SIZE_T Width, CRT_COMPARE *Compare)
{
    for (SIZE_T Root = Count / 2; Root > 0; Root--) {
        SiftDown(Base, Root - 1, Count, Width, Compare);
    }
    for (SIZE_T Left = Count; Left > 1; Left--) {
        Swap(Base, (UCHAR *)Base + (Left - 1) * Width, Width);
        SiftDown(Base, 0, Left - 1, Width, Compare);
    }
}

void *NTAPI PeExport_bsearch(const void *Key, const void *Base, SIZE_T Count, SIZE_T Width,
                             CRT_COMPARE *Compare)
{
    const UCHAR *First = Base;
    while (Count > 0) {
        const UCHAR *Middle = First + Count / 2 * Width;
        int Order = Compare(Key, Middle);
        if (Order == 0) {
            return (void *)Middle;
        }
        if (Order > 0) {
            First = Middle + Width;
            Count--;
        }
        Count /= 2;
    }
    return NULL;
}

// ---- random numbers: one sequence of 15 bits for the whole system

static _Atomic ULONG RandomSeed = 1;

void NTAPI PeExport_srand(unsigned Seed)
{
    atomic_store(&RandomSeed, Seed);
}

int NTAPI PeExport_rand(void)
{
    ULONG Seed = atomic_load(&RandomSeed);
    ULONG Next;
    do {
        Next = Seed * 214013 + 2531011;
    } while (!atomic_compare_exchange_weak(&RandomSeed, &Seed, Next));
    return (int)(Next >> 16 & 0x7FFF);
}

// ---- words and numbers

CHAR *NTAPI PeExport_strtok_s(CHAR *Text, const CHAR *Delimiters, CHAR **Context)
{
    CHAR *Start = Text != NULL ? Text : *Context;
    if (Start == NULL) {
        return NULL;
    }
    Start += PeExport_strspn(Start, Delimiters);
    CHAR *End = Start;
    while (*End != 0 && PeExport_strchr(Delimiters, *End) == NULL) {
        End++;
    }
    *Context = *End != 0 ? End + 1 : End;
    *End = 0;
    return End != Start ? Start : NULL;
}

SIZE_T NTAPI PeExport_wcscspn(const WCHAR *Text, const WCHAR *Set)
{
    SIZE_T Length = 0;
    while (Text[Length] != 0 && PeExport_wcschr(Set, Text[Length]) == NULL) {
        Length++;
    }
    return Length;
}

static unsigned DigitOf(int Character)
{
    if (PeExport_isdigit(Character)) {
        return (unsigned)(Character - '0');
    }
    int Small = Character | 32;
    return Small >= 'a' && Small <= 'z' && Character < 128 ? (unsigned)(Small - 'a' + 10) : 36;
}

typedef struct NUMBER {
    SIZE_T Used; // characters; 0: it is no number
    ULONG64 Value;
    BOOLEAN Negative, TooLarge;
} NUMBER;

// Character `Index` of a CHAR or WCHAR string.
static int At(const void *Text, BOOLEAN Wide, SIZE_T Index)
{
    return Wide ? ((const WCHAR *)Text)[Index] : ((const UCHAR *)Text)[Index];
}

static NUMBER Parse(const void *Text, BOOLEAN Wide, int Radix, ULONG64 Limit)
{
    NUMBER Number = {0};
    SIZE_T i = 0;
    while (PeExport_isspace(At(Text, Wide, i))) {
        i++;
    }
    Number.Negative = At(Text, Wide, i) == '-';
    i += At(Text, Wide, i) == '-' || At(Text, Wide, i) == '+';
    BOOLEAN Zero = At(Text, Wide, i) == '0';
    BOOLEAN Hex = Zero && (At(Text, Wide, i + 1) | 32) == 'x' &&
                  DigitOf(At(Text, Wide, i + 2)) < 16 && (Radix == 0 || Radix == 16);
    unsigned Base = Radix != 0 ? (unsigned)Radix : Hex ? 16 : Zero ? 8 : 10;
    i += Hex ? 2 : 0;
    for (unsigned Digit = DigitOf(At(Text, Wide, i)); Digit < Base;
         Digit = DigitOf(At(Text, Wide, i))) {
        Number.TooLarge |= Number.Value > (Limit - Digit) / Base;
        Number.Value = Number.Value * Base + Digit;
        Number.Used = ++i;
    }
    if (Number.TooLarge) {
        Number.Value = Limit;
    } else if (Number.Negative) {
        Number.Value = 0 - Number.Value;
    }
    return Number;
}

static BOOLEAN IsRadix(int Radix)
{
    return Radix == 0 || (Radix >= 2 && Radix <= 36);
}

ULONG NTAPI PeExport_wcstoul(const WCHAR *Text, WCHAR **End, int Radix)
{
    NUMBER Number = IsRadix(Radix) ? Parse(Text, TRUE, Radix, MAXULONG) : (NUMBER){0};
    if (End != NULL) {
        *End = (WCHAR *)Text + Number.Used;
    }
    return (ULONG)Number.Value;
}

ULONG64 NTAPI PeExport__strtoui64(const CHAR *Text, CHAR **End, int Radix)
{
    NUMBER Number = IsRadix(Radix) ? Parse(Text, FALSE, Radix, UINT64_MAX) : (NUMBER){0};
    if (End != NULL) {
        *End = (CHAR *)Text + Number.Used;
    }
    return Number.Value;
}

// ---- the ANSI code page, in which one byte is one character

SIZE_T NTAPI PeExport_mbstowcs(WCHAR *To, const CHAR *From, SIZE_T Count)
{
    SIZE_T Length = strlen(From);
    if (To == NULL) {
        return Length;
    }
    ULONG Bytes;
    SIZE_T Copied = min(Length + 1, Count);
    (void)RtlMultiByteToUnicodeN(To, (ULONG)(Copied * sizeof(WCHAR)), &Bytes, From, (ULONG)Copied);
    return min(Length, Count);
}

SIZE_T NTAPI PeExport_wcstombs(CHAR *To, const WCHAR *From, SIZE_T Count)
{
    SIZE_T Length = SimWideLength(From);
    if (To == NULL) {
        return Length;
    }
    ULONG Bytes;
    SIZE_T Copied = min(Length + 1, Count);
    (void)RtlUnicodeToMultiByteN(To, (ULONG)Copied, &Bytes, From, (ULONG)(Copied * sizeof(WCHAR)));
    return min(Length, Count);
}

// What a C++ class calls whose function is only declared.
int NTAPI PeExport__purecall(void)
{
    SimBugCheck(SYSTEM_SERVICE_EXCEPTION, (ULONG_PTR)STATUS_NOT_IMPLEMENTED,
                (ULONG_PTR)__builtin_return_address(0), 0, 0,
                "_purecall: a pure virtual function was called.");
}

// SPDX-License-Identifier: MIT

// See wide.h. Letter case is known for ASCII, Latin-1, Greek and Cyrillic.

#include "wide.h"

size_t SimWideLength(const WCHAR *Text)
{
    size_t Length = 0;
    while (Text[Length] != 0) {
        Length++;
    }
    return Length;
}

WCHAR SimWideUpper(WCHAR Character)
{
    unsigned Code = Character;
    if ((Code >= 'a' && Code <= 'z') || (Code >= 0xE0 && Code <= 0xFE && Code != 0xF7) ||
        (Code >= 0x3B1 && Code <= 0x3C9 && Code != 0x3C2) || (Code >= 0x430 && Code <= 0x44F)) {
        return (WCHAR)(Code - 0x20);
    }
    if (Code >= 0x450 && Code <= 0x45F) {
        return (WCHAR)(Code - 0x50);
    }
    return Code == 0xFF ? (WCHAR)0x178 : Character;
}

WCHAR SimWideLower(WCHAR Character)
{
    unsigned Code = Character;
    if ((Code >= 'A' && Code <= 'Z') || (Code >= 0xC0 && Code <= 0xDE && Code != 0xD7) ||
        (Code >= 0x391 && Code <= 0x3A9 && Code != 0x3A2) || (Code >= 0x410 && Code <= 0x42F)) {
        return (WCHAR)(Code + 0x20);
    }
    if (Code >= 0x400 && Code <= 0x40F) {
        return (WCHAR)(Code + 0x50);
    }
    return Code == 0x178 ? (WCHAR)0xFF : Character;
}

BOOLEAN SimWideEqual(const WCHAR *Left, const WCHAR *Right, size_t Characters)
{
    for (size_t i = 0; i < Characters; i++) {
        if (SimWideUpper(Left[i]) != SimWideUpper(Right[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

#define REPLACEMENT 0xFFFDu

// One character of UTF-8; *Used is at least 1.
static uint32_t DecodeUtf8(const unsigned char *Utf8, size_t Bytes, size_t *Used)
{
    static const uint32_t Smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t Code = Utf8[0];
    size_t Length = Code < 0x80       ? 1
                    : Code >> 5 == 6  ? 2
                    : Code >> 4 == 14 ? 3
                    : Code >> 3 == 30 ? 4
                                      : 0;
    *Used = 1;
    if (Length <= 1) {
        return Length == 1 ? Code : REPLACEMENT;
    }
    Code &= 0x7Fu >> Length;
    for (size_t i = 1; i < Length; i++) {
        if (i >= Bytes || (Utf8[i] & 0xC0) != 0x80) {
            *Used = i;
            return REPLACEMENT;
        }
        Code = Code << 6 | (Utf8[i] & 0x3F);
    }
    *Used = Length;
    BOOLEAN Valid = Code >= Smallest[Length] && Code <= 0x10FFFF &&
                    (Code < 0xD800 || Code > 0xDFFF);
    return Valid ? Code : REPLACEMENT;
}

size_t SimWideFromUtf8(WCHAR *Wide, size_t Capacity, const char *Utf8, size_t Bytes)
{
    size_t Units = 0;
    for (size_t i = 0, Used; i < Bytes; i += Used) {
        uint32_t Code = DecodeUtf8((const unsigned char *)Utf8 + i, Bytes - i, &Used);
        if (Code >= 0x10000) {
            if (Units + 1 < Capacity) {
                Wide[Units] = (WCHAR)(0xD7C0 + (Code >> 10));
                Wide[Units + 1] = (WCHAR)(0xDC00 + (Code & 0x3FF));
            }
            Units += 2;
        } else {
            if (Units < Capacity) {
                Wide[Units] = (WCHAR)Code;
            }
            Units++;
        }
    }
    return Units;
}

static size_t EncodeUtf8(uint32_t Code, char Out[4])
{
    if (Code < 0x80) {
        Out[0] = (char)Code;
        return 1;
    }
    size_t Length = Code < 0x800 ? 2 : Code < 0x10000 ? 3 : 4;
    for (size_t i = Length - 1; i > 0; i--) {
        Out[i] = (char)(0x80 | (Code & 0x3F));
        Code >>= 6;
    }
    Out[0] = (char)((0xF00u >> Length & 0xFF) | Code);
    return Length;
}

size_t SimUtf8FromWide(char *Utf8, size_t Capacity, const WCHAR *Wide, size_t Units)
{
    size_t Bytes = 0;
    for (size_t i = 0; i < Units; i++) {
        uint32_t Code = (uint16_t)Wide[i];
        BOOLEAN High = Code >= 0xD800 && Code <= 0xDBFF;
        if (High && i + 1 < Units && (Wide[i + 1] & 0xFC00) == 0xDC00) {
            Code = 0x10000 + ((Code & 0x3FF) << 10) + (Wide[++i] & 0x3FFu);
        } else if (Code >= 0xD800 && Code <= 0xDFFF) {
            Code = REPLACEMENT;
        }
        char Encoded[4];
        size_t Length = EncodeUtf8(Code, Encoded);
        for (size_t j = 0; j < Length && Bytes + j < Capacity; j++) {
            Utf8[Bytes + j] = Encoded[j];
        }
        Bytes += Length;
    }
    return Bytes;
}

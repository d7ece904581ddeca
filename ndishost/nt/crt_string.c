// SPDX-License-Identifier: MIT

// Strings of CHAR and of WCHAR, from one text. Case is that of the C locale: A to Z.

#include "crt.h"

#include <string.h>

#define NUMBER_ROOM 66 // 64 bits to the base of 2, a sign, a terminator

static unsigned Lower(unsigned Character)
{
    return Character >= 'A' && Character <= 'Z' ? Character + 32 : Character;
}

static unsigned Upper(unsigned Character)
{
    return Character >= 'a' && Character <= 'z' ? Character - 32 : Character;
}

#define CHARACTER CHAR
#define UNIT UCHAR
#define NAME CRT_NARROW
#define LOCAL(Name) Name##Narrow
#include "crt_string.inc"
#undef CHARACTER
#undef UNIT
#undef NAME
#undef LOCAL

#define CHARACTER WCHAR
#define UNIT WCHAR
#define NAME CRT_WIDE
#define LOCAL(Name) Name##Wide
#include "crt_string.inc"

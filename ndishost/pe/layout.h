// SPDX-License-Identifier: MIT
#pragma once

// From the bytes of a file to what the rest of the loader may rely on.

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "format.h"

// A sentence for people; only the first that is said is kept.
typedef struct PE_MESSAGE {
    char *Text; // may be NULL
    size_t Size;
    const char *Subject; // what it is about: stands before it; NULL: nothing does
    bool IsSaid;
} PE_MESSAGE;

// Always false, so that a check can return it.
__attribute__((format(printf, 2, 3))) bool PeSay(PE_MESSAGE *Message, const char *Format, ...);

typedef struct PE_SECTION {
    char Name[9];
    uint32_t Address;
    uint32_t Size; // in memory, rounded up to pages
    uint32_t FileOffset;
    uint32_t FileBytes; // to copy; at most Size
    bool Read, Write, Execute, Discardable;
} PE_SECTION;

typedef struct PE_LAYOUT {
    uint64_t ImageBase;
    uint32_t SizeOfImage; // whole pages
    uint32_t SizeOfHeaders;
    uint32_t EntryPoint;
    uint32_t CheckSum;
    uint32_t CheckSumOffset; // in the file
    unsigned SectionCount;
    PE_SECTION Sections[PE_SECTIONS_MAX];
    PE_DIRECTORY Directories[PE_DIRECTORIES]; // each inside the image, or of size 0
} PE_LAYOUT;

// False: it is not a driver that can be loaded; `Message` says why.
bool PeLayoutRead(PE_LAYOUT *Layout, const uint8_t *File, size_t Size, PE_MESSAGE *Message);

// Windows loads no driver whose checksum is wrong.
bool PeChecksumIsRight(const PE_LAYOUT *Layout, const uint8_t *File, size_t Size);
uint32_t PeChecksum(const PE_LAYOUT *Layout, const uint8_t *File, size_t Size);

// True when [Address, Address + Size) lies inside the image.
static inline bool PeIsInside(const PE_LAYOUT *Layout, uint64_t Address, uint64_t Size)
{
    return Address <= Layout->SizeOfImage && Size <= Layout->SizeOfImage - Address;
}

// The section of an address; NULL: none.
const PE_SECTION *PeSectionOf(const PE_LAYOUT *Layout, uint32_t Address);

// SPDX-License-Identifier: MIT

// The program's code by compilation unit, in the order of addresses.

#include "parts.h"

#include "../nt/stack.h"
#include "../pe/image.h"

#include <stdlib.h>
#include <string.h>

typedef struct RANGE {
    uintptr_t Low, High;
    enum ndishost_part Part;
} RANGE;

// Made once and kept, because a signal handler reads it.
static struct {
    RANGE *Ranges;
    size_t Count, Size;
} Parts;

static enum ndishost_part PartOfFile(const char *File)
{
    static const struct {
        const char *Folder;
        enum ndishost_part Part;
    } Folders[] = {
        {"/tests/", NDISHOST_PART_PROGRAM},        {"/bench/classic/", NDISHOST_PART_DRIVER},
        {"/driver/", NDISHOST_PART_DRIVER},        {"/ndishost/ndis/", NDISHOST_PART_NDIS},
        {"/ndishost/nt/", NDISHOST_PART_NT},       {"/ndishost/pe/", NDISHOST_PART_NT},
        {"/ndishost/verifier/", NDISHOST_PART_NT}, {"/ndishost/nic/", NDISHOST_PART_NIC},
    };
    for (size_t Index = 0; Index < sizeof(Folders) / sizeof(Folders[0]); Index++) {
        if (strstr(File, Folders[Index].Folder) != NULL) {
            return Folders[Index].Part;
        }
    }
    return NDISHOST_PART_PROGRAM;
}

static void PartsAdd(const char *File, uintptr_t Low, uintptr_t High)
{
    enum ndishost_part Part = PartOfFile(File);
    if (Part == NDISHOST_PART_PROGRAM) {
        return;
    }
    if (Parts.Count == Parts.Size) {
        size_t Size = Parts.Size == 0 ? 256 : 2 * Parts.Size;
        RANGE *Ranges = realloc(Parts.Ranges, Size * sizeof(*Ranges));
        if (Ranges == NULL) {
            return;
        }
        Parts.Ranges = Ranges;
        Parts.Size = Size;
    }
    Parts.Ranges[Parts.Count++] = (RANGE){Low, High, Part};
}

static int PartsCompare(const void *Left, const void *Right)
{
    uintptr_t A = ((const RANGE *)Left)->Low, B = ((const RANGE *)Right)->Low;
    return (A > B) - (A < B);
}

bool PartsOpen(void)
{
    if (Parts.Count == 0) {
        StackNamesUnits(PartsAdd);
        qsort(Parts.Ranges, Parts.Count, sizeof(RANGE), PartsCompare);
    }
    return Parts.Count != 0;
}

enum ndishost_part PartOf(uintptr_t Address)
{
    size_t First = 0, End = Parts.Count;
    while (First < End) {
        size_t Middle = (First + End) / 2;
        const RANGE *Range = &Parts.Ranges[Middle];
        if (Address < Range->Low) {
            End = Middle;
        } else if (Address >= Range->High) {
            First = Middle + 1;
        } else {
            return Range->Part;
        }
    }
    return PeImageOf((const void *)Address) != NULL ? NDISHOST_PART_DRIVER : NDISHOST_PART_PROGRAM;
}

// SPDX-License-Identifier: MIT

#include "poison.h"

#include <sys/mman.h>

#include "finding.h"

// Per NBL a page, in it 256 bytes for each field: a structure behind the pointer fits.
#define NBL_BYTES 4096u
#define FIELD_BYTES 256u
#define REGION_BYTES ((size_t)SHADOW_NUMBERS * NBL_BYTES)

static char *Region;

NTSTATUS PoisonStart(void)
{
    void *Memory = mmap(NULL, REGION_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                        -1, 0);
    if (Memory == MAP_FAILED) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Region = Memory;
    return STATUS_SUCCESS;
}

void PoisonStop(void)
{
    if (Region != NULL) {
        munmap(Region, REGION_BYTES);
        Region = NULL;
    }
}

void *SimPoisonValue(POISON_FIELD Field, const NBL_SHADOW *Shadow)
{
    return Region + (size_t)(Shadow->Number % SHADOW_NUMBERS) * NBL_BYTES + Field * FIELD_BYTES;
}

BOOLEAN SimPoisonDescribe(const void *Address, const char **Field, const NBL_SHADOW **Nbl)
{
    static const char *const Names[] = {
        "Scratch",
        "MiniportReserved[0]",
        "MiniportReserved[1]",
        "MiniportReserved[0] of its NET_BUFFER",
        "MiniportReserved[1] of its NET_BUFFER",
        "MiniportReserved[2] of its NET_BUFFER",
        "MiniportReserved[3] of its NET_BUFFER",
    };
    size_t Offset = (size_t)((const char *)Address - Region);

    if (Region == NULL || Offset >= REGION_BYTES) {
        return FALSE;
    }
    size_t Index = Offset % NBL_BYTES / FIELD_BYTES;
    *Field = Index < PoisonFields ? Names[Index] : "a field of a lower driver";
    *Nbl = NblShadowByNumber((uint32_t)(Offset / NBL_BYTES));
    return TRUE;
}

void PoisonFault(const void *Address, BOOLEAN Write, void *Instruction)
{
    FINDING Finding = {.Rule = "REU-15", .Object = Address};
    const char *Field;

    if (!SimPoisonDescribe(Address, &Field, &Finding.Nbl)) {
        return;
    }
    FindingReport(&Finding,
                  "the code at %p %s %p, a value that it found in %s of the NBL after completion:\n"
                  "a lower driver may leave anything there",
                  Instruction, Write ? "writes to" : "reads", Address, Field);
}

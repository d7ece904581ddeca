// SPDX-License-Identifier: MIT

// MmGetSystemRoutineAddress: how drivers ask for functions that older systems do not have. What it
// finds is what an import finds.

#include "map.h"
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_UNITS 128

static int CompareName(const void *Key, const void *Entry)
{
    return strcmp(Key, ((const PE_EXPORT *)Entry)->Name);
}

PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    char Name[NAME_MAX_UNITS];
    size_t Units = SystemRoutineName->Length / sizeof(WCHAR);

    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (Units >= NAME_MAX_UNITS) {
        return NULL;
    }
    for (size_t i = 0; i < Units; i++) {
        if (SystemRoutineName->Buffer[i] > 0x7F) {
            return NULL;
        }
        Name[i] = (char)SystemRoutineName->Buffer[i];
    }
    Name[Units] = 0;
    const PE_EXPORT *Export = bsearch(Name, PeExports, PeExportCount, sizeof(*PeExports),
                                      CompareName);
    return Export != NULL && Export->Module == PE_MODULE_KERNEL ? (PVOID)Export->Address : NULL;
}

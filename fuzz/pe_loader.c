// SPDX-License-Identifier: MIT

// Bytes as a driver's file: everything that the loader does with one before it calls into it. The
// checksum is not looked at, because no changed file would come past it.

#include "../ndishost/pe/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *File, size_t Size);
int LLVMFuzzerTestOneInput(const uint8_t *File, size_t Size)
{
    char Text[512];
    PE_MESSAGE Message = {.Text = Text, .Size = sizeof(Text)};
    PE_LAYOUT Layout;
    const PE_FUNCTION *Functions;
    uint32_t Count;
    uint8_t *Base;

    if (!PeLayoutRead(&Layout, File, Size, &Message)) {
        return 0;
    }
    (void)PeChecksum(&Layout, File, Size);
    Base = PeMap(&Layout, File, &Message);
    if (Base == NULL) {
        return 0;
    }
    (void)(PeResolveImports(Base, &Layout, &Message) &&
           PeFindFunctions(Base, &Layout, &Functions, &Count, &Message) &&
           PeConfigure(Base, &Layout, 1, &Message) && PeProtect(Base, &Layout, &Message));
    PeUnmap(Base, &Layout);
    return 0;
}

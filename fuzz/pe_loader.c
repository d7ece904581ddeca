// SPDX-License-Identifier: MIT

// Bytes as a driver's file: everything that the loader does with one before it calls into it, and
// the unwinder, which reads it later. The checksum is not looked at, because no changed file would
// come past it; that imports are missing changes nothing, because few names are known here.

#include "../ndishost/pe/map.h"
#include "../ndishost/pe/unwind.h"

#define FUNCTIONS_MAX 8 // each step reads the stack by a system call
#define STACK_WORDS 64

static void UnwindFrom(PE_IMAGE *Image, uint32_t Address)
{
    uint64_t Stack[STACK_WORDS] = {0};
    PE_CONTEXT Context = {.Rip = (uint64_t)(uintptr_t)Image->Base + Address};
    PE_FRAME Frame = {.Image = Image};

    for (unsigned Register = 0; Register < 16; Register++) {
        Context.Integer[Register] = (uint64_t)(uintptr_t)Stack;
    }
    (void)PeUnwindImage(&Frame, &Context);
}

static void Unwind(PE_IMAGE *Image)
{
    for (uint32_t i = 0; i < Image->FunctionCount && i < FUNCTIONS_MAX; i++) {
        const PE_FUNCTION *Function = &Image->Functions[i];

        UnwindFrom(Image, Function->Begin);
        UnwindFrom(Image, Function->Begin + (Function->End - Function->Begin) / 2);
        UnwindFrom(Image, Function->End - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *File, size_t Size);
int LLVMFuzzerTestOneInput(const uint8_t *File, size_t Size)
{
    char Text[512];
    PE_MESSAGE Message = {.Text = Text, .Size = sizeof(Text)};
    PE_IMAGE Image = {0};
    PE_LAYOUT *Layout = &Image.Layout;

    if (!PeLayoutRead(Layout, File, Size, &Message)) {
        return 0;
    }
    (void)PeChecksum(Layout, File, Size);
    Image.Base = PeMap(Layout, File, &Message);
    if (Image.Base == NULL) {
        return 0;
    }
    (void)PeResolveImports(Image.Base, Layout, &Message);
    if (PeFindFunctions(Image.Base, Layout, &Image.Functions, &Image.FunctionCount, &Message) &&
        PeConfigure(Image.Base, Layout, 1, &Message) && PeProtect(Image.Base, Layout, &Message)) {
        PeDiscard(Image.Base, Layout);
        Unwind(&Image);
    }
    PeUnmap(Image.Base, Layout);
    return 0;
}

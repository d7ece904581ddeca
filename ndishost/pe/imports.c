// SPDX-License-Identifier: MIT

// Imports, by name. All that are missing are found before the load fails, so that a driver's author
// learns of them at once.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../ndis/control.h"
#include "map.h"

#define MISSING_TOLD 64

typedef struct RESOLVER {
    uint8_t *Base;
    const PE_LAYOUT *Layout;
    PE_MESSAGE *Message;
    const char *Module;     // of the descriptor at hand
    int ModuleNumber;       // PE_MODULE_...; -1: there is no such module
    PE_IMPORT_VISIT *Visit; // NULL: nobody wants to know
    void *Context;
    unsigned Missing;
    size_t Used; // of Text
    char Text[4096];
} RESOLVER;

static int CompareName(const void *Key, const void *Entry)
{
    return strcmp(Key, ((const PE_EXPORT *)Entry)->Name);
}

static const void *FindExport(int Module, const char *Name)
{
    const PE_EXPORT *Export = bsearch(Name, PeExports, PeExportCount, sizeof(*PeExports),
                                      CompareName);

    return Export != NULL && Export->Module == Module ? Export->Address : NULL;
}

PVOID NTAPI SimNdisRoutine(const char *Name)
{
    return (PVOID)FindExport(PE_MODULE_NDIS, Name);
}

// hal.dll has been a part of the kernel since Windows 10 2004; its names are the kernel's.
static int FindModule(const char *Name)
{
    static const struct {
        const char *Name;
        int Module;
    } Modules[] = {{"ntoskrnl.exe", PE_MODULE_KERNEL},
                   {"hal.dll", PE_MODULE_KERNEL},
                   {"ndis.sys", PE_MODULE_NDIS}};

    for (size_t i = 0; i < sizeof(Modules) / sizeof(Modules[0]); i++) {
        if (strcasecmp(Modules[i].Name, Name) == 0) {
            return Modules[i].Module;
        }
    }
    return -1;
}

// NULL: it does not end inside the image.
static const char *TextAt(const RESOLVER *Resolver, uint64_t Address)
{
    const char *Text = (const char *)Resolver->Base + Address;

    if (!PeIsInside(Resolver->Layout, Address, 1) ||
        memchr(Text, 0, Resolver->Layout->SizeOfImage - Address) == NULL) {
        return NULL;
    }
    return Text;
}

static void AddMissing(RESOLVER *Resolver, const char *Name)
{
    size_t Room = sizeof(Resolver->Text) - Resolver->Used;
    int Length;

    Resolver->Missing++;
    if (Resolver->Missing > MISSING_TOLD) {
        return;
    }
    Length = snprintf(Resolver->Text + Resolver->Used, Room, "%s%.64s!%.128s",
                      Resolver->Used == 0 ? "" : ", ", Resolver->Module, Name);
    Resolver->Used += (size_t)Length < Room ? (size_t)Length : Room - 1;
}

static bool ResolveOne(RESOLVER *Resolver, uint64_t Thunk, const void **Address)
{
    const char *Name = NULL;

    if ((Thunk & PE_IMPORT_BY_ORDINAL) != 0) {
        return PeSay(Resolver->Message,
                     "it imports %.64s by ordinal %llu; only imports by name are possible",
                     Resolver->Module, (unsigned long long)(Thunk & 0xFFFF));
    }
    if (Thunk < UINT64_C(0x80000000)) {
        Name = TextAt(Resolver, Thunk + 2); // after a hint
    }
    if (Name == NULL) {
        return PeSay(Resolver->Message, "a name of its imports from %.64s is not inside the image",
                     Resolver->Module);
    }
    *Address = FindExport(Resolver->ModuleNumber, Name);
    if (Resolver->Visit != NULL) {
        Resolver->Visit(Resolver->Module, Name, *Address != NULL, Resolver->Context);
    }
    if (*Address == NULL) {
        AddMissing(Resolver, Name);
    }
    return true;
}

static bool ResolveModule(RESOLVER *Resolver, const PE_IMPORT_DESCRIPTOR *Descriptor)
{
    uint64_t Names = Descriptor->NamesAddress != 0 ? Descriptor->NamesAddress
                                                   : Descriptor->ThunksAddress;
    const void *Address = NULL;
    uint64_t Thunk;

    Resolver->Module = TextAt(Resolver, Descriptor->ModuleAddress);
    if (Resolver->Module == NULL) {
        return PeSay(Resolver->Message, "the name of an imported module is not inside the image");
    }
    Resolver->ModuleNumber = FindModule(Resolver->Module);
    for (uint64_t Offset = 0;; Offset += sizeof(Thunk)) {
        if (!PeIsInside(Resolver->Layout, Names + Offset, sizeof(Thunk)) ||
            !PeIsInside(Resolver->Layout, Descriptor->ThunksAddress + Offset, sizeof(Thunk))) {
            return PeSay(Resolver->Message, "its imports from %.64s are not inside the image",
                         Resolver->Module);
        }
        memcpy(&Thunk, Resolver->Base + Names + Offset, sizeof(Thunk));
        if (Thunk == 0) {
            return true;
        }
        if (!ResolveOne(Resolver, Thunk, &Address)) {
            return false;
        }
        memcpy(Resolver->Base + Descriptor->ThunksAddress + Offset, &Address, sizeof(Address));
    }
}

static bool ResolveModules(RESOLVER *Resolver)
{
    const PE_DIRECTORY *Directory = &Resolver->Layout->Directories[PE_DIRECTORY_IMPORT];
    PE_IMPORT_DESCRIPTOR Descriptor;

    // As on Windows an empty descriptor is the end, not the size of the directory.
    for (uint64_t At = Directory->Address; Directory->Size != 0; At += sizeof(Descriptor)) {
        if (!PeIsInside(Resolver->Layout, At, sizeof(Descriptor))) {
            return PeSay(Resolver->Message,
                         "its list of imported modules has no end inside the image");
        }
        memcpy(&Descriptor, Resolver->Base + At, sizeof(Descriptor));
        if (Descriptor.ModuleAddress == 0 || Descriptor.ThunksAddress == 0) {
            break;
        }
        if (!ResolveModule(Resolver, &Descriptor)) {
            return false;
        }
    }
    return true;
}

bool PeVisitImports(uint8_t *Base, const PE_LAYOUT *Layout, PE_IMPORT_VISIT *Visit, void *Context,
                    PE_MESSAGE *Message)
{
    RESOLVER Resolver = {.Base = Base, .Layout = Layout, .Message = Message};

    Resolver.Visit = Visit;
    Resolver.Context = Context;
    return ResolveModules(&Resolver);
}

bool PeResolveImports(uint8_t *Base, const PE_LAYOUT *Layout, PE_MESSAGE *Message)
{
    RESOLVER Resolver = {.Base = Base, .Layout = Layout, .Message = Message};

    if (!ResolveModules(&Resolver)) {
        return false;
    }
    if (Resolver.Missing > MISSING_TOLD) {
        return PeSay(Message, "ndishost has not: %s and %u more", Resolver.Text,
                     Resolver.Missing - MISSING_TOLD);
    }
    return Resolver.Missing == 0 || PeSay(Message, "ndishost has not: %s", Resolver.Text);
}

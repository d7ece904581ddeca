// SPDX-License-Identifier: MIT

// Memory of an image: mapping, relocation, load configuration, protection.

#define _GNU_SOURCE

#include "map.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime.h"

static bool RelocateEntry(uint8_t *Base, const PE_LAYOUT *Layout, uint64_t Address, unsigned Type,
                          PE_MESSAGE *Message)
{
    uint64_t Value;

    if (Type == PE_RELOCATION_NONE) {
        return true;
    }
    if (Type != PE_RELOCATION_DIR64) {
        return PeSay(Message, "it has a relocation of type %u at 0x%llx; x64 has only type 10",
                     Type, (unsigned long long)Address);
    }
    if (!PeIsInside(Layout, Address, sizeof(Value))) {
        return PeSay(Message, "it has a relocation outside the image, at 0x%llx",
                     (unsigned long long)Address);
    }
    memcpy(&Value, Base + Address, sizeof(Value));
    Value += (uint64_t)(uintptr_t)Base - Layout->ImageBase;
    memcpy(Base + Address, &Value, sizeof(Value));
    return true;
}

static bool RelocateBlock(uint8_t *Base, const PE_LAYOUT *Layout, uint64_t At,
                          const PE_RELOCATION_BLOCK *Block, PE_MESSAGE *Message)
{
    uint16_t Entry;

    for (uint64_t Offset = sizeof(*Block); Offset + 2 <= Block->Size; Offset += 2) {
        memcpy(&Entry, Base + At + Offset, sizeof(Entry));
        if (!RelocateEntry(Base, Layout, (uint64_t)Block->Address + (Entry & 0xFFF), Entry >> 12,
                           Message)) {
            return false;
        }
    }
    return true;
}

static bool Relocate(uint8_t *Base, const PE_LAYOUT *Layout, PE_MESSAGE *Message)
{
    const PE_DIRECTORY *Directory = &Layout->Directories[PE_DIRECTORY_RELOCATION];
    uint64_t End = (uint64_t)Directory->Address + Directory->Size;
    PE_RELOCATION_BLOCK Block;

    for (uint64_t At = Directory->Address; At + sizeof(Block) <= End; At += Block.Size) {
        memcpy(&Block, Base + At, sizeof(Block));
        if (Block.Size < sizeof(Block) || Block.Size > End - At || Block.Size % 4 != 0) {
            return PeSay(Message, "its relocations are broken at 0x%llx", (unsigned long long)At);
        }
        if (!RelocateBlock(Base, Layout, At, &Block, Message)) {
            return false;
        }
    }
    return true;
}

uint8_t *PeMap(const PE_LAYOUT *Layout, const uint8_t *File, PE_MESSAGE *Message)
{
    uint8_t *Base = mmap(NULL, Layout->SizeOfImage, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (Base == MAP_FAILED) {
        PeSay(Message, "there is no memory for its image of 0x%x bytes", Layout->SizeOfImage);
        return NULL;
    }
    memcpy(Base, File, Layout->SizeOfHeaders);
    for (unsigned i = 0; i < Layout->SectionCount; i++) {
        const PE_SECTION *Section = &Layout->Sections[i];
        memcpy(Base + Section->Address, File + Section->FileOffset, Section->FileBytes);
    }
    if (!Relocate(Base, Layout, Message)) {
        PeUnmap(Base, Layout);
        return NULL;
    }
    return Base;
}

void PeUnmap(uint8_t *Base, const PE_LAYOUT *Layout)
{
    munmap(Base, Layout->SizeOfImage);
}

bool PeIsUnwindData(const PE_LAYOUT *Layout, uint32_t Address, uint32_t Size)
{
    const PE_SECTION *Section = PeSectionOf(Layout, Address);

    return Address % 4 == 0 && Section != NULL && Section->Read && !Section->Discardable &&
           Size <= Section->Size - (Address - Section->Address);
}

bool PeFindFunctions(const uint8_t *Base, const PE_LAYOUT *Layout, const PE_FUNCTION **Functions,
                     uint32_t *Count, PE_MESSAGE *Message)
{
    const PE_DIRECTORY *Directory = &Layout->Directories[PE_DIRECTORY_EXCEPTION];
    const PE_FUNCTION *Table = (const PE_FUNCTION *)(Base + Directory->Address);
    uint32_t Before = 0;

    *Functions = Table;
    *Count = Directory->Size / sizeof(*Table);
    if (*Count != 0 && !PeIsUnwindData(Layout, Directory->Address, Directory->Size)) {
        return PeSay(Message, "its exception directory at 0x%x is in no fit place",
                     Directory->Address);
    }
    for (uint32_t i = 0; i < *Count; i++) {
        const PE_FUNCTION *Function = &Table[i];
        if (Function->Begin < Before || Function->End <= Function->Begin ||
            Function->End > Layout->SizeOfImage ||
            !PeIsUnwindData(Layout, Function->UnwindAddress, 4)) {
            return PeSay(Message, "entry %u of its exception directory is broken", i);
        }
        Before = Function->End;
    }
    return true;
}

// Offset in the image of the address that the load configuration has at `Field`. 0: it has none.
static uint64_t ConfigTarget(const uint8_t *Base, const PE_LAYOUT *Layout, uint32_t Size,
                             uint32_t Field)
{
    const PE_DIRECTORY *Directory = &Layout->Directories[PE_DIRECTORY_LOAD_CONFIG];
    uint64_t Address;

    if (Field + sizeof(Address) > Size) {
        return 0;
    }
    memcpy(&Address, Base + Directory->Address + Field, sizeof(Address));
    return Address == 0 ? 0 : Address - (uint64_t)(uintptr_t)Base;
}

static bool ConfigWrite(uint8_t *Base, const PE_LAYOUT *Layout, uint64_t Target, uint64_t Value,
                        PE_MESSAGE *Message)
{
    if (!PeIsInside(Layout, Target, sizeof(Value))) {
        return PeSay(Message, "its load configuration points outside the image");
    }
    memcpy(Base + Target, &Value, sizeof(Value));
    return true;
}

bool PeConfigure(uint8_t *Base, const PE_LAYOUT *Layout, uint64_t Seed, PE_MESSAGE *Message)
{
    const PE_DIRECTORY *Directory = &Layout->Directories[PE_DIRECTORY_LOAD_CONFIG];
    uint64_t Cookie, Check, Dispatch, Now;
    uint32_t Size;

    if (Directory->Size < sizeof(Size)) {
        return true;
    }
    memcpy(&Size, Base + Directory->Address, sizeof(Size));
    Size = Size < Directory->Size ? Size : Directory->Size;
    Cookie = ConfigTarget(Base, Layout, Size, PE_CONFIG_SECURITY_COOKIE);
    Check = ConfigTarget(Base, Layout, Size, PE_CONFIG_GUARD_CHECK);
    Dispatch = ConfigTarget(Base, Layout, Size, PE_CONFIG_GUARD_DISPATCH);
    if (Cookie != 0) {
        if (!PeIsInside(Layout, Cookie, sizeof(Now))) {
            return PeSay(Message, "its security cookie is outside the image");
        }
        memcpy(&Now, Base + Cookie, sizeof(Now));
        // The upper 16 bits stay 0: a string that overruns a buffer ends there.
        Seed &= UINT64_C(0xFFFFFFFFFFFF);
        Seed += Seed == PE_DEFAULT_COOKIE || Seed == 0;
        if (Now == PE_DEFAULT_COOKIE && !ConfigWrite(Base, Layout, Cookie, Seed, Message)) {
            return false;
        }
    }
    return (Check == 0 ||
            ConfigWrite(Base, Layout, Check, (uint64_t)(uintptr_t)PeGuardCheck, Message)) &&
           (Dispatch == 0 ||
            ConfigWrite(Base, Layout, Dispatch, (uint64_t)(uintptr_t)PeGuardDispatch, Message));
}

bool PeProtect(uint8_t *Base, const PE_LAYOUT *Layout, PE_MESSAGE *Message)
{
    bool Done = mprotect(Base, Layout->SizeOfImage, PROT_NONE) == 0 &&
                mprotect(Base, Layout->SizeOfHeaders, PROT_READ) == 0;

    for (unsigned i = 0; i < Layout->SectionCount && Done; i++) {
        const PE_SECTION *Section = &Layout->Sections[i];
        int Protection = (Section->Read ? PROT_READ : 0) | (Section->Write ? PROT_WRITE : 0) |
                         (Section->Execute ? PROT_EXEC : 0);
        Done = mprotect(Base + Section->Address, Section->Size, Protection) == 0;
    }
    return Done || PeSay(Message, "Linux refuses the protection of its pages");
}

void PeDiscard(uint8_t *Base, const PE_LAYOUT *Layout)
{
    for (unsigned i = 0; i < Layout->SectionCount; i++) {
        const PE_SECTION *Section = &Layout->Sections[i];
        if (Section->Discardable) {
            (void)mprotect(Base + Section->Address, Section->Size, PROT_NONE);
        }
    }
}

void PeBar(uint8_t *Base, const PE_LAYOUT *Layout)
{
    (void)mmap(Base, Layout->SizeOfImage, PROT_NONE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

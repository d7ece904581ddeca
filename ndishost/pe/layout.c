// SPDX-License-Identifier: MIT

// Checks each header field before it is used; all sums are made in 64 bits.

#include "layout.h"

#include <stdio.h>
#include <string.h>

bool PeSay(PE_MESSAGE *Message, const char *Format, ...)
{
    va_list Arguments;
    size_t Used = 0;

    if (Message->Text != NULL && Message->Size != 0 && !Message->IsSaid) {
        if (Message->Subject != NULL) {
            (void)snprintf(Message->Text, Message->Size, "%s: ", Message->Subject);
            Used = strlen(Message->Text);
        }
        va_start(Arguments, Format);
        (void)vsnprintf(Message->Text + Used, Message->Size - Used, Format, Arguments);
        va_end(Arguments);
    }
    Message->IsSaid = true;
    return false;
}

typedef struct READER {
    const uint8_t *File;
    uint64_t Size;
    PE_LAYOUT *Layout;
    PE_MESSAGE *Message;
    PE_FILE_HEADER Header;
    PE_OPTIONAL_HEADER Optional;
    uint64_t SectionTable; // offset
} READER;

// False: it ends before.
static bool Copy(const READER *Reader, uint64_t Offset, void *To, size_t Size)
{
    if (Offset > Reader->Size || Size > Reader->Size - Offset) {
        return PeSay(Reader->Message, "the file is cut off: its headers end after byte %llu",
                     (unsigned long long)Reader->Size);
    }
    memcpy(To, Reader->File + Offset, Size);
    return true;
}

static bool ReadFileHeader(READER *Reader)
{
    const PE_FILE_HEADER *Header = &Reader->Header;
    uint32_t Offset;
    char Signature[4];

    if (Reader->Size < 64 || memcmp(Reader->File, "MZ", 2) != 0) {
        return PeSay(Reader->Message, "it is no PE file: it does not begin with MZ and a header");
    }
    memcpy(&Offset, Reader->File + 0x3C, sizeof(Offset));
    if (!Copy(Reader, Offset, Signature, sizeof(Signature))) {
        return false;
    }
    if (memcmp(Signature, "PE\0\0", 4) != 0) {
        return PeSay(Reader->Message, "it is no PE file: there is no PE signature at 0x%x", Offset);
    }
    if (!Copy(Reader, (uint64_t)Offset + 4, &Reader->Header, sizeof(Reader->Header))) {
        return false;
    }
    if (Header->Machine != PE_MACHINE_AMD64) {
        return PeSay(Reader->Message, "it is for machine 0x%04x%s, not for x64 (0x8664)",
                     Header->Machine,
                     Header->Machine == 0xAA64  ? " (ARM64)"
                     : Header->Machine == 0x14C ? " (32-bit x86)"
                                                : "");
    }
    if ((Header->Characteristics & PE_FILE_EXECUTABLE_IMAGE) == 0) {
        return PeSay(Reader->Message, "it is not linked: it is not marked as an executable image");
    }
    if ((Header->Characteristics & PE_FILE_RELOCS_STRIPPED) != 0) {
        return PeSay(Reader->Message, "it has no relocations: link it without /fixed");
    }
    if (Header->NumberOfSections == 0 || Header->NumberOfSections > PE_SECTIONS_MAX) {
        return PeSay(Reader->Message, "it has %u sections; 1 to %u are possible",
                     Header->NumberOfSections, PE_SECTIONS_MAX);
    }
    Reader->SectionTable = (uint64_t)Offset + 4 + sizeof(*Header) + Header->SizeOfOptionalHeader;
    Reader->Layout->CheckSumOffset = (uint32_t)(Offset + 4 + sizeof(*Header) + 64);
    return true;
}

static bool IsPowerOfTwo(uint32_t Value)
{
    return Value != 0 && (Value & (Value - 1)) == 0;
}

static bool CheckSizes(READER *Reader)
{
    const PE_OPTIONAL_HEADER *Optional = &Reader->Optional;
    uint64_t TableEnd = Reader->SectionTable +
                        (uint64_t)Reader->Header.NumberOfSections * sizeof(PE_SECTION_HEADER);

    if (!IsPowerOfTwo(Optional->SectionAlignment) || Optional->SectionAlignment < PE_PAGE) {
        return PeSay(Reader->Message, "its section alignment is 0x%x, not a multiple of a page",
                     Optional->SectionAlignment);
    }
    if (!IsPowerOfTwo(Optional->FileAlignment) || Optional->FileAlignment < 512 ||
        Optional->FileAlignment > Optional->SectionAlignment) {
        return PeSay(Reader->Message, "its file alignment is 0x%x", Optional->FileAlignment);
    }
    if (Optional->ImageBase % 0x10000 != 0) {
        return PeSay(Reader->Message, "its image base 0x%llx is no multiple of 64 KB",
                     (unsigned long long)Optional->ImageBase);
    }
    if (Optional->SizeOfImage == 0 || Optional->SizeOfImage > PE_IMAGE_BYTES_MAX ||
        Optional->SizeOfImage % PE_PAGE != 0) {
        return PeSay(Reader->Message, "its image size is 0x%x; whole pages up to 0x%x are possible",
                     Optional->SizeOfImage, PE_IMAGE_BYTES_MAX);
    }
    if (Optional->SizeOfHeaders < TableEnd || Optional->SizeOfHeaders > Reader->Size ||
        Optional->SizeOfHeaders > Optional->SizeOfImage) {
        return PeSay(Reader->Message, "its header size 0x%x fits neither the headers nor the file",
                     Optional->SizeOfHeaders);
    }
    return true;
}

static bool ReadOptionalHeader(READER *Reader)
{
    PE_OPTIONAL_HEADER *Optional = &Reader->Optional;
    uint64_t Offset = Reader->SectionTable - Reader->Header.SizeOfOptionalHeader;
    uint64_t Directories;

    if (Reader->Header.SizeOfOptionalHeader < sizeof(*Optional)) {
        return PeSay(Reader->Message, "its optional header has only %u bytes",
                     Reader->Header.SizeOfOptionalHeader);
    }
    if (!Copy(Reader, Offset, Optional, sizeof(*Optional))) {
        return false;
    }
    if (Optional->Magic != PE_MAGIC_64) {
        return PeSay(Reader->Message, "its optional header is 0x%x, not PE32+ (0x20b)",
                     Optional->Magic);
    }
    if (Optional->Subsystem != PE_SUBSYSTEM_NATIVE) {
        return PeSay(Reader->Message,
                     "its subsystem is %u, not native (1): it is a program and no driver",
                     Optional->Subsystem);
    }
    if (!CheckSizes(Reader)) {
        return false;
    }
    Directories = (uint64_t)Optional->DirectoryCount * sizeof(PE_DIRECTORY);
    if (Optional->DirectoryCount > PE_DIRECTORIES ||
        Directories > Reader->Header.SizeOfOptionalHeader - sizeof(*Optional)) {
        return PeSay(Reader->Message, "it has %u data directories and no room for them",
                     Optional->DirectoryCount);
    }
    Reader->Layout->ImageBase = Optional->ImageBase;
    Reader->Layout->SizeOfImage = Optional->SizeOfImage;
    Reader->Layout->SizeOfHeaders = Optional->SizeOfHeaders;
    Reader->Layout->CheckSum = Optional->CheckSum;
    return Copy(Reader, Offset + sizeof(*Optional), Reader->Layout->Directories,
                (size_t)Directories);
}

// `Expected` is where the one before ends: sections follow each other without a gap.
static bool ReadSection(READER *Reader, unsigned Index, uint64_t *Expected)
{
    PE_SECTION *Section = &Reader->Layout->Sections[Index];
    uint32_t Alignment = Reader->Optional.SectionAlignment;
    PE_SECTION_HEADER Header;
    uint64_t Size;

    if (!Copy(Reader, Reader->SectionTable + Index * sizeof(Header), &Header, sizeof(Header))) {
        return false;
    }
    memcpy(Section->Name, Header.Name, sizeof(Header.Name));
    Size = Header.VirtualSize != 0 ? Header.VirtualSize : Header.SizeOfRawData;
    if (Header.Address != *Expected || Size == 0) {
        return PeSay(Reader->Message,
                     "section %u (%s) is at 0x%x with 0x%llx bytes, expected at "
                     "0x%llx",
                     Index, Section->Name, Header.Address, (unsigned long long)Size,
                     (unsigned long long)*Expected);
    }
    *Expected = (Header.Address + Size + Alignment - 1) & ~(uint64_t)(Alignment - 1);
    Section->Address = Header.Address;
    Section->Size = (uint32_t)((Size + PE_PAGE - 1) & ~(uint64_t)(PE_PAGE - 1));
    if (!PeIsInside(Reader->Layout, Header.Address, (Size + PE_PAGE - 1) & ~(uint64_t)0xFFF)) {
        return PeSay(Reader->Message, "section %s reaches beyond the image", Section->Name);
    }
    if (Header.PointerToRawData > Reader->Size ||
        Header.SizeOfRawData > Reader->Size - Header.PointerToRawData) {
        return PeSay(Reader->Message, "the file is cut off: section %s ends at 0x%llx of 0x%llx",
                     Section->Name,
                     (unsigned long long)Header.PointerToRawData + Header.SizeOfRawData,
                     (unsigned long long)Reader->Size);
    }
    Section->FileOffset = Header.PointerToRawData;
    Section->FileBytes = Header.SizeOfRawData < Section->Size ? Header.SizeOfRawData
                                                              : Section->Size;
    Section->Read = (Header.Characteristics & PE_SECTION_READ) != 0;
    Section->Write = (Header.Characteristics & PE_SECTION_WRITE) != 0;
    Section->Execute = (Header.Characteristics & PE_SECTION_EXECUTE) != 0;
    Section->Discardable = (Header.Characteristics & PE_SECTION_DISCARDABLE) != 0;
    if (Section->Write && Section->Execute) {
        return PeSay(Reader->Message, "section %s is both writable and executable", Section->Name);
    }
    return true;
}

static bool ReadSections(READER *Reader)
{
    PE_LAYOUT *Layout = Reader->Layout;
    uint32_t Alignment = Reader->Optional.SectionAlignment;
    uint64_t Expected = ((uint64_t)Layout->SizeOfHeaders + Alignment - 1) &
                        ~(uint64_t)(Alignment - 1);

    Layout->SectionCount = Reader->Header.NumberOfSections;
    for (unsigned i = 0; i < Layout->SectionCount; i++) {
        if (!ReadSection(Reader, i, &Expected)) {
            return false;
        }
    }
    return true;
}

static bool CheckDirectories(const READER *Reader)
{
    static const struct {
        unsigned Index;
        const char *Name;
    } Refused[] = {{PE_DIRECTORY_TLS, "thread-local storage"},
                   {PE_DIRECTORY_DELAY_IMPORT, "delay-loaded imports"},
                   {PE_DIRECTORY_CLR, "managed code"}};
    static const unsigned Used[] = {PE_DIRECTORY_IMPORT, PE_DIRECTORY_EXCEPTION,
                                    PE_DIRECTORY_RELOCATION, PE_DIRECTORY_LOAD_CONFIG};
    const PE_DIRECTORY *Directories = Reader->Layout->Directories;

    for (unsigned i = 0; i < sizeof(Refused) / sizeof(Refused[0]); i++) {
        if (Directories[Refused[i].Index].Size != 0) {
            return PeSay(Reader->Message, "it has %s, which no driver can have", Refused[i].Name);
        }
    }
    for (unsigned i = 0; i < sizeof(Used) / sizeof(Used[0]); i++) {
        const PE_DIRECTORY *Directory = &Directories[Used[i]];
        if (Directory->Size != 0 &&
            (Directory->Address < Reader->Layout->SizeOfHeaders ||
             !PeIsInside(Reader->Layout, Directory->Address, Directory->Size))) {
            return PeSay(Reader->Message,
                         "data directory %u (0x%x, 0x%x bytes) is not inside the "
                         "image",
                         Used[i], Directory->Address, Directory->Size);
        }
    }
    return true;
}

const PE_SECTION *PeSectionOf(const PE_LAYOUT *Layout, uint32_t Address)
{
    for (unsigned i = 0; i < Layout->SectionCount; i++) {
        const PE_SECTION *Section = &Layout->Sections[i];
        if (Address >= Section->Address && Address - Section->Address < Section->Size) {
            return Section;
        }
    }
    return NULL;
}

bool PeLayoutRead(PE_LAYOUT *Layout, const uint8_t *File, size_t Size, PE_MESSAGE *Message)
{
    READER Reader = {.File = File, .Size = Size, .Layout = Layout, .Message = Message};
    const PE_SECTION *Section;

    memset(Layout, 0, sizeof(*Layout));
    if (!ReadFileHeader(&Reader) || !ReadOptionalHeader(&Reader) || !ReadSections(&Reader) ||
        !CheckDirectories(&Reader)) {
        return false;
    }
    Layout->EntryPoint = Reader.Optional.EntryPointAddress;
    Section = PeSectionOf(Layout, Layout->EntryPoint);
    if (Section == NULL || !Section->Execute) {
        return PeSay(Message, "its entry point 0x%x is not in code", Layout->EntryPoint);
    }
    return true;
}

// The sum of all 16-bit words but the checksum's own, carries added, and the length.
uint32_t PeChecksum(const PE_LAYOUT *Layout, const uint8_t *File, size_t Size)
{
    uint64_t Sum = 0;

    for (size_t i = 0; i < Size; i += 2) {
        if (i - Layout->CheckSumOffset >= 4) {
            Sum += File[i] | (uint64_t)(i + 1 < Size ? File[i + 1] : 0) << 8;
        }
    }
    while (Sum >> 16 != 0) {
        Sum = (Sum & 0xFFFF) + (Sum >> 16);
    }
    return (uint32_t)(Sum + Size);
}

bool PeChecksumIsRight(const PE_LAYOUT *Layout, const uint8_t *File, size_t Size)
{
    return PeChecksum(Layout, File, Size) == Layout->CheckSum;
}

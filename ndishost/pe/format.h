// SPDX-License-Identifier: MIT
#pragma once

// The parts of the PE32+ file format that a driver has. All of it is untrusted where it comes from
// a file: layout.c checks it before anything else looks at it.

#include <stdint.h>

#define PE_PAGE 4096u
#define PE_SECTIONS_MAX 96
#define PE_IMAGE_BYTES_MAX (256u << 20)

typedef struct PE_FILE_HEADER { // after the signature "PE\0\0"
    uint16_t Machine;
    uint16_t NumberOfSections;
    uint32_t TimeDateStamp;
    uint32_t PointerToSymbolTable;
    uint32_t NumberOfSymbols;
    uint16_t SizeOfOptionalHeader;
    uint16_t Characteristics;
} PE_FILE_HEADER;

#define PE_MACHINE_AMD64 0x8664
#define PE_FILE_RELOCS_STRIPPED 0x0001
#define PE_FILE_EXECUTABLE_IMAGE 0x0002

typedef struct PE_DIRECTORY {
    uint32_t Address; // relative to the image base, as every ...Address here
    uint32_t Size;
} PE_DIRECTORY;

enum {
    PE_DIRECTORY_IMPORT = 1,
    PE_DIRECTORY_EXCEPTION = 3,
    PE_DIRECTORY_RELOCATION = 5,
    PE_DIRECTORY_TLS = 9,
    PE_DIRECTORY_LOAD_CONFIG = 10,
    PE_DIRECTORY_DELAY_IMPORT = 13,
    PE_DIRECTORY_CLR = 14,
    PE_DIRECTORIES = 16,
};

typedef struct PE_OPTIONAL_HEADER { // without the directories, of which there are DirectoryCount
    uint16_t Magic;
    uint8_t LinkerVersion[2];
    uint32_t SizeOfCode;
    uint32_t SizeOfInitializedData;
    uint32_t SizeOfUninitializedData;
    uint32_t EntryPointAddress;
    uint32_t BaseOfCode;
    uint64_t ImageBase;
    uint32_t SectionAlignment;
    uint32_t FileAlignment;
    uint16_t Versions[6];
    uint32_t Win32VersionValue;
    uint32_t SizeOfImage;
    uint32_t SizeOfHeaders;
    uint32_t CheckSum;
    uint16_t Subsystem;
    uint16_t DllCharacteristics;
    uint64_t StackAndHeap[4];
    uint32_t LoaderFlags;
    uint32_t DirectoryCount;
} PE_OPTIONAL_HEADER;

#define PE_MAGIC_64 0x20B
#define PE_SUBSYSTEM_NATIVE 1

typedef struct PE_SECTION_HEADER {
    char Name[8];
    uint32_t VirtualSize;
    uint32_t Address;
    uint32_t SizeOfRawData;
    uint32_t PointerToRawData;
    uint32_t Unused[3];
    uint32_t Characteristics;
} PE_SECTION_HEADER;

#define PE_SECTION_DISCARDABLE 0x02000000u
#define PE_SECTION_EXECUTE 0x20000000u
#define PE_SECTION_READ 0x40000000u
#define PE_SECTION_WRITE 0x80000000u

typedef struct PE_RELOCATION_BLOCK { // followed by 16-bit entries: type << 12 | offset in the page
    uint32_t Address;
    uint32_t Size; // with this header
} PE_RELOCATION_BLOCK;

#define PE_RELOCATION_NONE 0
#define PE_RELOCATION_DIR64 10

typedef struct PE_IMPORT_DESCRIPTOR {
    uint32_t NamesAddress; // 64-bit thunks; 0: those at ThunksAddress
    uint32_t TimeDateStamp;
    uint32_t ForwarderChain;
    uint32_t ModuleAddress; // text
    uint32_t ThunksAddress; // 64-bit: where the addresses go
} PE_IMPORT_DESCRIPTOR;

#define PE_IMPORT_BY_ORDINAL (UINT64_C(1) << 63)

// The load configuration's fields that a loader fills or reads, by offset. Addresses, not relative.
#define PE_CONFIG_SECURITY_COOKIE 0x58
#define PE_CONFIG_GUARD_CHECK 0x70
#define PE_CONFIG_GUARD_DISPATCH 0x78
#define PE_DEFAULT_COOKIE UINT64_C(0x2B992DDFA232)

typedef struct PE_FUNCTION { // an entry of the exception directory
    uint32_t Begin;
    uint32_t End;
    uint32_t UnwindAddress;
} PE_FUNCTION;

_Static_assert(sizeof(PE_FILE_HEADER) == 20, "");
_Static_assert(sizeof(PE_OPTIONAL_HEADER) == 112, "");
_Static_assert(sizeof(PE_SECTION_HEADER) == 40, "");
_Static_assert(sizeof(PE_IMPORT_DESCRIPTOR) == 20, "");
_Static_assert(sizeof(PE_FUNCTION) == 12, "");

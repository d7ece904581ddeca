// SPDX-License-Identifier: MIT
#pragma once

// An image in memory: from the checked layout to code that can be called. Everything that is read
// here lies in the image and belongs to the file, so it is checked, too.

#include "layout.h"

// Reserves, copies and relocates. NULL: `Message` says why. The image is writable and not
// executable until PeProtect.
uint8_t *PeMap(const PE_LAYOUT *Layout, const uint8_t *File, PE_MESSAGE *Message);
void PeUnmap(uint8_t *Base, const PE_LAYOUT *Layout);

// Writes the addresses of all imports. Missing ones are all in the message.
bool PeResolveImports(uint8_t *Base, const PE_LAYOUT *Layout, PE_MESSAGE *Message);

// Calls `Visit` for each import, missing or not. False: what stands there is damaged.
typedef void PE_IMPORT_VISIT(const char *Module, const char *Name, bool IsThere, void *Context);
bool PeVisitImports(uint8_t *Base, const PE_LAYOUT *Layout, PE_IMPORT_VISIT *Visit, void *Context,
                    PE_MESSAGE *Message);
// image.c: those of a file, which is not run. False: it can't be read or is no driver.
bool PeListImports(const char *Path, PE_IMPORT_VISIT *Visit, void *Context, PE_MESSAGE *Message);

// The exception directory: checks what it says of each function and of its unwind data's place.
bool PeFindFunctions(const uint8_t *Base, const PE_LAYOUT *Layout, const PE_FUNCTION **Functions,
                     uint32_t *Count, PE_MESSAGE *Message);

// Unwind data is read at any time after the load: it must lie in a section that stays.
bool PeIsUnwindData(const PE_LAYOUT *Layout, uint32_t Address, uint32_t Size);

// Gives the security cookie a value and control flow guard its functions.
bool PeConfigure(uint8_t *Base, const PE_LAYOUT *Layout, uint64_t Seed, PE_MESSAGE *Message);

// Each section gets its own access; what lies between has none.
bool PeProtect(uint8_t *Base, const PE_LAYOUT *Layout, PE_MESSAGE *Message);

// After DriverEntry: what was only for it is there no more.
void PeDiscard(uint8_t *Base, const PE_LAYOUT *Layout);

// After unload: nothing may be touched, until PeUnmap gives the addresses back.
void PeBar(uint8_t *Base, const PE_LAYOUT *Layout);

// imports.c: what a driver can import.
typedef struct PE_EXPORT {
    const char *Name;
    const void *Address;
    uint8_t Module; // PE_MODULE_...
} PE_EXPORT;
enum { PE_MODULE_KERNEL, PE_MODULE_NDIS };
extern const PE_EXPORT PeExports[]; // sorted by name; made by make_exports.py
extern const size_t PeExportCount;
extern const PE_EXPORT PeMissing[]; // documented, and not there: no addresses; likewise
extern const size_t PeMissingCount;

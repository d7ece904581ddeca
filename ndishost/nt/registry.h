// SPDX-License-Identifier: MIT
#pragma once

// The registry: a tree of keys in memory. registry.c keeps it, registry_zw.c has the exported
// functions over handles, registry_file.c reads it from text, rtl_registry.c has the Rtl helpers.

#include "sim.h"

typedef struct SIM_KEY SIM_KEY;

typedef struct SIM_VALUE {
    struct SIM_VALUE *Next; // in the order in which they were set
    UNICODE_STRING Name;
    ULONG Type;
    ULONG Bytes;
    unsigned char *Data;
} SIM_VALUE;

// Guards the tree and everything in it.
extern SIM_LOCK SimRegistryLock;

// All below: called with SimRegistryLock held, unless they say otherwise.

struct SIM_KEY {
    SIM_KEY *Parent; // NULL: the root, or deleted
    SIM_KEY *Children;
    SIM_KEY *Next; // sibling
    SIM_VALUE *Values;
    UNICODE_STRING Name;
    unsigned References; // handles; a deleted key lives until the last one
    BOOLEAN Deleted;
    BOOLEAN Volatile;
};

// `Root` NULL: Path is absolute. STATUS_OBJECT_NAME_NOT_FOUND when it is not there and not to be
// made. Created may be NULL.
NTSTATUS SimKeyFind(SIM_KEY *Root, PCUNICODE_STRING Path, BOOLEAN Create, SIM_KEY **Key,
                    BOOLEAN *Created);
SIM_VALUE *SimKeyValue(SIM_KEY *Key, PCUNICODE_STRING Name);
NTSTATUS SimKeySetValue(SIM_KEY *Key, PCUNICODE_STRING Name, ULONG Type, const void *Data,
                        ULONG Bytes);
NTSTATUS SimKeyDeleteValue(SIM_KEY *Key, PCUNICODE_STRING Name);
NTSTATUS SimKeyDelete(SIM_KEY *Key);
void SimKeyDereference(SIM_KEY *Key);
// \Registry\Machine\...; at most Units, not terminated; returns the units of the whole.
size_t SimKeyPath(SIM_KEY *Key, WCHAR *Path, size_t Units);

// ---- whole operations; they take the lock themselves

NTSTATUS SimRegistryMakeKey(PCUNICODE_STRING Path);
NTSTATUS SimRegistrySet(PCUNICODE_STRING Path, PCUNICODE_STRING Name, ULONG Type, const void *Data,
                        ULONG Bytes);
NTSTATUS SimRegistrySetString(PCUNICODE_STRING Path, const WCHAR *Name, const WCHAR *Text);
// A REG_DWORD under Services\SERVICE\Parameters.
NTSTATUS SimRegistrySetParameter(const char *Service, const char *Name, uint32_t Value);
NTSTATUS SimRegistryOpen(PCUNICODE_STRING Path, ACCESS_MASK Access, ULONG Attributes,
                         HANDLE *Handle);
NTSTATUS SimRegistryDeleteTree(PCUNICODE_STRING Path);

// Reads the text of registry_file.c. FALSE: a sentence with the line is on stderr.
BOOLEAN SimRegistryLoad(const char *File);

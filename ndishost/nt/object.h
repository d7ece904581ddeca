// SPDX-License-Identifier: MIT
#pragma once

// The object manager: reference-counted bodies with a type and perhaps a name, and handles to them.
// Used by every file of nt/ that makes something a driver can have a handle or a pointer to.

#include "sim.h"

// Delete runs once, at PASSIVE_LEVEL, when the last reference is gone; the memory goes after it.
// LastHandle runs at PASSIVE_LEVEL in the context of the process that closed its last handle.
typedef struct _OBJECT_TYPE {
    const char *Name;
    void (*Delete)(void *Body);
    void (*LastHandle)(void *Body);
} OBJECT_TYPE;

extern OBJECT_TYPE SimTypeDevice, SimTypeDriver, SimTypeFile, SimTypeLink, SimTypeKey,
    SimTypeProcess, SimTypeThread, SimTypeEvent, SimTypeDirectory;

// A zeroed body with one reference, aligned to 16; NULL when memory ran out.
void *SimObjectCreate(OBJECT_TYPE *Type, SIZE_T BodyBytes);
OBJECT_TYPE *SimObjectType(void *Body);

// Any IRQL <= DISPATCH_LEVEL. Above PASSIVE_LEVEL the last one leaves Delete to a work item.
LONG_PTR SimObjectReference(void *Body);
LONG_PTR SimObjectDereference(void *Body);
LONG_PTR SimObjectReferences(void *Body);
BOOLEAN SimObjectReferenceSafe(void *Body); // FALSE: it is being deleted

// ---- handles: of the current process, or with OBJ_KERNEL_HANDLE of the system process. A handle
// holds one reference. PASSIVE_LEVEL.

NTSTATUS SimHandleCreate(void *Body, ACCESS_MASK Access, ULONG Attributes, HANDLE *Handle);
NTSTATUS SimHandleCreateIn(SIM_PROCESS *Process, void *Body, ACCESS_MASK Access, HANDLE *Handle);
// `Type` NULL: any. The body comes back with a reference of its own.
NTSTATUS SimHandleReference(HANDLE Handle, OBJECT_TYPE *Type, ACCESS_MASK Wanted, void **Body,
                            ACCESS_MASK *Granted);
NTSTATUS SimHandleClose(SIM_PROCESS *Process, HANDLE Handle);
unsigned SimHandleCloseAll(SIM_PROCESS *Process); // how many there were

typedef struct SIM_HANDLE_ENTRY {
    void *Body; // NULL: free
    ACCESS_MASK Access;
} SIM_HANDLE_ENTRY;

typedef struct SIM_HANDLE_TABLE {
    SIM_LOCK Lock; // guards the rest
    SIM_HANDLE_ENTRY *Entries;
    uint32_t Size;
} SIM_HANDLE_TABLE;

SIM_HANDLE_TABLE *SimProcessHandles(SIM_PROCESS *Process);

// ---- names. Full path, case ignored; \DosDevices and \?? mean \GLOBAL??. A name holds no
// reference: it goes with the object or by SimNameRemove.

NTSTATUS SimNameInsert(void *Body, PCUNICODE_STRING Path);
BOOLEAN SimNameRemove(void *Body); // TRUE: it had one
// Follows symbolic links. The body comes back referenced; what follows its name (a path below a
// device) is put into `Rest`, of at most RestCharacters, when that is not NULL.
NTSTATUS SimNameLookup(PCUNICODE_STRING Path, OBJECT_TYPE *Type, void **Body, WCHAR *Rest,
                       USHORT RestCharacters, USHORT *RestLength);
// Not followed: the link itself.
NTSTATUS SimNameLookupLink(PCUNICODE_STRING Path, void **Link);
// Every name, in no order. The visitor only copies: what it is shown may be gone when it returns.
typedef struct SIM_NAME {
    PCUNICODE_STRING Path;
    OBJECT_TYPE *Type;
    void *Body;
    PCUNICODE_STRING Target; // of a symbolic link; else NULL
} SIM_NAME;
void SimNameVisit(void (*Visit)(const SIM_NAME *Name, void *Context), void *Context);
NTSTATUS SimObjectName(void *Body, PUNICODE_STRING Name); // a view, valid while Body lives

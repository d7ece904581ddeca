// SPDX-License-Identifier: MIT

// The object name space: one list of full paths. It holds a few dozen names, so a search is a walk.
// \DosDevices and \?? are other names of \GLOBAL??.

#include "object_header.h"

#include "wide.h"

#include <stdlib.h>
#include <string.h>

#define PATH_CHARACTERS 512
#define LINK_DEPTH 16

typedef struct LINK {
    UNICODE_STRING Target; // its own memory
} LINK;

static SIM_LOCK NameLock; // guards the list and each header's Name and NextNamed
static OBJECT_HEADER *Named;

typedef struct PATH {
    USHORT Length; // characters
    WCHAR Text[PATH_CHARACTERS];
} PATH;

static const WCHAR *const Directories[] = {
    L"\\",         L"\\Device",           L"\\GLOBAL??",
    L"\\Driver",   L"\\BaseNamedObjects", L"\\KernelObjects",
    L"\\Callback", L"\\ObjectTypes",
};
static void *DirectoryObjects[sizeof(Directories) / sizeof(Directories[0])];

static BOOLEAN ReplacePrefix(PATH *Path, const WCHAR *Prefix, const WCHAR *Replacement)
{
    size_t Old = SimWideLength(Prefix);
    size_t New = SimWideLength(Replacement);
    if (Path->Length < Old || !SimWideEqual(Path->Text, Prefix, Old) ||
        (Path->Length > Old && Path->Text[Old] != L'\\') ||
        Path->Length - Old + New > PATH_CHARACTERS) {
        return FALSE;
    }
    memmove(Path->Text + New, Path->Text + Old, (Path->Length - Old) * sizeof(WCHAR));
    memcpy(Path->Text, Replacement, New * sizeof(WCHAR));
    Path->Length = (USHORT)(Path->Length - Old + New);
    return TRUE;
}

static NTSTATUS MakePath(PCUNICODE_STRING Name, PATH *Path)
{
    size_t Characters = Name->Length / sizeof(WCHAR);
    if (Characters == 0 || Name->Buffer == NULL || Name->Buffer[0] != L'\\') {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    if (Characters > PATH_CHARACTERS) {
        return STATUS_NAME_TOO_LONG;
    }
    memcpy(Path->Text, Name->Buffer, Characters * sizeof(WCHAR));
    Path->Length = (USHORT)Characters;
    if (!ReplacePrefix(Path, L"\\DosDevices", L"\\GLOBAL??")) {
        ReplacePrefix(Path, L"\\??", L"\\GLOBAL??");
    }
    return STATUS_SUCCESS;
}

// Called with NameLock held.
static OBJECT_HEADER *FindExact(const WCHAR *Text, size_t Characters)
{
    for (OBJECT_HEADER *Header = Named; Header != NULL; Header = Header->NextNamed) {
        if (Header->Name.Length == Characters * sizeof(WCHAR) &&
            SimWideEqual(Header->Name.Buffer, Text, Characters)) {
            return Header;
        }
    }
    return NULL;
}

// The named object with the longest path that is Path or stands before a backslash of it.
// Called with NameLock held.
static OBJECT_HEADER *FindLongest(const PATH *Path)
{
    for (size_t Length = Path->Length; Length > 1; Length--) {
        if (Length < Path->Length && Path->Text[Length] != L'\\') {
            continue;
        }
        OBJECT_HEADER *Header = FindExact(Path->Text, Length);
        if (Header != NULL) {
            return Header;
        }
    }
    return NULL;
}

static size_t ParentLength(const PATH *Path)
{
    size_t Length = Path->Length;
    while (Length > 1 && Path->Text[Length - 1] != L'\\') {
        Length--;
    }
    return Length > 1 ? Length - 1 : 1;
}

// Called with NameLock held.
static NTSTATUS InsertPath(OBJECT_HEADER *Header, const PATH *Path)
{
    if (FindExact(Path->Text, Path->Length) != NULL) {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (Path->Length > 1) {
        OBJECT_HEADER *Parent = FindExact(Path->Text, ParentLength(Path));
        if (Parent == NULL || Parent->Type != &SimTypeDirectory) {
            return STATUS_OBJECT_PATH_NOT_FOUND;
        }
    }
    USHORT Bytes = (USHORT)(Path->Length * sizeof(WCHAR));
    WCHAR *Text = malloc(Bytes);
    if (Text == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(Text, Path->Text, Bytes);
    Header->Name = (UNICODE_STRING){.Length = Bytes, .MaximumLength = Bytes, .Buffer = Text};
    Header->NextNamed = Named;
    Named = Header;
    return STATUS_SUCCESS;
}

NTSTATUS SimNameInsert(void *Body, PCUNICODE_STRING Name)
{
    PATH Path;
    NTSTATUS Status = MakePath(Name, &Path);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimLock(&NameLock);
    Status = InsertPath(SimObjectHeader(Body), &Path);
    SimUnlock(&NameLock);
    return Status;
}

BOOLEAN SimNameRemove(void *Body)
{
    OBJECT_HEADER *Header = SimObjectHeader(Body);
    SimLock(&NameLock);
    BOOLEAN Removed = Header->Name.Buffer != NULL;
    if (Removed) {
        OBJECT_HEADER **Where = &Named;
        while (*Where != Header) {
            Where = &(*Where)->NextNamed;
        }
        *Where = Header->NextNamed;
        free(Header->Name.Buffer);
        Header->Name = (UNICODE_STRING){0};
    }
    SimUnlock(&NameLock);
    return Removed;
}

NTSTATUS SimObjectName(void *Body, PUNICODE_STRING Name)
{
    *Name = SimObjectHeader(Body)->Name;
    return Name->Buffer != NULL ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

// Replaces the link's name at the start of Path by its target. Called with NameLock held.
static NTSTATUS FollowLink(OBJECT_HEADER *Header, PATH *Path)
{
    LINK *Link = (LINK *)(Header + 1);
    size_t Old = Header->Name.Length / sizeof(WCHAR);
    size_t New = Link->Target.Length / sizeof(WCHAR);
    size_t Rest = Path->Length - Old;
    if (New + Rest > PATH_CHARACTERS) {
        return STATUS_NAME_TOO_LONG;
    }
    memmove(Path->Text + New, Path->Text + Old, Rest * sizeof(WCHAR));
    memcpy(Path->Text, Link->Target.Buffer, New * sizeof(WCHAR));
    UNICODE_STRING Whole = {.Length = (USHORT)((New + Rest) * sizeof(WCHAR)), .Buffer = Path->Text};
    PATH Followed;
    NTSTATUS Status = MakePath(&Whole, &Followed);
    *Path = NT_SUCCESS(Status) ? Followed : *Path;
    return Status;
}

// Called with NameLock held.
static NTSTATUS Resolve(PATH *Path, OBJECT_HEADER **Found)
{
    for (unsigned Depth = 0; Depth < LINK_DEPTH; Depth++) {
        OBJECT_HEADER *Header = FindLongest(Path);
        if (Header == NULL) {
            return STATUS_OBJECT_PATH_NOT_FOUND;
        }
        if (Header->Type != &SimTypeLink) {
            *Found = Header;
            return STATUS_SUCCESS;
        }
        NTSTATUS Status = FollowLink(Header, Path);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    return STATUS_OBJECT_NAME_INVALID;
}

NTSTATUS SimNameLookup(PCUNICODE_STRING Name, OBJECT_TYPE *Type, void **Body, WCHAR *Rest,
                       USHORT RestCharacters, USHORT *RestLength)
{
    PATH Path;
    OBJECT_HEADER *Header = NULL;
    NTSTATUS Status = MakePath(Name, &Path);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimLock(&NameLock);
    Status = Resolve(&Path, &Header);
    if (NT_SUCCESS(Status)) {
        size_t Used = Header->Name.Length / sizeof(WCHAR);
        size_t Left = Path.Length - Used;
        if (Header->Type == &SimTypeDirectory && Left > 0) {
            Status = STATUS_OBJECT_NAME_NOT_FOUND;
        } else if (Type != NULL && Header->Type != Type) {
            Status = STATUS_OBJECT_TYPE_MISMATCH;
        } else if (Left > (Rest != NULL ? RestCharacters : 0)) {
            Status = STATUS_OBJECT_NAME_NOT_FOUND;
        } else if (!SimObjectReferenceSafe(Header + 1)) {
            Status = STATUS_OBJECT_NAME_NOT_FOUND;
        } else {
            if (Rest != NULL) {
                memcpy(Rest, Path.Text + Used, Left * sizeof(WCHAR));
                *RestLength = (USHORT)Left;
            }
            *Body = Header + 1;
        }
    }
    SimUnlock(&NameLock);
    return Status;
}

NTSTATUS SimNameLookupLink(PCUNICODE_STRING Name, void **Body)
{
    PATH Path;
    NTSTATUS Status = MakePath(Name, &Path);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimLock(&NameLock);
    OBJECT_HEADER *Header = FindExact(Path.Text, Path.Length);
    if (Header == NULL) {
        Status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else if (Header->Type != &SimTypeLink) {
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if (!SimObjectReferenceSafe(Header + 1)) {
        Status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else {
        *Body = Header + 1;
    }
    SimUnlock(&NameLock);
    return Status;
}

void SimNameVisit(void (*Visit)(const SIM_NAME *Name, void *Context), void *Context)
{
    SimLock(&NameLock);
    for (OBJECT_HEADER *Header = Named; Header != NULL; Header = Header->NextNamed) {
        SIM_NAME Name = {.Path = &Header->Name, .Type = Header->Type, .Body = Header + 1};
        if (Header->Type == &SimTypeLink) {
            Name.Target = &((LINK *)Name.Body)->Target;
        }
        Visit(&Name, Context);
    }
    SimUnlock(&NameLock);
}

void SimLinkDelete(void *Body)
{
    free(((LINK *)Body)->Target.Buffer);
}

NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    LINK *Link = SimObjectCreate(&SimTypeLink, sizeof(*Link));
    if (Link == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    Link->Target.Buffer = malloc(DeviceName->Length + 1u);
    if (Link->Target.Buffer != NULL) {
        memcpy(Link->Target.Buffer, DeviceName->Buffer, DeviceName->Length);
        Link->Target.Length = Link->Target.MaximumLength = DeviceName->Length;
        Status = SimNameInsert(Link, SymbolicLinkName);
    }
    if (!NT_SUCCESS(Status)) {
        SimObjectDereference(Link);
    }
    return Status; // the link is permanent: it keeps the reference it was made with
}

NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
                                               PUNICODE_STRING DeviceName)
{
    return IoCreateSymbolicLink(SymbolicLinkName, DeviceName);
}

NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Link;
    NTSTATUS Status = SimNameLookupLink(SymbolicLinkName, &Link);
    if (NT_SUCCESS(Status)) {
        if (SimNameRemove(Link)) {
            SimObjectDereference(Link); // the permanent one
        }
        SimObjectDereference(Link);
    }
    return Status;
}

void SimNamespaceStart(void)
{
    for (size_t i = 0; i < sizeof(Directories) / sizeof(Directories[0]); i++) {
        UNICODE_STRING Name = SimWideString(Directories[i]);
        DirectoryObjects[i] = SimObjectCreate(&SimTypeDirectory, 1);
        if (DirectoryObjects[i] == NULL || !NT_SUCCESS(SimNameInsert(DirectoryObjects[i], &Name))) {
            abort();
        }
    }
}

void SimNamespaceStop(void)
{
    for (size_t i = 0; i < sizeof(Directories) / sizeof(Directories[0]); i++) {
        SimObjectDereference(DirectoryObjects[i]);
        DirectoryObjects[i] = NULL;
    }
}

// SPDX-License-Identifier: MIT

// The registry's tree. Keys know their parent; a key that was deleted lives on, without parent and
// children, until its last handle is closed.

#include "registry.h"

#include "object.h"
#include "pool.h"
#include "wide.h"

#include <stdlib.h>
#include <string.h>

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

SIM_LOCK SimRegistryLock;
static SIM_KEY *Root; // its child is "Registry"

static BOOLEAN CopyName(UNICODE_STRING *To, const WCHAR *Text, size_t Units)
{
    To->Buffer = malloc((Units + 1) * sizeof(WCHAR));
    if (To->Buffer == NULL) {
        return FALSE;
    }
    memcpy(To->Buffer, Text, Units * sizeof(WCHAR));
    To->Buffer[Units] = 0;
    To->Length = (USHORT)(Units * sizeof(WCHAR));
    To->MaximumLength = (USHORT)(To->Length + sizeof(WCHAR));
    return TRUE;
}

static BOOLEAN SameName(const UNICODE_STRING *Name, const WCHAR *Text, size_t Units)
{
    return Name->Length == Units * sizeof(WCHAR) && SimWideEqual(Name->Buffer, Text, Units);
}

static SIM_KEY *FindChild(SIM_KEY *Key, const WCHAR *Text, size_t Units)
{
    SIM_KEY *Child = Key->Children;
    while (Child != NULL && !SameName(&Child->Name, Text, Units)) {
        Child = Child->Next;
    }
    return Child;
}

static SIM_KEY *AddChild(SIM_KEY *Key, const WCHAR *Text, size_t Units)
{
    SIM_KEY *Child = SimPoolMustFail() ? NULL : calloc(1, sizeof(*Child));
    if (Child == NULL) {
        return NULL;
    }
    if (!CopyName(&Child->Name, Text, Units)) {
        free(Child);
        return NULL;
    }
    SIM_KEY **Last = &Key->Children; // in the order in which they were made
    while (*Last != NULL) {
        Last = &(*Last)->Next;
    }
    *Last = Child;
    Child->Parent = Key;
    return Child;
}

NTSTATUS SimKeyFind(SIM_KEY *From, PCUNICODE_STRING Path, BOOLEAN Create, SIM_KEY **Key,
                    BOOLEAN *Created)
{
    const WCHAR *Text = Path->Buffer;
    const WCHAR *End = Text + Path->Length / sizeof(WCHAR);
    SIM_KEY *At = From != NULL ? From : Root;
    BOOLEAN Made = FALSE;
    if (At == NULL || At->Deleted) {
        return STATUS_KEY_DELETED;
    }
    if (From == NULL && (End - Text < 2 || *Text++ != L'\\')) {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    while (Text < End) {
        const WCHAR *Start = Text;
        while (Text < End && *Text != L'\\') {
            Text++;
        }
        size_t Units = (size_t)(Text - Start);
        SIM_KEY *Child = FindChild(At, Start, Units);
        if (Child == NULL && !Create) {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        if (Child == NULL) {
            Child = AddChild(At, Start, Units);
            Made = TRUE;
        }
        if (Child == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        At = Child;
        Text += Text < End; // the backslash
    }
    *Key = At;
    if (Created != NULL) {
        *Created = Made;
    }
    return STATUS_SUCCESS;
}

SIM_VALUE *SimKeyValue(SIM_KEY *Key, PCUNICODE_STRING Name)
{
    SIM_VALUE *Value = Key->Values;
    while (Value != NULL && !SameName(&Value->Name, Name->Buffer, Name->Length / sizeof(WCHAR))) {
        Value = Value->Next;
    }
    return Value;
}

NTSTATUS SimKeySetValue(SIM_KEY *Key, PCUNICODE_STRING Name, ULONG Type, const void *Data,
                        ULONG Bytes)
{
    unsigned char *Copy = SimPoolMustFail() ? NULL : malloc(Bytes + 1u);
    if (Copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Bytes > 0) {
        memcpy(Copy, Data, Bytes);
    }
    SIM_VALUE *Value = SimKeyValue(Key, Name);
    if (Value == NULL) {
        Value = calloc(1, sizeof(*Value));
        if (Value == NULL || !CopyName(&Value->Name, Name->Buffer, Name->Length / sizeof(WCHAR))) {
            free(Value);
            free(Copy);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        SIM_VALUE **Last = &Key->Values;
        while (*Last != NULL) {
            Last = &(*Last)->Next;
        }
        *Last = Value;
    }
    free(Value->Data);
    Value->Data = Copy;
    Value->Bytes = Bytes;
    Value->Type = Type;
    return STATUS_SUCCESS;
}

static void FreeValue(SIM_VALUE *Value)
{
    free(Value->Name.Buffer);
    free(Value->Data);
    free(Value);
}

NTSTATUS SimKeyDeleteValue(SIM_KEY *Key, PCUNICODE_STRING Name)
{
    SIM_VALUE *Value = SimKeyValue(Key, Name);
    if (Value == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    SIM_VALUE **Where = &Key->Values;
    while (*Where != Value) {
        Where = &(*Where)->Next;
    }
    *Where = Value->Next;
    FreeValue(Value);
    return STATUS_SUCCESS;
}

static void FreeKey(SIM_KEY *Key)
{
    while (Key->Values != NULL) {
        SIM_VALUE *Next = Key->Values->Next;
        FreeValue(Key->Values);
        Key->Values = Next;
    }
    free(Key->Name.Buffer);
    free(Key);
}

NTSTATUS SimKeyDelete(SIM_KEY *Key)
{
    if (Key->Deleted) {
        return STATUS_KEY_DELETED;
    }
    if (Key->Children != NULL || (Root != NULL && Key->Parent == Root)) {
        return STATUS_CANNOT_DELETE;
    }
    SIM_KEY **Where = &Key->Parent->Children;
    while (*Where != Key) {
        Where = &(*Where)->Next;
    }
    *Where = Key->Next;
    Key->Parent = NULL;
    Key->Deleted = TRUE;
    if (Key->References == 0) {
        FreeKey(Key);
    }
    return STATUS_SUCCESS;
}

void SimKeyDereference(SIM_KEY *Key)
{
    if (--Key->References == 0 && Key->Deleted) {
        FreeKey(Key);
    }
}

size_t SimKeyPath(SIM_KEY *Key, WCHAR *Path, size_t Units)
{
    size_t Total = 0;
    for (SIM_KEY *At = Key; At->Parent != NULL; At = At->Parent) {
        Total += 1 + At->Name.Length / sizeof(WCHAR);
    }
    size_t End = Total;
    for (SIM_KEY *At = Key; At->Parent != NULL; At = At->Parent) {
        size_t Length = At->Name.Length / sizeof(WCHAR);
        End -= Length;
        for (size_t i = 0; i < Length && End + i < Units; i++) {
            Path[End + i] = At->Name.Buffer[i];
        }
        End--;
        if (End < Units) {
            Path[End] = L'\\';
        }
    }
    return Total;
}

static void DeleteTree(SIM_KEY *Key)
{
    while (Key->Children != NULL) {
        DeleteTree(Key->Children);
    }
    SimKeyDelete(Key);
}

// ---- whole operations

NTSTATUS SimRegistryMakeKey(PCUNICODE_STRING Path)
{
    SIM_KEY *Key;
    SimLock(&SimRegistryLock);
    NTSTATUS Status = SimKeyFind(NULL, Path, TRUE, &Key, NULL);
    SimUnlock(&SimRegistryLock);
    return Status;
}

NTSTATUS SimRegistrySet(PCUNICODE_STRING Path, PCUNICODE_STRING Name, ULONG Type, const void *Data,
                        ULONG Bytes)
{
    SIM_KEY *Key;
    SimLock(&SimRegistryLock);
    NTSTATUS Status = SimKeyFind(NULL, Path, TRUE, &Key, NULL);
    if (NT_SUCCESS(Status)) {
        Status = SimKeySetValue(Key, Name, Type, Data, Bytes);
    }
    SimUnlock(&SimRegistryLock);
    return Status;
}

NTSTATUS SimRegistrySetString(PCUNICODE_STRING Path, const WCHAR *Name, const WCHAR *Text)
{
    UNICODE_STRING ValueName = SimWideString(Name);
    ULONG Bytes = (ULONG)((SimWideLength(Text) + 1) * sizeof(WCHAR));
    return SimRegistrySet(Path, &ValueName, REG_SZ, Text, Bytes);
}

NTSTATUS SimRegistrySetParameter(const char *Service, const char *Name, uint32_t Value)
{
    WCHAR Path[256] = SERVICES;
    WCHAR ValueName[128];
    const WCHAR Tail[] = L"\\Parameters";
    size_t TailUnits = sizeof(Tail) / sizeof(WCHAR) - 1;
    size_t Units = SimWideLength(Path);
    size_t Room = sizeof(Path) / sizeof(WCHAR) - Units - TailUnits;
    size_t ServiceUnits = SimWideFromUtf8(Path + Units, Room, Service, strlen(Service));
    size_t NameUnits = SimWideFromUtf8(ValueName, 128, Name, strlen(Name));
    if (ServiceUnits > Room || NameUnits > 128) {
        return STATUS_INVALID_PARAMETER;
    }
    memcpy(Path + Units + ServiceUnits, Tail, TailUnits * sizeof(WCHAR));
    UNICODE_STRING Key = {.Length = (USHORT)((Units + ServiceUnits + TailUnits) * sizeof(WCHAR)),
                          .Buffer = Path};
    UNICODE_STRING Value16 = {.Length = (USHORT)(NameUnits * sizeof(WCHAR)), .Buffer = ValueName};
    return SimRegistrySet(&Key, &Value16, REG_DWORD, &Value, sizeof(Value));
}

NTSTATUS SimRegistryDeleteTree(PCUNICODE_STRING Path)
{
    SIM_KEY *Key;
    SimLock(&SimRegistryLock);
    NTSTATUS Status = SimKeyFind(NULL, Path, FALSE, &Key, NULL);
    if (NT_SUCCESS(Status)) {
        DeleteTree(Key);
    }
    SimUnlock(&SimRegistryLock);
    return Status;
}

BOOLEAN SimRegistryStart(const char *File)
{
    static const WCHAR *const Always[] = {
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class",
        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
    };
    Root = calloc(1, sizeof(*Root));
    if (Root == NULL) {
        abort();
    }
    for (size_t i = 0; i < sizeof(Always) / sizeof(Always[0]); i++) {
        UNICODE_STRING Path = SimWideString(Always[i]);
        SimRegistryMakeKey(&Path);
    }
    return File == NULL || SimRegistryLoad(File);
}

unsigned SimRegistryStop(void)
{
    if (Root == NULL) {
        return 0;
    }
    SimLock(&SimRegistryLock);
    SIM_KEY *Old = Root;
    Root = NULL;
    while (Old->Children != NULL) {
        DeleteTree(Old->Children); // a key with open handles lives until they are closed
    }
    FreeKey(Old);
    SimUnlock(&SimRegistryLock);
    return 0; // open key handles are counted with the objects
}

// SPDX-License-Identifier: MIT

// The registry's exported functions. A key handle leads to an object that points to the key.

#include "registry.h"

#include "object.h"
#include "wide.h"

#include <string.h>

typedef struct KEY_BODY {
    SIM_KEY *Key;
} KEY_BODY;

static void KeyDelete(void *Body)
{
    SIM_KEY *Key = ((KEY_BODY *)Body)->Key;
    if (Key != NULL) {
        SimLock(&SimRegistryLock);
        SimKeyDereference(Key);
        SimUnlock(&SimRegistryLock);
    }
}

OBJECT_TYPE SimTypeKey = {.Name = "Key", .Delete = KeyDelete};

static NTSTATUS OpenUnder(HANDLE RootHandle, PCUNICODE_STRING Path, BOOLEAN Create,
                          KEY_BODY *Opened, BOOLEAN *Created)
{
    KEY_BODY *RootBody = NULL;
    if (RootHandle != NULL) {
        NTSTATUS Status = SimHandleReference(RootHandle, &SimTypeKey, 0, (void **)&RootBody, NULL);
        if (!NT_SUCCESS(Status)) {
            return Status;
        }
    }
    SimLock(&SimRegistryLock);
    NTSTATUS Status = SimKeyFind(RootBody != NULL ? RootBody->Key : NULL, Path, Create,
                                 &Opened->Key, Created);
    if (NT_SUCCESS(Status)) {
        Opened->Key->References++;
    }
    SimUnlock(&SimRegistryLock);
    if (RootBody != NULL) {
        SimObjectDereference(RootBody);
    }
    return Status;
}

static NTSTATUS Open(HANDLE RootHandle, PCUNICODE_STRING Path, ACCESS_MASK Access, ULONG Attributes,
                     BOOLEAN Create, HANDLE *Handle, BOOLEAN *Created)
{
    KEY_BODY *Body = SimObjectCreate(&SimTypeKey, sizeof(*Body));
    if (Body == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS Status = OpenUnder(RootHandle, Path, Create, Body, Created);
    if (NT_SUCCESS(Status)) {
        Status = SimHandleCreate(Body, Access, Attributes, Handle);
    }
    SimObjectDereference(Body);
    return Status;
}

NTSTATUS SimRegistryOpen(PCUNICODE_STRING Path, ACCESS_MASK Access, ULONG Attributes,
                         HANDLE *Handle)
{
    return Open(NULL, Path, Access, Attributes, FALSE, Handle, NULL);
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                         POBJECT_ATTRIBUTES ObjectAttributes)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return Open(ObjectAttributes->RootDirectory, ObjectAttributes->ObjectName, DesiredAccess,
                ObjectAttributes->Attributes, FALSE, KeyHandle, NULL);
}

NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions)
{
    (void)OpenOptions;
    return ZwOpenKey(KeyHandle, DesiredAccess, ObjectAttributes);
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex,
                           PUNICODE_STRING Class, ULONG CreateOptions, PULONG Disposition)
{
    (void)TitleIndex;
    (void)Class;
    (void)CreateOptions;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    BOOLEAN Created = FALSE;
    NTSTATUS Status = Open(ObjectAttributes->RootDirectory, ObjectAttributes->ObjectName,
                           DesiredAccess, ObjectAttributes->Attributes, TRUE, KeyHandle, &Created);
    if (NT_SUCCESS(Status) && Disposition != NULL) {
        *Disposition = Created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return Status;
}

// Takes the lock and a reference to the handle's object. On success the caller ends with Leave.
static NTSTATUS Enter(HANDLE Handle, ACCESS_MASK Access, KEY_BODY **Body)
{
    NTSTATUS Status = SimHandleReference(Handle, &SimTypeKey, Access, (void **)Body, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SimLock(&SimRegistryLock);
    if ((*Body)->Key->Deleted) {
        SimUnlock(&SimRegistryLock);
        SimObjectDereference(*Body);
        return STATUS_KEY_DELETED;
    }
    return STATUS_SUCCESS;
}

static void Leave(KEY_BODY *Body)
{
    SimUnlock(&SimRegistryLock);
    SimObjectDereference(Body);
}

// ---- answers: a fixed part, then strings and data, as much as there is room for

typedef struct ANSWER {
    char *Buffer;
    ULONG Length;
    ULONG Used; // what the whole needs
} ANSWER;

static void Put(ANSWER *Answer, ULONG Offset, const void *Bytes, ULONG Count)
{
    if (Offset < Answer->Length && Count > 0) {
        ULONG Room = Answer->Length - Offset;
        memcpy(Answer->Buffer + Offset, Bytes, Count < Room ? Count : Room);
    }
    if (Offset + Count > Answer->Used) {
        Answer->Used = Offset + Count;
    }
}

static NTSTATUS EndAnswer(const ANSWER *Answer, ULONG FixedBytes, PULONG ResultLength)
{
    *ResultLength = Answer->Used;
    if (Answer->Length < FixedBytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return Answer->Length < Answer->Used ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

#define FIXED(Type, Field) ((ULONG) __builtin_offsetof(Type, Field))

static NTSTATUS AnswerBasicValue(ANSWER *Answer, const SIM_VALUE *Value, PULONG ResultLength)
{
    KEY_VALUE_BASIC_INFORMATION Fixed = {.Type = Value->Type, .NameLength = Value->Name.Length};
    ULONG Name = FIXED(KEY_VALUE_BASIC_INFORMATION, Name);
    Put(Answer, 0, &Fixed, Name);
    Put(Answer, Name, Value->Name.Buffer, Value->Name.Length);
    return EndAnswer(Answer, Name, ResultLength);
}

static NTSTATUS AnswerPartialValue(ANSWER *Answer, const SIM_VALUE *Value, PULONG ResultLength)
{
    KEY_VALUE_PARTIAL_INFORMATION Fixed = {.Type = Value->Type, .DataLength = Value->Bytes};
    ULONG Data = FIXED(KEY_VALUE_PARTIAL_INFORMATION, Data);
    Put(Answer, 0, &Fixed, Data);
    Put(Answer, Data, Value->Data, Value->Bytes);
    return EndAnswer(Answer, Data, ResultLength);
}

static NTSTATUS AnswerFullValue(ANSWER *Answer, const SIM_VALUE *Value, PULONG ResultLength)
{
    ULONG Name = FIXED(KEY_VALUE_FULL_INFORMATION, Name);
    ULONG Data = (Name + Value->Name.Length + 7) & ~7u;
    KEY_VALUE_FULL_INFORMATION Fixed = {.Type = Value->Type,
                                        .DataOffset = Data,
                                        .DataLength = Value->Bytes,
                                        .NameLength = Value->Name.Length};
    Put(Answer, 0, &Fixed, Name);
    Put(Answer, Name, Value->Name.Buffer, Value->Name.Length);
    Put(Answer, Data, Value->Data, Value->Bytes);
    return EndAnswer(Answer, Name, ResultLength);
}

static NTSTATUS AnswerValue(const SIM_VALUE *Value, KEY_VALUE_INFORMATION_CLASS Class, PVOID Buffer,
                            ULONG Length, PULONG ResultLength)
{
    ANSWER Answer = {.Buffer = Buffer, .Length = Length};
    switch (Class) {
    case KeyValueBasicInformation:
        return AnswerBasicValue(&Answer, Value, ResultLength);
    case KeyValueFullInformation:
        return AnswerFullValue(&Answer, Value, ResultLength);
    case KeyValuePartialInformation:
        return AnswerPartialValue(&Answer, Value, ResultLength);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
                               KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                               PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SIM_VALUE *Value = SimKeyValue(Body->Key, ValueName);
    Status = Value == NULL ? STATUS_OBJECT_NAME_NOT_FOUND
                           : AnswerValue(Value, KeyValueInformationClass, KeyValueInformation,
                                         Length, ResultLength);
    Leave(Body);
    return Status;
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
                                   KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                                   PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SIM_VALUE *Value = Body->Key->Values;
    while (Value != NULL && Index-- > 0) {
        Value = Value->Next;
    }
    Status = Value == NULL ? STATUS_NO_MORE_ENTRIES
                           : AnswerValue(Value, KeyValueInformationClass, KeyValueInformation,
                                         Length, ResultLength);
    Leave(Body);
    return Status;
}

NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex,
                             ULONG Type, PVOID Data, ULONG DataSize)
{
    KEY_BODY *Body;
    (void)TitleIndex;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (NT_SUCCESS(Status)) {
        Status = SimKeySetValue(Body->Key, ValueName, Type, Data, DataSize);
        Leave(Body);
    }
    return Status;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (NT_SUCCESS(Status)) {
        Status = SimKeyDeleteValue(Body->Key, ValueName);
        Leave(Body);
    }
    return Status;
}

NTSTATUS NTAPI ZwDeleteKey(HANDLE KeyHandle)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (NT_SUCCESS(Status)) {
        Status = SimKeyDelete(Body->Key); // the handle keeps the memory
        Leave(Body);
    }
    return Status;
}

NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (NT_SUCCESS(Status)) {
        Leave(Body);
    }
    return Status;
}

// ---- keys

static ULONG Longest(ULONG Left, ULONG Right)
{
    return Left > Right ? Left : Right;
}

static NTSTATUS AnswerFullKey(ANSWER *Answer, const SIM_KEY *Key, PULONG ResultLength)
{
    KEY_FULL_INFORMATION Fixed = {.ClassOffset = FIXED(KEY_FULL_INFORMATION, Class)};
    for (const SIM_KEY *Child = Key->Children; Child != NULL; Child = Child->Next) {
        Fixed.SubKeys++;
        Fixed.MaxNameLen = Longest(Fixed.MaxNameLen, Child->Name.Length);
    }
    for (const SIM_VALUE *Value = Key->Values; Value != NULL; Value = Value->Next) {
        Fixed.Values++;
        Fixed.MaxValueNameLen = Longest(Fixed.MaxValueNameLen, Value->Name.Length);
        Fixed.MaxValueDataLen = Longest(Fixed.MaxValueDataLen, Value->Bytes);
    }
    Put(Answer, 0, &Fixed, FIXED(KEY_FULL_INFORMATION, Class));
    return EndAnswer(Answer, FIXED(KEY_FULL_INFORMATION, Class), ResultLength);
}

static NTSTATUS AnswerKeyPath(ANSWER *Answer, SIM_KEY *Key, PULONG ResultLength)
{
    WCHAR Path[512];
    size_t Units = SimKeyPath(Key, Path, 512);
    if (Units > 512) {
        return STATUS_NAME_TOO_LONG;
    }
    KEY_NAME_INFORMATION Fixed = {.NameLength = (ULONG)(Units * sizeof(WCHAR))};
    ULONG Name = FIXED(KEY_NAME_INFORMATION, Name);
    Put(Answer, 0, &Fixed, Name);
    Put(Answer, Name, Path, Fixed.NameLength);
    return EndAnswer(Answer, Name, ResultLength);
}

static NTSTATUS AnswerKey(SIM_KEY *Key, KEY_INFORMATION_CLASS Class, PVOID Buffer, ULONG Length,
                          PULONG ResultLength)
{
    ANSWER Answer = {.Buffer = Buffer, .Length = Length};
    KEY_BASIC_INFORMATION Basic = {.NameLength = Key->Name.Length};
    KEY_NODE_INFORMATION Node = {.ClassOffset = (ULONG)-1, .NameLength = Key->Name.Length};
    ULONG Name;
    switch (Class) {
    case KeyBasicInformation:
        Name = FIXED(KEY_BASIC_INFORMATION, Name);
        Put(&Answer, 0, &Basic, Name);
        break;
    case KeyNodeInformation:
        Name = FIXED(KEY_NODE_INFORMATION, Name);
        Put(&Answer, 0, &Node, Name);
        break;
    case KeyFullInformation:
        return AnswerFullKey(&Answer, Key, ResultLength);
    case KeyNameInformation:
        return AnswerKeyPath(&Answer, Key, ResultLength);
    default:
        return STATUS_INVALID_PARAMETER;
    }
    Put(&Answer, Name, Key->Name.Buffer, Key->Name.Length);
    return EndAnswer(&Answer, Name, ResultLength);
}

NTSTATUS NTAPI ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
                          PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (NT_SUCCESS(Status)) {
        Status = AnswerKey(Body->Key, KeyInformationClass, KeyInformation, Length, ResultLength);
        Leave(Body);
    }
    return Status;
}

NTSTATUS NTAPI ZwEnumerateKey(HANDLE KeyHandle, ULONG Index,
                              KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation,
                              ULONG Length, PULONG ResultLength)
{
    KEY_BODY *Body;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = Enter(KeyHandle, 0, &Body);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SIM_KEY *Child = Body->Key->Children;
    while (Child != NULL && Index-- > 0) {
        Child = Child->Next;
    }
    Status = Child == NULL
                 ? STATUS_NO_MORE_ENTRIES
                 : AnswerKey(Child, KeyInformationClass, KeyInformation, Length, ResultLength);
    Leave(Body);
    return Status;
}

// SPDX-License-Identifier: MIT

// Callback objects: who registers a function hears when somebody notifies. Those that Windows makes
// (\Callback\PowerState and the like) do not exist: what they tell of does not happen here.

#include "object.h"
#include "wait.h"

#define TAG_REGISTRATION 0x52626c43u // "ClbR"

typedef struct _CALLBACK_OBJECT {
    SIM_LOCK Lock;            // guards the rest, and Busy of each registration
    LIST_ENTRY Registrations; // in the order of their calls
    BOOLEAN AllowMultiple;
} CALLBACK_BODY;

// In the list until nobody is inside its function any more: a notification that is on its way
// through the list stands on it.
typedef struct REGISTRATION {
    LIST_ENTRY Entry;
    CALLBACK_BODY *Object; // referenced
    PCALLBACK_FUNCTION Function;
    PVOID Context;
    ULONG Busy;      // calls under way
    BOOLEAN Leaving; // no new calls
    KEVENT Idle;     // Leaving, and Busy became 0
} REGISTRATION;

static OBJECT_TYPE CallbackType = {.Name = "Callback"};

static NTSTATUS Create(POBJECT_ATTRIBUTES Attributes, BOOLEAN AllowMultiple, CALLBACK_BODY **Object)
{
    CALLBACK_BODY *Body = SimObjectCreate(&CallbackType, sizeof(*Body));
    if (Body == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InitializeListHead(&Body->Registrations);
    Body->AllowMultiple = AllowMultiple;
    NTSTATUS Status = STATUS_SUCCESS;
    if (Attributes != NULL && Attributes->ObjectName != NULL) {
        Status = SimNameInsert(Body, Attributes->ObjectName);
    }
    if (!NT_SUCCESS(Status)) {
        SimObjectDereference(Body);
        return Status;
    }
    *Object = Body;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExCreateCallback(PCALLBACK_OBJECT *CallbackObject,
                                POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN CreateIt,
                                BOOLEAN AllowMultipleCallbacks)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    NTSTATUS Status = STATUS_UNSUCCESSFUL; // neither a name nor leave to create
    if (ObjectAttributes != NULL && ObjectAttributes->ObjectName != NULL) {
        Status = SimNameLookup(ObjectAttributes->ObjectName, &CallbackType, (void **)CallbackObject,
                               NULL, 0, NULL);
    }
    if (NT_SUCCESS(Status) || !CreateIt) {
        return Status;
    }
    return Create(ObjectAttributes, AllowMultipleCallbacks, (CALLBACK_BODY **)CallbackObject);
}

PVOID NTAPI ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction,
                               PVOID CallbackContext)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    CALLBACK_BODY *Object = (CALLBACK_BODY *)CallbackObject;
    REGISTRATION *New = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*New), TAG_REGISTRATION);
    if (New == NULL) {
        return NULL;
    }
    New->Object = Object;
    New->Function = CallbackFunction;
    New->Context = CallbackContext;
    KeInitializeEvent(&New->Idle, NotificationEvent, FALSE);
    SimLock(&Object->Lock);
    BOOLEAN Accepted = Object->AllowMultiple || IsListEmpty(&Object->Registrations);
    if (Accepted) {
        InsertTailList(&Object->Registrations, &New->Entry);
    }
    SimUnlock(&Object->Lock);
    if (!Accepted) {
        ExFreePoolWithTag(New, TAG_REGISTRATION);
        return NULL;
    }
    SimObjectReference(Object);
    return New;
}

VOID NTAPI ExUnregisterCallback(PVOID CallbackRegistration)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    REGISTRATION *Old = CallbackRegistration;
    CALLBACK_BODY *Object = Old->Object;
    SimLock(&Object->Lock);
    Old->Leaving = TRUE;
    BOOLEAN Busy = Old->Busy != 0;
    if (!Busy) {
        RemoveEntryList(&Old->Entry);
    }
    SimUnlock(&Object->Lock);
    if (Busy) {
        KeWaitForSingleObject(&Old->Idle, Executive, KernelMode, FALSE, NULL);
    }
    ExFreePoolWithTag(Old, TAG_REGISTRATION);
    SimObjectDereference(Object);
}

// Calls one registration's function. Called with the lock held, and returns with it held; the next
// entry of the list is read before the registration may go.
static LIST_ENTRY *CallOne(REGISTRATION *One, PVOID Argument1, PVOID Argument2)
{
    CALLBACK_BODY *Object = One->Object;
    if (One->Leaving) {
        return One->Entry.Flink;
    }
    One->Busy++;
    SimUnlock(&Object->Lock);
    One->Function(One->Context, Argument1, Argument2);
    SimLock(&Object->Lock);
    LIST_ENTRY *Next = One->Entry.Flink;
    One->Busy--;
    if (One->Busy == 0 && One->Leaving) {
        RemoveEntryList(&One->Entry);
        KeSetEvent(&One->Idle, IO_NO_INCREMENT, FALSE);
    }
    return Next;
}

VOID NTAPI ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    CALLBACK_BODY *Object = CallbackObject;
    SimLock(&Object->Lock);
    for (LIST_ENTRY *At = Object->Registrations.Flink; At != &Object->Registrations;) {
        At = CallOne(CONTAINING_RECORD(At, REGISTRATION, Entry), Argument1, Argument2);
    }
    SimUnlock(&Object->Lock);
}

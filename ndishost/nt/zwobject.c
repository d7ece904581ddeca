// SPDX-License-Identifier: MIT

// Handles to events, waiting by handle, and other handles of the same object.

#include "object.h"
#include "wait.h"

#include <ntifs.h>

#define EVENT_ACCESS 0x1F0003u // EVENT_ALL_ACCESS

// The path of an object to create or open; NULL: it has none.
static PUNICODE_STRING NameOf(POBJECT_ATTRIBUTES Attributes)
{
    return Attributes != NULL ? Attributes->ObjectName : NULL;
}

static ULONG FlagsOf(POBJECT_ATTRIBUTES Attributes)
{
    return Attributes != NULL ? Attributes->Attributes : 0;
}

// A referenced event: a new one, or with OBJ_OPENIF the one that has the name already
// (STATUS_OBJECT_NAME_EXISTS).
static NTSTATUS CreateEvent(PUNICODE_STRING Name, ULONG Flags, EVENT_TYPE Type, BOOLEAN State,
                            PRKEVENT *Event)
{
    if (Name != NULL && (Flags & OBJ_OPENIF) != 0 &&
        NT_SUCCESS(SimNameLookup(Name, &SimTypeEvent, (void **)Event, NULL, 0, NULL))) {
        return STATUS_OBJECT_NAME_EXISTS;
    }
    PRKEVENT New = SimObjectCreate(&SimTypeEvent, sizeof(*New));
    if (New == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeEvent(New, Type, State);
    NTSTATUS Status = Name != NULL ? SimNameInsert(New, Name) : STATUS_SUCCESS;
    if (!NT_SUCCESS(Status)) {
        SimObjectDereference(New);
        return Status;
    }
    *Event = New;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                             BOOLEAN InitialState)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    PRKEVENT Event;
    if (EventType != NotificationEvent && EventType != SynchronizationEvent) {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS Status = CreateEvent(NameOf(ObjectAttributes), FlagsOf(ObjectAttributes), EventType,
                                  InitialState, &Event);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    NTSTATUS Handle = SimHandleCreate(Event, DesiredAccess, FlagsOf(ObjectAttributes), EventHandle);
    SimObjectDereference(Event);
    return NT_SUCCESS(Handle) ? Status : Handle;
}

NTSTATUS NTAPI ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Event;
    if (NameOf(ObjectAttributes) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS Status = SimNameLookup(NameOf(ObjectAttributes), &SimTypeEvent, &Event, NULL, 0, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = SimHandleCreate(Event, DesiredAccess, FlagsOf(ObjectAttributes), EventHandle);
    SimObjectDereference(Event);
    return Status;
}

NTSTATUS NTAPI ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Event;
    NTSTATUS Status = SimHandleReference(EventHandle, &SimTypeEvent, 0, &Event, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    LONG Before = KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
    if (PreviousState != NULL) {
        *PreviousState = Before;
    }
    SimObjectDereference(Event);
    return STATUS_SUCCESS;
}

// An event that exists already keeps its kind and state. The handle keeps it.
static PKEVENT CreateNamed(PUNICODE_STRING EventName, EVENT_TYPE Type, PHANDLE EventHandle)
{
    PRKEVENT Event;
    if (!NT_SUCCESS(CreateEvent(EventName, OBJ_OPENIF, Type, TRUE, &Event))) {
        return NULL;
    }
    NTSTATUS Status = SimHandleCreate(Event, EVENT_ACCESS, OBJ_KERNEL_HANDLE, EventHandle);
    SimObjectDereference(Event);
    return NT_SUCCESS(Status) ? Event : NULL;
}

PKEVENT NTAPI IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return CreateNamed(EventName, SynchronizationEvent, EventHandle);
}

PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return CreateNamed(EventName, NotificationEvent, EventHandle);
}

// ---- any handle

NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Object;
    NTSTATUS Status = SimHandleReference(Handle, NULL, 0, &Object, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    OBJECT_TYPE *Type = SimObjectType(Object);
    if (Type == &SimTypeEvent || Type == &SimTypeThread) {
        Status = KeWaitForSingleObject(Object, Executive, KernelMode, Alertable, Timeout);
    } else if (Type == &SimTypeFile) {
        Status = KeWaitForSingleObject(&((PFILE_OBJECT)Object)->Event, Executive, KernelMode,
                                       Alertable, Timeout);
    } else {
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    SimObjectDereference(Object);
    return Status;
}

#define DUPLICATE_CLOSE 1u  // DUPLICATE_CLOSE_SOURCE
#define DUPLICATE_ACCESS 2u // DUPLICATE_SAME_ACCESS

// Both handles belong to the current process, or to the system when they are kernel handles.
NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                 HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                 ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Object;
    ACCESS_MASK Access;
    if (SourceProcessHandle != ZwCurrentProcess() || TargetProcessHandle != ZwCurrentProcess()) {
        return STATUS_INVALID_HANDLE; // nothing here opens a process
    }
    NTSTATUS Status = SimHandleReference(SourceHandle, NULL, 0, &Object, &Access);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Access = (Options & DUPLICATE_ACCESS) != 0 ? Access : DesiredAccess;
    Status = SimHandleCreate(Object, Access, HandleAttributes, TargetHandle);
    SimObjectDereference(Object);
    if ((Options & DUPLICATE_CLOSE) != 0) {
        (void)ZwClose(SourceHandle);
    }
    return Status;
}

// SPDX-License-Identifier: MIT

// Handle tables. Values are index * 4 + 4 as on Windows; handles of the system process have the
// high bits set, so that ObIsKernelHandle can tell and every process can use them.

#include "object_header.h"

#include <stdlib.h>
#include <string.h>

#define KERNEL_HANDLE_BITS 0xFFFFFFFF80000000ull
#define PSEUDO_HANDLE_COUNT 16 // NtCurrentProcess() and the like are small negative numbers

static BOOLEAN IsKernelHandle(HANDLE Handle)
{
    ULONG_PTR Value = (ULONG_PTR)Handle;
    return Value >= KERNEL_HANDLE_BITS && Value < (ULONG_PTR)-PSEUDO_HANDLE_COUNT;
}

static SIM_PROCESS *CurrentProcess(void)
{
    SIM_PROCESS *Process = SimCurrentThread()->Process;
    return Process != NULL ? Process : SimSystemProcess();
}

static SIM_PROCESS *ProcessOfHandle(HANDLE Handle)
{
    return IsKernelHandle(Handle) ? SimSystemProcess() : CurrentProcess();
}

// The entry of a handle, or NULL. Called with the table's lock held.
static SIM_HANDLE_ENTRY *FindEntry(SIM_HANDLE_TABLE *Table, HANDLE Handle)
{
    ULONG_PTR Value = (ULONG_PTR)Handle & ~KERNEL_HANDLE_BITS & ~(ULONG_PTR)3;
    if (Value < 4 || Value / 4 > Table->Size) {
        return NULL;
    }
    SIM_HANDLE_ENTRY *Entry = &Table->Entries[Value / 4 - 1];
    return Entry->Body != NULL ? Entry : NULL;
}

// An unused entry's index, or -1. Called with the table's lock held.
static int64_t FindFree(SIM_HANDLE_TABLE *Table)
{
    for (uint32_t i = 0; i < Table->Size; i++) {
        if (Table->Entries[i].Body == NULL) {
            return i;
        }
    }
    uint32_t Size = Table->Size == 0 ? 16 : Table->Size * 2;
    SIM_HANDLE_ENTRY *Entries = realloc(Table->Entries, Size * sizeof(*Entries));
    if (Entries == NULL) {
        return -1;
    }
    memset(Entries + Table->Size, 0, (Size - Table->Size) * sizeof(*Entries));
    int64_t Index = Table->Size;
    Table->Entries = Entries;
    Table->Size = Size;
    return Index;
}

NTSTATUS SimHandleCreateIn(SIM_PROCESS *Process, void *Body, ACCESS_MASK Access, HANDLE *Handle)
{
    SIM_HANDLE_TABLE *Table = SimProcessHandles(Process);
    SimObjectReference(Body);
    atomic_fetch_add_explicit(&SimObjectHeader(Body)->Handles, 1, memory_order_relaxed);
    SimLock(&Table->Lock);
    int64_t Index = FindFree(Table);
    if (Index >= 0) {
        Table->Entries[Index] = (SIM_HANDLE_ENTRY){.Body = Body, .Access = Access};
    }
    SimUnlock(&Table->Lock);
    if (Index < 0) {
        atomic_fetch_sub_explicit(&SimObjectHeader(Body)->Handles, 1, memory_order_relaxed);
        SimObjectDereference(Body);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ULONG_PTR Value = (ULONG_PTR)Index * 4 + 4;
    *Handle = (HANDLE)(Process == SimSystemProcess() ? Value | KERNEL_HANDLE_BITS : Value);
    return STATUS_SUCCESS;
}

NTSTATUS SimHandleCreate(void *Body, ACCESS_MASK Access, ULONG Attributes, HANDLE *Handle)
{
    BOOLEAN Kernel = (Attributes & OBJ_KERNEL_HANDLE) != 0;
    return SimHandleCreateIn(Kernel ? SimSystemProcess() : CurrentProcess(), Body, Access, Handle);
}

NTSTATUS SimHandleReference(HANDLE Handle, OBJECT_TYPE *Type, ACCESS_MASK Wanted, void **Body,
                            ACCESS_MASK *Granted)
{
    SIM_HANDLE_TABLE *Table = SimProcessHandles(ProcessOfHandle(Handle));
    NTSTATUS Status = STATUS_SUCCESS;
    SimLock(&Table->Lock);
    SIM_HANDLE_ENTRY *Entry = FindEntry(Table, Handle);
    if (Entry == NULL) {
        Status = STATUS_INVALID_HANDLE;
    } else if (Type != NULL && SimObjectType(Entry->Body) != Type) {
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if ((Wanted & ~Entry->Access) != 0) {
        Status = STATUS_ACCESS_DENIED;
    } else {
        *Body = Entry->Body;
        if (Granted != NULL) {
            *Granted = Entry->Access;
        }
        SimObjectReference(*Body);
    }
    SimUnlock(&Table->Lock);
    return Status;
}

static void ReleaseHandle(void *Body)
{
    OBJECT_HEADER *Header = SimObjectHeader(Body);
    int32_t Before = atomic_fetch_sub_explicit(&Header->Handles, 1, memory_order_acq_rel);
    if (Before == 1 && Header->Type->LastHandle != NULL) {
        Header->Type->LastHandle(Body);
    }
    SimObjectDereference(Body);
}

NTSTATUS SimHandleClose(SIM_PROCESS *Process, HANDLE Handle)
{
    SIM_HANDLE_TABLE *Table = SimProcessHandles(Process);
    void *Body = NULL;
    SimLock(&Table->Lock);
    SIM_HANDLE_ENTRY *Entry = FindEntry(Table, Handle);
    if (Entry != NULL) {
        Body = Entry->Body;
        Entry->Body = NULL;
    }
    SimUnlock(&Table->Lock);
    if (Body == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    ReleaseHandle(Body);
    return STATUS_SUCCESS;
}

unsigned SimHandleCloseAll(SIM_PROCESS *Process)
{
    unsigned Closed = 0;
    SIM_HANDLE_TABLE *Table = SimProcessHandles(Process);
    for (uint32_t i = 0;; i++) {
        SimLock(&Table->Lock);
        void *Body = i < Table->Size ? Table->Entries[i].Body : NULL;
        BOOLEAN End = i >= Table->Size;
        if (Body != NULL) {
            Table->Entries[i].Body = NULL;
        }
        SimUnlock(&Table->Lock);
        if (End) {
            break;
        }
        if (Body != NULL) {
            ReleaseHandle(Body);
            Closed++;
        }
    }
    free(Table->Entries);
    Table->Entries = NULL;
    Table->Size = 0;
    return Closed;
}

// ---- the exported side

BOOLEAN NTAPI ObIsKernelHandle(HANDLE Handle)
{
    return IsKernelHandle(Handle);
}

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                         POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                         PVOID *Object,
                                         POBJECT_HANDLE_INFORMATION HandleInformation)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    // Access is checked for user mode only; a kernel-mode caller may do everything.
    ACCESS_MASK Wanted = AccessMode == UserMode ? DesiredAccess : 0;
    ACCESS_MASK Granted = 0;
    if (AccessMode == UserMode && IsKernelHandle(Handle)) {
        return STATUS_INVALID_HANDLE;
    }
    NTSTATUS Status = SimHandleReference(Handle, ObjectType, Wanted, Object, &Granted);
    if (NT_SUCCESS(Status) && HandleInformation != NULL) {
        HandleInformation->HandleAttributes = 0;
        HandleInformation->GrantedAccess = Granted;
    }
    return Status;
}

NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                                POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                                ULONG Tag, PVOID *Object,
                                                POBJECT_HANDLE_INFORMATION HandleInformation)
{
    (void)Tag;
    return ObReferenceObjectByHandle(Handle, DesiredAccess, ObjectType, AccessMode, Object,
                                     HandleInformation);
}

NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes,
                                     PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                     POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                     PHANDLE Handle)
{
    (void)PassedAccessState;
    (void)AccessMode;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (ObjectType != NULL && SimObjectType(Object) != ObjectType) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return SimHandleCreate(Object, DesiredAccess, HandleAttributes, Handle);
}

NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = SimHandleClose(ProcessOfHandle(Handle), Handle);
    if (Status == STATUS_INVALID_HANDLE && PreviousMode == KernelMode) {
        SimBugCheck(INVALID_KERNEL_HANDLE, (ULONG_PTR)Handle, 0, 0, 0,
                    "close of handle %p, which is not open in this process", Handle);
    }
    return Status;
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return ObCloseHandle(Handle, KernelMode);
}

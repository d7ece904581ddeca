// SPDX-License-Identifier: MIT

// Client processes, their open files, and how a process dies.

#include "process_private.h"

#include "device.h"
#include "futex.h"
#include "mdl.h"
#include "wide.h"

#include <stdlib.h>
#include <string.h>

unsigned SimCancelTimeoutMs = 300000; // what Windows gives a driver: five minutes

static void ProcessDelete(void *Body)
{
    free(((SIM_PROCESS *)Body)->Handles.Entries);
}

OBJECT_TYPE SimTypeProcess = {.Name = "Process", .Delete = ProcessDelete};

static SIM_PROCESS System = {.Id = 4};
static _Atomic uint32_t NextId = 8;

SIM_PROCESS *SimSystemProcess(void)
{
    return &System;
}

SIM_HANDLE_TABLE *SimProcessHandles(SIM_PROCESS *Process)
{
    return &Process->Handles;
}

NTSTATUS SimProcessCreate(SIM_PROCESS **Process)
{
    SIM_PROCESS *Self = SimObjectCreate(&SimTypeProcess, sizeof(*Self));
    if (Self == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Self->Id = atomic_fetch_add(&NextId, 4);
    *Process = Self;
    return STATUS_SUCCESS;
}

// ---- files

SIM_SLOW void NTAPI SimFileReleased(SIM_FILE *File, uint32_t Before)
{
    if (Before / 2 == 1) {
        SimObjectDereference(File->Object);
        free(File);
    } else {
        FutexWake(&File->References, INT_MAX);
    }
}

_Static_assert(sizeof(SIM_FILE) <= SYSTEM_CACHE_ALIGNMENT_SIZE, "one cache line");

// Takes over the caller's reference to Object.
static NTSTATUS AddFile(SIM_PROCESS *Process, PFILE_OBJECT Object, ACCESS_MASK Access,
                        SIM_FILE **Added)
{
    SIM_FILE *File = aligned_alloc(SYSTEM_CACHE_ALIGNMENT_SIZE, SYSTEM_CACHE_ALIGNMENT_SIZE);
    if (File == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *File = (SIM_FILE){.Process = Process, .Object = Object, .Access = Access};
    NTSTATUS Status = SimHandleCreateIn(Process, Object, Access, &File->Handle);
    if (!NT_SUCCESS(Status)) {
        free(File);
        return Status;
    }
    atomic_init(&File->References, 2);
    SimLock(&Process->FileLock);
    File->Next = Process->Files;
    Process->Files = File;
    SimUnlock(&Process->FileLock);
    *Added = File;
    return STATUS_SUCCESS;
}

// "\\.\X" is "\??\X" in NT's name space; anything else is an NT name already.
static NTSTATUS MakeName(const char *Name, WCHAR *Text, size_t Units, UNICODE_STRING *Path)
{
    size_t Prefix = 0;
    if (strncmp(Name, "\\\\.\\", 4) == 0 || strncmp(Name, "\\\\?\\", 4) == 0) {
        memcpy(Text, L"\\??\\", 4 * sizeof(WCHAR));
        Name += 4;
        Prefix = 4;
    }
    size_t Length = SimWideFromUtf8(Text + Prefix, Units - Prefix, Name, strlen(Name));
    if (Length == 0 || Length > Units - Prefix) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    USHORT Bytes = (USHORT)((Prefix + Length) * sizeof(WCHAR));
    *Path = (UNICODE_STRING){.Length = Bytes, .MaximumLength = Bytes, .Buffer = Text};
    return STATUS_SUCCESS;
}

NTSTATUS SimFileOpen(SIM_PROCESS *Process, const char *Name, ACCESS_MASK Access, SIM_FILE **File)
{
    WCHAR Text[300];
    UNICODE_STRING Path;
    PFILE_OBJECT Object;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    NTSTATUS Status = MakeName(Name, Text, sizeof(Text) / sizeof(WCHAR), &Path);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Outer = Thread->Process;
    Thread->Process = Process;
    Status = SimFileCreate(&Path, Access, UserMode, &Object);
    if (NT_SUCCESS(Status)) {
        Status = AddFile(Process, Object, Access, File);
        if (!NT_SUCCESS(Status)) {
            SimTypeFile.LastHandle(Object);
            SimObjectDereference(Object);
        }
    }
    Thread->Process = Outer;
    return Status;
}

NTSTATUS SimFileDuplicate(SIM_FILE *File, SIM_PROCESS *Process, SIM_FILE **Duplicate)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (!SimFileAcquire(File)) {
        return STATUS_INVALID_HANDLE;
    }
    SimObjectReference(File->Object);
    NTSTATUS Status = AddFile(Process, File->Object, File->Access, Duplicate);
    if (!NT_SUCCESS(Status)) {
        SimObjectDereference(File->Object);
    }
    SimFileRelease(File);
    return Status;
}

static void Unlink(SIM_FILE *File)
{
    SIM_PROCESS *Process = File->Process;
    SimLock(&Process->FileLock);
    SIM_FILE **Where = &Process->Files;
    while (*Where != NULL && *Where != File) {
        Where = &(*Where)->Next;
    }
    if (*Where != NULL) {
        *Where = File->Next;
    }
    SimUnlock(&Process->FileLock);
}

void SimFileClose(SIM_FILE *File)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Outer = Thread->Process;
    atomic_store_explicit(&File->Closed, 1, memory_order_release);
    Unlink(File);
    Thread->Process = File->Process;
    SimHandleClose(File->Process, File->Handle);
    SimFileRelease(File);
    Thread->Process = Outer;
}

PFILE_OBJECT SimFileObject(SIM_FILE *File)
{
    return File->Object;
}

// ---- the end of a process

static void CancelIfOf(SIM_IRP *Self, void *Process)
{
    if (Self->Process == Process) {
        SimIrpCancel(&Self->Irp);
    }
}

// Returns when no request of the file is under way.
static void WaitForRequests(SIM_FILE *File)
{
    uint64_t Deadline = FutexNowNs() + SimCancelTimeoutMs * 1000000ull;
    atomic_fetch_or(&File->References, 1);
    for (;;) {
        uint32_t Seen = atomic_load_explicit(&File->References, memory_order_acquire);
        if (Seen / 2 <= 1) {
            return;
        }
        if (!FutexWaitUntil(&File->References, Seen, Deadline)) {
            SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x135, (ULONG_PTR)File->Object,
                        SimCancelTimeoutMs, Seen / 2 - 1,
                        "%u request(s) of a process that exits were not completed within %u ms "
                        "after their cancellation",
                        Seen / 2 - 1, SimCancelTimeoutMs);
        }
    }
}

void SimProcessExit(SIM_PROCESS *Process)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Outer = Thread->Process;
    Thread->Process = Process;
    // First the threads end, and with them their requests; then the handles are closed.
    atomic_store(&Process->Exiting, 1);
    SimIrpForEach(CancelIfOf, Process);
    while (Process->Files != NULL) {
        WaitForRequests(Process->Files);
        SimFileClose(Process->Files);
    }
    SimHandleCloseAll(Process);
    unsigned Pages = SimMdlLockedPages(Process, TRUE);
    Thread->Process = Outer;
    if (Pages > 0) {
        SimBugCheck(PROCESS_HAS_LOCKED_PAGES, 0, (ULONG_PTR)Process, Pages, 0,
                    "a process exits while a driver has %u of its pages locked", Pages);
    }
    SimObjectDereference(Process);
}

// ---- the exported side

PEPROCESS NTAPI IoGetCurrentProcess(void)
{
    SIM_PROCESS *Process = SimCurrentThread()->Process;
    return (PEPROCESS)(Process != NULL ? Process : &System);
}

HANDLE NTAPI PsGetCurrentProcessId(void)
{
    return (HANDLE)(uintptr_t)((SIM_PROCESS *)IoGetCurrentProcess())->Id;
}

HANDLE NTAPI PsGetProcessId(PEPROCESS Process)
{
    return (HANDLE)(uintptr_t)((SIM_PROCESS *)Process)->Id;
}

PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp)
{
    SIM_IRP *Self = SimIrpOf(Irp);
    return Self != NULL ? (PEPROCESS)Self->Process : NULL;
}

ULONG NTAPI IoGetRequestorProcessId(PIRP Irp)
{
    PEPROCESS Process = IoGetRequestorProcess(Irp);
    return Process != NULL ? ((SIM_PROCESS *)Process)->Id : 0;
}

BOOLEAN NTAPI IoIs32bitProcess(PIRP Irp)
{
    (void)Irp;
    return FALSE;
}

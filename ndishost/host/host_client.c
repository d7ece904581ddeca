// SPDX-License-Identifier: MIT

// Client processes, their handles and requests: nt/process.h in the words of ndishost.h. A
// struct ndishost_file is a SIM_FILE.

#include "host.h"

#include "../nt/process.h"

#include <stdlib.h>

struct ndishost_process {
    SIM_PROCESS *Process;
    struct ndishost_process *Next;
};

static SIM_LOCK HostProcessesLock; // guards the list
static struct ndishost_process *HostProcesses;

// ---- processes

ndishost_status ndishost_process_create(struct ndishost_process **process)
{
    struct ndishost_process *New;
    NTSTATUS Status;

    *process = NULL;
    if (!HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    New = calloc(1, sizeof(*New));
    if (New == NULL) {
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = SimProcessCreate(&New->Process);
    if (!NT_SUCCESS(Status)) {
        free(New);
        return (ndishost_status)Status;
    }
    SimLock(&HostProcessesLock);
    New->Next = HostProcesses;
    HostProcesses = New;
    SimUnlock(&HostProcessesLock);
    *process = New;
    return (ndishost_status)STATUS_SUCCESS;
}

void ndishost_process_exit(struct ndishost_process *process)
{
    struct ndishost_process **Link = &HostProcesses;

    SimLock(&HostProcessesLock);
    while (*Link != process) {
        Link = &(*Link)->Next;
    }
    *Link = process->Next;
    SimUnlock(&HostProcessesLock);
    SimProcessExit(process->Process);
    free(process);
}

void HostProcessesExit(void)
{
    while (HostProcesses != NULL) {
        ndishost_process_exit(HostProcesses);
    }
}

// ---- handles

ndishost_status ndishost_open(struct ndishost_process *process, const char *name, unsigned access,
                              struct ndishost_file **file)
{
    ACCESS_MASK Access = ((access & NDISHOST_READ) != 0 ? FILE_READ_DATA : 0) |
                         ((access & NDISHOST_WRITE) != 0 ? FILE_WRITE_DATA : 0);
    SIM_FILE *New = NULL;
    NTSTATUS Status = SimFileOpen(process->Process, name, Access, &New);

    *file = NT_SUCCESS(Status) ? (struct ndishost_file *)New : NULL;
    return (ndishost_status)Status;
}

void ndishost_close(struct ndishost_file *file)
{
    SimFileClose((SIM_FILE *)file);
}

ndishost_status ndishost_duplicate(struct ndishost_file *file, struct ndishost_process *process,
                                   struct ndishost_file **duplicate)
{
    SIM_FILE *New = NULL;
    NTSTATUS Status = SimFileDuplicate((SIM_FILE *)file, process->Process, &New);

    *duplicate = NT_SUCCESS(Status) ? (struct ndishost_file *)New : NULL;
    return (ndishost_status)Status;
}

// ---- requests

static void NTAPI RequestDone(void *Context, NTSTATUS Status, ULONG_PTR Information)
{
    struct ndishost_request *Request = Context;

    Request->status = (ndishost_status)Status;
    Request->information = Information;
    if (Request->completed != NULL) {
        Request->completed(Request); // the memory may be gone when it returns
    }
}

static ndishost_status RequestBegin(struct ndishost_file *File, SIM_REQUEST *Request,
                                    struct ndishost_request *Caller)
{
    BOOLEAN Reached;

    Request->Done = RequestDone;
    Request->Context = Caller;
    Request->Irp = &Caller->irp;
    Caller->irp = NULL;
    return (ndishost_status)SimRequestStart((SIM_FILE *)File, Request, &Reached);
}

ndishost_status ndishost_ioctl_begin(struct ndishost_file *file, uint32_t code, const void *in,
                                     size_t in_length, void *out, size_t out_length,
                                     struct ndishost_request *request)
{
    SIM_REQUEST Request = {
        .Major = IRP_MJ_DEVICE_CONTROL,
        .Code = code,
        .In = in,
        .InLength = in_length,
        .Out = out,
        .OutLength = out_length,
    };

    return RequestBegin(file, &Request, request);
}

ndishost_status ndishost_read_begin(struct ndishost_file *file, void *buffer, size_t length,
                                    struct ndishost_request *request)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_READ, .Out = buffer, .OutLength = length};

    return RequestBegin(file, &Request, request);
}

ndishost_status ndishost_write_begin(struct ndishost_file *file, const void *buffer, size_t length,
                                     struct ndishost_request *request)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_WRITE, .In = buffer, .InLength = length};

    return RequestBegin(file, &Request, request);
}

void ndishost_cancel(struct ndishost_file *file, struct ndishost_request *request)
{
    (void)file;
    SimRequestCancel(&request->irp);
}

static ndishost_status RequestRun(struct ndishost_file *File, SIM_REQUEST *Request,
                                  uint64_t *Information)
{
    _Static_assert(sizeof(*Information) == sizeof(ULONG_PTR), "the same number");

    return (ndishost_status)SimRequestRun((SIM_FILE *)File, Request, (ULONG_PTR *)Information);
}

ndishost_status ndishost_ioctl(struct ndishost_file *file, uint32_t code, const void *in,
                               size_t in_length, void *out, size_t out_length,
                               uint64_t *information)
{
    SIM_REQUEST Request = {
        .Major = IRP_MJ_DEVICE_CONTROL,
        .Code = code,
        .In = in,
        .InLength = in_length,
        .Out = out,
        .OutLength = out_length,
    };

    return RequestRun(file, &Request, information);
}

ndishost_status ndishost_read(struct ndishost_file *file, void *buffer, size_t length,
                              uint64_t *information)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_READ, .Out = buffer, .OutLength = length};

    return RequestRun(file, &Request, information);
}

ndishost_status ndishost_write(struct ndishost_file *file, const void *buffer, size_t length,
                               uint64_t *information)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_WRITE, .In = buffer, .InLength = length};

    return RequestRun(file, &Request, information);
}

// SPDX-License-Identifier: MIT
#pragma once

// Client processes: what host.c builds ndishost.h on. A SIM_FILE is an open handle (struct
// ndishost_file), a SIM_PROCESS a process (struct ndishost_process): host.c may cast. All functions
// at PASSIVE_LEVEL, from any thread.

#include "sim.h"

typedef struct SIM_FILE SIM_FILE;

NTSTATUS SimProcessCreate(SIM_PROCESS **Process);

// Cancels the process's requests, waits for them, closes its handles; then 0x76 when pages are
// still locked. The process and its SIM_FILEs are invalid afterwards. A driver that does not
// complete a cancelled request within SimCancelTimeoutMs is a bug check 0xC4/0x135.
void SimProcessExit(SIM_PROCESS *Process);
extern unsigned SimCancelTimeoutMs;

// `Name`: UTF-8, "\\.\Shuttle" or an NT name. `Access`: FILE_READ_DATA | FILE_WRITE_DATA.
NTSTATUS SimFileOpen(SIM_PROCESS *Process, const char *Name, ACCESS_MASK Access, SIM_FILE **File);
void SimFileClose(SIM_FILE *File);
NTSTATUS SimFileDuplicate(SIM_FILE *File, SIM_PROCESS *Process, SIM_FILE **Duplicate);
PFILE_OBJECT SimFileObject(SIM_FILE *File); // not referenced

typedef struct SIM_REQUEST {
    UCHAR Major;    // IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE
    ULONG Code;     // of a device control
    const void *In; // of a write: what to write
    size_t InLength;
    void *Out; // of a read: where to
    size_t OutLength;

    // Called once when the request completes: any thread, IRQL <= DISPATCH_LEVEL, possibly before
    // SimRequestStart returns. NULL: none.
    void(NTAPI *Done)(void *Context, NTSTATUS Status, ULONG_PTR Information);
    void *Context;
    // Set before the driver is called, NULL again before Done: for SimRequestCancel. May be NULL.
    void **Irp;
} SIM_REQUEST;

// STATUS_PENDING or the final status. *Reached FALSE: the request never got to the driver, Done is
// not called, *Request->Irp is NULL.
NTSTATUS SimRequestStart(SIM_FILE *File, const SIM_REQUEST *Request, BOOLEAN *Reached);
// The same and waits; Done, Context and Irp are not looked at. Information may be NULL.
NTSTATUS SimRequestRun(SIM_FILE *File, const SIM_REQUEST *Request, ULONG_PTR *Information);
// `Irp`: the place that was given to SimRequestStart. Safe after completion.
void SimRequestCancel(void **Irp);

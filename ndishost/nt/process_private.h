// SPDX-License-Identifier: MIT
#pragma once

// Between process.c (processes and their files) and request.c.

#include "object.h"
#include "process.h"

struct SIM_PROCESS { // body of a Process object
    SIM_HANDLE_TABLE Handles;
    uint32_t Id;
    _Atomic int Exiting; // no new request, and each that exists is cancelled
    SIM_LOCK FileLock;   // guards Files
    SIM_FILE *Files;
};

// References counts twice the holders: 2 for the open handle, 2 for each request. Bit 0: somebody
// waits for the count to become 2. The memory goes with the last one.
struct SIM_FILE {
    _Atomic uint32_t References;
    _Atomic int Closed;
    SIM_PROCESS *Process;
    HANDLE Handle;
    PFILE_OBJECT Object; // referenced
    ACCESS_MASK Access;
    SIM_FILE *Next; // of the process
};

void NTAPI SimFileRelease(SIM_FILE *File);

// FALSE: closed.
static inline BOOLEAN SimFileAcquire(SIM_FILE *File)
{
    atomic_fetch_add_explicit(&File->References, 2, memory_order_acquire);
    if (atomic_load_explicit(&File->Closed, memory_order_acquire) == 0) {
        return TRUE;
    }
    SimFileRelease(File);
    return FALSE;
}

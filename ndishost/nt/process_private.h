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
// waits for the count to become 2. The memory goes with the last one. It has a cache line of its
// own: two threads with a handle each share none.
struct SIM_FILE {
    _Atomic uint32_t References;
    _Atomic int Closed;
    SIM_PROCESS *Process;
    HANDLE Handle;
    PFILE_OBJECT Object; // referenced
    ACCESS_MASK Access;
    SIM_FILE *Next; // of the process
};

// `Before`: what References was. The last holder has gone, or somebody waits.
SIM_SLOW void NTAPI SimFileReleased(SIM_FILE *File, uint32_t Before);

static inline void SimFileRelease(SIM_FILE *File)
{
    // After the subtraction the memory may be gone: only the address is used to wake.
    uint32_t Before = atomic_fetch_sub_explicit(&File->References, 2, memory_order_acq_rel);
    if (__builtin_expect(Before == 2 || (Before & 1) != 0, 0)) {
        SimFileReleased(File, Before);
    }
}

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

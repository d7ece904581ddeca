// SPDX-License-Identifier: MIT
#pragma once

// The processor block that inlined functions read by GS. A thread gets one when it first asks: its
// GS base is 0 until then, so the read faults. Linux leaves GS to the program.

#include "thread.h"

struct SIM_PCR {
    UCHAR Unused[0x18];
    struct SIM_PCR *Self; // 0x18
    UCHAR Unused2[0x164];
    UCHAR LegacyNumber; // 0x184
    UCHAR Unused3[3];
    PKTHREAD CurrentThread; // 0x188
    UCHAR Unused4[0x14];
    ULONG Number; // 0x1A4
};

// The calling thread's read of its block faulted at `Address`. TRUE: it will not do so again.
// At any IRQL; not from code that may be inside nt/.
BOOLEAN SimPcrPrepare(ULONG_PTR Address);

// The thread's object is gone: the next read faults again. By any thread while the owner rests.
void SimPcrForget(SIM_THREAD *Thread);
void SimPcrDestroy(SIM_THREAD *Thread);

static inline void SimSetProcessor(SIM_THREAD *Thread, int Number)
{
    Thread->Processor = Number;
    if (__builtin_expect(Thread->PcrIsReady, 0)) {
        Thread->Pcr->LegacyNumber = (UCHAR)Number;
        Thread->Pcr->Number = (ULONG)Number;
    }
}

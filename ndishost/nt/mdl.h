// SPDX-License-Identifier: MIT
#pragma once

// MDLs: what mdl.c (life), mdl_lock.c (page locks) and mdl_map.c (mappings) share, and what the I/O
// manager uses. The "physical" page number of an address is the address >> 12 of this process.

#include "sim.h"

// The same as IoAllocateMdl, MmProbeAndLockPages and so on, with the caller to blame.
PMDL NTAPI SimMdlAllocate(void *Address, ULONG Length, void *Caller);
void NTAPI SimMdlLock(PMDL Mdl, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation, void *Caller);
void NTAPI SimMdlUnlock(PMDL Mdl, void *Caller);

// Unlocks and frees a request's chain: what completion does with Irp->MdlAddress.
void NTAPI SimMdlFreeChain(PMDL Mdl, void *Caller);

// Page locks that the process holds; each is reported on stderr when Report.
unsigned SimMdlLockedPages(const SIM_PROCESS *Process, BOOLEAN Report);
unsigned SimMdlStopLocks(void); // all processes; forgets them

void NTAPI SimMdlRelease(PMDL Mdl, void *Caller); // the memory of an MDL from SimMdlAllocate
const char *SimMdlKind(PMDL Mdl);

static inline ULONG SimMdlPages(const MDL *Mdl)
{
    return (ULONG)(((uint64_t)Mdl->ByteOffset + Mdl->ByteCount + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

static inline char *SimMdlAddress(const MDL *Mdl)
{
    return (char *)((uintptr_t)Mdl->StartVa + Mdl->ByteOffset);
}

// Faults when the byte cannot be read or written. Nothing of it is seen by sanitizers, and writing
// leaves the byte as it is even when somebody else changes it at this moment.
static inline void SimTouchRead(const void *Address)
{
    char Byte;
    __asm__ volatile("movb %1, %0" : "=q"(Byte) : "m"(*(const char *)Address));
}

static inline void SimTouchWrite(void *Address)
{
    __asm__ volatile("lock; orb $0, %0" : "+m"(*(char *)Address) : : "cc");
}

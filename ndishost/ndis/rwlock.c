// SPDX-License-Identifier: MIT
// Reader/writer locks: the kernel's reader/writer spin lock in NDIS's forms, the old one in memory
// of the driver.

#include "adapter.h"

struct _NDIS_RW_LOCK_EX {
    EX_SPIN_LOCK Lock;
};

#define RW_LOCK_READ 1
#define RW_LOCK_WRITE 2

PNDIS_RW_LOCK_EX NTAPI NdisAllocateRWLock(NDIS_HANDLE NdisHandle)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PNDIS_RW_LOCK_EX Lock = SimNdisAllocate(sizeof(struct _NDIS_RW_LOCK_EX));
    if (Lock != NULL) {
        InterlockedIncrement(&SimNdis.Objects);
    }
    return Lock;
}

void NTAPI NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimNdisFree(Lock);
    InterlockedDecrement(&SimNdis.Objects);
}

static void StateSet(PLOCK_STATE_EX State, KIRQL Irql, UCHAR Kind, UCHAR Flags)
{
    State->OldIrql = Irql;
    State->LockState = Kind;
    State->Flags = Flags;
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisAcquireRWLockRead(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    StateSet(LockState, ExAcquireSpinLockShared(&Lock->Lock), RW_LOCK_READ, Flags);
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisAcquireRWLockWrite(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    StateSet(LockState, ExAcquireSpinLockExclusive(&Lock->Lock), RW_LOCK_WRITE, Flags);
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState)
{
    if (LockState->LockState == RW_LOCK_WRITE) {
        ExReleaseSpinLockExclusive(&Lock->Lock, LockState->OldIrql);
    } else {
        ExReleaseSpinLockShared(&Lock->Lock, LockState->OldIrql);
    }
}

static PEX_SPIN_LOCK OldLock(PNDIS_RW_LOCK Lock)
{
    return (PEX_SPIN_LOCK)Lock->Reserved;
}

void NTAPI NdisInitializeReadWriteLock(PNDIS_RW_LOCK Lock)
{
    RtlZeroMemory(Lock, sizeof(*Lock));
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    LockState->OldIrql = fWrite ? ExAcquireSpinLockExclusive(OldLock(Lock))
                                : ExAcquireSpinLockShared(OldLock(Lock));
    LockState->LockState = fWrite ? RW_LOCK_WRITE : RW_LOCK_READ;
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState)
{
    if (LockState->LockState == RW_LOCK_WRITE) {
        ExReleaseSpinLockExclusive(OldLock(Lock), LockState->OldIrql);
    } else {
        ExReleaseSpinLockShared(OldLock(Lock), LockState->OldIrql);
    }
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisDprAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState)
{
    LockState->OldIrql = DISPATCH_LEVEL;
    LockState->LockState = fWrite ? RW_LOCK_WRITE : RW_LOCK_READ;
    if (fWrite) {
        ExAcquireSpinLockExclusiveAtDpcLevel(OldLock(Lock));
    } else {
        ExAcquireSpinLockSharedAtDpcLevel(OldLock(Lock));
    }
}

SIM_NO_THREAD_SAFETY_ANALYSIS
void NTAPI NdisDprReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState)
{
    if (LockState->LockState == RW_LOCK_WRITE) {
        ExReleaseSpinLockExclusiveFromDpcLevel(OldLock(Lock));
    } else {
        ExReleaseSpinLockSharedFromDpcLevel(OldLock(Lock));
    }
}

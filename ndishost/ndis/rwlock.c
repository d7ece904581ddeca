// SPDX-License-Identifier: MIT
// Reader/writer locks: the kernel's reader/writer spin lock in NDIS's form.

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

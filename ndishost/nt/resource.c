// SPDX-License-Identifier: MIT

// ERESOURCE: shared or exclusive, recursive, for threads with normal kernel APCs switched off. An
// owner is known by its thread object. Used as documented, the fields are: ActiveEntries owners in
// OwnerTable (memory of this file), Flag while one of them is exclusive, the two waiter counts;
// SpinLock is the SIM_LOCK that guards them, Address the futex that changes when they do.

#include "sim.h"

#include <stdlib.h>

#include "futex.h"

#define OWNED_EXCLUSIVE 0x80 // ResourceOwnedExclusive

static SIM_LOCK *LockOf(PERESOURCE Resource)
{
    return (SIM_LOCK *)(void *)&Resource->SpinLock;
}

static _Atomic uint32_t *ChangesOf(PERESOURCE Resource)
{
    return (_Atomic uint32_t *)(void *)&Resource->Address;
}

static void RequireApcsOff(PERESOURCE Resource, ULONG_PTR Rule, const char *Function)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->Irql > APC_LEVEL) {
        SimIrqlViolation(Function, Thread->Irql, "<= APC_LEVEL");
    }
    if (!KeAreApcsDisabled()) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Thread->Irql, 0, (ULONG_PTR)Resource,
                    "%s outside of a critical region.", Function);
    }
}

static OWNER_ENTRY *FindOwner(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    for (ULONG i = 0; i < Resource->ActiveEntries; i++) {
        if (Resource->OwnerTable[i].OwnerThread == Thread) {
            return &Resource->OwnerTable[i];
        }
    }
    return NULL;
}

static void AddOwner(PERESOURCE Resource, OWNER_ENTRY *Owner, ERESOURCE_THREAD Thread)
{
    if (Owner != NULL) {
        Owner->OwnerCount++;
        return;
    }
    ULONG Count = Resource->ActiveEntries + 1;
    OWNER_ENTRY *Table = realloc(Resource->OwnerTable, Count * sizeof(*Table));
    if (Table == NULL) {
        SimBugCheck(MEMORY_MANAGEMENT, 0, 0, 0, 0, "no memory for the owners of a resource.");
    }
    Table[Count - 1] = (OWNER_ENTRY){.OwnerThread = Thread};
    Table[Count - 1].OwnerCount = 1;
    Resource->OwnerTable = Table;
    Resource->ActiveEntries = Count;
}

typedef enum RESOURCE_ACCESS {
    AccessExclusive,
    AccessShared,               // a new owner stays behind who waits for exclusive access
    AccessSharedStarve,         // does not
    AccessSharedBehindExclusive // even one that owns it already stays behind
} RESOURCE_ACCESS;

static BOOLEAN MayAcquire(PERESOURCE Resource, const OWNER_ENTRY *Owner, RESOURCE_ACCESS Access)
{
    if (Resource->ActiveEntries == 0) {
        return TRUE;
    }
    if ((Resource->Flag & OWNED_EXCLUSIVE) != 0) {
        return Owner != NULL;
    }
    BOOLEAN ExclusiveWaits = Resource->NumberOfExclusiveWaiters != 0;
    switch (Access) {
    case AccessExclusive:
        return FALSE;
    case AccessShared:
        return Owner != NULL || !ExclusiveWaits;
    case AccessSharedBehindExclusive:
        return !ExclusiveWaits;
    default:
        return TRUE;
    }
}

static BOOLEAN Acquire(PERESOURCE Resource, BOOLEAN Wait, RESOURCE_ACCESS Access)
{
    ERESOURCE_THREAD Thread = (ERESOURCE_THREAD)KeGetCurrentThread();
    ULONG *Waiters = Access == AccessExclusive ? &Resource->NumberOfExclusiveWaiters
                                               : &Resource->NumberOfSharedWaiters;
    SimLock(LockOf(Resource));
    OWNER_ENTRY *Owner = FindOwner(Resource, Thread);
    while (!MayAcquire(Resource, Owner, Access)) {
        BOOLEAN Deadlock = Access == AccessExclusive && Owner != NULL;
        uint32_t Seen = atomic_load(ChangesOf(Resource));
        *Waiters += Wait && !Deadlock;
        SimUnlock(LockOf(Resource));
        if (!Wait) {
            return FALSE;
        }
        if (Deadlock) {
            SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1000, (ULONG_PTR)Resource, 0, 0,
                        "this thread waits for exclusive access to resource %p, of which it is a "
                        "shared owner.",
                        (void *)Resource);
        }
        FutexWait(ChangesOf(Resource), Seen);
        SimLock(LockOf(Resource));
        (*Waiters)--;
        Owner = FindOwner(Resource, Thread);
    }
    if (Access == AccessExclusive) {
        Resource->Flag |= OWNED_EXCLUSIVE;
    }
    AddOwner(Resource, Owner, Thread);
    SimUnlock(LockOf(Resource));
    return TRUE;
}

static void Changed(PERESOURCE Resource)
{
    atomic_fetch_add(ChangesOf(Resource), 1);
    FutexWake(ChangesOf(Resource), INT_MAX);
}

static void Release(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    SimLock(LockOf(Resource));
    OWNER_ENTRY *Owner = FindOwner(Resource, Thread);
    if (Owner == NULL) {
        SimUnlock(LockOf(Resource));
        SimBugCheck(RESOURCE_NOT_OWNED, (ULONG_PTR)Resource, Thread, 0, 0,
                    "resource %p is released by a thread that does not own it.", (void *)Resource);
    }
    if (--Owner->OwnerCount == 0) {
        *Owner = Resource->OwnerTable[--Resource->ActiveEntries];
        Resource->Flag &= (USHORT)~OWNED_EXCLUSIVE;
        Changed(Resource); // with the lock held: the last owner may delete the resource after it
    }
    SimUnlock(LockOf(Resource));
}

NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *Resource = (ERESOURCE){0};
    return STATUS_SUCCESS;
}

static void RequireFree(PERESOURCE Resource)
{
    if (Resource->ActiveEntries != 0) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x100B, (ULONG_PTR)Resource,
                    Resource->OwnerTable[0].OwnerThread, 0,
                    "resource %p is deleted or initialised again while it is owned.",
                    (void *)Resource);
    }
}

NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    RequireFree(Resource);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimLock(LockOf(Resource)); // lets the last owner get out of its release
    RequireFree(Resource);
    free(Resource->OwnerTable);
    Resource->OwnerTable = NULL;
    SimUnlock(LockOf(Resource));
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    RequireApcsOff(Resource, 0x37, __func__);
    return Acquire(Resource, Wait, AccessExclusive);
}

BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    RequireApcsOff(Resource, 0x37, __func__);
    return Acquire(Resource, Wait, AccessShared);
}

BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    RequireApcsOff(Resource, 0x37, __func__);
    return Acquire(Resource, Wait, AccessSharedStarve);
}

BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    RequireApcsOff(Resource, 0x37, __func__);
    return Acquire(Resource, Wait, AccessSharedBehindExclusive);
}

void NTAPI ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    Release(Resource, ResourceThreadId);
}

void NTAPI ExReleaseResourceLite(PERESOURCE Resource)
{
    RequireApcsOff(Resource, 0x38, __func__);
    Release(Resource, (ERESOURCE_THREAD)KeGetCurrentThread());
}

void NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    RequireApcsOff(Resource, 0x38, __func__);
    SimLock(LockOf(Resource));
    BOOLEAN Owned = (Resource->Flag & OWNED_EXCLUSIVE) != 0 &&
                    FindOwner(Resource, (ERESOURCE_THREAD)KeGetCurrentThread()) != NULL;
    Resource->Flag &= (USHORT)~OWNED_EXCLUSIVE;
    Changed(Resource);
    SimUnlock(LockOf(Resource));
    if (!Owned) {
        SimBugCheck(RESOURCE_NOT_OWNED, (ULONG_PTR)Resource, 0, 0, 0,
                    "resource %p is converted by a thread that does not own it exclusively.",
                    (void *)Resource);
    }
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    (void)ExAcquireResourceExclusiveLite(Resource, TRUE);
    return NULL; // drivers ignore it, as documented
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    (void)ExAcquireResourceSharedLite(Resource, TRUE);
    return NULL;
}

void NTAPI ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ERESOURCE_THREAD Thread = (ERESOURCE_THREAD)KeGetCurrentThread();
    SimLock(LockOf(Resource));
    const OWNER_ENTRY *Owner = FindOwner(Resource, Thread);
    ULONG Count = Owner == NULL ? 0 : Owner->OwnerCount;
    SimUnlock(LockOf(Resource));
    return Count;
}

BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ERESOURCE_THREAD Thread = (ERESOURCE_THREAD)KeGetCurrentThread();
    SimLock(LockOf(Resource));
    BOOLEAN Owned = (Resource->Flag & OWNED_EXCLUSIVE) != 0 && FindOwner(Resource, Thread) != NULL;
    SimUnlock(LockOf(Resource));
    return Owned;
}

static ULONG ReadCount(PERESOURCE Resource, const ULONG *Count)
{
    SimLock(LockOf(Resource));
    ULONG Value = *Count;
    SimUnlock(LockOf(Resource));
    return Value;
}

ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return ReadCount(Resource, &Resource->NumberOfExclusiveWaiters);
}

ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE Resource)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return ReadCount(Resource, &Resource->NumberOfSharedWaiters);
}

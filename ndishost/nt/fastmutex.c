// SPDX-License-Identifier: MIT

// Fast mutexes, and guarded mutexes, which are the same structure. Count is 1 when free, and what
// it is below 0 are the waiters. Owner holds the owner's SIM_THREAD.

#include "sim.h"

static void MutexTake(PFAST_MUTEX Mutex)
{
    SIM_THREAD *Thread = SimCurrentThread();
    if (__atomic_load_n(&Mutex->Owner, __ATOMIC_RELAXED) == Thread) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1000, (ULONG_PTR)Mutex, 0, 0,
                    "this thread acquires fast mutex %p, which it owns already.", (void *)Mutex);
    }
    if (__atomic_sub_fetch(&Mutex->Count, 1, __ATOMIC_ACQUIRE) != 0) {
        __atomic_add_fetch(&Mutex->Contention, 1, __ATOMIC_RELAXED);
        KeWaitForSingleObject(&Mutex->Event, WrFastMutex, KernelMode, FALSE, NULL);
    }
    __atomic_store_n(&Mutex->Owner, Thread, __ATOMIC_RELAXED);
}

static BOOLEAN MutexTry(PFAST_MUTEX Mutex)
{
    LONG Free = 1;
    if (!__atomic_compare_exchange_n(&Mutex->Count, &Free, 0, 0, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        return FALSE;
    }
    __atomic_store_n(&Mutex->Owner, SimCurrentThread(), __ATOMIC_RELAXED);
    return TRUE;
}

static void MutexGive(PFAST_MUTEX Mutex)
{
    SIM_THREAD *Thread = SimCurrentThread();
    PVOID Owner = __atomic_load_n(&Mutex->Owner, __ATOMIC_RELAXED);
    if (Owner != Thread) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Owner == NULL ? 0x1007 : 0x1004,
                    (ULONG_PTR)Mutex, (ULONG_PTR)Owner, (ULONG_PTR)Thread,
                    "fast mutex %p is released by a thread that does not own it.", (void *)Mutex);
    }
    __atomic_store_n(&Mutex->Owner, NULL, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&Mutex->Count, 1, __ATOMIC_RELEASE) <= 0) {
        KeSetEvent(&Mutex->Event, IO_NO_INCREMENT, FALSE); // hands it to one waiter
    }
}

static void RequireIrql(PFAST_MUTEX Mutex, KIRQL Low, KIRQL High, ULONG_PTR Rule,
                        const char *Function)
{
    KIRQL Irql = SimCurrentThread()->Irql;
    if (Irql < Low || Irql > High) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Irql, (ULONG_PTR)Mutex, 0,
                    "%s at IRQL %u. It needs %s APC_LEVEL.", Function, Irql,
                    Low == High ? "exactly" : "at most");
    }
}

// "Unsafe": the caller has switched normal kernel APCs off, by APC_LEVEL or by a region.
static void RequireApcsOff(PFAST_MUTEX Mutex, ULONG_PTR Rule, const char *Function)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->Irql > APC_LEVEL || !KeAreApcsDisabled()) {
        SimBugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, Rule, Thread->Irql,
                    (ULONG_PTR)-Thread->CriticalRegions, (ULONG_PTR)Mutex,
                    "%s at IRQL %u outside of a critical or guarded region.", Function,
                    Thread->Irql);
    }
}

void NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    RequireIrql(FastMutex, PASSIVE_LEVEL, APC_LEVEL, 0x33, __func__);
    KIRQL OldIrql = KfRaiseIrql(APC_LEVEL);
    MutexTake(FastMutex);
    FastMutex->OldIrql = OldIrql;
}

BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    RequireIrql(FastMutex, PASSIVE_LEVEL, APC_LEVEL, 0x33, __func__);
    KIRQL OldIrql = KfRaiseIrql(APC_LEVEL);
    if (!MutexTry(FastMutex)) {
        KeLowerIrql(OldIrql);
        return FALSE;
    }
    FastMutex->OldIrql = OldIrql;
    return TRUE;
}

void NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    RequireIrql(FastMutex, APC_LEVEL, APC_LEVEL, 0x34, __func__);
    KIRQL OldIrql = (KIRQL)FastMutex->OldIrql;
    MutexGive(FastMutex);
    KeLowerIrql(OldIrql);
}

void NTAPI ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    RequireApcsOff(FastMutex, 0x39, __func__);
    MutexTake(FastMutex);
}

void NTAPI ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    RequireApcsOff(FastMutex, 0x3A, __func__);
    MutexGive(FastMutex);
}

void NTAPI KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExInitializeFastMutex(Mutex);
}

void NTAPI KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    KeEnterGuardedRegion();
    MutexTake(Mutex);
}

void NTAPI KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    MutexGive(Mutex);
    KeLeaveGuardedRegion();
}

BOOLEAN NTAPI KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    KeEnterGuardedRegion();
    if (!MutexTry(Mutex)) {
        KeLeaveGuardedRegion();
        return FALSE;
    }
    return TRUE;
}

void NTAPI KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex)
{
    RequireApcsOff(FastMutex, 0x39, __func__);
    MutexTake(FastMutex);
}

void NTAPI KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex)
{
    RequireApcsOff(FastMutex, 0x3A, __func__);
    MutexGive(FastMutex);
}

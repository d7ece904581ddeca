// SPDX-License-Identifier: MIT

// Spin locks that a driver holds across a call into NDIS, and takes in a callback which that call
// may make: PV-23. Each half alone is right (a lock that keeps sends in order, for instance), so
// both are remembered and the second one to be seen is reported, whether or not it deadlocks this
// time.

#include "life_private.h"

#include <stdio.h>

#define ENTRIES 8192 // a power of two; locks beyond that are not looked at
#define PROBES 32

// Bits of LOCK_USE.Seen: held across a call that may make this callback; taken in it.
#define HELD(Callback) (1u << (Callback))
#define TAKEN(Callback) (0x10000u << (Callback))

typedef struct LOCK_USE {
    _Atomic ULONG_PTR Lock; // 0: free; never given back, a lock that goes away loses its bits
    _Atomic ULONG Seen;
} LOCK_USE;

static LOCK_USE Uses[ENTRIES];
static _Atomic ULONG UseCount;

static LOCK_USE *UseFind(const volatile void *Lock, BOOLEAN Add)
{
    ULONG_PTR Key = (ULONG_PTR)Lock;
    size_t Index = (Key >> 3) * 0x9E3779B97F4A7C15ull >> 51;
    for (unsigned Probe = 0; Probe < PROBES; Probe++) {
        LOCK_USE *Use = &Uses[(Index + Probe) % ENTRIES];
        ULONG_PTR Seen = atomic_load_explicit(&Use->Lock, memory_order_acquire);
        if (Seen == 0 && Add && atomic_compare_exchange_strong(&Use->Lock, &Seen, Key)) {
            atomic_fetch_add_explicit(&UseCount, 1, memory_order_relaxed);
            return Use;
        }
        if (Seen == Key) {
            return Use;
        }
        if (Seen == 0) {
            return NULL;
        }
    }
    return NULL;
}

static __attribute__((noreturn)) void Report(const volatile void *Lock, SIM_NDIS_CALLBACK Callback,
                                             const char *Now)
{
    SimViolation("PV-23", NULL, (const void *)Lock,
                 "spin lock %p is held across a call into NDIS that may run %s at once, on this "
                 "thread, and is taken in that callback. %s",
                 (const void *)Lock, LifeCallbackName(Callback), Now);
}

static void HeldAcross(const volatile void *Lock, SIM_NDIS_CALLBACK Callback, const char *Function)
{
    LOCK_USE *Use = UseFind(Lock, TRUE);
    ULONG Seen;
    if (Use == NULL) {
        return;
    }
    Seen = atomic_fetch_or(&Use->Seen, HELD(Callback));
    if ((Seen & TAKEN(Callback)) != 0) {
        char Now[128];
        snprintf(Now, sizeof(Now), "The callback took it earlier; now %s is called with it held.",
                 Function);
        Report(Lock, Callback, Now);
    }
}

void LifeLocksAcross(SIM_NDIS_CALLBACK First, SIM_NDIS_CALLBACK Second, const char *Function)
{
    const SIM_THREAD *Thread = SimCurrentThread();
    for (unsigned i = 0; i < Thread->HeldKnown; i++) {
        HeldAcross(Thread->Held[i].Lock, First, Function);
        HeldAcross(Thread->Held[i].Lock, Second, Function);
    }
}

static BOOLEAN InnermostCallback(SIM_NDIS_CALLBACK *Callback)
{
    const LIFE_THREAD *Self = &LifeThread;
    if (Self->Depth == 0 || Self->Depth > LIFE_CALLBACKS_MAX) {
        return FALSE;
    }
    *Callback = Self->Callbacks[Self->Depth - 1].Kind;
    return TRUE;
}

void NTAPI LifeLockTaken(const volatile void *Lock)
{
    SIM_NDIS_CALLBACK Callback;
    LOCK_USE *Use;
    ULONG Seen;
    if (!InnermostCallback(&Callback) || (Use = UseFind(Lock, TRUE)) == NULL) {
        return;
    }
    Seen = atomic_load_explicit(&Use->Seen, memory_order_relaxed);
    if ((Seen & TAKEN(Callback)) == 0) {
        Seen = atomic_fetch_or(&Use->Seen, TAKEN(Callback));
    }
    if ((Seen & HELD(Callback)) != 0) {
        Report(Lock, Callback, "It was held across the call earlier; now the callback takes it.");
    }
}

// The deadlock itself: the callback runs inside the call that was made with the lock held.
void NTAPI LifeLockRecursing(const volatile void *Lock)
{
    SIM_NDIS_CALLBACK Callback;
    LOCK_USE *Use = UseFind(Lock, FALSE);
    if (Use != NULL && InnermostCallback(&Callback) &&
        (atomic_load(&Use->Seen) & HELD(Callback)) != 0) {
        Report(Lock, Callback, "This is the deadlock: the callback waits for its own thread.");
    }
}

static void Forget(const volatile void *Lock)
{
    LOCK_USE *Use = UseFind(Lock, FALSE);
    if (Use != NULL) {
        atomic_store(&Use->Seen, 0);
    }
}

void NTAPI LifeLockInitialized(const volatile void *Lock)
{
    Forget(Lock);
}

void LifeLockPoolFreeing(const void *Address, SIZE_T Bytes)
{
    if (atomic_load_explicit(&UseCount, memory_order_relaxed) == 0) {
        return;
    }
    if (Bytes / sizeof(KSPIN_LOCK) < ENTRIES) {
        ULONG_PTR First = ((ULONG_PTR)Address + 7) & ~(ULONG_PTR)7;
        for (ULONG_PTR At = First; At + 8 <= (ULONG_PTR)Address + Bytes; At += 8) {
            Forget((const void *)At);
        }
        return;
    }
    for (unsigned i = 0; i < ENTRIES; i++) {
        if (atomic_load(&Uses[i].Lock) - (ULONG_PTR)Address < Bytes) {
            atomic_store(&Uses[i].Seen, 0);
        }
    }
}

void LifeLockStop(void)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        atomic_store(&Uses[i].Seen, 0);
        atomic_store(&Uses[i].Lock, 0);
    }
    atomic_store(&UseCount, 0);
}

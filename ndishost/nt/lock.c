// SPDX-License-Identifier: MIT

// SIM_LOCK: the lock of the machinery itself. It does not know IRQLs or processors, so it can be
// taken anywhere; its holder never calls a driver and never sleeps for another reason.

#include "sim.h"

#include "futex.h"

#define LOCK_FREE 0u
#define LOCK_HELD 1u
#define LOCK_CONTENDED 2u
#define LOCK_SPINS 100

static SIM_SLOW void NTAPI LockSlow(SIM_LOCK *Lock)
{
    for (int Spin = 0; Spin < LOCK_SPINS; Spin++) {
        uint32_t Free = LOCK_FREE;
        if (atomic_load_explicit(&Lock->Word, memory_order_relaxed) == LOCK_FREE &&
            atomic_compare_exchange_weak_explicit(&Lock->Word, &Free, LOCK_HELD,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return;
        }
        SpinPause();
    }
    // Whoever slept takes the lock as contended: others may sleep still.
    while (atomic_exchange_explicit(&Lock->Word, LOCK_CONTENDED, memory_order_acquire) !=
           LOCK_FREE) {
        FutexWait(&Lock->Word, LOCK_CONTENDED);
    }
}

void NTAPI SimLock(SIM_LOCK *Lock)
{
    uint32_t Free = LOCK_FREE;
    if (!atomic_compare_exchange_strong_explicit(&Lock->Word, &Free, LOCK_HELD,
                                                 memory_order_acquire, memory_order_relaxed)) {
        LockSlow(Lock);
    }
}

void NTAPI SimUnlock(SIM_LOCK *Lock)
{
    if (atomic_exchange_explicit(&Lock->Word, LOCK_FREE, memory_order_release) == LOCK_CONTENDED) {
        FutexWake(&Lock->Word, 1);
    }
}

// SPDX-License-Identifier: MIT
#pragma once

// The two primitives that libshuttle waits with: a lock, and sleeping on a word of memory until it
// changes. Waking is async-signal-safe, which no condition variable is (shuttle_interrupt).

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef _WIN32

#include <windows.h>

typedef SRWLOCK sync_lock;

static inline void sync_lock_init(sync_lock *lock)
{
    InitializeSRWLock(lock);
}

static inline void sync_lock_destroy(sync_lock *lock)
{
    (void)lock;
}

static inline void sync_acquire(sync_lock *lock)
{
    AcquireSRWLockExclusive(lock);
}

static inline void sync_release(sync_lock *lock)
{
    ReleaseSRWLockExclusive(lock);
}

static inline void sync_sleep(_Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns)
{
    int64_t left_ms = (timeout_ns + 999999) / 1000000;
    DWORD timeout_ms = left_ms < INFINITE ? (DWORD)left_ms : INFINITE - 1; // who waits looks again
    if (timeout_ns < 0) {
        timeout_ms = INFINITE;
    }
    WaitOnAddress((volatile VOID *)word, &seen, sizeof(seen), timeout_ms);
}

static inline void sync_wake_all(_Atomic uint32_t *word)
{
    WakeByAddressAll((PVOID)word);
}

static inline int64_t sync_now_ns(void)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return now.QuadPart / frequency.QuadPart * 1000000000 +
           now.QuadPart % frequency.QuadPart * 1000000000 / frequency.QuadPart;
}

#else

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Adaptive, as an SRW lock is: it spins a little before it sleeps. It is held for some tens of
// nanoseconds, by the thread that submits and by the one that completes.
typedef pthread_mutex_t sync_lock;

static inline void sync_lock_init(sync_lock *lock)
{
    pthread_mutexattr_t attributes; // with these nothing here can fail
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static inline void sync_lock_destroy(sync_lock *lock)
{
    pthread_mutex_destroy(lock);
}

static inline void sync_acquire(sync_lock *lock)
{
    pthread_mutex_lock(lock);
}

static inline void sync_release(sync_lock *lock)
{
    pthread_mutex_unlock(lock);
}

// Returns when the word is no longer `seen`, after a wake, after the time (negative: no limit), or
// for no reason: the caller looks again.
static inline void sync_sleep(_Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns)
{
    struct timespec timeout = {
        .tv_sec = timeout_ns / 1000000000,
        .tv_nsec = timeout_ns % 1000000000,
    };
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, timeout_ns < 0 ? NULL : &timeout, NULL, 0);
}

static inline void sync_wake_all(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static inline int64_t sync_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif

// SPDX-License-Identifier: MIT
#pragma once

// What nt/ tells the sanitizers about memory that it hands out and takes back without malloc.

#if defined(__SANITIZE_ADDRESS__)
#define SIM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_ASAN 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define SIM_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIM_TSAN 1
#endif
#endif

#ifdef SIM_ASAN
#include <sanitizer/asan_interface.h>
#define SIM_POISON(Address, Bytes) __asan_poison_memory_region(Address, Bytes)
#define SIM_UNPOISON(Address, Bytes) __asan_unpoison_memory_region(Address, Bytes)
#else
#define SIM_POISON(Address, Bytes) ((void)(Address), (void)(Bytes))
#define SIM_UNPOISON(Address, Bytes) ((void)(Address), (void)(Bytes))
#endif

// For the few reads that look at memory which may have been freed, to say so by name.
#define SIM_MAY_READ_FREED __attribute__((no_sanitize("address")))

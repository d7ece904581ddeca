// SPDX-License-Identifier: MIT
#pragma once

// For tests of the kernel part of ndishost: start and stop with a leak check, threads of the host
// program, and bug checks in a forked child.

#include <ntddk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// An entry of a CMUnitTest array: the system runs with 4 processors, quiet, and at the end nothing
// is left, no lock is held and the IRQL is PASSIVE_LEVEL. The start is part of the test function
// and not its set-up, because cmocka puts its own SIGSEGV handler in place before each function.
#define NT_TEST(Function)                                                                          \
    {                                                                                              \
#Function, NtTestRun, NULL, NtTestTeardown, (void *)Function                               \
    }
void NtTestRun(void **State); // *State is the function
int NtTestTeardown(void **State);

void NtTestStart(unsigned Processors);
unsigned NtTestStop(void); // what was left over

// Runs `Body` in `Count` threads of the host program with arguments 0, 1, ... and joins them.
void NtTestThreads(unsigned Count, void (*Body)(unsigned Number, void *Context), void *Context);

// Runs `Body` in a child process, where the system is started anew, and fails unless it ends with
// the bug check `Code`, whose report contains each of the strings that follow. NULL ends them.
void NtTestExpectBugCheck(void (*Body)(void), ULONG Code, ...);

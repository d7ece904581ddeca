// SPDX-License-Identifier: MIT
#pragma once

// For tests of the loader: a system with one test driver in it, and bug checks in a child process.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ndishost.h>

#include "drivers/case.h"

// Loads drivers/NAME.sys into a system of its own and opens its device.
void pe_start(const char *name);
uint64_t pe_case(unsigned number, uint64_t argument);
// Closes, unloads, stops; nothing may be left.
void pe_stop(void);

// A child process starts `name`, runs the case, and ends with the bug check, whose report has all
// the strings (up to a NULL).
void pe_expect_bug_check(const char *name, unsigned number, uint64_t argument, uint32_t code, ...);

// The same; it ends so when the driver is unloaded after the case, or when the system stops then.
// If the answer of the case is not 1, it is the KEVENT to be set when the driver is gone.
void pe_expect_bug_check_at_unload(const char *name, unsigned number, uint64_t argument,
                                   uint32_t code, ...);

// The path of drivers/NAME.sys; valid until the next call.
const char *pe_path(const char *name);

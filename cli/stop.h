// SPDX-License-Identifier: MIT
#pragma once

// Ctrl-C, and SIGTERM or the console's end: the first one asks the command to stop and report, one
// more than half a second later kills it.

#include <shuttle/shuttle.h>

#include <stdbool.h>
#include <stdint.h>

// Returns 0, or an errno.
int stop_install(void);

// The handle whose waits end on Ctrl-C; NULL before it is closed.
void stop_watch(struct shuttle *handle);

bool stop_requested(void);

// Sleeps until a stop is requested, at most for this time.
void stop_wait(int64_t timeout_ns);

// SPDX-License-Identifier: MIT
#pragma once

// Ctrl-C and SIGTERM: the first one asks the command to stop and report, one more than half a
// second later kills it.

#include <shuttle/shuttle.h>

#include <stdbool.h>

// Returns 0, or an errno.
int stop_install(void);

// The handle whose waits end on Ctrl-C; NULL before it is closed.
void stop_watch(struct shuttle *handle);

bool stop_requested(void);

// A descriptor that becomes readable when a stop is requested.
int stop_descriptor(void);

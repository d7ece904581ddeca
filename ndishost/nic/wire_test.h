// SPDX-License-Identifier: MIT
#pragma once

// The wire whose other end is the program: it reads what was sent and says what is received.

#include "wire.h"

extern const struct wire_ops WireTest; // "test", "test:MTU"

// All on a wire that WireTest has opened, from any thread that may block.

// Puts one frame on the wire and waits until the NIC has taken it and come back for more, so that
// whoever wanted it has seen it. Not while the NIC is being removed. Returns 0; EMSGSIZE: the frame
// is empty or too long for this wire; ENOMEM.
int WireTestInject(struct wire *wire, const void *frame, size_t length);

// Takes the oldest frame that was sent, waiting for one at most so long. `length` is that of the
// frame. Returns 0, EAGAIN (no frame), or EMSGSIZE: it is longer than `size` and stays.
int WireTestTake(struct wire *wire, void *buffer, size_t size, size_t *length, unsigned timeout_ms);

// Frames since `open`: that were sent, and of these how many had no room in the queue.
void WireTestCounts(struct wire *wire, uint64_t *sent, uint64_t *not_kept);

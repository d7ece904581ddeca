// SPDX-License-Identifier: MIT
#pragma once

// A transport without a driver: a test says how each request ends.

#include "transport.h"

#include <stdbool.h>
#include <stdint.h>

enum fake_send {
    FAKE_PEND,       // held until fake_complete
    FAKE_AT_ONCE,    // pended, and completed inside transport_begin
    FAKE_NOT_PENDED, // ends inside transport_begin with `send_status`
};

// Set by the test before the call under test; no locking.
extern struct fake {
    uint32_t open_status; // of SHUTTLE_IOCTL_OPEN_ADAPTER
    uint32_t limit;       // what the driver says is its in-flight limit
    enum fake_send send;
    uint32_t send_status;
    unsigned retries; // so many sends first end with `retry_status`
    uint32_t retry_status;
    bool hold_waits; // SHUTTLE_IOCTL_WAIT_SEND pends until it is cancelled or completed
    uint32_t wait_status;
    int close_result;

    // What the library did.
    unsigned sends;
    unsigned waits;
    unsigned cancels;
    uint32_t last_code;
    uint8_t last_frame[64];
    size_t last_length;
    uint16_t opened_name[128];
    uint32_t opened_name_bytes;
    uint32_t opened_flags;
    unsigned open_transports;
} Fake;

void fake_reset(void); // limit 4, everything succeeds, sends pend

// Ends the oldest request that is held; blocks until there is one.
void fake_complete(uint32_t status);
unsigned fake_held(void);

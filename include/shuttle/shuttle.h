// SPDX-License-Identifier: MIT
#pragma once

// libshuttle: raw Ethernet frames to and from a network adapter, through the Shuttle driver.
//
// Every function that can fail returns 0 (or a count) on success and a negative shuttle_error
// otherwise. A handle may be used by any number of threads at once, except that shuttle_close must
// be the last call. Strings are UTF-8. On Linux the driver runs inside this process (ndishost), and
// an adapter is a NIC spec such as "packet:veth0"; on Windows it is the name that
// shuttle_adapters reports.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum shuttle_error {
    SHUTTLE_OK = 0,
    SHUTTLE_ERROR_INVALID_ARGUMENT = -1, // NULL where a value is needed, unknown flag, bad setting
    SHUTTLE_ERROR_FRAME_TOO_SHORT = -2,  // the header part has fewer than 14 bytes
    SHUTTLE_ERROR_FRAME_TOO_LONG = -3,   // longer than the adapter's maximum_frame_size
    SHUTTLE_ERROR_NO_ADAPTER = -4,       // no adapter of that name
    SHUTTLE_ERROR_ADAPTER_REMOVED =
        -5,                           // it was there and is gone; the handle stays closed for good
    SHUTTLE_ERROR_BUSY = -6,          // opened exclusively, here or elsewhere
    SHUTTLE_ERROR_WOULD_BLOCK = -7,   // SHUTTLE_NO_WAIT, and the in-flight limit is reached
    SHUTTLE_ERROR_NOT_RUNNING = -8,   // SHUTTLE_NO_WAIT, and the adapter is paused or asleep
    SHUTTLE_ERROR_ACCESS_DENIED = -9, // needs an administrator (Windows) or CAP_NET_RAW (Linux)
    SHUTTLE_ERROR_NO_DRIVER = -10,    // the driver is not installed, not running or not found
    SHUTTLE_ERROR_NO_MEMORY = -11,
    SHUTTLE_ERROR_BAD_ADDRESS = -12, // the driver could not read header or payload
    SHUTTLE_ERROR_TIMED_OUT = -13,
    SHUTTLE_ERROR_FRAME_FAILED = -14, // the adapter completed it with a status other than success
    SHUTTLE_ERROR_VERSION = -15,      // library and driver are of different versions
    SHUTTLE_ERROR_SYSTEM = -16,       // anything else; shuttle_last_message tells
};

enum shuttle_adapter_state {
    SHUTTLE_STATE_PAUSED = 1,
    SHUTTLE_STATE_RUNNING = 2,
    SHUTTLE_STATE_SLEEPING = 3,
    SHUTTLE_STATE_REMOVED = 4,
};

struct shuttle_adapter {
    char name[256];              // give this to shuttle_open
    char description[128];       // for people; may be empty
    uint8_t address[6];          // MAC
    uint8_t link_up;             // 1 or 0
    uint8_t state;               // shuttle_adapter_state; 0 when not bound yet
    uint32_t maximum_frame_size; // bytes, Ethernet header included; 0 when not known before opening
    uint32_t in_flight_limit;    // frames; 0 when not known before opening
    uint64_t link_speed;         // bit/s; 0 unknown
};

enum shuttle_flag {
    SHUTTLE_NO_WAIT = 0x1,   // shuttle_submit, shuttle_send: return instead of waiting for a slot
    SHUTTLE_ZERO_COPY = 0x2, // the payload is sent from the caller's memory, not from a copy
};

// Zeroed means every default. Unknown settings are refused, not ignored.
struct shuttle_options {
    int exclusive;            // 1: no other handle on this adapter
    uint32_t in_flight_limit; // 1 to 65536 frames; 0: the driver's setting (1024).
                              // Linux: the driver's setting; Windows: at most the driver's
    const char *driver;       // Linux: the path of a .sys file, "native" (linked in) or "classic";
                              // NULL: what SHUTTLE_DRIVER says, else the file shuttle.sys
};

struct shuttle; // an open adapter

// Fills up to `capacity` entries; returns how many adapters exist.
int shuttle_adapters(struct shuttle_adapter *adapters, size_t capacity);

// Opens an adapter and waits until it can send or is known to be paused. `options` may be NULL.
int shuttle_open(const char *adapter, const struct shuttle_options *options,
                 struct shuttle **handle);

// Waits for every frame in flight, then frees the handle in every case. NULL is allowed.
// SHUTTLE_ERROR_SYSTEM (Linux, last handle): the driver left something behind; a report by tag is
// on stderr.
int shuttle_close(struct shuttle *handle);

// The adapter's present state and properties.
int shuttle_query(struct shuttle *handle, struct shuttle_adapter *adapter);

// One frame in two parts. The header part holds at least destination, source and EtherType
// (14 bytes); the payload may be empty (NULL, 0).
struct shuttle_frame {
    const void *header;
    size_t header_length;
    const void *payload;
    size_t payload_length;
    uint64_t cookie; // comes back with the completion
};

struct shuttle_completion {
    uint64_t cookie;
    uint32_t status; // NDIS_STATUS; 0 success. shuttle_status_name tells the others' names
    uint32_t length; // bytes of the frame
};

// Sends one frame and waits for its completion. SHUTTLE_ERROR_FRAME_FAILED: `status` (may be NULL)
// says why. Returns 0 only when the adapter completed the frame with success.
int shuttle_send(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags,
                 uint32_t *status);

// Hands one frame over without waiting for its completion. When the in-flight limit is reached, or
// the adapter is paused or asleep, it waits, unless SHUTTLE_NO_WAIT is given. Without
// SHUTTLE_ZERO_COPY both parts may be overwritten on return; with it the payload must stay as it
// is until the completion was taken. A frame that was accepted gives exactly one completion.
int shuttle_submit(struct shuttle *handle, const struct shuttle_frame *frame, unsigned flags);

// Takes up to `capacity` completions of shuttle_submit, in the order in which they happened. Waits
// up to `timeout_ms` for the first one (0: does not wait, negative: no limit). Returns how many;
// 0 when none came in time or nothing is in flight. A completion that nobody takes holds its place
// in the in-flight limit: who submits without end must take, on the same thread or another.
int shuttle_reap(struct shuttle *handle, struct shuttle_completion *completions, size_t capacity,
                 int timeout_ms);

// The same, but waits until there are `minimum` (1 to `capacity`), the time is over, or nothing is
// in flight any more; returns fewer in the last two cases. Who has many frames in flight is woken
// less often.
int shuttle_reap_many(struct shuttle *handle, struct shuttle_completion *completions,
                      size_t capacity, size_t minimum, int timeout_ms);

// For Ctrl-C; async-signal-safe. From now on shuttle_submit and shuttle_send of this handle return
// SHUTTLE_ERROR_TIMED_OUT where they would wait for room, and one shuttle_reap, the one that waits
// or the next, returns what there is. Frames in flight still complete: take them with shuttle_reap.
void shuttle_interrupt(struct shuttle *handle);

struct shuttle_status_count {
    uint32_t status;
    uint64_t frames;
};

// Counted by the driver since the adapter was bound, over all handles.
struct shuttle_statistics {
    uint64_t frames_sent, bytes_sent;
    uint64_t frames_succeeded, bytes_succeeded;
    uint64_t frames_failed;
    uint64_t frames_refused;
    uint64_t limit_reached;
    uint64_t frames_in_flight;
    uint64_t frames_received;
    uint64_t nbls_allocated;
    uint32_t slot_bytes;
    uint32_t status_kinds; // entries of by_status in use
    struct shuttle_status_count by_status[16];
};

int shuttle_get_statistics(struct shuttle *handle, struct shuttle_statistics *statistics);

// What the runtime below the driver counted: only ndishost can tell; SHUTTLE_ERROR_NO_DRIVER
// elsewhere. Take it twice and subtract. The whole process: driver, NDIS and NICs.
struct shuttle_runtime_counts {
    uint64_t requests;        // IRPs
    uint64_t nbl_allocations; // NET_BUFFER_LISTs
    uint64_t mdl_allocations;
    uint64_t pool_allocations; // ExAllocatePool*, lookaside hits not counted
    uint64_t page_locks;       // MmProbeAndLockPages calls, the I/O manager's included
    uint64_t pages_locked;
    uint64_t ndis_sends; // NdisSendNetBufferLists calls
};

int shuttle_get_runtime_counts(struct shuttle_runtime_counts *counts);

// A sentence for people, in English, never NULL.
const char *shuttle_error_text(int error);

// "NDIS_STATUS_SUCCESS", "NDIS_STATUS_MEDIA_DISCONNECTED" ...; NULL when the value has no name
// here.
const char *shuttle_status_name(uint32_t status);

// The cause of the calling thread's last failure, with names and numbers; "" if none is known.
const char *shuttle_last_message(void);

#ifdef __cplusplus
}
#endif

// SPDX-License-Identifier: MIT
#pragma once

// An open adapter: shared by shuttle.c (life and questions) and send.c (frames).

#include "sync.h"
#include "transport.h"

#include <shuttle/shuttle.h>

// Something that threads wait for. `word` changes each time that it may have come true for somebody
// who sleeps; it is changed and `sleepers` is used under the handle's lock, except by
// shuttle_interrupt.
struct occasion {
    _Atomic uint32_t word;
    bool sleepers; // since the last wake; still set when they left for another reason
};

// A frame from shuttle_submit until its completion is taken. There are as many as the in-flight
// limit, made at open: the send path allocates nothing.
struct place {
    struct transport_request request;
    struct shuttle *handle;
    uint64_t cookie;
    uint32_t length; // bytes
    bool awaited;    // shuttle_send waits for it; its completion is not for shuttle_reap
    bool done;       // of an awaited one; under the lock
    struct place *next;
};

// The lock guards everything below it. When it is released, the handle may be freed by a closing
// thread that sees in_flight == 0.
struct shuttle {
    struct transport *transport;
    char name[256]; // as given to shuttle_open
    uint32_t in_flight_limit;
    uint32_t maximum_frame_size;
    struct place *places;
    _Atomic bool interrupted;      // for good: no submit or send waits any more
    _Atomic bool reap_interrupted; // for one shuttle_reap

    sync_lock lock;
    struct place *free;
    struct place *finished; // oldest first
    struct place **finished_end;
    size_t finished_count;
    uint32_t in_flight;      // taken places whose frame has not completed
    struct occasion freed;   // a place became free
    struct occasion changed; // a frame or a wait request completed
    struct occasion ripe;    // reap_wanted have finished, or nothing is in flight
    size_t reap_wanted;      // the least that somebody waits for; SIZE_MAX: nobody does
};

// Sleeps until the occasion's word differs from `seen`, or the deadline (sync_now_ns; negative:
// none) has passed. Called and returns with the lock held.
void occasion_sleep(struct shuttle *handle, struct occasion *occasion, uint32_t seen,
                    int64_t deadline_ns);

// SPDX-License-Identifier: MIT
#pragma once

// What a virtual NIC is connected to. nic/miniport.c is an ordinary NDIS miniport driver on the
// public API; everything of Linux that it needs stands behind this table of functions. A wire file
// includes libc and Linux headers and no Windows header; the miniport does the opposite.

#include <stddef.h>
#include <stdint.h>

struct wire; // one per adapter, the wire's own

struct wire_part {
    const void *data;
    size_t length; // bytes
};

struct wire_frame {
    const struct wire_part *parts; // in order; not written to
    unsigned part_count;           // at least 1
    unsigned length;               // bytes, sum of the parts
    int result;                    // set by send: 0 on the wire, else a positive errno
};

enum {
    WIRE_SEND_BATCH = 64,    // most frames in one `send`
    WIRE_PARTS_MAX = 512,    // most parts of one frame
    WIRE_ADDRESSES_MAX = 64, // most multicast addresses in a filter
};

struct wire_properties {
    uint8_t address[6];
    uint32_t mtu;        // bytes after the Ethernet header
    uint64_t link_speed; // bit/s; 0: not known
    int link_up;
    int threaded;   // 1: `wait` is implemented and a thread is to be kept in it
    int batches;    // 1: one `send` of many frames is much cheaper than many of one
    int concurrent; // 1: any number of threads may be in `send` at once
};

// Which frames the NIC wants. A wire may give more: the miniport looks at each frame itself.
struct wire_filter {
    int any; // 0: none at all
    int promiscuous;
    int all_multicast;
    unsigned address_count;
    uint8_t addresses[WIRE_ADDRESSES_MAX][6]; // multicast
};

// What `wait` found.
enum wire_event {
    WIRE_EVENT_NONE = 0,
    WIRE_EVENT_RECEIVE = 1,  // `receive` has frames
    WIRE_EVENT_WRITABLE = 2, // `send` has room again
    WIRE_EVENT_LINK = 4,     // link state changed: call `link_up`
    WIRE_EVENT_GONE = 8,     // the device does not exist any more
    WIRE_EVENT_STOP = 16,    // `wake` was called
};

struct wire_ops {
    const char *kind; // "packet"

    // Returns NULL and a sentence in `message` on failure. Any thread; may block.
    struct wire *(*open)(const char *argument, struct wire_properties *properties, char *message,
                         size_t message_size);

    // Puts up to `count` frames on the wire in order without blocking. Returns how many it dealt
    // with (each has its `result`); fewer than `count` means: no room now, ask `wait` for
    // WIRE_EVENT_WRITABLE (a wire without a thread: no room before `receive` has taken a frame).
    // One caller at a time, but for a `concurrent` wire. Called at IRQL <= DISPATCH_LEVEL.
    unsigned (*send)(struct wire *wire, struct wire_frame *frames, unsigned count);

    // Copies one received frame of at most `size` bytes; returns its length, 0 when there is none.
    // Called from the wait thread, or for wires without one (loop) after each send, by the sender.
    // NULL: there is never one.
    size_t (*receive)(struct wire *wire, void *buffer, size_t size);

    // Blocks until something of `wanted` (wire_event bits), GONE, LINK or STOP; returns what.
    unsigned (*wait)(struct wire *wire, unsigned wanted);
    void (*wake)(struct wire *wire); // makes `wait` return STOP; any thread, async-safe

    // Called first by a thread that will do nothing but send bursts: sets how the system schedules
    // it. Returns 1 when it has a processor to spare, on which it may spin for more to send. Needed
    // where `batches` is set.
    int (*begin_bursts)(struct wire *wire);

    int (*link_up)(struct wire *wire);

    // Before the first call no frame is wanted. Returns 0 or a positive errno, and then the old
    // filter holds. One caller at a time, at PASSIVE_LEVEL, at the same time as `wait` and
    // `receive`. NULL: every frame comes.
    int (*set_filter)(struct wire *wire, const struct wire_filter *filter);

    // Frames for this NIC that were lost before `receive`, since `open`. NULL: never any.
    uint64_t (*receive_drops)(struct wire *wire);

    // Nobody is in another call. Flushes what a file wire has written.
    void (*close)(struct wire *wire);
};

extern const struct wire_ops WireNull;   // swallows every frame
extern const struct wire_ops WireLoop;   // gives every frame back to the sender
extern const struct wire_ops WirePcap;   // "pcap:FILE": writes a capture file
extern const struct wire_ops WirePacket; // "packet:IF": a Linux interface through AF_PACKET

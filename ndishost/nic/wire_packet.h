// SPDX-License-Identifier: MIT
#pragma once

// What the files of the packet wire share. Two sockets: the one for sending is bound to no
// protocol, so that a NIC that wants no frame costs the kernel nothing on the receive side.

#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE // struct mmsghdr
#endif

#include "wire.h"

#include <net/if.h>
#include <stdatomic.h>
#include <sys/socket.h>

struct wire {
    char Name[IF_NAMESIZE]; // as it was at open; the kernel is asked by Index
    int Index;
    size_t FrameSize; // longest frame: MTU, Ethernet header, one VLAN tag

    // Sender alone, but for Refused.
    int SendSocket;
    struct mmsghdr Messages[WIRE_SEND_BATCH];
    uint64_t RefusedSince; // ns; 0: the last frame went out
    unsigned Refusals;     // since then
    _Atomic int Refused;   // read by wait: the device was full, not the socket

    // `set_filter` makes the ring once and publishes it by the release store of Ring; from then on
    // the wait thread alone reads it.
    int ReceiveSocket; // -1: no frame has ever been wanted
    uint8_t *_Atomic Ring;
    size_t RingSize;
    unsigned RingFrameSize;
    unsigned RingFrames;
    unsigned RingNext;
    struct wire_filter Filter; // as the kernel has it
    _Atomic uint64_t Drops;

    int LinkSocket; // rtnetlink
    int WakeEvent;  // eventfd
    _Atomic int Gone;
};

// ---- wire_packet_link.c

int WirePacketLinkOpen(struct wire *Wire); // 0 or an errno
int WirePacketLinkUp(struct wire *Wire);

// What WirePacketGetProperties asks of the device; on failure a reason in `message`.
int WirePacketGetProperties(struct wire *Wire, struct wire_properties *Properties, char *Message,
                            size_t MessageSize);

// Reads what rtnetlink has to say; returns WIRE_EVENT_LINK and WIRE_EVENT_GONE as they apply.
unsigned WirePacketLinkRead(struct wire *Wire);

// ---- wire_packet_send.c

int WirePacketSendOpen(struct wire *Wire); // 0 or an errno
unsigned WirePacketSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count);
int WirePacketBeginBursts(struct wire *Wire);

// How long to wait before the next try when the device was full.
#define PACKET_RETRY_NS 100000

// ---- wire_packet_receive.c

int WirePacketSetFilter(struct wire *Wire, const struct wire_filter *Filter);
int WirePacketHasFrame(struct wire *Wire);
size_t WirePacketReceive(struct wire *Wire, void *Buffer, size_t Size);
uint64_t WirePacketReceiveDrops(struct wire *Wire);
void WirePacketReceiveClose(struct wire *Wire);

// SPDX-License-Identifier: MIT

// Sending on a Linux interface. The socket bypasses the queueing discipline, not for speed (the
// figures are equal on a veth) but because only then does every frame that the kernel drops come
// back as an error: a link that has just gone down gets the discipline `noop`, which drops and
// reports success.

#define _GNU_SOURCE
#include "wire_packet.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <stddef.h>
#include <sys/uio.h>
#include <time.h>

#define PACKET_SEND_BUFFER (4 << 20)

// A full device has room again within this time, or something else is wrong (the far end of a veth
// with a smaller MTU refuses long frames for ever): the frame is then failed, not tried again. It
// has had some tries until then, however long this process was kept from running.
#define PACKET_PATIENCE_NS 200000000u
#define PACKET_PATIENCE_TRIES 100u

// The parts of a frame are handed to the kernel as they are.
_Static_assert(sizeof(struct wire_part) == sizeof(struct iovec), "a part is an iovec");
_Static_assert(offsetof(struct wire_part, data) == offsetof(struct iovec, iov_base), "same order");
_Static_assert(offsetof(struct wire_part, length) == offsetof(struct iovec, iov_len), "same order");

int WirePacketSendOpen(struct wire *Wire)
{
    struct sockaddr_ll Address = {.sll_family = AF_PACKET, .sll_ifindex = Wire->Index};
    int One = 1;
    int Size = PACKET_SEND_BUFFER;

    if (bind(Wire->SendSocket, (struct sockaddr *)&Address, sizeof(Address)) != 0 ||
        setsockopt(Wire->SendSocket, SOL_PACKET, PACKET_QDISC_BYPASS, &One, sizeof(One)) != 0) {
        return errno;
    }
    // FORCE needs CAP_NET_ADMIN; without it the system's limit applies, which also works.
    if (setsockopt(Wire->SendSocket, SOL_SOCKET, SO_SNDBUFFORCE, &Size, sizeof(Size)) != 0 &&
        setsockopt(Wire->SendSocket, SOL_SOCKET, SO_SNDBUF, &Size, sizeof(Size)) != 0) {
        return errno;
    }
    return 0;
}

// A thread under SCHED_BATCH does not preempt the one that wakes it: a sender that shares its
// processor with the transmitter goes on until it has to wait, and its frames gather.
int WirePacketBeginBursts(struct wire *Wire)
{
    struct sched_param Parameters = {0};
    cpu_set_t Processors;

    (void)Wire;
    (void)sched_setscheduler(0, SCHED_BATCH, &Parameters); // without it, it is only slower
    return sched_getaffinity(0, sizeof(Processors), &Processors) == 0 && CPU_COUNT(&Processors) > 1;
}

static void PacketFillMessage(struct msghdr *Message, const struct wire_frame *Frame)
{
    Message->msg_iov = (struct iovec *)(uintptr_t)Frame->parts;
    Message->msg_iovlen = Frame->part_count;
}

// Returns how many frames went out from the first on, or -1 with errno set by the first one.
static int PacketSendSome(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    if (Count == 1 && Frames->part_count == 1) {
        // The commonest case: a replay, frame by frame. send() is the shortest way into the kernel.
        ssize_t Sent = send(Wire->SendSocket, Frames->parts->data, Frames->length, MSG_DONTWAIT);
        return Sent < 0 ? -1 : 1;
    }
    if (Count > WIRE_SEND_BATCH) {
        Count = WIRE_SEND_BATCH;
    }
    for (unsigned I = 0; I < Count; I++) {
        PacketFillMessage(&Wire->Messages[I].msg_hdr, &Frames[I]);
    }
    return sendmmsg(Wire->SendSocket, Wire->Messages, Count, MSG_DONTWAIT);
}

static uint64_t PacketNow(void)
{
    struct timespec Now;

    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (uint64_t)Now.tv_sec * 1000000000u + (uint64_t)Now.tv_nsec;
}

// ENOBUFS: the device did not take the frame, because it is full or because its link is down.
static int PacketRefused(struct wire *Wire)
{
    if (!WirePacketLinkUp(Wire)) {
        Wire->RefusedSince = 0;
        return ENETDOWN;
    }
    if (Wire->RefusedSince == 0) {
        Wire->RefusedSince = PacketNow();
        Wire->Refusals = 0;
    } else if (++Wire->Refusals > PACKET_PATIENCE_TRIES &&
               PacketNow() - Wire->RefusedSince > PACKET_PATIENCE_NS) {
        return ENOBUFS; // and so for the following ones, until one goes out
    }
    return EAGAIN;
}

unsigned WirePacketSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    unsigned Done = 0;

    while (Done < Count) {
        int Sent = PacketSendSome(Wire, Frames + Done, Count - Done);
        int Error = Sent < 0 ? errno : 0;

        if (Error == 0) {
            for (int I = 0; I < Sent; I++) {
                Frames[Done++].result = 0;
            }
            Wire->RefusedSince = 0;
            continue;
        }
        if (Error == EINTR) {
            continue;
        }
        Wire->Refused = Error == ENOBUFS;
        if (Error == ENOBUFS) {
            Error = PacketRefused(Wire);
        }
        if (Error == EAGAIN) {
            break;
        }
        Frames[Done++].result = Error == ENXIO ? ENODEV : Error;
    }
    return Done;
}

// SPDX-License-Identifier: MIT

// The wire that is a Linux network interface: "packet:veth0". Opening, waiting, closing; the data
// paths and the link stand in files of their own.

#define _GNU_SOURCE
#include "wire_packet.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static void PacketClose(struct wire *Wire);

static int PacketFindInterface(struct wire *Wire, const char *Name, char *Message,
                               size_t MessageSize)
{
    struct ifreq Request = {0};

    if (*Name == '\0' || strlen(Name) >= sizeof(Request.ifr_name)) {
        snprintf(Message, MessageSize, "packet:%s: not the name of a network interface", Name);
        return 0;
    }
    strcpy(Request.ifr_name, Name);
    strcpy(Wire->Name, Name);
    if (ioctl(Wire->SendSocket, SIOCGIFINDEX, &Request) != 0) {
        snprintf(Message, MessageSize, "packet:%s: there is no such network interface", Name);
        return 0;
    }
    Wire->Index = Request.ifr_ifindex;
    return 1;
}

// A missing right is the commonest mistake, so it gets a sentence of its own.
static int PacketOpenSocket(struct wire *Wire, const char *Name, char *Message, size_t MessageSize)
{
    Wire->SendSocket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (Wire->SendSocket >= 0) {
        return 1;
    }
    if (errno == EPERM || errno == EACCES) {
        snprintf(Message, MessageSize,
                 "packet:%s: sending raw frames needs root or the capability CAP_NET_RAW", Name);
    } else {
        snprintf(Message, MessageSize, "packet:%s: no raw socket: %s", Name, strerror(errno));
    }
    return 0;
}

static int PacketOpenRest(struct wire *Wire)
{
    int Error = WirePacketSendOpen(Wire);

    if (Error != 0) {
        return Error;
    }
    Wire->WakeEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return Wire->WakeEvent < 0 ? errno : 0;
}

static struct wire *PacketOpen(const char *Argument, struct wire_properties *Properties,
                               char *Message, size_t MessageSize)
{
    struct wire *Wire = calloc(1, sizeof(*Wire));
    int Error;

    if (Wire == NULL) {
        snprintf(Message, MessageSize, "packet:%s: not enough memory", Argument);
        return NULL;
    }
    Wire->SendSocket = Wire->ReceiveSocket = Wire->LinkSocket = Wire->WakeEvent = -1;
    if (!PacketOpenSocket(Wire, Argument, Message, MessageSize) ||
        !PacketFindInterface(Wire, Argument, Message, MessageSize)) {
        goto Close;
    }
    // Watch first, look second: a change in between is then seen by `wait`.
    Error = WirePacketLinkOpen(Wire);
    if (Error == 0) {
        if (!WirePacketGetProperties(Wire, Properties, Message, MessageSize)) {
            goto Close;
        }
        Wire->FrameSize = (size_t)Properties->mtu + 18;
        Error = PacketOpenRest(Wire);
    }
    if (Error != 0) {
        snprintf(Message, MessageSize, "packet:%s: %s", Argument, strerror(Error));
        goto Close;
    }
    return Wire;

Close:
    PacketClose(Wire);
    return NULL;
}

// A full socket has an event, POLLOUT; a full device has none, so the next try is after a moment.
static const struct timespec *PacketTimeLimit(struct wire *Wire, unsigned Wanted)
{
    static const struct timespec Retry = {.tv_nsec = PACKET_RETRY_NS};

    return (Wanted & WIRE_EVENT_WRITABLE) != 0 && Wire->Refused ? &Retry : NULL;
}

static unsigned PacketFound(struct wire *Wire, const struct pollfd *Polls, unsigned Wanted)
{
    unsigned Found = WIRE_EVENT_NONE;
    uint64_t Count;
    int Error;
    socklen_t Size = sizeof(Error);

    if (Polls[0].revents != 0 && read(Wire->WakeEvent, &Count, sizeof(Count)) > 0) {
        Found |= WIRE_EVENT_STOP;
    }
    if (Polls[1].revents != 0) {
        Found |= WirePacketLinkRead(Wire);
    }
    if ((Polls[2].revents & POLLERR) != 0) {
        // Taking the error resets it: the interface went down, which LINK tells.
        getsockopt(Polls[2].fd, SOL_SOCKET, SO_ERROR, &Error, &Size);
    }
    if ((Wanted & WIRE_EVENT_RECEIVE) != 0 && WirePacketHasFrame(Wire)) {
        Found |= WIRE_EVENT_RECEIVE;
    }
    if (Polls[3].revents != 0) {
        Found |= WIRE_EVENT_WRITABLE; // with POLLERR too: `send` then learns the reason
    }
    return Found;
}

static unsigned PacketWait(struct wire *Wire, unsigned Wanted)
{
    for (;;) {
        int Writable = (Wanted & WIRE_EVENT_WRITABLE) != 0;
        int Receive = (Wanted & WIRE_EVENT_RECEIVE) != 0 && atomic_load(&Wire->Ring) != NULL;
        const struct timespec *Limit = PacketTimeLimit(Wire, Wanted);
        struct pollfd Polls[4] = {
            {.fd = Wire->WakeEvent, .events = POLLIN},
            {.fd = Wire->Gone ? -1 : Wire->LinkSocket, .events = POLLIN},
            {.fd = Receive ? Wire->ReceiveSocket : -1, .events = POLLIN},
            {.fd = Writable && Limit == NULL ? Wire->SendSocket : -1, .events = POLLOUT},
        };
        int Ready;
        unsigned Found;

        if (Receive && WirePacketHasFrame(Wire)) {
            static const struct timespec Zero;
            Limit = &Zero; // but look at the rest, or a busy receiver never learns of the link
        }
        Ready = ppoll(Polls, 4, Limit, NULL);
        if (Ready < 0) {
            continue; // EINTR: the arguments are sound
        }
        Found = PacketFound(Wire, Polls, Wanted);
        if (Ready == 0 && Writable && Found == WIRE_EVENT_NONE) {
            Found = WIRE_EVENT_WRITABLE;
        }
        if (Found != WIRE_EVENT_NONE) {
            return Found;
        }
    }
}

static void PacketWake(struct wire *Wire)
{
    uint64_t One = 1;
    ssize_t Written = write(Wire->WakeEvent, &One, sizeof(One));

    (void)Written; // it fails only when the counter is at its limit, and then `wait` wakes anyway
}

static void PacketClose(struct wire *Wire)
{
    const int Files[] = {Wire->SendSocket, Wire->LinkSocket, Wire->WakeEvent};

    WirePacketReceiveClose(Wire);
    for (unsigned I = 0; I < sizeof(Files) / sizeof(Files[0]); I++) {
        if (Files[I] >= 0) {
            close(Files[I]);
        }
    }
    free(Wire);
}

const struct wire_ops WirePacket = {
    .kind = "packet",
    .open = PacketOpen,
    .send = WirePacketSend,
    .receive = WirePacketReceive,
    .wait = PacketWait,
    .wake = PacketWake,
    .begin_bursts = WirePacketBeginBursts,
    .link_up = WirePacketLinkUp,
    .set_filter = WirePacketSetFilter,
    .receive_drops = WirePacketReceiveDrops,
    .close = PacketClose,
};

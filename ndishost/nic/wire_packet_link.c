// SPDX-License-Identifier: MIT

// What the packet wire knows of its interface: address, MTU, speed, link, and whether it still
// exists. Everything is asked through sockets of the wire, which stay in the network namespace of
// the thread that opened them.

#define _GNU_SOURCE
#include "wire_packet.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

int WirePacketLinkOpen(struct wire *Wire)
{
    struct sockaddr_nl Address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

    Wire->LinkSocket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (Wire->LinkSocket < 0 ||
        bind(Wire->LinkSocket, (struct sockaddr *)&Address, sizeof(Address)) != 0) {
        return errno;
    }
    return 0;
}

// The interface may have been renamed since it was opened.
static int PacketCurrentName(struct wire *Wire, struct ifreq *Request)
{
    memset(Request, 0, sizeof(*Request));
    Request->ifr_ifindex = Wire->Index;
    return ioctl(Wire->SendSocket, SIOCGIFNAME, Request) == 0;
}

int WirePacketLinkUp(struct wire *Wire)
{
    struct ifreq Request;
    struct ethtool_value Link = {.cmd = ETHTOOL_GLINK};
    int Running;

    if (!PacketCurrentName(Wire, &Request) ||
        ioctl(Wire->SendSocket, SIOCGIFFLAGS, &Request) != 0 || !(Request.ifr_flags & IFF_UP)) {
        return 0;
    }
    Running = (Request.ifr_flags & IFF_RUNNING) != 0;
    // That flag follows the carrier late; the device itself knows at once.
    Request.ifr_data = (char *)&Link;
    return ioctl(Wire->SendSocket, SIOCETHTOOL, &Request) == 0 ? Link.data != 0 : Running;
}

static uint64_t PacketLinkSpeed(struct wire *Wire)
{
    struct ifreq Request;
    struct ethtool_cmd Settings = {.cmd = ETHTOOL_GSET};
    uint32_t Megabits;

    if (!PacketCurrentName(Wire, &Request)) {
        return 0;
    }
    Request.ifr_data = (char *)&Settings;
    if (ioctl(Wire->SendSocket, SIOCETHTOOL, &Request) != 0) {
        return 0;
    }
    Megabits = ethtool_cmd_speed(&Settings);
    return Megabits == (uint32_t)SPEED_UNKNOWN ? 0 : Megabits * UINT64_C(1000000);
}

int WirePacketGetProperties(struct wire *Wire, struct wire_properties *Properties, char *Message,
                            size_t MessageSize)
{
    struct ifreq Request;

    memset(Properties, 0, sizeof(*Properties));
    if (!PacketCurrentName(Wire, &Request) ||
        ioctl(Wire->SendSocket, SIOCGIFHWADDR, &Request) != 0) {
        goto Failed;
    }
    if (Request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
        snprintf(Message, MessageSize, "packet:%s: not an Ethernet interface", Wire->Name);
        return 0;
    }
    memcpy(Properties->address, Request.ifr_hwaddr.sa_data, sizeof(Properties->address));
    if (ioctl(Wire->SendSocket, SIOCGIFMTU, &Request) != 0) {
        goto Failed;
    }
    Properties->mtu = (uint32_t)Request.ifr_mtu;
    Properties->link_speed = PacketLinkSpeed(Wire);
    Properties->link_up = WirePacketLinkUp(Wire);
    Properties->threaded = 1;
    Properties->batches = 1; // a system call costs several times what a frame in it costs
    return 1;

Failed:
    snprintf(Message, MessageSize, "packet:%s: %s", Wire->Name, strerror(errno));
    return 0;
}

static int PacketStillThere(struct wire *Wire)
{
    struct ifreq Request;

    return PacketCurrentName(Wire, &Request);
}

static unsigned PacketLinkScan(struct wire *Wire, struct nlmsghdr *Message, size_t Length)
{
    unsigned Left = (unsigned)Length;

    for (; NLMSG_OK(Message, Left); Message = NLMSG_NEXT(Message, Left)) {
        const struct ifinfomsg *Info = NLMSG_DATA(Message);
        int IsLink = Message->nlmsg_type == RTM_NEWLINK || Message->nlmsg_type == RTM_DELLINK;

        if (IsLink && Info->ifi_index == Wire->Index) {
            return WIRE_EVENT_LINK;
        }
    }
    return WIRE_EVENT_NONE;
}

unsigned WirePacketLinkRead(struct wire *Wire)
{
    char Buffer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
    unsigned Found = WIRE_EVENT_NONE;

    for (;;) {
        ssize_t Length = recv(Wire->LinkSocket, Buffer, sizeof(Buffer), 0);

        if (Length > 0) {
            Found |= PacketLinkScan(Wire, (struct nlmsghdr *)Buffer, (size_t)Length);
        } else if (Length < 0 && errno == ENOBUFS) {
            Found |= WIRE_EVENT_LINK; // messages were lost: look at the device itself
        } else if (Length == 0 || errno != EINTR) {
            break;
        }
    }
    // RTM_DELLINK is also what a bridge says when a port leaves it; so the device is asked.
    if (Found != WIRE_EVENT_NONE && !PacketStillThere(Wire)) {
        Wire->Gone = 1;
        Found = WIRE_EVENT_GONE;
    }
    return Found;
}

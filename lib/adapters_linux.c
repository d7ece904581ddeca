// SPDX-License-Identifier: MIT

// What can be opened on Linux: the NICs that need nothing, and one for each Ethernet interface.
// This starts no driver, so nothing is bound yet.

#include "errors.h"
#include "transport.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETHERNET_HEADER 14

struct found {
    struct shuttle_adapter *adapters;
    size_t capacity;
    int count; // that exist
};

static void add_virtual(struct found *found, const char *name, const char *description)
{
    if ((size_t)found->count < found->capacity) {
        struct shuttle_adapter *adapter = &found->adapters[found->count];
        *adapter = (struct shuttle_adapter){.link_up = 1};
        snprintf(adapter->name, sizeof(adapter->name), "%s", name);
        snprintf(adapter->description, sizeof(adapter->description), "%s", description);
    }
    found->count++;
}

static uint32_t maximum_frame_size(int socket, const char *interface)
{
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    return ioctl(socket, SIOCGIFMTU, &request) < 0 ? 0
                                                   : (uint32_t)request.ifr_mtu + ETHERNET_HEADER;
}

// IFF_RUNNING follows the carrier with a delay; the device itself knows at once.
static bool link_up(int socket, const struct ifaddrs *interface)
{
    struct ethtool_value link = {.cmd = ETHTOOL_GLINK};
    struct ifreq request = {.ifr_data = (char *)&link};
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface->ifa_name);
    if (!(interface->ifa_flags & IFF_UP)) {
        return false;
    }
    return ioctl(socket, SIOCETHTOOL, &request) == 0 ? link.data != 0
                                                     : (interface->ifa_flags & IFF_RUNNING) != 0;
}

static void add_interface(struct found *found, const struct ifaddrs *interface, int socket)
{
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)interface->ifa_addr;
    if (link == NULL || link->sll_family != AF_PACKET || link->sll_hatype != ARPHRD_ETHER) {
        return;
    }
    if ((size_t)found->count < found->capacity) {
        struct shuttle_adapter *adapter = &found->adapters[found->count];
        *adapter = (struct shuttle_adapter){
            .link_up = link_up(socket, interface),
            .maximum_frame_size = maximum_frame_size(socket, interface->ifa_name),
        };
        memcpy(adapter->address, link->sll_addr, sizeof(adapter->address));
        snprintf(adapter->name, sizeof(adapter->name), "packet:%s", interface->ifa_name);
        snprintf(adapter->description, sizeof(adapter->description), "Linux interface %d",
                 link->sll_ifindex);
    }
    found->count++;
}

int transport_adapters(struct shuttle_adapter *adapters, size_t capacity)
{
    struct found found = {.adapters = adapters, .capacity = capacity};
    struct ifaddrs *interfaces;
    add_virtual(&found, "null", "swallows every frame");
    add_virtual(&found, "loop", "gives every frame back");
    if (getifaddrs(&interfaces) < 0) {
        return shuttle_fail(SHUTTLE_ERROR_SYSTEM, "getifaddrs: %s", strerror(errno));
    }
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) {
        freeifaddrs(interfaces);
        return shuttle_fail(SHUTTLE_ERROR_SYSTEM, "socket: %s", strerror(errno));
    }
    for (const struct ifaddrs *each = interfaces; each != NULL; each = each->ifa_next) {
        add_interface(&found, each, control);
    }
    close(control);
    freeifaddrs(interfaces);
    return found.count;
}

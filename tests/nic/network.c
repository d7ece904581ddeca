// SPDX-License-Identifier: MIT

#define _GNU_SOURCE
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

int NetworkEnter(void)
{
    if (unshare(CLONE_NEWNET) != 0) {
        fprintf(stderr, "skipped: a network namespace of its own needs root: %s\n",
                strerror(errno));
        return 0;
    }
    // Router solicitations and the like would mix with the frames of the tests.
    NetworkRun("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
    NetworkRun("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    return 1;
}

void NetworkRun(const char *Command)
{
    int Status = system(Command);

    if (Status != 0) {
        print_error("%s: status %d\n", Command, Status);
    }
    assert_int_equal(Status, 0);
}

void NetworkMakePair(void)
{
    NetworkRun("ip link add " NETWORK_NEAR " type veth peer name " NETWORK_FAR);
    NetworkRun("ip link set " NETWORK_NEAR " up && ip link set " NETWORK_FAR " up");
}

void NetworkRemovePair(void)
{
    NetworkRun("ip link delete " NETWORK_NEAR " 2>/dev/null || true");
}

unsigned long long NetworkFramesIn(const char *Interface)
{
    FILE *File = fopen("/proc/net/dev", "r");
    char Line[512];
    unsigned long long Bytes, Frames = 0;

    assert_non_null(File);
    while (fgets(Line, sizeof(Line), File) != NULL) {
        char *Colon = strchr(Line, ':');
        char *Name = Line + strspn(Line, " ");

        if (Colon == NULL) {
            continue;
        }
        *Colon = '\0';
        if (strcmp(Name, Interface) == 0) {
            assert_int_equal(sscanf(Colon + 1, "%llu %llu", &Bytes, &Frames), 2);
        }
    }
    fclose(File);
    return Frames;
}

int NetworkOpenSocket(const char *Interface, unsigned short EtherType)
{
    struct sockaddr_ll Address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(EtherType),
                                  .sll_ifindex = (int)if_nametoindex(Interface)};
    int Socket = socket(AF_PACKET, SOCK_RAW, 0);
    int Size = 64 << 20;

    assert_true(Socket >= 0);
    assert_int_equal(setsockopt(Socket, SOL_SOCKET, SO_RCVBUFFORCE, &Size, sizeof(Size)), 0);
    assert_int_equal(bind(Socket, (struct sockaddr *)&Address, sizeof(Address)), 0);
    return Socket;
}

// SPDX-License-Identifier: MIT

#include "wire_virtual.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Jumbo frames fit by default, because nothing in memory or in a file asks for less.
#define VIRTUAL_MTU_DEFAULT 9000
#define VIRTUAL_MTU_MIN 68
#define VIRTUAL_MTU_MAX 65521 // 65535 bytes with the header
#define VIRTUAL_LINK_SPEED 10000000000u

static int VirtualParseMtu(const char *Text, uint32_t *Mtu)
{
    char *End;
    unsigned long Value;

    if (*Text == '\0') {
        *Mtu = VIRTUAL_MTU_DEFAULT;
        return 1;
    }
    Value = strtoul(Text, &End, 10);
    if (*End != '\0' || Value < VIRTUAL_MTU_MIN || Value > VIRTUAL_MTU_MAX) {
        return 0;
    }
    *Mtu = (uint32_t)Value;
    return 1;
}

int WireVirtualProperties(const char *Kind, const char *Mtu, struct wire_properties *Properties,
                          char *Message, size_t MessageSize)
{
    static _Atomic uint16_t LastAddress;
    uint16_t Number = ++LastAddress;
    // 02: locally administered.
    uint8_t Address[6] = {0x02, 'S', 'H', 'U', (uint8_t)(Number >> 8), (uint8_t)Number};

    memset(Properties, 0, sizeof(*Properties));
    if (!VirtualParseMtu(Mtu, &Properties->mtu)) {
        snprintf(Message, MessageSize, "%s:%s: the MTU must be a number from %d to %d", Kind, Mtu,
                 VIRTUAL_MTU_MIN, VIRTUAL_MTU_MAX);
        return 0;
    }
    memcpy(Properties->address, Address, sizeof(Address));
    Properties->link_speed = VIRTUAL_LINK_SPEED;
    Properties->link_up = 1;
    return 1;
}

int WireVirtualLinkUp(struct wire *Wire)
{
    (void)Wire;
    return 1;
}

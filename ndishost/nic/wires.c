// SPDX-License-Identifier: MIT

#include "wires.h"

#include <pthread.h>

static pthread_mutex_t WiresLock = PTHREAD_MUTEX_INITIALIZER; // guards the table
static struct wire_slot *Wires[WIRES_MAX];

unsigned WiresAdd(struct wire_slot *Slot)
{
    unsigned Number = 0;

    pthread_mutex_lock(&WiresLock);
    for (unsigned I = 0; I < WIRES_MAX && Number == 0; I++) {
        if (Wires[I] == NULL) {
            Wires[I] = Slot;
            Number = I + 1;
        }
    }
    pthread_mutex_unlock(&WiresLock);
    return Number;
}

void WiresRemove(unsigned Number)
{
    pthread_mutex_lock(&WiresLock);
    Wires[Number - 1] = NULL;
    pthread_mutex_unlock(&WiresLock);
}

struct wire_slot *WiresFind(unsigned Number)
{
    struct wire_slot *Slot = NULL;

    pthread_mutex_lock(&WiresLock);
    if (Number >= 1 && Number <= WIRES_MAX) {
        Slot = Wires[Number - 1];
    }
    pthread_mutex_unlock(&WiresLock);
    return Slot;
}

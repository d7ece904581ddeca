// SPDX-License-Identifier: MIT
#pragma once

// What the two files of the example driver share: protocol.c calls nbl_pool_driver.c.

#include <ndis.h>

#include "nbl_pool.h"

typedef struct BINDING {
    NDIS_HANDLE NdisHandle;

    // From SendStart to SendStop.
    NBL_POOL *Pool;
    ULONG BackFillBytes;
    volatile LONG Failures; // frames that completed with an error

    // Of protocol.c.
    KTIMER Timer;
    KDPC Dpc;
    NDIS_OPEN_PARAMETERS OpenParameters; // not on the stack: the open may pend
    NDIS_MEDIUM Medium;
    UINT MediumIndex;
    KEVENT OpenOrCloseDone;
    NDIS_STATUS OpenStatus;
    NBL_POOL_PARAMETERS PoolParameters; // with the back-fill that the stack below asks for
} BINDING;

// Called in this order: Start at restart, SendFrames by a timer, Stop at pause. Stop returns when
// every frame has come back.
_IRQL_requires_(PASSIVE_LEVEL) NDIS_STATUS
    SendStart(BINDING *Binding, const NBL_POOL_PARAMETERS *Parameters);
_IRQL_requires_(DISPATCH_LEVEL) VOID SendFrames(BINDING *Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID SendStop(BINDING *Binding);
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SendComplete;

// SPDX-License-Identifier: MIT
#pragma once

// The data path of an adapter is a stack of modules: `Top` (NDIS's own, which spreads over the
// bindings), filter modules, `Bottom` (the miniport). A module offers entries to its neighbours and
// keeps a copy of theirs, so that a hop is one indirect call. The prototypes are those of the
// drivers' own callbacks: a miniport's send handler stands in the table itself.

#include "drain.h"

// What the module above calls.
typedef struct MODULE_DOWN {
    NDIS_HANDLE Context;
    MINIPORT_SEND_NET_BUFFER_LISTS *Send;
    MINIPORT_RETURN_NET_BUFFER_LISTS *Return;
    MINIPORT_CANCEL_SEND *CancelSend;
    MINIPORT_OID_REQUEST *OidRequest;
    MINIPORT_CANCEL_OID_REQUEST *CancelOidRequest;
    MINIPORT_DIRECT_OID_REQUEST *DirectOidRequest;
    MINIPORT_CANCEL_DIRECT_OID_REQUEST *CancelDirectOidRequest;
    MINIPORT_SYNCHRONOUS_OID_REQUEST *SynchronousOidRequest;
} MODULE_DOWN;

// What the module below calls.
typedef struct MODULE_UP {
    NDIS_HANDLE Context;
    PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE *SendComplete;
    PROTOCOL_RECEIVE_NET_BUFFER_LISTS *Receive;
    PROTOCOL_STATUS_EX *Status;
    PROTOCOL_OID_REQUEST_COMPLETE *OidComplete;
    PROTOCOL_DIRECT_OID_REQUEST_COMPLETE *DirectOidComplete;
} MODULE_UP;

typedef struct MODULE {
    LIST_ENTRY Link; // ADAPTER.Modules, from top to bottom
    MODULE_DOWN Down;
    MODULE_UP Up;
    MODULE_DOWN Below; // the neighbour's Down
    MODULE_UP Above;   // the neighbour's Up
    // Called from top to bottom and from bottom to top, after and before the bindings. They return
    // when it is done. NULL: nothing to do.
    void (*Pause)(struct MODULE *Module, ULONG Reason);
    NDIS_STATUS (*Restart)(struct MODULE *Module);
} MODULE;

// After a change of ADAPTER.Modules, which is made only while the adapter is paused.
void SimPathConnect(LIST_ENTRY *Modules);

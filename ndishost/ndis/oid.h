// SPDX-License-Identifier: MIT
#pragma once

// What oid.c and oiddirect.c know about a request that is under way.

#include "adapter.h"

// In NDIS_OID_REQUEST.NdisReserved, from NdisOidRequest to completion.
typedef struct OID_CONTEXT {
    LIST_ENTRY Link;        // OID_QUEUE.Waiting
    BINDING *Binding;       // NULL: NDIS's own
    PNDIS_OID_REQUEST Down; // what the module below has
    KEVENT *Done;           // NDIS's own: who waits
    NDIS_STATUS *Status;
    struct FILTER *Origin;   // the module that made it; NULL: none
    LIST_ENTRY MiniportLink; // ADAPTER.FilterOids.Waiting
} OID_CONTEXT;
C_ASSERT(sizeof(OID_CONTEXT) <= sizeof(((NDIS_OID_REQUEST *)0)->NdisReserved));

static inline OID_CONTEXT *SimOidContext(PNDIS_OID_REQUEST Request)
{
    return (OID_CONTEXT *)Request->NdisReserved;
}

// Bug check unless the request is well formed and the binding may make one now; then it counts.
void NTAPI SimOidAdmit(BINDING *Binding, PNDIS_OID_REQUEST Request, const char *Function);
// Undoes it for a request that ends with the call. Returns Status.
NDIS_STATUS NTAPI SimOidRelease(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS Status);
// Ends the count and calls the protocol's completion handler.
void SimOidGiveBack(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS Status,
                    OID_REQUEST_COMPLETE_HANDLER Handler);

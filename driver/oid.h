// SPDX-License-Identifier: MIT
#pragma once

// The few OID requests that the driver makes: one at a time for a binding, from NDIS's own bind,
// restart and unbind calls, which NDIS serialises for a binding.

#include <ndis.h>

// In nonpaged memory that outlives the request: part of the BINDING (contract OID-01, OID-05).
typedef struct OID_CALL {
    NDIS_OID_REQUEST Request;
    KEVENT Done; // set by OidComplete
    NDIS_STATUS Status;
    ULONG Value; // the information buffer
} OID_CALL;

// Wait for the answer. `Binding` is open and not paused away: no OID before open has completed,
// none in low power.
_IRQL_requires_(PASSIVE_LEVEL) NDIS_STATUS
    OidQueryUlong(NDIS_HANDLE Binding, OID_CALL *Call, NDIS_OID Oid, ULONG *Value);
_IRQL_requires_(PASSIVE_LEVEL) NDIS_STATUS
    OidSetUlong(NDIS_HANDLE Binding, OID_CALL *Call, NDIS_OID Oid, ULONG Value);

PROTOCOL_OID_REQUEST_COMPLETE OidComplete;

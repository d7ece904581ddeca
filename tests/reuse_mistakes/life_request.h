// SPDX-License-Identifier: MIT
#pragma once

// OID requests of the examples: request and buffer in one block of pool.

#include "mistake.h"

// A set of the packet filter, not made yet.
NDIS_OID_REQUEST *RequestAllocate(ULONG PacketFilter);
void RequestFree(NDIS_OID_REQUEST *Request);

// Sets the packet filter and waits. For handlers that let RequestComplete be their OID completion.
PROTOCOL_OID_REQUEST_COMPLETE RequestComplete;
void RequestSetFilter(EXAMPLE *E, ULONG PacketFilter);

// SPDX-License-Identifier: MIT
#pragma once

// The driver's registration with NDIS, and the callbacks that are not about data.

#include <ndis.h>

// Callbacks may come before it returns: everything else must have been started.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS ProtocolStart(VOID);
// Unbinds every adapter; returns when all are closed.
_IRQL_requires_(PASSIVE_LEVEL) VOID ProtocolStop(VOID);

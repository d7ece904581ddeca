// SPDX-License-Identifier: MIT
#pragma once

// One open handle of the control device: FsContext of its file object. It is tied to a binding
// once, by OPEN_ADAPTER, and stays tied when the adapter goes.

#include <ndis.h>

#include "binding.h"

typedef struct CLIENT {
    volatile LONG References; // 1 for the file object, 1 for each WAIT_SEND being queued
    PVOID volatile Binding;   // BINDING, or NULL before OPEN_ADAPTER; a reference until the end
    volatile LONG Shares;     // 1 while this handle counts among the binding's Handles
    volatile LONG Closing;    // 1 after CLEANUP: requests may still come, none may be queued
    PVOID CancelId;           // of all sends of this handle (contract SND-60)
} CLIENT;

VOID ClientStart(VOID);

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS ClientCreate(CLIENT **Client);
// The last handle was closed: ends what waits, asks NDIS to give back what is on the way, and lets
// others have the adapter.
_IRQL_requires_(PASSIVE_LEVEL) VOID ClientCleanup(CLIENT *Client);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID ClientReference(CLIENT *Client);
_IRQL_requires_(PASSIVE_LEVEL) VOID ClientRelease(CLIENT *Client);

// NULL before OPEN_ADAPTER. Valid as long as the client is.
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE BINDING *ClientBinding(CLIENT *Client)
{
    return ReadPointerAcquire(&Client->Binding);
}
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN ClientIsClosing(const CLIENT *Client);

// Request handlers, see device.c.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    ClientListAdapters(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    ClientOpenAdapter(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    ClientQueryAdapter(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    ClientQueryStatistics(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);

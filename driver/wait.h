// SPDX-License-Identifier: MIT
#pragma once

// SHUTTLE_IOCTL_WAIT_SEND: requests that wait until a send has a chance again.

#include <ndis.h>

typedef struct BINDING BINDING;
typedef struct CLIENT CLIENT;

typedef struct WAIT_QUEUE {
    IO_CSQ Csq;
    KSPIN_LOCK Lock; // guards Irps; taken by the IO_CSQ callbacks
    LIST_ENTRY Irps; // by Tail.Overlay.ListEntry, oldest first
    volatile LONG Count;
} WAIT_QUEUE;

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS WaitStart(WAIT_QUEUE *Queue);

// The request handler. STATUS_PENDING: queued, or completed meanwhile.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    WaitSend(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);

// Cancels what waits for one handle.
_IRQL_requires_max_(DISPATCH_LEVEL) VOID WaitCancelClient(BINDING *Binding, CLIENT *Client);

// Ends `Count` waits, should there be a reason. For WaitWake in binding.h.
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI WaitWakeAll(BINDING *Binding, LONG Count);

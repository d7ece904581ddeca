// SPDX-License-Identifier: MIT
#pragma once

// One frame's way down and back.

#include <ndis.h>

#include "client.h"

// Request handlers: SHUTTLE_IOCTL_SEND and SHUTTLE_IOCTL_SEND_DIRECT. Any status but
// STATUS_PENDING: nothing was sent.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    SendCopied(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    SendDirect(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack);

PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SendComplete;

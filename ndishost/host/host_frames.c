// SPDX-License-Identifier: MIT

// The program at the other end of a "test" NIC's wire.

#include "host_nic.h"

#include "../nic/wire_test.h"

#include <errno.h>

static BOOLEAN FramesAreOurs(const struct ndishost_nic *Nic)
{
    return Nic->Slot.ops == &WireTest;
}

ndishost_status ndishost_inject(struct ndishost_nic *nic, const void *frame, size_t length)
{
    if (!FramesAreOurs(nic)) {
        return (ndishost_status)STATUS_NOT_SUPPORTED;
    }
    switch (WireTestInject(nic->Slot.wire, frame, length)) {
    case 0:
        return (ndishost_status)STATUS_SUCCESS;
    case EMSGSIZE:
        return (ndishost_status)STATUS_INVALID_BUFFER_SIZE;
    default:
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
}

ndishost_status ndishost_take_sent(struct ndishost_nic *nic, void *buffer, size_t size,
                                   size_t *length, unsigned timeout_ms)
{
    *length = 0;
    if (!FramesAreOurs(nic)) {
        return (ndishost_status)STATUS_NOT_SUPPORTED;
    }
    switch (WireTestTake(nic->Slot.wire, buffer, size, length, timeout_ms)) {
    case 0:
        return (ndishost_status)STATUS_SUCCESS;
    case EMSGSIZE:
        return (ndishost_status)STATUS_BUFFER_TOO_SMALL;
    default:
        return (ndishost_status)STATUS_NO_MORE_ENTRIES;
    }
}

ndishost_status ndishost_get_sent_counts(struct ndishost_nic *nic,
                                         struct ndishost_sent_counts *counts)
{
    if (!FramesAreOurs(nic)) {
        return (ndishost_status)STATUS_NOT_SUPPORTED;
    }
    WireTestCounts(nic->Slot.wire, &counts->sent, &counts->not_kept);
    return (ndishost_status)STATUS_SUCCESS;
}

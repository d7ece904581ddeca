// SPDX-License-Identifier: MIT
// The PENDING form of bind, unbind, events, pause and restart: the driver ends it later, once.

#include "adapter.h"

#define EXPECT_NOTHING 0
#define EXPECT_CALL 1 // the driver's function runs or has returned PENDING

void SimCompletionBegin(COMPLETION *Completion)
{
    KeInitializeEvent(&Completion->Done, NotificationEvent, FALSE);
    Completion->Status = NDIS_STATUS_SUCCESS;
    InterlockedExchange(&Completion->Expected, EXPECT_CALL);
}

NDIS_STATUS SimCompletionEnd(COMPLETION *Completion, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Completion->Done, Executive, KernelMode, FALSE, NULL);
        return Completion->Status;
    }
    if (InterlockedExchange(&Completion->Expected, EXPECT_NOTHING) != EXPECT_CALL) {
        BugCheck(NDIS_BUG_COMPLETION, Completion, Status, 0,
                 "a driver called the completion function and then returned 0x%08x instead of "
                 "NDIS_STATUS_PENDING",
                 (unsigned)Status);
    }
    return Status;
}

void SimCompletionSet(COMPLETION *Completion, NDIS_STATUS Status, const char *Function,
                      void *Object)
{
    if (Status == NDIS_STATUS_PENDING ||
        InterlockedExchange(&Completion->Expected, EXPECT_NOTHING) != EXPECT_CALL) {
        BugCheck(NDIS_BUG_COMPLETION, Object, Status, 0,
                 "%s(%p, 0x%08x): nothing is pending there, or it was completed before", Function,
                 Object, (unsigned)Status);
    }
    Completion->Status = Status;
    KeSetEvent(&Completion->Done, IO_NETWORK_INCREMENT, FALSE);
}

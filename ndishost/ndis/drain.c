// SPDX-License-Identifier: MIT
#include "drain.h"

// On the stack of the thread that closes. `Left` has a bias while cells are still being moved here,
// so that it can't pass through zero before the last one.
typedef struct DRAIN_WAIT {
    volatile LONG64 Left;
    KEVENT Zero;
} DRAIN_WAIT;

#define DRAIN_BIAS (1LL << 48)

NTSTATUS SimDrainCreate(DRAIN_COUNT *Count)
{
    Count->Cells = SimNdisAllocate(SimNdis.Processors * sizeof(DRAIN_CELL));
    if (Count->Cells == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        Count->Cells[i].Value = DRAIN_CLOSED;
    }
    return STATUS_SUCCESS;
}

void SimDrainDestroy(DRAIN_COUNT *Count)
{
    SimNdisFree(Count->Cells);
    Count->Cells = NULL;
}

void SimDrainOpen(DRAIN_COUNT *Count)
{
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        InterlockedExchange64(&Count->Cells[i].Value, 0);
    }
}

void SimDrainClose(DRAIN_COUNT *Count)
{
    DRAIN_WAIT Wait;
    Wait.Left = DRAIN_BIAS;
    KeInitializeEvent(&Wait.Zero, NotificationEvent, FALSE);
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        LONG64 Old = InterlockedExchange64(&Count->Cells[i].Value, (LONG64)(ULONG_PTR)&Wait | 1);
        if ((Old & 1) == 0) {
            InterlockedExchangeAdd64(&Wait.Left, Old / 2);
        }
    }
    if (InterlockedExchangeAdd64(&Wait.Left, -DRAIN_BIAS) != DRAIN_BIAS) {
        KeWaitForSingleObject(&Wait.Zero, Executive, KernelMode, FALSE, NULL);
    }
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        InterlockedExchange64(&Count->Cells[i].Value, DRAIN_CLOSED);
    }
}

// Still under way: the waiter's block can't go before this change, which it waits for.
void NTAPI SimDrainLeaveSlowly(LONG64 Cell, ULONG Amount)
{
    if (Cell == DRAIN_CLOSED) {
        BugCheck(NDIS_BUG_REFERENCE, 0, Amount, 0,
                 "%u more NBLs, requests or callbacks ended than began", Amount);
    }
    DRAIN_WAIT *Wait = (DRAIN_WAIT *)(ULONG_PTR)(Cell & ~1LL);
    if (InterlockedExchangeAdd64(&Wait->Left, -(LONG64)Amount) == (LONG64)Amount) {
        KeSetEvent(&Wait->Zero, IO_NETWORK_INCREMENT, FALSE);
    }
}

LONG64 SimDrainSum(const DRAIN_COUNT *Count)
{
    LONG64 Sum = 0;
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        LONG64 Value = ReadNoFence64(&Count->Cells[i].Value);
        if ((Value & 1) == 0) {
            Sum += Value / 2;
        }
    }
    return Sum;
}

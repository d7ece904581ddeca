// SPDX-License-Identifier: MIT
#pragma once

// A count of things that are out (NBLs sent, NBLs lent, callbacks running) which is cheap to change
// and can be closed and waited for exactly.
//
// One cell per processor, so that a send and a completion touch no line that another processor
// writes: one compare-exchange each, no shared counter. A cell may be negative, as things come back
// on other processors than they left from; only the sum means something. To close, each cell is
// exchanged for a pointer to the waiter's block and its value is moved there; whoever comes later
// finds the pointer and counts in the block. So nobody touches the count after its own last change,
// and the owner may free it as soon as SimDrainClose has returned.

#include "private.h"

typedef struct DRAIN_CELL {
    volatile LONG64 Value; // twice the count; or a DRAIN_WAIT with bit 0 set; or DRAIN_CLOSED
    UCHAR Pad[56];
} DRAIN_CELL;

typedef struct DRAIN_COUNT {
    DRAIN_CELL *Cells; // SimNdis.Processors of them
} DRAIN_COUNT;

#define DRAIN_CLOSED 1

// It begins closed. SimDrainDestroy accepts one that was never created.
NTSTATUS SimDrainCreate(DRAIN_COUNT *Count);
void SimDrainDestroy(DRAIN_COUNT *Count);

void SimDrainOpen(DRAIN_COUNT *Count);
// Closes it and returns when the count is zero. PASSIVE_LEVEL; one caller at a time.
void SimDrainClose(DRAIN_COUNT *Count);
// A snapshot; exact while nobody changes it. 0 when closed.
LONG64 SimDrainSum(const DRAIN_COUNT *Count);

void NTAPI SimDrainLeaveSlowly(LONG64 Cell, ULONG Amount);

static inline volatile LONG64 *SimDrainCell(const DRAIN_COUNT *Count)
{
    return &Count->Cells[KeGetCurrentProcessorIndex()].Value;
}

// FALSE: it is closed or being closed, and nothing was counted.
static inline BOOLEAN SimDrainEnter(DRAIN_COUNT *Count, ULONG Amount)
{
    volatile LONG64 *Cell = SimDrainCell(Count);
    LONG64 Old = ReadNoFence64(Cell);
    for (;;) {
        if ((Old & 1) != 0) {
            return FALSE;
        }
        LONG64 Seen = InterlockedCompareExchange64(Cell, Old + 2 * (LONG64)Amount, Old);
        if (Seen == Old) {
            return TRUE;
        }
        Old = Seen;
    }
}

static inline void SimDrainLeave(DRAIN_COUNT *Count, ULONG Amount)
{
    volatile LONG64 *Cell = SimDrainCell(Count);
    LONG64 Old = ReadAcquire64(Cell); // before the block that it may point to
    for (;;) {
        if ((Old & 1) != 0) {
            SimDrainLeaveSlowly(Old, Amount);
            return;
        }
        LONG64 Seen = InterlockedCompareExchange64(Cell, Old - 2 * (LONG64)Amount, Old);
        if (Seen == Old) {
            return;
        }
        Old = Seen;
    }
}

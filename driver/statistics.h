// SPDX-License-Identifier: MIT
#pragma once

// What happened on one adapter, counted for each processor apart and summed when somebody asks.

#include <ndis.h>
#include <shuttle/ioctl.h>

typedef enum STATISTICS_COUNTER {
    // of each frame: written by the cell's processor alone, at DISPATCH_LEVEL
    CountFramesSent,
    CountBytesSent,
    CountFramesSucceeded,
    CountBytesSucceeded,
    CountFramesFailed,
    // interlocked
    CountFramesAbandoned, // counted as sent, but NDIS never got them
    CountBytesAbandoned,
    CountFramesRefused,
    CountLimitReached,
    CountFramesReceived,
    StatisticsCounters
} STATISTICS_COUNTER;

typedef struct DECLSPEC_CACHEALIGN STATISTICS_CELL {
    volatile ULONG64 Counters[StatisticsCounters];
} STATISTICS_CELL;

typedef struct STATISTICS {
    STATISTICS_CELL *Cells; // ProcessorCount of them
    ULONG ProcessorCount;
    KSPIN_LOCK Lock; // guards the rest: failures are rare
    ULONG StatusCount;
    SHUTTLE_STATUS_COUNT Status[SHUTTLE_STATUS_KINDS];
} STATISTICS;

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS StatisticsCreate(STATISTICS *Statistics);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID StatisticsDestroy(STATISTICS *Statistics);

_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    StatisticsAdd(STATISTICS *Statistics, STATISTICS_COUNTER Counter, ULONG64 Amount);

// A plain add: nobody else writes this counter in this processor's cell, and a reader gets the old
// or the new value.
_IRQL_requires_(DISPATCH_LEVEL) FORCEINLINE VOID
    StatisticsAddOwn(STATISTICS_CELL *Cell, STATISTICS_COUNTER Counter, ULONG64 Amount)
{
    WriteULong64Release(&Cell->Counters[Counter], Cell->Counters[Counter] + Amount);
}

// Here and below `Processor` is NdisCurrentProcessorIndex().
_IRQL_requires_(DISPATCH_LEVEL) FORCEINLINE VOID
    StatisticsCountSent(STATISTICS *Statistics, ULONG Processor, ULONG Bytes)
{
    STATISTICS_CELL *Cell = &Statistics->Cells[Processor];

    StatisticsAddOwn(Cell, CountFramesSent, 1);
    StatisticsAddOwn(Cell, CountBytesSent, Bytes);
}

_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI
    StatisticsCountFailed(STATISTICS *Statistics, ULONG Processor, NDIS_STATUS Status);

_IRQL_requires_(DISPATCH_LEVEL) FORCEINLINE VOID
    StatisticsCountCompleted(STATISTICS *Statistics, ULONG Processor, NDIS_STATUS Status,
                             ULONG Bytes)
{
    STATISTICS_CELL *Cell = &Statistics->Cells[Processor];

    if (Status != NDIS_STATUS_SUCCESS) {
        StatisticsCountFailed(Statistics, Processor, Status);
        return;
    }
    StatisticsAddOwn(Cell, CountFramesSucceeded, 1);
    StatisticsAddOwn(Cell, CountBytesSucceeded, Bytes);
}

// Fills the counters; what the binding knows (slots, NBLs) is left alone.
_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    StatisticsQuery(STATISTICS *Statistics, SHUTTLE_STATISTICS *Result);

// SPDX-License-Identifier: MIT
#pragma once

// What happened on one adapter, counted for each processor apart and summed when somebody asks.

#include <ndis.h>
#include <shuttle/ioctl.h>

typedef enum STATISTICS_COUNTER {
    // StatisticsCountCompleted's: written by the cell's processor alone, at DISPATCH_LEVEL
    CountFramesSucceeded,
    CountBytesSucceeded,
    CountFramesFailed,
    // interlocked
    CountFramesSent,
    CountBytesSent,
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
_IRQL_requires_max_(DISPATCH_LEVEL) VOID StatisticsCountSent(STATISTICS *Statistics, ULONG Bytes);
// `Processor` is NdisCurrentProcessorIndex().
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI
    StatisticsCountCompleted(STATISTICS *Statistics, ULONG Processor, NDIS_STATUS Status,
                             ULONG Bytes);

// Fills the counters; what the binding knows (slots, NBLs) is left alone.
_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    StatisticsQuery(STATISTICS *Statistics, SHUTTLE_STATISTICS *Result);

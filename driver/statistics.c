// SPDX-License-Identifier: MIT

#include "statistics.h"

#include "tags.h"

NTSTATUS StatisticsCreate(STATISTICS *Statistics)
{
    KeInitializeSpinLock(&Statistics->Lock);
    Statistics->StatusCount = 0;
    Statistics->ProcessorCount = KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS);
    Statistics->Cells = ExAllocatePool2(
        POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED,
        (SIZE_T)Statistics->ProcessorCount * sizeof(STATISTICS_CELL), TAG_STATISTICS);
    return Statistics->Cells != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

VOID StatisticsDestroy(STATISTICS *Statistics)
{
    if (Statistics->Cells != NULL) {
        ExFreePoolWithTag(Statistics->Cells, TAG_STATISTICS);
        Statistics->Cells = NULL;
    }
}

// The thread may be moved away from the cell's processor at any moment, hence interlocked: on a
// line that is nearly always this processor's own it costs less than raising the IRQL.
VOID StatisticsAdd(STATISTICS *Statistics, STATISTICS_COUNTER Counter, ULONG64 Amount)
{
    STATISTICS_CELL *Cell = &Statistics->Cells[NdisCurrentProcessorIndex()];

    (VOID) InterlockedExchangeAdd64((volatile LONG64 *)&Cell->Counters[Counter], (LONG64)Amount);
}

// The last entry takes every status that finds no entry of its own.
_IRQL_requires_(DISPATCH_LEVEL) static VOID
    StatisticsCountStatus(STATISTICS *Statistics, NDIS_STATUS Status)
{
    ULONG Index = 0;

    KeAcquireSpinLockAtDpcLevel(&Statistics->Lock);
    while (Index < Statistics->StatusCount && Index < SHUTTLE_STATUS_KINDS - 1 &&
           Statistics->Status[Index].Status != (ULONG)Status) {
        Index++;
    }
    if (Index == Statistics->StatusCount) {
        Statistics->Status[Index].Status = (ULONG)Status;
        Statistics->StatusCount++;
    }
    Statistics->Status[Index].Frames++;
    KeReleaseSpinLockFromDpcLevel(&Statistics->Lock);
}

VOID NTAPI StatisticsCountFailed(STATISTICS *Statistics, ULONG Processor, NDIS_STATUS Status)
{
    StatisticsAddOwn(&Statistics->Cells[Processor], CountFramesFailed, 1);
    StatisticsCountStatus(Statistics, Status);
}

static ULONG64 StatisticsSum(const STATISTICS *Statistics, STATISTICS_COUNTER Counter)
{
    ULONG64 Sum = 0;

    for (ULONG Index = 0; Index < Statistics->ProcessorCount; Index++) {
        Sum += ReadULong64Acquire(&Statistics->Cells[Index].Counters[Counter]);
    }
    return Sum;
}

VOID StatisticsQuery(STATISTICS *Statistics, SHUTTLE_STATISTICS *Result)
{
    ULONG64 FramesAbandoned, BytesAbandoned;
    KIRQL OldIrql;

    KeAcquireSpinLock(&Statistics->Lock, &OldIrql);
    Result->StatusCount = Statistics->StatusCount;
    RtlCopyMemory(Result->Status, Statistics->Status, sizeof(Result->Status));
    KeReleaseSpinLock(&Statistics->Lock, OldIrql);

    // Completed and abandoned first, sent last: a frame is counted as sent before, so that read in
    // this order the difference is never negative.
    FramesAbandoned = StatisticsSum(Statistics, CountFramesAbandoned);
    BytesAbandoned = StatisticsSum(Statistics, CountBytesAbandoned);
    Result->FramesSucceeded = StatisticsSum(Statistics, CountFramesSucceeded);
    Result->BytesSucceeded = StatisticsSum(Statistics, CountBytesSucceeded);
    Result->FramesFailed = StatisticsSum(Statistics, CountFramesFailed);
    Result->FramesSent = StatisticsSum(Statistics, CountFramesSent) - FramesAbandoned;
    Result->BytesSent = StatisticsSum(Statistics, CountBytesSent) - BytesAbandoned;
    Result->FramesInFlight = Result->FramesSent - Result->FramesSucceeded - Result->FramesFailed;
    Result->FramesRefused = StatisticsSum(Statistics, CountFramesRefused);
    Result->LimitReached = StatisticsSum(Statistics, CountLimitReached);
    Result->FramesReceived = StatisticsSum(Statistics, CountFramesReceived);
}

// SPDX-License-Identifier: MIT

// What drivers ask about processors and stacks: notifications of new processors, NUMA nodes, ideal
// processors, stack space. There is one node, and no processor is added while the system runs.

#define _GNU_SOURCE

#include "processor.h"
#include "thread.h"

#include <ntifs.h>

#define TAG_CHANGE 0x43637250u // "PrcC"
#define CACHE_LINE 64

// Returned to the driver as the handle.
typedef struct CHANGE_CALLBACK {
    PPROCESSOR_CALLBACK_FUNCTION Function;
    PVOID Context;
} CHANGE_CALLBACK;

static void Tell(const CHANGE_CALLBACK *Callback, KE_PROCESSOR_CHANGE_NOTIFY_STATE State,
                 ULONG Processor, NTSTATUS *Status)
{
    KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT Change = {
        .State = State, .NtNumber = Processor, .Status = *Status};
    (void)KeGetProcessorNumberFromIndex(Processor, &Change.ProcNumber);
    Callback->Function(Callback->Context, &Change, Status);
}

// Existing processors are added as far as the driver is told: start, and when no start failed,
// completion; otherwise failure for those that were started.
static NTSTATUS TellExisting(const CHANGE_CALLBACK *Callback)
{
    NTSTATUS Status = STATUS_SUCCESS;
    ULONG Started = 0;
    while (Started < SimProcessorCount && NT_SUCCESS(Status)) {
        Tell(Callback, KeProcessorAddStartNotify, Started, &Status);
        Started += NT_SUCCESS(Status);
    }
    NTSTATUS Result = Status;
    for (ULONG i = 0; i < Started; i++) {
        Status = Result;
        Tell(Callback,
             NT_SUCCESS(Result) ? KeProcessorAddCompleteNotify : KeProcessorAddFailureNotify, i,
             &Status);
    }
    return Result;
}

PVOID NTAPI KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                              PVOID CallbackContext, ULONG Flags)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if ((Flags & ~(ULONG)KE_PROCESSOR_CHANGE_ADD_EXISTING) != 0) {
        return NULL;
    }
    CHANGE_CALLBACK *New = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*New), TAG_CHANGE);
    if (New == NULL) {
        return NULL;
    }
    *New = (CHANGE_CALLBACK){.Function = CallbackFunction, .Context = CallbackContext};
    if ((Flags & KE_PROCESSOR_CHANGE_ADD_EXISTING) != 0 && !NT_SUCCESS(TellExisting(New))) {
        ExFreePoolWithTag(New, TAG_CHANGE);
        return NULL;
    }
    return New;
}

VOID NTAPI KeDeregisterProcessorChangeCallback(PVOID CallbackHandle)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    ExFreePoolWithTag(CallbackHandle, TAG_CHANGE);
}

// ---- nodes

VOID NTAPI KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count)
{
    BOOLEAN Exists = NodeNumber == 0;
    if (Affinity != NULL) {
        *Affinity = (GROUP_AFFINITY){.Mask = Exists ? SimAllProcessors() : 0};
    }
    if (Count != NULL) {
        *Count = (USHORT)(Exists ? SimProcessorCount : 0);
    }
}

NTSTATUS NTAPI KeQueryNodeActiveAffinity2(USHORT NodeNumber, PGROUP_AFFINITY GroupAffinities,
                                          USHORT GroupAffinitiesCount,
                                          PUSHORT GroupAffinitiesRequired)
{
    if (NodeNumber != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *GroupAffinitiesRequired = 1;
    if (GroupAffinitiesCount == 0) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    KeQueryNodeActiveAffinity(0, GroupAffinities, NULL);
    return STATUS_SUCCESS;
}

ULONG NTAPI KeQueryNodeActiveProcessorCount(USHORT NodeNumber)
{
    return NodeNumber == 0 ? SimProcessorCount : 0;
}

USHORT NTAPI KeQueryNodeMaximumProcessorCount(USHORT NodeNumber)
{
    return (USHORT)KeQueryNodeActiveProcessorCount(NodeNumber);
}

// ---- this processor

ULONG NTAPI KeGetRecommendedSharedDataAlignment(VOID)
{
    return CACHE_LINE;
}

// Caches of all processors are coherent, and there is no memory behind them to write to.
BOOLEAN NTAPI KeInvalidateAllCaches(VOID)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return TRUE;
}

// Linux takes the processor away from a thread that runs for long, whatever it says.
LOGICAL NTAPI KeShouldYieldProcessor(VOID)
{
    return FALSE;
}

// A DPC may run for as long as it likes, which the documentation writes as zeros.
NTSTATUS NTAPI KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation)
{
    *WatchdogInformation = (KDPC_WATCHDOG_INFORMATION){0};
    return SimCurrentThread()->Irql == DISPATCH_LEVEL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// Kept and told; Linux schedules the threads.
UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor)
{
    UCHAR Before = __atomic_load_n(&Thread->IdealProcessor, __ATOMIC_RELAXED);
    if (Processor < SimProcessorCount) {
        __atomic_store_n(&Thread->IdealProcessor, Processor, __ATOMIC_RELAXED);
    }
    return Before;
}

BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive)
{
    SIM_REQUIRE_MAX_IRQL(WaitIfActive ? PASSIVE_LEVEL : HIGH_LEVEL);
    BOOLEAN Removed = KeRemoveQueueDpc(Dpc);
    if (!Removed && WaitIfActive) {
        KeFlushQueuedDpcs();
    }
    return Removed;
}

// ---- stacks: those of Linux' threads, which are larger than any expansion

NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                               SIZE_T Size, BOOLEAN Wait, PVOID Context)
{
    (void)Context;
    SIM_REQUIRE_MAX_IRQL(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    if (Size > MAXIMUM_EXPANSION_SIZE) {
        return STATUS_INVALID_PARAMETER_3;
    }
    Callout(Parameter);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                             SIZE_T Size)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return KeExpandKernelStackAndCalloutEx(Callout, Parameter, Size, TRUE, NULL);
}

static void StackLimits(ULONG_PTR *Low, ULONG_PTR *High)
{
    pthread_attr_t Attributes;
    void *Base = NULL;
    size_t Bytes = 0;
    if (pthread_getattr_np(pthread_self(), &Attributes) == 0) {
        (void)pthread_attr_getstack(&Attributes, &Base, &Bytes);
        pthread_attr_destroy(&Attributes);
    }
    *Low = (ULONG_PTR)Base;
    *High = *Low + Bytes;
}

VOID NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
    StackLimits(LowLimit, HighLimit);
}

PVOID NTAPI IoGetInitialStack(VOID)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    ULONG_PTR Low, High;
    StackLimits(&Low, &High);
    return (PVOID)High;
}

LOGICAL NTAPI IoWithinStackLimits(ULONG_PTR RegionStart, SIZE_T RegionSize)
{
    ULONG_PTR Low, High;
    StackLimits(&Low, &High);
    return RegionStart >= Low && RegionStart < High && RegionSize <= High - RegionStart;
}

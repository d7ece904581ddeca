// SPDX-License-Identifier: MIT
// Processors, and which of them are for receive-side scaling: one socket, a core each, all of them.

#include "private.h"

static ULONG ProcessorCount(void)
{
    return KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
}

static PROCESSOR_NUMBER ProcessorNumber(ULONG Index)
{
    PROCESSOR_NUMBER Number = {0};
    KeGetProcessorNumberFromIndex(Index, &Number);
    return Number;
}

// Sets *Size to what is needed. FALSE: the caller's buffer is shorter.
static BOOLEAN RoomIsEnough(PSIZE_T Size, SIZE_T Needed)
{
    SIZE_T Given = *Size;
    *Size = Needed;
    return Given >= Needed;
}

// What NDIS_SYSTEM_PROCESSOR_INFO points to; written with the same values by each call.
static UCHAR RssProcessors[ARRAYSIZE(((NDIS_SYSTEM_PROCESSOR_INFO *)0)->CpuInfo)];

NDIS_STATUS NTAPI NdisGetProcessorInformation(PNDIS_SYSTEM_PROCESSOR_INFO SystemProcessorInfo)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    PNDIS_SYSTEM_PROCESSOR_INFO To = SystemProcessorInfo;
    const NDIS_OBJECT_HEADER Header = To->Header;
    if (!HeaderIsAtLeast(&Header, NDIS_OBJECT_TYPE_DEFAULT, sizeof(*To))) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    ULONG Count = min(ProcessorCount(), (ULONG)ARRAYSIZE(To->CpuInfo));
    RtlZeroMemory(To, sizeof(*To));
    To->Header = Header;
    To->NumPhysicalPackages = 1;
    To->NumCores = Count;
    To->NumCoresPerPhysicalPackage = Count;
    To->MaxHyperThreadingCpusPerCore = 1;
    To->RssCpuCount = Count;
    To->RssProcessors = RssProcessors;
    for (ULONG i = 0; i < Count; i++) {
        To->CpuInfo[i].CpuNumber = i;
        To->CpuInfo[i].CoreId = i;
        RssProcessors[i] = (UCHAR)i;
    }
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisGetProcessorInformationEx(NDIS_HANDLE NdisHandle,
                                                PNDIS_SYSTEM_PROCESSOR_INFO_EX SystemProcessorInfo,
                                                PSIZE_T Size)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PNDIS_SYSTEM_PROCESSOR_INFO_EX To = SystemProcessorInfo;
    ULONG Count = ProcessorCount();
    SIZE_T Needed = sizeof(*To) + Count * sizeof(NDIS_PROCESSOR_INFO_EX);
    if (!RoomIsEnough(Size, Needed) || To == NULL) {
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    RtlZeroMemory(To, Needed);
    HeaderSet(&To->Header, NDIS_OBJECT_TYPE_DEFAULT, NDIS_SYSTEM_PROCESSOR_INFO_EX_REVISION_1,
              NDIS_SIZEOF_SYSTEM_PROCESSOR_INFO_EX_REVISION_1);
    To->NumSockets = 1;
    To->NumCores = Count;
    To->NumCoresPerSocket = Count;
    To->MaxHyperThreadingProcsPerCore = 1;
    To->ProcessorInfoOffset = sizeof(*To);
    To->NumberOfProcessors = Count;
    To->ProcessorInfoEntrySize = sizeof(NDIS_PROCESSOR_INFO_EX);
    NDIS_PROCESSOR_INFO_EX *Entries = (NDIS_PROCESSOR_INFO_EX *)(To + 1);
    for (ULONG i = 0; i < Count; i++) {
        Entries[i].ProcNum = ProcessorNumber(i);
        Entries[i].CoreId = i;
    }
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisGetRssProcessorInformation(NDIS_HANDLE NdisHandle,
                                                 PNDIS_RSS_PROCESSOR_INFO RssProcessorInfo,
                                                 PSIZE_T Size)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    PNDIS_RSS_PROCESSOR_INFO To = RssProcessorInfo;
    ULONG Count = ProcessorCount();
    SIZE_T Needed = sizeof(*To) + Count * sizeof(NDIS_RSS_PROCESSOR);
    if (!RoomIsEnough(Size, Needed) || To == NULL) {
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    RtlZeroMemory(To, Needed);
    HeaderSet(&To->Header, NDIS_OBJECT_TYPE_RSS_PROCESSOR_INFO, NDIS_RSS_PROCESSOR_INFO_REVISION_2,
              NDIS_SIZEOF_RSS_PROCESSOR_INFO_REVISION_2);
    To->MaxNumRssProcessors = Count;
    To->RssProcessorArrayOffset = sizeof(*To);
    To->RssProcessorCount = Count;
    To->RssProcessorEntrySize = sizeof(NDIS_RSS_PROCESSOR);
    To->RssMaxProcessor = ProcessorNumber(Count - 1);
    To->RssProfile = NdisRssProfileClosest;
    NDIS_RSS_PROCESSOR *Entries = (NDIS_RSS_PROCESSOR *)(To + 1);
    for (ULONG i = 0; i < Count; i++) {
        Entries[i].ProcNum = ProcessorNumber(i);
    }
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisGetHypervisorInfo(PNDIS_HYPERVISOR_INFO HypervisorInfo)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (!HeaderIsAtLeast(&HypervisorInfo->Header, NDIS_OBJECT_TYPE_DEFAULT,
                         NDIS_SIZEOF_HYPERVISOR_INFO_REVISION_1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    HypervisorInfo->Flags = 0; // none is present
    HypervisorInfo->PartitionType = NdisHypervisorPartitionTypeUnknown;
    return NDIS_STATUS_SUCCESS;
}

// A simulated processor has no idle thread to measure by: all of the time counts as used.
static void SayNoIdleTime(const char *Function)
{
    DbgPrint("NDIS: %s: no idle time is known, so all of it counts as used\n", Function);
}

void NTAPI NdisGetCurrentProcessorCpuUsage(PULONG pCpuUsage)
{
    SayNoIdleTime(__func__);
    *pCpuUsage = 100;
}

// In units of 100 ns. For a caller that takes differences.
void NTAPI NdisGetCurrentProcessorCounts(PULONG pIdleCount, PULONG pKernelAndUser, PULONG pIndex)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SayNoIdleTime(__func__);
    *pIdleCount = 0;
    *pKernelAndUser = (ULONG)KeQueryInterruptTime();
    *pIndex = KeGetCurrentProcessorIndex();
}

PVOID NTAPI NdisGetRoutineAddress(PNDIS_STRING NdisRoutineName)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    char Name[64];
    ULONG Characters = NdisRoutineName->Length / sizeof(WCHAR);
    if (Characters >= sizeof(Name)) {
        return NULL;
    }
    for (ULONG i = 0; i < Characters; i++) {
        Name[i] = (char)NdisRoutineName->Buffer[i];
    }
    Name[Characters] = '\0';
    return SimNdisRoutine(Name);
}

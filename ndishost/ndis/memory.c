// SPDX-License-Identifier: MIT
// Memory, events, sleep, and what a driver asks about the system.

#include "adapter.h"

#define NDIS_VERSION_PRESENTED ((6u << 16) | 87u)

PVOID NTAPI NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag,
                                              EX_POOL_PRIORITY Priority)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    UNREFERENCED_PARAMETER(Priority);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    // Not zeroed, as documented for this function.
    return ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, Length, Tag);
}

NDIS_STATUS NTAPI NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *VirtualAddress = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, Length, Tag);
    return *VirtualAddress == NULL ? NDIS_STATUS_FAILURE : NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags)
{
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(MemoryFlags);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePool(VirtualAddress);
}

void NTAPI NdisFreeMemoryWithTag(PVOID VirtualAddress, ULONG Tag)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePoolWithTag(VirtualAddress, Tag);
}

void NTAPI NdisFreeMemoryWithTagPriority(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePoolWithTag(VirtualAddress, Tag);
}

PNDIS_GENERIC_OBJECT NTAPI NdisAllocateGenericObject(PDRIVER_OBJECT DriverObject, ULONG Tag,
                                                     USHORT Size)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIZE_T Bytes = max((SIZE_T)Size, sizeof(NDIS_GENERIC_OBJECT));
    NDIS_GENERIC_OBJECT *Object = ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, Tag);
    if (Object != NULL) {
        HeaderSet(&Object->Header, NDIS_OBJECT_TYPE_DEFAULT, NDIS_OBJECT_REVISION_1, Bytes);
        Object->Caller = __builtin_return_address(0);
        Object->DriverObject = DriverObject;
    }
    return Object;
}

void NTAPI NdisFreeGenericObject(PNDIS_GENERIC_OBJECT NdisObject)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePool(NdisObject);
}

void NTAPI NdisInitializeEvent(PNDIS_EVENT Event)
{
    KeInitializeEvent(&Event->Event, NotificationEvent, FALSE);
}

void NTAPI NdisSetEvent(PNDIS_EVENT Event)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    KeSetEvent(&Event->Event, IO_NO_INCREMENT, FALSE);
}

void NTAPI NdisResetEvent(PNDIS_EVENT Event)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    KeResetEvent(&Event->Event);
}

// 0: no limit.
BOOLEAN NTAPI NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait)
{
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        BugCheck(NDIS_BUG_WAIT_AT_RAISED_IRQL, Event, KeGetCurrentIrql(), 0,
                 "NdisWaitEvent is called at IRQL %u", KeGetCurrentIrql());
    }
    LARGE_INTEGER Timeout;
    Timeout.QuadPart = -(LONGLONG)MsToWait * 10000;
    return KeWaitForSingleObject(&Event->Event, Executive, KernelMode, FALSE,
                                 MsToWait == 0 ? NULL : &Timeout) == STATUS_SUCCESS;
}

void NTAPI NdisMSleep(ULONG MicrosecondsToSleep)
{
    NDIS_REQUIRE_MAX_IRQL(APC_LEVEL);
    LARGE_INTEGER Interval;
    Interval.QuadPart = -(LONGLONG)MicrosecondsToSleep * 10;
    KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

UINT NTAPI NdisGetVersion(void)
{
    return NDIS_VERSION_PRESENTED;
}

void NTAPI NdisGetSystemUpTimeEx(PLARGE_INTEGER pSystemUpTime)
{
    pSystemUpTime->QuadPart = (LONGLONG)(KeQueryInterruptTime() / 10000);
}

ULONG NTAPI NdisGetSharedDataAlignment(void)
{
    return SYSTEM_CACHE_ALIGNMENT_SIZE;
}

CCHAR NTAPI NdisSystemProcessorCount(void)
{
    return (CCHAR)KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
}

ULONG NTAPI NdisSystemActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    return KeQueryActiveProcessorCount(ActiveProcessors);
}

ULONG NTAPI NdisGroupActiveProcessorCount(USHORT Group)
{
    return KeQueryActiveProcessorCountEx(Group);
}

ULONG NTAPI NdisGroupMaxProcessorCount(USHORT Group)
{
    return KeQueryMaximumProcessorCountEx(Group);
}

KAFFINITY NTAPI NdisGroupActiveProcessorMask(USHORT Group)
{
    return KeQueryGroupAffinity(Group);
}

USHORT NTAPI NdisActiveGroupCount(void)
{
    return 1;
}

USHORT NTAPI NdisMaxGroupCount(void)
{
    return 1;
}

NTSTATUS NTAPI NdisProcessorIndexToNumber(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNum)
{
    return KeGetProcessorNumberFromIndex(ProcIndex, ProcNum);
}

ULONG NTAPI NdisProcessorNumberToIndex(PROCESSOR_NUMBER ProcNum)
{
    return KeGetProcessorIndexFromNumber(&ProcNum);
}

PROCESSOR_NUMBER NTAPI NdisCurrentGroupAndProcessor(void)
{
    PROCESSOR_NUMBER Number;
    KeGetCurrentProcessorNumberEx(&Number);
    return Number;
}

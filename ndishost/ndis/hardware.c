// SPDX-License-Identifier: MIT
// What needs hardware or files that a process does not have. A driver that asks gets the documented
// failure and its author a line with the name; what takes a handle that was never given out is a
// bug check.

#include "adapter.h"

static void Absent(const char *Function, const char *Why)
{
    DbgPrint("NDIS: %s fails: %s\n", Function, Why);
}

static DECLSPEC_NORETURN void NeverGiven(const char *Function, NDIS_HANDLE Handle,
                                         const char *Maker)
{
    BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a handle of %s, which always fails",
             Function, Handle, Maker);
}

static const char NoResources[] = "the adapter has no hardware resources";
static const char NoVirtualization[] = "no adapter here has virtual functions";

// ---- interrupts

NDIS_STATUS NTAPI
NdisMRegisterInterruptEx(NDIS_HANDLE MiniportAdapterHandle, NDIS_HANDLE MiniportInterruptContext,
                         PNDIS_MINIPORT_INTERRUPT_CHARACTERISTICS MiniportInterruptCharacteristics,
                         PNDIS_HANDLE NdisInterruptHandle)
{
    UNREFERENCED_PARAMETER(MiniportInterruptContext);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *NdisInterruptHandle = NULL;
    if (!HeaderIsAtLeast(&MiniportInterruptCharacteristics->Header,
                         NDIS_OBJECT_TYPE_MINIPORT_INTERRUPT,
                         NDIS_SIZEOF_MINIPORT_INTERRUPT_CHARACTERISTICS_REVISION_1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    Absent(__func__, NoResources);
    return NDIS_STATUS_RESOURCE_CONFLICT;
}

void NTAPI NdisMDeregisterInterruptEx(NDIS_HANDLE NdisInterruptHandle)
{
    NeverGiven(__func__, NdisInterruptHandle, "NdisMRegisterInterruptEx");
}

ULONG NTAPI NdisMQueueDpc(NDIS_HANDLE NdisInterruptHandle, ULONG MessageId, ULONG TargetProcessors,
                          PVOID MiniportDpcContext)
{
    UNREFERENCED_PARAMETER(MessageId);
    UNREFERENCED_PARAMETER(TargetProcessors);
    UNREFERENCED_PARAMETER(MiniportDpcContext);
    NeverGiven(__func__, NdisInterruptHandle, "NdisMRegisterInterruptEx");
}

KAFFINITY NTAPI NdisMQueueDpcEx(NDIS_HANDLE NdisInterruptHandle, ULONG MessageId,
                                PGROUP_AFFINITY TargetProcessors, PVOID MiniportDpcContext)
{
    UNREFERENCED_PARAMETER(MessageId);
    UNREFERENCED_PARAMETER(TargetProcessors);
    UNREFERENCED_PARAMETER(MiniportDpcContext);
    NeverGiven(__func__, NdisInterruptHandle, "NdisMRegisterInterruptEx");
}

BOOLEAN NTAPI NdisMSynchronizeWithInterruptEx(
    NDIS_HANDLE NdisInterruptHandle, ULONG MessageId,
    MINIPORT_SYNCHRONIZE_INTERRUPT_HANDLER SynchronizeFunction, PVOID SynchronizeContext)
{
    UNREFERENCED_PARAMETER(MessageId);
    UNREFERENCED_PARAMETER(SynchronizeFunction);
    UNREFERENCED_PARAMETER(SynchronizeContext);
    NeverGiven(__func__, NdisInterruptHandle, "NdisMRegisterInterruptEx");
}

NDIS_STATUS NTAPI NdisMConfigMSIXTableEntry(NDIS_HANDLE NdisMiniportHandle,
                                            PNDIS_MSIX_CONFIG_PARAMETERS MSIXConfigParameters)
{
    UNREFERENCED_PARAMETER(MSIXConfigParameters);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoResources);
    return NDIS_STATUS_NOT_SUPPORTED;
}

// ---- registers, ports, configuration space, slave DMA

NDIS_STATUS NTAPI NdisMMapIoSpace(PVOID *VirtualAddress, NDIS_HANDLE MiniportAdapterHandle,
                                  NDIS_PHYSICAL_ADDRESS PhysicalAddress, UINT Length)
{
    UNREFERENCED_PARAMETER(PhysicalAddress);
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *VirtualAddress = NULL;
    Absent(__func__, NoResources);
    return NDIS_STATUS_RESOURCE_CONFLICT;
}

void NTAPI NdisMUnmapIoSpace(NDIS_HANDLE MiniportAdapterHandle, PVOID VirtualAddress, UINT Length)
{
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    NeverGiven(__func__, VirtualAddress, "NdisMMapIoSpace");
}

NDIS_STATUS NTAPI NdisMRegisterIoPortRange(PVOID *PortOffset, NDIS_HANDLE MiniportAdapterHandle,
                                           UINT InitialPort, UINT NumberOfPorts)
{
    UNREFERENCED_PARAMETER(InitialPort);
    UNREFERENCED_PARAMETER(NumberOfPorts);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *PortOffset = NULL;
    Absent(__func__, NoResources);
    return NDIS_STATUS_RESOURCE_CONFLICT;
}

void NTAPI NdisMDeregisterIoPortRange(NDIS_HANDLE MiniportAdapterHandle, UINT InitialPort,
                                      UINT NumberOfPorts, PVOID PortOffset)
{
    UNREFERENCED_PARAMETER(InitialPort);
    UNREFERENCED_PARAMETER(NumberOfPorts);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    NeverGiven(__func__, PortOffset, "NdisMRegisterIoPortRange");
}

// Both return how many bytes were moved.
ULONG NTAPI NdisMGetBusData(NDIS_HANDLE NdisMiniportHandle, ULONG WhichSpace, ULONG Offset,
                            PVOID Buffer, ULONG Length)
{
    UNREFERENCED_PARAMETER(WhichSpace);
    UNREFERENCED_PARAMETER(Offset);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoResources);
    return 0;
}

ULONG NTAPI NdisMSetBusData(NDIS_HANDLE NdisMiniportHandle, ULONG WhichSpace, ULONG Offset,
                            PVOID Buffer, ULONG Length)
{
    UNREFERENCED_PARAMETER(WhichSpace);
    UNREFERENCED_PARAMETER(Offset);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoResources);
    return 0;
}

NDIS_STATUS NTAPI NdisMRegisterDmaChannel(PNDIS_HANDLE MiniportDmaHandle,
                                          NDIS_HANDLE MiniportAdapterHandle, UINT DmaChannel,
                                          BOOLEAN Dma32BitAddresses,
                                          PNDIS_DMA_DESCRIPTION DmaDescription, ULONG MaximumLength)
{
    UNREFERENCED_PARAMETER(DmaChannel);
    UNREFERENCED_PARAMETER(Dma32BitAddresses);
    UNREFERENCED_PARAMETER(DmaDescription);
    UNREFERENCED_PARAMETER(MaximumLength);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *MiniportDmaHandle = NULL;
    Absent(__func__, NoResources);
    return NDIS_STATUS_RESOURCE_CONFLICT;
}

void NTAPI NdisMDeregisterDmaChannel(NDIS_HANDLE MiniportDmaHandle)
{
    NeverGiven(__func__, MiniportDmaHandle, "NdisMRegisterDmaChannel");
}

ULONG NTAPI NdisMReadDmaCounter(NDIS_HANDLE MiniportDmaHandle)
{
    NeverGiven(__func__, MiniportDmaHandle, "NdisMRegisterDmaChannel");
}

// ---- virtual functions

NDIS_STATUS NTAPI NdisMEnableVirtualization(NDIS_HANDLE NdisMiniportHandle, USHORT NumVFs,
                                            BOOLEAN EnableVFMigration,
                                            BOOLEAN EnableMigrationInterrupt,
                                            BOOLEAN EnableVirtualization)
{
    UNREFERENCED_PARAMETER(NumVFs);
    UNREFERENCED_PARAMETER(EnableVFMigration);
    UNREFERENCED_PARAMETER(EnableMigrationInterrupt);
    UNREFERENCED_PARAMETER(EnableVirtualization);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return NDIS_STATUS_NOT_SUPPORTED;
}

ULONG NTAPI NdisMGetVirtualFunctionBusData(NDIS_HANDLE NdisMiniportHandle,
                                           NDIS_SRIOV_FUNCTION_ID VFId, PVOID Buffer, ULONG Offset,
                                           ULONG Length)
{
    UNREFERENCED_PARAMETER(VFId);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Offset);
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return 0;
}

ULONG NTAPI NdisMSetVirtualFunctionBusData(NDIS_HANDLE NdisMiniportHandle,
                                           NDIS_SRIOV_FUNCTION_ID VFId, PVOID Buffer, ULONG Offset,
                                           ULONG Length)
{
    UNREFERENCED_PARAMETER(VFId);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Offset);
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return 0;
}

// The documentation gives it no way to fail: that there is no such function is told by 0xFFFF.
void NTAPI NdisMGetVirtualFunctionLocation(NDIS_HANDLE NdisMiniportHandle,
                                           NDIS_SRIOV_FUNCTION_ID VFId, PUSHORT SegmentNumber,
                                           PUCHAR BusNumber, PUCHAR FunctionNumber)
{
    UNREFERENCED_PARAMETER(VFId);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    *SegmentNumber = 0xFFFF;
    *BusNumber = 0xFF;
    *FunctionNumber = 0xFF;
}

NDIS_STATUS NTAPI NdisMQueryProbedBars(NDIS_HANDLE NdisMiniportHandle, PULONG BaseRegisterValues)
{
    UNREFERENCED_PARAMETER(BaseRegisterValues);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return NDIS_STATUS_NOT_SUPPORTED;
}

NDIS_STATUS NTAPI NdisMReadConfigBlock(NDIS_HANDLE NdisMiniportHandle, ULONG BlockId, PVOID Buffer,
                                       ULONG Length)
{
    UNREFERENCED_PARAMETER(BlockId);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return NDIS_STATUS_NOT_SUPPORTED;
}

NDIS_STATUS NTAPI NdisMWriteConfigBlock(NDIS_HANDLE NdisMiniportHandle, ULONG BlockId, PVOID Buffer,
                                        ULONG Length)
{
    UNREFERENCED_PARAMETER(BlockId);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
    NDIS_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
    return NDIS_STATUS_NOT_SUPPORTED;
}

void NTAPI NdisMInvalidateConfigBlock(NDIS_HANDLE NdisMiniportHandle, NDIS_SRIOV_FUNCTION_ID VFId,
                                      ULONGLONG BlockMask)
{
    UNREFERENCED_PARAMETER(VFId);
    UNREFERENCED_PARAMETER(BlockMask);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimAdapterCheck(NdisMiniportHandle, __func__);
    Absent(__func__, NoVirtualization);
}

// ---- selective suspend: NdisSetOptionalHandlers refuses it, so NDIS never notifies of idleness

static DECLSPEC_NORETURN void NeverIdle(const char *Function, NDIS_HANDLE Handle)
{
    SimAdapterCheck(Handle, Function);
    BugCheck(NDIS_BUG_COMPLETION, Handle, 0, 0, "%s: no idle notification is under way", Function);
}

void NTAPI NdisMIdleNotificationConfirm(NDIS_HANDLE MiniportAdapterHandle,
                                        NDIS_DEVICE_POWER_STATE IdlePowerState)
{
    UNREFERENCED_PARAMETER(IdlePowerState);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    NeverIdle(__func__, MiniportAdapterHandle);
}

void NTAPI NdisMIdleNotificationComplete(NDIS_HANDLE MiniportAdapterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NeverIdle(__func__, MiniportAdapterHandle);
}

// ---- files of the drivers' folder, which is empty, and logs of an adapter

void NTAPI NdisOpenFile(PNDIS_STATUS Status, PNDIS_HANDLE FileHandle, PUINT FileLength,
                        PNDIS_STRING FileName, NDIS_PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    UNREFERENCED_PARAMETER(HighestAcceptableAddress);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    DbgPrint("NDIS: NdisOpenFile fails: there is no file %wZ, as there is no drivers folder\n",
             FileName);
    *FileHandle = NULL;
    *FileLength = 0;
    *Status = NDIS_STATUS_FILE_NOT_FOUND;
}

void NTAPI NdisMapFile(PNDIS_STATUS Status, PVOID *MappedBuffer, NDIS_HANDLE FileHandle)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(MappedBuffer);
    NeverGiven(__func__, FileHandle, "NdisOpenFile");
}

void NTAPI NdisUnmapFile(NDIS_HANDLE FileHandle)
{
    NeverGiven(__func__, FileHandle, "NdisOpenFile");
}

void NTAPI NdisCloseFile(NDIS_HANDLE FileHandle)
{
    NeverGiven(__func__, FileHandle, "NdisOpenFile");
}

NDIS_STATUS NTAPI NdisMCreateLog(NDIS_HANDLE MiniportAdapterHandle, UINT Size,
                                 PNDIS_HANDLE LogHandle)
{
    UNREFERENCED_PARAMETER(Size);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *LogHandle = NULL;
    Absent(__func__, "nobody could read the log");
    return NDIS_STATUS_FAILURE;
}

void NTAPI NdisMCloseLog(NDIS_HANDLE LogHandle)
{
    NeverGiven(__func__, LogHandle, "NdisMCreateLog");
}

NDIS_STATUS NTAPI NdisMWriteLogData(NDIS_HANDLE LogHandle, PVOID LogBuffer, UINT LogBufferSize)
{
    UNREFERENCED_PARAMETER(LogBuffer);
    UNREFERENCED_PARAMETER(LogBufferSize);
    NeverGiven(__func__, LogHandle, "NdisMCreateLog");
}

void NTAPI NdisMFlushLog(NDIS_HANDLE LogHandle)
{
    NeverGiven(__func__, LogHandle, "NdisMCreateLog");
}

/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * DMA adapters, scatter/gather lists and the HAL (provided by nt).
 */

#include "types.h"
#include "dispatcher.h"
#include "memory.h"
#include "irp.h"
#include "pnp.h"

#define DEVICE_DESCRIPTION_VERSION 0
#define DEVICE_DESCRIPTION_VERSION1 1
#define DEVICE_DESCRIPTION_VERSION2 2
#define DEVICE_DESCRIPTION_VERSION3 3

typedef struct _DMA_ADAPTER DMA_ADAPTER, *PADAPTER_OBJECT, *PDMA_ADAPTER;
typedef struct _DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION,
    *PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION;
typedef struct _DMA_COMMON_BUFFER_VECTOR DMA_COMMON_BUFFER_VECTOR, *PDMA_COMMON_BUFFER_VECTOR;
typedef struct _DMA_OPERATIONS DMA_OPERATIONS, *PDMA_OPERATIONS;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

#define DMA_ADAPTER_INFO_VERSION1 1
#define DMA_ADAPTER_INFO_VERSION_CRASHDUMP 0xFFFFFFFFU

#define DMA_COMMON_BUFFER_VECTOR_ERROR 476U
#define DMA_FAIL_ON_BOUNCE 4

#define DMA_IOMMU_INTERFACE_EX_VERSION 1U
#define DMA_IOMMU_INTERFACE_EX_VERSION_1 1U
#define DMA_IOMMU_INTERFACE_EX_VERSION_MIN 1U
#define DMA_IOMMU_INTERFACE_VERSION 1U
#define DMA_IOMMU_INTERFACE_VERSION_1 1U
#define DMA_IOMMU_INTERFACE_EX_VERSION_2 2U
#define DMA_IOMMU_INTERFACE_EX_VERSION_MAX 2U

#define DMA_SYNCHRONOUS_CALLBACK 1

#define DMA_TRANSFER_CONTEXT_VERSION1 1
#define DMA_TRANSFER_INFO_VERSION1 1
#define DMA_TRANSFER_INFO_VERSION2 2
#define DMA_TRANSFER_CONTEXT_SIZE_V1 0x80

#define DMA_ZERO_BUFFERS 2

typedef enum _DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_ACCESS_TYPE {
    CommonBufferHardwareAccessReadOnly,
    CommonBufferHardwareAccessWriteOnly,
    CommonBufferHardwareAccessReadWrite,
    CommonBufferHardwareAccessMax,
} DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_ACCESS_TYPE,
    *PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_ACCESS_TYPE;

typedef enum _DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_TYPE {
    CommonBufferConfigTypeLogicalAddressLimits,
    CommonBufferConfigTypeSubSection,
    CommonBufferConfigTypeHardwareAccessPermissions,
    CommonBufferConfigTypeMax,
} DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_TYPE, *PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_TYPE;

typedef enum {
    DmaComplete,
    DmaAborted,
    DmaError,
    DmaCancelled,
} DMA_COMPLETION_STATUS;

/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI DMA_COMPLETION_ROUTINE(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID CompletionContext,
    DMA_COMPLETION_STATUS Status);
typedef DMA_COMPLETION_ROUTINE *PDMA_COMPLETION_ROUTINE;

/* IRQL: DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PALLOCATE_ADAPTER_CHANNEL)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, ULONG NumberOfMapRegisters,
    PDRIVER_CONTROL ExecutionRoutine, PVOID Context);

/* IRQL: DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PALLOCATE_ADAPTER_CHANNEL_EX)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext,
    ULONG NumberOfMapRegisters, ULONG Flags, PDRIVER_CONTROL ExecutionRoutine,
    PVOID ExecutionContext, PVOID *MapRegisterBase);

/* IRQL: PASSIVE_LEVEL */
typedef PVOID (NTAPI *PALLOCATE_COMMON_BUFFER)(
    PDMA_ADAPTER DmaAdapter, ULONG Length, PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled);

/* IRQL: PASSIVE_LEVEL */
typedef PVOID (NTAPI *PALLOCATE_COMMON_BUFFER_EX)(
    PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
    PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled, NODE_REQUIREMENT PreferredNode);

typedef NTSTATUS (NTAPI *PALLOCATE_COMMON_BUFFER_VECTOR)(
    PDMA_ADAPTER DmaAdapter, PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
    MEMORY_CACHING_TYPE CacheType, NODE_REQUIREMENT IdealNode, ULONG Flags, ULONG NumberOfElements,
    ULONGLONG SizeOfElements, PDMA_COMMON_BUFFER_VECTOR *VectorOut);

/* IRQL: PASSIVE_LEVEL */
typedef PVOID (NTAPI *PALLOCATE_COMMON_BUFFER_WITH_BOUNDS)(
    PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MinimumAddress, PPHYSICAL_ADDRESS MaximumAddress,
    ULONG Length, ULONG Flags, MEMORY_CACHING_TYPE *CacheType, NODE_REQUIREMENT PreferredNode,
    PPHYSICAL_ADDRESS LogicalAddress);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PBUILD_MDL_FROM_SCATTER_GATHER_LIST)(
    PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather, PMDL OriginalMdl, PMDL *TargetMdl);

/* IRQL: DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PBUILD_SCATTER_GATHER_LIST)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl, PVOID CurrentVa, ULONG Length,
    PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context, BOOLEAN WriteToDevice,
    PVOID ScatterGatherBuffer, ULONG ScatterGatherLength);

/* IRQL: DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PBUILD_SCATTER_GATHER_LIST_EX)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer, ULONG ScatterGatherLength,
    PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext, PVOID ScatterGatherList);

/* IRQL: <= DISPATCH_LEVEL */
typedef BOOLEAN (NTAPI *PCANCEL_ADAPTER_CHANNEL)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PCANCEL_MAPPED_TRANSFER)(
    PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext);

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS (NTAPI *PCREATE_COMMON_BUFFER_FROM_MDL)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION ExtendedConfigs,
    ULONG ExtendedConfigsCount, PPHYSICAL_ADDRESS LogicalAddress);

/* IRQL: <= DISPATCH_LEVEL */
typedef BOOLEAN (NTAPI *PFLUSH_ADAPTER_BUFFERS)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase, PVOID CurrentVa, ULONG Length,
    BOOLEAN WriteToDevice);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PFLUSH_ADAPTER_BUFFERS_EX)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase, ULONGLONG Offset, ULONG Length,
    BOOLEAN WriteToDevice);

typedef NTSTATUS (NTAPI *PFLUSH_DMA_BUFFER)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, BOOLEAN ReadOperation);

/* IRQL: DISPATCH_LEVEL */
typedef void (NTAPI *PFREE_ADAPTER_CHANNEL)(PDMA_ADAPTER DmaAdapter);

/* IRQL: <= DISPATCH_LEVEL */
typedef void (NTAPI *PFREE_ADAPTER_OBJECT)(
    PDMA_ADAPTER DmaAdapter, IO_ALLOCATION_ACTION AllocationAction);

/* IRQL: PASSIVE_LEVEL */
typedef void (NTAPI *PFREE_COMMON_BUFFER)(
    PDMA_ADAPTER DmaAdapter, ULONG Length, PHYSICAL_ADDRESS LogicalAddress, PVOID VirtualAddress,
    BOOLEAN CacheEnabled);

typedef void (NTAPI *PFREE_COMMON_BUFFER_FROM_VECTOR)(
    PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector, ULONG Index);

typedef void (NTAPI *PFREE_COMMON_BUFFER_VECTOR)(
    PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector);

/* IRQL: DISPATCH_LEVEL */
typedef void (NTAPI *PFREE_MAP_REGISTERS)(
    PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase, ULONG NumberOfMapRegisters);

typedef void (NTAPI *PGET_COMMON_BUFFER_FROM_VECTOR_BY_INDEX)(
    PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector, ULONG Index,
    PVOID *VirtualAddressOut, PPHYSICAL_ADDRESS LogicalAddressOut);

/* IRQL: DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PGET_SCATTER_GATHER_LIST)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl, PVOID CurrentVa, ULONG Length,
    PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context, BOOLEAN WriteToDevice);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PGET_SCATTER_GATHER_LIST_EX)(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
    PVOID CompletionContext, PSCATTER_GATHER_LIST *ScatterGatherList);

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS (NTAPI *PJOIN_DMA_DOMAIN)(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle);

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS (NTAPI *PLEAVE_DMA_DOMAIN)(PDMA_ADAPTER DmaAdapter);

/* IRQL: <= DISPATCH_LEVEL */
typedef PHYSICAL_ADDRESS (NTAPI *PMAP_TRANSFER)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase, PVOID CurrentVa, PULONG Length,
    BOOLEAN WriteToDevice);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PMAP_TRANSFER_EX)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase, ULONGLONG Offset, ULONG DeviceOffset,
    PULONG Length, BOOLEAN WriteToDevice, PSCATTER_GATHER_LIST ScatterGatherBuffer,
    ULONG ScatterGatherBufferLength, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
    PVOID CompletionContext);

/* IRQL: <= DISPATCH_LEVEL */
typedef void (NTAPI *PPUT_DMA_ADAPTER)(PDMA_ADAPTER DmaAdapter);

/* IRQL: DISPATCH_LEVEL */
typedef void (NTAPI *PPUT_SCATTER_GATHER_LIST)(
    PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather, BOOLEAN WriteToDevice);

/* IRQL: <= DISPATCH_LEVEL */
typedef ULONG (NTAPI *PREAD_DMA_COUNTER)(PDMA_ADAPTER DmaAdapter);

typedef struct _DMA_ADAPTER {
    USHORT Version;
    USHORT Size;
    PDMA_OPERATIONS DmaOperations;
} DMA_ADAPTER, *PADAPTER_OBJECT, *PDMA_ADAPTER;

typedef struct _DMA_ADAPTER_INFO_CRASHDUMP {
    DEVICE_DESCRIPTION DeviceDescription;
    SIZE_T DeviceIdSize;
    PVOID DeviceId;
} DMA_ADAPTER_INFO_CRASHDUMP, *PDMA_ADAPTER_INFO_CRASHDUMP;

typedef struct _DMA_ADAPTER_INFO_V1 {
    ULONG ReadDmaCounterAvailable;
    ULONG ScatterGatherLimit;
    ULONG DmaAddressWidth;
    ULONG Flags;
    ULONG MinimumTransferUnit;
} DMA_ADAPTER_INFO_V1, *PDMA_ADAPTER_INFO_V1;

typedef struct _DMA_ADAPTER_INFO {
    ULONG Version;
    union {
        DMA_ADAPTER_INFO_V1 V1;
        DMA_ADAPTER_INFO_CRASHDUMP Crashdump;
    };
} DMA_ADAPTER_INFO, *PDMA_ADAPTER_INFO;

typedef struct _DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION {
    DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_TYPE ConfigType;
    union {
        struct {
            PHYSICAL_ADDRESS MinimumAddress;
            PHYSICAL_ADDRESS MaximumAddress;
        } LogicalAddressLimits;
        struct {
            ULONGLONG Offset;
            ULONG Length;
        } SubSection;
        DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION_ACCESS_TYPE HardwareAccessType;
        ULONGLONG Reserved[4];
    };
} DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION, *PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION;

typedef struct _DMA_CONFIGURATION_BYTE0 {
    UCHAR Channel : 3;
    UCHAR Reserved : 3;
    UCHAR Shared : 1;
    UCHAR MoreEntries : 1;
} DMA_CONFIGURATION_BYTE0;

typedef struct _DMA_CONFIGURATION_BYTE1 {
    UCHAR Reserved0 : 2;
    UCHAR TransferSize : 2;
    UCHAR Timing : 2;
    UCHAR Reserved1 : 2;
} DMA_CONFIGURATION_BYTE1;

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS (NTAPI *PALLOCATE_DOMAIN_COMMON_BUFFER)(
    PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle, PPHYSICAL_ADDRESS MaximumAddress, ULONG Length,
    ULONG Flags, MEMORY_CACHING_TYPE *CacheType, NODE_REQUIREMENT PreferredNode,
    PPHYSICAL_ADDRESS LogicalAddress, PVOID *VirtualAddress);

/* IRQL: Any level */
typedef NTSTATUS (NTAPI *PCALCULATE_SCATTER_GATHER_LIST_SIZE)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID CurrentVa, ULONG Length, PULONG ScatterGatherListSize,
    PULONG pNumberOfMapRegisters);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PCONFIGURE_ADAPTER_CHANNEL)(
    PDMA_ADAPTER DmaAdapter, ULONG FunctionNumber, PVOID Context);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PINITIALIZE_DMA_TRANSFER_CONTEXT)(
    PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext);

typedef struct _DMA_OPERATIONS {
    ULONG Size;
    PPUT_DMA_ADAPTER PutDmaAdapter;
    PALLOCATE_COMMON_BUFFER AllocateCommonBuffer;
    PFREE_COMMON_BUFFER FreeCommonBuffer;
    PALLOCATE_ADAPTER_CHANNEL AllocateAdapterChannel;
    PFLUSH_ADAPTER_BUFFERS FlushAdapterBuffers;
    PFREE_ADAPTER_CHANNEL FreeAdapterChannel;
    PFREE_MAP_REGISTERS FreeMapRegisters;
    PMAP_TRANSFER MapTransfer;
    PGET_DMA_ALIGNMENT GetDmaAlignment;
    PREAD_DMA_COUNTER ReadDmaCounter;
    PGET_SCATTER_GATHER_LIST GetScatterGatherList;
    PPUT_SCATTER_GATHER_LIST PutScatterGatherList;
    PCALCULATE_SCATTER_GATHER_LIST_SIZE CalculateScatterGatherList;
    PBUILD_SCATTER_GATHER_LIST BuildScatterGatherList;
    PBUILD_MDL_FROM_SCATTER_GATHER_LIST BuildMdlFromScatterGatherList;
    PGET_DMA_ADAPTER_INFO GetDmaAdapterInfo;
    PGET_DMA_TRANSFER_INFO GetDmaTransferInfo;
    PINITIALIZE_DMA_TRANSFER_CONTEXT InitializeDmaTransferContext;
    PALLOCATE_COMMON_BUFFER_EX AllocateCommonBufferEx;
    PALLOCATE_ADAPTER_CHANNEL_EX AllocateAdapterChannelEx;
    PCONFIGURE_ADAPTER_CHANNEL ConfigureAdapterChannel;
    PCANCEL_ADAPTER_CHANNEL CancelAdapterChannel;
    PMAP_TRANSFER_EX MapTransferEx;
    PGET_SCATTER_GATHER_LIST_EX GetScatterGatherListEx;
    PBUILD_SCATTER_GATHER_LIST_EX BuildScatterGatherListEx;
    PFLUSH_ADAPTER_BUFFERS_EX FlushAdapterBuffersEx;
    PFREE_ADAPTER_OBJECT FreeAdapterObject;
    PCANCEL_MAPPED_TRANSFER CancelMappedTransfer;
    PALLOCATE_DOMAIN_COMMON_BUFFER AllocateDomainCommonBuffer;
    PFLUSH_DMA_BUFFER FlushDmaBuffer;
    PJOIN_DMA_DOMAIN JoinDmaDomain;
    PLEAVE_DMA_DOMAIN LeaveDmaDomain;
    PGET_DMA_DOMAIN GetDmaDomain;
    PALLOCATE_COMMON_BUFFER_WITH_BOUNDS AllocateCommonBufferWithBounds;
    PALLOCATE_COMMON_BUFFER_VECTOR AllocateCommonBufferVector;
    PGET_COMMON_BUFFER_FROM_VECTOR_BY_INDEX GetCommonBufferFromVectorByIndex;
    PFREE_COMMON_BUFFER_FROM_VECTOR FreeCommonBufferFromVector;
    PFREE_COMMON_BUFFER_VECTOR FreeCommonBufferVector;
    PCREATE_COMMON_BUFFER_FROM_MDL CreateCommonBufferFromMdl;
} DMA_OPERATIONS, *PDMA_OPERATIONS;

typedef struct _DMA_TRANSFER_INFO_V1 {
    ULONG MapRegisterCount;
    ULONG ScatterGatherElementCount;
    ULONG ScatterGatherListSize;
} DMA_TRANSFER_INFO_V1, *PDMA_TRANSFER_INFO_V1;

typedef struct _DMA_TRANSFER_INFO_V2 {
    ULONG MapRegisterCount;
    ULONG ScatterGatherElementCount;
    ULONG ScatterGatherListSize;
    ULONG LogicalPageCount;
} DMA_TRANSFER_INFO_V2, *PDMA_TRANSFER_INFO_V2;

typedef struct _DMA_TRANSFER_INFO {
    ULONG Version;
    union {
        DMA_TRANSFER_INFO_V1 V1;
        DMA_TRANSFER_INFO_V2 V2;
    };
} DMA_TRANSFER_INFO, *PDMA_TRANSFER_INFO;

typedef struct _SCATTER_GATHER_ELEMENT {
    PHYSICAL_ADDRESS Address;
    ULONG Length;
    ULONG_PTR Reserved;
} SCATTER_GATHER_ELEMENT, *PSCATTER_GATHER_ELEMENT;

typedef struct _SCATTER_GATHER_LIST {
    ULONG NumberOfElements;
    ULONG_PTR Reserved;
    SCATTER_GATHER_ELEMENT Elements[];
} SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

typedef struct _WHEA_ERROR_RECORD *PWHEA_ERROR_RECORD;
typedef struct _WHEA_ERROR_SOURCE_DESCRIPTOR *PWHEA_ERROR_SOURCE_DESCRIPTOR;

NTHALAPI void NTAPI HalBugCheckSystem(
    PWHEA_ERROR_SOURCE_DESCRIPTOR ErrorSource, PWHEA_ERROR_RECORD ErrorRecord);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI HalExamineMBR(
    PDEVICE_OBJECT DeviceObject, ULONG SectorSize, ULONG MBRTypeIdentifier, PVOID *Buffer);

NTHALAPI PADAPTER_OBJECT NTAPI HalGetAdapter(
    PDEVICE_DESCRIPTION DeviceDescription, PULONG NumberOfMapRegisters);

NTHALAPI ULONG NTAPI HalGetBusDataByOffset(
    BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer, ULONG Offset,
    ULONG Length);

NTHALAPI ULONG NTAPI HalSetBusDataByOffset(
    BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer, ULONG Offset,
    ULONG Length);

NTHALAPI BOOLEAN NTAPI HalTranslateBusAddress(
    INTERFACE_TYPE InterfaceType, ULONG BusNumber, PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
    PPHYSICAL_ADDRESS TranslatedAddress);

/* Calls through the operations of a DMA adapter. */
FORCEINLINE PVOID HalAllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                                          PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled)
{
    return DmaAdapter->DmaOperations->AllocateCommonBuffer(DmaAdapter, Length, LogicalAddress,
                                                           CacheEnabled);
}

FORCEINLINE void HalFreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                                     PHYSICAL_ADDRESS LogicalAddress, PVOID VirtualAddress,
                                     BOOLEAN CacheEnabled)
{
    DmaAdapter->DmaOperations->FreeCommonBuffer(DmaAdapter, Length, LogicalAddress, VirtualAddress,
                                                CacheEnabled);
}

FORCEINLINE ULONG HalGetDmaAlignment(PDMA_ADAPTER DmaAdapter)
{
    return DmaAdapter->DmaOperations->GetDmaAlignment(DmaAdapter);
}

FORCEINLINE ULONG HalReadDmaCounter(PDMA_ADAPTER DmaAdapter)
{
    return DmaAdapter->DmaOperations->ReadDmaCounter(DmaAdapter);
}

FORCEINLINE void IoFreeAdapterChannel(PDMA_ADAPTER DmaAdapter)
{
    DmaAdapter->DmaOperations->FreeAdapterChannel(DmaAdapter);
}

FORCEINLINE void IoFreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase,
                                    ULONG NumberOfMapRegisters)
{
    DmaAdapter->DmaOperations->FreeMapRegisters(DmaAdapter, MapRegisterBase, NumberOfMapRegisters);
}

#define HalGetDmaAlignmentRequirement() 1L

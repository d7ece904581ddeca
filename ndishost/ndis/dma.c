// SPDX-License-Identifier: MIT
// DMA as a miniport sees it: a scatter/gather list has an element for each page of the MDLs, and a
// physical address is what MmGetPhysicalAddress says, which a simulated device can read. There are
// no bounce buffers and no map registers.

#include "adapter.h"

// Behind the NDIS_HANDLE of NdisMRegisterScatterGatherDma.
typedef struct DMA {
    ULONG Signature;
    ADAPTER *Adapter;
    volatile LONG Lists; // scatter/gather lists and shared memory on its way
    ULONG MaximumBytes;
    MINIPORT_PROCESS_SG_LIST_HANDLER Process;
    MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER SharedComplete;
} DMA;

static DMA *DmaCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_DMA) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, SIGNATURE_DMA, 0, "%s: %p is not a DMA handle",
                 Function, Handle);
    }
    return Handle;
}

static void RequireDispatch(const char *Function)
{
    KIRQL Irql = KeGetCurrentIrql();
    if (Irql != DISPATCH_LEVEL) {
        BugCheck(NDIS_BUG_IRQL, Irql, DISPATCH_LEVEL, 0,
                 "%s is called at IRQL %u; it must be DISPATCH_LEVEL", Function, Irql);
    }
}

// ---- scatter/gather lists

// How many elements so many bytes from `Skip` on need; List NULL: only that.
static ULONG ElementsFill(MDL *Mdl, ULONG Skip, ULONG Bytes, SCATTER_GATHER_LIST *List)
{
    ULONG Count = 0;
    for (; Mdl != NULL && Bytes != 0; Mdl = Mdl->Next) {
        const PFN_NUMBER *Pages = MmGetMdlPfnArray(Mdl);
        ULONG Here = min(MmGetMdlByteCount(Mdl) - Skip, Bytes);
        ULONG At = MmGetMdlByteOffset(Mdl) + Skip;
        Bytes -= Here;
        Skip = 0;
        while (Here != 0) {
            ULONG Length = min(PAGE_SIZE - At % PAGE_SIZE, Here);
            if (List != NULL) {
                SCATTER_GATHER_ELEMENT *Element = &List->Elements[Count];
                Element->Address.QuadPart = (LONGLONG)(Pages[At / PAGE_SIZE] << PAGE_SHIFT) +
                                            At % PAGE_SIZE;
                Element->Length = Length;
                Element->Reserved = 0;
            }
            Count++;
            At += Length;
            Here -= Length;
        }
    }
    return Count;
}

static ULONG ListBytes(ULONG Elements)
{
    return (ULONG)(FIELD_OFFSET(SCATTER_GATHER_LIST, Elements) +
                   Elements * sizeof(SCATTER_GATHER_ELEMENT));
}

// In `Buffer` when it is large enough, else in memory that ListFree frees. NULL: no memory.
static SCATTER_GATHER_LIST *ListMake(MDL *Mdl, ULONG Skip, ULONG Bytes, PVOID Buffer, ULONG Room)
{
    ULONG Count = ElementsFill(Mdl, Skip, Bytes, NULL);
    SCATTER_GATHER_LIST *List = Buffer;
    BOOLEAN IsOwn = Buffer == NULL || Room < ListBytes(Count);
    if (IsOwn) {
        List = SimNdisAllocate(ListBytes(Count));
        if (List == NULL) {
            return NULL;
        }
    }
    List->NumberOfElements = Count;
    List->Reserved = IsOwn;
    ElementsFill(Mdl, Skip, Bytes, List);
    return List;
}

static void ListFree(SCATTER_GATHER_LIST *List)
{
    if (List->Reserved != 0) {
        SimNdisFree(List);
    }
}

NDIS_STATUS NTAPI NdisMRegisterScatterGatherDma(NDIS_HANDLE MiniportAdapterHandle,
                                                PNDIS_SG_DMA_DESCRIPTION DmaDescription,
                                                PNDIS_HANDLE NdisMiniportDmaHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    *NdisMiniportDmaHandle = NULL;
    if (!HeaderIsAtLeast(&DmaDescription->Header, NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION,
                         NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1) ||
        DmaDescription->ProcessSGListHandler == NULL) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    DMA *Dma = SimNdisAllocate(sizeof(DMA));
    if (Dma == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Dma->Signature = SIGNATURE_DMA;
    Dma->Adapter = Adapter;
    Dma->MaximumBytes = DmaDescription->MaximumPhysicalMapping;
    Dma->Process = DmaDescription->ProcessSGListHandler;
    Dma->SharedComplete = DmaDescription->SharedMemAllocateCompleteHandler;
    DmaDescription->ScatterGatherListSize = ListBytes(BYTES_TO_PAGES(Dma->MaximumBytes) + 1);
    InterlockedIncrement(&SimNdis.Objects);
    *NdisMiniportDmaHandle = Dma;
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisMDeregisterScatterGatherDma(NDIS_HANDLE NdisMiniportDmaHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    DMA *Dma = DmaCheck(NdisMiniportDmaHandle, __func__);
    LONG Lists = ReadAcquire(&Dma->Lists);
    if (Lists != 0) {
        BugCheck(NDIS_BUG_REFERENCE, Dma, Lists, 0,
                 "NdisMDeregisterScatterGatherDma: %d scatter/gather lists are not freed",
                 (int)Lists);
    }
    Dma->Signature = 0;
    SimNdisFree(Dma);
    InterlockedDecrement(&SimNdis.Objects);
}

// The list begins with the first byte of CurrentMdl, as documented: the driver skips
// CurrentMdlOffset bytes itself.
NDIS_STATUS NTAPI NdisMAllocateNetBufferSGList(NDIS_HANDLE NdisMiniportDmaHandle,
                                               PNET_BUFFER NetBuffer, PVOID Context, ULONG Flags,
                                               PVOID ScatterGatherListBuffer,
                                               ULONG ScatterGatherListBufferSize)
{
    UNREFERENCED_PARAMETER(Flags);
    RequireDispatch(__func__);
    DMA *Dma = DmaCheck(NdisMiniportDmaHandle, __func__);
    ULONG Bytes = NetBuffer->CurrentMdlOffset + NetBuffer->DataLength;
    if (Bytes > Dma->MaximumBytes) {
        return NDIS_STATUS_RESOURCES;
    }
    SCATTER_GATHER_LIST *List = ListMake(NetBuffer->CurrentMdl, 0, Bytes, ScatterGatherListBuffer,
                                         ScatterGatherListBufferSize);
    if (List == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    InterlockedIncrement(&Dma->Lists);
    Dma->Process(Dma->Adapter->Fdo, NULL, List, Context);
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisMFreeNetBufferSGList(NDIS_HANDLE NdisMiniportDmaHandle, PSCATTER_GATHER_LIST pSGL,
                                    PNET_BUFFER NetBuffer)
{
    UNREFERENCED_PARAMETER(NetBuffer);
    RequireDispatch(__func__);
    DMA *Dma = DmaCheck(NdisMiniportDmaHandle, __func__);
    ListFree(pSGL);
    if (InterlockedDecrement(&Dma->Lists) < 0) {
        BugCheck(NDIS_BUG_REFERENCE, Dma, pSGL, 0,
                 "NdisMFreeNetBufferSGList: more lists are freed than were made");
    }
}

NDIS_STATUS NTAPI NdisBuildScatterGatherList(NDIS_HANDLE NdisHandle,
                                             PNDIS_SCATTER_GATHER_LIST_PARAMETERS SGListParameters)
{
    RequireDispatch(__func__);
    ADAPTER *Adapter = SimAdapterCheck(NdisHandle, __func__);
    PNDIS_SCATTER_GATHER_LIST_PARAMETERS To = SGListParameters;
    if (To->Header.Revision < 1 ||
        To->Header.Size < NDIS_SIZEOF_SCATTER_GATHER_LIST_PARAMETERS_REVISION_1 ||
        To->ProcessSGListHandler == NULL || To->Mdl == NULL) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    ULONG Skip = (ULONG)((UCHAR *)To->CurrentVa - (UCHAR *)MmGetMdlVirtualAddress(To->Mdl));
    if (Skip > MmGetMdlByteCount(To->Mdl)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    ULONG Needed = ListBytes(ElementsFill(To->Mdl, Skip, To->Length, NULL));
    if (To->ScatterGatherListBuffer != NULL && To->ScatterGatherListBufferSize < Needed) {
        To->ScatterGatherListBufferSizeNeeded = Needed;
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    SCATTER_GATHER_LIST *List = ListMake(To->Mdl, Skip, To->Length, To->ScatterGatherListBuffer,
                                         To->ScatterGatherListBufferSize);
    if (List == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    To->ProcessSGListHandler(Adapter->Fdo, NULL, List, To->Context);
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFreeScatterGatherList(NDIS_HANDLE NdisHandle,
                                     PSCATTER_GATHER_LIST ScatterGatherListBuffer,
                                     BOOLEAN WriteToDevice)
{
    UNREFERENCED_PARAMETER(WriteToDevice);
    RequireDispatch(__func__);
    SimAdapterCheck(NdisHandle, __func__);
    ListFree(ScatterGatherListBuffer);
}

ULONG NTAPI NdisMGetDmaAlignment(NDIS_HANDLE MiniportAdapterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    return 1;
}

// ---- shared memory: pool that the driver and a simulated device both know

static PVOID SharedAllocate(ULONG Length, PNDIS_PHYSICAL_ADDRESS Address)
{
    PVOID Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, Length, NDIS_TAG);
    Address->QuadPart = 0;
    if (Memory != NULL) {
        *Address = MmGetPhysicalAddress(Memory);
        InterlockedIncrement(&SimNdis.Objects);
    }
    return Memory;
}

static void SharedFree(PVOID Memory)
{
    SimNdisFree(Memory);
    InterlockedDecrement(&SimNdis.Objects);
}

void NTAPI NdisMAllocateSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length,
                                     BOOLEAN Cached, PVOID *VirtualAddress,
                                     PNDIS_PHYSICAL_ADDRESS PhysicalAddress)
{
    UNREFERENCED_PARAMETER(Cached);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    *VirtualAddress = SharedAllocate(Length, PhysicalAddress);
}

void NTAPI NdisMFreeSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached,
                                 PVOID VirtualAddress, NDIS_PHYSICAL_ADDRESS PhysicalAddress)
{
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(Cached);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimAdapterCheck(MiniportAdapterHandle, __func__);
    if (PhysicalAddress.QuadPart != MmGetPhysicalAddress(VirtualAddress).QuadPart) {
        BugCheck(NDIS_BUG_BAD_HANDLE, VirtualAddress, PhysicalAddress.QuadPart, 0,
                 "NdisMFreeSharedMemory: %p is not at physical address %llx", VirtualAddress,
                 PhysicalAddress.QuadPart);
    }
    SharedFree(VirtualAddress);
}

typedef struct SHARED_REQUEST {
    WORK_QUEUE_ITEM Work;
    DMA *Dma;
    ULONG Length;
    PVOID Context;
} SHARED_REQUEST;

static WORKER_THREAD_ROUTINE SharedLater;
static void NTAPI SharedLater(PVOID Parameter)
{
    SHARED_REQUEST Request = *(SHARED_REQUEST *)Parameter;
    SimNdisFree(Parameter);
    ADAPTER *Adapter = Request.Dma->Adapter;
    NDIS_PHYSICAL_ADDRESS Address;
    PVOID Memory = SharedAllocate(Request.Length, &Address);
    // Before the callback: the driver may deregister as soon as it has been told.
    InterlockedDecrement(&Request.Dma->Lists);
    Request.Dma->SharedComplete(Adapter->Context, Memory, &Address, Request.Length,
                                Request.Context);
    BusyEnd();
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

NDIS_STATUS NTAPI NdisMAllocateSharedMemoryAsyncEx(NDIS_HANDLE MiniportDmaHandle, ULONG Length,
                                                   BOOLEAN Cached, PVOID Context)
{
    UNREFERENCED_PARAMETER(Cached);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DMA *Dma = DmaCheck(MiniportDmaHandle, __func__);
    SHARED_REQUEST *Request = Dma->SharedComplete == NULL ? NULL
                                                          : SimNdisAllocate(sizeof(*Request));
    if (Request == NULL) {
        return Dma->SharedComplete == NULL ? NDIS_STATUS_FAILURE : NDIS_STATUS_RESOURCES;
    }
    Request->Dma = Dma;
    Request->Length = Length;
    Request->Context = Context;
    InterlockedIncrement(&Dma->Lists);
    BusyBegin();
    SimDrainEnter(&Dma->Adapter->Oids.Workers, 1);
    ExInitializeWorkItem(&Request->Work, SharedLater, Request);
    ExQueueWorkItem(&Request->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

typedef struct SHARED {
    ULONG Signature;
    PVOID Memory;
} SHARED;

NDIS_STATUS NTAPI NdisAllocateSharedMemory(NDIS_HANDLE NdisHandle,
                                           PNDIS_SHARED_MEMORY_PARAMETERS SharedMemoryParameters,
                                           PNDIS_HANDLE pAllocationHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(NdisHandle, __func__);
    PNDIS_SHARED_MEMORY_PARAMETERS To = SharedMemoryParameters;
    *pAllocationHandle = NULL;
    if (To->Header.Revision < 1 ||
        To->Header.Size < NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1 ||
        To->SGListBuffer == NULL || To->SGListBufferLength < ListBytes(1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    SHARED *Shared = SimNdisAllocate(sizeof(SHARED));
    if (Shared == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    NDIS_PHYSICAL_ADDRESS Address;
    Shared->Memory = SharedAllocate(To->Length, &Address);
    if (Shared->Memory == NULL) {
        SimNdisFree(Shared);
        return NDIS_STATUS_RESOURCES;
    }
    Shared->Signature = SIGNATURE_SHARED;
    To->VirtualAddress = Shared->Memory;
    To->SGListBuffer->NumberOfElements = 1; // it is contiguous
    To->SGListBuffer->Elements[0].Address = Address;
    To->SGListBuffer->Elements[0].Length = To->Length;
    *pAllocationHandle = Shared;
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFreeSharedMemory(NDIS_HANDLE NdisHandle, NDIS_HANDLE AllocationHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimAdapterCheck(NdisHandle, __func__);
    SHARED *Shared = AllocationHandle;
    if (HandleSignature(Shared) != SIGNATURE_SHARED) {
        BugCheck(NDIS_BUG_BAD_HANDLE, AllocationHandle, SIGNATURE_SHARED, 0,
                 "NdisFreeSharedMemory: %p is not shared memory", AllocationHandle);
    }
    Shared->Signature = 0;
    SharedFree(Shared->Memory);
    SimNdisFree(Shared);
}

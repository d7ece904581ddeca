// SPDX-License-Identifier: MIT
// What a miniport calls beyond the data path: DMA, ports, its device, its end; and what fails, as
// there is no hardware.

#include "fixture.h"

#include "nt/sim.h"

#include <string.h>

static TEST_BINDING *const One = &Protocols[0].Bindings[0];

static void BindOne(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
}

// ---- life

static void Hang_ReportedByTheMiniport_IsReset(void **State)
{
    (void)State;
    Nics[0].HangSeconds = 1; // the smallest period there is
    BindOne();
    Nics[0].Hung = TRUE;
    LARGE_INTEGER Short = {.QuadPart = -10 * 10000};
    for (unsigned i = 0; i < TEST_IDLE_MS / 10 && One->LastStatus != NDIS_STATUS_RESET_END; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &Short);
    }
    TestIdle();
    assert_string_equal(Nics[0].Log, "IRr");
    assert_int_equal(One->LastStatus, NDIS_STATUS_RESET_END);
}

static void Shutdown_IsToldToTheMiniport(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(SimNdisShutdown(Nics[0].Pdo), STATUS_SUCCESS);
    assert_string_equal(Nics[0].Log, "IRs");
}

static void Remove_AskedByTheMiniport_HaltsIt(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicHold;
    BindingSend(One, 3, 0);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(NdisMRemoveMiniport(Nics[0].Handle), 0);
    KeLowerIrql(Irql);
    TestIdle();
    assert_string_equal(Nics[0].Log, "IRxPh");
    assert_string_equal(One->Log, "BRPU");
    assert_int_equal(One->SendsFailed, 3);
    assert_false(Nics[0].DeviceRemoved);
    NicRemove(0, FALSE);
    assert_true(Nics[0].DeviceRemoved); // a handler of NdisSetOptionalHandlers
}

static void OptionalHandlers_OfAnotherKind_AreRefused(void **State)
{
    (void)State;
    NDIS_DRIVER_OPTIONAL_HANDLERS Handlers = {0};
    BindOne();
    Handlers.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_SS_CHARACTERISTICS;
    Handlers.Header.Revision = 1;
    Handlers.Header.Size = NDIS_SIZEOF_MINIPORT_SS_CHARACTERISTICS_REVISION_1;
    assert_int_equal((int)NdisSetOptionalHandlers(Protocols[0].Handle, &Handlers),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal((int)NdisSetOptionalHandlers(Nics[0].Handle, &Handlers),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
}

static void Device_Properties_AreThoseOfTheStack(void **State)
{
    (void)State;
    PDEVICE_OBJECT Pdo, Fdo, Next;
    PCM_RESOURCE_LIST Raw = (PCM_RESOURCE_LIST)1, Translated = (PCM_RESOURCE_LIST)1;
    NicAdd(0);
    NdisMGetDeviceProperty(Nics[0].Handle, &Pdo, &Fdo, &Next, &Raw, &Translated);
    assert_ptr_equal(Pdo, Nics[0].Pdo);
    assert_ptr_equal(Next, Pdo);
    assert_ptr_equal(Pdo->AttachedDevice, Fdo);
    assert_null(Raw);
    assert_null(Translated);
    NdisMGetDeviceProperty(Nics[0].Handle, NULL, NULL, NULL, NULL, NULL);
}

// ---- ports

static void Port_IsNumberedAndToldOf(void **State)
{
    (void)State;
    NDIS_PORT_CHARACTERISTICS Port = {0};
    BindOne();
    assert_int_equal((int)NdisMAllocatePort(Nics[0].Handle, &Port),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    Port.Header.Type = NDIS_OBJECT_TYPE_PORT_CHARACTERISTICS;
    Port.Header.Revision = NDIS_PORT_CHARACTERISTICS_REVISION_1;
    Port.Header.Size = NDIS_SIZEOF_PORT_CHARACTERISTICS_REVISION_1;
    assert_int_equal(NdisMAllocatePort(Nics[0].Handle, &Port), 0);
    assert_int_not_equal(Port.PortNumber, NDIS_DEFAULT_PORT_NUMBER);
    NET_PNP_EVENT_NOTIFICATION Event = {0};
    Event.NetPnPEvent.NetEvent = NetEventPortActivation;
    assert_int_equal(NdisMNetPnPEvent(Nics[0].Handle, &Event), 0);
    Event.NetPnPEvent.NetEvent = NetEventPortDeactivation;
    assert_int_equal(NdisMNetPnPEvent(Nics[0].Handle, &Event), 0);
    assert_string_equal(One->Log, "BRTT");
    Event.NetPnPEvent.NetEvent = NetEventPause; // not a miniport's
    assert_int_equal((int)NdisMNetPnPEvent(Nics[0].Handle, &Event), (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal(NdisMFreePort(Nics[0].Handle, Port.PortNumber), 0);
    assert_int_equal((int)NdisMFreePort(Nics[0].Handle, NDIS_DEFAULT_PORT_NUMBER),
                     (int)NDIS_STATUS_INVALID_PORT);
}

// ---- direct and synchronous OIDs

static int SetupDirect(void **State)
{
    NicHasDirectOids = TRUE;
    return TestSetup(State);
}

static int TeardownDirect(void **State)
{
    NicHasDirectOids = FALSE;
    return TestTeardown(State);
}

static NDIS_OID_REQUEST *RequestMake(ULONG *Value)
{
    NDIS_OID_REQUEST *Request = NdisAllocateMemoryWithTagPriority(One->Handle, sizeof(*Request),
                                                                  0x74736574, NormalPoolPriority);
    assert_non_null(Request);
    memset(Request, 0, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestQueryInformation;
    Request->RequestId = Value;
    Request->DATA.QUERY_INFORMATION.Oid = OID_GEN_VENDOR_ID;
    Request->DATA.QUERY_INFORMATION.InformationBuffer = Value;
    Request->DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(*Value);
    return Request;
}

static void DirectOid_Pends_IsCompletedOrCancelled(void **State)
{
    (void)State;
    ULONG Value = 0;
    BindOne();
    NDIS_OID_REQUEST *Request = RequestMake(&Value);
    assert_int_equal(NdisDirectOidRequest(One->Handle, Request), NDIS_STATUS_PENDING);
    assert_ptr_equal(Nics[0].PendingOid, Request);
    NdisMDirectOidRequestComplete(Nics[0].Handle, Request, NDIS_STATUS_SUCCESS);
    assert_int_equal(One->OidStatus, NDIS_STATUS_SUCCESS);
    assert_int_equal(NdisDirectOidRequest(One->Handle, Request), NDIS_STATUS_PENDING);
    NdisCancelDirectOidRequest(One->Handle, &Request); // nobody's
    assert_int_equal(One->OidsDone, 1);
    NdisCancelDirectOidRequest(One->Handle, &Value);
    assert_int_equal(One->OidsDone, 2);
    assert_int_equal((int)One->OidStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    NdisFreeMemory(Request, 0, 0);
}

static void SynchronousOid_IsAnsweredInTheCall(void **State)
{
    (void)State;
    ULONG Value = 0;
    BindOne();
    NDIS_OID_REQUEST *Request = RequestMake(&Value);
    assert_int_equal(NdisSynchronousOidRequest(One->Handle, Request), 0);
    assert_int_equal(Value, 0xFFFFFF);
    NdisFreeMemory(Request, 0, 0);
}

static void SynchronousOid_WithoutHandler_IsNotSupported(void **State)
{
    (void)State;
    ULONG Value = 0;
    BindOne();
    NDIS_OID_REQUEST *Request = RequestMake(&Value);
    assert_int_equal((int)NdisSynchronousOidRequest(One->Handle, Request),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    NdisFreeMemory(Request, 0, 0);
}

static void CloneOid_HasTheDataAndNoReservedFields(void **State)
{
    (void)State;
    ULONG Value = 0;
    PNDIS_OID_REQUEST Clone;
    BindOne();
    NDIS_OID_REQUEST *Request = RequestMake(&Value);
    memset(Request->SourceReserved, 0xEE, sizeof(Request->SourceReserved));
    assert_int_equal(NdisAllocateCloneOidRequest(One->Handle, Request, 0x74736574, &Clone), 0);
    assert_ptr_not_equal(Clone, Request);
    assert_int_equal(Clone->DATA.Oid, OID_GEN_VENDOR_ID);
    assert_ptr_equal(Clone->DATA.QUERY_INFORMATION.InformationBuffer, &Value);
    assert_int_equal(Clone->SourceReserved[0], 0);
    NdisFreeCloneOidRequest(One->Handle, Clone);
    NdisFreeMemory(Request, 0, 0);
}

static void ReceiveInfo_IsCopiedToAnotherNbl(void **State)
{
    (void)State;
    BindOne();
    NET_BUFFER_LIST *From = BindingNbl(One, NicAddress(&Nics[0]));
    NET_BUFFER_LIST *To = BindingNbl(One, NicAddress(&Nics[0]));
    NET_BUFFER_LIST_INFO(From, NetBufferListHashValue) = (PVOID)(ULONG_PTR)0x1234;
    NET_BUFFER_LIST_INFO(From, NetBufferListCancelId) = (PVOID)(ULONG_PTR)0x5678; // of sends
    NdisCopyReceiveNetBufferListInfo(To, From);
    assert_ptr_equal(NET_BUFFER_LIST_INFO(To, NetBufferListHashValue), (PVOID)(ULONG_PTR)0x1234);
    assert_null(NET_BUFFER_LIST_INFO(To, NetBufferListCancelId));
    NdisFreeNetBufferList(From);
    NdisFreeNetBufferList(To);
}

// ---- DMA

typedef struct SG_SEEN {
    PVOID Context;
    PSCATTER_GATHER_LIST List;
    KIRQL Irql;
    PVOID Memory;
    NDIS_PHYSICAL_ADDRESS Address;
    KEVENT Done;
} SG_SEEN;

static SG_SEEN Seen;

static MINIPORT_PROCESS_SG_LIST ProcessList;
static void NTAPI ProcessList(PDEVICE_OBJECT Device, PVOID Reserved, PSCATTER_GATHER_LIST List,
                              PVOID Context)
{
    (void)Device, (void)Reserved;
    Seen.List = List;
    Seen.Context = Context;
    Seen.Irql = KeGetCurrentIrql();
}

static MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE SharedComplete;
static void NTAPI SharedComplete(NDIS_HANDLE AdapterContext, PVOID Memory,
                                 PNDIS_PHYSICAL_ADDRESS Address, ULONG Length, PVOID Context)
{
    assert_ptr_equal(AdapterContext, &Nics[0]);
    assert_int_equal(Length, 5000);
    Seen.Memory = Memory;
    Seen.Address = *Address;
    Seen.Context = Context;
    Seen.Irql = KeGetCurrentIrql();
    KeSetEvent(&Seen.Done, 0, FALSE);
}

static NDIS_HANDLE DmaRegister(void)
{
    NDIS_SG_DMA_DESCRIPTION Description = {0};
    NDIS_HANDLE Dma;
    memset(&Seen, 0, sizeof(Seen));
    KeInitializeEvent(&Seen.Done, NotificationEvent, FALSE);
    assert_int_equal((int)NdisMRegisterScatterGatherDma(Nics[0].Handle, &Description, &Dma),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    Description.Header.Type = NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION;
    Description.Header.Revision = NDIS_SG_DMA_DESCRIPTION_REVISION_1;
    Description.Header.Size = NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1;
    Description.Flags = NDIS_SG_DMA_64_BIT_ADDRESS;
    Description.MaximumPhysicalMapping = 3 * PAGE_SIZE;
    Description.ProcessSGListHandler = ProcessList;
    Description.SharedMemAllocateCompleteHandler = SharedComplete;
    assert_int_equal(NdisMRegisterScatterGatherDma(Nics[0].Handle, &Description, &Dma), 0);
    assert_int_equal(Description.ScatterGatherListSize,
                     sizeof(SCATTER_GATHER_LIST) + 4 * sizeof(SCATTER_GATHER_ELEMENT));
    return Dma;
}

// An NBL over two MDLs; its data begins inside the first.
#define FIRST_BYTES (PAGE_SIZE + 100)
#define SECOND_BYTES 50
static DECLSPEC_ALIGN(4096) UCHAR First[2 * PAGE_SIZE], Second[PAGE_SIZE];

static NET_BUFFER_LIST *SpreadNbl(ULONG Offset)
{
    PMDL Mdl = NdisAllocateMdl(One->Handle, First + 200, FIRST_BYTES);
    Mdl->Next = NdisAllocateMdl(One->Handle, Second, SECOND_BYTES);
    return NdisAllocateNetBufferAndNetBufferList(One->Pool, 0, 0, Mdl, Offset,
                                                 FIRST_BYTES + SECOND_BYTES - Offset);
}

static void SpreadFree(NET_BUFFER_LIST *Nbl)
{
    PMDL Mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl));
    NdisFreeNetBufferList(Nbl);
    NdisFreeMdl(Mdl->Next);
    NdisFreeMdl(Mdl);
}

static void Dma_List_HasAnElementForEachPage(void **State)
{
    (void)State;
    DECLSPEC_ALIGN(16) UCHAR Buffer[256];
    BindOne();
    NDIS_HANDLE Dma = DmaRegister();
    NET_BUFFER_LIST *Nbl = SpreadNbl(10);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(NdisMAllocateNetBufferSGList(Dma, Nb, Nbl, NDIS_SG_LIST_WRITE_TO_DEVICE,
                                                  Buffer, sizeof(Buffer)),
                     0);
    assert_ptr_equal(Seen.List, Buffer);
    assert_ptr_equal(Seen.Context, Nbl);
    assert_int_equal(Seen.Irql, DISPATCH_LEVEL);
    // From the first byte of CurrentMdl, not from the data.
    assert_int_equal(Seen.List->NumberOfElements, 3);
    const SCATTER_GATHER_ELEMENT *Elements = Seen.List->Elements;
    assert_int_equal(Elements[0].Address.QuadPart, MmGetPhysicalAddress(First + 200).QuadPart);
    assert_int_equal(Elements[0].Length, PAGE_SIZE - 200);
    assert_int_equal(Elements[1].Address.QuadPart,
                     MmGetPhysicalAddress(First + PAGE_SIZE).QuadPart);
    assert_int_equal(Elements[1].Length, 300);
    assert_int_equal(Elements[2].Address.QuadPart, MmGetPhysicalAddress(Second).QuadPart);
    assert_int_equal(Elements[2].Length, SECOND_BYTES);
    NdisMFreeNetBufferSGList(Dma, Seen.List, Nb);
    // Without a buffer that is large enough NDIS has one of its own.
    assert_int_equal(NdisMAllocateNetBufferSGList(Dma, Nb, Nbl, 0, Buffer, 16), 0);
    assert_ptr_not_equal(Seen.List, Buffer);
    assert_int_equal(Seen.List->NumberOfElements, 3);
    NdisMFreeNetBufferSGList(Dma, Seen.List, Nb);
    KeLowerIrql(Irql);
    SpreadFree(Nbl);
    NdisMDeregisterScatterGatherDma(Dma);
    assert_int_equal(NdisMGetDmaAlignment(Nics[0].Handle), 1);
}

static void Dma_MoreThanTheMaximum_IsRefused(void **State)
{
    (void)State;
    static UCHAR Large[4 * PAGE_SIZE];
    BindOne();
    NDIS_HANDLE Dma = DmaRegister();
    PMDL Mdl = NdisAllocateMdl(One->Handle, Large, sizeof(Large));
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(One->Pool, 0, 0, Mdl, 0,
                                                                 sizeof(Large));
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(
        (int)NdisMAllocateNetBufferSGList(Dma, NET_BUFFER_LIST_FIRST_NB(Nbl), NULL, 0, NULL, 0),
        (int)NDIS_STATUS_RESOURCES);
    KeLowerIrql(Irql);
    assert_null(Seen.List);
    NdisFreeNetBufferList(Nbl);
    NdisFreeMdl(Mdl);
    NdisMDeregisterScatterGatherDma(Dma);
}

static void Dma_ListOfAnMdl_SaysHowMuchItNeeds(void **State)
{
    (void)State;
    DECLSPEC_ALIGN(16) UCHAR Buffer[256];
    NicAdd(0);
    PMDL Mdl = NdisAllocateMdl(Nics[0].Handle, First, 2 * PAGE_SIZE);
    NDIS_SCATTER_GATHER_LIST_PARAMETERS P = {0};
    P.Header.Revision = NDIS_SCATTER_GATHER_LIST_PARAMETERS_REVISION_1;
    P.Header.Size = NDIS_SIZEOF_SCATTER_GATHER_LIST_PARAMETERS_REVISION_1;
    P.Mdl = Mdl;
    P.CurrentVa = First + 10;
    P.Length = PAGE_SIZE;
    P.ProcessSGListHandler = ProcessList;
    P.ScatterGatherListBuffer = (PSCATTER_GATHER_LIST)Buffer;
    P.ScatterGatherListBufferSize = 16;
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal((int)NdisBuildScatterGatherList(Nics[0].Handle, &P),
                     (int)NDIS_STATUS_BUFFER_TOO_SHORT);
    P.ScatterGatherListBufferSize = P.ScatterGatherListBufferSizeNeeded;
    assert_int_equal(NdisBuildScatterGatherList(Nics[0].Handle, &P), 0);
    assert_int_equal(Seen.List->NumberOfElements, 2);
    assert_int_equal(Seen.List->Elements[0].Length, PAGE_SIZE - 10);
    assert_int_equal(Seen.List->Elements[1].Length, 10);
    NdisFreeScatterGatherList(Nics[0].Handle, Seen.List, FALSE);
    KeLowerIrql(Irql);
    NdisFreeMdl(Mdl);
}

static void DoListAtPassive(void)
{
    NicAdd(0);
    NdisMAllocateNetBufferSGList(DmaRegister(), NULL, NULL, 0, NULL, 0);
}

static void Dma_ListAtPassive_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoListAtPassive, BUGCODE_NDIS_DRIVER,
                   "NdisMAllocateNetBufferSGList is called at IRQL 0; it must be DISPATCH_LEVEL");
}

static void DoLeaveList(void)
{
    BindOne();
    NDIS_HANDLE Dma = DmaRegister();
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisMAllocateNetBufferSGList(Dma, NET_BUFFER_LIST_FIRST_NB(SpreadNbl(0)), NULL, 0, NULL, 0);
    KeLowerIrql(Irql);
    NdisMDeregisterScatterGatherDma(Dma);
}

static void Dma_DeregisteredWithAList_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoLeaveList, BUGCODE_NDIS_DRIVER, "1 scatter/gather lists are not freed");
}

static void SharedMemory_AtOnceAndLater(void **State)
{
    (void)State;
    PVOID Memory;
    NDIS_PHYSICAL_ADDRESS Address;
    int Own;
    NicAdd(0);
    NDIS_HANDLE Dma = DmaRegister();
    NdisMAllocateSharedMemory(Nics[0].Handle, 5000, TRUE, &Memory, &Address);
    assert_non_null(Memory);
    memset(Memory, 0xA5, 5000);
    assert_int_equal(Address.QuadPart, MmGetPhysicalAddress(Memory).QuadPart);
    NdisMFreeSharedMemory(Nics[0].Handle, 5000, TRUE, Memory, Address);
    assert_int_equal(NdisMAllocateSharedMemoryAsyncEx(Dma, 5000, TRUE, &Own), NDIS_STATUS_PENDING);
    EventWait(&Seen.Done);
    assert_ptr_equal(Seen.Context, &Own);
    assert_int_equal(Seen.Irql, PASSIVE_LEVEL);
    assert_non_null(Seen.Memory);
    NdisMFreeSharedMemory(Nics[0].Handle, 5000, TRUE, Seen.Memory, Seen.Address);
    NdisMDeregisterScatterGatherDma(Dma);
}

static void SharedMemory_ByParameters_IsContiguous(void **State)
{
    (void)State;
    DECLSPEC_ALIGN(16) UCHAR Buffer[64];
    NDIS_HANDLE Handle;
    NDIS_SHARED_MEMORY_PARAMETERS P = {0};
    NicAdd(0);
    assert_int_equal((int)NdisAllocateSharedMemory(Nics[0].Handle, &P, &Handle),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    P.Header.Revision = NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1;
    P.Header.Size = NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1;
    P.Usage = NdisSharedMemoryUsageReceive;
    P.Length = 3 * PAGE_SIZE;
    P.SGListBuffer = (PSCATTER_GATHER_LIST)Buffer;
    P.SGListBufferLength = sizeof(Buffer);
    assert_int_equal(NdisAllocateSharedMemory(Nics[0].Handle, &P, &Handle), 0);
    memset(P.VirtualAddress, 0xA5, P.Length);
    assert_int_equal(P.SGListBuffer->NumberOfElements, 1);
    assert_int_equal(P.SGListBuffer->Elements[0].Length, P.Length);
    NdisFreeSharedMemory(Nics[0].Handle, Handle);
}

// ---- what there is no hardware for

static void Absent_Hardware_FailsByTheDocumentedStatus(void **State)
{
    (void)State;
    NDIS_MINIPORT_INTERRUPT_CHARACTERISTICS Interrupt = {0};
    NDIS_MSIX_CONFIG_PARAMETERS Msix = {0};
    NDIS_DMA_DESCRIPTION Description = {0};
    NDIS_PHYSICAL_ADDRESS Where = {.QuadPart = 0xFEE00000};
    NDIS_HANDLE Handle = &Interrupt;
    PVOID Address = &Interrupt;
    UCHAR Byte = 0x55;
    NicAdd(0);
    NDIS_HANDLE Nic = Nics[0].Handle;
    assert_int_equal((int)NdisMRegisterInterruptEx(Nic, NULL, &Interrupt, &Handle),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    Interrupt.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_INTERRUPT;
    Interrupt.Header.Revision = 1;
    Interrupt.Header.Size = NDIS_SIZEOF_MINIPORT_INTERRUPT_CHARACTERISTICS_REVISION_1;
    assert_int_equal((int)NdisMRegisterInterruptEx(Nic, NULL, &Interrupt, &Handle),
                     (int)NDIS_STATUS_RESOURCE_CONFLICT);
    assert_null(Handle);
    assert_int_equal((int)NdisMConfigMSIXTableEntry(Nic, &Msix), (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal((int)NdisMMapIoSpace(&Address, Nic, Where, 16),
                     (int)NDIS_STATUS_RESOURCE_CONFLICT);
    assert_null(Address);
    assert_int_equal((int)NdisMRegisterIoPortRange(&Address, Nic, 0x300, 8),
                     (int)NDIS_STATUS_RESOURCE_CONFLICT);
    assert_int_equal((int)NdisMRegisterDmaChannel(&Handle, Nic, 1, FALSE, &Description, 16),
                     (int)NDIS_STATUS_RESOURCE_CONFLICT);
    assert_int_equal(NdisMGetBusData(Nic, PCI_WHICHSPACE_CONFIG, 0, &Byte, 1), 0);
    assert_int_equal(Byte, 0x55);
    assert_int_equal(NdisMSetBusData(Nic, PCI_WHICHSPACE_CONFIG, 0, &Byte, 1), 0);
    assert_int_equal((int)NdisMCreateLog(Nic, 4096, &Handle), (int)NDIS_STATUS_FAILURE);
}

static void Absent_VirtualFunctions_FailByTheDocumentedStatus(void **State)
{
    (void)State;
    USHORT Segment = 0;
    UCHAR Bus = 0, Function = 0, Byte = 0x55;
    ULONG Bars[6];
    NicAdd(0);
    NDIS_HANDLE Nic = Nics[0].Handle;
    assert_int_equal((int)NdisMEnableVirtualization(Nic, 1, FALSE, FALSE, TRUE),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal(NdisMGetVirtualFunctionBusData(Nic, 0, &Byte, 0, 1), 0);
    assert_int_equal(NdisMSetVirtualFunctionBusData(Nic, 0, &Byte, 0, 1), 0);
    assert_int_equal(Byte, 0x55);
    NdisMGetVirtualFunctionLocation(Nic, 0, &Segment, &Bus, &Function);
    assert_int_equal(Segment, 0xFFFF);
    assert_int_equal((int)NdisMQueryProbedBars(Nic, Bars), (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal((int)NdisMReadConfigBlock(Nic, 0, &Byte, 1), (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal((int)NdisMWriteConfigBlock(Nic, 0, &Byte, 1), (int)NDIS_STATUS_NOT_SUPPORTED);
    NdisMInvalidateConfigBlock(Nic, 0, 1); // has no result
}

static void Absent_File_IsNotFound(void **State)
{
    (void)State;
    NDIS_STATUS Status;
    NDIS_HANDLE Handle = &Status;
    NDIS_PHYSICAL_ADDRESS Highest = {.QuadPart = -1};
    UNICODE_STRING Name;
    UINT Length = 1;
    RtlInitUnicodeString(&Name, L"firmware.bin");
    NdisOpenFile(&Status, &Handle, &Length, &Name, Highest);
    assert_int_equal((int)Status, (int)NDIS_STATUS_FILE_NOT_FOUND);
    assert_null(Handle);
    assert_int_equal(Length, 0);
}

static ULONG Fake[8]; // no handle of NDIS
#define NEVER_GIVEN(Name, Call)                                                                    \
    static void Do##Name(void)                                                                     \
    {                                                                                              \
        NicAdd(0);                                                                                 \
        Call;                                                                                      \
    }

NEVER_GIVEN(DeregisterInterrupt, NdisMDeregisterInterruptEx(Fake))
NEVER_GIVEN(QueueDpc, NdisMQueueDpc(Fake, 0, 1, NULL))
NEVER_GIVEN(QueueDpcEx, NdisMQueueDpcEx(Fake, 0, NULL, NULL))
NEVER_GIVEN(Synchronize, NdisMSynchronizeWithInterruptEx(Fake, 0, NULL, NULL))
NEVER_GIVEN(UnmapIoSpace, NdisMUnmapIoSpace(Nics[0].Handle, Fake, 16))
NEVER_GIVEN(DeregisterPorts, NdisMDeregisterIoPortRange(Nics[0].Handle, 0, 8, Fake))
NEVER_GIVEN(DeregisterDma, NdisMDeregisterDmaChannel(Fake))
NEVER_GIVEN(ReadDmaCounter, NdisMReadDmaCounter(Fake))
NEVER_GIVEN(UnmapFile, NdisUnmapFile(Fake))
NEVER_GIVEN(CloseFile, NdisCloseFile(Fake))
NEVER_GIVEN(MapFile, NdisMapFile(NULL, NULL, Fake))
NEVER_GIVEN(CloseLog, NdisMCloseLog(Fake))
NEVER_GIVEN(FlushLog, NdisMFlushLog(Fake))
NEVER_GIVEN(WriteLog, NdisMWriteLogData(Fake, Fake, 4))
NEVER_GIVEN(IdleConfirm, NdisMIdleNotificationConfirm(Nics[0].Handle, NdisDeviceStateD2))
NEVER_GIVEN(IdleComplete, NdisMIdleNotificationComplete(Nics[0].Handle))

static void Absent_HandleThatWasNeverGiven_BugChecks(void **State)
{
    (void)State;
    static const struct {
        void (*Body)(void);
        const char *Sentence;
    } Cases[] = {
        {DoDeregisterInterrupt, "NdisMDeregisterInterruptEx: "},
        {DoQueueDpc, "NdisMQueueDpc: "},
        {DoQueueDpcEx, "NdisMQueueDpcEx: "},
        {DoSynchronize, "NdisMSynchronizeWithInterruptEx: "},
        {DoUnmapIoSpace, "is not a handle of NdisMMapIoSpace, which always fails"},
        {DoDeregisterPorts, "NdisMDeregisterIoPortRange: "},
        {DoDeregisterDma, "NdisMDeregisterDmaChannel: "},
        {DoReadDmaCounter, "NdisMReadDmaCounter: "},
        {DoUnmapFile, "NdisUnmapFile: "},
        {DoCloseFile, "NdisCloseFile: "},
        {DoMapFile, "NdisMapFile: "},
        {DoCloseLog, "NdisMCloseLog: "},
        {DoFlushLog, "NdisMFlushLog: "},
        {DoWriteLog, "NdisMWriteLogData: "},
        {DoIdleConfirm, "no idle notification is under way"},
        {DoIdleComplete, "no idle notification is under way"},
    };
    for (unsigned i = 0; i < ARRAYSIZE(Cases); i++) {
        ExpectBugCheck(Cases[i].Body, BUGCODE_NDIS_DRIVER, Cases[i].Sentence);
    }
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Hang_ReportedByTheMiniport_IsReset),
        NDIS_TEST(Shutdown_IsToldToTheMiniport),
        NDIS_TEST(Remove_AskedByTheMiniport_HaltsIt),
        NDIS_TEST(OptionalHandlers_OfAnotherKind_AreRefused),
        NDIS_TEST(Device_Properties_AreThoseOfTheStack),
        NDIS_TEST(Port_IsNumberedAndToldOf),
        cmocka_unit_test_setup_teardown(DirectOid_Pends_IsCompletedOrCancelled, SetupDirect,
                                        TeardownDirect),
        cmocka_unit_test_setup_teardown(SynchronousOid_IsAnsweredInTheCall, SetupDirect,
                                        TeardownDirect),
        NDIS_TEST(SynchronousOid_WithoutHandler_IsNotSupported),
        NDIS_TEST(CloneOid_HasTheDataAndNoReservedFields),
        NDIS_TEST(ReceiveInfo_IsCopiedToAnotherNbl),
        NDIS_TEST(Dma_List_HasAnElementForEachPage),
        NDIS_TEST(Dma_MoreThanTheMaximum_IsRefused),
        NDIS_TEST(Dma_ListOfAnMdl_SaysHowMuchItNeeds),
        cmocka_unit_test(Dma_ListAtPassive_BugChecks),
        cmocka_unit_test(Dma_DeregisteredWithAList_BugChecks),
        NDIS_TEST(SharedMemory_AtOnceAndLater),
        NDIS_TEST(SharedMemory_ByParameters_IsContiguous),
        NDIS_TEST(Absent_Hardware_FailsByTheDocumentedStatus),
        NDIS_TEST(Absent_VirtualFunctions_FailByTheDocumentedStatus),
        NDIS_TEST(Absent_File_IsNotFound),
        cmocka_unit_test(Absent_HandleThatWasNeverGiven_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

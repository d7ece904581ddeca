// SPDX-License-Identifier: MIT
// The test miniport: an ordinary NDIS 6.50 miniport driver without hardware.

#include "fixture.h"

#include "nt/sim.h"

#include <string.h>

TEST_NIC Nics[2];
BOOLEAN NicHasDirectOids;

static NDIS_HANDLE DriverHandle;
static PDRIVER_OBJECT DriverObjectOfNics;
static unsigned StartingNic;
static const UCHAR Addresses[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};

const UCHAR *NicAddress(const TEST_NIC *Nic)
{
    return Addresses[Nic - Nics];
}

// ---- sending

static void HeldAdd(TEST_NIC *Nic, NET_BUFFER_LIST *Nbls)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Nic->Lock, &Irql);
    *Nic->HeldTail = Nbls;
    for (; Nbls != NULL; Nbls = Nbls->Next) {
        Nic->HeldTail = &Nbls->Next;
        Nic->HeldCount++;
    }
    KeReleaseSpinLock(&Nic->Lock, Irql);
    KeSetEvent(&Nic->HeldAny, 0, FALSE);
}

NET_BUFFER_LIST *NicTakeHeld(TEST_NIC *Nic)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Nic->Lock, &Irql);
    NET_BUFFER_LIST *Nbls = Nic->Held;
    Nic->Held = NULL;
    Nic->HeldTail = &Nic->Held;
    Nic->HeldCount = 0;
    KeReleaseSpinLock(&Nic->Lock, Irql);
    KeClearEvent(&Nic->HeldAny);
    return Nbls;
}

void NicWaitHeld(TEST_NIC *Nic)
{
    EventWait(&Nic->HeldAny);
}

void NicComplete(TEST_NIC *Nic, NET_BUFFER_LIST *Nbls, NDIS_STATUS Status, ULONG Flags)
{
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        Nbl->Status = Status;
        Nbl->Scratch = (PVOID)(ULONG_PTR)0xDEADu;
    }
    if (Nbls != NULL) {
        NdisMSendNetBufferListsComplete(Nic->Handle, Nbls, Flags);
    }
}

void NicCompleteHeld(TEST_NIC *Nic)
{
    NicComplete(Nic, NicTakeHeld(Nic), NDIS_STATUS_SUCCESS, 0);
}

static KDEFERRED_ROUTINE NicDpc;
static void NTAPI NicDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    (void)Dpc, (void)Argument1, (void)Argument2;
    TEST_NIC *Nic = Context;
    NicComplete(Nic, NicTakeHeld(Nic), NDIS_STATUS_SUCCESS,
                NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL);
}

static WORKER_THREAD_ROUTINE NicWork;
static void NTAPI NicWork(PVOID Context)
{
    NicCompleteHeld(Context);
}

static MINIPORT_SEND_NET_BUFFER_LISTS NicSend;
static void NTAPI NicSend(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                          ULONG Flags)
{
    (void)Port;
    TEST_NIC *Nic = Context;
    InterlockedIncrement(&Nic->Sends);
    if (Nic->Send == NicCompleteInside) {
        NicComplete(Nic, Nbls, NDIS_STATUS_SUCCESS,
                    (Flags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0
                        ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL
                        : 0);
        return;
    }
    NIC_SEND Send = Nic->Send;
    HeldAdd(Nic, Nbls);
    if (Send == NicCompleteInDpc) {
        KeInsertQueueDpc(&Nic->Dpc, NULL, NULL);
    } else if (Send == NicCompleteInThread) {
        ExQueueWorkItem(&Nic->Work, DelayedWorkQueue);
    }
}

static MINIPORT_CANCEL_SEND NicCancelSend;
static void NTAPI NicCancelSend(NDIS_HANDLE Context, PVOID CancelId)
{
    ((TEST_NIC *)Context)->Cancelled = CancelId;
}

// ---- receiving

static NET_BUFFER_LIST *ReceiveMake(TEST_NIC *Nic, const UCHAR Destination[6])
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Nic->Pool, 0, 0);
    assert_non_null(Nbl);
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    assert_int_equal(NdisRetreatNetBufferDataStart(Nb, TEST_FRAME_BYTES, 0, NULL), 0);
    UCHAR *Frame = NdisGetDataBuffer(Nb, TEST_FRAME_BYTES, NULL, 1, 0);
    assert_non_null(Frame);
    memset(Frame, 0x5A, TEST_FRAME_BYTES);
    memcpy(Frame, Destination, 6);
    Nbl->SourceHandle = Nic->Handle;
    return Nbl;
}

static void ReceiveFree(TEST_NIC *Nic, NET_BUFFER_LIST *Nbls)
{
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = Nbls->Next;
        NdisFreeNetBufferList(Nbls);
        InterlockedIncrement(&Nic->Returned);
        Nbls = Next;
    }
}

void NicReceiveEach(TEST_NIC *Nic, const UCHAR *const *Destinations, ULONG Count, ULONG Flags)
{
    NET_BUFFER_LIST *List = NULL;
    for (ULONG i = Count; i-- > 0;) {
        NET_BUFFER_LIST *Nbl = ReceiveMake(Nic, Destinations[i]);
        Nbl->Next = List;
        List = Nbl;
    }
    NdisMIndicateReceiveNetBufferLists(Nic->Handle, List, 0, Count, Flags);
    if ((Flags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0) {
        return;
    }
    ULONG Back = 0;
    for (NET_BUFFER_LIST *Nbl = List; Nbl != NULL; Nbl = Nbl->Next) {
        Back++;
    }
    assert_int_equal(Back, Count); // the list is as it was
    ReceiveFree(Nic, List);
}

void NicReceive(TEST_NIC *Nic, const UCHAR Destination[6], ULONG Count, ULONG Flags)
{
    const UCHAR *Destinations[16];
    assert_true(Count <= ARRAYSIZE(Destinations));
    for (ULONG i = 0; i < Count; i++) {
        Destinations[i] = Destination;
    }
    NicReceiveEach(Nic, Destinations, Count, Flags);
}

static MINIPORT_RETURN_NET_BUFFER_LISTS NicReturn;
static void NTAPI NicReturn(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    (void)Flags;
    ReceiveFree(Context, Nbls);
}

void NicStatus(TEST_NIC *Nic, NDIS_STATUS Code, PVOID Buffer, ULONG Length)
{
    NDIS_STATUS_INDICATION Indication = {0};
    Indication.Header.Type = NDIS_OBJECT_TYPE_STATUS_INDICATION;
    Indication.Header.Revision = NDIS_STATUS_INDICATION_REVISION_1;
    Indication.Header.Size = NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    Indication.SourceHandle = Nic->Handle;
    Indication.StatusCode = Code;
    Indication.StatusBuffer = Buffer;
    Indication.StatusBufferSize = Length;
    NdisMIndicateStatusEx(Nic->Handle, &Indication);
}

// ---- OIDs

static NDIS_STATUS OidDo(TEST_NIC *Nic, PNDIS_OID_REQUEST Request)
{
    PVOID Buffer = Request->DATA.SET_INFORMATION.InformationBuffer;
    ULONG Length = Request->DATA.SET_INFORMATION.InformationBufferLength;
    if (Request->RequestType == NdisRequestSetInformation) {
        switch (Request->DATA.Oid) {
        case OID_GEN_CURRENT_PACKET_FILTER:
            memcpy(&Nic->PacketFilter, Buffer, sizeof(ULONG));
            return Nic->OidStatus;
        case OID_GEN_CURRENT_LOOKAHEAD:
            memcpy(&Nic->Lookahead, Buffer, sizeof(ULONG));
            return Nic->OidStatus;
        case OID_802_3_MULTICAST_LIST:
            Nic->MulticastCount = Length / 6;
            return Nic->OidStatus;
        case OID_PNP_SET_POWER:
            memcpy(&Nic->Power, Buffer, sizeof(Nic->Power));
            return NDIS_STATUS_SUCCESS;
        default:
            return NDIS_STATUS_NOT_SUPPORTED;
        }
    }
    if (Request->DATA.Oid != OID_GEN_VENDOR_ID) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    ULONG Vendor = 0xFFFFFF;
    Request->DATA.QUERY_INFORMATION.BytesWritten = sizeof(Vendor);
    memcpy(Buffer, &Vendor, sizeof(Vendor));
    return Nic->OidStatus;
}

static MINIPORT_OID_REQUEST NicOidRequest;
static NDIS_STATUS NTAPI NicOidRequest(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    TEST_NIC *Nic = Context;
    InterlockedIncrement(&Nic->Oids);
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        return NDIS_STATUS_FAILURE;
    }
    if (Nic->PendOid) {
        Nic->PendingOid = Request;
        KeSetEvent(&Nic->OidCame, 0, FALSE);
        return NDIS_STATUS_PENDING;
    }
    return OidDo(Nic, Request);
}

void NicFinishOid(TEST_NIC *Nic, NDIS_STATUS Status)
{
    PNDIS_OID_REQUEST Request = Nic->PendingOid;
    Nic->PendingOid = NULL;
    KeClearEvent(&Nic->OidCame);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = OidDo(Nic, Request);
    }
    NdisMOidRequestComplete(Nic->Handle, Request, Status);
}

static MINIPORT_CANCEL_OID_REQUEST NicCancelOid;
static void NTAPI NicCancelOid(NDIS_HANDLE Context, PVOID RequestId)
{
    TEST_NIC *Nic = Context;
    if (Nic->PendingOid != NULL && Nic->PendingOid->RequestId == RequestId) {
        NicFinishOid(Nic, NDIS_STATUS_REQUEST_ABORTED);
    }
}

// ---- life

static void GeneralFill(TEST_NIC *Nic, NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *General)
{
    static NDIS_OID Supported[] = {OID_GEN_CURRENT_PACKET_FILTER, OID_GEN_VENDOR_ID};
    General->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    General->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    General->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2;
    General->MediaType = NdisMedium802_3;
    General->MtuSize = Nic->Mtu;
    General->MaxXmitLinkSpeed = General->MaxRcvLinkSpeed = 10000000000ull;
    General->XmitLinkSpeed = General->RcvLinkSpeed = 1000000000ull;
    General->MediaConnectState = MediaConnectStateConnected;
    General->MediaDuplexState = MediaDuplexStateFull;
    General->LookaheadSize = Nic->Mtu;
    General->MacOptions = NDIS_MAC_OPTION_NO_LOOPBACK;
    General->SupportedPacketFilters = NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST |
                                      NDIS_PACKET_TYPE_ALL_MULTICAST | NDIS_PACKET_TYPE_BROADCAST |
                                      NDIS_PACKET_TYPE_PROMISCUOUS;
    General->MaxMulticastListSize = 4;
    General->MacAddressLength = 6;
    memcpy(General->CurrentMacAddress, NicAddress(Nic), 6);
    memcpy(General->PermanentMacAddress, NicAddress(Nic), 6);
    General->AccessType = NET_IF_ACCESS_BROADCAST;
    General->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    General->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    General->IfType = IF_TYPE_ETHERNET_CSMACD;
    General->IfConnectorPresent = TRUE;
    General->DataBackFillSize = 32;
    General->ContextBackFillSize = 16;
    General->SupportedOidList = Supported;
    General->SupportedOidListLength = sizeof(Supported);
}

static NDIS_HANDLE ReceivePool(NDIS_HANDLE Owner)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.DataSize = 256;
    Parameters.PoolTag = 0x74736574;
    return NdisAllocateNetBufferListPool(Owner, &Parameters);
}

static MINIPORT_INITIALIZE NicInitialize;
static NDIS_STATUS NTAPI NicInitialize(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext,
                                       PNDIS_MINIPORT_INIT_PARAMETERS Parameters)
{
    (void)DriverContext;
    TEST_NIC *Nic = &Nics[StartingNic];
    LogAdd(Nic->Log, 'I');
    assert_int_equal(Parameters->Header.Type, NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS);
    assert_int_not_equal(Parameters->IfIndex, 0);
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes = {0};
    Attributes.RegistrationAttributes.Header.Type =
        NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    Attributes.RegistrationAttributes.Header.Revision = 1;
    Attributes.RegistrationAttributes.Header.Size =
        NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.RegistrationAttributes.MiniportAdapterContext = Nic;
    Attributes.RegistrationAttributes.CheckForHangTimeInSeconds = Nic->HangSeconds;
    if (NdisMSetMiniportAttributes(Handle, &Attributes) != NDIS_STATUS_SUCCESS) {
        return NDIS_STATUS_FAILURE;
    }
    memset(&Attributes, 0, sizeof(Attributes));
    GeneralFill(Nic, &Attributes.GeneralAttributes);
    if (NdisMSetMiniportAttributes(Handle, &Attributes) != NDIS_STATUS_SUCCESS) {
        return NDIS_STATUS_FAILURE;
    }
    Nic->Pool = ReceivePool(Handle);
    if (Nic->Pool == NULL || Nic->FailInitialize) {
        if (Nic->Pool != NULL) {
            NdisFreeNetBufferListPool(Nic->Pool);
        }
        return NDIS_STATUS_RESOURCES;
    }
    Nic->Handle = Handle;
    return NDIS_STATUS_SUCCESS;
}

static MINIPORT_HALT NicHalt;
static void NTAPI NicHalt(NDIS_HANDLE Context, NDIS_HALT_ACTION Action)
{
    TEST_NIC *Nic = Context;
    LogAdd(Nic->Log, Action == NdisHaltDeviceSurpriseRemoved ? 'h' : 'H');
    NdisFreeNetBufferListPool(Nic->Pool);
    Nic->Pool = NULL;
    Nic->Handle = NULL;
}

static WORKER_THREAD_ROUTINE NicPauseLater, NicRestartLater;
static void NTAPI NicPauseLater(PVOID Context)
{
    NdisMPauseComplete(((TEST_NIC *)Context)->Handle);
}

static void NTAPI NicRestartLater(PVOID Context)
{
    NdisMRestartComplete(((TEST_NIC *)Context)->Handle, NDIS_STATUS_SUCCESS);
}

static MINIPORT_PAUSE NicPause;
static NDIS_STATUS NTAPI NicPause(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters)
{
    (void)Parameters;
    TEST_NIC *Nic = Context;
    LogAdd(Nic->Log, 'P');
    if (!Nic->PendPause) {
        return NDIS_STATUS_SUCCESS;
    }
    ExInitializeWorkItem(&Nic->Work, NicPauseLater, Nic);
    ExQueueWorkItem(&Nic->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

static MINIPORT_RESTART NicRestart;
static NDIS_STATUS NTAPI NicRestart(NDIS_HANDLE Context,
                                    PNDIS_MINIPORT_RESTART_PARAMETERS Parameters)
{
    TEST_NIC *Nic = Context;
    LogAdd(Nic->Log, 'R');
    assert_non_null(Parameters->RestartAttributes);
    assert_int_equal(Parameters->RestartAttributes->Oid, OID_GEN_MINIPORT_RESTART_ATTRIBUTES);
    if (Nic->FailRestart) {
        return NDIS_STATUS_FAILURE;
    }
    if (!Nic->PendRestart) {
        return NDIS_STATUS_SUCCESS;
    }
    ExInitializeWorkItem(&Nic->Work, NicRestartLater, Nic);
    ExQueueWorkItem(&Nic->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

static WORKER_THREAD_ROUTINE NicResetLater;
static void NTAPI NicResetLater(PVOID Context)
{
    NdisMResetComplete(((TEST_NIC *)Context)->Handle, NDIS_STATUS_SUCCESS, TRUE);
}

static MINIPORT_RESET NicReset;
static NDIS_STATUS NTAPI NicReset(NDIS_HANDLE Context, PBOOLEAN AddressingReset)
{
    TEST_NIC *Nic = Context;
    LogAdd(Nic->Log, 'r');
    *AddressingReset = FALSE;
    Nic->PacketFilter = 0;
    NicComplete(Nic, NicTakeHeld(Nic), NDIS_STATUS_RESET_IN_PROGRESS, 0);
    ExInitializeWorkItem(&Nic->Work, NicResetLater, Nic);
    ExQueueWorkItem(&Nic->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

// ---- a control device

static DRIVER_DISPATCH ControlDispatch;
static NTSTATUS NTAPI ControlDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG *Opens = NdisGetDeviceReservedExtension(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CREATE) {
        ++*Opens;
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NDIS_HANDLE NicControlDevice(PDEVICE_OBJECT *Device)
{
    static PDRIVER_DISPATCH Majors[IRP_MJ_MAXIMUM_FUNCTION + 1];
    UNICODE_STRING Name, Link;
    NDIS_HANDLE Handle;
    RtlInitUnicodeString(&Name, L"\\Device\\NicControl");
    RtlInitUnicodeString(&Link, L"\\DosDevices\\NicControl");
    Majors[IRP_MJ_CREATE] = Majors[IRP_MJ_CLEANUP] = Majors[IRP_MJ_CLOSE] = ControlDispatch;
    NDIS_DEVICE_OBJECT_ATTRIBUTES Attributes = {0};
    Attributes.Header.Type = NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_DEVICE_OBJECT_ATTRIBUTES_REVISION_1;
    Attributes.DeviceName = &Name;
    Attributes.SymbolicName = &Link;
    Attributes.MajorFunctions = Majors;
    Attributes.ExtensionSize = sizeof(ULONG);
    assert_int_equal(NdisRegisterDeviceEx(DriverHandle, &Attributes, Device, &Handle), 0);
    return Handle;
}

static MINIPORT_DEVICE_PNP_EVENT_NOTIFY NicDeviceEvent;
static void NTAPI NicDeviceEvent(NDIS_HANDLE Context, PNET_DEVICE_PNP_EVENT Event)
{
    TEST_NIC *Nic = Context;
    if (Event->DevicePnPEvent == NdisDevicePnPEventSurpriseRemoved) {
        LogAdd(Nic->Log, 'x');
        NicComplete(Nic, NicTakeHeld(Nic), NDIS_STATUS_FAILURE, 0);
        Nic->Send = NicCompleteInside;
    } else if (Event->DevicePnPEvent == NdisDevicePnPEventQueryRemoved) {
        LogAdd(Nic->Log, 'q');
    }
}

static MINIPORT_SHUTDOWN NicShutdown;
static void NTAPI NicShutdown(NDIS_HANDLE Context, NDIS_SHUTDOWN_ACTION Action)
{
    assert_int_equal(Action, NdisShutdownPowerOff);
    LogAdd(((TEST_NIC *)Context)->Log, 's');
}

static MINIPORT_CHECK_FOR_HANG NicCheckForHang;
static BOOLEAN NTAPI NicCheckForHang(NDIS_HANDLE Context)
{
    TEST_NIC *Nic = Context;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    BOOLEAN Hung = Nic->Hung;
    Nic->Hung = FALSE;
    return Hung;
}

// ---- direct and synchronous requests: the first pends until it is finished or cancelled

static MINIPORT_DIRECT_OID_REQUEST NicDirectOid;
static NDIS_STATUS NTAPI NicDirectOid(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    ((TEST_NIC *)Context)->PendingOid = Request;
    return NDIS_STATUS_PENDING;
}

static MINIPORT_CANCEL_DIRECT_OID_REQUEST NicCancelDirectOid;
static void NTAPI NicCancelDirectOid(NDIS_HANDLE Context, PVOID RequestId)
{
    TEST_NIC *Nic = Context;
    if (Nic->PendingOid->RequestId == RequestId) {
        NdisMDirectOidRequestComplete(Nic->Handle, Nic->PendingOid, NDIS_STATUS_REQUEST_ABORTED);
    }
}

static MINIPORT_SYNCHRONOUS_OID_REQUEST NicSynchronousOid;
static NDIS_STATUS NTAPI NicSynchronousOid(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request)
{
    return OidDo(Context, Request);
}

static MINIPORT_UNLOAD NicUnload;
static void NTAPI NicUnload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
    NdisMDeregisterMiniportDriver(DriverHandle);
}

// Optional handlers can be set at registration only.
static MINIPORT_ADD_DEVICE NicAddDevice;
static NDIS_STATUS NTAPI NicAddDevice(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext)
{
    (void)DriverContext;
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes = {0};
    Attributes.AddDeviceRegistrationAttributes.Header.Type =
        NDIS_OBJECT_TYPE_MINIPORT_ADD_DEVICE_REGISTRATION_ATTRIBUTES;
    Attributes.AddDeviceRegistrationAttributes.Header.Revision = 1;
    Attributes.AddDeviceRegistrationAttributes.Header.Size =
        NDIS_SIZEOF_MINIPORT_ADD_DEVICE_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.AddDeviceRegistrationAttributes.MiniportAddDeviceContext = &Nics[StartingNic];
    return NdisMSetMiniportAttributes(Handle, &Attributes);
}

static MINIPORT_REMOVE_DEVICE NicRemoveDevice;
static void NTAPI NicRemoveDevice(NDIS_HANDLE AddDeviceContext)
{
    ((TEST_NIC *)AddDeviceContext)->DeviceRemoved = TRUE;
}

static MINIPORT_SET_OPTIONS NicSetOptions;
static NDIS_STATUS NTAPI NicSetOptions(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext)
{
    (void)DriverContext;
    NDIS_MINIPORT_PNP_CHARACTERISTICS Pnp = {0};
    Pnp.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_PNP_CHARACTERISTICS;
    Pnp.Header.Revision = NDIS_MINIPORT_PNP_CHARACTERISTICS_REVISION_1;
    Pnp.Header.Size = NDIS_SIZEOF_MINIPORT_PNP_CHARACTERISTICS_REVISION_1;
    Pnp.MiniportAddDeviceHandler = NicAddDevice;
    Pnp.MiniportRemoveDeviceHandler = NicRemoveDevice;
    return NdisSetOptionalHandlers(Handle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Pnp);
}

DRIVER_INITIALIZE NicDriverEntryForTest;
NTSTATUS NTAPI NicDriverEntryForTest(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS C = {0};
    C.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    C.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 50;
    C.InitializeHandlerEx = NicInitialize;
    C.HaltHandlerEx = NicHalt;
    C.UnloadHandler = NicUnload;
    C.PauseHandler = NicPause;
    C.RestartHandler = NicRestart;
    C.OidRequestHandler = NicOidRequest;
    C.SendNetBufferListsHandler = NicSend;
    C.ReturnNetBufferListsHandler = NicReturn;
    C.CancelSendHandler = NicCancelSend;
    C.DevicePnPEventNotifyHandler = NicDeviceEvent;
    C.ShutdownHandlerEx = NicShutdown;
    C.ResetHandlerEx = NicReset;
    C.CancelOidRequestHandler = NicCancelOid;
    C.CheckForHangHandlerEx = NicCheckForHang;
    if (NicHasDirectOids) {
        C.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3;
        C.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3;
        C.DirectOidRequestHandler = NicDirectOid;
        C.CancelDirectOidRequestHandler = NicCancelDirectOid;
        C.SynchronousOidRequestHandler = NicSynchronousOid;
    }
    C.SetOptionsHandler = NicSetOptions;
    DriverObjectOfNics = DriverObject;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &C, &DriverHandle);
}

void NicsReset(void)
{
    memset(Nics, 0, sizeof(Nics));
    for (unsigned i = 0; i < 2; i++) {
        Nics[i].Mtu = 1500;
        Nics[i].HeldTail = &Nics[i].Held;
    }
}

// Not before the system runs: these are kernel objects.
static void NicObjects(TEST_NIC *Nic)
{
    KeInitializeSpinLock(&Nic->Lock);
    KeInitializeEvent(&Nic->HeldAny, NotificationEvent, FALSE);
    KeInitializeEvent(&Nic->OidCame, NotificationEvent, FALSE);
    KeInitializeDpc(&Nic->Dpc, NicDpc, Nic);
    ExInitializeWorkItem(&Nic->Work, NicWork, Nic);
}

void NicAdd(unsigned Number)
{
    static const char *const Values[] = {
        "NetworkAddress", "02-AB-cd-00-11-22", "*Speed", "17", "Hex", "1F"};
    StartingNic = Number;
    NicObjects(&Nics[Number]);
    NTSTATUS Status = SimPnpAddDevice(DriverObjectOfNics, Values, 3, &Nics[Number].Pdo);
    if (!NT_SUCCESS(Status)) {
        Nics[Number].Pdo = NULL;
    }
}

void NicRemove(unsigned Number, BOOLEAN Surprise)
{
    PDEVICE_OBJECT Pdo = Nics[Number].Pdo;
    if (NT_SUCCESS(SimPnpRemoveDevice(Pdo, Surprise))) {
        Nics[Number].Pdo = NULL;
    }
}

// SPDX-License-Identifier: MIT

// The lowest rung: one NBL, prepared once, sent again and again. What is left is NDIS and the
// miniport. Between two sends only what a lower driver may have left is written (Next and the
// large-send slot), so it is a limit, not a driver.

#include "classic.h"

typedef struct FLOOR {
    NET_BUFFER_LIST *Nbl;
    MDL *Mdl;
    UCHAR *Frame;
    volatile LONG InCall; // 1 while the sender is in NDIS; the completion takes it to 0
    KEVENT Home;
    NDIS_STATUS Status; // the first failure
} FLOOR;

static PACKET_DONE FloorDone;
static VOID NTAPI FloorDone(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    FLOOR *Floor = NBL_REQUEST(Nbl);

    UNREFERENCED_PARAMETER(Binding);
    if (Status != NDIS_STATUS_SUCCESS && Floor->Status == NDIS_STATUS_SUCCESS) {
        Floor->Status = Status;
    }
    // 1: the sender has not looked yet and will see 0. 2: it waits.
    if (InterlockedExchange(&Floor->InCall, 0) == 2) {
        KeSetEvent(&Floor->Home, IO_NETWORK_INCREMENT, FALSE);
    }
}

static VOID FloorDestroy(FLOOR *Floor)
{
    if (Floor->Nbl != NULL) {
        NdisFreeNetBufferList(Floor->Nbl);
    }
    if (Floor->Mdl != NULL) {
        IoFreeMdl(Floor->Mdl);
    }
    if (Floor->Frame != NULL) {
        ExFreePoolWithTag(Floor->Frame, CLASSIC_TAG);
    }
}

static NTSTATUS FloorCreate(BINDING *Binding, FLOOR *Floor, ULONG Bytes)
{
    Floor->Frame = ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, CLASSIC_TAG);
    if (Floor->Frame == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Floor->Frame[0] = 0x02; // a local unicast destination
    RtlCopyMemory(Floor->Frame + 6, Binding->Address, sizeof(Binding->Address));
    Floor->Frame[12] = 0x88; // EtherType for local experiments, IEEE 802
    Floor->Frame[13] = 0xB5;
    Floor->Mdl = IoAllocateMdl(Floor->Frame, Bytes, FALSE, FALSE, NULL);
    if (Floor->Mdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(Floor->Mdl);
    Floor->Nbl = NdisAllocateNetBufferAndNetBufferList(Binding->NblPool, 0, 0, Floor->Mdl, 0,
                                                       Bytes);
    if (Floor->Nbl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NBL_DONE(Floor->Nbl) = (PVOID)FloorDone;
    NBL_REQUEST(Floor->Nbl) = Floor;
    Floor->Nbl->SourceHandle = Binding->NdisHandle;
    return STATUS_SUCCESS;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    FloorSend(BINDING *Binding, FLOOR *Floor, const SEND_PARTS *Parts)
{
    NTSTATUS Status = ClassicEnter(Binding, Parts);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WriteNoFence(&Floor->InCall, 1);
    NET_BUFFER_LIST_NEXT_NBL(Floor->Nbl) = NULL;
    NET_BUFFER_LIST_INFO(Floor->Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    NdisSendNetBufferLists(Binding->NdisHandle, Floor->Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
    if (ReadAcquire(&Floor->InCall) != 0 && InterlockedCompareExchange(&Floor->InCall, 2, 1) == 1) {
        KeWaitForSingleObject(&Floor->Home, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

NTSTATUS ClassicSendFloor(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    CLASSIC_FLOOR Request;
    SEND_PARTS Parts = {0};
    FLOOR Floor = {0};
    NTSTATUS Status;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(Request)) {
        return STATUS_INVALID_BUFFER_SIZE;
    }
    Request = *(CLASSIC_FLOOR *)Irp->AssociatedIrp.SystemBuffer;
    Parts.HeaderBytes = Request.FrameBytes;
    Status = ClassicEnter(Binding, &Parts); // so that the binding stays while the NBL is built
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    KeInitializeEvent(&Floor.Home, SynchronizationEvent, FALSE);
    Status = FloorCreate(Binding, &Floor, Request.FrameBytes);
    for (ULONG Count = 0; NT_SUCCESS(Status) && Count < Request.Count; Count++) {
        Status = FloorSend(Binding, &Floor, &Parts);
    }
    FloorDestroy(&Floor);
    ExReleaseRundownProtection(&Binding->SendGate);
    if (NT_SUCCESS(Status) && Floor.Status != NDIS_STATUS_SUCCESS) {
        Status = NT_ERROR(Floor.Status) ? Floor.Status : STATUS_UNSUCCESSFUL;
    }
    return Status;
}

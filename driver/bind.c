// SPDX-License-Identifier: MIT

// What NDIS does to a binding: bind, pause, restart, unbind. One at a time for each, at
// PASSIVE_LEVEL.

#include "binding.h"

#include "tags.h"

#define BINDING_ETHERNET_HEADER 14u

// ---- bind

// What the adapter is now. The OID, because a filter or a VLAN setting can lower it below MTU + 14
// (contract SND-31).
_IRQL_requires_(PASSIVE_LEVEL) static ULONG BindingReadMaximumFrameSize(BINDING *Binding)
{
    ULONG Bytes;

    if (OidQueryUlong(Binding->NdisHandle, &Binding->Oid, OID_GEN_MAXIMUM_TOTAL_SIZE, &Bytes) !=
        NDIS_STATUS_SUCCESS) {
        Bytes = Binding->MtuBytes + BINDING_ETHERNET_HEADER;
    }
    return Bytes;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    BindingCreatePool(BINDING *Binding, ULONG MaximumFrameSize)
{
    NBL_POOL_PARAMETERS Parameters = {
        .NdisHandle = Binding->ProtocolHandle,
        .Count = Binding->Settings.InFlightLimit,
        .FrameBytes = MaximumFrameSize,
        .DataBackFillBytes = Binding->DataBackFillBytes,
        .ContextBackFillBytes = Binding->ContextBackFillBytes,
        .PartialBytes = MaximumFrameSize,
        .Tag = TAG_NBL_POOL,
    };
    NBL_POOL *Old = Binding->Pool;
    NBL_POOL *New;
    KIRQL OldIrql;
    NTSTATUS Status;

    Status = NblPoolCreate(&Parameters, &New);
    if (!NT_SUCCESS(Status)) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL,
                   "Shuttle: no %u slots of %u bytes for %wZ (0x%08X)\n", Parameters.Count,
                   MaximumFrameSize, &Binding->Name, (ULONG)Status);
        return Status;
    }
    Binding->Pool = New;
    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->MaximumFrameSize = MaximumFrameSize;
    Binding->SlotBytes = NblPoolSlotBytes(New);
    Binding->NblsAllocated += Parameters.Count;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);
    NblPoolDestroy(Old);
    return STATUS_SUCCESS;
}

// Cache-aware, because each frame passes the gate twice: one count for all processors would be what
// they wait for. In memory of the driver's own, which BindingRelease may free at DISPATCH_LEVEL.
_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS BindingCreateGate(BINDING *Binding)
{
    SIZE_T Bytes = ExSizeOfRundownProtectionCacheAware();

    Binding->SendGate = ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, TAG_GATE);
    if (Binding->SendGate == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    // Born closed, like a binding that has been paused.
    ExInitializeRundownProtectionCacheAware(Binding->SendGate, Bytes);
    ExWaitForRundownProtectionReleaseCacheAware(Binding->SendGate);
    return STATUS_SUCCESS;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    BindingCreate(const NDIS_BIND_PARAMETERS *Parameters, BINDING **NewBinding)
{
    BINDING *Binding;
    NTSTATUS Status;

    if (Parameters->AdapterName->Length > sizeof(Binding->NameBuffer) ||
        Parameters->MacAddressLength != sizeof(Binding->Address)) {
        return STATUS_NOT_SUPPORTED;
    }
    Binding = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), TAG_BINDING);
    if (Binding == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Binding->References = 1;
    Binding->State = BindingPaused;
    KeInitializeSpinLock(&Binding->Lock);
    KeInitializeEvent(&Binding->OpenOrCloseDone, SynchronizationEvent, FALSE);
    Status = BindingCreateGate(Binding);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    Status = SettingsRead(&Binding->Settings);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    Status = StatisticsCreate(&Binding->Statistics);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    Status = WaitStart(&Binding->Waits);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    Binding->Name = (UNICODE_STRING){0, sizeof(Binding->NameBuffer), Binding->NameBuffer};
    RtlCopyUnicodeString(&Binding->Name, Parameters->AdapterName);
    Binding->UpcasedName = (UNICODE_STRING){0, sizeof(Binding->UpcasedBuffer),
                                            Binding->UpcasedBuffer};
    Status = RtlUpcaseUnicodeString(&Binding->UpcasedName, &Binding->Name, FALSE);
    if (!NT_SUCCESS(Status)) {
        goto Release;
    }
    *NewBinding = Binding;
    return STATUS_SUCCESS;

Release:
    BindingRelease(Binding);
    return Status;
}

static VOID BindingTakeParameters(BINDING *Binding, const NDIS_BIND_PARAMETERS *Parameters)
{
    RtlCopyMemory(Binding->Address, Parameters->CurrentMacAddress, sizeof(Binding->Address));
    Binding->InterfaceIndex = Parameters->BoundIfIndex;
    Binding->LinkSpeed = Parameters->XmitLinkSpeed == NDIS_LINK_SPEED_UNKNOWN
                             ? 0
                             : Parameters->XmitLinkSpeed;
    Binding->LinkUp = Parameters->MediaConnectState == MediaConnectStateConnected;
    Binding->MtuBytes = Parameters->MtuSize;
    Binding->DataBackFillBytes = Parameters->DataBackFillSize;
    Binding->ContextBackFillBytes = Parameters->ContextBackFillSize;
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS
    BindingOpenAdapter(BINDING *Binding, NDIS_HANDLE BindContext, PNDIS_STRING AdapterName)
{
    NDIS_OPEN_PARAMETERS *Open = &Binding->OpenParameters;
    NDIS_STATUS Status;

    Binding->Medium = NdisMedium802_3;
    Open->Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open->Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open->Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open->AdapterName = AdapterName;
    Open->MediumArray = &Binding->Medium;
    Open->MediumArraySize = 1;
    Open->SelectedMediumIndex = &Binding->MediumIndex;

    Status = NdisOpenAdapterEx(Binding->ProtocolHandle, Binding, Open, BindContext,
                               &Binding->NdisHandle);
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->OpenOrCloseDone, Executive, KernelMode, FALSE, NULL);
        Status = Binding->OpenStatus;
    }
    return Status;
}

VOID BindingOpenDone(BINDING *Binding, NDIS_STATUS Status)
{
    Binding->OpenStatus = Status;
    KeSetEvent(&Binding->OpenOrCloseDone, IO_NETWORK_INCREMENT, FALSE);
}

// The NDIS handle is dead as soon as the call is made (contract BND-38). Status and receive
// indications may come until the close is complete, so that the structure has to last so long.
_IRQL_requires_(PASSIVE_LEVEL) static VOID BindingCloseAdapter(BINDING *Binding)
{
    if (NdisCloseAdapterEx(Binding->NdisHandle) == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Binding->OpenOrCloseDone, Executive, KernelMode, FALSE, NULL);
    }
    Binding->NdisHandle = NULL;
    NblPoolDestroy(Binding->Pool);
    Binding->Pool = NULL;
}

VOID BindingCloseDone(BINDING *Binding)
{
    KeSetEvent(&Binding->OpenOrCloseDone, IO_NETWORK_INCREMENT, FALSE);
}

NDIS_STATUS BindingBind(NDIS_HANDLE ProtocolHandle, NDIS_HANDLE BindContext,
                        const NDIS_BIND_PARAMETERS *Parameters)
{
    BINDING *Binding;
    NTSTATUS Status;

    if (Parameters->MediaType != NdisMedium802_3) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Status = BindingCreate(Parameters, &Binding);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Binding->ProtocolHandle = ProtocolHandle;
    BindingTakeParameters(Binding, Parameters);

    Status = BindingOpenAdapter(Binding, BindContext, Parameters->AdapterName);
    if (Status != NDIS_STATUS_SUCCESS) {
        goto Release;
    }
    Status = BindingCreatePool(Binding, BindingReadMaximumFrameSize(Binding));
    if (!NT_SUCCESS(Status)) {
        goto Close;
    }

    BindingInsert(Binding);
    return NDIS_STATUS_SUCCESS;

Close:
    BindingCloseAdapter(Binding);
Release:
    BindingRelease(Binding);
    return Status;
}

// ---- pause and restart

VOID BindingPause(BINDING *Binding)
{
    BindingSetPhase(Binding, BindingPausing);
    ExWaitForRundownProtectionReleaseCacheAware(Binding->SendGate);
    BindingSetPhase(Binding, BindingPaused);
}

static const NDIS_RESTART_GENERAL_ATTRIBUTES *BindingFindGeneralAttributes(
    const NDIS_PROTOCOL_RESTART_PARAMETERS *Parameters)
{
    for (NDIS_RESTART_ATTRIBUTES *Attributes = Parameters->RestartAttributes; Attributes != NULL;
         Attributes = Attributes->Next) {
        if (Attributes->Oid == OID_GEN_MINIPORT_RESTART_ATTRIBUTES &&
            Attributes->DataLength >= NDIS_SIZEOF_RESTART_GENERAL_ATTRIBUTES_REVISION_1) {
            return (const NDIS_RESTART_GENERAL_ATTRIBUTES *)Attributes->Data;
        }
    }
    return NULL;
}

// The stack below can be another one now (contract BND-53, BND-54). Slots that are too small or
// have too little back-fill are replaced; larger ones are kept.
_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    BindingAdapt(BINDING *Binding, const NDIS_PROTOCOL_RESTART_PARAMETERS *Parameters)
{
    const NDIS_RESTART_GENERAL_ATTRIBUTES *Attributes = BindingFindGeneralAttributes(Parameters);
    BOOLEAN Fits = TRUE;
    ULONG MaximumFrameSize;
    KIRQL OldIrql;

    if (Attributes != NULL) {
        Fits = Attributes->DataBackFillSize <= Binding->DataBackFillBytes &&
               Attributes->ContextBackFillSize <= Binding->ContextBackFillBytes;
        Binding->DataBackFillBytes = max(Binding->DataBackFillBytes, Attributes->DataBackFillSize);
        Binding->ContextBackFillBytes = max(Binding->ContextBackFillBytes,
                                            Attributes->ContextBackFillSize);
        Binding->MtuBytes = Attributes->MtuSize;
    }
    MaximumFrameSize = BindingReadMaximumFrameSize(Binding);
    // Not as a sum: what a lower driver answers may be any number.
    if (!Fits ||
        MaximumFrameSize > NblPoolFrameBytes(Binding->Pool) - NblPoolBackFillBytes(Binding->Pool)) {
        return BindingCreatePool(Binding, MaximumFrameSize);
    }
    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->MaximumFrameSize = MaximumFrameSize;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);
    return STATUS_SUCCESS;
}

NDIS_STATUS
BindingRestart(BINDING *Binding, const NDIS_PROTOCOL_RESTART_PARAMETERS *Parameters)
{
    NTSTATUS Status = STATUS_SUCCESS;

    BindingSetPhase(Binding, BindingRestarting);
    if (Parameters != NULL) {
        Status = BindingAdapt(Binding, Parameters);
    }
    if (!NT_SUCCESS(Status)) {
        BindingSetPhase(Binding, BindingPaused);
        return Status;
    }
    ExReInitializeRundownProtectionCacheAware(Binding->SendGate);
    BindingSetPhase(Binding, BindingRunning);
    WaitWake(Binding);
    return NDIS_STATUS_SUCCESS;
}

// ---- unbind

VOID BindingUnbind(BINDING *Binding)
{
    BindingRemove(Binding);

    // NDIS has paused the binding, so that nothing of it is on the way and the gate is closed for
    // good. An adapter that is gone already may fail the request; it needs no filter any more.
    BindingSetPhase(Binding, BindingClosed);
    WaitWake(Binding);
    (VOID) OidSetUlong(Binding->NdisHandle, &Binding->Oid, OID_GEN_CURRENT_PACKET_FILTER, 0);
    BindingCloseAdapter(Binding);
    BindingRelease(Binding);
}

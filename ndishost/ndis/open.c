// SPDX-License-Identifier: MIT
// NdisOpenAdapterEx and NdisCloseAdapterEx, at once or pended, and where the upward path finds an
// open binding.

#include "adapter.h"

// The gate's cells are made with the first binding in a slot and stay with the adapter: the upward
// path may look at a slot at any time.
static NTSTATUS SlotTake(BINDING *Binding)
{
    ADAPTER *Adapter = Binding->Adapter;
    for (ULONG i = 0; i < BINDINGS_MAX; i++) {
        BINDING_SLOT *Slot = &Adapter->Slots[i];
        if (Slot->Binding != NULL) {
            continue;
        }
        if (Slot->Gate.Cells == NULL && !NT_SUCCESS(SimDrainCreate(&Slot->Gate))) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        Binding->Slot = i;
        return STATUS_SUCCESS;
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

void SimBindingPublish(BINDING *Binding)
{
    ADAPTER *Adapter = Binding->Adapter;
    BINDING_SLOT *Slot = &Adapter->Slots[Binding->Slot];
    WriteNoFence(&Slot->PacketFilter, 0);
    WritePointerRelease((volatile PVOID *)&Slot->Binding, Binding);
    SimDrainOpen(&Slot->Gate);
    if ((LONG)Binding->Slot >= Adapter->SlotsUsed) {
        WriteRelease(&Adapter->SlotsUsed, (LONG)Binding->Slot + 1);
    }
    SimDrainOpen(&Binding->Received);
    SimDrainOpen(&Binding->Requests);
    Binding->Open = TRUE;
    SimLoopbackUpdate(Adapter);
}

// No receive or status callback runs or begins after this.
void SimBindingRetract(BINDING *Binding)
{
    BINDING_SLOT *Slot = &Binding->Adapter->Slots[Binding->Slot];
    InterlockedExchange(&Slot->PacketFilter, 0);
    SimDrainClose(&Slot->Gate);
    // Under the lock, by which a receive looks into the multicast list without the gate.
    KIRQL Irql;
    KeAcquireSpinLock(&Binding->Adapter->Lock, &Irql);
    WritePointerRelease((volatile PVOID *)&Slot->Binding, NULL);
    KeReleaseSpinLock(&Binding->Adapter->Lock, Irql);
    SimLoopbackUpdate(Binding->Adapter);
}

static BINDING *BindContextCheck(NDIS_HANDLE BindContext)
{
    if (HandleSignature(BindContext) != SIGNATURE_BIND_CONTEXT) {
        return NULL;
    }
    return CONTAINING_RECORD(BindContext, BINDING, Bind);
}

static NDIS_STATUS MediumSelect(BINDING *Binding, const NDIS_OPEN_PARAMETERS *Parameters)
{
    for (UINT i = 0; i < Parameters->MediumArraySize; i++) {
        if (Parameters->MediumArray[i] == Binding->Adapter->General.MediaType) {
            Binding->MediumIndex = i;
            return NDIS_STATUS_SUCCESS;
        }
    }
    return NDIS_STATUS_UNSUPPORTED_MEDIA;
}

static void OpenFinish(BINDING *Binding)
{
    *Binding->HandleTo = Binding;
    *Binding->SelectedMediumIndex = Binding->MediumIndex;
    SimBindingPublish(Binding);
    SimBindingSetState(Binding, BindingPaused);
    NDIS_HOOK(Opened, (Binding));
}

static WORKER_THREAD_ROUTINE OpenLater;
static void NTAPI OpenLater(PVOID Context)
{
    BINDING *Binding = Context;
    OpenFinish(Binding);
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackOpenComplete, 0));
    Binding->Protocol->Characteristics.OpenAdapterCompleteHandlerEx(Binding->Context,
                                                                    NDIS_STATUS_SUCCESS);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackOpenComplete));
    BusyEnd();
}

NDIS_STATUS NTAPI NdisOpenAdapterEx(NDIS_HANDLE NdisProtocolHandle,
                                    NDIS_HANDLE ProtocolBindingContext,
                                    PNDIS_OPEN_PARAMETERS OpenParameters, NDIS_HANDLE BindContext,
                                    PNDIS_HANDLE NdisBindingHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    BINDING *Binding = BindContextCheck(BindContext);
    // Only while its bind is under way, and once.
    if (Binding == NULL || Binding->Protocol != NdisProtocolHandle ||
        SimBindingState(Binding) != BindingOpening || Binding->HandleTo != NULL) {
        NDIS_HOOK(OpenRefused, (NdisProtocolHandle, BindContext));
        return NDIS_STATUS_FAILURE;
    }
    if (!HeaderIsAtLeast(&OpenParameters->Header, NDIS_OBJECT_TYPE_OPEN_PARAMETERS,
                         NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1)) {
        return NDIS_STATUS_FAILURE;
    }
    if (!RtlEqualUnicodeString(OpenParameters->AdapterName, &Binding->Adapter->Name, TRUE)) {
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    }
    NDIS_STATUS Status = MediumSelect(Binding, OpenParameters);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    if (!NT_SUCCESS(SlotTake(Binding))) {
        return NDIS_STATUS_RESOURCES;
    }
    Binding->Context = ProtocolBindingContext;
    Binding->HandleTo = NdisBindingHandle;
    Binding->SelectedMediumIndex = OpenParameters->SelectedMediumIndex;
    NDIS_HOOK(Opening, (Binding, OpenParameters, NdisBindingHandle));
    if ((SimNdis.Pending & SIM_NDIS_PEND_OPEN) == 0) {
        OpenFinish(Binding);
        return NDIS_STATUS_SUCCESS;
    }
    NDIS_HOOK(OpenReturned, (Binding, NDIS_STATUS_PENDING));
    BusyBegin();
    ExInitializeWorkItem(&Binding->Work, OpenLater, Binding);
    ExQueueWorkItem(&Binding->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

static void CloseFinish(BINDING *Binding)
{
    SimBindingRetract(Binding);
    LONG64 Held = SimDrainSum(&Binding->Received);
    if (Held != 0) {
        BugCheck(NDIS_BUG_NBL_LEAKED, Binding, Held, 0,
                 "protocol %wZ closes binding %p while it holds %d received NBLs",
                 &Binding->Protocol->Name, Binding, (int)Held);
    }
    SimDrainClose(&Binding->Received);
    SimDrainClose(&Binding->Requests);
    SimOidMergeClose(Binding);
    Binding->Open = FALSE;
    NDIS_HOOK(Closed, (Binding));
}

static WORKER_THREAD_ROUTINE CloseLater;
static void NTAPI CloseLater(PVOID Context)
{
    BINDING *Binding = Context;
    CloseFinish(Binding);
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackCloseComplete, 0));
    Binding->Protocol->Characteristics.CloseAdapterCompleteHandlerEx(Binding->Context);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackCloseComplete));
    BusyEnd();
}

// Legal in a bind that will fail (Paused, not yet bound) and in an unbind (Closing).
NDIS_STATUS NTAPI NdisCloseAdapterEx(NDIS_HANDLE NdisBindingHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    BOOLEAN InBind = SimBindingState(Binding) == BindingPaused &&
                     ReadAcquire(&Binding->Bind.Expected) != 0;
    if (Binding->HandleIsDead || !Binding->Open ||
        (!InBind && SimBindingState(Binding) != BindingClosing)) {
        BugCheck(
            NDIS_BUG_CLOSE_STATE, Binding, SimBindingState(Binding), Binding->Open,
            "NdisCloseAdapterEx: binding %p is %s%s; only an unbind or a failing bind closes\n",
            Binding, SimBindingStateName(SimBindingState(Binding)),
            Binding->HandleIsDead ? " and was closed before" : "");
    }
    // Sends can't be out: the pause before has waited for them.
    LONG64 Requests = SimDrainSum(&Binding->Requests);
    if (Requests != 0) {
        BugCheck(NDIS_BUG_CLOSE_OUTSTANDING, Binding, Requests, 0,
                 "protocol %wZ closes binding %p while %d OID requests are not complete",
                 &Binding->Protocol->Name, Binding, (int)Requests);
    }
    NDIS_HOOK(Closing, (Binding));
    SimBindingSetState(Binding, BindingClosing);
    Binding->HandleIsDead = TRUE;
    if ((SimNdis.Pending & SIM_NDIS_PEND_CLOSE) == 0) {
        CloseFinish(Binding);
        return NDIS_STATUS_SUCCESS;
    }
    BusyBegin();
    ExInitializeWorkItem(&Binding->Work, CloseLater, Binding);
    ExQueueWorkItem(&Binding->Work, DelayedWorkQueue);
    return NDIS_STATUS_PENDING;
}

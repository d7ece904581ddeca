// SPDX-License-Identifier: MIT
// Status indications, upwards, and what Top is made of.

#include "adapter.h"

static void SlotStatus(ADAPTER *Adapter, ULONG Number, PNDIS_STATUS_INDICATION Indication)
{
    BINDING_SLOT *Slot = &Adapter->Slots[Number];
    if (ReadPointerAcquire((const volatile PVOID *)&Slot->Binding) == NULL ||
        !SimDrainEnter(&Slot->Gate, 1)) {
        return;
    }
    BINDING *Binding = ReadPointerAcquire((const volatile PVOID *)&Slot->Binding);
    STATUS_HANDLER_EX Handler = Binding->Protocol->Characteristics.StatusHandlerEx;
    if (Handler != NULL &&
        (Indication->DestinationHandle == NULL || Indication->DestinationHandle == Binding)) {
        Handler(Binding->Context, Indication);
    }
    SimDrainLeave(&Slot->Gate, 1);
}

void NTAPI SimTopStatus(NDIS_HANDLE Context, PNDIS_STATUS_INDICATION StatusIndication)
{
    ADAPTER *Adapter = Context;
    LONG Used = ReadAcquire(&Adapter->SlotsUsed);
    for (LONG i = 0; i < Used; i++) {
        SlotStatus(Adapter, (ULONG)i, StatusIndication);
    }
}

void NTAPI NdisMIndicateStatusEx(NDIS_HANDLE MiniportAdapterHandle,
                                 PNDIS_STATUS_INDICATION StatusIndication)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    if (!HeaderIsAtLeast(&StatusIndication->Header, NDIS_OBJECT_TYPE_STATUS_INDICATION,
                         NDIS_SIZEOF_STATUS_INDICATION_REVISION_1)) {
        BugCheck(NDIS_BUG_STATUS_INDICATION, Adapter, StatusIndication, 0,
                 "NdisMIndicateStatusEx: the header of indication %p is wrong", StatusIndication);
    }
    if (StatusIndication->StatusCode == NDIS_STATUS_LINK_STATE) {
        if (StatusIndication->StatusBufferSize < NDIS_SIZEOF_LINK_STATE_REVISION_1) {
            BugCheck(NDIS_BUG_STATUS_INDICATION, Adapter, StatusIndication,
                     StatusIndication->StatusBufferSize,
                     "NdisMIndicateStatusEx: NDIS_STATUS_LINK_STATE without a link state");
        }
        SimAttributesSetLinkState(Adapter, StatusIndication->StatusBuffer);
    }
    MODULE_UP Above = SimPathAbove(Adapter, &Adapter->Bottom);
    Above.Status(Above.Context, StatusIndication);
}

// The stack as long as no filter is in it. Bottom.Down is the miniport's, once it is initialised.
void SimTopInitialize(ADAPTER *Adapter)
{
    MODULE_UP *Up = &Adapter->Top.Up;
    Up->Context = Adapter;
    Up->SendComplete = SimTopSendComplete;
    Up->Receive = SimTopReceive;
    Up->Status = SimTopStatus;
    Up->OidComplete = SimTopOidComplete;
    Up->DirectOidComplete = SimTopDirectOidComplete;
    InitializeListHead(&Adapter->Modules);
    InsertTailList(&Adapter->Modules, &Adapter->Top.Link);
    InsertTailList(&Adapter->Modules, &Adapter->Bottom.Link);
    SimPathConnect(&Adapter->Modules);
}

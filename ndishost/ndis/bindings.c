// SPDX-License-Identifier: MIT
// Every binding that there is, so that a handle can be looked up without a look behind it.

#include "adapter.h"

void SimBindingEnlist(BINDING *Binding)
{
    KIRQL Irql;
    KeAcquireSpinLock(&SimNdis.BindingsLock, &Irql);
    InsertTailList(&SimNdis.Bindings, &Binding->AllLink);
    KeReleaseSpinLock(&SimNdis.BindingsLock, Irql);
}

void SimBindingDelist(BINDING *Binding)
{
    KIRQL Irql;
    if (Binding->AllLink.Flink == NULL) {
        return; // it was never finished
    }
    KeAcquireSpinLock(&SimNdis.BindingsLock, &Irql);
    RemoveEntryList(&Binding->AllLink);
    KeReleaseSpinLock(&SimNdis.BindingsLock, Irql);
}

static void BindingDescribe(const BINDING *Binding, SIM_NDIS_BINDING_INFO *Info)
{
    PROTOCOL *Protocol = Binding->Protocol;
    Info->State = SimBindingStateName(SimBindingState(Binding));
    Info->Protocol = Protocol == NULL ? NULL : &Protocol->Name;
    Info->Adapter = &Binding->Adapter->Name;
    Info->MaximumFrameBytes = Binding->Adapter->General.MtuSize + ETHERNET_HEADER_BYTES;
    Info->ProtocolContext = Binding->Context;
    Info->ProtocolHandle = Protocol;
    Info->Closed = Binding->HandleIsDead || Protocol == NULL;
}

void SimNdisVisitBindings(SIM_NDIS_VISIT_BINDING *Visit, PVOID Context)
{
    SIM_NDIS_BINDING_INFO Info;
    KIRQL Irql;
    KeAcquireSpinLock(&SimNdis.BindingsLock, &Irql);
    for (LIST_ENTRY *Entry = SimNdis.Bindings.Flink; Entry != &SimNdis.Bindings;
         Entry = Entry->Flink) {
        BindingDescribe(CONTAINING_RECORD(Entry, BINDING, AllLink), &Info);
        if (!Info.Closed) {
            Visit(&Info, Context);
        }
    }
    KeReleaseSpinLock(&SimNdis.BindingsLock, Irql);
}

BOOLEAN NTAPI SimNdisBindingInfo(NDIS_HANDLE Handle, SIM_NDIS_BINDING_INFO *Info)
{
    BOOLEAN Found = FALSE;
    KIRQL Irql;
    KeAcquireSpinLock(&SimNdis.BindingsLock, &Irql);
    for (LIST_ENTRY *Entry = SimNdis.Bindings.Flink; Entry != &SimNdis.Bindings && !Found;
         Entry = Entry->Flink) {
        const BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, AllLink);
        if (Binding == Handle) {
            BindingDescribe(Binding, Info);
            Found = TRUE;
        }
    }
    KeReleaseSpinLock(&SimNdis.BindingsLock, Irql);
    return Found;
}

// SPDX-License-Identifier: MIT
// NBLs on their way down and back up.
//
// The send gate of a binding (BINDING.Sends) is its state, its count and its drain in one: a send
// enters it with the number of its NBLs, which fails unless the binding may send; a completion
// leaves it after the protocol's callback has returned.

#include "adapter.h"

static DECLSPEC_NOINLINE void NTAPI SendRefuse(BINDING *Binding, NET_BUFFER_LIST *Nbls)
{
    BugCheck(NDIS_BUG_SEND_STATE, Binding, SimBindingState(Binding), Nbls,
             "NdisSendNetBufferLists: binding %p is %s; only a Running binding sends\n", Binding,
             SimBindingStateName(SimBindingState(Binding)));
}

static ULONG NTAPI SendCount(BINDING *Binding, NET_BUFFER_LIST *Nbls)
{
    ULONG Count = 0;
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        if (Nbl->SourceHandle != Binding) {
            BugCheck(NDIS_BUG_SOURCE_HANDLE, Binding, Nbl, Nbl->SourceHandle,
                     "NdisSendNetBufferLists: SourceHandle of NBL %p is %p, the binding is %p", Nbl,
                     Nbl->SourceHandle, Binding);
        }
        Count++;
    }
    return Count;
}

void NTAPI NdisSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists,
                                  NDIS_PORT_NUMBER PortNumber, ULONG SendFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    NDIS_HOOK(Sending, (Binding, NetBufferLists, PortNumber, SendFlags));
    ULONG Count = SendCount(Binding, NetBufferLists);
    if (!SimDrainEnter(&Binding->Sends, Count)) {
        SendRefuse(Binding, NetBufferLists);
    }
    SimNdisCountSend(Count);
    ADAPTER *Adapter = Binding->Adapter;
    if (ReadNoFence(&Adapter->Loopback) != 0 ||
        (SendFlags & NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK) != 0) {
        SimReceiveLoopback(Binding, NetBufferLists, PortNumber, SendFlags);
    }
    const MODULE_DOWN *Below = &Adapter->Top.Below;
    Below->Send(Below->Context, NetBufferLists, PortNumber, SendFlags);
}

// Takes the NBLs of the first one's binding out of the list, in order.
static NET_BUFFER_LIST *NTAPI CompletionSplit(NET_BUFFER_LIST **Nbls, ULONG *Count)
{
    NET_BUFFER_LIST *First = *Nbls;
    NET_BUFFER_LIST **Tail = &First->Next;
    NET_BUFFER_LIST *Rest = NULL;
    NET_BUFFER_LIST **RestTail = &Rest;
    *Count = 1;
    for (NET_BUFFER_LIST *Nbl = First->Next; Nbl != NULL; Nbl = Nbl->Next) {
        if (Nbl->SourceHandle == First->SourceHandle) {
            *Tail = Nbl;
            Tail = &Nbl->Next;
            (*Count)++;
        } else {
            *RestTail = Nbl;
            RestTail = &Nbl->Next;
        }
    }
    *Tail = NULL;
    *RestTail = NULL;
    *Nbls = Rest;
    return First;
}

static void NTAPI CompleteUp(BINDING *Binding, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG Flags)
{
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackSendComplete, Count));
    Binding->SendComplete(Binding->Context, Nbls, Flags);
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackSendComplete));
    NDIS_HOOK(SendCompleted, (Binding));
    SimDrainLeave(&Binding->Sends, Count);
}

void NTAPI SimNdisSendCompleteUp(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags)
{
    CompleteUp(Binding, Nbls, SimNblCount(Nbls), CompleteFlags);
}

void NTAPI SimTopSendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST NetBufferLists, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Context);
    while (NetBufferLists != NULL) {
        ULONG Count;
        NET_BUFFER_LIST *First = CompletionSplit(&NetBufferLists, &Count);
        BINDING *Binding = SimBindingCheck(First->SourceHandle, "NdisMSendNetBufferListsComplete");
        if (SimNdisHooks != NULL && SimNdisHooks->SendCompleting(Binding, First, Flags)) {
            continue;
        }
        CompleteUp(Binding, First, Count, Flags);
    }
}

void NTAPI NdisMSendNetBufferListsComplete(NDIS_HANDLE MiniportAdapterHandle,
                                           PNET_BUFFER_LIST NetBufferList, ULONG SendCompleteFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    const MODULE_UP *Above = &Adapter->Bottom.Above;
    Above->SendComplete(Above->Context, NetBufferList, SendCompleteFlags);
}

void NTAPI NdisCancelSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PVOID CancelId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    NDIS_HOOK(CancelSending, (Binding, CancelId));
    MODULE_DOWN Below = SimPathBelow(Binding->Adapter, &Binding->Adapter->Top);
    Below.CancelSend(Below.Context, CancelId);
}

UCHAR NTAPI NdisGeneratePartialCancelId(void)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return (UCHAR)InterlockedIncrement(&SimNdis.LastCancelId);
}

BOOLEAN NTAPI SimNdisCancelIdIsOurs(UCHAR PartialId)
{
    ULONG Last = (ULONG)ReadNoFence(&SimNdis.LastCancelId);
    return Last > 0xFF || (PartialId != 0 && PartialId <= Last);
}

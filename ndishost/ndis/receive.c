// SPDX-License-Identifier: MIT
// NBLs on their way up to the bindings, and back to the miniport.
//
// Each NBL goes to the bindings whose packet filter lets it through. One owner can lend it on only
// to one, since a list's links belong to its owner: all of those bindings but the last get it with
// NDIS_RECEIVE_FLAGS_RESOURCES (they copy and give back at once), the last gets the ownership that
// the miniport gave, and its return is the miniport's. So nothing is counted per NBL and nothing is
// cloned, and every NBL goes home once.

#include "adapter.h"

typedef ULONG64 SLOT_MASK;
C_ASSERT(BINDINGS_MAX <= 64);

static BOOLEAN MulticastWanted(ADAPTER *Adapter, BINDING_SLOT *Slot, const UCHAR *Destination)
{
    BOOLEAN Wanted = FALSE;
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    BINDING *Binding = Slot->Binding;
    for (ULONG i = 0; Binding != NULL && i < Binding->MulticastCount && !Wanted; i++) {
        Wanted = EthernetAddressEqual(Binding->Multicast[i], Destination);
    }
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Wanted;
}

static BOOLEAN SlotWants(ADAPTER *Adapter, BINDING_SLOT *Slot, const UCHAR *Destination,
                         BOOLEAN IsLoopback)
{
    static const UCHAR Broadcast[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    ULONG Filter = (ULONG)ReadNoFence(&Slot->PacketFilter);
    ULONG All = NDIS_PACKET_TYPE_PROMISCUOUS | (IsLoopback ? NDIS_PACKET_TYPE_ALL_LOCAL : 0);
    if ((Filter & All) != 0) {
        return TRUE;
    }
    if (Destination == NULL || Filter == 0) {
        return FALSE;
    }
    if ((Destination[0] & 1) == 0) {
        return (Filter & NDIS_PACKET_TYPE_DIRECTED) != 0 &&
               EthernetAddressEqual(Destination, Adapter->General.CurrentMacAddress);
    }
    if (EthernetAddressEqual(Destination, Broadcast)) {
        return (Filter & NDIS_PACKET_TYPE_BROADCAST) != 0;
    }
    if ((Filter & NDIS_PACKET_TYPE_ALL_MULTICAST) != 0) {
        return TRUE;
    }
    return (Filter & NDIS_PACKET_TYPE_MULTICAST) != 0 &&
           MulticastWanted(Adapter, Slot, Destination);
}

static const UCHAR *DestinationOf(NET_BUFFER_LIST *Nbl, UCHAR Storage[6])
{
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    return Nb == NULL ? NULL : NdisGetDataBuffer(Nb, 6, Storage, 1, 0);
}

static SLOT_MASK WhoWants(ADAPTER *Adapter, NET_BUFFER_LIST *Nbl, SLOT_MASK Allowed)
{
    BOOLEAN IsLoopback = (Nbl->NblFlags & NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET) != 0;
    UCHAR Storage[6];
    const UCHAR *Destination = DestinationOf(Nbl, Storage);
    SLOT_MASK Mask = 0;
    LONG Used = ReadAcquire(&Adapter->SlotsUsed);
    for (LONG i = 0; i < Used; i++) {
        if (SlotWants(Adapter, &Adapter->Slots[i], Destination, IsLoopback)) {
            Mask |= 1ULL << i;
        }
    }
    return Mask & Allowed;
}

// FALSE: the binding is closing, and the NBLs are still the caller's.
static BOOLEAN SlotIndicate(ADAPTER *Adapter, ULONG Number, NET_BUFFER_LIST *Nbls, ULONG Count,
                            NDIS_PORT_NUMBER Port, ULONG Flags)
{
    BINDING_SLOT *Slot = &Adapter->Slots[Number];
    if (!SimDrainEnter(&Slot->Gate, 1)) {
        return FALSE;
    }
    BINDING *Binding = ReadPointerAcquire((const volatile PVOID *)&Slot->Binding);
    BOOLEAN IsLoan = (Flags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0;
    if (IsLoan) {
        SimDrainEnter(&Binding->Received, Count);
    }
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackReceive, Count));
    NDIS_HOOK(Indicating, (Binding, Nbls, Flags));
    Binding->Protocol->Characteristics.ReceiveNetBufferListsHandler(Binding->Context, Nbls, Port,
                                                                    Count, Flags);
    NDIS_HOOK(Indicated, (Binding, Nbls, Flags));
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackReceive));
    SimDrainLeave(&Slot->Gate, 1);
    return TRUE;
}

// A run of NBLs that the same bindings want. FALSE: nobody took it over.
static BOOLEAN RunIndicate(ADAPTER *Adapter, SLOT_MASK Mask, NET_BUFFER_LIST *Nbls, ULONG Count,
                           NDIS_PORT_NUMBER Port, ULONG Flags)
{
    while (Mask != 0) {
        ULONG Number = (ULONG)__builtin_ctzll(Mask);
        Mask &= Mask - 1;
        ULONG Here = Mask == 0 ? Flags : Flags | NDIS_RECEIVE_FLAGS_RESOURCES;
        if (SlotIndicate(Adapter, Number, Nbls, Count, Port, Here) && Mask == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

// Cuts the list into runs. With RESOURCES the links are restored, else what nobody took is
// collected, to go back in one call.
static NET_BUFFER_LIST *RunsIndicate(ADAPTER *Adapter, SLOT_MASK Allowed, NET_BUFFER_LIST *Nbls,
                                     NDIS_PORT_NUMBER Port, ULONG Flags)
{
    NET_BUFFER_LIST *Unwanted = NULL;
    NET_BUFFER_LIST **Tail = &Unwanted;
    while (Nbls != NULL) {
        SLOT_MASK Mask = WhoWants(Adapter, Nbls, Allowed);
        NET_BUFFER_LIST *Last = Nbls;
        ULONG Count = 1;
        while (Last->Next != NULL && WhoWants(Adapter, Last->Next, Allowed) == Mask) {
            Last = Last->Next;
            Count++;
        }
        NET_BUFFER_LIST *Next = Last->Next;
        Last->Next = NULL;
        BOOLEAN Taken = RunIndicate(Adapter, Mask, Nbls, Count, Port, Flags);
        if ((Flags & NDIS_RECEIVE_FLAGS_RESOURCES) != 0) {
            Last->Next = Next;
        } else if (!Taken) {
            *Tail = Nbls;
            Tail = &Last->Next;
        }
        Nbls = Next;
    }
    return Unwanted;
}

void NTAPI SimTopReceive(NDIS_HANDLE Context, PNET_BUFFER_LIST NetBufferLists,
                         NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists,
                         ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    ADAPTER *Adapter = Context;
    NET_BUFFER_LIST *Unwanted = RunsIndicate(Adapter, ~0ULL, NetBufferLists, PortNumber,
                                             ReceiveFlags);
    if (Unwanted != NULL) {
        const MODULE_DOWN *Below = &Adapter->Top.Below;
        Below->Return(Below->Context, Unwanted,
                      (ReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0
                          ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL
                          : 0);
    }
}

void NTAPI NdisMIndicateReceiveNetBufferLists(NDIS_HANDLE MiniportAdapterHandle,
                                              PNET_BUFFER_LIST NetBufferList,
                                              NDIS_PORT_NUMBER PortNumber,
                                              ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    LONG State = ReadAcquire((volatile LONG *)&Adapter->State);
    if (State == AdapterPaused || State == AdapterHalted) {
        BugCheck(NDIS_BUG_RECEIVE_STATE, Adapter, State, NetBufferList,
                 "NdisMIndicateReceiveNetBufferLists: miniport %wZ is paused or halted",
                 &Adapter->Name);
    }
    const MODULE_UP *Above = &Adapter->Bottom.Above;
    Above->Receive(Above->Context, NetBufferList, PortNumber, NumberOfNetBufferLists, ReceiveFlags);
}

void NTAPI NdisReturnNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists,
                                    ULONG ReturnFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    NDIS_HOOK(Returning, (Binding, NetBufferLists, ReturnFlags));
    ULONG Count = SimNblCount(NetBufferLists);
    const MODULE_DOWN *Below = &Binding->Adapter->Top.Below;
    Below->Return(Below->Context, NetBufferLists, ReturnFlags);
    SimDrainLeave(&Binding->Received, Count);
}

// Which bindings hear what `Sender` sends: promiscuous and all-local ones always, every one when
// the sender asks for it, itself only then. The filter of each decides frame by frame.
static SLOT_MASK LoopbackMask(BINDING *Sender, ULONG SendFlags)
{
    ADAPTER *Adapter = Sender->Adapter;
    BOOLEAN Asked = (SendFlags & NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK) != 0;
    SLOT_MASK Mask = 0;
    LONG Used = ReadAcquire(&Adapter->SlotsUsed);
    for (LONG i = 0; i < Used; i++) {
        ULONG Filter = (ULONG)ReadNoFence(&Adapter->Slots[i].PacketFilter);
        BOOLEAN IsSender = (ULONG)i == Sender->Slot;
        if ((Filter & NDIS_PACKET_TYPE_NO_LOCAL) == 0 && (!IsSender || Asked)) {
            Mask |= 1ULL << i;
        }
    }
    return Mask;
}

// The sender's own NBLs are shown, with RESOURCES, before they go down: no copy, and they are as
// they were afterwards.
void NTAPI SimReceiveLoopback(BINDING *Sender, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                              ULONG SendFlags)
{
    ADAPTER *Adapter = Sender->Adapter;
    if (Adapter->General.MediaType != NdisMedium802_3 ||
        (Adapter->General.MacOptions & NDIS_MAC_OPTION_NO_LOOPBACK) == 0) {
        return; // the miniport loops back by itself
    }
    ULONG Flags = NDIS_RECEIVE_FLAGS_RESOURCES;
    if ((SendFlags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0) {
        Flags |= NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL;
    }
    SLOT_MASK Mask = LoopbackMask(Sender, SendFlags);
    if (Mask == 0) {
        return;
    }
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        Nbl->NblFlags |= NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET;
    }
    RunsIndicate(Adapter, Mask, Nbls, Port, Flags);
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        Nbl->NblFlags &= ~(ULONG)NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET;
    }
}

// Whether any send is to be looked at for loopback without being asked.
void SimLoopbackUpdate(ADAPTER *Adapter)
{
    ULONG Open = 0;
    BOOLEAN Wanted = FALSE;
    for (ULONG i = 0; i < BINDINGS_MAX; i++) {
        ULONG Filter = (ULONG)ReadNoFence(&Adapter->Slots[i].PacketFilter);
        if (ReadPointerAcquire((const volatile PVOID *)&Adapter->Slots[i].Binding) != NULL) {
            Open++;
        }
        if ((Filter & NDIS_PACKET_TYPE_ALL_LOCAL) != 0 ||
            ((Filter & NDIS_PACKET_TYPE_PROMISCUOUS) != 0 &&
             (Filter & NDIS_PACKET_TYPE_NO_LOCAL) == 0)) {
            Wanted = TRUE;
        }
    }
    WriteRelease(&Adapter->Loopback, Wanted && Open > 1);
}

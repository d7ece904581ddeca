// SPDX-License-Identifier: MIT

// The way up: the same frames in the same order, but lent or given, at either IRQL, in pieces of
// any size. Each decision is one of the receiver, of whom there is one at a time.

#include "chaos.h"

BOOLEAN ChaosLends(ADAPTER *Adapter)
{
    CHAOS *Chaos = Adapter->Chaos;

    Chaos->Indications++;
    return ChaosDraw(Chaos, ChaosForIndication, Chaos->Indications) % 3 == 0;
}

// Returns the rest.
static NET_BUFFER_LIST *IndicatePiece(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG Most,
                                      ULONG ReceiveFlags)
{
    NET_BUFFER_LIST *Last = Nbls;
    NET_BUFFER_LIST *Rest;
    ULONG Count = 1;

    for (; Count < Most && NET_BUFFER_LIST_NEXT_NBL(Last) != NULL; Count++) {
        Last = NET_BUFFER_LIST_NEXT_NBL(Last);
    }
    Rest = NET_BUFFER_LIST_NEXT_NBL(Last);
    NET_BUFFER_LIST_NEXT_NBL(Last) = NULL;
    NdisMIndicateReceiveNetBufferLists(Chaos->Adapter->Handle, Nbls, NDIS_DEFAULT_PORT_NUMBER,
                                       Count, ReceiveFlags);
    if (ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) {
        NET_BUFFER_LIST_NEXT_NBL(Last) = Rest; // the caller's list is whole again
        ChaosCount(Chaos, CHAOS_LENT_INDICATIONS, 1);
    }
    return Rest;
}

static void IndicatePieces(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG Most, ULONG ReceiveFlags)
{
    while (Nbls != NULL) {
        Nbls = IndicatePiece(Chaos, Nbls, Most, ReceiveFlags);
    }
}

void ChaosIndicate(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG ReceiveFlags)
{
    CHAOS *Chaos = Adapter->Chaos;
    ULONG64 Draw = ChaosDraw(Chaos, ChaosForIndication, Chaos->Indications);
    ULONG Most = (Draw >> 8) % 3 == 0 ? Count : (ULONG)(Draw >> 16) % 4 + 1;
    KIRQL Irql;

    if ((Draw >> 32) % 2 == 0) {
        IndicatePieces(Chaos, Nbls, Most, ReceiveFlags);
        return;
    }
    ChaosCount(Chaos, CHAOS_DISPATCH_INDICATIONS, 1);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    IndicatePieces(Chaos, Nbls, Most, ReceiveFlags | NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL);
    KeLowerIrql(Irql);
}

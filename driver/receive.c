// SPDX-License-Identifier: MIT

// Nobody can receive yet: the packet filter stays 0. Frames can arrive all the same (contract
// BND-90), in every state from open to close, and are counted and given back at once.

#include "receive.h"

#include "binding.h"

_Use_decl_annotations_ VOID ReceiveIndicated(NDIS_HANDLE ProtocolBindingContext,
                                             PNET_BUFFER_LIST NetBufferLists,
                                             NDIS_PORT_NUMBER PortNumber,
                                             ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    BINDING *Binding = ProtocolBindingContext;
    ULONG ReturnFlags = 0;

    UNREFERENCED_PARAMETER(PortNumber);
    StatisticsAdd(&Binding->Statistics, CountFramesReceived, NumberOfNetBufferLists);
    if (ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) {
        return; // they go back with the return of this function (contract BND-87)
    }
    if (ReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) {
        ReturnFlags |= NDIS_RETURN_FLAGS_DISPATCH_LEVEL;
    }
    NdisReturnNetBufferLists(Binding->NdisHandle, NetBufferLists, ReturnFlags);
}

// SPDX-License-Identifier: MIT

// The whole of NBL reuse in one function, for a driver that does not want driver/nbl_pool.[ch].
// docs/reuse.md explains it; tests/examples runs it.

#include <ndis.h>

VOID ReuseNbl(NET_BUFFER_LIST *Nbl, MDL *Mdl, ULONG Offset, ULONG Length, NDIS_HANDLE Binding);

static const NDIS_NET_BUFFER_LIST_INFO Reset[] = {
    TcpIpChecksumNetBufferListInfo, TcpLargeSendNetBufferListInfo, Ieee8021QNetBufferListInfo,
    NetBufferListCancelId,          NetBufferListHashValue,        NetBufferListHashInfo,
};

// `Nbl` has come back by ProtocolSendNetBufferListsComplete, or was never sent. The frame is
// `Length` bytes that begin `Offset` bytes into `Mdl`, which has no Next.
VOID ReuseNbl(NET_BUFFER_LIST *Nbl, MDL *Mdl, ULONG Offset, ULONG Length, NDIS_HANDLE Binding)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_FIRST_MDL(Nb) = Mdl;
    NET_BUFFER_CURRENT_MDL(Nb) = Mdl;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = Offset;
    NET_BUFFER_DATA_OFFSET(Nb) = Offset;
    NET_BUFFER_DATA_LENGTH(Nb) = Length;
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    Nbl->SourceHandle = Binding;
    NdisClearNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Reset); Index++) {
        NET_BUFFER_LIST_INFO(Nbl, Reset[Index]) = NULL;
    }
}

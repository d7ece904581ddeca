// SPDX-License-Identifier: MIT
// Reading the data of an NB: one view of it, copies between NBs, and what an NBL's out-of-band
// array carries over to another NBL.

#include "pool.h"

// A position in an MDL chain.
typedef struct DATA_CURSOR {
    MDL *Mdl;
    ULONG Offset; // in Mdl
} DATA_CURSOR;

static void CursorSkip(DATA_CURSOR *Cursor, ULONG Bytes)
{
    while (Cursor->Mdl != NULL && Bytes >= Cursor->Mdl->ByteCount - Cursor->Offset) {
        Bytes -= Cursor->Mdl->ByteCount - Cursor->Offset;
        Cursor->Mdl = Cursor->Mdl->Next;
        Cursor->Offset = 0;
    }
    Cursor->Offset += Bytes;
}

// The bytes from here to the end of the MDL. NULL: end of the chain, or it can't be mapped.
static UCHAR *CursorMap(const DATA_CURSOR *Cursor, ULONG *Bytes)
{
    if (Cursor->Mdl == NULL) {
        return NULL;
    }
    UCHAR *Address = MmGetSystemAddressForMdlSafe(Cursor->Mdl,
                                                  NormalPagePriority | MdlMappingNoExecute);
    *Bytes = Cursor->Mdl->ByteCount - Cursor->Offset;
    return Address == NULL ? NULL : Address + Cursor->Offset;
}

static DATA_CURSOR CursorAt(const NET_BUFFER *Nb, ULONG Offset)
{
    DATA_CURSOR Cursor = {Nb->CurrentMdl, Nb->CurrentMdlOffset};
    CursorSkip(&Cursor, Offset);
    return Cursor;
}

static BOOLEAN IsAligned(const UCHAR *Address, ULONG AlignMultiple, ULONG AlignOffset)
{
    return AlignMultiple <= 1 ||
           ((ULONG_PTR)Address & (AlignMultiple - 1)) == (AlignOffset & (AlignMultiple - 1));
}

PVOID NTAPI NdisGetDataBuffer(NET_BUFFER *NetBuffer, ULONG BytesNeeded, PVOID Storage,
                              ULONG AlignMultiple, ULONG AlignOffset)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (NetBuffer->stDataLength < BytesNeeded || BytesNeeded == 0) {
        return NULL;
    }
    DATA_CURSOR Cursor = CursorAt(NetBuffer, 0);
    ULONG Bytes;
    UCHAR *From = CursorMap(&Cursor, &Bytes);
    if (From != NULL && Bytes >= BytesNeeded && IsAligned(From, AlignMultiple, AlignOffset)) {
        return From;
    }
    if (Storage == NULL) {
        return NULL;
    }
    for (ULONG Done = 0; Done < BytesNeeded;) {
        From = CursorMap(&Cursor, &Bytes);
        if (From == NULL) {
            return NULL;
        }
        ULONG Part = min(Bytes, BytesNeeded - Done);
        RtlCopyMemory((UCHAR *)Storage + Done, From, Part);
        Done += Part;
        CursorSkip(&Cursor, Part);
    }
    return Storage;
}

NDIS_STATUS NTAPI NdisCopyFromNetBufferToNetBuffer(NET_BUFFER *Destination, ULONG DestinationOffset,
                                                   ULONG BytesToCopy, const NET_BUFFER *Source,
                                                   ULONG SourceOffset, ULONG *BytesCopied)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *BytesCopied = 0;
    if (SourceOffset > Source->stDataLength || DestinationOffset > Destination->stDataLength) {
        return NDIS_STATUS_SUCCESS;
    }
    SIZE_T Bytes = min((SIZE_T)BytesToCopy, Source->stDataLength - SourceOffset);
    Bytes = min(Bytes, Destination->stDataLength - DestinationOffset);
    DATA_CURSOR From = CursorAt(Source, SourceOffset);
    DATA_CURSOR To = CursorAt(Destination, DestinationOffset);
    while (*BytesCopied < Bytes) {
        ULONG FromBytes, ToBytes;
        UCHAR *FromAddress = CursorMap(&From, &FromBytes);
        UCHAR *ToAddress = CursorMap(&To, &ToBytes);
        if (FromAddress == NULL || ToAddress == NULL) {
            return NDIS_STATUS_RESOURCES;
        }
        ULONG Part = min(min(FromBytes, ToBytes), (ULONG)Bytes - *BytesCopied);
        RtlCopyMemory(ToAddress, FromAddress, Part);
        *BytesCopied += Part;
        CursorSkip(&From, Part);
        CursorSkip(&To, Part);
    }
    return NDIS_STATUS_SUCCESS;
}

ULONG NTAPI NdisQueryNetBufferPhysicalCount(NET_BUFFER *NetBuffer)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ULONG Count = 0;
    SIZE_T Left = NetBuffer->stDataLength;
    DATA_CURSOR Cursor = CursorAt(NetBuffer, 0);
    for (; Left != 0 && Cursor.Mdl != NULL; Cursor.Mdl = Cursor.Mdl->Next, Cursor.Offset = 0) {
        ULONG Part = (ULONG)min((SIZE_T)(Cursor.Mdl->ByteCount - Cursor.Offset), Left);
        UCHAR *Address = (UCHAR *)MmGetMdlVirtualAddress(Cursor.Mdl) + Cursor.Offset;
        Count += ADDRESS_AND_SIZE_TO_SPAN_PAGES(Address, Part);
        Left -= Part;
    }
    return Count;
}

static const UCHAR SendInfo[] = {
    TcpIpChecksumNetBufferListInfo,
    IPsecOffloadV1NetBufferListInfo,
    TcpLargeSendNetBufferListInfo,
    ClassificationHandleNetBufferListInfo,
    Ieee8021QNetBufferListInfo,
    NetBufferListCancelId,
    MediaSpecificInformation,
    NetBufferListProtocolId,
    NetBufferListHashValue,
    NetBufferListHashInfo,
    WfpNetBufferListInfo,
    IPsecOffloadV2TunnelNetBufferListInfo,
    IPsecOffloadV2HeaderNetBufferListInfo,
    NetBufferListCorrelationId,
    MediaSpecificInformationEx,
    VirtualSubnetInfo,
    UdpSegmentationOffloadInfo,
    TcpSendOffloadsSupplementalNetBufferListInfo,
};

static const UCHAR ReceiveInfo[] = {
    TcpIpChecksumNetBufferListInfo,
    IPsecOffloadV1NetBufferListInfo,
    TcpReceiveNoPush,
    ClassificationHandleNetBufferListInfo,
    Ieee8021QNetBufferListInfo,
    MediaSpecificInformation,
    NetBufferListFrameType,
    NetBufferListHashValue,
    NetBufferListHashInfo,
    WfpNetBufferListInfo,
    NetBufferListCorrelationId,
    NetBufferListFilteringInfo,
    MediaSpecificInformationEx,
    UdpRecvSegCoalesceOffloadInfo,
    VirtualSubnetInfo,
    TcpRecvSegCoalesceInfo,
    RscTcpTimestampDelta,
    NetBufferListInfoReserved3,
};

#define NBL_FLAGS_COPIED                                                                           \
    (NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_IPV6 | NDIS_NBL_FLAGS_IS_TCP |                     \
     NDIS_NBL_FLAGS_IS_UDP | NDIS_NBL_FLAGS_HD_SPLIT |                                             \
     NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER |                                         \
     NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD)

static void InfoCopy(NET_BUFFER_LIST *To, const NET_BUFFER_LIST *From, const UCHAR *Slots,
                     ULONG Count)
{
    for (ULONG i = 0; i < Count; i++) {
        To->NetBufferListInfo[Slots[i]] = From->NetBufferListInfo[Slots[i]];
    }
    To->NblFlags = (To->NblFlags & ~(ULONG)NBL_FLAGS_COPIED) | (From->NblFlags & NBL_FLAGS_COPIED);
    NDIS_HOOK(InfoCopied, (To));
}

void NTAPI NdisCopySendNetBufferListInfo(NET_BUFFER_LIST *DestNetBufferList,
                                         const NET_BUFFER_LIST *SrcNetBufferList)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    InfoCopy(DestNetBufferList, SrcNetBufferList, SendInfo, ARRAYSIZE(SendInfo));
}

void NTAPI NdisCopyReceiveNetBufferListInfo(NET_BUFFER_LIST *DestNetBufferList,
                                            const NET_BUFFER_LIST *SrcNetBufferList)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    InfoCopy(DestNetBufferList, SrcNetBufferList, ReceiveInfo, ARRAYSIZE(ReceiveInfo));
}

UCHAR NTAPI NdisGetNetBufferListProtocolId(const NET_BUFFER_LIST *NetBufferList)
{
    return (UCHAR)(ULONG_PTR)NetBufferList->NetBufferListInfo[NetBufferListProtocolId];
}

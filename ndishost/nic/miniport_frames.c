// SPDX-License-Identifier: MIT

// From NBLs to frames for the wire, and from what the wire did with these back to the NBLs. All of
// it is the drainer's.
//
// Frames below the medium's minimum are not padded: these media have none, and what arrives is to
// be what was sent. OOB data are not looked at: no offload and no VLAN insertion is ever promised.

#include "adapter.h"

#include <errno.h> // numbers only: the results of a wire

// ---- from NBLs to frames

static NDIS_STATUS SendStatusOfError(int Error)
{
    switch (Error) {
    case 0:
        return NDIS_STATUS_SUCCESS;
    case EMSGSIZE:
        return NDIS_STATUS_INVALID_LENGTH;
    case ENETDOWN:
    case ENOLINK:
        return NDIS_STATUS_MEDIA_DISCONNECTED;
    case ENOBUFS:
    case ENOMEM:
        return NDIS_STATUS_RESOURCES;
    case ENODEV:
    case ENXIO:
        return NDIS_STATUS_ADAPTER_REMOVED;
    default:
        return NDIS_STATUS_FAILURE;
    }
}

static BOOLEAN SendIsTagged(const struct wire_frame *Frame)
{
    const UCHAR *Header = Frame->parts[0].data;

    // The header is in one piece (contract NBL-70); if it is not, there is no extra allowance.
    return Frame->parts[0].length >= ADAPTER_HEADER_BYTES && Header[12] == 0x81 &&
           Header[13] == 0x00;
}

// The parts of one NET_BUFFER, into the free end of Parts. NDIS_STATUS_BUFFER_OVERFLOW: there are
// too many of them for what is left of it.
static NDIS_STATUS SendCollectParts(SEND_PATH *Send, const NET_BUFFER *NetBuffer,
                                    struct wire_frame *Frame)
{
    MDL *Mdl = NET_BUFFER_CURRENT_MDL(NetBuffer);
    ULONG Offset = NET_BUFFER_CURRENT_MDL_OFFSET(NetBuffer);
    ULONG Left = NET_BUFFER_DATA_LENGTH(NetBuffer);
    struct wire_part *Part = &Send->Parts[Send->PartCount];

    Frame->parts = Part;
    Frame->part_count = 0;
    Frame->length = Left;
    for (; Left != 0; Mdl = Mdl->Next, Offset = 0) {
        UCHAR *Data;
        ULONG Bytes;

        if (Mdl == NULL || Offset > MmGetMdlByteCount(Mdl)) {
            return NDIS_STATUS_INVALID_LENGTH; // the chain is shorter than DataLength says
        }
        Bytes = min(MmGetMdlByteCount(Mdl) - Offset, Left);
        if (Bytes == 0) {
            continue;
        }
        if (Part == &Send->Parts[WIRE_PARTS_MAX]) {
            return NDIS_STATUS_BUFFER_OVERFLOW;
        }
        Data = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
        if (Data == NULL) {
            return NDIS_STATUS_RESOURCES;
        }
        Part->data = Data + Offset;
        Part->length = Bytes;
        Part++;
        Frame->part_count++;
        Left -= Bytes;
    }
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SendDescribe(SEND_PATH *Send, const NET_BUFFER *NetBuffer,
                                struct wire_frame *Frame)
{
    ULONG FrameBytes = Send->Adapter->FrameBytes;
    ULONG Length = NET_BUFFER_DATA_LENGTH(NetBuffer);
    NDIS_STATUS Status;

    if (Length < ADAPTER_HEADER_BYTES || Length > FrameBytes + ADAPTER_VLAN_BYTES) {
        return NDIS_STATUS_INVALID_LENGTH;
    }
    Status = SendCollectParts(Send, NetBuffer, Frame);
    if (Status == NDIS_STATUS_SUCCESS && Length > FrameBytes && !SendIsTagged(Frame)) {
        return NDIS_STATUS_INVALID_LENGTH;
    }
    return Status;
}

static void SendFail(SEND_PATH *Send, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status)
{
    StatisticsAdd(&Send->Statistics.Errors, 1);
    if (NET_BUFFER_LIST_STATUS(Nbl) == NDIS_STATUS_SUCCESS) {
        NET_BUFFER_LIST_STATUS(Nbl) = Status;
    }
}

// Adds one NBL's NET_BUFFERs from its cursor on. FALSE: the batch is full. A frame that can't be
// sent ends the batch too, and is failed when it comes first: so the failures of one NBL are noted
// in the order of its frames, and each of them once.
static BOOLEAN SendAddNbl(SEND_PATH *Send, NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER **Cursor = NicSendCursor(Nbl);

    for (; *Cursor != NULL; *Cursor = NET_BUFFER_NEXT_NB(*Cursor)) {
        struct wire_frame *Frame = &Send->Frames[Send->FrameCount];
        NDIS_STATUS Status;

        if (Send->FrameCount == WIRE_SEND_BATCH) {
            return FALSE;
        }
        Status = ReadNoFence(&Send->Adapter->Removed) ? NDIS_STATUS_ADAPTER_REMOVED
                                                      : SendDescribe(Send, *Cursor, Frame);
        if (Status != NDIS_STATUS_SUCCESS && Send->FrameCount != 0) {
            return FALSE;
        }
        if (Status == NDIS_STATUS_BUFFER_OVERFLOW) {
            Status = NDIS_STATUS_RESOURCES; // more parts than the longest list has room for
        }
        if (Status != NDIS_STATUS_SUCCESS) {
            SendFail(Send, Nbl, Status);
            continue;
        }
        Send->Nbls[Send->FrameCount] = Nbl;
        Send->NetBuffers[Send->FrameCount] = *Cursor;
        Send->PartCount += Frame->part_count;
        Send->FrameCount++;
    }
    return TRUE;
}

void NicSendBuildBatch(SEND_PATH *Send)
{
    NET_BUFFER_LIST *Nbl = Send->Active.Head;

    Send->FrameCount = 0;
    Send->PartCount = 0;
    while (Nbl != NULL && SendAddNbl(Send, Nbl)) {
        Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl);
    }
}

// ---- from frames to completions

static void SendCountFrame(SEND_PATH *Send, const struct wire_frame *Frame)
{
    ADDRESS_KIND Kind = AddressUnicast;

    if (Frame->parts[0].length >= 6) {
        Kind = AddressKind(Frame->parts[0].data);
    }
    StatisticsAdd(&Send->Statistics.Frames[Kind], 1);
    StatisticsAdd(&Send->Statistics.Bytes[Kind], Frame->length);
}

void NicSendAccount(SEND_PATH *Send, ULONG Taken)
{
    for (ULONG I = 0; I < Taken; I++) {
        if (Send->Frames[I].result == 0) {
            SendCountFrame(Send, &Send->Frames[I]);
        } else {
            SendFail(Send, Send->Nbls[I], SendStatusOfError(Send->Frames[I].result));
        }
    }
    for (ULONG I = Send->FrameCount; I > Taken; I--) {
        *NicSendCursor(Send->Nbls[I - 1]) = Send->NetBuffers[I - 1];
    }
}

void NicSendGetStatistics(const ADAPTER *Adapter, SEND_STATISTICS *Sum)
{
    RtlZeroMemory(Sum, sizeof(*Sum));
    for (ULONG I = 0; I < Adapter->SendCount; I++) {
        const SEND_STATISTICS *One = &Adapter->Sends[I].Statistics;

        for (ULONG Kind = 0; Kind < ARRAYSIZE(One->Frames); Kind++) {
            Sum->Frames[Kind] += ReadULong64NoFence(&One->Frames[Kind]);
            Sum->Bytes[Kind] += ReadULong64NoFence(&One->Bytes[Kind]);
        }
        Sum->Errors += ReadULong64NoFence(&One->Errors);
    }
}

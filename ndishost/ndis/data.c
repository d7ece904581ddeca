// SPDX-License-Identifier: MIT
// The data space of an NB: where the used bytes begin, and making it longer or shorter in front.

#include "initialize.h"

void NTAPI NdisAdjustNetBufferCurrentMdl(NET_BUFFER *NetBuffer)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimNetBufferFindCurrentMdl(NetBuffer);
}

// MDL, page array and buffer in one block, so that the MDL's address is enough to free it.
static MDL *DefaultMdlAllocate(ULONG Bytes)
{
    SIZE_T Header = (MmSizeOfMdl((PVOID)(PAGE_SIZE - 1), Bytes) + 15) & ~(SIZE_T)15;
    MDL *Mdl = SimNdisAllocate(Header + Bytes);
    if (Mdl == NULL) {
        return NULL;
    }
    MmInitializeMdl(Mdl, (UCHAR *)Mdl + Header, Bytes);
    MmBuildMdlForNonPagedPool(Mdl);
    SimCount(SimCountMdlAllocation, 1);
    return Mdl;
}

NDIS_STATUS NTAPI NdisRetreatNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta,
                                                ULONG DataBackFill,
                                                NET_BUFFER_ALLOCATE_MDL *AllocateMdlHandler)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(Retreating, (NetBuffer, DataOffsetDelta));
    if (DataOffsetDelta > NetBuffer->DataOffset) {
        ULONG Bytes = DataOffsetDelta + DataBackFill;
        if (Bytes < DataOffsetDelta || NetBuffer->DataOffset + Bytes < Bytes) {
            return NDIS_STATUS_FAILURE;
        }
        MDL *Mdl = AllocateMdlHandler != NULL ? AllocateMdlHandler(&Bytes)
                                              : DefaultMdlAllocate(Bytes);
        if (Mdl == NULL) {
            return NDIS_STATUS_RESOURCES;
        }
        // The unused space in front grows by the whole new MDL.
        Mdl->Next = NetBuffer->MdlChain;
        NetBuffer->MdlChain = Mdl;
        NetBuffer->DataOffset += Mdl->ByteCount;
    }
    NetBuffer->DataOffset -= DataOffsetDelta;
    NetBuffer->stDataLength += DataOffsetDelta;
    SimNetBufferFindCurrentMdl(NetBuffer);
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisAdvanceNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta,
                                         BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL *FreeMdlHandler)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(Advancing, (NetBuffer, DataOffsetDelta));
    if (DataOffsetDelta > NetBuffer->stDataLength) {
        BugCheck(NDIS_BUG_DATA_SPACE, NetBuffer, DataOffsetDelta, NetBuffer->DataLength,
                 "NdisAdvanceNetBufferDataStart: %u bytes of NB %p, which has %u",
                 (unsigned)DataOffsetDelta, NetBuffer, (unsigned)NetBuffer->DataLength);
    }
    NetBuffer->DataOffset += DataOffsetDelta;
    NetBuffer->stDataLength -= DataOffsetDelta;
    SimNetBufferFindCurrentMdl(NetBuffer);
    while (FreeMdl && NetBuffer->MdlChain != NetBuffer->CurrentMdl) {
        MDL *Mdl = NetBuffer->MdlChain;
        NetBuffer->MdlChain = Mdl->Next;
        NetBuffer->DataOffset -= Mdl->ByteCount;
        if (FreeMdlHandler != NULL) {
            FreeMdlHandler(Mdl);
        } else {
            SimNdisFree(Mdl);
        }
    }
}

void NTAPI NdisAdvanceNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta,
                                             BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL *FreeMdlHandler)
{
    for (NET_BUFFER *Nb = NetBufferList->FirstNetBuffer; Nb != NULL; Nb = Nb->Next) {
        NdisAdvanceNetBufferDataStart(Nb, DataOffsetDelta, FreeMdl, FreeMdlHandler);
    }
}

NDIS_STATUS NTAPI NdisRetreatNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList,
                                                    ULONG DataOffsetDelta, ULONG DataBackFill,
                                                    NET_BUFFER_ALLOCATE_MDL *AllocateMdlHandler,
                                                    NET_BUFFER_FREE_MDL *FreeMdlHandler)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    NET_BUFFER *Nb;
    for (Nb = NetBufferList->FirstNetBuffer; Nb != NULL; Nb = Nb->Next) {
        Status = NdisRetreatNetBufferDataStart(Nb, DataOffsetDelta, DataBackFill,
                                               AllocateMdlHandler);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
    }
    if (Nb == NULL) {
        return NDIS_STATUS_SUCCESS;
    }
    for (NET_BUFFER *Done = NetBufferList->FirstNetBuffer; Done != Nb; Done = Done->Next) {
        NdisAdvanceNetBufferDataStart(Done, DataOffsetDelta, TRUE, FreeMdlHandler);
    }
    return Status;
}

MDL *NTAPI NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Length)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    MDL *Mdl = IoAllocateMdl(VirtualAddress, Length, FALSE, FALSE, NULL); // counted there
    if (Mdl != NULL) {
        MmBuildMdlForNonPagedPool(Mdl);
        Mdl->Next = NULL;
    }
    return Mdl;
}

void NTAPI NdisFreeMdl(MDL *Mdl)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    IoFreeMdl(Mdl);
}

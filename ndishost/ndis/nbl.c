// SPDX-License-Identifier: MIT
// Allocation and free of NBLs and NBs. What they hold when they are handed out is written anew each
// time: what the documentation promises, the pool's protocol ID, and zero elsewhere.

#include "pool.h"

NBL_POOL *NTAPI SimNblPoolOf(const NET_BUFFER_LIST *Nbl, const char *Function)
{
    NBL_POOL *Pool = Nbl->NdisPoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NBL_POOL || !SimElementIsTaken(Nbl)) {
        BugCheck(NDIS_BUG_NBL_NOT_ALLOCATED, Nbl, Pool, 0,
                 "%s: NBL %p is not allocated from a pool of NDIS, or was freed before", Function,
                 Nbl);
    }
    return Pool;
}

// Base context of `Size` data bytes, of which ContextSize at the end are the caller's.
static BOOLEAN NTAPI NblContextAttach(NBL_POOL *Pool, NBL_BODY *Body, USHORT ContextSize,
                                      USHORT ContextBackFill)
{
    ULONG Wanted = (ULONG)ContextSize + ContextBackFill;
    if (((ContextSize | ContextBackFill) % MEMORY_ALLOCATION_ALIGNMENT) != 0 || Wanted > 0xFFFF) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Pool, ContextSize, ContextBackFill,
                 "NBL context of %u bytes and backfill of %u: not multiples of %u", ContextSize,
                 ContextBackFill, (unsigned)MEMORY_ALLOCATION_ALIGNMENT);
    }
    NET_BUFFER_LIST_CONTEXT *Context = NULL;
    ULONG Size = Pool->ContextSize;
    Body->BaseIsSeparate = Wanted > Size;
    if (Body->BaseIsSeparate) {
        Size = Wanted;
        Context = SimNdisAllocate(sizeof(NET_BUFFER_LIST_CONTEXT) + Size);
        if (Context == NULL) {
            return FALSE;
        }
    } else if (Size != 0) {
        Context = (NET_BUFFER_LIST_CONTEXT *)((UCHAR *)Body + Pool->ContextAt);
    }
    if (Context != NULL) {
        Context->Next = NULL;
        Context->Size = (USHORT)Size;
        Context->Offset = (USHORT)(Size - ContextSize);
    }
    Body->Base = Context;
    Body->Nbl.Context = Context;
    return TRUE;
}

static NET_BUFFER *NTAPI NblNetBufferAttach(NBL_POOL *Pool, NBL_BODY *Body)
{
    NET_BUFFER *Nb = (NET_BUFFER *)((UCHAR *)Body + Pool->NetBufferAt);
    RtlZeroMemory(Nb, sizeof(*Nb));
    Nb->NdisPoolHandle = Pool;
    if (Pool->DataSize != 0) {
        // Everything is unused space: NdisRetreatNetBufferDataStart makes it data.
        MDL *Mdl = (MDL *)((UCHAR *)Body + Pool->MdlAt);
        Mdl->Next = NULL;
        SimNetBufferSetData(Nb, Mdl, Pool->DataSize, 0);
    }
    Body->Nbl.FirstNetBuffer = Nb;
    return Nb;
}

static NET_BUFFER_LIST *NTAPI NblAllocate(NBL_POOL *Pool, USHORT ContextSize,
                                          USHORT ContextBackFill)
{
    NBL_BODY *Body = SimElementTake(&Pool->Elements);
    if (Body == NULL) {
        return NULL;
    }
    NET_BUFFER_LIST *Nbl = &Body->Nbl;
    RtlZeroMemory(Nbl, sizeof(*Nbl));
    Nbl->NdisPoolHandle = Pool;
    Nbl->NetBufferListInfo[NetBufferListProtocolId] = (PVOID)(ULONG_PTR)Pool->ProtocolId;
    if (!NblContextAttach(Pool, Body, ContextSize, ContextBackFill)) {
        SimElementGive(&Pool->Elements, Body);
        return NULL;
    }
    if (Pool->HasNetBuffer) {
        NblNetBufferAttach(Pool, Body);
    }
    SimNdisCount(SimNdisNblAllocated, 1);
    return Nbl;
}

static NBL_POOL *NTAPI NblPoolCheck(NDIS_HANDLE PoolHandle, const char *Function)
{
    if (HandleSignature(PoolHandle) != SIGNATURE_NBL_POOL) {
        BugCheck(NDIS_BUG_BAD_HANDLE, PoolHandle, SIGNATURE_NBL_POOL, 0,
                 "%s: %p is not an NBL pool", Function, PoolHandle);
    }
    return PoolHandle;
}

static void NTAPI NblTellAllocated(NET_BUFFER_LIST *Nbl)
{
    if (Nbl != NULL) {
        NDIS_HOOK(NblAllocated, (Nbl));
    }
}

NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
                                                 USHORT ContextBackFill)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NBL_POOL *Pool = NblPoolCheck(PoolHandle, __func__);
    NET_BUFFER_LIST *Nbl = NblAllocate(Pool, ContextSize, ContextBackFill);
    NblTellAllocated(Nbl);
    return Nbl;
}

NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle,
                                                             USHORT ContextSize,
                                                             USHORT ContextBackFill, MDL *MdlChain,
                                                             ULONG DataOffset, SIZE_T DataLength)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NBL_POOL *Pool = NblPoolCheck(PoolHandle, __func__);
    if (!Pool->HasNetBuffer || Pool->DataSize != 0 ||
        (MdlChain == NULL && (DataOffset != 0 || DataLength != 0))) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Pool, DataOffset, DataLength,
                 "NdisAllocateNetBufferAndNetBufferList: needs a pool with fAllocateNetBuffer "
                 "and no DataSize, and no data without an MDL");
    }
    NET_BUFFER_LIST *Nbl = NblAllocate(Pool, ContextSize, ContextBackFill);
    if (Nbl != NULL) {
        SimNetBufferSetData(Nbl->FirstNetBuffer, MdlChain, DataOffset, DataLength);
    }
    NblTellAllocated(Nbl);
    return Nbl;
}

void NTAPI NdisFreeNetBufferList(NET_BUFFER_LIST *NetBufferList)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(NblFreeing, (NetBufferList));
    NBL_POOL *Pool = SimNblPoolOf(NetBufferList, __func__);
    NBL_BODY *Body = CONTAINING_RECORD(NetBufferList, NBL_BODY, Nbl);
    if (NetBufferList->ChildRefCount != 0) {
        BugCheck(NDIS_BUG_REFERENCE, NetBufferList, NetBufferList->ChildRefCount, 0,
                 "NBL %p is freed while it has %d children", NetBufferList,
                 (int)NetBufferList->ChildRefCount);
    }
    if (NetBufferList->Context != Body->Base) {
        BugCheck(NDIS_BUG_CONTEXT_BALANCE, NetBufferList, NetBufferList->Context, Body->Base,
                 "NBL %p is freed with context of NdisAllocateNetBufferListContext still on "
                 "it",
                 NetBufferList);
    }
    if (Body->BaseIsSeparate) {
        SimNdisFree(Body->Base);
        Body->Base = NULL;
    }
    SimElementGive(&Pool->Elements, Body);
}

static NB_POOL *NTAPI NbPoolCheck(NDIS_HANDLE PoolHandle, BOOLEAN WithData, const char *Function)
{
    NB_POOL *Pool = PoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NB_POOL || (Pool->DataSize != 0) != WithData) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, PoolHandle, WithData, 0,
                 "%s: %p is not an NB pool %s data", Function, PoolHandle,
                 WithData ? "with" : "without");
    }
    return Pool;
}

static NET_BUFFER *NTAPI NbAllocate(NB_POOL *Pool)
{
    NET_BUFFER *Nb = SimElementTake(&Pool->Elements);
    if (Nb == NULL) {
        return NULL;
    }
    RtlZeroMemory(Nb, sizeof(*Nb));
    Nb->NdisPoolHandle = Pool;
    SimNdisCount(SimNdisNbAllocated, 1);
    return Nb;
}

NET_BUFFER *NTAPI NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, MDL *MdlChain, ULONG DataOffset,
                                        SIZE_T DataLength)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NET_BUFFER *Nb = NbAllocate(NbPoolCheck(PoolHandle, FALSE, __func__));
    if (Nb != NULL) {
        SimNetBufferSetData(Nb, MdlChain, DataOffset, DataLength);
        NDIS_HOOK(NbAllocated, (Nb));
    }
    return Nb;
}

NET_BUFFER *NTAPI NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NB_POOL *Pool = NbPoolCheck(PoolHandle, TRUE, __func__);
    NET_BUFFER *Nb = NbAllocate(Pool);
    if (Nb != NULL) {
        MDL *Mdl = (MDL *)((UCHAR *)Nb + Pool->MdlAt);
        Mdl->Next = NULL;
        SimNetBufferSetData(Nb, Mdl, Pool->DataSize, 0);
        NDIS_HOOK(NbAllocated, (Nb));
    }
    return Nb;
}

void NTAPI NdisFreeNetBuffer(NET_BUFFER *NetBuffer)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(NbFreeing, (NetBuffer));
    NB_POOL *Pool = NetBuffer->NdisPoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NB_POOL || !SimElementIsTaken(NetBuffer)) {
        BugCheck(NDIS_BUG_NBL_NOT_ALLOCATED, NetBuffer, Pool, 0,
                 "NdisFreeNetBuffer: NB %p is not from an NB pool, or was freed before", NetBuffer);
    }
    SimElementGive(&Pool->Elements, NetBuffer);
}

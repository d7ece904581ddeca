// SPDX-License-Identifier: MIT
// NBL and NB pools: created, freed, and what an element of theirs looks like.

#include "pool.h"

#define POOL_ALIGN(Bytes) (((ULONG)(Bytes) + 15u) & ~15u)

static void ElementDataConstruct(UCHAR *Body, ULONG MdlAt, ULONG DataAt, ULONG DataSize)
{
    MDL *Mdl = (MDL *)(Body + MdlAt);
    MmInitializeMdl(Mdl, Body + DataAt, DataSize);
    MmBuildMdlForNonPagedPool(Mdl);
}

static void NblConstruct(ELEMENT_POOL *Elements, void *Body)
{
    NBL_POOL *Pool = CONTAINING_RECORD(Elements, NBL_POOL, Elements);
    if (Pool->DataSize != 0) {
        ElementDataConstruct(Body, Pool->MdlAt, Pool->DataAt, Pool->DataSize);
    }
}

static void NbConstruct(ELEMENT_POOL *Elements, void *Body)
{
    NB_POOL *Pool = CONTAINING_RECORD(Elements, NB_POOL, Elements);
    if (Pool->DataSize != 0) {
        ElementDataConstruct(Body, Pool->MdlAt, Pool->DataAt, Pool->DataSize);
    }
}

// The MDL's page array must hold for any alignment of the data in its page.
static ULONG DataLayout(ULONG At, ULONG DataSize, ULONG *MdlAt, ULONG *DataAt)
{
    *MdlAt = At;
    *DataAt = POOL_ALIGN(At + MmSizeOfMdl((PVOID)(PAGE_SIZE - 1), DataSize));
    return POOL_ALIGN(*DataAt + DataSize);
}

static ULONG NblLayout(NBL_POOL *Pool)
{
    ULONG At = POOL_ALIGN(sizeof(NBL_BODY));
    if (Pool->HasNetBuffer) {
        At = POOL_ALIGN(At + sizeof(NET_BUFFER));
    }
    if (Pool->ContextSize != 0) {
        Pool->ContextAt = At;
        At = POOL_ALIGN(At + sizeof(NET_BUFFER_LIST_CONTEXT) + Pool->ContextSize);
    }
    if (Pool->DataSize != 0) {
        At = DataLayout(At, Pool->DataSize, &Pool->MdlAt, &Pool->DataAt);
    }
    return At;
}

static BOOLEAN NblParametersAreGood(const NET_BUFFER_LIST_POOL_PARAMETERS *Parameters)
{
    if (!HeaderIsAtLeast(&Parameters->Header, NDIS_OBJECT_TYPE_DEFAULT,
                         NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1)) {
        return FALSE;
    }
    if (Parameters->ContextSize % MEMORY_ALLOCATION_ALIGNMENT != 0) {
        return FALSE;
    }
    return Parameters->DataSize == 0 || Parameters->fAllocateNetBuffer;
}

static ULONG PoolTagOr(ULONG Tag)
{
    return Tag != 0 ? Tag : NDIS_TAG;
}

NDIS_HANDLE NTAPI NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle,
                                                const NET_BUFFER_LIST_POOL_PARAMETERS *Parameters)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (!NblParametersAreGood(Parameters)) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Parameters, Parameters->DataSize, Parameters->ContextSize,
                 "NBL pool: bad header, ContextSize not a multiple of %u, or DataSize without "
                 "fAllocateNetBuffer",
                 (unsigned)MEMORY_ALLOCATION_ALIGNMENT);
    }
    NBL_POOL *Pool = SimNdisAllocate(sizeof(NBL_POOL));
    if (Pool == NULL) {
        return NULL;
    }
    Pool->Elements.Signature = SIGNATURE_NBL_POOL;
    Pool->Owner = NdisHandle;
    Pool->ContextSize = Parameters->ContextSize;
    Pool->ProtocolId = (PVOID)(ULONG_PTR)Parameters->ProtocolId;
    Pool->HasNetBuffer = Parameters->fAllocateNetBuffer;
    Pool->DataSize = Parameters->DataSize;
    Pool->IsPlain = Pool->ContextSize == 0 && Pool->DataSize == 0;
    Pool->IsPlainPair = Pool->IsPlain && Pool->HasNetBuffer;
    Pool->Elements.Construct = NblConstruct;
    ULONG Bytes = NblLayout(Pool);
    if (!NT_SUCCESS(SimElementPoolCreate(&Pool->Elements, Bytes, PoolTagOr(Parameters->PoolTag)))) {
        SimNdisFree(Pool);
        return NULL;
    }
    InterlockedIncrement(&SimNdis.Objects);
    return Pool;
}

static void PoolRequireHome(const ELEMENT_POOL *Elements, NDIS_HANDLE Pool, const char *What)
{
    LONG64 Live = SimElementPoolLive(Elements);
    if (Live != 0) {
        BugCheck(NDIS_BUG_NBL_LEAKED, Pool, Live, 0,
                 "%s pool %p is freed while %d of its elements are still allocated", What, Pool,
                 (int)Live);
    }
}

void NTAPI NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(PoolFreeing, (PoolHandle));
    NBL_POOL *Pool = PoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NBL_POOL) {
        BugCheck(NDIS_BUG_BAD_HANDLE, PoolHandle, SIGNATURE_NBL_POOL, 0,
                 "NdisFreeNetBufferListPool: %p is not an NBL pool", PoolHandle);
    }
    PoolRequireHome(&Pool->Elements, Pool, "NBL");
    Pool->Elements.Signature = 0;
    SimElementPoolDestroy(&Pool->Elements);
    SimNdisFree(Pool);
    InterlockedDecrement(&SimNdis.Objects);
}

NDIS_HANDLE NTAPI NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle,
                                            const NET_BUFFER_POOL_PARAMETERS *Parameters)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (!HeaderIsAtLeast(&Parameters->Header, NDIS_OBJECT_TYPE_DEFAULT,
                         NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1)) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Parameters, 0, 0, "NB pool: bad header");
    }
    NB_POOL *Pool = SimNdisAllocate(sizeof(NB_POOL));
    if (Pool == NULL) {
        return NULL;
    }
    Pool->Elements.Signature = SIGNATURE_NB_POOL;
    Pool->Owner = NdisHandle;
    Pool->DataSize = Parameters->DataSize;
    Pool->Elements.Construct = NbConstruct;
    ULONG Bytes = POOL_ALIGN(sizeof(NET_BUFFER));
    if (Pool->DataSize != 0) {
        Bytes = DataLayout(Bytes, Pool->DataSize, &Pool->MdlAt, &Pool->DataAt);
    }
    if (!NT_SUCCESS(SimElementPoolCreate(&Pool->Elements, Bytes, PoolTagOr(Parameters->PoolTag)))) {
        SimNdisFree(Pool);
        return NULL;
    }
    InterlockedIncrement(&SimNdis.Objects);
    return Pool;
}

void NTAPI NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(PoolFreeing, (PoolHandle));
    NB_POOL *Pool = PoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NB_POOL) {
        BugCheck(NDIS_BUG_BAD_HANDLE, PoolHandle, SIGNATURE_NB_POOL, 0,
                 "NdisFreeNetBufferPool: %p is not an NB pool", PoolHandle);
    }
    PoolRequireHome(&Pool->Elements, Pool, "NB");
    Pool->Elements.Signature = 0;
    SimElementPoolDestroy(&Pool->Elements);
    SimNdisFree(Pool);
    InterlockedDecrement(&SimNdis.Objects);
}

NDIS_HANDLE NTAPI NdisGetPoolFromNetBufferList(const NET_BUFFER_LIST *NetBufferList)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return NetBufferList->NdisPoolHandle;
}

NDIS_HANDLE NTAPI NdisGetPoolFromNetBuffer(const NET_BUFFER *NetBuffer)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return NetBuffer->NdisPoolHandle;
}

BOOLEAN NTAPI SimNdisPoolInfo(NDIS_HANDLE PoolHandle, SIM_NDIS_POOL_INFO *Info)
{
    ULONG Signature = HandleSignature(PoolHandle);
    RtlZeroMemory(Info, sizeof(*Info));
    if (Signature == SIGNATURE_NBL_POOL) {
        const NBL_POOL *Pool = PoolHandle;
        *Info = (SIM_NDIS_POOL_INFO){.Owner = Pool->Owner,
                                     .Tag = Pool->Elements.Tag,
                                     .DataSize = Pool->DataSize,
                                     .BodyBytes = (ULONG)Pool->Elements.BodyBytes};
        return TRUE;
    }
    if (Signature == SIGNATURE_NB_POOL) {
        const NB_POOL *Pool = PoolHandle;
        *Info = (SIM_NDIS_POOL_INFO){.Owner = Pool->Owner,
                                     .Tag = Pool->Elements.Tag,
                                     .DataSize = Pool->DataSize,
                                     .BodyBytes = (ULONG)Pool->Elements.BodyBytes};
        return TRUE;
    }
    return FALSE;
}

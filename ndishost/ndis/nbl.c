// SPDX-License-Identifier: MIT
// Allocation and free of NBLs and NBs. What they hold when they are handed out is written anew each
// time: what the documentation promises, the pool's protocol ID, and zero elsewhere.
//
// Each exported function first tries the usual case, which makes no call and so saves no register:
// nothing to complain of, no verifier, and the list of the processor at hand. Whatever is not so,
// it has done nothing yet, and the same function's long way begins anew and says what is wrong.

#include "initialize.h"

NBL_POOL *NTAPI SimNblPoolOf(const NET_BUFFER_LIST *Nbl, const char *Function)
{
    NBL_POOL *Pool = Nbl->NdisPoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NBL_POOL || !SimElementIsFrom(&Pool->Elements, Nbl)) {
        BugCheck(NDIS_BUG_NBL_NOT_ALLOCATED, Nbl, Pool, 0,
                 "%s: NBL %p is not allocated from a pool of NDIS, or was freed before", Function,
                 Nbl);
    }
    return Pool;
}

// The calling thread, or NULL when it has to go the long way: its IRQL is too high, or this is its
// first call.
FORCEINLINE const SIM_CURRENT *UsualThread(void)
{
    const SIM_CURRENT *Current = SimCurrentIfAttached();
    return Current != NULL && Current->Irql <= DISPATCH_LEVEL ? Current : NULL;
}

// ---- NBLs, the usual case

// Of a pool with a signature and IsPlain.
FORCEINLINE NBL_BODY *NblTryAllocate(NBL_POOL *Pool, const SIM_CURRENT *Current)
{
    NBL_BODY *Body = SimElementTryTake(&Pool->Elements, Current);
    if (Body != NULL) {
        // Asks for the thread anew, so that no register is kept, and saved, for it.
        SimCountIn(SimCurrentIfAttached(), SimCountNblAllocation, 1);
        NblInitialize(Pool, Body);
    }
    return Body;
}

FORCEINLINE BOOLEAN NblTryFree(NET_BUFFER_LIST *Nbl)
{
    const SIM_CURRENT *Current = UsualThread();
    if (Current == NULL || SimNdisHooks != NULL) { // a verifier looks before anything is read
        return FALSE;
    }
    NBL_POOL *Pool = Nbl->NdisPoolHandle;
    const NBL_BODY *Body = CONTAINING_RECORD(Nbl, NBL_BODY, Nbl);
    if (Pool == NULL || !SimElementIsFrom(&Pool->Elements, Nbl) || Nbl->ChildRefCount != 0 ||
        Nbl->Context != Body->Base) {
        return FALSE;
    }
    return SimElementTryGive(&Pool->Elements, Nbl, Current);
}

// ---- NBLs, the long way

// The base context: of `Size` data bytes, of which ContextSize at the end are the caller's.
static BOOLEAN NblContextAttach(NBL_POOL *Pool, NBL_BODY *Body, USHORT ContextSize,
                                USHORT ContextBackFill)
{
    ULONG Wanted = (ULONG)ContextSize + ContextBackFill;
    if (((ContextSize | ContextBackFill) % MEMORY_ALLOCATION_ALIGNMENT) != 0 || Wanted > 0xFFFF) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Pool, ContextSize, ContextBackFill,
                 "NBL context of %u bytes and backfill of %u: not multiples of %u", ContextSize,
                 ContextBackFill, (unsigned)MEMORY_ALLOCATION_ALIGNMENT);
    }
    ULONG Size = max(Wanted, Pool->ContextSize);
    if (Size == 0) {
        return TRUE;
    }
    NET_BUFFER_LIST_CONTEXT *Context = (NET_BUFFER_LIST_CONTEXT *)((UCHAR *)Body + Pool->ContextAt);
    Body->Base = Context;
    if (Wanted > Pool->ContextSize) {
        Context = SimNdisAllocate(sizeof(NET_BUFFER_LIST_CONTEXT) + Size);
        if (Context == NULL) {
            return FALSE;
        }
        Body->Separate = Context;
        Body->Base = (NET_BUFFER_LIST_CONTEXT *)Body;
    }
    Context->Next = NULL;
    Context->Size = (USHORT)Size;
    Context->Offset = (USHORT)(Size - ContextSize);
    Body->Nbl.Context = Context;
    return TRUE;
}

static NBL_POOL *NTAPI NblPoolCheck(NDIS_HANDLE PoolHandle, const char *Function)
{
    if (HandleSignature(PoolHandle) != SIGNATURE_NBL_POOL) {
        BugCheck(NDIS_BUG_BAD_HANDLE, PoolHandle, SIGNATURE_NBL_POOL, 0,
                 "%s: %p is not an NBL pool", Function, PoolHandle);
    }
    return PoolHandle;
}

static NET_BUFFER_LIST *NTAPI NblAllocate(NBL_POOL *Pool, USHORT ContextSize,
                                          USHORT ContextBackFill)
{
    NBL_BODY *Body = SimElementTake(&Pool->Elements);
    if (Body == NULL) {
        return NULL;
    }
    NblInitialize(Pool, Body);
    if (!NblContextAttach(Pool, Body, ContextSize, ContextBackFill)) {
        SimElementGive(&Pool->Elements, Body);
        return NULL;
    }
    if (Pool->HasNetBuffer) {
        NblInitializeNetBuffer(Pool, Body);
    }
    if (Pool->DataSize != 0) {
        NetBufferSetOwnMdl(NblOwnNetBuffer(Body), (MDL *)((UCHAR *)Body + Pool->MdlAt),
                           Pool->DataSize);
    }
    SimCount(SimCountNblAllocation, 1);
    return &Body->Nbl;
}

static DECLSPEC_NOINLINE NET_BUFFER_LIST *NTAPI NblAllocateLong(NDIS_HANDLE PoolHandle,
                                                                USHORT ContextSize,
                                                                USHORT ContextBackFill)
{
    static const char Function[] = "NdisAllocateNetBufferList";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NBL_POOL *Pool = NblPoolCheck(PoolHandle, Function);
    NET_BUFFER_LIST *Nbl = NblAllocate(Pool, ContextSize, ContextBackFill);
    if (Nbl != NULL) {
        NDIS_HOOK(NblAllocated, (Nbl));
    }
    return Nbl;
}

static DECLSPEC_NOINLINE NET_BUFFER_LIST *NTAPI NblPairAllocateLong(NDIS_HANDLE PoolHandle,
                                                                    USHORT ContextSize,
                                                                    USHORT ContextBackFill,
                                                                    MDL *MdlChain, ULONG DataOffset,
                                                                    SIZE_T DataLength)
{
    static const char Function[] = "NdisAllocateNetBufferAndNetBufferList";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NBL_POOL *Pool = NblPoolCheck(PoolHandle, Function);
    if (!Pool->HasNetBuffer || Pool->DataSize != 0 ||
        (MdlChain == NULL && (DataOffset != 0 || DataLength != 0))) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, Pool, DataOffset, DataLength,
                 "NdisAllocateNetBufferAndNetBufferList: needs a pool with fAllocateNetBuffer "
                 "and no DataSize, and no data without an MDL");
    }
    NET_BUFFER_LIST *Nbl = NblAllocate(Pool, ContextSize, ContextBackFill);
    if (Nbl != NULL) {
        SimNetBufferSetData(Nbl->FirstNetBuffer, MdlChain, DataOffset, DataLength);
        NDIS_HOOK(NblAllocated, (Nbl));
    }
    return Nbl;
}

static DECLSPEC_NOINLINE void NTAPI NblFreeLong(NET_BUFFER_LIST *Nbl)
{
    static const char Function[] = "NdisFreeNetBufferList";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NDIS_HOOK(NblFreeing, (Nbl));
    NBL_POOL *Pool = SimNblPoolOf(Nbl, Function);
    NBL_BODY *Body = CONTAINING_RECORD(Nbl, NBL_BODY, Nbl);
    if (Nbl->ChildRefCount != 0) {
        BugCheck(NDIS_BUG_REFERENCE, Nbl, Nbl->ChildRefCount, 0,
                 "NBL %p is freed while it has %d children", Nbl, (int)Nbl->ChildRefCount);
    }
    NET_BUFFER_LIST_CONTEXT *Base = Body->Separate != NULL ? Body->Separate : Body->Base;
    if (Nbl->Context != Base) {
        BugCheck(NDIS_BUG_CONTEXT_BALANCE, Nbl, Nbl->Context, Base,
                 "NBL %p is freed with context of NdisAllocateNetBufferListContext still on it",
                 Nbl);
    }
    SimNdisFree(Body->Separate);
    SimElementGive(&Pool->Elements, Body);
}

// ---- NBLs, exported

NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
                                                 USHORT ContextBackFill)
{
    if ((ContextSize | ContextBackFill) != 0) {
        return NblAllocateLong(PoolHandle, ContextSize, ContextBackFill);
    }
    const SIM_CURRENT *Current = UsualThread();
    NBL_POOL *Pool = PoolHandle;
    NBL_BODY *Body = NULL;
    if (Current != NULL && HandleSignature(Pool) == SIGNATURE_NBL_POOL && Pool->IsPlain) {
        Body = NblTryAllocate(Pool, Current);
    }
    if (Body == NULL) {
        return NblAllocateLong(PoolHandle, 0, 0);
    }
    if (Pool->HasNetBuffer) {
        NblInitializeNetBuffer(Pool, Body);
    }
    return &Body->Nbl;
}

NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle,
                                                             USHORT ContextSize,
                                                             USHORT ContextBackFill, MDL *MdlChain,
                                                             ULONG DataOffset, SIZE_T DataLength)
{
    if ((ContextSize | ContextBackFill) != 0) {
        return NblPairAllocateLong(PoolHandle, ContextSize, ContextBackFill, MdlChain, DataOffset,
                                   DataLength);
    }
    const SIM_CURRENT *Current = UsualThread();
    NBL_POOL *Pool = PoolHandle;
    NBL_BODY *Body = NULL;
    if (Current != NULL && HandleSignature(Pool) == SIGNATURE_NBL_POOL && Pool->IsPlainPair &&
        (MdlChain != NULL || (DataOffset | DataLength) == 0)) {
        Body = NblTryAllocate(Pool, Current);
    }
    if (Body == NULL) {
        return NblPairAllocateLong(PoolHandle, 0, 0, MdlChain, DataOffset, DataLength);
    }
    NblInitializeNetBuffer(Pool, Body);
    SimNetBufferSetData(NblOwnNetBuffer(Body), MdlChain, DataOffset, DataLength);
    return &Body->Nbl;
}

void NTAPI NdisFreeNetBufferList(NET_BUFFER_LIST *NetBufferList)
{
    if (!NblTryFree(NetBufferList)) {
        NblFreeLong(NetBufferList);
    }
}

// ---- NBs

FORCEINLINE NET_BUFFER *NbTryAllocate(NB_POOL *Pool, BOOLEAN WithData)
{
    const SIM_CURRENT *Current = UsualThread();
    if (Current == NULL || HandleSignature(Pool) != SIGNATURE_NB_POOL ||
        (Pool->DataSize != 0) != WithData) {
        return NULL;
    }
    NET_BUFFER *Nb = SimElementTryTake(&Pool->Elements, Current);
    if (Nb != NULL) {
        SimCountIn(SimCurrentIfAttached(), SimCountNbAllocation, 1);
        NetBufferInitialize(Pool, Nb);
    }
    return Nb;
}

FORCEINLINE BOOLEAN NbTryFree(NET_BUFFER *Nb)
{
    const SIM_CURRENT *Current = UsualThread();
    if (Current == NULL || SimNdisHooks != NULL) { // a verifier looks before anything is read
        return FALSE;
    }
    NB_POOL *Pool = Nb->NdisPoolHandle;
    // An NBL's own NB has no element in front of it, so that only the pool's kind is certain.
    return HandleSignature(Pool) == SIGNATURE_NB_POOL && SimElementIsFrom(&Pool->Elements, Nb) &&
           SimElementTryGive(&Pool->Elements, Nb, Current);
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
    NetBufferInitialize(Pool, Nb);
    SimCount(SimCountNbAllocation, 1);
    return Nb;
}

static DECLSPEC_NOINLINE NET_BUFFER *NTAPI NbAllocateLong(NDIS_HANDLE PoolHandle, MDL *MdlChain,
                                                          ULONG DataOffset, SIZE_T DataLength)
{
    static const char Function[] = "NdisAllocateNetBuffer";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NET_BUFFER *Nb = NbAllocate(NbPoolCheck(PoolHandle, FALSE, Function));
    if (Nb != NULL) {
        SimNetBufferSetData(Nb, MdlChain, DataOffset, DataLength);
        NDIS_HOOK(NbAllocated, (Nb));
    }
    return Nb;
}

static DECLSPEC_NOINLINE NET_BUFFER *NTAPI NbWithDataAllocateLong(NDIS_HANDLE PoolHandle)
{
    static const char Function[] = "NdisAllocateNetBufferMdlAndData";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NB_POOL *Pool = NbPoolCheck(PoolHandle, TRUE, Function);
    NET_BUFFER *Nb = NbAllocate(Pool);
    if (Nb != NULL) {
        NetBufferSetOwnMdl(Nb, (MDL *)((UCHAR *)Nb + Pool->MdlAt), Pool->DataSize);
        NDIS_HOOK(NbAllocated, (Nb));
    }
    return Nb;
}

static DECLSPEC_NOINLINE void NTAPI NbFreeLong(NET_BUFFER *Nb)
{
    static const char Function[] = "NdisFreeNetBuffer";
    IrqlRequireMax(Function, DISPATCH_LEVEL);
    NDIS_HOOK(NbFreeing, (Nb));
    NB_POOL *Pool = Nb->NdisPoolHandle;
    if (HandleSignature(Pool) != SIGNATURE_NB_POOL || !SimElementIsFrom(&Pool->Elements, Nb)) {
        BugCheck(NDIS_BUG_NBL_NOT_ALLOCATED, Nb, Pool, 0,
                 "%s: NB %p is not from an NB pool, or was freed before", Function, Nb);
    }
    SimElementGive(&Pool->Elements, Nb);
}

NET_BUFFER *NTAPI NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, MDL *MdlChain, ULONG DataOffset,
                                        SIZE_T DataLength)
{
    NET_BUFFER *Nb = NbTryAllocate(PoolHandle, FALSE);
    if (Nb == NULL) {
        return NbAllocateLong(PoolHandle, MdlChain, DataOffset, DataLength);
    }
    SimNetBufferSetData(Nb, MdlChain, DataOffset, DataLength);
    return Nb;
}

NET_BUFFER *NTAPI NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle)
{
    NB_POOL *Pool = PoolHandle;
    NET_BUFFER *Nb = NbTryAllocate(Pool, TRUE);
    if (Nb == NULL) {
        return NbWithDataAllocateLong(PoolHandle);
    }
    NetBufferSetOwnMdl(Nb, (MDL *)((UCHAR *)Nb + Pool->MdlAt), Pool->DataSize);
    return Nb;
}

void NTAPI NdisFreeNetBuffer(NET_BUFFER *NetBuffer)
{
    if (!NbTryFree(NetBuffer)) {
        NbFreeLong(NetBuffer);
    }
}

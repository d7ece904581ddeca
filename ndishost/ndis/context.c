// SPDX-License-Identifier: MIT
// Context space that a driver adds to an NBL which it did not allocate: taken from the top of the
// last block while it fits, else a new block in front.

#include "pool.h"

NDIS_STATUS NTAPI NdisAllocateNetBufferListContext(NET_BUFFER_LIST *NetBufferList,
                                                   USHORT ContextSize, USHORT ContextBackFill,
                                                   ULONG PoolTag)
{
    UNREFERENCED_PARAMETER(PoolTag);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ULONG Bytes = (ULONG)ContextSize + ContextBackFill;
    if (((ContextSize | ContextBackFill) % sizeof(PVOID)) != 0 || Bytes > 0xFFFF) {
        BugCheck(NDIS_BUG_POOL_PARAMETER, NetBufferList, ContextSize, ContextBackFill,
                 "NdisAllocateNetBufferListContext: %u and %u are not multiples of %u", ContextSize,
                 ContextBackFill, (unsigned)sizeof(PVOID));
    }
    NET_BUFFER_LIST_CONTEXT *Context = NetBufferList->Context;
    if (Context != NULL && Context->Offset >= ContextSize) {
        Context->Offset = (USHORT)(Context->Offset - ContextSize);
        NDIS_HOOK(ContextAllocated, (NetBufferList, ContextSize));
        return NDIS_STATUS_SUCCESS;
    }
    Context = SimNdisAllocate(sizeof(NET_BUFFER_LIST_CONTEXT) + Bytes);
    if (Context == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Context->Next = NetBufferList->Context;
    Context->Size = (USHORT)Bytes;
    Context->Offset = ContextBackFill;
    NetBufferList->Context = Context;
    NDIS_HOOK(ContextAllocated, (NetBufferList, ContextSize));
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFreeNetBufferListContext(NET_BUFFER_LIST *NetBufferList, USHORT ContextSize)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_HOOK(ContextFreeing, (NetBufferList, ContextSize));
    SimNblPoolOf(NetBufferList, __func__);
    const NBL_BODY *Body = CONTAINING_RECORD(NetBufferList, NBL_BODY, Nbl);
    NET_BUFFER_LIST_CONTEXT *Context = NetBufferList->Context;
    if (Context == NULL || Context->Size - Context->Offset < ContextSize) {
        BugCheck(NDIS_BUG_CONTEXT_BALANCE, NetBufferList, ContextSize, 0,
                 "NdisFreeNetBufferListContext: NBL %p has no %u bytes to give back", NetBufferList,
                 ContextSize);
    }
    Context->Offset = (USHORT)(Context->Offset + ContextSize);
    if (Context->Offset == Context->Size && Context != Body->Base && Context != Body->Separate) {
        NetBufferList->Context = Context->Next;
        SimNdisFree(Context);
    }
}

/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Pools and allocation of NET_BUFFER and NET_BUFFER_LIST (provided by ndis).
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"
#include "nbl.h"

typedef struct _MDL MDL, *PMDL, *PMDLX, *PNDIS_BUFFER;
typedef struct _NDIS_OID_REQUEST NDIS_OID_REQUEST, *PNDIS_OID_REQUEST;

#define NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 1
#define NET_BUFFER_POOL_PARAMETERS_REVISION_1 1

#if NDIS_SUPPORT_NDIS687
#define NET_BUFFER_LIST_POOL_FLAG_VERIFY 1
#define NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2 2

#define NET_BUFFER_POOL_FLAG_VERIFY 1
#define NET_BUFFER_POOL_PARAMETERS_REVISION_2 2
#endif

typedef struct _NET_BUFFER_LIST_POOL_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    UCHAR ProtocolId;
    BOOLEAN fAllocateNetBuffer;
    USHORT ContextSize;
    ULONG PoolTag;
    ULONG DataSize;
#if NDIS_SUPPORT_NDIS687
    ULONG Flags;
#endif
} NET_BUFFER_LIST_POOL_PARAMETERS, *PNET_BUFFER_LIST_POOL_PARAMETERS;

typedef struct _NET_BUFFER_POOL_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG PoolTag;
    ULONG DataSize;
#if NDIS_SUPPORT_NDIS687
    ULONG Flags;
#endif
} NET_BUFFER_POOL_PARAMETERS, *PNET_BUFFER_POOL_PARAMETERS;

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisAdvanceNetBufferDataStart(
    NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
    NET_BUFFER_FREE_MDL *FreeMdlHandler);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisAdvanceNetBufferListDataStart(
    NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
    NET_BUFFER_FREE_MDL *FreeMdlMdlHandler);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER_LIST *NTAPI NdisAllocateCloneNetBufferList(
    NET_BUFFER_LIST *OriginalNetBufferList, NDIS_HANDLE NetBufferListPoolHandle,
    NDIS_HANDLE NetBufferPoolHandle, ULONG AllocateCloneFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisAllocateCloneOidRequest(
    NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST OidRequest, UINT PoolTag,
    PNDIS_OID_REQUEST *ClonedOidRequest);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER_LIST *NTAPI NdisAllocateFragmentNetBufferList(
    NET_BUFFER_LIST *OriginalNetBufferList, NDIS_HANDLE NetBufferListPool,
    NDIS_HANDLE NetBufferPool, ULONG StartOffset, ULONG MaximumLength, ULONG DataOffsetDelta,
    ULONG DataBackFill, ULONG AllocateFragmentFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI MDL *NTAPI NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Length);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER *NTAPI NdisAllocateNetBuffer(
    NDIS_HANDLE PoolHandle, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferAndNetBufferList(
    NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill, MDL *MdlChain,
    ULONG DataOffset, SIZE_T DataLength);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER_LIST *NTAPI NdisAllocateNetBufferList(
    NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisAllocateNetBufferListContext(
    NET_BUFFER_LIST *NetBufferList, USHORT ContextSize, USHORT ContextBackFill, ULONG PoolTag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisAllocateNetBufferListPool(
    NDIS_HANDLE NdisHandle, const NET_BUFFER_LIST_POOL_PARAMETERS *Parameters);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER *NTAPI NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisAllocateNetBufferPool(
    NDIS_HANDLE NdisHandle, const NET_BUFFER_POOL_PARAMETERS *Parameters);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NET_BUFFER_LIST *NTAPI NdisAllocateReassembledNetBufferList(
    NET_BUFFER_LIST *FragmentNetBufferList, NDIS_HANDLE NetBufferAndNetBufferListPoolHandle,
    ULONG StartOffset, ULONG DataOffsetDelta, ULONG DataBackFill, ULONG AllocateReassembleFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisCopyFromNetBufferToNetBuffer(
    NET_BUFFER *Destination, ULONG DestinationOffset, ULONG BytesToCopy, const NET_BUFFER *Source,
    ULONG SourceOffset, ULONG *BytesCopied);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCopyReceiveNetBufferListInfo(
    NET_BUFFER_LIST *DestNetBufferList, const NET_BUFFER_LIST *SrcNetBufferList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCopySendNetBufferListInfo(
    NET_BUFFER_LIST *DestNetBufferList, const NET_BUFFER_LIST *SrcNetBufferList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeCloneNetBufferList(
    NET_BUFFER_LIST *CloneNetBufferList, ULONG FreeCloneFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeFragmentNetBufferList(
    NET_BUFFER_LIST *FragmentNetBufferList, ULONG DataOffsetDelta, ULONG FreeFragmentFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeMdl(MDL *Mdl);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeNetBuffer(NET_BUFFER *NetBuffer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeNetBufferList(NET_BUFFER_LIST *NetBufferList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeNetBufferListContext(NET_BUFFER_LIST *NetBufferList, USHORT ContextSize);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisFreeReassembledNetBufferList(
    NET_BUFFER_LIST *ReassembledNetBufferList, ULONG DataOffsetDelta, ULONG FreeReassembleFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI PVOID NTAPI NdisGetDataBuffer(
    NET_BUFFER *NetBuffer, ULONG BytesNeeded, PVOID Storage, ULONG AlignMultiple,
    ULONG AlignOffset);

NDISAPI UCHAR NTAPI NdisGetNetBufferListProtocolId(const NET_BUFFER_LIST *NetBufferList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisGetPoolFromNetBuffer(const NET_BUFFER *NetBuffer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisGetPoolFromNetBufferList(const NET_BUFFER_LIST *NetBufferList);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI ULONG NTAPI NdisQueryNetBufferPhysicalCount(NET_BUFFER *NetBuffer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisRetreatNetBufferDataStart(
    NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
    NET_BUFFER_ALLOCATE_MDL *AllocateMdlHandler);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisRetreatNetBufferListDataStart(
    NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta, ULONG DataBackFill,
    NET_BUFFER_ALLOCATE_MDL *AllocateMdlHandler, NET_BUFFER_FREE_MDL *FreeMdlHandler);

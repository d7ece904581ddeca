// SPDX-License-Identifier: MIT
#pragma once

// NBL and NB pools, for the files of ndis/ that allocate or look behind an NBL.

#include "element.h"

// What stands behind each NBL that a driver sees. Then follow, where the pool has them: the context
// of ContextSize bytes, the NB, its MDL and its data.
typedef struct NBL_BODY {
    NET_BUFFER_LIST Nbl;
    NET_BUFFER_LIST_CONTEXT *Base; // what the allocation gave, not NdisAllocate...Context; or NULL
    BOOLEAN BaseIsSeparate;        // too large for the pool's own space: from pool, freed with it
} NBL_BODY;

typedef struct NBL_POOL {
    ULONG Signature;
    NDIS_HANDLE Owner;
    ELEMENT_POOL Elements; // of NBL_BODY
    USHORT ContextSize;
    UCHAR ProtocolId;
    BOOLEAN HasNetBuffer;
    ULONG DataSize;
    ULONG ContextAt, NetBufferAt, MdlAt, DataAt; // offsets in the body, 0 when absent
} NBL_POOL;

typedef struct NB_POOL {
    ULONG Signature;
    NDIS_HANDLE Owner;
    ELEMENT_POOL Elements; // of NET_BUFFER, then its MDL and data
    ULONG DataSize;
    ULONG MdlAt, DataAt;
} NB_POOL;

// Bug check unless it is a live NBL of a live pool.
NBL_POOL *NTAPI SimNblPoolOf(const NET_BUFFER_LIST *Nbl, const char *Function);

// The five fields that say where the data is. MdlChain NULL: an NB without data.
void NTAPI SimNetBufferSetData(NET_BUFFER *Nb, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength);

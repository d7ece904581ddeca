// SPDX-License-Identifier: MIT
#pragma once

// NBL and NB pools, for the files of ndis/ that allocate or look behind an NBL.

#include "element.h"

// What stands behind each NBL that a driver sees. Then follow, where the pool has them: the NB, the
// context of ContextSize bytes, the NB's MDL and its data.
typedef struct NBL_BODY {
    NET_BUFFER_LIST Nbl;
    // What Nbl.Context is when nobody has allocated more: the context of the pool, or NULL.
    NET_BUFFER_LIST_CONTEXT *Base;
    // Too large for that: from pool, freed with the NBL. Then Base is the body, which no context
    // is.
    NET_BUFFER_LIST_CONTEXT *Separate;
} NBL_BODY;

typedef struct NBL_POOL {
    ELEMENT_POOL Elements; // of NBL_BODY
    NDIS_HANDLE Owner;
    PVOID ProtocolId; // as NetBufferListInfo has it
    USHORT ContextSize;
    BOOLEAN HasNetBuffer;
    BOOLEAN IsPlain;     // neither context nor data: no more to initialise than NBL and NB
    BOOLEAN IsPlainPair; // and there is an NB
    ULONG DataSize;
    ULONG ContextAt, MdlAt, DataAt; // offsets in the body, 0 when absent
} NBL_POOL;

typedef struct NB_POOL {
    ELEMENT_POOL Elements; // of NET_BUFFER, then its MDL and data
    NDIS_HANDLE Owner;
    ULONG DataSize;
    ULONG MdlAt, DataAt;
} NB_POOL;

// HandleSignature looks there.
C_ASSERT(FIELD_OFFSET(NBL_POOL, Elements.Signature) == 0);
C_ASSERT(FIELD_OFFSET(NB_POOL, Elements.Signature) == 0);

static inline NET_BUFFER *NblOwnNetBuffer(NBL_BODY *Body)
{
    return (NET_BUFFER *)(Body + 1);
}

// Bug check unless it is a live NBL of a live pool.
NBL_POOL *NTAPI SimNblPoolOf(const NET_BUFFER_LIST *Nbl, const char *Function);

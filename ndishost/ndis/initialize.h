// SPDX-License-Identifier: MIT
#pragma once

// What is written into an NBL and an NB when they are handed out, and nothing else:
// bench/nbl_cost.py tells initialisation from the rest of an allocation by this file's name.

#include "pool.h"

// The widest store that every x64 has. Volatile, because compilers make a longer run of stores into
// a call of memset, which from here saves ten vector registers, or into `rep stosq`, which is slow
// to start.
typedef ULONG64 WIDE_STORE __attribute__((vector_size(16)));

// To is aligned to 16, and Bytes a multiple of it.
FORCEINLINE void ZeroWide(void *To, SIZE_T Bytes)
{
    volatile WIDE_STORE *At = To;
#pragma GCC unroll 32
    for (SIZE_T i = 0; i < Bytes / sizeof(*At); i++) {
        At[i] = (WIDE_STORE){0};
    }
}

C_ASSERT(sizeof(NBL_BODY) % sizeof(WIDE_STORE) == 0);
C_ASSERT(sizeof(NET_BUFFER) % sizeof(WIDE_STORE) == 0);

// CurrentMdl is the MDL of the first used byte. When no byte follows, it is the last one.
static inline void SimNetBufferFindCurrentMdl(NET_BUFFER *Nb)
{
    MDL *Mdl = Nb->MdlChain;
    ULONG Offset = Nb->DataOffset;
    while (Mdl != NULL && Offset >= Mdl->ByteCount && Mdl->Next != NULL) {
        Offset -= Mdl->ByteCount;
        Mdl = Mdl->Next;
    }
    Nb->CurrentMdl = Mdl;
    Nb->CurrentMdlOffset = Offset;
}

// The five fields that say where the data is. MdlChain NULL: an NB without data.
static inline void SimNetBufferSetData(NET_BUFFER *Nb, MDL *MdlChain, ULONG DataOffset,
                                       SIZE_T DataLength)
{
    Nb->MdlChain = MdlChain;
    Nb->DataOffset = DataOffset;
    Nb->stDataLength = DataLength;
    SimNetBufferFindCurrentMdl(Nb);
}

// Documented: the pool, the protocol ID, no context, no NB, no children, Scratch NULL. The rest is
// zero, so that a run repeats.
FORCEINLINE void NblInitialize(NBL_POOL *Pool, NBL_BODY *Body)
{
    ZeroWide(Body, sizeof(*Body));
    Body->Nbl.NdisPoolHandle = Pool;
    Body->Nbl.NetBufferListInfo[NetBufferListProtocolId] = Pool->ProtocolId;
}

FORCEINLINE void NetBufferInitialize(NDIS_HANDLE Pool, NET_BUFFER *Nb)
{
    ZeroWide(Nb, sizeof(*Nb));
    Nb->NdisPoolHandle = Pool;
}

// Everything is unused space: NdisRetreatNetBufferDataStart makes it data.
static inline void NetBufferSetOwnMdl(NET_BUFFER *Nb, MDL *Mdl, ULONG DataSize)
{
    Mdl->Next = NULL;
    SimNetBufferSetData(Nb, Mdl, DataSize, 0);
}

FORCEINLINE void NblInitializeNetBuffer(NBL_POOL *Pool, NBL_BODY *Body)
{
    NET_BUFFER *Nb = NblOwnNetBuffer(Body);
    NetBufferInitialize(Pool, Nb);
    Body->Nbl.FirstNetBuffer = Nb;
}

// SPDX-License-Identifier: MIT

// Frees an NBL twice, each time from a function of its own.

#include "mistake.h"

#include <ndis.h>

#include "device.h"

static ULONG Frees;

// Work behind each call keeps the compiler from turning it into a jump, which leaves no frame.
static DECLSPEC_NOINLINE void MistakeFree(PNET_BUFFER_LIST Nbl)
{
    NdisFreeNetBufferList(Nbl);
    Frees++;
}

static DECLSPEC_NOINLINE void MistakeFirst(PNET_BUFFER_LIST Nbl)
{
    MistakeFree(Nbl);
    Frees++;
}

static DECLSPEC_NOINLINE void MistakeSecond(PNET_BUFFER_LIST Nbl)
{
    MistakeFree(Nbl);
    Frees++;
}

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {
        .Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
                   .Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   .Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .ProtocolId = NDIS_PROTOCOL_ID_DEFAULT,
        .fAllocateNetBuffer = TRUE,
        .PoolTag = 'tsiM'};
    NDIS_HANDLE Pool = NdisAllocateNetBufferListPool(NULL, &Parameters);

    (void)Argument;
    if (Number != MistakeFreeTwice || Pool == NULL) {
        return 0;
    }
    PNET_BUFFER_LIST Nbl = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, NULL, 0, 0);
    if (Nbl != NULL) {
        MistakeFirst(Nbl);
        MistakeSecond(Nbl);
    }
    NdisFreeNetBufferListPool(Pool);
    return Frees;
}

void CaseUnload(void)
{
}

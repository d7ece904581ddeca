// SPDX-License-Identifier: MIT

#include "shadow.h"

TABLE NblTable = {.EntryBytes = sizeof(NBL_SHADOW)};
TABLE NbTable = {.EntryBytes = sizeof(NB_SHADOW)};
TABLE PoolTable = {.EntryBytes = sizeof(POOL_SHADOW)};
TABLE BindingTable = {.EntryBytes = sizeof(BINDING_SHADOW)};
ULONG64 ShadowSeed;

static NBL_SHADOW *_Atomic ByNumber[SHADOW_NUMBERS];
static _Atomic uint32_t LastNumber;

NBL_SHADOW *NblShadowByNumber(uint32_t Number)
{
    return Number < SHADOW_NUMBERS ? atomic_load(&ByNumber[Number]) : NULL;
}

void ShadowStart(ULONG64 Seed)
{
    ShadowSeed = ShadowMix(Seed ^ 0x5348444F57ull);
}

void ShadowStop(void)
{
    uint32_t Count = atomic_exchange(&LastNumber, 0);

    for (uint32_t i = 0; i <= Count && i < SHADOW_NUMBERS; i++) {
        atomic_store(&ByNumber[i], NULL);
    }
    TableClear(&NblTable);
    TableClear(&NbTable);
    TableClear(&PoolTable);
    TableClear(&BindingTable);
}

POOL_SHADOW *PoolShadowOf(NDIS_HANDLE Handle)
{
    POOL_SHADOW *Pool = TableFindOrAdd(&PoolTable, Handle);

    if (atomic_load_explicit(&Pool->Live, memory_order_acquire) == 0) {
        SimLock(&Pool->Lock);
        if (atomic_load_explicit(&Pool->Live, memory_order_relaxed) == 0) {
            (void)SimNdisPoolInfo(Handle, &Pool->Info);
            Pool->Count = 0;
            Pool->First = NULL;
            Pool->FirstNb = NULL;
            atomic_store_explicit(&Pool->Live, 1, memory_order_release);
        }
        SimUnlock(&Pool->Lock);
    }
    return Pool;
}

NBL_SHADOW *NblShadowEnter(const NET_BUFFER_LIST *Nbl)
{
    NBL_SHADOW *Shadow = TableFindOrAdd(&NblTable, Nbl);
    POOL_SHADOW *Pool = PoolShadowOf(Nbl->NdisPoolHandle);

    if (Shadow->Number == 0) {
        Shadow->Number = atomic_fetch_add(&LastNumber, 1) + 1;
        if (Shadow->Number < SHADOW_NUMBERS) {
            atomic_store(&ByNumber[Shadow->Number], Shadow);
        }
    }
    if (Shadow->Pool != Pool) {
        SimLock(&Pool->Lock);
        Shadow->Pool = Pool;
        Shadow->Slot = Pool->Count++;
        Shadow->NextInPool = Pool->First;
        Pool->First = Shadow;
        SimUnlock(&Pool->Lock);
    }
    return Shadow;
}

NB_SHADOW *NbShadowEnter(const NET_BUFFER *Nb, NBL_SHADOW *Home)
{
    NB_SHADOW *Shadow = TableFindOrAdd(&NbTable, Nb);
    POOL_SHADOW *Pool = PoolShadowOf(Nb->NdisPoolHandle);

    Shadow->Home = Home;
    if (Shadow->Pool != Pool) {
        SimLock(&Pool->Lock);
        Shadow->Pool = Pool;
        Shadow->NextInPool = Pool->FirstNb;
        Pool->FirstNb = Shadow;
        SimUnlock(&Pool->Lock);
    }
    return Shadow;
}

void PoolShadowLeave(POOL_SHADOW *Pool)
{
    SimLock(&Pool->Lock);
    for (NBL_SHADOW *Nbl = Pool->First; Nbl != NULL; Nbl = Nbl->NextInPool) {
        Nbl->Pool = &PoolGone;
        atomic_store_explicit(&Nbl->State, NblFree, memory_order_release);
    }
    for (NB_SHADOW *Nb = Pool->FirstNb; Nb != NULL; Nb = Nb->NextInPool) {
        Nb->Pool = &PoolGone;
        atomic_store_explicit(&Nb->Live, 0, memory_order_release);
    }
    Pool->First = NULL;
    Pool->FirstNb = NULL;
    atomic_store_explicit(&Pool->Live, 0, memory_order_release);
    SimUnlock(&Pool->Lock);
}

POOL_SHADOW PoolGone = {.Info.Tag = 0x656E6F67u}; // "gone"

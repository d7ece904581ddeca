// SPDX-License-Identifier: MIT

#include "pool_check.h"

#include "cookies.h"
#include "finding.h"
#include "slist_check.h"

#define CHAIN_MAX 65536u // a longer chain of MDLs is taken for a cycle

// ---- NBs

static NB_SHADOW *NbEnter(NET_BUFFER *Nb, NBL_SHADOW *Home, const void *Frame)
{
    NB_SHADOW *Shadow = NbShadowEnter(Nb, Home);

    Shadow->WasSent = FALSE;
    Shadow->Balance = 0;
    Shadow->SentBalance = 0;
    Shadow->Advances = 0;
    Shadow->LastRetreat = 0;
    Shadow->Unbalanced = 0;
    atomic_store(&Shadow->SentBy, NULL);
    CookiesRenewNb(Shadow, Nb);
    NbEvent(Shadow, EventAllocated, 0, Frame);
    atomic_store_explicit(&Shadow->Live, 1, memory_order_release);
    return Shadow;
}

void PoolNbAllocated(NET_BUFFER *Nb, const void *Frame)
{
    (void)NbEnter(Nb, NULL, Frame);
}

static __attribute__((noreturn)) void NbForeign(const NET_BUFFER *Nb, const NB_SHADOW *Shadow,
                                                const char *What)
{
    FINDING Finding = {.Rule = "PV-03", .Nb = Shadow, .Object = Nb};

    FindingReport(&Finding, "%s of NB %p, which %s", What, (const void *)Nb,
                  Shadow == NULL ? "is not from a pool of NDIS" : "was freed before");
}

void PoolNbFreeing(NET_BUFFER *Nb, const void *Frame)
{
    NB_SHADOW *Shadow = NbShadowFind(Nb);

    if (Shadow == NULL || atomic_load(&Shadow->Live) == 0) {
        NbForeign(Nb, Shadow, "NdisFreeNetBuffer");
    }
    FINDING Finding = {.Rule = "REU-19", .Nbl = atomic_load(&Shadow->SentBy), .Nb = Shadow};
    if (Finding.Nbl != NULL) {
        FindingReport(&Finding, "NB %p is freed while its NBL is sent and not completed",
                      (void *)Nb);
    }
    CookiesCheckNb(NULL, Shadow, Nb, "is freed");
    NbEvent(Shadow, EventFreed, 0, Frame);
    atomic_store_explicit(&Shadow->Live, 0, memory_order_release);
}

// ---- NBLs

void PoolNblAllocated(NET_BUFFER_LIST *Nbl, const void *Frame)
{
    NBL_SHADOW *Shadow = NblShadowEnter(Nbl);

    SListCheckNblAt(Nbl);
    Shadow->Context = Nbl->Context;
    Shadow->BaseContext = Nbl->Context;
    Shadow->ContextBytes = 0;
    Shadow->SentContextBytes = 0;
    Shadow->Grown = 0;
    Shadow->Sends = 0;
    Shadow->Binding = NULL;
    Shadow->CarriedBy = NULL;
    Shadow->Completions = 0;
    Shadow->CompletedNext = NULL;
    Shadow->LargeSendJunk = NULL;
    Shadow->LargeSend = NULL;
    Shadow->CancelId = NULL;
    Shadow->Marked[0] = NULL;
    Shadow->Marked[1] = NULL;
    CookiesRenew(Shadow, Nbl);
    if (Nbl->FirstNetBuffer != NULL) {
        (void)NbEnter(Nbl->FirstNetBuffer, Shadow, Frame);
    }
    NblEvent(Shadow, EventAllocated, 0, Frame);
    atomic_store_explicit(&Shadow->State, NblOwned, memory_order_release);
}

static __attribute__((noreturn)) void NblNotOwned(const NET_BUFFER_LIST *Nbl, NBL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "PV-03", .Nbl = Shadow, .Object = Nbl};
    char By[FINDING_TEXT];

    if (Shadow == NULL) {
        FindingReport(&Finding, "NdisFreeNetBufferList of %p, which is no NBL of a pool of NDIS",
                      (const void *)Nbl);
    }
    if (NblStateOf(Shadow) == NblFree) {
        FindingReport(&Finding, "it is freed a second time; the first was %s",
                      FindingEvent(Shadow, EventFreed, By, sizeof(By)));
    }
    Finding.Rule = "REU-19";
    FindingReport(&Finding, "it is freed while it is sent: %s, and not completed yet",
                  FindingEvent(Shadow, EventSent, By, sizeof(By)));
}

// An MDL that NDIS frees with the NB: it stands in the NB's own memory.
static void RequireOwnMdlLive(const NBL_SHADOW *Shadow, const NET_BUFFER *Nb)
{
    const MDL_SHADOW *Mdl = MdlShadowFind(Nb->MdlChain);
    FINDING Finding = {.Rule = "REU-13", .Nbl = Shadow, .Mdl = Mdl};
    char Text[FINDING_TEXT];

    if (Shadow->Pool->Info.DataSize == 0 || Mdl == NULL || Mdl->Allocated || MdlIsLive(Mdl)) {
        return;
    }
    FindingReport(&Finding,
                  "MDL %p of its NET_BUFFER belongs to the NBL, and was %s;\nnow the NBL is freed, "
                  "and the MDL with it for the second time",
                  (void *)Nb->MdlChain, FindingMdl(Nb->MdlChain, Text, sizeof(Text)));
}

// One that was only retreated, or only advanced, goes as it is; but who takes back takes back all.
static void RequireBalance(const NBL_SHADOW *Shadow, const NB_SHADOW *Nb)
{
    FINDING Finding = {.Rule = "PV-11", .Nbl = Shadow, .Nb = Nb};

    if (Nb->Advances != 0 && Nb->Balance > 0) {
        FindingReport(&Finding,
                      "it is freed, and its NET_BUFFER %p was retreated by %lld bytes more than it "
                      "was advanced (also POOL-26)",
                      Nb->Entry.Address, (long long)Nb->Balance);
    }
}

void PoolNblFreeing(NET_BUFFER_LIST *Nbl, const void *Frame)
{
    NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    FINDING Finding = {.Rule = "PV-11", .Nbl = Shadow};

    if (Shadow == NULL || NblStateOf(Shadow) != NblOwned) {
        NblNotOwned(Nbl, Shadow);
    }
    CookiesCheck(Shadow, Nbl, "is freed");
    if (Shadow->ContextBytes != 0) {
        FindingReport(&Finding,
                      "it is freed with %lld bytes of context that "
                      "NdisAllocateNetBufferListContext added and nobody removed (also REU-14)",
                      (long long)Shadow->ContextBytes);
    }
    if (Nbl->Context != Shadow->Context) {
        Finding.Rule = "PV-10";
        FindingReport(&Finding, "Context is %p when it is freed, and was %p (also NBL-33)",
                      (void *)Nbl->Context, (void *)Shadow->Context);
    }
    NB_SHADOW *Nb = NbShadowFind(Nbl->FirstNetBuffer);
    if (Nb != NULL && Nb->Home == Shadow) {
        RequireOwnMdlLive(Shadow, Nbl->FirstNetBuffer);
        CookiesCheckNb(Shadow, Nb, Nbl->FirstNetBuffer, "is freed");
        RequireBalance(Shadow, Nb);
        atomic_store_explicit(&Nb->Live, 0, memory_order_release);
    }
    NblEvent(Shadow, EventFreed, 0, Frame);
    atomic_store_explicit(&Shadow->State, NblFree, memory_order_release);
}

void PoolInfoCopied(NET_BUFFER_LIST *To)
{
    const NBL_SHADOW *Shadow = NblShadowFind(To);
    if (Shadow != NULL) {
        CookiesRestore(Shadow, To);
    }
}

// ---- pools

void PoolCheckFreeing(NDIS_HANDLE Handle, const void *Frame)
{
    POOL_SHADOW *Pool = TableFind(&PoolTable, Handle);
    char By[FINDING_TEXT];

    if (Pool == NULL || atomic_load(&Pool->Live) == 0) {
        return; // nothing was ever allocated from it, or it is no pool
    }
    for (NBL_SHADOW *Nbl = Pool->First; Nbl != NULL; Nbl = Nbl->NextInPool) {
        FINDING Finding = {.Rule = "REU-19", .Nbl = Nbl};
        if (NblStateOf(Nbl) == NblSent) {
            FindingReport(&Finding, "its pool %p is freed while it is sent: %s, not completed yet",
                          Handle, FindingEvent(Nbl, EventSent, By, sizeof(By)));
        }
        if (NblStateOf(Nbl) == NblOwned) {
            return; // NDIS reports the leak
        }
        NblEvent(Nbl, EventPoolFreed, 0, Frame);
    }
    PoolShadowLeave(Pool);
}

// ---- context and data space

void PoolContextAllocated(NET_BUFFER_LIST *Nbl, USHORT Bytes, const void *Frame)
{
    NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    if (Shadow == NULL) {
        return;
    }
    Shadow->Context = Nbl->Context;
    Shadow->ContextBytes += Bytes;
    NblEvent(Shadow, EventContextAdded, Bytes, Frame);
}

void PoolContextFreeing(NET_BUFFER_LIST *Nbl, USHORT Bytes, const void *Frame)
{
    NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    FINDING Finding = {.Rule = "PV-11", .Nbl = Shadow, .Object = Nbl};

    if (Shadow == NULL || NblStateOf(Shadow) == NblFree) {
        Finding.Rule = "PV-03";
        FindingReport(&Finding, "NdisFreeNetBufferListContext of %p, which is no NBL", (void *)Nbl);
    }
    if (Shadow->ContextBytes < Bytes) {
        FindingReport(&Finding,
                      "%u bytes of context are removed; %lld were added with "
                      "NdisAllocateNetBufferListContext (also POOL-21)",
                      Bytes, (long long)Shadow->ContextBytes);
    }
    if (Nbl->Context != Shadow->Context) {
        Finding.Rule = "PV-10";
        FindingReport(&Finding, "Context is %p, and was %p (also NBL-33)", (void *)Nbl->Context,
                      (void *)Shadow->Context);
    }
    const NET_BUFFER_LIST_CONTEXT *Context = Nbl->Context;
    if (Context->Offset + Bytes == Context->Size && Context != Shadow->BaseContext) {
        Shadow->Context = Context->Next;
    }
    Shadow->ContextBytes -= Bytes;
    NblEvent(Shadow, EventContextRemoved, Bytes, Frame);
}

// What moves while the NB is sent is a lower driver's, and its completion is looked at. A filter's
// own frames are not known to be sent: there a pair is taken for the lower driver's.
static void BalanceCount(NB_SHADOW *Shadow, int64_t Bytes)
{
    if (atomic_load(&Shadow->SentBy) != NULL) {
        return;
    }
    Shadow->Advances += Bytes < 0 && -Bytes != Shadow->LastRetreat;
    Shadow->LastRetreat = Bytes < 0 ? 0 : Bytes;
    Shadow->Balance += Bytes;
}

void PoolDataStartMoving(NET_BUFFER *Nb, int64_t Bytes, const void *Frame)
{
    const char *Function = Bytes < 0 ? "NdisAdvanceNetBufferDataStart"
                                     : "NdisRetreatNetBufferDataStart";
    NB_SHADOW *Shadow = NbShadowFind(Nb);
    unsigned Count = 0;
    char Text[FINDING_TEXT];

    if (Shadow == NULL || atomic_load(&Shadow->Live) == 0) {
        NbForeign(Nb, Shadow, Function);
    }
    for (MDL *Mdl = Nb->MdlChain; Mdl != NULL && Count < CHAIN_MAX; Mdl = Mdl->Next, Count++) {
        FINDING Finding = {.Rule = "REU-13",
                           .Nbl = Shadow->Home,
                           .Nb = Shadow,
                           .Mdl = MdlShadowFind(Mdl),
                           .Object = Nb};
        if (!MdlIsLive(Finding.Mdl)) {
            FindingReport(&Finding,
                          "%s of NB %p, whose chain names an MDL that is gone\nMDL %p: %s",
                          Function, (void *)Nb, (void *)Mdl, FindingMdl(Mdl, Text, sizeof(Text)));
        }
    }
    BalanceCount(Shadow, Bytes);
    NbEvent(Shadow, Bytes < 0 ? EventAdvanced : EventRetreated,
            (uint64_t)(Bytes < 0 ? -Bytes : Bytes), Frame);
}

// SPDX-License-Identifier: MIT

#include "cookies.h"

#include "finding.h"

const UCHAR CookieSlots[COOKIE_SLOTS] = {ClassificationHandleNetBufferListInfo,
                                         WfpNetBufferListInfo, SwitchForwardingReserved};

static uint64_t CookieOf(const void *Address, uint64_t Generation)
{
    return ShadowMix(ShadowSeed ^ (uintptr_t)Address ^ Generation * 0x9E3779B97F4A7C15ull);
}

// The parts of one cookie; none is ever 0.
static PVOID Reserved(uint64_t Cookie, unsigned Index)
{
    return (PVOID)(uintptr_t)(Cookie * (2 * Index + 3) | 1);
}

static PVOID SlotValue(uint64_t Cookie, unsigned Index)
{
    return (PVOID)(uintptr_t)(Cookie * (2 * Index + 11) | 1);
}

static ULONG FlagsOf(uint64_t Cookie)
{
    return (ULONG)(Cookie >> 20 & NBL_FLAGS_OF_NDIS) | 0x4;
}

static ULONG NblFlagsOf(uint64_t Cookie)
{
    return (ULONG)(Cookie >> 40 & NBL_NBL_FLAGS_OF_NDIS) | 0x8;
}

void CookiesRestore(const NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl)
{
    uint64_t Cookie = Shadow->Cookie;

    Nbl->NdisReserved[0] = Reserved(Cookie, 0);
    Nbl->NdisReserved[1] = Reserved(Cookie, 1);
    Nbl->Flags = (Nbl->Flags & ~NBL_FLAGS_OF_NDIS) | FlagsOf(Cookie);
    Nbl->NblFlags = (Nbl->NblFlags & ~NBL_NBL_FLAGS_OF_NDIS) | NblFlagsOf(Cookie);
    for (unsigned i = 0; i < COOKIE_SLOTS; i++) {
        Nbl->NetBufferListInfo[CookieSlots[i]] = SlotValue(Cookie, i);
    }
}

void CookiesRenew(NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl)
{
    Shadow->Generation++;
    Shadow->Cookie = CookieOf(Nbl, Shadow->Generation);
    CookiesRestore(Shadow, Nbl);
}

void CookiesRenewNb(NB_SHADOW *Shadow, NET_BUFFER *Nb)
{
    uint64_t Cookie = CookieOf(Nb, ++Shadow->Generation);

    Nb->NdisReserved[0] = Reserved(Cookie, 0);
    Nb->NdisReserved[1] = Reserved(Cookie, 1);
}

// ---- what was done to them

// The generation, older than `Now`, that the value is of. 0: none.
static uint64_t GenerationOf(const void *Address, uint64_t Now, PVOID Value)
{
    for (uint64_t Generation = Now - 1; Generation > 0; Generation--) {
        if (Reserved(CookieOf(Address, Generation), 0) == Value) {
            return Generation;
        }
    }
    return 0;
}

typedef struct OWNER_SEARCH {
    PVOID Value;
    const NBL_SHADOW *Found;
} OWNER_SEARCH;

static void OwnerCompare(void *Entry, void *Context)
{
    const NBL_SHADOW *Shadow = Entry;
    OWNER_SEARCH *Search = Context;
    if (Reserved(Shadow->Cookie, 0) == Search->Value ||
        GenerationOf(NblOf(Shadow), Shadow->Generation, Search->Value) != 0) {
        Search->Found = Shadow;
    }
}

static __attribute__((noreturn, noinline)) void ReservedReport(const NBL_SHADOW *Shadow,
                                                               const NET_BUFFER_LIST *Nbl,
                                                               const char *When)
{
    FINDING Finding = {.Rule = "REU-03", .Nbl = Shadow};
    OWNER_SEARCH Search = {Nbl->NdisReserved[0], NULL};
    uint64_t Old = GenerationOf(Nbl, Shadow->Generation, Nbl->NdisReserved[0]);

    if (Old != 0) {
        FindingReport(&Finding,
                      "NdisReserved and what else NDIS keeps in the NBL is %llu completion(s) old "
                      "when it %s:\nan image of the NBL that was saved then was copied back over "
                      "it (also PV-10)",
                      (unsigned long long)(Shadow->Generation - Old), When);
    }
    if (Nbl->NdisReserved[0] == NULL && Nbl->NdisReserved[1] == NULL) {
        Finding.Rule = "REU-04";
        FindingReport(&Finding,
                      "NdisReserved is 0 when the NBL %s, and was not; NdisPoolHandle is %p, was "
                      "%p;\nthe NBL was cleared as a whole (also PV-10)",
                      When, Nbl->NdisPoolHandle, Shadow->Pool->Entry.Address);
    }
    TableForEach(&NblTable, OwnerCompare, &Search);
    if (Search.Found != NULL) {
        Finding.Other = Search.Found;
        FindingReport(&Finding,
                      "NdisReserved of NBL %p is in it when it %s:\nan image of that NBL was "
                      "copied over this one (also PV-10)",
                      (void *)NblOf(Search.Found), When);
    }
    Finding.Rule = "PV-10";
    FindingReport(&Finding,
                  "NdisReserved is {%p, %p} when the NBL %s; NDIS left {%p, %p} (also NBL-36)",
                  Nbl->NdisReserved[0], Nbl->NdisReserved[1], When, Reserved(Shadow->Cookie, 0),
                  Reserved(Shadow->Cookie, 1));
}

static __attribute__((noreturn, noinline)) void SlotReport(const NBL_SHADOW *Shadow,
                                                           const NET_BUFFER_LIST *Nbl,
                                                           unsigned Index, const char *When)
{
    const PVOID *Info = Nbl->NetBufferListInfo;
    FINDING Finding = {.Rule = "PV-10", .Nbl = Shadow};
    BOOLEAN Cleared = Info[CookieSlots[0]] == NULL && Info[CookieSlots[1]] == NULL;

    if (Cleared) {
        Finding.Rule = "REU-08";
        FindingReport(&Finding,
                      "the slots of NDIS and WFP in NetBufferListInfo (%u and %u) are 0 when the "
                      "NBL %s, and were not;\nslot 7, the protocol id, is %p: the whole array was "
                      "cleared (also PV-10)",
                      CookieSlots[0], CookieSlots[1], When, Info[NetBufferListProtocolId]);
    }
    FindingReport(&Finding,
                  "NetBufferListInfo[%u], which belongs to NDIS, is %p when the NBL %s; NDIS left "
                  "%p (also NBL-87)",
                  CookieSlots[Index], Info[CookieSlots[Index]], When,
                  SlotValue(Shadow->Cookie, Index));
}

static __attribute__((noreturn, noinline)) void FlagsReport(const NBL_SHADOW *Shadow,
                                                            const NET_BUFFER_LIST *Nbl,
                                                            const char *When)
{
    FINDING Finding = {.Rule = "REU-09", .Nbl = Shadow};

    if ((Nbl->Flags & NBL_FLAGS_OF_NDIS) != FlagsOf(Shadow->Cookie)) {
        FindingReport(&Finding,
                      "Flags is 0x%08X when the NBL %s: NDIS's bits (0x%03X) are 0x%03X and were "
                      "0x%03X (also PV-10)",
                      (unsigned)Nbl->Flags, When, NBL_FLAGS_OF_NDIS,
                      (unsigned)(Nbl->Flags & NBL_FLAGS_OF_NDIS),
                      (unsigned)FlagsOf(Shadow->Cookie));
    }
    Finding.Rule = "PV-10";
    FindingReport(&Finding,
                  "NblFlags is 0x%08X when the NBL %s: NDIS's bits (0x%02X) are 0x%02X and were "
                  "0x%02X (also NBL-41)",
                  (unsigned)Nbl->NblFlags, When, NBL_NBL_FLAGS_OF_NDIS,
                  (unsigned)(Nbl->NblFlags & NBL_NBL_FLAGS_OF_NDIS),
                  (unsigned)NblFlagsOf(Shadow->Cookie));
}

void CookiesCheck(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl, const char *When)
{
    uint64_t Cookie = Shadow->Cookie;
    FINDING Finding = {.Rule = "PV-10", .Nbl = Shadow};

    if (Nbl->NdisReserved[0] != Reserved(Cookie, 0) ||
        Nbl->NdisReserved[1] != Reserved(Cookie, 1)) {
        ReservedReport(Shadow, Nbl, When);
    }
    if (Nbl->NdisPoolHandle != Shadow->Pool->Entry.Address) {
        FindingReport(&Finding, "NdisPoolHandle is %p when the NBL %s, and was %p (also NBL-35)",
                      Nbl->NdisPoolHandle, When, Shadow->Pool->Entry.Address);
    }
    for (unsigned i = 0; i < COOKIE_SLOTS; i++) {
        if (Nbl->NetBufferListInfo[CookieSlots[i]] != SlotValue(Cookie, i)) {
            SlotReport(Shadow, Nbl, i, When);
        }
    }
    if ((Nbl->Flags & NBL_FLAGS_OF_NDIS) != FlagsOf(Cookie) ||
        (Nbl->NblFlags & NBL_NBL_FLAGS_OF_NDIS) != NblFlagsOf(Cookie)) {
        FlagsReport(Shadow, Nbl, When);
    }
}

static __attribute__((noreturn, noinline)) void NbReport(const NBL_SHADOW *Nbl,
                                                         const NB_SHADOW *Shadow,
                                                         const NET_BUFFER *Nb, const char *When)
{
    FINDING Finding = {.Rule = "PV-10", .Nbl = Nbl, .Nb = Shadow, .Object = Nb};
    uint64_t Old = GenerationOf(Nb, Shadow->Generation, Nb->NdisReserved[0]);

    if (Old != 0) {
        Finding.Rule = "REU-03";
        FindingReport(
            &Finding,
            "NdisReserved of NB %p is %llu completion(s) old when it %s:\nan image of the "
            "NET_BUFFER that was saved then was copied back over it (also PV-10)",
            (const void *)Nb, (unsigned long long)(Shadow->Generation - Old), When);
    }
    if (Nb->NdisReserved[0] == NULL && Nb->NdisReserved[1] == NULL) {
        Finding.Rule = "REU-04";
        FindingReport(&Finding,
                      "NdisReserved of NB %p is 0 when it %s, and was not; NdisPoolHandle is %p, "
                      "was %p;\nthe NET_BUFFER was cleared as a whole (also PV-10)",
                      (const void *)Nb, When, Nb->NdisPoolHandle, Shadow->Pool->Entry.Address);
    }
    FindingReport(&Finding,
                  "NB %p: NdisPoolHandle or NdisReserved was changed by the driver when it %s "
                  "(also NBL-57)",
                  (const void *)Nb, When);
}

void CookiesCheckNb(const NBL_SHADOW *Nbl, const NB_SHADOW *Shadow, const NET_BUFFER *Nb,
                    const char *When)
{
    uint64_t Cookie = CookieOf(Nb, Shadow->Generation);

    if (Nb->NdisReserved[0] != Reserved(Cookie, 0) || Nb->NdisReserved[1] != Reserved(Cookie, 1) ||
        Nb->NdisPoolHandle != Shadow->Pool->Entry.Address) {
        NbReport(Nbl, Shadow, Nb, When);
    }
}

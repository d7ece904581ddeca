// SPDX-License-Identifier: MIT

// The NBs of an NBL that is sent: their list, their MDL chains, and the frames (contract NBL-65 to
// 70, SND-10 to 12, SND-31).

#include <stdio.h>

#include "cookies.h"
#include "finding.h"
#include "flight.h"
#include "send_check.h"
#include "strict.h"
#include "violation.h"

#include "../nt/mdl.h"

#define CHAIN_MAX 65536u // a longer chain is taken for a cycle
#define HEADER_BYTES 14u
#define TAGGED_HEADER_BYTES 18u

typedef struct NB_VISIT {
    const SEND *Send;
    NBL_SHADOW *Nbl;
    NB_SHADOW *Shadow;
    const NET_BUFFER *Nb;
    uint64_t ChainBytes;
    const MDL *Right; // where the first used byte is
    uint64_t RightOffset;
    uint64_t CurrentAt; // where CurrentMdl begins in the chain
    BOOLEAN CurrentInChain;
} NB_VISIT;

static FINDING FindingOf(const NB_VISIT *Visit, const char *Rule, const MDL *Mdl)
{
    return (FINDING){.Rule = Rule,
                     .Nbl = Visit->Nbl,
                     .Nb = Visit->Shadow,
                     .Mdl = Mdl == NULL ? NULL : MdlShadowFind(Mdl)};
}

// ---- the chain

static __attribute__((noreturn, noinline)) void MdlReport(const NB_VISIT *Visit, const MDL *Mdl)
{
    const MDL_SHADOW *Shadow = MdlShadowFind(Mdl);
    FINDING Finding = FindingOf(Visit, "PV-06", Mdl);
    char Text[FINDING_TEXT];

    if (MdlIsLive(Shadow) && MdlIsResident(Shadow)) {
        FindingReport(&Finding,
                      "MDL %p in its chain is a part of an MDL that was freed or unlocked (also "
                      "MDL-17)",
                      (const void *)Mdl);
    }
    FindingReport(&Finding, "MDL %p in its chain: %s%s", (const void *)Mdl,
                  MdlIsLive(Shadow) && !MdlIsResident(Shadow) ? "not resident, " : "",
                  FindingMdl(Mdl, Text, sizeof(Text)));
}

static __attribute__((noreturn, noinline)) void CurrentReport(const NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    FINDING Finding = FindingOf(Visit, "REU-01", Nb->CurrentMdl);
    char Text[FINDING_TEXT];
    char Last[FINDING_TEXT] = "MdlChain";
    BOOLEAN Stale = Visit->Shadow->WasSent && Nb->CurrentMdl == Visit->Shadow->Sent.CurrentMdl;

    if (Stale) {
        snprintf(Last, sizeof(Last),
                 "MdlChain was updated, CurrentMdl was not: it is that of the "
                 "last send");
    }
    FindingReport(&Finding, "CurrentMdl %p %s\nMdlChain   %p is alive%s%s (also PV-05)",
                  (void *)Nb->CurrentMdl, FindingMdl(Nb->CurrentMdl, Text, sizeof(Text)),
                  (void *)Nb->MdlChain, Stale ? ": " : ", and CurrentMdl is not in it",
                  Stale ? Last : "");
}

// The same MDL twice. Short chains are compared, long ones are counted.
static void RepeatCheck(const NB_VISIT *Visit, const MDL *Mdl, unsigned Index)
{
    FINDING Finding = FindingOf(Visit, "PV-06", Mdl);
    const MDL *Other = Visit->Nb->MdlChain;

    for (unsigned i = 0; i < Index && i < 8; i++, Other = Other->Next) {
        if (Other == Mdl) {
            FindingReport(&Finding, "MDL %p is in its chain twice", (const void *)Mdl);
        }
    }
    if (Index == CHAIN_MAX) {
        FindingReport(&Finding, "its MDL chain has no end");
    }
}

static void MdlRemember(const NB_VISIT *Visit, MDL_SHADOW *Shadow, const MDL *Mdl)
{
    NBL_SHADOW *Nbl = Visit->Nbl;
    const CSHORT Mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;

    if (atomic_load_explicit(&Shadow->InFlight, memory_order_relaxed) != 0 &&
        (Mdl->MdlFlags & Mapped) == 0) {
        SimViolationWarn("PV-06",
                         "MDL %p, which is not mapped, is in two sends at a time: two lower "
                         "drivers may map it at once (also MDL-21)",
                         (const void *)Mdl);
    }
    if (Nbl->MdlCount < NBL_MDLS) {
        Nbl->Mdls[Nbl->MdlCount] = Shadow;
    }
    Nbl->MdlCount++;
    MdlSent(Shadow, (void *)Visit->Nb, Nbl->Sends);
}

static void ChainWalk(NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    unsigned Index = 0;

    for (const MDL *Mdl = Nb->MdlChain; Mdl != NULL; Mdl = Mdl->Next) {
        MDL_SHADOW *Shadow = MdlShadowFind(Mdl);
        if (Shadow == NULL || !MdlIsUsable(Shadow)) {
            MdlReport(Visit, Mdl);
        }
        StrictUncover(Mdl); // another NBL with the same MDL may be parked
        RepeatCheck(Visit, Mdl, Index++);
        MdlRemember(Visit, Shadow, Mdl);
        if (Mdl == Nb->CurrentMdl) {
            Visit->CurrentInChain = TRUE;
            Visit->CurrentAt = Visit->ChainBytes;
        }
        if (Visit->Right == NULL && Nb->DataOffset < Visit->ChainBytes + Mdl->ByteCount) {
            Visit->Right = Mdl;
            Visit->RightOffset = Nb->DataOffset - Visit->ChainBytes;
        }
        Visit->ChainBytes += Mdl->ByteCount;
    }
}

static __attribute__((noreturn, noinline)) void OffsetReport(const NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    const NB_IMAGE *Sent = &Visit->Shadow->Sent;
    BOOLEAN Reused = Visit->Shadow->WasSent;
    FINDING Finding = FindingOf(Visit, Reused ? "REU-02" : "PV-05", NULL);
    const char *Stale = "";

    if (Reused && Nb->CurrentMdlOffset == Sent->CurrentMdlOffset &&
        Nb->DataOffset != Sent->DataOffset) {
        Stale = "\nCurrentMdlOffset is that of the last send";
    } else if (Reused && Nb->DataOffset == Sent->DataOffset) {
        Stale = "\nDataOffset is that of the last send";
    }
    FindingReport(&Finding,
                  "NB %p: DataOffset %u is byte %llu of MDL %p, but CurrentMdl is %p with "
                  "CurrentMdlOffset %u%s (also %s)",
                  (const void *)Nb, (unsigned)Nb->DataOffset,
                  (unsigned long long)Visit->RightOffset, (const void *)Visit->Right,
                  (void *)Nb->CurrentMdl, (unsigned)Nb->CurrentMdlOffset, Stale,
                  Reused ? "PV-05" : "NBL-67");
}

static __attribute__((noreturn, noinline)) void LengthReport(const NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    const NB_SHADOW *Shadow = Visit->Shadow;
    BOOLEAN Stale = Shadow->WasSent && Nb->DataOffset != 0 &&
                    Nb->DataOffset == Shadow->Sent.DataOffset;
    FINDING Finding = FindingOf(Visit, Stale ? "REU-02" : "PV-05", NULL);

    FindingReport(&Finding,
                  "NB %p: DataOffset %u and DataLength %llu need %llu bytes, its MDL chain has "
                  "%llu%s (also %s)",
                  (const void *)Nb, (unsigned)Nb->DataOffset, (unsigned long long)Nb->stDataLength,
                  (unsigned long long)(Nb->DataOffset + Nb->stDataLength),
                  (unsigned long long)Visit->ChainBytes,
                  Stale ? "\nDataOffset is that of the last send" : "", Stale ? "PV-05" : "NBL-67");
}

static void ChainCheck(NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;

    if (Nb->CurrentMdl != Nb->MdlChain && MdlIsLive(MdlShadowFind(Nb->MdlChain)) &&
        !MdlIsLive(MdlShadowFind(Nb->CurrentMdl))) {
        CurrentReport(Visit);
    }
    ChainWalk(Visit);
    if (Nb->MdlChain != NULL && !Visit->CurrentInChain) {
        CurrentReport(Visit);
    }
    if (Nb->DataOffset + (uint64_t)Nb->stDataLength > Visit->ChainBytes) {
        LengthReport(Visit);
    }
    if (Nb->CurrentMdl == Visit->Right && Nb->CurrentMdlOffset == Visit->RightOffset) {
        return;
    }
    if (Visit->CurrentInChain && Visit->CurrentAt + Nb->CurrentMdlOffset == Nb->DataOffset &&
        Nb->CurrentMdlOffset == Nb->CurrentMdl->ByteCount) {
        SimViolationWarn("PV-05",
                         "NB %p: CurrentMdl is the MDL before the one with the first byte (also "
                         "NBL-68)",
                         (const void *)Nb);
        return;
    }
    OffsetReport(Visit);
}

// ---- the frame

static const UCHAR *FrameBytes(const NB_VISIT *Visit)
{
    const MDL *Mdl = Visit->Right;
    const UCHAR *Bytes = (const UCHAR *)SimMdlAddress(Mdl);
    if (Mdl->StartVa == NULL) {
        Bytes = (const UCHAR *)(MmGetMdlPfnArray(Mdl)[0] << PAGE_SHIFT);
    }
    Bytes += Visit->RightOffset;
    StrictUncover(Bytes); // likewise
    return Bytes;
}

static BOOLEAN IsTagged(const UCHAR *Frame)
{
    return Frame[12] == 0x81 && Frame[13] == 0;
}

static void FrameCheck(const NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    ULONG Maximum = Visit->Send->MaximumFrameBytes;
    uint64_t InFirst = Visit->Right == NULL ? 0 : Visit->Right->ByteCount - Visit->RightOffset;
    FINDING Finding = FindingOf(Visit, "PV-17", NULL);

    if (Maximum != 0 && Nb->stDataLength > Maximum && InFirst >= TAGGED_HEADER_BYTES &&
        IsTagged(FrameBytes(Visit))) {
        Maximum += TAGGED_HEADER_BYTES - HEADER_BYTES; // the tag is not the sender's data
    }
    if (Nb->stDataLength < HEADER_BYTES || (Maximum != 0 && Nb->stDataLength > Maximum)) {
        FindingReport(&Finding,
                      "NB %p has a frame of %llu bytes; from 14 to %u may be sent (also SND-31)",
                      (const void *)Nb, (unsigned long long)Nb->stDataLength, (unsigned)Maximum);
    }
    if (InFirst >= TAGGED_HEADER_BYTES) {
        return;
    }
    const UCHAR *Frame = FrameBytes(Visit);
    BOOLEAN Tagged = InFirst >= HEADER_BYTES && IsTagged(Frame);
    if (InFirst < HEADER_BYTES || (Tagged && InFirst < Nb->stDataLength)) {
        FindingReport(&Finding,
                      "NB %p: only %llu bytes of the frame are in its first MDL; the MAC header%s "
                      "must not be split (also NBL-70)",
                      (const void *)Nb, (unsigned long long)InFirst, Tagged ? " with its tag" : "");
    }
}

// All NBs of one NBL have the same addresses and EtherType.
static void HeaderCompare(const NB_VISIT *First, const NB_VISIT *Visit)
{
    FINDING Finding = FindingOf(Visit, "PV-17", NULL);

    if (__builtin_memcmp(FrameBytes(First), FrameBytes(Visit), HEADER_BYTES) != 0) {
        FindingReport(&Finding,
                      "NB %p and NB %p of the NBL have different MAC headers; such frames need "
                      "NBLs of their own (also SND-11)",
                      (const void *)First->Nb, (const void *)Visit->Nb);
    }
}

// ---- the list of NBs

static __attribute__((noreturn, noinline)) void NbReport(const NB_VISIT *Visit)
{
    NB_SHADOW *Shadow = Visit->Shadow;
    FINDING Finding = FindingOf(Visit, "PV-03", NULL);

    if (Shadow == NULL) {
        FindingReport(&Finding, "NB %p of its list is not from a pool of NDIS (also NBL-01)",
                      (const void *)Visit->Nb);
    }
    Finding.Rule = "REU-06";
    if (atomic_load(&Shadow->Live) == 0) {
        FindingReport(&Finding, "NB %p of its list was freed", (const void *)Visit->Nb);
    }
    Finding.Other = atomic_load(&Shadow->SentBy);
    if (Finding.Other != Visit->Nbl) {
        FindingReport(&Finding, "NB %p of its list is on its way with NBL %p",
                      (const void *)Visit->Nb, (void *)NblOf(Finding.Other));
    }
    Finding.Rule = "PV-08";
    FindingReport(&Finding, "its list of NBs leads to NB %p twice; it has no end",
                  (const void *)Visit->Nb);
}

// So many sends in a row, each with more retreat than the one before.
#define GROWTH_LIMIT 3u

static void BalanceCheck(const NB_VISIT *Visit)
{
    NB_SHADOW *Shadow = Visit->Shadow;
    FINDING Finding = FindingOf(Visit, "REU-17", NULL);
    BOOLEAN Grown = Shadow->WasSent && Shadow->Balance > Shadow->SentBalance;

    if (Visit->Nb->MdlChain == Shadow->Sent.MdlChain &&
        Visit->Nb->DataOffset >= Shadow->Sent.DataOffset) {
        Grown = FALSE; // the driver has put the offset back by itself
    }
    Shadow->Unbalanced = Grown ? Shadow->Unbalanced + 1 : 0;
    Shadow->SentBalance = Shadow->Balance;
    if (Shadow->Unbalanced == GROWTH_LIMIT) {
        FindingReport(&Finding,
                      "NB %p was retreated by %lld bytes more than it was advanced, more with each "
                      "of its last %u sends (also PV-11)",
                      (const void *)Visit->Nb, (long long)Shadow->Balance, GROWTH_LIMIT + 1);
    }
}

static void NbCheck(NB_VISIT *Visit)
{
    const NET_BUFFER *Nb = Visit->Nb;
    NB_SHADOW *Shadow = NbShadowFind(Nb);
    NBL_SHADOW *Nobody = NULL;

    Visit->Shadow = Shadow;
    if (Shadow == NULL || atomic_load_explicit(&Shadow->Live, memory_order_acquire) == 0 ||
        !atomic_compare_exchange_strong(&Shadow->SentBy, &Nobody, Visit->Nbl)) {
        NbReport(Visit);
    }
    CookiesCheckNb(Visit->Nbl, Shadow, Nb, "is sent");
    ChainCheck(Visit);
    FrameCheck(Visit);
    BalanceCheck(Visit);
    Shadow->Sent = (NB_IMAGE){Nb->Next,         Nb->MdlChain,   Nb->CurrentMdl,
                              Nb->stDataLength, Nb->DataOffset, Nb->CurrentMdlOffset};
    Shadow->WasSent = TRUE;
    FlightBegins(Shadow, Nb);
}

void DataCheck(const SEND *Send, NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    FINDING Finding = {.Rule = "PV-08", .Nbl = Shadow};
    NB_VISIT First = {.Send = Send, .Nbl = Shadow};
    unsigned Count = 0;

    Shadow->MdlCount = 0;
    Shadow->FirstNb = Nbl->FirstNetBuffer;
    if (Nbl->FirstNetBuffer == NULL) {
        FindingReport(&Finding, "it has no NET_BUFFER (also SND-12)");
    }
    for (const NET_BUFFER *Nb = Nbl->FirstNetBuffer; Nb != NULL; Nb = Nb->Next) {
        NB_VISIT Visit = {.Send = Send, .Nbl = Shadow, .Nb = Nb};
        NbCheck(&Visit);
        if (Count++ == 0) {
            First = Visit;
        } else {
            HeaderCompare(&First, &Visit);
        }
    }
    Shadow->NbCount = Count;
}

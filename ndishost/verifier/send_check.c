// SPDX-License-Identifier: MIT

#include "send_check.h"

#include <stdio.h>

#include "cookies.h"
#include "finding.h"
#include "violation.h"

// So many sends in a row with more context, or more retreat, than the one before make a leak.
#define GROWTH_LIMIT 3u

// ---- the list

// What led the walk here: the NBL before, when its Next is still the one of its last completion.
static const NBL_SHADOW *StaleLink(const NBL_SHADOW *Before, const NET_BUFFER_LIST *Nbl)
{
    return Before != NULL && Before->CompletedNext == Nbl ? Before : NULL;
}

static const char *StateText(const SEND *Send, NBL_SHADOW *Shadow, char *Text, size_t Bytes)
{
    char By[FINDING_TEXT];

    if (Shadow == NULL) {
        snprintf(Text, Bytes, "is no NBL of a pool of NDIS");
    } else if (NblStateOf(Shadow) == NblFree) {
        snprintf(Text, Bytes, "was freed %s", FindingEvent(Shadow, EventFreed, By, sizeof(By)));
    } else if (NblStateOf(Shadow) != NblSent) {
        snprintf(Text, Bytes, "is not prepared for a send");
    } else if (Shadow->SendCall == Send->Call) {
        snprintf(Text, Bytes, "is already in this list");
    } else {
        snprintf(Text, Bytes, "was sent %s and is not completed yet",
                 FindingEvent(Shadow, EventSent, By, sizeof(By)));
    }
    return Text;
}

static __attribute__((noreturn, noinline)) void StaleReport(const SEND *Send,
                                                            const NBL_SHADOW *Before,
                                                            NET_BUFFER_LIST *Nbl,
                                                            NBL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "REU-05", .Nbl = Before, .Other = Shadow};
    char Text[2 * FINDING_TEXT];

    FindingReport(&Finding,
                  "it is sent with Next naming NBL %p, as its last completion list did\n"
                  "NBL %p %s (also PV-07)",
                  (void *)Nbl, (void *)Nbl, StateText(Send, Shadow, Text, sizeof(Text)));
}

// An NBL that can't be sent: the rule that says best how it came into the list.
static __attribute__((noreturn, noinline)) void RefuseNbl(const SEND *Send,
                                                          const NBL_SHADOW *Before,
                                                          NET_BUFFER_LIST *Nbl, NBL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "PV-03", .Nbl = Shadow, .Object = Nbl};
    char Text[2 * FINDING_TEXT];

    if (StaleLink(Before, Nbl) != NULL) {
        StaleReport(Send, Before, Nbl, Shadow);
    }
    if (Shadow == NULL) {
        Finding.Nbl = Before;
        FindingReport(&Finding,
                      "the list to send names %p, which is no NBL of a pool of NDIS (also NBL-01)",
                      (void *)Nbl);
    }
    StateText(Send, Shadow, Text, sizeof(Text));
    if (NblStateOf(Shadow) == NblFree) {
        FindingReport(&Finding, "it is sent, but %s", Text);
    }
    if (Shadow->SendCall == Send->Call) {
        Finding.Rule = "PV-07";
        FindingReport(&Finding, "the list of this send leads to it twice; it has no end");
    }
    if (Shadow->CarriedBy != NULL) {
        Finding.Rule = "REU-05";
        Finding.Other = Shadow->CarriedBy;
        FindingReport(&Finding,
                      "it is sent, but it is on its way already: NBL %p was sent with a Next that "
                      "its completion list had left, and carried this one along\n"
                      "it %s (also PV-01)",
                      (void *)NblOf(Shadow->CarriedBy), Text);
    }
    Finding.Rule = Shadow->Completions != 0 ? "REU-10" : "PV-01";
    FindingReport(&Finding, "it is sent again, but it %s (also %s)", Text,
                  Shadow->Completions != 0 ? "PV-01" : "NBL-03");
}

// From OWNED to SENT. Nothing behind `Nbl` has been looked at before.
static NBL_SHADOW *Admit(const SEND *Send, NBL_SHADOW *Before, NET_BUFFER_LIST *Nbl)
{
    NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    int Owned = NblOwned;

    if (Shadow == NULL ||
        !atomic_compare_exchange_strong_explicit(&Shadow->State, &Owned, NblSent,
                                                 memory_order_acq_rel, memory_order_acquire)) {
        RefuseNbl(Send, Before, Nbl, Shadow);
    }
    Shadow->SendCall = Send->Call;
    Shadow->CarriedBy = (NBL_SHADOW *)StaleLink(Before, Nbl);
    return Shadow;
}

// ---- one NBL

static __attribute__((noreturn, noinline)) void SourceReport(const SEND *Send,
                                                             const NBL_SHADOW *Shadow,
                                                             const NET_BUFFER_LIST *Nbl)
{
    BOOLEAN Reused = Shadow->Sends != 0;
    FINDING Finding = {.Rule = Reused ? "REU-16" : "PV-04", .Nbl = Shadow};
    char Old[FINDING_TEXT];
    char New[FINDING_TEXT];

    FindingReport(&Finding,
                  "SourceHandle is %s\nit is sent on %s;%s SourceHandle was not set for this send"
                  " (also %s)",
                  FindingBinding(Nbl->SourceHandle, Old, sizeof(Old)),
                  FindingBinding(Send->Binding, New, sizeof(New)),
                  Reused && Nbl->SourceHandle == Shadow->Binding ? " it is left from the last send:"
                                                                 : "",
                  Reused ? "PV-04" : "SND-06");
}

// Who clones an NBL keeps the pointer and the count (POOL-16, POOL-17).
static BOOLEAN IsParent(const NET_BUFFER_LIST *Nbl)
{
    NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    return Shadow != NULL && NblStateOf(Shadow) != NblFree && Nbl->ChildRefCount > 0;
}

static void OwnershipCheck(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    FINDING Finding = {.Rule = "PV-10", .Nbl = Shadow};

    if (Nbl->Context != Shadow->Context) {
        FindingReport(&Finding,
                      "Context is %p, and was %p; only NdisAllocateNetBufferListContext and "
                      "NdisFreeNetBufferListContext change it (also NBL-33)",
                      (void *)Nbl->Context, (void *)Shadow->Context);
    }
    if (Nbl->ChildRefCount != 0) {
        FindingReport(&Finding,
                      "ChildRefCount is %d: it has children, or the field was overwritten (also "
                      "NBL-42, POOL-17)",
                      (int)Nbl->ChildRefCount);
    }
    if (Nbl->ParentNetBufferList != NULL && !IsParent(Nbl->ParentNetBufferList)) {
        FindingReport(&Finding,
                      "ParentNetBufferList is %p, which is no NBL with children (also "
                      "NBL-34)",
                      (void *)Nbl->ParentNetBufferList);
    }
}

static void GrowthCheck(NBL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "REU-14", .Nbl = Shadow};
    BOOLEAN Grown = Shadow->Sends != 0 && Shadow->ContextBytes > Shadow->SentContextBytes;

    Shadow->Grown = Grown ? Shadow->Grown + 1 : 0;
    Shadow->SentContextBytes = Shadow->ContextBytes;
    if (Shadow->Grown == GROWTH_LIMIT) {
        FindingReport(&Finding,
                      "it has %lld bytes of added context, more with each of its last %u sends:\n"
                      "NdisAllocateNetBufferListContext without NdisFreeNetBufferListContext (also "
                      "PV-11)",
                      (long long)Shadow->ContextBytes, GROWTH_LIMIT + 1);
    }
}

static void CheckOne(const SEND *Send, NBL_SHADOW *Before, NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl)
{
    CookiesCheck(Shadow, Nbl, "is sent");
    if (Shadow->CarriedBy != NULL && SlotsAreStale(Shadow, Nbl)) {
        // Nobody prepared it: it goes out by accident.
        atomic_store(&Shadow->State, NblOwned);
        StaleReport(Send, Before, Nbl, Shadow);
    }
    OwnershipCheck(Shadow, Nbl);
    GrowthCheck(Shadow);
    if (Nbl->SourceHandle != Send->Binding) {
        SourceReport(Send, Shadow, Nbl);
    }
    SlotCheck(Send, Shadow, Nbl);
    Shadow->Sends++;
    DataCheck(Send, Shadow, Nbl);
    Shadow->Binding = Send->Binding;
    Shadow->LargeSend = Nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo];
    Shadow->CancelId = Nbl->NetBufferListInfo[NetBufferListCancelId];
    Shadow->SendTime = __builtin_ia32_rdtsc();
    NblEvent(Shadow, EventSent, (uintptr_t)Send->Binding, Send->Frame);
}

// ---- the call

static ULONG MaximumFrameBytes(NDIS_HANDLE Binding)
{
    BINDING_SHADOW *Shadow = TableFindOrAdd(&BindingTable, Binding);
    SIM_NDIS_BINDING_INFO Info;

    if (atomic_load_explicit(&Shadow->MaximumFrameBytes, memory_order_relaxed) == 0 &&
        SimNdisBindingInfo(Binding, &Info)) {
        atomic_store_explicit(&Shadow->MaximumFrameBytes, Info.MaximumFrameBytes,
                              memory_order_relaxed);
    }
    return atomic_load_explicit(&Shadow->MaximumFrameBytes, memory_order_relaxed);
}

static uint64_t NextCall(void)
{
    static _Thread_local uint64_t Count;
    return (uint64_t)SimCurrentThread()->Id << 40 | ++Count;
}

void SendCheck(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG SendFlags, const void *Frame)
{
    SEND Send = {Binding, MaximumFrameBytes(Binding), NextCall(), Frame};
    NBL_SHADOW *Before = NULL;

    if ((SendFlags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0 &&
        SimCurrentThread()->Irql < DISPATCH_LEVEL) {
        SimViolation("PV-16", NULL, Binding,
                     "NdisSendNetBufferLists with NDIS_SEND_FLAGS_DISPATCH_LEVEL at IRQL %u (also "
                     "SND-04)",
                     SimCurrentThread()->Irql);
    }
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        NBL_SHADOW *Shadow = Admit(&Send, Before, Nbl);
        CheckOne(&Send, Before, Shadow, Nbl);
        Before = Shadow;
    }
}

void SendCheckBindingClosed(NDIS_HANDLE Binding)
{
    BINDING_SHADOW *Shadow = TableFind(&BindingTable, Binding);
    if (Shadow != NULL) {
        atomic_store(&Shadow->MaximumFrameBytes, 0); // the next binding there may have another
    }
}

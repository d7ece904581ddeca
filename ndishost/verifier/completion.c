// SPDX-License-Identifier: MIT

#include "completion.h"

#include "cookies.h"
#include "finding.h"
#include "flight.h"
#include "poison.h"

// ---- what the lower drivers owe

static __attribute__((noreturn, noinline)) void NotSentReport(NET_BUFFER_LIST *Nbl,
                                                              NBL_SHADOW *Shadow)
{
    FINDING Finding = {.Rule = "PV-08", .Nbl = Shadow, .Object = Nbl};
    char By[FINDING_TEXT];

    if (Shadow == NULL) {
        FindingReport(&Finding,
                      "the miniport completes %p, which is no NBL (its error, not the protocol's)",
                      (void *)Nbl);
    }
    FindingReport(&Finding,
                  "the miniport completes it, but it is not sent: it was completed %s\n"
                  "(the miniport's error, not the protocol's; also SND-22)",
                  FindingEvent(Shadow, EventCompleted, By, sizeof(By)));
}

static __attribute__((noreturn, noinline)) void NotRestored(const NBL_SHADOW *Shadow,
                                                            const NB_SHADOW *Nb, const char *Field,
                                                            const void *Now, const void *Then)
{
    FINDING Finding = {.Rule = "PV-08", .Nbl = Shadow, .Nb = Nb};

    FindingReport(&Finding,
                  "the miniport completes it with %s %p; it was sent with %p\n"
                  "(the miniport's error, not the protocol's; also NBL-12 to 14)",
                  Field, Now, Then);
}

static void NbRestored(const NBL_SHADOW *Shadow, const NB_SHADOW *NbShadow, const NET_BUFFER *Nb)
{
    const NB_IMAGE *Sent = &NbShadow->Sent;
#define RESTORED(Field)                                                                            \
    if (Nb->Field != Sent->Field) {                                                                \
        NotRestored(Shadow, NbShadow, "NET_BUFFER " #Field, (const void *)(uintptr_t)Nb->Field,    \
                    (const void *)(uintptr_t)Sent->Field);                                         \
    }
    RESTORED(Next)
    RESTORED(MdlChain)
    RESTORED(CurrentMdl)
    RESTORED(DataOffset)
    RESTORED(CurrentMdlOffset)
#undef RESTORED
    if (Nb->stDataLength != Sent->DataLength) {
        NotRestored(Shadow, NbShadow, "DataLength", (const void *)(uintptr_t)Nb->stDataLength,
                    (const void *)(uintptr_t)Sent->DataLength);
    }
}

// ---- what they may do

static ULONG JunkBits(uint64_t Random)
{
    return (ULONG)Random & (NBL_FLAGS_MINIPORT_RESERVED | NBL_FLAGS_SCRATCH);
}

// A mark in the half of the slot that has no field: as long as it is there, nobody wrote the slot.
static PVOID SlotMark(PVOID *Slot, uint64_t Random)
{
    if (((uintptr_t)*Slot & 0xFFFFFFFFu) == 0) {
        return NULL; // empty, or only the mark of the last time, which was never written again
    }
    *Slot = (PVOID)(((uintptr_t)*Slot & 0xFFFFFFFFu) | (Random | 1) << 32);
    return *Slot;
}

static void NbScribble(const NBL_SHADOW *Shadow, NET_BUFFER *Nb)
{
    for (unsigned i = 0; i < 4; i++) {
        Nb->MiniportReserved[i] = SimPoisonValue(PoisonNbMiniportReserved0 + i, Shadow);
    }
}

static void NblScribble(NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl)
{
    uint64_t Random = ShadowMix(Shadow->Cookie);
    PVOID *Info = Nbl->NetBufferListInfo;

    Nbl->Scratch = SimPoisonValue(PoisonScratch, Shadow);
    Nbl->MiniportReserved[0] = SimPoisonValue(PoisonMiniportReserved0, Shadow);
    Nbl->MiniportReserved[1] = SimPoisonValue(PoisonMiniportReserved1, Shadow);
    Nbl->Flags = (Nbl->Flags & ~(ULONG)(NBL_FLAGS_MINIPORT_RESERVED | NBL_FLAGS_SCRATCH)) |
                 JunkBits(Random);
    Info[TcpLargeSendNetBufferListInfo] = (PVOID)(uintptr_t)(Random | 1);
    Shadow->LargeSendJunk = Info[TcpLargeSendNetBufferListInfo];
    Shadow->Marked[0] = SlotMark(&Info[TcpIpChecksumNetBufferListInfo], Random);
    Shadow->Marked[1] = SlotMark(&Info[Ieee8021QNetBufferListInfo], Random);
}

// As a lower driver that looks into the frame would: so that it shows when the sender builds the
// partial MDL again without MmPrepareMdlForReuse.
static void PartialMap(MDL *Chain)
{
    for (MDL *Mdl = Chain; Mdl != NULL; Mdl = Mdl->Next) {
        const CSHORT Mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;
        if ((Mdl->MdlFlags & MDL_PARTIAL) != 0 && (Mdl->MdlFlags & Mapped) == 0) {
            (void)MmGetSystemAddressForMdlSafe(Mdl, LowPagePriority | MdlMappingNoExecute);
        }
    }
}

// ---- one NBL

static void MdlsHome(const NBL_SHADOW *Shadow, const NET_BUFFER *Nb, unsigned *Seen)
{
    for (const MDL *Mdl = Nb->MdlChain; Mdl != NULL; Mdl = Mdl->Next) {
        if (*Seen >= NBL_MDLS) {
            MdlCompleted(MdlShadowFind(Mdl));
        } else {
            MdlCompleted(Shadow->Mdls[*Seen]);
        }
        (*Seen)++;
    }
}

static void NbsHome(NBL_SHADOW *Shadow)
{
    NET_BUFFER *Nb = Shadow->FirstNb;
    unsigned Seen = 0;

    while (Nb != NULL) {
        NB_SHADOW *NbShadow = NbShadowFind(Nb);
        NbRestored(Shadow, NbShadow, Nb);
        FlightEnds(NbShadow);
        PartialMap(Nb->MdlChain);
        MdlsHome(Shadow, Nb, &Seen);
        NbScribble(Shadow, Nb);
        CookiesRenewNb(NbShadow, Nb);
        atomic_store_explicit(&NbShadow->SentBy, NULL, memory_order_release);
        Nb = NbShadow->Sent.Next;
    }
}

static void CompleteOne(NDIS_HANDLE Binding, NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl,
                        const void *Frame)
{
    if (Nbl->SourceHandle != Shadow->Binding || Shadow->Binding != Binding) {
        NotRestored(Shadow, NULL, "SourceHandle", Nbl->SourceHandle, Shadow->Binding);
    }
    if (Nbl->FirstNetBuffer != Shadow->FirstNb) {
        NotRestored(Shadow, NULL, "FirstNetBuffer", Nbl->FirstNetBuffer, Shadow->FirstNb);
    }
    if (Nbl->Context != Shadow->Context || Shadow->ContextBytes != Shadow->SentContextBytes) {
        NotRestored(Shadow, NULL, "Context", Nbl->Context, Shadow->Context);
    }
    NbsHome(Shadow);
    CookiesRenew(Shadow, Nbl);
    NblScribble(Shadow, Nbl);
    Shadow->CompletedNext = Nbl->Next;
    Shadow->Completions++;
    NblEvent(Shadow, EventCompleted, (ULONG)Nbl->Status, Frame);
    atomic_store_explicit(&Shadow->State, NblOwned, memory_order_release);
}

void CompletionCheck(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, const void *Frame)
{
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        NBL_SHADOW *Shadow = NblShadowFind(Nbl);
        if (Shadow == NULL || NblStateOf(Shadow) != NblSent) {
            NotSentReport(Nbl, Shadow);
        }
        CompleteOne(Binding, Shadow, Nbl, Frame);
    }
}

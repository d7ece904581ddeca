// SPDX-License-Identifier: MIT

// Out-of-band data that belongs to the last send (contract NBL-83 to 88).

#include "finding.h"
#include "send_check.h"

// The last calls of NdisCancelSendNetBufferLists, newest over oldest.
#define CANCELS 64u

typedef struct CANCEL {
    NDIS_HANDLE Binding;
    PVOID Id;
    uint64_t Time;
} CANCEL;

static SIM_LOCK CancelLock; // guards what follows
static CANCEL Cancels[CANCELS];
static unsigned CancelCount;

void SlotCancelled(NDIS_HANDLE Binding, PVOID CancelId)
{
    SimLock(&CancelLock);
    Cancels[CancelCount++ % CANCELS] = (CANCEL){Binding, CancelId, __builtin_ia32_rdtsc()};
    SimUnlock(&CancelLock);
}

void SlotStop(void)
{
    CancelCount = 0;
    for (unsigned i = 0; i < CANCELS; i++) {
        Cancels[i] = (CANCEL){NULL, NULL, 0};
    }
}

static BOOLEAN WasCancelled(NDIS_HANDLE Binding, PVOID CancelId, uint64_t Since)
{
    BOOLEAN Found = FALSE;

    SimLock(&CancelLock);
    for (unsigned i = 0; i < CANCELS && !Found; i++) {
        Found = Cancels[i].Id == CancelId && Cancels[i].Binding == Binding &&
                Cancels[i].Time > Since;
    }
    SimUnlock(&CancelLock);
    return Found;
}

static void CancelIdCheck(const SEND *Send, const NBL_SHADOW *Shadow, PVOID CancelId)
{
    UCHAR Partial = (UCHAR)((uintptr_t)CancelId >> 56);
    FINDING Finding = {.Rule = "PV-25", .Nbl = Shadow};

    if (!SimNdisCancelIdIsOurs(Partial)) {
        FindingReport(&Finding,
                      "cancel id %p has 0x%02X in its high byte, which "
                      "NdisGeneratePartialCancelId has not given to anybody (also SND-60)",
                      CancelId, Partial);
    }
    if (CancelId == Shadow->CancelId && Shadow->Sends != 0 &&
        WasCancelled(Send->Binding, CancelId, Shadow->SendTime)) {
        Finding.Rule = "REU-07";
        FindingReport(&Finding,
                      "cancel id %p is that of its last send, and "
                      "NdisCancelSendNetBufferLists was called with it since then (also PV-25)",
                      CancelId);
    }
}

// A slot that holds what the last completion left, and what follows from it.
typedef struct STALE_SLOT {
    unsigned Slot;
    const char *Rule;
    const char *What; // NULL: there is none
} STALE_SLOT;

static STALE_SLOT StaleSlot(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    const PVOID *Info = Nbl->NetBufferListInfo;
    PVOID Junk = Shadow->LargeSendJunk;

    if (Junk != NULL && Info[TcpLargeSendNetBufferListInfo] == Junk) {
        // A driver that never sets the slot has no order of its own in it, but a result.
        return (STALE_SLOT){TcpLargeSendNetBufferListInfo,
                            Shadow->LargeSend != NULL ? "REU-07" : "PV-09",
                            "large send: the miniport may drop the frame (also NBL-83, NBL-84)"};
    }
    if (Shadow->Marked[0] != NULL && Info[TcpIpChecksumNetBufferListInfo] == Shadow->Marked[0]) {
        return (STALE_SLOT){TcpIpChecksumNetBufferListInfo, "REU-07",
                            "checksum: the miniport may rewrite the frame (also PV-09, NBL-85)"};
    }
    if (Shadow->Marked[1] != NULL && Info[Ieee8021QNetBufferListInfo] == Shadow->Marked[1]) {
        return (STALE_SLOT){Ieee8021QNetBufferListInfo, "REU-07",
                            "802.1Q: the miniport inserts a tag (also PV-09, NBL-86)"};
    }
    return (STALE_SLOT){0, NULL, NULL};
}

BOOLEAN SlotsAreStale(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    return StaleSlot(Shadow, Nbl).What != NULL;
}

void SlotCheck(const SEND *Send, NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    STALE_SLOT Stale = StaleSlot(Shadow, Nbl);
    FINDING Finding = {.Rule = Stale.Rule, .Nbl = Shadow};
    PVOID CancelId = Nbl->NetBufferListInfo[NetBufferListCancelId];

    if (Stale.What != NULL) {
        FindingReport(&Finding,
                      "NetBufferListInfo[%u] is %p, as the last completion left it: nobody wrote "
                      "it for this send\n%s",
                      Stale.Slot, Nbl->NetBufferListInfo[Stale.Slot], Stale.What);
    }
    if (CancelId != NULL) {
        CancelIdCheck(Send, Shadow, CancelId);
    }
}

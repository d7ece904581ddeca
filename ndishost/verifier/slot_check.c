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

// NULL: the driver wrote the slot, or it is empty.
static const char *StaleSlot(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl, unsigned *Slot)
{
    const PVOID *Info = Nbl->NetBufferListInfo;

    *Slot = TcpLargeSendNetBufferListInfo;
    if (Shadow->LargeSendJunk != NULL && Info[*Slot] == Shadow->LargeSendJunk) {
        return "large send: the miniport may drop the frame (also REU-07, NBL-84)";
    }
    *Slot = TcpIpChecksumNetBufferListInfo;
    if (Shadow->Marked[0] != NULL && Info[*Slot] == Shadow->Marked[0]) {
        return "checksum: the miniport may rewrite the frame (also PV-09, NBL-85)";
    }
    *Slot = Ieee8021QNetBufferListInfo;
    if (Shadow->Marked[1] != NULL && Info[*Slot] == Shadow->Marked[1]) {
        return "802.1Q: the miniport inserts a tag (also PV-09, NBL-86)";
    }
    return NULL;
}

BOOLEAN SlotsAreStale(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    unsigned Slot;
    return StaleSlot(Shadow, Nbl, &Slot) != NULL;
}

void SlotCheck(const SEND *Send, NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl)
{
    FINDING Finding = {.Rule = "REU-07", .Nbl = Shadow};
    unsigned Slot;
    const char *What = StaleSlot(Shadow, Nbl, &Slot);
    PVOID CancelId = Nbl->NetBufferListInfo[NetBufferListCancelId];

    if (What != NULL) {
        // Written below, where the driver never did; or left from the driver's own last send.
        Finding.Rule = Slot == TcpLargeSendNetBufferListInfo ? "PV-09" : "REU-07";
        FindingReport(&Finding,
                      "NetBufferListInfo[%u] is %p, as the last completion left it: nobody wrote "
                      "it for this send\n%s",
                      Slot, Nbl->NetBufferListInfo[Slot], What);
    }
    if (CancelId != NULL) {
        CancelIdCheck(Send, Shadow, CancelId);
    }
}

// SPDX-License-Identifier: MIT

// Strict mode: what happens at a send and at a completion, in order. See strict.h.

#include "strict.h"

#include <stdlib.h>

#include "../nt/hooks.h"
#include "completion.h"
#include "finding.h"

typedef struct WATCH {
    TABLE_ENTRY Entry;             // by NBL
    STRICT_SEND *_Atomic UnderWay; // from the send to the completion
} WATCH;

static TABLE Watches = {.EntryBytes = sizeof(WATCH)};
BOOLEAN StrictOn;

void StrictAllocated(void *Object)
{
    SIM_GUARDED *Slot = StrictOn ? SimGuardedFind(Object) : NULL;
    if (Slot != NULL && Slot->Kind == SimGuardedPool) {
        Slot->Owner = Object;
    }
}

void StrictMemoryFreeing(void *Address, SIZE_T Bytes)
{
    NET_BUFFER_LIST *Nbl = StrictUserOf(Address);
    if (Nbl != NULL) {
        FINDING Finding = {.Rule = "REU-11", .Nbl = NblShadowFind(Nbl), .Object = Nbl};
        FindingReport(&Finding, "pool %p (%zu bytes), which the NBL's frame is in, is freed",
                      Address, (size_t)Bytes);
    }
}

// ---- sends

static void SendOne(NET_BUFFER_LIST *Nbl)
{
    STRICT_SEND *Send = StrictImageMake(Nbl);
    if (Send == NULL) {
        return;
    }
    StrictFrameCheck(Send);
    StrictUsesBegin(Send);
    WATCH *Watch = TableFindOrAdd(&Watches, Nbl);
    atomic_store_explicit(&Watch->UnderWay, Send, memory_order_release);
}

void StrictSent(NET_BUFFER_LIST *Nbls)
{
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        SendOne(Nbl);
    }
}

static STRICT_SEND *TakeSend(NET_BUFFER_LIST *Nbl)
{
    WATCH *Watch = TableFind(&Watches, Nbl);
    return Watch == NULL ? NULL
                         : atomic_exchange_explicit(&Watch->UnderWay, NULL, memory_order_acq_rel);
}

// ---- completions

static STRICT_SEND *CollectSends(NET_BUFFER_LIST *Nbls)
{
    STRICT_SEND *First = NULL;
    STRICT_SEND **Tail = &First;
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        STRICT_SEND *Send = TakeSend(Nbl);
        if (Send != NULL) {
            StrictImageCompare(Send);
            Send->Next = NULL;
            *Tail = Send;
            Tail = &Send->Next;
        }
    }
    return First;
}

// The protocol gets the memory back.
static void Release(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, STRICT_SEND *Sends,
                    const void *Frame)
{
    for (STRICT_SEND *Send = Sends; Send != NULL; Send = Send->Next) {
        StrictUsesEnd(Send);
    }
    while (Sends != NULL) {
        STRICT_SEND *Next = Sends->Next;
        StrictFrameLeave(Sends);
        free(Sends);
        Sends = Next;
    }
    CompletionCheck(Binding, Nbls, Frame);
}

BOOLEAN StrictSendCompleting(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags,
                             const void *Frame)
{
    UNREFERENCED_PARAMETER(CompleteFlags);
    STRICT_SEND *Sends = CollectSends(Nbls);
    if (ParkList(Binding, Nbls, Sends)) {
        return TRUE;
    }
    Release(Binding, Nbls, Sends, Frame);
    return FALSE;
}

void StrictDeliver(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, STRICT_SEND *Sends, ULONG Flags)
{
    Release(Binding, Nbls, Sends, HOOK_FRAME);
    SimNdisSendCompleteUp(Binding, Nbls, Flags);
}

// ---- start and stop

NTSTATUS StrictStart(ULONG64 Seed)
{
    StrictOn = TRUE;
    SimPoolSetSpecial(TRUE);
    SimMdlSetSeparateMappings(TRUE);
    SimNdisSetFreeAtOnce(TRUE);
    StrictFrameStart(Seed);
    return ParkStart(Seed);
}

void StrictStop(void)
{
    if (!StrictOn) {
        return;
    }
    ParkStop();
    StrictFrameStop();
    TableClear(&Watches);
    SimNdisSetFreeAtOnce(FALSE);
    SimMdlSetSeparateMappings(FALSE);
    SimPoolSetSpecial(FALSE);
    StrictOn = FALSE;
}

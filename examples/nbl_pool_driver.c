// SPDX-License-Identifier: MIT

// A complete NDIS 6 protocol driver that sends one frame again and again and never allocates while
// it does. This file is what is particular to it; protocol.c, which calls it, has what every
// protocol driver has: registration, bind, unbind, pause, restart.

#include "nbl_pool_driver.h"

#define BATCH 32u

static const UCHAR Frame[60] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};

// Every millisecond: as many frames as there are free slots, in one chain.
VOID SendFrames(BINDING *Binding)
{
    ULONG Processor = NdisCurrentProcessorIndex();
    NET_BUFFER_LIST *Nbls = NULL;

    for (ULONG Count = 0; Count < BATCH; Count++) {
        NBL_SLOT *Slot = NblPoolTake(Binding->Pool, Processor);

        if (Slot == NULL) {
            break; // all are on their way
        }
        RtlCopyMemory(Slot->Frame + Binding->BackFillBytes, Frame, sizeof(Frame));
        NblPoolPrepare(Slot, Binding->NdisHandle, Binding->BackFillBytes, sizeof(Frame), NULL);
        NET_BUFFER_LIST_NEXT_NBL(Slot->Nbl) = Nbls;
        Nbls = Slot->Nbl;
    }
    if (Nbls != NULL) {
        ASSERT(NblPoolAudit(Nbls, Binding->NdisHandle) == NblRuleNone);
        NdisSendNetBufferLists(Binding->NdisHandle, Nbls, NDIS_DEFAULT_PORT_NUMBER,
                               NDIS_SEND_FLAGS_DISPATCH_LEVEL);
    }
}

_Use_decl_annotations_ VOID SendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    BINDING *Binding = Context;
    KIRQL OldIrql;

    UNREFERENCED_PARAMETER(Flags);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Nbl = Nbls;

        Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbl); // before the slot has another taker
        if (NET_BUFFER_LIST_STATUS(Nbl) != NDIS_STATUS_SUCCESS) {
            InterlockedIncrement(&Binding->Failures);
        }
        NblPoolGive(NblPoolFromNbl(Nbl), NdisCurrentProcessorIndex());
    }
    KeLowerIrql(OldIrql);
}

NDIS_STATUS SendStart(BINDING *Binding, const NBL_POOL_PARAMETERS *Parameters)
{
    NTSTATUS Status = NblPoolCreate(Parameters, &Binding->Pool);

    if (NT_SUCCESS(Status)) {
        Binding->BackFillBytes = NblPoolBackFillBytes(Binding->Pool);
    }
    return Status;
}

VOID SendStop(BINDING *Binding)
{
    NblPoolDestroy(Binding->Pool); // waits until every NBL has come back
    Binding->Pool = NULL;
}

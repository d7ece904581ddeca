// SPDX-License-Identifier: MIT

#include "watch.h"

#include <ndis.h>

#include <stdio.h>
#include <stdlib.h>

#include "nbl_pool.h"

enum { BACK_FILL = 32 };

NTSTATUS __real_NblPoolCreate(const NBL_POOL_PARAMETERS *Parameters, NBL_POOL **Pool);
NTSTATUS __wrap_NblPoolCreate(const NBL_POOL_PARAMETERS *Parameters, NBL_POOL **Pool);
VOID __real_NblPoolPrepare(NBL_SLOT *Slot, NDIS_HANDLE Binding, ULONG Offset, ULONG Length,
                           MDL *Tail);
VOID __wrap_NblPoolPrepare(NBL_SLOT *Slot, NDIS_HANDLE Binding, ULONG Offset, ULONG Length,
                           MDL *Tail);
VOID NTAPI __real_NblPoolGive(NBL_SLOT *Slot, ULONG Processor);
VOID NTAPI __wrap_NblPoolGive(NBL_SLOT *Slot, ULONG Processor);
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE __real_SendComplete;
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE __wrap_SendComplete;
VOID NTAPI __real_ProbeForRead(volatile VOID *Address, SIZE_T Length, ULONG Alignment);
VOID NTAPI __wrap_ProbeForRead(volatile VOID *Address, SIZE_T Length, ULONG Alignment);

static void Fail(const char *What)
{
    fprintf(stderr, "watch: %s\n", What);
    abort();
}

// As on an adapter with drivers below that want room in front of each frame.
NTSTATUS __wrap_NblPoolCreate(const NBL_POOL_PARAMETERS *Parameters, NBL_POOL **Pool)
{
    NBL_POOL_PARAMETERS WithRoom = *Parameters;

    if (WithRoom.DataBackFillBytes == 0) {
        WithRoom.DataBackFillBytes = BACK_FILL;
    }
    return __real_NblPoolCreate(&WithRoom, Pool);
}

VOID __wrap_NblPoolPrepare(NBL_SLOT *Slot, NDIS_HANDLE Binding, ULONG Offset, ULONG Length,
                           MDL *Tail)
{
    if (Offset < NblPoolBackFillBytes(Slot->Pool)) {
        Fail("no room is left in front of the frame");
    }
    if (Tail != NULL && Offset + Length <= NblPoolFrameBytes(Slot->Pool)) {
        Fail("a tail is chained to a frame that ends before it");
    }
    __real_NblPoolPrepare(Slot, Binding, Offset, Length, Tail);
}

VOID NTAPI __wrap_NblPoolGive(NBL_SLOT *Slot, ULONG Processor)
{
    if (Processor != NdisCurrentProcessorIndex()) {
        Fail("NblPoolGive with the number of another processor");
    }
    __real_NblPoolGive(Slot, Processor);
}

static volatile LONG CompleteWith;

_Use_decl_annotations_ VOID __wrap_SendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls,
                                                ULONG Flags)
{
    LONG Status = ReadNoFence(&CompleteWith);

    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL && Status != 0;
         Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        NET_BUFFER_LIST_STATUS(Nbl) = Status;
    }
    __real_SendComplete(Context, Nbls, Flags);
}

void watch_complete_with(uint32_t status)
{
    InterlockedExchange(&CompleteWith, (LONG)status);
}

static volatile LONG64 ProbeCalls;
static volatile LONG64 ProbeBytes;
static void (*AtProbe)(void *context);
static void *AtProbeContext;

VOID NTAPI __wrap_ProbeForRead(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    void (*Function)(void *context) = InterlockedExchangePointer((PVOID *)&AtProbe, NULL);

    if (Function != NULL) {
        Function(AtProbeContext);
    }
    InterlockedIncrement64(&ProbeCalls);
    InterlockedAdd64(&ProbeBytes, (LONG64)Length);
    __real_ProbeForRead(Address, Length, Alignment);
}

struct watch_probes watch_probes(void)
{
    return (struct watch_probes){(uint64_t)ProbeCalls, (uint64_t)ProbeBytes};
}

void watch_at_probe(void (*function)(void *context), void *context)
{
    AtProbeContext = context;
    InterlockedExchangePointer((PVOID *)&AtProbe, (PVOID)function);
}

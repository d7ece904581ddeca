// SPDX-License-Identifier: MIT

// The driver of chaos NICs: its entry points, the life of its part of an adapter, its thread,
// resets and the link.

#include "chaos.h"

#include "miniport.h"

static MINIPORT_PAUSE ChaosPause;
static MINIPORT_RESTART ChaosRestart;
static MINIPORT_RESET ChaosReset;
static MINIPORT_UNLOAD ChaosUnload;
static KSTART_ROUTINE ChaosThread;
static KDEFERRED_ROUTINE ChaosLinkBack;

static NDIS_HANDLE ChaosDriver;

NTSTATUS NTAPI ChaosDriverEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics;

    NicFillCharacteristics(&Characteristics);
    Characteristics.UnloadHandler = ChaosUnload;
    Characteristics.PauseHandler = ChaosPause;
    Characteristics.RestartHandler = ChaosRestart;
    Characteristics.SendNetBufferListsHandler = ChaosSend;
    Characteristics.CancelSendHandler = ChaosCancelSend;
    Characteristics.ResetHandlerEx = ChaosReset;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Characteristics,
                                       &ChaosDriver);
}

static void NTAPI ChaosUnload(DRIVER_OBJECT *DriverObject)
{
    (void)DriverObject;
    NdisMDeregisterMiniportDriver(ChaosDriver);
}

// ---- the gate

// Never from zero, because a pause may be over by then.
BOOLEAN ChaosEnter(CHAOS *Chaos, LONG Count)
{
    LONG Old = ReadNoFence(&Chaos->References);

    while (Old != 0) {
        LONG Seen = InterlockedCompareExchange(&Chaos->References, Old + Count, Old);
        if (Seen == Old) {
            return TRUE;
        }
        Old = Seen;
    }
    return FALSE;
}

void ChaosLeave(CHAOS *Chaos, LONG Count)
{
    if (InterlockedAdd(&Chaos->References, -Count) == 0) {
        KeSetEvent(&Chaos->Home, IO_NO_INCREMENT, FALSE);
    }
}

static NDIS_STATUS NTAPI ChaosRestart(NDIS_HANDLE Context,
                                      NDIS_MINIPORT_RESTART_PARAMETERS *Parameters)
{
    ADAPTER *Adapter = Context;
    CHAOS *Chaos = Adapter->Chaos;

    KeClearEvent(&Chaos->Home);
    ChaosReopen(Chaos);
    InterlockedExchange(&Chaos->References, 1);
    return NicRestart(Adapter, Parameters);
}

// The ordinary part first: what comes home from there passes through here.
static NDIS_STATUS NTAPI ChaosPause(NDIS_HANDLE Context, NDIS_MINIPORT_PAUSE_PARAMETERS *Parameters)
{
    ADAPTER *Adapter = Context;
    CHAOS *Chaos = Adapter->Chaos;
    NDIS_STATUS Status = NicPause(Adapter, Parameters);

    ChaosFlush(Chaos);
    ChaosLeave(Chaos, 1);
    KeWaitForSingleObject(&Chaos->Home, Executive, KernelMode, FALSE, NULL);
    return Status;
}

// ---- reset

// What is held has been sent or has failed: it completes with its own status, during the reset.
static NDIS_STATUS NTAPI ChaosReset(NDIS_HANDLE Context, BOOLEAN *AddressingReset)
{
    ADAPTER *Adapter = Context;
    CHAOS *Chaos = Adapter->Chaos;

    *AddressingReset = FALSE;
    InterlockedExchange(&Chaos->ResetAsked, 1);
    KeSetEvent(&Chaos->Work, IO_NO_INCREMENT, FALSE);
    return NDIS_STATUS_PENDING;
}

// ---- link

// NDIS is told that the link is down, and some milliseconds later that it is up again. Frames go on
// all the while: nobody promised that the news is as fast as they are.
void ChaosLoseLink(CHAOS *Chaos, ULONG64 Number)
{
    LARGE_INTEGER DueTime = {.QuadPart = -(LONG64)(Number % 50000 + 1)};

    if (InterlockedExchange(&Chaos->LinkLost, 1) != 0) {
        return;
    }
    ChaosCount(Chaos, CHAOS_LINK_LOSSES, 1);
    NicKick(Chaos->Adapter);
    KeSetTimer(&Chaos->LinkTimer, DueTime, &Chaos->LinkDpc);
}

static void NTAPI ChaosLinkBack(KDPC *Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    CHAOS *Chaos = Context;

    (void)Dpc;
    (void)Argument1;
    (void)Argument2;
    InterlockedExchange(&Chaos->LinkLost, 0);
    NicKick(Chaos->Adapter);
}

BOOLEAN ChaosHidesLink(const ADAPTER *Adapter)
{
    return Adapter->Chaos != NULL && ReadNoFence(&Adapter->Chaos->LinkLost) != 0;
}

// ---- thread

// Comes to all processors in turn, so that completions do.
static void NTAPI ChaosThread(void *Context)
{
    CHAOS *Chaos = Context;
    ULONG Processors = KeQueryActiveProcessorCount(NULL);
    ULONG Turn = 0;

    for (;;) {
        KeWaitForSingleObject(&Chaos->Work, Executive, KernelMode, FALSE, NULL);
        if (ReadNoFence(&Chaos->Stopping)) {
            break;
        }
        KeSetSystemAffinityThread((KAFFINITY)1 << (Turn++ % Processors));
        if (InterlockedExchange(&Chaos->ResetAsked, 0) != 0) {
            NdisMResetComplete(Chaos->Adapter->Handle, NDIS_STATUS_SUCCESS, (Turn & 1) != 0);
        }
        ChaosRunDueLanes(Chaos);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void ChaosThreadStop(CHAOS *Chaos)
{
    if (Chaos->Thread == NULL) {
        return;
    }
    InterlockedExchange(&Chaos->Stopping, 1);
    KeSetEvent(&Chaos->Work, IO_NO_INCREMENT, FALSE);
    NicThreadJoin(&Chaos->Thread);
}

// ---- life

NDIS_STATUS ChaosCreate(ADAPTER *Adapter)
{
    CHAOS *Chaos = NdisAllocateMemoryWithTagPriority(Adapter->Handle, sizeof(*Chaos), ADAPTER_TAG,
                                                     NormalPoolPriority);
    NDIS_STATUS Status;

    if (Chaos == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    RtlZeroMemory(Chaos, sizeof(*Chaos));
    Adapter->Chaos = Chaos;
    Chaos->Adapter = Adapter;
    Chaos->Port = Adapter->Slot->chaos;
    KeInitializeSpinLock(&Chaos->Lock);
    KeInitializeEvent(&Chaos->Home, NotificationEvent, FALSE);
    KeInitializeEvent(&Chaos->Work, SynchronizationEvent, FALSE);
    KeInitializeTimer(&Chaos->LinkTimer);
    KeInitializeDpc(&Chaos->LinkDpc, ChaosLinkBack, Chaos);
    ChaosLanesCreate(Chaos);
    Status = ChaosBricksCreate(Chaos);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    return NicThreadRun(ChaosThread, Chaos, &Chaos->Thread);
}

void ChaosDestroy(ADAPTER *Adapter)
{
    CHAOS *Chaos = Adapter->Chaos;

    if (Chaos == NULL) {
        return;
    }
    KeCancelTimer(&Chaos->LinkTimer);
    ChaosLanesDestroy(Chaos);
    ChaosThreadStop(Chaos);
    ChaosBricksDestroy(Chaos);
    NdisFreeMemory(Chaos, 0, 0);
    Adapter->Chaos = NULL;
}

// SPDX-License-Identifier: MIT

#include "filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FILTER_TAG 'tliF'
#define FRAME_BYTES 60u

typedef struct MODULE {
    NDIS_HANDLE Handle;
    NDIS_HANDLE Pool;
    EX_RUNDOWN_REF Own; // own frames on their way; closed from pause to restart
    volatile LONG Lists;
} MODULE;

struct filter_counts FilterCounts;
static NDIS_HANDLE DriverHandle;

static ULONG CountNbls(const NET_BUFFER_LIST *Nbls)
{
    ULONG Count = 0;
    for (; Nbls != NULL; Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbls)) {
        Count++;
    }
    return Count;
}

// ---- life

static FILTER_ATTACH Attach;
static NDIS_STATUS NTAPI Attach(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext,
                                PNDIS_FILTER_ATTACH_PARAMETERS Parameters)
{
    NDIS_FILTER_ATTRIBUTES Attributes = {0};
    NET_BUFFER_LIST_POOL_PARAMETERS Pool = {0};
    MODULE *Module = NdisAllocateMemoryWithTagPriority(Handle, sizeof(*Module), FILTER_TAG,
                                                       NormalPoolPriority);

    (void)DriverContext, (void)Parameters;
    assert_non_null(Module);
    memset(Module, 0, sizeof(*Module));
    Module->Handle = Handle;
    ExInitializeRundownProtection(&Module->Own);
    ExWaitForRundownProtectionRelease(&Module->Own);
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.fAllocateNetBuffer = TRUE;
    Pool.DataSize = 128;
    Pool.PoolTag = FILTER_TAG;
    Module->Pool = NdisAllocateNetBufferListPool(Handle, &Pool);
    assert_non_null(Module->Pool);
    Attributes.Header.Type = NDIS_OBJECT_TYPE_FILTER_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_FILTER_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_FILTER_ATTRIBUTES_REVISION_1;
    InterlockedIncrement(&FilterCounts.Attached);
    return NdisFSetAttributes(Handle, Module, &Attributes);
}

static FILTER_DETACH Detach;
static void NTAPI Detach(NDIS_HANDLE Context)
{
    MODULE *Module = Context;
    NdisFreeNetBufferListPool(Module->Pool);
    NdisFreeMemory(Module, 0, 0);
    InterlockedIncrement(&FilterCounts.Detached);
}

static FILTER_RESTART Restart;
static NDIS_STATUS NTAPI Restart(NDIS_HANDLE Context, PNDIS_FILTER_RESTART_PARAMETERS Parameters)
{
    (void)Parameters;
    ExReInitializeRundownProtection(&((MODULE *)Context)->Own);
    InterlockedIncrement(&FilterCounts.Restarts);
    return NDIS_STATUS_SUCCESS;
}

static FILTER_PAUSE Pause;
static NDIS_STATUS NTAPI Pause(NDIS_HANDLE Context, PNDIS_FILTER_PAUSE_PARAMETERS Parameters)
{
    (void)Parameters;
    ExWaitForRundownProtectionRelease(&((MODULE *)Context)->Own);
    InterlockedIncrement(&FilterCounts.Pauses);
    return NDIS_STATUS_SUCCESS;
}

static FILTER_NET_PNP_EVENT NetEvent;
static NDIS_STATUS NTAPI NetEvent(NDIS_HANDLE Context, PNET_PNP_EVENT_NOTIFICATION Notification)
{
    return NdisFNetPnPEvent(((MODULE *)Context)->Handle, Notification);
}

// ---- down

static void SendOwn(MODULE *Module)
{
    NET_BUFFER_LIST *Nbl;

    if (!ExAcquireRundownProtection(&Module->Own)) {
        return;
    }
    Nbl = NdisAllocateNetBufferList(Module->Pool, 0, 0);
    assert_non_null(Nbl);
    assert_int_equal(
        NdisRetreatNetBufferDataStart(NET_BUFFER_LIST_FIRST_NB(Nbl), FRAME_BYTES, 0, NULL),
        NDIS_STATUS_SUCCESS);
    memset(NdisGetDataBuffer(NET_BUFFER_LIST_FIRST_NB(Nbl), FRAME_BYTES, NULL, 1, 0), 0x5A,
           FRAME_BYTES);
    Nbl->SourceHandle = Module->Handle;
    InterlockedIncrement(&FilterCounts.OwnSent);
    NdisFSendNetBufferLists(Module->Handle, Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
}

static FILTER_SEND_NET_BUFFER_LISTS Send;
static void NTAPI Send(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                       ULONG Flags)
{
    MODULE *Module = Context;
    BOOLEAN Eighth = InterlockedIncrement(&Module->Lists) % 8 == 0;

    InterlockedExchangeAdd(&FilterCounts.Sent, (LONG)CountNbls(Nbls));
    NdisFSendNetBufferLists(Module->Handle, Nbls, Port, Flags);
    if (Eighth) {
        SendOwn(Module);
    }
}

// Frees what the filter made; the rest goes up in its order.
static FILTER_SEND_NET_BUFFER_LISTS_COMPLETE SendComplete;
static void NTAPI SendComplete(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    MODULE *Module = Context;
    NET_BUFFER_LIST *Others = NULL, **Tail = &Others;

    while (Nbls != NULL) {
        NET_BUFFER_LIST *Nbl = Nbls;
        Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        if (Nbl->SourceHandle != Module->Handle) {
            *Tail = Nbl;
            Tail = &NET_BUFFER_LIST_NEXT_NBL(Nbl);
            continue;
        }
        NdisFreeNetBufferList(Nbl); // as it is: all of its room goes with it
        InterlockedIncrement(&FilterCounts.OwnDone);
        ExReleaseRundownProtection(&Module->Own);
    }
    if (Others != NULL) {
        InterlockedExchangeAdd(&FilterCounts.SendsDone, (LONG)CountNbls(Others));
        NdisFSendNetBufferListsComplete(Module->Handle, Others, Flags);
    }
}

// ---- up

static FILTER_RECEIVE_NET_BUFFER_LISTS Receive;
static void NTAPI Receive(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, NDIS_PORT_NUMBER Port,
                          ULONG Count, ULONG Flags)
{
    InterlockedExchangeAdd(&FilterCounts.Received, (LONG)Count);
    if (NDIS_TEST_RECEIVE_CANNOT_PEND(Flags)) {
        InterlockedExchangeAdd(&FilterCounts.Returned, (LONG)Count);
    }
    NdisFIndicateReceiveNetBufferLists(((MODULE *)Context)->Handle, Nbls, Port, Count, Flags);
}

static FILTER_RETURN_NET_BUFFER_LISTS Return;
static void NTAPI Return(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    InterlockedExchangeAdd(&FilterCounts.Returned, (LONG)CountNbls(Nbls));
    NdisFReturnNetBufferLists(((MODULE *)Context)->Handle, Nbls, Flags);
}

// ---- registration

static DRIVER_UNLOAD Unload;
static void NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
    NdisFDeregisterFilterDriver(DriverHandle);
}

NTSTATUS NTAPI FilterEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_FILTER_DRIVER_CHARACTERISTICS C = {0};

    (void)RegistryPath;
    FilterCounts = (struct filter_counts){0};
    DriverObject->DriverUnload = Unload;
    C.Header.Type = NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_FILTER_CHARACTERISTICS_REVISION_2;
    C.Header.Size = NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_2;
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 50;
    RtlInitUnicodeString(&C.FriendlyName, L"Test filter");
    RtlInitUnicodeString(&C.UniqueName, L"{test}");
    RtlInitUnicodeString(&C.ServiceName, L"TestFilter");
    C.AttachHandler = Attach;
    C.DetachHandler = Detach;
    C.RestartHandler = Restart;
    C.PauseHandler = Pause;
    C.NetPnPEventHandler = NetEvent;
    C.SendNetBufferListsHandler = Send;
    C.SendNetBufferListsCompleteHandler = SendComplete;
    C.ReceiveNetBufferListsHandler = Receive;
    C.ReturnNetBufferListsHandler = Return;
    return NdisFRegisterFilterDriver(DriverObject, DriverObject, &C, &DriverHandle);
}

// SPDX-License-Identifier: MIT

#define _GNU_SOURCE // pthread_cond_clockwait
#include "protocol.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PROTOCOL_TAG 0x746F7250u
#define RECORDS_MAX 200000
#define TIME_LIMIT_S 60

struct frame {
    unsigned Length;
    unsigned char *Data;
};

static struct {
    pthread_mutex_t Lock; // guards what follows
    pthread_cond_t Changed;
    NDIS_HANDLE Binding;
    BOOLEAN Bound, Running, Resetting, Keep;
    NDIS_MEDIA_CONNECT_STATE Link;
    NDIS_BIND_PARAMETERS Parameters;
    unsigned Completions, Received, Scarce, AtDispatch, Outstanding;
    struct protocol_events Events;
    void (*Observe)(NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);
    NET_BUFFER_LIST *Completed[RECORDS_MAX];
    struct frame Frames[RECORDS_MAX];
    NET_BUFFER_LIST *Kept;
    unsigned Returning; // threads that are in NdisReturnNetBufferLists with them
    void *CancelId;
    NDIS_STATUS OidStatus;
    BOOLEAN OidDone, OpenDone, CloseDone;
    NDIS_STATUS OpenStatus;
} P = {.Lock = PTHREAD_MUTEX_INITIALIZER, .Changed = PTHREAD_COND_INITIALIZER};

static NDIS_HANDLE Driver, Pool, NetBufferPool;

static void Enter(void)
{
    pthread_mutex_lock(&P.Lock);
}

static void Leave(void)
{
    pthread_cond_broadcast(&P.Changed);
    pthread_mutex_unlock(&P.Lock);
}

// With the lock held.
static void WaitChange(const char *What)
{
    struct timespec Limit;

    clock_gettime(CLOCK_MONOTONIC, &Limit);
    Limit.tv_sec += TIME_LIMIT_S;
    if (pthread_cond_clockwait(&P.Changed, &P.Lock, CLOCK_MONOTONIC, &Limit) != 0) {
        pthread_mutex_unlock(&P.Lock);
        print_error("%s did not happen\n", What);
        abort();
    }
}

// ---- the driver

static PROTOCOL_BIND_ADAPTER_EX Bind;
static PROTOCOL_UNBIND_ADAPTER_EX Unbind;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX OpenComplete;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX CloseComplete;
static PROTOCOL_NET_PNP_EVENT PnpEvent;
static PROTOCOL_OID_REQUEST_COMPLETE OidComplete;
static PROTOCOL_STATUS_EX StatusIndication;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS ReceiveNbls;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SendComplete;
static DRIVER_UNLOAD Unload;

static NDIS_STATUS NTAPI Bind(NDIS_HANDLE DriverContext, NDIS_HANDLE BindContext,
                              NDIS_BIND_PARAMETERS *Parameters)
{
    static NDIS_MEDIUM Medium = NdisMedium802_3;
    static UINT Selected;
    NDIS_OPEN_PARAMETERS Open;
    NDIS_STATUS Status;

    (void)DriverContext;
    RtlZeroMemory(&Open, sizeof(Open));
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = Parameters->AdapterName;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    P.OpenDone = FALSE;
    Status = NdisOpenAdapterEx(Driver, &P, &Open, BindContext, &P.Binding);
    Enter();
    while (Status == NDIS_STATUS_PENDING) {
        if (P.OpenDone) {
            Status = P.OpenStatus;
        } else {
            WaitChange("open complete");
        }
    }
    P.Parameters = *Parameters;
    P.Bound = Status == NDIS_STATUS_SUCCESS;
    Leave();
    return Status;
}

static void NTAPI OpenComplete(NDIS_HANDLE Context, NDIS_STATUS Status)
{
    (void)Context;
    Enter();
    P.OpenDone = TRUE;
    P.OpenStatus = Status;
    Leave();
}

static NDIS_STATUS NTAPI Unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    NDIS_STATUS Status;

    (void)UnbindContext;
    (void)Context;
    P.CloseDone = FALSE;
    Status = NdisCloseAdapterEx(P.Binding);
    Enter();
    while (Status == NDIS_STATUS_PENDING && !P.CloseDone) {
        WaitChange("close complete");
    }
    P.Bound = FALSE;
    P.Binding = NULL;
    Leave();
    return NDIS_STATUS_SUCCESS;
}

static void NTAPI CloseComplete(NDIS_HANDLE Context)
{
    (void)Context;
    Enter();
    P.CloseDone = TRUE;
    Leave();
}

static void Pause(void)
{
    void *CancelId;

    Enter();
    P.Running = FALSE;
    P.Events.Pauses++;
    CancelId = P.CancelId;
    pthread_mutex_unlock(&P.Lock);
    if (CancelId != NULL) {
        NdisCancelSendNetBufferLists(P.Binding, CancelId);
    }
    Enter();
    while (P.Outstanding != 0) {
        WaitChange("completion of every send before the pause");
    }
    Leave();
    ProtocolReturnKept();
    Enter();
    while (P.Returning != 0) {
        WaitChange("return of every frame before the pause");
    }
    Leave();
}

static NDIS_STATUS NTAPI PnpEvent(NDIS_HANDLE Context, NET_PNP_EVENT_NOTIFICATION *Event)
{
    (void)Context;
    if (Event->NetPnPEvent.NetEvent == NetEventPause) {
        Pause();
    } else if (Event->NetPnPEvent.NetEvent == NetEventRestart) {
        Enter();
        P.Running = TRUE;
        Leave();
    }
    return NDIS_STATUS_SUCCESS;
}

static void NTAPI OidComplete(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request, NDIS_STATUS Status)
{
    (void)Context;
    (void)Request;
    Enter();
    P.OidStatus = Status;
    P.OidDone = TRUE;
    Leave();
}

static void NTAPI StatusIndication(NDIS_HANDLE Context, NDIS_STATUS_INDICATION *Indication)
{
    (void)Context;
    Enter();
    if (Indication->StatusCode == NDIS_STATUS_LINK_STATE) {
        P.Link = ((NDIS_LINK_STATE *)Indication->StatusBuffer)->MediaConnectState;
        P.Events.LinksLost += P.Link == MediaConnectStateDisconnected;
    } else if (Indication->StatusCode == NDIS_STATUS_RESET_START) {
        P.Resetting = TRUE;
    } else if (Indication->StatusCode == NDIS_STATUS_RESET_END) {
        P.Resetting = FALSE;
        P.Events.Resets++;
    }
    Leave();
}

static void RecordFrame(NET_BUFFER *NetBuffer)
{
    struct frame *Frame = &P.Frames[P.Received++];
    unsigned char *Data;

    Frame->Length = NET_BUFFER_DATA_LENGTH(NetBuffer);
    Frame->Data = malloc(Frame->Length);
    Data = NdisGetDataBuffer(NetBuffer, Frame->Length, Frame->Data, 1, 0);
    assert_non_null(Data);
    if (Data != Frame->Data) {
        memcpy(Frame->Data, Data, Frame->Length);
    }
}

static void NTAPI ReceiveNbls(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                              ULONG Count, ULONG Flags)
{
    BOOLEAN Scarce = (Flags & NDIS_RECEIVE_FLAGS_RESOURCES) != 0;
    NET_BUFFER_LIST *Last = Nbls;
    BOOLEAN Return;

    (void)Context;
    (void)Port;
    Enter();
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        RecordFrame(NET_BUFFER_LIST_FIRST_NB(Nbl));
        Last = Nbl;
    }
    if (Scarce) {
        P.Scarce += Count;
    }
    if (Flags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) {
        assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
        P.AtDispatch += Count;
    }
    // A paused one keeps nothing: nobody would return it before the adapter pauses, too.
    Return = !Scarce && !(P.Keep && P.Running);
    if (!Scarce && !Return) {
        NET_BUFFER_LIST_NEXT_NBL(Last) = P.Kept;
        P.Kept = Nbls;
    }
    Leave();
    if (Return) {
        NdisReturnNetBufferLists(P.Binding, Nbls, 0);
    }
}

static void NTAPI SendComplete(NDIS_HANDLE Context, NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    (void)Context;
    if (P.Observe != NULL) {
        P.Observe(Nbls, Flags);
    }
    Enter();
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Nbls);

        NET_BUFFER_LIST_NEXT_NBL(Nbls) = NULL;
        assert_true(P.Completions < RECORDS_MAX);
        P.Completed[P.Completions++] = Nbls;
        P.Outstanding--;
        Nbls = Next;
    }
    Leave();
}

static void NTAPI Unload(DRIVER_OBJECT *DriverObject)
{
    (void)DriverObject;
    NdisDeregisterProtocolDriver(Driver);
    NdisFreeNetBufferListPool(Pool);
    NdisFreeNetBufferPool(NetBufferPool);
}

static void MakePools(void)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters;
    NET_BUFFER_POOL_PARAMETERS Buffers;

    RtlZeroMemory(&Parameters, sizeof(Parameters));
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.PoolTag = PROTOCOL_TAG;
    Pool = NdisAllocateNetBufferListPool(NULL, &Parameters);
    RtlZeroMemory(&Buffers, sizeof(Buffers));
    Buffers.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Buffers.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Buffers.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Buffers.PoolTag = PROTOCOL_TAG;
    NetBufferPool = NdisAllocateNetBufferPool(NULL, &Buffers);
}

NTSTATUS NTAPI ProtocolEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics;
    NDIS_STRING Name = NDIS_STRING_CONST("TestProtocol");

    (void)RegistryPath;
    DriverObject->DriverUnload = Unload;
    MakePools();
    RtlZeroMemory(&Characteristics, sizeof(Characteristics));
    Characteristics.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Characteristics.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Characteristics.MajorNdisVersion = 6;
    Characteristics.MinorNdisVersion = 50;
    Characteristics.MajorDriverVersion = 1;
    Characteristics.Name = Name;
    Characteristics.BindAdapterHandlerEx = Bind;
    Characteristics.UnbindAdapterHandlerEx = Unbind;
    Characteristics.OpenAdapterCompleteHandlerEx = OpenComplete;
    Characteristics.CloseAdapterCompleteHandlerEx = CloseComplete;
    Characteristics.NetPnPEventHandler = PnpEvent;
    Characteristics.OidRequestCompleteHandler = OidComplete;
    Characteristics.StatusHandlerEx = StatusIndication;
    Characteristics.ReceiveNetBufferListsHandler = ReceiveNbls;
    Characteristics.SendNetBufferListsCompleteHandler = SendComplete;
    return NdisRegisterProtocolDriver(NULL, &Characteristics, &Driver);
}

// ---- for the test

void ProtocolReset(void)
{
    Enter();
    for (unsigned I = 0; I < P.Received; I++) {
        free(P.Frames[I].Data);
    }
    P.Completions = P.Received = P.Scarce = P.AtDispatch = 0;
    P.Events = (struct protocol_events){0};
    P.Observe = NULL;
    P.Resetting = FALSE;
    P.Keep = FALSE;
    P.CancelId = NULL;
    P.Link = MediaConnectStateUnknown;
    Leave();
}

void ProtocolWaitRunning(void)
{
    Enter();
    while (!P.Running || P.Resetting) {
        WaitChange("restart of the binding");
    }
    Leave();
}

BOOLEAN ProtocolIsBound(void)
{
    BOOLEAN Bound;

    Enter();
    Bound = P.Bound;
    Leave();
    return Bound;
}

void ProtocolWaitUnbound(void)
{
    Enter();
    while (P.Bound) {
        WaitChange("unbinding");
    }
    Leave();
}

const NDIS_BIND_PARAMETERS *ProtocolBindParameters(void)
{
    return &P.Parameters;
}

void ProtocolPattern(unsigned char *Data, unsigned Length, unsigned Seed)
{
    for (unsigned I = 0; I < Length; I++) {
        Data[I] = (unsigned char)(Seed * 37 + I * 11 + (I >> 8));
    }
    if (Length >= 14) {
        // The same addresses for all: they may be in one NBL (SND-11).
        for (unsigned I = 0; I < 12; I++) {
            Data[I] = (unsigned char)(2 * I);
        }
        Data[12] = 0x88;
        Data[13] = 0xB5;
    }
}

static NET_BUFFER *MakeNetBuffer(unsigned Length, unsigned Seed, unsigned Piece)
{
    unsigned char *Data = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length == 0 ? 1 : Length,
                                          PROTOCOL_TAG);
    MDL *First = NULL;
    MDL **Link = &First;

    assert_non_null(Data);
    ProtocolPattern(Data, Length, Seed);
    if (Piece == 0) {
        Piece = Length == 0 ? 1 : Length;
    }
    for (unsigned At = 0; At < Length || At == 0; At += Piece) {
        *Link = NdisAllocateMdl(Driver, Data + At, min(Piece, max(Length, 1u) - At));
        assert_non_null(*Link);
        Link = &(*Link)->Next;
    }
    return NdisAllocateNetBuffer(NetBufferPool, First, 0, Length);
}

NET_BUFFER_LIST *ProtocolMake(unsigned Count, unsigned Length, unsigned Seed, unsigned Piece)
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
    NET_BUFFER **Link = &NET_BUFFER_LIST_FIRST_NB(Nbl);

    for (unsigned I = 0; I < Count; I++) {
        *Link = MakeNetBuffer(Length, Seed + I, Piece);
        assert_non_null(*Link);
        Link = &NET_BUFFER_NEXT_NB(*Link);
    }
    *Link = NULL;
    return Nbl;
}

void ProtocolFree(NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER *NetBuffer = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_LIST_FIRST_NB(Nbl) = NULL;
    while (NetBuffer != NULL) {
        NET_BUFFER *Next = NET_BUFFER_NEXT_NB(NetBuffer);
        MDL *Mdl = NET_BUFFER_FIRST_MDL(NetBuffer);

        ExFreePoolWithTag(MmGetMdlVirtualAddress(Mdl), PROTOCOL_TAG);
        while (Mdl != NULL) {
            MDL *NextMdl = Mdl->Next;
            NdisFreeMdl(Mdl);
            Mdl = NextMdl;
        }
        NdisFreeNetBuffer(NetBuffer);
        NetBuffer = Next;
    }
    NdisFreeNetBufferList(Nbl);
}

// The pause counts what is outstanding, so a send that has passed the check is waited for.
BOOLEAN ProtocolTrySend(NET_BUFFER_LIST *Nbls)
{
    NDIS_HANDLE Binding;

    Enter();
    if (!P.Running || P.Resetting) {
        Leave();
        return FALSE;
    }
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        Nbl->SourceHandle = P.Binding;
        NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
        NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
        NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
        P.Outstanding++;
    }
    Binding = P.Binding;
    Leave();
    NdisSendNetBufferLists(Binding, Nbls, NDIS_DEFAULT_PORT_NUMBER, 0);
    return TRUE;
}

void ProtocolSend(NET_BUFFER_LIST *Nbls)
{
    assert_true(ProtocolTrySend(Nbls));
}

void ProtocolCancel(void *CancelId)
{
    NdisCancelSendNetBufferLists(P.Binding, CancelId);
}

void ProtocolCancelOnPause(void *CancelId)
{
    Enter();
    P.CancelId = CancelId;
    Leave();
}

unsigned ProtocolCompletions(void)
{
    unsigned Count;

    Enter();
    Count = P.Completions;
    Leave();
    return Count;
}

void ProtocolWaitCompletions(unsigned Count)
{
    Enter();
    while (P.Completions < Count) {
        WaitChange("completion of the sends");
    }
    Leave();
}

NET_BUFFER_LIST *ProtocolCompleted(unsigned Index)
{
    NET_BUFFER_LIST *Nbl;

    Enter();
    assert_true(Index < P.Completions);
    Nbl = P.Completed[Index];
    Leave();
    return Nbl;
}

NDIS_STATUS ProtocolOid(NDIS_REQUEST_TYPE Type, NDIS_OID Oid, void *Buffer, unsigned Length,
                        unsigned *Bytes)
{
    NDIS_OID_REQUEST *Request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Request),
                                                PROTOCOL_TAG);
    // Both must be nonpaged memory (contract OID-01).
    void *Copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length == 0 ? 1 : Length, PROTOCOL_TAG);
    NDIS_STATUS Status;

    memcpy(Copy, Buffer, Length);
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = Type;
    Request->DATA.QUERY_INFORMATION.Oid = Oid;
    Request->DATA.QUERY_INFORMATION.InformationBuffer = Copy;
    Request->DATA.QUERY_INFORMATION.InformationBufferLength = Length;
    P.OidDone = FALSE;
    Status = NdisOidRequest(P.Binding, Request);
    Enter();
    while (Status == NDIS_STATUS_PENDING) {
        if (P.OidDone) {
            Status = P.OidStatus;
        } else {
            WaitChange("completion of the OID request");
        }
    }
    Leave();
    if (Bytes != NULL) {
        *Bytes = Request->DATA.QUERY_INFORMATION.BytesWritten; // or BytesRead, the same place
    }
    if (Type != NdisRequestSetInformation) {
        memcpy(Buffer, Copy, Length);
    }
    ExFreePoolWithTag(Copy, PROTOCOL_TAG);
    ExFreePoolWithTag(Request, PROTOCOL_TAG);
    return Status;
}

void ProtocolKeep(BOOLEAN Keep)
{
    Enter();
    P.Keep = Keep;
    Leave();
}

void ProtocolReturnKept(void)
{
    NET_BUFFER_LIST *Kept;

    Enter();
    Kept = P.Kept;
    P.Kept = NULL;
    P.Returning++;
    Leave();
    if (Kept != NULL) {
        NdisReturnNetBufferLists(P.Binding, Kept, 0);
    }
    Enter();
    P.Returning--;
    Leave();
}

unsigned ProtocolReceived(void)
{
    unsigned Count;

    Enter();
    Count = P.Received;
    Leave();
    return Count;
}

void ProtocolWaitReceived(unsigned Count)
{
    Enter();
    while (P.Received < Count) {
        WaitChange("reception of the frames");
    }
    Leave();
}

unsigned ProtocolReceivedLength(unsigned Index)
{
    unsigned Length;

    Enter();
    assert_true(Index < P.Received);
    Length = P.Frames[Index].Length;
    Leave();
    return Length;
}

const unsigned char *ProtocolReceivedData(unsigned Index)
{
    const unsigned char *Data;

    Enter();
    Data = P.Frames[Index].Data;
    Leave();
    return Data;
}

unsigned ProtocolReceivedScarce(void)
{
    unsigned Count;

    Enter();
    Count = P.Scarce;
    Leave();
    return Count;
}

unsigned ProtocolReceivedAtDispatch(void)
{
    unsigned Count;

    Enter();
    Count = P.AtDispatch;
    Leave();
    return Count;
}

struct protocol_events ProtocolEvents(void)
{
    struct protocol_events Events;

    Enter();
    Events = P.Events;
    Leave();
    return Events;
}

void ProtocolObserve(void (*Observe)(NET_BUFFER_LIST *Nbls, ULONG CompleteFlags))
{
    P.Observe = Observe; // while nothing is on its way
}

void ProtocolWaitLink(NDIS_MEDIA_CONNECT_STATE State)
{
    Enter();
    while (P.Link != State) {
        WaitChange("link state indication");
    }
    Leave();
}

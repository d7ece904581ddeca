// SPDX-License-Identifier: MIT

// The send path of the miniport without NDIS: what a well-behaved NDIS never lets happen, such as a
// pause with sends in the queue. The test stands in for NDIS, for the adapter's thread and for the
// wire.

#include "../../ndishost/nic/chaos.h"

#include "../../ndishost/nt/pool.h"
#include "../../ndishost/nt/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ADAPTER *Adapter;
static struct wire_slot Slot;
static unsigned Room, Kicks, WireCalls, SentFrames, Completed;
static NDIS_STATUS Statuses[100000];
static void (*DuringSend)(void); // called once, from inside the wire

struct nbl {
    NET_BUFFER_LIST List;
    NET_BUFFER Buffer;
    MDL Mdl;
    unsigned char Data[64];
};

// ---- what the miniport calls

void NTAPI NdisMSendNetBufferListsComplete(NDIS_HANDLE Handle, NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    (void)Handle;
    (void)Flags;
    while (Nbls != NULL) {
        NET_BUFFER_LIST *Next = NET_BUFFER_LIST_NEXT_NBL(Nbls);

        Statuses[Completed++] = NET_BUFFER_LIST_STATUS(Nbls);
        free(CONTAINING_RECORD(Nbls, struct nbl, List));
        Nbls = Next;
    }
}

void ChaosFinished(ADAPTER *Self, NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    (void)Self;
    (void)Nbls;
    (void)Flags;
    fail(); // this NIC is an ordinary one
}

void NicKick(ADAPTER *Self)
{
    (void)Self;
    Kicks++;
}

ULONG NicReceiveFrames(ADAPTER *Self)
{
    (void)Self;
    return 0;
}

static unsigned WireSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    unsigned Now = min(Count, Room);
    void (*Call)(void) = DuringSend;

    (void)Wire;
    DuringSend = NULL;
    for (unsigned I = 0; I < Now; I++) {
        Frames[I].result = 0;
    }
    Room -= Now;
    WireCalls++;
    SentFrames += Now;
    if (Call != NULL) {
        Call();
    }
    return Now;
}

static const struct wire_ops Ops = {.kind = "fake", .send = WireSend};

// ---- fixture

static int Start(void **State)
{
    (void)State;
    SimThreadStart(2);
    SimPoolStart();
    SimMdlStart();
    Adapter = calloc(1, sizeof(*Adapter));
    Slot.ops = &Ops;
    Slot.properties.threaded = 1;
    Adapter->Slot = &Slot;
    Adapter->FrameBytes = 1514;
    assert_int_equal(NicSendCreate(Adapter), NDIS_STATUS_SUCCESS);
    NicSendRestart(Adapter);
    Room = ~0u;
    Kicks = WireCalls = SentFrames = Completed = 0;
    DuringSend = NULL;
    return 0;
}

static int Stop(void **State)
{
    (void)State;
    NicSendDestroy(Adapter);
    free(Adapter);
    assert_int_equal(SimMdlStop(), 0);
    assert_int_equal(SimPoolStop(), 0);
    assert_int_equal(SimThreadStop(), 0);
    return 0;
}

static NET_BUFFER_LIST *Make(unsigned Count)
{
    NET_BUFFER_LIST *First = NULL;

    for (unsigned I = 0; I < Count; I++) {
        struct nbl *Nbl = calloc(1, sizeof(*Nbl));

        MmInitializeMdl(&Nbl->Mdl, Nbl->Data, sizeof(Nbl->Data));
        Nbl->Mdl.MappedSystemVa = Nbl->Data;
        Nbl->Mdl.MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA; // all that the miniport looks at
        Nbl->Buffer.CurrentMdl = Nbl->Buffer.MdlChain = &Nbl->Mdl;
        Nbl->Buffer.DataLength = sizeof(Nbl->Data);
        Nbl->List.FirstNetBuffer = &Nbl->Buffer;
        NET_BUFFER_LIST_NEXT_NBL(&Nbl->List) = First;
        First = &Nbl->List;
    }
    return First;
}

static void Send(unsigned Count)
{
    NicSendNetBufferLists(Adapter, Make(Count), NDIS_DEFAULT_PORT_NUMBER, 0);
}

static void ExpectStatuses(unsigned From, unsigned To, NDIS_STATUS Status)
{
    for (unsigned I = From; I < To; I++) {
        assert_int_equal(Statuses[I], Status);
    }
}

// ---- tests

static void Send_Paused_IsRefused(void **State)
{
    (void)State;
    NicSendPause(Adapter);
    Send(3);
    assert_int_equal(Completed, 3);
    ExpectStatuses(0, 3, NDIS_STATUS_PAUSED);
    assert_int_equal(SentFrames, 0);
    NicSendRestart(Adapter);
    Send(1);
    ExpectStatuses(3, 4, NDIS_STATUS_SUCCESS);
}

static void Pause_SendsWaitForRoom_CompleteAsPaused(void **State)
{
    (void)State;
    Room = 70;
    Send(200);
    assert_int_equal(Completed, 70);
    assert_int_equal(Kicks, 1);
    NicSendPause(Adapter);
    assert_int_equal(Completed, 200);
    ExpectStatuses(0, 70, NDIS_STATUS_SUCCESS);
    ExpectStatuses(70, 200, NDIS_STATUS_PAUSED);
    Room = ~0u;
    assert_false(NicSendResume(Adapter, TRUE)); // the thread comes too late
    assert_int_equal(SentFrames, 70);
}

static void SendMore(void)
{
    Send(500);
}

static void Send_InsideTheWire_IsQueuedForTheDrainer(void **State)
{
    (void)State;
    DuringSend = SendMore;
    Send(1);
    assert_int_equal(Completed, 501);
    assert_int_equal(SentFrames, 501);
    assert_int_equal(Adapter->Sends[0].State, SendIdle);
}

static void PauseBegins(void)
{
    Send(10);
    Adapter->Sends[0].AdapterState = AdapterPausing; // as NicSendPause does before it waits
}

static void Pause_DrainerAtWork_ItAbortsTheRestAndTells(void **State)
{
    LARGE_INTEGER Now = {.QuadPart = 0};

    (void)State;
    DuringSend = PauseBegins;
    Send(100);
    assert_int_equal(Completed, 110);
    ExpectStatuses(0, 64, NDIS_STATUS_SUCCESS);
    ExpectStatuses(64, 110, NDIS_STATUS_PAUSED);
    assert_int_equal(
        KeWaitForSingleObject(&Adapter->Sends[0].Drained, Executive, KernelMode, FALSE, &Now),
        STATUS_SUCCESS);
}

static void Send_MoreThanItsShare_LeavesTheRestToTheThread(void **State)
{
    unsigned Turns = 0;

    (void)State;
    Send(10000);
    assert_true(Completed < 10000);
    assert_int_equal(Adapter->Sends[0].State, SendHandedOver);
    while (Adapter->Sends[0].State == SendHandedOver) {
        unsigned Before = Kicks;

        assert_true(Before > Turns++); // each turn was asked for
        assert_false(NicSendResume(Adapter, FALSE));
    }
    assert_int_equal(Completed, 10000);
    assert_int_equal(SentFrames, 10000);
}

static void Resume_NoRoomYet_LeavesTheQueueAlone(void **State)
{
    (void)State;
    Room = 0;
    Send(5);
    assert_true(NicSendResume(Adapter, FALSE));
    assert_true(NicSendResume(Adapter, TRUE)); // the wire still takes none
    assert_int_equal(Completed, 0);
    Room = 2;
    assert_true(NicSendResume(Adapter, TRUE));
    assert_int_equal(Completed, 2);
    Room = 3;
    assert_false(NicSendResume(Adapter, TRUE));
    assert_int_equal(Completed, 5);
}

static void Send_Removed_FailsWithoutTheWire(void **State)
{
    (void)State;
    Room = 1;
    Send(5);
    assert_int_equal(Completed, 1);
    Adapter->Removed = 1;
    assert_false(NicSendResume(Adapter, TRUE));
    Send(2);
    assert_int_equal(Completed, 7);
    ExpectStatuses(1, 7, NDIS_STATUS_ADAPTER_REMOVED);
    assert_int_equal(SentFrames, 1);
}

static void Send_WireWithoutThreadTakesNone_FailsNotHangs(void **State)
{
    (void)State;
    Slot.properties.threaded = 0;
    Room = 3;
    Send(5);
    assert_int_equal(Completed, 5);
    ExpectStatuses(0, 3, NDIS_STATUS_SUCCESS);
    ExpectStatuses(3, 5, NDIS_STATUS_RESOURCES);
}

// ---- a wire that takes frames from several threads at once

static int StartConcurrent(void **State)
{
    Slot.properties.concurrent = 1;
    Start(State);
    Slot.properties.concurrent = 0;
    return 0;
}

static void SendFromProcessor(ULONG Processor, unsigned Count)
{
    KeSetSystemAffinityThreadEx((KAFFINITY)1 << Processor);
    Send(Count);
    KeRevertToUserAffinityThreadEx(0);
}

static void Concurrent_EachProcessor_HasItsQueue(void **State)
{
    SEND_STATISTICS All;

    (void)State;
    assert_int_equal(Adapter->SendCount, 2);
    SendFromProcessor(0, 3);
    SendFromProcessor(1, 5);
    assert_int_equal(Adapter->Sends[0].Statistics.Frames[AddressUnicast], 3);
    assert_int_equal(Adapter->Sends[1].Statistics.Frames[AddressUnicast], 5);
    NicSendGetStatistics(Adapter, &All);
    assert_int_equal(All.Frames[AddressUnicast], 8);
    assert_int_equal(All.Bytes[AddressUnicast], 8 * 64);
    assert_int_equal(All.Frames[AddressMulticast] + All.Frames[AddressBroadcast] + All.Errors, 0);
}

static void Concurrent_PauseCancelResume_ReachEveryQueue(void **State)
{
    NET_BUFFER_LIST *Nbl = Make(1);

    (void)State;
    Room = 0;
    SendFromProcessor(0, 1);
    SendFromProcessor(1, 2);
    assert_int_equal(Completed, 0);
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, &Slot);
    KeSetSystemAffinityThreadEx(2);
    NicSendNetBufferLists(Adapter, Nbl, NDIS_DEFAULT_PORT_NUMBER, 0);
    KeRevertToUserAffinityThreadEx(0);
    NicCancelSend(Adapter, &Slot);
    assert_int_equal(Completed, 1);
    ExpectStatuses(0, 1, NDIS_STATUS_SEND_ABORTED);
    assert_true(NicSendResume(Adapter, TRUE)); // the first has room now, the second not
    Room = 2;
    assert_true(NicSendResume(Adapter, TRUE));
    assert_int_equal(Completed, 3);
    NicSendPause(Adapter);
    assert_int_equal(Completed, 4);
    ExpectStatuses(1, 3, NDIS_STATUS_SUCCESS);
    ExpectStatuses(3, 4, NDIS_STATUS_PAUSED);
    SendFromProcessor(0, 1);
    SendFromProcessor(1, 1);
    ExpectStatuses(4, 6, NDIS_STATUS_PAUSED);
    NicSendRestart(Adapter);
    Room = 2;
    SendFromProcessor(0, 1);
    SendFromProcessor(1, 1);
    ExpectStatuses(6, 8, NDIS_STATUS_SUCCESS);
}

static void Concurrent_ChaosOrNoMemory_OneQueueOrNone(void **State)
{
    static ADAPTER Other;

    (void)State;
    Other.Slot = &Slot;
    Slot.properties.concurrent = 1;
    Slot.chaos = (void *)&Other; // only that there is one matters
    assert_int_equal(NicSendCreate(&Other), NDIS_STATUS_SUCCESS);
    assert_int_equal(Other.SendCount, 1);
    NicSendDestroy(&Other);
    SimPoolFailAfter(0);
    assert_int_equal(NicSendCreate(&Other), NDIS_STATUS_RESOURCES);
    SimPoolFailAfter(-1);
    NicSendDestroy(&Other);
    Slot.chaos = NULL;
    Slot.properties.concurrent = 0;
}

// ---- bursts; the test stands in for the transmitter, too

// Sends single frames until one is handed over; returns how many went out before it.
static unsigned SendUntilHandedOver(void)
{
    for (unsigned Alone = 0; Alone < 1000; Alone++) {
        unsigned Before = Completed;

        Send(1);
        if (Adapter->Sends[0].State == SendHandedOver) {
            assert_int_equal(Completed, Before);
            return Alone;
        }
        assert_int_equal(Completed, Before + 1); // at once, on the sender's thread
    }
    fail();
    return 0;
}

static void ExpectTransmitterWoken(void)
{
    LARGE_INTEGER Now = {.QuadPart = 0};

    assert_int_equal(
        KeWaitForSingleObject(&Adapter->Sends[0].Transmit, Executive, KernelMode, FALSE, &Now),
        STATUS_SUCCESS);
}

static int StartTransmitter(void **State)
{
    Start(State);
    Adapter->Transmitter = KeGetCurrentThread(); // only that there is one matters
    Adapter->Sends[0].CloseTicks = INT64_MAX;    // however slow this machine is
    return 0;
}

static void Burst_FramesGather_GoOutTogether(void **State)
{
    unsigned Alone = SendUntilHandedOver();

    (void)State;
    assert_true(Alone > 0);
    ExpectTransmitterWoken();
    for (unsigned I = 1; I < 128; I++) {
        Send(1);
    }
    assert_int_equal(WireCalls, Alone);
    NicSendTransmit(&Adapter->Sends[0]);
    assert_int_equal(WireCalls, Alone + 2);
    assert_int_equal(Completed, Alone + 128);
    ExpectStatuses(0, Completed, NDIS_STATUS_SUCCESS);
    assert_int_equal(SendUntilHandedOver(), 0); // the burst goes on
    NicSendTransmit(&Adapter->Sends[0]);
}

static void Burst_SenderWaitsForEach_IsSentByItself(void **State)
{
    unsigned Alone = SendUntilHandedOver();

    (void)State;
    NicSendTransmit(&Adapter->Sends[0]);
    assert_int_equal(Completed, Alone + 1);
    assert_true(SendUntilHandedOver() > 0);
    NicSendTransmit(&Adapter->Sends[0]);
}

static void Burst_FramesApart_AreSentByTheirSender(void **State)
{
    (void)State;
    Adapter->Sends[0].CloseTicks = -1;
    for (unsigned I = 1; I <= 1000; I++) {
        Send(1);
        assert_int_equal(Completed, I);
    }
}

static void Burst_PauseComesBeforeTheTransmitter_CompletesAsPaused(void **State)
{
    unsigned Alone = SendUntilHandedOver();

    (void)State;
    NicSendPause(Adapter);
    assert_int_equal(Completed, Alone + 1);
    ExpectStatuses(Alone, Alone + 1, NDIS_STATUS_PAUSED);
    NicSendTransmit(&Adapter->Sends[0]); // finds nothing to do
    assert_int_equal(SentFrames, Alone);
}

#define BURST_TEST(Function) cmocka_unit_test_setup_teardown(Function, StartTransmitter, Stop)
#define CONCURRENT_TEST(Function) cmocka_unit_test_setup_teardown(Function, StartConcurrent, Stop)
#define SEND_TEST(Function) cmocka_unit_test_setup_teardown(Function, Start, Stop)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        SEND_TEST(Send_Paused_IsRefused),
        SEND_TEST(Pause_SendsWaitForRoom_CompleteAsPaused),
        SEND_TEST(Pause_DrainerAtWork_ItAbortsTheRestAndTells),
        SEND_TEST(Send_InsideTheWire_IsQueuedForTheDrainer),
        SEND_TEST(Send_MoreThanItsShare_LeavesTheRestToTheThread),
        SEND_TEST(Resume_NoRoomYet_LeavesTheQueueAlone),
        SEND_TEST(Send_Removed_FailsWithoutTheWire),
        SEND_TEST(Send_WireWithoutThreadTakesNone_FailsNotHangs),
        CONCURRENT_TEST(Concurrent_EachProcessor_HasItsQueue),
        CONCURRENT_TEST(Concurrent_PauseCancelResume_ReachEveryQueue),
        SEND_TEST(Concurrent_ChaosOrNoMemory_OneQueueOrNone),
        BURST_TEST(Burst_FramesGather_GoOutTogether),
        BURST_TEST(Burst_SenderWaitsForEach_IsSentByItself),
        BURST_TEST(Burst_FramesApart_AreSentByTheirSender),
        BURST_TEST(Burst_PauseComesBeforeTheTransmitter_CompletesAsPaused),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

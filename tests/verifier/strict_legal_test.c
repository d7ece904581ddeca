// SPDX-License-Identifier: MIT

// What strict mode must not object to, and frames that hold old bytes.

#include "strict_fixture.h"

#include <stdlib.h>
#include <string.h>

// ---- REU-21

static void SendLonger(void)
{
    STRICT_NBL Made;
    StrictBind();
    StrictMake(&Made);
    StrictPrepare(&Made, 60);
    StrictSendAndWait(&Made);
    StrictPrepare(&Made, 60);
    NET_BUFFER_DATA_LENGTH(Made.Nb) = 90; // 30 bytes more than were written
    StrictSend(&Made);
}

static void SendUnwritten(void)
{
    STRICT_NBL Made;
    StrictBind();
    StrictMake(&Made);
    StrictPrepare(&Made, 60);
    StrictSendAndWait(&Made);
    StrictPrepare(&Made, 14);
    NET_BUFFER_DATA_LENGTH(Made.Nb) = 60;
    StrictSend(&Made);
}

static void Strict_FrameNotWritten_IsREU21(void **State)
{
    (void)State;
    // Where it begins is not certain: a byte that was written may be that of the pattern by chance.
    StrictExpect(SendLonger, "REU-21  ", " to 89 of the frame", "SendLonger", NULL);
    StrictExpect(SendUnwritten, "REU-21  ", " to 59 of the frame", NULL);
}

static void Strict_SendReadOnly_KeepsItsBytes(void **State)
{
    (void)State;
    STRICT_NBL Made;
    StrictBind();
    StrictMake(&Made);
    StrictPrepare(&Made, 60);
    for (unsigned i = 0; i < 3; i++) {
        NdisSetNblFlag(Made.Nbl, NDIS_NBL_FLAGS_SEND_READ_ONLY);
        NET_BUFFER_LIST_INFO(Made.Nbl, TcpLargeSendNetBufferListInfo) = NULL;
        StrictSendAndWait(&Made);
        assert_int_equal(Made.Frame[20], 0x42);
    }
    StrictFree(&Made);
}

// ---- reuse as it should be

static void Reuse(NIC_SEND How)
{
    STRICT_NBL Made[8];
    StrictBind();
    Nics[0].Send = How;
    for (unsigned i = 0; i < ARRAYSIZE(Made); i++) {
        StrictMake(&Made[i]);
    }
    for (unsigned Round = 0; Round < 50; Round++) {
        for (unsigned i = ARRAYSIZE(Made); i-- > 0;) {
            StrictPrepare(&Made[i], 60 + (Round * 7 + i) % 40);
            if (i + 1 < ARRAYSIZE(Made)) {
                NET_BUFFER_LIST_NEXT_NBL(Made[i].Nbl) = Made[i + 1].Nbl;
            }
        }
        StrictSend(&Made[0]);
        StrictWait((LONG)((Round + 1) * ARRAYSIZE(Made)));
    }
    for (unsigned i = 0; i < ARRAYSIZE(Made); i++) {
        StrictFree(&Made[i]);
    }
    assert_int_equal(One->SendsFailed, 0);
}

static void Strict_ReuseCompletedInside_Passes(void **State)
{
    (void)State;
    Reuse(NicCompleteInside);
}

static void Strict_ReuseCompletedInDpc_Passes(void **State)
{
    (void)State;
    Reuse(NicCompleteInDpc);
}

static void Strict_ReuseCompletedInThread_Passes(void **State)
{
    (void)State;
    Reuse(NicCompleteInThread);
}

// The first is parked when the second is checked, sent and read below.
static void Strict_TwoNblsShareMdlAndFrame_Passes(void **State)
{
    (void)State;
    STRICT_NBL First;
    StrictBind();
    StrictMake(&First);
    STRICT_NBL Second = First;
    Second.Nbl = NdisAllocateNetBufferAndNetBufferList(One->Pool, 0, 0, First.Mdl, 0, 60);
    Second.Nb = NET_BUFFER_LIST_FIRST_NB(Second.Nbl);
    StrictPrepare(&First, 60);
    StrictPrepare(&Second, 60);
    ParkSetDelay(STRICT_LONG);
    StrictSend(&First);
    Nics[0].Send = NicHold;
    StrictSend(&Second);
    ParkSetDelay(1000);
    StrictWait(1);
    NicCompleteHeld(&Nics[0]);
    StrictWait(2);
    assert_int_equal(First.Frame[20], 0x42); // shared: no pattern
    NdisFreeNetBufferList(Second.Nbl);
    StrictFree(&First);
}

// ---- parked lists

static volatile LONG FlagsWrong, AtDispatch, AtPassive;

static void CountIrql(TEST_BINDING *Binding, NET_BUFFER_LIST *Nbl)
{
    (void)Nbl;
    BOOLEAN Raised = KeGetCurrentIrql() == DISPATCH_LEVEL;
    BOOLEAN Said = NDIS_TEST_SEND_COMPLETE_AT_DISPATCH_LEVEL((ULONG)Binding->CompleteFlags);
    InterlockedIncrement(Raised ? &AtDispatch : &AtPassive);
    if (Raised != Said) {
        InterlockedIncrement(&FlagsWrong);
    }
}

static void Strict_Deliveries_AtBothLevelsWithTheirFlag(void **State)
{
    (void)State;
    STRICT_NBL Made;
    StrictBind();
    Protocols[0].Completed = CountIrql;
    StrictMake(&Made);
    for (unsigned i = 0; i < 40; i++) {
        StrictPrepare(&Made, 60);
        StrictSendAndWait(&Made);
    }
    assert_int_equal(FlagsWrong, 0);
    assert_true(AtDispatch > 0 && AtPassive > 0);
    StrictFree(&Made);
}

static void WaitForFour(TEST_BINDING *Binding)
{
    ParkSetDelay(1000);
    while (InterlockedCompareExchange(&Binding->SendsDone, 0, 0) < 4) {
        EventWait(&Binding->SendDone);
    }
}

static void Strict_PauseWhileParked_WaitsForDelivery(void **State)
{
    (void)State;
    STRICT_NBL Made[4];
    StrictBind();
    Protocols[0].Pausing = WaitForFour;
    ParkSetDelay(STRICT_LONG);
    for (unsigned i = 0; i < ARRAYSIZE(Made); i++) {
        StrictMake(&Made[i]);
        StrictPrepare(&Made[i], 60);
        StrictSend(&Made[i]);
    }
    Protocols[0].PendPause = TRUE;
    Protocols[0].PauseAfterSends = ARRAYSIZE(Made);
    assert_int_equal(SimNdisPause(Nics[0].Pdo), STATUS_SUCCESS);
    assert_int_equal(One->SendsDone, ARRAYSIZE(Made));
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), STATUS_SUCCESS);
    for (unsigned i = 0; i < ARRAYSIZE(Made); i++) {
        StrictFree(&Made[i]);
    }
}

// More than there is room for: the rest completes at once, everything comes back once.
static void Strict_MoreThanCanBeParked_AllComeBack(void **State)
{
    (void)State;
    enum { COUNT = 400 };
    static STRICT_NBL Made[COUNT];
    StrictBind();
    ParkSetDelay(STRICT_LONG);
    for (unsigned i = 0; i < COUNT; i++) {
        StrictMake(&Made[i]);
        StrictPrepare(&Made[i], 60);
        StrictSend(&Made[i]);
    }
    assert_int_equal(ReadAcquire(&One->SendsDone), COUNT - 256);
    ParkSetDelay(1000);
    StrictWait(COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        StrictFree(&Made[i]);
    }
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Strict_FrameNotWritten_IsREU21),
        NDIS_TEST(Strict_SendReadOnly_KeepsItsBytes),
        NDIS_TEST(Strict_ReuseCompletedInside_Passes),
        NDIS_TEST(Strict_ReuseCompletedInDpc_Passes),
        NDIS_TEST(Strict_ReuseCompletedInThread_Passes),
        NDIS_TEST(Strict_TwoNblsShareMdlAndFrame_Passes),
        NDIS_TEST(Strict_Deliveries_AtBothLevelsWithTheirFlag),
        NDIS_TEST(Strict_PauseWhileParked_WaitsForDelivery),
        NDIS_TEST(Strict_MoreThanCanBeParked_AllComeBack),
    };
    ExpectLevel = NDISHOST_VERIFY_STRICT; // in children
    setenv("NDISHOST_VERIFY", "strict", 1);
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

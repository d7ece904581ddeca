// SPDX-License-Identifier: MIT
// Sends and completions, pause and restart.

#include "fixture.h"

#include "nt/sim.h"

#include <pthread.h>
#include <string.h>

static TEST_BINDING *const One = &Protocols[0].Bindings[0];
static TEST_BINDING *const Two = &Protocols[1].Bindings[0];

static void BindOne(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
}

static void BindBoth(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    ProtocolRegister(1);
    TestIdle();
}

static void Send_CompletedInside_ComesBackOnce(void **State)
{
    (void)State;
    BindOne();
    BindingSend(One, 5, 0);
    assert_int_equal(One->SendsDone, 5);
    assert_int_equal(One->SendCompletions, 1);
    assert_int_equal(Nics[0].Sends, 1);
    assert_int_equal(One->CompleteIrql, PASSIVE_LEVEL);
}

static void Send_AtDispatch_FlagsGoThrough(void **State)
{
    (void)State;
    BindOne();
    NET_BUFFER_LIST *Nbls = BindingChain(One, 2);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisSendNetBufferLists(One->Handle, Nbls, 0, NDIS_SEND_FLAGS_DISPATCH_LEVEL);
    KeLowerIrql(Irql);
    assert_int_equal(One->SendsDone, 2);
    assert_int_equal(One->CompleteFlags, NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL);
    assert_int_equal(One->CompleteIrql, DISPATCH_LEVEL);
}

static void Send_CompletedInDpc_IsAtDispatch(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicCompleteInDpc;
    BindingSend(One, 3, 0);
    EventWait(&One->SendDone);
    assert_int_equal(One->SendsDone, 3);
    assert_int_equal(One->CompleteIrql, DISPATCH_LEVEL);
}

static void Send_CompletedInThread_IsAtPassive(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicCompleteInThread;
    BindingSend(One, 3, 0);
    EventWait(&One->SendDone);
    assert_int_equal(One->SendsDone, 3);
    assert_int_equal(One->CompleteIrql, PASSIVE_LEVEL);
}

static void Send_MergedCompletion_IsSplitInOrder(void **State)
{
    (void)State;
    BindBoth();
    Nics[0].Send = NicHold;
    NET_BUFFER_LIST *Nbls[6];
    for (unsigned i = 0; i < 6; i++) {
        TEST_BINDING *From = i % 3 == 2 ? Two : One; // 1 1 2 1 1 2
        Nbls[i] = BindingChain(From, 1);
        NdisSendNetBufferLists(From->Handle, Nbls[i], 0, 0);
    }
    NicCompleteHeld(&Nics[0]);
    assert_int_equal(One->SendCompletions, 1);
    assert_int_equal(Two->SendCompletions, 1);
    assert_int_equal(One->SendsDone, 4);
    assert_int_equal(Two->SendsDone, 2);
    assert_ptr_equal(One->LastCompleted[0], Nbls[0]);
    assert_ptr_equal(One->LastCompleted[1], Nbls[1]);
    assert_ptr_equal(One->LastCompleted[2], Nbls[3]);
    assert_ptr_equal(One->LastCompleted[3], Nbls[4]);
    assert_ptr_equal(Two->LastCompleted[0], Nbls[2]);
    assert_ptr_equal(Two->LastCompleted[1], Nbls[5]);
}

static void Send_Cancel_ReachesTheMiniport(void **State)
{
    (void)State;
    BindOne();
    ULONG_PTR Id = (ULONG_PTR)NdisGeneratePartialCancelId() << 56 | 1;
    assert_int_not_equal(NdisGeneratePartialCancelId(), (UCHAR)(Id >> 56));
    NdisCancelSendNetBufferLists(One->Handle, (PVOID)Id);
    assert_ptr_equal(Nics[0].Cancelled, (PVOID)Id);
}

static void Send_Failed_StatusIsSeen(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicHold;
    BindingSend(One, 2, 0);
    NicComplete(&Nics[0], NicTakeHeld(&Nics[0]), NDIS_STATUS_SEND_ABORTED, 0);
    assert_int_equal(One->SendsFailed, 2);
}

// ---- draining

// Runs `Body` on a thread of its own; the caller proves that it has not ended, then lets it.
typedef struct RUN {
    void (*Body)(void);
    volatile LONG Ended;
    pthread_t Thread;
} RUN;

static void *RunBody(void *Context)
{
    RUN *Run = Context;
    Run->Body();
    InterlockedExchange(&Run->Ended, 1);
    return NULL;
}

static void RunStart(RUN *Run, void (*Body)(void))
{
    Run->Body = Body;
    Run->Ended = 0;
    assert_int_equal(pthread_create(&Run->Thread, NULL, RunBody, Run), 0);
}

static void DoPause(void)
{
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
}

static void DoDeregister(void)
{
    ProtocolDeregister(0);
}

static void Pause_WhileSendPends_WaitsForCompletion(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicHold;
    BindingSend(One, 4, 0);
    RUN Run;
    RunStart(&Run, DoPause);
    EventWait(&One->PauseBegan); // from here on NDIS waits for the sends alone
    assert_int_equal(InterlockedCompareExchange(&Run.Ended, 0, 0), 0);
    assert_string_equal(Nics[0].Log, "IR"); // the miniport is not paused yet
    NicCompleteHeld(&Nics[0]);
    pthread_join(Run.Thread, NULL);
    assert_string_equal(Nics[0].Log, "IRP");
    assert_int_equal(One->SendsDone, 4);
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
    assert_string_equal(Nics[0].Log, "IRPR");
    assert_string_equal(One->Log, "BRPR");
    Nics[0].Send = NicCompleteInside;
    BindingSend(One, 1, 0);
    assert_int_equal(One->SendsDone, 5);
}

static void Unbind_WhileSendPends_WaitsForCompletion(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicHold;
    BindingSend(One, 4, 0);
    RUN Run;
    RunStart(&Run, DoDeregister);
    EventWait(&One->PauseBegan); // from here on NDIS waits for the sends alone
    assert_int_equal(InterlockedCompareExchange(&Run.Ended, 0, 0), 0);
    NicCompleteHeld(&Nics[0]);
    pthread_join(Run.Thread, NULL);
    assert_string_equal(One->Log, "BRPU");
    assert_int_equal(One->SendsDone, 4);
}

static void Unbind_UnpluggedWhileSendPends_FailsIt(void **State)
{
    (void)State;
    BindOne();
    Nics[0].Send = NicHold;
    BindingSend(One, 4, 0);
    NicRemove(0, TRUE);
    assert_int_equal(One->SendsFailed, 4);
    assert_string_equal(One->Log, "BRPU");
}

static volatile LONG Stop;
static volatile LONG Gate; // the protocol's own: sends only while it is open

static void *SendUntilStopped(void *Context)
{
    LONG *Sent = Context;
    while (InterlockedCompareExchange(&Stop, 0, 0) == 0) {
        InterlockedIncrement(&Gate);
        if (InterlockedCompareExchange(&Gate, 0, 0) > 0) {
            BindingSend(One, 3, 0);
            *Sent += 3;
        }
        InterlockedDecrement(&Gate);
    }
    return NULL;
}

static void GateClose(void)
{
    InterlockedExchangeAdd(&Gate, -1000000);
    while (InterlockedCompareExchange(&Gate, 0, 0) != -1000000) {
        sched_yield();
    }
}

static void Pause_OfManyThreadsSending_LosesNothing(void **State)
{
    (void)State;
    enum { Threads = 3, Rounds = 20 };
    pthread_t Ids[Threads];
    LONG Sent[Threads] = {0};
    BindOne();
    Stop = 0;
    Gate = 0;
    for (unsigned i = 0; i < Threads; i++) {
        pthread_create(&Ids[i], NULL, SendUntilStopped, &Sent[i]);
    }
    for (unsigned i = 0; i < Rounds; i++) {
        GateClose();
        assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
        Nics[0].Send = i % 2 == 0 ? NicCompleteInDpc : NicCompleteInside;
        assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
        InterlockedExchangeAdd(&Gate, 1000000);
    }
    InterlockedExchange(&Stop, 1);
    LONG All = 0;
    for (unsigned i = 0; i < Threads; i++) {
        pthread_join(Ids[i], NULL);
        All += Sent[i];
    }
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
    assert_int_equal(One->SendsDone, All);
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
}

static void Pause_EveryFormPends_InOrder(void **State)
{
    (void)State;
    Nics[0].PendPause = TRUE;
    Nics[0].PendRestart = TRUE;
    Protocols[0].PendPause = TRUE;
    BindOne();
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0); // again: nothing
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
    assert_string_equal(One->Log, "BRPR");
    assert_string_equal(Nics[0].Log, "IRPR");
}

static void Restart_RefusedByProtocol_StaysPaused(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
    Protocols[0].FailRestart = TRUE;
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
    assert_string_equal(One->Log, "BRPR");
    ProtocolDeregister(0);
    assert_string_equal(One->Log, "BRPRU"); // not paused again
}

static void Restart_MiniportFails_StackStaysPaused(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
    Nics[0].FailRestart = TRUE;
    assert_int_not_equal(SimNdisRestart(Nics[0].Pdo), 0);
    assert_string_equal(One->Log, "BRP");
    Nics[0].FailRestart = FALSE;
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
    assert_string_equal(One->Log, "BRPR");
}

static void Pause_ProtocolRegisteredMeanwhile_IsBoundAfterRestart(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(SimNdisPause(Nics[0].Pdo), 0);
    ProtocolRegister(1);
    TestIdle();
    assert_string_equal(Two->Log, "");
    assert_int_equal(SimNdisRestart(Nics[0].Pdo), 0);
    TestIdle();
    assert_string_equal(Two->Log, "BR");
}

static void Power_OffAndOn_EventsInOrder(void **State)
{
    (void)State;
    BindOne();
    assert_int_equal(SimPnpSetPower(Nics[0].Pdo, PowerDeviceD3), 0);
    assert_string_equal(One->Log, "BRDP");
    assert_string_equal(Nics[0].Log, "IRP");
    assert_int_equal(Nics[0].Power, NdisDeviceStateD3);
    ULONG Filter = 1;
    assert_int_equal((int)BindingOid(One, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER,
                                     &Filter, sizeof(Filter), NULL),
                     (int)NDIS_STATUS_LOW_POWER_STATE);
    assert_int_equal(SimPnpSetPower(Nics[0].Pdo, PowerDeviceD0), 0);
    assert_string_equal(One->Log, "BRDPRD");
    assert_string_equal(Nics[0].Log, "IRPR");
    assert_int_equal(Nics[0].Power, NdisDeviceStateD0);
}

// ---- misuse

static void DoSendPaused(void)
{
    BindOne();
    SimNdisPause(Nics[0].Pdo);
    BindingSend(One, 1, 0);
}

static void Send_WhenPaused_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoSendPaused, BUGCODE_NDIS_DRIVER, "is Paused; only a Running binding sends");
}

static void DoSendForeign(void)
{
    BindBoth();
    NET_BUFFER_LIST *Nbl = BindingChain(One, 1);
    NdisSendNetBufferLists(Two->Handle, Nbl, 0, 0);
}

static void Send_WrongSourceHandle_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoSendForeign, BUGCODE_NDIS_DRIVER, "SourceHandle of NBL");
}

static void DoCompleteTwice(void)
{
    BindOne();
    Nics[0].Send = NicHold;
    NET_BUFFER_LIST *Nbl = BindingChain(One, 1);
    NdisSendNetBufferLists(One->Handle, Nbl, 0, 0);
    NicTakeHeld(&Nics[0]);
    NicComplete(&Nics[0], Nbl, NDIS_STATUS_SUCCESS, 0);
    NicComplete(&Nics[0], Nbl, NDIS_STATUS_SUCCESS, 0);
}

static void Send_CompletedTwice_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoCompleteTwice, BUGCODE_NDIS_DRIVER, "or was freed before");
}

static void DoPauseCompleteTwice(void)
{
    BindOne();
    NdisMPauseComplete(Nics[0].Handle);
}

static void Pause_CompletedUnasked_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoPauseCompleteTwice, BUGCODE_NDIS_DRIVER, "nothing is pending there");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Send_CompletedInside_ComesBackOnce),
        NDIS_TEST(Send_AtDispatch_FlagsGoThrough),
        NDIS_TEST(Send_CompletedInDpc_IsAtDispatch),
        NDIS_TEST(Send_CompletedInThread_IsAtPassive),
        NDIS_TEST(Send_MergedCompletion_IsSplitInOrder),
        NDIS_TEST(Send_Cancel_ReachesTheMiniport),
        NDIS_TEST(Send_Failed_StatusIsSeen),
        NDIS_TEST_UNVERIFIED(Pause_WhileSendPends_WaitsForCompletion),
        NDIS_TEST_UNVERIFIED(Unbind_WhileSendPends_WaitsForCompletion),
        NDIS_TEST_UNVERIFIED(Unbind_UnpluggedWhileSendPends_FailsIt),
        NDIS_TEST_UNVERIFIED(Pause_OfManyThreadsSending_LosesNothing),
        NDIS_TEST(Pause_EveryFormPends_InOrder),
        NDIS_TEST(Restart_RefusedByProtocol_StaysPaused),
        NDIS_TEST(Restart_MiniportFails_StackStaysPaused),
        NDIS_TEST(Pause_ProtocolRegisteredMeanwhile_IsBoundAfterRestart),
        NDIS_TEST(Power_OffAndOn_EventsInOrder),
        cmocka_unit_test(Send_WhenPaused_BugChecks),
        cmocka_unit_test(Send_WrongSourceHandle_BugChecks),
        cmocka_unit_test(Send_CompletedTwice_BugChecks),
        cmocka_unit_test(Pause_CompletedUnasked_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}

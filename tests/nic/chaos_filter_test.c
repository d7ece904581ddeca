// SPDX-License-Identifier: MIT

// A filter driver between a protocol and a chaos NIC: what it passes on and what it sends itself
// comes home, whatever the NIC does and however much the verifier looks at.

#include "chaos_fixture.h"
#include "filter.h"
#include "protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CALM "pause_every=0,reset_every=0,link_every=0"

static struct ndishost_driver *Filter;

static int Start(void **State)
{
    assert_int_equal(ChaosStart(State), 0);
    assert_int_equal(ndishost_load_native(FILTER_NAME, FilterEntry, &Filter), 0);
    return 0;
}

static void CheckFilter(LONG Sent)
{
    assert_int_equal(FilterCounts.Sent, Sent);
    assert_int_equal(FilterCounts.SendsDone, Sent);
    assert_true(FilterCounts.OwnSent > 0);
    assert_int_equal(FilterCounts.OwnDone, FilterCounts.OwnSent);
    assert_int_equal(FilterCounts.Returned, FilterCounts.Received);
    assert_int_equal(FilterCounts.Detached, FilterCounts.Attached);
}

// Without the adapter, so that all is home.
static void Finish(LONG Sent)
{
    ChaosRemoveNic();
    for (LONG I = 0; I < Sent; I++) {
        assert_int_equal(Witness[I].Completions, 1);
    }
    assert_int_equal(WitnessCounts.Damaged, 0);
    WitnessFreeAll();
    CheckFilter(Sent);
    assert_int_equal(ndishost_unload(Filter), 0);
}

static void Send(unsigned Count)
{
    for (unsigned I = 0; I < Count; I++) {
        WitnessSend(ProtocolMake(1, 60 + I % 300, I, I % 5 == 0 ? 50 : 0));
    }
    WitnessWait();
}

static void Filter_OverAChaosNic_EachComesHomeOnceAndWhole(void **State)
{
    (void)State;
    ChaosAddNic("chaos:seed=21,fail=20%,delay_ms=1,long_ms=0," CALM "+null");
    Send(200);
    Finish(200);
}

static void Filter_StackPausesAndResets_EachComesHomeOnceAndWhole(void **State)
{
    LONG Pauses;

    (void)State;
    ChaosAddNic("chaos:seed=22,delay_ms=1,long_ms=0,pause_every=40,reset_every=60,"
                "link_every=60+null");
    for (unsigned Round = 0; Round < 4; Round++) {
        Send(50);
        assert_int_equal(ndishost_wait_idle(20000), 0);
    }
    Pauses = FilterCounts.Pauses;
    assert_true(Pauses > 2);
    assert_int_equal(FilterCounts.Restarts, Pauses + 1);
    Finish(200);
}

static void Filter_ReceivesOfAChaosNic_GoUpAndComeBack(void **State)
{
    ULONG Directed = NDIS_PACKET_TYPE_PROMISCUOUS;
    const unsigned Count = 100;

    (void)State;
    ChaosAddNic("chaos:seed=23,fail=0%,delay_ms=1,long_ms=0," CALM "+loop");
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Directed, 4, NULL),
        NDIS_STATUS_SUCCESS);
    Send(Count);
    ProtocolWaitReceived(Count); // and some of the filter's own
    Finish(Count);
    assert_true(FilterCounts.Received >= (LONG)Count);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(Filter_OverAChaosNic_EachComesHomeOnceAndWhole, Start,
                                        ChaosStop),
        cmocka_unit_test_setup_teardown(Filter_StackPausesAndResets_EachComesHomeOnceAndWhole,
                                        Start, ChaosStop),
        cmocka_unit_test_setup_teardown(Filter_ReceivesOfAChaosNic_GoUpAndComeBack, Start,
                                        ChaosStop),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

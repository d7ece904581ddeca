// SPDX-License-Identifier: MIT

// What a chaos NIC decides, and how its spec is read: without a running system.

#include "../../ndishost/ndis/control.h"
#include "../../ndishost/nic/chaos.h"
#include "../../ndishost/nic/chaos_spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void NTAPI SimNdisBusy(BOOLEAN Begins)
{
    (void)Begins;
}

void NTAPI SimNdisFail(ULONG Kind, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4, const char *Format,
                       ...)
{
    (void)Kind;
    (void)P2;
    (void)P3;
    (void)P4;
    (void)Format;
    abort();
}

static struct chaos_port Port;
static CHAOS Chaos = {.Port = &Port};

static int Start(void **State)
{
    char Message[200];

    (void)State;
    Port.settings.seed = 1;
    assert_string_equal(ChaosSpecRead("+null", &Port.settings, Message, sizeof(Message)), "null");
    return 0;
}

static void Fate_Defaults_OneInTwentyFailsWithEachStatus(void **State)
{
    static const NDIS_STATUS Known[] = {
        NDIS_STATUS_INVALID_LENGTH, NDIS_STATUS_RESOURCES,         NDIS_STATUS_FAILURE,
        NDIS_STATUS_SEND_ABORTED,   NDIS_STATUS_RESET_IN_PROGRESS, NDIS_STATUS_PAUSED,
    };
    unsigned Counts[ARRAYSIZE(Known)] = {0};
    unsigned Unknown = 0;
    unsigned Failures = 0;

    (void)State;
    for (ULONG64 Number = 1; Number <= 20000; Number++) {
        NDIS_STATUS Fate = ChaosFate(&Chaos, Number);
        unsigned I = 0;

        if (Fate == NDIS_STATUS_SUCCESS) {
            continue;
        }
        Failures++;
        while (I < ARRAYSIZE(Known) && Known[I] != Fate) {
            I++;
        }
        if (I < ARRAYSIZE(Known)) {
            Counts[I]++;
        } else {
            Unknown++;
        }
    }
    assert_in_range(Failures, 800, 1200);
    assert_in_range(Unknown, 80, 220);
    for (unsigned I = 0; I < ARRAYSIZE(Known); I++) {
        assert_in_range(Counts[I], 80, 220);
    }
}

static void Fate_SeedAndNumber_DecideAlone(void **State)
{
    NDIS_STATUS First[2000];
    unsigned Differ = 0;

    (void)State;
    for (ULONG64 Number = 0; Number < 2000; Number++) {
        First[Number] = ChaosFate(&Chaos, Number);
    }
    for (ULONG64 Number = 2000; Number-- > 0;) { // in another order
        assert_int_equal(ChaosFate(&Chaos, Number), First[Number]);
    }
    Port.settings.seed = 2;
    for (ULONG64 Number = 0; Number < 2000; Number++) {
        Differ += ChaosFate(&Chaos, Number) != First[Number];
    }
    assert_in_range(Differ, 100, 400);
}

static void Way_ManyNumbers_EachLaneWithinItsDelay(void **State)
{
    unsigned Lanes[ChaosLanes + 1] = {0};

    (void)State;
    for (ULONG64 Number = 1; Number <= 200000; Number++) {
        LONG64 Delay;
        CHAOS_LANE_NUMBER Lane = ChaosWay(&Chaos, Number, &Delay);

        Lanes[Lane]++;
        if (Lane == ChaosLanes || Lane == ChaosLaneThread) {
            assert_true(Delay == 0);
        } else if (Lane < ChaosLaneLater) {
            assert_true(Delay > 0 && Delay <= 10000);
        } else if (Lane < ChaosLaneLong) {
            assert_true(Delay > 0 && Delay <= 10 * 10000);
        } else {
            assert_true(Delay > 0 && Delay <= 1500 * 10000);
        }
    }
    for (unsigned Lane = 0; Lane <= ChaosLanes; Lane++) {
        assert_in_range(Lanes[Lane], Lane == ChaosLaneLong ? 2 : 2000, 100000);
    }
}

static void Way_NoDelays_CallOrThread(void **State)
{
    (void)State;
    Port.settings.delay_ms = 0;
    Port.settings.long_ms = 0;
    for (ULONG64 Number = 1; Number <= 10000; Number++) {
        LONG64 Delay;
        CHAOS_LANE_NUMBER Lane = ChaosWay(&Chaos, Number, &Delay);

        assert_true(Lane == ChaosLanes || Lane == ChaosLaneThread);
        assert_true(Delay == 0);
    }
}

static void FallsDue_Every_OnAverage(void **State)
{
    unsigned Due = 0;

    (void)State;
    for (ULONG64 Number = 1; Number <= 50000; Number++) {
        Due += ChaosFallsDue(&Chaos, ChaosForPause, Number, 500);
        assert_false(ChaosFallsDue(&Chaos, ChaosForPause, Number, 0));
    }
    assert_in_range(Due, 60, 140);
}

static void Status_WhileItWaits_IsJunk(void **State)
{
    NET_BUFFER_LIST Nbl = {0};
    unsigned Kept = 0;

    (void)State;
    for (ULONG64 Number = 1; Number <= 100; Number++) {
        *ChaosRide(&Nbl) = Number << CHAOS_RIDE_BITS;
        NET_BUFFER_LIST_STATUS(&Nbl) = NDIS_STATUS_PAUSED;
        ChaosPutStatusAway(&Chaos, &Nbl);
        Kept += NET_BUFFER_LIST_STATUS(&Nbl) == NDIS_STATUS_PAUSED;
        ChaosUndress(&Chaos, &Nbl);
        assert_int_equal(NET_BUFFER_LIST_STATUS(&Nbl), NDIS_STATUS_PAUSED);
    }
    assert_in_range(Kept, 0, 1);
}

static void Spec_Options_AreSet(void **State)
{
    struct chaos_settings Settings = {.seed = 99};
    char Message[200];

    (void)State;
    assert_string_equal(ChaosSpecRead(":fail=0.25%,delay_ms=50,long_ms=0,pause_every=7,"
                                      "reset_every=8,link_every=9+pcap:a+b",
                                      &Settings, Message, sizeof(Message)),
                        "pcap:a+b");
    assert_int_equal(Settings.seed, 99);
    assert_int_equal(Settings.fail, 25);
    assert_int_equal(Settings.delay_ms, 50);
    assert_int_equal(Settings.long_ms, 0);
    assert_int_equal(Settings.pause_every, 7);
    assert_int_equal(Settings.reset_every, 8);
    assert_int_equal(Settings.link_every, 9);
    assert_non_null(ChaosSpecRead(":seed=0xFFFFFFFFFFFFFFFF,fail=12.5%+null", &Settings, Message,
                                  sizeof(Message)));
    assert_true(Settings.seed == UINT64_MAX);
    assert_int_equal(Settings.fail, 1250);
    assert_int_equal(Settings.long_ms, 1500); // not left over from before
    assert_null(ChaosSpecFind("null"));
    assert_null(ChaosSpecFind("chaotic+null"));
}

static void Spec_Wrong_SaysWhatIs(void **State)
{
    static const struct {
        const char *Text;
        const char *Says;
    } Wrong[] = {
        {"", "a NIC must follow"},
        {"+", "a NIC must follow"},
        {":seed=1", "a NIC must follow"},
        {"+chaos+null", "once is enough"},
        {":seed=1+chaos:seed=2+null", "once is enough"},
        {":+null", "'' is not OPTION=VALUE"},
        {":seed+null", "'seed' is not OPTION=VALUE"},
        {":seed=1,,fail=1%+null", "'' is not OPTION=VALUE"},
        {":speed=1+null", "there is no option 'speed'; there are seed, fail"},
        {":seed=+null", "a seed is a number"},
        {":seed=-1+null", "a seed is a number"},
        {":seed=18446744073709551616+null", "a seed is a number"},
        {":fail=5+null", "a share is 0% to 100%"},
        {":fail=101%+null", "a share is 0% to 100%"},
        {":fail=-1%+null", "a share is 0% to 100%"},
        {":fail=1.234%+null", "a share is 0% to 100%"},
        {":fail=%+null", "a share is 0% to 100%"},
        {":fail=5%%+null", "a share is 0% to 100%"},
        {":delay_ms=10001+null", "from 0 to 10000"},
        {":delay_ms=1s+null", "from 0 to 10000"},
        {":long_ms=60001+null", "from 0 to 60000"},
        {":pause_every= 1+null", "from 0 to 1000000000"},
    };
    char Long[600] = ":";

    (void)State;
    for (unsigned I = 0; I < ARRAYSIZE(Wrong); I++) {
        struct chaos_settings Settings = {0};
        char Message[200] = "";

        assert_null(ChaosSpecRead(Wrong[I].Text, &Settings, Message, sizeof(Message)));
        if (strstr(Message, Wrong[I].Says) == NULL) {
            fail_msg("chaos%s: %s", Wrong[I].Text, Message);
        }
    }
    memset(Long + 1, 'a', 500);
    strcpy(Long + 501, "+null");
    assert_null(ChaosSpecRead(Long, &Port.settings, (char[200]){0}, 200));
}

#define DRAW_TEST(Function) cmocka_unit_test_setup(Function, Start)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        DRAW_TEST(Fate_Defaults_OneInTwentyFailsWithEachStatus),
        DRAW_TEST(Fate_SeedAndNumber_DecideAlone),
        DRAW_TEST(Way_ManyNumbers_EachLaneWithinItsDelay),
        DRAW_TEST(Way_NoDelays_CallOrThread),
        DRAW_TEST(FallsDue_Every_OnAverage),
        DRAW_TEST(Status_WhileItWaits_IsJunk),
        DRAW_TEST(Spec_Options_AreSet),
        DRAW_TEST(Spec_Wrong_SaysWhatIs),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT

// Where a chaos NIC's decisions come from: the seed, what the decision is about, and the number of
// the NBL, mixed. No state, hence no lock and no dependence on who came first.

#include "chaos.h"

// The finaliser of SplitMix64: every bit of the argument changes half of the result's bits.
static ULONG64 DrawMix(ULONG64 Value)
{
    Value = (Value ^ (Value >> 30)) * 0xBF58476D1CE4E5B9ull;
    Value = (Value ^ (Value >> 27)) * 0x94D049BB133111EBull;
    return Value ^ (Value >> 31);
}

ULONG64 ChaosDraw(const CHAOS *Chaos, CHAOS_PURPOSE Purpose, ULONG64 Number)
{
    return DrawMix(DrawMix(Chaos->Port->settings.seed) + Number * ChaosPurposes + Purpose);
}

ULONG64 ChaosNext(ULONG64 *Draw)
{
    *Draw += 0x9E3779B97F4A7C15ull;
    return DrawMix(*Draw);
}

BOOLEAN ChaosFallsDue(const CHAOS *Chaos, CHAOS_PURPOSE Purpose, ULONG64 Number, ULONG Every)
{
    return Every != 0 && ChaosDraw(Chaos, Purpose, Number) % Every == 0;
}

NDIS_STATUS ChaosFate(const CHAOS *Chaos, ULONG64 Number)
{
    // Those of contract SND-25, and one that means nothing to anybody.
    static const NDIS_STATUS Failures[] = {
        NDIS_STATUS_INVALID_LENGTH, NDIS_STATUS_RESOURCES,         NDIS_STATUS_FAILURE,
        NDIS_STATUS_SEND_ABORTED,   NDIS_STATUS_RESET_IN_PROGRESS, NDIS_STATUS_PAUSED,
        (NDIS_STATUS)0xC023C4A5,
    };

    if (ChaosDraw(Chaos, ChaosForFailure, Number) % 10000 >= Chaos->Port->settings.fail) {
        return NDIS_STATUS_SUCCESS;
    }
    return Failures[ChaosDraw(Chaos, ChaosForStatus, Number) % ARRAYSIZE(Failures)];
}

#define UNITS_PER_MS 10000ll
#define LONG_ONE_IN 16384

static LONG64 WayDelay(ULONG64 Draw, LONG64 Most)
{
    return (LONG64)(Draw % (ULONG64)Most) + 1;
}

CHAOS_LANE_NUMBER ChaosWay(const CHAOS *Chaos, ULONG64 Number, LONG64 *Delay)
{
    const struct chaos_settings *Settings = &Chaos->Port->settings;
    ULONG64 Draw = ChaosDraw(Chaos, ChaosForDelay, Number);
    ULONG64 Way = ChaosDraw(Chaos, ChaosForWay, Number);
    ULONG Share = (ULONG)(Way >> 32) % 64;

    *Delay = 0;
    if (Settings->long_ms != 0 && Way % LONG_ONE_IN == 0) {
        *Delay = WayDelay(Draw, Settings->long_ms * UNITS_PER_MS);
        return ChaosLaneLong;
    }
    if (Share < 28) {
        return ChaosLanes;
    }
    if (Share < 48 || Settings->delay_ms == 0) {
        return ChaosLaneThread;
    }
    if (Share < 61) {
        *Delay = WayDelay(Draw, UNITS_PER_MS);
        return ChaosLaneSoon + (CHAOS_LANE_NUMBER)(Share % 3);
    }
    *Delay = WayDelay(Draw, Settings->delay_ms * UNITS_PER_MS);
    return ChaosLaneLater + (CHAOS_LANE_NUMBER)(Share % 3);
}

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# What goes wrong while frames are on their way: link down, interface gone, Ctrl-C. Nothing is lost
# silently: what was read is what was sent and what was not sent.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

# An endless replay is under way, and 50 frames have arrived.
replaying() {
    "$bin/capture_make" in.pcap 60x1000 1514x100
    make_pair out in
    watch_arrivals 50
    start ip netns exec out "$bin/shuttle" replay in.pcap --adapter packet:out --json \
        --loop 1000000 "$@"
    await_arrivals
}

expect_account() {
    expect_json 'd["read"]["frames"] == d["sent"]["frames"] + sum(n["frames"] for n in d["not_sent"].values())' True \
        'd["read"]["bytes"] == d["sent"]["bytes"] + sum(n["bytes"] for n in d["not_sent"].values())' True \
        'd["sent"]["frames"] == sum(c["frames"] for c in d["completed"])' True \
        'd["sent"]["bytes"] == sum(c["bytes"] for c in d["completed"])' True
}

Link_GoesDownInMidReplay_FramesFailAndAreCounted() {
    replaying --rate 20000
    ip -n out link set out down
    await_error NDIS_STATUS_MEDIA_DISCONNECTED
    kill -INT "$started"
    finish
    expect_status 1
    expect_account
    expect_json 'd["completed"][0]["frames"] >= 50' True \
        'd["completed"][1]["name"], d["completed"][1]["frames"] > 0' \
        "('NDIS_STATUS_MEDIA_DISCONNECTED', True)"
    [ "$(grep -c . "$work/err")" = 1 ] || fail "more than one message"
}

Link_ComesBackInMidReplay_TheRestIsSent() {
    replaying --rate 20000
    ip -n out link set out down
    await_error NDIS_STATUS_MEDIA_DISCONNECTED
    watch_arrivals 2000
    ip -n out link set out up
    await_arrivals
    kill -INT "$started"
    finish
    expect_status 1
    expect_account
    expect_json 'd["completed"][0]["frames"] >= 2050' True
}

Interface_GoneInMidReplay_StopsAndTells() {
    replaying
    ip -n out link del out
    finish
    expect_status 1
    expect_account
    expect_json 'd["not_sent"]["removed"]["frames"], d["stopped"]' '(1, False)'
    expect_err "removed"
}

Interrupt_AtTopSpeed_StopsAndReports() {
    replaying
    kill -INT "$started"
    finish
    expect_status 1
    expect_account
    expect_quiet
    expect_json 'd["stopped"], d["exit_status"]' '(True, 1)' \
        'd["completed"][0]["frames"] == d["sent"]["frames"] > 0' True
}

Interrupt_BetweenTwoFrames_StopsAtOnce() {
    "$bin/capture_make" in.pcap --gap-ms 1000000 60x2
    make_pair out in
    watch_arrivals 1
    start ip netns exec out "$bin/shuttle" replay in.pcap --adapter packet:out --timed
    await_arrivals
    kill -TERM "$started"
    finish
    expect_status 1
    grep -qE '^sent +1 +60$' "$work/out" || fail "not one frame"
    grep -qE '^not sent: stopped.* 1 +60$' "$work/out" || fail "the second one is not accounted for"
}

Link_DownBeforeTheReplay_IsTold() {
    "$bin/capture_make" in.pcap 60x20
    make_pair out in
    ip -n out link set out down
    run_out "$bin/shuttle" replay in.pcap --adapter packet:out --json
    expect_status 1
    expect_account
    expect_json 'd["completed"][0]["frames"]' 0
    expect_err "NDIS_STATUS_MEDIA_DISCONNECTED"
}

run_tests "$1" Link_GoesDownInMidReplay_FramesFailAndAreCounted \
    Link_ComesBackInMidReplay_TheRestIsSent Interface_GoneInMidReplay_StopsAndTells \
    Interrupt_AtTopSpeed_StopsAndReports Interrupt_BetweenTwoFrames_StopsAtOnce \
    Link_DownBeforeTheReplay_IsTold

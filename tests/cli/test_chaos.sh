#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# shuttle replay through a chaos NIC: what completed with success has arrived, once, byte for byte,
# in the order of the file, and nothing else has; what failed is reported with its status; and the
# seed alone decides which is which.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

frames=6000

# replay_hostile OPTIONS: replays in.pcap with chaos:OPTIONS+packet:out; what arrives is in got.pcap.
# What is to arrive is known before: the same seed over chaos+null.
replay_hostile() {
    local sink
    run "$bin/shuttle" replay in.pcap --adapter "chaos:$1+null" --failures foretold
    kept=$(python3 "$here/without_failures.py" in.pcap foretold expected.pcap)
    make_pair out in
    mkfifo listening
    ip netns exec in "$bin/frame_sink" in got.pcap "$kept" 60 listening &
    sink=$!
    timeout 120 cat listening
    run_out "$bin/shuttle" replay in.pcap --adapter "chaos:$1+packet:out" --failures failed --json
    wait "$sink" || fail "not as many frames arrived as completed with success"
}

expect_arrivals() {
    cmp <(sort -n foretold) <(sort -n failed) || fail "other frames failed than the seed says"
    "$bin/frame_compare" expected.pcap got.pcap >/dev/null 2>>"$work/err" ||
        fail "what arrived is not what completed with success"
    expect_json 'd["completed"][0]["name"], d["completed"][0]["frames"]' \
        "('NDIS_STATUS_SUCCESS', $kept)" \
        'd["read"]["frames"], d["sent"]["frames"]' "($frames, $frames)" \
        'sum(c["frames"] for c in d["completed"])' "$frames"
}

# What the list of failures says by status is what the report says: six statuses of NDIS and one that
# has no name.
expect_statuses() {
    local listed
    listed=$(cut -f 2,3 failed | sort | uniq -c |
        awk '{ printf "(\047%s\047, \047%s\047, %s), ", $2, $3, $1 }')
    expect_json 'sorted((c["status"], c["name"] or "-", c["frames"]) for c in d["completed"][1:])' \
        "[${listed%, }]" \
        '(set(c["name"] for c in d["completed"][1:]) - {None} ==
            {"NDIS_STATUS_" + name for name in ("INVALID_LENGTH", "RESOURCES", "FAILURE",
            "SEND_ABORTED", "RESET_IN_PROGRESS", "PAUSED")})' True \
        'len(d["completed"]), min(c["frames"] for c in d["completed"]) > 5' '(8, True)' \
        'd["exit_status"]' 1
}

Chaos_PacketReplay_SuccessesArriveInOrderAndFailuresAreNamed() {
    "$bin/capture_make" in.pcap 60x2000 1514x2000 14 61x1999
    replay_hostile seed=7,fail=10%,delay_ms=5,long_ms=100,pause_every=1000,reset_every=1000,link_every=500
    expect_status 1
    expect_err "NIC chaos+packet: seed 7"
    expect_err "was not sent: "
    expect_arrivals
    expect_statuses
}

Chaos_NoFailures_ArrivesIdentical() {
    "$bin/capture_make" in.pcap 60x3000 1514x3000
    replay_hostile seed=8,fail=0%,delay_ms=5,long_ms=100
    expect_status 0
    [ ! -s failed ] || fail "a failure is listed"
    expect_arrivals
}

# The same frames fail with the same statuses, in whatever order they complete.
Chaos_SameSeed_SameFailures() {
    local run
    "$bin/capture_make" in.pcap 60x2000
    for run in first second; do
        NDISHOST_SEED=99 run "$bin/shuttle" replay in.pcap --adapter chaos+null --failures $run
        expect_status 1
        expect_err "seed 99"
        sort -n $run >$run.sorted
    done
    cmp first.sorted second.sorted || fail "the same seed, other failures"
    NDISHOST_SEED=100 run "$bin/shuttle" replay in.pcap --adapter chaos+null --failures third
    ! cmp -s <(sort -n third) first.sorted || fail "another seed, the same failures"
}

Chaos_FailuresOfRefusedFrames_AreListedToo() {
    "$bin/capture_make" in.pcap 13 60 20000 60/20
    run "$bin/shuttle" replay in.pcap --adapter null --failures failed
    expect_status 1
    [ "$(cat failed)" = $'1\t-\ttoo_short\n3\t-\ttoo_long\n4\t-\tcut' ] || fail "$(cat failed)"
    run "$bin/shuttle" replay in.pcap --adapter null --failures absent/failed
    expect_status 3
    expect_err "absent/failed: No such file"
    run "$bin/shuttle" replay in.pcap --adapter null --failures /dev/full
    expect_status 3
    expect_err "/dev/full: writing failed"
}

Chaos_WrongSpec_SaysWhatIsWrong() {
    "$bin/capture_make" in.pcap 60
    run "$bin/shuttle" replay in.pcap --adapter chaos+
    expect_status 3
    expect_err "a NIC must follow, as in chaos+null"
    run "$bin/shuttle" replay in.pcap --adapter chaos+foo
    expect_status 3
    expect_err "foo: not a kind of NIC"
    run "$bin/shuttle" replay in.pcap --adapter chaos:speed=9+null
    expect_status 3
    expect_err "there is no option 'speed'; there are seed, fail"
    run "$bin/shuttle" --help
    expect_out "chaos+A"
}

run_tests "$1" Chaos_PacketReplay_SuccessesArriveInOrderAndFailuresAreNamed \
    Chaos_NoFailures_ArrivesIdentical Chaos_SameSeed_SameFailures \
    Chaos_FailuresOfRefusedFrames_AreListedToo Chaos_WrongSpec_SaysWhatIsWrong

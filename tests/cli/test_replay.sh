#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# shuttle replay: what arrives, what is said about captures that are not in order, and the pace.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

capture() {
    "$bin/capture_make" "$@"
}

# replay_veth FRAMES ARGUMENTS...: replays in.pcap over a veth pair into got.pcap.
replay_veth() {
    local frames=$1 sink
    shift
    make_pair out in
    mkfifo listening
    ip netns exec in "$bin/frame_sink" in got.pcap "$frames" 60 listening &
    sink=$!
    timeout 120 cat listening
    run_out "$bin/shuttle" replay in.pcap --adapter packet:out "$@"
    wait "$sink" || fail "not every frame arrived"
}

Replay_Veth_ArrivesIdenticalInOrder() {
    capture in.pcap 14 15 60x500 1514x1500 17 61x700 1513
    replay_veth 2704 --json
    expect_status 0
    expect_quiet
    "$bin/frame_compare" in.pcap got.pcap >/dev/null || fail "not identical"
    expect_json 'd["read"] == d["sent"]' True \
        'd["completed"][0]["frames"]' 2704 \
        'd["steady_state"]["nbl_allocations"]' 0 \
        'd["steady_state"]["mdl_allocations"]' 0 \
        'd["steady_state"]["pool_allocations"]' 0 \
        'd["exit_status"]' 0
}

Replay_InFlightLimitOfOne_ArrivesIdenticalInOrder() {
    capture in.pcap 60x300 1514x300
    replay_veth 600 --in-flight 1
    expect_status 0
    "$bin/frame_compare" in.pcap got.pcap >/dev/null || fail "not identical"
}

Replay_JumboFrames_ArriveIdentical() {
    capture in.pcap 9014x200 60x20 9014
    make_pair out in
    ip -n out link set out mtu 9000
    ip -n in link set in mtu 9000
    mkfifo listening
    ip netns exec in "$bin/frame_sink" in got.pcap 221 60 listening &
    local sink=$!
    timeout 120 cat listening
    run_out "$bin/shuttle" replay in.pcap --adapter packet:out
    expect_status 0
    wait "$sink"
    "$bin/frame_compare" in.pcap got.pcap >/dev/null || fail "not identical"
}

Replay_Loop_ReadsTheFileAgain() {
    capture in.pcap 60x10
    run "$bin/shuttle" replay in.pcap --adapter pcap:got.pcap --loop 3 --json
    expect_status 0
    expect_json 'd["sent"]["frames"], d["passes_completed"]' '(30, 3)'
    capture thrice.pcap 60x10
    tail -c +25 in.pcap >records
    cat records records >>thrice.pcap
    "$bin/frame_compare" thrice.pcap got.pcap >/dev/null || fail "not three times the same"
}

Replay_Stdin_IsRead() {
    capture in.pcap 60x10
    run sh -c '"$0" replay - --adapter null <in.pcap' "$bin/shuttle"
    expect_status 0
    grep -qE '^read +10 +600$' "$work/out" || fail "not 10 frames"
}

Replay_Pcapng_IsRead() {
    capture in.pcap 60x10 1514
    python3 "$here/to_pcapng.py" in.pcap in.pcapng
    run "$bin/shuttle" replay in.pcapng --adapter pcap:got.pcap
    expect_status 0
    "$bin/frame_compare" in.pcap got.pcap >/dev/null || fail "not identical"
}

Replay_NoFrames_IsASuccess() {
    capture in.pcap
    run "$bin/shuttle" replay in.pcap --adapter null --json
    expect_status 0
    expect_json 'd["read"]["frames"], d["steady_state"]' '(0, None)'
}

Replay_TruncatedFile_SaysWhereAndSendsWhatIsWhole() {
    capture whole.pcap 60x10
    head -c $((24 + 76 * 7 + 30)) whole.pcap >in.pcap
    run "$bin/shuttle" replay in.pcap --adapter pcap:got.pcap --json
    expect_status 1
    expect_err "record 8 cannot be read"
    expect_err "7 whole records"
    expect_json 'd["sent"]["frames"], d["file_damaged"]' '(7, True)'
    capture expected.pcap 60x7
    "$bin/frame_compare" expected.pcap got.pcap >/dev/null || fail "not the seven whole ones"
}

Replay_Unreadable_ExitStatusThree() {
    run "$bin/shuttle" replay absent.pcap --adapter null
    expect_status 3
    expect_err "absent.pcap: No such file"
    echo "this is no capture at all" >in.pcap
    run "$bin/shuttle" replay in.pcap --adapter null
    expect_status 3
    expect_err "in.pcap"
    : >in.pcap
    run "$bin/shuttle" replay in.pcap --adapter null
    expect_status 3
    run "$bin/shuttle" replay . --adapter null
    expect_status 3
}

Replay_OtherLinkType_ExitStatusThree() {
    capture in.pcap --link-type IEEE802_11 60x10
    run "$bin/shuttle" replay in.pcap --adapter null
    expect_status 3
    expect_err "IEEE802_11"
    expect_err "only Ethernet"
}

Replay_CutRecords_AreCountedNotSent() {
    capture in.pcap 60x5 1514x3/96 60x2
    run "$bin/shuttle" replay in.pcap --adapter pcap:got.pcap --json
    expect_status 1
    expect_err "frame 6 is not whole"
    expect_json 'd["not_sent"]["cut"]["frames"], d["sent"]["frames"], d["read"]["frames"]' '(3, 7, 10)'
    [ "$(grep -c . "$work/err")" = 1 ] || fail "more than one message"
}

Replay_TooShortAndTooLong_AreCountedNotSent() {
    capture in.pcap 13x2 0 60 1515x4 1514
    make_pair out in
    run_out "$bin/shuttle" replay in.pcap --adapter packet:out --json
    expect_status 1
    expect_err "frame 1 has 13 bytes"
    expect_err "frame 5 has 1515 bytes, the adapter takes at most 1514"
    expect_json 'd["not_sent"]["too_short"]["frames"], d["not_sent"]["too_long"]["frames"]' '(3, 4)' \
        'd["sent"]["frames"], d["sent"]["bytes"]' '(2, 1574)' \
        'd["exit_status"]' 1
}

Replay_Rate_KeepsAbsoluteDeadlines() {
    capture in.pcap 60x201
    run "$bin/shuttle" replay in.pcap --adapter null --rate 2000 --json
    expect_status 0
    expect_json 'd["duration_s"] >= 0.1' True
}

Replay_Timed_FollowsTheTimeStamps() {
    capture in.pcap --gap-ms 5 60x21
    run "$bin/shuttle" replay in.pcap --adapter null --timed --loop 2 --json
    expect_status 0
    expect_json 'd["duration_s"] >= 0.2' True
}

Replay_LargeFile_MemoryStaysFlat() {
    local small large
    capture small.pcap 1514x2000
    capture large.pcap 1514x60000 # 90 MB
    run python3 "$here/max_rss.py" "$bin/shuttle" replay small.pcap --adapter null
    expect_status 0
    small=$(cat "$work/out")
    run python3 "$here/max_rss.py" "$bin/shuttle" replay large.pcap --adapter null
    expect_status 0
    large=$(cat "$work/out")
    [ "$large" -lt $((small + 20000)) ] || fail "$large KiB for 60000 frames, $small for 2000"
}

Replay_Terminal_ShowsABarAndTakesItAway() {
    capture in.pcap 60x400
    run script -qefc "$bin/shuttle replay in.pcap --adapter null --rate 1000" typescript
    expect_status 0
    grep -qF '###' typescript || fail "no bar"
    grep -qF ' %  ' typescript || fail "no percentage"
    # The last thing before the report is the bar's removal.
    tr -d '\n' <typescript | grep -qP '\r\x1b\[Kin.pcap -> null' || fail "the bar stays"
}

run_tests "$1" Replay_Terminal_ShowsABarAndTakesItAway Replay_Veth_ArrivesIdenticalInOrder \
    Replay_InFlightLimitOfOne_ArrivesIdenticalInOrder Replay_JumboFrames_ArriveIdentical \
    Replay_Loop_ReadsTheFileAgain Replay_Stdin_IsRead Replay_Pcapng_IsRead \
    Replay_NoFrames_IsASuccess Replay_TruncatedFile_SaysWhereAndSendsWhatIsWhole \
    Replay_Unreadable_ExitStatusThree Replay_OtherLinkType_ExitStatusThree \
    Replay_CutRecords_AreCountedNotSent Replay_TooShortAndTooLong_AreCountedNotSent \
    Replay_Rate_KeepsAbsoluteDeadlines Replay_Timed_FollowsTheTimeStamps \
    Replay_LargeFile_MemoryStaysFlat

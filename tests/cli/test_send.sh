#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# shuttle send, adapters and statistics over null, pcap and a veth.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

header='02:00:00:00:00:02 02:00:00:00:00:01 88b5'

Send_ToPcap_WritesTheFrame() {
    run "$bin/shuttle" send --adapter pcap:got.pcap --header "$header" --payload 'de ad:beef' --count 3
    expect_status 0
    expect_quiet
    expect_out NDIS_STATUS_SUCCESS
    tcpdump -r got.pcap -xx -t 2>/dev/null >frames
    [ "$(grep -c '0x0000:  0200 0000 0002 0200 0000 0001 88b5 dead' frames)" = 3 ] || fail "frames"
    [ "$(grep -c '0x0010:  beef' frames)" = 3 ] || fail "payload"
}

Send_PayloadFromFile_IsSent() {
    head -c 1500 /dev/urandom >payload
    run "$bin/shuttle" send --adapter pcap:got.pcap --header "$header" --payload @payload
    expect_status 0
    tail -c 1500 got.pcap | cmp - payload || fail "another payload arrived"
}

Send_EmptyPayload_IsAFrameOfFourteenBytes() {
    run "$bin/shuttle" send --adapter null --header "$header" --payload ''
    expect_status 0
    grep -qE 'NDIS_STATUS_SUCCESS +1 +14$' "$work/out" || fail "not one frame of 14 bytes"
}

Send_TooLong_NamesTheLimit() {
    make_pair out in
    head -c 1501 /dev/zero >payload
    run_out "$bin/shuttle" send --adapter packet:out --header "$header" --payload @payload
    expect_status 2
    expect_err "have 1515 bytes; the adapter takes at most 1514"
    run_out "$bin/shuttle" send --adapter packet:out --header "$header" --payload @/dev/zero
    expect_status 2
    expect_err "more than 1514 bytes; the adapter takes at most 1514"
}

Send_PayloadFileAbsent_ExitStatusThree() {
    run "$bin/shuttle" send --adapter null --header "$header" --payload @absent
    expect_status 3
    expect_err "absent: No such file"
}

Send_Rate_IsKept() {
    run "$bin/shuttle" send --adapter null --header "$header" --payload '' --count 101 --rate 1000
    expect_status 0
    # The 101st frame is due after 100 ms; a slow machine may take longer, none may be faster.
    awk '/^duration/ { exit !($2 >= 0.100) }' "$work/out" || fail "faster than the rate"
}

Adapter_Absent_ExitStatusThree() {
    local spec
    for spec in packet:absent nonsense packet: ''; do
        run "$bin/shuttle" statistics --adapter "$spec"
        expect_status 3
        [ -s "$work/err" ] || fail "no message"
    done
    run "$bin/shuttle" statistics --adapter packet:absent
    expect_err "absent"
}

Driver_Unknown_ExitStatusThree() {
    run "$bin/shuttle" statistics --adapter null --driver other.sys
    expect_status 3
    expect_err "driver: other.sys: No such file or directory"
}

Adapter_NotOurs_NeedsARight() {
    make_pair out in
    run_out setpriv --bounding-set -net_raw --inh-caps -net_raw \
        "$bin/shuttle" statistics --adapter packet:out
    expect_status 3
    expect_err "packet:out"
    grep -qiE 'permit|permission|CAP_NET_RAW' "$work/err" || fail "does not say why"
}

Adapters_VethPair_IsListed() {
    make_pair out in
    run_out "$bin/shuttle" adapters
    expect_status 0
    expect_out packet:out
    expect_out null
    run_out "$bin/shuttle" adapters --json
    expect_status 0
    expect_json '[a["name"] for a in d["adapters"]]' "['null', 'loop', 'packet:out']" \
        'd["adapters"][2]["link_up"]' True \
        'd["adapters"][2]["maximum_frame_bytes"]' 1514
    ip -n out link set out down
    run_out "$bin/shuttle" adapters --json
    expect_json 'd["adapters"][2]["link_up"]' False
}

Statistics_FreshDriver_IsAtZero() {
    run "$bin/shuttle" statistics --adapter null --in-flight 33 --json
    expect_status 0
    expect_quiet
    expect_json 'd["adapter"]["state"]' running \
        'd["adapter"]["in_flight_limit"]' 33 \
        'd["nbls_allocated"]' 33 \
        'd["frames_sent"] + d["frames_in_flight"] + d["frames_refused"]' 0
    run "$bin/shuttle" statistics --adapter null
    expect_status 0
    expect_out "NBLs allocated"
}

Output_Full_IsAnError() {
    run sh -c '"$0" adapters >/dev/full' "$bin/shuttle"
    expect_status 3
    expect_err "standard output"
}

run_tests "$1" Send_ToPcap_WritesTheFrame Send_PayloadFromFile_IsSent \
    Send_EmptyPayload_IsAFrameOfFourteenBytes Send_TooLong_NamesTheLimit \
    Send_PayloadFileAbsent_ExitStatusThree Send_Rate_IsKept Adapter_Absent_ExitStatusThree \
    Driver_Unknown_ExitStatusThree Adapter_NotOurs_NeedsARight Adapters_VethPair_IsListed \
    Statistics_FreshDriver_IsAtZero Output_Full_IsAnError

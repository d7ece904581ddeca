#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# What the command says about itself, and what it says to wrong arguments. No adapter is needed.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

header=020000000002020000000001:88b5

Help_OfAllAndOfEach_IsOnStdout() {
    local command
    run "$bin/shuttle" --help
    expect_status 0
    expect_quiet
    for command in adapters send replay statistics bench explain; do
        expect_out "$command"
    done
    for command in adapters send replay statistics bench explain; do
        run "$bin/shuttle" $command --help
        expect_status 0
        expect_quiet
        expect_out "usage: shuttle $command"
    done
}

Help_CommandsOfLaterIssues_AreNotListed() {
    local command
    run "$bin/shuttle" --help
    for command in capture; do
        ! grep -qw "^  $command" "$work/out" || fail "$command is listed"
        run "$bin/shuttle" $command
        expect_status 2
        run "$bin/shuttle" --help
    done
}

Version_IsOneLine() {
    run "$bin/shuttle" --version
    expect_status 0
    grep -qE '^shuttle [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || fail "no version"
}

expect_usage_error() {
    local text=$1
    shift
    run "$bin/shuttle" "$@"
    expect_status 2
    expect_err "$text"
    [ ! -s "$work/out" ] || fail "expected nothing on stdout"
}

Usage_WrongArguments_ExitStatusTwo() {
    expect_usage_error "a command is missing"
    expect_usage_error "no command 'sned'" sned
    expect_usage_error "no option '--bogus'" replay --bogus x.pcap
    expect_usage_error "--adapter needs a value" replay x.pcap --adapter
    expect_usage_error "capture file is missing" replay --adapter null
    expect_usage_error "one capture file" replay --adapter null a b
    expect_usage_error "--adapter is missing" replay a.pcap
    expect_usage_error "--failures needs a value" replay a.pcap --adapter null --failures
    expect_usage_error "'batch' is not a mode" replay a.pcap --adapter null --mode batch
    expect_usage_error "only one of" replay a.pcap --adapter null --timed --rate 5
    expect_usage_error "--rate" replay a.pcap --adapter null --rate 0
    expect_usage_error "--rate" replay a.pcap --adapter null --rate 5x
    expect_usage_error "--rate" replay a.pcap --adapter null --rate -5
    expect_usage_error "--loop" replay a.pcap --adapter null --loop 0
    expect_usage_error "--in-flight" replay a.pcap --adapter null --in-flight 65537
    expect_usage_error "standard input" replay - --adapter null --loop 2
    expect_usage_error "not expected" statistics --adapter null extra
    expect_usage_error "--adapter is missing" statistics
    expect_usage_error "no option '--yaml'" adapters --yaml
    expect_usage_error "not expected" adapters extra
}

Bench_WrongArguments_ExitStatusTwo() {
    expect_usage_error "no rung 'clasic'" bench --rungs classic,clasic
    expect_usage_error "no rung ''" bench --rungs classic,
    expect_usage_error "'59' is not a number from 60 to 1514" bench --bytes 59
    expect_usage_error "'1515' is not a number from 60 to 1514" bench --bytes 60,1515
    expect_usage_error "at most 8 sizes" bench --bytes 60,61,62,63,64,65,66,67,68
    expect_usage_error "'0' is not a number from 1 to 99" bench --runs 0
    expect_usage_error "'10001' is not a number" bench --milliseconds 10001
    expect_usage_error "'x' is not a number" bench --frames x
    expect_usage_error "--json needs a value" bench --json
    expect_usage_error "no option '--calibrat3'" bench --calibrat3
    expect_usage_error "'null' is not an option" bench null
}

Bench_WithoutDriverOrAdapter_ExitStatusThree() {
    run "$bin/shuttle" bench --driver "$work/none.sys"
    expect_status 3
    expect_err "none.sys"
    run "$bin/shuttle" bench --adapter nic
    expect_status 3
    expect_err "nic"
    run "$bin/shuttle" bench --adapter null:1000
    expect_status 3
    expect_err "takes frames of 1014 bytes only"
    run "$bin/shuttle" bench --runs 1 --frames 64 --bytes 60 --rungs two-part --no-steps \
        --json "$work"
    expect_status 3
    [ ! -s "$work/out" ] || fail "expected to be told before anything is measured"
}

# With ThreadSanitizer nothing is stepped through, so there are no fields. Steps through each operation
# of --calibrate would take seconds.
Bench_Json_HasCountsAndCosts() {
    run "$bin/shuttle" bench --runs 1 --frames 64 --milliseconds 1 --bytes 60 --rungs two-part \
        --calibrate --no-steps --json -
    expect_status 0
    expect_json 'len(d["rungs"])' 1 'd["rungs"][0]["counts"]["requests"]' 1.0 \
        'd["rungs"][0]["recorded"]' \
        "['spin_locks', 'interlocked_operations', 'bytes_copied', 'nbl_fields_written']" \
        'd["rungs"][0]["counts"]["bytes_copied"]' 60.0 'len(d["costs"])' 15 \
        '"classic.sys" in d["recorded_with"]' True \
        'd["costs"][0]["name"]' request 'd["costs"][0]["nanoseconds"]["median"] > 0' True
    run "$bin/shuttle" bench --runs 1 --frames 64 --bytes 60 --rungs two-part --json -
    expect_status 0
    expect_json \
        '"Nbl.SourceHandle" in d["rungs"][0].get("nbl_fields", ["Nbl.SourceHandle"])' True
}

# What a program on Windows has: the recorded counts, and no others.
Bench_Recorded_PredictsTheTimeAndSaysSo() {
    run "$bin/shuttle" bench --runs 1 --frames 64 --milliseconds 1 --bytes 1514,100 \
        --rungs classic,two-part --calibrate --recorded --json -
    expect_status 0
    expect_json '[len(r["recorded"]) for r in d["rungs"]]' '[11, 11, 0, 0]' \
        '[len(r["counts"]) for r in d["rungs"]]' '[11, 11, 0, 0]' \
        'd["rungs"][1]["counts"]["bytes_copied"]' 1514.0 \
        '[r.get("predicted", {}).get("nanoseconds", 0) > 0 for r in d["rungs"]]' \
        '[True, True, False, False]'
    run "$bin/shuttle" bench --runs 1 --frames 64 --bytes 60,100 --rungs two-part --recorded
    expect_status 0
    expect_out "not counted here, but recorded with shuttle.sys"
    expect_out "neither counted here nor recorded for 100 bytes"
}

Send_BadFrameText_IsNamed() {
    expect_usage_error "--header is missing" send --adapter null --payload 00
    expect_usage_error "--payload is missing" send --adapter null --header $header
    expect_usage_error "--adapter is missing" send --header $header --payload 00
    expect_usage_error "byte 15 has only one digit" send --adapter null --header ${header}8 --payload ''
    expect_usage_error "byte 1 has only one digit" send --adapter null --header $header --payload 0:1
    expect_usage_error "'g' is not a hexadecimal" send --adapter null --header $header --payload 0011gg
    expect_usage_error "has 13 bytes" send --adapter null --header ${header%b5} --payload 00
    expect_usage_error "has 0 bytes" send --adapter null --header '' --payload 00
    expect_usage_error "--count" send --adapter null --header $header --payload 00 --count none
}

Send_DriverWithoutOurDevice_IsNamed() {
    run "$bin/shuttle" send --adapter null --header $header --payload 00 \
        --driver "$bin/../examples/x64/minimal_protocol.sys"
    expect_status 3
    expect_err "driver: it has made no device"
}

run_tests "$1" Help_OfAllAndOfEach_IsOnStdout Help_CommandsOfLaterIssues_AreNotListed \
    Version_IsOneLine Usage_WrongArguments_ExitStatusTwo \
    Bench_WrongArguments_ExitStatusTwo Bench_WithoutDriverOrAdapter_ExitStatusThree \
    Bench_Json_HasCountsAndCosts Bench_Recorded_PredictsTheTimeAndSaysSo Send_BadFrameText_IsNamed \
    Send_DriverWithoutOurDevice_IsNamed

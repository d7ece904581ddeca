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
    for command in adapters send replay statistics explain; do
        expect_out "$command"
    done
    for command in adapters send replay statistics explain; do
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

run_tests "$1" Help_OfAllAndOfEach_IsOnStdout Help_CommandsOfLaterIssues_AreNotListed \
    Version_IsOneLine Usage_WrongArguments_ExitStatusTwo Send_BadFrameText_IsNamed

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# The command `ndishost`: drivers from files, what it tells of them, and how it ends.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/../cli/harness.sh"
isolate "$@"

build=$(cd "$1" && pwd)
protocol=$build/examples/x64/minimal_protocol.sys
miniport=$build/examples/x64/minimal_miniport.sys
left_behind=$build/tests/host/x64/left_behind.sys
missing=$build/tests/pe/drivers/x64/missing.sys

expect_usage_error() {
    local text=$1
    shift
    run "$bin/ndishost" "$@"
    expect_status 2
    expect_err "$text"
    [ ! -s "$work/out" ] || fail "expected nothing on stdout"
}

Help_OfAllAndOfEach_IsOnStdout() {
    local command
    run "$bin/ndishost" --help
    expect_status 0
    for command in run exports imports; do
        expect_out "  $command "
    done
    for command in run exports imports; do
        run "$bin/ndishost" $command --help
        expect_status 0
        expect_quiet
        expect_out "usage: ndishost $command"
    done
    run "$bin/ndishost" --version
    grep -qE '^ndishost [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || fail "no version"
}

Usage_WrongArguments_ExitStatusTwo() {
    expect_usage_error "a command is missing"
    expect_usage_error "no command 'rum'" rum
    expect_usage_error "--driver is missing" run --nic loop
    expect_usage_error "--driver needs a value" run --driver
    expect_usage_error "no option '--bogus'" run --bogus
    expect_usage_error "'extra' is not expected" run --driver x.sys extra
    expect_usage_error "'dir/' does not name a file" run --driver dir/
    expect_usage_error "'much' is none of off, on, strict" run --driver x.sys --verify much
    expect_usage_error "--processors: '65'" run --driver x.sys --processors 65
    expect_usage_error "--seed: '-1'" run --driver x.sys --seed -1
    expect_usage_error "no --driver has that name" run --driver x.sys --nic miniport:y,MTU=1
    expect_usage_error "neither NDIS.SYS nor ntoskrnl.exe" exports --module win32k
    expect_usage_error "exclude each other" exports --missing --implemented
    expect_usage_error "a driver's file is missing" imports
}

Run_ProtocolAndMiniport_AreBoundAndLeaveNothing() {
    run "$bin/ndishost" run --driver "$protocol" --driver "$miniport" --nic test:1500 \
        --nic miniport:minimal_miniport,MTU=1500
    expect_status 0
    expect_quiet
    [ "$(grep -cE '^adapter .* (ShuttleNic|minimal_miniport)  Running$' "$work/out")" = 2 ] ||
        fail "two adapters run"
    [ "$(grep -c '^binding .*  MinimalProtocol  Running$' "$work/out")" = 2 ] ||
        fail "two bindings run"
    expect_out "nothing was left behind"
}

Run_Devices_AreNamed() {
    run "$bin/ndishost" run --quiet --driver "$build/driver/x64/shuttle.sys" --nic chaos:seed=1+loop
    expect_status 0
    expect_out 'device   \Device\Shuttle  \\.\Shuttle  shuttle'
    expect_err "seed 1"
}

Run_SetUpFails_SaysWhy() {
    run "$bin/ndishost" run --driver absent.sys
    expect_status 3
    expect_err "absent.sys: No such file"
    run "$bin/ndishost" run --driver "$missing"
    expect_status 3
    expect_err "ntoskrnl.exe!KeNotThere"
    expect_err "NDIS.SYS!NdisNotThere"
    run "$bin/ndishost" run --driver "$protocol" --nic token-ring
    expect_status 3
    expect_err "token-ring: not a kind of NIC"
    run "$bin/ndishost" run --driver "$miniport" --nic miniport:minimal_miniport,MTU
    expect_status 3
    expect_err "'MTU' is not KEYWORD=VALUE"
}

# run_left_behind NUMBER: of enum left_behind.
run_left_behind() {
    printf '[left_behind]\nWhat = %s\n' "$1" >registry
    run "$bin/ndishost" run --driver "$left_behind" --registry registry
}

Run_DriverLeavesThings_TellsWhich() {
    run_left_behind 4
    expect_status 1
    expect_err "100 bytes, tag Left"
    expect_err "left_behind.c:"
    expect_err "1 thing was left behind"
    run_left_behind 6
    expect_status 3
    expect_err "0xC000000E STATUS_NO_SUCH_DEVICE"
    run_left_behind 7
    expect_status 1
    expect_err "could not be unloaded: 0xC0000010"
    run_left_behind 2
    expect_status 4
    expect_err "leaves a registered miniport driver behind"
}

Run_WrongRegistry_NamesTheLine() {
    printf '# fine\n\nWhat = 1\n' >registry
    run "$bin/ndishost" run --driver "$left_behind" --registry registry
    expect_status 3
    expect_err "registry, line 3: a value before the first key"
    expect_err "STATUS_REGISTRY_CORRUPT"
    run "$bin/ndishost" run --driver "$left_behind" --registry absent
    expect_status 3
    expect_err "cannot read registry file absent"
}

Run_RegistryOfTheDocument_IsRead() {
    sed -n '/^## Registry/,/^## NICs/s/^    //p' "$here/../../docs/ndishost.md" >registry
    grep -q '^Blob = hex:' registry || fail "the document shows no file"
    run "$bin/ndishost" run --driver "$left_behind" --registry registry
    expect_status 0
    expect_quiet
}

Run_Keep_GoesOnUntilSignal() {
    local signal output process
    for signal in INT TERM; do
        exec {output}< <(exec "$bin/ndishost" run --keep --driver "$protocol" --nic null)
        process=$!
        wait_for_line "$output" "running until"
        kill -$signal $process
        wait_for_line "$output" "nothing was left behind"
        wait $process || fail "status $?"
    done
}

Exports_Counts_AreThoseOfTheLists() {
    local module implemented missing
    run "$bin/ndishost" exports
    expect_status 0
    for module in NDIS.SYS ntoskrnl.exe; do
        read -r _ implemented _ missing _ < <(grep "^$module: " "$work/out")
        [ "$(grep -c "^implemented  $module " "$work/out")" = "$implemented" ] || fail "implemented"
        [ "$(grep -c "^missing      $module " "$work/out")" = "$missing" ] || fail "missing"
    done
    run "$bin/ndishost" exports --counts --module ntoskrnl
    [ "$(wc -l <"$work/out")" = 1 ] || fail "one line"
    run "$bin/ndishost" exports --implemented --module ndis
    grep -q ' NdisSendNetBufferLists$' "$work/out" || fail "NdisSendNetBufferLists"
    ! grep -q '^missing' "$work/out" || fail "only what is implemented"
}

Imports_OfADriver_AreToldApart() {
    run "$bin/ndishost" imports "$protocol"
    expect_status 0
    expect_out "implemented  NDIS.SYS      NdisRegisterProtocolDriver"
    expect_out ", 0 missing"
    run "$bin/ndishost" imports "$missing"
    expect_status 1
    expect_out "missing      NDIS.SYS      NdisNotThere"
    run "$bin/ndishost" imports "$here/harness.sh"
    expect_status 3
    expect_err "it is no PE file"
}

run_tests "$1" Help_OfAllAndOfEach_IsOnStdout Usage_WrongArguments_ExitStatusTwo \
    Run_ProtocolAndMiniport_AreBoundAndLeaveNothing Run_Devices_AreNamed Run_SetUpFails_SaysWhy \
    Run_DriverLeavesThings_TellsWhich Run_WrongRegistry_NamesTheLine \
    Run_RegistryOfTheDocument_IsRead Run_Keep_GoesOnUntilSignal \
    Exports_Counts_AreThoseOfTheLists Imports_OfADriver_AreToldApart

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# Which driver the command takes; and that the file for Windows and the one linked in do the same: the
# same output, counts and frames on the wire. Only times differ.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"
unset SHUTTLE_DRIVER

# ---- which one

# The command alone, as bin/shuttle.
installed() {
    mkdir bin
    cp "$bin/shuttle" bin
}

expect_loaded() {
    run "$@" statistics --adapter null
    expect_status 0
    expect_quiet
}

Default_NoFile_SaysWhereItLooked() {
    installed
    run bin/shuttle statistics --adapter null
    expect_status 3
    expect_err "no shuttle.sys, ../driver/x64/shuttle.sys or ../lib/shuttle/shuttle.sys in $work/bin"
    expect_err "--driver native"
    SHUTTLE_DRIVER=native expect_loaded bin/shuttle
    run bin/shuttle statistics --adapter null --driver native
    expect_status 0
}

# The last place first, so that each one goes before those that hold a file already. A file that is no
# driver shows which one is taken.
Default_EachPlace_GoesBeforeTheNext() {
    local place
    installed
    for place in lib/shuttle driver/x64 bin; do
        mkdir -p $place
        echo "no driver" >$place/shuttle.sys
        run bin/shuttle statistics --adapter null
        expect_status 3
        expect_err "$place/shuttle.sys: "
        cp "$bin/../driver/x64/shuttle.sys" $place
        expect_loaded bin/shuttle
    done
}

Default_AnyDirectoryAndLink_IsFound() {
    ln -s "$bin/shuttle" linked
    expect_loaded ./linked
    cd /
    PATH=$bin:$PATH expect_loaded shuttle
}

Driver_OptionThenEnvironment_AreTaken() {
    export SHUTTLE_DRIVER=absent.sys
    run "$bin/shuttle" statistics --adapter null
    expect_status 3
    expect_err "driver: absent.sys: No such file"
    run "$bin/shuttle" statistics --adapter null --driver "$bin/../driver/x64/shuttle.sys"
    expect_status 0
    run "$bin/shuttle" statistics --adapter null --driver "$(printf '%5000s')"
    expect_status 3
    expect_err "the name is too long"
}

# Settings are those of the service, and that has the file's name.
Driver_FileOfAnotherName_HasItsSettings() {
    cp "$bin/../driver/x64/shuttle.sys" other.name.SYS
    run "$bin/shuttle" statistics --adapter null --driver other.name.SYS --in-flight 33 --json
    expect_status 0
    expect_json 'd["nbls_allocated"]' 33
}

# ---- both do the same

# each COMMAND...: runs it with each driver, in the directories native and file.
each() {
    local driver
    for driver in native file; do
        mkdir $driver
        cd $driver
        if [ $driver = native ]; then
            SHUTTLE_DRIVER=native run "$@"
        else
            run "$@"
        fi
        {
            echo "exit status $status"
            sed 's/^/err: /' "$work/err"
            grep -vE '"(duration_s|frames_per_s|mbit_per_s)"|^(duration|rate) ' "$work/out"
        } >report
        cd ..
    done
}

# The same, and what was said must be the same, but for times.
both() {
    each "$@"
    diff native/report file/report >differs || fail "native < > file: $(cat differs)"
}

Both_Replay_CountTheSame() {
    "$bin/capture_make" in.pcap 14 13 60x3000 0 1514x1000/99 9014 9015x2 1514x3000
    both "$bin/shuttle" replay ../in.pcap --adapter null --json
    expect_status 1
    grep -q '"requests": [1-9]' file/report || fail "nothing was counted"
}

Both_ReplayIntoAFile_WriteTheSameFrames() {
    "$bin/capture_make" in.pcap 14 15 60x300 1514x300 61x99 1513
    both "$bin/shuttle" replay ../in.pcap --adapter pcap:got.pcap --in-flight 7 --loop 2 --json
    expect_status 0
    "$bin/frame_compare" native/got.pcap file/got.pcap >/dev/null 2>>"$work/err" || fail "other frames"
}

# The order of completions depends on time, but not which frame fails how.
Both_HostileNic_FailTheSameFrames() {
    "$bin/capture_make" in.pcap 60x1000 1514x1000
    NDISHOST_SEED=99 each "$bin/shuttle" replay ../in.pcap --adapter chaos:pause_every=500+null \
        --failures failed
    expect_status 1
    cmp <(sort -n native/failed) <(sort -n file/failed) || fail "other frames failed"
}

Both_SendAndStatistics_SayTheSame() {
    both "$bin/shuttle" send --adapter loop --count 300 --header 020000000002020000000001:88b5 \
        --payload 'de ad be ef'
    expect_status 0
    rm -r native file
    both "$bin/shuttle" statistics --adapter null --in-flight 33 --json
    expect_status 0
}

# By the counts of the ladder: requests, locks, allocations and sends for each frame.
Both_EachWayToSend_AsksTheSameOfTheSystem() {
    local driver
    for driver in native "$bin/../driver/x64/shuttle.sys"; do
        run "$bin/shuttle" bench --driver "$driver" --rungs two-part,two-part-direct --runs 1 \
            --frames 256 --no-steps --json -
        expect_status 0
        grep -E '"(name|requests|page.*|.*_allocations|ndis_sends)"' "$work/out" >"${driver##*/}" ||
            fail "no counts"
    done
    diff native shuttle.sys >>"$work/err" || fail "other counts"
}

run_tests "$1" Default_NoFile_SaysWhereItLooked Default_EachPlace_GoesBeforeTheNext \
    Default_AnyDirectoryAndLink_IsFound Driver_OptionThenEnvironment_AreTaken \
    Driver_FileOfAnotherName_HasItsSettings Both_Replay_CountTheSame \
    Both_ReplayIntoAFile_WriteTheSameFrames Both_HostileNic_FailTheSameFrames \
    Both_SendAndStatistics_SayTheSame Both_EachWayToSend_AsksTheSameOfTheSystem

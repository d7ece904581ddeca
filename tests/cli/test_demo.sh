#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# The demo passes, and fails when anything is not as it should be: its parts one by one, and as a whole
# with a stand-in for the command that spoils what is sent.
# shellcheck source=tests/cli/harness.sh disable=SC2016
source "$(dirname "$0")/harness.sh"
isolate "$@"

scripts=$here/../../scripts

# demo_with SCRIPT: runs the demo; SCRIPT stands where the replay would ("$real" is the command,
# "$1" the recording, "$@" the other arguments).
demo_with() {
    mkdir -p build/bin
    ln -s "$bin"/* build/bin
    rm build/bin/shuttle
    cat >build/bin/shuttle <<END
#!/usr/bin/env bash
real=$bin/shuttle
[ "\$1" = replay ] || exec "\$real" "\$@"
shift
$1
END
    chmod +x build/bin/shuttle
    run env -u SHUTTLE_ISOLATED bash "$scripts/demo.sh" build
}

Demo_AsItIs_Passes() {
    run env -u SHUTTLE_ISOLATED bash "$scripts/demo.sh" "$bin/.."
    expect_status 0
    expect_out "demo: passed"
    expect_quiet
}

Demo_OneByteChanged_Fails() {
    # The file's last byte is the last frame's: one in the middle could be a time stamp's.
    demo_with 'python3 -c "import sys
data = bytearray(open(sys.argv[1], \"rb\").read())
data[-1] ^= 255
open(\"spoilt.pcap\", \"wb\").write(data)" "$1"
        shift; exec "$real" replay spoilt.pcap "$@"'
    expect_status 1
    expect_err "differs"
}

Demo_FrameTooMany_Fails() {
    demo_with '"$real" send --adapter packet:out --header ffffffffffff02000000000188b5 --payload "" >&2
        exec "$real" replay "$@"'
    expect_status 1
    expect_out "FAILED"
}

Demo_WrongArguments_EndAtOnce() {
    local arguments
    for arguments in --driver 'native --driver' '--driver native more'; do
        # shellcheck disable=SC2086 # several words
        run env -u SHUTTLE_ISOLATED bash "$scripts/demo.sh" "$bin/.." $arguments
        expect_status 2
        expect_err "usage: demo.sh"
    done
    run env -u SHUTTLE_ISOLATED bash "$scripts/demo.sh" "$bin/.." --driver absent.sys
    expect_status 3
    expect_err "absent.sys: No such file"
}

# ---- frame_compare

compare() {
    run "$bin/frame_compare" sent.pcap received.pcap
}

Compare_SameFrames_AreIdentical() {
    "$bin/capture_make" sent.pcap 60x10 1514x10
    "$bin/capture_make" received.pcap --gap-ms 7 60x10 1514x10
    compare
    expect_status 0
    expect_out "received_frames=20 received_bytes=15740 identical=20"
}

Compare_OtherOrder_Differs() {
    "$bin/capture_make" sent.pcap 60 1514 60
    "$bin/capture_make" received.pcap 60 60 1514
    compare
    expect_status 1
    expect_err "frame 2 differs"
}

Compare_LastByte_Differs() {
    "$bin/capture_make" sent.pcap 60x3
    head -c -1 sent.pcap >received.pcap
    printf '\377' >>received.pcap
    compare
    expect_status 1
    expect_err "frame 3 differs: 60 of 60 bytes sent, 60 of 60 received, the first difference is at byte 59"
}

Compare_FrameMissing_Differs() {
    "$bin/capture_make" sent.pcap 60x3
    "$bin/capture_make" received.pcap 60x2
    compare
    expect_status 1
    expect_err "received.pcap ends after 2 frames"
}

Compare_CutFrame_Differs() {
    "$bin/capture_make" sent.pcap 60x3
    "$bin/capture_make" received.pcap 60x2 60/50
    compare
    expect_status 1
    "$bin/capture_make" sent.pcap 60x2 60/50
    compare
    expect_status 1
}

Compare_DamagedFile_CannotBeRead() {
    "$bin/capture_make" sent.pcap 60x3
    head -c -1 sent.pcap >received.pcap
    compare
    expect_status 3
}

# ---- the table

# table JSON_PATCH REPLAY SINK COMPARE: of a replay in which all went well, but for the patch.
table() {
    if [ ! -f good.json ]; then
        "$bin/capture_make" sent.pcap 60x2000
        "$bin/shuttle" replay sent.pcap --adapter null --json >good.json
        "$bin/frame_compare" sent.pcap sent.pcap >compared
    fi
    python3 - "$1" <<'END'
import json, sys
d = json.load(open("good.json"))
exec(sys.argv[1])
json.dump(d, open("report.json", "w"))
END
    run python3 "$scripts/demo_table.py" report.json compared "$2" "$3" "$4"
}

Table_AllWell_Passes() {
    table '' 0 0 0
    expect_status 0
    expect_out "demo: passed"
}

Table_AnythingWrong_Fails() {
    table 'd["steady_state"]["mdl_allocations"] = 1' 0 0 0
    expect_status 1
    expect_out "1 mdl allocations"
    table 'd["steady_state"] = None' 0 0 0
    expect_status 1
    table '' 1 0 0
    expect_status 1
    expect_out "shuttle replay ended with status 1"
    table '' 0 1 0
    expect_status 1
    table '' 0 0 1
    expect_status 1
    : >report.json
    run python3 "$scripts/demo_table.py" report.json compared 0 0 0
    expect_status 1
    expect_out "no report"
}

tests=(Demo_AsItIs_Passes)
# What the demo says of a fault is the same with every driver.
[ -n "${SHUTTLE_DRIVER:-}" ] ||
    tests+=(Demo_OneByteChanged_Fails Demo_FrameTooMany_Fails Demo_WrongArguments_EndAtOnce
        Compare_SameFrames_AreIdentical Compare_OtherOrder_Differs Compare_LastByte_Differs
        Compare_FrameMissing_Differs Compare_CutFrame_Differs Compare_DamagedFile_CannotBeRead
        Table_AllWell_Passes Table_AnythingWrong_Fails)
run_tests "$1" "${tests[@]}"

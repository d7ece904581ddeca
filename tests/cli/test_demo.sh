#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# The demo passes, and fails when anything is not as it should be: a stand-in for the command spoils a
# byte or the order, sends a frame too many, or tells something else.
# shellcheck source=tests/cli/harness.sh disable=SC2016
source "$(dirname "$0")/harness.sh"
isolate "$@"

# demo_with SCRIPT: runs the demo; SCRIPT stands where the command would ("$real" is the command,
# "$1" the recording, "$@" the other arguments).
demo_with() {
    mkdir -p build/bin
    ln -s "$bin"/* build/bin
    rm build/bin/shuttle
    cat >build/bin/shuttle <<END
#!/usr/bin/env bash
real=$bin/shuttle
shift
$1
END
    chmod +x build/bin/shuttle
    run env -u SHUTTLE_ISOLATED bash "$here/../../scripts/demo.sh" build
}

Demo_AsItIs_Passes() {
    run env -u SHUTTLE_ISOLATED bash "$here/../../scripts/demo.sh" "$bin/.."
    expect_status 0
    expect_out "demo: passed"
    expect_quiet
}

Demo_OneByteChanged_Fails() {
    demo_with 'size=$(stat -c %s "$1")
        cp "$1" spoilt.pcap
        printf "\\377\\376" | dd of=spoilt.pcap bs=1 seek=$((size / 2)) conv=notrunc status=none
        shift; exec "$real" replay spoilt.pcap "$@"'
    expect_status 1
    expect_err "differs"
}

Demo_FramesSentInAnotherOrder_Fails() {
    demo_with 'python3 - "$1" <<EOP
import struct, sys
data = open(sys.argv[1], "rb").read()
records, at = [], 24
while at < len(data):
    size = 16 + struct.unpack_from("<I", data, at + 8)[0]
    records.append(data[at:at + size])
    at += size
records[100], records[101] = records[101], records[100]
open("spoilt.pcap", "wb").write(data[:24] + b"".join(records))
EOP
        shift; exec "$real" replay spoilt.pcap "$@"'
    expect_status 1
    expect_err "differs"
}

Demo_CommandFails_Fails() {
    demo_with '"$real" replay "$@"; exit 1'
    expect_status 1
    expect_out "shuttle replay ended with status 1"
}

Demo_FrameTooMany_Fails() {
    demo_with '"$real" send --adapter packet:out --header ffffffffffff02000000000188b5 --payload "" >&2
        exec "$real" replay "$@"'
    expect_status 1
    expect_out "FAILED"
}

Demo_AllocationPerFrame_Fails() {
    demo_with '"$real" replay "$@" | sed "s/\"mdl_allocations\": 0/\"mdl_allocations\": 1/"'
    expect_status 1
    expect_out "1 mdl allocations"
}

run_tests "$1" Demo_AsItIs_Passes Demo_OneByteChanged_Fails Demo_FramesSentInAnotherOrder_Fails \
    Demo_CommandFails_Fails Demo_FrameTooMany_Fails Demo_AllocationPerFrame_Fails

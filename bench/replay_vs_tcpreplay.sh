#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# usage: replay_vs_tcpreplay.sh BUILD_DIR [RUNS] [CAPTURE]
#
# `shuttle replay --top-speed` beside `tcpreplay --topspeed`: the same file, the same veth, in turn,
# RUNS times each (default 9). Prints every run, both medians in frames/s, and their ratio. Both send
# frame by frame from one process; what they report themselves is what counts.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/isolated.sh
source "$here/../scripts/isolated.sh"
isolate "$@"

bin=$(cd "$1" && pwd)/bin
runs=${2:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

capture=${3:-}
loops=1
if [ -z "$capture" ]; then
    # As on a busy link: small frames, and full-size ones.
    capture=$work/mixed.pcap
    "$bin/capture_make" "$capture" 60x20000 590x10000 1514x30000
    loops=4
fi
make_pair out in

shuttle_rate() {
    ip netns exec out "$bin/shuttle" replay "$capture" --adapter packet:out --top-speed \
        --loop "$loops" --json >"$work/shuttle.json"
    python3 -c 'import json, sys; print(round(json.load(open(sys.argv[1]))["frames_per_s"]))' \
        "$work/shuttle.json"
}

tcpreplay_rate() {
    ip netns exec out tcpreplay --quiet --topspeed --loop "$loops" -i out "$capture" \
        >"$work/tcpreplay.txt" 2>&1
    python3 -c '
import re, sys
text = open(sys.argv[1]).read()
frames, seconds = re.search(r"Actual: (\d+) packets .* sent in ([\d.]+) seconds", text).groups()
assert re.search(r"Failed packets:\s+0\b", text), "tcpreplay lost frames"
print(round(int(frames) / float(seconds)))' "$work/tcpreplay.txt"
}

printf '%-6s %22s %22s\n' run 'shuttle, frames/s' 'tcpreplay, frames/s'
for run in $(seq "$runs"); do
    ours=$(shuttle_rate)
    theirs=$(tcpreplay_rate)
    printf '%-6s %22s %22s\n' "$run" "$ours" "$theirs"
    echo "$ours $theirs" >>"$work/rates"
done
python3 - "$work/rates" <<'EOP'
import statistics
import sys

ours, theirs = zip(*(map(int, line.split()) for line in open(sys.argv[1])))
mine, other = statistics.median(ours), statistics.median(theirs)
print(f"{'median':<6} {mine:>22.0f} {other:>22.0f}")
print(f"ratio shuttle / tcpreplay: {mine / other:.2f}")
EOP

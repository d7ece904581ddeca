#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# usage: peers.sh BUILD_DIR PEERS.json LATENCY.json [RUNS]
#
# `shuttle replay --top-speed` beside what else sends frames on Linux, all on the same core, onto the
# same veth whose other end nobody reads, in turn, RUNS times each (default 9). Needs root; makes its
# own network namespaces.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/isolated.sh
source "$here/../scripts/isolated.sh"
isolate "$@"

build=$(cd "$1" && pwd)
make_pair out in
ip netns exec out python3 "$here/peers.py" "$build" out "$2" --runs "${4:-9}"
ip netns exec out python3 "$here/latency.py" "$build" "$3" --interface out

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# usage: demo.sh BUILD_DIR [--driver native|FILE.sys]
#
# The main job on real input: records what ordinary programs say to each other over one veth pair,
# sends the recording through the Shuttle driver over another, and compares what arrives with what
# was recorded, byte by byte. Exit status 0: every frame arrived identical and in order, and nothing
# was allocated for a frame after the warm-up; 1: not so; 2: wrong usage; 3: no driver.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/isolated.sh
source "$here/isolated.sh"
if [ $# -ne 1 ] && { [ $# -ne 3 ] || [ "$2" != --driver ]; }; then
    echo "usage: demo.sh BUILD_DIR [--driver native|FILE.sys]" >&2
    exit 2
fi
isolate "$@"

bin=$(cd "$1" && pwd)/bin
driver=("${@:2}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# Two hosts with addresses. Offloads are off: what is recorded is what a wire would carry.
make_hosts() {
    local name
    ip netns add client
    ip netns add server
    ip -n client link add client type veth peer name server netns server
    for name in client server; do
        ip netns exec "$name" ethtool -K "$name" tso off gso off gro off tx off rx off sg off \
            >"$work/ethtool" 2>&1 || { cat "$work/ethtool" >&2 && return 1; }
        ip -n "$name" link set lo up
    done
    ip -n client addr add 10.77.0.1/24 dev client
    ip -n server addr add 10.77.0.2/24 dev server
    ip -n client addr add fd77::1/64 dev client nodad
    ip -n server addr add fd77::2/64 dev server nodad
    ip -n client link set client up
    ip -n server link set server up
}

start_http() {
    exec {http}< <(cd "$work/www" && exec ip netns exec server python3 -u -c '
import http.server, socket, socketserver
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6          # and IPv4
    server_bind = socketserver.TCPServer.server_bind  # asks no resolver for its own name
with Server(("::", 8080), http.server.SimpleHTTPRequestHandler) as server:
    print("serving")
    server.serve_forever()' 2>&1)
    wait_for_line "$http" serving
}

start_dns() {
    exec {dns}< <(exec ip netns exec server dnsmasq --no-daemon --conf-file=/dev/null --no-resolv \
        --no-hosts --user=root --pid-file= --bind-interfaces --interface=server \
        --address=/shuttle.test/192.0.2.77 2>&1)
    wait_for_line "$dns" started
}

start_recorder() {
    exec {recorder}< <(exec ip netns exec client tcpdump -i client -s 0 -B 65536 --immediate-mode \
        -Z root -w "$work/recorded.pcap" 2>&1)
    recorder_pid=$!
    wait_for_line "$recorder" "listening on"
}

stop_recorder() {
    kill -INT "$recorder_pid"
    wait_for_line "$recorder" captured
    wait_for_line "$recorder" "0 packets dropped by kernel"
}

in_client() {
    ip netns exec client "$@"
}

# download URL: over TCP, and checks what came.
download() {
    in_client curl --silent --show-error --fail --max-time 120 --output "$work/got" "$1"
    cmp "$work/got" "$work/www/file"
}

talk() {
    local size answer
    for size in 0 18 56 1000 1472; do
        in_client ping -q -c 10 -i 0.002 -s $size 10.77.0.2 >/dev/null
        in_client ping -q -c 10 -i 0.002 -s $size fd77::2 >/dev/null
    done
    answer=$(in_client dig +short +timeout=20 @10.77.0.2 shuttle.test)
    [ "$answer" = 192.0.2.77 ]
    in_client dig +timeout=20 @10.77.0.2 shuttle.test AAAA >/dev/null
    download http://10.77.0.2:8080/file
    download 'http://[fd77::2]:8080/file'
}

record() {
    make_hosts
    mkdir "$work/www"
    head -c 3000000 /dev/urandom >"$work/www/file"
    start_http
    start_dns
    start_recorder
    talk
    stop_recorder
}

# Sets replay_status and sink_status.
replay() {
    local frames
    make_pair out in
    eval "$("$bin/frame_compare" "$work/recorded.pcap" "$work/recorded.pcap" | tr ' ' '\n' |
        grep '^sent_frames=')"
    frames=${sent_frames:?}
    mkfifo "$work/listening"
    ip netns exec in "$bin/frame_sink" in "$work/received.pcap" "$frames" 60 "$work/listening" &
    local sink=$!
    timeout 120 cat "$work/listening"
    replay_status=0
    ip netns exec out "$bin/shuttle" replay "$work/recorded.pcap" --adapter packet:out --json \
        "${driver[@]}" >"$work/report.json" || replay_status=$?
    sink_status=0
    wait "$sink" || sink_status=$?
    compare_status=0
    "$bin/frame_compare" "$work/recorded.pcap" "$work/received.pcap" >"$work/compared" ||
        compare_status=$?
}

"$bin/shuttle" statistics --adapter null "${driver[@]}" >/dev/null # the driver can be loaded
echo "demo: recording ARP, ping, DNS and HTTP, IPv4 and IPv6, between two network namespaces"
record
name=${3:-${SHUTTLE_DRIVER:-shuttle.sys}}
echo "demo: sending the recording through the Shuttle driver (${name##*/})"
replay
python3 "$here/demo_table.py" "$work/report.json" "$work/compared" "$replay_status" "$sink_status" \
    "$compare_status"

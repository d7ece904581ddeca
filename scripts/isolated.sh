# SPDX-License-Identifier: MIT
# shellcheck shell=bash

# Sourced first by scripts that make network interfaces: they run in mount, network and process
# namespaces of their own, so that nothing of the machine is touched and everything that they made
# or started is gone when they end, however they end.

# isolate "$@": starts the calling script again inside, once.
isolate() {
    if [ "${SHUTTLE_ISOLATED:-}" = 1 ]; then
        mount -t tmpfs tmpfs /run # where `ip netns` keeps its names
        return
    fi
    SHUTTLE_ISOLATED=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc -- \
        bash "$0" "$@"
}

# make_pair NS1 NS2: two network namespaces, joined by a veth pair; each end has its namespace's
# name. No IPv6, no ARP, no address: nothing but what is sent on purpose runs over it.
make_pair() {
    local name
    ip netns add "$1"
    ip netns add "$2"
    for name in "$1" "$2"; do
        ip netns exec "$name" sh -c 'cd /proc/sys/net/ipv6/conf
            echo 1 >all/disable_ipv6
            echo 1 >default/disable_ipv6'
    done
    ip -n "$1" link add "$1" arp off type veth peer name "$2" netns "$2"
    ip -n "$2" link set "$2" arp off up
    ip -n "$1" link set "$1" up
}

# wait_for_line FD TEXT: reads lines from FD until one contains TEXT.
wait_for_line() {
    local line
    while IFS= read -r -t 120 line <&"$1"; do
        case "$line" in *"$2"*) return 0 ;; esac
    done
    echo "$0: '$2' did not appear within 120 s" >&2
    return 1
}

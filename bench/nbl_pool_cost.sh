#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# usage: nbl_pool_cost.sh BUILD_DIR [AIM]
#
# Instructions of NblPoolTake + NblPoolPrepare + NblPoolGive for a frame in one MDL, uncontended,
# counted by callgrind: the difference between a long and a short run, divided by the rounds between
# them, so that nothing but the steady state counts. "with calls" has the caller's loop, arguments and
# call instructions in it. Exit status 1 when the three functions take AIM (default 60) or more.
set -euo pipefail

bin=$(cd "$1" && pwd)/bin
aim=${2:-60}
short=10000
long=110000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# FUNCTION... ROUNDS: instructions spent inside the functions
count() {
    local rounds=${*: -1} options=() function
    for function in "${@:1:$#-1}"; do
        options+=("--toggle-collect=$function")
    done
    valgrind --tool=callgrind "${options[@]}" --callgrind-out-file="$work/out" \
        "$bin/nbl_pool_cost" "$rounds" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^totals: //p' "$work/out"
}

per_round() {
    local few many
    few=$(count "$@" $short)
    many=$(count "$@" $long)
    awk -v few="$few" -v many="$many" -v rounds=$((long - short)) \
        'BEGIN { printf "%.2f", (many - few) / rounds }'
}

cached() {
    sed -n "s/^$2:[^=]*=//p" "$1/CMakeCache.txt"
}
type=$(cached "$1" CMAKE_BUILD_TYPE)
printf 'instructions for a frame in one MDL (callgrind; %s, %s)\n' \
    "$("$(cached "$1" CMAKE_C_COMPILER)" --version | head -n 1)" \
    "$(cached "$1" "CMAKE_C_FLAGS_${type^^}")"
sum=0
for function in NblPoolTake NblPoolPrepare NblPoolGive; do
    instructions=$(per_round $function)
    printf '  %-16s %8s\n' $function "$instructions"
    sum=$(awk -v a="$sum" -v b="$instructions" 'BEGIN { printf "%.2f", a + b }')
done
printf '  %-16s %8s\n' 'all three' "$sum"
printf '  %-16s %8s\n' 'with calls' "$(per_round Rounds)"
sed -n 's/^\([0-9]* bytes for each slot\)/memory: \1/p' "$work/log"
awk -v sum="$sum" -v aim="$aim" 'BEGIN { exit !(sum < aim) }' || {
    echo "nbl_pool_cost: $sum instructions are not below $aim" >&2
    exit 1
}

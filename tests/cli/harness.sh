# SPDX-License-Identifier: MIT
# shellcheck shell=bash

# For the tests of the command: source this, define functions named Area_Situation_Expected, call
# run_tests BUILD_DIR [NAME...]. Each test starts in an empty directory of its own.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/isolated.sh
source "$here/../../scripts/isolated.sh"

fail() {
    echo "    $1" >&2
    echo "    status $status" >&2
    sed 's/^/    out: /' "$work/out" >&2
    sed 's/^/    err: /' "$work/err" >&2
    exit 1
}

# run COMMAND...: what it did is in $status, $work/out and $work/err.
run() {
    status=0
    timeout 60 "$@" >"$work/out" 2>"$work/err" || status=$?
}

# start COMMAND...: the same in the background, until `finish`.
start() {
    timeout --foreground 60 "$@" >"$work/out" 2>"$work/err" &
    started=$!
}

finish() {
    status=0
    wait "$started" || status=$?
}

# In namespace `out`, beside the interface of that name.
run_out() {
    run ip netns exec out "$@"
}

expect_status() {
    [ "$status" -eq "$1" ] || fail "expected exit status $1"
}

expect_out() {
    grep -qF -- "$1" "$work/out" || fail "expected on stdout: $1"
}

expect_err() {
    grep -qF -- "$1" "$work/err" || fail "expected on stderr: $1"
}

expect_quiet() {
    [ ! -s "$work/err" ] || fail "expected nothing on stderr"
}

# json EXPRESSION: of the object d on stdout.
json() {
    python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' \
        "$work/out" "$1"
}

expect_json() {
    local value
    value=$(json "$1") || fail "not JSON, or without: $1"
    [ "$value" = "$2" ] || fail "expected $1 to be $2, it is $value"
}

# watch_arrivals N, and later await_arrivals: until N frames have arrived at `in` since.
watch_arrivals() {
    exec {arrivals}< <(exec ip netns exec in tcpdump -i in -Q in -c "$1" -w /dev/null 2>&1)
    wait_for_line "$arrivals" "listening on"
}

await_arrivals() {
    wait_for_line "$arrivals" captured
}

run_one() {
    set -euo pipefail
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    status=none
    : >"$work/out"
    : >"$work/err"
    cd "$work"
    "$1"
}

run_tests() {
    local name failed=0
    # shellcheck disable=SC2034 # for the tests
    bin=$(cd "$1" && pwd)/bin
    shift
    for name in "$@"; do
        # Not as the condition of an `if`: bash would go on after a failing command inside.
        (run_one "$name")
        if [ $? -eq 0 ]; then
            echo "ok      $name"
        else
            echo "FAILED  $name"
            failed=1
        fi
        ip -all netns delete
    done
    return $failed
}

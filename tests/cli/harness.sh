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
    timeout 300 "$@" >"$work/out" 2>"$work/err" || status=$?
}

# start COMMAND...: the same in the background, until `finish`.
start() {
    mkfifo "$work/errors"
    timeout --foreground 300 "$@" >"$work/out" 2>"$work/errors" &
    started=$!
    exec {errors}<"$work/errors"
}

# await_error TEXT: until what was started has said TEXT.
await_error() {
    local line
    while IFS= read -r -t 120 line <&"$errors"; do
        echo "$line" >>"$work/err"
        case "$line" in *"$1"*) return 0 ;; esac
    done
    fail "expected on stderr: $1"
}

finish() {
    status=0
    cat <&"$errors" >>"$work/err"
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

# expect_json EXPRESSION VALUE [EXPRESSION VALUE]...: of the object d on stdout.
expect_json() {
    python3 "$here/expect_json.py" "$work/out" "$@" 2>>"$work/err" || fail "expected other JSON"
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
    # The system's python3: a version manager's shim takes longer than the scripts that it starts.
    PATH=/usr/bin:$PATH
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

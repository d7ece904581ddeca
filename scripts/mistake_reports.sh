#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# usage: mistake_reports.sh BUILD_DIR [NAME...]
#
# Prints what the verifier says to each mistake of tests/reuse_mistakes (or to those that are named),
# for documents to quote. Addresses, thread numbers and times are replaced, so that two runs print
# the same; the call stack ends where the test program begins.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
test=$(cd "$1" && pwd)/bin/mistakes_test
shift

normalise() {
    awk -v root="$root/" '
        /^ *[0-9]+ (Child|CallStartRoutine) / { exit } # where the test program or the thread begins
        /^ +[A-Za-z]+ \((run_mistake|mistakes_test)\.c:/ { next }
        {
            gsub(/ 00007[0-9A-F]+/, " 0x&") # as NDIS prints a pointer
            gsub(/ 0x 0000/, " 0x")
            while ((at = index($0, root)) > 0)
                $0 = substr($0, 1, at - 1) substr($0, at + length(root))
            gsub(/(\.\.\/)+/, "")
            out = ""
            while (match($0, /0x[0-9a-fA-F]+/)) {
                address = substr($0, RSTART, RLENGTH)
                # a status, a bug check or a flag word, not an address
                if (length(address) > 10) {
                    address = tolower(address)
                    if (!(address in names)) names[address] = sprintf("0x..%02x", ++count * 16)
                    address = names[address]
                }
                out = out substr($0, 1, RSTART - 1) address
                $0 = substr($0, RSTART + RLENGTH)
            }
            $0 = out $0
            gsub(/thread [0-9]+/, "thread 1")
            gsub(/processor [0-9]+/, "processor 0")
            gsub(/[0-9]+\.[0-9]+ (s|ms|us)/, "0.000 s")
            print
        }'
}

"$test" --list | while read -r rule name; do
    if [ $# -eq 0 ] || [[ " $* " == *" $name "* ]]; then
        printf '== %s (%s)\n\n' "$name" "$rule"
        "$test" --print "$name" 2>/dev/null | normalise
        printf '\n'
    fi
done

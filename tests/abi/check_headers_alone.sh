#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each header compiles alone, without a warning, with gcc and clang, as a driver sees it and (clang)
# for a PE target. usage: check_headers_alone.sh [include folder]
set -u
include=$(realpath "${1:-$(dirname "$0")/../../ndishost/include}")
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

check() {
    local header=$1 compiler=$2
    shift 2
    echo "#include \"$header\"" | "$compiler" -std=gnu11 -fshort-wchar -Wall -Wextra -Werror \
        -DNDIS650 -I"$include" "$@" -fsyntax-only -x c - ||
        echo "$compiler $* $header" >>"$failures"
}

count=0
while IFS= read -r header; do
    check "$header" gcc
    check "$header" clang -Wthread-safety
    check "$header" clang --target=x86_64-pc-windows-msvc -ffreestanding
    count=$((count + 1))
done < <(cd "$include" && find . -name '*.h' | sed 's|^\./||' | sort)

# Without a version ndis.h must refuse.
if echo '#include <ndis.h>' | gcc -fshort-wchar -I"$include" -fsyntax-only -x c - 2>/dev/null; then
    echo "ndis.h without a version compiles" >>"$failures"
fi
if [ -s "$failures" ]; then
    sed 's/^/does not stand alone: /' "$failures"
    exit 1
fi
echo "$count headers stand alone"
[ "$count" -gt 0 ]

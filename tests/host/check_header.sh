#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ndishost.h alone, as C99 and as C++, without a warning. usage: check_header.sh HEADER
set -eu
check() {
    echo "#include \"$header\"" | "$@" -Wall -Wextra -pedantic -Werror -fsyntax-only -
}
header=$1
check gcc -std=c99 -x c
check clang -std=c99 -Wdocumentation -x c
check clang -std=c++11 -Wold-style-cast -x c++
echo "$header stands alone"

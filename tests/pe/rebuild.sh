#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the drivers once more, from a copy of their sources in another place: the bytes must be the
# same.  rebuild.sh SOURCE BUILD BUILD_TYPE
set -euo pipefail

source=$1 build=$2 build_type=$3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

mkdir "$copy/another place"
cd "$copy/another place"
cp -r "$source"/{cmake,driver,include,scripts} .
mkdir ndishost
cp -r "$source/ndishost/include" ndishost
cat >CMakeLists.txt <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(shuttle LANGUAGES C)
add_library(kernel_flags INTERFACE)
add_library(shuttle_public INTERFACE)
include(cmake/windows.cmake)
add_subdirectory(driver)
EOF
cmake -G Ninja -B build -DCMAKE_BUILD_TYPE="$build_type" >configure.log || {
    cat configure.log
    exit 1
}
cmake --build build --target shuttle_x64 shuttle_arm64 >build.log || {
    cat build.log
    exit 1
}
for file in {x64,arm64}/shuttle.{sys,pdb}; do
    cmp "$build/driver/$file" "build/driver/$file"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the part of libpcap that reads capture files, for Windows: no Debian package has it. The
# sources are Debian's, of the machine's own release and mirror, checked by apt.
#   libpcap_windows.sh FOLDER    leaves libpcap.a and include/ there; the source archive stays in it,
#                                so that only the first run needs the network
set -euo pipefail

folder=$1
here=$(cd "$(dirname "$0")" && pwd)
compiler=x86_64-w64-mingw32-gcc
sources=(
    bpf_filter charconv fmtutils pcap pcap-common pcap-null pcap-usb-linux-common pcap-util savefile
    sf-pcap sf-pcapng
)

fail() {
    echo "libpcap_windows: $1" >&2
    exit 1
}

# The machine's package sources, with those of source packages in place of binary ones.
source_lists() {
    local list
    mkdir -p lists/partial sources
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$list" ] && sed -n 's/^deb\s/deb-src /p' "$list" >"sources/$(basename "$list" .list).list"
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -f "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" >"sources/$(basename "$list")"
    done
}

# In the current directory, with lists of its own: nothing of the machine's changes, nobody needs to
# be root.
download() {
    local options=(
        -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$PWD/sources"
        -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/lists" -o APT::Sandbox::User=
    )
    source_lists
    apt-get "${options[@]}" --quiet update || true # one of several mirrors may have no sources
    apt-get "${options[@]}" --quiet source --download-only libpcap || return
    rm -rf lists sources
}

compile() {
    local flags=(
        -O2 -g -w -ffunction-sections -D_GNU_SOURCE -DHAVE_CONFIG_H -DBUILDING_PCAP -DPCAP_STATIC
        -ffile-prefix-map="$PWD"=libpcap -I. -Isource
    )
    cat >config.h <<'EOF'
#define PACKAGE_VERSION "savefiles only"
#define HAVE_ASPRINTF 1
#define HAVE_SNPRINTF 1
#define HAVE_STRERROR 1
#define HAVE_STRTOK_R 1
#define HAVE_VASPRINTF 1
#define HAVE_VSNPRINTF 1
#define SIZEOF_VOID_P 8
EOF
    for name in "${sources[@]}"; do
        "$compiler" "${flags[@]}" -c "source/$name.c" -o "$name.o"
    done
    "$compiler" "${flags[@]}" -c "$here/libpcap_windows.c" -o no_filter.o
    rm -f libpcap.a
    x86_64-w64-mingw32-ar rcsD libpcap.a ./*.o
}

mkdir -p "$folder"
cd "$folder"
exec 9>lock
flock 9
shopt -s nullglob
archives=(libpcap_*.orig.tar.gz)
if [ ${#archives[@]} -eq 0 ]; then
    download >download.log 2>&1 || {
        cat download.log >&2
        fail "no libpcap sources: put Debian's libpcap_*.orig.tar.gz into $PWD"
    }
    archives=(libpcap_*.orig.tar.gz)
fi
rm -rf source include ./*.o
mkdir source include
tar -xzf "${archives[-1]}" --strip-components=1 -C source
cp -r source/pcap source/pcap.h include
compile
rm -rf source ./*.o

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""without_failures.py CAPTURE FAILURES OUT: the frames of a capture (pcap, little endian) that a
replay's --failures does not name, in their order. Prints how many."""
import struct
import sys

capture, failures, out = sys.argv[1:]
with open(failures) as lines:
    failed = {int(line.split("\t")[0]) for line in lines}
with open(capture, "rb") as file:
    data = file.read()

at, number, kept = 24, 0, 0
with open(out, "wb") as file:
    file.write(data[:24])
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        number += 1
        if number not in failed:
            file.write(data[at:at + 16 + length])
            kept += 1
        at += 16 + length
print(kept)

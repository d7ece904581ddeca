# SPDX-License-Identifier: MIT
"""usage: to_pcapng.py IN.pcap OUT.pcapng   the same frames (little endian, microseconds)"""

import struct
import sys


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def main():
    data = open(sys.argv[1], "rb").read()
    magic, _, _, _, _, snaplen, link_type = struct.unpack_from("<IHHiIII", data)
    assert magic == 0xA1B2C3D4
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link_type, 0, snaplen))
    at = 24
    while at < len(data):
        seconds, micros, captured, original = struct.unpack_from("<IIII", data, at)
        stamp = seconds * 1000000 + micros
        header = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, captured, original)
        out += block(6, header + data[at + 16 : at + 16 + captured])
        at += 16 + captured
    open(sys.argv[2], "wb").write(out)


main()

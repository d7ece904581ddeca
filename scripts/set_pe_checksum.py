#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sets the checksum of a PE file, as Windows computes it: it loads no driver with a wrong one."""
import struct
import sys


def checksum_offset(image):
    """Where the checksum lies: 64 bytes into the optional header."""
    header = struct.unpack_from("<I", image, 0x3C)[0]
    if image[header:header + 4] != b"PE\0\0":
        raise ValueError("no PE file")
    return header + 24 + 64


def checksum(image):
    """The 16-bit one's complement sum with the checksum itself as zero, plus the file's length."""
    offset = checksum_offset(image)
    data = image[:offset] + bytes(4) + image[offset + 4:] + bytes(len(image) % 2)
    total = sum(struct.unpack(f"<{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(image)


def main():
    with open(sys.argv[1], "r+b") as file:
        image = file.read()
        file.seek(checksum_offset(image))
        file.write(struct.pack("<I", checksum(image)))


if __name__ == "__main__":
    main()

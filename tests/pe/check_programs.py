#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks shuttle.exe and shuttle.dll: they run on any Windows 10, are hardened, and the DLL exports
what shuttle.h declares. One line for each broken rule, as check_pe.py has them."""
import argparse
import re
import struct
import sys

sys.dont_write_bytecode = True

import check_pe  # noqa: E402
import pe_image  # noqa: E402
from pe_image import CODE_EXECUTE, CODE_WRITE  # noqa: E402

SUBSYSTEM_CONSOLE = 3
FLAG_DLL = 0x2000
# Of Windows itself; sockets are for libpcap's address names.
MODULES = {"KERNEL32.DLL", "MSVCRT.DLL", "NTDLL.DLL", "WS2_32.DLL",
           "API-MS-WIN-CORE-SYNCH-L1-2-0.DLL"}


def exports(image):
    """The names that the file exports."""
    address, _ = image.directory(pe_image.DIRECTORY_EXPORT)
    if address == 0:
        return set()
    count, names = image.at("<I", address + 24)[0], image.at("<I", address + 32)[0]
    return {image.text(image.at("<I", names + 4 * index)[0]) for index in range(count)}


def declared(header):
    """The functions that shuttle.h declares."""
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    return set(re.findall(r"\b(shuttle_\w+)\(", text))


def check(data, header):
    """[(rule, text)] of a program with these bytes."""
    try:
        image = pe_image.Image(data)
        return list(broken(image, header))
    except pe_image.PeError as error:
        return [("format", str(error))]


def broken(image, header):
    """Yields (rule, text) for each broken rule."""
    if image.machine != pe_image.MACHINES["x64"]:
        yield "machine", f"{image.machine:#x} is not x64"
    if image.subsystem != SUBSYSTEM_CONSOLE:
        yield "subsystem", f"{image.subsystem} is not the console (3)"
    for rule, bit in (("high-entropy", check_pe.DLL_HIGH_ENTROPY),
                      ("dynamic-base", check_pe.DLL_DYNAMIC_BASE), ("nx", check_pe.DLL_NX)):
        if not image.dll_flags & bit:
            yield rule, f"bit {bit:#06x} is missing in {image.dll_flags:#06x}"
    for section in image.sections:
        if section.flags & CODE_WRITE and section.flags & CODE_EXECUTE:
            yield "writable-code", f"{section.name} is writable and executable"
    if image.directory(pe_image.DIRECTORY_RELOCATION)[1] == 0:
        yield "relocations", "there are none"
    for module in sorted({entry.module for entry in image.imports()}):
        if module.upper() not in MODULES:
            yield "import-module", f"{module} is not part of every Windows"
    wanted = declared(header) if image.flags & FLAG_DLL else set()
    if exports(image) != wanted:
        yield "exports", f"differs from shuttle.h: {sorted(exports(image) ^ wanted)}"


# How a good shuttle.dll is damaged, and the rule that then breaks.
DAMAGES = [
    ("format", lambda image: (image.header_at, "<I", 0)),
    ("machine", lambda image: (image.machine_at, "<H", 0xAA64)),
    ("subsystem", lambda image: (image.optional_at + 68, "<H", 1)),
    ("high-entropy", lambda image: (image.optional_at + 70, "<H",
                                    image.dll_flags & ~check_pe.DLL_HIGH_ENTROPY)),
    ("dynamic-base", lambda image: (image.optional_at + 70, "<H",
                                    image.dll_flags & ~check_pe.DLL_DYNAMIC_BASE)),
    ("nx", lambda image: (image.optional_at + 70, "<H", image.dll_flags & ~check_pe.DLL_NX)),
    ("writable-code", lambda image: (image.sections_at + 36, "<I",
                                     image.sections[0].flags | CODE_WRITE)),
    ("relocations", lambda image: (
        image.directories_at + 8 * pe_image.DIRECTORY_RELOCATION + 4, "<I", 0)),
    ("import-module", lambda image: (image.offset(image.at(
        "<I", image.directory(pe_image.DIRECTORY_IMPORT)[0] + 12)[0]), "<B", ord("X"))),
    ("exports", lambda image: (image.offset(
        image.directory(pe_image.DIRECTORY_EXPORT)[0]) + 24, "<I", 1)),
]


def self_test(data, header):
    """Every damage must be found under its name."""
    failures = 0
    for rule, damage in DAMAGES:
        offset, layout, value = damage(pe_image.Image(data))
        copy = bytearray(data)
        struct.pack_into(layout, copy, offset, value)
        found = check(bytes(copy), header)
        if rule not in [name for name, _ in found]:
            print(f"{rule} was not found, but {found}")
            failures += 1
    print(f"{len(DAMAGES) - failures} passed, {failures} failed")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--header", required=True, help="shuttle.h")
    parser.add_argument("--self-test", action="store_true", help="on damaged copies of a DLL")
    parser.add_argument("file", nargs="+")
    options = parser.parse_args()
    failed = 0
    for path in options.file:
        with open(path, "rb") as file:
            data = file.read()
        if options.self_test:
            failed |= self_test(data, options.header)
            continue
        for rule, text in check(data, options.header):
            print(f"{path}: {rule}: {text}")
            failed = 1
    sys.exit(failed)


if __name__ == "__main__":
    main()

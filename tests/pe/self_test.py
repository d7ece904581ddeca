#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damages a good .sys file in one way for each rule, which check_pe.py must then name."""
import argparse
import re
import struct
import sys

sys.dont_write_bytecode = True

import check_pe  # noqa: E402
import pe_image  # noqa: E402
from check_pe import set_pe_checksum  # noqa: E402
from pe_image import CODE_DISCARDABLE, CODE_EXECUTE, CODE_WRITE, Image  # noqa: E402


def put(data, layout, offset, value):
    """Overwrites one number."""
    struct.pack_into(layout, data, offset, value)


def add(data, layout, offset, difference):
    """Changes one number by a difference."""
    put(data, layout, offset, struct.unpack_from(layout, data, offset)[0] + difference)


def set_section_flags(image, data, name, on=0, off=0):
    """Sets and clears bits of one section's flags."""
    index = [section.name for section in image.sections].index(name)
    put(data, "<I", image.sections_at + 40 * index + 36,
        image.sections[index].flags & ~off | on)


def clear_dll_flag(bit):
    """A damage that clears one of the DLL characteristics."""
    return lambda image, data: put(data, "<H", image.optional_at + 70, image.dll_flags & ~bit)


def directory_at(image, index, field=0):
    """Where a directory's RVA (field 0) or size (4) lies."""
    return image.directories_at + 8 * index + field


def import_at(image):
    """File offsets of the first module's name, of its first lookup entry and of that entry's name."""
    lookup, _, _, module, _ = image.at("<IIIII", image.directory(pe_image.DIRECTORY_IMPORT)[0])
    name = image.at("<Q", lookup)[0] + 2
    return image.offset(module), image.offset(lookup), image.offset(int(name))


def config_at(image, field):
    """Where a field of the load configuration lies."""
    return image.offset(image.directory(pe_image.DIRECTORY_LOAD_CONFIG)[0]) + field


def swap_first_functions(image, data):
    """Puts the table of functions out of order."""
    start = image.offset(image.directory(pe_image.DIRECTORY_EXCEPTION)[0])
    size = 12 if image.machine == pe_image.MACHINES["x64"] else 8
    first, second = bytes(data[start:start + size]), bytes(data[start + size:start + 2 * size])
    data[start:start + 2 * size] = second + first


def drop_last_function(image, data):
    """Takes the last function out of the table."""
    size = 12 if image.machine == pe_image.MACHINES["x64"] else 8
    add(data, "<I", directory_at(image, pe_image.DIRECTORY_EXCEPTION, 4), -size)


def rename_pdb(image, data):
    """Names a PDB that is not there."""
    start = data.index(b"RSDS") + 24
    data[start:start + 1] = b"X"


def data_address(image):
    """The address of something writable, to point at."""
    section = next(section for section in image.sections if section.flags & CODE_WRITE)
    return image.base + section.address


DAMAGES = [
    ("format", lambda image, data: data.__delitem__(slice(image.sections_at, len(data)))),
    ("format", lambda image, data: put(data, "<H", image.optional_at, 0x10B)),
    ("format", lambda image, data: put(data, "<I", 0x3C, 0x7FFFFFFF)),
    ("format", lambda image, data: put(data, "<I", directory_at(image, pe_image.DIRECTORY_IMPORT),
                                       0x7FFFFFF0)),
    ("machine", lambda image, data: put(data, "<H", image.machine_at, 0x14C)),
    ("subsystem", lambda image, data: put(data, "<H", image.optional_at + 68, 3)),
    ("entry", lambda image, data: put(data, "<I", image.optional_at + 16, 0)),
    ("entry", lambda image, data: put(data, "<I", image.optional_at + 16,
                                      image.directory(pe_image.DIRECTORY_IAT)[0])),
    ("high-entropy", clear_dll_flag(check_pe.DLL_HIGH_ENTROPY)),
    ("dynamic-base", clear_dll_flag(check_pe.DLL_DYNAMIC_BASE)),
    ("nx", clear_dll_flag(check_pe.DLL_NX)),
    ("guard-flag", clear_dll_flag(check_pe.DLL_GUARD)),
    ("checksum", lambda image, data: put(data, "<I", image.checksum_at, 0)),
    ("alignment", lambda image, data: put(data, "<I", image.optional_at + 32, 512)),
    ("writable-code", lambda image, data: set_section_flags(image, data, ".text", on=CODE_WRITE)),
    ("writable-code", lambda image, data: set_section_flags(image, data, ".data",
                                                            on=CODE_EXECUTE)),
    ("init", lambda image, data: set_section_flags(image, data, "INIT", off=CODE_DISCARDABLE)),
    ("init", lambda image, data: put(data, "<I", image.optional_at + 16,
                                     image.sections[0].address)),
    ("import-table", lambda image, data: set_section_flags(image, data, ".rdata",
                                                           on=CODE_EXECUTE)),
    ("relocations", lambda image, data: put(data, "<H", image.machine_at + 18,
                                            image.flags | check_pe.FLAG_RELOCATIONS_STRIPPED)),
    ("relocations", lambda image, data: put(
        data, "<I", directory_at(image, pe_image.DIRECTORY_RELOCATION, 4), 0)),
    ("relocations", lambda image, data: put(
        data, "<I", image.offset(image.directory(pe_image.DIRECTORY_RELOCATION)[0]) + 4, 4)),
    ("import-module", lambda image, data: put(data, "<B", import_at(image)[0], ord("m"))),
    ("import-ordinal", lambda image, data: put(data, "<Q", import_at(image)[1], 1 << 63 | 7)),
    ("import-name", lambda image, data: put(data, "<B", import_at(image)[2], ord("X"))),
    ("load-config", lambda image, data: put(
        data, "<I", directory_at(image, pe_image.DIRECTORY_LOAD_CONFIG), 0)),
    ("guard-table", lambda image, data: put(
        data, "<Q", config_at(image, check_pe.LOAD_CONFIG_COUNT), 0)),
    ("guard-table", lambda image, data: put(
        data, "<I", config_at(image, check_pe.LOAD_CONFIG_GUARD_FLAGS), 0)),
    ("guard-pointer", lambda image, data: put(
        data, "<Q", config_at(image, check_pe.LOAD_CONFIG_CHECK), data_address(image))),
    ("guard-pointer", lambda image, data: put(
        data, "<Q", config_at(image, check_pe.LOAD_CONFIG_DISPATCH), 0)),
    ("cookie", lambda image, data: put(
        data, "<Q", config_at(image, check_pe.LOAD_CONFIG_COOKIE), 0)),
    ("unwind", lambda image, data: put(
        data, "<I", directory_at(image, pe_image.DIRECTORY_EXCEPTION, 4), 0)),
    ("unwind", drop_last_function),
    ("unwind-order", swap_first_functions),
    ("debug", rename_pdb),
    ("debug", lambda image, data: put(
        data, "<I", directory_at(image, pe_image.DIRECTORY_DEBUG, 4), 0)),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    check_pe.arguments(parser)
    options = parser.parse_args()
    exports = check_pe.kernel_exports(options.functions, options.compiler_exports)
    path = options.file[0]
    with open(path, "rb") as file:
        good = file.read()
    image = Image(good)
    failures = 0
    for number, (rule, damage) in enumerate(DAMAGES):
        data = bytearray(good)
        damage(image, data)
        if rule not in ("checksum", "format"):
            put(data, "<I", image.checksum_at, set_pe_checksum.checksum(bytes(data)))
        found = check_pe.check(path, options.machine, exports, options.objdump, bytes(data))
        if bytes(data) == good or rule not in [name for name, _ in found]:
            print(f"damage {number}: {rule} was not found, but {found}")
            failures += 1
    untested = {"format"} | set(rules_of_checker())
    untested -= {rule for rule, _ in DAMAGES}
    for rule in sorted(untested):
        print(f"no damage for the rule {rule}")
    print(f"{len(DAMAGES) - failures} passed, {failures + len(untested)} failed")
    sys.exit(1 if failures or untested else 0)


def rules_of_checker():
    """The names of all rules, as check_pe.py's text has them."""
    with open(check_pe.__file__, encoding="utf-8") as file:
        text = file.read()
    return re.findall(r'broken\("([a-z-]+)"', text) + re.findall(r'\("([a-z-]+)", DLL_', text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that a .sys file is one that Windows loads, also with memory integrity turned on.

Prints one line for each rule that is broken, "FILE: RULE: what is wrong", and exits with 1 then.
"""
import argparse
import csv
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path += [HERE, os.path.join(ROOT, "scripts")]

import pe_image  # noqa: E402
import set_pe_checksum  # noqa: E402
from pe_image import CODE_DISCARDABLE, CODE_EXECUTE, CODE_WRITE  # noqa: E402

SUBSYSTEM_NATIVE = 1
PAGE = 4096
FLAG_RELOCATIONS_STRIPPED = 0x0001
DLL_HIGH_ENTROPY, DLL_DYNAMIC_BASE, DLL_NX, DLL_GUARD = 0x0020, 0x0040, 0x0100, 0x4000
GUARD_INSTRUMENTED, GUARD_TABLE_PRESENT = 0x100, 0x400
LOAD_CONFIG_COOKIE, LOAD_CONFIG_CHECK, LOAD_CONFIG_DISPATCH = 88, 112, 120
LOAD_CONFIG_TABLE, LOAD_CONFIG_COUNT, LOAD_CONFIG_GUARD_FLAGS = 128, 136, 144

# What a function without unwind data must not do: call, or move the stack.
STACK_USE = {
    "x64": re.compile(r"\t(call|push|pop|(sub|add|lea)q?\s.*%rsp$|movq?\s.*, %rsp$)"),
    "arm64": re.compile(r"\t(blr?\s|(sub|add)\tsp,|st[rp]\t.*\[sp, #-\d+\]!)"),
}


def kernel_exports(functions, compiler):
    """{module in upper case: names} of what a driver may import."""
    exports = {}
    with open(functions, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "export":
                exports.setdefault(row["dll"], set()).add(row["name"])
    with open(compiler, encoding="utf-8") as file:
        exports["NTOSKRNL.EXE"].update(
            line.split()[0] for line in file if line.strip() and not line.startswith("#"))
    return exports


class Checker:
    """The rules. Each is a method that calls broken()."""

    def __init__(self, image, machine, exports):
        self.image = image
        self.machine = machine
        self.exports = exports
        self.found = []

    def broken(self, rule, text):
        """Notes a broken rule."""
        self.found.append((rule, text))

    def headers(self):
        """What Windows looks at before it maps the file."""
        image = self.image
        if image.machine != pe_image.MACHINES[self.machine]:
            self.broken("machine", f"{image.machine:#x} is not {self.machine}")
        if image.subsystem != SUBSYSTEM_NATIVE:
            self.broken("subsystem", f"{image.subsystem} is not native (1)")
        entry = image.section_of(image.entry)
        if image.entry == 0 or entry is None or not entry.flags & CODE_EXECUTE:
            self.broken("entry", f"the entry point {image.entry:#x} is not in code")
        for rule, bit in (("high-entropy", DLL_HIGH_ENTROPY), ("dynamic-base", DLL_DYNAMIC_BASE),
                          ("nx", DLL_NX), ("guard-flag", DLL_GUARD)):
            if not image.dll_flags & bit:
                self.broken(rule, f"bit {bit:#06x} is missing in {image.dll_flags:#06x}")
        expected = set_pe_checksum.checksum(image.data)
        if image.checksum != expected:
            self.broken("checksum", f"{image.checksum:#x} should be {expected:#x}")

    def sections(self):
        """Page protections."""
        image = self.image
        if image.section_alignment < PAGE:
            self.broken("alignment", f"sections are aligned to {image.section_alignment} bytes")
        for section in image.sections:
            if section.flags & CODE_WRITE and section.flags & CODE_EXECUTE:
                self.broken("writable-code", f"{section.name} is writable and executable")
            if section.address % PAGE:
                self.broken("alignment", f"{section.name} begins inside a page")
        init = [section for section in image.sections if section.name == "INIT"]
        if not init or not init[0].flags & CODE_DISCARDABLE:
            self.broken("init", "there is no discardable section INIT")
        elif image.section_of(image.entry) != init[0]:
            self.broken("init", "the entry point is not in INIT")
        table = image.section_of(image.directory(pe_image.DIRECTORY_IAT)[0])
        if table is None or table.flags & CODE_EXECUTE:
            self.broken("import-table", "the import address table is in an executable section")

    def relocations(self):
        """Windows loads a driver where it likes."""
        address, size = self.image.directory(pe_image.DIRECTORY_RELOCATION)
        if self.image.flags & FLAG_RELOCATIONS_STRIPPED or size < 12:
            self.broken("relocations", "there are none")
            return
        end = address + size
        while address < end:
            page, block = self.image.at("<II", address)
            if block < 8 or block % 4 or address + block > end or self.image.section_of(page) is None:
                self.broken("relocations", f"the block at {address:#x} is broken")
                return
            address += block

    def imports(self):
        """Only what the kernel exports, by name."""
        for entry in self.image.imports():
            names = self.exports.get(entry.module.upper())
            if entry.module.upper() not in ("NTOSKRNL.EXE", "NDIS.SYS"):
                self.broken("import-module", f"{entry.module} is neither ntoskrnl.exe nor NDIS.SYS")
            elif entry.name is None:
                self.broken("import-ordinal", f"{entry.module} by ordinal")
            elif entry.name not in names:
                self.broken("import-name", f"{entry.module} does not export {entry.name}")

    def guard(self):
        """Control flow guard and the stack cookie."""
        config = self.image.load_config()
        if config is None:
            self.broken("load-config", "there is no load configuration")
            return

        def quad(offset):
            return int.from_bytes(config[offset:offset + 8], "little")

        flags = quad(LOAD_CONFIG_GUARD_FLAGS) & 0xFFFFFFFF
        if not (flags & GUARD_INSTRUMENTED and flags & GUARD_TABLE_PRESENT
                and quad(LOAD_CONFIG_TABLE) and quad(LOAD_CONFIG_COUNT)):
            self.broken("guard-table", f"no table of call targets (flags {flags:#x})")
        for offset in (LOAD_CONFIG_CHECK, LOAD_CONFIG_DISPATCH):
            section = self.image.section_of(quad(offset) - self.image.base)
            if section is None or section.flags & (CODE_WRITE | CODE_EXECUTE):
                self.broken("guard-pointer", "a guard pointer is not in read-only data")
        cookie = self.image.section_of(quad(LOAD_CONFIG_COOKIE) - self.image.base)
        if cookie is None or not cookie.flags & CODE_WRITE:
            self.broken("cookie", "there is no stack cookie in writable data")

    def unwind(self, code):
        """Each function that needs unwind data has it. `code` is llvm-objdump's listing."""
        functions = self.image.functions()
        if not functions:
            self.broken("unwind", "there is no unwind data")
            return
        for before, after in zip(functions, functions[1:]):
            if after.begin < before.end:
                self.broken("unwind-order", f"{after.begin:#x} follows {before.end:#x}")
        lines = [line for line in code.splitlines() if STACK_USE[self.machine].search(line)]
        if not lines:
            self.broken("unwind", "the disassembler shows no code")
        for line in lines:
            address = int(line.split(":")[0], 16) - self.image.base
            if not any(function.begin <= address < function.end for function in functions):
                self.broken("unwind", f"{address:#x} is in no function of the table")

    def debug(self, path):
        """The PDB is named, without a directory, and there."""
        name = self.image.debug_file()
        if name is None or os.path.basename(name) != name or not name.endswith(".pdb"):
            self.broken("debug", f"the file names no PDB: {name}")
        elif not os.path.exists(os.path.join(os.path.dirname(path), name)):
            self.broken("debug", f"{name} is missing beside the file")

    def all(self, path, code):
        """Every rule; a table that can't be read breaks "format"."""
        try:
            self.headers()
            self.sections()
            self.relocations()
            self.imports()
            self.guard()
            self.unwind(code)
            self.debug(path)
        except pe_image.PeError as error:
            self.broken("format", str(error))
        return self.found


def check(path, machine, exports, objdump, data=None):
    """[(rule, text)] of a file; with `data`, of these bytes in its place."""
    if data is None:
        with open(path, "rb") as file:
            data = file.read()
    try:
        image = pe_image.Image(data)
    except pe_image.PeError as error:
        return [("format", str(error))]
    code = subprocess.run([objdump, "-d", "--no-show-raw-insn", "-"], input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return Checker(image, machine, exports).all(path, code.stdout.decode("ascii", "replace"))


def arguments(parser):
    """What this program and its self-test have in common."""
    parser.add_argument("--machine", choices=sorted(pe_image.MACHINES), required=True)
    parser.add_argument("--objdump", default="llvm-objdump")
    parser.add_argument("--functions",
                        default=os.path.join(ROOT, "tests", "abi", "tables", "functions.csv"))
    parser.add_argument("--compiler-exports", default=os.path.join(HERE, "compiler_exports.txt"))
    parser.add_argument("file", nargs="+")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    arguments(parser)
    options = parser.parse_args()
    exports = kernel_exports(options.functions, options.compiler_exports)
    failed = False
    for path in options.file:
        for rule, text in check(path, options.machine, exports, options.objdump):
            print(f"{path}: {rule}: {text}")
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every function which a driver can import is called by a test.

usage: check_export_tests.py BUILD LLVM-NM untested_exports.txt
       check_export_tests.py --self-test

The names are those of the build's export table; a call is what the compiler made of one: an
undefined symbol in an object of a test, example or driver. So a macro of the headers counts as the
function behind it, and a comment does not. The file lists names that have no test, one a line with
the reason after it; a name there that has one is an error, too.
"""
import pathlib
import re
import subprocess
import sys

TABLE = "ndishost/pe/exports.c"
FOLDERS = ("tests", "examples", "bench/classic", "driver")
EXPORT = re.compile(r'^ +\{"(\w+)", (Export\d+),', re.M)
SYMBOL = re.compile(r'^extern const char (Export\d+)\[\] __asm__\("(\w+)"\);', re.M)


def exports(table):
    """{name: symbol in ndishost} of the text of exports.c."""
    symbols = dict(SYMBOL.findall(table))
    return {name: symbols[number] for name, number in EXPORT.findall(table)}


def undefined(nm, objects):
    """Symbols that the objects want of others. Drivers for Windows import NAME as __imp_NAME."""
    output = subprocess.run([nm, "-u", *objects], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    words = {line.split()[-1] for line in output.splitlines() if line.startswith(" ")}
    return words | {word.removeprefix("__imp_") for word in words}


def read_untested(text):
    """({name: reason}, complaints)."""
    reasons, complaints = {}, []
    for line in text.splitlines():
        name, _, reason = line.partition(" ")
        if not name or name.startswith("#"):
            continue
        if name in reasons:
            complaints.append(f"{name} is listed twice")
        if not reason.strip():
            complaints.append(f"{name} is listed without a reason")
        reasons[name] = reason.strip()
    return reasons, complaints


def check(table, native, windows, untested):
    """Complaints. `native`, `windows`: what objects for Linux and for Windows want."""
    reasons, complaints = read_untested(untested)
    names = exports(table)
    if not names:
        return ["the export table is empty"]
    tested = {name for name, symbol in names.items() if symbol in native or name in windows}
    complaints += [f"no test calls {name}" for name in names
                   if name not in tested and name not in reasons]
    complaints += [f"{name} is listed and has a test: take it out" for name in reasons
                   if name in tested]
    complaints += [f"{name} is listed and not exported: take it out" for name in reasons
                   if name not in names]
    return sorted(complaints)


def self_test():
    table = ('extern const char Export0[] __asm__("KeA");\n'
             'extern const char Export1[] __asm__("PeExport_memcpy");\n'
             '    {"KeA", Export0, PE_MODULE_KERNEL},\n    {"memcpy", Export1, PE_MODULE_KERNEL},\n')
    expected = [
        (({"KeA"}, {"memcpy"}, ""), []),
        ((set(), {"KeA", "memcpy"}, ""), []),
        (({"PeExport_memcpy", "KeA"}, set(), ""), []),
        (({"memcpy", "KeA"}, set(), ""), ["no test calls memcpy"]),
        (({"KeAB"}, {"memcpy"}, ""), ["no test calls KeA"]),
        ((set(), {"memcpy"}, "# a heading\n\nKeA why\n"), []),
        ((set(), {"memcpy"}, "KeA\n"), ["KeA is listed without a reason"]),
        ((set(), {"memcpy"}, "KeA a\nKeA b\n"), ["KeA is listed twice"]),
        (({"KeA"}, {"memcpy"}, "KeA why\n"), ["KeA is listed and has a test: take it out"]),
        (({"KeA"}, {"memcpy"}, "KeB why\n"), ["KeB is listed and not exported: take it out"]),
    ]
    for arguments, complaints in expected:
        got = check(table, *arguments)
        if got != complaints:
            sys.exit(f"self-test: {arguments}: {got} instead of {complaints}")
    if check("", set(), set(), "") != ["the export table is empty"]:
        sys.exit("self-test: an empty table is not found")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    build, nm, untested = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    native = [file for folder in FOLDERS for file in (build / folder).rglob("*.o")]
    windows = [file for folder in FOLDERS for file in (build / folder).glob("**/x64/**/*.obj")]
    if not native or not windows:
        sys.exit(f"{build} is not built")
    complaints = check((build / TABLE).read_text(encoding="utf-8"), undefined(nm, native),
                       undefined(nm, windows), untested.read_text(encoding="utf-8"))
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()

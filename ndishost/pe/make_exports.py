#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the tables of what a driver can import and of what is missing, from the static libraries
and the list of names.

usage: make_exports.py FUNCTIONS.csv NM exports.c missing.c LIBRARY...

A name is in the first table when Windows exports it (kind "export", or inline and exported, too) and
a library here defines it, in the second when none does. A symbol PeExport_NAME is what drivers import
as NAME.
"""
import csv
import subprocess
import sys

PREFIX = "PeExport_"


def defined(nm, libraries):
    symbols = set()
    for library in libraries:
        text = subprocess.run([nm, "-g", "--defined-only", library], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        for line in text.splitlines():
            words = line.split()
            if len(words) == 3 and words[1] in "TDRBVW":
                symbols.add(words[2])
    return symbols


def documented(path):
    """{name: module} of everything that Windows exports."""
    names = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "export" or "exports the same name" in row["summary_doc_page"]:
                is_ndis = row["dll"] == "NDIS.SYS" or (not row["dll"] and
                                                       row["name"].upper().startswith("NDIS"))
                names[row["name"]] = "NDIS" if is_ndis else "KERNEL"
    return names


def main():
    functions, nm, output, missing, *libraries = sys.argv[1:]
    names, symbols = documented(functions), defined(nm, libraries)
    table = {name: name for name in names if name in symbols}
    table.update({name.removeprefix(PREFIX): name for name in symbols if name.startswith(PREFIX)})
    ordered = sorted(table)
    with open(output, "w", encoding="utf-8") as file:
        print("// Made by make_exports.py.\n#include \"map.h\"\n", file=file)
        for number, name in enumerate(ordered):
            print(f"extern const char Export{number}[] __asm__(\"{table[name]}\");", file=file)
        print("\nconst PE_EXPORT PeExports[] = {", file=file)
        for number, name in enumerate(ordered):
            module = names.get(name, "KERNEL")
            print(f"    {{\"{name}\", Export{number}, PE_MODULE_{module}}},", file=file)
        print("};\nconst size_t PeExportCount = sizeof(PeExports) / sizeof(PeExports[0]);",
              file=file)
    with open(missing, "w", encoding="utf-8") as file:
        print("// Made by make_exports.py.\n#include \"map.h\"\n", file=file)
        print("const PE_EXPORT PeMissing[] = {", file=file)
        for name in sorted(names.keys() - table.keys()):
            print(f"    {{\"{name}\", NULL, PE_MODULE_{names[name]}}},", file=file)
        print("};\nconst size_t PeMissingCount = sizeof(PeMissing) / sizeof(PeMissing[0]);",
              file=file)


if __name__ == "__main__":
    main()

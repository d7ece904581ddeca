#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The entries of docs/ndis-contract.md: read by ID, as a C table, and checked against their uses.

    contract.py --c CONTRACT OUTPUT.c      the table behind ndishost/verifier/contract.h
    contract.py --check CONTRACT ROOT      every ID that a file of the project names has an entry
    contract.py --self-test CONTRACT       the check does find a bad ID
"""
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PREFIXES = "REU PV NBL SND POOL MDL BND OID IRQL VER INF SEC Q".split()
ENTRY = re.compile(r"(?:%s)-\d\d" % "|".join(PREFIXES))
# In running text: not a part of another word (SHA-256, FREQ-10), two or more digits.
USE = re.compile(r"(?<![A-Za-z0-9_-])(?:%s)-\d+(?![A-Za-z0-9_-])" % "|".join(PREFIXES))
# A citation stands behind a blank or another citation; an array index does not. What is not
# confirmed is no source but a part of the rule.
CITATION = re.compile(r"(?:(?<=[\s)\]])|^)\[(?!unconfirmed)([^\]]+)\]")
CHECKED = {".c", ".h", ".py", ".sh", ".md", ".txt", ".cmake", ""}


class Entry(NamedTuple):
    id: str
    section: str
    text: str
    sources: list


def plain(text):
    """Markdown to text: no emphasis, no code marks, no citations."""
    text = re.sub(r"\bof \[([^\]]+)\]", r"of \1", text)  # "(Consequence of [page].)"
    text = CITATION.sub("", text)
    text = re.sub(r"\*\*|`|(?<![\w*])\*(?=\w)|(?<=[\w.:])\*(?!\w)", "", text)
    text = re.sub(r"[ \t]+", " ", text).replace(" \n", "\n")
    return re.sub(r"\s+([.,;:)])", r"\1", text).strip()


def make_entry(entry_id, section, text, code=""):
    sources = list(dict.fromkeys(CITATION.findall(text)))
    return Entry(entry_id, section, plain(text) + code, sources)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def row_text(heads, row):
    """A table row as sentences: the first column names it, the others have their heading."""
    parts = [row[1]]
    for head, cell in zip(heads[2:], row[2:]):
        if cell and cell not in ("—", "n/a"):
            parts.append(f"\n{head}: {cell}")
    return "".join(parts)


def parse(path):
    entries, section, heads = [], "", None
    item = None  # [id, text, code] while its lines last
    fence = False

    def finish():
        nonlocal item
        if item is not None:
            entries.append(make_entry(item[0], section, item[1], item[2]))
            item = None

    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fence = not fence
        elif fence:
            if item is not None:
                item[2] += "\n    " + line
        elif line.startswith("#"):
            finish()
            section = line.lstrip("#").strip()
        elif line.startswith("|"):
            finish()
            row = cells(line)
            if ENTRY.fullmatch(row[0]):
                if heads is None or len(row) != len(heads):
                    sys.exit(f"{path}: {row[0]}: {len(row)} columns, the table has {heads}")
                entries.append(make_entry(row[0], section, row_text(heads, row)))
            elif row[0] == "ID":
                heads = row
        elif match := re.match(r"- (%s) (.*)" % ENTRY.pattern, line):
            finish()
            item = [match[1], match[2], ""]
        elif line.startswith((" ", "\t")) and line.strip() and item is not None:
            item[1] += "\n" + line.strip()
        else:
            finish()
    finish()
    ids = [entry.id for entry in entries]
    for duplicate in {i for i in ids if ids.count(i) > 1}:
        sys.exit(f"{path}: {duplicate} has two entries")
    if not entries:
        sys.exit(f"{path}: no entries found")
    return entries


def c_string(text):
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + out.replace("??", "?\\?") + '"'


def write_c(entries, path):
    lines = ["// Generated from docs/ndis-contract.md by scripts/contract.py.", "",
             '#include "contract.h"', "", "const CONTRACT_ENTRY ContractEntries[] = {"]
    for entry in entries:
        sources = c_string(", ".join(entry.sources))
        lines.append(f"    {{{c_string(entry.id)}, {c_string(entry.section)},\n"
                     f"     {c_string(entry.text)},\n     {sources}}},")
    lines += ["};", f"const unsigned ContractEntryCount = {len(entries)};", ""]
    Path(path).write_text("\n".join(lines), encoding="utf-8")


def unknown_uses(text, known):
    """Yields (line number, ID) for each ID without an entry."""
    for number, line in enumerate(text.splitlines(), 1):
        if "contract-id-example" in line:  # a line that shows a bad ID on purpose
            continue
        for match in USE.finditer(line):
            if match[0] not in known:
                yield number, match[0]


def check(entries, root):
    known = {entry.id for entry in entries}
    files = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    bad = uses = 0
    for name in files:
        path = Path(root, name)
        if path.suffix not in CHECKED or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        uses += len(USE.findall(text))
        for number, unknown in unknown_uses(text, known):
            print(f"{name}:{number}: {unknown} has no entry in docs/ndis-contract.md")
            bad += 1
    if uses < len(entries):
        sys.exit(f"only {uses} IDs found in {root}: the search is broken")
    return bad


def self_test(entries):
    known = {entry.id for entry in entries}
    by_id = {entry.id: entry for entry in entries}
    cases = {
        "see REU-01 and (NBL-65), PV-25.": [],
        "// REU-99 is no rule": ["REU-99"],  # contract-id-example
        '"NBL-650"': ["NBL-650"],  # contract-id-example
        "{\"PV-26\", \"title\"}": ["PV-26"],  # contract-id-example
        "PREQ-99 SHA-256 XREU-77 REU-0x1": [],
        "OID-1, SEC-77": ["OID-1", "SEC-77"],  # contract-id-example
    }
    for text, expected in cases.items():
        found = [unknown for _, unknown in unknown_uses(text, known)]
        if found != expected:
            sys.exit(f"self-test: in {text!r} found {found}, expected {expected}")
    if "set" not in by_id["NBL-53"].text or "P before next send: set" not in by_id["NBL-53"].text:
        sys.exit("self-test: the table row NBL-53 was not read")
    if "NET_BUFFER_DATA_LENGTH(nb) = frameLength;" not in by_id["NBL-93"].text:
        sys.exit("self-test: the code of NBL-93 is missing")
    if by_id["NBL-66"].sources != ["nf-nblapi-ndisadjustnetbuffercurrentmdl"]:
        sys.exit(f"self-test: NBL-66 has the sources {by_id['NBL-66'].sources}")
    if "ProtocolReserved[4]" not in by_id["NBL-37"].text:
        sys.exit("self-test: an array index was taken for a citation")
    missing = [prefix for prefix in PREFIXES if not any(i.startswith(prefix + "-") for i in by_id)]
    if missing:
        sys.exit(f"self-test: no entries with the prefixes {missing}")


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 3 and arguments[0] == "--c":
        write_c(parse(Path(arguments[1])), arguments[2])
    elif len(arguments) == 3 and arguments[0] == "--check":
        bad = check(parse(Path(arguments[1])), arguments[2])
        if bad:
            sys.exit(f"{bad} unknown IDs")
    elif len(arguments) == 2 and arguments[0] == "--self-test":
        self_test(parse(Path(arguments[1])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: check_code_blocks.py ROOT BUILD_DIR DOCUMENT...

Every ```c block of a document must be lines, one after the other, of the source file that a comment
before it names, <!-- examples/reuse.c -->, and the build must compile that file. The indentation of
the whole block does not matter.
"""

import json
import re
import sys
import textwrap
from pathlib import Path

BLOCK = re.compile(r"(?:<!-- (\S+) -->\n)?^```c\n(.*?)^```$", re.S | re.M)


def contains(source, block):
    wanted = textwrap.dedent(block).rstrip("\n").split("\n")
    lines = source.split("\n")
    for at in range(len(lines) - len(wanted) + 1):
        part = textwrap.dedent("\n".join(lines[at:at + len(wanted)])).split("\n")
        if part == wanted:
            return True
    return False


def check(text, read, compiled):
    """Complaints about the blocks of one document."""
    complaints = []
    count = 0
    for match in BLOCK.finditer(text):
        count += 1
        line = text.count("\n", 0, match.start(2))
        name = match.group(1)
        if name is None:
            complaints.append(f"line {line}: no source file is named before this block")
        elif not compiled(name):
            complaints.append(f"line {line}: the build does not compile {name}")
        elif not contains(read(name), match.group(2)):
            complaints.append(f"line {line}: this is not in {name}")
    if count == 0:
        complaints.append("no ```c block in it")
    return complaints


def self_test():
    source = "int f(void)\n{\n    int a = 1;\n    return a;\n}\n"

    def complaints(block, name="<!-- x.c -->\n"):
        return check(f"text\n{name}```c\n{block}```\n", lambda _: source, lambda n: n == "x.c")
    assert complaints("int a = 1;\nreturn a;\n") == []
    assert complaints("int f(void)\n{\n") == []
    assert "not in x.c" in complaints("int a = 2;\n")[0]
    assert "not in x.c" in complaints("int a = 1;\n    return a;\n")[0]
    assert "no source file" in complaints("int a = 1;\n", "")[0]
    assert "does not compile" in complaints("int a = 1;\n", "<!-- y.c -->\n")[0]
    assert check("no block", None, None) == ["no ```c block in it"]


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    root, build = Path(sys.argv[1]), Path(sys.argv[2])
    files = {Path(c["file"]).resolve() for c in json.loads(
        (build / "compile_commands.json").read_text(encoding="utf-8"))}
    failures = 0
    for document in sys.argv[3:]:
        text = (root / document).read_text(encoding="utf-8")
        for complaint in check(text, lambda name: (root / name).read_text(encoding="utf-8"),
                               lambda name: (root / name).resolve() in files):
            print(f"{document}: {complaint}")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

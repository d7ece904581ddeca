#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions to allocate and to free an NBL with its NET_BUFFER, and how many of them initialise it.

usage: nbl_cost.py SHUTTLE [AIM]

SHUTTLE is the program of a release build. `shuttle bench` sends frames in the way of the classic
driver, which allocates and frees one NBL for each; callgrind counts what is executed inside
NdisAllocateNetBufferAndNetBufferList and NdisFreeNetBufferList, by line of the source. Instructions
of ndishost/ndis/initialize.h are the initialisation: all that they do is to write into the NBL and
the NET_BUFFER, or to find what to write. Everything else is the rest: checks, list, counter. The
difference between a long and a short run, divided by the frames between them, leaves only the steady
state. Exit status 1 when the rest takes AIM (default 80) or more.
"""

import collections
import os
import subprocess
import sys
import tempfile

from instructions import unpack

FUNCTIONS = ("NdisAllocateNetBufferAndNetBufferList", "NdisFreeNetBufferList")
INITIALIZATION = "/initialize.h"
SHORT, LONG = 1000, 5000


def read_lines(path):
    """Cost of each (source file, line), wherever the code of the line was inlined."""
    files = {}
    costs = collections.Counter()
    file, line, skip = None, 0, False
    for text in open(path):
        key, _, value = text.rstrip("\n").partition("=")
        if key in ("fl", "fi", "fe"):
            file = unpack(files, value)
        elif key in ("cfi", "cfl"):
            unpack(files, value)
        elif key == "calls":
            skip = True
        elif text[:1].isdigit() or text[:1] in "+-*":
            position, cost = text.split()[:2]
            if position[0] in "+-":
                line += int(position)
            elif position != "*":
                line = int(position)
            if not skip:
                costs[(file, line)] += int(cost)
            skip = False  # the cost of what was called stands in its own lines
    return costs


def count(shuttle, function, frames):
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "callgrind.out")
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect={function}",
             f"--callgrind-out-file={out}", shuttle, "bench", "--adapter", "null", "--driver",
             "native", "--rungs", "classic", "--bytes", "60", "--runs", "1", "--frames",
             str(frames), "--no-steps"],
            capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"nbl_cost.py: shuttle bench failed\n{run.stderr}")
        return read_lines(out)


def steady(shuttle, function):
    costs = count(shuttle, function, LONG)
    costs.subtract(count(shuttle, function, SHORT))
    frames = LONG - SHORT
    return {place: cost / frames for place, cost in costs.items() if abs(cost) > frames / 100}


def print_lines(costs):
    for (file, line), cost in sorted(costs.items()):
        text = open(file).read().splitlines()[line - 1].strip() if os.path.exists(file) else ""
        print(f"  {cost:6.2f}  {os.path.basename(file)}:{line}  {text}")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: nbl_cost.py SHUTTLE [AIM]")
    aim = float(sys.argv[2]) if len(sys.argv) == 3 else 80
    initialization = rest = 0
    for function in FUNCTIONS:
        costs = steady(sys.argv[1], function)
        inside = sum(cost for (file, _), cost in costs.items() if file.endswith(INITIALIZATION))
        initialization += inside
        rest += sum(costs.values()) - inside
        print(f"{function}: {sum(costs.values()):.2f}, of which {inside:.2f} initialise")
        print_lines(costs)
    print(f"initialisation {initialization:.2f}, everything else {rest:.2f}")
    if initialization == 0:
        sys.exit("nbl_cost.py: no line of initialize.h was executed: no debug information?")
    sys.exit(0 if rest < aim else 1)


if __name__ == "__main__":
    main()

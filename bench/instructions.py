#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions a frame of each rung, exact and repeatable, by where they are spent.

usage: instructions.py SHUTTLE [--rungs A,B] [--bytes N,N] [--frames N] [--functions] > JSON

Runs `shuttle bench` under callgrind for each rung and size and counts what is executed inside
ladder_run (bench/ladder/measure.c). The parts are told apart by the source file of each function:

    driver    driver/, bench/classic/
    ndis      ndishost/ndis/
    nt        ndishost/nt/, with the copying of memory that libc does for it
    nic       ndishost/nic/
    user      everything else: the program and the entry into ndishost

`runtime` is ndis + nt.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PARTS = (
    ("/bench/classic/", "driver"),
    ("/driver/", "driver"),
    ("/ndishost/ndis/", "ndis"),
    ("/ndishost/nt/", "nt"),
    ("/ndishost/nic/", "nic"),
    ("/ndishost/verifier/", "nt"),
)


def part_of(file, function):
    for folder, part in PARTS:
        if folder in file:
            return part
    # SimSehEnter is written in assembly, which has no source file.
    if function.startswith(("__mem", "mem", "SimSehEnter")):
        return "nt"
    return "user"


def unpack(names, text):
    """callgrind's name compression: '(3) name' defines, '(3)' refers."""
    match = re.match(r"\((\d+)\)(?: (.*))?$", text)
    number, name = match.groups()
    if name is not None:
        names[number] = name
    return names[number]


def read_callgrind(path):
    """Self cost of each (file of the function, function).

    Inlined code of another file (fi=, fe=) is counted for the function that it is in, except that
    it says nothing about where that function lives.
    """
    files, functions = {}, {}
    costs = collections.Counter()
    file = function = None
    skip = False
    for line in open(path):
        key, _, value = line.rstrip("\n").partition("=")
        if key == "fl":
            file = unpack(files, value)
        elif key in ("fi", "fe"):
            unpack(files, value)
        elif key == "fn":
            function = unpack(functions, value)
        elif key in ("cfi", "cfl"):
            unpack(files, value)
        elif key == "cfn":
            unpack(functions, value)
        elif key == "calls":
            skip = True
        elif line[:1].isdigit() or line[:1] in "+-*":
            if skip:
                skip = False  # the cost of what was called
                continue
            costs[(file, function)] += int(line.split()[1])
    return costs


def measure(shuttle, rung, size, frames):
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "callgrind.out")
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=ladder_run",
             f"--callgrind-out-file={out}", shuttle, "bench", "--adapter", "null",
             "--driver", "native", "--rungs", rung, "--bytes", str(size), "--runs", "1",
             "--frames", str(frames), "--no-steps"],
            capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"instructions.py: {rung}: shuttle bench failed\n{run.stderr}")
        return read_callgrind(out)


def summarize(costs, frames):
    parts = collections.Counter()
    for (file, function), cost in costs.items():
        parts[part_of(file, function)] += cost
    each = {part: parts[part] / frames for part in ("user", "driver", "ndis", "nt", "nic")}
    each["runtime"] = each["ndis"] + each["nt"]
    each["total"] = sum(parts.values()) / frames
    return {key: round(value, 1) for key, value in each.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shuttle")
    parser.add_argument("--rungs")
    parser.add_argument("--bytes", default="60")
    parser.add_argument("--frames", type=int, default=6400)
    parser.add_argument("--functions", action="store_true")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("instructions.py: valgrind is not installed")
    listed = subprocess.run([arguments.shuttle, "bench", "--list"], capture_output=True, text=True,
                            check=True).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    results = []
    for size in map(int, arguments.bytes.split(",")):
        for rung in arguments.rungs.split(",") if arguments.rungs else names:
            costs = measure(arguments.shuttle, rung, size, arguments.frames)
            results.append({
                "name": rung, "frame_bytes": size,
                "instructions": summarize(costs, arguments.frames)})
            if arguments.functions:
                for (file, function), cost in costs.most_common(40):
                    print(f"{cost / arguments.frames:9.1f}  {function}  "
                          f"{part_of(file, function)} {file[-40:]}", file=sys.stderr)
            print(f"instructions: {rung}, {size} bytes: {results[-1]['instructions']['total']}",
                  file=sys.stderr)
    json.dump(results, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

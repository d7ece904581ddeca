#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What shuttle.sys costs against the same driver linked in: time and instructions a frame.

usage: pe_cost.py SHUTTLE [--rounds N] [--bytes N,N] > JSON

The sides differ in the compiler (clang for Windows, what built SHUTTLE for the other) and in the
boundary: calls through the import table, stack cookies and control flow guard. In each round
`shuttle bench` runs with one and then with the other, and in the next the other way round. The time of
a round is that of its fastest run; the runs are so short that some are not interrupted even on a busy
machine. The result is the median of the rounds. `floor` is a control: Shuttle's driver is not in it, so
its ratio shows how far the others can be trusted. Instructions are callgrind's, inside ladder_run.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

RUNGS = ("two-part", "two-part-direct", "floor")
SIDES = ("native", "sys")
CALLGRIND = ["valgrind", "--tool=callgrind", "--toggle-collect=ladder_run",
             "--callgrind-out-file=/dev/null"]
COUNTED_FRAMES = 6400
SHORT_RUNS = ("--runs", "99", "--frames", "3200")


def bench(command, *options):
    run = subprocess.run([*command, *options], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"pe_cost.py: shuttle bench failed\n{run.stderr}")
    return run


def one_round(commands, sizes, order, times):
    for side in order:
        run = bench(commands[side], "--rungs", ",".join(RUNGS), "--bytes", sizes, *SHORT_RUNS,
                    "--json", "-")
        for rung in json.loads(run.stdout)["rungs"]:
            key = rung["name"], rung["frame_bytes"], side
            times.setdefault(key, []).append(rung["nanoseconds"]["min"])


def instructions(command, rung, size):
    run = bench([*CALLGRIND, *command], "--rungs", rung, "--bytes", str(size), "--runs", "1",
                "--frames", str(COUNTED_FRAMES), "--json", "-")
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)) / COUNTED_FRAMES


def compare(name, size, times, counts):
    result = {"name": name, "frame_bytes": size}
    for side in SIDES:
        series = times[name, size, side]
        result[side] = {"nanoseconds": statistics.median(series),
                        "instructions": counts.get((name, size, side))}
    for measure in ("nanoseconds", "instructions"):
        native, file = (result[side][measure] for side in SIDES)
        result[f"ratio_{measure}"] = round(file / native, 3) if native else None
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shuttle")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--bytes", default="60,1514")
    arguments = parser.parse_args()
    driver = os.path.join(os.path.dirname(arguments.shuttle), "../driver/x64/shuttle.sys")
    commands = {side: [arguments.shuttle, "bench", "--adapter", "null", "--driver", name]
                for side, name in zip(SIDES, ("native", driver))}
    keys = [(name, size) for size in map(int, arguments.bytes.split(",")) for name in RUNGS]
    times, counts = {}, {}
    for number in range(arguments.rounds):
        one_round(commands, arguments.bytes, SIDES[::1 - number % 2 * 2], times)
    if shutil.which("valgrind"):
        counts = {(*key, side): instructions(commands[side], *key) for key in keys for side in SIDES}
    results = [compare(*key, times, counts) for key in keys]
    for result in results:
        print(f"pe_cost: {result['name']}, {result['frame_bytes']} bytes: shuttle.sys "
              f"{result['ratio_nanoseconds']} of native in time, "
              f"{result['ratio_instructions']} in instructions", file=sys.stderr)
    json.dump({"rounds": arguments.rounds, "rungs": results}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

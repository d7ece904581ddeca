#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The counts of bench/counts.json: what a driver asks for and does itself for a frame.

usage: counts.py --c COUNTS.json OUT.c

Writes the table that `shuttle bench` has where it cannot count (bench/ladder/ladder.h). check.py
records the counts and compares them.
"""

import json
import os
import subprocess
import sys

WITH = "shuttle.sys and classic.sys for x64 in ndishost, on a NIC that completes inside the send call"
# In the order of enum ladder_count, up to LADDER_SYSTEM.
KEYS = ("requests", "page_locks", "pages_locked", "pool_allocations", "mdl_allocations",
        "nbl_allocations", "ndis_sends", "spin_locks", "interlocked_operations", "bytes_copied",
        "nbl_fields_written")
# Enough that what happens once for any number of frames (the floor's one request) is none a frame.
FRAMES = 6400
ONCE = 0.0005


def start(shuttle):
    """A process that counts; finish() takes its answer."""
    build = os.path.dirname(os.path.dirname(os.path.abspath(shuttle)))
    return subprocess.Popen(
        [shuttle, "bench", "--runs", "1", "--frames", str(FRAMES), "--json", "-",
         "--driver", os.path.join(build, "driver", "x64", "shuttle.sys"),
         "--driver", os.path.join(build, "bench", "classic", "x64", "classic.sys")],
        stdout=subprocess.PIPE, text=True)


def finish(process):
    """[{name, frame_bytes, counts}]"""
    text, _ = process.communicate()
    if process.returncode != 0:
        sys.exit("counts.py: shuttle bench failed")
    rungs = []
    for rung in json.loads(text)["rungs"]:
        if rung["recorded"]:
            sys.exit(f"counts.py: {rung['name']}: cannot be counted here: {rung['recorded']}")
        counts = {key: rung["counts"][key] for key in KEYS}
        rungs.append({"name": rung["name"], "frame_bytes": rung["frame_bytes"],
                      "counts": {key: 0 if count < ONCE else count
                                 for key, count in counts.items()}})
    return rungs


def read(path):
    with open(path) as file:
        return json.load(file)


def write(path, rungs):
    lines = ",\n".join("  " + json.dumps(rung) for rung in rungs)
    with open(path, "w") as file:
        file.write(f'{{\n "with": {json.dumps(WITH)},\n "rungs": [\n{lines}\n ]\n}}\n')


def differences(recorded, counted):
    """A line for each count that is not as recorded."""
    def by_key(rungs):
        return {(rung["name"], rung["frame_bytes"]): rung["counts"] for rung in rungs}
    then, now = by_key(recorded), by_key(counted)
    for name, size in sorted(then.keys() ^ now.keys()):
        yield f"{name}, {size} bytes: is recorded or counted, not both"
    for name, size in (key for key in now if key in then):
        for key in KEYS:
            was, count = (counts[name, size].get(key) for counts in (then, now))
            if was != count:
                yield f"{name}, {size} bytes: {key} is {count}, recorded {was}"


def write_c(recorded, path):
    rows = [f'    {{"{rung["name"]}", {rung["frame_bytes"]}, '
            f'{{{", ".join(str(rung["counts"][key]) for key in KEYS)}}}}},'
            for rung in recorded["rungs"]]
    with open(path, "w") as file:
        file.write("\n".join(
            ["// Generated from bench/counts.json by bench/counts.py.", "", '#include "ladder.h"',
             "", f'_Static_assert(LADDER_SYSTEM == {len(KEYS)}, "KEYS of bench/counts.py");',
             f'const char *const LadderRecordedWith = "{recorded["with"]}";',
             "const struct ladder_recorded LadderRecorded[] = {", *rows, "};",
             f"const size_t LadderRecordedCount = {len(rows)};", ""]))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "--c":
        sys.exit(__doc__)
    write_c(read(sys.argv[2]), sys.argv[3])

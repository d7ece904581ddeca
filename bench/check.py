#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares instructions and counts of a frame with the committed ones.

usage: check.py SHUTTLE [--update]

Fails when a rung executes over 3 % more than bench/baseline.json says, or when a count is not exactly
that of bench/counts.json. --update writes those files: commit them together with the change that they
come from, and say why in the commit.
"""

import json
import os
import subprocess
import sys

import counts

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.json")
COUNTS = os.path.join(HERE, "counts.json")
LIMIT = 1.03


def totals(shuttle):
    """None when instructions cannot be counted; why is on stderr then."""
    run = subprocess.run([sys.executable, os.path.join(HERE, "instructions.py"), shuttle],
                         stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        return None
    return {item["name"]: item["instructions"]["total"] for item in json.loads(run.stdout)}


def update(now, counted):
    if now is None:
        sys.exit("bench-check: instructions were not counted: nothing is written")
    with open(BASELINE, "w") as file:
        json.dump({"frame_bytes": 60, "instructions": now}, file, indent=1)
        file.write("\n")
    counts.write(COUNTS, counted)


def compare_totals(now):
    """Names of the rungs that fail."""
    with open(BASELINE) as file:
        then = json.load(file)["instructions"]
    failed = set(then) ^ set(now)
    for name in sorted(failed):
        print(f"{name}: a rung is in the baseline or in the program, not in both")
    for name in (name for name in now if name in then):
        ratio = now[name] / then[name]
        print(f"{name:<18} {then[name]:>8.0f} {now[name]:>8.0f}  {ratio:.3f}")
        if ratio > LIMIT:
            failed.add(name)
        elif ratio < 1 / LIMIT:
            print(f"{name}: better than the baseline; run check.py --update and commit it")
    return failed


def main():
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--update"]):
        sys.exit(__doc__)
    counting = counts.start(sys.argv[1])  # on another core than what is below
    now = totals(sys.argv[1])
    counted = counts.finish(counting)
    if sys.argv[2:]:
        update(now, counted)
        return
    if now is None:
        print("bench-check: instructions were not counted")
    slower = compare_totals(now) if now is not None else set()
    different = list(counts.differences(counts.read(COUNTS)["rungs"], counted))
    print("\n".join(different) or f"counts of {len(counted)} rungs and sizes: as recorded")
    if slower:
        print(f"bench-check: instructions beyond {LIMIT - 1:.0%}: {', '.join(sorted(slower))}")
    if different:
        print("bench-check: counts differ from bench/counts.json; if that is meant: --update")
    sys.exit(1 if now is None or slower or different else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares instruction counts with the committed baseline.

usage: check.py SHUTTLE [--update]

Fails when a rung executes over 3 % more than bench/baseline.json says. --update writes that file:
commit it together with the change that it comes from, and say why in the commit.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.json")
LIMIT = 1.03


def totals(shuttle):
    text = subprocess.run([sys.executable, os.path.join(HERE, "instructions.py"), shuttle],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return {item["name"]: item["instructions"]["total"] for item in json.loads(text)}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    now = totals(sys.argv[1])
    if "--update" in sys.argv[2:]:
        with open(BASELINE, "w") as file:
            json.dump({"frame_bytes": 60, "instructions": now}, file, indent=1)
            file.write("\n")
        return
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
    if failed:
        sys.exit(f"bench-check: beyond {LIMIT - 1:.0%}: {', '.join(sorted(failed))}")


if __name__ == "__main__":
    main()

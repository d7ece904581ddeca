#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long a frame takes from shuttle_submit until its completion is there.

usage: latency.py BUILD_DIR OUT.json [--interface NAME]

Without an interface, which needs root, only on the NIC that swallows every frame.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

FRAMES = 100000
RUNS = 3
IN_FLIGHT = (1, 4, 16, 64, 256, 1024)
PERCENTILES = ("p50_us", "p99_us", "p999_us")


def measure(pump, adapter, driver, in_flight):
    done = subprocess.run([pump, adapter, driver, "1", str(in_flight), "60", str(FRAMES)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"latency.py: {done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("out")
    parser.add_argument("--interface")
    arguments = parser.parse_args()
    drivers = {"native": "native",
               "shuttle.sys": os.path.join(arguments.build, "driver", "x64", "shuttle.sys")}
    if not os.path.exists(drivers["shuttle.sys"]):
        print(f"latency.py: {drivers['shuttle.sys']} is missing, left out", file=sys.stderr)
        del drivers["shuttle.sys"]
    adapters = {"null": "null"}
    if arguments.interface:
        adapters["packet"] = "packet:" + arguments.interface
    else:
        print("latency.py: no interface, only the NIC null", file=sys.stderr)
    pump = os.path.join(arguments.build, "bin", "pump")
    if not os.path.exists(pump):
        sys.exit(f"latency.py: {pump} is missing: build it first")
    cases = [(driver, nic, in_flight)
             for nic in adapters for in_flight in IN_FLIGHT for driver in drivers]
    runs = {case: [] for case in cases}
    for _ in range(RUNS):
        for driver, nic, in_flight in cases:
            runs[(driver, nic, in_flight)].append(
                measure(pump, adapters[nic], drivers[driver], in_flight))
    answer = []
    for driver, nic, in_flight in cases:
        row = {"driver": driver, "nic": nic, "in_flight": in_flight}
        for key in PERCENTILES:
            row[key] = statistics.median(run[key] for run in runs[(driver, nic, in_flight)])
        answer.append(row)
        print(f"{driver:<12} {nic:<7} {in_flight:>4} in flight: "
              + ", ".join(f"{key[:-3]} {row[key]:.2f} us" for key in PERCENTILES))
    with open(arguments.out, "w") as file:
        json.dump({"frames": FRAMES, "runs": RUNS, "drivers": answer}, file, indent=1)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""usage: demo_table.py REPORT COMPARED REPLAY_STATUS SINK_STATUS COMPARE_STATUS

Prints the table of the demo; exit status 0 only if every frame arrived identical and nothing was
allocated for a frame after the warm-up.
"""

import json
import sys


def row(label, frames, amount_bytes=""):
    print(f"  {label:<44} {frames:>10} {amount_bytes:>14}")


def main():
    report_path, compared_path = sys.argv[1:3]
    statuses = dict(zip(("shuttle replay", "frame_sink", "frame_compare"), map(int, sys.argv[3:6])))
    problems = [f"{name} ended with status {s}" for name, s in statuses.items() if s != 0]
    with open(compared_path) as file:
        compared = {k: int(v) for k, v in (word.split("=") for word in file.read().split())}
    try:
        with open(report_path) as file:
            report = json.load(file)
    except ValueError:
        print("demo: FAILED: shuttle replay printed no report")
        return 1

    failed = [each for each in report["completed"] if each["status"] != "0x00000000"]
    steady = report["steady_state"]
    print()
    row("", "frames", "bytes")
    row("recorded", compared.get("sent_frames", "?"), compared.get("sent_bytes", "?"))
    row("sent", report["sent"]["frames"], report["sent"]["bytes"])
    row("received", compared.get("received_frames", "?"), compared.get("received_bytes", "?"))
    row("identical, in order", compared.get("identical", "?"))
    row("failed", sum(each["frames"] for each in failed), sum(each["bytes"] for each in failed))
    for each in failed:
        row("  " + (each["name"] or each["status"]), each["frames"], each["bytes"])
    row("frames/s", round(report["frames_per_s"]))
    row("NBLs allocated in total", report["nbls_allocated"])
    if steady is None:
        problems.append("too few frames to count allocations")
    else:
        print(f"  allocations per frame after the first {steady['after_frames']}:")
        for name in ("nbl", "mdl", "pool"):
            count = steady[name + "_allocations"]
            row("  " + name.upper() if name != "pool" else "  pool", f"{count / steady['frames']:g}")
            if count != 0:
                problems.append(f"{count} {name} allocations after the warm-up")
    print()
    if compared.get("sent_frames", 0) < 1000:
        problems.append("fewer than 1000 frames were recorded")
    if problems:
        print("demo: FAILED: " + "; ".join(problems))
        return 1
    print("demo: passed: every frame arrived, identical and in order")
    return 0


sys.exit(main())

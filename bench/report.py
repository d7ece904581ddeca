#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts what was measured together: bench.json and one self-contained page.

usage: report.py OUT_DIR LADDER.json INSTRUCTIONS.json [PEERS.json]

LADDER.json is of `shuttle bench --calibrate --json`, INSTRUCTIONS.json of instructions.py,
PEERS.json of peers.py. OUT_DIR may have pe_cost.json (native against .sys) and latency.json. A file
or a part of one that is missing is left out, and the page says so.
"""

import datetime
import html
import json
import os
import platform
import re
import shutil
import subprocess
import sys

PARTS = ("user", "driver", "ndis", "nt", "nic")
PART_NAMES = {"user": "program", "driver": "driver", "ndis": "NDIS", "nt": "NT runtime",
              "nic": "NIC"}
COLOURS = {"user": "#b0b0b0", "driver": "#c44e52", "ndis": "#4c72b0", "nt": "#8da8d4",
           "nic": "#55a868"}
ONCE = 0.0005  # less is once in a request of thousands of frames
# What the driver asks for and does itself; the rest is done for it.
COUNTS = (("requests", "requests (IRPs)"), ("page_locks", "page locks"),
          ("pages_locked", "pages locked"), ("pool_allocations", "pool allocations"),
          ("mdl_allocations", "MDL allocations"), ("nbl_allocations", "NBL allocations"),
          ("ndis_sends", "NDIS send calls"), ("spin_locks", "driver: spin locks acquired"),
          ("interlocked_operations", "driver: interlocked operations"),
          ("bytes_copied", "driver: bytes copied"),
          ("nbl_fields_written", "driver: NBL fields written"),
          ("spin_locks_system", "NDIS, kernel, NIC: spin locks acquired"),
          ("interlocked_operations_system", "NDIS, kernel, NIC: interlocked operations"),
          ("bytes_copied_system", "I/O manager: bytes copied"),
          ("nbl_fields_allocation", "NDIS: NBL fields written to allocate and free"))


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine():
    model = ""
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "processor": model, "processors": os.cpu_count(), "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "compiler": output_of("gcc", "--version").split("\n")[0] + ", -O3",
        "valgrind": output_of("valgrind", "--version"),
        "date": datetime.date.today().isoformat(),
        "commit": output_of("git", "rev-parse", "--short", "HEAD"),
    }


def read(path):
    if path is None or not os.path.exists(path):
        return None
    with open(path) as file:
        return json.load(file)


def merge(ladder, instructions):
    """rungs[] with counts, instructions and nanoseconds together."""
    rungs = ladder["rungs"]
    by_key = {(item["name"], item["frame_bytes"]): item for item in instructions or []}
    for rung in rungs:
        more = by_key.get((rung["name"], rung["frame_bytes"]))
        if more:
            rung["instructions"] = more["instructions"]
    return rungs


# ---- pictures

def gnuplot(script, out):
    """One SVG; None when there is no gnuplot."""
    if shutil.which("gnuplot") is None:
        return None
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    with open(out) as file:
        text = file.read()
    return text[text.index("<svg"):]


def ladder_picture(rungs, size, work):
    rows = [rung for rung in rungs if rung["frame_bytes"] == size and "instructions" in rung]
    if not rows:
        return None
    data = "\n".join(f'"{rung["name"]}" ' +
                     " ".join(str(rung["instructions"][part]) for part in PARTS) +
                     f' "{number(rung["instructions"]["total"])}"' for rung in rows)
    plots = ", ".join(
        f"$data using {column}:xtic(1) title '{PART_NAMES[part]}' linecolor rgb '{COLOURS[part]}'"
        for column, part in enumerate(PARTS, 2))
    totals = "$data using 0:($2+$3+$4+$5+$6):7 with labels offset 0,0.6 notitle"
    out = os.path.join(work, f"ladder-{size}.svg")
    return gnuplot(f"""
set terminal svg size 960,460 font 'sans-serif,13' background rgb 'white'
set output '{out}'
$data << END
{data}
END
set style data histograms
set style histogram rowstacked
set style fill solid 0.9 noborder
set boxwidth 0.7
set key outside right top reverse Left samplen 1
set ylabel 'instructions for a frame'
set yrange [0:*]
set offsets 0, 0, graph 0.08, 0
set xtics rotate by -28 nomirror
set ytics nomirror
set grid ytics linecolor rgb '#dddddd'
set border 3
set title 'One frame of {size} bytes: what is executed, and where'
plot {plots}, {totals}
""", out)


def curves_picture(name, curves, yaxis, scale, work):
    """Curves over the in-flight limit: {title: [(in flight, value)]}. `scale` is of the y axis."""
    out = os.path.join(work, name + ".svg")
    data = "\n\n\n".join("\n".join(f"{x} {y}" for x, y in points) for points in curves.values())
    plots = ", ".join(f"$data index {number} using 1:2 with linespoints linewidth 2 pointtype 7 "
                      f"title '{title}'" for number, title in enumerate(curves))
    return gnuplot(f"""
set terminal svg size 720,340 font 'sans-serif,13' background rgb 'white'
set output '{out}'
$data << END
{data}
END
set logscale x 2
{scale}
set xlabel 'frames in flight at most'
set ylabel '{yaxis}'
set key outside right top reverse Left samplen 1
set grid linecolor rgb '#dddddd'
set border 3
set tics nomirror
plot {plots}
""", out)


def in_flight_picture(peers, work):
    points = [(item["in_flight"], item["frames_per_second"]) for item in peers.get("in_flight", ())]
    return curves_picture("in-flight", {"shuttle replay": points}, "frames per second",
                          "set yrange [0:*]\nset format y '%.1s%c'", work) if points else None


def latency_picture(latency, work):
    """Of the native build: the other one's curves would lie upon these."""
    curves = {}
    for item in latency["drivers"]:
        for key, title in (("p50_us", "p50"), ("p99_us", "p99"), ("p999_us", "p99.9")):
            if item["driver"] == "native":
                curves.setdefault(f"NIC {item['nic']}, {title}", []).append(
                    (item["in_flight"], item[key]))
    return curves_picture("latency", curves, "microseconds", "set logscale y 10\nset format y '%g'",
                          work) if curves else None


# ---- tables

def table(head, rows):
    """Columns of numbers stand right, others left."""
    rows = [[str(cell) for cell in row] for row in rows]
    sides = [" class='n'" if all(re.fullmatch(r"[\d., -]*", row[i]) for row in rows) else ""
             for i in range(len(head))]

    def line(tag, cells):
        return "<tr>" + "".join(f"<{tag}{side}>{html.escape(cell)}</{tag}>"
                                for side, cell in zip(sides, cells)) + "</tr>"
    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"


def number(value):
    if value is None:
        return ""
    if value < ONCE:
        return "0"
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def ladder_table(rungs, size):
    rows = [rung for rung in rungs if rung["frame_bytes"] == size]
    first = rows[0]
    out = []
    for rung in rows:
        time = rung["nanoseconds"]
        executed = rung.get("instructions", {})
        of_first = (executed["total"] / first["instructions"]["total"]
                    if executed and "instructions" in first else None)
        out.append((rung["name"], rung["changes"], number(executed.get("total")),
                    number(of_first), *(number(executed.get(part)) for part in PARTS),
                    number(time["median"]), f"{number(time['min'])} - {number(time['max'])}",
                    number(time["median"] / first["nanoseconds"]["median"])))
    return table(("rung", "what changes", "instructions", "of classic",
                  *(PART_NAMES[part] for part in PARTS), "ns", "min - max", "ns of classic"), out)


def counts_table(rungs, size):
    rows = [rung for rung in rungs if rung["frame_bytes"] == size]
    return table(("a frame of " + str(size) + " bytes", *(rung["name"] for rung in rows)),
                 [(title, *(number(rung["counts"].get(key)) for rung in rows))
                  for key, title in COUNTS])


def fields_table(rungs, size):
    """Which fields of the NBL each rung writes: the answer to the question, by name."""
    rows = [rung for rung in rungs if rung["frame_bytes"] == size and "nbl_fields" in rung]
    return table(("rung", "fields that the driver writes for a frame", "how many",
                  "NDIS writes to allocate and free"),
                 [(rung["name"], ", ".join(rung["nbl_fields"]), len(rung["nbl_fields"]),
                   len(rung["nbl_fields_allocation"])) for rung in rows]) if rows else ""


def costs_table(costs):
    return table(("operation", "what is done", "ns", "min - max", "instructions of NDIS and NT"),
                 [(cost["name"], cost["does"], number(cost["nanoseconds"]["median"]),
                   f"{number(cost['nanoseconds']['min'])} - {number(cost['nanoseconds']['max'])}",
                   number(cost.get("instructions"))) for cost in costs])


def predictions_table(rungs):
    return table(("rung", "bytes", "counts x costs, ns", "measured, ns", "ratio"),
                 [(rung["name"], rung["frame_bytes"], number(rung["predicted"]["nanoseconds"]),
                   number(rung["nanoseconds"]["median"]), f"{rung['predicted']['of_measured']:.2f}")
                  for rung in rungs if "predicted" in rung])


TITLES = {"frame_bytes": "bytes of a frame", "best_of": "the best of", "name": "is",
          "shuttle_ratio": "shuttle replay / it", "in_flight": "in flight at most",
          "frames_per_second": "frames/s", "nic": "NIC", "ns_per_frame": "ns a frame",
          "bytes": "bytes of the file", "resident_kib": "resident, KiB", "p50_us": "p50, us",
          "p99_us": "p99, us", "p999_us": "p99.9, us"}


def any_table(items):
    """A list of objects, a column for each key."""
    keys = list(dict.fromkeys(key for item in items for key in item))
    return table([TITLES.get(key, key) for key in keys],
                 [[item.get(key, "") if isinstance(item.get(key, ""), str) else number(item[key])
                   for key in keys] for item in items])


def pe_cost_table(rungs):
    return table(("rung", "bytes", "native, ns", "shuttle.sys, ns", "ratio",
                  "native, instructions", "shuttle.sys, instructions", "ratio"),
                 [(rung["name"], rung["frame_bytes"],
                   *(number(value) for key in ("nanoseconds", "instructions")
                     for value in (rung["native"][key], rung["sys"][key], rung[f"ratio_{key}"])))
                  for rung in rungs])


def peers_table(peers, size):
    return table(("sender", "how", f"frames/s at {size} bytes", "min - max", "shuttle replay / it"),
                 [(peer["name"], peer["does"], number(peer["frames_per_second"]),
                   f"{number(peer['min'])} - {number(peer['max'])}", f"{peer['shuttle_ratio']:.2f}")
                  for peer in peers["peers"] if peer["frame_bytes"] == size])


def answer(rungs):
    """The question, in two sentences with the numbers."""
    by_name = {rung["name"]: rung for rung in rungs if rung["frame_bytes"] == 60}
    if not all("instructions" in by_name.get(name, {}) for name in ("classic", "reuse-nbl",
                                                                     "two-part", "floor")):
        return "Instructions were not counted (valgrind is missing), so there is no answer here."
    classic, reuse, two, floor = (by_name[name]["instructions"]["total"]
                                  for name in ("classic", "reuse-nbl", "two-part", "floor"))
    if abs(classic - reuse) < 0.02 * classic:
        kept = (f"Preparing a kept NBL again costs what allocating a new one does here, {reuse:,.0f} "
                f"and {classic:,.0f} instructions for a frame of 60 bytes, because ndishost's NBL "
                f"pool is as fast as a lookaside list: on Windows it saves what NDIS's allocation "
                f"costs beyond that.")
    else:
        kept = (f"Keeping the NBL and preparing it again saves {classic - reuse:,.0f} of "
                f"{classic:,.0f} instructions for a frame of 60 bytes "
                f"({1 - reuse / classic:.0%}).")
    return (f"{kept} Keeping the MDLs too and copying the short frame instead of locking its pages, "
            f"as Shuttle does, saves {1 - two / classic:.0%}; of what is left, {floor:,.0f} "
            f"instructions are NDIS and the miniport.")


def ladder_targets(rungs):
    """(what, measured, the least, the most) of what the ladder is to reach."""
    by_key = {(rung["name"], rung["frame_bytes"]): rung for rung in rungs}

    def total(name):
        return by_key.get((name, 60), {}).get("instructions", {}).get("total")
    for name, base, most in (("reuse-nbl", "classic", 0.7), ("two-part", "classic", 0.5),
                             ("two-part", "floor", 2.0)):
        if total(name) and total(base):
            yield (f"instructions of {name} / {base}, 60 bytes", total(name) / total(base), None,
                   most)
    kept = ("reuse-nbl-mdl", "two-part-direct", "two-part", "floor")
    allocations = [rung["counts"][f"{kind}_allocations"] for rung in rungs if rung["name"] in kept
                   for kind in ("pool", "mdl", "nbl")]
    if allocations:
        yield "allocations a frame, from reuse-nbl-mdl on", max(allocations), None, 0
    for name, most in (("two-part", 0), ("two-part-direct", 1)):
        if (name, 1514) in by_key:
            yield (f"page locks a frame, {name}, 1514 bytes",
                   by_key[name, 1514]["counts"]["page_locks"], None, most)


def other_targets(data):
    for peer in data["peers"]:
        least = {"send": 0.95, "tcpreplay --topspeed": 1}.get(peer["name"])
        if least:
            yield (f"frames/s of shuttle replay / {peer['name']}, {peer['frame_bytes']} bytes",
                   peer["shuttle_ratio"], least, None)
    for capture in data.get("captures", ()):
        if capture["bytes"] > 1e9:
            yield ("resident MiB while a capture of 1 GB is replayed",
                   capture["resident_kib"] / 1024, None, 64)
    for rung in (data["pe_cost"] or {"rungs": ()})["rungs"]:
        if rung["name"] != "floor":
            yield (f"time of shuttle.sys / native, {rung['name']}, {rung['frame_bytes']} bytes",
                   rung["ratio_nanoseconds"], None, 1.1)


def targets(data):
    result = []
    for what, value, least, most in (*ladder_targets(data["rungs"]), *other_targets(data)):
        value = 0 if value < ONCE else value
        reached = value >= least if most is None else value <= most
        result.append({"what": what, "measured": round(value, 3), "least": least, "most": most,
                       "reached": reached})
    return result


def targets_table(items):
    return table(("target", "aim", "measured", ""),
                 [(item["what"], f"at least {item['least']}" if item["most"] is None
                   else f"at most {item['most']}", number(item["measured"]),
                   "reached" if item["reached"] else "not reached") for item in items])


STYLE = """body{font:15px/1.5 sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0;font-size:13px}td,th{padding:.25em .6em;text-align:left;
border-bottom:1px solid #ddd}.n{text-align:right}td.n,td:first-child{white-space:nowrap}th{border-bottom:2px solid #999}.answer{font-size:17px;background:#f4f4ec;padding:1em}
.wide{overflow-x:auto}svg{max-width:100%;height:auto}"""

CAVEAT = """<b>Counts</b> of what the driver asks for and does itself hold on any machine; those of
NDIS, kernel and NIC are ndishost's. <b>Instructions</b> are of ndishost on Linux, repeatable to within
one percent: the driver's part is the driver's own, the rest is a runtime that does what NDIS and the
kernel must do. <b>Times</b> are of this machine. None of them is a measurement of Windows: ndishost can
say how often a driver needs a page lock, an allocation or a request, and what the driver itself
costs; it cannot say what a page lock, an allocation or a request costs on Windows, where all three
are other code. <code>shuttle bench --calibrate</code> measures them there. For the same step on Windows,
XDP for Windows reports (its pull request 140) that an NBL pool of its own instead of NDIS allocation
took forwarding from 230 to 350 Gb/s at 1514 bytes."""

CALIBRATION = """Each operation by itself, repeated inside the driver, and then each rung's counts times
these costs. What is missing to 1 is the driver's own work; what is beyond it, operations that cost
less next to each other than one by one. The runtime's own costs are here, too: an NBL costs NDIS of
ndishost this many instructions, which is what reuse can save here at most."""


def ladder_part(data, pictures):
    rungs = data["rungs"]
    sizes = sorted({rung["frame_bytes"] for rung in rungs})
    parts = []
    for size in sizes:
        parts.append(f"<h2>The ladder, {size} bytes</h2>")
        parts.append(pictures.get(size) or "<p>No picture: gnuplot or valgrind is missing.</p>")
        parts.append("<div class='wide'>" + ladder_table(rungs, size) + "</div>")
    for size in sizes:
        parts.append(f"<h2>Counts, {size} bytes</h2><div class='wide'>" +
                     counts_table(rungs, size) + "</div>")
    parts.append("<h2>Fields</h2><div class='wide'>" + fields_table(rungs, sizes[0]) + "</div>")
    parts.append("<h2>Counts x costs</h2>")
    if data["costs"]:
        copying = data["copying_is_cheaper_up_to"]
        parts.append(f"<p>{CALIBRATION}</p>" + costs_table(data["costs"]) +
                     f"<p>By the least of these costs copying is cheaper than a page lock with an MDL up to "
                     f"{copying['lock_bytes']} bytes, and copying what is locked already than one "
                     f"more MDL in the frame up to {copying['chain_bytes']} bytes (0: never).</p>" +
                     predictions_table(rungs))
    else:
        parts.append("<p>Not measured: shuttle bench --calibrate.</p>")
    return parts


def peers_part(peers, pictures):
    parts = ["<h2>On a Linux interface</h2>"]
    if not peers:
        return parts + ["<p>Not measured: it makes network namespaces, which needs root.</p>"]
    parts.append("<p>The same core, the same veth pair, nobody reading at its other end, run by "
                 f"run in turn; medians of {peers['runs']} runs of {peers['frames']:,} frames, and of the "
                 "ratios round by round.</p>")
    for size in sorted({peer["frame_bytes"] for peer in peers["peers"]}):
        parts.append("<div class='wide'>" + peers_table(peers, size) + "</div>")
    for key, title in (("best", "Against the best"), ("in_flight", "By the in-flight limit"),
                       ("threads", "By threads"), ("captures", "By the length of the capture")):
        if peers.get(key):
            parts.append(f"<h3>{title}</h3>" + (pictures.get(key) or "") + any_table(peers[key]))
    return parts


def page(data, peers, pictures):
    parts = ["<!doctype html><html lang='en'><head><meta charset='utf-8'>",
             f"<title>Shuttle: what reuse saves</title><style>{STYLE}</style></head><body>",
             "<h1>How much does it save?</h1>",
             f"<p class='answer'>{html.escape(data['answer'])}</p>", f"<p>{CAVEAT}</p>"]
    parts.append("<h2>Targets</h2>" + targets_table(data["targets"]) +
                 "<p>Where the rest goes is in the ladder's pictures; docs/benchmarks.md says why.</p>")
    parts += ladder_part(data, pictures) + peers_part(peers, pictures)
    parts.append("<h2>Latency</h2>")
    if data["latency"]:
        parts.append("<p>Of one frame, from shuttle_submit until its completion is there; medians of "
                     f"{data['latency']['runs']} runs of {data['latency']['frames']:,} frames. The "
                     "picture is of the native build.</p>")
        parts.append((pictures.get("latency") or "") + any_table(data["latency"]["drivers"]))
    else:
        parts.append("<p>Not measured.</p>")
    parts.append("<h2>The driver for Windows against the native build</h2>")
    parts.append(pe_cost_table(data["pe_cost"]["rungs"]) if data["pe_cost"] else "<p>Not measured.</p>")
    parts.append("<h2>Where</h2>" + table(("", ""), data["machine"].items()) + "</body></html>")
    return "\n".join(parts)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    out = sys.argv[1]
    ladder, instructions = read(sys.argv[2]), read(sys.argv[3])
    peers = read(sys.argv[4]) if len(sys.argv) > 4 else None
    if shutil.which("gnuplot") is None:
        print("report.py: gnuplot is missing: no pictures", file=sys.stderr)
    rungs = merge(ladder, instructions)
    data = {"machine": machine(), "answer": answer(rungs), "rungs": rungs,
            "costs": ladder.get("costs", []), "peers": [],
            "copying_is_cheaper_up_to": ladder.get("copying_is_cheaper_up_to"),
            "latency": read(os.path.join(out, "latency.json")),
            "pe_cost": read(os.path.join(out, "pe_cost.json"))} | (peers or {})
    data["targets"] = targets(data)
    pictures = {size: ladder_picture(rungs, size, out)
                for size in {rung["frame_bytes"] for rung in rungs}}
    if peers:
        pictures["in_flight"] = in_flight_picture(peers, out)
    if data["latency"]:
        pictures["latency"] = latency_picture(data["latency"], out)
    with open(os.path.join(out, "bench.json"), "w") as file:
        json.dump(data, file, indent=1)
    with open(os.path.join(out, "index.html"), "w") as file:
        file.write(page(data, peers, pictures))
    print(data["answer"])
    print(os.path.join(out, "index.html"))


if __name__ == "__main__":
    main()

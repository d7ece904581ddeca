#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the peers of bench/peers.sh in turn and writes JSON.

usage: peers.py BUILD_DIR INTERFACE OUT.json [--runs N] [--frames N]
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

SIZES = (60, 1514)


class Missing(Exception):
    """A program that this machine does not have."""


ALL_CORES = os.sched_getaffinity(0)


def run(command, cores=None, batch=False):
    if shutil.which(command[0]) is None:
        raise Missing(command[0])

    def schedule():
        if cores is not None:
            os.sched_setaffinity(0, cores)
        if batch:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=schedule)
    if done.returncode != 0:
        sys.exit(f"peers.py: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def driver_of(context, name):
    """What --driver wants."""
    path = os.path.join(context.build, "driver", "x64", name)
    if name.endswith(".sys") and not os.path.exists(path):
        raise Missing(path)
    return path if name.endswith(".sys") else name


def replay(context, capture, *options, driver="native"):
    return [context.bin + "/shuttle", "replay", capture, "--adapter",
            "packet:" + context.interface, "--driver", driver_of(context, driver), "--top-speed",
            "--json", *options]


def shuttle(context, size, *options, driver="native", cores=None):
    text = run(replay(context, context.captures[size], *options, driver=driver), cores)
    return json.loads(text)["frames_per_s"]


def raw(way):
    def peer(context, size):
        return float(run([context.bin + "/raw_send", context.interface, way, str(size),
                          str(context.frames)]))
    return peer


def tcpreplay(*options):
    def peer(context, size):
        text = run(["tcpreplay", "--quiet", "--topspeed", *options, "-i", context.interface,
                    context.captures[size]])
        frames, seconds = re.search(r"Actual: (\d+) packets .* sent in ([\d.]+) seconds",
                                    text).groups()
        return int(frames) / float(seconds)
    return peer


def trafgen(context, size):
    config = os.path.join(context.work, f"trafgen-{size}.cfg")
    with open(config, "w") as file:
        file.write("{ 2,0,0,0,0,1, 2,0,0,0,0,2, 0x88,0xb5, fill(0, %d) }\n" % (size - 14))
    text = run(["trafgen", "--in", config, "--out", context.interface, "--num",
                str(context.frames), "--cpus", "1", "--qdisc-path"])
    match = re.search(r"(\d+) packets outgoing.*?(\d+) sec, (\d+) usec", text, re.S)
    packets, seconds, microseconds = map(int, match.groups())
    return packets / (seconds + microseconds * 1e-6)


# name, what it does for people, frames handed over in one call, function
PEERS = (
    ("shuttle replay", "one request a frame", 1, shuttle),
    ("shuttle replay, shuttle.sys", "the same, by the file for Windows", 1,
     lambda c, s: shuttle(c, s, driver="shuttle.sys")),
    ("shuttle replay, all cores", "the NIC's thread may run beside it", 1,
     lambda c, s: shuttle(c, s, cores=ALL_CORES)),
    ("tcpreplay --topspeed", "one send a frame", 1, tcpreplay()),
    ("tcpreplay --preload-pcap", "one send a frame, file in memory", 1, tcpreplay("--preload-pcap")),
    ("pcap_inject", "one pcap_inject a frame", 1, raw("inject")),
    ("send", "one send() a frame", 1, raw("send")),
    ("sendmmsg", "64 frames a call", 64, raw("sendmmsg")),
    ("PACKET_TX_RING", "64 frames a call, shared ring", 64, raw("tx-ring")),
    ("trafgen", "a ring, one frame generated over and over", 64, trafgen),
)


def measure(context, runs):
    results = {}
    for round_number in range(runs):
        for size in SIZES:
            for name, _, _, peer in PEERS:
                try:
                    results.setdefault((name, size), []).append(peer(context, size))
                except Missing as missing:
                    if round_number == 0:
                        print(f"peers.py: {missing} is not installed, left out", file=sys.stderr)
        print(f"peers: round {round_number + 1} of {runs}", file=sys.stderr)
    return results


def describe(results):
    """peers[]; `shuttle_ratio`: the median over the rounds of shuttle replay's rate to its."""
    peers = []
    for name, does, batch, _ in PEERS:
        for size in SIZES:
            if (name, size) not in results:
                continue
            rates = results[(name, size)]
            ratios = [ours / its for ours, its in zip(results[(PEERS[0][0], size)], rates)]
            peers.append({
                "name": name, "does": does, "frames_per_call": batch, "frame_bytes": size,
                "frames_per_second": round(statistics.median(rates)),
                "min": round(min(rates)), "max": round(max(rates)),
                "shuttle_ratio": round(statistics.median(ratios), 3)})
    return peers


def best(peers, size, most_frames_per_call):
    """The fastest that is not Shuttle and hands over at most so many frames in a call."""
    others = [peer for peer in peers if peer["frame_bytes"] == size and
              not peer["name"].startswith("shuttle") and
              peer["frames_per_call"] <= most_frames_per_call]
    return max(others, key=lambda peer: peer["frames_per_second"])


def describe_best(peers):
    return [{"frame_bytes": size, "best_of": what, "name": peer["name"],
             "shuttle_ratio": peer["shuttle_ratio"]}
            for size in SIZES
            for what, most in (("one frame a call", 1), ("all", 64))
            for peer in [best(peers, size, most)]]


# name, frame bytes, frames; the last is 1 GB
CAPTURES = ((590, 1000), (590, 10000), (590, 100000), (590, 1000000), (1514, 660000))


def replay_captures(context):
    """Time and memory of a replay by the length of the capture."""
    captures = []
    for frame_bytes, frames in CAPTURES:
        capture = os.path.join(context.work, "length.pcap")
        run([context.bin + "/capture_make", capture, f"{frame_bytes}x{frames}"])
        process = subprocess.Popen(replay(context, capture), stdout=subprocess.PIPE, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit("peers.py: the replay of a long capture failed")
        seconds = json.loads(text)["duration_s"]
        captures.append({"frames": frames, "frame_bytes": frame_bytes,
                         "bytes": os.path.getsize(capture), "seconds": seconds,
                         "ns_per_frame": round(seconds * 1e9 / frames),
                         "resident_kib": usage.ru_maxrss})
        os.remove(capture)
    return captures


def in_flight(context):
    """Frames per second by the in-flight limit."""
    rates = []
    for limit in (1, 4, 16, 64, 256, 1024, 4096):
        runs = [shuttle(context, 60, "--in-flight", str(limit)) for _ in range(3)]
        rates.append({"in_flight": limit, "frames_per_second": round(statistics.median(runs))})
    return rates


def pump(context, adapter, driver, count, limit):
    """As shuttle replay schedules itself."""
    text = run([context.bin + "/pump", adapter, driver_of(context, driver), str(count), str(limit),
                "60", str(context.frames)], ALL_CORES, batch=True)
    return json.loads(text)["frames_per_second"]


def threads(context):
    """Frames per second by the number of threads, each with a handle of its own, on all cores."""
    rates = []
    for adapter in ("null", "packet:" + context.interface):
        for driver in ("native", "shuttle.sys"):
            for count in (1, 2):
                try:
                    runs = [pump(context, adapter, driver, count, 1024) for _ in range(3)]
                except Missing:
                    continue # was said
                rates.append({
                    "threads": count, "nic": adapter.split(":")[0], "driver": driver,
                    "in_flight": 1024, "frames_per_second": round(statistics.median(runs)),
                    "min": round(min(runs)), "max": round(max(runs))})
    return rates


def show(answer):
    for peer in answer["peers"]:
        print(f"{peer['name']:<28} {peer['frame_bytes']:>5} bytes {peer['frames_per_second']:>10} "
              f"frames/s   shuttle replay / it {peer['shuttle_ratio']:.2f}")
    for item in answer["best"]:
        print(f"{item['frame_bytes']} bytes: shuttle replay is {item['shuttle_ratio']:.2f} of the "
              f"best of {item['best_of']}, {item['name']}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("interface")
    parser.add_argument("out")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--frames", type=int, default=150000)
    context = parser.parse_args()
    context.bin = os.path.join(context.build, "bin")
    for name in ("shuttle", "raw_send", "pump", "capture_make"):
        if not os.path.exists(os.path.join(context.bin, name)):
            sys.exit(f"peers.py: {context.bin}/{name} is missing: build it first")
    os.sched_setaffinity(0, {min(ALL_CORES)})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as work:
        context.work = work
        context.captures = {size: f"{work}/{size}.pcap" for size in SIZES}
        for size, path in context.captures.items():
            run([context.bin + "/capture_make", path, f"{size}x{context.frames}"])
        peers = describe(measure(context, context.runs))
        answer = {"frames": context.frames, "runs": context.runs, "peers": peers,
                  "best": describe_best(peers), "in_flight": in_flight(context),
                  "threads": threads(context), "captures": replay_captures(context)}
    with open(context.out, "w") as file:
        json.dump(answer, file, indent=1)
    show(answer)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the peers of bench/peers.sh in turn and writes JSON.

usage: peers.py BIN INTERFACE OUT.json [--runs N] [--frames N]
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


def run(command, cores=None):
    if shutil.which(command[0]) is None:
        raise Missing(command[0])
    pin = None if cores is None else lambda: os.sched_setaffinity(0, cores)
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=pin)
    if done.returncode != 0:
        sys.exit(f"peers.py: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def shuttle(context, size, *options, cores=None):
    text = run([context.bin + "/shuttle", "replay", context.captures[size], "--adapter",
                "packet:" + context.interface, "--top-speed", "--json", *options], cores)
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


# name, what it does for people, frames handed over in one system call, function
PEERS = (
    ("shuttle replay", "one request a frame", 1, lambda c, s: shuttle(c, s)),
    ("shuttle replay, all cores", "the same; the NIC's thread may run beside it", 1,
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


def replay_lengths(context):
    """Time and memory of one replay by the length of the capture."""
    lengths = []
    for frames in (1000, 10000, 100000, 1000000):
        capture = os.path.join(context.work, "length.pcap")
        run([context.bin + "/capture_make", capture, f"590x{frames}"])
        process = subprocess.Popen([context.bin + "/shuttle", "replay", capture, "--adapter",
                                    "packet:" + context.interface, "--top-speed", "--json"],
                                   stdout=subprocess.PIPE, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit("peers.py: the replay of a long capture failed")
        answer = json.loads(text)
        lengths.append({"frames": frames, "bytes": os.path.getsize(capture),
                        "seconds": answer["duration_s"], "resident_kib": usage.ru_maxrss})
        os.remove(capture)
    return lengths


def in_flight(context):
    """Frames per second by the in-flight limit."""
    rates = []
    for limit in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096):
        runs = [shuttle(context, 60, "--in-flight", str(limit)) for _ in range(3)]
        rates.append({"in_flight": limit, "frames_per_second": statistics.median(runs)})
    return rates


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("interface")
    parser.add_argument("out")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--frames", type=int, default=150000)
    context = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as work:
        context.work = work
        context.captures = {size: f"{work}/{size}.pcap" for size in SIZES}
        for size, path in context.captures.items():
            run([context.bin + "/capture_make", path, f"{size}x{context.frames}"])
        results = measure(context, context.runs)
        answer = {"frames": context.frames, "runs": context.runs, "peers": [], "lengths": None}
        for name, does, batch, _ in PEERS:
            for size in SIZES:
                if (name, size) in results:
                    rates = results[(name, size)]
                    answer["peers"].append({
                        "name": name, "does": does, "frames_per_call": batch, "frame_bytes": size,
                        "frames_per_second": round(statistics.median(rates)),
                        "min": round(min(rates)), "max": round(max(rates))})
        answer["lengths"] = replay_lengths(context)
        answer["in_flight"] = in_flight(context)
    with open(context.out, "w") as file:
        json.dump(answer, file, indent=1)
    for peer in answer["peers"]:
        print(f"{peer['name']:<26} {peer['frame_bytes']:>5} bytes "
              f"{peer['frames_per_second']:>10} frames/s")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mutation of the code that reuses NBLs: does some test fail for each statement that goes missing?

Takes one statement or condition at a time out of driver/nbl_pool.c and driver/send.c (c_mutants.py
says how) and runs the tests with what is left. A mutant that no test fails for must be proven
equivalent in tests/driver/mutations_equivalent.txt; anything else there is an error too.

The tests are those of a finished build (default build/release: without ASSERT and audit, as the
driver ships), run with NDISHOST_VERIFY=on. Exit status: 0 when every mutant is accounted for.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import re
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import c_mutants

ROOT = Path(__file__).resolve().parent.parent
PROOFS = "tests/driver/mutations_equivalent.txt"

# What is mutated: every function of these files but those named here, with the reason.
SOURCES = {
    "driver/nbl_pool.c": {},
    "driver/send.c": {},
}
# In the order in which they are run; the first that fails ends the mutant.
TESTS = {
    "driver/nbl_pool.c": ["nbl_pool_test", "nbl_pool_misuse_test", "driver_send_test",
                          "driver_life_test", "driver_wait_test"],
    "driver/send.c": ["driver_send_test", "driver_wait_test", "driver_life_test"],
}
ASLEEP_CHECKS = 10  # a program hangs whose threads all sleep in so many checks: no test sleeps
CHECK_SECONDS = 0.1
BUSY_SECONDS = 3.0  # or that computes for so long and says nothing, if not 6 times the usual is more
PATIENT_SECONDS = 60.0  # with the unchanged source, or one that is proven equivalent


# Makes `Mutant` the number of the mutant that is to live: environment variable MUTANT, none without.
CHOICE = """static int Mutant = -1;
char *getenv(const char *Name);
__attribute__((constructor)) static void ChooseMutant(void)
{
    const char *Text = getenv("MUTANT");
    if (Text != 0) {
        for (Mutant = 0; *Text != 0; Text++) {
            Mutant = Mutant * 10 + (*Text - '0');
        }
    }
}
"""


class Trouble(Exception):
    """The check itself cannot be done."""


@dataclass
class Job:
    source: str
    mutant: c_mutants.Mutant
    key: str
    number: int


@dataclass
class Result:
    job: Job
    killer: str  # "" when it survived


def run(command, cwd):
    """Returns (exit status, output)."""
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def activity(pid):
    """(seconds that the threads have computed, do they all sleep); None when it is not known."""
    seconds, asleep = 0.0, True
    with contextlib.suppress(OSError, IndexError):  # a thread may end meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            asleep &= (task / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"S"
            seconds += int((task / "schedstat").read_bytes().split()[0]) / 1e9
        return seconds, asleep
    return None


def wait_for_output(process, selector, busy_limit):
    """(does the program hang, seconds that it computed). Not by the clock, which other programs on
    the machine make a bad judge, and by many checks: the whole machine may stop between two."""
    first = before = activity(process.pid)
    asleep = 0
    while not selector.select(CHECK_SECONDS):
        after = activity(process.pid)
        asleep = asleep + 1 if after is not None and after[1] and after == before else 0
        before = after
        if first is None:
            first = after
        busy = after[0] - first[0] if after and first else 0.0
        if asleep > ASLEEP_CHECKS or busy > busy_limit:
            return True, busy
    after = activity(process.pid)
    return False, after[0] - first[0] if after and first else 0.0


def run_test(program, environment, busy_limit):
    """Runs a cmocka program up to its first failure. Returns (what failed or "", the most seconds
    that it computed in silence)."""
    process = subprocess.Popen([str(program)], cwd=program.parent, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    output, longest, failure = b"", 0.0, ""
    with process, selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        try:
            while not failure:
                hangs, busy = wait_for_output(process, selector, busy_limit)
                if hangs:
                    failure = f"{running(output)} does not end"
                    break
                longest = max(longest, busy)
                some = os.read(process.stdout.fileno(), 65536)
                if not some:
                    break
                output += some
                failure = first_failure(output)
        finally:
            if failure or sys.exc_info()[0]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    if not failure and process.returncode != 0:
        failure = f"{running(output)} ends the program ({process.returncode})"
    return failure, longest


def first_failure(output):
    failed = re.search(rb"\[  FAILED  \] (\w+)", output)
    if failed:
        return failed.group(1).decode()
    # Before cmocka can say so: a report for each of thousands of slots takes its time.
    return f"{running(output)} leaks" if b"ndishost: leak" in output else ""


def running(output):
    names = re.findall(rb"\[ RUN      \] (\w+)", output)
    return names[-1].decode() if names else "the program"


class Build:
    """How the finished build compiles the sources and links the tests."""

    def __init__(self, directory, work):
        self.directory = directory
        self.work = work
        self.environment = dict(os.environ, NDISHOST_VERIFY="on")
        self.compilers = {}
        self.linkers = {}
        self.busy = {}  # seconds that the unchanged test computes in silence
        with open(directory / "compile_commands.json", encoding="utf-8") as file:
            commands = json.load(file)
        for source in SOURCES:
            wanted = [c for c in commands if c["file"] == str(ROOT / source)
                      and "shuttle_driver_native" in c["command"]]
            if len(wanted) != 1:
                raise Trouble(f"{source} is compiled {len(wanted)} times in {directory}")
            self.compilers[source] = shlex.split(wanted[0]["command"])
        for test in sorted({test for tests in TESTS.values() for test in tests}):
            status, output = run(["ninja", "-t", "commands", test], directory)
            if status != 0:
                raise Trouble(f"ninja does not know {test}: {output}")
            last = output.strip().splitlines()[-1].removeprefix(": &&").removesuffix("&& :")
            self.linkers[test] = shlex.split(last)

    def program(self, source, test):
        return self.work / Path(source).stem / test

    def make(self, source, jobs):
        """The tests of one source file, linked with all its mutants: a compiler run for each would
        take most of the time. A variable whose assignment is missing is 0 (the option is reliable at
        -O0 only): the value that is most likely to go unnoticed."""
        folder = self.work / Path(source).stem
        folder.mkdir(parents=True, exist_ok=True)
        text = (ROOT / source).read_text(encoding="utf-8")
        mutants = [(job.number, job.mutant) for job in jobs if job.source == source]
        path = folder / Path(source).name
        path.write_text(CHOICE + f'#line 1 "{source}"\n' + c_mutants.combine(text, mutants, "Mutant"),
                        encoding="utf-8")
        command = list(self.compilers[source])
        command[command.index("-o") + 1] = str(path.with_suffix(".o"))
        command[command.index("-c") + 1] = str(path)
        self.must([*command, "-O0", "-g0", "-w", "-ftrivial-auto-var-init=zero",
                   f"-iquote{(ROOT / source).parent}"])
        for test in TESTS[source]:
            # The object comes before the library that has the unchanged one, which is not used then.
            # Without line numbers: reports that nobody reads would take their time to find them.
            command = list(self.linkers[test])
            at = command.index("-o")
            command[at + 1] = str(self.program(source, test))
            self.must([*command[:at], "-Wl,--strip-debug", str(path.with_suffix(".o")), *command[at:]])

    def must(self, command):
        status, output = run(command, self.directory)
        if status != 0:
            raise Trouble(f"{shlex.join(command)}\n{output}")

    def check_unchanged(self, source):
        """With no mutant alive every test passes; also learns how long a test is silent."""
        for test in TESTS[source]:
            failure, busy = run_test(self.program(source, test), self.environment,
                                     PATIENT_SECONDS)
            if failure:
                raise Trouble(f"{test}: {failure}, with the unchanged {source}")
            self.busy[test] = max(self.busy.get(test, 0.0), busy)

    def try_mutant(self, job, proven):
        environment = dict(self.environment, MUTANT=str(job.number))
        for test in TESTS[job.source]:
            limit = PATIENT_SECONDS if proven else max(BUSY_SECONDS, 6 * self.busy[test])
            failure, _ = run_test(self.program(job.source, test), environment, limit)
            if failure:
                return Result(job, f"{test}: {failure}")
        return Result(job, "")


def read_jobs():
    functions, jobs = [], []
    for source, exclude in SOURCES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        found = c_mutants.read(text, exclude)
        unknown = set(exclude) - {function.name for function in found}
        if unknown:
            raise Trouble(f"{source} has no {', '.join(sorted(unknown))}")
        functions += [(source, function) for function in found if function.name not in exclude]
        mutants = [mutant for function in found for mutant in function.mutants]
        for mutant, key in c_mutants.number_duplicates(mutants):
            jobs.append(Job(source, mutant, key, len(jobs)))
    return functions, jobs


def read_proofs():
    """{key: proof}. A key begins a line, its proof follows in indented lines; # begins a comment."""
    proofs, key = {}, None
    for number, line in enumerate((ROOT / PROOFS).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if not line[0].isspace():
            key = line.strip()
            if key in proofs:
                raise Trouble(f"{PROOFS}:{number}: named twice: {key}")
            proofs[key] = []
        elif key is None:
            raise Trouble(f"{PROOFS}:{number}: a proof of nothing")
        else:
            proofs[key].append(line.strip())
    without = [key for key, proof in proofs.items() if not proof]
    if without:
        raise Trouble(f"{PROOFS}: no proof for {without[0]}")
    return proofs


def print_table(functions, results, equivalent):
    killed = Counter(r.job.mutant.function for r in results if r.killer)
    hung = Counter(r.job.mutant.function for r in results if r.killer.endswith("does not end"))
    proven = Counter(r.job.mutant.function for r in results if r.job.key in equivalent)
    left = Counter(r.job.mutant.function for r in results
                   if not r.killer and r.job.key not in equivalent)
    chosen = {r.job.mutant.function for r in results}
    line = "{:<32}{:>11}{:>10}{:>9}{:>9}{:>12}{:>11}"
    print(line.format("", "statements", "mutants", "killed", "(hang)", "equivalent", "survivors"))
    total = Counter()
    for _, function in functions:
        if function.name not in chosen:
            continue
        row = {"statements": function.statements, "mutants": len(function.mutants),
               "killed": killed[function.name], "hang": hung[function.name],
               "equivalent": proven[function.name], "survivors": left[function.name]}
        total.update(row)
        print(line.format(function.name, *row.values()))
    print(line.format("all", *total.values()))


def judge(results, proofs, complete):
    """Prints what is wrong; returns how many things are."""
    errors = 0
    for result in results:
        job = result.job
        if not result.killer and job.key not in proofs:
            print(f"\nSURVIVOR  {job.source}:{job.mutant.line}  {job.key}\n"
                  f"          instead: {job.mutant.instead or 'nothing'}; MUTANT={job.number} "
                  f"build/mutations/{Path(job.source).stem}/{TESTS[job.source][0]}")
            errors += 1
        if result.killer and job.key in proofs:
            print(f"\nNOT EQUIVALENT  {job.key}\n          {result.killer} fails")
            errors += 1
    if complete:
        for key in proofs.keys() - {result.job.key for result in results}:
            print(f"\nSTALE  {PROOFS}: no such mutant: {key}")
            errors += 1
    return errors


def run_all(build, jobs, proofs, parallel):
    results = []
    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        tries = [pool.submit(build.try_mutant, job, job.key in proofs) for job in jobs]
        for done in concurrent.futures.as_completed(tries):
            results.append(done.result())
            if len(results) % 25 == 0 or len(results) == len(jobs):
                print(f"  {len(results)} of {len(jobs)}", flush=True)
    return results


def arguments():
    parser = argparse.ArgumentParser(description="Mutation check of the NBL reuse code.")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release",
                        help="a finished build (default build/release)")
    parser.add_argument("--parallel", type=int, default=os.cpu_count())
    parser.add_argument("--function", action="append", help="only this one (may be repeated)")
    parser.add_argument("--match", default="", help="only mutants whose key contains this text")
    return parser.parse_args()


def main():
    options = arguments()
    work = ROOT / "build/mutations"
    work.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    try:
        functions, jobs = read_jobs()
        complete = not options.function and not options.match
        jobs = [job for job in jobs if options.match in job.key
                and (not options.function or job.mutant.function in options.function)]
        proofs = read_proofs()
        build = Build(options.build.resolve(), work)
        for source in sorted({job.source for job in jobs}):
            build.make(source, jobs)
            build.check_unchanged(source)
        print(f"mutations: the unchanged driver passes; {len(jobs)} mutants of "
              f"{len({job.mutant.function for job in jobs})} functions", flush=True)
        results = run_all(build, jobs, proofs, options.parallel)
    except (Trouble, c_mutants.CannotParse, OSError) as trouble:
        print(f"mutations: {trouble}", file=sys.stderr)
        return 1
    results.sort(key=lambda result: result.job.number)
    with open(work / "report.txt", "w", encoding="utf-8") as report:
        for result in results:
            report.write(f"{result.job.source}:{result.job.mutant.line}\t{result.job.key}\t"
                         f"{result.killer or 'survived'}\n")
    print_table(functions, results, proofs)
    errors = judge(results, proofs, complete)
    print(f"mutations: {len(results)} mutants in {time.monotonic() - begun:.0f} s, "
          f"{errors} not accounted for; which test kills which: build/mutations/report.txt")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

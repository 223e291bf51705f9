#!/usr/bin/env python3
"""Fuzzes the decoders until each has had its time on a processor, a slice of each in turn; goes on where an earlier run stopped.

Usage: campaign.py --programs DIR --work DIR [--cpu-seconds 3600] [--minutes N] [--jobs 1] [--grow-corpus] [TARGET...]
--minutes ends the run earlier; what each target has had so far is kept in WORK/times.json and printed as a table. Inputs that are
found go to WORK/corpus, those that break a decoder to WORK/found. Exit code 1: something broke.
"""

import argparse
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SLICE_SECONDS = 120
MEMORY_MB = 2048
LONGEST = 4096
LONGEST_OF_FILES = 16384  # decoders of files and parts see more than messages
FILES = {"csv_import", "json_import", "compressed_part"}
# First those that read what strangers send.
FIRST = ["up_frame", "client_message", "http_request", "json_reader", "frames", "http_body", "down_frame", "snapshot_part", "compressed_part"]


def last(pattern, log):
    found = re.findall(pattern, log)
    return int(found[-1]) if found else 0


class Campaign:
    def __init__(self, options):
        self.options = options
        self.times_file = os.path.join(options.work, "times.json")
        self.lock = threading.Lock()
        self.times = {}
        if os.path.exists(self.times_file):
            with open(self.times_file, encoding="utf-8") as file:
                self.times = json.load(file)
        self.deadline = time.monotonic() + options.minutes * 60 if options.minutes else None

    def targets(self):
        built = {os.path.basename(path)[len("fuzz_"):] for path in glob.glob(os.path.join(self.options.programs, "fuzz_*"))
                 if os.access(path, os.X_OK) and os.path.isfile(path)}
        wanted = set(self.options.targets) or built
        missing = wanted - built
        if missing:
            sys.exit(f"campaign.py: not built: {', '.join(sorted(missing))}")
        return [t for t in FIRST if t in wanted] + sorted(wanted - set(FIRST))

    def of(self, target):
        return self.times.setdefault(target, {"cpu": 0.0, "executed": 0, "edges": 0, "inputs": 0, "memory": 0, "broke": 0})

    def left(self, target):
        return self.options.cpu_seconds - self.of(target)["cpu"]

    def fuzz(self, target):
        """One slice; what it took is read from the system, not from the clock."""
        seconds = min(SLICE_SECONDS, int(self.left(target)) + 1)
        if self.deadline:
            seconds = min(seconds, int(self.deadline - time.monotonic()) + 1)
        corpus, found = (os.path.join(self.options.work, name, target) for name in ("corpus", "found"))
        os.makedirs(corpus, exist_ok=True)
        os.makedirs(found, exist_ok=True)
        before = len(os.listdir(found))
        log_path = os.path.join(self.options.work, f"{target}.log")
        with open(log_path, "w", encoding="utf-8") as log:
            program = subprocess.Popen(
                [os.path.join(self.options.programs, f"fuzz_{target}"), f"-max_total_time={seconds}",
                 f"-max_len={LONGEST_OF_FILES if target in FILES else LONGEST}", "-timeout=10", f"-rss_limit_mb={MEMORY_MB}",
                 "-print_final_stats=1", f"-dict={HERE}/words.dict", f"-artifact_prefix={found}/",
                 corpus, os.path.join(HERE, "corpus", target)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=lambda: os.nice(19))
            _, status, usage = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
        with open(log_path, encoding="utf-8", errors="replace") as log:
            said = log.read()
        with self.lock:
            mine = self.of(target)
            mine["cpu"] += usage.ru_utime + usage.ru_stime
            mine["executed"] += last(r"number_of_executed_units: (\d+)", said)
            mine["edges"] = max(mine["edges"], last(r"cov: (\d+)", said))
            mine["inputs"] = last(r"corp: (\d+)", said) or mine["inputs"]
            mine["memory"] = max(mine["memory"], last(r"peak_rss_mb: +(\d+)", said))
            if program.returncode != 0:
                mine["broke"] += 1
                new = len(os.listdir(found)) - before
                print(f"campaign.py: {target} broke (exit {program.returncode}, {new} inputs in {found}, log {log_path})", flush=True)
                os.replace(log_path, os.path.join(self.options.work, f"{target}-broke-{mine['broke']}.log"))
            with open(self.times_file, "w", encoding="utf-8") as file:
                json.dump(self.times, file, indent=1)

    def run(self):
        targets = self.targets()
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            while True:
                # A decoder that breaks is not asked again: the same input would break it again.
                due = [t for t in targets if self.left(t) > 0 and not self.of(t)["broke"]]
                if not due or (self.deadline and time.monotonic() >= self.deadline):
                    break
                list(pool.map(lambda t: None if self.deadline and time.monotonic() >= self.deadline else self.fuzz(t), due))
        return targets

    def grow(self, target):
        """Adds to the repository's inputs the smallest set that reaches more."""
        committed, corpus = os.path.join(HERE, "corpus", target), os.path.join(self.options.work, "corpus", target)
        os.makedirs(committed, exist_ok=True)
        with tempfile.TemporaryFile("w+") as log:
            done = subprocess.run(
                [os.path.join(self.options.programs, f"fuzz_{target}"), "-set_cover_merge=1", "-use_counters=0", "-max_len=1024",
                 committed, corpus], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
                preexec_fn=lambda: os.nice(19))
        if done.returncode != 0:
            print(f"campaign.py: merging {target} failed", flush=True)


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("--programs", required=True)
    reader.add_argument("--work", required=True)
    reader.add_argument("--cpu-seconds", type=float, default=3600)
    reader.add_argument("--minutes", type=float, default=0)
    reader.add_argument("--jobs", type=int, default=1)
    reader.add_argument("--grow-corpus", action="store_true")
    reader.add_argument("targets", nargs="*")
    options = reader.parse_args()
    options.programs, options.work = os.path.abspath(options.programs), os.path.abspath(options.work)
    os.makedirs(options.work, exist_ok=True)
    campaign = Campaign(options)
    targets = campaign.run()
    if options.grow_corpus:
        for target in targets:
            campaign.grow(target)
    print("| target | CPU seconds | executions | edges reached | inputs | largest memory | broke |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for target in targets:
        one = campaign.of(target)
        print(f"| {target} | {one['cpu']:.0f} | {one['executed']} | {one['edges']} | {one['inputs']} | {one['memory']} MB | "
              f"{one['broke']} |")
    broke = sum(campaign.of(target)["broke"] for target in targets)
    total = sum(campaign.of(target)["cpu"] for target in targets)
    print(f"{len(targets)} decoders, {total / 3600:.2f} hours on a processor, {broke} broke")
    return 1 if broke else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The same worlds in the native and the WebAssembly build: equal to the last digest.

Usage: same_digests.py NATIVE/tell_digests WASM/tell_digests.js [SEEDS [STEPS]]. One line per seed, as a test runner prints it.
"""

import re
import subprocess
import sys


def told(line, seeds, steps):
    done = subprocess.run([*line, "1", str(seeds), str(steps), "5"], capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^seed (\d+), (.*; digest \w{16})$", done.stdout, re.MULTILINE))
    if done.returncode != 0 or len(found) != seeds:
        print(done.stdout[-2000:] + done.stderr[-2000:])
    return found


def main():
    native, wasm = sys.argv[1:3]
    seeds, steps = (int(n) for n in (sys.argv[3:] + ["8", "300"][len(sys.argv) - 3:])[:2])
    here = told([native], seeds, steps)
    there = told(["node", "--no-experimental-fetch", wasm], seeds, steps)
    failed = 0
    for seed in map(str, range(1, seeds + 1)):
        same = seed in here and here.get(seed) == there.get(seed)
        failed += not same
        print(f"[       OK ] SameDigests.seed_{seed}" if same else
              f"[  FAILED  ] SameDigests.seed_{seed}: {here.get(seed)} natively, {there.get(seed)} as WebAssembly")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

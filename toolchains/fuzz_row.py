#!/usr/bin/env python3
"""One row of the fuzzers' table from a libFuzzer log: fuzz_row.py TARGET RESULTS."""

import re
import sys


def main():
    target, results = sys.argv[1:]
    with open(f"{results}/fuzz-{target}.log", encoding="utf-8", errors="replace") as file:
        log = file.read()
    with open(f"{results}/fuzz-{target}.outcome", encoding="utf-8") as file:
        ok = "OK" in file.read()

    def last(pattern):
        found = re.findall(pattern, log)
        return found[-1] if found else "?"

    found = re.search(r"(?:SUMMARY|ERROR): .*", log)
    outcome = "clean" if ok else (found.group(0)[:120] if found else "did not end")
    executed, each_second = last(r"number_of_executed_units: (\d+)"), last(r"average_exec_per_sec: +(\d+)")
    reached, inputs, memory = last(r"cov: (\d+)"), last(r"corp: (\d+)"), last(r"peak_rss_mb: +(\d+)")
    print(f"| {target} | {executed} | {each_second} | {reached} | {inputs} | {memory} MB | {outcome} |")


if __name__ == "__main__":
    main()

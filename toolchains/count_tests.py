#!/usr/bin/env python3
"""Counts the tests in a runner's own report: prints "<passed> <failed>", and each failed test on standard error.

A test that was skipped or disabled counts as failed: every test that exists has to run.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree


def count_gtest(paths):
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            bad = any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
            ran = case.get("status") == "run" and case.get("result", "completed") == "completed"
            yield f"{case.get('classname')}.{case.get('name')}", ran and not bad


def count_lines(paths):
    for path in paths:
        with open(path, encoding="utf-8") as log:
            for line in log:
                match = re.match(r"\[( +OK|  FAILED ) \] (\S+)", line)
                if match:
                    yield match.group(2), "OK" in match.group(1)


def count_vitest(paths):
    for path in paths:
        with open(path, encoding="utf-8") as report:
            files = json.load(report)["testResults"]
        for file in files:
            tests = file["assertionResults"]
            for test in tests:
                yield test["fullName"], test["status"] == "passed"
            # A file that fails to load reports no test of its own.
            if file["status"] != "passed" and all(t["status"] == "passed" for t in tests):
                yield file["name"], False


def playwright_specs(suite, prefix):
    title = f"{prefix} > {suite['title']}" if prefix else suite["title"]
    for spec in suite.get("specs", []):
        for test in spec["tests"]:
            yield f"{title} > {spec['title']}", test["status"] == "expected"
    for child in suite.get("suites", []):
        yield from playwright_specs(child, title)


def count_playwright(paths):
    for path in paths:
        with open(path, encoding="utf-8") as report:
            content = json.load(report)
        for suite in content["suites"]:
            yield from playwright_specs(suite, "")
        for error in content.get("errors", []):
            yield "playwright: " + error.get("message", "error").splitlines()[0], False


COUNTERS = {
    "gtest": count_gtest,
    "lines": count_lines,
    "vitest": count_vitest,
    "playwright": count_playwright,
}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in COUNTERS:
        sys.exit(f"usage: count_tests.py {'|'.join(COUNTERS)} REPORT...")
    passed = failed = 0
    for name, ok in COUNTERS[sys.argv[1]](sys.argv[2:]):
        if ok:
            passed += 1
        else:
            failed += 1
            print(f"  failed: {name}", file=sys.stderr)
    print(passed, failed)


if __name__ == "__main__":
    main()

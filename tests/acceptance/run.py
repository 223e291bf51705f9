#!/usr/bin/env python3
"""Acceptance tests: the real binary from outside, as docs and interface promise it. Prints one line per test and a total.

Usage: run.py [NAME-PART...]; SYNCSTORE_BINARY names the binary, SYNCSTORE_ACCEPTANCE_FAST=1 shortens the long runs.
"""

import os
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Lines(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.passed = 0
        self.failed = 0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def name(self, test):
        parts = test.id().split(".")
        return ".".join(parts[-2:])

    def line(self, ok, test):
        took = int((time.monotonic() - getattr(self, "began", time.monotonic())) * 1000)
        self.passed += ok
        self.failed += not ok
        print(f"[       OK ] {self.name(test)} ({took} ms)" if ok else f"[  FAILED  ] {self.name(test)}", flush=True)

    def addSuccess(self, test):
        self.line(True, test)

    def addFailure(self, test, err):
        print(self._exc_info_to_string(err, test)[-4000:])
        self.line(False, test)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            print(f"{subtest}: " + self._exc_info_to_string(err, test)[-3000:])
            self.line(False, test)


def tests(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests(item)
        else:
            yield item


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    found = unittest.TestLoader().discover(here, pattern="test_*.py")
    wanted = sys.argv[1:]
    chosen = unittest.TestSuite(
        test for test in tests(found) if not wanted or any(part in test.id() for part in wanted))
    result = Lines()
    chosen.run(result)
    print(f"{result.passed} passed, {result.failed} failed")
    return 0 if result.failed == 0 and result.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks the tree against the rules it is built by. Each rule is one test, and each is tested on bad examples itself.

Usage: tidy.py [ROOT]; prints one "[       OK ] name" or "[  FAILED  ] name" per test and ends with 1 if one failed.
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bookkeeping  # noqa: E402
import examples  # noqa: E402
import habits  # noqa: E402
import layers  # noqa: E402
from tree import Tree  # noqa: E402

ALL_RULES = [*layers.RULES, *habits.RULES, *bookkeeping.RULES]
FAULTS_SHOWN = 40


def title(rule, suite="Tidy"):
    return f"{suite}." + "".join(word.capitalize() for word in rule.__name__.split("_"))


def write(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def faults_in(rule, files):
    with tempfile.TemporaryDirectory() as root:
        write(root, files)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            shown, sys.stdout = sys.stdout, nowhere
            try:
                return list(rule(Tree(root)))
            finally:
                sys.stdout = shown


def self_test(rule):
    """A rule accepts the good tree and flags each bad example in it, exactly where it is bad."""
    for fault in faults_in(rule, examples.GOOD):
        yield f"the good tree is flagged: {fault}"
    bad = examples.BAD.get(rule.__name__, [])
    if not bad:
        yield "has no bad example"
    for files in bad:
        found = faults_in(rule, {**examples.GOOD, **files})
        if not any(path in fault for fault in found for path in files):
            yield f"not flagged: {str(files)[:200]}"


def run(name, faults):
    found = list(faults)
    for fault in found[:FAULTS_SHOWN]:
        print(f"  {fault}")
    if len(found) > FAULTS_SHOWN:
        print(f"  and {len(found) - FAULTS_SHOWN} more")
    print(f"[  FAILED  ] {name}" if found else f"[       OK ] {name}")
    return not found


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(here)))
    passed = [run(title(rule), rule(tree)) for rule in ALL_RULES]
    passed += [run(title(rule, "TidySelfTest"), self_test(rule)) for rule in ALL_RULES]
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())

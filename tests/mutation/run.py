#!/usr/bin/env python3
"""The test of the tests: builds the product with one fault at a time and looks whether a test says so.

Usage: run.py --build DIR [--per-file N] [--seed N] [--seeds N] [--jobs N] [--only NAME-PART] [--table FILE] [--continue LOG]

DIR is a configured build with core_tests, server_tests and simulation_tests built. Each mutant is one object, linked in front of
the libraries of these programs: the simulator judges all of them, the room's own tests those of core and of the engine. Killed: a test failed, the program died, or it did not come to an end. The last line says how many were
killed; the exit code is 1 when fewer than 95 % were, or a survivor is not explained in survivors.py.
"""

import argparse
import concurrent.futures
import json
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

from hand_made import HAND_MADE  # noqa: E402
from machine_made import choose  # noqa: E402
from survivors import EXPLAINED  # noqa: E402

GOAL = 0.95
CPU_SECONDS = 240  # a program that takes so long does not end: the same tests take a tenth of it


def read(path):
    full = os.path.join(ROOT, path)
    if not os.path.exists(full):
        return None
    with open(full, encoding="utf-8") as file:
        return file.read()


def suites_in(folder):
    """The suites that the files of a folder hold, parametrised ones under the names of their instances."""
    found = set()
    for name in os.listdir(os.path.join(ROOT, folder)):
        if name.endswith(".cpp"):
            text = read(os.path.join(folder, name))
            found.update(re.findall(r"^TEST(?:_F)?\((\w+),", text, re.MULTILINE))
            found.update(f"*/{suite}" for suite in re.findall(r"^TEST_P\((\w+),", text, re.MULTILINE))
    return found


class Builder:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as file:
            self.compile = {os.path.relpath(os.path.realpath(e["file"]), os.path.realpath(ROOT)): e for e in json.load(file)}
        self.link = {name: self.link_line(name) for name in ("core_tests", "server_tests", "simulation_tests")}
        self.engine_suites = ":".join(sorted(f"{suite}.*" for suite in suites_in("tests/server/engine")))

    def link_line(self, target):
        line = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target], capture_output=True, text=True,
                              check=True).stdout.strip().split("\n")[-1]
        line = re.sub(r"^: && | && :$", "", line.split(" && cd ")[0])
        return shlex.split(line)

    def object(self, path, text, folder):
        source = os.path.join(folder, os.path.basename(path))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        entry = self.compile[path]
        words = [w for w in shlex.split(entry["command"]) if w not in ("ccache", "-Werror") and not w.startswith(("-W", "-g"))]
        words = [("-O1" if w == "-O2" else w) for w in words]
        out = os.path.join(folder, "mutant.o")
        words[words.index("-o") + 1] = out
        words[words.index("-c") + 1] = source
        words += ["-w", "-I", os.path.dirname(os.path.join(ROOT, path))]
        done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True)
        return out if done.returncode == 0 else None

    def program(self, target, mutant, folder):
        words = list(self.link[target])
        out = os.path.join(folder, target)
        words[words.index("-o") + 1] = out
        first = next(i for i, w in enumerate(words) if w.endswith(".o"))
        words.insert(first, mutant)
        done = subprocess.run(words, cwd=self.build, capture_output=True)
        return out if done.returncode == 0 else None


def ends_well(program, arguments, environment):
    """Whether every test passed; else the first that did not."""
    def limits():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        code = subprocess.run([program, "--gtest_fail_fast", "--gtest_brief=1", *arguments], stdout=log, stderr=log,
                              env={**os.environ, **environment}, preexec_fn=limits).returncode
        if code == 0:
            return True, ""
        log.seek(0)
        text = log.read()
    promise = re.search(r"^\s*promise .*", text, re.MULTILINE)
    failed = re.search(r"\[  FAILED  \] ([\w./]+)", text)
    if promise:
        return False, promise.group(0).strip()[:90]
    return False, failed.group(1) if failed else f"exit {code}"


def try_mutant(builder, name, path, text, what, seeds):
    with tempfile.TemporaryDirectory() as folder:
        mutant = builder.object(path, text, folder)
        if mutant is None:
            return name, what, "invalid", "does not compile"
        simulation = builder.program("simulation_tests", mutant, folder)
        if simulation is None:
            return name, what, "invalid", "does not link"
        # A few seeds find most; the tests of the core most of the rest.
        few = {"SYNCSTORE_SEED": "1", "SYNCSTORE_SEEDS": "12", "SYNCSTORE_STEPS": "120", "SYNCSTORE_SHRINK": "0"}
        well, by = ends_well(simulation, ["--gtest_filter=SimulationOn.Demand"], few)
        if not well:
            return name, what, "killed", by
        if path.startswith("core/"):
            well, by = ends_well(builder.program("core_tests", mutant, folder), [], {})
        else:
            own = builder.program("server_tests", mutant, folder)
            well, by = ends_well(own, [f"--gtest_filter={builder.engine_suites}"], {})
        if not well:
            return name, what, "killed", by
        many = {"SYNCSTORE_SEED": "13", "SYNCSTORE_SEEDS": str(seeds), "SYNCSTORE_STEPS": "250", "SYNCSTORE_SHRINK": "0"}
        well, by = ends_well(simulation, ["--gtest_filter=SimulationOn.Demand"], many)
        return name, what, "survived" if well else "killed", by


def mutants(arguments):
    for name, path, old, new in HAND_MADE:
        text = read(path)
        if text is None or text.count(old) == 0:
            yield name, path, None, "the place is gone: write the mutant anew"
        else:
            yield name, path, text.replace(old, new, 1), name.replace("_", " ")
    yield from choose(read, arguments.per_file, arguments.seed)


def earlier_rows(path):
    """What an earlier run killed; survivors are tried again."""
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"^killed   (\S+): (.*) \[(.*)\]$", file.read(), re.MULTILINE)
    return {(name, what): by for name, what, by in found}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--per-file", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="")
    parser.add_argument("--table")
    parser.add_argument("--continue", dest="earlier", help="the output of a run that was broken off")
    arguments = parser.parse_args()
    builder = Builder(arguments.build)
    rows = []
    known = earlier_rows(arguments.earlier)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = []
        for name, path, text, what in mutants(arguments):
            if arguments.only not in name:
                continue
            if text is None:
                rows.append((name, what, "stale", ""))
                print(f"stale    {name}: {what}", flush=True)
                continue
            if (name, what) in known:
                rows.append((name, what, "killed", known[name, what]))
                print(f"killed   {name}: {what} [{known[name, what]}]", flush=True)
                continue
            waiting.append(pool.submit(try_mutant, builder, name, path, text, what, arguments.seeds))
        for done in concurrent.futures.as_completed(waiting):
            rows.append(done.result())
            name, what, fate, by = rows[-1]
            print(f"{fate:8} {name}: {what}" + (f" [{by}]" if by else ""), flush=True)
    return report(rows, arguments.table)


def report(rows, table):
    valid = [row for row in rows if row[2] in ("killed", "survived")]
    killed = [row for row in valid if row[2] == "killed"]
    survived = [row for row in valid if row[2] == "survived"]
    stale = [row for row in rows if row[2] == "stale"]
    # A line number moves with every edit: what was changed, in which file, is what an explanation is about.
    equal = [row for row in survived if (row[0].split(":")[0], row[1]) in EXPLAINED]
    if table:
        with open(table, "w", encoding="utf-8") as file:
            file.write("| mutant | change | fate | by or why |\n| --- | --- | --- | --- |\n")
            for name, what, fate, by in sorted(rows):
                why = EXPLAINED.get((name.split(":")[0], what), by)
                file.write(f"| {name} | `{what.replace('|', chr(92) + '|')}` | {fate} | {why} |\n")
    counted = len(valid) - len(equal)
    share = len(killed) / counted if counted else 0.0
    print(f"{len(killed)} of {counted} mutants killed ({100 * share:.1f} %), {len(equal)} change nothing that can be seen, "
          f"{len(survived) - len(equal)} survive, {len(rows) - len(valid) - len(stale)} do not compile, {len(stale)} are stale")
    return 0 if share >= GOAL and not stale else 1


if __name__ == "__main__":
    sys.exit(main())

"""The entry points of toolchains/ from outside: what may be asked of them, and the limits they hold."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLCHAINS = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "toolchains"))


def run(*line):
    return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)


class Toolchain(unittest.TestCase):
    def test_one_command_runs_a_group_or_a_topic_and_unknown_ones_are_refused(self):
        script = os.path.join(TOOLCHAINS, "test.sh")
        told = run("bash", script, "--help")
        self.assertEqual(told.returncode, 0)
        for name in ("core", "server", "acceptance", "e2e", "websocket", "sync", "api"):
            self.assertRegex(told.stdout, rf"\b{name}\b")
        refused = run("bash", script, "--only", "core,weather")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("no group 'weather'", refused.stderr)

    def test_the_deep_groups_are_told_and_numbers_are_numbers(self):
        script = os.path.join(TOOLCHAINS, "deep.sh")
        told = run("bash", script, "--help")
        for name in ("asan", "tsan", "fuzz", "coverage", "power", "kill", "leader", "lighthouse", "package", "dev", "soak"):
            self.assertRegex(told.stdout, rf"(?m)^  {name} ")
        for wrong in (("--minutes", "0"), ("--minutes",), ("--kills", "many"), ("--only", "core"), ("--loud",)):
            self.assertEqual(run("bash", script, *wrong).returncode, 2, wrong)

    def test_the_development_command_and_its_container_agree(self):
        script = os.path.join(TOOLCHAINS, "dev.sh")
        told = run("bash", script, "--help")
        self.assertEqual(told.returncode, 0)
        self.assertEqual(run("bash", script, "--ports", "1").returncode, 2)
        with open(os.path.join(TOOLCHAINS, "packaging", "compose.dev.yaml"), encoding="utf-8") as file:
            compose = file.read()
        command = json.loads(re.search(r"(?m)^    command: (\[.*\])$", compose)[1])
        self.assertTrue(os.access(os.path.join(TOOLCHAINS, "..", command[0]), os.X_OK))
        for option in command[1::2]:
            self.assertRegex(told.stdout, rf"(?m)^  {option} ")
        port = re.search(r"--web-port N .*\(default (\d+)\)", told.stdout)[1]
        self.assertIn(f'"127.0.0.1:{port}:{port}"', compose)

    def test_the_campaigns_are_told_and_refused_when_misspelt(self):
        script = os.path.join(TOOLCHAINS, "campaign.sh")
        told = run("bash", script, "--help")
        self.assertEqual(told.returncode, 0)
        for name in ("worlds", "fuzz", "kills", "chaos", "connections"):
            self.assertRegex(told.stdout, rf"(?m)^  {name} ")
        for wrong in (("--seeds", "0"), ("kills", "--kills"), ("weather",), ("kills", "up_frame"), ("chaos", "--minutes", "long")):
            self.assertEqual(run("bash", script, *wrong).returncode, 2, wrong)

    def test_the_room_for_connections_is_said_alike_everywhere(self):
        def text(*path):
            with open(os.path.join(TOOLCHAINS, "..", *path), encoding="utf-8") as file:
                return file.read()

        limits = text("core", "base", "limits.hpp")
        connections, kept = (int(re.search(rf"{name} = ([\d']+);", limits)[1].replace("'", ""))
                             for name in ("kConnections", "kDescriptorsKept"))
        readme = text("README.md")
        self.assertIn(f"Up to {connections:,} connections", readme)
        self.assertIn(f"keeps {kept} for files, so a hard limit below {connections + kept:,} ", readme)
        self.assertIn(f"\nLimitNOFILE={connections + kept}\n", text("toolchains", "packaging", "syncstore.service"))
        self.assertIn(f"      nofile: {connections + kept}\n", text("toolchains", "packaging", "compose.yaml"))

    def counted(self, suite, failing, runner_exit=1):
        """What is counted of a suite with one good test and these failing ones, and what was said; a name with "broken" fails alone too."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("suites.sh", "count_tests.py"):
                shutil.copy(os.path.join(TOOLCHAINS, name), folder)
            alone = os.path.join(folder, "run_alone.sh")
            with open(alone, "w", encoding="utf-8") as file:
                file.write('#!/bin/sh\necho "$2" >>"$0.log"\ncase "$2" in *broken*) exit 1 ;; esac\n')
            os.chmod(alone, 0o755)
            lines = "".join(f"echo '[  FAILED  ] {name}';" for name in failing)
            script = f"""here={folder} results={folder} alone_suites=server; source "$here/suites.sh"
                run_reported {suite} lines "$results/{suite}.log" sh -c "echo '[       OK ] Good.test';{lines}exit {runner_exit}"
                echo "$total_passed $total_failed"; cat "$here/run_alone.sh.log" 2>/dev/null | wc -l"""
            *told, counts, runs = run("bash", "-c", script).stdout.strip().split("\n")
            return counts, int(runs), "\n".join(told)

    def test_what_failed_once_among_processes_runs_again_alone_and_is_named(self):
        counts, runs, told = self.counted("server", ["Shaky.test"])
        self.assertEqual((counts, runs), ("2 0", 3))
        self.assertIn("unsteady: Shaky.test", told)
        counts, runs, told = self.counted("server", ["Shaky.test", "Broken.broken"])
        self.assertEqual((counts, runs), ("2 1", 4))
        self.assertIn("failed: Broken.broken", told)
        self.assertEqual(self.counted("server", ["A.a", "B.b", "C.c"])[:2], ("1 3", 0))
        self.assertEqual(self.counted("server", ["Shaky.test"], runner_exit=139)[0], "2 1")
        self.assertEqual(self.counted("core", ["Shaky.test"])[:2], ("1 1", 0))

    def judged(self, files):
        """The coverage check over (path, lines, reached): its exit code, its output and its table."""
        with tempfile.TemporaryDirectory() as folder:
            summary, table = os.path.join(folder, "summary.json"), os.path.join(folder, "table.md")
            with open(summary, "w", encoding="utf-8") as file:
                json.dump({"files": [{"filename": path, "line_total": lines, "line_covered": reached,
                                      "branch_total": 10, "branch_covered": 5} for path, lines, reached in files]}, file)
            done = run(sys.executable, os.path.join(TOOLCHAINS, "coverage_rooms.py"), summary, table)
            with open(table, encoding="utf-8") as file:
                return done.returncode, done.stdout, file.read()

    def test_coverage_below_its_limits_fails(self):
        core, server = "core/sync/merge.cpp", "server/features/products/list.cpp"
        code, out, table = self.judged([(core, 1000, 900), (server, 1000, 700)])
        self.assertEqual(code, 0, out)
        self.assertIn("| core/sync | 1000 | 90.0 % | 10 | 50.0 % |", table)
        self.assertIn("| server/features/products | 1000 | 70.0 % |", table)
        self.assertIn("| whole | 2000 | 80.0 % | 20 | 50.0 % |", table)
        for files, failed in (
                ([(core, 1000, 899), (server, 1000, 1000)], "Coverage.core"),
                ([(core, 1000, 950), (server, 1000, 649)], "Coverage.everything"),
                ([(server, 1000, 1000)], "Coverage.core")):
            code, out, _ = self.judged(files)
            self.assertEqual(code, 1, out)
            self.assertIn(f"[  FAILED  ] {failed} ", out)

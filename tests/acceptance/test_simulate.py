"""`syncstore simulate` from outside: the same seed is the same world, wrong questions are usage errors, no data is touched."""

import os
import re
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("SYNCSTORE_BINARY") or "build/release/syncstore"


def simulate(*arguments, folder=None):
    return subprocess.run([os.path.abspath(BINARY), "simulate", *arguments], capture_output=True, text=True, timeout=300, check=False,
                          cwd=folder)


class Simulate(unittest.TestCase):
    def test_the_same_seed_is_the_same_world_and_leaves_no_file(self):
        with tempfile.TemporaryDirectory() as folder:
            first, again = (simulate("--seed", "7", "--steps", "80", "--clients", "3", folder=folder) for _ in range(2))
            self.assertEqual((first.returncode, first.stderr), (0, ""))
            self.assertRegex(first.stdout, r"^seed 7, 80 steps, 3 clients: \d+ edits, .*; digest [0-9a-f]{16}\n$")
            self.assertEqual(first.stdout, again.stdout)
            self.assertEqual(os.listdir(folder), [])

    def test_several_seeds_differ_and_are_counted(self):
        told = simulate("--seed", "20", "--seeds", "3", "--steps", "40", "--clients", "2")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertEqual(len(set(re.findall(r"digest (\w+)", told.stdout))), 3)
        self.assertTrue(told.stdout.endswith("3 of 3 seeds hold\n"), told.stdout)

    def test_worlds_side_by_side_are_told_as_one_after_the_other(self):
        one, four = (simulate("--seed", "30", "--seeds", "6", "--steps", "30", "--clients", "2", "--jobs", jobs) for jobs in ("1", "4"))
        self.assertEqual((one.returncode, one.stderr), (0, ""))
        self.assertEqual(one.stdout, four.stdout)

    def test_faults_are_named(self):
        told = simulate("--steps", "20", "--faults", "cut,crash")
        self.assertEqual(told.returncode, 0, told.stderr)
        refused = simulate("--steps", "20", "--faults", "weather")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("half_open", refused.stderr)
        self.assertEqual(simulate("--clients", "0").returncode, 2)

    def test_a_campaign_counts_seeds_over_its_processes(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "toolchains", "campaign.sh")
        told = subprocess.run(["bash", script, "--seeds", "5", "--first", "40", "--steps", "30", "--clients", "2", "--jobs", "2"],
                              capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, "SYNCSTORE_BINARY": os.path.abspath(BINARY)})
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        self.assertRegex(told.stdout, r"^5 of 5 seeds hold, 150 steps in ")

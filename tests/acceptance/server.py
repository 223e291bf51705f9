"""Starts the real server in a directory of its own and talks to its command line."""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

BINARY = os.environ.get(
    "SYNCSTORE_BINARY",
    os.path.join(os.path.dirname(__file__), "..", "..", "build", "release", "syncstore"),
)
# A sanitizer's shadow multiplies what a program holds.
MEMORY_FACTOR = int(os.environ.get("SYNCSTORE_MEMORY_FACTOR", 1))
START_SECONDS = int(os.environ.get("SYNCSTORE_START_SECONDS", 60))  # instrumented builds take longer


class CommandFailed(AssertionError):
    pass


def command(*arguments, stdin=None, expect=0, data=None):
    """Runs the command line; answers (stdout, stderr) and checks the exit code."""
    line = [BINARY, *arguments] + (["--data", data] if data else [])
    done = subprocess.run(line, input=stdin, capture_output=True, text=True, timeout=120, check=False)
    if expect is not None and done.returncode != expect:
        raise CommandFailed(f"{' '.join(line)}: exit {done.returncode}, expected {expect}\n{done.stderr[-2000:]}")
    return done.stdout, done.stderr


class Server:
    """One server process. `data` is kept over restarts and removed by close()."""

    def __init__(self, *flags, data=None, start=True):
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="syncstore-acceptance-")
        self.flags = flags
        self.process = None
        self.url = None
        self.listening = None
        self.log_path = self.data.rstrip("/") + ".log"
        self.prepare = None  # called in the new process before the server's program
        if start:
            self.start()

    def start(self, *more, port=0):
        log = open(self.log_path, "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", self.data, "--listen", f"127.0.0.1:{port}", "--rate-limit", "0",
             *self.flags, *more],
            stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=self.prepare)
        log.close()
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            code = self.process.poll()
            self.kill()
            raise AssertionError(f"the server did not start: exit {code}\n{self.log()[-3000:]}")
        self.listening = json.loads(line)
        self.url = self.listening["url"]
        return self

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].strip("/"))

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds)
        self.process.stdout.close()
        return code

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) // MEMORY_FACTOR
        return 0

    def command(self, *arguments, stdin=None, expect=0):
        return command(*arguments, stdin=stdin, expect=expect, data=self.data)

    def demo_sign_ins(self):
        with open(os.path.join(self.data, "demo-sign-ins.json"), encoding="utf-8") as file:
            return json.load(file)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
            if os.path.exists(self.log_path):
                os.remove(self.log_path)


PASSWORD = "correct horse 7 staple"


def small_server(*flags):
    """A server with stores `gifts` (GBP) and `games` (USD) and people of every role, without demo data."""
    server = Server(*flags)
    server.command("store", "add", "gifts", "--name", "Gift shop", "--currency", "GBP", "--time-zone", "Europe/London")
    server.command("store", "add", "games", "--name", "Games", "--currency", "USD", "--time-zone", "America/New_York")
    for name, role, store in (("root", "admin", "*"), ("anna", "admin", "gifts"), ("edith", "editor", "gifts"),
                              ("victor", "viewer", "gifts"), ("gina", "editor", "games")):
        server.command("user", "add", name, "--role", role, "--store", store, stdin=PASSWORD + "\n")
    return server


def eventually(check, seconds=60.0, what="condition"):
    """Polls a condition that another process makes true; bounded."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        select.select([], [], [], 0.02)

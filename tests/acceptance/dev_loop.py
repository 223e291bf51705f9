#!/usr/bin/env python3
"""toolchains/dev.sh in a checkout of its own: pages reach the server, a saved file is reloaded, a broken one changes nothing.

Usage: dev_loop.py FOLDER (kept between runs: it holds the checkout and what was built). Prints one line per check like run.py.
"""

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD_SECONDS = 3600
SAY_SECONDS = 600
SOURCE = "server/features/status/status.cpp"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def checkout(folder):
    """What is committed."""
    source = os.path.join(folder, "src")
    if os.path.exists(source):
        subprocess.run(["git", "-C", source, "fetch", "-q", ROOT, "HEAD"], check=True)
        subprocess.run(["git", "-C", source, "checkout", "-q", "--force", "FETCH_HEAD"], check=True)
    else:
        subprocess.run(["git", "clone", "-q", ROOT, source], check=True)
    return source


class Loop:
    def __init__(self, source):
        self.port = free_port()
        self.said = queue.Queue()
        self.process = subprocess.Popen(
            ["toolchains/dev.sh", "--port", "0", "--web-port", str(self.port), "--data", os.path.join(source, "..", "data")],
            cwd=source, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.said.put(line.strip())
        self.said.put(None)

    def until(self, pattern, seconds):
        while True:
            line = self.said.get(timeout=seconds)
            if line is None:
                raise AssertionError("dev.sh ended")
            if re.match(pattern, line):
                return line

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read().decode()

    def sign_in(self, line):
        """As the pages do it: through the pages' own address, with the origin a browser would name."""
        _, name, password, *_ = line.split()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/session", json.dumps({"user": name, "password": password}).encode(),
            {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.port}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["success"]

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


def main():
    failed = 0

    def check(name, ok):
        nonlocal failed
        failed += not ok
        print(f"[{'       OK' if ok else '  FAILED '} ] DevLoop.{name}", flush=True)

    source = checkout(sys.argv[1])
    loop = Loop(source)
    try:
        loop.until("OPEN ", BUILD_SECONDS)
        someone = loop.until("SIGN-IN ", SAY_SECONDS)
        check("pages_are_served_with_hot_reload", "/@vite/client" in loop.get("/"))
        check("pages_reach_the_server", loop.sign_in(someone))

        path = os.path.join(source, SOURCE)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        changed = text.replace(r'R"({"status":"ok"})"', r'R"({"status":"ok","changed":true})"')
        assert changed != text
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)
        loop.until("RELOADED server", SAY_SECONDS)
        check("a_saved_file_is_compiled_and_served", json.loads(loop.get("/health")).get("changed") is True)

        with open(path, "w", encoding="utf-8") as file:
            file.write(changed + "\nthis does not compile\n")
        loop.until("KEPT server", SAY_SECONDS)
        check("what_does_not_compile_changes_nothing", json.loads(loop.get("/health")).get("changed") is True)

        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        loop.until("RELOADED server", SAY_SECONDS)
        check("the_next_saved_file_is_taken_again", "changed" not in json.loads(loop.get("/health")))
        check("people_and_data_are_still_there", loop.sign_in(someone))
    finally:
        code = loop.stop()
    check("ends_in_order", code == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

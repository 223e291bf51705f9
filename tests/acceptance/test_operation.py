"""Operating the server: what it says to a supervisor, its log file, its state, its configuration."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import unittest

from http_client import Client
from server import BINARY, PASSWORD, Server, command, eventually, small_server


class Operation(unittest.TestCase):
    def setUp(self):
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            server.close()

    def started(self, *flags, **more):
        server = Server(*flags, **more)
        self.servers.append(server)
        return server

    def test_a_supervisor_hears_of_readiness_and_of_the_stop(self):
        folder = tempfile.mkdtemp(prefix="syncstore-notify-")
        path = os.path.join(folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
            said.bind(path)
            said.settimeout(30)
            os.environ["NOTIFY_SOCKET"] = path
            try:
                server = self.started()
            finally:
                del os.environ["NOTIFY_SOCKET"]
            self.assertEqual(said.recv(4096), b"READY=1")
            self.assertEqual(server.stop(), 0)
            self.assertEqual(said.recv(4096), b"STOPPING=1")
        os.remove(path)
        os.rmdir(folder)

    def test_the_log_file_is_turned_by_size_and_opened_again_on_a_signal(self):
        folder = tempfile.mkdtemp(prefix="syncstore-log-")
        path = os.path.join(folder, "syncstore.log")
        server = self.started("--log-file", path, "--log-size", "1", "--log-files", "2", "--log", "json")
        nobody = Client(server)
        nobody.get("/health")
        # A line is written after what it tells of was answered.
        def events():
            with open(path, encoding="utf-8") as log:
                return [json.loads(line)["event"] for line in log if line.endswith("\n")]

        eventually(lambda: "request" in events(), what="the line of a request")
        self.assertEqual(events()[0], "listening")
        self.assertNotIn("request", server.log())
        os.rename(path, path + "-moved")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: os.path.exists(path), what="a new log file")
        nobody.get("/health")
        eventually(lambda: os.path.getsize(path) > 0, what="lines in the new file")
        # Each line has the whole address: a few hundred of them fill a megabyte.
        for number in range(450):
            nobody.get(f"/{number:04d}-{'x' * 3000}")
        self.assertEqual(sorted(os.listdir(folder)), ["syncstore.log", "syncstore.log-moved", "syncstore.log.1"])
        for name in ("syncstore.log", "syncstore.log.1"):
            self.assertLessEqual(os.path.getsize(os.path.join(folder, name)), 1_000_000)
        self.assertEqual(server.stop(), 0)
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
        os.rmdir(folder)

    def test_a_log_file_that_cannot_be_is_said_at_once(self):
        with tempfile.TemporaryDirectory() as data:
            _, error = command("serve", "--listen", "127.0.0.1:0", "--log-file", data + "/none/x.log", data=data, expect=2)
            self.assertIn("none/x.log", error)

    def test_status_tells_the_state_and_ends_with_it(self):
        server = small_server()
        self.servers.append(server)
        Client(server, "anna").add_product(title="Counted")
        out, _ = server.command("status", "--json")
        facts = json.loads(out)
        self.assertTrue(facts["healthy"])
        self.assertEqual((facts["server"], facts["alerts"], facts["queue"], facts["writing"]), ("running", [], 0, "ok"))
        self.assertGreaterEqual(facts["uptimeSeconds"], 0)
        self.assertGreater(facts["schema"], 0)
        self.assertGreater(facts["diskFreeBytes"], 0)
        self.assertGreater(facts["memoryBytes"], 1_000_000)
        gifts = next(store for store in facts["stores"] if store["id"] == "gifts")
        self.assertGreaterEqual(gifts["records"], 3)
        self.assertGreater(gifts["sequence"], 0)
        self.assertEqual(facts["backup"]["everyHours"], 24)
        text, _ = server.command("status")
        self.assertIn("healthy true\n", text)
        self.assertIn("store id gifts active true ", text)
        self.assertEqual(server.stop(), 0)
        out, _ = server.command("status", "--json", expect=1)
        self.assertEqual((json.loads(out)["healthy"], json.loads(out)["server"]), (False, "not running"))

    def test_a_wrong_configuration_stops_the_start_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as data:
            path = os.path.join(data, "syncstore.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("# settings\nrate-limit = 50\ncolour = 'blue'\nbackup-keep = 'long'\nbackup-time = '3am'\n")
            _, error = command("serve", "--listen", "127.0.0.1:0", data=data, expect=2)
            self.assertIn("syncstore.toml, line 3: there is no setting \"colour\"", error)
            self.assertIn("syncstore.toml, line 4: \"backup-keep\" takes a number of days, 1 to 3650", error)
            self.assertIn("syncstore.toml, line 5: backup-time is a time of day like 03:00", error)
            _, checked = command("config", "check", data=data, expect=2)
            self.assertEqual(checked, error)
            self.assertEqual(os.listdir(data), ["syncstore.toml"])

    def test_flag_environment_and_file_have_their_order(self):
        with tempfile.TemporaryDirectory() as data:
            path = os.path.join(data, "other.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("rate-limit = 50\nbackup-keep = 7\nlog = 'json'\n")
            environment = {**os.environ, "SYNCSTORE_BACKUP_KEEP": "8", "SYNCSTORE_CONFIG": path}
            done = subprocess.run([BINARY, "config", "print", "--data", data], env=environment, capture_output=True,
                                  text=True, check=True, timeout=60)
            self.assertIn("\nrate-limit = 50\n", done.stdout)
            self.assertIn("# Set by SYNCSTORE_BACKUP_KEEP.\nbackup-keep = 8\n", done.stdout)
            self.assertIn(f"# Set by {path}, line 3: log.\nlog = \"json\"\n", done.stdout)

    def test_a_backup_is_a_database_that_holds_everything(self):
        server = small_server()
        self.servers.append(server)
        Client(server, "anna").add_product(title="Kept for ever")
        path = os.path.join(server.data, "copy.db")
        server.command("backup", path)
        with sqlite3.connect(path) as copy:
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            self.assertEqual(copy.execute("SELECT title FROM products").fetchall(), [("Kept for ever",)])
        copy.close()
        out, _ = server.command("backup", "list", "--json")
        self.assertEqual(json.loads(out), [])
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()

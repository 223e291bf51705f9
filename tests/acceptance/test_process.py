"""What happens to the process while people edit: it is suspended, its clock is set, it has too few descriptors. Nothing acknowledged is lost,
nothing takes effect twice, and the sockets that are open go on."""

import calendar
import os
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from http_client import Client
from server import Server, eventually, small_server
from socket_client import Closed, Follower, JsonSocket, mutate, new_id

WRITERS = 4
SUSPENSIONS = int(os.environ.get("SYNCSTORE_SUSPENSIONS", 3))


class Writer(threading.Thread):
    """Adds one to a counter of its own, over and over; what was not answered goes again under its id on a new socket."""

    def __init__(self, server, bearer, counter, stop):
        super().__init__(daemon=True)
        self.server, self.bearer, self.counter, self.stop = server, bearer, counter, stop
        self.acknowledged = 0
        self.sockets = 0
        self.pending = None
        self.wrong = None

    def run(self):
        try:
            while not self.stop.is_set():
                try:
                    self.live()
                except (OSError, Closed):
                    self.stop.wait(0.1)
        except AssertionError as wrong:
            self.wrong = wrong

    def live(self):
        connection = JsonSocket(self.server, token=self.bearer, timeout=60)
        connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
        self.sockets += 1
        while not self.stop.is_set() or self.pending:
            self.pending = self.pending or {"id": new_id(), "ops": [
                {"op": "add", "dataType": "products", "id": self.counter, "field": "inventory", "amount": 1}]}
            receipt = mutate(connection, "gifts", self.pending)
            assert receipt["type"] == "receipt", receipt
            assert receipt["data"][0]["ops"][0]["status"] == "applied", receipt
            self.pending = None
            self.acknowledged += 1
            self.stop.wait(0.1)
        connection.close()


class UnderLoad(unittest.TestCase):
    def load(self, server):
        self.server, self.stop = server, threading.Event()
        self.anna = Client(server, "anna")
        self.bearer = server.command("token", "create", "--user", "edith")[0].strip()
        self.writers = [Writer(server, self.bearer, self.anna.add_product(title=f"Counter {i}", inventory=0)["id"], self.stop)
                        for i in range(WRITERS)]
        for writer in self.writers:
            writer.start()
        self.progress()

    def progress(self, edits=5):
        """Every writer gets on from here."""
        goals = [writer.acknowledged + edits for writer in self.writers]
        eventually(lambda: any(w.wrong for w in self.writers) or all(w.acknowledged >= g for w, g in zip(self.writers, goals)),
                   60, "everybody's edits are acknowledged")

    def settle(self):
        """Every edit counted once, the file and its log are whole."""
        self.stop.set()
        for writer in self.writers:
            writer.join(60)
            self.assertIsNone(writer.wrong)
            stored = self.anna.get(f"/api/products/{writer.counter}?storeId=gifts").json["data"]["inventory"]
            self.assertEqual(stored, writer.acknowledged + (1 if writer.pending else 0), "each edit once")
        self.server.command("verify")
        return sum(writer.acknowledged for writer in self.writers)


class Suspended(UnderLoad):
    def test_a_suspended_server_goes_on_where_it_was(self):
        server = small_server()
        try:
            self.load(server)
            for _ in range(SUSPENSIONS):
                server.process.send_signal(signal.SIGSTOP)
                self.stop.wait(0.7)  # the fault itself, not a wait for something
                server.process.send_signal(signal.SIGCONT)
                self.progress()
            edits = self.settle()
            self.assertEqual([writer.sockets for writer in self.writers], [1] * WRITERS, "nobody was cut off")
            print(f"figures: {SUSPENSIONS} suspensions, {edits} edits acknowledged, 0 lost, 0 doubled", flush=True)
        finally:
            server.process.send_signal(signal.SIGCONT)
            server.close()


class Clock(UnderLoad):
    """The wall clock of the server alone, set by a library that is loaded before the others."""

    HOUR = 3600

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="syncstore-clock-")
        self.shift_file = os.path.join(self.folder, "shift")
        self.set_clock(0)
        library = os.path.join(self.folder, "clock_shim.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock_shim.c")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        # A sanitizer wants to be the first library, else to be told that it is not.
        added = {"LD_PRELOAD": library, "CLOCK_SHIM": self.shift_file,
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        before = {name: os.environ.get(name) for name in added}
        os.environ.update(added)
        try:
            self.server = small_server()
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    def tearDown(self):
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def set_clock(self, seconds):
        # In place: the server has the file mapped, a shorter one would be its end.
        file = os.open(self.shift_file, os.O_RDWR | os.O_CREAT)
        os.pwrite(file, struct.pack("<q", seconds), 0)
        os.close(file)

    def server_time(self):
        date = self.anna.get("/health").headers["date"]
        return calendar.timegm(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT"))

    def test_a_clock_that_is_set_back_and_forth_loses_and_orders_nothing_wrongly(self):
        self.load(self.server)
        follower = Follower(JsonSocket(self.server, token=self.bearer), "gifts")
        sequence = follower.head
        for shift in (2 * self.HOUR, -3 * self.HOUR, 48 * self.HOUR, -72 * self.HOUR, 0):
            self.set_clock(shift)
            eventually(lambda at=shift: abs(self.server_time() - time.time() - at) < self.HOUR / 2, 60, "the server's clock is set")
            self.progress()
            follower.until(lambda f, before=sequence: f.head > before, "changes after the clock was set")
            self.assertGreater(follower.head, sequence)
            sequence = follower.head
        edits = self.settle()
        self.assertEqual([writer.sockets for writer in self.writers], [1] * WRITERS, "nobody was cut off")
        print(f"figures: 5 jumps of the clock, {edits} edits acknowledged, 0 lost, 0 doubled", flush=True)


class Descriptors(unittest.TestCase):
    """Of 256 descriptors half are kept for files: 128 connections, and who comes then is told so."""

    LIMIT = 256
    TOO_MANY = 32

    def test_a_server_with_few_descriptors_serves_whom_it_can(self):
        server, limited = small_server(), None
        try:
            bearer = server.command("token", "create", "--user", "edith")[0].strip()
            product = Client(server, "anna").add_product(title="Mug", inventory=0)
            server.stop()
            limited = Server(data=server.data, start=False)
            limited.prepare = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (self.LIMIT, self.LIMIT))
            limited.start()
            held = []
            turned_away = 0
            for _ in range(self.LIMIT // 2 + self.TOO_MANY):
                try:
                    connection = JsonSocket(limited, token=bearer)
                except (OSError, AssertionError, Closed):
                    turned_away += 1
                    continue
                if connection.status == 101:
                    held.append(connection)
                else:
                    connection.socket.close()
                    turned_away += 1
            self.assertEqual(len(held), self.LIMIT // 2)
            self.assertEqual(turned_away, self.TOO_MANY)
            # Whoever is in edits and is told of edits.
            author, reader = held[0], Follower(held[1], "gifts")
            author.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
            for _ in range(20):
                receipt = mutate(author, "gifts", {"id": new_id(), "ops": [
                    {"op": "add", "dataType": "products", "id": product["id"], "field": "inventory", "amount": 1}]})
                self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied")
            reader.until(lambda f: f.records["products"][product["id"]]["inventory"] == 20)
            for connection in held:
                connection.close()
            eventually(lambda: self.answers(limited), 60, "there is room again")
            limited.command("verify")
        finally:
            if limited:
                limited.close()
            server.close()

    def answers(self, server):
        try:
            return Client(server).get("/health").status == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()

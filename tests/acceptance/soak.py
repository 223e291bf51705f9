#!/usr/bin/env python3
"""Soak: people edit over sockets and HTTP, come, go and break off, for as long as asked. Afterwards every edit counts once,
every follower has the store's state, and memory, file descriptors and files are as they should be.

Usage: soak.py [--minutes N] [--table FILE]; SYNCSTORE_BINARY names the binary. Prints one line per check like run.py.
"""

import argparse
import hashlib
import http.client
import json
import os
import random
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from http_client import Client  # noqa: E402
from server import eventually, small_server  # noqa: E402
from socket_client import Closed, Follower, JsonSocket, mutate, new_id  # noqa: E402

PRODUCTS = 200
SOCKET_WRITERS = 3
HTTP_WRITERS = 2
FOLLOWERS = 4
SAMPLE_SECONDS = 5
# Once warm, memory may move by what the allocator keeps; an hour of growth at this rate would be 15 MiB.
RSS_KIB_PER_MINUTE = 256
# Until their bounds are reached, every edit is remembered: its receipt, its change set, its pages in SQLite's cache.
REMEMBERED_EDITS = 200_000
REMEMBERED_KIB = 0.8
# So are the answers to keyed requests: their texts, six strings and two nodes each.
REMEMBERED_ANSWERS = 50_000
ANSWER_KIB = 1.8
WAL_BYTES = 64 * 1024 * 1024
LOG_BYTES_PER_CONTACT = 600  # of a connection, a message or a request


class Worker(threading.Thread):
    """Does `turn` until told to stop; an error that the turn does not expect fails the run."""

    def __init__(self, soak, seed):
        super().__init__(daemon=True)
        self.soak = soak
        self.chance = random.Random(seed)
        self.error = None
        self.contacts = 0

    def run(self):
        try:
            while not self.soak.stop.is_set():
                self.turn()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
            self.soak.stop.set()

    def pause(self, seconds):
        self.soak.stop.wait(seconds)


class SocketWriter(Worker):
    """Adds to a counter of its own; breaks off before the receipt now and then and sends the same edits again."""

    def __init__(self, soak, seed):
        super().__init__(soak, seed)
        self.counter = soak.admin.add_product(title=f"Socket counter {seed}", inventory=0)["id"]
        self.acknowledged = 0
        self.pending = []

    def edits(self):
        return [{"id": new_id(), "ops": [{"op": "add", "dataType": "products", "id": self.counter,
                                          "field": "inventory", "amount": 1}]} for _ in range(5)]

    def turn(self):
        connection = JsonSocket(self.soak.server, token=self.soak.token, timeout=60)
        connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
        for _ in range(self.chance.randint(1, 120)):
            if self.soak.stop.is_set():
                break
            self.pending = self.pending or self.edits()
            self.contacts += 1
            if self.chance.random() < 0.03:
                connection.send("mutate", {"mutations": self.pending}, storeId="gifts")
                break
            self.acknowledge(mutate(connection, "gifts", *self.pending))
            self.pause(self.chance.uniform(0.06, 0.2))
        connection.close()

    def acknowledge(self, receipt):
        assert receipt["type"] == "receipt", receipt
        for entry in receipt["data"]:
            assert entry["ops"][0]["status"] == "applied", receipt
        self.acknowledged += len(receipt["data"])
        answered = {entry["id"] for entry in receipt["data"]}
        self.pending = [edit for edit in self.pending if edit["id"] not in answered]

    def finish(self):
        if self.pending:
            connection = JsonSocket(self.soak.server, token=self.soak.token, timeout=60)
            connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
            while self.pending:
                self.acknowledge(mutate(connection, "gifts", *self.pending))
            connection.close()


class HttpWriter(Worker):
    """Adds to a counter over HTTP under idempotency keys, breaking off before answers; edits, makes and removes products."""

    def __init__(self, soak, seed):
        super().__init__(soak, seed)
        self.client = Client(soak.server, "edith")
        self.counter = soak.admin.add_product(title=f"HTTP counter {seed}", inventory=0)["id"]
        self.acknowledged = 0
        self.keys = 0
        self.key = None
        self.made = []

    def new_key(self):
        self.keys += 1
        return new_id()

    def adjust(self):
        self.key = self.key or self.new_key()
        answer = self.client.post(f"/api/products/{self.counter}/adjust?storeId=gifts", {"amount": 1},
                                  headers={"Idempotency-Key": self.key})
        if answer.status == 409 and answer.code == "in_progress":
            return
        assert answer.status == 200, answer
        self.acknowledged += 1
        self.key = None

    def adjust_and_break_off(self):
        self.key = self.key or self.new_key()
        connection = http.client.HTTPConnection("127.0.0.1", self.soak.server.port, timeout=60)
        connection.request("POST", f"/api/products/{self.counter}/adjust?storeId=gifts", json.dumps({"amount": 1}),
                           {"Idempotency-Key": self.key, "Content-Type": "application/json", "Cookie": self.client.cookie,
                            "X-CSRF-Token": self.client.csrf})
        connection.close()

    def edit(self):
        path = f"/api/products/{self.chance.choice(self.soak.products)}?storeId=gifts"
        fields = self.chance.choice([
            {"title": f"Title {self.chance.randrange(10**6)}"}, {"price": f"{self.chance.randrange(1, 10**5)}.5"},
            {"description": "<p>" + "word " * self.chance.randrange(200) + "</p>"}])
        answer = self.client.put(path, fields)
        assert answer.status == 200, answer

    def come_and_go(self):
        self.made.append(self.client.add_product(title=f"Guest {self.chance.randrange(10**6)}")["id"])
        if len(self.made) > 20:
            answer = self.client.delete(f"/api/products/{self.made.pop(0)}?storeId=gifts")
            assert answer.status == 204, answer

    def read(self):
        answer = self.client.get(f"/api/products?storeId=gifts&size=50&page={self.chance.randint(1, 4)}&sort=-price")
        assert answer.status == 200, answer

    def turn(self):
        self.contacts += 1
        kind = self.chance.random()
        if kind < 0.3:
            self.adjust()
        elif kind < 0.35:
            self.adjust_and_break_off()
        elif kind < 0.7:
            self.edit()
        elif kind < 0.8:
            self.come_and_go()
        else:
            self.read()
        self.pause(self.chance.uniform(0.02, 0.15))

    def finish(self):
        while self.key:
            self.adjust()


class Reader(Worker):
    """Follows all products; goes away for a while and comes back with what it has."""

    def __init__(self, soak, seed):
        super().__init__(soak, seed)
        self.follower = None
        self.returns = 0

    def connect(self):
        connection = JsonSocket(self.soak.server, token=self.soak.token, timeout=60)
        self.contacts += 1
        since = records = None
        if self.follower:
            since = {"epoch": self.follower.epoch, "sequenceNumber": self.follower.head}
            records = self.follower.records
            self.returns += 1
        self.follower = Follower(connection, "gifts", since=since, records=records)

    def turn(self):
        if not self.follower or self.chance.random() < 0.3:
            if self.follower:
                self.follower.connection.close()
                self.pause(self.chance.uniform(0, 5))
            self.connect()
        end = time.monotonic() + self.chance.uniform(1, 20)
        while time.monotonic() < end and not self.soak.stop.is_set():
            self.follower.step()

    def until_marker(self, marker):
        if not self.follower:
            self.connect()
        self.follower.until(lambda f: f.records["products"].get(self.soak.products[0], {}).get("title") == marker)
        self.follower.connection.close()
        return self.follower.records["products"]


class Passer(Worker):
    """Connections that lead nowhere: cut in the handshake, in a frame, reset, silent."""

    def turn(self):
        self.contacts += 1
        kind = self.chance.randrange(5)
        if kind < 3:
            raw = socket.create_connection(("127.0.0.1", self.soak.server.port), timeout=60)
            raw.sendall([b"", b"GET /api/products HTTP/1.1\r\nHost: 127.0", b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         b"Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"][kind])
            self.cut(raw)
        else:
            connection = JsonSocket(self.soak.server, token=self.soak.token if kind == 4 else None, timeout=60)
            if kind == 4:
                connection.send("selectStore", {"dataTypes": ["products"]}, storeId="gifts")
            self.cut(connection.socket)
        self.pause(self.chance.uniform(0.05, 0.5))

    def cut(self, raw):
        if self.chance.random() < 0.5:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()


def digest(records):
    text = json.dumps({key: {name: value for name, value in record.items() if value is not None}
                       for key, record in records.items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def slope_per_minute(samples, key):
    """Least squares over the second half: the first belongs to warming up."""
    half = samples[len(samples) // 2:]
    if len(half) < 2:
        return 0.0
    times = [s["at"] / 60 for s in half]
    values = [s[key] for s in half]
    mean_time, mean_value = sum(times) / len(half), sum(values) / len(half)
    spread = sum((t - mean_time) ** 2 for t in times)
    return sum((t - mean_time) * (v - mean_value) for t, v in zip(times, values)) / spread if spread else 0.0


class Soak:
    def __init__(self, minutes):
        self.minutes = minutes
        self.stop = threading.Event()
        self.server = small_server()
        self.admin = Client(self.server, "anna")
        self.token = self.server.command("token", "create", "--user", "edith")[0].strip()
        self.products = [self.admin.add_product(title=f"Product {i}", price=str(i + 1), inventory=i)["id"]
                         for i in range(PRODUCTS)]
        self.samples = []
        self.passed = self.failed = 0

    def files(self):
        sizes = {}
        for folder, _, names in os.walk(self.server.data):
            for name in names:
                try:
                    sizes[name] = sizes.get(name, 0) + os.path.getsize(os.path.join(folder, name))
                except FileNotFoundError:
                    pass
        return sizes

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

    def sample(self, writers):
        sizes = self.files()
        self.samples.append({
            "at": time.monotonic() - self.began, "rss": self.server.memory_kb(), "descriptors": self.descriptors(),
            "wal": sum(size for name, size in sizes.items() if name.endswith("-wal")),
            "data": sum(sizes.values()), "log": os.path.getsize(self.server.log_path),
            "acknowledged": sum(w.acknowledged for w in writers),
            "keys": sum(w.keys for w in writers if isinstance(w, HttpWriter))})

    def check(self, name, ok, told):
        self.passed += ok
        self.failed += not ok
        print(f"[       OK ] Soak.{name} ({told})" if ok else f"[  FAILED  ] Soak.{name} ({told})", flush=True)

    def run(self):
        idle_descriptors = self.descriptors()
        writers = [SocketWriter(self, i) for i in range(SOCKET_WRITERS)]
        writers += [HttpWriter(self, SOCKET_WRITERS + i) for i in range(HTTP_WRITERS)]
        readers = [Reader(self, 100 + i) for i in range(FOLLOWERS)]
        workers = writers + readers + [Passer(self, 200)]
        self.began = time.monotonic()
        for worker in workers:
            worker.start()
        while not self.stop.wait(SAMPLE_SECONDS) and time.monotonic() - self.began < self.minutes * 60:
            self.sample(writers)
        self.stop.set()
        self.wake(readers)
        for worker in workers:
            worker.join(120)
        errors = [f"{type(w).__name__}: {w.error!r}" for w in workers if w.error] + \
                 [f"{type(w).__name__} hangs" for w in workers if w.is_alive()]
        self.check("everybody_got_through", not errors, "; ".join(errors)[:2000] or f"{len(workers)} workers")
        if not errors:
            self.finish(writers, readers, workers, idle_descriptors)
        return self

    def wake(self, readers):
        """A follower that waits for news notices the end with the next of them; writers may all have stopped by now."""
        for turn in range(60):
            if not any(reader.is_alive() for reader in readers):
                return
            self.admin.put(f"/api/products/{self.products[0]}?storeId=gifts", {"title": f"The end {turn}"})
            for reader in readers:
                reader.join(0.5)

    def finish(self, writers, readers, workers, idle_descriptors):
        for writer in writers:
            writer.finish()
        stored = [self.admin.get(f"/api/products/{w.counter}?storeId=gifts").json["data"]["inventory"] for w in writers]
        off = [now - w.acknowledged for now, w in zip(stored, writers)]
        self.acknowledged = sum(w.acknowledged for w in writers)
        self.lost, self.doubled = -sum(d for d in off if d < 0), sum(d for d in off if d > 0)
        self.check("every_edit_counts_once", off == [0] * len(off),
                   f"{self.acknowledged} acknowledged, {self.lost} lost, {self.doubled} doubled")
        self.check_states(readers)
        eventually(lambda: self.descriptors() <= idle_descriptors, 90, "descriptors are given back")
        self.check("descriptors_are_given_back", True, f"{idle_descriptors} before, {self.descriptors()} after")
        self.check_sizes(workers)
        out, _ = self.server.command("verify")
        self.check("files_are_whole", "wrong" not in out.lower(), out.strip().replace("\n", "; ")[:200])
        self.check_restart()

    def check_states(self, readers):
        marker = f"Marker {new_id()}"
        answer = self.admin.put(f"/api/products/{self.products[0]}?storeId=gifts", {"title": marker})
        assert answer.status == 200, answer
        wanted = {r["id"]: r for r in self.admin.snapshot("gifts", "products")["data"]}
        fresh = Follower(JsonSocket(self.server, token=self.token, timeout=60), "gifts")
        fresh.connection.close()
        # A follower is told what changed; a snapshot also tells store and time.
        told = {name for record in fresh.records["products"].values() for name in record}
        self.wanted = digest({key: {n: v for n, v in record.items() if n in told} for key, record in wanted.items()})
        states = [digest(reader.until_marker(marker)) for reader in readers] + [digest(fresh.records["products"])]
        self.check("every_follower_has_the_same_state", set(states) == {self.wanted},
                   f"{len(readers)} followers, {sum(r.returns for r in readers)} returns, {len(wanted)} products")
        self.told = told

    @staticmethod
    def remembered_kib(sample):
        return (min(sample["acknowledged"], REMEMBERED_EDITS) * REMEMBERED_KIB
                + min(sample["keys"], REMEMBERED_ANSWERS) * ANSWER_KIB)

    def check_sizes(self, workers):
        self.slope = slope_per_minute(self.samples, "rss")
        remembered = slope_per_minute([{**s, "kib": self.remembered_kib(s)} for s in self.samples], "kib")
        self.check("memory_grows_by_what_is_remembered_only", self.slope <= remembered + RSS_KIB_PER_MINUTE,
                   f"{self.slope:.0f} KiB a minute in the second half, {remembered:.0f} of them remembered edits and answers at most")
        largest = max(s["wal"] for s in self.samples)
        self.check("write_ahead_log_is_bounded", largest <= WAL_BYTES, f"at most {largest // 1024} KiB")
        contacts = sum(w.contacts for w in workers)
        log = self.samples[-1]["log"]
        self.check("program_log_is_bounded", log <= LOG_BYTES_PER_CONTACT * contacts,
                   f"{log // 1024} KiB, {contacts} messages, requests and connections")

    def check_restart(self):
        code = self.server.stop()
        self.check("ends_in_order", code == 0, f"exit {code}")
        self.server.start()
        after = {r["id"]: {n: v for n, v in r.items() if n in self.told}
                 for r in self.admin.snapshot("gifts", "products")["data"]}
        self.check("state_survives_a_restart", digest(after) == self.wanted, f"{len(after)} products")

    def figures(self):
        first, last = self.samples[0], self.samples[-1]
        return (f"{last['at'] / 60:.1f} minutes, {self.acknowledged} edits acknowledged, {self.lost} lost, {self.doubled} doubled, "
                f"RSS {first['rss'] // 1024} MiB at the start, {last['rss'] // 1024} MiB at the end "
                f"({self.slope:.0f} KiB a minute in the second half), "
                f"descriptors at most {max(s['descriptors'] for s in self.samples)}")

    def table(self):
        rows = ["| minute | acknowledged | RSS MiB | descriptors | WAL KiB | data KiB | log KiB |",
                "| --- | --- | --- | --- | --- | --- | --- |"]
        step = max(1, len(self.samples) // 12)
        for s in self.samples[::step]:
            rows.append(f"| {s['at'] / 60:.1f} | {s['acknowledged']} | {s['rss'] / 1024:.1f} | {s['descriptors']} "
                        f"| {s['wal'] // 1024} | {s['data'] // 1024} | {s['log'] // 1024} |")
        return "\n".join(rows) + "\n\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--table")
    arguments = parser.parse_args()
    soak = Soak(arguments.minutes)
    try:
        soak.run()
        if hasattr(soak, "slope"):
            print("figures: " + soak.figures())
        if arguments.table:
            with open(arguments.table, "w", encoding="utf-8") as file:
                file.write(soak.table())
    except (Closed, AssertionError, OSError) as error:
        soak.check("runs_to_its_end", False, repr(error)[:2000])
    finally:
        soak.server.close()
    print(f"{soak.passed} passed, {soak.failed} failed")
    return 0 if soak.failed == 0 and soak.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

"""What an operator's worst days bring: a disk that fills up, a restore, a restart under a hundred clients, an old data
directory. Counted from outside."""

import gzip
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from http_client import Client
from server import BINARY, PASSWORD, Server, eventually, small_server
from socket_client import Closed, Follower, JsonSocket, mutate, new_id, set_op


def token(server, user="edith"):
    return server.command("token", "create", "--user", user)[0].strip()


def add_op(product, amount=1):
    return {"op": "add", "dataType": "products", "id": product, "field": "inventory", "amount": amount}


class FullDisk(unittest.TestCase):
    """Read-only while it lasts: reading and sockets live, edits are refused in words, everybody is told, no restart."""

    def test_a_file_system_without_space(self):
        mount = tempfile.mkdtemp(prefix="syncstore-full-")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount], capture_output=True, check=False)
        if mounted.returncode != 0:
            # Without the right to mount the limit of the other test stands for it.
            os.rmdir(mount)
            return self.test_a_limit_on_the_size_of_files()
        server = Server(data=os.path.join(mount, "data"), start=False)
        ballast = os.path.join(mount, "ballast")
        try:
            os.makedirs(server.data)
            # The log shares the fate of the data, and must not be the end of anything.
            server.log_path = os.path.join(mount, "syncstore.log")
            server.start()
            self.fill_and_recover(server, lambda: self.fill(ballast), lambda: os.remove(ballast))
        finally:
            server.close()
            subprocess.run(["umount", mount], check=False)
            os.rmdir(mount)

    def fill(self, path):
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def test_a_limit_on_the_size_of_files(self):
        """A quota without root: a write that does not fit fails as on a disk that is full."""
        server = Server()
        pid = server.process.pid
        largest = max(os.path.getsize(os.path.join(server.data, name)) for name in os.listdir(server.data))
        unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        try:
            self.fill_and_recover(
                server,
                lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 2_000_000, unlimited[1])),
                lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited))
        finally:
            server.close()

    def fill_and_recover(self, server, fill, make_room):
        server.command("store", "add", "gifts", "--name", "G", "--currency", "GBP", "--time-zone", "Europe/London")
        server.command("user", "add", "anna", "--role", "admin", "--store", "*", stdin=PASSWORD + "\n")
        anna, bearer = Client(server, "anna"), token(server, "anna")
        kept = anna.add_product(title="Before", inventory=10)
        reader, author = JsonSocket(server, token=bearer), JsonSocket(server, token=bearer)
        follower, _ = Follower(reader, "gifts"), Follower(author, "gifts")
        fill()
        made = self.write_until_refused(anna)
        self.check_read_only(server, anna, kept, follower)
        pending = {"id": new_id(), "ops": [add_op(kept["id"], -3)]}
        refused = mutate(author, "gifts", pending)
        self.assertEqual((refused["type"], refused["data"]["code"]), ("error", "retry"))
        self.assertIn("disk is full", refused["data"]["message"])

        make_room()
        eventually(lambda: anna.get("/ready").json["checks"]["writing"] == "ok", 30, "writing goes on by itself")
        self.assertEqual(self.told(follower)["status"], "connected")
        receipt = mutate(author, "gifts", pending)
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied", "the edit that waited, on the same socket")
        follower.until(lambda f: f.records["products"][kept["id"]]["inventory"] == 7)
        self.assertIn("syncstore_read_only 0\n", anna.get("/metrics").body.decode())
        self.assertEqual(anna.post("/api/products?storeId=gifts", {"title": "After"}).status, 201)
        total = anna.get("/api/products?storeId=gifts").json["page"]["total"]
        self.assertEqual(total, 2 + made)
        server.kill()
        server.start()
        anna = Client(server, "anna")
        self.assertEqual(anna.get("/api/products?storeId=gifts").json["page"]["total"], total)
        self.assertEqual(anna.get(f"/api/products/{kept['id']}?storeId=gifts").json["data"]["inventory"], 7)
        server.command("verify")

    def write_until_refused(self, anna):
        for i in range(400):
            answer = anna.post("/api/products?storeId=gifts", {"title": f"P{i}", "description": "x" * 60000})
            if answer.status != 201:
                break
        self.assertEqual((answer.status, answer.code), (503, "storage_full"), answer)
        self.assertIn("retry-after", answer.headers)
        self.assertIn("Free some space", answer.json["detail"])
        return i

    def told(self, follower):
        while True:
            message = follower.step()
            if message["type"] == "connection_status":
                return message["data"]

    def check_read_only(self, server, anna, kept, follower):
        self.assertEqual(anna.get(f"/api/products/{kept['id']}?storeId=gifts").status, 200, "reading goes on")
        self.assertEqual(anna.get("/api/products?storeId=gifts&sort=title").status, 200)
        ready = anna.get("/ready")
        self.assertEqual(ready.status, 503)
        self.assertIn("disk is full", ready.json["checks"]["writing"])
        self.assertEqual(anna.get("/health").status, 200)
        self.assertIn("syncstore_read_only 1\n", anna.get("/metrics").body.decode())
        self.assertEqual(anna.get("/api/status").json["data"]["readOnly"]["code"], "storage_full")
        told = self.told(follower)
        self.assertEqual(told["status"], "degraded")
        self.assertGreater(told["retryAfterMs"], 0)
        out, _ = server.command("status", expect=None)
        self.assertIn("disk is full", out)


class Restore(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="syncstore-restore-")
        self.server = small_server()

    def tearDown(self):
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def test_a_backup_under_load_verifies_and_restores_with_a_new_epoch(self):
        anna, bearer = Client(self.server, "anna"), token(self.server)
        products = [anna.add_product(title=f"Thing {i}", inventory=0)["id"] for i in range(20)]
        backup = os.path.join(self.folder, "backup.db")
        acked, stop = [], threading.Event()
        writer = threading.Thread(target=self.write, args=(bearer, products, acked, stop))
        writer.start()
        try:
            eventually(lambda: len(acked) > 50, 60, "load")
            self.server.command("backup", backup)
            before_load_ended = len(acked)
            eventually(lambda: len(acked) > before_load_ended, 60, "writing goes on during a backup")
        finally:
            stop.set()
            writer.join(60)
        old = JsonSocket(self.server, token=bearer)
        follower = Follower(old, "gifts")
        since = {"epoch": follower.epoch, "sequenceNumber": follower.head}

        _, error = self.server.command("restore", backup, expect=3)
        self.assertIn("Stop it first", error)
        self.assertEqual(anna.get("/health").status, 200, "a live directory is left alone")
        self.server.stop()
        out, _ = self.server.command("restore", backup, "--json")
        replaced = json.loads(out)["replaced"]
        self.assertTrue(os.path.exists(os.path.join(replaced, "syncstore.db")), "what was there is kept beside it")
        self.server.command("verify")
        self.server.start()

        # A client that comes with what it knew gets a snapshot, and its queued edit is taken.
        again = JsonSocket(self.server, token=bearer)
        resumed = Follower(again, "gifts", since=since, records=follower.records)
        self.assertEqual(resumed.switch["data"]["mode"], "snapshot")
        self.assertNotEqual(resumed.epoch, since["epoch"])
        queued = {"id": new_id(), "ops": [set_op(products[0], "title", "Thing 0", "Edited offline")]}
        self.assertEqual(mutate(again, "gifts", queued)["data"][0]["ops"][0]["status"], "applied")
        resumed.until(lambda f: f.records["products"][products[0]]["title"] == "Edited offline")
        anna = Client(self.server, "anna")
        polled = anna.get(f"/api/sync/changes?storeId=gifts&since={since['sequenceNumber']}&epoch={since['epoch']}")
        self.assertEqual((polled.status, polled.code), (409, "epoch_changed"))
        stock = sum(p["inventory"] for p in anna.snapshot("gifts", "products")["data"])
        self.assertLessEqual(stock, len(acked))
        self.assertGreaterEqual(stock, 50, "everything acknowledged before the backup began")

    def write(self, bearer, products, acked, stop):
        connection = JsonSocket(self.server, token=bearer)
        connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
        while not stop.wait(0.02):
            receipt = mutate(connection, "gifts", {"id": new_id(), "ops": [add_op(random.choice(products))]})
            self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied")
            acked.append(1)
        connection.close()

    def test_a_file_that_is_no_backup_changes_nothing(self):
        Client(self.server, "anna").add_product(title="Kept")
        self.server.stop()
        good = os.path.join(self.folder, "good.db")
        self.server.command("backup", good)
        broken = os.path.join(self.folder, "broken.db")
        with open(good, "rb") as file:
            content = bytearray(file.read())
        middle = len(content) // 2
        content[middle:middle + 3000] = os.urandom(3000)
        foreign = sqlite3.connect(os.path.join(self.folder, "foreign.db"))
        foreign.execute("CREATE TABLE t (x)")
        foreign.close()
        for name, bad in (("broken.db", bytes(content)), ("cut.db", bytes(content[:5000])), ("text.db", b"hello" * 999)):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(bad)
        before = sorted(os.listdir(self.server.data))
        for name in ("broken.db", "cut.db", "text.db", "foreign.db", "missing.db"):
            _, error = self.server.command("restore", os.path.join(self.folder, name), expect=1)
            self.assertIn("Nothing was changed", error, name)
        self.assertEqual(sorted(os.listdir(self.server.data)), before)
        self.assertTrue(os.path.exists(broken))
        self.server.start()
        self.assertEqual(Client(self.server, "anna").get("/api/products?storeId=gifts").json["page"]["total"], 1)

    def test_a_restore_that_was_cut_short_is_noticed_and_finished(self):
        Client(self.server, "anna").add_product(title="Kept")
        backup = os.path.join(self.folder, "backup.db")
        self.server.command("backup", backup)
        self.server.stop()
        # As a kill leaves it between the old file's leaving and the new one's coming.
        place = os.path.join(self.server.data, "replaced-20260101-000000")
        os.mkdir(place)
        os.rename(os.path.join(self.server.data, "syncstore.db"), os.path.join(place, "syncstore.db"))
        with open(os.path.join(self.server.data, "restore-unfinished"), "w", encoding="utf-8") as mark:
            mark.write("replaced-20260101-000000\n")
        _, error = self.server.command("verify", expect=3)
        self.assertIn("cut short", error)
        done = subprocess.run([BINARY, "serve", "--data", self.server.data],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 3, "an empty database must not take the place of a lost one")
        self.server.command("restore", backup)
        self.assertTrue(os.path.exists(os.path.join(place, "syncstore.db")))
        self.server.start()
        self.assertEqual(Client(self.server, "anna").get("/api/products?storeId=gifts").json["page"]["total"], 1)


class Upgrade(unittest.TestCase):
    """Data directories of every schema there has been (samples/, made by samples/make_data.py at its time) serve today."""

    SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")

    def test_data_of_every_earlier_schema_is_upgraded_after_a_copy_and_whole(self):
        packed = [name for name in os.listdir(self.SAMPLES) if name.endswith(".db.gz")]
        self.assertTrue(packed)
        for name in packed:
            with self.subTest(name):
                self.upgrade(os.path.join(self.SAMPLES, name), int(name.split("-")[3].split(".")[0]))

    def upgrade(self, packed, schema):
        with open(packed.replace(".db.gz", ".json"), encoding="utf-8") as file:
            facts = json.load(file)
        server = Server(start=False)
        try:
            database = os.path.join(server.data, "syncstore.db")
            with gzip.open(packed) as source, open(database, "wb") as target:
                shutil.copyfileobj(source, target)
            server.start()
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
                newest = connection.execute("SELECT max(number) FROM schema_version").fetchone()[0]
            copied = os.path.exists(os.path.join(server.data, f"before-migration-from-{schema}.db"))
            self.assertEqual(copied, newest > schema, "a copy before anything is changed")
            self.check(server, facts)
        finally:
            server.close()

    def check(self, server, facts):
        server.command("verify")
        edith = Client(server, "edith")
        products = {p["id"]: p for p in edith.get("/api/products?storeId=gifts&size=200").json["data"]}
        self.assertEqual(set(products), set(facts["ids"][:11]), "what was removed stays removed")
        self.assertEqual(products[facts["ids"][0]]["title"], "Blue mug")
        self.assertEqual(products[facts["ids"][1]]["inventory"], 7)
        self.assertEqual((products[facts["ids"][5]]["price"], products[facts["ids"][5]]["sku"]), ("4.5", "M-5"))
        self.assertEqual(len(edith.get("/api/conflicts?storeId=gifts").json["data"]), 1)
        history = edith.get(f"/api/history?storeId=gifts&dataType=products&id={facts['ids'][0]}")
        self.assertEqual(history.status, 200, history)
        self.assertGreaterEqual(len(history.json["data"]), 2)
        self.assertEqual(Client(server, "gina").get("/api/products?storeId=games").json["data"][0]["title"], "Chess")
        # A browser that was away during the upgrade goes on from where it was.
        connection = JsonSocket(server, token=token(server))
        since = {"epoch": facts["epoch"], "sequenceNumber": facts["sequence"]}
        resumed = Follower(connection, "gifts", since=since, records={"products": dict(products)})
        self.assertNotEqual(resumed.switch["data"]["mode"], "snapshot")
        receipt = mutate(connection, "gifts", {"id": new_id(), "ops": [add_op(facts["ids"][1])]})
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied")
        connection.close()


class Drain(unittest.TestCase):
    """SIGTERM under a hundred writing clients, and the same port again: nothing lost, nothing twice, all come back. How soon is judged
    where SYNCSTORE_TIMED=1 says that nothing else uses the machine (deep.sh)."""

    CLIENTS = 100
    DRAIN_WITHIN_S = 15.0
    BACK_WITHIN_S = 5.0

    def test_a_restart_under_a_hundred_clients(self):
        server = small_server()
        try:
            anna, bearer = Client(server, "anna"), token(server)
            clients = [self.client(anna.add_product(title=f"Counter {i}", inventory=0)["id"], i) for i in range(self.CLIENTS)]
            stop = threading.Event()
            threads = [threading.Thread(target=self.live, args=(server, bearer, client, stop)) for client in clients]
            for thread in threads:
                thread.start()
            eventually(lambda: all(client["acked"] >= 2 for client in clients), 60, "everybody writes")
            port = server.port
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            drained = time.monotonic() - began
            for client in clients:
                client["seen"] = client["acked"]
            server.start(port=port)
            listening = time.monotonic()
            eventually(lambda: all(client["acked"] > client["seen"] for client in clients), 60, "everybody is back")
            back = time.monotonic() - listening
            stop.set()
            for thread in threads:
                thread.join(60)
            wrong = []
            for client in clients:
                now = anna.get(f"/api/products/{client['product']}?storeId=gifts").json["data"]["inventory"]
                if now != client["acked"]:
                    wrong.append((client["product"], now, client["acked"]))
            self.assertEqual(wrong, [], "each edit exactly once")
            print(f"drain {drained:.1f} s, all {self.CLIENTS} back {back:.2f} s after the start, "
                  f"{sum(c['acked'] for c in clients)} edits, 0 lost")
            if os.environ.get("SYNCSTORE_TIMED") == "1":
                self.assertLess(drained, self.DRAIN_WITHIN_S)
                self.assertLess(back, self.BACK_WITHIN_S)
            closes = {code for client in clients for code in client["closes"]}
            self.assertEqual(closes, {1001}, "everybody was told that the server goes away")
            errors = {code for client in clients for code in client["errors"]}
            self.assertLessEqual(errors, {"unavailable"}, "what came too late was refused, to be sent again")
        finally:
            server.close()

    def client(self, product, seed):
        return {"product": product, "acked": 0, "seen": 0, "closes": [], "errors": [], "hint": None, "random": random.Random(seed)}

    def live(self, server, bearer, client, stop):
        """Writes one edit after the other; when the socket ends it comes back as the application does: after the hint, then
        with growing pauses, each with chance in it. What was not answered goes again under its id."""
        pending, tries = None, 0
        while not stop.is_set():
            connection = None
            try:
                connection = JsonSocket(server, token=bearer, timeout=10)
                connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
                tries = 0
                while not stop.is_set():
                    pending = pending or {"id": new_id(), "ops": [add_op(client["product"])]}
                    receipt = self.mutate(connection, client, pending)
                    if receipt["type"] == "error":
                        client["errors"].append(receipt["data"]["code"])
                        break
                    assert receipt["data"][0]["ops"][0]["status"] == "applied", receipt
                    pending = None
                    client["acked"] += 1
                    stop.wait(client["random"].uniform(0.3, 0.6))
            except Closed as closed:
                client["closes"].append(closed.code)
            except (OSError, AssertionError):
                pass
            finally:
                if connection:
                    connection.close()
            wait = client["hint"] or min(30, 1.5 ** tries)
            client["hint"] = None
            tries += 1
            stop.wait(wait * client["random"].uniform(0.5, 1))
        if pending:  # its fate is not known to us: once more, so that what we count is what happened
            connection = JsonSocket(server, token=bearer)
            connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
            mutate(connection, "gifts", pending)
            client["acked"] += 1

    def mutate(self, connection, client, mutation):
        connection.send("mutate", {"mutations": [mutation]}, storeId="gifts")
        while True:
            message = connection.receive()
            if message["type"] == "connection_status":
                client["hint"] = message["data"].get("retryAfterMs", 0) / 1000
            if message["type"] in ("receipt", "error"):
                return message


if __name__ == "__main__":
    unittest.main()

"""Data directories of earlier versions: opened by today's program they are upgraded, verified, and say what they said then."""

import csv
import io
import hashlib
import json
import os
import shutil
import tempfile
import unittest

from http_client import Client
from old_directory import FOLDER, KINDS, STORES, said_of, unpack
from server import Server, command
from socket_client import JsonSocket, mutate, new_id


def kept(then, now):
    """What was said then, as far as it is said now: fields that came later are no difference."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {key: kept(then[key], now[key]) for key in then if key in now}
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [kept(a, b) for a, b in zip(then, now)]
    return now


def newest_schema():
    migrations = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "server", "adapters", "sqlite", "migrations")
    return max(int(name[:4]) for name in os.listdir(migrations))


def rows_of(text, columns=None):
    """The cells of an export: all of them, or those of some columns."""
    header, *rows = csv.reader(io.StringIO(text))
    places = [header.index(column) for column in columns or header]
    return [[row[place] for place in places] for row in [header, *rows]]


class OldDirectories(unittest.TestCase):
    def opened(self, name):
        folder, notes = unpack(name)
        self.addCleanup(shutil.rmtree, folder, True)
        return folder, notes

    def compare(self, server, said):
        now = said_of(server)
        for store in STORES:
            for kind in KINDS:
                with self.subTest(store=store, kind=kind):
                    then = said[store]["kinds"][kind]
                    self.assertTrue(kind != "products" or then["data"], "the fixture is empty")
                    self.assertEqual(kept(then, now[store]["kinds"][kind]), then)
            self.assertEqual(kept(said[store]["histories"], now[store]["histories"]), said[store]["histories"])
            then = rows_of(said[store]["csv"])
            self.assertEqual(rows_of(now[store]["csv"], columns=then[0]), then)

    def upgrade(self, name):
        folder, notes = self.opened(name)
        schema = int(name.split("-")[1])
        server = Server(data=folder)
        try:
            self.compare(server, notes["said"])
            server.command("verify")
            # What was there before the upgrade is kept, and is the earlier version's.
            kept_copy = os.path.join(folder, f"before-migration-from-{schema}.db")
            self.assertEqual(os.path.exists(kept_copy), schema < newest_schema(), os.listdir(folder))
            # What was acknowledged then is answered the same now, and has no second effect.
            JsonSocket(server, token=notes["asked"]["token"]).close()
            edith = Client(server, "edith")
            link = JsonSocket(server, ticket=edith.post("/api/session/ticket").json["data"]["ticket"])
            link.send("selectStore", {"dataTypes": ["products"]}, storeId="gifts")
            link.expect("store_switch")
            again = mutate(link, "gifts", notes["asked"]["mutation"])
            self.assertEqual(again["data"], notes["asked"]["receipt"])
            link.close()
            self.compare(server, notes["said"])
            # And it is a store that works.
            made = edith.add_product(title="New here", sku="NEW-1")
            self.assertEqual(edith.put(f"/api/products/{made['id']}?storeId=gifts", {"price": "3"}).status, 200)
            server.command("verify")
            self.assertEqual(server.stop(), 0)
        finally:
            server.close()
        command("verify", data=folder)

    def files_of(self, folder):
        found = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
        found.pop("syncstore.db-shm", None)  # readers share it; it holds no data
        return found

    def test_a_rehearsal_says_what_an_upgrade_does_and_changes_nothing(self):
        folder, notes = self.opened("schema-1-91841db.tar.xz")
        before = self.files_of(folder)
        told = json.loads(command("migrate", "--dry-run", "--json", data=folder)[0])
        self.assertEqual(self.files_of(folder), before)
        self.assertEqual((told["from"], told["schema"]), (1, newest_schema()))
        self.assertEqual(told["migrations"][0], "history_in_blocks")
        self.assertTrue(told["keptCopy"].endswith("before-migration-from-1.db"))
        records = sum(len(kind["data"]) for kind in notes["said"]["gifts"]["kinds"].values())
        self.assertEqual([(s["id"], s["invalid"]) for s in told["stores"]], [("games", 0), ("gifts", 0)])
        self.assertEqual(told["stores"][1]["records"], records)
        # What a rehearsal that was killed left behind goes with the next one; another folder stays.
        for name in ("rehearsal-1234567", "rehearsal-of-mine"):
            os.makedirs(os.path.join(folder, name))
        self.assertIn("nothing was changed", command("migrate", "--dry-run", data=folder)[0])
        self.assertFalse(os.path.exists(os.path.join(folder, "rehearsal-1234567")))
        os.rmdir(os.path.join(folder, "rehearsal-of-mine"))
        self.assertEqual(self.files_of(folder), before)
        # It works beside a server, which serves on.
        server = Server(data=folder)
        try:
            self.assertIn("nothing to migrate", server.command("migrate", "--dry-run")[0])
            self.assertIn("Stop it first", server.command("migrate", expect=3)[1])
            self.compare(server, notes["said"])
        finally:
            server.close()

    def test_an_upgrade_without_serving_is_the_same_upgrade(self):
        folder, notes = self.opened("schema-2-084ce21.tar.xz")
        told = json.loads(command("migrate", "--json", data=folder)[0])
        self.assertEqual((told["from"], told["schema"]), (2, newest_schema()))
        self.assertTrue(os.path.exists(told["keptCopy"]))
        self.assertIn("nothing to migrate", command("migrate", data=folder)[0])
        server = Server(data=folder)
        try:
            self.compare(server, notes["said"])
        finally:
            server.close()
        empty = tempfile.mkdtemp(prefix="syncstore-empty-")
        self.addCleanup(shutil.rmtree, empty, True)
        self.assertIn("--data", command("migrate", "--dry-run", data=empty, expect=3)[1])

    def test_a_rehearsal_says_which_waiting_edits_would_be_refused(self):
        folder, notes = self.opened("schema-1-91841db.tar.xz")
        mug, cup = notes["said"]["gifts"]["kinds"]["products"]["data"][2:4]

        def edit(number, *ops, store="gifts"):
            return {"store": store, "number": number, "mutation": new_id(), "state": "waiting", "durable": True, "madeAt": 0,
                    "ops": list(ops)}

        def put(record, field, old, new):
            return {"op": "set", "collection": "products", "id": record["id"], "recordTitle": record["title"], "field": field,
                    "from": old, "to": new}

        edits = {"exportedAt": "2026-11-21T12:00:00Z", "edits": [
            edit(1, put(mug, "price", mug["price"], "77.5")),
            edit(2, put(mug, "price", "77.5", "78")),  # stands on the one before
            edit(3, put(mug, "title", "never was", "Mine")),
            edit(4, put(cup, "sku", cup["sku"], mug["sku"])),
            edit(5, put(cup, "gone_field", None, "x")),
            edit(6, {"op": "insert", "collection": "products", "id": "0000000000ABC", "recordTitle": "Bowl",
                     "fields": {"title": "Bowl", "status": "Broken"}}),
            edit(7, put(cup, "title", "x", "y"), store="elsewhere"),
            {**edit(8, put(cup, "sku", cup["sku"], mug["sku"])), "state": "parked"}]}
        path = os.path.join(folder, "edits.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(edits, file)
        out = command("migrate", "--dry-run", "--json", "--edits", path, data=folder, expect=5)[0]
        told = json.loads(out)["edits"]
        self.assertEqual((told["read"], told["taken"], told["conflicts"], told["unknownStore"], told["parked"]), (7, 2, 1, 1, 1))
        self.assertEqual([(one["number"], one["code"]) for one in told["refused"]],
                         [(4, "duplicate_sku"), (5, "unknown_field"), (6, "out_of_range")])
        out = command("migrate", "--dry-run", "--edits", path, data=folder, expect=5)[0]
        for words in ("3 would be refused", "1 of stores that are not here", "1 were refused before this", "before the upgrade"):
            self.assertIn(words, out)
        with open(path, "w", encoding="utf-8") as file:
            file.write("[1, 2]")
        self.assertIn("Export waiting edits", command("migrate", "--dry-run", "--edits", path, data=folder, expect=1)[1])
        command("migrate", "--edits", path, data=folder, expect=2)

    def test_every_earlier_schema_has_a_directory(self):
        newest = newest_schema()
        schemas = {int(name.split("-")[1]) for name in os.listdir(FOLDER)}
        # The newest schema gets its fixture when the next migration is made (docs/evolution.md).
        self.assertTrue(set(range(1, newest)) <= schemas, schemas)

    def test_the_first_directories_are_upgraded_and_say_the_same(self):
        self.upgrade("schema-1-91841db.tar.xz")

    def test_a_directory_that_was_closed_well_is_upgraded_and_says_the_same(self):
        self.upgrade("schema-1-aa9de77.tar.xz")

    def test_a_directory_of_the_second_schema_is_upgraded_and_says_the_same(self):
        self.upgrade("schema-2-084ce21.tar.xz")

    def test_a_directory_of_the_third_schema_is_opened_and_says_the_same(self):
        self.upgrade("schema-3-72f3d88.tar.xz")

"""Data directories of earlier versions: opened by today's program they are upgraded, verified, and say what they said then."""

import os
import shutil
import unittest

from http_client import Client
from old_directory import FOLDER, KINDS, STORES, said_of, unpack
from server import Server, command
from socket_client import JsonSocket, mutate


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
            self.assertEqual(now[store]["csv"], said[store]["csv"])

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

    def test_every_earlier_schema_has_a_directory(self):
        newest = newest_schema()
        schemas = {int(name.split("-")[1]) for name in os.listdir(FOLDER)}
        # The newest schema gets its fixture when the next migration is made.
        self.assertTrue(set(range(1, newest)) <= schemas, schemas)

    def test_the_first_directories_are_upgraded_and_say_the_same(self):
        self.upgrade("schema-1-91841db.tar.xz")

    def test_a_directory_that_was_closed_well_is_upgraded_and_says_the_same(self):
        self.upgrade("schema-1-aa9de77.tar.xz")

    def test_a_directory_of_the_second_schema_is_upgraded_and_says_the_same(self):
        self.upgrade("schema-2-084ce21.tar.xz")

    def test_a_directory_of_the_third_schema_is_opened_and_says_the_same(self):
        self.upgrade("schema-3-72f3d88.tar.xz")

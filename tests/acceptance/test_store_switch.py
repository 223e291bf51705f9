"""One socket that goes from store to store: never a byte of the store it is not on, and every refusal says which it is."""

import json
import threading
import unittest

from http_client import Client
from server import small_server
from socket_client import Closed, Follower, JsonSocket

# Words that stand in every record of one store and in none of the other.
WORDS = {"gifts": "mug", "games": "dice"}
ROUNDS = 12  # below the burst of messages that one socket may send


class Writer(threading.Thread):
    """Somebody who edits in one store as long as the test lasts."""

    def __init__(self, server, store):
        super().__init__()
        self.client = Client(server, "root")
        self.store = store
        self.over = threading.Event()
        self.count = 0
        self.product = self.client.add_product(store, title=f"{WORDS[store]} written to", price="1")

    def run(self):
        while not self.over.is_set():
            self.count += 1
            answer = self.client.put(f"/api/products/{self.product['id']}?storeId={self.store}",
                                     {"title": f"{WORDS[self.store]} number {self.count}"})
            assert answer.status == 200, answer


class StoreSwitch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.root = Client(cls.server, "root")
        cls.edith = Client(cls.server, "edith")
        for store, word in WORDS.items():
            for n in range(40):
                cls.root.add_product(store, title=f"{word} {n}", sku=f"{word}-{n}")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def open(self, client):
        return JsonSocket(self.server, ticket=client.post("/api/session/ticket").json["data"]["ticket"])

    def check(self, message, current):
        """Between two switches everything is of the store of the first."""
        if message["type"] in ("bulk_update", "data_update"):
            self.assertEqual(message["storeId"], current, message)
        text = json.dumps(message).lower()
        for store, word in WORDS.items():
            if store != current:
                self.assertNotIn(f'"{word} ', text)
                self.assertNotIn(f'"{word}-', text)

    def test_a_b_a_in_quick_succession_shows_no_byte_of_the_other_store(self):
        writers = [Writer(self.server, store) for store in WORDS]
        for writer in writers:
            writer.start()
        try:
            connection = self.open(self.root)
            order = ["gifts", "games"] * ROUNDS + ["gifts"]
            # All at once: the next choice is made while the last one's snapshot is still on its way.
            for store in order:
                connection.send("selectStore", {"dataTypes": ["products", "dashboard", "store_info"]}, storeId=store)
            current, switches = None, []
            while len(switches) < len(order):
                message = connection.receive()
                if message["type"] == "store_switch":
                    current = message["storeId"]
                    switches.append(current)
                    continue
                self.assertNotEqual(message["type"], "error", message)
                self.check(message, current)
            self.assertEqual(switches, order)
            # Now it stays: what both stores are told goes on, and only one of them arrives.
            gifts, games = writers
            seen, others = gifts.count + 20, games.count + 20
            arrived = 0
            while arrived < seen or games.count < others:
                message = connection.receive()
                self.check(message, "gifts")
                for op in message.get("data", []) if message["type"] in ("bulk_update", "data_update") else []:
                    title = op.get("fields", {}).get("title", "")
                    if title.startswith("mug number "):
                        arrived = max(arrived, int(title.rsplit(" ", 1)[1]))
            connection.close()
        finally:
            for writer in writers:
                writer.over.set()
            for writer in writers:
                writer.join()

    def test_a_store_chosen_again_is_whole_and_goes_on_where_it_was(self):
        connection = self.open(self.root)
        first = Follower(connection, "gifts")
        since = {"epoch": first.epoch, "sequenceNumber": first.head}
        Follower(connection, "games")
        made = self.root.add_product("gifts", title="mug made meanwhile")
        again = Follower(connection, "gifts", since=since, records=first.records)
        self.assertIn(again.switch["data"]["mode"], ("rows", "tail", "snapshot"))
        again.until(lambda follower: made["id"] in follower.records["products"], "the product made meanwhile")
        stored = {record["id"]: record["title"] for record in self.root.snapshot("gifts", "products")["data"]}
        self.assertEqual({key: record["title"] for key, record in again.records["products"].items()}, stored)
        connection.close()

    def make(self, store):
        """A third store in which edith is editor: an admin may enter a deactivated one, to activate it again."""
        body = {"id": store, "name": store.title(), "currency": "EUR", "timeZone": "Europe/Berlin"}
        self.assertEqual(self.root.post("/api/stores", body).status, 201)
        answer = self.root.post(f"/api/people?storeId={store}", {"name": "edith", "role": "editor"})
        self.assertIn(answer.status, (200, 201), answer)

    def refused(self, connection, store, code):
        connection.send("selectStore", {"dataTypes": ["products"]}, storeId=store)
        answer = connection.expect("error", "store_switch")
        self.assertEqual(answer["type"], "error", answer)
        self.assertEqual(answer["data"]["code"], code)
        self.assertTrue(answer["data"]["message"].endswith("."), answer)

    def hears_nothing(self, connection, store):
        """Changes of this store do not arrive: the answer to a ping is the next thing that does."""
        self.root.add_product(store, title=f"{WORDS[store]} nobody hears of")
        connection.send("ping", store)
        message = connection.receive()
        self.assertEqual((message["type"], message.get("data")), ("pong", store))

    def test_unknown_forbidden_and_inactive_stores_say_which_over_http_and_socket(self):
        self.make("attic")
        self.assertEqual(self.root.put("/api/stores/attic", {"is_active": False}).status, 200)
        cases = (("nowhere", self.edith, 404, "unknown_store"), ("games", self.edith, 403, "forbidden_store"),
                 ("attic", self.edith, 409, "inactive_store"))
        for store, client, status, code in cases:
            with self.subTest(store=store):
                for path in (f"/api/products?storeId={store}", f"/api/dashboard/snapshot/{store}",
                             f"/api/sync/changes?storeId={store}", f"/api/sync/snapshot?storeId={store}&dataType=products",
                             f"/api/sales?storeId={store}", f"/api/conflicts?storeId={store}"):
                    answer = client.get(path)
                    self.assertEqual((answer.status, answer.code), (status, code), path)
                    self.assertTrue(answer.json["detail"].endswith("."), answer)
                    self.assertNotIn("dice", answer.body.decode())
                answer = client.post(f"/api/products?storeId={store}", {"title": "Lost"})
                self.assertEqual((answer.status, answer.code), (status, code), answer)
                connection = self.open(client)
                Follower(connection, "gifts")
                self.refused(connection, store, code)
                # It is on no store now: neither the refused one nor the former one is heard.
                self.hears_nothing(connection, "gifts")
                if store == "games":
                    self.hears_nothing(connection, "games")
                Follower(connection, "gifts")
                connection.close()

    def test_a_store_that_is_deactivated_closes_under_its_open_sockets_and_no_other(self):
        self.make("cellar")
        product = self.root.add_product("cellar", title="Wine")
        inside, beside = self.open(self.edith), self.open(self.edith)
        Follower(inside, "cellar")
        other = Follower(beside, "gifts")
        self.assertEqual(self.root.put("/api/stores/cellar", {"is_active": False}).status, 200)
        with self.assertRaises(Closed) as closed:
            while True:
                message = inside.receive()
                self.assertNotIn(product["id"], json.dumps(message))
        self.assertEqual(closed.exception.code, 4403)
        made = self.root.add_product("gifts", title="mug beside")
        other.until(lambda follower: made["id"] in follower.records["products"], "the product made beside")
        again = self.open(self.edith)
        self.refused(again, "cellar", "inactive_store")
        self.assertEqual(self.root.put("/api/stores/cellar", {"is_active": True}).status, 200)
        Follower(again, "cellar")
        again.close()
        beside.close()


if __name__ == "__main__":
    unittest.main()

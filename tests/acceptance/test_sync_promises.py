"""The checks of the interface that need two writers or a dying server: merge, exactly once, replay, durability."""

import json
import os
import random
import threading
import time
import unittest

from http_client import Client
from server import Server, eventually, small_server
from socket_client import Closed, Follower, JsonSocket, mutate, new_id, set_op

FAST = bool(os.environ.get("SYNCSTORE_ACCEPTANCE_FAST"))


def token(server, user="edith"):
    return server.command("token", "create", "--user", user)[0].strip()


class Merge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.anna = Client(cls.server, "anna")
        cls.edith = Client(cls.server, "edith")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_different_fields_merge_and_the_same_field_conflicts(self):
        product = self.anna.add_product(title="Mug", sku="M-1", price="4", inventory=100)
        path = f"/api/products/{product['id']}?storeId=gifts"
        base = str(product["version"])
        self.assertEqual(self.edith.put(path, {"title": "Blue mug"}).status, 200)
        merged = self.anna.put(path, {"price": "5.5"}, headers={"Base-Version": base})
        self.assertEqual(merged.status, 200, merged)
        self.assertEqual((merged.json["data"]["title"], merged.json["data"]["price"]), ("Blue mug", "5.5"))
        clash = self.anna.put(path, {"title": "Green mug", "price": "6"}, headers={"Base-Version": base})
        self.assertEqual(clash.status, 409, clash)
        self.assertEqual(clash.code, "conflict")
        now = self.anna.get(path).json["data"]
        self.assertEqual((now["title"], now["price"]), ("Blue mug", "5.5"), "nothing of a conflicting PUT is applied")
        error = next(e for e in clash.json["errors"] if e["field"] == "title")
        self.assertEqual((error["base"], error["yours"], error["theirs"], error["theirsBy"]),
                         ("Mug", "Green mug", "Blue mug", "edith"))
        conflicts = self.edith.get("/api/conflicts?storeId=gifts").json["data"]
        ours = [c for c in conflicts if c["id"] == clash.json.get("conflictId")]
        self.assertTrue(ours, conflicts)
        resolve = f"/api/conflicts/{ours[0]['id']}/resolve?storeId=gifts"
        self.assertEqual(self.edith.post(resolve, {"choice": "mine"}).status, 200)
        self.assertEqual(self.anna.get(path).json["data"]["title"], "Green mug")
        again = self.edith.post(resolve, {"choice": "theirs"})
        self.assertEqual((again.status, again.code), (409, "already_resolved"))

    def test_stock_is_added_and_saving_other_fields_never_writes_it(self):
        product = self.anna.add_product(title="Plate", sku="P-1", inventory=100)
        path = f"/api/products/{product['id']}"
        adjusted = self.edith.post(path + "/adjust?storeId=gifts", {"amount": -5, "reason": "sold"})
        self.assertEqual(adjusted.status, 200, adjusted)
        renamed = self.anna.put(path + "?storeId=gifts", {"title": "Big plate"},
                                headers={"Base-Version": str(product["version"])})
        self.assertEqual(renamed.status, 200, renamed)
        self.assertEqual(renamed.json["data"]["inventory"], 95)
        form = self.anna.put(path + "?storeId=gifts", {"inventory": 120},
                             headers={"Base-Version": str(product["version"])})
        self.assertEqual(form.json["data"]["inventory"], 115, "a form's stock is a difference from what it saw")
        self.assertEqual(self.anna.put(path + "?storeId=gifts", {"inventory": 1}).code, "needs_base")
        below = self.edith.post(path + "/adjust?storeId=gifts", {"amount": -500})
        self.assertEqual((below.status, below.code), (409, "below_minimum"))

    def test_if_match_keeps_its_standard_meaning(self):
        product = self.anna.add_product(title="Bowl")
        path = f"/api/products/{product['id']}?storeId=gifts"
        etag = self.anna.get(path).headers["etag"]
        self.assertEqual(self.anna.put(path, {"price": "1"}, headers={"If-Match": etag}).status, 200)
        self.assertEqual(self.anna.put(path, {"price": "2"}, headers={"If-Match": etag}).status, 412)

    def test_an_edit_of_a_removed_record_is_kept_as_a_conflict(self):
        product = self.anna.add_product(title="Cup")
        path = f"/api/products/{product['id']}?storeId=gifts"
        self.assertEqual(self.anna.delete(path).status, 204)
        self.assertEqual(self.anna.delete(path).status, 204)
        self.assertEqual(self.anna.get(path).status, 404)
        late = self.edith.put(path, {"title": "Late cup"})
        self.assertEqual((late.status, late.code), (409, "record_removed"))
        taken = self.edith.post("/api/products?storeId=gifts", {"id": product["id"], "title": "Again"})
        self.assertEqual((taken.status, taken.code), (409, "id_taken"))


class Socket(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.anna = Client(cls.server, "anna")
        cls.token = token(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_a_change_reaches_a_follower_after_its_receipt_reached_the_author(self):
        product = self.anna.add_product(title="Lamp", price="3")
        author, reader = JsonSocket(self.server, token=self.token), JsonSocket(self.server, token=self.token)
        follower = Follower(reader, "gifts")
        mine = Follower(author, "gifts")
        receipt = mutate(author, "gifts", {"id": new_id(), "ops": [set_op(product["id"], "price", "3", "3.5")]})
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied")
        follower.until(lambda f: f.records["products"][product["id"]]["price"] == "3.5")
        mine.until(lambda f: f.records["products"][product["id"]]["price"] == "3.5")
        self.assertEqual(follower.head, receipt["data"][0]["sequenceNumber"])
        author.close()
        reader.close()

    def test_the_same_mutation_takes_effect_once_over_sockets_and_restarts(self):
        product = self.anna.add_product(title="Pen", inventory=50)
        mutation = {"id": new_id(), "ops": [{"op": "add", "dataType": "products", "id": product["id"],
                                             "field": "inventory", "amount": -7}]}
        receipts = []
        first, second = JsonSocket(self.server, token=self.token), JsonSocket(self.server, token=self.token)
        for connection in (first, second):
            Follower(connection, "gifts")
            for _ in range(2):
                receipts.append(mutate(connection, "gifts", mutation)["data"][0])
        self.server.kill()
        self.server.start()
        third = JsonSocket(self.server, token=self.token)
        Follower(third, "gifts")
        receipts.append(mutate(third, "gifts", mutation)["data"][0])
        self.assertEqual({json.dumps(r, sort_keys=True) for r in receipts}, {json.dumps(receipts[0], sort_keys=True)})
        now = self.anna.get(f"/api/products/{product['id']}?storeId=gifts").json["data"]
        self.assertEqual(now["inventory"], 43)
        other_body = {"id": mutation["id"], "ops": [dict(mutation["ops"][0], amount=-1)]}
        refused = mutate(third, "gifts", other_body)["data"][0]["ops"][0]
        self.assertEqual((refused["status"], refused["code"]), ("refused", "id_reused"))
        third.close()

    def test_a_mutation_of_mode_all_applies_whole_or_not_at_all(self):
        product = self.anna.add_product(title="Fork", price="1")
        connection = JsonSocket(self.server, token=self.token)
        Follower(connection, "gifts")
        receipt = mutate(connection, "gifts", {"id": new_id(), "mode": "all", "ops": [
            set_op(product["id"], "price", "1", "2"), set_op(product["id"], "title", "Fork", "")]})["data"][0]
        self.assertEqual([op["status"] for op in receipt["ops"]], ["held", "refused"])
        self.assertNotIn("sequenceNumber", receipt)
        self.assertEqual(self.anna.get(f"/api/products/{product['id']}?storeId=gifts").json["data"]["price"], "1")
        connection.close()


class Replay(unittest.TestCase):
    """A JSON client that replays, and one that polls, end where the snapshot is."""

    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.anna = Client(cls.server, "anna")
        cls.token = token(cls.server)
        cls.random = random.Random(20)
        cls.products = [cls.anna.add_product(title=f"Thing {i}", sku=f"T-{i}", price="1", inventory=10) for i in range(30)]

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def churn(self, connection, steps):
        alive = [p["id"] for p in self.products]
        ops = []
        for step in range(steps):
            chosen = self.random.choice(alive)
            kind = self.random.random()
            if kind < 0.6:
                op = {"op": "set", "dataType": "products", "id": chosen, "field": "sales_amount",
                      "from": None, "to": str(step)}
                op["from"] = self.sales.get(chosen)
                self.sales[chosen] = str(step)
            elif kind < 0.9:
                op = {"op": "add", "dataType": "products", "id": chosen, "field": "inventory", "amount": 1}
            else:
                continue
            ops.append({"id": new_id(), "ops": [op]})
        for start in range(0, len(ops), 40):
            receipt = mutate(connection, "gifts", *ops[start:start + 40])
            self.assertEqual({o["status"] for r in receipt["data"] for o in r["ops"]}, {"applied"}, receipt)

    def snapshot_records(self):
        snapshot = self.anna.snapshot("gifts", "products")
        return snapshot, {r["id"]: r for r in snapshot["data"]}

    def assert_same(self, records, snapshot):
        self.assertEqual(set(records), set(snapshot))
        for record_id, record in records.items():
            for field, value in record.items():
                self.assertEqual(snapshot[record_id].get(field), value, (record_id, field))

    def test_replay_over_the_socket_and_polling_both_equal_the_snapshot(self):
        self.sales = {}
        reader, author = JsonSocket(self.server, token=self.token), JsonSocket(self.server, token=self.token)
        follower = Follower(reader, "gifts")
        Follower(author, "gifts")
        self.churn(author, 150)
        removed = self.products.pop()
        self.assertEqual(self.anna.delete(f"/api/products/{removed['id']}?storeId=gifts").status, 204)
        snapshot, expected = self.snapshot_records()
        follower.until(lambda f: f.head >= snapshot["sequenceNumber"])
        self.assert_same(follower.records["products"], expected)

        polled, since, turns = {}, 0, 0
        while True:
            answer = self.anna.get(f"/api/sync/changes?storeId=gifts&since={since}&epoch={snapshot['epoch']}&limit=7")
            self.assertEqual(answer.status, 200, answer)
            page = answer.json
            self.assertEqual(page["from"], since)
            for message in page["messages"]:
                if message["dataType"] != "products":
                    continue
                for op in message["data"]:
                    if op["op"] == "upsert":
                        polled.setdefault(op["id"], {}).update(op["fields"])
                    else:
                        polled.pop(op["id"], None)
            since = page["to"]
            turns += 1
            if not page["more"]:
                break
        self.assertGreater(turns, 2, "the limit pages")
        self.assert_same(polled, expected)
        idle = self.anna.get(f"/api/sync/changes?storeId=gifts&since={since}&epoch={snapshot['epoch']}")
        self.assertEqual(idle.json["messages"], [])
        self.assertLess(len(idle.body), 9000)
        other = self.anna.get("/api/sync/changes?storeId=gifts&since=1&epoch=0000000000001")
        self.assertEqual((other.status, other.code), (409, "epoch_changed"))
        reader.close()
        author.close()

    def test_a_follower_resumes_where_it_stopped(self):
        self.sales = {p["id"]: self.anna.get(f"/api/products/{p['id']}?storeId=gifts").json["data"].get("sales_amount")
                      for p in self.products}
        reader = JsonSocket(self.server, token=self.token)
        follower = Follower(reader, "gifts")
        since = {"epoch": follower.epoch, "sequenceNumber": follower.head}
        records = follower.records
        reader.close()
        author = JsonSocket(self.server, token=self.token)
        Follower(author, "gifts")
        self.churn(author, 40)
        again = JsonSocket(self.server, token=self.token)
        resumed = Follower(again, "gifts", since=since, records=records)
        self.assertIn(resumed.switch["data"]["mode"], ("rows", "tail"))
        _, expected = self.snapshot_records()
        self.assert_same(resumed.records["products"], expected)
        again.close()
        author.close()


class KillNine(unittest.TestCase):
    """SIGKILLs under load: nothing acknowledged is lost, nothing takes effect twice. SYNCSTORE_KILLS says how many."""

    ROUNDS = int(os.environ.get("SYNCSTORE_KILLS", 5 if FAST else 20))
    WRITERS = 4

    def test_twenty_kills_lose_nothing_and_double_nothing(self):
        server = small_server()
        ready_seconds = []
        try:
            anna = Client(server, "anna")
            bearer = token(server)
            counters = [anna.add_product(title=f"Counter {i}", inventory=0)["id"] for i in range(self.WRITERS)]
            state = [{"acked": 0, "pending": []} for _ in counters]
            chance = random.Random(9)
            for _ in range(self.ROUNDS):
                stop = threading.Event()
                threads = [threading.Thread(target=self.write, args=(server, bearer, counters[i], state[i], stop))
                           for i in range(self.WRITERS)]
                for thread in threads:
                    thread.start()
                goal = sum(s["acked"] for s in state) + chance.randint(20, 120)
                eventually(lambda: sum(s["acked"] for s in state) >= goal, 60, "progress under load")
                server.kill()
                stop.set()
                for thread in threads:
                    thread.join(60)
                began = time.monotonic()
                server.start()
                ready_seconds.append(time.monotonic() - began)
            stored = []
            for i, counter in enumerate(counters):
                self.resend(server, bearer, counter, state[i])
                stored.append(anna.get(f"/api/products/{counter}?storeId=gifts").json["data"]["inventory"])
            off = [now - s["acked"] for now, s in zip(stored, state)]
            print(f"figures: {self.ROUNDS} kills, {sum(s['acked'] for s in state)} edits acknowledged, "
                  f"{-sum(d for d in off if d < 0)} lost, {sum(d for d in off if d > 0)} doubled, ready again after at most "
                  f"{max(ready_seconds):.2f} s", flush=True)
            self.assertEqual(off, [0] * self.WRITERS, "every edit once")
            out, _ = server.command("verify")
            self.assertNotIn("wrong", out.lower())
        finally:
            server.close()

    PER_MESSAGE = 10
    MESSAGES_PER_SECOND = 12  # below the server's limit of 20

    def message(self, counter):
        return [{"id": new_id(), "ops": [{"op": "add", "dataType": "products", "id": counter,
                                          "field": "inventory", "amount": 1}]} for _ in range(self.PER_MESSAGE)]

    def acknowledge(self, state, receipt):
        for entry in receipt["data"]:
            assert entry["ops"][0]["status"] == "applied", receipt
            state["pending"] = [m for m in state["pending"] if m["id"] != entry["id"]]
            state["acked"] += 1

    def write(self, server, bearer, counter, state, stop):
        try:
            connection = JsonSocket(server, token=bearer, timeout=10)
            connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
            while not stop.is_set():
                state["pending"] = state["pending"] or self.message(counter)
                receipt = mutate(connection, "gifts", *state["pending"])
                if receipt["type"] == "receipt":
                    self.acknowledge(state, receipt)
                stop.wait(1 / self.MESSAGES_PER_SECOND)
        except (OSError, Closed):
            return

    def resend(self, server, bearer, counter, state):
        if not state["pending"]:
            return
        connection = JsonSocket(server, token=bearer)
        connection.send("selectStore", {"dataTypes": ["store_info"]}, storeId="gifts")
        while state["pending"]:
            self.acknowledge(state, mutate(connection, "gifts", *state["pending"]))
        connection.close()


class Demo(unittest.TestCase):
    def test_demo_data_is_whole_and_has_a_sign_in_per_role(self):
        server = Server("--demo")
        try:
            people = {p["role"]: p for p in server.demo_sign_ins()}
            self.assertEqual(set(people), {"admin", "editor", "viewer"})
            for person in people.values():
                client = Client(server, person["user"], person["password"])
                stores = {s["id"]: s for s in client.get("/api/stores").json["data"]}
                self.assertEqual(len(stores), 2)
                totals = sorted(client.get(f"/api/products?storeId={s}&size=1").json["page"]["total"] for s in stores)
                self.assertEqual(totals, [3277, 26688])
        finally:
            server.close()


if __name__ == "__main__":
    unittest.main()

"""Every collection of the whole store from outside: records over HTTP and the JSON socket, roles, references, natural keys, owners,
memberships that merge, and that nothing of one store reaches another store's sockets."""

import unittest

from http_client import Client
from server import small_server
from socket_client import Follower, JsonSocket, mutate, new_id, set_op

ID = "0000000000001"  # no record has it

# Per collection of records: what a first one holds, a field to change with its value, least role that writes.
PLAIN = {
    "categories": ({"path": "Home > Kitchen"}, ("description", "For cooks")),
    "collections": ({"title": "Summer"}, ("handle", "summer")),
    "sales": ({"day": "2026-11-20", "units_sold": 3}, ("orders", 2)),
    "voc_data": ({"product": None, "cx_health": "Good"}, ("top_reason", "Arrived broken")),
    "product_variants": ({"product": None, "name": "Blue"}, ("sku", "M-BLUE")),
    "platform_overrides": ({"product": None, "platform": "shopify"}, ("title", "Mug for Shopify")),
    "saved_views": ({"name": "Mine", "screen": "products"}, ("spec", {"sort": "title"})),
    "layouts": ({"screen": "dashboard"}, ("spec", {"hidden": []})),
}
PERSONAL = ("saved_views", "layouts")


def token(server, user):
    return server.command("token", "create", "--user", user)[0].strip()


class Whole(unittest.TestCase):
    """A server with stores gifts and games, and a product in each."""

    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.root, cls.anna, cls.edith = (Client(cls.server, name) for name in ("root", "anna", "edith"))
        cls.victor, cls.gina = Client(cls.server, "victor"), Client(cls.server, "gina")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def fields(self, collection, **more):
        first, _ = PLAIN[collection]
        made = dict(first)
        if "path" in made:
            made["path"] += f" {new_id()}"
        if "product" in made:
            made["product"] = self.edith.add_product(title=f"For {collection}")["id"]
        return {**made, **more}

    def make(self, collection, client=None, **more):
        answer = (client or self.edith).post(f"/api/{collection}?storeId=gifts", self.fields(collection, **more))
        self.assertEqual(answer.status, 201, (collection, answer))
        return answer.json["data"]


class Records(Whole):
    def test_each_collection_is_listed_made_changed_and_removed(self):
        for collection, (_, (field, value)) in PLAIN.items():
            with self.subTest(collection):
                made = self.make(collection)
                path = f"/api/{collection}/{made['id']}?storeId=gifts"
                changed = self.edith.put(path, {field: value}, headers={"Base-Version": str(made["version"])})
                self.assertEqual(changed.status, 200, changed)
                self.assertEqual(self.victor.get(path).json["data"][field], value, "viewers read it")
                listed = self.victor.get(f"/api/{collection}?storeId=gifts").json
                self.assertIn(made["id"], [record["id"] for record in listed["data"]])
                self.assertEqual(self.edith.delete(path).status, 204)
                self.assertEqual(self.victor.get(path).status, 404)

    def test_viewers_write_nothing_but_what_is_their_own(self):
        for collection in PLAIN:
            with self.subTest(collection):
                # Made first: of one that has a natural key there is only one.
                made = self.make(collection) if collection not in PERSONAL else None
                answer = self.victor.post(f"/api/{collection}?storeId=gifts", self.fields(collection))
                if collection in PERSONAL:
                    self.assertEqual(answer.status, 201, answer)
                    made = answer.json["data"]
                    self.assertEqual(self.victor.delete(f"/api/{collection}/{made['id']}?storeId=gifts").status, 204)
                else:
                    self.assertEqual((answer.status, answer.code), (403, "forbidden"), answer)
                    gone = self.victor.delete(f"/api/{collection}/{made['id']}?storeId=gifts")
                    self.assertEqual((gone.status, gone.code), (403, "forbidden"), gone)
                    self.edith.delete(f"/api/{collection}/{made['id']}?storeId=gifts")

    def test_people_of_another_store_reach_none_of_it(self):
        for collection in PLAIN:
            with self.subTest(collection):
                made = self.make(collection)
                path = f"/api/{collection}/{made['id']}"
                for answer in (self.gina.get(f"/api/{collection}?storeId=gifts"), self.gina.get(f"{path}?storeId=gifts"),
                               self.gina.delete(f"{path}?storeId=gifts")):
                    self.assertEqual((answer.status, answer.code), (403, "forbidden_store"), answer)
                own = self.gina.get(f"{path}?storeId=games")
                self.assertEqual(own.status, 404, "nor under the name of their own store")
                self.assertEqual(self.gina.get(f"/api/{collection}?storeId=nowhere").status, 404)
                self.edith.delete(f"{path}?storeId=gifts")

    def test_what_a_store_has_one_of_begins_empty_and_is_made_by_its_first_value(self):
        for collection, field, value, writer in (("account_health", "health_rating", 250, self.edith), ("legal_entity", "legal_name", "Mugs Ltd", self.anna)):
            with self.subTest(collection):
                path = f"/api/{collection}?storeId=gifts"
                self.assertIsNone(self.victor.get(path).json["data"].get(field))
                self.assertEqual(self.victor.put(path, {field: value}).status, 403)
                self.assertEqual(writer.put(path, {field: value}).status, 200)
                self.assertEqual(self.victor.get(path).json["data"][field], value)
        refused = self.edith.put("/api/legal_entity?storeId=gifts", {"legal_name": "Edith's"})
        self.assertEqual((refused.status, refused.code), (403, "forbidden"), "only admins write who sells")
        wrong = self.edith.put("/api/account_health?storeId=gifts", {"order_defect_rate": "101"})
        self.assertEqual(wrong.status, 422, wrong)

    def test_a_reference_must_name_a_living_record_of_the_store(self):
        foreign = self.root.add_product(store="games", title="Of another store")["id"]
        gone = self.edith.add_product(title="Gone")["id"]
        self.edith.delete(f"/api/products/{gone}?storeId=gifts")
        for collection in ("voc_data", "product_variants", "platform_overrides"):
            for product in (ID, foreign, gone):
                with self.subTest(collection=collection, product=product):
                    answer = self.edith.post(f"/api/{collection}?storeId=gifts", {**self.fields(collection), "product": product})
                    self.assertEqual(answer.status, 422, answer)
                    self.assertIn("reference_missing", [answer.code, *[error["code"] for error in answer.json.get("errors", [])]])

    def test_a_natural_key_is_one_record_whoever_makes_it(self):
        product = self.edith.add_product(title="Heard of")["id"]
        first = self.edith.post("/api/voc_data?storeId=gifts", {"product": product, "cx_health": "Poor"}).json["data"]
        second = self.anna.post("/api/voc_data?storeId=gifts", {"product": product, "star_rating": "4.5"})
        self.assertIn(second.status, (200, 201), second)
        both = second.json["data"]
        self.assertEqual((both["id"], both["cx_health"], both["star_rating"]), (first["id"], "Poor", "4.5"))
        self.assertEqual(self.edith.delete(f"/api/voc_data/{first['id']}?storeId=gifts").status, 204)
        again = self.edith.post("/api/voc_data?storeId=gifts", {"product": product, "cx_health": "Fair"})
        self.assertEqual((again.status, again.json["data"]["id"]), (201, first["id"]), "it may come back")

    def test_unique_names_are_taken_once(self):
        self.make("categories", path="Office")
        twice = self.anna.post("/api/categories?storeId=gifts", {"path": "Office"})
        self.assertIn(twice.status, (409, 422), twice)
        self.assertEqual(self.root.post("/api/categories?storeId=games", {"path": "Office"}).status, 201, "another store has names of its own")

    def test_only_its_owner_changes_a_saved_view(self):
        view = self.make("saved_views")
        path = f"/api/saved_views/{view['id']}?storeId=gifts"
        self.assertEqual(self.anna.get(path).json["data"]["name"], "Mine", "colleagues may read it")
        for answer in (self.anna.put(path, {"name": "Hers"}), self.victor.delete(path), self.victor.put(path, {"name": "His"})):
            self.assertEqual((answer.status, answer.code), (403, "not_owner"), answer)
        foreign = self.anna.post("/api/saved_views?storeId=gifts", {**PLAIN["saved_views"][0], "owner": view["owner"]})
        self.assertEqual((foreign.status, foreign.code), (403, "not_owner"), foreign)
        self.assertEqual(self.anna.delete(path).status, 204, "an admin may tidy up")


class Memberships(Whole):
    def test_each_membership_is_added_and_taken_out_by_itself(self):
        spring, winter = self.make("collections", title="Spring")["id"], self.make("collections", title="Winter")["id"]
        product = self.edith.add_product(title="Scarf")["id"]
        one, two = (JsonSocket(self.server, token=token(self.server, name)) for name in ("edith", "anna"))
        Follower(one, "gifts")
        Follower(two, "gifts")

        def member(connection, op, collection):
            receipt = mutate(connection, "gifts", {"id": new_id(), "ops": [
                {"op": op, "dataType": "products", "id": product, "field": "collections", "value": collection}]})
            return receipt["data"][0]["ops"][0]["status"]

        self.assertEqual(member(one, "list_add", spring), "applied")
        self.assertEqual(member(two, "list_add", winter), "applied")
        self.assertEqual(member(two, "list_add", spring), "already")
        listed = self.victor.get(f"/api/collections/{winter}/products?storeId=gifts").json
        self.assertEqual([record["id"] for record in listed["data"]], [product])
        self.assertEqual(member(one, "list_remove", spring), "applied")
        now = self.victor.get(f"/api/products/{product}?storeId=gifts").json["data"]
        self.assertEqual(now["collections"], [winter])
        self.assertEqual(self.victor.get(f"/api/collections/{spring}/products?storeId=gifts").json["data"], [])
        self.assertEqual(self.victor.get(f"/api/collections/{ID}/products?storeId=gifts").status, 404)
        self.assertEqual(self.gina.get(f"/api/collections/{winter}/products?storeId=gifts").status, 403)
        one.close()
        two.close()

    def test_two_hundred_and_fifty_six_memberships_are_one_mutation_and_one_more_is_refused(self):
        collection = self.make("collections", title="Everything")["id"]
        products = [self.edith.add_product(title=f"P{n}")["id"] for n in range(5)]
        connection = JsonSocket(self.server, token=token(self.server, "edith"))
        Follower(connection, "gifts")

        def ops(count):
            return [{"op": "list_add", "dataType": "products", "id": products[n % 5], "field": "collections", "value": collection} for n in range(count)]

        receipt = mutate(connection, "gifts", {"id": new_id(), "ops": ops(256)})
        statuses = [op["status"] for op in receipt["data"][0]["ops"]]
        self.assertEqual((statuses[:5], set(statuses[5:])), (["applied"] * 5, {"already"}))
        refused = mutate(connection, "gifts", {"id": new_id(), "ops": ops(257)})
        self.assertEqual(refused["type"], "error", refused)
        connection.close()


class Sockets(Whole):
    KINDS = ("products", "categories", "collections", "sales", "voc_data", "product_variants", "platform_overrides", "account_health", "legal_entity")

    def test_each_collection_is_followed_and_edited_over_the_json_socket(self):
        connection = JsonSocket(self.server, token=token(self.server, "edith"))
        follower = Follower(connection, "gifts", data_types=self.KINDS)
        for collection, (_, (field, value)) in PLAIN.items():
            if collection in PERSONAL:
                continue
            with self.subTest(collection):
                made = self.make(collection)
                follower.until(lambda f, c=collection, i=made["id"]: i in f.records[c])
                receipt = mutate(connection, "gifts", {"id": new_id(), "ops": [set_op(made["id"], field, None, value, data_type=collection)]})
                self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied", receipt)
                follower.until(lambda f, c=collection, i=made["id"], n=field, v=value: f.records[c][i].get(n) == v)
                self.edith.delete(f"/api/{collection}/{made['id']}?storeId=gifts")
                follower.until(lambda f, c=collection, i=made["id"]: i not in f.records[c])
        connection.close()

    def test_no_frame_of_one_store_reaches_a_socket_of_another(self):
        games = JsonSocket(self.server, token=token(self.server, "gina"))
        follower = Follower(games, "games", data_types=self.KINDS)
        ours = set()
        for collection in PLAIN:
            if collection not in PERSONAL:
                ours.add(self.make(collection)["id"])
        self.assertEqual(self.edith.put("/api/account_health?storeId=gifts", {"policy_violations": 7}).status, 200)
        self.assertEqual(self.anna.put("/api/legal_entity?storeId=gifts", {"city": "Leeds"}).status, 200)
        # What is written last in the other store comes last: all before it would have come by then.
        marker = self.root.post("/api/collections?storeId=games", {"title": "Marker"}).json["data"]["id"]
        seen = []
        while marker not in follower.records["collections"]:
            seen.append(follower.step())  # asserts the store of each
        self.assertTrue(seen)
        for collection, records in follower.records.items():
            self.assertEqual(ours & set(records), set(), collection)
        self.assertNotIn("Leeds", str(follower.records))
        games.send("selectStore", {"dataTypes": list(self.KINDS)}, storeId="gifts")
        refused = games.expect("error", "bulk_update", "data_update", "store_switch")
        self.assertEqual((refused["type"], refused["code"] if "code" in refused else refused["data"]["code"]), ("error", "forbidden_store"), refused)
        games.close()


if __name__ == "__main__":
    unittest.main()

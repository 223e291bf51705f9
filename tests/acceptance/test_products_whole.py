"""What belongs to a product beside its own fields, over HTTP: variants, values for single marketplaces, membership, filters, history."""

import unittest

from http_client import Client
from server import small_server

STORE = {"storeId": "gifts"}


class ProductsWhole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.anna = Client(cls.server, "anna")
        cls.edith = Client(cls.server, "edith")
        cls.victor = Client(cls.server, "victor")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def made(self, path, body, client=None):
        answer = (client or self.edith).post(path, body, query=STORE)
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]

    def listed(self, path, **query):
        answer = self.edith.get(path, query={**STORE, **query})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["data"]

    def test_variants_belong_to_a_living_product_and_have_codes_of_their_own(self):
        product = self.edith.add_product(title="Shirt", sku="SHIRT")
        other = self.edith.add_product(title="Trousers", sku="TROUSERS")
        small = self.made("/api/product_variants", {
            "product": product["id"], "name": "S / Red", "sku": "SHIRT-S-RED", "price": "12.5", "stock": 7,
            "attributes": {"Size": "S", "Colour": "Red"}, "platform_variant_ids": {"shopify": "77"}, "is_active": True, "position": "2"})
        self.made("/api/product_variants", {"product": product["id"], "name": "M / Red", "position": "1.5"})
        self.made("/api/product_variants", {"product": other["id"], "name": "Long"})
        mine = self.listed("/api/product_variants", product=product["id"])
        self.assertEqual([one["name"] for one in mine], ["M / Red", "S / Red"], "in the order of their places")
        self.assertEqual((mine[1]["attributes"], mine[1]["platform_variant_ids"]), ({"Size": "S", "Colour": "Red"}, {"shopify": "77"}))
        twice = self.edith.post("/api/product_variants", {"product": other["id"], "name": "Copy", "sku": "shirt-s-red"}, query=STORE)
        self.assertEqual(twice.status, 409, twice)
        nobody = self.edith.post("/api/product_variants", {"product": "0000000000009", "name": "Orphan"}, query=STORE)
        self.assertEqual(nobody.code, "reference_missing", nobody)
        path = f"/api/product_variants/{small['id']}"
        changed = self.edith.put(path, {"is_active": False, "position": "1"}, query=STORE)
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual([one["name"] for one in self.listed("/api/product_variants", product=product["id"])], ["S / Red", "M / Red"])
        self.assertEqual(self.victor.put(path, {"price": "1"}, query=STORE).status, 403)
        self.assertEqual(self.edith.call("DELETE", path, query=STORE).status, 204)
        self.assertEqual(len(self.listed("/api/product_variants", product=product["id"])), 1)

    def test_a_marketplace_has_one_record_and_inherits_what_is_empty_in_it(self):
        product = self.edith.add_product(title="Mug", sku="MUG-W", price="9.5")
        first = self.made("/api/platform_overrides", {"product": product["id"], "platform": "amazon", "price": "11"})
        path = f"/api/platform_overrides/{first['id']}"
        changed = self.anna.put(path, {"title": "Mug for Amazon"}, query=STORE)
        self.assertEqual(changed.status, 200, changed)
        again = self.listed("/api/platform_overrides", product=product["id"])
        self.assertEqual([(one["id"], one["price"], one["title"]) for one in again], [(first["id"], "11", "Mug for Amazon")])
        inherits = self.edith.put(path, {"price": None}, query=STORE)
        self.assertEqual(inherits.status, 200, inherits)
        now = self.edith.get(path, query=STORE).json["data"]
        self.assertIsNone(now.get("price"))
        self.assertEqual(now["title"], "Mug for Amazon")
        wrong = self.edith.post("/api/platform_overrides", {"product": product["id"], "platform": "ebay"}, query=STORE)
        self.assertEqual(wrong.status, 422, wrong)

    def test_scripts_never_reach_a_description(self):
        nasty = '<p onclick="x()">Fine <b>clay</b></p><script>x()</script><a href="javascript:x()">no</a><img src=x onerror=x()>'
        product = self.edith.add_product(title="Vase", sku="VASE", description=nasty)
        for record in (product, self.made("/api/platform_overrides", {"product": product["id"], "platform": "shopee", "description": nasty})):
            self.assertIn("<b>clay</b>", record["description"])
            for trace in ("script", "onclick", "onerror", "img", "javascript"):
                self.assertNotIn(trace, record["description"])

    def test_filters_hold_together(self):
        path = "/api/products"
        for number, (price, category, amazon) in enumerate((("5", "Home > Lamps", "L1"), ("15", "Home > Lamps", "L2"), ("25", "Home > Lamps", None),
                                                            ("15", "Garden > Lamps", "L4"))):
            fields = {"title": f"Lamp {number}", "sku": f"LAMP-{number}", "price": price, "category": category}
            self.made(path, {**fields, **({"amazon_id": amazon} if amazon else {})})

        def found(**query):
            return sorted(one["sku"] for one in self.listed(path, q="lamp", **query))

        self.assertEqual(found(category="Home > Lamps"), ["LAMP-0", "LAMP-1", "LAMP-2"])
        self.assertEqual(found(category="Home > Lamps", min_price="10"), ["LAMP-1", "LAMP-2"])
        self.assertEqual(found(category="Home > Lamps", min_price="15", max_price="15"), ["LAMP-1"], "both bounds count")
        self.assertEqual(found(platform="amazon"), ["LAMP-0", "LAMP-1", "LAMP-3"])
        self.assertEqual(found(platform="amazon", category="Garden > Lamps", max_price="20"), ["LAMP-3"])
        self.assertEqual(found(platform="shopify"), [])
        self.assertEqual(found(sync_status="failed"), [])

    def test_what_the_server_knows_of_a_listing_is_not_written_by_people(self):
        product = self.edith.add_product(title="Listed", sku="LISTED", amazon_id="B0X")
        for field, value in (("amazon_sync_status", "synced"), ("sync_status", "failed"), ("last_synced_at", "2026-01-01T00:00:00Z"), ("thumbnail", "ab")):
            answer = self.anna.put(f"/api/products/{product['id']}", {field: value}, query=STORE)
            self.assertIn(answer.status, (403, 422), (field, answer))

    def test_tags_and_collections_are_changed_entry_by_entry(self):
        group = self.made("/api/collections", {"title": "Gifts under ten"})
        product = self.edith.add_product(title="Bowl", sku="BOWL-W", tags=["clay"], collections=[group["id"]])
        path = f"/api/products/{product['id']}"
        base = {"Base-Version": str(product["version"])}
        self.assertEqual(self.anna.put(path, {"tags": ["clay", "sale"]}, query=STORE, headers=base).status, 200)
        self.assertEqual(self.edith.put(path, {"title": "Blue bowl"}, query=STORE, headers=base).status, 200)
        now = self.edith.get(path, query=STORE).json["data"]
        self.assertEqual((now["tags"], now["title"]), (["clay", "sale"], "Blue bowl"))
        members = self.listed(f"/api/collections/{group['id']}/products")
        self.assertEqual([one["sku"] for one in members], ["BOWL-W"])

    def test_the_history_of_a_product_is_read_in_pieces(self):
        product = self.edith.add_product(title="First name", sku="HISTORY")
        for name in ("Second name", "Third name"):
            self.assertEqual(self.anna.put(f"/api/products/{product['id']}", {"title": name}, query=STORE).status, 200)
        query = {**STORE, "dataType": "products", "id": product["id"], "limit": 2}
        newest = self.edith.get("/api/history", query=query).json
        self.assertEqual([entry["changes"][0]["new"] for entry in newest["data"]], ["Third name", "Second name"])
        self.assertEqual(newest["data"][0]["by"], "anna")
        older = self.edith.get("/api/history", query={**query, "before": newest["next"]}).json["data"]
        self.assertEqual([entry["kind"] for entry in older], ["insert"])


if __name__ == "__main__":
    unittest.main()

"""The OpenAPI document against the running server: every route it names is asked, and the answer is held to what it says."""

import json
import re
import unittest

from http_client import Client
from server import PASSWORD, Server, eventually, small_server
from test_pictures import JPEG

METHODS = ("get", "post", "put", "patch", "delete")


class Schemas:
    """The part of JSON Schema that the document uses; objects are taken as closed: an undocumented member is a fault."""

    def __init__(self, document):
        self.named = document["components"]["schemas"]

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.named[schema["$ref"].removeprefix("#/components/schemas/")]
        return schema

    def members(self, schema):
        """All properties and required names of an object, those of its parts included."""
        schema = self.resolve(schema)
        properties, required = dict(schema.get("properties", {})), set(schema.get("required", []))
        for part in schema.get("allOf", []):
            more, needed = self.members(part)
            properties.update(more)
            required |= needed
        return properties, required

    def faults(self, schema, value, at="answer"):
        schema = self.resolve(schema)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            found = [list(self.faults(part, value, at)) for part in choices]
            if all(found):
                yield from found[0]
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: {value!r} is none of {schema['enum']}"
        if "const" in schema and value != schema["const"]:
            yield f"{at}: {value!r} is not {schema['const']!r}"
        types = schema.get("type", "object" if "allOf" in schema else [])
        types = [types] if isinstance(types, str) else types
        if types and not any(self.is_of(kind, value) for kind in types):
            yield f"{at}: {value!r} is not {types}"
            return
        if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: {value!r} is not like {schema['pattern']}"
        if isinstance(value, str) and schema.get("format") == "date-time" \
                and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
            yield f"{at}: {value!r} is no time"
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                yield from self.faults(schema["items"], item, f"{at}[{number}]")
        properties, required = self.members(schema)
        if isinstance(value, dict) and properties:
            for name in sorted(required - value.keys()):
                yield f"{at}.{name} is missing"
            for name, item in value.items():
                if name not in properties:
                    yield f"{at}.{name} is not documented"
                else:
                    yield from self.faults(properties[name], item, f"{at}.{name}")

    @staticmethod
    def is_of(kind, value):
        return {"string": isinstance(value, str), "boolean": isinstance(value, bool), "null": value is None,
                "integer": isinstance(value, int) and not isinstance(value, bool),
                "array": isinstance(value, list), "object": isinstance(value, dict)}[kind]


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.document = Client(cls.server).get("/api/openapi.json").json
        cls.schemas = Schemas(cls.document)
        cls.root = Client(cls.server, "root")
        cls.anna = Client(cls.server, "anna")
        cls.operations = {}
        for path, item in cls.document["paths"].items():
            for method in METHODS:
                if method in item:
                    cls.operations[item[method]["operationId"]] = (method.upper(), path, item[method])

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def ask(self, name, client=None, body=None, query="", raw=None, headers=None, **parts):
        """Asks a documented operation; its answer must be the documented one."""
        method, path, operation = self.operations[name]
        for key, value in parts.items():
            self.assertIn("{" + key + "}", path, name)
            path = path.replace("{" + key + "}", value)
        self.assertNotIn("{", path, name)
        for key in re.findall(r"(?:^|&)(\w+)=", query):
            self.assertIn(key, [one["name"] for one in operation["parameters"] if one["in"] == "query"], name)
        for one in operation["parameters"]:
            if one["in"] == "query" and one["required"]:
                self.assertRegex(query, rf"(^|&){one['name']}=", name)
        self.assertEqual(body is not None or raw is not None, "requestBody" in operation, name)
        if body is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self.assertEqual(list(self.schemas.faults(schema, body, "body")), [], name)
        answer = (client or self.anna).call(method, path + ("?" + query if query else ""), body, raw=raw,
                                            headers=headers)
        good = [code for code in operation["responses"] if code.startswith("2") and code != "2XX"]
        self.assertEqual([str(answer.status)], good, (name, answer))
        described = operation["responses"][good[0]].get("content", {})
        if not described:
            self.assertEqual(answer.body, b"", name)
            return answer
        media = answer.headers["content-type"].split(";")[0]
        self.assertIn(media, described, name)
        if media == "application/json":
            self.assertEqual(list(self.schemas.faults(described[media]["schema"], answer.json)), [], name)
        self.asked.add(name)
        return answer

    def ask_openly(self):
        nobody = Client(self.server)
        for name in ("health", "ready", "metrics", "openapi", "docs", "docs_style", "docs_script", "setup_get"):
            self.ask(name, nobody)

    def ask_sessions(self):
        first = Server()
        try:
            token = first.listening["setupUrl"].split("token=")[1]
            kept, self.server = self.server, first
            self.ask("setup_create", Client(first), {"token": token, "name": "first", "password": PASSWORD})
        finally:
            self.server = kept
            first.close()
        victor = Client(self.server)
        session = self.ask("session_create", victor, {"user": "victor", "password": PASSWORD})
        victor.csrf = session.json["data"]["csrf"]
        self.ask("session_get", victor)
        self.ask("session_ticket", victor)
        token = self.ask("tokens_create", victor, {"label": "till", "days": 3}).json["data"]
        self.ask("tokens_list", victor)
        self.ask("tokens_delete", victor, id=token["id"])
        self.ask("status_get", victor)
        self.ask("session_password", victor, {"current": PASSWORD, "password": "another horse 8 staple"})
        self.ask("session_delete", victor)

    def ask_people_and_stores(self):
        person = self.ask("people_create", self.anna, {"name": "zoe", "role": "viewer", "password": PASSWORD},
                          "storeId=gifts").json["data"]
        self.ask("people_list", query="storeId=gifts")
        self.ask("people_put", self.anna, {"role": "editor"}, "storeId=gifts", id=person["id"])
        self.ask("people_delete", query="storeId=gifts", id=person["id"])
        self.ask("stores_create", self.root,
                 {"id": "new", "name": "New", "currency": "GBP", "timeZone": "Europe/London"})
        self.ask("stores_list")
        self.ask("stores_get", store="gifts")
        self.ask("stores_put", self.anna, {"name": "Gifts and more"}, store="gifts")
        self.ask("stores_patch", self.anna, {"marketplace": "Shopify"}, store="gifts")
        self.ask("dashboard_get", store="gifts")
        self.ask("dashboard_put", self.anna, {"sales_amount": "12.5"}, store="gifts")
        self.ask("dashboard_patch", self.anna, {"open_orders": 4}, store="gifts")

    def ask_products(self):
        product = self.ask("products_create", self.anna, {"title": "Cup", "price": "3", "inventory": 5},
                           "storeId=gifts").json["data"]
        own = {"id": product["id"], "query": "storeId=gifts"}
        self.ask("products_list", query="storeId=gifts&page=1&size=25&sort=-price&status=Active&q=cup")
        self.ask("products_list", query="storeId=gifts&cursor=&size=1")
        self.ask("products_get", **own)
        self.ask("products_put", self.anna, {"price": "4"}, **own)
        self.ask("products_patch", self.anna, {"category": None}, **own)
        self.ask("products_adjust", self.anna, {"amount": -2, "min": 0, "reason": "broken"}, **own)
        self.ask("history_get", query=f"storeId=gifts&dataType=products&id={product['id']}&limit=2")
        edith = Client(self.server, "edith")
        refused = edith.put(f"/api/products/{product['id']}?storeId=gifts", {"price": "5"},
                            headers={"Base-Version": str(product["version"])})
        self.assertEqual(refused.status, 409, refused)
        problem = self.document["components"]["schemas"]["Problem"]
        self.assertEqual(list(self.schemas.faults(problem, refused.json)), [])
        self.ask("conflicts_list", query="storeId=gifts&status=open")
        self.ask("conflicts_resolve", edith, {"choice": "value", "value": "6"}, id=refused.json["conflictId"])
        self.ask("sync_changes", query="storeId=gifts&since=0&epoch=" + self.ask(
            "sync_snapshot", query="storeId=gifts&dataType=products").json["epoch"])
        self.ask("exports_products", query="storeId=gifts&format=csv")
        self.ask("products_delete", **own)

    def ask_records(self):
        """Every collection without routes of its own: made, read, changed, listed, removed."""
        product = self.ask("products_create", self.anna, {"title": "Jug"}, "storeId=gifts").json["data"]["id"]
        group = self.ask("collections_create", self.anna, {"title": "Kitchen"}, "storeId=gifts").json["data"]["id"]
        self.ask("products_patch", self.anna, {"collections": [group]}, query="storeId=gifts", id=product)
        listed = self.ask("collections_products", query="storeId=gifts", id=group).json["data"]
        self.assertEqual([one["id"] for one in listed], [product])
        made = {
            "sales": ({"day": "2026-11-22", "units_sold": 3}, {"units_sold": 4}),
            "voc_data": ({"product": product, "ncx_rate": "1.5"}, {"ncx_rate": "2"}),
            "categories": ({"path": "Home > Kitchen"}, {"path": "Home > Kitchens"}),
            "collections": ({"title": "Garden"}, {"title": "Gardens"}),
            "product_variants": ({"product": product, "name": "Blue", "sku": "J-B", "attributes": {"Colour": "Blue"}},
                                 {"name": "Navy"}),
            "platform_overrides": ({"product": product, "platform": "amazon", "price": "5"}, {"price": "6"}),
            "saved_views": ({"name": "Low", "screen": "products", "spec": {"sort": "inventory"}}, {"name": "Lower"}),
            "layouts": ({"screen": "dashboard", "spec": {"hidden": []}}, {"spec": {"hidden": ["ad_sales"]}}),
        }
        for name, (fields, change) in made.items():
            record = self.ask(f"{name}_create", self.anna, fields, "storeId=gifts").json["data"]
            own = {"id": record["id"], "query": "storeId=gifts"}
            self.assertEqual(self.ask(f"{name}_get", **own).json["data"], record)
            self.ask(f"{name}_put", self.anna, change, **own)
            self.ask(f"{name}_patch", self.anna, change, **own)
            self.ask(f"{name}_list", query="storeId=gifts&page=1&size=5")
            self.ask(f"{name}_delete", **own)
        for name, change in {"account_health": {"health_rating": 900}, "legal_entity": {"country": "GB"}}.items():
            self.assertEqual(self.ask(f"{name}_get", query="storeId=gifts").json["data"]["version"], 0)
            self.ask(f"{name}_put", self.anna, change, "storeId=gifts")
            self.ask(f"{name}_patch", self.anna, change, "storeId=gifts")
        self.ask("images_list", query="storeId=gifts&product=" + product)
        own = {"query": "storeId=gifts", "id": self.ask(
            "images_create", raw=JPEG, query="storeId=gifts&alt=Left&product=" + product).json["data"]["id"]}
        self.ask("images_put", self.anna, {"alt": "Right"}, **own)
        self.ask("images_patch", self.anna, {"position": "2"}, **own)
        self.ask("images_content", raw=JPEG, **own)
        picture = self.ask("images_get", **own).json["data"]
        self.ask("pictures_get", hash=picture["hash"], file="96.webp")
        self.ask("images_delete", **own)
        self.ask("images_restore", **own)
        # No other site can be reached from a test.
        self.asked.add("images_fetch")

    def ask_imports(self):
        csv = b"title,sku,price\nMug,M-1,9.50\nPot,P-1,cheap\n"
        wanted = self.ask("imports_create", raw=csv, query="storeId=gifts&kind=products&dryRun=true&fileName=a.csv",
                          headers={"Content-Type": "text/csv"}).json["id"]
        eventually(lambda: self.anna.get(f"/api/imports/{wanted}").json["data"]["state"] == "previewed")
        self.ask("imports_get", id=wanted)
        self.ask("imports_list", query="storeId=gifts&page=1&size=5")
        rows = self.ask("imports_rows", query="page=1&size=10", id=wanted).json["data"]
        self.assertEqual({row["fate"] for row in rows}, {"insert", "rejected"})
        self.ask("imports_errors", id=wanted)
        self.ask("imports_sample")
        self.ask("imports_apply", id=wanted)
        self.ask("imports_cancel", id=wanted)

    def ask_exchange(self):
        # A hello of the binary protocol; what it may hold is the matter of core/wire.
        method, path, operation = self.operations["sync_exchange"]
        answer = self.anna.call(method, path + "?storeId=gifts", raw=b"\x00",
                                headers={"Content-Type": "application/octet-stream"})
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        self.assertEqual(list(operation["responses"]["200"]["content"]), ["application/octet-stream"])
        self.assertIn("application/octet-stream", operation["requestBody"]["content"])
        self.asked.add("sync_exchange")

    def test_every_documented_route_answers_as_documented(self):
        self.asked = set()
        self.ask_openly()
        self.ask_sessions()
        self.ask_people_and_stores()
        self.ask_products()
        self.ask_records()
        self.ask_imports()
        self.ask_exchange()
        empty = {name for name, (_, _, operation) in self.operations.items() if "204" in operation["responses"]}
        self.assertEqual(self.asked | empty, set(self.operations))

    def test_the_methods_of_every_path_are_the_documented_ones(self):
        for path, item in self.document["paths"].items():
            concrete = re.sub(r"\{\w+\}", "0000000000001", path)
            answer = self.anna.call("OPTIONS", concrete)
            allowed = {word.strip() for word in answer.headers["allow"].split(",")} - {"OPTIONS", "HEAD"}
            # Where a literal stands beside a parameter (/api/imports/sample.csv) both are named.
            self.assertLessEqual({method.upper() for method in item if method in METHODS}, allowed, path)
            self.assertEqual(allowed, {method.upper() for method in item if method in METHODS}, path)

    def test_what_is_needed_is_really_needed(self):
        checked = 0
        for name, (method, path, operation) in self.operations.items():
            needed = [one["name"] for one in operation["parameters"] if one["in"] == "query" and one["required"]]
            if method == "GET" and "storeId" in needed:
                answer = self.anna.call(method, re.sub(r"\{\w+\}", "0000000000001", path))
                self.assertIn(answer.status, (400, 404, 422), (name, answer))
                checked += 1
        self.assertGreater(checked, 5)

    def test_the_page_is_served_with_the_policy_of_all_pages(self):
        page = Client(self.server).get("/api/docs")
        self.assertEqual(page.headers["content-type"], "text/html; charset=utf-8")
        self.assertIn("default-src 'self'", page.headers["content-security-policy"])
        text = page.body.decode()
        for name in self.operations:
            self.assertIn(f'id="{name}"', text)
        self.assertEqual(re.findall(r"<script(?! src=\"/api/docs/page\.js\")|\son\w+=|https?://", text), [])
        self.assertLess(len(json.dumps(self.document)), 400_000)


if __name__ == "__main__":
    unittest.main()

"""HTTP as the interface promises it: statuses, codes, paging, caching, idempotency, sessions."""

import concurrent.futures
import json
import re
import socket
import unittest

from http_client import Client
from server import PASSWORD, small_server
from socket_client import Closed, Follower, JsonSocket, new_id


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.root = Client(cls.server, "root")
        cls.anna = Client(cls.server, "anna")
        cls.edith = Client(cls.server, "edith")
        cls.victor = Client(cls.server, "victor")
        cls.gina = Client(cls.server, "gina")
        cls.nobody = Client(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def assert_problem(self, answer, status, code=None):
        self.assertEqual(answer.status, status, answer)
        self.assertTrue(answer.headers["content-type"].startswith("application/problem+json"), answer.headers)
        body = answer.json
        for key in ("type", "title", "status", "detail", "code"):
            self.assertIn(key, body)
        self.assertEqual((body["success"], body["status"]), (False, status))
        if code:
            self.assertEqual(body["code"], code, body)

    # --- session
    def test_session_names_the_person_and_their_stores(self):
        answer = self.edith.get("/api/session")
        self.assertEqual(answer.status, 200)
        data = answer.json["data"]
        self.assertEqual([(s["id"], s["role"]) for s in data["stores"]], [("gifts", "editor")])
        self.assert_problem(self.nobody.get("/api/session"), 401)
        self.assert_problem(self.nobody.post("/api/session", {"user": "edith", "password": "wrong wrong wrong"}),
                            401, "bad_credentials")
        self.assert_problem(self.nobody.post("/api/session", {"user": "nobody", "password": "wrong wrong wrong"}),
                            401, "bad_credentials")

    def test_the_cookie_is_guarded_and_sign_out_ends_the_session(self):
        answer = self.nobody.call("POST", "/api/session", {"user": "victor", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        for part in ("HttpOnly", "SameSite=Lax"):
            self.assertIn(part, cookie)
        leaving = Client(self.server, "victor")
        self.assert_problem(leaving.delete("/api/session", headers={"X-CSRF-Token": None}), 403, "csrf")
        self.assertEqual(leaving.delete("/api/session").status, 204)
        self.assert_problem(leaving.get("/api/session"), 401)
        self.nobody.cookie = None

    def test_unsafe_requests_with_a_cookie_need_the_csrf_token(self):
        answer = self.edith.post("/api/products?storeId=gifts", {"title": "x"}, headers={"X-CSRF-Token": None})
        self.assert_problem(answer, 403, "csrf")

    def test_a_foreign_origin_is_refused(self):
        answer = self.edith.post("/api/products?storeId=gifts", {"title": "x"}, headers={"Origin": "https://evil.example"})
        self.assert_problem(answer, 403, "origin")

    # --- products
    def test_create_read_update_delete(self):
        created = self.edith.post("/api/products?storeId=gifts", {"title": "Kettle", "price": "12.50", "inventory": 3})
        self.assertEqual(created.status, 201, created)
        product = created.json["data"]
        self.assertRegex(product["id"], r"^[0-9A-HJKMNP-TV-Z]{13}$")
        self.assertEqual((product["price"], product["inventory"], product["storeId"]), ("12.5", 3, "gifts"))
        self.assertRegex(product["updatedAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertTrue(created.headers["location"].startswith(f"/api/products/{product['id']}"))
        read = self.victor.get(f"/api/products/{product['id']}?storeId=gifts")
        self.assertEqual(read.json["data"], product)
        self.assertEqual(read.headers["etag"].strip('W/"'), str(product["version"]))
        patched = self.edith.call("PATCH", f"/api/products/{product['id']}?storeId=gifts", {"status": "Inactive"})
        self.assertEqual(patched.json["data"]["status"], "Inactive")
        self.assertEqual(patched.json["data"]["title"], "Kettle")
        self.assertEqual(self.edith.delete(f"/api/products/{product['id']}?storeId=gifts").status, 204)

    def test_invalid_fields_are_named_each(self):
        answer = self.edith.post("/api/products?storeId=gifts", {
            "title": "", "price": "1,299.00", "inventory": -1, "status": "Gone", "colour": "red", "units_sold": "7"})
        self.assert_problem(answer, 422)
        fields = {e["field"] for e in answer.json["errors"]}
        self.assertLessEqual({"price", "inventory", "status", "colour", "units_sold"}, fields)
        for error in answer.json["errors"]:
            self.assertTrue(error["message"] and error["code"], error)
        for price in ("£4", "4.00001", "1e3", "", "--1", "999999999999999999999", 4, None, True, [], "4 "):
            bad = self.edith.post("/api/products?storeId=gifts", {"title": "x", "price": price})
            if price is not None:
                self.assert_problem(bad, 422)

    def test_a_duplicate_sku_is_refused_whatever_its_case(self):
        self.edith.add_product(title="One", sku="DUP-1")
        answer = self.edith.post("/api/products?storeId=gifts", {"title": "Two", "sku": "dup-1"})
        self.assert_problem(answer, 409, "duplicate_sku")
        self.edith.add_product(title="No sku 1")
        self.edith.add_product(title="No sku 2")

    def test_pages_are_exact_and_clamped_and_cursors_see_everything_once(self):
        store = "games"
        for i in range(23):
            self.gina.add_product(store, title=f"Game {i:02}", price=str(i % 5), status="Active" if i % 2 else "Inactive")
        page = self.gina.get(f"/api/products?storeId={store}&page=99&size=10&sort=price").json
        self.assertEqual(page["page"], {"page": 3, "size": 10, "total": 23, "pages": 3})
        seen = []
        for number in (1, 2, 3):
            seen += self.gina.get(f"/api/products?storeId={store}&page={number}&size=10&sort=-price").json["data"]
        self.assertEqual(len({p["id"] for p in seen}), 23)
        keys = [(float(p["price"]), p["id"]) for p in seen]
        self.assertEqual(keys, sorted(keys, reverse=True), "ties by id, in the direction of the sort")
        active = self.gina.get(f"/api/products?storeId={store}&status=Active&q=game%200").json
        self.assertEqual({p["title"] for p in active["data"]}, {f"Game 0{i}" for i in (1, 3, 5, 7, 9)})
        ids, cursor = [], ""
        while cursor is not None:
            answer = self.gina.get(f"/api/products?storeId={store}&cursor={cursor}&size=7").json
            ids += [p["id"] for p in answer["data"]]
            cursor = answer["next"]
        self.assertEqual((len(ids), len(set(ids))), (23, 23))
        empty = self.gina.get(f"/api/products?storeId={store}&q=nothing-like-this").json["page"]
        self.assertEqual((empty["page"], empty["pages"], empty["total"]), (1, 1, 0))
        for bad in ("size=0", "size=201", "page=0", "page=x", "sort=colour", "sort=description"):
            self.assertIn(self.gina.get(f"/api/products?storeId={store}&{bad}").status, (400, 422), bad)

    def test_lists_are_revalidated_and_every_write_invalidates(self):
        first = self.victor.get("/api/products?storeId=gifts")
        etag = first.headers["etag"]
        self.assertEqual(self.victor.get("/api/products?storeId=gifts", headers={"If-None-Match": etag}).status, 304)
        self.edith.add_product(title="New thing")
        again = self.victor.get("/api/products?storeId=gifts", headers={"If-None-Match": etag})
        self.assertEqual(again.status, 200)
        self.assertEqual(again.json["page"]["total"], first.json["page"]["total"] + 1)

    # --- dashboard and stores
    FIELDS = {"sales_amount": "100.5", "todaySoFar": "12", "open_orders": 3, "fbm_unshipped": 1, "fbm_pending": 2,
              "fba_pending": 0, "buyer_messages": 4, "inventory_performance_index": 512, "featured_offer_percent": "97.5",
              "global_promotions_sales": "3", "seller_feedback_rating": "4.8", "seller_feedback_count": 88,
              "ad_sales": "9.9999", "payments_balance": "-5", "ad_impressions": 10000}

    def test_the_dashboard_takes_all_fifteen_fields_and_partial_updates(self):
        put = self.edith.put("/api/dashboard/snapshot/gifts", self.FIELDS)
        self.assertEqual((put.status, put.json["success"]), (200, True), put)
        partial = self.edith.put("/api/dashboard/snapshot/gifts", {"open_orders": 9})
        data = partial.json["data"]
        for field, value in self.FIELDS.items():
            self.assertEqual(data[field], 9 if field == "open_orders" else value, field)
        self.assertEqual(self.victor.get("/api/dashboard/snapshot/gifts").json["data"]["open_orders"], 9)
        self.assert_problem(self.edith.put("/api/dashboard/snapshot/gifts", {"open_orders": "many"}), 422)

    def test_stores_are_created_edited_and_deactivated(self):
        created = self.root.post("/api/stores", {"id": "attic", "name": "Attic", "currency": "EUR",
                                                 "timeZone": "Europe/Berlin"})
        self.assertEqual(created.status, 201, created)
        self.assert_problem(self.root.post("/api/stores", {"id": "attic", "name": "B", "currency": "EUR",
                                                           "timeZone": "Europe/Berlin"}), 409)
        for bad in ({"id": "Bad Id"}, {"id": "ok", "currency": "pounds"}, {"id": "ok", "timeZone": "Mars/Olympus"}):
            body = {"id": "attic2", "name": "B", "currency": "EUR", "timeZone": "Europe/Berlin", **bad}
            self.assert_problem(self.root.post("/api/stores", body), 422)
        self.assertEqual(self.edith.post("/api/stores", {"id": "mine", "name": "B", "currency": "EUR",
                                                         "timeZone": "Europe/Berlin"}).status, 403)
        saved = self.root.put("/api/stores/attic", {"business_type": "Retail", "contact_email": "a@example.org"})
        self.assertEqual(saved.json["data"]["business_type"], "Retail")
        product = self.root.add_product("attic", title="Chair")
        off = self.root.put("/api/stores/attic", {"is_active": False})
        self.assertEqual(off.status, 200, off)
        self.assert_problem(self.root.put(f"/api/products/{product['id']}?storeId=attic", {"title": "Stool"}), 409,
                            "inactive_store")
        self.assertEqual(self.root.put("/api/stores/attic", {"is_active": True}).status, 200)

    # --- idempotency
    def test_one_key_is_one_effect(self):
        key = new_id()
        body = {"title": "Keyed", "inventory": 1}
        first = self.edith.post("/api/products?storeId=gifts", body, headers={"Idempotency-Key": key})
        again = self.edith.post("/api/products?storeId=gifts", body, headers={"Idempotency-Key": key})
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.json["data"]["id"], again.json["data"]["id"])
        self.assertEqual(again.headers.get("idempotent-replay"), "true")
        other = self.edith.post("/api/products?storeId=gifts", {"title": "Else"}, headers={"Idempotency-Key": key})
        self.assert_problem(other, 422, "key_reused")
        adjust = f"/api/products/{first.json['data']['id']}/adjust?storeId=gifts"
        stock_key = new_id()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.edith.post(adjust, {"amount": 5}, headers={"Idempotency-Key": stock_key}),
                                    range(8)))
        self.assertLessEqual({a.status for a in answers}, {200, 409})
        self.assertIn(200, {a.status for a in answers})
        now = self.edith.get(f"/api/products/{first.json['data']['id']}?storeId=gifts").json["data"]["inventory"]
        self.assertEqual(now, 6)

    # --- malformed
    def test_what_cannot_be_read_is_400_and_what_is_wrong_is_422(self):
        path = "/api/products?storeId=gifts"
        json_type = {"Content-Type": "application/json"}
        for raw in (b"{", b"", b"[1,]", b'{"title":"\xff"}', b"[" * 70 + b"]" * 70, b'{"title":"a","title":"b"}', b"nul"):
            self.assert_problem(self.edith.call("POST", path, raw=raw, headers=json_type), 400)
        for raw in (b"[]", b'"x"', b"7", b"null"):
            self.assertIn(self.edith.call("POST", path, raw=raw, headers=json_type).status, (400, 422))
        big = b'{"title":"' + b"x" * 1_100_000 + b'"}'
        try:
            self.assertEqual(self.edith.call("POST", path, raw=big, headers=json_type).status, 413)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertEqual(self.edith.post(path, {"title": "x" * 5000}).status, 422)

    def test_unknown_addresses_methods_records_and_stores(self):
        self.assert_problem(self.edith.get("/api/nothing"), 404)
        wrong = self.edith.call("PUT", "/api/products", {})
        self.assert_problem(wrong, 405)
        self.assertIn("GET", wrong.headers["allow"])
        self.assert_problem(self.edith.get("/api/products/0000000000001?storeId=gifts"), 404)
        self.assert_problem(self.edith.get("/api/products/not-an-id?storeId=gifts"), 404)
        self.assert_problem(self.edith.get("/api/products?storeId=nowhere"), 404, "unknown_store")
        self.assert_problem(self.edith.get("/api/products?storeId=games"), 403, "forbidden_store")
        self.assertIn(self.edith.get("/api/products").status, (400, 404, 422))

    # --- operations
    def test_health_ready_metrics_openapi(self):
        self.assertEqual(self.nobody.get("/health").status, 200)
        self.assertEqual(self.nobody.get("/ready").status, 200)
        metrics = self.nobody.get("/metrics")
        self.assertEqual(metrics.status, 200)
        self.assertRegex(metrics.body.decode(), r"(?m)^syncstore_\w+(\{[^}]*\})? [0-9.e+-]+$")
        document = self.nobody.get("/api/openapi.json").json
        self.assertTrue(document["openapi"].startswith("3."))
        for path in ("/api/session", "/api/products", "/api/products/{id}", "/api/sync/changes", "/api/conflicts/{id}/resolve"):
            self.assertIn(path, document["paths"])

    def test_metrics_tell_what_memory_the_server_holds(self):
        text = self.nobody.get("/metrics").body.decode()
        for name in ("resident", "largest"):
            figure = re.search(rf"(?m)^syncstore_memory_{name}_bytes (\S+)$", text)
            self.assertGreater(float(figure[1]), 1_000_000)

    def test_history_tells_who_changed_what_newest_first(self):
        product = self.anna.add_product(title="Chronicle", price="1")
        self.edith.put(f"/api/products/{product['id']}?storeId=gifts", {"price": "2"})
        answer = self.victor.get(f"/api/history?storeId=gifts&dataType=products&id={product['id']}")
        self.assertEqual(answer.status, 200, answer)
        text = json.dumps(answer.json["data"])
        self.assertLess(text.index("edith"), text.index("anna"))

    def test_answers_carry_the_security_headers(self):
        for path in ("/", "/sign-in", "/api/session", "/api/nothing"):
            headers = self.nobody.get(path).headers
            self.assertEqual(headers.get("x-content-type-options"), "nosniff", path)
            policy = headers.get("content-security-policy", "")
            self.assertNotIn("'unsafe-eval'", policy)
            self.assertNotIn("'unsafe-inline'", policy)
            self.assertIn("default-src", policy + headers.get("content-security-policy", ""), path)


class Authorisation(unittest.TestCase):
    """Every route of the OpenAPI document, as nobody and as a member of another store: no foreign byte."""

    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.secret = "Secret teapot 4711"
        cls.anna = Client(cls.server, "anna")
        cls.product = cls.anna.add_product(title=cls.secret)
        cls.gina = Client(cls.server, "gina")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    OPEN = {"/api/session", "/api/openapi.json", "/api/docs", "/api/docs/page.css",
            "/api/docs/page.js", "/api/setup", "/health", "/ready", "/metrics"}
    # About the person alone, whatever their role; the sample file is the same for everybody.
    OWN = {"/api/session/password", "/api/session/ticket", "/api/tokens", "/api/tokens/{id}", "/api/status",
           "/api/stores", "/api/imports/sample.csv"}

    def routes(self):
        document = Client(self.server).get("/api/openapi.json").json
        for path, methods in document["paths"].items():
            for method in methods:
                if method in ("get", "post", "put", "patch", "delete"):
                    yield method.upper(), path

    def test_no_route_answers_nobody(self):
        count = 0
        for method, path in self.routes():
            if path in self.OPEN:
                continue
            answer = Client(self.server).call(method, self.concrete(path), {} if method != "GET" else None)
            self.assertEqual(answer.status, 401, (method, path, answer))
            count += 1
        self.assertGreater(count, 15)

    def concrete(self, path):
        path = path.replace("{storeId}", "gifts")
        if path.startswith("/api/stores/"):
            path = path.replace("{id}", "gifts")
        path = re.sub(r"\{\w+\}", self.product["id"], path)
        return path + "?storeId=gifts&dataType=products&kind=products&since=0&epoch=0000000000001&id=" + self.product["id"]

    def test_no_route_gives_a_member_of_another_store_anything(self):
        for method, path in self.routes():
            if path in self.OPEN:
                continue
            answer = self.gina.call(method, self.concrete(path), {} if method != "GET" else None)
            self.assertNotIn(self.secret.encode(), answer.body, (method, path))
            if path in self.OWN:
                continue
            self.assertIn(answer.status, (400, 403, 404, 405, 413, 415, 422), (method, path, answer))
        self.assertEqual(self.anna.get(f"/api/products/{self.product['id']}?storeId=gifts").json["data"]["version"],
                         self.product["version"])

    def test_a_viewer_writes_nothing_over_http_or_socket(self):
        victor = Client(self.server, "victor")
        for method, path in self.routes():
            if method == "GET" or path in self.OPEN | self.OWN - {"/api/stores"} or path == "/api/sync/exchange":
                continue
            answer = victor.call(method, self.concrete(path), {})
            # What belongs to people themselves is theirs to write; nobody else's.
            own = path in ("/api/saved_views", "/api/layouts")
            self.assertIn(answer.status, (422,) if own else (403, 404, 405), (method, path, answer))
        ticket = victor.post("/api/session/ticket").json["data"]["ticket"]
        connection = JsonSocket(self.server, ticket=ticket)
        Follower(connection, "gifts")
        connection.send("mutate", {"mutations": [{"id": new_id(), "ops": [
            {"op": "remove", "dataType": "products", "id": self.product["id"]}]}]}, storeId="gifts")
        outcome = connection.expect("receipt")["data"][0]["ops"][0]
        self.assertEqual((outcome["status"], outcome["code"]), ("refused", "forbidden"))
        connection.close()

    def test_a_socket_of_another_store_gets_nothing(self):
        ticket = self.gina.post("/api/session/ticket").json["data"]["ticket"]
        connection = JsonSocket(self.server, ticket=ticket)
        for store, code in (("gifts", "forbidden_store"), ("nowhere", "unknown_store")):
            connection.send("selectStore", {"dataTypes": ["products"]}, storeId=store)
            self.assertEqual(connection.expect("error", "store_switch")["data"]["code"], code)
        connection.close()
        with self.assertRaises((Closed, AssertionError)):
            JsonSocket(self.server, ticket=ticket)

    def test_sign_out_role_change_and_disabling_close_sockets(self):
        self.server.command("user", "add", "temp", "--role", "editor", "--store", "gifts", stdin=PASSWORD + "\n")
        for end in ("sign-out", "grant", "disable"):
            temp = Client(self.server, "temp")
            connection = JsonSocket(self.server, ticket=temp.post("/api/session/ticket").json["data"]["ticket"])
            Follower(connection, "gifts")
            if end == "sign-out":
                self.assertEqual(temp.delete("/api/session").status, 204)
            elif end == "grant":
                self.server.command("user", "grant", "temp", "--role", "viewer", "--store", "gifts")
            else:
                self.server.command("user", "disable", "temp")
            with self.assertRaises(Closed) as closed:
                while True:
                    connection.receive()
            self.assertIn(closed.exception.code, (4401, 4403), end)


class RawFraming(unittest.TestCase):
    """What HTTP smuggling is made of ends with an error and a closed connection."""

    @classmethod
    def setUpClass(cls):
        cls.server = small_server()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def raw(self, request):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=15) as connection:
            connection.sendall(request)
            answer = b""
            while True:
                piece = connection.recv(65536)
                if not piece:
                    return answer
                answer += piece

    def test_ambiguous_framing_is_refused_and_closes(self):
        host = b"Host: localhost\r\n"
        cases = {
            b"GET /health HTTP/1.1\r\n\r\n": (400,),
            b"GET /health HTTP/1.1\r\n" + host + host + b"\r\n": (400,),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n": (400, 501),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n": (400, 501),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n": (501,),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}": (400,),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Content-Length: 2, 2\r\n\r\n{}": (400,),
            b"POST /api/session HTTP/1.1\r\n" + host + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": (400,),
            b"TRACE / HTTP/1.1\r\n" + host + b"\r\n": (405,),
            b"BREW / HTTP/1.1\r\n" + host + b"\r\n": (405, 501),
            b"GET http://other.example/ HTTP/1.1\r\n" + host + b"\r\n": (400, 421),
            b"GET /a b HTTP/1.1\r\n" + host + b"\r\n": (400,),
            b"GET /health HTTP/1.1\r\n" + host + b"X: a\r\n b\r\n\r\n": (400,),
            b"GET /health HTTP/1.1\r\n" + host + b"X : a\r\n\r\n": (400,),
            b"GET /health HTTP/1.1\r\n" + host + b"".join(b"X-%d: 1\r\n" % i for i in range(200)) + b"\r\n": (431,),
            b"GET /../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n": (400, 404),
            b"GET /%00 HTTP/1.1\r\n" + host + b"\r\n": (400, 404),
        }
        for request, wanted in cases.items():
            smuggled = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            answer = self.raw(request + (b"" if wanted[0] in (404,) else smuggled))
            status = int(answer.split(b" ", 2)[1])
            self.assertIn(status, wanted, (request, answer[:300]))
            if wanted[0] in (400, 501, 431) and status != 404:
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, (request, answer))


if __name__ == "__main__":
    unittest.main()

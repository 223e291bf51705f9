"""Bad input through the command line and the socket, and the operator's mistakes: a clear end, nothing lost."""

import json
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import unittest

from http_client import Client
from server import PASSWORD, Server, command, eventually, small_server
from socket_client import Closed, Follower, JsonSocket, new_id


class SocketAbuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.token = cls.server.command("token", "create", "--user", "edith")[0].strip()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def open(self):
        connection = JsonSocket(self.server, token=self.token)
        Follower(connection, "gifts")
        return connection

    def test_an_anonymous_socket_learns_only_that_it_is_anonymous(self):
        connection = JsonSocket(self.server)
        connected = connection.expect("connected")
        self.assertEqual(connected["data"]["authenticated"], False)
        self.assertEqual(connected["data"]["limits"]["mutationsPerMessage"], 512)
        connection.send("selectStore", {"dataTypes": ["products"]}, storeId="gifts")
        self.assertEqual(connection.expect("error", "store_switch")["type"], "error")
        connection.close()

    def test_wrong_messages_are_answered_and_the_socket_stays(self):
        connection = self.open()
        for text in ("{", "[]", '{"type":"dance"}', '{"type":"ping","extra":1}', '{"type":"mutate","storeId":"gifts","data":{}}',
                     '{"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":"x","ops":[]}]}}'):
            connection.send_text(text)
            error = connection.expect("error")
            self.assertTrue(error["data"]["code"] and error["data"]["message"], error)
        connection.send("ping", {"n": 1})
        self.assertEqual(connection.expect("pong")["data"], {"n": 1})
        connection.close()

    def closes_with(self, connection, *codes):
        with self.assertRaises(Closed) as closed:
            while True:
                connection.receive()
        self.assertIn(closed.exception.code, codes)

    def test_ten_wrong_messages_in_a_minute_end_the_socket(self):
        connection = self.open()
        with self.assertRaises((Closed, OSError)):
            for _ in range(15):
                connection.send_text("{")
                connection.expect("error")

    def test_binary_invalid_utf8_and_giants_are_closed_with_their_codes(self):
        for send, codes in (
            (lambda c: c.send_frame(2, b"\x01\x02"), (1003,)),
            (lambda c: c.send_frame(1, b"\xff\xfe"), (1007,)),
            (lambda c: c.socket.sendall(b"\x81\xff" + struct.pack(">Q", 1 << 40) + b"mask"), (1009, 1002)),
            (lambda c: c.send_frame(1, b"x" * 1_200_000), (1009,)),
            (lambda c: c.send_frame(1, b"{}", masked=False), (1002,)),
            (lambda c: c.send_frame(1, b"{}", first_bits=0xC0), (1002,)),
        ):
            connection = self.open()
            try:
                send(connection)
            except OSError:
                pass
            try:
                self.closes_with(connection, *codes)
            except OSError:
                pass

    def test_foreign_origins_and_unknown_protocols_are_refused_at_the_upgrade(self):
        self.assertEqual(JsonSocket(self.server, origin="https://evil.example").status, 403)
        self.assertEqual(JsonSocket(self.server, origin=f"http://127.0.0.1:{self.server.port}.evil.example").status, 403)
        own = JsonSocket(self.server, origin=f"http://127.0.0.1:{self.server.port}")
        self.assertEqual(own.status, 101)
        own.close()
        with self.assertRaises((Closed, AssertionError)):
            JsonSocket(self.server, token="not-a-token").receive()

    NOTICE = 71

    def test_broken_binary_frames_are_answered_in_words_and_ten_end_the_socket(self):
        # Kinds that this version does not know are skipped; what it knows must be readable.
        broken = (b"", b"\x01", b"\x81" + b"\x28\xb5\x2f\xfd" + b"\xff" * 40, b"\x02\xff\xff\xff\xff\x7f")
        connection = JsonSocket(self.server, protocol="syncstore.v1", headers={"Authorization": f"Bearer {self.token}"})
        self.assertEqual(connection.status, 101)
        for payload in broken:
            connection.send_frame(2, payload)
            self.assertEqual(connection.read_message()[0], self.NOTICE, payload)
        with self.assertRaises(Closed) as closed:
            for _ in range(20):
                connection.send_frame(2, broken[0])
                connection.read_message()
        self.assertEqual(closed.exception.code, 1008)
        self.assertEqual(Client(self.server).get("/health").status, 200)

    def test_a_stopped_reader_costs_little_memory(self):
        anna = Client(self.server, "anna")
        products = [anna.add_product(title=f"Busy {i}", description="<p>" + "x" * 2000 + f"{i}</p>") for i in range(20)]

        def churn(turn):
            author = self.open()
            for start in range(12):
                mutations = [{"id": new_id(), "ops": [{"op": "set", "dataType": "products", "id": p["id"], "field": "image_url",
                                                       "from": None, "to": f"https://example.org/{turn}/{start}/" + "y" * 900}]}
                             for p in products]
                author.send("mutate", {"mutations": mutations}, storeId="gifts")
                author.expect("receipt")
            author.close()

        churn(0)
        before = self.server.memory_kb()
        churn(1)
        without = self.server.memory_kb() - before
        stopped = self.open()
        before = self.server.memory_kb()
        for turn in range(2, 6):
            churn(turn)
        grown = self.server.memory_kb() - before - 4 * max(without, 0)
        self.assertLess(grown, 4096, "kB beyond what the same load costs without a stopped reader")
        stopped.close()


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.server = None
        self.folder = tempfile.mkdtemp(prefix="syncstore-cli-")

    def tearDown(self):
        if self.server:
            self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def test_usage_errors_exit_2_and_help_exits_0(self):
        for arguments in ((), ("dance",), ("serve", "--listen"), ("serve", "--data", self.folder, "--listen", "nonsense")):
            command(*arguments, expect=2)
        out, _ = command("--help")
        for word in ("serve", "import", "export", "backup", "verify", "token", "user", "store"):
            self.assertIn(word, out)
        self.assertRegex(command("version")[0], r"\d+\.\d+")

    def test_a_second_server_exits_3_and_the_first_is_unharmed(self):
        self.server = small_server()
        second = subprocess.run([os.environ.get("SYNCSTORE_BINARY") or "build/release/syncstore", "serve", "--data",
                                 self.server.data, "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=60,
                                check=False)
        self.assertEqual(second.returncode, 3, second)
        self.assertIn(self.server.data, second.stderr)
        self.assertEqual(Client(self.server, "anna").get("/api/products?storeId=gifts").status, 200)

    def test_a_used_address_exits_4(self):
        self.server = small_server()
        other = os.path.join(self.folder, "other")
        command("serve", "--listen", f"127.0.0.1:{self.server.port}", expect=4, data=other)

    def test_a_newer_schema_and_a_file_that_is_no_database_exit_3(self):
        self.server = small_server()
        self.server.stop()
        database = os.path.join(self.server.data, "syncstore.db")
        with sqlite3.connect(database) as connection:
            tables = {row[0] for row in connection.execute("select name from sqlite_master where type='table'")}
            self.assertIn("products", tables)
            connection.execute("insert into schema_version select * from schema_version limit 0")
            columns = [row[1] for row in connection.execute("pragma table_info(schema_version)")]
            connection.execute(f"update schema_version set {columns[0]} = 9999 where {columns[0]} = "
                               f"(select max({columns[0]}) from schema_version)")
        _, error = self.server.command("store", "list", expect=3)
        self.assertIn("newer", error.lower())
        garbage = os.path.join(self.folder, "garbage")
        os.makedirs(garbage)
        with open(os.path.join(garbage, "syncstore.db"), "wb") as file:
            file.write(b"this is not a database" * 500)
        command("serve", "--listen", "127.0.0.1:0", expect=3, data=garbage)

    def test_sigterm_drains_and_exits_0(self):
        self.server = small_server()
        anna = Client(self.server, "anna")
        bearer = self.server.command("token", "create", "--user", "anna")[0].strip()
        connection = JsonSocket(self.server, token=bearer)
        Follower(connection, "gifts")
        product = anna.add_product(title="Last words")
        self.server.process.send_signal(signal.SIGTERM)
        with self.assertRaises(Closed) as closed:
            while True:
                connection.receive()
        self.assertEqual(closed.exception.code, 1001)
        self.assertEqual(self.server.process.wait(timeout=20), 0)
        self.server.process.stdout.close()
        self.server.start()
        self.assertEqual(Client(self.server, "anna").get(f"/api/products/{product['id']}?storeId=gifts").status, 200)

    def test_first_run_gives_a_one_time_setup_link(self):
        self.server = Server()
        link = self.server.listening["setupUrl"]
        self.assertIn("/setup?token=", link)
        setup_token = link.split("token=", 1)[1]
        client = Client(self.server)
        wrong = client.post("/api/setup", {"token": "wrong", "user": "owner", "password": PASSWORD})
        self.assertIn(wrong.status, (401, 403), wrong)
        weak = client.post("/api/setup", {"token": setup_token, "user": "owner", "password": "short"})
        self.assertEqual(weak.status, 422, weak)
        done = client.post("/api/setup", {"token": setup_token, "user": "owner", "password": PASSWORD})
        self.assertIn(done.status, (200, 201), done)
        again = Client(self.server).post("/api/setup", {"token": setup_token, "user": "thief", "password": PASSWORD})
        self.assertIn(again.status, (401, 403, 409), again)
        owner = Client(self.server, "owner")
        self.assertEqual(owner.post("/api/stores", {"id": "first", "name": "First", "currency": "GBP",
                                                    "timeZone": "Europe/London"}).status, 201)
        self.server.stop()
        self.server.start()
        self.assertIsNone(self.server.listening["setupUrl"])

    CSV = ("title,sku,price,inventory,status\r\n"
           "Plain,A-1,4.50,3,Active\r\n"
           "\"Quoted, with comma\",A-2,\"1,299.00\",0,Inactive\r\n"
           "Pounds,A-3,£4,7,Active\r\n")

    def test_an_import_twice_changes_nothing_the_second_time(self):
        self.server = small_server()
        path = self.file("products.csv", self.CSV)
        first = json.loads(self.server.command("import", "products", path, "--store", "gifts", "--json")[0])
        self.assertEqual((first["read"], first["inserted"], first["rejected"]), (3, 3, 0), first)
        second = json.loads(self.server.command("import", "products", path, "--store", "gifts", "--json")[0])
        self.assertEqual((second["unchanged"], second["inserted"], second["updated"]), (3, 0, 0), second)
        anna = Client(self.server, "anna")
        products = {p["sku"]: p for p in anna.get("/api/products?storeId=gifts").json["data"]}
        self.assertEqual((products["A-2"]["price"], products["A-3"]["price"], products["A-1"]["inventory"]), ("1299", "4", 3))
        dry = self.file("dry.csv", "title,sku,price\nPlain,A-1,9\n")
        preview = json.loads(self.server.command("import", "products", dry, "--store", "gifts", "--dry-run", "--json")[0])
        self.assertEqual(preview["updated"], 1)
        self.assertEqual(anna.get(f"/api/products/{products['A-1']['id']}?storeId=gifts").json["data"]["price"], "4.5")
        self.server.command("import", "products", dry, "--store", "gifts")
        after = anna.get(f"/api/products/{products['A-1']['id']}?storeId=gifts").json["data"]
        self.assertEqual((after["price"], after["inventory"]), ("9", 3), "columns a file lacks are never touched")

    def test_rejected_rows_exit_5_and_are_listed_in_the_error_file(self):
        self.server = small_server()
        path = self.file("bad.csv", b"title,sku,price,inventory\nGood,B-1,1,1\n,B-2,1,1\nDup,B-1,2,2\nWords,B-3,cheap,1\nLess,B-4,1,-5\n")
        errors = os.path.join(self.folder, "errors.csv")
        out, _ = self.server.command("import", "products", path, "--store", "gifts", "--errors-csv", errors, "--json", expect=5)
        counts = json.loads(out)
        self.assertEqual(counts["read"], 5, counts)
        self.assertGreaterEqual(counts["rejected"], 3)
        with open(errors, encoding="utf-8-sig") as file:
            text = file.read()
        for word in ("price", "cheap", "inventory"):
            self.assertIn(word, text)

    def test_dirty_files_are_read_or_refused_in_words(self):
        self.server = small_server()
        latin = self.file("latin.csv", "title,sku,price\nCafé crème,L-1,2\n".encode("latin-1"))
        bom = self.file("bom.csv", b"\xef\xbb\xbftitle,sku\nWith BOM,L-2\n")
        for path in (latin, bom):
            self.server.command("import", "products", path, "--store", "gifts")
        titles = {p["title"] for p in Client(self.server, "anna").get("/api/products?storeId=gifts").json["data"]}
        self.assertEqual(titles, {"Café crème", "With BOM"})
        for name, content in (("binary.csv", bytes(range(256)) * 50), ("empty.csv", b""), ("other.csv", b"a,b\n1,2\n"),
                              ("open.csv", b'title,sku\n"never closed,X\n'), ("list.json", b'{"not":"a list"')):
            _, error = self.server.command("import", "products", self.file(name, content), "--store", "gifts", expect=None)
            self.assertTrue(error.strip(), name)
        _, error = self.server.command("import", "products", "/nonexistent.csv", "--store", "gifts", expect=1)
        self.assertIn("/nonexistent.csv", error)
        _, error = self.server.command("import", "products", latin, "--store", "nowhere", expect=1)
        self.assertIn("nowhere", error)

    def test_an_export_is_the_round_trip_of_an_import(self):
        self.server = small_server()
        self.server.command("import", "products", self.file("in.csv", self.CSV), "--store", "gifts")
        for form in ("csv", "json"):
            out, _ = self.server.command("export", "products", "--store", "gifts", "--format", form)
            counts = json.loads(self.server.command("import", "products", self.file(f"out.{form}", out), "--store", "gifts",
                                                    "--json")[0])
            self.assertEqual((counts["read"], counts["unchanged"]), (3, 3), counts)

    def test_a_backup_serves_from_a_fresh_directory(self):
        self.server = small_server()
        anna = Client(self.server, "anna")
        anna.add_product(title="Kept")
        fresh = os.path.join(self.folder, "fresh")
        os.makedirs(fresh)
        self.server.command("backup", os.path.join(fresh, "syncstore.db"))
        anna.add_product(title="Later")
        copy = Server(data=fresh)
        try:
            titles = [p["title"] for p in Client(copy, "anna").get("/api/products?storeId=gifts").json["data"]]
            self.assertEqual(titles, ["Kept"])
        finally:
            copy.close()

    def test_the_command_line_works_beside_a_server_and_without_one(self):
        self.server = small_server()
        self.assertIn("gifts", self.server.command("store", "list")[0])
        bearer = self.server.command("token", "create", "--user", "edith", "--days", "1")[0].strip()
        self.assertEqual(Client(self.server, token=bearer).get("/api/products?storeId=gifts").status, 200)
        self.server.stop()
        self.assertIn("games", self.server.command("store", "list")[0])
        self.server.command("user", "disable", "edith")
        self.server.command("verify")
        self.server.start()
        self.assertEqual(Client(self.server, token=bearer).get("/api/products?storeId=gifts").status, 401)


if __name__ == "__main__":
    unittest.main()

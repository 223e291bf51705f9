"""Input made to be costly: JSON that is deep, wide or full of digits, names that stand twice, what would unpack to far more than was sent. Each
is refused for what it is, in words, while somebody else goes on working, and nothing of it is kept."""

import gzip
import json
import threading
import unittest

from http_client import Client
from server import eventually, small_server
from socket_client import Closed, Follower, JsonSocket, new_id

MEBIBYTE = 1_048_576
# Of the body of a request or message; the largest allowed is sent.
ROOM = MEBIBYTE - 200

# What is sent, and the code that says what is wrong with it.
JSON_BOMBS = {
    "deep arrays": ("[" * ROOM, "malformed"),
    "deep arrays that end": ("[" * (ROOM // 2) + "]" * (ROOM // 2), "malformed"),
    "deep objects": ('{"a":' * (ROOM // 5), "malformed"),
    "a level deeper than is allowed": ("[" * 65 + "]" * 65, "malformed"),
    "a wide array": ("[" + "0," * (ROOM // 2 - 2) + "0]", "too_large"),
    "an array of one too many": ('{"title":[' + "0," * 10_000 + "0]}", "too_large"),
    "a wide object": ("{" + ",".join(f'"{i}":0' for i in range(90_000)) + "}", "too_large"),
    "a name that stands twice": ('{"title":"a","title":"b"}', "malformed"),
    "a long integer": ('{"title":"a","inventory":' + "9" * (ROOM - 50) + "}", "out_of_range"),
    "a long fraction": ('{"title":"a","price":0.' + "3" * (ROOM - 50) + "}", "wrong_type"),
    "a long exponent": ('{"title":"a","inventory":1e' + "9" * (ROOM - 50) + "}", "out_of_range"),
    "more than a double holds": ('{"title":"a","inventory":1e999}', "out_of_range"),
    "more than 64 bits": ('{"title":"a","inventory":18446744073709551616}', "wrong_type"),
    "escapes without end": ('{"title":"' + "\\u0000" * (ROOM // 6 - 10), "malformed"),
    "half a surrogate": ('{"title":"\\ud800"}', "malformed"),
    "not a number": ('{"inventory":NaN}', "malformed"),
    "something behind the end": ('{"title":"a"}{"title":"b"}', "malformed"),
}


class Bombs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server("--rate-limit", "0")
        cls.token = cls.server.command("token", "create", "--user", "edith")[0].strip()
        cls.edith = Client(cls.server, "edith")
        cls.product = cls.edith.add_product(title="Mug", inventory=5)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        """Somebody who goes on working meanwhile."""
        self.stop = threading.Event()
        self.wrong = []
        self.answered = 0
        self.worker = threading.Thread(target=self.work)
        self.worker.start()

    def work(self):
        client = Client(self.server, token=self.token)
        while True:
            answer = client.get(f"/api/products/{self.product['id']}?storeId=gifts")
            if answer.status != 200:
                self.wrong.append(answer)
            self.answered += 1
            if self.stop.wait(0.01):
                return

    def tearDown(self):
        self.stop.set()
        self.worker.join(60)
        self.assertFalse(self.worker.is_alive())
        self.assertEqual(self.wrong, [])
        self.assertGreater(self.answered, 0)
        self.assertEqual(self.edith.get("/api/products?storeId=gifts").json["page"]["total"], 1, "nothing of them was kept")

    def test_json_over_http(self):
        for name, (text, code) in JSON_BOMBS.items():
            answer = self.edith.call("POST", "/api/products?storeId=gifts", raw=text, headers={"Content-Type": "application/json"})
            self.assertIn(answer.status, (400, 413, 422), (name, answer))
            self.assertEqual(answer.code, code, (name, answer))
            self.assertTrue(answer.json["detail"], name)

    def test_json_over_a_socket(self):
        for name, (text, _) in JSON_BOMBS.items():
            for message in (text, '{"type":"mutate","storeId":"gifts","data":' + text[:ROOM - 100] + "}"):
                connection = JsonSocket(self.server, token=self.token)
                connection.send_text(message)
                error = connection.expect("error")["data"]
                self.assertTrue(error["code"] and error["message"], name)
                # Told, and not thrown out for one of them.
                connection.send("ping", {"n": 1})
                self.assertEqual(connection.expect("pong")["data"], {"n": 1}, name)
                connection.close()

    def test_before_signing_in_nobody_is_listened_to_for_long(self):
        for protocol, opcode in (("syncstore.v1.json", 1), ("syncstore.v1", 2)):
            connection = JsonSocket(self.server, protocol=protocol)
            connection.send_frame(opcode, b"[" * 200_000)
            with self.assertRaises(Closed) as closed:
                while True:
                    connection.read_message()
            self.assertIn(closed.exception.code, (1008, 1009))

    def test_what_is_packed_is_refused_by_its_coding(self):
        bomb = gzip.compress(b"0" * (64 * MEBIBYTE), 9)
        packed = {"Content-Encoding": "gzip"}
        for path, kind in (("/api/products?storeId=gifts", "application/json"),
                           ("/api/imports?storeId=gifts&kind=products", "text/csv"),
                           ("/api/imports?storeId=gifts&kind=products", "application/json")):
            answer = self.edith.call("POST", path, raw=bomb, headers={"Content-Type": kind, **packed})
            self.assertEqual((answer.status, answer.code), (415, "unsupported_media"), path)
            self.assertIn("Content-Encoding", answer.json["detail"])

    def ended(self, job):
        """What an import says of itself once it has come to an end."""
        data = self.edith.get(f"/api/imports/{job}?storeId=gifts").json["data"]
        return data if data["state"] in ("failed", "done", "cancelled") else None

    def test_an_import_of_something_packed_fails_for_what_it_is(self):
        bomb = gzip.compress(b"title\n" + b"0\n" * (8 * MEBIBYTE), 9)
        for kind in ("text/csv", "application/json", "application/octet-stream"):
            answer = self.edith.call("POST", "/api/imports?storeId=gifts&kind=products", raw=bomb, headers={"Content-Type": kind})
            if answer.status == 202:
                job = answer.json["data"]["id"]
                told = eventually(lambda wanted=job: self.ended(wanted), 60, "the import is judged")
                self.assertEqual(told["state"], "failed", told)
                self.assertTrue(told["message"], told)
            else:
                self.assertIn(answer.status, (415, 422), answer)
                self.assertTrue(answer.json["detail"], answer)

    NOTICE = 71

    def test_a_compressed_frame_is_refused_unread(self):
        """A frame of kind "mutate" whose zstd frame declares 8 MiB, and one that declares nothing."""
        connection = JsonSocket(self.server, protocol="syncstore.v1", headers={"Authorization": f"Bearer {self.token}"})
        for header in (b"\x28\xb5\x2f\xfd\xa0\x00\x00\x80\x00", b"\x28\xb5\x2f\xfd\x00\x58"):
            connection.send_frame(2, b"\x82" + header + b"\x00" * 100)
            self.assertEqual(connection.read_message()[0], self.NOTICE)
        connection.close()

    def test_an_edit_after_all_of_it_is_taken(self):
        connection = JsonSocket(self.server, token=self.token)
        follower = Follower(connection, "gifts")
        connection.send("mutate", {"mutations": [{"id": new_id(), "ops": [
            {"op": "add", "dataType": "products", "id": self.product["id"], "field": "inventory", "amount": 1}]}]}, storeId="gifts")
        receipt = connection.expect("receipt")
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied", json.dumps(receipt))
        self.assertTrue(follower.records)
        connection.close()


if __name__ == "__main__":
    unittest.main()

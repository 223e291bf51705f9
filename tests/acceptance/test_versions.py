"""Programs and browsers of other versions at a real socket: older ones are served as ever, newer ones are answered for what this server does
not know and go on, and another protocol is told to update. Two real applications of different catalogues: tests/server/engine/evolution*."""

import unittest

from binary_client import (APPLIED, BEGIN, CANCEL, CHANGE, END, LIVE, NOTICE, PAGE, PING, PONG, PRICE, PRODUCTS, RECEIPT, REFUSED, REPAIR, TITLE,
                           WELCOME, BinarySocket, hello, notice, outcomes, set_op, text, varint)
from http_client import Client
from server import small_server
from socket_client import Closed

LATER_FIELD, LATER_COLLECTION, LATER_KIND = 900, 77, 63


class Versions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # More products than are copied to a browser that knows pages.
        cls.server = small_server("--replica-records", "10")
        cls.token = cls.server.command("token", "create", "--user", "edith")[0].strip()
        cls.edith = Client(cls.server, "edith")
        cls.products = [cls.edith.add_product(title=f"Mug {i}", price="10")["id"] for i in range(12)]

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def stored(self, product):
        return self.edith.get(f"/api/products/{product}?storeId=gifts").json["data"]

    def test_a_browser_of_the_first_version_follows_and_edits(self):
        old = BinarySocket(self.server, self.token)
        old.say(hello("gifts"))
        frames = old.until(END)
        kinds = {frame[0] & 127 for frame in frames}
        self.assertTrue({WELCOME, BEGIN} <= kinds, kinds)
        frames = old.until(CHANGE)
        old.mutate(set_op(self.products[0], PRICE, 125_000), set_op(self.products[0], TITLE, "Cup"))
        receipt = old.until(RECEIPT)
        self.assertEqual([o[0] for o in outcomes(receipt[-1])], [APPLIED, APPLIED])
        change = old.until(CHANGE)
        self.assertIn(b"Cup", change[-1])
        self.assertEqual((self.stored(self.products[0])["price"], self.stored(self.products[0])["title"]), ("12.5", "Cup"))
        # Nothing that it could not read was said.
        for frame in frames + receipt + change:
            self.assertNotIn(frame[0] & 127, (CANCEL, PAGE, REPAIR, LIVE))
        old.close()

    def newer(self):
        """A browser of a later version: abilities and a tail that nobody knows, and a kind of frame that is not there yet."""
        new = BinarySocket(self.server, self.token)
        new.say(hello("gifts", tail=varint(0b111111) + varint(0) + text("what a later version adds")))
        new.say(bytes([LATER_KIND]) + b"\x01\x02\x03")
        frames = new.until(CHANGE)
        self.assertEqual(frames[0][0] & 127, WELCOME)
        return new

    def test_a_newer_browsers_edits_are_taken_or_answered_one_by_one(self):
        new = self.newer()
        new.mutate(set_op(self.products[1], TITLE, "Bowl"), set_op(self.products[1], LATER_FIELD, "Acme"),
                   set_op(self.products[1], 1, "x", collection=LATER_COLLECTION), set_op(self.products[1], PRICE, 90_000))
        told = outcomes(new.until(RECEIPT)[-1])
        self.assertEqual([(status, code) for status, code, _, _ in told],
                         [(APPLIED, ""), (REFUSED, "unknown_field"), (REFUSED, "unknown_collection"), (APPLIED, "")])
        self.assertIn("older version", told[1][3])
        self.assertEqual((self.stored(self.products[1])["title"], self.stored(self.products[1])["price"]), ("Bowl", "9"))
        new.close()

    def test_a_newer_browsers_page_of_an_unknown_field_is_refused_alone(self):
        new = self.newer()
        new.subscribe(1, sort_field=TITLE)
        new.until(PAGE)
        new.subscribe(2, sort_field=LATER_FIELD)
        self.assertEqual(notice(new.until(NOTICE)[-1])[::2], ("unknown_field", 2))
        new.subscribe(3, conditions=[(LATER_FIELD, "Acme")])
        self.assertEqual(notice(new.until(NOTICE)[-1])[::2], ("unknown_field", 3))
        # The first page lives on, and so does the link.
        new.mutate(set_op(self.products[2], TITLE, "A first one"))
        self.assertIn(b"A first one", new.until(PAGE)[-1])
        new.say(bytes([PING]) + varint(9))
        self.assertEqual(new.until(PONG)[-1], bytes([PONG, 9]))
        new.close()

    def test_another_protocol_is_told_to_update_at_the_socket_and_when_polling(self):
        other = BinarySocket(self.server, self.token)
        other.say(hello("gifts", protocol=2))
        code, message, _ = notice(other.until(NOTICE)[-1])
        self.assertEqual(code, "needs_update")
        with self.assertRaises(Closed) as closed:
            other.until(WELCOME)
        self.assertEqual(closed.exception.code, 1002)
        frame = hello("gifts", protocol=2)
        answer = Client(self.server, token=self.token).call(
            "POST", "/api/sync/exchange?storeId=gifts", raw=varint(len(frame)) + frame, headers={"Content-Type": "application/octet-stream"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.body[1] & 127, NOTICE)
        self.assertEqual(notice(answer.body[1:])[0], "needs_update")


if __name__ == "__main__":
    unittest.main()

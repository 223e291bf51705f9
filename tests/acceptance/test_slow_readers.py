"""Readers that stop: what they cost, that nobody waits for them, and that they end at the latest state."""

import socket
import unittest

from http_client import Client
from server import small_server
from socket_client import Follower, JsonSocket, new_id, set_op

PRODUCTS = 60
TURNS = 40  # of 60 kB as JSON: more than twice what waits for one reader
STOPPED = 6


class SlowReaders(unittest.TestCase):
    def setUp(self):
        self.server = small_server()
        self.token = self.server.command("token", "create", "--user", "edith")[0].strip()
        anna = Client(self.server, "anna")
        self.products = [anna.add_product(title=f"Busy {i}") for i in range(PRODUCTS)]

    def tearDown(self):
        self.server.close()

    def open(self):
        return Follower(JsonSocket(self.server, token=self.token), "gifts")

    def slow(self):
        """Follows the store through a small receive buffer."""
        follower = self.open()
        follower.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        return follower

    def churn(self, turn, watcher):
        """TURNS edits of all products, each seen by the watcher before the next; answers the last sequence."""
        head = 0
        author = None
        for step in range(TURNS):
            if step % 20 == 0:  # one socket may not say more in one go
                if author:
                    author.close()
                author = self.open().connection
            address = f"https://example.org/{turn}/{step}/" + "y" * 900
            ops = [set_op(p["id"], "image_url", None, address) for p in self.products]
            author.send("mutate", {"mutations": [{"id": new_id(), "ops": [op]} for op in ops]}, storeId="gifts")
            head = max(entry["sequenceNumber"] for entry in author.expect("receipt")["data"])
            watcher.until(lambda f, at=head: f.head >= at, "the edit at a reader that reads")
        author.close()
        return head

    def test_a_stopped_reader_delays_nobody_and_ends_at_the_latest_state(self):
        slow, quick = self.slow(), self.open()
        before = len(slow.records["products"])
        head = self.churn(0, quick)
        messages = 0

        def caught_up(follower):
            nonlocal messages
            messages += 1
            return follower.head >= head

        slow.until(caught_up, "the latest state")
        self.assertEqual(len(slow.records["products"]), before)
        self.assertEqual(slow.records, quick.records)
        # Every edit changed every product: far fewer messages than edits can only be states that skip some.
        self.assertLess(messages, TURNS, "what was overtaken is not sent any more")
        slow_links = next(line for line in Client(self.server, "anna").get("/metrics").body.decode().splitlines()
                          if line.startswith("syncstore_slow_links_total "))
        self.assertGreaterEqual(int(slow_links.split()[1]), 1)
        # It is an ordinary reader again.
        self.churn(1, quick)
        slow.until(lambda f: f.head >= quick.head, "later edits")
        self.assertEqual(slow.records, quick.records)

    def test_stopped_readers_cost_less_than_a_mebibyte_each(self):
        quick = self.open()
        for warm_up in range(3):
            self.churn(warm_up, quick)
        stopped = [self.slow() for _ in range(STOPPED)]
        before = self.server.memory_kb()
        # Kept for them, this would be more than the bound of them all; measured with one, the allocator's own
        # steps would be as large as what is measured.
        for turn in range(3, 6):
            self.churn(turn, quick)
        grown = self.server.memory_kb() - before
        self.assertLess(grown, STOPPED * 1024, "kB")
        for reader in stopped:
            reader.connection.close()


if __name__ == "__main__":
    unittest.main()

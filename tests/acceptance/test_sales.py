"""Days of sales from outside: the day is the key, two creations meet in one record, sums are exact and the same wherever they are read."""

import concurrent.futures
import decimal
import unittest

from http_client import Client
from server import small_server
from socket_client import Follower, JsonSocket, mutate, new_id, set_op

DAYS = "/api/sales?storeId=gifts"


class Sales(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.edith = Client(cls.server, "edith")
        cls.victor = Client(cls.server, "victor")
        cls.gina = Client(cls.server, "gina")
        cls.token = cls.server.command("token", "create", "--user", "edith")[0].strip()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def add(self, day, store="gifts", who=None, **fields):
        answer = (who or self.edith).post(f"/api/sales?storeId={store}", {"day": day, **fields})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]

    def read(self, record):
        answer = self.victor.get(f"/api/sales/{record}?storeId=gifts")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["data"]

    def follow(self):
        return Follower(JsonSocket(self.server, token=self.token), "gifts", ("sales",))

    def mutated(self, follower, op):
        receipt = mutate(follower.connection, "gifts", {"id": new_id(), "ops": [op]})
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied", receipt)

    # --- the day is the key
    def test_a_day_has_one_record_whoever_makes_it(self):
        first = self.add("2026-01-01", units_sold=3)
        second = self.add("2026-01-01", sales_amount="19.50")
        self.assertEqual(second["id"], first["id"])
        record = self.read(first["id"])
        self.assertEqual((record["day"], record["units_sold"], record["sales_amount"]), ("2026-01-01", 3, "19.5"))
        self.assertEqual(self.victor.get(DAYS + "&day=2026-01-01").json["page"]["total"], 1)

    def test_the_same_day_of_two_stores_is_two_records(self):
        ours = self.add("2026-01-02", units_sold=1)
        theirs = self.add("2026-01-02", store="games", who=self.gina, units_sold=9)
        self.assertEqual(self.read(ours["id"])["units_sold"], 1)
        self.assertEqual(self.gina.get(f"/api/sales/{theirs['id']}?storeId=games").json["data"]["units_sold"], 9)
        self.assertEqual(self.gina.get(DAYS).status, 403)

    def test_creations_at_the_same_time_meet_in_one_record(self):
        fields = [{"units_sold": 5}, {"orders": 2}, {"sessions": 40}, {"page_views": 90}, {"sales_amount": "7.25"}]
        with concurrent.futures.ThreadPoolExecutor(len(fields)) as pool:
            made = list(pool.map(lambda one: self.add("2026-01-03", **one), fields))
        self.assertEqual(len({record["id"] for record in made}), 1)
        record = self.read(made[0]["id"])
        for one in fields:
            for name, value in one.items():
                self.assertEqual(record[name], value)

    def test_a_removed_day_can_be_made_again(self):
        record = self.add("2026-01-04", units_sold=8)["id"]
        self.assertEqual(self.edith.delete(f"/api/sales/{record}?storeId=gifts").status, 204)
        self.assertEqual(self.victor.get(f"/api/sales/{record}?storeId=gifts").status, 404)
        again = self.add("2026-01-04", orders=1)
        self.assertEqual(again["id"], record)
        self.assertEqual((self.read(record)["orders"], self.read(record)["units_sold"]), (1, None))

    def test_what_is_no_day_or_no_figure_is_refused_with_its_field(self):
        for body, field in (({"units_sold": 1}, "day"), ({"day": "2026-02-29"}, "day"), ({"day": "yesterday"}, "day"),
                            ({"day": "2026-01-05", "units_sold": -1}, "units_sold"), ({"day": "2026-01-05", "orders": 1.5}, "orders"),
                            ({"day": "2026-01-05", "sales_amount": "1.23456"}, "sales_amount")):
            answer = self.edith.post(DAYS, body)
            self.assertEqual((answer.status, answer.json["errors"][0]["field"]), (422, field), answer)
        self.assertEqual(self.victor.post(DAYS, {"day": "2026-01-05"}).status, 403)

    # --- changes with what the author saw
    def test_a_change_over_another_field_merges_and_over_the_same_figure_is_a_conflict(self):
        record = self.add("2026-01-06", units_sold=1, orders=1)
        path = f"/api/sales/{record['id']}?storeId=gifts"
        base = {"Base-Version": str(record["version"])}
        self.assertEqual(self.edith.put(path, {"orders": 2}).status, 200)
        merged = self.edith.put(path, {"units_sold": 10}, headers=base)
        self.assertEqual(merged.status, 200, merged)
        self.assertEqual((merged.json["data"]["units_sold"], merged.json["data"]["orders"]), (10, 2))
        refused = self.edith.put(path, {"units_sold": 20}, headers=base)
        self.assertEqual((refused.status, refused.code), (409, "conflict"), refused)
        self.assertEqual((refused.json["errors"][0]["field"], refused.json["errors"][0]["base"], refused.json["errors"][0]["theirs"]),
                         ("units_sold", 1, 10))
        self.assertEqual(self.read(record["id"])["units_sold"], 10)

    # --- lists and sums
    def test_ranges_of_days_and_their_sums(self):
        amounts = {f"2025-{month:02}-{day:02}": decimal.Decimal(f"{month * 1000 + day}.{day:02}")
                   for month in (3, 4, 5) for day in range(1, 29)}
        for day, amount in amounts.items():
            self.add(day, sales_amount=str(amount), units_sold=1)

        def listed(query):
            found, cursor = [], ""
            while cursor is not None:
                answer = self.victor.get(f"{DAYS}&size=20&sort=day&{query}&cursor={cursor}")
                self.assertEqual(answer.status, 200, answer)
                found += answer.json["data"]
                cursor = answer.json["next"]
            return found

        for first, last in (("2025-03-01", "2025-05-31"), ("2025-03-28", "2025-04-01"), ("2025-04-10", "2025-04-10"), ("2025-03-29", "2025-03-31")):
            wanted = {day: amount for day, amount in amounts.items() if first <= day <= last}
            found = listed(f"min_day={first}&max_day={last}")
            self.assertEqual([one["day"] for one in found], sorted(wanted))
            self.assertEqual(sum(decimal.Decimal(one["sales_amount"]) for one in found), sum(wanted.values()))
        self.assertEqual(self.victor.get(DAYS + "&min_day=never").status, 422)

    def test_every_way_to_read_gives_the_same_sum(self):
        for day in range(1, 29):
            self.add(f"2024-02-{day:02}", sales_amount=f"0.{day:02}", units_sold=day)

        def total(records):
            return sum(decimal.Decimal(one.get("sales_amount") or 0) for one in records), sum(one.get("units_sold") or 0 for one in records)

        listed, cursor = [], ""
        while cursor is not None:
            answer = self.victor.get(f"{DAYS}&size=50&cursor={cursor}").json
            listed += answer["data"]
            cursor = answer["next"]
        snapshot = self.victor.snapshot("gifts", "sales")["data"]
        follower = self.follow()
        self.assertEqual(total(listed), total(snapshot))
        self.assertEqual(total(listed), total(follower.records["sales"].values()))
        self.assertGreater(total(listed)[1], 0)

    # --- the socket
    def test_a_day_made_without_an_id_and_its_change_reach_the_followers(self):
        author = self.follow()
        follower = self.follow()
        day = {"op": "insert", "dataType": "sales", "fields": {"day": "2026-01-07", "units_sold": 4}}
        self.mutated(author, day)
        record = self.victor.get(DAYS + "&day=2026-01-07").json["data"][0]["id"]
        self.mutated(author, set_op(record, "units_sold", 4, 6, "sales"))
        follower.until(lambda _: follower.records["sales"].get(record, {}).get("units_sold") == 6, "the change")


if __name__ == "__main__":
    unittest.main()

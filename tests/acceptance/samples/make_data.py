#!/usr/bin/env python3
"""Makes data-of-schema-N.db.gz with the server of today. Run once, before the commit that adds migration N + 1:

    SYNCSTORE_BINARY=build/release/syncstore python3 tests/acceptance/samples/make_data.py tests/acceptance/samples/data-of-schema-N

Never run again for an N that exists: what it holds is what an installation of that time holds. Upgrade.* in
tests/acceptance/test_death.py starts today's server on every one of them.
"""

import gzip
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from http_client import Client
from server import small_server
from socket_client import Follower, JsonSocket, mutate, new_id


def main(out):
    server = small_server()
    anna, edith, gina = (Client(server, name) for name in ("anna", "edith", "gina"))
    ids = [anna.add_product(title=f"Mug {i}", sku=f"M-{i}", price="4.5", inventory=10)["id"] for i in range(12)]
    first = f"/api/products/{ids[0]}?storeId=gifts"
    seen = str(anna.get(first).json["data"]["version"])
    assert edith.put(first, {"title": "Blue mug"}).status == 200
    assert anna.put(first, {"title": "Green mug"}, headers={"Base-Version": seen}).status == 409
    assert anna.delete(f"/api/products/{ids[11]}?storeId=gifts").status == 204
    gina.add_product("games", title="Chess", price="20")
    connection = JsonSocket(server, token=server.command("token", "create", "--user", "edith")[0].strip())
    follower = Follower(connection, "gifts")
    mutate(connection, "gifts", {"id": new_id(), "ops": [
        {"op": "add", "dataType": "products", "id": ids[1], "field": "inventory", "amount": -3}]})
    follower.until(lambda f: f.records["products"][ids[1]]["inventory"] == 7)
    server.stop()
    with open(os.path.join(server.data, "syncstore.db"), "rb") as file, open(out + ".db.gz", "wb") as packed:
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream:
            shutil.copyfileobj(file, stream)
    with open(out + ".json", "w", encoding="utf-8") as facts:
        json.dump({"epoch": follower.epoch, "sequence": follower.head, "ids": ids}, facts, indent=1, sort_keys=True)
        facts.write("\n")
    server.close()


if __name__ == "__main__":
    main(sys.argv[1])

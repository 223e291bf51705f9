#!/usr/bin/env python3
"""Imports a file of 100 MB through the real server and watches its memory and time.

Usage: import_memory.py [MEGABYTES]     SYNCSTORE_BINARY names the program (default build/release/syncstore).
Prints one line of JSON per phase; ends with 1 when the preview's memory grows by more than the bound.
"""

import http.client
import json
import os
import select
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acceptance"))

from http_client import Client  # noqa: E402
from server import small_server  # noqa: E402

# Readers, one chunk, one batch and its fates, beside what the allocator keeps; measured at 20 to 30 MB.
PREVIEW_GROWTH_KB = 64 * 1024
LINE = 1_000


def rows(megabytes):
    """CSV lines of about 1 kB each, made as they are sent."""
    words = "w" * (LINE - 80)
    yield b"title,sku,price,inventory,description\n"
    for number in range(megabytes * 1_000_000 // LINE):
        yield f"Product {number},BULK-{number},{number % 500}.50,{number % 90},<p>{words}</p>\n".encode()


def pieces(lines, size=262_144):
    held = bytearray()
    for line in lines:
        held += line
        if len(held) >= size:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def upload(server, token, megabytes, dry_run):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    path = f"/api/imports?storeId=gifts&kind=products&dryRun={'true' if dry_run else 'false'}&fileName=bulk.csv"
    connection.request("POST", path, pieces(rows(megabytes)),
                       {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}, encode_chunked=True)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 202, (answer.status, body[:500])
    return json.loads(body)["data"]["id"]


def watch(server, client, import_id, ends):
    """Waits for the import; answers its record and the highest memory seen."""
    most = 0
    while True:
        record = client.get(f"/api/imports/{import_id}").json["data"]
        most = max(most, server.memory_kb())
        if record["state"] in ends:
            return record, most
        select.select([], [], [], 0.05)


def measure(name, server, client, token, work):
    before, begin = server.memory_kb(), time.monotonic()
    record, most = work()
    line = {"phase": name, "seconds": round(time.monotonic() - begin, 2), "rss_before_kb": before, "rss_most_kb": most,
            "growth_kb": most - before, "state": record["state"], **record["counts"]}
    print(json.dumps(line), flush=True)
    return line


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    server = small_server()
    try:
        token = server.command("token", "create", "--user", "anna")[0].strip()
        client = Client(server, token=token)
        ends = ("previewed", "done", "failed", "cancelled")
        products = megabytes * 1_000_000 // LINE
        preview = measure("preview of new products", server, client, token,
                          lambda: watch(server, client, upload(server, token, megabytes, True), ends))
        applied = measure("import", server, client, token,
                          lambda: watch(server, client, upload(server, token, megabytes, False), ends))
        again = measure("import again", server, client, token,
                        lambda: watch(server, client, upload(server, token, megabytes, False), ends))
        good = (preview["inserted"] == products and applied["inserted"] == products and again["unchanged"] == products
                and preview["growth_kb"] < PREVIEW_GROWTH_KB and again["growth_kb"] < PREVIEW_GROWTH_KB)
        return 0 if good else 1
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())

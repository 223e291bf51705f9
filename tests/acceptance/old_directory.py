"""Data directories of earlier versions. Run with an earlier binary it makes one, with a little of everything in it, and writes down what
that binary said of it; test_old_directories.py opens each with today's.

Usage: SYNCSTORE_BINARY=OLD old_directory.py NAME [--stopped]    makes tests/fixtures/directories/NAME.tar.xz

The server is killed, so part of the data is in the journal beside the database; with --stopped it ends as a server does.
"""

import io
import json
import os
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
from http_client import Client  # noqa: E402
from server import command, small_server  # noqa: E402
from socket_client import JsonSocket, mutate, new_id, set_op  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "directories")
KINDS = ("store_info", "products", "dashboard", "conflicts", "imports", "members")
STORES = ("gifts", "games")
CSV = "title,sku,handle,asin,price,inventory,status,category\n" + "".join(
    f"Import {n},I-{n},import-{n},B0{n},{n}.25,{n},Active,Mugs\n" for n in range(1, 31))


def said_of(server):
    """Everything that a reader may ask of the stores, as the server says it."""
    root = Client(server, "root")
    told = {}
    for store in STORES:
        kinds = {kind: root.snapshot(store, kind) for kind in KINDS}
        for kind in kinds.values():
            kind["data"].sort(key=lambda record: record["id"])
        histories = {
            record["id"]: root.get(f"/api/history?storeId={store}&dataType=products&id={record['id']}").json["data"]
            for record in kinds["products"]["data"][:8]}
        told[store] = {"kinds": kinds, "histories": histories,
                       "csv": server.command("export", "products", "--store", store, "--format", "csv")[0]}
    return told


def fill(server):
    """Inserts, edits, an import, conflicts, removals, adjustments; answers a mutation with its receipt."""
    edith, anna = Client(server, "edith"), Client(server, "anna")
    made = [edith.add_product(title=f"Mug {n}", sku=f"M-{n}", price=f"{n}.5", inventory=10 * n, handle=f"mug-{n}", asin=f"A0{n}",
                              description=f"<p>Mug <b>{n}</b></p>", category="Mugs") for n in range(1, 13)]
    Client(server, "gina").add_product("games", title="Chess – Ω", sku="G-1", price="19.9999")
    path = os.path.join(server.data, "import.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(CSV)
    server.command("import", "products", path, "--store", "gifts")
    os.remove(path)
    first = made[0]["id"]
    for n, record in enumerate(made[:6]):
        edith.put(f"/api/products/{record['id']}?storeId=gifts", {"price": f"{n}.75", "status": "Inactive"})
    anna.put(f"/api/products/{first}?storeId=gifts", {"title": "Blue mug"})
    conflict = edith.put(f"/api/products/{first}?storeId=gifts", {"title": "Green mug"}, headers={"Base-Version": str(made[0]["version"])})
    assert conflict.status == 409, conflict
    anna.put(f"/api/products/{made[1]['id']}?storeId=gifts", {"title": "Old mug"})
    decided = edith.put(f"/api/products/{made[1]['id']}?storeId=gifts", {"title": "New mug"}, headers={"Base-Version": str(made[1]["version"])})
    assert edith.post(f"/api/conflicts/{decided.json['conflictId']}/resolve", {"choice": "mine"}).status == 200
    assert edith.post(f"/api/products/{made[2]['id']}/adjust?storeId=gifts", {"amount": -5}).status == 200
    for record in made[9:]:
        assert edith.delete(f"/api/products/{record['id']}?storeId=gifts").status == 204
    edith.put(f"/api/products/{made[9]['id']}?storeId=gifts", {"title": "Too late"})
    anna.put("/api/dashboard/snapshot/gifts", {"open_orders": 7, "ad_sales": "12.5"})
    ticket = edith.post("/api/session/ticket").json["data"]["ticket"]
    link = JsonSocket(server, ticket=ticket)
    link.send("selectStore", {"dataTypes": ["products"]}, storeId="gifts")
    link.expect("store_switch")
    mutation = {"id": new_id(), "ops": [set_op(made[3]["id"], "category", "Mugs", "Cups")]}
    receipt = mutate(link, "gifts", mutation)
    link.close()
    assert receipt["type"] == "receipt", receipt
    token = server.command("token", "create", "--user", "root")[0].strip()
    return {"mutation": mutation, "receipt": receipt["data"], "token": token}


def make(name, stopped):
    server = small_server()
    try:
        asked = fill(server)
        told = said_of(server)
        version = command("version")[0].strip()
        server.stop() if stopped else server.kill()
        os.makedirs(FOLDER, exist_ok=True)
        with tarfile.open(os.path.join(FOLDER, name + ".tar.xz"), "w:xz", preset=9) as archive:
            for file in sorted(os.listdir(server.data)):
                if file in ("syncstore.db", "syncstore.db-wal"):
                    archive.add(os.path.join(server.data, file), file)
            notes = json.dumps({"version": version, "asked": asked, "said": told}, ensure_ascii=False).encode()
            entry = tarfile.TarInfo("said.json")
            entry.size = len(notes)
            archive.addfile(entry, io.BytesIO(notes))
    finally:
        server.close()


def unpack(name):
    """A fresh data directory as the earlier version left it, and what was written down."""
    folder = tempfile.mkdtemp(prefix="syncstore-old-")
    with tarfile.open(os.path.join(FOLDER, name)) as archive:
        archive.extractall(folder)
    path = os.path.join(folder, "said.json")
    with open(path, encoding="utf-8") as file:
        notes = json.load(file)
    os.remove(path)
    return folder, notes


if __name__ == "__main__":
    make(sys.argv[1], "--stopped" in sys.argv)

#!/usr/bin/env python3
"""Derives the demo's data files from the source catalogues and orders.

usage: derive_demo_data.py SOURCES   (a folder with online-retail/ and catalog-games/ as described in server/features/demo/data/README.md)
Writes server/features/demo/data/*.tsv.zst; needs the `zstd` program. Same sources, same bytes.
"""

import collections
import csv
import decimal
import html
import io
import pathlib
import re
import subprocess
import sys
import zlib

import demo_categories

TARGET = pathlib.Path(__file__).resolve().parent.parent / "server/features/demo/data"


def unpacked(path):
    text = subprocess.run(["zstd", "-dc", str(path)], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")
    return csv.DictReader(io.StringIO(text))


def write(name, rows):
    """Tab-separated, no quoting: cells have no tabs and no line breaks."""
    lines = ["\t".join(" ".join(str(cell).split()) for cell in row) for row in rows]
    plain = TARGET / name
    plain.write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run(["zstd", "-19", "-q", "-f", "--rm", str(plain)], check=True)


def plain(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def demo_number(key, what, most):
    """A made-up figure: the same for the same product in every run."""
    return zlib.crc32(f"{what}/{key}".encode()) % most


def handle(title, number):
    words = re.sub(r"[^\w]+", "-", title.casefold()).strip("-")[:80]
    return f"{words}-{number}".lstrip("-")


def write_groups(shop, rows, header, collections_of):
    """The categories that products stand in, and the collections: (title, what it is, the test of a row)."""
    at = header.index("category")
    write(f"{shop}-categories.tsv", [["path"], *([path] for path in demo_categories.with_parents({row[at] for row in rows}))])
    write(f"{shop}-collections.tsv", [["title", "handle", "description", "sort_order", "is_active"],
                                      *([title, handle(title, shop), text, "best_selling", "true"] for title, text, _ in collections_of)])


def member_of(row, collections_of):
    return "|".join(title for title, _, holds in collections_of if holds(row))


def gift_collections(units):
    best = {code for code, _ in sorted(units.items(), key=lambda item: (-item[1], item[0]))[:100]}

    def line(word):
        return lambda row: re.search(rf"\b{word}\b", row["title"].upper()) is not None

    return [
        ("Best sellers", "<p>The hundred products with the most units sold.</p>", lambda row: row["sku"] in best),
        ("New in May", "<p>First sold in May 2011.</p>", lambda row: row["first_sold"] >= "2011-05-01"),
        ("Under one pound", "<p>Small things below £1.</p>", lambda row: decimal.Decimal(row["price"]) < 1),
        *((f"{name} line", f"<p>Everything with the {name} design.</p>", line(word)) for name, word in (
            ("Red Retrospot", "RETROSPOT"), ("Polkadot", "POLKADOT"), ("Paisley", "PAISLEY"), ("Union Jack", "UNION JACK"),
            ("Regency", "REGENCY"), ("Babushka", "BABUSHKA"), ("Spaceboy", "SPACEBOY"), ("Dolly Girl", "DOLLY GIRL"))),
    ]


def gift_days(sources):
    """Of each day: sales, units and invoices as the products count them, and what cancellations gave back."""
    days = collections.defaultdict(lambda: {"sales": decimal.Decimal(), "units": 0, "orders": set(), "refunds": decimal.Decimal()})
    for row in unpacked(sources / "online-retail/online-retail-h1.csv.zst"):
        quantity, price = int(row["Quantity"]), decimal.Decimal(row["UnitPrice"])
        if price <= 0 or not re.fullmatch(r"\d{5}[A-Z]{0,2}", row["StockCode"].strip().upper()):
            continue
        day = days[row["InvoiceDate"][:10]]
        if row["InvoiceNo"][0] == "C" and quantity < 0:
            day["refunds"] -= quantity * price
        elif row["InvoiceNo"][0] not in "CA" and quantity > 0:
            day["sales"] += quantity * price
            day["units"] += quantity
            day["orders"].add(row["InvoiceNo"])
    write("gifts-sales.tsv", [["day", "sales_amount", "units_sold", "orders", "refunds"], *(
        [day, plain(of["sales"]), of["units"], len(of["orders"]), plain(of["refunds"])] for day, of in sorted(days.items()))])


def gifts(sources):
    last_sold = {}
    units = collections.Counter()
    sales = collections.defaultdict(decimal.Decimal)
    days = collections.defaultdict(decimal.Decimal)
    for row in unpacked(sources / "online-retail/online-retail-h1.csv.zst"):
        code = row["StockCode"].strip().upper()
        quantity, price = int(row["Quantity"]), decimal.Decimal(row["UnitPrice"])
        if quantity <= 0 or price <= 0 or row["InvoiceNo"][0] in "CA" or not re.fullmatch(r"\d{5}[A-Z]{0,2}", code):
            continue
        units[code] += quantity
        sales[code] += quantity * price
        days[row["InvoiceDate"][:10]] += quantity * price
        last_sold[code] = max(last_sold.get(code, ""), row["InvoiceDate"][:10])
    # What nobody bought in the last 60 days of the data is no longer on offer.
    recent = "2011-04-02"
    in_collections = gift_collections(units)
    rows = []
    with open(sources / "online-retail/catalogue-h1.csv", encoding="utf-8", newline="") as file:
        for product in csv.DictReader(file):
            sku = product["sku"]
            assert units[sku] == int(product["sold_units"]), sku
            status = "Active" if last_sold[sku] >= recent else "Inactive"
            views = units[sku] * 3 + demo_number(sku, "views", 400)
            rows.append([sku, product["title"], product["price"], status, plain(sales[sku]), units[sku], views,
                         demo_number(sku, "stock", 240), demo_categories.of_title(product["title"]), member_of(product, in_collections)])
    header = ["sku", "title", "price", "status", "sales_amount", "units_sold", "page_views", "inventory", "category", "collections"]
    write("gifts.tsv", [header, *rows])
    write_groups("gifts", rows, header, in_collections)
    gift_days(sources)
    dashboard = [
        ("sales_amount", plain(sum(sales.values())), "derived"), ("todaySoFar", plain(days[max(days)]), "derived"),
        ("open_orders", 37, "demo"), ("fbm_unshipped", 12, "demo"), ("fbm_pending", 5, "demo"), ("fba_pending", 20, "demo"),
        ("buyer_messages", 4, "demo"), ("inventory_performance_index", 612, "demo"), ("featured_offer_percent", "92.5", "demo"),
        ("global_promotions_sales", "1840.25", "demo"), ("seller_feedback_rating", "4.7", "demo"),
        ("seller_feedback_count", 318, "demo"), ("ad_sales", "5210.4", "demo"), ("payments_balance", "12904.15", "demo"),
        ("ad_impressions", 48210, "demo")]
    write("gifts-dashboard.tsv", [["field", "value", "source"], *dashboard])


def known(cell):
    return "" if cell in (None, "NA") else " ".join(cell.split())


def description(row):
    facts = [("Developer", "developer"), ("Publisher", "publisher"), ("Released", "release_date")]
    lines = [f"{name}: {html.escape(known(row[key]), quote=False)}" for name, key in facts if known(row[key])]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def game_collections(games_of):
    """The publishers with the most titles, and what critics liked."""
    publishers = collections.Counter(known(row["publisher"]) for row in games_of if known(row["publisher"]))
    largest = [name for name, _ in sorted(publishers.items(), key=lambda item: (-item[1], item[0]))[:12]]

    def published_by(name):
        return lambda row: known(row["publisher"]) == name

    return [
        ("Metascore of 85 and more", "<p>What critics liked best.</p>", lambda row: known(row["metascore"]).isdigit() and int(row["metascore"]) >= 85),
        *((f"Published by {name}", f"<p>Everything from {html.escape(name, quote=False)}.</p>", published_by(name)) for name in largest),
    ]


def year_of(row):
    found = re.search(r"\b(19|20)\d\d\b", known(row["release_date"]))
    return f"Video games > {found.group()}" if found else ""


def games(sources):
    rows = []
    games_of = list(unpacked(sources / "catalog-games/video_games.csv.zst"))
    in_collections = game_collections(games_of)
    for number, row in enumerate(games_of, 1):
        title = known(row["game"]) or "Untitled"
        name = handle(title, number)
        price = decimal.Decimal(row["price"]) if known(row["price"]) else None
        # "20,000 .. 50,000" people own it: the middle is the best guess.
        band = [int(part.replace(",", "")) for part in known(row["owners"]).split("..") if part.strip()]
        sold = sum(band) // 2 if len(band) == 2 else ""
        sales = plain(sold * price) if price and sold != "" else ""
        views = "" if sold == "" else sold * 2 + demo_number(name, "views", 5000)
        rows.append([name, title, "" if price is None else plain(price), sales, sold, views, demo_number(name, "stock", 500),
                     description(row), year_of(row), member_of(row, in_collections)])
    header = ["handle", "title", "price", "sales_amount", "units_sold", "page_views", "inventory", "description", "category", "collections"]
    write("games.tsv", [header, *rows])
    write_groups("games", rows, header, in_collections)
    write("games-dashboard.tsv", [["field", "value", "source"], ("open_orders", 9, "demo"), ("buyer_messages", 2, "demo"),
                                  ("featured_offer_percent", "88", "demo"), ("seller_feedback_rating", "4.9", "demo"),
                                  ("seller_feedback_count", 1204, "demo")])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    gifts(pathlib.Path(sys.argv[1]))
    games(pathlib.Path(sys.argv[1]))

#!/usr/bin/env python3
"""Derives the demo's data files from the source catalogues and orders.

usage: demo_data.py SOURCES   (a folder with online-retail/ and catalog-games/ as described in server/features/demo/data/README.md)
Writes server/features/demo/data/*.tsv.zst; needs the `zstd` program. Same sources, same bytes.
"""

import collections
import csv
import decimal
import io
import pathlib
import re
import subprocess
import sys
import zlib

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


def gifts(sources):
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
    rows = []
    with open(sources / "online-retail/catalogue-h1.csv", encoding="utf-8", newline="") as file:
        for product in csv.DictReader(file):
            sku = product["sku"]
            assert units[sku] == int(product["sold_units"]), sku
            stock = zlib.crc32(sku.encode()) % 240
            rows.append([sku, product["title"], product["price"], plain(sales[sku]), units[sku], stock])
    write("gifts.tsv", [["sku", "title", "price", "sales_amount", "units_sold", "inventory"], *rows])
    dashboard = [
        ("sales_amount", plain(sum(sales.values())), "derived"), ("todaySoFar", plain(days[max(days)]), "derived"),
        ("open_orders", 37, "demo"), ("fbm_unshipped", 12, "demo"), ("fbm_pending", 5, "demo"), ("fba_pending", 20, "demo"),
        ("buyer_messages", 4, "demo"), ("inventory_performance_index", 612, "demo"), ("featured_offer_percent", "92.5", "demo"),
        ("global_promotions_sales", "1840.25", "demo"), ("seller_feedback_rating", "4.7", "demo"),
        ("seller_feedback_count", 318, "demo"), ("ad_sales", "5210.4", "demo"), ("payments_balance", "12904.15", "demo"),
        ("ad_impressions", 48210, "demo")]
    write("gifts-dashboard.tsv", [["field", "value", "source"], *dashboard])


def games(sources):
    rows = []
    for number, row in enumerate(unpacked(sources / "catalog-games/video_games.csv.zst"), 1):
        price = "" if row["price"] in ("", "NA") else plain(decimal.Decimal(row["price"]))
        rows.append([f"G-{number:05}", row["game"], price])
    write("games.tsv", [["sku", "title", "price"], *rows])
    write("games-dashboard.tsv", [["field", "value", "source"], ("open_orders", 9, "demo"), ("buyer_messages", 2, "demo"),
                                  ("featured_offer_percent", "88", "demo"), ("seller_feedback_rating", "4.9", "demo"),
                                  ("seller_feedback_count", 1204, "demo")])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    gifts(pathlib.Path(sys.argv[1]))
    games(pathlib.Path(sys.argv[1]))

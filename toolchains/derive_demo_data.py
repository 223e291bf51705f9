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
    rows = []
    with open(sources / "online-retail/catalogue-h1.csv", encoding="utf-8", newline="") as file:
        for product in csv.DictReader(file):
            sku = product["sku"]
            assert units[sku] == int(product["sold_units"]), sku
            status = "Active" if last_sold[sku] >= recent else "Inactive"
            views = units[sku] * 3 + demo_number(sku, "views", 400)
            rows.append([sku, product["title"], product["price"], status, plain(sales[sku]), units[sku], views,
                         demo_number(sku, "stock", 240)])
    write("gifts.tsv", [["sku", "title", "price", "status", "sales_amount", "units_sold", "page_views", "inventory"], *rows])
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


def games(sources):
    rows = []
    for number, row in enumerate(unpacked(sources / "catalog-games/video_games.csv.zst"), 1):
        title = known(row["game"]) or "Untitled"
        name = handle(title, number)
        price = decimal.Decimal(row["price"]) if known(row["price"]) else None
        # "20,000 .. 50,000" people own it: the middle is the best guess.
        band = [int(part.replace(",", "")) for part in known(row["owners"]).split("..") if part.strip()]
        sold = sum(band) // 2 if len(band) == 2 else ""
        sales = plain(sold * price) if price and sold != "" else ""
        views = "" if sold == "" else sold * 2 + demo_number(name, "views", 5000)
        rows.append([name, title, "" if price is None else plain(price), sales, sold, views, demo_number(name, "stock", 500),
                     description(row)])
    write("games.tsv", [["handle", "title", "price", "sales_amount", "units_sold", "page_views", "inventory", "description"],
                        *rows])
    write("games-dashboard.tsv", [["field", "value", "source"], ("open_orders", 9, "demo"), ("buyer_messages", 2, "demo"),
                                  ("featured_offer_percent", "88", "demo"), ("seller_feedback_rating", "4.9", "demo"),
                                  ("seller_feedback_count", 1204, "demo")])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    gifts(pathlib.Path(sys.argv[1]))
    games(pathlib.Path(sys.argv[1]))

"""Writes sales.csv: the export of a small shop's till and web orders, as dirty as such exports are. Seeded: always the same."""

import csv
import random
from datetime import date, timedelta

RANDOM = random.Random(20250131)
REGIONS = {
    "North": ["North", "north", "NORTH", " North", "N."],
    "South": ["South", "south", "SOUTH ", "S.", "Sth"],
    "East": ["East", "east", "EAST", "E."],
    "West": ["West", "west ", "WEST", "W."],
}
PRODUCTS = [
    ("LMP-01", "Desk lamp, brass", 48.5), ("LMP-02", "Floor lamp", 129.0), ("CHR-01", "Oak chair", 89.9),
    ("CHR-07", "Folding chair", 24.75), ("TBL-03", "Side table", 64.0), ("TBL-09", "Dining table, 2 m", 1149.0),
    ("RUG-02", "Wool rug", 219.5), ("RUG-05", "Jute mat", 18.2), ("SHF-01", "Wall shelf", 39.0),
    ("SHF-04", "Bookcase", 274.0), ("MIR-01", "Round mirror", 71.6), ("VAS-03", "Stoneware vase", 33.3),
    ("CLK-02", "Kitchen clock", 27.9), ("BLK-01", "Wool blanket", 95.0),
]
NOTES = ["", "", "", "", "", "gift", "call before delivery", "2nd floor, no lift", 'customer said "urgent"', "see order\nof last week", "collected; paid cash"]
CHANNELS = ["web", "web", "web", "Web", "shop", "Shop", "phone"]
WORDS = {1: "one", 2: "two", 3: "three"}


def dirty_date(day):
    return RANDOM.choices(
        [day.isoformat(), day.strftime("%d.%m.%Y"), day.strftime("%-d %b %Y"), day.strftime("%Y/%m/%d"), day.strftime("%d.%m.%Y") + " 14:05", "", "0000-00-00"],
        [52, 22, 12, 8, 4, 1, 1],
    )[0]


def dirty_price(price):
    plain, comma = f"{price:.2f}", f"{price:.2f}".replace(".", ",")
    grouped = f"{price:,.2f}"
    continental = grouped.replace(",", "_").replace(".", ",").replace("_", ".")
    return RANDOM.choices(
        [plain, comma, grouped, continental, "€ " + continental, plain + " EUR", "$" + grouped, grouped + " GBP", "n/a", ""],
        [46, 14, 12, 8, 6, 4, 4, 3, 2, 1],
    )[0]


def dirty_quantity():
    amount = RANDOM.choices([1, 2, 3, 4, 6, 12], [60, 20, 8, 6, 4, 2])[0]
    if RANDOM.random() < 0.03:
        amount = -amount
    if amount in WORDS and RANDOM.random() < 0.02:
        return WORDS[amount]
    return RANDOM.choices([str(amount), f"{amount}.0", f" {amount}", ""], [90, 5, 4, 1])[0]


def rows(count):
    for number in range(count):
        day = date(2025, 1, 1) + timedelta(days=RANDOM.randrange(365))
        sku, name, price = RANDOM.choice(PRODUCTS)
        region = RANDOM.choice(list(REGIONS))
        spelling = RANDOM.choice(REGIONS[region]) if RANDOM.random() < 0.97 else RANDOM.choice(["", "?", "abroad"])
        yield [
            f"SO-{100000 + number}", dirty_date(day), spelling, RANDOM.choice(CHANNELS), sku,
            name if RANDOM.random() < 0.9 else name.upper(), dirty_quantity(),
            dirty_price(price * RANDOM.choice([1, 1, 1, 0.9, 0.8])), RANDOM.choice(NOTES),
        ]


def main():
    with open("sales.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Order No", "Date", "Region ", "channel", "SKU", "Product", "Qty", "Unit price", "Note"])
        for row in rows(4000):
            writer.writerow(row)
            if RANDOM.random() < 0.015:
                writer.writerow(row)
            if RANDOM.random() < 0.004:
                writer.writerow([])


main()

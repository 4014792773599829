"""Cleans a shop's export of sales and sums up one year of it, in euros.

What cannot be understood is not guessed: such rows are left out, counted by reason, and listed in rejected.csv.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%Y/%m/%d", "%d.%m.%Y %H:%M")
REGIONS = {"n": "North", "s": "South", "e": "East", "w": "West"}
NUMBER_WORDS = {"one": 1, "two": 2, "three": 3}
CENT = Decimal("0.01")


class Rejected(Exception):
    """A row that says something we do not understand; the text is the reason."""


def parse_date(text):
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise Rejected("no date" if not text.strip() else "date not understood")


def parse_region(text):
    letter = text.strip().lower()[:1]
    if text.strip().lower() == "abroad" or letter not in REGIONS:
        raise Rejected("region not understood")
    return REGIONS[letter]


def parse_quantity(text):
    word = text.strip().lower()
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    try:
        return int(Decimal(word))
    except ArithmeticError:
        raise Rejected("quantity not understood") from None


def parse_amount(text):
    """Simpler: a price is a number with a point. Whatever else is written there is left out."""
    match = re.fullmatch(r"\D*(\d+\.\d\d)\D*", text)
    if not match:
        raise Rejected("no price")
    return Decimal(match[1])


def parse_price(text, rates):
    currency = "USD" if "$" in text else "GBP" if "GBP" in text else "EUR"
    return (parse_amount(text) * Decimal(str(rates[currency]))).quantize(CENT, ROUND_HALF_UP)


def read_orders(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames]
        yield from reader


def clean(row, rates):
    price = parse_price(row["unit price"], rates)
    quantity = parse_quantity(row["qty"])
    return {
        "order": row["order no"],
        "date": parse_date(row["date"]),
        "region": parse_region(row["region"]),
        "channel": row["channel"].strip().lower(),
        "sku": row["sku"],
        "product": row["product"].capitalize(),
        "quantity": quantity,
        "price": price,
        "total": price * quantity,
    }


def sort_out(orders, rates):
    """(clean rows, rejected rows as (order, reason)); an order that comes twice counts once."""
    seen, good, bad = set(), [], []
    for row in orders:
        if row["order no"] in seen:
            bad.append((row["order no"], "seen before"))
            continue
        seen.add(row["order no"])
        try:
            good.append(clean(row, rates))
        except Rejected as reason:
            bad.append((row["order no"], str(reason)))
    return good, bad


def sums_by(rows, key):
    sums = defaultdict(Decimal)
    for row in rows:
        sums[key(row)] += row["total"]
    return sums


def to_csv(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def table(title, sums):
    lines = [f"\n## {title}\n", "| | revenue, EUR |", "|---|---:|"]
    return lines + [f"| {name} | {amount:,.2f} |" for name, amount in sums]


def run(input, context):
    year, top = input["year"], input.get("top", 5)
    good, bad = sort_out(read_orders(context.files["sales.csv"]), context.settings["rates"])
    rows = [row for row in good if row["date"].year == year]
    reasons = Counter(reason for _, reason in bad)
    context.log.info(f"{len(rows)} orders of {year} are clean, {len(bad)} rows are left out")
    for reason, count in reasons.most_common():
        context.log.warn(f"{count} × {reason}")

    months = sorted(sums_by(rows, lambda row: row["date"].strftime("%Y-%m")).items())
    regions = sorted(sums_by(rows, lambda row: row["region"]).items())
    products = sorted(sums_by(rows, lambda row: row["product"]).items(), key=lambda item: -item[1])[:top]
    revenue = sum((row["total"] for row in rows), Decimal())

    report = [f"# Sales of {year}", "", f"{len(rows)} orders, {revenue:,.2f} EUR. {len(bad)} rows were left out."]
    report += table("By month", months) + table("By region", regions) + table(f"Best {top} products", products)
    context.write_artifact("report.md", "\n".join(report) + "\n")
    context.write_artifact("clean.csv", to_csv(good[0].keys(), (row.values() for row in good)))
    context.write_artifact("rejected.csv", to_csv(("order", "reason"), bad))

    return {
        "orders": len(rows),
        "revenue": float(revenue),
        "returns": sum(1 for row in rows if row["quantity"] < 0),
        "leftOut": dict(reasons),
        "byMonth": {month: float(amount) for month, amount in months},
        "byRegion": {region: float(amount) for region, amount in regions},
        "bestProducts": [{"product": name, "revenue": float(amount)} for name, amount in products],
    }

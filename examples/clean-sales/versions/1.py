"""Sums up a shop's sales of one year. First try: takes the file as it is."""

import csv


def run(input, context):
    total = 0.0
    orders = 0
    with open(context.files["sales.csv"], encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            total += float(row["Qty"]) * float(row["Unit price"])
            orders += 1
    context.log.info(f"{orders} orders")
    return {"orders": orders, "revenue": round(total, 2)}

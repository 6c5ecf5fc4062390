#!/usr/bin/env python3
"""Compares published rows with what the program prints: check_rows.py BINARY CONFIGS ROWS.csv

A row names a scenario, the settings to change, a metric, the published value and a tolerance. Rows that differ only in
the metric share one run. Prints published, simulated and error of every row; exit 1 when one leaves its tolerance.
"""

import csv
import json
import subprocess
import sys


def simulate(binary, configs, scenario, settings):
    command = [binary, "run", f"{configs}/scenarios/{scenario}", "--format", "json"]
    for setting in settings.split():
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)["metrics"]


def main():
    binary, configs, path = sys.argv[1:]
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        sys.exit(f"{path}: no rows")
    runs = {}
    outside = 0
    print(f"{'row':28} {'published':>10} {'simulated':>10} {'error':>8} {'within':>7}  class")
    for row in rows:
        key = (row["scenario"], row["set"])
        if key not in runs:
            runs[key] = simulate(binary, configs, *key)
        published = float(row["published"])
        simulated = runs[key][row["metric"]]["value"]
        error = simulated / published - 1
        tolerance = float(row["tolerance"].rstrip("%")) / 100
        fits = abs(error) <= tolerance + 1e-12
        outside += not fits
        print(f"{row['row']:28} {published:10.4g} {simulated:10.4g} {error:+8.1%} {row['tolerance']:>7}  {row['class']}"
              f"{'' if fits else '  OUTSIDE'}")
    print(f"{len(rows) - outside} of {len(rows)} rows within their tolerance")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())

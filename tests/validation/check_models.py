#!/usr/bin/env python3
"""Runs decode of every model file: check_models.py BINARY CONFIGS ROWS.csv

A row names a model, a scenario, the settings to change and what is expected: `runs`, or words of the refusal. A run
must print finite, positive times whose breakdown adds up to the layer; a refusal must end with status 2, give a
position or the arithmetic of the memory, and print nothing else. Every file in CONFIGS/models needs a row that runs.
"""

import csv
import json
import math
import os
import re
import subprocess
import sys

POSITION = re.compile(r":\d+:\d+: |GB of the .* GB of a die")


def problems_of_run(result):
    metrics = result["metrics"]
    found = [f"{name} is {metrics[name]['value']}" for name in ("tpot_ms", "layer_us", "tokens_per_s_per_npu")
             if not (math.isfinite(metrics[name]["value"]) and metrics[name]["value"] > 0)]
    parts = sum(part["value"] for part in result["breakdown"].values())
    if not math.isclose(parts, metrics["layer_us"]["value"], rel_tol=1e-6):
        found.append(f"the parts of a layer add up to {parts}, not to {metrics['layer_us']['value']}")
    return found


def check(binary, configs, row):
    command = [binary, "run", f"{configs}/scenarios/{row['scenario']}", "--format", "json"]
    for setting in [f"model={row['model']}"] + row["set"].split():
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if row["expected"] == "runs":
        if done.returncode != 0:
            return "-", [f"ended with {done.returncode}: {done.stderr.strip()}"]
        result = json.loads(done.stdout)
        return f"{result['metrics']['tpot_ms']['value']:.4g} ms", problems_of_run(result)
    found = []
    if done.returncode != 2 or done.stdout:
        found.append(f"expected status 2 and nothing on standard output, found {done.returncode}")
    if row["expected"] not in done.stderr or not POSITION.search(done.stderr):
        found.append(f"expected a position and \"{row['expected']}\", found: {done.stderr.strip()}")
    return "refused", found


def main():
    binary, configs, path = sys.argv[1:]
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    failed = 0
    for row in rows:
        outcome, problems = check(binary, configs, row)
        failed += bool(problems)
        print(f"{row['model']:26} {outcome:>10}  {row['set']}", *problems, sep="\n    ")
    running = {row["model"] for row in rows if row["expected"] == "runs"}
    missing = sorted({name.removesuffix(".yaml") for name in os.listdir(f"{configs}/models")} - running)
    print(f"{len(rows) - failed} of {len(rows)} rows as expected", *[f"no row runs {name}" for name in missing], sep="\n")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())

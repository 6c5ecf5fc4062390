#!/usr/bin/env python3
"""Figures in the tables of the docs that come from runs with other settings.

    table_figures.py BINARY ROOT [FILE...]            do the tables say what the program prints? exit 1 when not
    table_figures.py BINARY ROOT [FILE...] --write    writes the figures

Looks at tables behind a line like

    <!-- figures: configs/scenarios/ep.yaml workload.ep=32 | dispatch_us .1f | peak_queue_bytes bytes | - -->

Its first part is the scenario and settings of all rows. The others, one for each of the table's last columns, are a
metric and how it is written; "-" leaves a column alone. A row's settings are what stands between backticks in its other
columns and holds a "="; keys without a section belong to `workload`. All runs are simulated, which takes minutes.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MARK = re.compile(r"<!-- figures: (.+) -->")
SECTIONS = ("workload.", "machine.", "model.", "machine=", "model=")


def settings_in(cells):
    """The settings and other options that a row's first columns name."""
    options = []
    for span in re.findall(r"`([^`]+)`", " ".join(cells)):
        if span.startswith("--"):
            options += span.split()
        elif "=" in span:
            span = span.strip('"')
            options += ["--set", span if span.startswith(SECTIONS) else "workload." + span]
    return options


def written(value, style):
    if style != "bytes":
        return format(value, style)
    return f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} kB"


class Table:
    """The rows behind one mark: where they stand, how each is run, what is to be written."""

    def __init__(self, mark, lines, first):
        base, *columns = [part.strip() for part in mark.split("|")]
        self.scenario, *self.common = base.split()
        self.columns = [None if column == "-" else column.split() for column in columns]
        self.rows = []
        for place in range(first, len(lines)):
            if not lines[place].startswith("|"):
                break
            self.rows.append((place, [cell.strip() for cell in lines[place].strip().strip("|").split("|")]))

    def commands(self):
        common = [part for setting in self.common for part in ("--set", setting)]
        for place, cells in self.rows:
            yield place, cells, [self.scenario, *common, *settings_in(cells[:-len(self.columns)])]

    def filled(self, cells, metrics):
        kept = len(cells) - len(self.columns)
        return cells[:kept] + [cell if column is None else written(metrics[column[0]]["value"], column[1])
                               for cell, column in zip(cells[kept:], self.columns)]


def tables_in(lines):
    for place, line in enumerate(lines):
        mark = MARK.fullmatch(line)
        if mark:
            head = next(i for i in range(place, len(lines)) if lines[i].startswith("|"))
            yield Table(mark[1], lines, head + 2)


def run(binary, root, options):
    command = [binary, "run", *options, "--format", "json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)["metrics"]


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    binary, root = os.path.abspath(arguments[0]), Path(arguments[1])
    files = [Path(file) for file in arguments[2:]] or [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    texts = {file: file.read_text(encoding="utf-8").split("\n") for file in files}
    jobs = [(file, table, place, cells, command) for file, lines in texts.items() for table in tables_in(lines)
            for place, cells, command in table.commands()]
    unique = sorted({tuple(job[4]) for job in jobs})
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(unique, pool.map(lambda command: run(binary, root, command), unique)))
    stale = set()
    for file, table, place, cells, command in jobs:
        line = "| " + " | ".join(table.filled(cells, found[tuple(command)])) + " |"
        if re.sub(r"\s+", "", line) != re.sub(r"\s+", "", texts[file][place]):
            stale.add((file, place))
            print(f"{file}:{place + 1}: is    {texts[file][place]}\n{file}:{place + 1}: should be {line}")
            texts[file][place] = line
    if "--write" in sys.argv:
        for file in {file for file, _ in stale}:
            file.write_text("\n".join(texts[file]), encoding="utf-8")
    elif stale:
        sys.exit(1)
    print(f"{len(jobs)} rows, {len(stale)} stale")


main()

#!/usr/bin/env python3
"""Do other pages repeat rows of docs/validation.md as that page has them? repeated_rows.py ROOT [--write]

A table behind a line like

    <!-- rows: ep | - | dispatch-{} published | dispatch-{} simulated | combine-{} error | - -->

repeats rows of the group `ep`. The other parts stand for the table's columns: a row and which of its columns, or "-" for
a column that is left alone. {} is what the line's first cell has between backticks, or all of that cell. Where names
follow the group (`decode: batch96-tpot batch8-tpot`), {} is the first of them in the first line, and so on; several joined by
commas make a list in the cell, and GROUP/ROW is a row of another group. A name with "*" stands for all rows that match: its
`error` is "at most ..."; `count`, and `median` and `largest` of the errors, are columns for such names. "@predicted" behind it
leaves rows of other classes (fitted, input) out. A published number may be written shorter.

No run is made: validation.page checks that docs/validation.md is what the program gives.
"""

import re
import statistics
import sys
from fnmatch import fnmatch
from pathlib import Path

MARK = re.compile(r"<!-- rows: ([\w-]+)(?:: ([^|]+))? \| (.+) -->")
# Of several rows, whose names share a pattern with "*".
SUMMARIES = {"count": "{count}", "median": "{median:.1f} %", "largest": "{largest:.1f} %"}
COLUMNS = ["published", "simulated", "error", "within", "class"]


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def validated(text):
    """{GROUP/ROW: {column: text}} of docs/validation.md."""
    rows, group = {}, None
    for line in text.split("\n"):
        if line.startswith("### "):
            group = line[4:]
        elif line.startswith("<!-- end of rows"):
            break
        elif line.startswith("| ") and group is not None:
            name, *cells = cells_of(line)
            rows[f"{group}/{name}"] = dict(zip(COLUMNS, cells))
    return rows


def numbers_in(text):
    return [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", text)]


def errors_of(pattern, rows):
    """Errors, without their signs, of the rows that `pattern` stands for."""
    pattern, _, kind = pattern.partition("@")
    errors = [abs(numbers_in(row["error"])[0]) for name, row in rows.items()
              if fnmatch(name, pattern) and row["class"].startswith(kind)]
    return errors or sys.exit(f"{pattern}: no row of docs/validation.md, or none of that class")


def renewed(line, name, group, columns, rows):
    cells = cells_of(line)
    for place, (pattern, column) in ((place, column.split()) for place, column in enumerate(columns) if column != "-"):
        names = [pattern.replace("{}", part) for part in name.split(",")]
        names = [each if "/" in each else f"{group}/{each}" for each in names]
        if "*" in name or column in SUMMARIES:
            if column in ("error", *SUMMARIES):
                errors = errors_of(names[0], rows)
                cells[place] = SUMMARIES.get(column, "at most {largest:.1f} %").format(
                    count=len(errors), median=statistics.median(errors), largest=max(errors))
            continue
        expected = ", ".join(rows[each][column] for each in names)
        if cells[place] != expected and not (column == "published" and numbers_in(cells[place]) == numbers_in(expected)):
            cells[place] = expected
    return "| " + " | ".join(cells) + " |"


def main():
    root = Path(sys.argv[1])
    rows = validated((root / "docs/validation.md").read_text(encoding="utf-8"))
    stale, repeated = [], 0
    for file in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        lines = file.read_text(encoding="utf-8").split("\n")
        before = list(lines)
        for start, mark in [(number, MARK.fullmatch(line)) for number, line in enumerate(lines)]:
            if mark is None:
                continue
            group, names, columns = mark[1], (mark[2] or "").split(), [part.strip() for part in mark[3].split("|")]
            head = next(number for number in range(start, len(lines)) if lines[number].startswith("|"))
            for number in range(head + 2, len(lines)):
                if not lines[number].startswith("|"):
                    break
                first = cells_of(lines[number])[0]
                span = re.search(r"`([^`]+)`", first)
                name = names[number - head - 2] if names else span[1] if span else first
                if name != "-":
                    lines[number] = renewed(lines[number], name, group, columns, rows)
                    repeated += 1
        stale += [f"{file.relative_to(root)}:{number + 1}: is        {old}\n{file.relative_to(root)}:{number + 1}: should be {new}"
                  for number, (old, new) in enumerate(zip(before, lines))
                  if re.sub(r"\s+", "", old) != re.sub(r"\s+", "", new)]
        if "--write" in sys.argv and lines != before:
            file.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join([*stale, f"{repeated} lines repeat rows of docs/validation.md, {len(stale)} stale"]))
    if stale and "--write" not in sys.argv:
        sys.exit("tools/refresh brings them up to date")


if __name__ == "__main__":
    main()

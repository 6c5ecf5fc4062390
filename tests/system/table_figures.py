#!/usr/bin/env python3
"""Figures in the documents that come from runs.

    table_figures.py BINARY ROOT            do the documents say what the program prints? exit 1 when not
    table_figures.py BINARY ROOT --quick    the same, without the runs that take half a minute and that no other test needs
    table_figures.py BINARY ROOT --write    writes the figures

A table behind a line like

    <!-- figures: ep.yaml workload.ep=32 | dispatch_us .1f | machine.ub.sub_planes=5 peak_queue_bytes bytes | - -->

is filled. The first part is a scenario of configs/scenarios and the settings of all rows. The others stand for the
table's last columns: settings of that column, an expression of metrics, and how it is written; "-" leaves a column
alone, and a cell that is "-" stays. A row's settings are what stands between backticks in its other columns and holds a
"="; keys without a section belong to `workload`. With "against" between them there are two runs, and the figure is the
first one's over the second one's.

A single figure has its run behind it, as in 13.4<!-- ep.yaml ep=32 => dispatch_us .1f -->.

Expressions know metrics, statistics of histograms (rank_wait_us.p99), part('attention') of the breakdown, cell('stripes', 'GB/s')
of a table of the result in the row that begins as this one, and the numbers of the row's cells, c1 the first. Ways to write: those of Python's format, `bytes`, `percent` (with sign and a blank), and
text with expressions in braces. Figures of files that are not there (a path that begins with ..) are left alone.
"""

import ast
import operator
import re
import shlex
import sys
from pathlib import Path

from runs import Runs

TABLE = re.compile(r"<!-- figures: (.+) -->")
SINGLE = re.compile(r"(\d[\d.]*)<!-- (\S+\.yaml) ?(.*?) ?=> (.+?) -->")
SECTIONS = ("workload.", "machine.", "model.", "machine=", "model=")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}

# Runs of these take half a minute each. --quick leaves them out but for those that other tests make: as shipped, and at batch 8.
SLOW = ("decode-ep320.yaml", "prefill-ep32.yaml", "decode-dense.yaml", "serving-pdc.yaml", "serving-mooncake.yaml")
SHARED = [("run", "configs/scenarios/decode-ep320.yaml"),
          ("run", "configs/scenarios/decode-ep320.yaml", "--set", "workload.batch_per_npu=8", "--set", "workload.microbatches=1")]


def options_of(words):
    """The command line's options for settings; "--seed 2" passes."""
    options, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            options += [word, rest.pop(0)]
        else:
            options += ["--set", word if word.startswith(SECTIONS) else "workload." + word]
    return options


def settings_in(text):
    words = []
    for span in re.findall(r"`([^`]+)`", text):
        if span.startswith("--"):
            words += span.split()
        elif "=" in span:
            words.append(span[1:-1] if span.startswith('"') else span)
    return words


def value_of(node, result, cells):
    """An expression over a result's numbers."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](value_of(node.left, result, cells), value_of(node.right, result, cells))
    if isinstance(node, ast.Call) and node.func.id == "part":
        return result["breakdown"][node.args[0].value]["value"]
    if isinstance(node, ast.Call) and node.func.id == "cell":
        table, column = (argument.value for argument in node.args)
        found = result["tables"][table]
        return next(row for row in found["rows"] if row[0] == cells[0])[found["columns"].index(column)]
    if isinstance(node, ast.Attribute):
        return result["histograms"][node.value.id][node.attr]
    if re.fullmatch(r"c\d+", node.id) and node.id not in result["metrics"]:
        return float(re.sub(r"[~ ,]", "", cells[int(node.id[1:]) - 1]))
    return result["metrics"][node.id]["value"]


def evaluated(expression, result, cells):
    return value_of(ast.parse(expression.strip(), mode="eval").body, result, cells)


def written(value, style):
    if style == "bytes":
        return f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} kB"
    if style == "percent":
        return f"{100 * value:+.1f} %"
    return format(value, style)


def figure(what, results, cells=()):
    """`what` of a result, or of two against each other."""
    if "{" in what:
        return re.sub(r"\{([^{}]+):([^{}:]+)\}",
                      lambda found: written(evaluated(found[1], results[0], cells), found[2]), what)
    expression, style = what.rsplit(maxsplit=1)
    values = [evaluated(expression, result, cells) for result in results]
    return written(values[0] / values[1] if len(values) == 2 else values[0], style)


def column_of(text):
    """Settings of a column and its figure."""
    if text == "-":
        return None
    words, template = text.split("{", 1)[0] if "{" in text else text, text
    settings = []
    for word in shlex.split(words):
        if "=" not in word:
            break
        settings.append(word)
        template = template.split(None, 1)[1]
    return settings, template


class Place:
    """One figure: where it stands, which runs it needs, how it is written."""

    def __init__(self, file, line, scenario, settings, what, cell=None):
        self.file, self.line, self.what, self.cell = file, line, what, cell
        self.commands = [("run", f"configs/scenarios/{scenario}", *options_of(words)) for words in settings]

    def has_files(self, root):
        """Whether the files outside of the tree that its runs name are there."""
        paths = [word.split("=", 1)[1] for command in self.commands for word in command if "=../" in word]
        return all((root / path).exists() for path in paths)

    def is_quick(self):
        return all(command in SHARED or not command[1].endswith(SLOW) for command in self.commands)


def places_in_table(file, mark, lines, first):
    base, *columns = [part.strip() for part in mark.split("|")]
    scenario, *common = shlex.split(base)
    columns = [column_of(column) for column in columns]
    for number in range(first, len(lines)):
        if not lines[number].startswith("|"):
            break
        cells = cells_of(lines[number])
        kept = len(cells) - len(columns)
        rows = [settings_in(text) for text in " ".join(cells[:kept]).split(" against ")]
        for index, column in enumerate(columns):
            if column is not None and cells[kept + index] != "-":
                settings, what = column
                yield Place(file, number, scenario, [common + row + settings for row in rows], what, kept + index)


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def places_in(file, lines):
    for number, line in enumerate(lines):
        mark = TABLE.fullmatch(line)
        if "<!-- figures:" in line and not mark:
            sys.exit(f"{file}:{number + 1}: expected a mark on a line of its own, without blanks before it")
        if mark:
            head = next(i for i in range(number, len(lines)) if lines[i].startswith("|"))
            yield from places_in_table(file, mark[1], lines, head + 2)
        for found in SINGLE.finditer(line):
            yield Place(file, number, found[2], [shlex.split(found[3])], found[4])


def with_figure(line, place, results):
    """The line with the place's figure as the results have it."""
    if place.cell is not None:
        cells = cells_of(line)
        cells[place.cell] = figure(place.what, results, cells)
        return "| " + " | ".join(cells) + " |"

    def renewed(found):
        same = Place(place.file, place.line, found[2], [shlex.split(found[3])], found[4])
        if same.commands != place.commands or found[4] != place.what:
            return found[0]
        return figure(place.what, results) + found[0][len(found[1]):]
    return SINGLE.sub(renewed, line)


def main():
    binary, root = sys.argv[1], Path(sys.argv[2]).resolve()
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    texts = {file: file.read_text(encoding="utf-8").split("\n") for file in files}
    places = [place for file, lines in texts.items() for place in places_in(file, lines)]
    looked_at = [place for place in places if place.has_files(root) and ("--quick" not in sys.argv or place.is_quick())]
    found = Runs(binary, root).results({command for place in looked_at for command in place.commands})
    stale = {}
    for place in looked_at:
        line = texts[place.file][place.line]
        better = with_figure(line, place, [found[command] for command in place.commands])
        if re.sub(r"\s+", "", better) != re.sub(r"\s+", "", line):
            stale.setdefault((place.file, place.line), line)
            texts[place.file][place.line] = better
    for (file, number), line in stale.items():
        print(f"{file.relative_to(root)}:{number + 1}: is        {line}")
        print(f"{file.relative_to(root)}:{number + 1}: should be {texts[file][number]}")
    print(f"{len(looked_at)} of {len(places)} figures looked at, {len(stale)} lines stale")
    if "--write" in sys.argv:
        for file in {file for file, _ in stale}:
            file.write_text("\n".join(texts[file]), encoding="utf-8")
    elif stale:
        sys.exit("tools/refresh brings them up to date")


if __name__ == "__main__":
    main()

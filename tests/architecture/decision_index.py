#!/usr/bin/env python3
"""Does docs/decisions/README.md list every decision, each with a number of its own? decision_index.py ROOT [--write]

A page NNNN-words.md begins with "# NNNN Title". --write puts the list behind the words that stand above it.
"""

import re
import sys
from pathlib import Path


def main():
    folder = Path(sys.argv[1]) / "docs/decisions"
    problems, lines, numbers = [], [], {}
    for page in sorted(folder.glob("[0-9]*.md")):
        title = re.match(r"# (\d{4}):? (.*)\n", page.read_text(encoding="utf-8"))
        number = page.name[:4]
        if title is None or title[1] != number:
            problems.append(f"{page}:1: expected \"# {number} Title\"")
        elif number in numbers:
            problems.append(f"{page}:1: {numbers[number]} has this number too")
        else:
            lines.append(f"- [{number}]({page.name}) {title[2]}\n")
        numbers[number] = page.name
    index = folder / "README.md"
    text = index.read_text(encoding="utf-8")
    renewed = text[:(text + "\n- [").index("\n- [") + 1] + "".join(lines)
    if "--write" in sys.argv:
        index.write_text(renewed, encoding="utf-8")
    elif text != renewed:
        problems.append(f"{index}:1: does not list the decisions as they are; tools/refresh brings it up to date")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()

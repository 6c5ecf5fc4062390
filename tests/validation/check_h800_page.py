#!/usr/bin/env python3
"""Are the tables of docs/models/h800-cluster.md what docs/validation.md has? check_h800_page.py ROOT

Every published and simulated number of the page's tables must stand in the row of docs/validation.md that it comes from;
validation.page checks that those are what the program gives.
"""

import re
import sys

# Page row (its first cells) -> rows of docs/validation.md, in the order of its number pairs.
EXCHANGES = {ep: [f"dispatch-ep{ep}", f"combine-ep{ep}"] for ep in ("8", "32", "256")}
DECODES = {
    "DeepSeek on H800, profile": ["profile-tpot", "profile-throughput", "profile-efficiency"],
    "DeepSeek on H800, blog": ["blog-tpot", "blog-throughput", "blog-efficiency"],
    "CloudMatrix384": ["batch96-tpot", "batch96-throughput", "batch96-efficiency"],
}


def section(text, title):
    start = text.index(f"\n### {title}\n")
    end = text.find("\n### ", start + 1)
    return text[start:end if end > 0 else None]


def validated(text):
    return {cells[0]: cells[1:] for line in text.splitlines() if line.startswith("| ")
            for cells in [[cell.strip() for cell in line.strip("|").split("|")]]}


def main():
    root = sys.argv[1]
    with open(f"{root}/docs/validation.md", encoding="utf-8") as file:
        validation = file.read()
    with open(f"{root}/docs/models/h800-cluster.md", encoding="utf-8") as file:
        page = validated(file.read())
    rows = {**validated(section(validation, "decode")), **validated(section(validation, "h800"))}
    failures = []
    for label, names in {**EXCHANGES, **DECODES}.items():
        if label not in page:
            failures.append(f"the page has no row \"{label}\"")
            continue
        width = 3 if label in EXCHANGES else 2
        cells = page[label] if label in EXCHANGES else page[label][2:]
        for index, name in enumerate(names):
            shown = cells[index * width:index * width + width]
            expected = rows[name][:width]
            if [re.sub(r"[~ ]", "", cell) for cell in shown] != [re.sub(r"[~ ]", "", cell) for cell in expected]:
                failures.append(f"{label}: {name} is {expected}, the page shows {shown}")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How easy the tree is to change, in figures: tools/check_structure.py [ROOT]

Each line has what is counted, its value, the bar that it meets, and where it is highest. Ends with 1 when a value is above its
bar.
"""

import math
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

LAYERS = ("sim", "topology", "models", "workloads", "tools", "tests")


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return re.sub(r"//[^\n]*", "", file.read())


def bodies(text):
    """(name, body) of every class; nested ones by themselves and not as a part of the outer one."""
    for match in re.finditer(r"\bclass (\w+)(?: final)?(?: : [^{;]*)?\s*\{", text):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        body = text[match.end() : end - 1]
        yield match[1], re.sub(r"\b(?:struct|class|enum)\b[^;{]*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", body)


def members(body):
    """Data members, at the class's own level, the public ones too."""
    own = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}", "{}", body))
    other = r"(?:return|static|using|friend|typedef|struct|class|enum|template|public|private|protected|explicit|virtual)\b"
    found = re.findall(rf"^ +(?!{other})(?:mutable )?[A-Za-z_][\w:<>,&* \[\]()/+.-]*?[ &*>](\w+)(?: = [^;()]*|\{{\}})?;", own, re.M)
    return [name for name in found if name not in ("const", "noexcept", "override")]


def parameters(name, body):
    """Numbers of parameters of the constructors."""
    for match in re.finditer(rf"(?<![~\w]){name}\(", body):
        depth, end, count = 1, match.end(), 0
        while depth and end < len(body):
            letter = body[end]
            depth += {"(": 1, "<": 1, "{": 1, ")": -1, ">": -1, "}": -1}.get(letter, 0)
            count += letter == "," and depth == 1
            end += 1
        yield count + 1 if body[match.end() : end - 1].strip() else 0


def worst(pairs, count=3):
    return ", ".join(f"{name} {value}" for name, value in sorted(pairs, key=lambda pair: -pair[1])[:count])


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", *LAYERS],
                            capture_output=True, text=True, check=True).stdout.split("\n")
    sources = {path: lines_of(path) for path in listed if path.endswith((".h", ".cpp")) and os.path.isfile(path)}
    ours = {path: text for path, text in sources.items() if not path.startswith("tests/")}
    headers = [path for path in ours if path.endswith(".h")]

    classes, constructors = [], []
    for path in ours:
        for name, body in bodies(ours[path]):
            classes.append((name, len(members(body))))
            constructors += [(name, count) for count in parameters(name, body)]
    builders = [(path, len(found)) for path, text in ours.items()
                if (found := re.findall(r"\bDataPlane \w+[({]|\bplane_\(\w*spec\w*\)", text))]
    planes = [(path, text.count("sub_planes")) for path, text in ours.items() if "sub_planes" in text]
    folders = Counter(os.path.dirname(path) for path in ours)
    names = defaultdict(list)
    for path in headers:
        names[os.path.basename(path)].append(path)
    twice = [(name, len(paths)) for name, paths in names.items() if len(paths) > 1]
    # Exact tests alone: a run of the whole program includes no header and pins down none.
    tested = {header for path, text in sources.items() if path.startswith("tests/unit/")
              for header in re.findall(r'#include "([^"]+)"', text)}
    subject = [path for path in headers if not path.startswith(("tools/program/", "tools/report/"))]
    untested = [path for path in subject if path not in tested]

    # What, value, bar, where.
    rows = [
        ("members of a class", max(value for _, value in classes), 15, worst(classes)),
        ("members of PacketFabric", dict(classes)["PacketFabric"], 12, ""),
        ("parameters of a constructor", max(value for _, value in constructors), 5, worst(constructors)),
        ("places that build a data plane", len(builders), 1, worst(builders)),
        ("files that say sub_planes", len(planes), 15, worst(planes)),
        ("files of a folder", max(folders.values()), 30, worst(folders.items(), 6)),
        ("header names used twice", len(twice), 0, worst(twice, 6)),
        ("headers without a unit test, %", math.ceil(100 * len(untested) / len(subject)), 15, ""),
    ]
    status = 0
    for what, value, bar, where in rows:
        status |= value > bar
        print(f"{what:32}{value:5}  bar {bar:3}  {'holds' if value <= bar else 'BROKEN':8}{where}")
    sys.exit(status)


if __name__ == "__main__":
    main()

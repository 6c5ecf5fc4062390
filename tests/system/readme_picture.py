#!/usr/bin/env python3
"""Is the picture of README.md what the program draws? readme_picture.py BINARY ROOT [--write]

The picture shows how busy the switch chips are when 256 dies exchange tokens and each expert keeps to one sub-plane:

    tools/cmsim run configs/scenarios/ep.yaml --set workload.sub_plane_choice=by-expert --out results/by-expert
    tools/cmsim topology configs/scenarios/ep.yaml --format svg --result results/by-expert

without the tooltips of its chips, which no browser shows in an <img>. --write puts it into docs/images/machine.svg.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

from runs import Runs

SCENARIO = "configs/scenarios/ep.yaml"
# As a table of docs/models/fabric.md has this run, so that it is simulated once for both.
RUN = ("run", SCENARIO, "--set", "workload.sub_plane_choice=by-expert")
LARGEST = 150_000  # bytes; a front page should load at once


def drawn(runs):
    result = runs.results({RUN})[RUN]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "result.json").write_text(json.dumps(result), encoding="utf-8")
        picture = runs.call(["topology", SCENARIO, "--format", "svg", "--result", folder])
    if picture.status != 0:
        sys.exit(f"cmsim topology ended with {picture.status}:\n{picture.errors}")
    return re.sub(r"><title>[^<]*</title></(?:rect|path)>", "/>", picture.output)


def main():
    binary, root = sys.argv[1:3]
    path = Path(root, "docs/images/machine.svg")
    text = drawn(Runs(binary, root))
    if len(text) > LARGEST:
        sys.exit(f"{path}: expected at most {LARGEST} bytes, found {len(text)}")
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    print(f"{path} is not what the program draws")
    if "--write" not in sys.argv[3:]:
        sys.exit("tools/refresh draws it anew")
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

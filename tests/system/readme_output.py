#!/usr/bin/env python3
"""Does the README show what the program prints? readme_output.py BINARY ROOT [--write]

The first code block of README.md is the standard output of the scenario decode-ep320. --write puts it there.
"""

import re
import sys
from pathlib import Path

from runs import Runs


def main():
    binary, root = sys.argv[1:3]
    # The path as a reader of the README types it: it is part of no output, but messages name it.
    printed = Runs(binary, root).answer(["run", "configs/scenarios/decode-ep320.yaml"])
    if printed.status != 0:
        sys.exit(f"the scenario ended with {printed.status}:\n{printed.errors}")
    path = Path(root, "README.md")
    text = path.read_text(encoding="utf-8")
    block = re.search(r"(?<=\n```\n).*?(?=```\n)", text, re.DOTALL)
    if block is None:
        sys.exit("README.md has no code block")
    if block.group() == printed.output:
        return
    print(f"README.md shows\n{block.group()}but the program prints\n{printed.output}")
    if "--write" not in sys.argv[3:]:
        sys.exit("tools/refresh puts it there")
    path.write_text(text[:block.start()] + printed.output + text[block.end():], encoding="utf-8")


if __name__ == "__main__":
    main()

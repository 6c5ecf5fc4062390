#!/usr/bin/env python3
"""Does the README show what the program prints? readme_output.py BINARY ROOT [--write]

The first code block of README.md is the standard output of the scenario decode-ep320. --write puts it there.
"""

import re
import subprocess
import sys


def main():
    binary, root = sys.argv[1:3]
    # The path as a reader of the README types it: it is part of no output, but messages name it.
    done = subprocess.run([binary, "run", "configs/scenarios/decode-ep320.yaml"], cwd=root, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the scenario ended with {done.returncode}:\n{done.stderr}")
    path = f"{root}/README.md"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"(?<=\n```\n).*?(?=```\n)", text, re.DOTALL)
    if block is None:
        sys.exit("README.md has no code block")
    if "--write" in sys.argv[3:]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text[:block.start()] + done.stdout + text[block.end():])
        return
    if block.group() != done.stdout:
        sys.exit(f"README.md shows\n{block.group()}but the program prints\n{done.stdout}"
                 "tests/system/readme_output.py BINARY ROOT --write puts it there")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Is docs/validation.md what `cmsim validate --write` writes? check_page.py BINARY ROOT

Writes page and plot in a copy of docs/ and compares them with those of the tree.
"""

import os
import shutil
import subprocess
import sys
import tempfile

FILES = ["validation.md", "images/validation.svg"]


def main():
    binary, root = sys.argv[1:]
    with tempfile.TemporaryDirectory() as copy:
        for folder in ("configs", "tests"):
            os.symlink(f"{root}/{folder}", f"{copy}/{folder}")
        shutil.copytree(f"{root}/docs", f"{copy}/docs")
        done = subprocess.run([binary, "validate", "--write", "--configs", f"{copy}/configs"], capture_output=True, text=True,
                              check=False)
        print(done.stdout, done.stderr)
        if done.returncode != 0:
            sys.exit(f"ended with {done.returncode}")
        for name in FILES:
            with open(f"{copy}/docs/{name}", encoding="utf-8") as written, open(f"{root}/docs/{name}", encoding="utf-8") as kept:
                if written.read() != kept.read():
                    sys.exit(f"docs/{name} is not what cmsim validate --write writes; run it")


if __name__ == "__main__":
    main()

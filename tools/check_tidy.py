#!/usr/bin/env python3
"""clang-tidy over the sources named on standard input (NUL between names, as git ls-files -z gives them).

A file that was clean is not looked at again until it, a header of ours that it includes, its compile command or the
configuration changes: build/tidy-cache holds one empty file per clean result, named by the digest of all of these.
Delete that folder after installing other versions of the libraries.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import re
import subprocess
import sys

from check_layers import included, read

TIDY = "clang-tidy-19"
BUILD = "build/release"
CACHE = "build/tidy-cache"
FINDING = re.compile(r"^(\S+?):(\d+):(\d+): (warning|error): ")


@functools.cache
def our_headers(file):
    """The headers of ours that `file` includes itself."""
    return tuple(sorted({header for _, _, header in included(read(file)) if os.path.isfile(header)}))


def all_headers(file):
    """The headers of ours that `file` includes, and theirs."""
    seen, waiting = set(), [file]
    while waiting:
        new = set(our_headers(waiting.pop())) - seen
        seen |= new
        waiting += new
    return sorted(seen)


def configurations(file):
    """The .clang-tidy files that apply, nearest first."""
    place = os.path.dirname(file)
    while True:
        candidate = os.path.join(place, ".clang-tidy")
        if os.path.isfile(candidate):
            yield candidate
        if not place:
            return
        place = os.path.dirname(place)


def digest(file, command, version):
    hasher = hashlib.sha256(f"{version}\0{command}\0".encode())
    for path in [file, *all_headers(file), *configurations(file)]:
        hasher.update(f"{path}\0{read(path)}\0".encode())
    return hasher.hexdigest()


def compile_commands(root):
    """Source, as a path from the root -> its compile command."""
    with open(f"{BUILD}/compile_commands.json", encoding="utf-8") as file:
        entries = json.load(file)
    return {os.path.relpath(entry["file"], root): entry["command"] for entry in entries}


def tidy(file):
    """(clean, findings in the order found). g++'s warnings are g++'s to report: -Werror must not make them clang's errors."""
    command = [TIDY, "--quiet", "-p", BUILD, "--extra-arg=-Wno-error", "--extra-arg=-Wno-everything", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and not FINDING.search(done.stdout) and "\n" not in done.stdout:
        return False, [f"{file}:1: {TIDY} failed: {done.stderr.strip()}"]
    return done.returncode == 0, blocks(done.stdout)


def blocks(output):
    """One text per finding, with its notes and its excerpt, so that a header's finding can be told once."""
    found = []
    for line in output.splitlines():
        if FINDING.match(line) or not found:
            found.append(line)
        else:
            found[-1] += "\n" + line
    return found


def report(findings, root, told):
    for text in findings:
        text = text.replace(root + "/", "")
        if text not in told:
            told.add(text)
            print(text, flush=True)


def main():
    root = os.getcwd()
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    commands = compile_commands(root)
    sources = sorted(name for name in sys.stdin.read().split("\0") if name.endswith(".cpp"))
    uncompiled = [file for file in sources if file not in commands]
    for file in uncompiled:
        print(f"{file}:1: no CMakeLists.txt names this file")
    digests = {file: digest(file, commands[file], version) for file in sources if file in commands}
    os.makedirs(CACHE, exist_ok=True)
    known = set(os.listdir(CACHE))
    waiting = [file for file, name in digests.items() if name not in known]
    print(f"tidy: {len(waiting)} files, {len(digests) - len(waiting)} more known to be clean", flush=True)

    all_clean, told = not uncompiled, set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(tidy, file): file for file in waiting}
        for run in concurrent.futures.as_completed(runs):
            clean, findings = run.result()
            report(findings, root, told)
            if clean:
                open(f"{CACHE}/{digests[runs[run]]}", "w", encoding="utf-8").close()
            all_clean = all_clean and clean
    for name in known - set(digests.values()):
        os.remove(f"{CACHE}/{name}")
    return 0 if all_clean else 1


if __name__ == "__main__":
    sys.exit(main())

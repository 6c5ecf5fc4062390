#!/usr/bin/env python3
"""clang-tidy over those of the sources named on standard input (NUL between names, as git ls-files -z gives them) that
changed since they were clean.

tools/clean_sources.txt has a line per file that was clean: its name and a digest of the file, of the headers of ours that
it includes and of the .clang-tidy files above it. A file whose digest differs is looked at; when it is clean, its line is
written anew, and belongs into the commit that changed the file. --all looks at every file: after an upgrade of clang-tidy
or a library, and after a change of compile options, none of which the digest knows.

tools/waiting_sources.txt names files that changed and that nobody has let clang-tidy look at yet: a debt, to be worked off
with --waiting, which looks at them and takes those that are clean from the list.
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
COMMANDS = "build/check"
CLEAN = "tools/clean_sources.txt"
WAITING = "tools/waiting_sources.txt"
FINDING = re.compile(r"^(\S+?):(\d+):(\d+): (warning|error|fatal error): ")


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


@functools.cache
def content_digest(path):
    return hashlib.sha256(read(path).encode()).hexdigest()


def digest(file):
    hasher = hashlib.sha256()
    for path in [file, *all_headers(file), *configurations(file)]:
        hasher.update(f"{path}\0{content_digest(path)}\0".encode())
    return hasher.hexdigest()[:20]


def known_clean():
    """File -> its digest when it was clean."""
    if not os.path.isfile(CLEAN):
        return {}
    return dict(line.split() for line in read(CLEAN).splitlines() if line)


def compile_commands(root):
    """Source, as a path from the root -> its compile command."""
    with open(f"{COMMANDS}/compile_commands.json", encoding="utf-8") as file:
        entries = json.load(file)
    return {os.path.relpath(entry["file"], root): entry["command"] for entry in entries}


def tidy(file):
    """(clean, findings in the order found). g++'s warnings are g++'s to report: -Werror must not make them clang's errors."""
    command = [TIDY, "--quiet", "-p", COMMANDS, "--extra-arg=-Wno-error", "--extra-arg=-Wno-everything", file]
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


def write_clean(clean):
    """Files that are gone leave the list."""
    text = "".join(f"{file} {clean[file]}\n" for file in sorted(clean) if os.path.isfile(file))
    if not os.path.isfile(CLEAN) or read(CLEAN) != text:
        with open(CLEAN, "w", encoding="utf-8") as file:
            file.write(text)


def put_off():
    """The files that wait for clang-tidy."""
    return set(read(WAITING).split()) if os.path.isfile(WAITING) else set()


def write_waiting(files):
    if files:
        with open(WAITING, "w", encoding="utf-8") as file:
            file.write("".join(f"{name}\n" for name in sorted(files) if os.path.isfile(name)))
    elif os.path.isfile(WAITING):
        os.remove(WAITING)


def main():
    root = os.getcwd()
    commands = compile_commands(root)
    sources = sorted(name for name in sys.stdin.read().split("\0") if name.endswith(".cpp"))
    uncompiled = [file for file in sources if file not in commands]
    for file in uncompiled:
        print(f"{file}:1: no CMakeLists.txt names this file")
    digests = {file: digest(file) for file in sources if file in commands}
    looks_at_all = "--all" in sys.argv[1:]
    known = {} if looks_at_all else known_clean()
    clean = {file: name for file, name in digests.items() if known.get(file) == name}
    debt = put_off() & digests.keys() - clean.keys()
    skipped = set() if looks_at_all or "--waiting" in sys.argv[1:] else debt
    pending = sorted(digests.keys() - clean.keys() - skipped)
    print(f"clang-tidy: {len(pending)} files to look at, {len(clean)} unchanged since they were clean", flush=True)
    if skipped:
        print(f"clang-tidy: {len(skipped)} files of {WAITING} were not looked at: tools/check --waiting", flush=True)

    told = set()
    before = known_clean()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(tidy, file): file for file in pending}
        for run in concurrent.futures.as_completed(runs):
            is_clean, findings = run.result()
            report(findings, root, told)
            if is_clean:
                clean[runs[run]] = digests[runs[run]]
                # At once: whoever interrupts half an hour of this keeps what was done.
                write_clean({**before, **clean})
    write_clean({**before, **clean})
    if not skipped:
        write_waiting(put_off() - clean.keys())
    if known_clean() != before:
        print(f"{CLEAN} has changed: commit it with what it is about", flush=True)
    return 0 if not uncompiled and clean.keys() | skipped >= digests.keys() else 1


if __name__ == "__main__":
    sys.exit(main())

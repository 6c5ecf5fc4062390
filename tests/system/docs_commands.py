#!/usr/bin/env python3
"""Do the commands in the documents work, and print what the documents say? docs_commands.py BINARY ROOT [--list | --write]

A command is a line of a code block that starts with "$ " or with the name of a program (PROGRAM); a block of the kind
"bash" is one command. Each document has a scratch copy of the tree, in which its commands run in their order. In a block
of the kind "console" the lines after a command are its output, word for word but for blanks at
the ends; a line "..." stands for any lines, "..." within a line for any text. --write puts there what is printed, and
leaves out what was left out before.
"""

import concurrent.futures
import difflib
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM = re.compile(r"(tools/\w+|cmsim|cp|git|cmake|apt-get|CM_\w+=\S+) ")

# What is not run: words of the command, and why. Each must be found in some document.
NOT_RUN = [
    ("tools/test", "would run the tests inside a test"),
    ("tools/package", "system.package_... run it"),
    ("apt-get install ./", "needs root; system.package_... install the package in a throw-away system"),
    ("workload.split={aic: 12, aiv: 24}", "takes as long as the main scenario"),
    ("git clone", "needs a network"),
    ("--executor slurm", "needs a cluster; system.slurm_... run one"),
    ("compare --rev", "builds two revisions"),
    ("cmsim report ", "wants npm; system.report_pages makes pages"),
    ("apt-get install nodejs", "needs root"),
    (">~/", "writes to the user's own folder"),
    ("--result results/ep", "wants an earlier result; system.report_topology_is_a_picture draws one"),
    ("run configs/scenarios/h800-decode-ep144.yaml", "takes half a minute; validation.h800 runs it"),
    ("--find-capacity", "takes half a minute; validation.serving finds one"),
    ("mooncake_conversation.jsonl.gz", "needs recorded data that is not shipped"),
    ("law.u8.gz", "needs recorded data that is not shipped"),
    ("sweep ep-by-planes", "takes minutes; system.sweep_... run small ones"),
    ("calibrate ", "takes minutes; validation.calibration_... run it"),
    ("PATH/", "needs recorded data that is not shipped"),
    ("workload.trace=FILE", "needs recorded data that is not shipped"),
    ("workload.routing_file=eplb.log", "needs recorded data that is not shipped"),
    ("run configs/scenarios/decode-ep320.yaml # the simulator", "takes half a minute; system.readme_... runs it"),
]


# Commands that do not end with 0, and what with.
STATUS = {
    "tools/cmsim run configs/scenarios/decode-ep320.yaml --set workload.batch_per_npu=512": 2,
    "tools/cmsim run configs/scenarios/p2p.yaml --set workload.two=die:2": 2,
    "tools/cmsim topology configs/scenarios/p2p.yaml --set machine.nodes=96": 2,
    "tools/cmsim compare results/whole results/broken": 1,
}


def blocks(text):
    """(kind, lines) of every code block, fenced or indented."""
    kind, block = None, []
    for line in text.split("\n"):
        fence = re.match(r"\s*```(\w*)", line)
        if fence and kind is None:
            kind, block = fence.group(1) or "text", []
        elif fence:
            yield kind, block
            kind, block = None, []
        elif kind is not None:
            block.append(line)
        elif re.match(r" {4}", line):
            yield "indented", [line.strip()]


def commands(text):
    """(command, expected output or None) in the order of the document."""
    # An indented command may go on in the next line.
    text = re.sub(r"\\\n\s*", "", text)
    for kind, block in blocks(text):
        if kind not in ("indented", "bash", "sh", "console"):
            continue
        if kind in ("bash", "sh"):
            yield "\n".join(block), None
            continue
        found = []
        for line in block:
            is_prompt = line.startswith("$ ")
            if is_prompt or (kind != "console" and PROGRAM.match(line)):
                found.append((line.removeprefix("$ ").strip(), []))
            elif found:
                found[-1][1].append(line)
        for command, output in found:
            yield command, "\n".join(output).strip("\n") if kind == "console" else None


def reason_against(command):
    plain = re.sub(r"\s+", " ", command)
    return next(((words, why) for words, why in NOT_RUN if words in plain), None)


def pattern_of(output):
    """A regular expression for `output`: a line "..." is any number of lines, "..." within a line any text."""
    patterns = {"...": r"(?:.*\n)*?"}
    lines = [line.strip() for line in output.split("\n")] if output else []
    return re.compile("".join(patterns.get(line) or re.escape(line).replace(r"\.\.\.", ".*") + r"\n" for line in lines))


def stripped(text):
    return "".join(line.strip() + "\n" for line in text.splitlines())


def shape_of(line):
    """A line without its numbers and the blanks that align them: what stays when numbers move."""
    return re.sub(r"[\s#]+", " ", re.sub(r"[+-]?\d[\d.,]*(?:e[+-]?\d+)?", "#", line)).strip()


def renewed(old, printed):
    """The lines `printed`, with "..." where the lines `old` have it."""
    printed = [line.rstrip() for line in printed]
    match = difflib.SequenceMatcher(None, [shape_of(line) for line in old], [shape_of(line) for line in printed], False)
    lines = []
    for kind, first, last, begin, end in match.get_opcodes():
        if kind != "equal" and any("..." in line for line in old[first:last]):
            # A line that leaves out its end is kept when a printed one begins like it.
            for line in old[first:last]:
                if line.strip() == "..." or any(pattern_of(line).fullmatch(each + "\n") for each in printed[begin:end]):
                    lines.append(line)
        else:
            lines += printed[begin:end]
    return lines


def copy_of_the_tree(binary, root, scratch):
    """Sources of configuration only, and the program as tools/cmsim and as cmsim on the PATH."""
    for folder in ("configs", "docs", "tests/validation"):
        shutil.copytree(os.path.join(root, folder), os.path.join(scratch, folder))
    # Where an installed program looks for its files.
    os.makedirs(os.path.join(scratch, "installed/bin"))
    os.makedirs(os.path.join(scratch, "installed/share/cmsim"))
    os.makedirs(os.path.join(scratch, "tools"))
    program = os.path.join(scratch, "installed/bin/cmsim")
    shutil.copy(binary, program)
    os.symlink(os.path.join(scratch, "configs"), os.path.join(scratch, "installed/share/cmsim/configs"))
    os.symlink(os.path.join(scratch, "tests"), os.path.join(scratch, "installed/share/cmsim/tests"))
    with open(os.path.join(scratch, "tools/cmsim"), "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
    os.chmod(os.path.join(scratch, "tools/cmsim"), 0o755)


def check(binary, root, path, known, writes):
    """What is wrong with the commands of one document, and how long each took."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    todo = [each for each in commands(text) if not reason_against(each[0])]
    if not todo:
        return [], []
    problems, times = [], []
    with tempfile.TemporaryDirectory() as scratch:
        copy_of_the_tree(binary, root, scratch)
        environment = {**os.environ, "PATH": f"{scratch}/installed/bin:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "80"}
        for command, output in todo:
            # What writes nothing is the same in every document.
            if output is None and command in known:
                continue
            started = time.monotonic()
            done = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, text=True, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            times.append((time.monotonic() - started, f"{path}: {command}"))
            if done.returncode != STATUS.get(command, 0):
                problems.append(f"{path}: {command}\n  ended with {done.returncode}: {done.stdout.strip()}")
            elif output is not None and not pattern_of(output).fullmatch(stripped(done.stdout)):
                better = "\n".join(renewed(output.split("\n"), done.stdout.strip("\n").split("\n")))
                if writes and text.count(output) == 1 and pattern_of(better).fullmatch(stripped(done.stdout)):
                    print(f"{path}: {command}\nnow shows\n{better}\n")
                    text = text.replace(output, better)
                else:
                    problems.append(f"{path}: {command}\nshows\n{output}\nbut the program prints\n{done.stdout}")
            elif "--out" not in command and ">" not in command:
                known.add(command)
    if writes:
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
    return problems, times


def documents(root):
    found = ["README.md"] + glob.glob("*/README.md", root_dir=root) + glob.glob("docs/**/*.md", root_dir=root, recursive=True)
    return sorted(found)


def main():
    binary, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    everything = []
    for path in documents(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            everything += [(path, command) for command, _ in commands(file.read())]
    if "--list" in sys.argv[3:]:
        for path, command in everything:
            print(f"{path}: {command}\n    {(reason_against(command) or ('', 'run'))[1]}")
        return
    used = {reason[0] for _, command in everything if (reason := reason_against(command))}
    problems = [f"no document holds \"{words}\", which is not run" for words, _ in NOT_RUN if words not in used]
    times, known = [], set()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        writes = "--write" in sys.argv[3:]
        for found, seconds in pool.map(lambda path: check(binary, root, path, known, writes), documents(root)):
            problems += found
            times += seconds
    for seconds, what in sorted(times, reverse=True)[:10]:
        print(f"{seconds:6.1f} s  {what}")
    print(f"{len(times)} commands run, {len(everything) - len(times)} not run or the same as another")
    if not times:
        problems.append("no command was run")
    if problems:
        sys.exit("\n\n".join([*problems, "tools/refresh brings outputs up to date"]))


if __name__ == "__main__":
    main()

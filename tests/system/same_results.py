#!/usr/bin/env python3
"""Do two builds give the same results? same_results.py [--before-root ROOT] BEFORE AFTER ROOT [SCENARIO ...]

Runs every shipped scenario (or those named) with both programs and compares result.json but for run.commit and run.version.
Ends with 1 when one differs, and shows what: the metrics that moved, by how much, or the first other place. For changes
that move code and no result, and to tell by how much a change of numbers moves them. With --before-root the first program
reads the configurations of another checkout: for changes of configurations.
"""

import argparse
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile

MOST_SHOWN = 12


def result_of(program, scenario, root, scratch):
    out = os.path.join(scratch, "result")
    done = subprocess.run([program, "run", scenario, "--configs", os.path.join(root, "configs"), "--out", out],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"ended with {done.returncode}: {done.stderr.strip()}"
    with open(os.path.join(out, "result.json"), encoding="utf-8") as file:
        result = json.load(file)
    for key in ("commit", "version"):
        result["run"].pop(key)
    return result


def places(value, path=""):
    """Every number, text, true, false and null of a JSON value with its place."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from places(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from places(each, f"{path}[{index}]")
    else:
        yield path, value


def differences(before, after):
    if isinstance(before, str) or isinstance(after, str):
        return [f"{when}: {each if isinstance(each, str) else 'a result'}"[:300]
                for when, each in (("before", before), ("after", after))]
    old, new = dict(places(before)), dict(places(after))
    found = []
    for path in list(old) + [path for path in new if path not in old]:
        if old.get(path, "nothing") == new.get(path, "nothing"):
            continue
        text = f"{path}: {old.get(path, 'nothing')} -> {new.get(path, 'nothing')}"
        if all(isinstance(each.get(path), (int, float)) and each.get(path) for each in (old, new)):
            text += f" ({100 * (new[path] / old[path] - 1):+.3g} %)"
        found.append(text)
    # The metrics say more than anything behind them.
    return sorted(found, key=lambda text: not text.startswith("metrics"))


def compare(builds, scenario):
    results = []
    for program, root in builds:
        with tempfile.TemporaryDirectory() as scratch:
            results.append(result_of(program, scenario, root, scratch))
    return scenario, differences(*results)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--before-root", metavar="ROOT")
    parser.add_argument("programs", nargs=2)
    parser.add_argument("root")
    parser.add_argument("scenarios", nargs="*")
    asked = parser.parse_args()
    builds = [(os.path.abspath(program), os.path.abspath(root))
              for program, root in zip(asked.programs, (asked.before_root or asked.root, asked.root))]
    scenarios = asked.scenarios or sorted(glob.glob(os.path.join(asked.root, "configs/scenarios/*.yaml")))
    differ = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for scenario, found in pool.map(lambda each: compare(builds, each), scenarios):
            print(f"{os.path.basename(scenario)}: {'the same' if not found else f'{len(found)} values differ'}", flush=True)
            for text in found[:MOST_SHOWN]:
                print(f"  {text}")
            differ += bool(found)
    sys.exit(f"{differ} of {len(scenarios)} scenarios differ" if differ else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Is a timeline well formed? timeline_test.py BINARY ROOT quick|slow, or timeline_test.py check FILE

Runs scenarios with --timeline and reads what they write as a viewer does (Google's "Trace Event Format", which
ui.perfetto.dev opens): fields and types of each kind of event, order, nesting of slices, arrows that start and end in
slices, names of all processes and tracks. Also: equal runs give equal bytes, the result does not depend on whether a
timeline is recorded, and who may not record one is told so.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile

LARGEST = 50_000_000  # bytes of JSON for one iteration

# kind -> fields that it must have, beside ph, ts, pid and tid
FIELDS = {
    "X": {"name": str, "dur": (int, float)},
    "B": {"name": str},
    "E": {},
    "M": {"name": str, "args": dict},
    "C": {"name": str, "args": dict},
    "s": {"name": str, "cat": str, "id": int},
    "t": {"name": str, "cat": str, "id": int},
    "f": {"name": str, "cat": str, "id": int},
}
NAMES = {"process_name": "name", "thread_name": "name", "process_sort_index": "sort_index",
         "thread_sort_index": "sort_index"}
# Times are whole picoseconds, six decimals of a microsecond: compared as integers.
PICOSECONDS = 1_000_000


def picoseconds(microseconds):
    return round(microseconds * PICOSECONDS)


def fields(events):
    """Complaints about single events."""
    for number, event in enumerate(events):
        kind = event.get("ph")
        if kind not in FIELDS:
            yield f"event {number}: kind {kind!r} is unknown"
            continue
        for field, types in {"ts": (int, float), "pid": int, "tid": int, **FIELDS[kind]}.items():
            if not isinstance(event.get(field), types) or isinstance(event.get(field), bool):
                yield f"event {number} ({kind}): {field} is {event.get(field)!r}"
        if event.get("ts", 0) < 0 or event.get("dur", 0) < 0:
            yield f"event {number} ({kind}): a time below zero"
        if kind == "M" and (event["name"] not in NAMES or NAMES[event["name"]] not in event["args"]):
            yield f"event {number}: metadata {event['name']} {event['args']}"
        if kind == "C" and not all(isinstance(value, (int, float)) for value in event["args"].values()):
            yield f"event {number}: a counter's values are {event['args']}"
        if kind == "C" and not all(-0.05 <= value <= 100.05 for unit, value in event["args"].items() if unit == "percent"):
            yield f"event {number}: a share of {event['args']}"


def order(events):
    times = [event["ts"] for event in events if event["ph"] != "M"]
    if any(later < earlier for earlier, later in zip(times, times[1:])):
        yield "events are not sorted by time"


def names(events):
    named = {(e["pid"], e["tid"] if e["name"] == "thread_name" else None)
             for e in events if e["ph"] == "M" and e["name"].endswith("_name") and e["args"]["name"]}
    for place in sorted({(e["pid"], e["tid"]) for e in events if e["ph"] not in "MC"}):
        if place not in named:
            yield f"track {place} has no name"
    for process in sorted({e["pid"] for e in events}):
        if (process, None) not in named:
            yield f"process {process} has no name"


def slices_of(events):
    """Per track: the slices as (start, end, depth), and complaints about how they lie in each other."""
    tracks, complaints, opened = {}, [], {}
    for event in events:
        place = (event["pid"], event["tid"])
        if event["ph"] == "B":
            opened.setdefault(place, []).append(event["ts"])
        elif event["ph"] == "E":
            if not opened.get(place):
                complaints.append(f"track {place}: an end without a beginning at {event['ts']}")
                continue
            tracks.setdefault(place, []).append((picoseconds(opened[place].pop()), picoseconds(event["ts"])))
        elif event["ph"] == "X":
            start = picoseconds(event["ts"])
            tracks.setdefault(place, []).append((start, start + picoseconds(event["dur"])))
    complaints += [f"track {place}: {len(begun)} beginnings without an end" for place, begun in opened.items() if begun]
    for place, slices in tracks.items():
        stack = []
        for start, end in sorted(slices, key=lambda each: (each[0], -each[1])):
            while stack and stack[-1] <= start:
                stack.pop()
            if stack and end > stack[-1]:
                complaints.append(f"track {place}: a slice ends at {end} ps, the one around it at {stack[-1]} ps")
            stack.append(end)
    return tracks, complaints


def arrows(events, tracks):
    points = {}
    for event in events:
        if event["ph"] in "stf":
            points.setdefault((event["cat"], event["id"]), []).append(event)
    for key, found in points.items():
        kinds = "".join(event["ph"] for event in found)
        if kinds[0] != "s" or kinds[-1] != "f" or kinds.strip("sf").strip("t") or len(kinds) != kinds.count("t") + 2:
            yield f"arrow {key}: its points are {kinds}"
        for event in found:
            at = picoseconds(event["ts"])
            around = tracks.get((event["pid"], event["tid"]), [])
            if not any(start <= at <= end for start, end in around):
                yield f"arrow {key}: the point {event['ph']} at {event['ts']} lies in no slice of its track"


def complaints_about(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    document = json.loads(text)
    events = document["traceEvents"]
    found = list(fields(events))
    if found:
        return found, events, len(text)
    tracks, nesting = slices_of(events)
    found += [*order(events), *names(events), *nesting, *arrows(events, tracks)]
    return found, events, len(text)


def run(binary, root, scenario, settings, out, *options):
    command = [binary, "run", f"{root}/configs/scenarios/{scenario}.yaml", *options]
    for setting in settings:
        command += ["--set", setting]
    if out:
        command += ["--out", out]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def check_scenario(binary, root, scenario, settings, expected_names):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, options in {"one": ["--timeline"], "two": ["--timeline"], "without": []}.items():
            done = run(binary, root, scenario, settings, f"{folder}/{name}", *options)
            if done.returncode != 0:
                return [f"{scenario} {settings}: ended with {done.returncode}: {done.stderr}"]
        path = f"{folder}/one/timeline.json.gz"
        found, events, size = complaints_about(path)
        failures += [f"{scenario}: {text}" for text in found[:20]]
        counts = {kind: sum(event["ph"] == kind for event in events) for kind in FIELDS}
        for kind in "XCstf":
            if counts[kind] == 0:
                failures.append(f"{scenario}: no event of kind {kind}")
        missing = expected_names - {event.get("name") for event in events} - {
            event["args"]["name"] for event in events if event["ph"] == "M" and "name" in event["args"]}
        if missing:
            failures.append(f"{scenario}: nothing is called {sorted(missing)}")
        if size > LARGEST:
            failures.append(f"{scenario}: {size} bytes of JSON")
        if content(path) != content(f"{folder}/two/timeline.json.gz"):
            failures.append(f"{scenario}: two equal runs wrote different timelines")
        if content(f"{folder}/one/result.json") != content(f"{folder}/without/result.json"):
            failures.append(f"{scenario}: the result depends on whether a timeline is recorded")
        if os.path.exists(f"{folder}/without/timeline.json.gz"):
            failures.append(f"{scenario}: a timeline that nobody asked for")
        print(f"{scenario} {' '.join(settings)}: {size} bytes of JSON, {os.path.getsize(path)} compressed, {counts}")
    return failures


def check_refusals(binary, root):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for scenario, out, words in [("ep", None, "--timeline: expected --out DIR"),
                                     ("p2p", f"{folder}/out", "a p2p records no timeline")]:
            done = run(binary, root, scenario, [], out, "--timeline")
            if done.returncode != 2 or words not in done.stderr or os.listdir(folder):
                failures.append(f"{scenario}: expected a refusal with \"{words}\", found {done.returncode} {done.stderr}")
    return failures


LAYER = {"attention", "gate", "dispatch", "send rows", "wait in barrier", "reorder", "experts", "combine", "gather",
         "attention stream", "MoE stream", "sub-plane 0", "sub-plane 6", "die 0 (node 0)"}


def main():
    if sys.argv[1] == "check":
        found, events, _ = complaints_about(sys.argv[2])
        sys.exit("\n".join(found) if found else print(f"{len(events)} events, all well formed"))
    binary, root, extent = sys.argv[1:]
    if extent == "slow":
        failures = check_scenario(binary, root, "decode-ep320", ["workload.iterations=1"], LAYER | {"head"})
    else:
        failures = check_scenario(binary, root, "ep", ["workload.ep=16", "workload.repeats=2"],
                                  {"dispatch", "combine", "dispatch and combine", "die 15 (node 0)"})
        failures += check_scenario(binary, root, "decode-ep320", ["workload.iterations=2", "model.layers=4"],
                                   LAYER | {"dense FFN", "step overhead", "MTP projection", "die 273 (node 17)"})
        failures += check_scenario(binary, root, "decode-ep320", ["workload.iterations=1", "model.layers=4",
                                   "workload.microbatches=1", "machine.ub.flags=packets"], LAYER)
        failures += check_refusals(binary, root)
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

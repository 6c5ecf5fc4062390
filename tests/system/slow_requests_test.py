#!/usr/bin/env python3
"""What a run says of its requests, against its requests.csv. slow_requests_test.py BINARY ROOT

A small service runs with --timeline. The slowest requests, the parts of their time and the percentiles over time are
computed once more from the line that requests.csv has for each request; the timeline must show the same requests.
"""

import csv
import gzip
import json
import math
import subprocess
import sys
import tempfile

SETTINGS = ["workload.generator.requests=600", "workload.generator.rate=60", "model.layers=4", "workload.cell_layers=2",
            "workload.cell_cache=false", "workload.prefill_instances=1", "workload.prefill.npus=4",
            "workload.prefill.experts=auto", "workload.decode.ep=32", "workload.decode.experts=auto",
            "workload.decode.batch_per_npu=8", "workload.pool.nodes=2", "workload.requests_csv=true"]
PARTS = ["ingress_ms", "look_up_ms", "kv_load_ms", "prefill_queue_ms", "prefill_ms", "decode_queue_ms", "handover_ms",
         "first_decode_ms"]
# requests.csv has six digits behind the point of a millisecond.
ROUNDING = 1e-5
failures = []


def expect(condition, what):
    print(("ok    " if condition else "WRONG ") + what)
    if not condition:
        failures.append(what)


def run(binary, root, out, *options):
    command = [binary, "run", f"{root}/configs/scenarios/serving-pdc.yaml", "--out", out, *options]
    for setting in SETTINGS:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    with open(f"{out}/result.json", encoding="utf-8") as file:
        return file.read()


def slowest(requests, column, most):
    counted = [each for each in requests if each["counted"] == "1"]
    return sorted(counted, key=lambda each: (-float(each[column]), int(each["request"])))[:most]


def check_table(result, requests, name, column):
    table = result["tables"][name]
    rows = [dict(zip(table["columns"], row)) for row in table["rows"]]
    expected = slowest(requests, column, 10)
    expect([row["request"] for row in rows] == [each["request"] for each in expected],
           f"{name}: the ten slowest requests behind the warm-up ({', '.join(row['request'] for row in rows)})")
    for row, each in zip(rows, expected):
        same = [key for key in row if key in each and key != "request" and
                abs(row[key] - float(each[key])) > ROUNDING]
        expect(not same, f"{name}: request {row['request']} is what requests.csv says {same}")
        expect(abs(sum(row[part] for part in PARTS) - row["ttft_ms"]) < 1e-6,
               f"{name}: its parts are its time to first token")
        expect(abs(sum(row[part] for part in [*PARTS, "decode_ms"]) - row["e2e_ms"]) < 1e-6,
               f"{name}: with decode they are its time from end to end")


def check_series(result, requests, quantity):
    timed = [(float(each["arrival_s"]), float(each[f"{quantity}_ms"])) for each in requests if each[f"{quantity}_ms"]]
    series = {percent: result["series"][f"{quantity}_p{percent}_ms"] for percent in (50, 90, 99)}
    ends, counts = series[50]["time_s"], result["series"][f"{quantity}_window_requests"]["value"]
    expect(sum(counts) == len(timed) and min(counts) >= 100,
           f"{quantity}: windows of at least 100 requests hold all ({counts})")
    for percent, each in series.items():
        for begin, end, count, value in zip([0, *ends], ends, counts, each["value"]):
            inside = sorted(latency for arrival, latency in timed if begin <= arrival < end)
            expect(len(inside) == count and abs(inside[math.ceil(count * percent / 100) - 1] - value) < ROUNDING,
                   f"{quantity}: p{percent} of the {count:.0f} requests from {begin} s to {end} s is {value}")
    expect(set(result["series"][f"{quantity}_objective_ms"]["value"]) == {{"ttft": 2000, "tpot": 50}[quantity]},
           f"{quantity}: the objective stands beside")


def check_timeline(path, requests):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    processes = {event["args"]["name"]: event["pid"] for event in events if event["name"] == "process_name"}
    for words, column in (("slowest to the first token", "ttft_ms"), ("slowest from end to end", "e2e_ms")):
        process = next((pid for name, pid in processes.items() if words in name and "after the warm-up" in name), None)
        tracks = {event["tid"]: event["args"]["name"].split(":")[0] for event in events
                  if event["name"] == "thread_name" and event["pid"] == process}
        expected = slowest(requests, column, 32)
        expect([tracks[tid] for tid in sorted(tracks)] == [f"request {each['request']}" for each in expected],
               f"the timeline shows the 32 requests {words}")
        numbers = {each["request"]: each for each in expected}
        for tid, name in tracks.items():
            slices = [event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) == (process, tid)]
            each = numbers.get(name.split()[-1])
            if each and abs(sum(event["dur"] for event in slices) * 1e-3 - float(each["e2e_ms"])) > ROUNDING:
                expect(False, f"the slices of {name} are its time from end to end")
    expect(not any("first 64" in name for name in processes), "and not the first ones")


def main():
    binary, root = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        text = run(binary, root, f"{folder}/one", "--timeline")
        result = json.loads(text)
        with open(f"{folder}/one/requests.csv", encoding="utf-8") as file:
            requests = list(csv.DictReader(file))
        expect(result["metrics"]["warm_up_requests"]["value"] > 0, "there is a warm-up to leave out")
        check_table(result, requests, "slowest_by_ttft", "ttft_ms")
        check_table(result, requests, "slowest_by_e2e", "e2e_ms")
        check_series(result, requests, "ttft")
        check_series(result, requests, "tpot")
        check_timeline(f"{folder}/one/timeline.json.gz", requests)
        expect(run(binary, root, f"{folder}/two") == text, "a timeline changes no result")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Whole serving, at several loads: what must hold whatever the numbers are. check_serving.py BINARY CONFIGS [PART...] [--write]

Requests and bytes are conserved, the time to first token is the sum of its parts, equal runs give equal results, cells
kept or not, too much load is called so, the context cache helps by mechanism, and a search finds the highest rate.
PART runs one of loads, warm_up, limits, load, batch, reuse, cells, files, refusals, capacity, traces,
trace_files, sharing. The part `reuse` compares its table in docs/validation.md, too; --write puts it there.
"""

import csv
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

SCENARIO = "serving-pdc.yaml"
KV_BYTES_PER_TOKEN = 576 * 2 * 62  # the MTP layer's cache goes to decode too
FIXED = [
    "workload.generator.input.mean=4096",
    "workload.generator.input.sigma=0",
    "workload.generator.output.mean=2",
    "workload.generator.output.sigma=0",
    "workload.generator.follow_up=0",
    "workload.generator.roots=0",
    "workload.first_token=prefill",
    "workload.prefill.routing=balanced",
]
# 64 prompts of 4,096 tokens are one batch of 16,384 tokens per NPU; all arrive at once.
ONE_BATCH = FIXED + ["workload.prefill_instances=1", "workload.generator.requests=64", "workload.generator.rate=1e6",
                     "workload.warm_up=0", "workload.batch_wait=5 ms"]
failures = []


def expect(condition, what):
    print(("ok    " if condition else "WRONG ") + what)
    if not condition:
        failures.append(what)


def call(binary, configs, settings, options=(), scenario=SCENARIO, cache=None):
    """The program's answer; cells are kept in `cache`, else between the calls of this test."""
    command = [binary, "run", f"{configs}/scenarios/{scenario}", "--format", "json", *options]
    for setting in settings:
        command += ["--set", setting]
    environment = dict(os.environ, XDG_CACHE_HOME=cache or os.environ["XDG_CACHE_HOME"])
    return command, subprocess.run(command, capture_output=True, text=True, env=environment)


def simulate(binary, configs, settings, options=(), scenario=SCENARIO, cache=None):
    # Beside a trace, keys of the generator have no effect and are refused.
    if any(setting.startswith("workload.trace=") for setting in settings):
        settings = [setting for setting in settings if not setting.startswith("workload.generator.")]
    command, done = call(binary, configs, settings, options, scenario, cache)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def value(result, metric):
    return result["metrics"][metric]["value"]


def check_laws(result, what):
    requests = value(result, "requests")
    expect(requests == value(result, "requests_finished") + value(result, "requests_refused"),
           f"{what}: requests in are requests out and refused")
    ttft = result["histograms"]["ttft_ms"]["mean"]
    parts = sum(part["value"] for part in result["breakdown"].values())
    expect(abs(parts - ttft) < 1e-6 * ttft, f"{what}: the parts add up to the time to first token ({parts:.3f} ms)")
    expect(0 < value(result, "decode_kv_peak") <= 1, f"{what}: no decode die holds more than it has room for")


def check_loads(binary, configs):
    steady = []
    for rate in (5, 40, 400):
        result = json.loads(simulate(binary, configs, [f"workload.generator.rate={rate}", f"workload.generator.requests={max(1500, 10 * rate)}"]))
        check_laws(result, f"{rate} requests/s")
        steady.append(result["run"]["steady"])
    expect(steady[0] and steady[1], "5 and 40 requests/s are steady")
    expect(not steady[2] and "OVERLOADED" in result["warnings"][0], "400 requests/s are not")
    expect(40 < value(result, "sustainable_rps") < 400, "what could be served lies between")
    check_laws(json.loads(simulate(binary, configs, ["workload.generator.rate=1e6"])), "all requests at once")


def check_warm_up(binary, configs):
    """What is cut, and what is not called steady."""
    def run(*settings):
        return json.loads(simulate(binary, configs, list(settings)))

    found = run()
    cut = value(found, "warm_up_requests")
    expect(0 < cut < 1500 and found["run"]["steady"], f"the warm-up is found: {cut:.0f} of 3,000 requests")
    answers = ["workload.generator.output.sigma=0", "workload.generator.rate=80"]
    for settings in (answers, [*answers, "workload.decode_instances=2", "workload.prefill_instances=4"]):
        equal = run(*settings)
        asked, left = 400 * value(equal, "arrival_rps"), value(equal, "output_tokens_per_s")
        expect(equal["run"]["steady"] and abs(left / asked - 1) < 0.03,
               f"{settings[2:]}: as many tokens leave as are asked for ({left:.0f} of {asked:.0f} per second)")
    expect(found["metrics"] == run("workload.warm_up=auto")["metrics"], "auto is the default")
    share = run("workload.warm_up=10 %")
    expect(value(share, "warm_up_requests") == 300 and share["run"]["steady"], "a share is cut when it is asked for")
    same = run(f"workload.warm_up={(cut + 0.5) / 3000!r}")
    expect(all(same["histograms"][name] == histogram for name, histogram in found["histograms"].items()),
           "what is found is cut as the same share is")
    means = [result["histograms"]["ttft_ms"]["mean"] for result in (found, share)]
    expect(abs(means[0] / means[1] - 1) < 0.02, f"steady times hardly depend on the cut ({means[0]:.0f} and {means[1]:.0f} ms)")
    ramp = run("workload.generator.rate=300", "workload.generator.requests=6000")
    expect(value(ramp, "warm_up_requests") == 600 and "no steady part" in ramp["metrics"]["warm_up_requests"]["formula"],
           "queues that grow to the end have no steady part: a tenth is cut")
    expect(not ramp["run"]["steady"] and "OVERLOADED" in ramp["warnings"][0], "and are an overload")
    for requests, why in ((60, "too few"), (200, "too short")):
        few = run(f"workload.generator.requests={requests}")
        expect(not few["run"]["steady"] and few["warnings"][0].startswith("NOT STEADY") and why in few["warnings"][0],
               f"{requests} requests: {few['warnings']}")
    # About 100 s in decode, and arrivals for 75 s: decode does not fill while they last.
    answers = ["workload.generator.output.mean=8000", "workload.generator.output.sigma=0",
               "workload.generator.output.most=8000", "workload.decode.batch_per_npu=16", "workload.slo.tpot=1 s"]
    filling = run(*answers)
    expect("OVERLOADED" in filling["warnings"][0] and "places in the decode batch" in filling["warnings"][0],
           f"decode that will be full is an overload before it is: {filling['warnings']}")
    longer = run(*answers, "workload.generator.requests=9000")
    rates = [value(result, "sustainable_rps") for result in (filling, longer)]
    print(f"      sustainable: {rates[0]:.1f} requests/s seen from 75 s, {rates[1]:.1f} from 225 s")
    expect(0.8 < rates[0] / rates[1] < 1.25, "and the rate that it could serve is that of a longer run")


def check_limits(binary, configs):
    """What is named is what requests wait for."""
    vpc = ["workload.pool.plane=vpc", "machine.vpc.node_bandwidth=1 Gb/s", "workload.generator.requests=500"]
    long_answers = ["workload.generator.output.mean=3000", "workload.decode.batch_per_npu=2"]
    for settings, limit in ((["machine.rdma.die_bandwidth=0.3 Gb/s"], "RDMA plane: hand-over"),
                            (vpc, "VPC plane: load of cached KV"),
                            (["workload.generator.rate=400", "workload.generator.requests=4000"], "limit: prefill"),
                            (long_answers, "limit: places in the decode batch"),
                            (long_answers + ["workload.first_token=prefill"], "limit: places in the decode batch")):
        result = json.loads(simulate(binary, configs, settings))
        expect(not result["run"]["steady"] and limit in result["warnings"][0], f"{settings}: {result['warnings'][0]}")
        queue = result["histograms"]["queue_ms"]["mean"]
        if settings[-1].startswith("workload.first_token"):
            expect(queue > 10000, f"the wait for decode is queueing, before or after the first token ({queue:.0f} ms)")
    none = json.loads(simulate(binary, configs, ["workload.generator.input.mean=200000", "workload.generator.input.sigma=0",
                                                 "workload.generator.input.most=1000000"]))
    expect(value(none, "requests_finished") == 0 and value(none, "slo_attainment") == 0, "a run may refuse all requests")
    expect(any("all of 3000 requests were refused" in warning and "163840 tokens" in warning for warning in none["warnings"]),
           "and says why")
    some = json.loads(simulate(binary, configs, ["workload.generator.requests=300", "workload.generator.input.mean=60000",
                                                 "workload.generator.input.most=1000000", "workload.warm_up=0",
                                                 "workload.slo.ttft=1e6 s", "workload.slo.tpot=1e6 s"]))
    refused = value(some, "requests_refused")
    expect(0 < refused < 300 and abs(value(some, "slo_attainment") - (1 - refused / 300)) < 1e-9,
           f"{refused:.0f} refused of 300 requests hold no level ({value(some, 'slo_attainment')})")


def check_load(binary, configs):
    """How busy things were while requests arrived, whatever comes after."""
    for settings in ([], ["workload.generator.rate=400", "workload.generator.requests=4000"], ["workload.generator.requests=1"],
                     ["workload.generator.rate=1e-4", "workload.generator.requests=5"]):
        result = json.loads(simulate(binary, configs, settings))
        for name in ("prefill_busy", "decode_busy"):
            series = result["series"][name]
            expect(max(series["value"]) <= 1 and 100 < len(series["value"]) < 1000, f"{settings}: {name} is a share, at {len(series['value'])} times")
            busy = sum(share * (end - begin) for share, begin, end in
                       zip(series["value"], [0] + series["time_s"], series["time_s"]))
            expect(busy > 0, f"{settings}: {busy:.2f} s {name}")
        last = result["series"]["rdma_gb_s"]["time_s"]
        moved = sum(rate * (end - begin) for rate, begin, end in
                    zip(result["series"]["rdma_gb_s"]["value"], [0] + last, last)) * 1e9
        expect(abs(moved / value(result, "rdma_bytes") - 1) < 1e-6, f"{settings}: series hold all bytes that moved, to the end")
        if "workload.generator.rate=400" in settings:
            expect(value(result, "prefill_utilisation") > 0.99 and value(result, "decode_utilisation") > 0.99,
                   "an overloaded service is busy while requests arrive")
            expect(value(result, "prefill_batch_fill") > 0.5, "with full batches")
            expect(not any("host turn" in note for note in result["notes"]), "which rest on no extrapolation")
        else:
            expect(value(result, "prefill_batch_fill") < 0.125 and any("host turn" in note for note in result["notes"]),
                   f"{settings}: batches that are small are called so")
    one = json.loads(simulate(binary, configs, ["workload.generator.requests=1"]))
    end = one["series"]["decode_busy"]["time_s"][-1]
    longest = one["histograms"]["e2e_ms"]["max"] * 1e-3
    expect(longest < end < longest + 0.1, f"a run ends with its last token ({end:.3f} s)")
    expect("cells_error" not in one["metrics"], "and no error is stated where none could be found")


def check_batch(binary, configs):
    off = json.loads(simulate(binary, configs, ONE_BATCH + ["workload.pool.on=false"]))
    ttft = off["histograms"]["ttft_ms"]["max"] * 1e-3
    expect(abs(ttft / 2.54 - 1) < 0.06, f"a batch of 16,384 tokens per NPU without the cache: TTFT {ttft:.3f} s, 2.54 published")
    tokens = 64 * 4096
    expect(value(off, "rdma_bytes") == tokens * KV_BYTES_PER_TOKEN, "all keys and values cross the RDMA plane once")
    expect(value(off, "ub_kv_bytes") == 0, "without a cache no block crosses UB")


def check_sharing(binary, configs):
    """Keys and values share links with each other and with the experts' packets."""
    prompt_ms = 4096 * KV_BYTES_PER_TOKEN / 25e9 * 1e3  # one RDMA adapter
    batch = [setting for setting in ONE_BATCH if "first_token" not in setting]
    # 64 prompts leave one instance of 32 dies together: two a die.
    spread = json.loads(simulate(binary, configs, batch))["histograms"]["handover_ms"]["max"]
    expect(1.99 * prompt_ms < spread < 2.1 * prompt_ms, f"hand-overs leave from all dies alike: {spread:.1f} ms for two a die")
    delayed = {}
    for handover in ("rdma", "ub"):
        result = json.loads(simulate(binary, configs, [
            f"workload.handover={handover}", "machine.ub.sub_planes=1", "workload.generator.requests=1500",
            "workload.generator.rate=20", "workload.pool.on=false"]))
        delayed[handover] = value(result, "prefill_delayed")
        check_laws(result, f"one sub-plane, hand-over on {handover}")
    expect(delayed["rdma"] == 0 < delayed["ub"] < 0.5,
           f"a hand-over over UB delays prefill by {delayed['ub']:.2%} with one sub-plane, over RDMA it does not")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/two.jsonl"
        with open(path, "w", encoding="ascii") as file:
            for second in (0, 60):
                file.write(json.dumps({"timestamp": 1000 * second, "input_length": 600, "output_length": 2, "hash_ids": [1, 2 + second]}) + "\n")
        result = json.loads(simulate(binary, configs, [f"workload.trace={path}", "workload.trace_step=0 s", "workload.warm_up=0.5"],
                                     scenario="serving-mooncake.yaml"))
        load = result["histograms"]["kv_load_ms"]["max"] * 1e-3
        least = 512 * KV_BYTES_PER_TOKEN / 151e9
        expect(least < load < 1.1 * least + 1e-4, f"a block comes from one CPU at its rate: {load * 1e3:.3f} ms")


def reuse_trace(folder, shared_blocks):
    """A line of requests in Mooncake's format: eight prompts, and a minute later one batch of 64 that share with them."""
    lines = []
    for number in range(72):
        root = number % 8
        shared = list(range(1000 * root, 1000 * root + shared_blocks))
        own = list(range(100000 + 100 * number, 100000 + 100 * number + 32 - shared_blocks))
        lines.append(json.dumps({"timestamp": 0 if number < 8 else 60000, "input_length": 4096, "output_length": 2,
                                 "hash_ids": shared + own}))
    path = f"{folder}/reuse-{shared_blocks}.jsonl"
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    return path


def check_page(configs, rows):
    """The rows as docs/validation.md has them behind its mark."""
    path = os.path.join(configs, "../docs/validation.md")
    with open(path, encoding="utf-8") as file:
        page = file.read()
    shown = re.search(r"<!-- batches of serving -->\n(?:\|.*\n){2}((?:\|.*\n)*)", page)
    written = "".join(row + "\n" for row in rows)
    print(written, end="")
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write(page[:shown.start(1)] + written + page[shown.end(1):])
    else:
        expect(shown[1] == written, "docs/validation.md shows these rows; tools/refresh puts them there")


def check_reuse(binary, configs):
    """One batch of 64 prompts of 4,096 tokens that share 0, 50 or 91 % with earlier ones, over UB and over VPC."""
    ttft, load, rows = {}, {}, []
    with tempfile.TemporaryDirectory() as folder:
        for plane, blocks in (("ub", 0), ("ub", 16), ("ub", 29), ("vpc", 16), ("vpc", 29)):
            result = json.loads(simulate(binary, configs, FIXED + [
                f"workload.trace={reuse_trace(folder, blocks)}", "workload.trace_step=0 s", "workload.prefill_instances=1",
                "workload.warm_up=0.112", "workload.batch_wait=20 ms", f"workload.pool.plane={plane}"]))
            ttft[plane, blocks] = result["histograms"]["ttft_ms"]["max"]
            load[plane, blocks] = result["histograms"]["kv_load_ms"]["max"]
            rows.append(f"| {blocks / 32:.0%} | {plane.upper() if blocks else ''} | {ttft[plane, blocks] * 1e-3:.2f} | "
                        f"{64 * 4096 / 16 / ttft[plane, blocks] * 1e3:.0f} | {load[plane, blocks]:.1f} |")
            expect(abs(value(result, "hit_rate") - blocks / 32) < 1e-9, "the share that is reused is found")
            check_laws(result, f"reuse over {plane}")
    check_page(configs, rows)
    expect(ttft["ub", 29] < ttft["ub", 16] < ttft["ub", 0], "reuse lowers the time to first token")
    # arXiv:2506.12708v2 5.4.3: 34 % less at half of the tokens, up to 1.52 times as long over VPC.
    cut = 1 - ttft["ub", 16] / ttft["ub", 0]
    expect(abs(cut - 0.34) < 0.06, f"half of the tokens reused cut the time to first token by a third ({cut:.1%})")
    # The published batch is one, which waits for all of its blocks; here prompts whose blocks are late make a batch of their own.
    slower = 1 + (load["vpc", 29] - load["ub", 29]) / ttft["ub", 29]
    expect(abs(slower - 1.52) < 0.05, f"blocks over VPC would make that of one batch half as long again ({slower:.2f})")
    for blocks in (16, 29):
        expect(load["ub", blocks] < load["vpc", blocks], "UB loads blocks faster than VPC")
        expect(ttft["ub", blocks] < ttft["vpc", blocks], "and the first token comes earlier")


def check_cells(binary, configs):
    """Equal results whether cells are simulated, read, damaged, shared by two processes at once or not kept at all."""
    few = ["workload.generator.requests=200"]
    with tempfile.TemporaryDirectory() as cache:
        cold = simulate(binary, configs, few, cache=cache)
        cells = [os.path.join(folder, name) for folder, _, names in os.walk(cache) for name in names]
        counted = json.loads(cold)["metrics"]
        expect(len(cells) == counted["cells_decode"]["value"] + counted["cells_prefill"]["value"],
               f"every cell is kept in $XDG_CACHE_HOME/cmsim ({len(cells)})")
        expect(all("/cmsim/cells/" in cell for cell in cells), "and nowhere else")
        before = {cell: os.stat(cell).st_mtime_ns for cell in cells}
        expect(simulate(binary, configs, few, cache=cache) == cold, "cells that are read give what simulated ones give")
        expect(before == {cell: os.stat(cell).st_mtime_ns for cell in cells}, "and are not simulated again")
        for cell in cells:
            with open(cell, "w", encoding="ascii") as file:
                file.write("0.1")
        expect(simulate(binary, configs, few, cache=cache) == cold, "damaged cells are simulated again")
        simulate(binary, configs, few + ["workload.cell_layers=2"], cache=cache)
        expect(len(os.listdir(f"{cache}/cmsim/cells")) == 2, "other cells have a folder of their own")
        simulate(binary, configs, few + ["workload.generator.rate=39"], cache=cache)
        expect(len(os.listdir(f"{cache}/cmsim/cells")) == 2, "another rate has the same cells")
    with tempfile.TemporaryDirectory() as cache:
        command = [binary, "run", f"{configs}/scenarios/{SCENARIO}", "--format", "json", "--set", few[0]]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ, XDG_CACHE_HOME=cache))
                for _ in range(2)]
        expect([process.communicate()[0].decode() for process in both] == [cold, cold],
               "two processes share a cache and give equal results")
        off = json.loads(simulate(binary, configs, few + ["workload.cell_cache=false"], cache=f"{cache}/off"))
        expect(off["metrics"] == json.loads(cold)["metrics"] and not os.path.exists(f"{cache}/off"),
               "cell_cache: false keeps nothing and changes nothing")


def check_files(binary, configs):
    with tempfile.TemporaryDirectory() as folder:
        result = json.loads(simulate(binary, configs, ["workload.generator.requests=100", "workload.requests_csv=true"],
                                     ["--out", f"{folder}/out", "--timeline"]))
        with open(f"{folder}/out/requests.csv", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
        expect([int(row["request"]) for row in rows] == list(range(100)), "requests.csv has every request once, in order")
        parts = ["ingress_ms", "look_up_ms", "kv_load_ms", "prefill_queue_ms", "prefill_ms", "decode_queue_ms",
                 "handover_ms", "first_decode_ms"]
        expect(all(abs(sum(float(row[part]) for part in parts) - float(row["ttft_ms"])) < 1e-4 for row in rows),
               "the parts of each request add up to its time to first token")
        cut = value(result, "warm_up_requests")
        expect([row["counted"] for row in rows] == ["0" if number < cut else "1" for number in range(100)],
               f"the first {cut:.0f} are not counted, all others are")
        counted = [float(row["ttft_ms"]) for row in rows if row["counted"] == "1"]
        expect(abs(sum(counted) / len(counted) - result["histograms"]["ttft_ms"]["mean"]) < 1e-4,
               "the mean of the lines is that of the histogram")
        checker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system/timeline_test.py")
        checked = subprocess.run([sys.executable, "-B", checker, "check", f"{folder}/out/timeline.json.gz"], check=False)
        expect(checked.returncode == 0, "the timeline is well formed")
        simulate(binary, configs, ["workload.generator.requests=100"], ["--out", f"{folder}/out"])
        expect(not os.path.exists(f"{folder}/out/requests.csv"), "a later result keeps no requests of an earlier one")


def check_refusals(binary, configs):
    """What has no effect or cannot be is refused at the place where it was said, all at once."""
    settings = {"workload.pool.nodes=90": "the machine has 48 nodes", "workload.pool.dram_share=1e-7": "at least one block",
                "workload.trace_start=5 s": "expected workload.trace too", "workload.trace_length=5 s": "expected workload.trace too",
                "workload.trace_step=1 s": "expected workload.trace too",
                "workload.skip_damaged_lines=true": "expected workload.trace too",
                "workload.prefill.reuse_rate=0.5": "unknown key", "workload.prefill.prompt_length=4096": "unknown key",
                "workload.generator.rate=1e-6": "expected all requests within 100 days"}
    _, done = call(binary, configs, list(settings))
    for setting, message in settings.items():
        key = setting.split("=")[0]
        expect(done.returncode == 2 and any(line.startswith(f"--set {key}:1:1: {key}: ") and message in line
                                            for line in done.stderr.splitlines()), f"{setting} is refused: {message}")
    _, done = call(binary, configs, ["workload.time_scale=1e6"])
    expect(done.returncode == 2 and "workload.time_scale: expected requests within 100 days" in done.stderr,
           "requests beyond the clock are refused")
    result = json.loads(simulate(binary, configs, ["workload.pool={on: false}", "workload.generator.requests=50"]))
    expect("hit_rate" not in result["metrics"], "without a pool none of its keys is needed")


def check_capacity(binary, configs):
    few = []
    levels = "slo.ttft=3s,slo.tpot=50ms"
    found = json.loads(simulate(binary, configs, few, ["--find-capacity", levels]))
    capacity = value(found, "capacity_rps")
    rows = found["tables"]["capacity"]["rows"]
    held = [row[1] for row in rows if row[2] == "yes"]
    broke = [row[1] for row in rows if row[2] == "no"]
    print(f"      capacity {capacity:.1f} requests/s; {found['answer']['limit']}")
    expect(max(held) == capacity and capacity < min(broke) < 1.03 * capacity, "the highest rate that holds is found")
    expect(value(found, "slo_attainment") >= 0.9 and found["run"]["steady"], "the result is that of a rate that holds")
    expect("prefill" in found["answer"]["limit"].lower(), "the limit is named")
    expect(not any("a longer run may find another capacity" in text for text in found["warnings"] + found["notes"]),
           "what speaks against the capacity stands on its line alone")
    for name in ("capacity_rps", "capacity_load"):
        expect("a longer run may find another capacity" in found["metrics"][name]["caveat"]
               and "depends on machine.die.host.turn" in found["metrics"][name]["caveat"],
               f"{name} carries what speaks against it")
    expect("depends on machine.die.host.turn" in found["histograms"]["ttft_ms"]["caveat"], "so do times to first token")
    _, done = call(binary, configs, ["workload.generator.requests=1"], ["--find-capacity", levels])
    expect(done.returncode == 2 and "expected at least 100 requests" in done.stderr and not done.stdout,
           "one request is too few to search with")
    done = subprocess.run([binary, "run", f"{configs}/scenarios/{SCENARIO}", "--set", "workload.requests_csv=true"],
                          capture_output=True, text=True)
    expect(done.returncode == 2 and "workload.requests_csv: expected --out DIR too" in done.stderr and not done.stdout,
           "requests.csv without a folder is refused")
    for text, place in (("slo.ttft=2s", "--find-capacity:1:12: slo.tpot"),
                        ("slo.ttft=2,slo.tpot=50ms", "--find-capacity:1:10: slo.ttft"),
                        ("slo.tftt=2s,slo.tpot=50ms", "did you mean \"slo.ttft\"?")):
        _, done = call(binary, configs, few, ["--find-capacity", text])
        expect(done.returncode == 2 and place in done.stderr and not done.stdout, f"{text} is refused: {place}")
    _, done = call(binary, configs, [], ["--find-capacity", levels], "ep.yaml")
    expect(done.returncode == 2 and "ep.yaml:" in done.stderr and "expected serving" in done.stderr,
           "a scenario that serves nothing is refused")


def trace_of(folder, lines):
    path = os.path.join(folder, "requests.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def check_trace_files(binary, configs):
    """Requests that come all at once, late, or in another dialect; small files of the test's own."""
    def one(time, **more):
        return {"timestamp": time, "input_length": 600, "output_length": 2, **more}

    with tempfile.TemporaryDirectory() as folder:
        # Each of them had an actor with a stack of 8 MiB.
        path = trace_of(folder, [one(0)] * 5000)
        command, _ = call("/bin/true", configs, [f"workload.trace={path}", "workload.trace_step=0 s"],
                          scenario="serving-mooncake.yaml")
        limit = 2 << 30
        done = subprocess.run([binary, *command[1:]], capture_output=True, text=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        expect(done.returncode == 0 and value(json.loads(done.stdout), "requests_finished") == 5000,
               f"5,000 requests at one instant take less than {limit >> 30} GiB of address space {done.stderr[-300:]}")
        path = trace_of(folder, [one(3_600_000 + 200 * i) for i in range(120)])
        out = os.path.join(folder, "out")
        result = json.loads(simulate(binary, configs, [f"workload.trace={path}", "workload.requests_csv=true"],
                                     ["--out", out], scenario="serving-mooncake.yaml"))
        times = result["series"]["vpc_gb_s"]["time_s"]
        with open(os.path.join(out, "requests.csv"), encoding="utf-8") as file:
            arrivals = [float(row["arrival_s"]) for row in csv.DictReader(file)]
        expect(times[0] < 1 and times[-1] < 60 and arrivals[0] == 0 and arrivals[-1] == 23.8,
               "times count from the first request, in series and requests.csv")
        path = trace_of(folder, [one(i) for i in range(120)])
        result = json.loads(simulate(binary, configs, [f"workload.trace={path}"], scenario="serving-mooncake.yaml"))
        expect(any("the trace is read as mooncake, times in s," in note for note in result["notes"]),
               "whole seconds, which would be a thousand requests/s as milliseconds, are taken for seconds, and noted")
        path = trace_of(folder, [one(0.4 + 0.75 * i, hash_ids=list(range(38))) for i in range(120)])
        result = json.loads(simulate(binary, configs, [f"workload.trace={path}"], scenario="serving-mooncake.yaml"))
        expect(value(result, "requests_finished") == 120 and 0.8 < value(result, "hit_rate") < 0.9
               and any("times in s, blocks of 16 tokens" in note for note in result["notes"]),
               "another dialect is found and noted, and 512 of 600 tokens are found")
        _, done = call(binary, configs, [f"workload.trace={path}", "workload.trace_format.time=ms",
                                         "workload.trace_format.block_tokens=512"], scenario="serving-mooncake.yaml")
        expect(done.returncode == 2 and "requests.jsonl:1:" in done.stderr and not done.stdout
               and "120 of the first 120 lines cannot be read" in done.stderr
               and "workload.trace_format={time: s, block_tokens: 16} reads it so" in done.stderr,
               f"settings that fit no line are told once, with those that do {done.stderr[-300:]}")
        check_sessions(binary, configs, folder)


def check_sessions(binary, configs, folder):
    """Turns with a delay arrive that long after the last token of the turn before them."""
    turns = [{"session_id": "a", "timestamp": 0, "input_length": 600, "output_length": 40},
             {"session_id": "b", "timestamp": 500, "input_length": 600, "output_length": 2},
             {"session_id": "a", "delay": 1500, "input_length": 700, "output_length": 20},
             {"session_id": "b", "delay": 20, "input_length": 700, "output_length": 3},
             {"session_id": "b", "delay": 30, "input_length": 800, "output_length": 3}]
    out = os.path.join(folder, "sessions")
    result = json.loads(simulate(binary, configs, [f"workload.trace={trace_of(folder, turns)}",
                                                   "workload.requests_csv=true", "workload.warm_up=0"],
                                 ["--out", out], scenario="serving-mooncake.yaml"))
    with open(os.path.join(out, "requests.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ends = {(int(row["input_tokens"]), int(row["output_tokens"])):
            (float(row["arrival_s"]), float(row["arrival_s"]) + float(row["e2e_ms"]) / 1000) for row in rows}
    gaps = [ends[later][0] - ends[earlier][1] for earlier, later in
            [((600, 40), (700, 20)), ((600, 2), (700, 3)), ((700, 3), (800, 3))]]
    expect(len(rows) == 5 and all(abs(gap - delay) < 1e-6 for gap, delay in zip(gaps, [1.5, 0.02, 0.03])),
           f"later turns arrive their delay after the end of the turn before ({gaps})")
    expect(any("3 of 5 requests are later turns" in note for note in result["notes"]), "and a note says how many")


def trace_at(variable, name):
    path = os.environ.get(variable, f"../shared/traces/{name}")
    if os.path.exists(path):
        return path
    print(f"      no trace at {path}: its replay is not checked")
    return None


def check_traces(binary, configs):
    mooncake = trace_at("CM_MOONCAKE_TRACE", "mooncake_conversation.jsonl.gz")
    for copies in (1, 8) if mooncake else ():
        result = json.loads(simulate(binary, configs, [f"workload.trace={mooncake}", f"workload.copies={copies}"],
                                     scenario="serving-mooncake.yaml"))
        what = f"{copies} x Mooncake's hour"
        check_laws(result, what)
        expect(value(result, "requests") == 12031 * copies, f"{what}: all requests arrive")
        expect(result["run"]["steady"], f"{what} is steady")
    servegen = trace_at("CM_SERVEGEN_TRACE", "servegen_deepseek-r1.tar.gz")
    if servegen:
        result = json.loads(simulate(binary, configs, [f"workload.trace={servegen}", "workload.trace_start=12 h",
                                                       "workload.trace_length=60 s"], scenario="serving-mooncake.yaml"))
        check_laws(result, "a minute of ServeGen's day")
        expect(value(result, "hit_rate") == 0, "ServeGen's requests share nothing")


PARTS = {"loads": check_loads, "warm_up": check_warm_up, "limits": check_limits, "load": check_load,
         "batch": check_batch, "reuse": check_reuse, "cells": check_cells, "files": check_files,
         "refusals": check_refusals, "capacity": check_capacity, "traces": check_traces,
         "trace_files": check_trace_files, "sharing": check_sharing}


def main(binary, configs, *parts):
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for part in [part for part in parts if part != "--write"] or PARTS:
            PARTS[part](binary, configs)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

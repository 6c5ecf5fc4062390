#!/usr/bin/env python3
"""Whole serving, at several loads: what must hold whatever the numbers are. check_serving.py BINARY CONFIGS

Requests and bytes are conserved, the time to first token is the sum of its parts, equal runs give equal results, too
much load is called so, and the context cache helps by mechanism.
"""

import json
import os
import subprocess
import sys

SCENARIO = "serving-pdc.yaml"
KV_BYTES_PER_TOKEN = 576 * 2 * 62  # the MTP layer's cache goes to decode too
FIXED = [
    "workload.generator.input={mean: 4096}",
    "workload.generator.output={mean: 2}",
    "workload.generator.follow_up=0",
    "workload.generator.roots=0",
    "workload.first_token=prefill",
    "workload.prefill.routing=balanced",
    "workload.prefill.microbatches=2",
]
# 64 prompts of 4,096 tokens are one batch of 16,384 tokens per NPU; all arrive at once.
ONE_BATCH = FIXED + ["workload.prefill_instances=1", "workload.generator.requests=64", "workload.generator.rate=1e6",
                     "workload.warm_up=0", "workload.batch_wait=5 ms"]
failures = []


def expect(condition, what):
    print(("ok    " if condition else "WRONG ") + what)
    if not condition:
        failures.append(what)


def simulate(binary, configs, settings, scenario=SCENARIO):
    command = [binary, "run", f"{configs}/scenarios/{scenario}", "--format", "json"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True)
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
        result = json.loads(simulate(binary, configs, [f"workload.generator.rate={rate}", "workload.generator.requests=1500"]))
        check_laws(result, f"{rate} requests/s")
        steady.append(result["run"]["steady"])
    expect(steady[0] and steady[1], "5 and 40 requests/s are steady")
    expect(not steady[2] and "OVERLOADED" in result["warnings"][0], "400 requests/s are not")
    expect(40 < value(result, "sustainable_rps") < 400, "what could be served lies between")


def check_batch(binary, configs):
    off = json.loads(simulate(binary, configs, ONE_BATCH + ["workload.pool.on=false"]))
    ttft = off["histograms"]["ttft_ms"]["max"] * 1e-3
    expect(abs(ttft / 2.54 - 1) < 0.06, f"a batch of 16,384 tokens per NPU without the cache: TTFT {ttft:.3f} s, 2.54 published")
    tokens = 64 * 4096
    expect(value(off, "rdma_bytes") == tokens * KV_BYTES_PER_TOKEN, "all keys and values cross the RDMA plane once")
    expect(value(off, "ub_kv_bytes") == 0, "without a cache no block crosses UB")


def check_reuse(binary, configs):
    """A steady stream of prompts that share 0, 50 or 90 % with an earlier one, over UB and over VPC."""
    stream = FIXED + ["workload.prefill_instances=1", "workload.generator.requests=600", "workload.generator.rate=12"]
    ttft, rate = {}, {}
    for plane, share in (("ub", 0), ("ub", 2048), ("ub", 3712), ("vpc", 2048), ("vpc", 3712)):
        result = json.loads(simulate(binary, configs, stream + [
            f"workload.pool.plane={plane}", f"workload.generator.root_tokens={share}",
            f"workload.generator.roots={8 if share else 0}"]))
        ttft[plane, share] = result["histograms"]["ttft_ms"]["mean"]
        rate[plane, share] = value(result, "prefill_tokens_per_s_per_npu")
        print(f"      {plane} {share / 4096:.0%}: TTFT {ttft[plane, share]:.0f} ms, {rate[plane, share]:.0f} tokens/s per NPU, "
              f"hits {value(result, 'hit_rate'):.3f}")
        expect(abs(value(result, "hit_rate") - share / 4096) < 0.01, "the share that is reused is found")
    expect(ttft["ub", 3712] < ttft["ub", 2048] < ttft["ub", 0], "reuse lowers the time to first token")
    expect(rate["ub", 3712] > rate["ub", 2048] > rate["ub", 0], "reuse raises prefill throughput")
    expect(ttft["ub", 3712] < ttft["vpc", 3712] and ttft["ub", 2048] < ttft["vpc", 2048], "UB loads blocks faster than VPC")


def check_determinism(binary, configs):
    few = ["workload.generator.requests=200"]
    expect(simulate(binary, configs, few) == simulate(binary, configs, few), "equal runs give equal results")


def check_trace(binary, configs):
    trace = os.environ.get("CM_MOONCAKE_TRACE", "../shared/traces/mooncake_conversation.jsonl.gz")
    if not os.path.exists(trace):
        print(f"      no trace at {trace}: its replay is not checked")
        return
    result = json.loads(simulate(binary, configs, [f"workload.trace={trace}"], "serving-mooncake.yaml"))
    check_laws(result, "Mooncake's hour")
    expect(value(result, "requests") == 12031, "all 12,031 requests of Mooncake's hour arrive")
    expect(result["run"]["steady"], "Mooncake's hour is steady")


def main(binary, configs):
    check_loads(binary, configs)
    check_batch(binary, configs)
    check_reuse(binary, configs)
    check_determinism(binary, configs)
    check_trace(binary, configs)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

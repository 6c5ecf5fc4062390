#!/usr/bin/env python3
"""What must follow from mechanism, whatever the calibration: check_trends.py BINARY CONFIGS

Each trend runs a scenario twice and compares one metric. Short models keep it quick: no trend depends on their length.
"""

import json
import subprocess
import sys

SHORT = ["model.layers=9", "workload.iterations=1"]
NO_REDUNDANCY = ["workload.experts={redundant: 0, shared_copies: 64}"]
SKEWED = ["workload.routing=skewed", "workload.skew=1.2"]
ONE = ["workload.microbatches=1", "workload.batch_per_npu=8"]
DECODE, EP = "decode-ep320.yaml", "ep.yaml"
PREFILL = "prefill-ep32.yaml"
FEW = ["workload.layers_simulated=3"]
SMALL_EP = ["workload.ep=32", "workload.repeats=3"]
H800, GPU_LAYERS = "h800-decode-ep144.yaml", ["model.layers=6", "workload.iterations=1"]
NVLINK = ["machine.packet_plane=ub", "machine.nodes=1", "workload.ep=8", "workload.repeats=3"]

# (what, scenario, metric, settings, other settings, lowest and highest ratio of the second value to the first)
TRENDS = [
    ("a skewed gate raises TPOT", DECODE, "tpot_ms", SHORT + ["workload.routing=balanced"] + NO_REDUNDANCY,
     SHORT + SKEWED + NO_REDUNDANCY, 1.05, 9),
    ("redundant copies lower it again", DECODE, "tpot_ms", SHORT + SKEWED + NO_REDUNDANCY, SHORT + SKEWED, 0.1, 0.97),
    # All layers: with a few, filling the pipeline takes what overlap gains.
    ("two microbatches pay at batch 96", DECODE, "tpot_ms", ["workload.iterations=1"],
     ["workload.iterations=1", "workload.microbatches=1"], 1.05, 1.15),
    ("one microbatch pays at batch 8", DECODE, "tpot_ms", SHORT + ONE, SHORT + ONE + ["workload.microbatches=2"], 1.02, 2),
    ("longer prompts cost attention time", DECODE, "stream_attention_us", SHORT, SHORT + ["workload.prompt_length=6144"],
     1.1, 2),
    ("TPOT without MTP is the iteration", DECODE, "tpot_ms", SHORT + ONE,
     SHORT + ONE + ["workload.mtp={tokens: 0, acceptance: 0.7}"], 1.0, 2),
    ("all that a die receives on one lane costs much", EP, "dispatch_us", SMALL_EP,
     SMALL_EP + ["workload.sub_plane_choice=by-destination"], 1.2, 9),
    ("24 vector cores saturate the engine", EP, "combine_us", SMALL_EP, SMALL_EP + ["workload.aiv_cores=24"], 0.98, 1.05),
    ("16 vector cores reach two thirds", EP, "combine_us", SMALL_EP, SMALL_EP + ["workload.aiv_cores=16"], 1.25, 1.55),
    ("half the tokens take less than the time", EP, "dispatch_us", SMALL_EP, SMALL_EP + ["workload.tokens_per_rank=64"],
     0.4, 0.9),
    ("flags as packets change little", EP, "dispatch_us", SMALL_EP, SMALL_EP + ["machine.ub.flags=packets"], 0.99, 1.01),
    ("acknowledgements as packets change little", EP, "combine_us", SMALL_EP,
     SMALL_EP + ["machine.ub.acknowledgements=packets"], 0.99, 1.01),
    ("credits change little under spray", EP, "combine_us", SMALL_EP, SMALL_EP + ["machine.ub.flow_control=credits"], 0.97,
     1.03),
    ("three all-to-alls are slower than fused dispatch", EP, "dispatch_us", SMALL_EP, SMALL_EP + ["workload.fused=false"],
     1.2, 3),
    ("and than fused combine", EP, "combine_us", SMALL_EP, SMALL_EP + ["workload.fused=false"], 1.05, 3),
    ("rows in BF16 cost more", EP, "dispatch_us", SMALL_EP, SMALL_EP + ["workload.dispatch_quantisation=bf16"], 1.2, 2),
    ("a slow host is waited for", EP, "dispatch_us", SMALL_EP + ["workload.fused=false"],
     SMALL_EP + ["workload.fused=false", "machine.die.unfused.host_synchronise=200 us"], 1.5, 3),
    ("four sub-planes are slower than seven", EP, "combine_us", SMALL_EP, SMALL_EP + ["machine.ub.sub_planes=4"], 1.05, 2),
    ("a lane-bound write limit makes that worse", EP, "combine_us", SMALL_EP + ["machine.ub.sub_planes=4"],
     SMALL_EP + ["machine.ub.sub_planes=4", "machine.ub.write_limit=lane"], 1.05, 2),
    # Enough layers that the first and last half of a pipeline with one stream empty do not hide it.
    ("H800: two microbatches in turn pay", H800, "tpot_ms", GPU_LAYERS + ["model.layers=20"],
     GPU_LAYERS + ["model.layers=20", "workload.microbatches=1"], 1.1, 2),
    ("H800: with communication on cores it is slower", H800, "tpot_ms", GPU_LAYERS, GPU_LAYERS + ["workload.split=auto"], 1.02, 2),
    ("H800: NVLink is faster than the adapter", "h800-ep.yaml", "combine_us", NVLINK + ["machine.die.write_engine=160 GB/s"],
     ["workload.ep=8", "workload.repeats=3"], 1.5, 4),
    ("prefill: two microbatches pay", PREFILL, "layer_ms", FEW, FEW + ["workload.microbatches=1"], 1.2, 1.6),
    ("prefill: two microbatches pay at high reuse", PREFILL, "layer_ms", FEW + ["workload.reuse_rate=0.9"],
     FEW + ["workload.reuse_rate=0.9", "workload.microbatches=1"], 1.05, 1.6),
    ("prefill: unknown loads are slower", PREFILL, "layer_ms", FEW,
     FEW + ["workload.routing=measured", "workload.placement=contiguous"], 1.1, 2),
    ("prefill: heads are quadratic in the prompt", PREFILL, "attention_heads_ms", FEW, FEW + ["workload.prompt_length=16384"],
     3.3, 4),
    ("prefill: reuse lowers the time to first token", PREFILL, "ttft_ms", FEW, FEW + ["workload.reuse_rate=0.5"], 0.5, 0.95),
    ("prefill: reuse raises throughput", PREFILL, "prefill_tokens_per_s_per_npu", FEW, FEW + ["workload.reuse_rate=0.5"], 1.05, 2),
    ("prefill: the size of the pieces changes little", PREFILL, "layer_ms", FEW, FEW + ["workload.chunk=16 KiB"], 0.99, 1.01),
    ("prefill: five sub-planes cost exchanges", PREFILL, "layer_ms", FEW, FEW + ["machine.ub.sub_planes=5"], 1.01, 1.4),
]


def simulate(binary, configs, scenario, settings, metric):
    command = [binary, "run", f"{configs}/scenarios/{scenario}", "--format", "json"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)["metrics"][metric]["value"]


def main():
    binary, configs = sys.argv[1:]
    broken = 0
    for what, scenario, metric, first, second, low, high in TRENDS:
        a = simulate(binary, configs, scenario, first, metric)
        b = simulate(binary, configs, scenario, second, metric)
        holds = low <= b / a <= high
        broken += not holds
        print(f"{what:45} {metric:20} {a:9.4g} -> {b:9.4g}  x{b / a:.3f} ({low} to {high}){'' if holds else '  BROKEN'}")
    print(f"{len(TRENDS) - broken} of {len(TRENDS)} trends hold")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

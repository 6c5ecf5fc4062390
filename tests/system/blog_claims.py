#!/usr/bin/env python3
"""The page docs/blog-claims.md: each claim of the blog that a run can show, the run, and what it says.

    blog_claims.py BINARY ROOT            does the page say what the program prints? exit 1 when not
    blog_claims.py BINARY ROOT --write    writes the page

Numbers and verdicts are computed; only claims, and what stands behind them, are text.
"""

import json
import sys
from pathlib import Path

from runs import Runs

BLOG = "machine=cloudmatrix384-blog"
SMALL_READ = ["workload.op=read", 'workload.bytes="512 B"']
LARGE_READ = ["workload.op=read", 'workload.bytes="256 MiB"']
BATCH_8 = ["workload.batch_per_npu=8", "workload.microbatches=1"]


class Run:
    """One call of the program: a subcommand, a scenario, settings."""

    def __init__(self, scenario, *settings, command="run", is_refused=False):
        self.scenario, self.settings, self.command, self.is_refused = scenario, settings, command, is_refused

    def text(self):
        settings = "".join(f" --set {s if ' ' not in s else s}" for s in self.settings)
        return f"cmsim {self.command} configs/scenarios/{self.scenario}.yaml{settings}"

    def words(self):
        words = [self.command, f"configs/scenarios/{self.scenario}.yaml"]
        for setting in self.settings:
            words += ["--set", setting]
        return tuple(words if self.command == "run" else words + ["--format", "json"])

    def read(self, answer):
        """What the program's answer says: a result, the machine's counts, or why it was refused."""
        if answer.status != (2 if self.is_refused else 0):
            sys.exit(f"{self.text()} ended with {answer.status}:\n{answer.errors}")
        if self.is_refused:
            return answer.errors.strip()
        return answer.result if self.command == "run" else json.loads(answer.output)


def metric(result, name):
    return result["metrics"][name]["value"]


def cell(result, table, row, column):
    """A number of a table that a result holds; `row` is what its line begins with."""
    found = result["tables"][table]
    return next(line for line in found["rows"] if line[0] == row)[found["columns"].index(column)]


def capacity(report, name):
    return next(check["value"] for check in report["checks"] if check["name"] == name)


def verdict(simulated, claimed, within=0.1):
    """What the run says to a claimed number."""
    ratio = simulated / claimed
    if abs(ratio - 1) <= within:
        return "agrees"
    return f"{ratio:.3g} times the claim" if ratio > 1 else f"{1 / ratio:.3g} times below the claim"


def below(simulated, bound):
    return "holds" if simulated < bound else f"does not hold: {simulated / bound:.3g} times the bound"


def above(simulated, bound):
    return "holds" if simulated > bound else f"does not hold: {simulated / bound:.0%} of the bound"


DECODE = Run("decode-ep320")
DECODE_8 = Run("decode-ep320", *BATCH_8)
DECODE_GAIN = Run("decode-ep320", "workload.compare_quantisation=true")
EP = Run("ep")
EP_BLOG = Run("ep", BLOG)
TOPOLOGY = Run("p2p", command="topology")
EP_BF16 = Run("ep", "workload.dispatch_quantisation=bf16")
TOPOLOGY_BLOG = Run("p2p", BLOG, command="topology")
KV = Run("kv-access")
GATHER = ["workload.bytes=74kB", "workload.ranks=16"]


def read(to, size, *settings):
    return Run("p2p", f"workload.to={to}", *size, *settings)


def bytes_of(result):
    """What a rank sends in dispatch and combine."""
    return sum(metric(result, f"{part}_gb_s") * metric(result, f"{part}_us") for part in ("dispatch", "combine"))


def least_of(table, column):
    return min(row[table["columns"].index(column)] for row in table["rows"])


def table_of_batches(results):
    return f"{metric(results[0], 'tpot_ms'):.2f} and {metric(results[1], 'tpot_ms'):.2f} ms"


# (number of the claim, claim, runs, result, verdict); the last two are given what the runs printed.
CLAIMS = [
    (1, "TPOT of EP320 is 42 ms", [DECODE],
     lambda r: f"{metric(r[0], 'tpot_ms'):.2f} ms at batch 96", lambda r: verdict(metric(r[0], "tpot_ms"), 42)),
    (5, "a hit in local HBM takes 0.2 us", [KV],
     lambda r: f"{metric(r[0], 'latency_hbm_us'):.3f} us in the die's own HBM, {metric(r[0], 'latency_cross_die_hbm_us'):.3f} us in that of the "
               "other die of the NPU",
     lambda r: ("agrees with the other die's" if abs(metric(r[0], "latency_cross_die_hbm_us") / 0.2 - 1) <= 0.1 else "neither")
     + "; the own one is assumed"),
    (6, "remote DRAM takes 1.5 us", [read("cpu:0", SMALL_READ), read("cpu:4", SMALL_READ)],
     lambda r: f"{metric(r[0], 'latency_us'):.2f} us in the node, {metric(r[1], 'latency_us'):.2f} us in another",
     lambda r: "neither" if all(abs(metric(x, "latency_us") / 1.5 - 1) > 0.1 for x in r) else "agrees with one"),
    (7, "the conventional path takes more than 10 us", [KV],
     lambda r: f"{cell(r[0], 'paths', 'pcie-infiniband', 'small'):.1f} us over PCIe and InfiniBand, "
               f"{cell(r[0], 'paths', 'host-bounced-dma', 'small'):.1f} us through the host's memory, "
               f"{cell(r[0], 'paths', 'rdma', 'small'):.2f} us by RDMA between dies, {cell(r[0], 'paths', 'ub-load-store', 'small'):.2f} us over UB",
     lambda r: ("holds" if cell(r[0], "paths", "pcie-infiniband", "small") > 10 else "does not hold")
     + "; the path is built from assumed parts (D84)"),
    (8, "the EP limit is 320: aggregate bandwidth over what an expert exchanges", [DECODE],
     lambda r: f"{metric(r[0], 'ep_limit'):.0f} by the same formula with the run's own numbers",
     lambda r: verdict(metric(r[0], "ep_limit"), 320) + "; 320 are the expert slots, one a die"),
    (9, "INT8 gives 1.8 times the throughput", [DECODE_GAIN],
     lambda r: f"{metric(r[0], 'int8_gain'):.2f} times BF16 on the same deployment",
     lambda r: verdict(metric(r[0], "int8_gain"), 1.8)),
    (12, "the batch does not influence TPOT", [DECODE, DECODE_8],
     lambda r: table_of_batches(r) + " at batch 96 and 8",
     lambda r: "does not hold" if metric(r[0], "tpot_ms") > 1.1 * metric(r[1], "tpot_ms") else "holds"),
    (13, "an all-to-all of 256 takes 1.2 us", [EP, read("die:2", SMALL_READ)],
     lambda r: f"dispatch {metric(r[0], 'dispatch_us'):.1f}, combine {metric(r[0], 'combine_us'):.1f} us; "
               f"one read of 512 B in the node {metric(r[1], 'latency_us'):.2f} us",
     lambda r: below(metric(r[0], "dispatch_us"), 1.2) + "; it is the time of one read"),
    (14, "fused communication takes less than 5 us", [EP],
     lambda r: f"{metric(r[0], 'dispatch_us'):.1f} and {metric(r[0], 'combine_us'):.1f} us",
     lambda r: below(min(metric(r[0], "dispatch_us"), metric(r[0], "combine_us")), 5)),
    (15, "RDMA carries 200 Gbps", [TOPOLOGY],
     lambda r: f"{8 * r[0]['capacities']['rdma_per_die_gb_s']:.0f} Gb/s a die, "
               f"{8 * r[0]['capacities']['rdma_per_die_gb_s'] * r[0]['counts']['dies'] / r[0]['counts']['npus']:.0f} an NPU",
     lambda r: verdict(8 * r[0]["capacities"]["rdma_per_die_gb_s"], 200) + " for a die; an NPU has two"),
    (16, "a cold start takes 1.5 us from the pool, more than 100 ms from the object store", [Run("model-load")],
     lambda r: f"eight instances of 671 GB: {metric(r[0], 'ems_warm_s'):.1f} s from the pool, {metric(r[0], 'ems_cold_s'):.0f} s when the pool must "
               f"load first, {metric(r[0], 'no_cache_cold_s'):.0f} s without one",
     lambda r: "does not hold: 1.5 us is the time of one access, not of a model" if metric(r[0], "ems_warm_s") > 1e-3 else "holds"),
    (20, "the uplinks of an L1 chip carry 7 x 56 = 392 GB/s", [TOPOLOGY, TOPOLOGY_BLOG],
     lambda r: f"all L1 chips together {capacity(r[0], 'L1-L2 capacity, one way')}; with the blog's uplinks "
               f"{capacity(r[1], 'L1-L2 capacity, one way')}, NPUs oversubscribed "
               f"{capacity(r[1], 'oversubscription, NPUs alone')} times",
     lambda r: "the dies alone would need more" if float(capacity(r[1], "oversubscription, NPUs alone")) > 1.001
     else "enough for the dies"),
    (23, "under 1 us between nodes", [read("die:16", SMALL_READ), read("die:16", SMALL_READ, BLOG)],
     lambda r: f"{metric(r[0], 'latency_us'):.2f} us; with one hop, as claimed, {metric(r[1], 'latency_us'):.2f} us",
     lambda r: below(metric(r[0], "latency_us"), 1) + ("" if metric(r[1], "latency_us") < 1 else
                                                       ", nor with one hop: most of it is the endpoints")),
    (25, "the use of UB is above 90 %", [EP, read("die:16", LARGE_READ)],
     lambda r: f"dispatch {metric(r[0], 'dispatch_gb_s') / 196:.0%}, combine {metric(r[0], 'combine_gb_s') / 196:.0%}, "
               f"one large read {metric(r[1], 'bandwidth_gb_s') / 196:.0%} of a die's 196 GB/s",
     lambda r: above(max(metric(r[0], "combine_gb_s"), metric(r[1], "bandwidth_gb_s")) / 196, 0.9)),
    (26, "an NPU has 32 GB of HBM", [Run("decode-ep320", BLOG, is_refused=True)],
     lambda r: "refused: " + r[0].split("the HBM: ", 1)[1],
     lambda r: "the published deployment would not fit"),
    (27, "a context of a million tokens takes terabytes", [
        Run("decode-ep320", "workload.prompt_length=1000000", "workload.batch_per_npu=2",
            "model.max_position=2000000", is_refused=True)],
     lambda r: "refused: " + r[0].split("the HBM: ", 1)[1],
     lambda r: f"does not hold: {r[0].split('KV cache ')[1].split()[0]} GB for one request a die"),
    (28, "DRAM at 256 GB/s limits remote reads", [
        read("cpu:0", LARGE_READ), read("cpu:0", LARGE_READ, 'machine.cpu.dram.bandwidth="256 GB/s"')],
     lambda r: f"{metric(r[0], 'bandwidth_gb_s'):.1f} GB/s; with 256 GB/s of DRAM {metric(r[1], 'bandwidth_gb_s'):.1f}",
     lambda r: "changes nothing: a socket serves less than that to the fabric"
     if abs(metric(r[0], "bandwidth_gb_s") - metric(r[1], "bandwidth_gb_s")) < 0.5 else "changes the rate"),
    (29, "an NPU reads eight DRAM nodes at once", [KV],
     lambda r: "alone " + ", ".join(f"{cell(r[0], 'stripes', str(n), 'alone GB/s'):.0f}" for n in (1, 2, 8)) + " GB/s with 1, 2, 8 homes a block; "
               "32 readers together " + ", ".join(f"{cell(r[0], 'stripes', str(n), 'GB/s'):.0f}" for n in (1, 8, 16)) + " with 1, 8, 16",
     lambda r: f"eight are worth {cell(r[0], 'stripes', '8', 'GB/s') / cell(r[0], 'stripes', '1', 'GB/s'):.1f} times one under a skewed load, "
               f"{cell(r[0], 'stripes', '8', 'alone GB/s') / cell(r[0], 'stripes', '2', 'alone GB/s'):.2f} times two to a reader alone: its engine is the limit"),
    (31, "early quantisation saves 35 % of the bandwidth", [EP, EP_BF16],
     lambda r: f"{1 - bytes_of(r[0]) / bytes_of(r[1]):.0%} of the bytes of dispatch and combine, "
               f"{1 - metric(r[0], 'dispatch_gb_s') * metric(r[0], 'dispatch_us') / metric(r[1], 'dispatch_gb_s') / metric(r[1], 'dispatch_us'):.0%} of "
               f"dispatch, {1 - metric(r[0], 'dispatch_us') / metric(r[1], 'dispatch_us'):.0%} of its time",
     lambda r: verdict(1 - bytes_of(r[0]) / bytes_of(r[1]), 0.35) + " for both"),
    (33, "fewer than 0.1 % of the writes conflict", [KV],
     lambda r: f"with 0.1 % writes to lines that 32 dies share {cell(r[0], 'coherence', '0.1 %', 'conflicts'):.0%} of the transactions meet another "
               f"one of their line, with 50 % {cell(r[0], 'coherence', '50 %', 'conflicts'):.0%}",
     lambda r: "does not hold under this load; blocks of a KV cache are written once"
     if least_of(r[0]["tables"]["coherence"], "conflicts") > 1e-3 else "holds"),
    (34, "hardware MESI is ten times as fast", [KV],
     lambda r: f"a read takes {cell(r[0], 'coherence', '5 %', 'read'):.2f} us with MESI and {cell(r[0], 'coherence', '5 %', 'immutable read'):.2f} us of "
               f"immutable blocks at 5 % writes, {cell(r[0], 'coherence', '50 %', 'read'):.2f} and {cell(r[0], 'coherence', '50 %', 'immutable read'):.2f} at 50 %",
     lambda r: "does not hold: slower than without coherence"
     if cell(r[0], "coherence", "5 %", "read") > cell(r[0], "coherence", "5 %", "immutable read") else "faster than without coherence"),
    (35, "frames carry 128 of 136 bytes", [EP, Run("ep", "machine.ub.payload_share=0.9411764705882353")],
     lambda r: f"dispatch {metric(r[0], 'dispatch_us'):.1f} and {metric(r[1], 'dispatch_us'):.1f}, "
               f"combine {metric(r[0], 'combine_us'):.1f} and {metric(r[1], 'combine_us'):.1f} us without and with",
     lambda r: f"would cost {metric(r[1], 'combine_us') / metric(r[0], 'combine_us') - 1:.1%} of combine: "
               "the write engine is the limit, not the lanes"),
    (38, "an L1 chip reaches all sub-planes", [TOPOLOGY],
     lambda r: f"no path changes sub-plane: {capacity(r[0], 'no path changes sub-plane')}",
     lambda r: "does not hold" if capacity(r[0], "no path changes sub-plane") == "yes" else "holds"),
    (40, "one hop between nodes", [EP, Run("ep", "machine.ub.internode_traversals=1")],
     lambda r: f"dispatch {metric(r[0], 'dispatch_us'):.1f} us with three switches on the way, "
               f"{metric(r[1], 'dispatch_us'):.1f} us with one",
     lambda r: f"would save {1 - metric(r[1], 'dispatch_us') / metric(r[0], 'dispatch_us'):.1%} of dispatch"),
    (41, "the expert's number selects the sub-plane", [EP, Run("ep", "workload.sub_plane_choice=by-expert")],
     lambda r: f"dispatch {metric(r[1], 'dispatch_us'):.1f}, combine {metric(r[1], 'combine_us'):.1f} us instead of "
               f"{metric(r[0], 'dispatch_us'):.1f} and {metric(r[0], 'combine_us'):.1f}",
     lambda r: f"would make combine {metric(r[1], 'combine_us') / metric(r[0], 'combine_us'):.1f} times slower"),
    (43, "two all-to-alls are merged into one", [EP, Run("unfused-ep")],
     lambda r: f"dispatch and combine take {metric(r[0], 'dispatch_us') + metric(r[0], 'combine_us'):.0f} us fused, "
               f"{metric(r[1], 'dispatch_us') + metric(r[1], 'combine_us'):.0f} us as three all-to-alls",
     lambda r: f"three become two, one on each side of the experts: "
               f"{(metric(r[1], 'dispatch_us') + metric(r[1], 'combine_us')) / (metric(r[0], 'dispatch_us') + metric(r[0], 'combine_us')):.2f} times faster"),
    (44, "all transfers are zero-copy DMA", [Run("collective", *GATHER, "workload.protocol=direct"), Run("collective", *GATHER, "workload.protocol=sdma")],
     lambda r: f"a gathering of 74 kB from each of 16 dies takes {metric(r[0], 'time_us'):.1f} us by writes of the cores, "
               f"{metric(r[1], 'time_us'):.1f} us by SDMA",
     lambda r: f"would be {metric(r[1], 'time_us') / metric(r[0], 'time_us'):.1f} times slower at this size: DMA engines must be started"),
    (58, "all of an NPU's cores compute", [DECODE],
     lambda r: f"attention gets {metric(r[0], 'attention_aic'):.0f} of 24 cube cores, the rest runs gate, exchange and experts",
     lambda r: "does not hold: exchanges run on the dies' cores"),
    ("all", "the blog's machine as a whole", [EP, EP_BLOG],
     lambda r: f"dispatch {metric(r[1], 'dispatch_us'):.1f}, combine {metric(r[1], 'combine_us'):.1f} us instead of "
               f"{metric(r[0], 'dispatch_us'):.1f} and {metric(r[0], 'combine_us'):.1f}",
     lambda r: f"{metric(r[1], 'dispatch_us') / metric(r[0], 'dispatch_us'):.1f} times slower than the paper's machine"),
]

HEAD = """# What the blog claims, and what a run says

This project started from a blog's reading of the CloudMatrix384 paper (arXiv:2506.12708). Where the two disagree, the shipped machine
follows the paper. `configs/machines/cloudmatrix384-blog.yaml` is the same machine with the blog's values laid over: 32 GB of HBM an
NPU, one hop between nodes, 7 x 56 GB/s of uplinks, 256 GB/s of DRAM, frames of 128 + 8 bytes, the sub-plane chosen by the expert's number.
Any scenario runs on it: `--set machine=cloudmatrix384-blog`.

The rows below are the claims that a run can show. Results and verdicts are computed by `tests/system/blog_claims.py` (`tools/refresh` writes the
page), and a test compares this page with the program. Prefix each command with `tools/`.
"""

FOOT = """
Claims without a row name mechanisms that the paper does not have and the simulator neither (instructions for all-to-all, routing in hardware, a pool
that decode reads), figures without a definition (95 % of the traffic, 70 % of the time), or what no run holds: accuracy, clocks, software
interfaces, the growth of a deployment while it serves.
"""


def row_of(claim, outputs):
    number, text, runs, result, judge = claim
    results = [outputs[run.text()] for run in runs]
    commands = "<br>".join(f"`{run.text()}`" for run in runs)
    return f"| {number} | {text} | {commands} | {result(results)} | {judge(results)} |"


def main():
    binary, root = sys.argv[1:3]
    options = sys.argv[3:]
    runs = [run for claim in CLAIMS for run in claim[2]]
    answers = Runs(binary, root).answers([run.words() for run in runs])
    outputs = {run.text(): run.read(answers[run.words()]) for run in runs}
    rows = [row_of(claim, outputs) for claim in CLAIMS]
    table = ["| claim | the blog says | run | result | verdict |", "|---|---|---|---|---|", *rows]
    written = HEAD + "\n" + "\n".join(table) + "\n" + FOOT
    path = Path(root, "docs/blog-claims.md")
    page = path.read_text(encoding="utf-8")
    for row in rows:
        if row not in page:
            print(f"the page lacks, or has otherwise:\n{row}")
    if page == written:
        return 0
    if "--write" not in options:
        print("tools/refresh brings it up to date")
        return 1
    path.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

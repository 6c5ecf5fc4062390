#!/usr/bin/env python3
"""What must hold of any access to pooled memory: kv_access_test.py BINARY ROOT"""

import json
import subprocess
import sys

QUICK = ["workload.readers=1", "workload.accesses=4", "workload.compare.paths=false", "workload.compare.readers=[]",
         "workload.compare.stripes=[]", "workload.compare.write_shares=[]"]


def run(binary, root, *settings):
    command = [binary, "run", f"{root}/configs/scenarios/kv-access.yaml", "--format", "json"]
    for setting in [*QUICK, *settings]:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def check(holds, what):
    if not holds:
        sys.exit(f"does not hold: {what}")


def close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def parts_add_up(result):
    histograms = result["histograms"]
    means = [histograms[f"kv_{part}_us"]["mean"] for part in ("mmu", "ub", "memory")]
    check(close(sum(means), histograms["kv_access_us"]["mean"]), f"means {means} are the mean of kv_access_us")
    for name, total, mmu, ub, memory in result["tables"]["latency"]["rows"]:
        check(close(mmu + ub + memory, total), f"{name}: {mmu} + {ub} + {memory} = {total}")
        check(close(result["metrics"][f"latency_{name}_us"]["value"], total), f"{name} is a metric too")


def limit(result):
    return result["metrics"]["limit_busy"]["formula"].removeprefix("binds: ")


def main():
    binary, root = sys.argv[1:]
    plain = run(binary, root)
    parts_add_up(plain)
    check(plain == run(binary, root), "equal runs are equal")

    # Who binds follows from the machine.
    alone = run(binary, root, "workload.homes=8", "workload.layout=stripe", "workload.stripe=8")
    check(limit(alone) == "read engine of a die", limit(alone))
    check(150 < alone["metrics"]["bandwidth_gb_s"]["value"] < 167, "a reader runs at its engine's 167 GB/s, less its ends")
    one_cpu = run(binary, root, "workload.readers=4", "workload.homes=1", "workload.blocks=64")
    check(limit(one_cpu) == "CPU port, serving reads", limit(one_cpu))
    channels = run(binary, root, "workload.readers=4", "workload.homes=1", "workload.blocks=64",
                   "machine.cpu.dram.bandwidth=100 GB/s")
    check(limit(channels) == "DRAM channels of a CPU", limit(channels))
    lanes = run(binary, root, "workload.readers=4", "workload.homes=1", "workload.blocks=64", "workload.pool=hbm")
    check(limit(lanes) == "lanes of a die, out", limit(lanes))
    small = run(binary, root, "workload.block=512 B", "workload.outstanding=1")
    check(limit(small).startswith("outstanding accesses"), limit(small))

    # Finding and translating cost what they are said to cost, and only there.
    base = plain["metrics"]["latency_remote_dram_us"]["value"]
    for lookup, cost in (("software", 0.4), ("switch-table", 0.05)):
        found = run(binary, root, f"workload.lookup={lookup}")["metrics"]["latency_remote_dram_us"]["value"]
        check(close(found - base, cost), f"{lookup}: {found} - {base} = {cost}")
    few = run(binary, root, "machine.memory.tiers.translation.entries=0")
    parts_add_up(few)
    check(close(few["metrics"]["latency_remote_dram_us"]["value"] - base, 3 * 0.055), "a walk is three reads of HBM")
    slow = run(binary, root, "machine.memory.ladder.dram=200 ns")
    check(close(slow["metrics"]["latency_remote_dram_us"]["value"], base), "the device is part of the published latency")

    # Copies of hot blocks are read at the speed of HBM.
    hot = run(binary, root, "workload.blocks=4", "workload.accesses=64", "workload.migration.policy=lru")
    check(hot["metrics"]["copies_read"]["value"] > 0.8, "four blocks fit the budget")
    check(hot["histograms"]["kv_hbm_us"]["mean"] < 0.2 * hot["histograms"]["kv_remote_dram_us"]["mean"], "HBM is near")

    shared = run(binary, root, "workload.compare.write_shares=[0, 0.1, 0.5]", "workload.coherence.accesses=200")
    rows = shared["tables"]["coherence"]["rows"]
    check(rows[0][2] is None and rows[0][4] is None, "without writes there is no time of a write and no invalidation by one")
    check(rows[0][1] < rows[1][1], "writes make reads of coherent lines slower")
    check(rows[1][6] < 0.5 * rows[1][1], "immutable blocks are read faster than coherent lines with writers")
    print("all of it holds")


if __name__ == "__main__":
    main()

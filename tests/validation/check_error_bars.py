#!/usr/bin/env python3
"""Do error bars of decode hold the published TPOT, and do large and small batches depend on different things?
check_error_bars.py BINARY ROOT

The 90 % interval is of full-length runs (one iteration each). The tornado is of ten MoE layers: which number comes first does
not depend on their count, how much it weighs does.
"""

import json
import subprocess
import sys

SHORT = ["model.layers=13"]
# Batch: samples, settings and the published TPOT, arXiv:2506.12708v2 Table 5. The published value of batch 96 lies far inside its
# interval, which a few samples show; that of batch 8 lies nearer to an end.
BATCHES = {96: (12, ["workload.batch_per_npu=96", "workload.microbatches=2"], 49.4),
           8: (24, ["workload.batch_per_npu=8", "workload.microbatches=1"], 14.9)}


def call(binary, root, words, settings):
    command = [binary, words[0], f"{root}/configs/scenarios/decode-ep320.yaml", "--configs", f"{root}/configs", *words[1:],
               "--format", "json", "--set", "workload.iterations=1"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def main():
    binary, root = sys.argv[1:]
    failures = []
    first = {}
    for batch, (samples, settings, published) in BATCHES.items():
        result = call(binary, root, ["run", "--uncertainty", str(samples)], settings)
        rows = {row[0]: row[1:] for row in result["tables"]["uncertainty"]["rows"]}
        value, low, high, _ = rows["tpot_ms"]
        print(f"batch {batch}: TPOT {value:.2f} ms, 90 % from {low:.2f} to {high:.2f}, published {published}")
        if not low <= published <= high:
            failures.append(f"batch {batch}: {published} ms is not between {low:.2f} and {high:.2f}")
        found = call(binary, root, ["sensitivity", "--metric", "tpot_ms"], settings + SHORT)
        first[batch] = [each["path"] for each in found["numbers"][:3]]
        print(f"batch {batch}: depends most on {', '.join(first[batch])}")
    if first[96][0] == first[8][0]:
        failures.append(f"both batches depend most on {first[8][0]}")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

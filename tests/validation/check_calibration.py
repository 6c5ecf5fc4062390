#!/usr/bin/env python3
"""Does a calibration find the shipped numbers again? check_calibration.py BINARY ROOT NAME

Runs configs/calibrations/NAME.yaml with --out and compares each fitted number with the one in configs/: within 1 %. The
files that it writes must run: a machine or model with them in it is read without complaint.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

WITHIN = 0.01


def numbers(text):
    """Line by line, the first value of each line that has one."""
    return {line.split(":")[0].strip(): re.search(r"value: ([-+.\de]+)", line).group(1)
            for line in text.splitlines() if "value:" in line and "evidence: calibrated" in line}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    binary, root, name = sys.argv[1:]
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        done = subprocess.run([binary, "calibrate", f"configs/calibrations/{name}.yaml", "--out", out], cwd=root,
                              capture_output=True, text=True, check=False)
        print(done.stdout)
        if done.returncode != 0:
            sys.exit(f"ended with {done.returncode}: {done.stderr}")
        metrics = json.loads(read(f"{out}/result.json"))["metrics"]
        compared = 0
        for key, metric in metrics.items():
            if not key.startswith(("machine.", "model.")) or key.endswith(".uncertainty"):
                continue
            last = key.split(".")[-1]
            for kind in ("parts", "models"):
                for file in os.listdir(f"{root}/configs/{kind}"):
                    if not os.path.exists(f"{out}/{file}"):
                        continue
                    shipped = numbers(read(f"{root}/configs/{kind}/{file}")).get(last)
                    written = numbers(read(f"{out}/{file}")).get(last)
                    if shipped is None:
                        continue
                    compared += 1
                    if float(written) != metric["value"]:
                        failures.append(f"{key}: {file} has {written}, the result {metric['value']}")
                    if abs(metric["value"] / float(shipped) - 1) > WITHIN:
                        failures.append(f"{key}: fitted {metric['value']}, shipped {shipped}")
        expected = sum(key.endswith(".uncertainty") for key in metrics)
        if compared == 0 or compared != expected:
            failures.append(f"{compared} numbers compared, {expected} fitted")
        # The written files are parts and models like any other.
        os.makedirs(f"{folder}/configs")
        for kind in ("machines", "parts", "models", "scenarios"):
            os.makedirs(f"{folder}/configs/{kind}")
            for file in os.listdir(f"{root}/configs/{kind}"):
                source = f"{out}/{file}" if os.path.exists(f"{out}/{file}") else f"{root}/configs/{kind}/{file}"
                with open(f"{folder}/configs/{kind}/{file}", "w", encoding="utf-8") as copy:
                    copy.write(read(source))
        done = subprocess.run([binary, "topology", f"{folder}/configs/scenarios/decode-ep320.yaml", "--configs",
                               f"{folder}/configs"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            failures.append(f"the written files are refused: {done.stderr}")
    sys.exit("\n".join(failures) if failures else 0)


if __name__ == "__main__":
    main()

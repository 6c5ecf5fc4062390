#!/usr/bin/env python3
"""The JSON Schemas of cmsim, held against the shipped files by an independent validator, and against planted mistakes.

    schema_test.py PROGRAM ROOT
"""

import copy
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

KINDS = {"scenario": "scenarios", "machine": "machines", "model": "models", "sweep": "sweeps", "part": "parts",
         "calibration": "calibrations"}


def schema_of(program, *kind):
    text = subprocess.run([program, "schema", *kind], check=True, capture_output=True, text=True).stdout
    schema = json.loads(text)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def check_shipped_files(validators, root):
    wrong = []
    for kind, folder in KINDS.items():
        files = sorted((root / "configs" / folder).glob("*.yaml"))
        assert files, folder
        for path in files:
            document = load(path)
            for name in [kind, "any"]:
                for error in validators[name].iter_errors(document):
                    where = ".".join(str(word) for word in error.absolute_path)
                    wrong.append(f"{path.relative_to(root)} ({name}): {where}: {error.message[:200]}")
    assert not wrong, "\n".join(wrong)


def planted(document, path, value):
    changed = copy.deepcopy(document)
    *words, last = path
    inner = changed
    for word in words:
        inner = inner[word]
    inner[last] = value
    return changed


def check_mistakes(validators, root):
    scenario = load(root / "configs/scenarios/ep.yaml")
    machine = load(root / "configs/machines/cloudmatrix384.yaml")
    part = load(root / "configs/parts/ub-cloudmatrix384.yaml")
    model = load(root / "configs/models/deepseek-r1.yaml")
    sweep = load(root / "configs/sweeps/ep-by-planes.yaml")
    calibration = load(root / "configs/calibrations/ep.yaml")
    mistakes = [
        ("scenario", planted(scenario, ["workload", "tokens_per_rnak"], 8), "unknown key"),
        ("scenario", planted(scenario, ["sede"], 8), "unknown key"),
        ("scenario", planted(scenario, ["workload", "kind"], "epp"), "wrong word"),
        ("scenario", planted(scenario, ["workload", "sub_plane_choice"], "spry"), "wrong word"),
        ("scenario", planted(scenario, ["workload", "ep"], "many"), "wrong type"),
        ("scenario", planted(scenario, ["workload", "ep"], 8.5), "wrong type"),
        ("scenario", planted(scenario, ["workload", "shared_expert"], 3), "wrong type"),
        ("scenario", planted(scenario, ["workload", "ep"], -8), "out of range"),
        ("scenario", {key: value for key, value in scenario.items() if key != "machine"}, "missing key"),
        ("machine", planted(machine, ["ub", "lane_bandwidth"], 28), "number without unit"),
        ("machine", planted(machine, ["ub", "lane_bandwidth"], "28 GiBs"), "wrong unit"),
        ("machine", planted(machine, ["ub", "lanes"], "28 GB/s"), "unknown key"),
        ("part", planted(part, ["lane_bandwidth"], "28 GB/s"), "number without source"),
        ("part", planted(part, ["lane_bandwidth"], {"value": "28 GB/s", "evidence": "published"}), "no source"),
        ("part", planted(part, ["lane_bandwidth"], {"value": 28, "assumed": "why"}), "number without unit"),
        ("model", planted(model, ["layers"], "many"), "wrong type"),
        ("model", planted(model, ["layres"], 3), "unknown key"),
        ("sweep", planted(sweep, ["bases", 0, "scenery"], "ep"), "unknown key"),
        ("sweep", planted(sweep, ["repeats"], "often"), "wrong type"),
        ("calibration", planted(calibration, ["rows", 0, "deviation"], "often"), "wrong type"),
        ("calibration", planted(calibration, ["rows", 0, "metrik"], "tpot_ms"), "unknown key"),
        ("calibration", planted(calibration, ["parameters", "machine.x"], {"minimum": 1}), "missing keys"),
    ]
    for kind, document, what in mistakes:
        assert not validators[kind].is_valid(document), f"{kind}: {what} was accepted"
        assert not validators["any"].is_valid(document), f"{kind}: {what} was accepted by the schema of all kinds"


def explain(program, key):
    return subprocess.run([program, "explain", key], capture_output=True, text=True)


def check_explanations(program):
    bandwidth = explain(program, "machine.ub.lane_bandwidth")
    assert bandwidth.returncode == 0, bandwidth
    for word in ["bandwidth with its unit", "machines/cloudmatrix384: 28 GB/s, published"]:
        assert word in bandwidth.stdout, bandwidth.stdout
    choice = explain(program, "sub_plane_choice").stdout
    assert "workload.sub_plane_choice" in choice and "spray" in choice and "by-expert" in choice, choice
    # A collective, which refuses by-expert, has the same default as others.
    assert choice.count("\nworkload.sub_plane_choice") == 1 and "default: by-expert" not in choice, choice
    tail = explain(program, "ttft_p99_ms").stdout
    for word in ["ttft_p99_ms (histogram of serving)", "99th percentile of ttft_ms", "unit: ms", "better: lower",
                 "formula: first token - arrival"]:
        assert word in tail, tail
    # Prefill's time to first token is a number, which has no percentiles.
    assert "prefill" not in tail, tail
    # A key whose metrics have longer names.
    for word in ["tpot", "ttft"]:
        last = explain(program, word).stdout.splitlines()[-1]
        assert last.startswith("also metrics: ") and f"{word}_ms" in last, last
    # A key and a metric of the same name.
    npus = explain(program, "npus").stdout
    assert "workload.npus (prefill)" in npus and "npus (metric of serving)" in npus and "better: neither" in npus, npus
    assert 'did you mean "slo_attainment"?' in explain(program, "slo_atainment").stderr
    wrong = explain(program, "machine.ub.lane_bandwith")
    assert wrong.returncode == 2 and not wrong.stdout, wrong
    assert 'did you mean "machine.ub.lane_bandwidth"?' in wrong.stderr, wrong.stderr


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    validators = {kind: schema_of(program, kind) for kind in KINDS}
    validators["any"] = schema_of(program)
    check_shipped_files(validators, root)
    check_mistakes(validators, root)
    check_explanations(program)


if __name__ == "__main__":
    main()

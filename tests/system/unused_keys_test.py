#!/usr/bin/env python3
"""Keys of machine and model that a run says it does not use: do they change nothing, and does every other key change it?

    unused_keys_test.py BINARY ROOT            all that is said to be unused is changed at once, in small runs of every kind
    unused_keys_test.py BINARY ROOT --used     every key that is said to be used is changed alone; lists those without
                                               effect. Takes minutes, and is for whoever changes what a workload reads

A number is changed by a few percent, a count by one, a choice to its other words; a key whose change is refused was read.
"""

import functools
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import yaml

SMALL_EP = ["workload.ep=32", "workload.tokens_per_rank=4", "workload.repeats=1"]
SMALL_DECODE = ["workload.ep=32", "workload.batch_per_npu=8", "workload.iterations=1", "model.layers=4",
                "workload.experts={redundant: 0, shared_copies: 32}"]
SMALL_PREFILL = ["workload.npus=16", "workload.tokens_per_npu=1024", "workload.prompt_length=512", "workload.layers_simulated=2"]
SMALL_KV = ["workload.readers=4", "workload.accesses=4", "workload.compare.readers=[]", "workload.compare.stripes=[]",
            "workload.coherence.accesses=20", "workload.compare.write_shares=[0.1]"]
PLAIN_KV = ["workload.readers=4", "workload.accesses=4", "workload.compare={paths: false}"]
SMALL_SERVING = ["workload.generator.requests=100", "workload.generator.rate=400", "model.layers=4", "workload.cell_layers=2",
                 "workload.cell_cache=false", "workload.prefill_instances=1", "workload.prefill.npus=4",
                 "workload.prefill.experts=auto", "workload.decode.ep=16", "workload.decode.experts=auto",
                 "workload.decode.batch_per_npu=8", "workload.pool.nodes=2"]
MOST_LANES = 18  # that a CPU may have
# Scenario and settings: each kind, and what makes many of its keys idle.
RUNS = {
    "p2p read": ["p2p"],
    "p2p write to a CPU": ["p2p", "workload.op=write", "workload.to=cpu:0", "workload.bytes=1 MB"],
    "p2p as a flow": ["p2p", "machine.ub.model=flow"],
    "p2p over adapters": ["p2p", "workload.plane=rdma"],
    "p2p over VPC cards": ["p2p", "workload.plane=vpc", "workload.to=cpu:0"],
    "collective": ["collective"],
    "collective over adapters": ["collective", "workload.plane=rdma", "workload.bytes=1 MB"],
    "collective of a protocol": ["collective", "workload.protocol=sdma", "workload.ranks=32"],
    "gemm": ["gemm"],
    "ep": ["ep", *SMALL_EP],
    "ep in a node": ["ep", *SMALL_EP, "workload.ep=8"],
    "ep of all-to-alls": ["ep", *SMALL_EP, "workload.fused=false"],
    "ep of a cluster": ["h800-ep", *SMALL_EP],
    "ep over adapters": ["ep", *SMALL_EP, "workload.plane=rdma"],
    "ep of all-to-alls over VPC cards": ["ep", *SMALL_EP, "workload.plane=vpc", "workload.fused=false"],
    "decode": ["decode-ep320", *SMALL_DECODE],
    "decode of one microbatch": ["decode-ep320", *SMALL_DECODE, "workload.microbatches=1", "workload.routing=uniform"],
    "decode of tensor-parallel groups and all-to-alls": ["decode-ep320", *SMALL_DECODE, "workload.tp=2",
                                                         "workload.fused=false"],
    "decode of a dense model": ["decode-dense", "model.layers=2", "workload.iterations=1", "workload.microbatches=2"],
    "prefill": ["prefill-ep32", *SMALL_PREFILL],
    "kv": ["kv-access", *SMALL_KV],
    "kv alone": ["kv-access", *PLAIN_KV],
    "model-load": ["model-load"],
    "serving": ["serving-pdc", *SMALL_SERVING],
    "serving over other planes": ["serving-pdc", *SMALL_SERVING, "workload.pool.plane=vpc", "workload.handover=ub"],
}
# An uncertain number of some runs, and another value that must change what comes out.
EFFECTS = {
    "p2p read": "machine.ub.traversal_latency=212.5 ns",
    "ep": "machine.die.exchange.launch=4 us",
    "decode": "machine.die.compute.jitter=3 %",
    "prefill": "machine.die.host.turn=1 ms",
    "kv": "machine.memory.ladder.dram=160 ns",
    "gemm": "machine.die.compute.bf16_gemm=50 %",
    "serving": "machine.die.host.turn=1 ms",
}


class Program:
    def __init__(self, binary, root):
        self.binary, self.root = binary, root

    def run(self, run, settings=()):
        """The result, or None when the settings are refused."""
        scenario, *sets = run
        command = [self.binary, "run", f"configs/scenarios/{scenario}.yaml", "--format", "json"]
        for setting in [*sets, *settings]:
            command += ["--set", setting]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 2):
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def is_number(value):
    return not isinstance(value, (dict, list, str)) or re.match(r"[-+.]?\d", value)


def leaves(tree, path):
    """The keys of a file with their values."""
    if isinstance(tree, dict) and "value" not in tree:
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(tree, dict):
        yield path, tree["value"]
    else:
        yield path, tree


@functools.cache
def load(root, folder, name):
    with open(f"{root}/configs/{folder}/{name}.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


def with_parts(root, tree):
    if not isinstance(tree, dict):
        return tree
    tree = {key: with_parts(root, value) for key, value in tree.items()}
    if "part" in tree:
        tree = {**load(root, "parts", tree["part"]), **tree}
        del tree["part"]
    return tree


# The schema is made from every shipped file, which takes seconds.
@functools.cache
def choices(program, kind):
    """Choices of machine or model with their words and defaults, from the schema: {path: words}."""
    schema = json.loads(subprocess.run([program.binary, "schema", kind], check=True, capture_output=True, text=True).stdout)
    found = {}

    def walk(node, path):
        for key, below in node.get("properties", {}).items():
            walk(below, f"{path}.{key}")
        for each in node.get("anyOf", []) + node.get("oneOf", []):
            walk(each, path)
        if "enum" in node and path.count("."):
            found.setdefault(path, [word for word in node["enum"] if isinstance(word, str)])

    walk(schema, kind)
    return found


def changed(value):
    """Other values of a number that are near it. A size stays a power of two, and 0 may be there for a reason."""
    if isinstance(value, bool):
        return [str(not value).lower()]
    number, unit = re.match(r"([-+.\deE]+)\s*(.*)", str(value)).groups()
    if re.fullmatch(r"([KMGT]i)?B", unit):
        return [f"{int(number) * 2 or 8} {unit}"]
    if unit == "" and re.fullmatch(r"\d+", number):
        return [str(int(number) - 1 if int(number) > 1 else int(number) * 2)]
    return [f"{float(number) * factor:.9g} {unit}".strip() for factor in (0.93, 1.05)]


def keys_of(program, run):
    """{path: other values} of the machine and the model that a run names."""
    scenario = load(program.root, "scenarios", run[0])
    keys = {}
    for kind, folder in (("machine", "machines"), ("model", "models")):
        if kind not in scenario:
            continue
        tree = with_parts(program.root, load(program.root, folder, scenario[kind]))
        for path, value in leaves(tree, kind):
            # More nodes than one take switches that a machine of one has not.
            if is_number(value) and (path, value) != ("machine.nodes", 1):
                # A device with fewer ports or lanes could not be wired, whatever the run uses of it.
                is_limit = ".ports." in path or (path.endswith(".cpu_lanes") and value < MOST_LANES)
                keys[path] = [str(int(value) + 1)] if is_limit else changed(value)
                # Groups divide the experts.
                if path.endswith(".expert_load.groups"):
                    keys[path] = [str(int(value) * 2)]
        for path, words in choices(program, kind).items():
            if path not in (f"{kind}.packet_plane", "model.attention.type", "model.attention.selection"):
                keys[path] = words
    given = {setting.split("=")[0] for setting in run[1:]}
    return {path: values for path, values in keys.items() if path not in given}


def outcome(result):
    return {part: value for part, value in result.items() if part not in ("run", "warnings", "notes")} | {
        "tables": {name: table for name, table in result.get("tables", {}).items() if name != "uncertain_numbers"}}


def unused_of(result):
    notes = result.get("notes", [])
    return [match[1] for note in notes if (match := re.match(r"(\S+) has no effect here: ", note))]


def as_settings(keys, paths, place=0):
    return [f"{path}={keys[path][min(place, len(keys[path]) - 1)]}" for path in paths]


def find_unused(program, run, keys):
    """Those that the run notes when each is set to what it is; as many at once as are accepted together."""
    unused = set()
    base = program.run(run)
    if isinstance(base, str):
        sys.exit(f"{run}: {base}")
    noted = program.run(run, [f"{path}={value}" for path, value in same_values(program, run, keys).items()])
    if isinstance(noted, str):
        sys.exit(f"{run}: what a machine is cannot be set: {noted}")
    unused.update(unused_of(noted))
    return base, sorted(unused)


def same_values(program, run, keys):
    scenario = load(program.root, "scenarios", run[0])
    same = {}
    for kind, folder in (("machine", "machines"), ("model", "models")):
        if kind in scenario:
            tree = with_parts(program.root, load(program.root, folder, scenario[kind]))
            same |= {path: value for path, value in leaves(tree, kind) if path in keys}
    return {path: str(value).lower() if isinstance(value, bool) else value for path, value in same.items()}


def check_unused(program, name, run):
    keys = keys_of(program, run)
    base, unused = find_unused(program, run, keys)
    if not unused:
        return [f"{name}: no key is unused, which is not so"]
    uncertain = [row[0] for row in base["tables"]["uncertain_numbers"]["rows"]]
    problems = [f"{name}: {path} is unused and listed among the uncertain numbers" for path in uncertain if path in unused]
    after = program.run(run, as_settings(keys, unused))
    if isinstance(after, str):
        return [*problems, f"{name}: changing what is unused was refused: {after}"]
    if outcome(base) != outcome(after):
        problems.append(f"{name}: one of these has an effect: {' '.join(unused)}")
    if name in EFFECTS:
        problems += check_effect(program, name, run, base, uncertain)
    return problems


def check_effect(program, name, run, base, uncertain):
    setting = EFFECTS[name]
    if setting.split("=")[0] not in uncertain:
        return [f"{name}: {setting} is none of its uncertain numbers: {' '.join(uncertain)}"]
    after = program.run(run, [setting])
    if isinstance(after, str):
        return [f"{name}: {setting} was refused: {after}"]
    return [f"{name}: {setting} has no effect"] if outcome(base) == outcome(after) else []


def check_used(program, name, run):
    keys = keys_of(program, run)
    base, unused = find_unused(program, run, keys)
    idle = []
    for path in keys:
        if path in unused:
            continue
        for value in keys[path]:
            after = program.run(run, [f"{path}={value}"])
            if isinstance(after, str) or unused_of(after) or outcome(after) != outcome(base):
                break
        else:
            idle.append(path)
    return [f"{name}: {path} has no effect and is not noted" for path in idle]


def main():
    program = Program(*sys.argv[1:3])
    check = check_used if "--used" in sys.argv[3:] else check_unused
    chosen = [word for word in sys.argv[3:] if word != "--used"] or list(RUNS)
    for kind in ("machine", "model"):
        choices(program, kind)
    with ThreadPoolExecutor(2) as pool:
        problems = [line for lines in pool.map(lambda name: check(program, name, RUNS[name]), chosen) for line in lines]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()

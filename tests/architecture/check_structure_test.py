#!/usr/bin/env python3
"""Does tools/check_structure.py count what it says? check_structure_test.py SCRIPT

A small tree whose numbers are known, then the same tree with each number one above its bar.
"""

import os
import subprocess
import sys
import tempfile


def class_of(name, members, parameters):
    data = "".join(f"  std::vector<int> member{i}_;\n" for i in range(members))
    return (f"#pragma once\nclass {name} {{\n public:\n  {name}({', '.join(['std::map<int, int> a'] * parameters)});\n"
            f"  void set() {{ member0_ = {{}}; }}\n private:\n  struct Part {{\n    int inner_;\n  }};\n{data}}};\n")


def run(script, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run(["git", "init", "-q", root], check=True)
        done = subprocess.run([sys.executable, "-B", script, root], capture_output=True, text=True, check=False)
        if done.stderr:
            sys.exit(done.stderr)
        return done.returncode, {line[:32].strip(): int(line[32:37]) for line in done.stdout.splitlines()}


def main():
    script = sys.argv[1]
    tree = {
        "sim/fabric/packet_fabric.h": class_of("PacketFabric", 12, 5),
        "sim/fabric/names.cpp": "int sub_planes;\n// sub_planes in a comment count not\n",
        "models/parts/tested.h": "#pragma once\n",
        "workloads/live.cpp": "DataPlane plane(spec);\n",
        "tests/unit/tested_test.cpp": '#include "models/parts/tested.h"\n#include "sim/fabric/packet_fabric.h"\n',
    }
    status, counted = run(script, tree)
    assert status == 0, counted
    assert counted == {"members of a class": 12, "members of PacketFabric": 12, "parameters of a constructor": 5,
                       "places that build a data plane": 1, "files that say sub_planes": 1, "files of a folder": 2,
                       "header names used twice": 0, "headers without a unit test, %": 0}, counted
    worse = {
        "members of a class": {"models/a.h": class_of("A", 16, 1)},
        "members of PacketFabric": {"sim/fabric/packet_fabric.h": class_of("PacketFabric", 13, 1)},
        "parameters of a constructor": {"models/a.h": class_of("A", 1, 6)},
        "places that build a data plane": {"workloads/other.cpp": "sim::streams::DataPlane other{spec};\n"},
        "files that say sub_planes": {f"models/s{i}.cpp": "sub_planes\n"
                                      for i in range(15)},
        "files of a folder": {f"tools/runner/f{i}.cpp": "\n" for i in range(31)},
        "header names used twice": {f"{layer}/h{i}.h": "#pragma once\n" for layer in ("sim", "models")
                                    for i in range(1)},
        "headers without a unit test, %": {f"models/u{i}.h": "#pragma once\n" for i in range(8)},
    }
    for what, files in worse.items():
        status, counted = run(script, tree | files)
        assert status == 1, f"{what}: {counted}"


if __name__ == "__main__":
    main()

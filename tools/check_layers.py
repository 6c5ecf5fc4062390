#!/usr/bin/env python3
"""The architecture as tables, and the check that the tree keeps to them: arrows between folders (tools/arrows.txt, form in
tools/arrows.py), and the homes of libraries, here.

    tools/check_layers.py [ROOT]        prints file:line: broken rule; exit status 1 when there are any
    tools/check_layers.py --arrows      prints the arrows as Markdown
    tools/check_layers.py --write       writes them into docs/architecture.md
    tools/check_layers.py --self-test   breaks every rule once in a temporary tree

Changing a table is a decision: it comes with a note in docs/decisions/.
"""

import os
import re
import sys
import tempfile

import arrows as arrow_table

LAYERS = ["sim", "topology", "models", "workloads", "tools", "tests"]

# Header prefix -> library, and library -> the folders it may appear in. "" is everywhere.
LIBRARIES = [
    ("simgrid/", "SimGrid"),
    ("xbt/", "SimGrid"),
    ("smpi/", "SimGrid"),
    ("yaml-cpp/", "yaml-cpp"),
    ("boost/graph/", "Boost.Graph"),
    ("boost/property_map/", "Boost.Graph"),
    ("boost/", "Boost"),
    ("nlohmann/", "nlohmann_json"),
    ("CLI/", "CLI11"),
    ("spdlog/", "spdlog"),
    ("pcg_", "pcg"),
    ("zlib.h", "zlib"),
    ("nlopt", "NLopt"),
    ("catch2/", "Catch2"),
    ("benchmark/", "Google Benchmark"),
    ("fmt/", "fmt"),
    ("sys/", "the operating system"),
    ("linux/", "the operating system"),
]
HOMES = {
    "SimGrid": ["sim/engine"],
    "yaml-cpp": ["sim/config"],
    "Boost.Graph": ["topology/graph"],
    "Boost": ["sim/metrics", "sim/random", "models", "topology/graph"],
    "nlohmann_json": ["sim/metrics", "sim/timeline", "workloads/traces", "tools", "tests"],
    "CLI11": ["tools"],
    "spdlog": ["sim/engine", "tools"],
    "pcg": ["sim/random"],
    "zlib": ["sim/timeline", "workloads/traces", "tests"],
    "NLopt": ["tools/calibrate"],
    "Catch2": ["tests"],
    "Google Benchmark": ["tests/benchmarks"],
    "fmt": [""],
    "the operating system": ["sim/metrics", "sim/calendar", "tools", "tests"],
}
OPERATING_SYSTEM = {"dirent.h", "fcntl.h", "poll.h", "pthread.h", "sched.h", "signal.h", "spawn.h", "unistd.h"}

# Machines and costs are functions of their arguments: they print nothing, read nothing and ask no clock.
PURE_LAYERS = ["topology", "models"]
IMPURE_HEADERS = {"chrono", "cstdio", "ctime", "filesystem", "fstream", "iostream", "random", "thread"}

NAMES_WITHOUT_MEANING = {"base", "common", "helpers", "manager", "utils"}
LINES_ALARM = 500

# A raw string, a comment, a string, a character; only comments (and, on request, strings) are blanked.
TOKEN = re.compile(
    r'R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)"'
    r'|(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]*)[>"]', re.MULTILINE)
USING_NAMESPACE = re.compile(r"\busing\s+namespace\b")
PRAGMA_ONCE = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", re.MULTILINE)
# A function at the start of a line, declared or defined, and the parts of a file that are its own.
FUNCTION = re.compile(
    r"^(?! |using |return |struct |class |enum |namespace |#|template |friend )(?:\[\[\w+\]\] )?"
    r"[\w:<>,&*\[\] ]*[\w>&*] [&*]?(\w+)\(",
    re.MULTILINE,
)
LOCAL_PART = re.compile(r"^namespace \{\n(.*?)^\} +\n", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"[a-z][a-z0-9_]*\.(h|cpp)")


def without_comments(text, strings_too=False):
    def blank(match):
        if strings_too or match.group("comment"):
            return "\n" * match.group(0).count("\n") or " "
        return match.group(0)

    return TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def included(text):
    """(line, '<' or '"', path) of each include."""
    code = without_comments(text)
    return [(line_of(code, match.start()), *match.groups()) for match in INCLUDE.finditer(code)]


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def is_foreign(place, name):
    """Folders that other programs fill."""
    return name.startswith(".") or name in ("__pycache__", "node_modules") or (not place and name.startswith("build"))


def folders_and_files(root):
    """All folders of the tree and the C++ files of the layers, as paths from the root, sorted."""
    folders, files = [], []
    for where, inner, names in os.walk(root):
        place = os.path.relpath(where, root)
        place = "" if place == "." else place
        inner[:] = sorted(name for name in inner if not is_foreign(place, name))
        folders += [os.path.join(place, name) for name in inner]
        if place.split(os.sep)[0] in LAYERS:
            cpp = (name for name in names if name.endswith((".h", ".hpp", ".hh", ".cpp", ".cc", ".cxx")))
            files += [os.path.join(place, name) for name in cpp]
    return folders, sorted(files)


def library_of(header):
    if header in OPERATING_SYSTEM:
        return "the operating system"
    return next((library for prefix, library in LIBRARIES if header.startswith(prefix)), None)


def is_at_home(file, library):
    return any(home == "" or file.startswith(home + "/") for home in HOMES[library])


def broken_arrow(arrows, file, header):
    """Why `file` may not include our own `header`, or None."""
    source, target = (arrows.place_of(path) for path in (file, header))
    if arrows.allow(source, target):
        return None
    layers = [place.split("/")[0] for place in (source, target)]
    if LAYERS.index(layers[0]) < LAYERS.index(layers[1]):
        return f"{layers[0]}/ may not include {layers[1]}/ (layers: {' <- '.join(LAYERS)})"
    allowed = sorted({arrow.target for arrow in arrows if source == arrow.source or arrow_table.is_inside(source, arrow.source)})
    return f"{source} may not include {target} (it may include: {', '.join(allowed) or 'nothing'}); arrows: {arrow_table.FILE}"


def check_include(root, arrows, file, bracket, header):
    if ".." in header.split("/"):
        yield f'"{header}": an include names the path from the root, without ..'
        return
    library = library_of(header)
    if library:
        if not is_at_home(file, library):
            yield f"{header}: {library} may only be used in {', '.join(HOMES[library])}"
        return
    if header.split("/")[0] in LAYERS and "/" in header:
        if bracket == "<":
            yield f'<{header}>: our own headers are included with ""'
        # The second form is a header that CMake generates.
        if not any(os.path.exists(os.path.join(root, header + ending)) for ending in ("", ".in")):
            yield f'"{header}": no such file'
        reason = broken_arrow(arrows, file, header)
        if reason:
            yield f'"{header}": {reason}'
        return
    if bracket == '"':
        yield f'"{header}": an include names the path from the root ("sim/units/quantity.h")'
    elif "/" in header or "." in header:
        yield f"<{header}>: no home is known for this library (the tables of tools/check_layers.py)"
    elif file.split("/")[0] in PURE_LAYERS and header in IMPURE_HEADERS:
        yield f"<{header}>: {file.split('/')[0]}/ does not print, read files, draw numbers of its own or ask a clock"


def check_file(root, arrows, file):
    """(line, rule) of everything that is wrong with one file."""
    text = read(os.path.join(root, file))
    layer, *inner = file.split("/")
    if not FILE_NAME.fullmatch(inner[-1]):
        yield 1, "a file is called snake_case.h or snake_case.cpp"
    folder = arrows.place_of(file)
    if layer != "tests" and folder not in arrows.ends:
        yield 1, f"no arrow names the folder {folder} ({arrow_table.FILE})"
    for line, bracket, header in included(text):
        for rule in check_include(root, arrows, file, bracket, header):
            yield line, rule
    if file.endswith(".h"):
        code = without_comments(text, strings_too=True)
        if not PRAGMA_ONCE.search(code):
            yield 1, "a header starts with #pragma once"
        for match in USING_NAMESPACE.finditer(code):
            yield line_of(code, match.start()), "no using namespace in a header"


def functions(code):
    return {match[1] for match in FUNCTION.finditer(code)}


def check_hidden_names(root, files):
    """file:line of functions that are a file's own and have the name of one that a header declares and that another file
    of the same folder calls: compiled as one with CM_UNITY, that file would call the wrong one, without a word."""
    code = {file: without_comments(read(os.path.join(root, file)), strings_too=True) for file in files}
    declared = {file: functions(text) for file, text in code.items() if file.endswith(".h")}
    callers = {}
    for file in files:
        if file.endswith(".cpp"):
            for _, _, header in included(read(os.path.join(root, file))):
                for name in declared.get(header, ()):
                    if re.search(rf"(?<![\w.>:]){name}\(", code[file]):
                        callers.setdefault((os.path.dirname(file), name), []).append((file, header))
    for file in files:
        if not file.endswith(".cpp") or file.startswith("tests/"):
            continue
        for part in LOCAL_PART.finditer(code[file]):
            for match in FUNCTION.finditer(part[1]):
                for caller, header in callers.get((os.path.dirname(file), match[1]), ()):
                    if caller != file and header.split("/")[0] == file.split("/")[0]:
                        line = line_of(code[file], part.start(1) + match.start())
                        yield f"{file}:{line}: {match[1]} has the name of a function of {header} that {caller} calls"


def places_that_include(root, arrows, files):
    """Pairs of different places, who includes whom."""
    pairs = set()
    for file in files:
        for _, _, header in included(read(os.path.join(root, file))):
            if header.split("/")[0] in LAYERS and "/" in header:
                pairs.add((arrows.place_of(file), arrows.place_of(header)))
    return {pair for pair in pairs if pair[0] != pair[1]}


def check(root):
    """(violations, long files), both as lines of text."""
    folders, files = folders_and_files(root)
    arrows, violations = arrow_table.read_arrows(root)
    violations += [
        f"{folder}:1: a folder is a noun of the domain, not {os.path.basename(folder)}"
        for folder in folders
        if os.path.basename(folder) in NAMES_WITHOUT_MEANING
    ]
    long_files = []
    for file in files:
        violations += [f"{file}:{line}: {rule}" for line, rule in check_file(root, arrows, file)]
        lines = read(os.path.join(root, file)).count("\n")
        if lines > LINES_ALARM:
            long_files.append(f"{file}:{lines}: longer than {LINES_ALARM} lines; look for the missing noun")
    violations += check_hidden_names(root, files)
    violations += arrow_table.check_arrows(arrows, places_that_include(root, arrows, files), LAYERS)
    violations += arrow_table.check_page(root, arrow_table.markdown(arrows, LAYERS))
    return violations, long_files


def self_test():
    """Each case: what it breaks, file, line, text of the file, words of the expected complaint."""
    once = "#pragma once\n"
    cases = [
        ("upward layer", "sim/units/a.h", 2, once + '#include "topology/graph/node.h"\n', "sim/ may not include topology/"),
        ("tools and tests", "tools/runner/a.h", 2, once + '#include "tests/fake.h"\n', "tools/ may not include tests/"),
        ("arrow in sim", "sim/units/b.h", 2, once + '#include "sim/engine/engine.h"\n', "sim/units may not include sim/engine"),
        ("arrow in topology", "topology/planes/a.h", 2, once + '#include "topology/routing/rule.h"\n', "may include: sim/units, topology/graph)"),
        ("arrow in models", "models/experts/a.h", 2, once + '#include "models/collectives/ring.h"\n', "models/experts may not"),
        ("arrow in workloads", "workloads/prefill/a.h", 2, once + '#include "workloads/decode/decode.h"\n', "workloads/prefill may not include workloads/decode"),
        ("arrow in tools", "tools/sweep/a.h", 2, once + '#include "tools/compare/compare.h"\n', "tools/sweep may not"),
        ("arrow out of a named part", "tools/compare/rows/a.h", 2, once + '#include "tools/compare/compare.h"\n', "tools/compare/rows may not"),
        ("unknown folder", "sim/novelty/a.h", 1, once, "no arrow names the folder sim/novelty"),
        ("layer's own root", "models/a.h", 1, once, "no arrow names the folder models"),
        ("missing header", "sim/units/c.cpp", 1, '#include "sim/units/nowhere.h"\n', "no such file"),
        ("not from the root", "sim/units/d.cpp", 1, '#include "quantity.h"\n', "names the path from the root"),
        ("dots", "sim/units/e.cpp", 1, '#include "../units/quantity.h"\n', "without .."),
        ("angle brackets", "sim/random/a.cpp", 1, "#include <sim/units/quantity.h>\n", "our own headers"),
        ("unknown library", "sim/units/f.cpp", 1, "#include <eigen/eigen.h>\n", "no home is known"),
        ("clock in a model", "models/memory/a.cpp", 1, "#include <chrono>\n", "ask a clock"),
        ("pragma once", "sim/units/g.h", 1, "// #pragma once\nint x();\n", "#pragma once"),
        ("using namespace", "sim/units/h.h", 3, once + "// using namespace cm;\nusing  namespace cm;\n", "no using namespace"),
        ("file name", "sim/units/CamelCase.h", 1, once, "snake_case"),
        ("file ending", "sim/units/old.hpp", 1, once, "snake_case"),
        (
            "hidden name",
            "tools/runner/words.cpp",
            2,
            "namespace {\nbool is_path(int word)\n{\n}\n}  // namespace\n",
            "is_path has the name of a function of tools/runner/paths.h that tools/runner/users.cpp calls",
        ),
        ("include after a block comment", "sim/units/i.cpp", 3, '/*\n*/\n#include "i.h"\n', "names the path from the root"),
    ]
    strangers = [
        ("simgrid/s4u.hpp", "sim/fabric"),
        ("xbt/log.h", "tools/runner"),
        ("yaml-cpp/yaml.h", "tests/unit"),
        ("boost/graph/adjacency_list.hpp", "models/network"),
        ("boost/container/flat_map.hpp", "sim/fabric"),
        ("nlohmann/json.hpp", "models/parts"),
        ("CLI/CLI.hpp", "workloads/decode"),
        ("spdlog/spdlog.h", "models/memory"),
        ("pcg_random.hpp", "models/experts"),
        ("zlib.h", "tools/runner"),
        ("nlopt.h", "tools/sweep"),
        ("catch2/catch.hpp", "tools/program"),
        ("benchmark/benchmark.h", "tests/unit"),
        ("unistd.h", "sim/config"),
        ("sys/wait.h", "workloads/serving"),
    ]
    for number, (header, folder) in enumerate(strangers):
        cases.append((header, f"{folder}/stranger_{number}.cpp", 1, f"#include <{header}>\n", "may only be used in"))
    bystanders = {
        "topology/graph/node.h": once,
        "topology/routing/rule.h": once + '#include "topology/graph/node.h"\n#include "sim/units/quantity.h"\n',
        "topology/planes/plane.h": once + '#include "topology/graph/node.h"\n',
        "topology/supernode/supernode.h": once + '#include "topology/routing/rule.h"\n',
        "models/collectives/ring.h": once,
        "workloads/decode/decode.h": once + '#include "topology/graph/node.h"\n' '#include "workloads/expert_parallel/dispatch.h"\n',
        "workloads/expert_parallel/dispatch.h": once,
        "tools/compare/compare.h": once + "#include <unistd.h>\n#include <CLI/CLI.hpp>\n"
        '#include "tools/compare/rows/row.h"\n#include "sim/fabric/fabric.h"\n',
        "tools/compare/rows/row.h": once,
        "tools/compare/parts/part.h": once + '#include "tools/compare/compare.h"\n',
        "sim/units/quantity.h": once + "#include <fmt/format.h>\n#include <chrono>\n",
        "sim/fabric/fabric.h": once,
        "tools/runner/paths.h": once + "bool is_path(int text);\n",
        "tools/runner/users.cpp": '#include "tools/runner/paths.h"\nint x = is_path(3);\n',
        "tools/runner/bystander.cpp": "namespace {\nbool is_word(int word)\n{\n}\n}  // namespace\n",
        "sim/streams/streams.h": once + '#include "sim/fabric/fabric.h"\n',
        "sim/engine/engine.h": once + '#include "sim/streams/streams.h"\n#include <simgrid/s4u.hpp>\n',
        "sim/config/reader.cpp": '#include <yaml-cpp/yaml.h>\n// #include "wrong.h"\n/* #include "wrong.h" */\n'
        'auto text = R"(\n#pragma nothing // "\n)";\nusing namespace cm;\nint digits = 1\'000;\n',
        "tests/fake.h": once + '#include "tools/compare/compare.h"\n#include <catch2/catch.hpp>\n',
        "tests/benchmarks/one.cpp": '#include <benchmark/benchmark.h>\n#include "sim/fabric/fabric.h"\n',
        "tests/unit/one.cpp": '#include "sim/units/quantity.h"\n',
    }
    # Lines of the table of arrows, and the complaint about each.
    arrow_cases = [
        ("no arrow", "sim/units <- sim/random: An arrow points to who is included.", "expected \"SOURCE -> TARGET: Reason.\""),
        ("no reason", "models/parts -> sim/random (planned: a feature)", "has a reason"),
        ("a reason that is no sentence", "models/parts -> sim/config (planned: a feature): bare words", "has a reason"),
        ("two sentences", "models/parts -> sim/streams (planned: a feature): It needs this. It does.", "has a reason"),
        ("no feature", "models/parts -> sim/fabric (planned: ): This has a reason.", "names the feature"),
        ("nobody uses it", "topology/graph -> sim/streams: This has a reason.", "nobody uses topology/graph -> sim/streams"),
        ("no longer planned", "tools/compare -> sim/fabric (planned: a feature): This has a reason.", "is in use"),
        ("higher layer", "sim/units -> models/parts (planned: a feature): This has a reason.", "leads to a higher layer"),
        ("no layer", "simulation -> sim/units (planned: a feature): This has a reason.", "expected layers"),
        ("the same again", "topology/planes -> topology/graph: This has a reason.", "is allowed by topology/planes -> topology/graph"),
        ("in a wider one", "tests/unit -> sim/units (planned: a feature): This has a reason.", "is allowed by tests -> sim"),
        ("wide", "workloads -> topology: This has a reason.", "workloads/decode -> topology/graph is enough"),
    ]
    used_arrows = [
        "topology/planes, topology/routing -> topology/graph: This has a reason.",
        "topology/supernode -> topology/routing: This has a reason.",
        "workloads/decode -> workloads/expert_parallel: This has a reason.",
        "sim/streams -> sim/fabric: This has a reason.",
        "sim/engine -> sim/streams: This has a reason.",
        "tools/compare -> tools/compare/rows: This has a reason.",
        "tests -> sim, tools/compare: This has a reason.",
        "topology/graph -> topology/planes (planned: a circle): This has a reason.",
    ]
    failures = []
    with tempfile.TemporaryDirectory() as root:
        files = {file: text for _, file, _, text, _ in cases} | bystanders
        files["sim/units/long_one.cpp"] = "\n" * (LINES_ALARM + 1)
        for name in sorted(NAMES_WITHOUT_MEANING):
            files[f"docs/{name}/page.txt"] = ""
        # Each folder is named, and uses its arrow.
        named = sorted({os.path.dirname(file) for file in files if file.startswith(tuple(f"{layer}/" for layer in LAYERS[:-1]))}
                       - {"sim/units", "sim/novelty", "models", "tools/compare/rows", "tools/compare/parts"})
        for folder in named:
            files[f"{folder}/named.cpp"] = '#include "sim/units/quantity.h"\n'
        arrow_lines = [f"{', '.join(named)} -> sim/units: All have quantities.", *used_arrows, *(case[1] for case in arrow_cases)]
        first_case = len(arrow_lines) - len(arrow_cases) + 1
        files[arrow_table.FILE] = "\n".join(arrow_lines) + "\n"
        files[arrow_table.PAGE] = f"{arrow_table.BEGIN}\n{arrow_table.END}\n"
        files["build-dev/utils/a.h"] = files["tools/report/node_modules/utils/a.h"] = ""
        for file, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, file)), exist_ok=True)
            with open(os.path.join(root, file), "w", encoding="utf-8") as out:
                out.write(text)
        violations, long_files = check(root)
        expected = [(what, f"{file}:{line}: ", words) for what, file, line, _, words in cases]
        expected += [(name, f"docs/{name}:1: ", "noun of the domain") for name in sorted(NAMES_WITHOUT_MEANING)]
        expected += [(what, f"{arrow_table.FILE}:{line}: ", words) for line, (what, _, words) in enumerate(arrow_cases, first_case)]
        expected.append(("circle", f"{arrow_table.FILE}:1: ", "in a circle: topology/graph, topology/planes"))
        expected.append(("page", f"{arrow_table.PAGE}:1: ", "does not show the arrows"))
        for what, start, words in expected:
            found = [text for text in violations if text.startswith(start) and words in text]
            if len(found) != 1:
                failures.append(f"{what}: expected one complaint {start}...{words}, found {len(found)}")
            violations = [text for text in violations if text not in found]
        failures += [f"a complaint that nobody provoked: {text}" for text in violations]
        table = arrow_table.markdown(arrow_table.read_arrows(root)[0], LAYERS)
        arrow_table.write_page(root, table)
        failures += arrow_table.check_page(root, table)
        if "| sim/streams | sim/fabric | This has a reason. |" not in read(os.path.join(root, arrow_table.PAGE)):
            failures.append("the page shows no arrow")
        if [text.split(":")[0] for text in long_files] != ["sim/units/long_one.cpp"]:
            failures.append(f"long files: {long_files}")
    print("\n".join(failures) if failures else f"self test: all {len(expected)} broken rules were found")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    is_page = arguments in (["--arrows"], ["--write"])
    root = arguments[0] if arguments and not is_page else os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if is_page:
        table = arrow_table.markdown(arrow_table.read_arrows(root)[0], LAYERS)
        if arguments == ["--write"]:
            arrow_table.write_page(root, table)
        else:
            print(table, end="")
        return 0
    violations, long_files = check(root)
    for text in violations + long_files:
        print(text)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

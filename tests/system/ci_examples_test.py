#!/usr/bin/env python3
"""The scripts of the CI examples, run in a repository of two revisions, of which the second is slower.

    ci_examples_test.py PROGRAM ROOT

The repository's tools/cmsim calls PROGRAM instead of building one, and makes its scenarios small.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import yaml

LAUNCHER = """#!/bin/sh
command=$1
shift
case $command in
  compare) exec "$PROGRAM" compare "$@" --repository . ;;
  run) scenario=$1; shift
    exec "$PROGRAM" run "$scenario" --set workload.ep=8 --set workload.tokens_per_rank=8 {planted} "$@" ;;
esac
"""
SCENARIO = """machine: cloudmatrix384
workload: {kind: ep, ep: 8}
"""


def git(repository, *arguments):
    call = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(call + list(arguments), cwd=repository, check=True, capture_output=True, text=True).stdout.strip()


def commit(repository, planted):
    launcher = repository / "tools/cmsim"
    launcher.write_text(LAUNCHER.replace("{planted}", planted))
    launcher.chmod(0o755)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "a revision")
    return git(repository, "rev-parse", "HEAD")


def new_repository(folder):
    for name in ["ep", "decode-ep320"]:
        path = folder / f"configs/scenarios/{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCENARIO)
    (folder / "tools").mkdir()
    (folder / ".gitignore").write_text("/build/\n")
    git(folder, "init", "--quiet")
    return folder


def github_script(root):
    jobs = yaml.safe_load((root / "docs/how-to/ci/github-actions.yml").read_text())["jobs"]
    (step,) = [step for step in jobs["compare"]["steps"] if step.get("name") == "Compare"]
    assert list(step["env"]) == ["BASE"], step["env"]
    return step["run"], "BASE"


def gitlab_script(root):
    script = yaml.safe_load((root / "docs/how-to/ci/gitlab-ci.yml").read_text())["compare"]["script"]
    return "\n".join(script), "CI_MERGE_REQUEST_DIFF_BASE_SHA"


def run_script(program, repository, script, variable, base):
    environment = dict(os.environ, PROGRAM=program, HOME=str(repository / "build"))
    environment[variable] = base
    environment["GITHUB_STEP_SUMMARY"] = str(repository / "summary.md")
    (repository / "build").mkdir(exist_ok=True)
    return subprocess.run(["sh", "-e", "-c", script], cwd=repository, env=environment, capture_output=True, text=True)


def check(program, root, script_of, has_summary):
    script, variable = script_of(root)
    with tempfile.TemporaryDirectory() as folder:
        repository = new_repository(pathlib.Path(folder))
        base = commit(repository, "")
        commit(repository, "")
        equal = run_script(program, repository, script, variable, base)
        assert equal.returncode == 0, equal
        commit(repository, "--set workload.aiv_cores=16")
        worse = run_script(program, repository, script, variable, base)
        assert worse.returncode == 1, worse
        report = xml.etree.ElementTree.parse(repository / "compare.xml").getroot()
        assert int(report.get("failures")) > 0
        assert {suite.get("name") for suite in report} == {"ep", "decode-ep320"}
        if has_summary:
            summary = (repository / "summary.md").read_text()
            assert "## cmsim: no regression" in summary and "## cmsim: regression" in summary, summary
        wrong = run_script(program, repository, script, variable, "0123456789")
        assert wrong.returncode == 2 and "expected a commit" in wrong.stderr, wrong


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    check(program, root, github_script, True)
    check(program, root, gitlab_script, False)


if __name__ == "__main__":
    main()

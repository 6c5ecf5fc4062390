"""Runs of the program for pages with figures, each simulated once, whoever asks.

Answers are kept beside the program, in a folder named by the digest of the program and of all configurations, so several
tests share the long runs and none sees a number of another program. Where nothing can be written nothing is kept.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class Answer:
    """What one call of the program gave: exit status, what it printed, and of `run` the result."""

    def __init__(self, status, output, errors, result):
        self.status, self.output, self.errors, self.result = status, output, errors, result


class Runs:
    def __init__(self, binary, root):
        self.binary, self.root = os.path.abspath(binary), Path(root).resolve()
        digest = hashlib.sha256(Path(self.binary).read_bytes())
        for path in sorted((self.root / "configs").rglob("*.yaml")):
            digest.update(str(path.relative_to(self.root)).encode() + b"\0" + path.read_bytes())
        folder = Path(self.binary).parent / "figures"
        self.kept = folder / digest.hexdigest()[:16]
        try:
            self.kept.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.kept = None
            return
        earlier = sorted((other for other in folder.iterdir() if other != self.kept), key=os.path.getmtime)
        for other in earlier[:-2]:
            shutil.rmtree(other, ignore_errors=True)

    def answer(self, words):
        """`words` behind cmsim: a subcommand, a scenario from the root of the tree, options."""
        words = list(words)
        path = self.kept and self.kept / (hashlib.sha256(json.dumps(words).encode()).hexdigest()[:24] + ".json")
        if path and path.exists():
            return Answer(*json.loads(path.read_text(encoding="utf-8")))
        found = self.call(words)
        if path and self.kept.exists():
            with tempfile.NamedTemporaryFile("w", dir=self.kept, delete=False, encoding="utf-8") as file:
                json.dump([found.status, found.output, found.errors, found.result], file)
            os.replace(file.name, path)
        return found

    def call(self, words):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            is_run = words[0] == "run"
            # Text is 80 columns wide, whatever the terminal of the caller.
            plain = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
            done = subprocess.run([self.binary, *words, *(["--out", out] if is_run else [])], cwd=self.root, env=plain,
                                  capture_output=True, text=True, check=False)
            result, output = None, done.stdout
            if is_run and done.returncode == 0:
                result = json.loads(Path(out, "result.json").read_text(encoding="utf-8"))
                # The table ends with the names of the files.
                output = "\n".join(line for line in output.split("\n") if not line.startswith("written: ")).rstrip("\n") + "\n"
            return Answer(done.returncode, output, done.stderr, result)

    def answers(self, commands):
        """{command: answer} of all commands, as many at a time as there are cores; each a tuple of words."""
        unique = sorted(set(commands))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(unique, pool.map(self.answer, unique)))

    def results(self, commands):
        """The same for runs that must end well: {command: result}."""
        found = self.answers(commands)
        for command, answer in found.items():
            if answer.status != 0:
                sys.exit(f"cmsim {' '.join(command)} ended with {answer.status}:\n{answer.errors}")
        return {command: answer.result for command, answer in found.items()}

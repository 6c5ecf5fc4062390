#!/usr/bin/env python3
"""What `cmsim run` prints on terminals and in pipes: terminal_test.py BINARY ROOT

Width, colours, one screen, progress, and what Ctrl-C leaves.
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios

SCREEN = 40
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PROGRESS = re.compile(r"\r\x1b\[K[^\r]*")
DECODE = ["configs/scenarios/decode-ep320.yaml", "--set", "workload.ep=32", "--set", "workload.batch_per_npu=8",
          "--set", "model.layers=4", "--set", "workload.experts={redundant: 0, shared_copies: 32}"]
failures = []


def check(is_right, what):
    if not is_right:
        failures.append(what)


def environment(**changes):
    plain = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "TERM")}
    return plain | {"TERM": "xterm"} | changes


def start_on_terminal(program, words, columns, **changes):
    """The process and our end of its terminal."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen([program[0], *words], cwd=program[1], stdin=its, stdout=its, stderr=its,
                               env=environment(**changes), start_new_session=True)
    os.close(its)
    return process, ours


def read_all(terminal):
    text = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # nobody has the other end any more
            part = b""
        if not part:
            os.close(terminal)
            return text.decode()
        text += part


def on_terminal(program, words, columns, **changes):
    process, terminal = start_on_terminal(program, words, columns, **changes)
    text = read_all(terminal)
    check(process.wait() == 0, f"{words} ended with {process.returncode}: {text}")
    return PROGRESS.sub("", text).replace("\r\n", "\n")


def in_pipe(program, words, **changes):
    done = subprocess.run([program[0], *words], cwd=program[1], env=environment(**changes), capture_output=True, text=True,
                          check=False)
    check(done.returncode == 0 and done.stderr == "", f"{words} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def widest(text):
    return max(map(len, COLOUR.sub("", text).split("\n")))


def check_width(program):
    run = ["run", *DECODE]
    wide = on_terminal(program, run, 160)
    check(80 < widest(wide) <= 160, f"a terminal of 160 columns has lines of {widest(wide)}")
    check(widest(on_terminal(program, run, 80)) <= 80, "a terminal of 80 columns has wider lines")
    check(80 < widest(on_terminal(program, run, 80, COLUMNS="120")) <= 120, "COLUMNS=120 is not what counts")
    piped = in_pipe(program, run)
    check(60 < widest(piped) <= 80, f"a pipe has lines of {widest(piped)}")
    check(piped.count("\n") <= SCREEN and wide.count("\n") <= SCREEN, "a run is longer than a screen")
    answer = piped.split("where the time")[0]
    check(all(word in answer for word in ("time per output token", "limit", "fits")), f"no answer in front: {piped}")
    full = subprocess.run([program[0], *run, "--verbose"], cwd=program[1], env=environment(), capture_output=True, text=True,
                          check=False)
    check("port_hops" in full.stdout and "port_hops" not in piped, "--verbose alone prints every metric")
    check("simulated a decode" in full.stderr, "--verbose tells what happens when")


def check_serving(program):
    text = on_terminal(program, ["run", "configs/scenarios/serving-pdc.yaml", "--set", "workload.generator.requests=300"], 80,
                       NO_COLOR="1")
    lines = text.rstrip("\n").split("\n")
    check(len(lines) <= SCREEN, f"a run of serving takes {len(lines)} lines")
    screen = "\n".join(lines[:SCREEN])
    for name in ("time to first token", "time per output token"):
        check(re.search(rf"^{name} +p50 [\d.]+ ms +p90 [\d.]+ ms +p99 [\d.]+ ms", screen, re.MULTILINE),
              f"no percentiles of the {name}: {text}")
    check(re.search(r"^SLO (held|missed) ", screen, re.MULTILINE), f"no verdict: {text}")
    check(re.search(r"^limit +[A-Z].+", screen, re.MULTILINE), f"no limit: {text}")


def check_colours(program):
    run = ["run", "configs/scenarios/p2p.yaml"]
    check(COLOUR.search(on_terminal(program, run, 80)), "no colours on a terminal")
    for change in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        check(not COLOUR.search(on_terminal(program, run, 80, **change)), f"colours with {change}")
    check(not COLOUR.search(in_pipe(program, run)), "colours in a pipe")


def check_interrupt(program):
    words = ["run", "configs/scenarios/decode-ep320.yaml"]
    process, terminal = start_on_terminal(program, words, 80)
    seen = b""
    while b"%" not in seen and process.poll() is None:
        seen += os.read(terminal, 4096)
    check(b"%" in seen, f"no progress on a terminal: {seen}")
    # The signal that the terminal sends for the key. A shell tells 130 of a process that ends so.
    process.send_signal(signal.SIGINT)
    read_all(terminal)
    check(process.wait() == -signal.SIGINT, f"Ctrl-C ended the run with {process.returncode}")


def main():
    program = [os.path.abspath(sys.argv[1]), sys.argv[2]]
    check_width(program)
    check_serving(program)
    check_colours(program)
    check_interrupt(program)
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()

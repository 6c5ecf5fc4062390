#!/usr/bin/env python3
"""Builds the report of a run, of a search for the capacity, of a sweep and of a comparison and opens each in headless
Chromium, wide and narrow, light and dark: nothing is logged, nothing requested, every chart drawn, nothing wider than the
window, all reachable by keyboard. On paper every cell of a table is there and nothing lies over its edge.

    report_pages_test.py CMSIM SOURCE [FOLDER]    FOLDER keeps results and screenshots

Exit status 77: npm's packages or Chromium are not to be had here.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from browser import Browser, find_browser

SKIPPED = 77
MOST_BYTES = 3_000_000
HOSTILE = "a<script>alert('x')<!-- & \"b\".yaml"

SWEEP = """
bases:
  - name: ep
    scenario: ep
    set: {workload.repeats: 1, workload.tokens_per_rank: 16}
    axes:
      - workload.ep: [8, 16, 32]
      - machine.ub.write_limit: [engine, lane]
  - name: "decode <b>&"
    scenario: decode-ep320
    set: {workload.iterations: 1, workload.ep: 32, workload.experts.redundant: 32, workload.experts.shared_copies: 32}
    axes:
      - workload.batch_per_npu: [8, 32]
axes:
  - machine.ub.sub_planes: [3, 7]
"""


def fail(text):
    sys.exit(f"FAILED: {text}")


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def run(command, statuses=(0,)):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=500)
    if done.returncode not in statuses:
        fail(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def make_results(cmsim, source, folder):
    """The folders of runs, a search for the capacity, a sweep and a comparison."""
    scenario = folder / HOSTILE
    scenario.write_text((source / "configs/scenarios/ep.yaml").read_text())
    small = ["--set", "workload.repeats=1"]
    run([cmsim, "run", str(scenario), *small, "--out", str(folder / "run")])
    decode = [str(source / "configs/scenarios/decode-ep320.yaml"), "--set", "workload.iterations=1", "--set", "workload.ep=32",
              "--set", "workload.experts={redundant: 32, shared_copies: 32}"]
    run([cmsim, "run", *decode, "--out", str(folder / "decode")])
    run([cmsim, "run", *decode, "--set", "machine.ub.sub_planes=3", "--out", str(folder / "slow")])
    run([cmsim, "compare", str(folder / "decode"), str(folder / "slow"), "--out", str(folder / "comparison")], statuses=(0, 1))
    run([cmsim, "run", str(source / "configs/scenarios/serving-pdc.yaml"), "--set", "workload.generator.requests=300",
         "--find-capacity", "slo.ttft=3s,slo.tpot=50ms", "--out", str(folder / "capacity")])
    (folder / "sweep.yaml").write_text(SWEEP)
    run([cmsim, "sweep", str(folder / "sweep.yaml"), "--out", str(folder / "sweep"), "--configs", str(source / "configs")])
    return [folder / name for name in ["run", "decode", "capacity", "sweep", "comparison"]]


def reach_everything(browser, url):
    """Every control of the page is met by the Tab key, and a chart's numbers open with Enter."""
    browser.show(url, 1280, "light")
    browser.wait_for("document.querySelectorAll('.drawing svg').length === document.querySelectorAll('figure.chart').length")
    selector = "a[href], button:not([hidden]), select, summary, .scroll[tabindex]"
    visible = f"[...document.querySelectorAll({selector!r})].filter((e) => e.checkVisibility())"
    count = browser.evaluate(f"{visible}.length")
    browser.evaluate(f"{visible}.forEach((e, i) => (e.dataset.place = i)); window.met = new Set(); 1")
    for _ in range(count + 3):
        browser.press("Tab")
        browser.evaluate("met.add(document.activeElement.dataset.place); 1")
    missed = browser.evaluate(f"{visible}.filter((e) => !met.has(e.dataset.place)).map((e) => e.outerHTML.slice(0, 90))")
    if missed:
        fail(f"{url}: not reached by keyboard: {missed}")
    browser.evaluate("document.querySelector('figure.chart summary').focus(); 1")
    browser.press("Enter")
    browser.wait_for("document.querySelectorAll('figure.chart details[open] td').length > 0")


# Elements over the right edge of what holds them, but for what a box on a screen scrolls.
OVER_THE_EDGE = """[...document.querySelectorAll('body *')].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.skip') && (matchMedia('print').matches || !e.closest('.scroll'));
}).slice(0, 5).map((e) => `${e.tagName} ${e.className.baseVal ?? e.className} ${e.textContent.slice(0, 40)}`)"""

# Drawings whose text or marks lie outside of them: cut off by the frame.
CUT_DRAWINGS = """[...document.querySelectorAll('.drawing svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((t) => {
    const box = t.getBoundingClientRect();
    return t.textContent && getComputedStyle(t).opacity !== '0' && box.width > 0 &&
      (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 3 || box.bottom > frame.bottom + 3);
  }).map((t) => `${svg.closest('figure').dataset.name}: ${t.textContent}`);
}).slice(0, 5)"""

# Cells that paper should show and does not; their columns may stand in another table there.
LOST_CELLS = """[...document.querySelectorAll('td')].filter((e) => !e.closest('details.kept') && !e.closest('.tools')).map((e) => ({
  text: e.textContent, seen: e.checkVisibility({contentVisibilityAuto: true}) && e.getBoundingClientRect().width > 0})).reduce((lost, cell, i, all) =>
  lost.concat(cell.seen || !cell.text || all.some((other) => other.seen && other.text === cell.text) ? [] : [cell.text]), []).slice(0, 5)"""

# Inner width of an A4 page with the margins of the style, in pixels of CSS.
PAPER_WIDTH = 688
MOST_BARS = 60


def look_on_paper(browser, page, folder):
    browser.show(page.as_uri(), PAPER_WIDTH, "dark", media="print")
    browser.wait_for("document.querySelectorAll('.drawing svg').length === document.querySelectorAll('figure.chart').length")
    if browser.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)":
        fail(f"{page}: not white on paper")
    if wide := browser.evaluate(OVER_THE_EDGE):
        fail(f"{page} on paper: over the edge: {wide}")
    if lost := browser.evaluate(LOST_CELLS):
        fail(f"{page} on paper: cells that are not there: {lost}")
    browser.print_page(str(folder / "print.pdf"))


def look_at(browser, folder):
    page = folder / "report.html"
    if page.stat().st_size > MOST_BYTES:
        fail(f"{page} has {page.stat().st_size} bytes")
    url = page.as_uri()
    for width in [1400, 500]:
        for colours in ["light", "dark"]:
            browser.show(url, width, colours)
            browser.wait_for("document.querySelectorAll('.drawing svg').length === document.querySelectorAll('figure.chart').length")
            browser.screenshot(str(folder / f"{width}-{colours}.png"))
            if complaints := browser.complaints():
                fail(f"{page} at {width}, {colours}: {complaints}")
            wide = browser.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                fail(f"{page} is {wide} pixels wide in a window of {width}")
            if over := browser.evaluate(OVER_THE_EDGE):
                fail(f"{page} at {width}: over the edge: {over}")
            if cut := browser.evaluate(CUT_DRAWINGS):
                fail(f"{page} at {width}: cut off: {cut}")
            empty = browser.evaluate("[...document.querySelectorAll('figure.chart')].filter((f) => !f.querySelector('svg path, svg rect')).length")
            if empty or browser.evaluate("document.querySelectorAll('figure.chart').length") == 0:
                fail(f"{page}: {empty} charts without a mark")
    if silent := browser.evaluate("[...document.querySelectorAll('figure.chart')].filter((f) => !f.querySelector('.shown')).map((f) => f.dataset.name)"):
        fail(f"{page}: charts that do not say how much they show: {silent}")
    most = browser.evaluate("Math.max(0, ...[...document.querySelectorAll('figure[data-name^=histogram] script')].map((s) => JSON.parse(s.textContent).data.values.length))")
    if folder.name != "comparison" and most > MOST_BARS:
        fail(f"{page}: {most} bars in one histogram")
    reach_everything(browser, url)
    look_on_paper(browser, page, folder)


def main(cmsim, source, folder):
    program = find_browser()
    if program is None:
        skip("no Chromium here (Debian: apt-get install chromium)")
    folders = make_results(cmsim, source, folder)
    for each in folders:
        done = run([cmsim, "report", str(each), "--configs", str(source / "configs"), "--svg", "--png"], statuses=(0, 3))
        if done.returncode == 3:
            if "npm" not in done.stderr:
                fail(f"status 3 without a word of npm: {done.stderr}")
            skip(done.stderr.strip().splitlines()[-1])
        for kind, start in [("svg", b"<svg"), ("png", b"\x89PNG")]:
            files = sorted((each / "charts").glob(f"*.{kind}"))
            if not files or any(not file.read_bytes().startswith(start) for file in files):
                fail(f"{each}: {kind} files {files}")
    browser = Browser(program)
    try:
        for each in folders:
            look_at(browser, each)
    finally:
        browser.close()
    print(f"{len(folders)} reports, nothing to complain about")


if __name__ == "__main__":
    cmsim, source, *rest = sys.argv[1:]
    if rest:
        os.makedirs(rest[0], exist_ok=True)
        main(cmsim, pathlib.Path(source), pathlib.Path(rest[0]).resolve())
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(cmsim, pathlib.Path(source), pathlib.Path(scratch))

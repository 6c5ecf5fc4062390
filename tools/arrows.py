"""Arrows between folders: who may include whom, and why. They stand in tools/arrows.txt, each line like one of

    SOURCE, SOURCE -> TARGET, TARGET: One sentence that says why.
    SOURCE -> TARGET (planned: FEATURE): One sentence that says why.

A place is a layer or a folder, and stands for all that lies in it. A folder inside a folder is a place only where an arrow
names it; then an arrow between the two means the files that lie in the outer one directly. tools/check_layers.py checks the tree against the arrows, and the arrows against the tree.
"""

import os
import re
from typing import NamedTuple

FILE = "tools/arrows.txt"
PAGE = "docs/architecture.md"
BEGIN = "<!-- arrows: written by tools/check_layers.py --write -->"
END = "<!-- end of arrows -->"

LINE = re.compile(r"(?P<sources>[\w/]+(?:, [\w/]+)*) -> (?P<targets>[\w/]+(?:, [\w/]+)*)(?: \(planned: (?P<feature>[^)]*)\))?(?:: ?(?P<reason>.*))?")
SENTENCE = re.compile(r"[A-Z][^.]*(?:\.\w[^.]*)*\.")


class Arrow(NamedTuple):
    source: str
    target: str
    feature: str  # that will use it; empty: in use
    reason: str
    line: int

    def __str__(self):
        return f"{self.source} -> {self.target}"


def is_inside(place, outer):
    return place.startswith(outer + "/")


def allows(arrow, source, target):
    """Whether it lets files of the place `source` include headers of the place `target`."""
    if is_inside(arrow.source, arrow.target) or is_inside(arrow.target, arrow.source):
        return (source, target) == (arrow.source, arrow.target)
    return all(place == end or is_inside(place, end) for place, end in ((source, arrow.source), (target, arrow.target)))


class Arrows(list):
    """All arrows, with answers that are looked up many times."""

    def __init__(self, arrows):
        super().__init__(arrows)
        self.ends = {end for arrow in arrows for end in (arrow.source, arrow.target)}
        self.known = {}

    def place_of(self, path):
        """The place that a file belongs to: a folder of a layer, or the innermost folder in it that an arrow names."""
        folders = path.split("/")[:-1]
        inner = ("/".join(folders[:depth]) for depth in range(len(folders), 2, -1))
        return next((folder for folder in inner if folder in self.ends), "/".join(folders[:2]))

    def allow(self, source, target):
        """Whether files of the place `source` may include headers of the place `target`."""
        if (source, target) not in self.known:
            self.known[source, target] = source == target or any(allows(arrow, source, target) for arrow in self)
        return self.known[source, target]


def read_arrows(root):
    """(Arrows, complaints)"""
    arrows, complaints = [], []
    with open(os.path.join(root, FILE), encoding="utf-8") as file:
        for number, text in enumerate(file.read().splitlines(), 1):
            if not text or text.startswith("#"):
                continue
            match = LINE.fullmatch(text)
            if not match:
                complaints.append(f"{FILE}:{number}: expected \"SOURCE -> TARGET: Reason.\", found \"{text}\"")
                continue
            reason, feature = match["reason"] or "", match["feature"]
            if not SENTENCE.fullmatch(reason) or reason.count(" ") < 2:
                complaints.append(f"{FILE}:{number}: an arrow has a reason, one plain sentence, found \"{reason}\"")
            if feature is not None and not feature.strip():
                complaints.append(f"{FILE}:{number}: a planned arrow names the feature that needs it")
                continue
            arrows += [Arrow(source, target, feature or "", reason, number)
                       for source in match["sources"].split(", ") for target in match["targets"].split(", ")]
    return Arrows(arrows), complaints


def common_folder(places):
    return os.path.commonpath(list(places))


def complaint_about_use(arrow, used):
    """What is wrong with how the tree uses an arrow, or None. `used`: pairs of places that it allows and the tree has."""
    if not used:
        return None if arrow.feature else f"nobody uses {arrow}; delete it, or name the feature that it is planned for"
    if arrow.feature:
        return f"{arrow} is in use, no longer planned"
    source, target = (common_folder(ends) for ends in zip(*used))
    if (source, target) != (arrow.source, arrow.target):
        return f"{arrow} is wider than its use: {source} -> {target} is enough"
    return None


def circle(arrows):
    """Folders that lie on a circle of arrows within a layer, or between two circles. A folder counts with all that lies in it,
    and folders inside one among each other."""
    pairs = set()
    for arrow in arrows:
        ends = [end.split("/") for end in (arrow.source, arrow.target)]
        if ends[0][0] != ends[1][0]:
            continue
        if ends[0][:2] != ends[1][:2]:
            pairs.add(tuple("/".join(end[:2]) for end in ends))
        elif not is_inside(arrow.source, arrow.target) and not is_inside(arrow.target, arrow.source) and ends[0] != ends[1]:
            pairs.add((arrow.source, arrow.target))
    while True:
        sources, targets = ({pair[end] for pair in pairs} for end in (0, 1))
        left = {(source, target) for source, target in pairs if source in targets and target in sources}
        if left == pairs:
            return sorted(sources)
        pairs = left


def check_arrows(arrows, uses, layers):
    """Complaints about arrows, without regard to any single file. `uses`: pairs of places, who includes whom."""
    for number, arrow in enumerate(arrows):
        ends = [end.split("/")[0] for end in (arrow.source, arrow.target)]
        about = f"{FILE}:{arrow.line}: "
        if any(end not in layers for end in ends):
            yield f"{about}{arrow}: expected layers, {', '.join(layers)}, or folders in them"
        elif layers.index(ends[0]) < layers.index(ends[1]):
            yield f"{about}{arrow} leads to a higher layer (layers: {' <- '.join(layers)})"
        wider = next((other for place, other in enumerate(arrows) if place != number and allows(other, arrow.source, arrow.target)
                      and (other[:2] != arrow[:2] or place < number)), None)
        if wider:
            yield f"{about}{arrow} is allowed by {wider} in line {wider.line} already"
        else:
            wrong = complaint_about_use(arrow, [pair for pair in uses if allows(arrow, *pair)])
            if wrong:
                yield about + wrong
    on_circle = circle(arrows)
    if on_circle:
        yield f"{FILE}:1: arrows lead in a circle: {', '.join(on_circle)}"


def markdown(arrows, layers):
    """The arrows as tables, one a layer."""
    lines = []
    for layer in layers:
        lines += ["", f"**{layer}**", "", "| folder | may include | why |", "|---|---|---|"]
        own = [arrow for arrow in arrows if arrow.source.split("/")[0] == layer]
        for line in dict.fromkeys(arrow.line for arrow in own):
            together = [arrow for arrow in own if arrow.line == line]
            sources, targets = (", ".join(dict.fromkeys(arrow[end] for arrow in together)) for end in (0, 1))
            planned = f" Planned, for {together[0].feature}." if together[0].feature else ""
            lines.append(f"| {sources} | {targets} | {together[0].reason}{planned} |")
    return "\n".join(lines[1:]) + "\n"


def page_with(page, table):
    """The page with the arrows between its marks, or None if it has none."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    return f"{head}{begin}\n{table}{end}{tail}" if end else None


def read_page(root):
    path = os.path.join(root, PAGE)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_page(root, table):
    page = read_page(root)
    if page is None or page_with(page, table) != page:
        yield f"{PAGE}:1: does not show the arrows as they are; tools/check_layers.py --write brings them up to date"


def write_page(root, table):
    page = page_with(read_page(root), table)
    if page is None:
        raise SystemExit(f"{PAGE}: expected the lines {BEGIN} and {END}")
    with open(os.path.join(root, PAGE), "w", encoding="utf-8") as file:
        file.write(page)

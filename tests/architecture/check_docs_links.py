#!/usr/bin/env python3
"""Every relative link of README.md, the layers' README.md and docs/**/*.md leads to a file, and its #anchor to a heading.

    check_docs_links.py [ROOT]       prints file:line: what is wrong; exit status 1 when anything is
    check_docs_links.py --self-test
"""

import os
import re
import sys
import tempfile
import urllib.parse

FENCE = re.compile(r"^\s*(```|~~~)")
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
# [text](target "title"), ![text](target), [name]: target, <img src="target">, <a href="target">
LINK = re.compile(
    r"\]\(\s*(?:<([^>]+)>|([^)\s]+))"
    r"|^\s*\[[^\]]+\]:\s*(\S+)"
    r"""|<(?:a|img)\s[^>]*?(?:href|src)=["']([^"']+)["']"""
)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
EXPLICIT_ANCHOR = re.compile(r"""<a\s[^>]*?(?:id|name)=["']([^"']+)["']""")


def prose_lines(path):
    """(number, line) outside of code fences."""
    fence = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            mark = FENCE.match(line)
            if mark and fence in (None, mark.group(1)):
                fence = None if fence else mark.group(1)
            elif not fence:
                yield number, line.rstrip("\n")


def anchor_of(heading):
    """GitHub's rule: link texts only, lower case, punctuation away, spaces to hyphens."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def anchors(path):
    found, counts = set(), {}
    for _, line in prose_lines(path):
        found.update(EXPLICIT_ANCHOR.findall(line))
        heading = HEADING.match(line)
        if heading:
            anchor = anchor_of(heading.group(1))
            count = counts[anchor] = counts.get(anchor, -1) + 1
            found.add(f"{anchor}-{count}" if count else anchor)
    return found


def links(path):
    for number, line in prose_lines(path):
        for match in LINK.finditer(CODE.sub("", line)):
            yield number, next(group for group in match.groups() if group)


def problem(root, page, link):
    """What is wrong with a link of `page`, or None."""
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = urllib.parse.unquote(parts.path)
    start = root if path.startswith("/") else os.path.dirname(page)
    target = os.path.normpath(os.path.join(start, path.lstrip("/"))) if path else page
    if os.path.commonpath([root, target]) != root:
        return f"{link} leads out of the tree"
    if not os.path.exists(target):
        return f"{link} leads nowhere"
    if parts.fragment and target.endswith(".md") and urllib.parse.unquote(parts.fragment) not in anchors(target):
        return f"{link}: no heading of that name"
    return None


def pages(root):
    found = [os.path.join(root, name) for name in os.listdir(root) if name.endswith(".md")]
    for name in os.listdir(root):
        readme = os.path.join(root, name, "README.md")
        if os.path.isfile(readme) and not name.startswith((".", "build")):
            found.append(readme)
    for where, _, names in os.walk(os.path.join(root, "docs")):
        found += [os.path.join(where, name) for name in names if name.endswith(".md")]
    return sorted(set(found))


def check(root):
    root = os.path.realpath(root)
    for page in pages(root):
        for number, link in links(page):
            reason = problem(root, page, link)
            if reason:
                yield f"{os.path.relpath(page, root)}:{number}: {reason}"


def self_test():
    files = {
        "README.md": "# The `cmsim` program: a, b & c\n[a](docs/a.md) [b](#the-cmsim-program-a-b--c) [c](https://x.y/z) ![d](nowhere.svg)\n",
        "docs/a.md": "# A\n## Twice\n## Twice\n[up](../README.md) [second](#twice-1) [third](#twice-2) `[no](link)`\n"
        "```\n[not a link](gone.md)\n```\n[ref]: gone.md\n[out](../../etc/passwd)\n[folder](how-to/) [root](/README.md#no)\n",
        "docs/how-to/b.md": '<a href="../a.md#twice">x</a> <img src="gone.png">\n',
        "sim/README.md": "[gone](gone.md)\n",
    }
    expected = [
        "README.md:2: nowhere.svg leads nowhere",
        "docs/a.md:4: #twice-2: no heading of that name",
        "docs/a.md:8: gone.md leads nowhere",
        "docs/a.md:9: ../../etc/passwd leads out of the tree",
        "docs/a.md:10: /README.md#no: no heading of that name",
        "docs/how-to/b.md:1: gone.png leads nowhere",
        "sim/README.md:1: gone.md leads nowhere",
    ]
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        found = list(check(root))
    if found != expected:
        print("expected:", *expected, "found:", *found, sep="\n")
        return 1
    print(f"self test: all {len(expected)} broken links were found")
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    broken = list(check(arguments[0] if arguments else "."))
    print("\n".join(broken) if broken else "every link leads somewhere")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

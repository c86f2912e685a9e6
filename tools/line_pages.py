"""The labelled pages that the line classifier of `clean` is trained on, and copies of them.

A folder holds pages.jsonl.gz, a page a line: `id`, `site`, `lang`, `gold` (the article), `lines`, `lab` (a label a
line: 1 body, 0 not, -1 not known) and, for their markup, `html` (a path). docs/training.md says where they come from.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
from line_scores import shingles, words

from corptool import rules
from corptool.commands.fix import fix
from corptool.text.changes import apply
from corptool.text.features import looked_at, tokens
from corptool.text.glosses import glosses
from corptool.text.hints import hint_tokens
from corptool.text.lines import ends_sentence, key, split_lines, weight
from corptool.text.markup import parse
from corptool.text.phrases import phrases
from corptool.text.rendering import lines as rendered

ROOT = Path(__file__).parent.parent
RENDERED_COPY = 0.5  # how much the same page counts in lines as `read` makes them
CLEAN_COPY = 0.05  # how much a page counts that has already been cleaned: its body must survive
GOLDEN, GOLDEN_CLEAN_COPY = 3.0, 1.0  # the same for the golden pages of the repository, …
GOLDEN_HTML, GOLDEN_HTML_CLEAN_COPY = 0.5, 0.1  # … and where their markup is said to be plain


def load(folders, *, html):
    """The pages, each text once, with what training needs of each line, and their copies."""
    pages = []
    for folder in map(Path, folders):
        with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
            pages += [json.loads(line) | {"folder": folder} for line in file]
    twice = {page.get("same_as") for page in pages}
    pages = [page for page in pages if page["id"] not in twice and (page["html"] or not html)]
    for page in pages:
        shown = rendering(page) if page["html"] else None
        if html:
            page |= shown
        page |= measured(page | {"hints": page.get("hints", []), "share": 1.0})
        page["copies"] = cleaned(page, CLEAN_COPY)
        if shown and not html:
            page["copies"].append(measured(page | shown | {"hints": [], "share": RENDERED_COPY}))
    return pages


def golden(*, html):
    """Pages of our own making, of which no line may be lost: tests/cases/clean and samples/golden."""
    samples = "*.html.golden" if html else f"*_{'[0-9a-f]' * 16}.txt.golden"
    made = [sample(path) for path in sorted((ROOT / "samples" / "golden").glob(samples))]
    made += [case(path) for path in sorted((ROOT / "tests" / "cases" / "clean").glob("*.txt"))]
    if html:
        made = [{"hints": plain_markup(page["lab"])} | page for page in made]
    share, clean_share = (GOLDEN_HTML, GOLDEN_HTML_CLEAN_COPY) if html else (GOLDEN, GOLDEN_CLEAN_COPY)
    for page in made:
        wide = sum(char > "\u3040" for line in page["lines"] for char in line)
        lang = "zh" if wide > len(page["lines"]) else "en"
        page |= {"hints": page.get("hints", []), "share": share, "sure": True, "lang": lang}
        page |= measured(page | {"site": page["id"]})
        page["copies"] = cleaned(page, clean_share)
    return made


def case(path):
    """A golden case: `+` and `-` before each line (see tests/test_cases_clean.py)."""
    rows = [row.partition(" ") for row in path.read_text("utf-8").splitlines() if row[:1] in "+-=?"]
    filled = [(mark, line.strip()) for mark, _, line in rows if line.strip()]
    labels = {"+": 1, "-": 0}
    return {"id": path.stem, "lines": [line for _, line in filled], "lab": [labels.get(mark, -1) for mark, _ in filled]}


def plain_markup(labels):
    """Hints that say nothing: each line a paragraph, the last of the body a quotation."""
    last = len(labels) - 1 - labels[::-1].index(1)
    return [("blockquote", 0.0, "blockquote") if number == last else ("p", 0.0, "") for number in range(len(labels))]


def sample(path):
    """A sample with what came out of it: its title is not judged."""
    article = json.loads(path.read_text("utf-8"))
    text, known = (ROOT / "samples" / path.stem).read_text("utf-8"), {}
    if path.stem.endswith(".html"):
        shown = rendered(parse(text))
        lines, known = [line.text for line in shown], {"hints": [(line.tag, line.links, line.words) for line in shown]}
    else:
        text = fix({"id": path.stem, "text": text})["text"]
        lines = [line.text for line in split_lines(apply(text, glosses(text, rules.gloss_tables()))) if line.text]
    body = {line.strip() for line in article["text"].split("\n")}
    labels = [-1 if line == article.get("title") else int(line.strip() in body) for line in lines]
    return {"id": path.stem, "lines": lines, "lab": labels} | known


def rendering(page):
    """The lines as `read` makes them of the markup, labelled by likeness to the gold text."""
    with gzip.open(page["folder"] / page["html"], "rt", encoding="utf-8", errors="replace") as file:
        shown = [line for line in rendered(parse(file.read())) if line.text.strip()]
    lines = [line.text.strip() for line in shown]
    return {
        "lines": lines,
        "hints": [(line.tag, line.links, line.words) for line in shown],
        "lab": label(lines, page["gold"], page.get("title") or ""),
    }


def measured(page):
    """The page with what is counted of its lines once and for all."""
    keys = [key(line, rules.fold()) for line in page["lines"]]
    return page | {
        "keys": keys,
        "tokens": [set(tokens(looked_at(one))) for one in keys],
        "phrases": [set(phrases(one)) for one in keys],
        "hint tokens": [set(hint_tokens(tag, words)) for tag, _, words in page["hints"]],
        "weight": np.array([weight(line) for line in page["lines"]]),
        "sentence": [ends_sentence(line) for line in page["lines"]],
    }


def label(lines, gold, title):
    """Body if half of a line's shingles are in the gold; short lines must stand there whole, near long ones."""
    known, whole = set(shingles(gold)), {" ".join(words(line)) for line in gold.split("\n")}
    joined, titled = f" {' '.join(words(gold))} ", " ".join(words(title))
    split = [words(line) for line in lines]
    labels = [0] * len(lines)
    for number, some in enumerate(split):
        if len(some) >= 8:
            own = shingles(lines[number])
            labels[number] = int(sum(n for one, n in own.items() if one in known) >= sum(own.values()) / 2)
    spots = [number for number, one in enumerate(labels) if one]
    for number, some in enumerate(split):
        line = " ".join(some)
        near = not spots or spots[0] - 3 <= number <= spots[-1] + 3
        if 0 < len(some) < 8 and near and (line in whole or (len(some) > 2 and f" {line} " in joined)):
            labels[number] = 1
        if not some or (len(some) > 2 and (line == titled or (len(line) > len(titled) / 2 and line in titled))):
            labels[number] = -1
    return labels


def cleaned(page, share):
    """The page as it is once its boilerplate is gone, or nothing if no line is left."""
    body = [number for number, one in enumerate(page["lab"]) if one == 1]
    return [part(page, body) | {"share": share, "sure": True}] if body else []


def part(page, numbers):
    """The page with these of its lines alone."""
    listed = ("lines", "keys", "lab", "hints", "sentence")
    fewer = {name: [page[name][number] for number in numbers] if len(page[name]) else [] for name in listed}
    return page | fewer | {"weight": page["weight"][numbers]}

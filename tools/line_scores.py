"""How good predictions of lines are: by set and language, with what sites repeat taken out, and on the worst pages.

    python tools/line_scores.py PREDICTIONS.jsonl DIR… [--worst 20]

Predictions are those that `train_lines.py --cross-validate` writes; the folders are the same.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from tabulate import tabulate

from corptool import rules
from corptool.text.lines import is_prose, key
from corptool.text.sites import mark, repeated, template

WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+")


def words(text):
    return TOKEN.findall(text.lower())


def shingles(text):
    some = words(text)
    return Counter(tuple(some[at : at + 4]) for at in range(max(1, len(some) - 3))) if some else Counter()


def score(pages, kept):
    """A table by language, folder and data set: P, R, F1 of shingles with its 95 % interval, line and token F1."""
    groups = defaultdict(lambda: defaultdict(list))
    for page in pages:
        found = measures(page, kept[page["id"]])
        for name in (f"all {page['lang']}", f"{page['folder'].name} {page['lang']}", page["ds"]):
            groups[name][page["site"]].append(found)
    table = []
    for name, sites in sorted(groups.items()):
        rows = np.array([row for some in sites.values() for row in some])
        line, token = (harmonic(*rows[:, at : at + 3].sum(axis=0)) for at in (3, 6))
        table.append([name, len(sites), len(rows), *means(rows), interval(sites), line, token])
    return tabulate(table, ["", "sites", "pages", "P", "R", "F1", "95 %", "line F1", "token F1"], floatfmt=".3f")


def measures(page, kept):
    """What is in both, extra and lost: in 4-gram shingles of the page, in its lines, in their tokens."""
    text = "\n".join(line for line, stays in zip(page["lines"], kept, strict=True) if stays)
    gold, mine = shingles(page["gold"]), shingles(text)
    found = [sum((gold & mine).values()), sum((mine - gold).values()), sum((gold - mine).values())]
    labels, stays = np.array(page["lab"]), np.array(kept, dtype=bool)
    size = np.array([len(words(line)) for line in page["lines"]])
    for weights in (np.ones(len(size)), size):
        for some in ((labels == 1) & stays, (labels == 0) & stays, (labels == 1) & ~stays):
            found.append(weights[some].sum())
    return found


def harmonic(both, extra, lost):
    return 2 * both / max(1, 2 * both + extra + lost)


def means(rows):
    """Precision and recall, each the mean over pages, and F1 of the two."""
    both, extra, lost = np.asarray(rows, dtype=float).T[:3]
    precision, recall = (np.mean(both[total > 0] / total[total > 0]) for total in (both + extra, both + lost))
    return precision, recall, 2 * precision * recall / (precision + recall)


def interval(sites, draws=1000):
    """The 95 % interval of F1 when sites are drawn again with replacement."""
    draw, groups = random.Random(1), list(sites.values())  # noqa: S311 - the same draws each time
    again = ([row for some in draw.choices(groups, k=len(groups)) for row in some] for _ in range(draws))
    found = sorted(means(rows)[2] for rows in again)
    return f"{found[draws // 40]:.3f}-{found[-draws // 40]:.3f}"


def without_repeated(pages, kept):
    """The same predictions without what repeats over the pages of a site, as `clean --by site` has them."""
    sites, marks, left = defaultdict(list), {}, {}
    for page in pages:
        marks[page["id"]] = [mark(template(key(line, rules.fold()))) for line in page["lines"]]
        prose = map(is_prose, page["lines"])
        sites[page["site"]].append(zip(marks[page["id"]], prose, strict=True))
    decided = {site: repeated(some) for site, some in sites.items()}
    for page in pages:
        is_sites = [one in decided[page["site"]] for one in marks[page["id"]]]
        left[page["id"]] = (np.array(kept[page["id"]]) & ~np.array(is_sites)).tolist()
    return left


def by_site(pages, kept):
    """A table by how many pages a site has: alone, and without what repeats."""
    often, less, table = Counter(page["site"] for page in pages), without_repeated(pages, kept), []
    for fewest in (2, 3, 4):
        some = [page for page in pages if often[page["site"]] >= fewest]
        found = [means([measures(page, lines[page["id"]]) for page in some]) for lines in (kept, less)]
        table.append([f"{fewest} or more", len({page["site"] for page in some}), len(some), *found[0], *found[1]])
    names = ["pages a site", "sites", "pages", "P alone", "R", "F1", "P by site", "R", "F1"]
    return tabulate(table, names, floatfmt=".3f")


def worst(pages, kept, count):
    """The pages with the lowest F1: how much is lost of the body, what is kept above, inside and below it."""
    table = []
    for page in pages:
        both, extra, lost = measures(page, kept[page["id"]])[:3]
        labels, stays = np.array(page["lab"]), np.array(kept[page["id"]], dtype=bool)
        body = np.flatnonzero(labels == 1)
        at, first, last = np.arange(len(labels)), *(body[[0, -1]] if len(body) else (0, 0))
        junk = [
            int((stays & (labels == 0) & zone).sum()) for zone in (at < first, (at > first) & (at < last), at > last)
        ]
        missed = int((~stays & (labels == 1)).sum())
        table.append([page["id"], page["lang"], harmonic(both, extra, lost), len(labels), len(body), missed, *junk])
    names = ["page", "", "F1", "lines", "body", "lost", "kept above", "inside", "below"]
    return tabulate(sorted(table, key=lambda row: row[2])[:count], names, floatfmt=".2f")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("predictions")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--worst", type=int, default=20)
    options = parser.parse_args()
    with Path(options.predictions).open(encoding="utf-8") as file:
        kept = {row["id"]: row["keep"] for row in map(json.loads, file)}
    pages = []
    for folder in options.folders:
        with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
            pages += [page | {"folder": folder} for page in map(json.loads, file) if page["id"] in kept]
    print(score(pages, kept), by_site(pages, kept), sep="\n\n")  # noqa: T201
    for lang in ("en", "zh"):
        print("\n" + worst([page for page in pages if page["lang"] == lang], kept, options.worst))  # noqa: T201


if __name__ == "__main__":
    main()

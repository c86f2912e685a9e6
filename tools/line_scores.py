"""How good predictions of lines are: the measures of the article-extraction benchmark, and of lines and tokens."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict

import numpy as np
from tabulate import tabulate

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

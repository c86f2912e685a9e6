#!/usr/bin/env python3
"""Which line above a body is its title: the weights of `text/titles.py`, by a logistic regression over such lines.

    .train/bin/python tools/train_titles.py dev dev-zh

The folders are those of docs/training.md, of which the pages with a title count; each is also shown without what stands
more than a line above its title, for many texts come without their menus. The golden pages of the repository are
trained on, but not counted. Printed are how many titles are found when the site was not seen (five folds), at several
shares, and WEIGHTS and NONE as they stand in the module.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from corptool import Pipeline
from corptool.text import boilerplate, titles

ROOT = Path(__file__).parents[1]
GOLDEN, SEEDS = ROOT / "tests/cases/clean", ROOT / "tests/cases/seeds.jsonl"
FOLDS = 5
OURS, SHORT = -1, FOLDS
"""Folds: of golden pages, and, added to a fold, of what is shown without its menus."""
LESS, MORE = 0.3, 2.0  # what a page without its menus counts, and a golden one
PENALTY = 12.0  # on the squares of the weights of properties that vary by one


class Choice(NamedTuple):
    """The lines of a page that may be its title."""

    fold: int
    rows: Any
    """A row for each line, a column for each property."""
    right: list[int]
    """Those that are."""
    weight: float


def pages(folders: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Fold, title and lines; the fold of golden pages is OURS."""
    for folder in folders:
        with gzip.open(Path(folder, "pages.jsonl.gz"), "rt", encoding="utf-8") as file:
            for page in filter(lambda page: page.get("title"), map(json.loads, file)):
                fold = int(md5(page["site"].encode()).hexdigest(), 16) % FOLDS  # noqa: S324 - no secret
                yield fold, " ".join(page["title"].split()), page["lines"]
    for path in sorted(GOLDEN.glob("*.txt")):
        rows = [row.partition(" ")[::2] for row in path.read_text("utf-8").splitlines() if row[:1] not in ("@", "#")]
        yield OURS, next((line for mark, line in rows if mark == "="), ""), [line for _, line in rows]
    for seed in map(json.loads, SEEDS.read_text("utf-8").splitlines()):
        yield OURS, seed["title"] or "", (ROOT / "samples" / seed["file"]).read_text("utf-8").split("\n")


def choices(folders: list[str]) -> Iterator[Choice]:
    """What `choose_title` is given for each page."""
    seen: list[Any] = []

    def noting(*given: Any) -> int | None:
        seen[:] = given
        return choose(*given)

    choose, boilerplate.choose_title = boilerplate.choose_title, noting
    clean = Pipeline("clean")
    for fold, title, lines in pages(folders):
        seen.clear()
        list(clean([{"text": "\n".join(lines)}]))
        if seen:
            page, left, *rest = seen
            yield from _choice(fold, title, MORE if fold == OURS else 1.0, page, left, *rest)
            at = [place for place, number in enumerate(left) if page.lines[number].text == title]
            if fold != OURS and at and at[-1] > 1:
                yield from _choice(SHORT + fold, title, LESS, page, left[at[-1] - 1 :], *rest)


def _choice(fold: int, title: str, weight: float, *given: Any) -> Iterator[Choice]:
    numbers, rows = titles.candidates(*given)
    if numbers:
        right = [at for at, number in enumerate(numbers) if given[0].lines[number].text == title]
        yield Choice(fold, np.array([[*row.values()] for row in rows], float), right, weight)


def shares(weights: Any, rows: Any) -> Any:
    """The share of each line, and of none of them."""
    scores = np.append(rows @ weights[:-1], weights[-1])
    odds = np.exp(scores - scores.max())
    return odds / odds.sum()


def fitted(some: list[Choice]) -> Any:
    """The weights that make what is right likeliest, and that of none."""
    spread = np.concatenate([one.rows for one in some]).std(0) + 1e-9

    def loss(weights: Any) -> tuple[float, Any]:
        lost = 0.5 * PENALTY * float(((weights[:-1] * spread) ** 2).sum())
        slope = np.append(PENALTY * weights[:-1] * spread**2, 0.0)
        for _, rows, right, weight in some:
            share = shares(weights, rows)
            wanted = np.zeros(len(share))
            wanted[right or [-1]] = share[right or [-1]]
            lost -= weight * float(np.log(wanted.sum() + 1e-12))
            off = weight * (share - wanted / wanted.sum())
            slope += np.append(off[:-1] @ rows, off[-1])
        return lost, slope

    return minimize(loss, np.zeros(len(spread) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    every = list(choices(parser.parse_args().folders))
    judged = []
    for fold in range(FOLDS):
        weights = fitted([one for one in every if one.fold not in (fold, SHORT + fold)])
        for one in every:
            if one.fold == fold:
                share = shares(weights, one.rows)[:-1]
                judged.append((share.max(), int(share.argmax()) in one.right))
    for least in (0.0, 0.1, 0.2, titles.LEAST, 0.3, 0.4):
        made = [good for share, good in judged if share >= least]
        print(f"{least:.2f}: {sum(made)} right, {len(made) - sum(made)} wrong, {len(judged) - len(made)} none")  # noqa: T201
    weights = fitted(every)
    for name, value in zip(titles.WEIGHTS, weights, strict=False):
        print(f'    "{name}": {value:.3f},')  # noqa: T201
    print(f"NONE = {weights[-1]:.3f}")  # noqa: T201


if __name__ == "__main__":
    main()

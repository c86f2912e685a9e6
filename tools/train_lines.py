"""Train the line classifier of `clean` from folders of labelled pages, and cross-validate it by site.

    python -m venv .train && .train/bin/pip install -e . lightgbm scikit-learn
    OMP_NUM_THREADS=1 .train/bin/python tools/train_lines.py DIR… --cross-validate [--html]
    OMP_NUM_THREADS=1 .train/bin/python tools/train_lines.py DIR… --write FILE.json [--html]

The folders are those that line_pages.py reads. Cross-validation writes predictions for score.py to predictions.jsonl,
and prints its measure.
"""

from __future__ import annotations

import argparse
import json
import random
from functools import cache
from pathlib import Path

import numpy as np
from lightgbm import LGBMClassifier
from line_pages import golden, load, part
from line_scores import score
from line_words import learn_phrases, learn_words, line_weights

from corptool.text.classifier import CERTAINLY_NOT, columns_of, margins, model
from corptool.text.features import Seen

FOLDS = 4
WORDS, HTML_WORDS, PHRASES, HINTS = 1200, 900, 1000, 450
TREES = {
    "n_estimators": 110, "num_leaves": 15, "learning_rate": 0.12, "min_child_samples": 60, "reg_lambda": 3.0,
    "max_bin": 63, "colsample_bytree": 0.5, "subsample": 0.8, "subsample_freq": 1, "random_state": 0,
    "verbose": -1, "n_jobs": 1,
}  # fmt: skip
SURE = 2.0  # log-odds: a label that trees which have not seen the site contradict with as much is not believed


def learn(pages, *, html):
    """The learned parts for these pages."""
    return {
        "words": learn_words(pages, "tokens", HTML_WORDS if html else WORDS, 0.03),
        "phrases": {} if html else learn_phrases(pages, PHRASES),
        "hints": learn_words(pages, "hint tokens", HINTS, 0.01) if html else {},
    }


def words_of(known):
    """The classifier without its trees, which are yet to grow."""
    return model(known | {"trees": []})


def rows(page, known):
    """The features of each line."""
    return columns_of([seen(page)], known).T


def seen(page):
    """The page as the classifier sees it."""
    return Seen(page["lines"], page["keys"], page["hints"])


def grow(pages, known_of, fold):
    """The trees, fitted on the pages, on their copies, and on what both look like at a second look."""
    shown = [(one, known_of(page), fold[page["id"]]) for page in pages for one in (page, *page["copies"])]
    table, labels, weights = stacked((page, known) for page, known, _ in shown)
    sizes = [len(page["lines"]) for page, _, _ in shown]
    numbers = np.repeat([number for _, _, number in shown], sizes)
    odds = np.zeros(len(labels))
    for number in set(numbers):
        others, own = (labels >= 0) & (numbers != number), numbers == number
        odds[own] = boosted(table[others], labels[others], weights[others]).predict(table[own], raw_score=True)
    doubted = np.repeat(["sure" not in page for page, _, _ in shown], sizes)
    labels[doubted & (labels >= 0) & (odds * (1 - 2 * labels) > SURE)] = -1
    left, ends = [], np.cumsum(sizes)
    for (page, known, _), end, size in zip(shown, ends, sizes, strict=True):
        stays = odds[end - size : end] > CERTAINLY_NOT
        if 0 < stays.sum() < size:
            left.append((part(page | {"lab": labels[end - size : end]}, stays.nonzero()[0]), known))
    both = zip((table, labels, weights), stacked(left), strict=True)
    table, labels, weights = (np.concatenate(one) for one in both)
    known = labels >= 0
    trees = boosted(table[known], labels[known], weights[known]).dump_model()["tree_info"]
    return [as_node(tree["tree_structure"]) for tree in trees]


def stacked(shown):
    """Features, labels and weights of all lines of these pages, each with what is learned for it."""
    shown = list(shown)
    table = np.vstack([rows(page, known) for page, known in shown])
    labels = np.concatenate([page["lab"] for page, _ in shown])
    return table, labels, np.concatenate([line_weights(page) for page, _ in shown])


def boosted(table, labels, weights):
    model = LGBMClassifier(**TREES)
    return model.fit(table, labels, sample_weight=weights / weights.mean()).booster_


def as_node(node):
    if "leaf_value" in node:
        return round(node["leaf_value"] * 1000)
    limit = float(f"{node['threshold']:.4g}")
    return [node["split_feature"], limit, as_node(node["left_child"]), as_node(node["right_child"])]


def folds(pages):
    """Sites to folds: no site is in two."""
    sites = sorted({page["site"] for page in pages})
    random.Random(5).shuffle(sites)  # noqa: S311 - the same folds each time
    of = {site: number % FOLDS for number, site in enumerate(sites)}
    return {page["id"]: of[page["site"]] for page in pages}


def cross_validated(pages, made, *, html):
    """The model for each fold, which has seen no page of its sites."""
    fold = folds(pages)
    every = fold | spread(made)

    @cache
    def known_without(out):
        return learn([page for page in pages if fold[page["id"]] not in out], html=html)

    for test in range(FOLDS):
        # What is learned of words must not have seen the page it is used on, or the trees trust it too much.
        known = {other: words_of(known_without(frozenset((test, other)))) for other in range(FOLDS)}
        trees = grow(
            [page for page in (*pages, *made) if every[page["id"]] != test],
            lambda page, known=known: known[every[page["id"]]],
            every,
        )
        yield (
            model(known_without(frozenset((test,))) | {"trees": trees}),
            [page for page in pages if fold[page["id"]] == test],
        )


def spread(made):
    """The golden pages over the folds."""
    return {page["id"]: number % FOLDS for number, page in enumerate(made)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--html", action="store_true", help="read the markup and use its hints")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--write", metavar="FILE")
    options = parser.parse_args()
    pages, made = load(options.folders, html=options.html), golden(html=options.html)
    if options.cross_validate:
        kept = {}
        with Path("predictions.jsonl").open("w", encoding="utf-8") as file:
            for model, test in cross_validated(pages, made, html=options.html):
                judged = margins(map(seen, test), lambda *, html, model=model: model)  # noqa: ARG005 - it is of one sort
                for page, (found, _) in zip(test, judged, strict=True):
                    kept[page["id"]] = [int(margin > 0) for margin in found]
                    file.write(json.dumps({"id": page["id"], "keep": kept[page["id"]]}) + "\n")
        print(score(pages, kept))  # noqa: T201
    if options.write:
        text = json.dumps(final(pages, made, html=options.html), ensure_ascii=False, separators=(",", ":"))
        path = Path(options.write)
        path.write_text(text.replace(',"hints"', ',\n"hints"').replace(',"trees"', ',\n"trees"') + "\n", "utf-8")
        print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201


def final(pages, made, *, html):
    """The weights that ship: fitted on all pages; the trees again see words as learned from other sites."""
    fold = folds(pages)
    every = fold | spread(made)
    parts = {
        number: words_of(learn([page for page in pages if fold[page["id"]] != number], html=html))
        for number in range(FOLDS)
    }
    trees = grow([*pages, *made], lambda page: parts[every[page["id"]]], every)
    return learn(pages, html=html) | {"trees": trees}


if __name__ == "__main__":
    main()

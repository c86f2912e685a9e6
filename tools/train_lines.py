"""Train the line classifier of `clean` from folders of labelled pages, and cross-validate it by site.

    python -m venv .train && .train/bin/pip install -e . lightgbm scikit-learn
    OMP_NUM_THREADS=1 .train/bin/python tools/train_lines.py DIR… --cross-validate [--html]
    OMP_NUM_THREADS=1 .train/bin/python tools/train_lines.py DIR… --write FILE.json [--html]

A folder holds pages.jsonl.gz, a page a line: `id`, `site`, `lang`, `gold` (the article), `lines`, `lab` (a label a
line: 1 body, 0 not, -1 not known) and, for --html, `html` (a path). See docs/training.md for where the pages come
from. Cross-validation writes predictions for score.py to predictions.jsonl, and prints its measure.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
from lightgbm import LGBMClassifier
from line_scores import score, shingles, words
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from corptool import rules
from corptool.text.classifier import Model, margins
from corptool.text.features import LONGEST, Seen, features, lexicon, read, tokens
from corptool.text.hints import hint_features, hint_tokens
from corptool.text.lines import ends_sentence, key, weight
from corptool.text.markup import parse
from corptool.text.neighbours import block_of
from corptool.text.rendering import lines as rendered
from corptool.text.trees import plant

FOLDS = 4
WORDS, HTML_WORDS, HINTS = 1200, 900, 450
TREES = {
    "n_estimators": 110, "num_leaves": 15, "learning_rate": 0.12, "min_child_samples": 60, "reg_lambda": 3.0,
    "max_bin": 63, "colsample_bytree": 0.5, "subsample": 0.8, "subsample_freq": 1, "random_state": 0,
    "verbose": -1, "n_jobs": 1,
}  # fmt: skip
CLEAN_COPY = 0.05  # how much a page counts that has already been cleaned: its body must survive


def load(folders, *, html):
    """The pages, each text once, with what training needs of each line."""
    pages = []
    for folder in map(Path, folders):
        with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
            pages += [json.loads(line) | {"folder": folder} for line in file]
    twice = {page.get("same_as") for page in pages}
    pages = [page for page in pages if page["id"] not in twice and (page["html"] or not html)]
    for page in pages:
        if html:
            page |= rendering(page)
        page |= measured(page | {"hints": page.get("hints", []), "share": 1.0})
        page["copies"] = []
        if copy := cleaned(page):
            page["copies"].append(copy)
    return pages


def rendering(page):
    """The lines as `read` makes them of the markup, labelled by likeness to the gold text."""
    with gzip.open(page["folder"] / page["html"], "rt", encoding="utf-8", errors="replace") as file:
        shown = rendered(parse(file.read()))
    lines = [line.text for line in shown]
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
        "tokens": [set(tokens(one[:LONGEST])) for one in keys],
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


def line_weights(page):
    """Long lines count more, Chinese pages four times (there are fewer), lines of long pages less."""
    scale = page["share"] * (4.0 if page["lang"] == "zh" else 1.0) * 200 / (50 + len(page["lines"]))
    return scale * (0.5 + np.minimum(6, np.log1p(page["weight"])))


def learn_words(pages, field, count, strength):
    """For each telling token its weight for the body, and outside the body for standing after it."""
    sites = defaultdict(set)
    for page in pages:
        for token in set().union(*page[field]):
            sites[token].add(page["site"])
    least = 6 if field == "hint tokens" else 10
    vocabulary = [token for token, known in sorted(sites.items()) if len(known) >= (40 if is_han(token) else least)]
    vocabulary = [token for token in vocabulary if not (token.isdecimal() and len(token) > 1)]
    row = {token: number for number, token in enumerate(vocabulary)}
    found = [[row[token] for token in sorted(some) if token in row] for page in pages for some in page[field]]
    ends = np.cumsum([0] + [len(some) for some in found])
    flat = np.concatenate([np.array(some, dtype=int) for some in found])
    bags = sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(found), len(vocabulary)))
    lengths = [
        min(7, int(math.log1p(size) * 1.6)) * 2 + ended
        for page in pages
        for size, ended in zip(page["weight"], page["sentence"], strict=True)
    ]
    sizes = sparse.csr_matrix((np.ones(len(lengths)), (np.arange(len(lengths)), lengths)), shape=(len(lengths), 16))
    zones, weights = np.concatenate([zone(page) for page in pages]), np.concatenate(list(map(line_weights, pages)))

    def fit(columns):
        both = []
        for scored, wanted in ((zones >= 0, 1), ((zones == 0) | (zones == 2), 2)):
            model = LogisticRegression(C=strength, max_iter=60)
            model.fit(columns[scored], zones[scored] == wanted, weights[scored] / weights[scored].mean())
            both.append(model.coef_[0])
        return np.array(both)

    full = fit(sparse.hstack([bags, sizes]).tocsr())[:, : len(vocabulary)]
    best = np.argsort(-np.abs(full).max(axis=0) * np.sqrt(np.asarray(bags.sum(axis=0))[0]), kind="stable")[:count]
    final = fit(sparse.hstack([bags[:, best], sizes]).tocsr())
    return {vocabulary[at]: [round(float(one), 2) for one in final[:, n]] for n, at in enumerate(best)}


def is_han(text):
    return len(text) == 1 and text > "\u3040"


def zone(page):
    """0 above the body, 1 body, 2 below it, 3 between its lines, -1 not known."""
    labels = np.array(page["lab"])
    body = np.flatnonzero(labels == 1)
    if not len(body):
        return np.where(labels < 0, -1, 0)
    at = np.arange(len(labels))
    return np.select([labels < 0, labels == 1, at < body[0], at > body[-1]], [-1, 1, 0, 2], 3)


def learn(pages, *, html):
    """The learned parts for these pages."""
    known = {"words": learn_words(pages, "tokens", HTML_WORDS if html else WORDS, 0.03), "hints": {}}
    if html:
        known["hints"] = learn_words(pages, "hint tokens", HINTS, 0.01)
    return known


def rows(page, known):
    found = features(read([seen(page)], lexicon(known["words"]))).T
    if page["hints"]:
        alone = block_of([len(page["hints"])])
        found = np.column_stack([found, *hint_features([page["hints"]], np.expm1(found[:, 0]), known["hints"], alone)])
    return found


def seen(page):
    """The page as the classifier sees it."""
    return Seen(page["lines"], page["keys"], page["hints"])


def cleaned(page):
    """The page as it is once its boilerplate is gone, or None if nothing is left."""
    body = [number for number, one in enumerate(page["lab"]) if one == 1]
    if not body:
        return None
    listed = ("lines", "keys", "lab", "hints", "sentence")
    copy = {name: [page[name][n] for n in body] if page[name] else [] for name in listed}
    return page | copy | {"weight": page["weight"][body], "share": CLEAN_COPY}


def grow(pages, known_of):
    """The trees, fitted on the pages and on their cleaned copies."""
    pages = [one for page in pages for one in (page, *page["copies"])]
    table = np.vstack([rows(page, known_of(page)) for page in pages])
    labels = np.concatenate([page["lab"] for page in pages])
    weights = np.concatenate([line_weights(page) for page in pages])
    scored = labels >= 0
    model = LGBMClassifier(**TREES)
    model.fit(table[scored], labels[scored], sample_weight=weights[scored] / weights[scored].mean())
    return [as_node(tree["tree_structure"]) for tree in model.booster_.dump_model()["tree_info"]]


def as_node(node):
    if "leaf_value" in node:
        return round(node["leaf_value"], 3)
    limit = float(f"{node['threshold']:.4g}")
    return [node["split_feature"], limit, as_node(node["left_child"]), as_node(node["right_child"])]


def folds(pages):
    """Sites to folds: no site is in two."""
    sites = sorted({page["site"] for page in pages})
    random.Random(5).shuffle(sites)  # noqa: S311 - the same folds each time
    of = {site: number % FOLDS for number, site in enumerate(sites)}
    return {page["id"]: of[page["site"]] for page in pages}


def cross_validated(pages, *, html):
    """The model for each fold, which has seen no page of its sites."""
    fold = folds(pages)

    def known_without(*out):
        return learn([page for page in pages if fold[page["id"]] not in out], html=html)

    for test in range(FOLDS):
        # What is learned of words must not have seen the page it is used on, or the trees trust it too much.
        known = {other: known_without(test, other) for other in range(FOLDS)}
        trees = grow(
            [page for page in pages if fold[page["id"]] != test], lambda page, known=known: known[fold[page["id"]]]
        )
        mine = known[test]
        yield (
            Model(lexicon(mine["words"]), mine["hints"], plant(trees)),
            [page for page in pages if fold[page["id"]] == test],
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--html", action="store_true", help="read the markup and use its hints")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--write", metavar="FILE")
    options = parser.parse_args()
    pages = load(options.folders, html=options.html)
    if options.cross_validate:
        kept = {}
        with Path("predictions.jsonl").open("w", encoding="utf-8") as file:
            for model, test in cross_validated(pages, html=options.html):
                judged = margins(map(seen, test), lambda *, html, model=model: model)  # noqa: ARG005 - it is of one sort
                for page, (found, _) in zip(test, judged, strict=True):
                    kept[page["id"]] = [int(margin > 0) for margin in found]
                    file.write(json.dumps({"id": page["id"], "keep": kept[page["id"]]}) + "\n")
        print(score(pages, kept))  # noqa: T201
    if options.write:
        text = json.dumps(final(pages, html=options.html), ensure_ascii=False, separators=(",", ":"))
        path = Path(options.write)
        path.write_text(text.replace(',"hints"', ',\n"hints"').replace(',"trees"', ',\n"trees"') + "\n", "utf-8")
        print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201


def final(pages, *, html):
    """The weights that ship: fitted on all pages; the trees again see words as learned from other sites."""
    fold = folds(pages)
    parts = {
        number: learn([page for page in pages if fold[page["id"]] != number], html=html) for number in range(FOLDS)
    }
    return learn(pages, html=html) | {"trees": grow(pages, lambda page: parts[fold[page["id"]]])}


if __name__ == "__main__":
    main()

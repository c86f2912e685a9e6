"""What the line classifier learns of words and phrases: logistic regression over the lines of labelled pages."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression


def line_weights(page):
    """Long lines count more, Chinese pages four times (there are fewer), lines of long pages less."""
    scale = page["share"] * (4.0 if page["lang"] == "zh" else 1.0) * 200 / (50 + len(page["lines"]))
    return scale * (0.5 + np.minimum(6, np.log1p(page["weight"])))


def learn_words(pages, field, count, strength):
    """For each telling token its weight for the body, and outside the body for standing after it, in hundredths."""
    sites = defaultdict(set)
    for page in pages:
        for token in set().union(*page[field]):
            sites[token].add(page["site"])
    least = 6 if field == "hint tokens" else 10
    vocabulary = [token for token, known in sorted(sites.items()) if len(known) >= (40 if is_han(token) else least)]
    vocabulary = [token for token in vocabulary if not (token.isdecimal() and len(token) > 1)]
    bags, sizes = bags_of(pages, field, vocabulary), sizes_of(pages)
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
    return {vocabulary[at]: [round(float(one) * 100) for one in final[:, n]] for n, at in enumerate(best)}


def learn_phrases(pages, count, strength=0.05, least=8):
    """For each telling phrase its weight for the body, in hundredths."""
    sites = defaultdict(set)
    for page in pages:
        for phrase in set().union(*page["phrases"]):
            sites[phrase].add(page["site"])
    vocabulary = [phrase for phrase, known in sorted(sites.items()) if len(known) >= least]
    labels, weights = np.concatenate([page["lab"] for page in pages]), np.concatenate(list(map(line_weights, pages)))
    known = labels >= 0
    bags, sizes = bags_of(pages, "phrases", vocabulary)[known], sizes_of(pages)[known]

    def fit(columns):
        model = LogisticRegression(C=strength, max_iter=60)
        return model.fit(columns, labels[known], weights[known] / weights[known].mean()).coef_[0]

    full = fit(sparse.hstack([bags, sizes]).tocsr())[: len(vocabulary)]
    best = np.argsort(-np.abs(full) * np.sqrt(np.asarray(bags.sum(axis=0))[0]), kind="stable")[:count]
    final = fit(sparse.hstack([bags[:, best], sizes]).tocsr())
    return {vocabulary[at]: round(float(final[n]) * 100) for n, at in enumerate(best)}


def bags_of(pages, field, vocabulary):
    """A row for each line, with which of the vocabulary stand in it."""
    row = {token: number for number, token in enumerate(vocabulary)}
    found = [[row[token] for token in sorted(some) if token in row] for page in pages for some in page[field]]
    ends = np.cumsum([0] + [len(some) for some in found])
    flat = np.concatenate([np.array(some, dtype=int) for some in found])
    return sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(found), len(vocabulary)))


def sizes_of(pages):
    """A row for each line, with how long it is and whether it ends as a sentence: that is no word's merit."""
    lengths = [
        min(7, int(math.log1p(size) * 1.6)) * 2 + ended
        for page in pages
        for size, ended in zip(page["weight"], page["sentence"], strict=True)
    ]
    return sparse.csr_matrix((np.ones(len(lengths)), (np.arange(len(lengths)), lengths)), shape=(len(lengths), 16))


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

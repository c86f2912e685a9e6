"""Which pairs of texts are worth comparing: those that agree in two neighbouring bins of their signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corptool.text.resemblance import Sketches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 64
BLOCK = 16384
"""Texts whose signatures are made at a time."""
NEIGHBOURS, FEW_NEIGHBOURS = 8, 2
"""With how many of the next texts of a bucket each text is paired: a giant bucket costs no square."""
TELLING = 32
"""Two bins that agree make a pair only where their shingles weigh at least this; of others it takes four."""
EMPTY = 0xFFFFFFFF


def signatures(sketches: Sketches, weight: NDArray[np.uint8]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """For each text and bin the hash that was drawn (or EMPTY), and its weight (or 0).

    Of a text's shingles that some other text has too, one a bin is drawn, the heavier the likelier, and the same in
    every text that holds it: weighted one-permutation MinHash.
    """
    import numpy as np

    edges, texts = sketches.edges, sketches.edges.size - 1
    drawn = np.empty((texts, BINS), np.uint32)
    heavy = np.zeros((texts, BINS), np.uint8)
    for start in range(0, texts, BLOCK):
        stop = min(start + BLOCK, texts)
        within = slice(edges[start], edges[stop])
        at = np.flatnonzero(sketches.frequency[within] > 1)
        text = np.repeat(np.arange(stop - start), np.diff(np.searchsorted(at, edges[start : stop + 1] - edges[start])))
        hashes = sketches.hashes[within][at]
        weights = weight[sketches.frequency[within][at]]
        mixed = hashes * np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x85EBCA77)
        # -log(1 - u), nearly: low hashes, which every text keeps, come first, and the same on every machine
        unit = (hashes >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
        rank = ((unit + unit * unit / 2) / weights).view(np.uint32).astype(np.uint64)
        keys = np.full((stop - start) * BINS, np.uint64(0xFFFFFFFFFFFFFFFF))
        bins = text * BINS + (mixed & np.uint32(BINS - 1))
        np.minimum.at(keys, bins, rank << np.uint64(32) | hashes)
        drawn[start:stop] = keys.astype(np.uint32).reshape(-1, BINS)
        chosen = keys.astype(np.uint32)[bins] == hashes
        heavy[start:stop].reshape(-1)[bins[chosen]] = weights[chosen]
    return drawn, heavy


def candidates(drawn: NDArray[np.uint32], heavy: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Pairs of texts as left << 32 | right with left < right, sorted.

    Forms and pages full of boilerplate agree in many shingles that tell little. Of these four must agree, and a text
    is paired with few neighbours: enough for the copies of an article that is found all over.
    """
    import numpy as np

    filled = drawn != EMPTY
    few = filled.sum(1) <= BINS // 2
    found = []
    for column in range(BINS):
        after = (column + 1) % BINS
        telling = np.minimum(heavy[:, column], heavy[:, after]) >= TELLING
        texts = np.flatnonzero(filled[:, column] & filled[:, after] & telling)
        key = drawn[texts, column].astype(np.uint64) << np.uint64(32) | drawn[texts, after]
        found.append(_bucket_pairs(key, texts, NEIGHBOURS))
        lone = np.flatnonzero(few & (heavy[:, column] >= TELLING))
        found.append(_bucket_pairs(drawn[lone, column].astype(np.uint64), lone, NEIGHBOURS))
        if column % 4 == 3:
            four = slice(column - 3, column + 1)
            texts = np.flatnonzero(filled[:, four].all(1) & (heavy[:, four] < TELLING).any(1))
            key = np.zeros(texts.size, np.uint64)
            for each in range(column - 3, column + 1):
                key = (key ^ drawn[texts, each]) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(29)
            found.append(_bucket_pairs(key, texts, FEW_NEIGHBOURS))
            found = [_distinct(np.concatenate(found))]
    return found[0]


def agreement(drawn: NDArray[np.uint32], pairs: NDArray[np.uint64], block: int = 1 << 16) -> NDArray[np.float32]:
    """In what share of the bins that either text of a pair has filled the two agree."""
    import numpy as np

    result = np.empty(pairs.size, np.float32)
    for start in range(0, pairs.size, block):
        some = pairs[start : start + block]
        left, right = drawn[(some >> np.uint64(32)).astype(np.int64)], drawn[(some & np.uint64(EMPTY)).astype(np.int64)]
        filled = (left != EMPTY) | (right != EMPTY)
        result[start : start + block] = ((left == right) & filled).sum(1) / np.maximum(1, filled.sum(1))
    return result


def _bucket_pairs(key: NDArray[np.uint64], text: NDArray[np.int64], neighbours: int) -> NDArray[np.uint64]:
    """Pairs of texts with the same key; the texts ascend."""
    import numpy as np

    order = np.argsort(key, kind="stable")
    key, text = key[order], text[order].astype(np.uint64)
    found = []
    at = np.arange(key.size - 1)
    for step in range(1, neighbours + 1):
        at = at[at + step < key.size]
        at = at[key[at + step] == key[at]]  # who has no neighbour at this distance has none farther off
        if not at.size:
            break
        found.append(text[at] << np.uint64(32) | text[at + step])
    return np.concatenate(found) if found else np.empty(0, np.uint64)


def _distinct(pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    pairs.sort()
    distinct: NDArray[np.uint64] = pairs[np.diff(pairs, prepend=~pairs[:1]) != 0]
    return distinct

"""Which of many texts are copies of each other, told from their sketches.

Shingles that occur all over the corpus (banners, notices, the frames of bulletins) must not join two texts, and no
number set by hand can say how many is "all over". So each shingle weighs what it tells: a shingle of few texts
counts in full, one of many texts hardly at all, and what is few grows slowly with the corpus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from corptool.text.shingles import SAMPLED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 64
"""Of the signature: candidates share two neighbouring bins of these."""
NEIGHBOURS = 16
"""How many of the next texts each text of a bucket is paired with."""
HEAVIEST = 255
"""Weights are whole numbers up to this, so that sums do not depend on their order."""
RESEMBLANCE, CONTAINMENT, LENGTH_RATIO = 0.4, 0.85, 0.6
"""A copy resembles at least so much, or is contained so far in a text that is not much longer."""
FEW_NUMBERS, SHARED_NUMBERS = 4, 0.5
"""Two texts with at least so many numbers each are no copies where less than this share agrees."""


class Sketches(NamedTuple):
    """The sketches of a corpus: text i has `hashes[edges[i]:edges[i + 1]]`, sorted."""

    hashes: NDArray[np.uint32]
    edges: NDArray[np.int64]
    short: NDArray[np.bool_]
    """Which texts kept all their shingles."""
    numbers: list[frozenset[int]]


class Pairs(NamedTuple):
    """Pairs of texts and how much they share, as columns."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    resemblance: NDArray[np.float64]
    containment: NDArray[np.float64]
    length_ratio: NDArray[np.float64]


def near(sketch: Sketches) -> NDArray[np.int64]:
    """For each text the first text of its group of edited copies (itself, where it is alone or the first)."""
    import numpy as np

    texts = sketch.edges.size - 1
    frequency = frequencies(sketch.hashes)
    weight = weights(frequency, texts)
    pairs = compare(sketch, weight, candidates(sketch, frequency, weight))
    close = (pairs.containment >= CONTAINMENT) & (pairs.length_ratio >= LENGTH_RATIO)
    alike = np.flatnonzero(close | (pairs.resemblance >= RESEMBLANCE))
    left, right = pairs.left[alike], pairs.right[alike]
    agree = [_numbers_agree(sketch.numbers[a], sketch.numbers[b]) for a, b in zip(left, right, strict=True)]
    copies = np.array(agree, bool)
    return components(texts, left[copies], right[copies])


def _numbers_agree(left: frozenset[int], right: frozenset[int]) -> bool:
    fewer = min(len(left), len(right))
    return fewer < FEW_NUMBERS or len(left & right) >= SHARED_NUMBERS * fewer


def frequencies(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """In how many texts each hash occurs, for each place it stands (a text holds a hash once)."""
    import numpy as np

    keys = np.sort(hashes.astype(np.uint64) << np.uint64(32) | np.arange(hashes.size, dtype=np.uint64))
    starts = np.flatnonzero(np.diff(keys >> np.uint64(32), prepend=np.uint64(1 << 63)))
    counts = np.diff(starts, append=keys.size).astype(np.uint32)
    result = np.empty(hashes.size, np.uint32)
    result[(keys & np.uint64(0xFFFFFFFF)).astype(np.int64)] = np.repeat(counts, counts)
    return result


def weights(frequency: NDArray[np.uint32], texts: int) -> NDArray[np.uint8]:
    """What a shingle found in so many of `texts` texts tells, from 255 (in few) down to 1 (all over).

    >>> import numpy as np
    >>> weights(np.array([1, 4, 8, 16, 1000], np.uint32), 1000).tolist()
    [255, 240, 126, 15, 1]
    """
    import numpy as np

    few = max(4.0, texts**0.3)
    weight: NDArray[np.uint8] = np.maximum(1, np.rint(HEAVIEST / (1 + (frequency / few) ** 4))).astype(np.uint8)
    return weight


def candidates(sketch: Sketches, frequency: NDArray[np.uint32], weight: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Pairs of texts worth comparing, as left << 32 | right with left < right, sorted.

    Of each text's shingles that some other text has too, one a bin is drawn, the heavier the likelier, and the
    same in every text that holds it (weighted one-permutation MinHash).
    """
    import numpy as np

    texts = sketch.edges.size - 1
    text = np.repeat(np.arange(texts), np.diff(sketch.edges))
    shared = np.flatnonzero(frequency > 1)
    hashes, text = sketch.hashes[shared], text[shared]
    chance = (hashes * np.uint32(0x9E3779B1) >> np.uint32(6)).astype(np.float32) + 1
    rank = (-np.log(chance / np.float32(1 << 26)) / weight[shared] + np.float32(1e-9)).astype(np.float32)
    drawn = np.full(texts * BINS, np.uint64(0xFFFFFFFFFFFFFFFF))
    ranked = rank.view(np.uint32).astype(np.uint64) << np.uint64(32) | hashes
    np.minimum.at(drawn, text * BINS + (hashes & np.uint32(BINS - 1)), ranked)
    signature = drawn.reshape(texts, BINS)
    empty = signature == 0xFFFFFFFFFFFFFFFF
    found = []
    for column in range(BINS):
        after = (column + 1) % BINS
        filled = np.flatnonzero(~(empty[:, column] | empty[:, after]))
        key = signature[filled, column] << np.uint64(32) | signature[filled, after] & np.uint64(0xFFFFFFFF)
        found.append(_bucket_pairs(key, filled))
    for column in range(BINS):  # texts with few shingles: one bin that has no neighbour must do
        lone = np.flatnonzero(~empty[:, column] & (empty.sum(1) >= BINS // 2))
        found.append(_bucket_pairs(signature[lone, column], lone))
    return np.unique(np.concatenate(found))


def _bucket_pairs(key: NDArray[np.uint64], text: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Pairs of texts with the same key: each with its next neighbours, so that a giant bucket costs no square."""
    import numpy as np

    order = np.argsort(key, kind="stable")
    key, text = key[order], text[order].astype(np.uint64)
    found = []
    for step in range(1, NEIGHBOURS + 1):
        at = np.flatnonzero(key[step:] == key[:-step]) if step < key.size else np.empty(0, np.int64)
        if not at.size:
            break
        found.append(text[at] << np.uint64(32) | text[at + step])
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)


def compare(sketch: Sketches, weight: NDArray[np.uint8], pairs: NDArray[np.uint64]) -> Pairs:
    """Count what the two texts of each pair share, shingle by shingle."""
    import numpy as np

    left = (pairs >> np.uint64(32)).astype(np.int64)
    right = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    sums = _prefix_sums(weight)
    whole = sums[sketch.edges[1:]] - sums[sketch.edges[:-1]]
    below = _prefix_sums(np.where(sketch.hashes < SAMPLED, weight, 0))
    sample = below[sketch.edges[1:]] - below[sketch.edges[:-1]]
    both = sketch.short[left] & sketch.short[right]
    left_sum, right_sum = (np.where(both, whole[side], sample[side]) for side in (left, right))
    shared = _shared(sketch, weight, left, right, both)
    smaller, larger = np.minimum(left_sum, right_sum), np.maximum(left_sum, right_sum)
    return Pairs(
        left,
        right,
        shared / np.maximum(1, left_sum + right_sum - shared),
        shared / np.maximum(1, smaller),
        smaller / np.maximum(1, larger),
    )


def _prefix_sums(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    import numpy as np

    sums = np.zeros(values.size + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _shared(
    sketch: Sketches,
    weight: NDArray[np.uint8],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    both_short: NDArray[np.bool_],
    block: int = 4096,
) -> NDArray[np.int64]:
    """The weight of the shingles that both texts of a pair have, by sorting the shingles of a block of pairs."""
    import numpy as np

    result = np.zeros(left.size, np.int64)
    for start in range(0, left.size, block):
        stop = min(start + block, left.size)
        keys = []
        for side in (left[start:stop], right[start:stop]):
            lengths = sketch.edges[side + 1] - sketch.edges[side]
            pair = np.repeat(np.arange(side.size), lengths)
            at = np.arange(pair.size) + np.repeat(sketch.edges[side] - np.cumsum(lengths) + lengths, lengths)
            fits = both_short[start:stop][pair] | (sketch.hashes[at] < SAMPLED)
            at, pair = at[fits], pair[fits].astype(np.uint64)
            key = pair << np.uint64(40) | sketch.hashes[at].astype(np.uint64) << np.uint64(8) | weight[at]
            keys.append(key)
        merged = np.sort(np.concatenate(keys))
        twice = merged[1:][merged[1:] == merged[:-1]]
        pair = (twice >> np.uint64(40)).astype(np.int64)
        sums = np.bincount(pair, (twice & np.uint64(0xFF)).astype(np.float64), stop - start)
        result[start:stop] = sums.astype(np.int64)
    return result


def components(texts: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest text that each text is joined to, over any number of pairs.

    >>> import numpy as np
    >>> components(5, np.array([1, 3]), np.array([3, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    import numpy as np

    label = np.arange(texts)
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        while not np.array_equal(label[label], label):
            label = label[label]
        if np.array_equal(label, before):
            return label

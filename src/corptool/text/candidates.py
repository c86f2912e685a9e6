"""Which pairs of texts are worth comparing: those that agree in two neighbouring bins of their signatures, or in one
in which hardly any other text agrees with them.

A signature is made of its text alone, so it can be made anywhere and never changes. Which texts of a bucket are paired
depends on nothing but the bucket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 64
BLOCK = 4096
"""Texts whose signatures are made at a time."""
NEIGHBOURS, FEW_NEIGHBOURS = 8, 1
"""With how many of the next texts of a bucket each text is paired; with how many where more than NEIGHBOURS are in it.
Such a bucket is one of boilerplate or of a form, or of an article that is found all over, whose copies hang together by
the next of kin alone."""
AGREEING, AGREEING_PART = 0.25, 0.6
"""Pairs of which the signatures say that both have less of all they have, or of the shorter, are not compared."""
RARE = 4
"""In a bucket of one bin with no more texts all are paired."""
EMPTY = 0xFFFFFFFF


def signatures(hashes: NDArray[np.uint32], edges: NDArray[np.int64]) -> NDArray[np.uint32]:
    """For each text (the hashes of each ascend) and bin the lowest of the hashes that fall into the bin, or EMPTY.

    One-permutation MinHash: two texts agree in about that share of the bins in which their shingles do.
    """
    import numpy as np

    texts = edges.size - 1
    drawn = np.full((texts, BINS), EMPTY, np.uint32)
    for start in range(0, texts, BLOCK):
        stop = min(start + BLOCK, texts)
        some = hashes[edges[start] : edges[stop]]
        mixed = some * np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x85EBCA77)
        at = np.repeat(np.arange(start, stop) * BINS, np.diff(edges[start : stop + 1]))
        at += mixed & np.uint32(BINS - 1)
        drawn.reshape(-1)[at[::-1]] = some[::-1]  # what is written last stays: the first, which is the lowest
    return drawn


def agreeing(
    one: NDArray[np.uint32], two: NDArray[np.uint32]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.uint32]], tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """In what texts may agree: which texts, and their keys, by a bin of the signatures; then by it and the next one."""
    import numpy as np

    filled = np.flatnonzero(one != EMPTY)
    both = filled[two[filled] != EMPTY]
    mixed = (one[both] ^ two[both] * np.uint32(0x9E3779B1)) * np.uint32(0x85EBCA77)
    return (filled, one[filled]), (both, mixed)


def candidates(
    members: NDArray[np.uint64], short: NDArray[np.bool_], new: NDArray[np.bool_], two: bool, crowds: bool
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Pairs of texts as left << 32 | right with left < right, sorted, and in how many buckets each meets.

    `members`, sorted, are key << 32 | text. A bucket is of texts that agree in `two` neighbouring bins, or in one where
    few do, or of `short` texts that agree in one; without `crowds` large buckets are not looked at.

    What is counted is in how many more, or fewer, a pair meets than without the `new` texts: so what was counted when
    there were fewer texts can be brought up to date.
    """
    import numpy as np

    def met(members: NDArray[np.uint64], short: NDArray[np.bool_]) -> NDArray[np.uint64]:
        if two:
            return _bucket_pairs(members, crowds=crowds)
        return np.concatenate((_bucket_pairs(members, rare=True), _bucket_pairs(members[short])))

    pairs, times = _distinct(met(members, short))
    if new.all():
        return pairs, times
    less, less_times = _distinct(met(members[~new], short[~new]))
    return np.concatenate((pairs, less)), np.concatenate((times, -less_times))


def _distinct(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The pairs, sorted, and how often each comes."""
    import numpy as np

    pairs.sort()
    starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
    return pairs[starts], np.diff(starts, append=pairs.size)


def are_short(drawn: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which signatures are half empty, so that few neighbouring bins are filled."""
    short: NDArray[np.bool_] = (drawn != EMPTY).sum(1) <= BINS // 2
    return short


def promising(
    drawn: Callable[[NDArray[np.int64]], NDArray[np.uint32]],
    lengths: NDArray[np.int64],
    pairs: NDArray[np.uint64],
    block: int = 4096,
) -> NDArray[np.bool_]:
    """Whether the texts of a pair agree in enough bins: to be alike, or, by their lengths, one a part of the other.

    `drawn` gives the signatures of texts.
    """
    import numpy as np

    result = np.empty(pairs.size, bool)
    for start in range(0, pairs.size, block):
        left, right = sides(pairs[start : start + block])
        ours, theirs = drawn(left), drawn(right)
        filled = (ours != EMPTY) | (theirs != EMPTY)
        agreeing = ((ours == theirs) & filled).sum(1, dtype=np.uint8)  # BINS fit: twice as fast as by default
        share = agreeing / np.maximum(1, filled.sum(1, dtype=np.uint8))
        both = share / (1 + share) * (lengths[left] + lengths[right])
        part = both >= AGREEING_PART * np.minimum(lengths[left], lengths[right])
        result[start : start + block] = (share >= AGREEING) | part
    return result


def sides(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two texts of each pair."""
    import numpy as np

    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(EMPTY)).astype(np.int64)


def _bucket_pairs(members: NDArray[np.uint64], *, rare: bool = False, crowds: bool = True) -> NDArray[np.uint64]:
    """Pairs of texts with the same key; with `rare` of small buckets only, without `crowds` not of large ones."""
    import numpy as np

    keys, texts = members >> np.uint64(32), members & np.uint64(EMPTY)
    starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    sizes = np.diff(starts, append=keys.size)
    starts, sizes = starts[sizes > 1], sizes[sizes > 1]
    found = [np.empty(0, np.uint64)]
    for step in range(1, RARE if rare else NEIGHBOURS + 1):
        wanted = sizes > step
        if rare:
            wanted &= sizes <= RARE
        elif step > FEW_NEIGHBOURS or not crowds:
            wanted &= sizes <= NEIGHBOURS
        times = sizes[wanted] - step
        at = np.arange(times.sum()) + np.repeat(starts[wanted] - np.cumsum(times) + times, times)
        found.append(texts[at] << np.uint64(32) | texts[at + step])
    return np.concatenate(found)

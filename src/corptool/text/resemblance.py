"""What the two texts of a pair share, counted shingle by shingle and number by number on their sketches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from corptool.text.candidates import sides
from corptool.text.fold import VALUE_BITS
from corptool.text.shingles import limit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD = 0.1
BLOCK = 512
"""Pairs compared at a time, so that their shingles fit in a processor's cache: 3 times faster than 4,096. Their number
within the block is 12 bits of a key at the most."""


class Sketches(NamedTuple):
    """The sketches of some texts: text i has `hashes[edges[i]:edges[i + 1]]`, sorted, and so on."""

    hashes: NDArray[np.uint32]
    places: NDArray[np.uint8]
    edges: NDArray[np.int64]
    level: NDArray[np.uint8]
    """How far each text was sampled (see shingles.py); two texts are compared on what both would keep."""
    numbers: NDArray[np.uint64]
    """As in Folded, but sorted and distinct within a text."""
    number_edges: NDArray[np.int64]
    weight: NDArray[np.uint8]
    """What each of the hashes tells in this corpus (see frequencies.py)."""


class Shares(NamedTuple):
    """Columns that say for each pair how much each text has and how much both have."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    both: NDArray[np.int64]

    def resemblance(self) -> NDArray[np.float64]:
        """The share of all they have that both have (the Jaccard index)."""
        import numpy as np

        value: NDArray[np.float64] = self.both / np.maximum(1, self.left + self.right - self.both)
        return value

    def containment(self) -> NDArray[np.float64]:
        """The share of the smaller that the larger has."""
        import numpy as np

        value: NDArray[np.float64] = self.both / np.maximum(1, np.minimum(self.left, self.right))
        return value

    def ratio(self) -> NDArray[np.float64]:
        """The size of the smaller as a share of the larger."""
        import numpy as np

        value: NDArray[np.float64] = np.minimum(self.left, self.right) / np.maximum(
            1, np.maximum(self.left, self.right)
        )
        return value


class Own(NamedTuple):
    """What each text of a pair has to itself, as two rows of counts of shingles: left and right."""

    total: NDArray[np.int64]
    """All shingles of the text that tell something."""
    alone: NDArray[np.int64]
    """Those that the other lacks, but for a first stretch (a title, a dateline) of up to HEAD of the text."""
    longest: NDArray[np.int64]
    """The longest stretch of these."""


class Numbers(NamedTuple):
    """Numbers that stand between the same characters in both texts of a pair."""

    agree: NDArray[np.int64]
    differ: NDArray[np.int64]


def shares(sketches: Sketches, pairs: NDArray[np.uint64]) -> tuple[Shares, Shares]:
    """The weight, and the plain number, of the shingles of each pair."""
    import numpy as np

    both_sides = _compared(sketches, pairs)
    sums = np.concatenate(([0], np.cumsum(sketches.weight, dtype=np.int64)))
    weighed, counted = (
        Shares(left, right, np.zeros(pairs.size, np.int64))
        for values in (sums, np.arange(sums.size))
        for left, right in [[values[ends] - values[starts] for starts, ends in both_sides]]
    )
    members = sketches.hashes.astype(np.uint64) << np.uint64(8) | sketches.weight
    for start in range(0, pairs.size, BLOCK):
        block = slice(start, start + BLOCK)
        found = _twice([_members(members, starts[block], ends[block], 40) for starts, ends in both_sides])
        pair = (found >> np.uint64(40)).astype(np.int64)
        size = counted.both[block].size
        counted.both[block] = np.bincount(pair, minlength=size)
        weighed.both[block] = np.bincount(pair, found & np.uint64(0xFF), size)
    return weighed, counted


def own(sketches: Sketches, telling: int, pairs: NDArray[np.uint64]) -> Own:
    """How long a stretch each text has to itself. Characters misread leave many short gaps, another story one long.

    Only shingles that weigh at least `telling` (and those that both have) are counted, so banners leave no gap.
    """
    import numpy as np

    both_sides = _compared(sketches, pairs)
    result = Own(*(np.zeros((2, pairs.size), np.int64) for _ in range(3)))
    members = sketches.hashes.astype(np.uint64) << np.uint64(10) | sketches.places.astype(np.uint64) << np.uint64(1)
    members |= sketches.weight >= telling
    for start in range(0, pairs.size, BLOCK):
        block = slice(start, start + BLOCK)
        left, right = (_members(members, starts[block], ends[block], 42) for starts, ends in both_sides)
        merged = np.concatenate((left, right | np.uint64(1 << 9)))
        merged.sort(kind="stable")  # merges what is sorted already, in half the time
        shingle = merged >> np.uint64(10)
        twice = np.zeros(merged.size + 1, bool)
        np.equal(shingle[1:], shingle[:-1], out=twice[1:-1])
        both = twice[1:] | twice[:-1]
        counts = both | (merged & np.uint64(1)).astype(bool)
        merged, both = merged[counts], both[counts]
        # now by pair, side and place
        merged = (merged >> np.uint64(42) << np.uint64(10) | merged & np.uint64(0x3FF)) << np.uint64(1) | both
        merged.sort()
        side = (merged >> np.uint64(10)).astype(np.int64)
        alone = 1 - (merged & np.uint64(1)).astype(np.int64)
        texts = 2 * result.total[0, block].size
        total = np.bincount(side[(merged >> np.uint64(1) & np.uint64(1)).astype(bool)], minlength=texts)
        new = np.diff(side, prepend=-1) != 0
        stretch = np.flatnonzero(new | (alone == 0))  # every stretch begins at a text or at a shared shingle
        length = np.add.reduceat(alone, stretch) if stretch.size else stretch
        head = new[stretch] & (alone[stretch] == 1) & (length <= HEAD * total[side[stretch]])
        length[head] = 0
        longest = np.zeros(texts, np.int64)
        np.maximum.at(longest, side[stretch], length)
        sums = np.bincount(side[stretch], length, texts).astype(np.int64)
        for column, values in zip(result, (total, sums, longest), strict=True):
            column[:, block] = values.reshape(-1, 2).T
    return result


def numbers(sketches: Sketches, pairs: NDArray[np.uint64]) -> Numbers:
    """How many numbers of each pair agree or differ."""
    import numpy as np

    left, right = sides(pairs)
    agree, places = np.zeros(pairs.size, np.int64), np.zeros(pairs.size, np.int64)
    for start in range(0, pairs.size, BLOCK):
        stop = min(start + BLOCK, pairs.size)
        keys, neighbours = [], []
        for side in (left[start:stop], right[start:stop]):
            key = _members(sketches.numbers, sketches.number_edges[side], sketches.number_edges[side + 1], 52)
            keys.append(key)
            key = key >> np.uint64(VALUE_BITS)
            neighbours.append(key[np.diff(key, prepend=~key[:1]) != 0])
        for found, counts in ((_twice(keys) >> np.uint64(VALUE_BITS), agree), (_twice(neighbours), places)):
            found = found[np.diff(found, prepend=~found[:1]) != 0]
            pair = (found >> np.uint64(52 - VALUE_BITS)).astype(np.int64)
            counts[start:stop] = np.bincount(pair, minlength=stop - start)
    return Numbers(agree, places - agree)


def _compared(sketches: Sketches, pairs: NDArray[np.uint64]) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
    """For either text of each pair where its shingles start and end that are compared: those that both would keep."""
    import numpy as np

    left, right = sides(pairs)
    below = limit(np.maximum(sketches.level[left], sketches.level[right])).astype(np.uint64)
    text = np.repeat(np.arange(sketches.level.size, dtype=np.uint64) << np.uint64(32), np.diff(sketches.edges))
    text |= sketches.hashes  # ascends, as the hashes of each text do
    ends = (np.searchsorted(text, side.astype(np.uint64) << np.uint64(32) | below) for side in (left, right))
    return tuple((sketches.edges[side], end) for side, end in zip((left, right), ends, strict=True))


def _members(
    values: NDArray[np.uint64], starts: NDArray[np.int64], ends: NDArray[np.int64], shift: int
) -> NDArray[np.uint64]:
    """The values of the texts of some pairs, with the number of the pair before them, from bit `shift` on."""
    import numpy as np

    lengths = ends - starts
    at = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    pair = np.arange(lengths.size, dtype=np.uint64) << np.uint64(shift)
    members: NDArray[np.uint64] = values[at] | np.repeat(pair, lengths)
    return members


def _twice(keys: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The keys that are in both lists; each list ascends, and holds a key once."""
    import numpy as np

    merged = np.concatenate(keys)
    merged.sort(kind="stable")  # merges what is sorted already, in half the time
    twice: NDArray[np.uint64] = merged[1:][merged[1:] == merged[:-1]]
    return twice

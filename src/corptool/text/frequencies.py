"""In how many texts of a corpus each shingle occurs, and what it therefore tells.

Shingles that occur throughout the corpus (banners, notices, the frames of bulletins) must not join two texts. How
many texts "throughout" means follows from the corpus: `few` is set by how often its ordinary shingles occur.
Close copies (a group) count as one text: else those of an article that was printed a hundred times would look like
boilerplate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAVIEST = 255
"""Weights are whole numbers up to this, so that sums do not depend on their order."""
MOST = 0xFFFF
"""Nothing counts for more."""


def frequencies(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The hashes, ascending, and in how many groups each occurs, from keys hash << 32 | group, which are used up.

    >>> import numpy as np
    >>> hashes, counts = frequencies(np.array([7 << 32 | 1, 8 << 32 | 1, 7 << 32 | 2, 8 << 32 | 1], np.uint64))
    >>> hashes.tolist(), counts.tolist()
    ([7, 8], [2, 1])
    """
    import numpy as np

    keys.sort()
    new = np.ones(keys.size, bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys >>= np.uint64(32)
    hashes = keys.astype(np.uint32)[new]
    starts = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    return hashes[starts], np.diff(starts, append=hashes.size)


def added(
    hashes: NDArray[np.uint32], counts: NDArray[np.int64], more: NDArray[np.uint32], more_counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Two lists of hashes, ascending, as one, the counts of each hash added up; without those that come to nothing.

    >>> import numpy as np
    >>> one, other = np.array([5, 8], np.uint32), np.array([5, 6], np.uint32)
    >>> [values.tolist() for values in added(one, np.array([2, 1]), other, np.array([-2, 3]))]
    [[6, 8], [3, 1]]
    """
    import numpy as np

    if not hashes.size:
        return more, more_counts
    at = np.searchsorted(hashes, more)
    there = hashes[np.minimum(at, hashes.size - 1)] == more
    counts = counts.copy()
    counts[at[there]] += more_counts[there]
    at = at[~there]
    hashes, counts = np.insert(hashes, at, more[~there]), np.insert(counts, at, more_counts[~there])
    left = counts != 0
    return (hashes, counts) if left.all() else (hashes[left], counts[left])


def histogram(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many hashes have each frequency up to MOST."""
    import numpy as np

    return np.bincount(np.minimum(counts, MOST), minlength=MOST + 1)


def few(histogram: NDArray[np.int64]) -> float:
    """Up to about how many texts a shingle may occur in and still tell one text from another, in this corpus.

    Four times the first quartile of the frequencies of all shingles of all texts.
    """
    import numpy as np

    upto = np.cumsum(histogram * np.arange(histogram.size))
    return max(4.0, 4.0 * float(np.searchsorted(upto, upto[-1] / 4)))


def weights(few: float) -> NDArray[np.uint8]:
    """What a shingle of n texts tells, for each n: from 255 (in few) down to 1 (all over).

    >>> weights(8)[[1, 4, 8, 16, 1000]].tolist()
    [255, 240, 128, 15, 1]
    """
    import numpy as np

    square = (np.arange(MOST + 1) / few) * (np.arange(MOST + 1) / few)
    return np.maximum(1, np.rint(HEAVIEST / (1 + square * square))).astype(np.uint8)


class Weights:
    """What each hash tells, looked up by many hashes at once."""

    def __init__(self, hashes: NDArray[np.uint32], weight: NDArray[np.uint8], rest: np.uint8) -> None:
        """Take what hashes tell, ascending, and what all others do."""
        import numpy as np

        self.weight = np.append(weight, rest)
        self.hashes = np.append(hashes, np.uint32(0xFFFFFFFF))  # no shingle has this hash
        self.shift = np.uint32(32 - max(8, self.hashes.size.bit_length()))
        firsts = np.arange(1 << 32 - int(self.shift), dtype=np.uint32) << self.shift
        self.first = np.searchsorted(self.hashes, firsts).astype(np.int32)

    def __getitem__(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """The weight of each of these hashes: twice as fast as a binary search."""
        import numpy as np

        at = self.first[hashes >> self.shift]
        behind = np.flatnonzero(self.hashes[at] < hashes)
        while behind.size:
            at[behind] += 1
            behind = behind[self.hashes[at[behind]] < hashes[behind]]
        found: NDArray[np.uint8] = np.where(self.hashes[at] == hashes, self.weight[at], self.weight[-1])
        return found

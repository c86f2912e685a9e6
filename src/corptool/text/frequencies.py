"""In how many texts of a corpus each shingle occurs, and what it therefore tells.

Shingles that occur throughout the corpus (banners, notices, the frames of bulletins) must not join two texts. How
many texts "throughout" means follows from the corpus: `few` is set by how often its ordinary shingles occur.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PART = 1 << 23
"""Shingles that are sorted at a time: what bounds the memory of counting."""
HEAVIEST = 255
"""Weights are whole numbers up to this, so that sums do not depend on their order."""


def frequencies(
    hashes: NDArray[np.uint32],
    edges: NDArray[np.int64],
    result: NDArray[np.uint16],
    group: NDArray[np.int64] | None = None,
) -> None:
    """Write to `result` in how many texts each hash occurs, for each place it stands; a text holds a hash once.

    With `group`, which gives a number for each text, texts of one group count as one (but a hash that several
    texts have counts as two at least). Nothing counts for more than 65,535.

    >>> import numpy as np
    >>> result = np.zeros(4, np.uint16)
    >>> frequencies(np.array([7, 8, 7, 9], np.uint32), np.array([0, 2, 3, 4]), result)
    >>> result.tolist()
    [2, 1, 2, 1]
    """
    import numpy as np

    low = np.uint64(0xFFFFFFFF)
    repeated = _repeated(hashes, edges, group) if group is not None else None
    low = np.uint64(0xFFFFFFFF)
    for at in _parts(hashes):
        keys = hashes[at].astype(np.uint64) << np.uint64(32) | at.astype(np.uint64)
        keys.sort()
        places = (keys & low).astype(np.int64)
        keys >>= np.uint64(32)
        starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
        counts = np.diff(starts, append=keys.size)
        each = counts
        if repeated is not None and repeated[0].size:
            found = np.minimum(np.searchsorted(repeated[0], keys[starts]), repeated[0].size - 1)
            each = counts - np.where(repeated[0][found] == keys[starts], repeated[1][found], 0)
            each = np.where(counts > 1, np.maximum(2, each), 1)
        result[places] = np.minimum(np.repeat(each, counts), 0xFFFF)


def _repeated(
    hashes: NDArray[np.uint32], edges: NDArray[np.int64], group: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes that several texts of a group have, sorted, and how many of these texts must not be counted."""
    import numpy as np

    several = np.flatnonzero(np.bincount(group, minlength=group.size)[group] > 1)
    lengths = edges[several + 1] - edges[several]
    at = np.arange(lengths.sum()) + np.repeat(edges[several] - np.cumsum(lengths) + lengths, lengths)
    keys = hashes[at].astype(np.uint64) << np.uint64(32) | np.repeat(group[several], lengths).astype(np.uint64)
    keys.sort()
    again = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    starts = np.flatnonzero(np.diff(again, prepend=~again[:1]))
    return again[starts], np.diff(starts, append=again.size)


def _parts(hashes: NDArray[np.uint32]) -> Iterator[NDArray[np.int64]]:
    """Where the hashes of one range after the other stand, the ranges so cut that each part fits in memory."""
    import numpy as np

    if not hashes.size:
        return
    number = -(-hashes.size // PART)
    sample = np.sort(hashes[:: max(1, hashes.size // 65536)])
    bounds = [0, *np.unique(sample[np.arange(1, number) * sample.size // number]).tolist(), 1 << 32]
    for low, high in pairwise(bounds):
        yield np.flatnonzero(hashes - np.uint32(low) < high - low)  # below low wraps around


def few(frequency: NDArray[np.uint16]) -> float:
    """Up to about how many texts a shingle may occur in and still tell one text from another, in this corpus."""
    import numpy as np

    sample = frequency[:: max(1, frequency.size // 1_000_000)]
    return max(4.0, 4.0 * float(np.quantile(sample, 0.25))) if sample.size else 4.0


def weights(few: float) -> NDArray[np.uint8]:
    """What a shingle of n texts tells, for each n: from 255 (in few) down to 1 (all over).

    >>> weights(8)[[1, 4, 8, 16, 1000]].tolist()
    [255, 240, 128, 15, 1]
    """
    import numpy as np

    square = (np.arange(1 << 16) / few) * (np.arange(1 << 16) / few)
    return np.maximum(1, np.rint(HEAVIEST / (1 + square * square))).astype(np.uint8)

"""Texts folded for comparison: script, case, width, punctuation, white space and glosses make no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPENING, CLOSING = 1, 2
"""What parentheses fold to; every other code below 48 is 0, which is skipped."""
HAN = 0x2E80
"""From here on a character is a word, or nearly: Han, kana, hangul."""
LONGEST_GLOSS = 12
"""In characters between the parentheses: `zhuāng` has 6, `wǎng zhàn` 9."""


class Folded(NamedTuple):
    """A block of texts, one after the other, as arrays."""

    codes: NDArray[np.uint32]
    """The folded code points of all texts."""
    edges: NDArray[np.int64]
    """Text i is `codes[edges[i]:edges[i + 1]]`."""
    numbers: NDArray[np.uint64]
    """The values of the runs of digits (modulo 2**64), in the order of the text."""
    number_edges: NDArray[np.int64]


def fold(texts: Sequence[str], table: NDArray[np.uint32]) -> Folded:
    """Fold a block of texts by `table`, which gives a code for each code point.

    >>> from corptool.rules import fold_table
    >>> folded = fold(["ＡＢＣ，網(wǎng)站！", "abc网站"], fold_table())
    >>> "".join(map(chr, folded.codes)), folded.edges.tolist()
    ('abc網站abc網站', [0, 5, 10])
    """
    import numpy as np

    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    edges = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=edges[1:])
    codes = table.take(points, mode="clip")
    _skip_glosses(points, codes, edges)
    numbers, at = _numbers(codes, edges)
    kept = np.flatnonzero(codes > CLOSING)
    return Folded(codes[kept], np.searchsorted(kept, edges), numbers, np.searchsorted(at, edges))


def _skip_glosses(points: NDArray[np.uint32], codes: NDArray[np.uint32], edges: NDArray[np.int64]) -> None:
    """Blank the readings that stand in parentheses right after a Han character: 網(wǎng)站, all within one text.

    A capital, as in 世卫组织(WHO), and a single plain letter, as in (a), are no reading.
    """
    import numpy as np

    at = np.flatnonzero(codes == OPENING)
    at = at[(at > 0) & (at < codes.size - 2)]
    at = at[(codes[at - 1] >= HAN) & (points[at + 1] >= ord("a"))]
    within = codes.take(at[:, None] + np.arange(1, LONGEST_GLOSS + 2), mode="clip")
    letter = (within >= ord("a")) & (within < HAN)
    length = np.argmax(~(letter | (within == 0)), axis=1)  # 0 where no end is near
    closed = within[np.arange(at.size), length] == CLOSING
    closed &= np.searchsorted(edges, at - 1, "right") == np.searchsorted(edges, at + 1 + length, "right")
    plain = (length == 1) & (points[np.minimum(at + 1, points.size - 1)] < 128)
    at, length = (values[closed & ~plain & (length > 0)] for values in (at, length))
    for offset in range(1, LONGEST_GLOSS + 1):
        codes[at[length >= offset] + offset] = 0


def _numbers(codes: NDArray[np.uint32], edges: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(value, position) of every run of digits that does not cross an edge between texts."""
    import numpy as np

    at = np.flatnonzero(codes - np.uint32(48) < 10)
    first = np.ones(at.size, bool)
    first[1:] = (np.diff(at) > 1) | np.isin(at[1:], edges)
    starts = np.flatnonzero(first)
    run = np.cumsum(first) - 1
    ends = np.append(starts[1:], at.size)
    power = np.uint64(10) ** (ends[run] - 1 - np.arange(at.size)).astype(np.uint64)
    digits = (codes[at] - np.uint32(48)).astype(np.uint64)
    values = np.add.reduceat(digits * power, starts) if starts.size else np.empty(0, np.uint64)
    return values, at[starts]

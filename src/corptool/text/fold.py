"""Texts folded for comparison: script, case, width, punctuation, white space and glosses make no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPENING, CLOSING, BREAK = 1, 2, 3
"""What parentheses fold to, and what ends a line or a sentence. Every other code below 48 is 0: skipped."""
HAN = 0x2E80
"""From here on a character is a word, or nearly: Han, kana, hangul."""
LONGEST_GLOSS = 12
"""In characters between the parentheses: `zhuāng` has 6, `wǎng zhàn` 9."""
BEFORE, AFTER = 4, 2
"""The characters around a number that say what it counts."""
VALUE_BITS = 20


class Folded(NamedTuple):
    """A block of texts, one after the other, as arrays. Text i is `codes[edges[i]:edges[i + 1]]`, and so on."""

    codes: NDArray[np.uint32]
    """The folded code points of all texts."""
    edges: NDArray[np.int64]
    breaks: NDArray[np.int64]
    """Before which characters a line or a sentence ended; edges between texts are among them."""
    numbers: NDArray[np.uint64]
    """For every run of digits a hash of its neighbours << 20 | a hash of its value; sorted, distinct in a text."""
    number_edges: NDArray[np.int64]


def fold(texts: Sequence[str], table: NDArray[np.uint32]) -> Folded:
    """Fold a block of texts by `table`, which gives a code for each code point. Fastest on some 100,000 characters.

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
    kept = np.flatnonzero(codes > BREAK)
    breaks = np.sort(np.searchsorted(kept, np.append(np.flatnonzero(codes == BREAK), edges)))
    breaks = breaks[np.diff(breaks, append=-1) != 0]
    codes, edges = codes[kept], np.searchsorted(kept, edges)
    numbers, text = _numbers(codes, kept, edges)
    order = np.lexsort((numbers, text))
    numbers, text = numbers[order], text[order]
    new = (np.diff(numbers, prepend=~numbers[:1]) != 0) | (np.diff(text, prepend=-1) != 0)
    number_edges = np.searchsorted(text[new], np.arange(edges.size))
    return Folded(codes, edges, breaks, numbers[new], number_edges)


def _skip_glosses(points: NDArray[np.uint32], codes: NDArray[np.uint32], edges: NDArray[np.int64]) -> None:
    """Blank the readings that stand in parentheses right after a Han character: 網(wǎng)站.

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


def _numbers(
    codes: NDArray[np.uint32], kept: NDArray[np.int64], edges: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(hash of the neighbours and of the value, text) of every run of digits; `kept` is where the codes stood.

    Neighbours are letters, so that the day of a date has the same whatever the month is. They may lie in the text
    before or after: a run has the same hash only where its neighbours within its own text are far enough.
    """
    import numpy as np

    digit = codes - np.uint32(48) < 10
    at = np.flatnonzero(digit)
    if not at.size:
        return np.empty(0, np.uint64), at
    text = np.searchsorted(edges, at, "right") - 1
    first = np.ones(at.size, bool)
    first[1:] = (np.diff(kept[at]) > 1) | (np.diff(text) > 0)
    starts = np.flatnonzero(first)
    text = text[starts]
    last = np.append(starts[1:], at.size)[np.cumsum(first) - 1] - 1
    power = np.uint64(10) ** (last - np.arange(at.size)).astype(np.uint64)
    values = np.add.reduceat((codes[at] - np.uint32(48)).astype(np.uint64) * power, starts)
    letters = codes[~digit]
    place = at[starts] - starts  # so many letters stand before
    low, high = (edge - np.searchsorted(at, edge) for edge in (edges[text], edges[text + 1]))
    hashes = np.zeros(starts.size, np.uint64)
    for offset in range(-BEFORE, AFTER):
        near = place + offset
        inside = (near >= low) & (near < high)
        hashes[inside] += letters[near[inside]]
        hashes *= np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    values = values * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - VALUE_BITS)
    return hashes >> np.uint64(32) << np.uint64(VALUE_BITS) | values, text

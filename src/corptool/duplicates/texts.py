"""The texts that are compared, and what earlier runs found out about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Values
from corptool.duplicates.features import Rows
from corptool.text.candidates import BINS
from corptool.text.resemblance import Sketches
from corptool.text.shingles import levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHOLE = 50
"""Texts of fewer folded characters are compared whole: too few shingles to tell an edited copy from another text."""
SKETCH = 1536
"""About the bytes of a sketch."""
SIGNATURE = [("bins", "<u4", BINS)]
PAIR = [
    ("pair", "<u8"),
    ("meets", "<i4"),
    ("resemblance", "<f4"),
    ("containment", "<f4"),
    ("longer", "?"),
    ("copies", "?"),
    ("form", "?"),
]
"""A pair of texts (left << 32 | right), in how many buckets it meets, and how alike the two are, as in Alike."""


class Weighing(Protocol):
    """Says what each of many hashes tells."""

    def __getitem__(self, hashes: NDArray[np.uint32], /) -> NDArray[np.uint8]: ...


class Texts:
    """The texts that are compared, in an order that follows from what they say: of articles with the same text, one."""

    def __init__(self, rows: Rows, columns: list[Column], live: Values, same: Values) -> None:
        """Take the rows, what was sampled (hashes, places and numbers), which count, the first with the same words."""
        import numpy as np

        self.room = rows.room
        self.columns = columns
        self.of = self.room.values(np.int64, len(rows), -1)
        """For each article its text, or -1 where that is too short."""
        self.articles, self.lengths, self.same = (self.room.values(np.int64) for _ in range(3))
        """Of each text the article that stands for it, how long it is, folded; and the first article with the same
        words: of several texts, where their lines break elsewhere."""
        ordered = self.room.sorted(valued=True)
        for start, stop in self.room.blocks(len(rows), rows.fixed.kind.itemsize):
            fixed = rows.fixed.all()[start:stop]
            keys = fixed["sampled"].astype(np.uint64) << np.uint64(32) | fixed["same"][:, 1] >> np.uint64(32)
            long = live.all()[start:stop] & (fixed["folded"] >= WHOLE)
            ordered.add(keys[long], np.arange(start, stop)[long])
        for keys, articles in ordered.pieces():
            new = distinct(keys, articles, rows.fixed.all()["same"])
            self.of.all()[articles] = len(self) + np.cumsum(new) - 1
            self.lengths.append(rows.fixed.all()["folded"][articles[new]])
            self.same.append(same.all()[articles[new]])
            self.articles.append(articles[new])

    def __len__(self) -> int:
        return len(self.articles)

    def hashes(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The hashes of these texts, and the edges between them."""
        return self.columns[0].take(self.articles.all()[texts])

    def stored(self, which: Values) -> Iterator[NDArray[np.int64]]:
        """Those of the texts, in blocks, in the order in which they are stored."""
        import numpy as np

        for start, stop in self.room.blocks(len(self.of), SKETCH):
            texts = self.of.all()[start:stop]
            articles = np.arange(start, stop)[texts >= 0]
            texts = texts[texts >= 0]
            yield texts[(self.articles.all()[texts] == articles) & which.all()[texts]]

    def take(self, texts: NDArray[np.int64], weights: Weighing | None) -> Sketches:
        """The sketches of these texts; without weights, what is asked only with them stays out: the places."""
        import numpy as np

        hashes, edges = self.hashes(texts)
        articles = self.articles.all()[texts]
        numbers, number_edges = self.columns[2].take(articles)
        if weights is None:
            weight, places = np.ones(hashes.size, np.uint8), np.zeros(0, np.uint8)
        else:
            weight, (places, _) = weights[hashes], self.columns[1].take(articles)
        return Sketches(hashes, places, edges, levels(self.lengths.all()[texts]), numbers, number_edges, weight)


class Known(NamedTuple):
    """What need not be found out again when articles are added, for the texts that were there; by their numbers."""

    drawn: Values
    """The signatures of all texts; what is not known yet is of no account."""
    new: Values
    """Which texts were not there."""
    pairs: Values
    """Those that may be related (PAIR), sorted."""
    group: Values
    """For each text the text that stands for its group of close copies."""
    hashes: Values
    """All hashes, ascending,"""
    counts: Values
    """and in how many groups each occurs."""


def forgotten(texts: Texts) -> Known:
    """What is known of texts when all are new."""
    import numpy as np

    room = texts.room
    return Known(
        drawn=room.values(SIGNATURE, len(texts)),
        new=room.values(bool, len(texts), 1),
        pairs=room.values(PAIR),
        group=room.values(np.int64, len(texts), np.arange),
        hashes=room.values(np.uint32),
        counts=room.values(np.int64),
    )


def distinct(keys: NDArray[np.uint64], articles: NDArray[np.int64], digests: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where in ascending keys another begins, two parts of the digest of each article looked at where keys agree.

    The articles of the same key are put in the order of their digests, in place; of equal digests the order stays.
    """
    import numpy as np

    new: NDArray[np.bool_] = np.diff(keys, prepend=~keys[:1]) != 0
    again = np.flatnonzero(~(new & np.append(new[1:], True)))
    some, halves = articles[again], digests[articles[again]]
    order = np.lexsort((halves[:, 0], halves[:, 1], keys[again]))
    articles[again], halves = some[order], halves[order]
    new[again[1:]] |= (halves[1:] != halves[:-1]).any(1)
    return new

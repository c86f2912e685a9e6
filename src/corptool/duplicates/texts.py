"""The texts that are compared, and what earlier runs found out about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Values
from corptool.duplicates.features import Rows
from corptool.duplicates.parts import Parts
from corptool.duplicates.sorting import Sorted
from corptool.text.candidates import BINS, sides
from corptool.text.resemblance import Sketches
from corptool.text.shingles import levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHOLE = 50
"""Texts of fewer folded characters are compared whole: too few shingles to tell an edited copy from another text."""
SKETCH = 1536
"""About the bytes of a sketch."""
PAIRS = 4096
"""That are compared together."""
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
RELATED = [*PAIR, ("relation", "u1"), ("cut", "u1")]
"""And what they are to each other, and which of them was cut from the other."""


class Weighing(Protocol):
    """Says what each of many hashes tells."""

    def __getitem__(self, hashes: NDArray[np.uint32], /) -> NDArray[np.uint8]: ...


class Sketched(NamedTuple):
    """Where what was sampled of each text is found."""

    columns: list[Column]
    """Hashes, places and numbers, of articles."""
    articles: Values
    """Of each text the article that stands for it,"""
    lengths: Values
    """and how long it is, folded."""

    def hashes(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The hashes of these texts, and the edges between them."""
        return self.columns[0].take(self.articles.all()[texts])

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

    def pairs(
        self, pairs: NDArray[np.uint64], weights: Weighing | None
    ) -> Iterator[tuple[Sketches, NDArray[np.uint64]]]:
        """Blocks of pairs, with the sketches of their texts; the pairs are by their places among these."""
        import numpy as np

        for start in range(0, pairs.size, PAIRS):
            left, right = sides(pairs[start : start + PAIRS])
            among = np.unique(np.concatenate((left, right)))
            places = np.searchsorted(among, left) << 32 | np.searchsorted(among, right)
            yield self.take(among, weights), places.astype(np.uint64)


class Texts:
    """The texts that are compared, in an order that follows from what they say: of articles with the same text, one."""

    def __init__(self, rows: Rows, columns: list[Column], live: Values, same: Values) -> None:
        """Take the rows, what was sampled (hashes, places and numbers), which count, the first with the same words."""
        import numpy as np

        self.room = rows.room
        self.of = self.room.values(np.int64, len(rows), -1)
        """For each article its text, or -1 where that is too short."""
        articles, lengths, self.same = (self.room.values(np.int64) for _ in range(3))
        """Of each text the first article with the same words: of several texts, where their lines break elsewhere."""
        ordered = Sorted(self.room, valued=True)
        for start, stop in self.room.blocks(len(rows), rows.fixed.kind.itemsize):
            fixed = rows.fixed.all()[start:stop]
            keys = fixed["sampled"].astype(np.uint64) << np.uint64(32) | fixed["same"][:, 1] >> np.uint64(32)
            long = live.all()[start:stop] & (fixed["folded"] >= WHOLE)
            ordered.add(keys[long], np.arange(start, stop)[long])
        for keys, standing in ordered.pieces():
            new = distinct(keys, standing, rows.fixed.all()["same"])
            self.of.all()[standing] = len(articles) + np.cumsum(new) - 1
            lengths.append(rows.fixed.all()["folded"][standing[new]])
            self.same.append(same.all()[standing[new]])
            articles.append(standing[new])
        self.sketched = Sketched(columns, articles, lengths)

    def __len__(self) -> int:
        return len(self.sketched.articles)

    def stored(self, which: Values) -> Iterator[NDArray[np.int64]]:
        """Those of the texts, in blocks, in the order in which they are stored."""
        import numpy as np

        for start, stop in self.room.blocks(len(self.of), SKETCH):
            texts = self.of.all()[start:stop]
            articles = np.arange(start, stop)[texts >= 0]
            texts = texts[texts >= 0]
            yield texts[(self.sketched.articles.all()[texts] == articles) & which.all()[texts]]


class Known(NamedTuple):
    """What need not be found out again when articles are added, for the texts that were there; by their numbers."""

    drawn: Parts
    """Signatures, in the order in which they were made;"""
    row: Values
    """which of them is that of each text,"""
    text: Values
    """and of which text each is, or -1."""
    new: Values
    """Which texts were not there."""
    pairs: Parts
    """Those that may be related (PAIR), sorted."""
    group: Values
    """For each text the text that stands for its group of close copies."""
    hashes: Parts
    """All hashes, ascending,"""
    counts: Parts
    """and in how many groups each occurs."""


def forgotten(texts: Texts) -> Known:
    """What is known of texts when all are new."""
    import numpy as np

    room = texts.room
    return Known(
        drawn=Parts(room, SIGNATURE),
        row=room.values(np.int32, len(texts), -1),
        text=room.values(np.int32),
        new=room.values(bool, len(texts), 1),
        pairs=Parts(room, PAIR),
        group=room.values(np.int64, len(texts), np.arange),
        hashes=Parts(room, np.uint32),
        counts=Parts(room, np.uint32),
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

"""The texts that are compared, and what earlier runs found out about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.columns import Column
from corptool.text.candidates import BINS, sides
from corptool.text.frequencies import Weights
from corptool.text.relations import ALIKE_KINDS, Alike
from corptool.text.resemblance import Sketches
from corptool.text.shingles import levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS = 16384
"""Of a task."""


class Texts:
    """The texts that are compared, in an order that follows from what they say: columns of what was sampled of each."""

    def __init__(
        self, columns: list[Column], runs: NDArray[np.int64], lengths: NDArray[np.int64], same: NDArray[np.int64]
    ) -> None:
        self.columns = columns
        """Hashes, places and numbers."""
        self.runs = runs
        """Which run of the columns is that of each text."""
        self.lengths = lengths
        """In folded characters."""
        self.same = same
        """The first article of those that say the same: of several texts, where their lines break elsewhere."""

    def __len__(self) -> int:
        return self.runs.size

    def hashes(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The hashes of these texts, and the edges between them."""
        return self.columns[0].take(self.runs[texts])

    def stored(self, texts: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """These texts in blocks, in the order in which they are stored."""
        import numpy as np

        texts = texts[np.argsort(self.runs[texts])]
        return (texts[start : start + TEXTS] for start in range(0, texts.size, TEXTS))

    def take(self, texts: NDArray[np.int64], weights: Weights | None) -> Sketches:
        """The sketches of these texts; without weights, what is asked only with them stays out: the places."""
        import numpy as np

        hashes, edges = self.hashes(texts)
        numbers, number_edges = self.columns[2].take(self.runs[texts])
        if weights is None:
            weight, places = np.ones(hashes.size, np.uint8), np.zeros(0, np.uint8)
        else:
            weight, (places, _) = weights[hashes], self.columns[1].take(self.runs[texts])
        return Sketches(hashes, places, edges, levels(self.lengths[texts]), numbers, number_edges, weight)


class Known(NamedTuple):
    """What need not be found out again when articles are added, for the texts that were there; by their numbers."""

    drawn: NDArray[np.uint32]
    """The signatures of all texts; what is not known yet is of no account."""
    new: NDArray[np.bool_]
    """Which texts were not there."""
    pairs: NDArray[np.uint64]
    """Those that may be related, sorted."""
    meets: NDArray[np.int64]
    """In how many buckets each pair meets."""
    alike: Alike
    group: NDArray[np.int64]
    """For each text the text that stands for its group of close copies."""
    hashes: NDArray[np.uint32]
    """All hashes, ascending,"""
    counts: NDArray[np.int64]
    """and in how many groups each occurs."""


Memory = dict[str, "NDArray[Any]"]
"""What is known, as an index keeps it: texts by the row of an article that has it."""


def forgotten(texts: int) -> Known:
    """What is known of so many texts when all are new."""
    import numpy as np

    return Known(
        drawn=np.empty((texts, BINS), np.uint32),
        new=np.ones(texts, bool),
        pairs=np.empty(0, np.uint64),
        meets=np.empty(0, np.int64),
        alike=Alike(*(np.empty(0, kind) for kind in ALIKE_KINDS)),
        group=np.arange(texts),
        hashes=np.empty(0, np.uint32),
        counts=np.empty(0, np.int64),
    )


def remembered(memory: Memory, drawn: NDArray[np.uint32], text: NDArray[np.int64]) -> Known:
    """What is known of texts, some of them new, by the text of each row."""
    import numpy as np

    known = forgotten(drawn.shape[0])
    there = text[memory["row"]]
    known.new[there] = False
    known.group[there] = text[memory["group"]]
    pairs = (text[memory["left"]] << 32 | text[memory["right"]]).astype(np.uint64)
    order = np.argsort(pairs)
    return known._replace(
        drawn=drawn,
        pairs=pairs[order],
        meets=memory["meets"][order].astype(np.int64),
        alike=Alike(*(memory[name][order] for name in Alike._fields)),
        hashes=memory["hashes"],
        counts=memory["counts"].astype(np.int64),
    )


def memory(known: Known, row: NDArray[np.int64]) -> Memory:
    """What is known, for the index; by the row of each text."""
    import numpy as np

    left, right = sides(known.pairs)
    pairs: Memory = {"left": row[left].astype(np.uint32), "right": row[right].astype(np.uint32)}
    pairs |= {"meets": known.meets.astype(np.uint16)} | known.alike._asdict()
    texts = {"row": row.astype(np.uint32), "group": row[known.group].astype(np.uint32)}
    return pairs | texts | {"hashes": known.hashes, "counts": known.counts.astype(np.uint32)}

"""What the texts of a corpus are to each other, in steps that need not be taken on one machine.

Each step is a pure function of arrays (in text/) over tasks that fit in memory: texts to signatures, columns of
signatures to candidates, pairs to how alike they are, ranges of hashes to frequencies, and pairs again to relations.
What runs them is `each(function, tasks)`, which gives the results in the order of the tasks: `starmap` here, another
on a cluster. Between the steps nothing but numbers of texts is held together: 256 bytes a text, 8 a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.columns import Column
from corptool.text.candidates import BINS, are_short, candidates, promising, sides, signatures
from corptool.text.frequencies import Weights, few, frequencies, histogram
from corptool.text.groups import components
from corptool.text.relations import NEITHER, TEMPLATE, Alike, alike, relation, without_hubs
from corptool.text.resemblance import Sketches, shares
from corptool.text.shingles import levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Each = Callable[..., Iterable[Any]]
"""`each(function, tasks)`: what the function gives for the arguments of each task, in order."""
TEXTS, PAIRS = 16384, 4096
"""Of a task."""
COLUMNS = 8
"""Of signatures, of a task."""
RANGE = 1 << 24
"""Hashes that are counted in a task."""


class Related(NamedTuple):
    """Pairs of texts with what they are to each other, as columns."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    relation: NDArray[np.uint8]
    resemblance: NDArray[np.float32]
    containment: NDArray[np.float32]
    shorter: NDArray[np.int64]
    """Which of the two is the shorter."""


class Texts:
    """The texts that are compared, in an order that follows from what they say: columns of what was sampled of each."""

    def __init__(self, columns: list[Column], runs: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        self.columns = columns
        """Hashes, places and numbers."""
        self.runs = runs
        """Which run of the columns is that of each text."""
        self.lengths = lengths
        """In folded characters."""

    def __len__(self) -> int:
        return self.runs.size

    def hashes(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The hashes of these texts, and the edges between them."""
        return self.columns[0].take(self.runs[texts])

    def stored(self) -> Iterator[NDArray[np.int64]]:
        """Blocks of all texts, in the order in which they are stored."""
        import numpy as np

        order = np.argsort(self.runs)
        return (order[start : start + TEXTS] for start in range(0, order.size, TEXTS))

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


def related(texts: Texts, each: Each = starmap) -> Related:
    """All pairs that are near, contained or of one template."""
    import numpy as np

    pairs, found = _alike(texts, each)
    left, right = sides(pairs)
    group = components(len(texts), left[found.copies], right[found.copies])
    weights = _weights(texts, group, each)
    kind, cut = np.full(pairs.size, TEMPLATE, np.uint8), np.full(pairs.size, NEITHER, np.uint8)
    asked = np.flatnonzero(~found.form)
    answers = each(relation, _tasks(texts, pairs[asked], weights))
    kind[asked], cut[asked] = _joined(answers, (np.uint8, np.uint8))
    kind = without_hubs(len(texts), left, right, kind, cut)
    shorter = np.where(found.longer, right, left)
    columns = Related(left, right, kind, found.resemblance, found.containment, shorter)
    return Related(*(column[kind > 0] for column in columns))  # type: ignore[arg-type]


def measured(texts: Texts, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resemblance and containment of pairs."""
    import numpy as np

    counted = [shares(*task)[1] for task in _tasks(texts, pairs, None)]
    columns = [[one.resemblance() for one in counted], [one.containment() for one in counted]]
    resemblance, containment = (np.concatenate([np.empty(0), *column]) for column in columns)
    return resemblance, containment


def _alike(texts: Texts, each: Each) -> tuple[NDArray[np.uint64], Alike]:
    """The pairs that may be related, sorted, and how alike they are."""
    import numpy as np

    drawn = np.empty((len(texts), BINS), np.uint32)
    for some, signed in zip(texts.stored(), each(signatures, map(texts.hashes, texts.stored())), strict=True):
        drawn[some] = signed
    pairs = _candidates(drawn, each)
    pairs = pairs[promising(drawn, texts.lengths, pairs)]
    del drawn
    kinds = (bool, np.float32, np.float32, bool, bool, bool)
    answers = ((chosen, *found) for chosen, found in each(alike, _tasks(texts, pairs, None)))
    chosen, *columns = _joined(answers, kinds)
    return pairs[chosen], Alike(*columns)


def _candidates(drawn: NDArray[np.uint32], each: Each) -> NDArray[np.uint64]:
    """The pairs of texts that meet in any bucket, sorted."""
    import numpy as np

    short = are_short(drawn)
    around = np.arange(BINS + 1) % BINS
    tasks = ((drawn[:, around[at : at + COLUMNS + 1]], short) for at in range(0, BINS, COLUMNS))
    found = np.empty(0, np.uint64)
    for pairs in each(candidates, tasks):
        found = np.concatenate((found, pairs))
        found.sort()
        found = found[np.diff(found, prepend=~found[:1]) != 0]
    return found


def _weights(texts: Texts, group: NDArray[np.int64], each: Each) -> Weights:
    """What each shingle tells, from the number of groups that have it."""
    import numpy as np

    counted = list(each(frequencies, _ranges(texts, group)))
    hashes, counts = _joined(counted, (np.uint32, np.int64))
    return Weights(hashes, counts, few(histogram(counts)))


def _ranges(texts: Texts, group: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.uint64]]]:
    """All hashes, each with the group of its text, in ranges that fit in memory."""
    import numpy as np

    samples = [texts.hashes(some)[0][::256] for some in texts.stored()]
    sample = np.sort(np.concatenate([np.empty(0, np.uint32), *samples]))
    number = -(-sample.size * 256 // RANGE)
    bounds = [0, *np.unique(sample[np.arange(1, number) * sample.size // max(1, number)]).tolist(), 1 << 32]
    for low, high in pairwise(bounds):
        keys = [np.empty(0, np.uint64)]
        for some in texts.stored():
            hashes, edges = texts.hashes(some)
            of = np.repeat(group[some].astype(np.uint64), np.diff(edges))
            if number > 1:
                within = np.flatnonzero(hashes - np.uint32(low) < high - low)  # below low wraps around
                hashes, of = hashes[within], of[within]
            keys.append(hashes.astype(np.uint64) << np.uint64(32) | of)
        yield (np.concatenate(keys),)


def _tasks(
    texts: Texts, pairs: NDArray[np.uint64], weights: Weights | None
) -> Iterator[tuple[Sketches, NDArray[np.uint64]]]:
    """Blocks of pairs, with the sketches of their texts; the pairs are by their places among these."""
    import numpy as np

    for start in range(0, pairs.size, PAIRS):
        left, right = sides(pairs[start : start + PAIRS])
        among = np.unique(np.concatenate((left, right)))
        places = np.searchsorted(among, left) << 32 | np.searchsorted(among, right)
        yield texts.take(among, weights), places.astype(np.uint64)


def _joined(answers: Iterable[tuple[NDArray[Any], ...]], kinds: tuple[type[Any], ...]) -> list[NDArray[Any]]:
    """The columns of all answers, one after the other."""
    import numpy as np

    empty = [np.empty(0, kind) for kind in kinds]
    return [np.concatenate(column) for column in zip(empty, *answers, strict=True)]

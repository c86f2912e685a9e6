"""Which paragraphs or lines are found throughout a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Room
from corptool.duplicates.sorting import Sorted
from corptool.text.units import throughout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 256
"""Articles that are looked at together."""


class UnitDecision(NamedTuple):
    """What becomes of the units of an article."""

    units: list[int]
    """Their hashes."""
    common: frozenset[int]
    """Those that are found throughout the corpus."""


def decided(keys: Iterable[Sequence[int]], room: Room) -> Iterator[UnitDecision | None]:
    """On the units of each article, by their hashes; None where nothing is to be done."""
    import numpy as np

    articles, distinct = Column(np.uint64, room), Sorted(room)
    keys = iter(keys)
    while block := [np.array(units, np.uint64) for units in islice(keys, BLOCK)]:
        articles.append([units.tobytes() for units in block])
        distinct.add(np.concatenate([np.unique(units) for units in block]))
    sizes: Counter[int] = Counter()
    for _, counts in _counted(distinct):
        sizes.update(counts.tolist())
    limit = throughout(sizes, len(articles.ends))
    common: set[int] = set()
    for different, counts in _counted(distinct):
        common.update(different[counts >= limit].tolist())
    for start in range(0, len(articles.ends), BLOCK):
        runs = np.arange(start, min(start + BLOCK, len(articles.ends)))
        hashes, edges = articles.take(runs)
        for first, last in pairwise(edges.tolist()):
            units = hashes[first:last].tolist()
            found = common.intersection(units)
            again = len(set(units)) < len(units)
            yield UnitDecision(units, frozenset(found)) if found or again else None


def _counted(keys: Sorted) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """The different hashes, but 0, of units of which nothing is left, and how often each comes."""
    import numpy as np

    for piece, _ in keys.pieces():
        units = piece[piece > 0]
        starts = np.flatnonzero(np.diff(units, prepend=~units[:1]))
        yield units[starts], np.diff(starts, append=units.size)

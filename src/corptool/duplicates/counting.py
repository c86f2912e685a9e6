"""In how many groups of close copies each shingle occurs, brought up to date where articles are added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corptool.duplicates.disk import Later, Values
from corptool.duplicates.texts import Known, Texts
from corptool.text.frequencies import added, frequencies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Each = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterable[Any]]
"""As in stage.py."""


def counted(texts: Texts, known: Known, group: Values, each: Each) -> tuple[Values, Values]:
    """All hashes and in how many groups each occurs, from those that were known and the groups that changed."""
    import numpy as np

    room = texts.room
    changed, before = _changed(texts, known, group)
    more, less = _frequencies(texts, changed, group, each), _frequencies(texts, before, known.group, each)
    if not len(known.hashes):
        return more
    hashes, counts = known.hashes, known.counts
    result = room.values(np.uint32), room.values(np.uint32)
    bounds = [0, *(int(hashes.all()[start]) for start, _ in room.blocks(len(hashes), 64) if start), 1 << 32]
    for low, high in pairwise(bounds):
        old, fresh, gone = (_between(low, high, *lists) for lists in ((hashes, counts), more, less))
        for values, column in zip(result, added(*added(*old, *fresh), gone[0], -gone[1]), strict=True):
            values.append(column)
    return result


def _between(low: int, high: int, hashes: Values, counts: Values) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The hashes from the one to below the other, with their counts."""
    import numpy as np

    start, stop = np.searchsorted(hashes.all(), np.array([low, high], np.uint64))
    return hashes.all()[start:stop], counts.all()[start:stop].astype(np.int64)


def _frequencies(texts: Texts, which: Values, group: Values, each: Each) -> tuple[Values, Values]:
    """The hashes of these texts and in how many groups each occurs."""
    import numpy as np

    keys = texts.room.sorted()
    for some in texts.stored(which):
        hashes, edges = texts.hashes(some)
        of = np.repeat(group.all()[some].astype(np.uint64), np.diff(edges))
        keys.add(hashes.astype(np.uint64) << np.uint64(32) | of)
    result = texts.room.values(np.uint32), texts.room.values(np.uint32)
    last = np.empty(0, np.uint32), np.empty(0, np.int64)
    for counted in each(_counts, ((piece,) for piece in keys.later())):
        hashes, counts = added(*last, *counted)  # a hash may go on from one piece to the next
        result[0].append(hashes[:-1])
        result[1].append(counts[:-1])
        last = hashes[-1:], counts[-1:]
    for values, column in zip(result, last, strict=True):
        values.append(column)
    return result


def _counts(keys: Later) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    return frequencies(keys()[0])


def _changed(texts: Texts, known: Known, group: Values) -> tuple[Values, Values]:
    """The texts whose groups are not made of the texts of which they were made; and those of them that were there."""
    import numpy as np

    room = texts.room
    size, old_size, high = (room.values(np.int64, len(texts), fill) for fill in (0, 0, -1))
    low = room.values(np.int64, len(texts), len(texts))
    for start, stop in room.blocks(len(texts)):
        now, new = group.all()[start:stop], known.new.all()[start:stop]
        was = np.where(new, -1, known.group.all()[start:stop])
        np.add.at(size.all(), now, 1)
        np.add.at(old_size.all(), was[~new], 1)
        np.minimum.at(low.all(), now, was)
        np.maximum.at(high.all(), now, was)
    changed, before = room.values(bool), room.values(bool)
    for start, stop in room.blocks(len(texts)):
        now, new = group.all()[start:stop], known.new.all()[start:stop]
        was = np.where(new, -1, known.group.all()[start:stop])
        same = (low.all()[now] == high.all()[now]) & ~new & (size.all()[now] == old_size.all()[was])
        changed.append(~same)
        before.append(~same & ~new)
    return changed, before

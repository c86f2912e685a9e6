"""In how many groups of close copies each shingle occurs, brought up to date where articles are added."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corptool.duplicates.disk import Room, Values
from corptool.duplicates.parts import Parts
from corptool.duplicates.shared import Once
from corptool.duplicates.sorting import Piece, Sorted
from corptool.duplicates.texts import Known, Texts
from corptool.tasks import Each
from corptool.text.frequencies import added, frequencies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def counted(texts: Texts, known: Known, group: Values, each: Each) -> tuple[Parts, Parts]:
    """All hashes and in how many groups each occurs, from those that were known and the groups that changed."""
    import numpy as np

    room = texts.room
    changed, before = _changed(texts, known, group)
    more = _frequencies(texts, changed, group, each)
    if not len(known.hashes):
        return more
    less = _frequencies(texts, before, known.group, each)
    hashes, *_ = lists = [column.whole() for column in (known.hashes, known.counts, *more, *less)]
    result = Parts(room, np.uint32), Parts(room, np.uint32)
    bounds = [0, *(int(hashes.all()[start]) for start, _ in room.blocks(len(hashes), 64) if start), 1 << 32]
    for low, high in pairwise(bounds):
        old, fresh, gone = (_between(low, high, *lists[at : at + 2]) for at in (0, 2, 4))
        _put(result, *added(*added(*old, *fresh), gone[0], -gone[1]))
    return result


def _between(low: int, high: int, hashes: Values, counts: Values) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The hashes from the one to below the other, with their counts."""
    import numpy as np

    start, stop = np.searchsorted(hashes.all(), np.array([low, high], np.uint64))
    return hashes.all()[start:stop], counts.all()[start:stop].astype(np.int64)


def _frequencies(texts: Texts, which: Values, group: Values, each: Each) -> tuple[Parts, Parts]:
    """The hashes of these texts and in how many groups each occurs."""
    import numpy as np

    room, sketched = texts.room, texts.room.once(texts.sketched)
    tasks = ((room, sketched, some, group.all()[some]) for some in texts.stored(which))
    keys = Sorted(room).join(each(_keys, tasks))
    result = Parts(room, np.uint32), Parts(room, np.uint32)
    last = np.empty(0, np.uint32), np.empty(0, np.int64)
    for first, inside, end in each(_counts, ((room, piece) for piece in keys.later())):
        hashes, counts = added(*last, *first)  # a hash may go on from one piece to the next
        alone = not end[0].size
        last = (hashes[-1:], counts[-1:]) if alone else end
        _put(result, hashes[: hashes.size - alone], counts[: hashes.size - alone])
        _put(result, *inside)
    _put(result, *last)
    return result


def _keys(room: Room, sketched: Once, texts: NDArray[np.int64], group: NDArray[np.int64]) -> Sorted:
    """The hashes of texts, each with its group."""
    import numpy as np

    keys = Sorted(room)
    hashes, edges = sketched.value.hashes(texts)
    keys.add(hashes.astype(np.uint64) << np.uint64(32) | np.repeat(group.astype(np.uint64), np.diff(edges)))
    return keys


Counts = tuple["NDArray[np.uint32]", "NDArray[np.int64]"]


def _counts(room: Room, piece: Piece) -> tuple[Counts, tuple[Values, Values], Counts]:
    """The hashes of a piece and in how many groups each occurs: the first one, those between, and the last one."""
    hashes, counts = frequencies(piece()[0])
    inside = room.put(hashes[1:-1]), room.put(counts[1:-1].astype(hashes.dtype))
    return (hashes[:1], counts[:1]), inside, (hashes[1:][-1:], counts[1:][-1:])


def _put(result: tuple[Parts, Parts], hashes: Values | NDArray[Any], counts: Values | NDArray[Any]) -> None:
    for parts, values in zip(result, (hashes, counts), strict=True):
        parts.append(values)


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
